//! Claims: statements with arms and expectations, read from TOML texts.

mod build;
mod check;
mod expectation;
mod quantities;
mod schema;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use synapta_model::{Diagnostic, SourceId, SourceMap, Span};

use crate::library::{Library, NamedText};

use super::assay_arm::AssayArm;
use super::cohort::Cohort;
use super::expect::Expect;
use super::pool::ArmSpec;
use super::text::Texts;

pub(super) use build::{MOST_MEMBERS, vary};
pub use check::check_names;
pub(super) use check::{regimen as check_regimen, unknown as unknown_names};
pub(super) use schema::RawVary;

/// What a statement speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// How something works.
    Mechanism,
    /// What was seen in an experiment.
    Observation,
    /// What was seen in patients.
    Clinical,
    /// What a figure shows.
    Figure,
    /// What the program gives to its users.
    Product,
    /// What the literature search was.
    Evidence,
}

/// A statement, who is simulated, and what must come out.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Its number.
    pub id: String,
    /// Part of the review it stands in.
    pub section: String,
    /// The statement in our words.
    pub statement: String,
    /// What it speaks of.
    pub kind: ClaimKind,
    /// Model elements it is about: variables and mechanisms.
    pub elements: Vec<String>,
    /// Keys of references.bib.
    pub sources: Vec<String>,
    /// Where review and primary source disagree, or anything more.
    pub note: String,
    /// Why it fails, for a claim that is known to.
    pub why_fails: String,
    /// Why it cannot be asked of the model yet; such a claim fails. Empty if it can be asked.
    pub not_yet: String,
    /// Arms by name.
    pub arms: BTreeMap<String, ArmSpec>,
    /// Assays by name.
    pub assays: BTreeMap<String, AssayArm>,
    /// Cohorts by name.
    pub cohorts: BTreeMap<String, Cohort>,
    /// What must come out.
    pub expect: Vec<Expect>,
    /// Its text, for findings.
    pub source: SourceId,
    /// Places of names in its text.
    pub(crate) places: Places,
}

/// Where names stand, for findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Places {
    pub id: Option<Span>,
    pub elements: Vec<Span>,
    pub sources: Vec<Span>,
    /// By arm: the whole, subject, regimen, each of `without`, `hypotheses`, `set`.
    pub arms: BTreeMap<String, ArmPlaces>,
    /// By assay: the whole.
    pub assays: BTreeMap<String, Span>,
    /// By expectation: the place of its `of`, or of the whole.
    pub expect: Vec<Span>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ArmPlaces {
    pub subject: Option<Span>,
    pub regimen: Option<Span>,
    pub without: Vec<Span>,
    pub hypotheses: Vec<Span>,
    pub set: Vec<Span>,
}

/// Claims that were read, with their texts.
#[derive(Clone, Debug, Default)]
pub struct ClaimSet {
    /// In the order of the texts.
    pub claims: Vec<Claim>,
    /// The texts.
    pub sources: SourceMap,
}

/// What is wrong with a set of texts.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the evidence has {} finding(s): {}", .diagnostics.len(), .diagnostics.first().map_or("", |d| d.message.as_str()))]
pub struct EvidenceError {
    /// The texts.
    pub sources: SourceMap,
    /// The findings, with places in `sources`.
    pub diagnostics: Vec<Diagnostic>,
}

impl ClaimSet {
    /// Reads claim texts, one claim a text; names of read-outs are those of the library. Names of the model are checked by [`check_names`].
    ///
    /// # Errors
    /// All findings. Codes: `evidence-syntax`, `evidence-value`, `evidence-unknown-field`, `evidence-missing-field`,
    /// `claim-duplicate`, `claim-empty`, `claim-form`, `claim-field`, `claim-take`, `claim-against`, `claim-bounds`,
    /// `claim-unknown-arm`, `claim-formula`, `claim-reason`, `claim-cohort`, `claim-unused-arm`.
    pub fn from_texts(texts: &[NamedText<'_>], library: &Library) -> Result<ClaimSet, EvidenceError> {
        let mut reader = Texts::default();
        let mut claims: Vec<Claim> = vec![];
        for text in texts {
            let (source, file) = reader.toml::<schema::ClaimFile>(*text);
            if let Some(claim) = file.map(|f| build::claim(&mut reader, library, source, f)) {
                build::once(&mut reader, &claims, &claim);
                claims.push(claim);
            }
        }
        if reader.found.is_empty() {
            Ok(ClaimSet { claims, sources: reader.sources })
        } else {
            Err(EvidenceError { sources: reader.sources, diagnostics: reader.found })
        }
    }

    /// A claim by id, whatever its case.
    pub fn claim(&self, id: &str) -> Option<&Claim> {
        self.claims.iter().find(|c| c.id.eq_ignore_ascii_case(id))
    }
}

#[cfg(test)]
mod tests;
