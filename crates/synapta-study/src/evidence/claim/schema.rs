//! The shape of a claim file, as written.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::readout::{Hours, Symbols};

use super::ClaimKind;

type Words = Vec<Spanned<String>>;

/// evidence/claims/C00.toml
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimFile {
    pub id: Spanned<String>,
    pub section: String,
    pub statement: Spanned<String>,
    pub kind: ClaimKind,
    #[serde(default)]
    pub elements: Words,
    #[serde(default)]
    pub sources: Words,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub why_fails: String,
    pub status: Option<Spanned<String>>,
    #[serde(default)]
    pub status_reason: String,
    #[serde(default)]
    pub arms: BTreeMap<Spanned<String>, RawArm>,
    #[serde(default)]
    pub assays: BTreeMap<Spanned<String>, RawAssay>,
    #[serde(default)]
    pub cohorts: BTreeMap<Spanned<String>, RawCohort>,
    #[serde(default)]
    pub expect: Vec<Spanned<RawExpect>>,
}

/// Who gets what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawArm {
    pub subject: Spanned<String>,
    pub regimen: Option<Spanned<String>>,
    #[serde(default)]
    pub without: Words,
    #[serde(default)]
    pub hypotheses: Words,
    #[serde(default)]
    pub set: Words,
    pub days: Option<Spanned<f64>>,
}

/// A small fast model, alone or in the state that an arm has at an hour.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAssay {
    pub assay: Spanned<String>,
    #[serde(default)]
    pub preparation: String,
    #[serde(default)]
    pub set: Vec<String>,
    pub arm: Option<Spanned<String>>,
    pub at_h: Option<f64>,
}

/// An arm in people or animals who differ.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCohort {
    pub arm: Spanned<String>,
    pub members: Spanned<usize>,
    #[serde(default)]
    pub seed: u64,
    pub vary: Vec<RawVary>,
}

/// One parameter that differs from member to member.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct RawVary {
    pub name: Spanned<Symbols>,
    pub mean: f64,
    pub sd: Option<f64>,
    pub log_sd: Option<f64>,
    pub within: Option<[f64; 2]>,
    pub source: String,
}

/// One expectation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExpect {
    pub form: Option<Spanned<String>>,
    pub title: Option<String>,
    #[serde(default)]
    pub reason: String,
    pub arm: Option<Spanned<Symbols>>,
    pub assay: Option<Spanned<Symbols>>,
    pub of: Option<Spanned<Symbols>>,
    pub take: Option<Spanned<String>>,
    pub at_h: Option<Spanned<Hours>>,
    pub from_h: Option<f64>,
    pub to_h: Option<f64>,
    pub share: Option<f64>,
    pub against: Option<Spanned<String>>,
    #[serde(rename = "as")]
    pub relation: Option<Spanned<String>>,
    pub above: Option<f64>,
    pub below: Option<f64>,
    pub sign: Option<i8>,
    pub margin: Option<f64>,
    pub tie_h: Option<f64>,
    pub whole: Option<Spanned<String>>,
    pub neither: Option<Spanned<String>>,
    pub cohort: Option<Spanned<String>>,
    pub other: Option<Spanned<String>>,
    pub x: Option<Spanned<RawQuantity>>,
    pub y: Option<Spanned<RawQuantity>>,
    pub threshold: Option<f64>,
    pub n: Option<usize>,
    pub kinds: Option<Spanned<Vec<ClaimKind>>>,
    pub export: Option<Spanned<String>>,
    pub count: Option<Spanned<String>>,
    pub figure: Option<Spanned<String>>,
    pub nodes: Option<Vec<String>>,
    pub arrows: Option<Vec<String>>,
    pub labels: Option<Vec<String>>,
    pub moving: Option<Vec<String>>,
}

/// A number of a cohort's members.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuantity {
    pub of: Spanned<Symbols>,
    pub take: Option<Spanned<String>>,
    pub at_h: Option<Spanned<Hours>>,
    pub from_h: Option<f64>,
    pub to_h: Option<f64>,
    pub share: Option<f64>,
    pub against: Option<Spanned<String>>,
    #[serde(rename = "as")]
    pub relation: Option<Spanned<String>>,
    #[serde(default)]
    pub noise_sd: f64,
}
