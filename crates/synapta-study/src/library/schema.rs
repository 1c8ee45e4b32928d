//! Shape of the data files beside the models.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::value::{Fraction, Value};

/// Dotted ids or patterns, each with the value it gets.
pub type SetTable = BTreeMap<Spanned<String>, Value>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct DrugFile {
    #[serde(default)]
    pub drug: Vec<Drug>,
}

/// A drug: what it is made of and where its doses enter the model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drug {
    /// The word in a regimen.
    pub name: Spanned<String>,
    /// Other words.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// One line for people.
    pub title: String,
    /// g/mol.
    pub molar_mass_g_per_mol: Value,
    /// Route if a regimen names none.
    pub default_route: Spanned<String>,
    /// True if a dose is a treatment visit, which raises expectation.
    #[serde(default)]
    pub visit: bool,
    /// Instances of the model that share the dose.
    pub components: Vec<Component>,
    /// By route name.
    pub routes: BTreeMap<Spanned<String>, RouteEntry>,
    /// Parameters set at each visit by whatever route.
    #[serde(default)]
    pub visit_set: SetTable,
    /// Anything more.
    #[serde(alias = "notes")]
    pub note: Option<String>,
}

/// One part of a drug, for instance an enantiomer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Dotted path that the route's names are relative to.
    pub instance: Spanned<String>,
    /// Share of the amount (nmol).
    pub fraction: Value,
}

/// Where a dose goes by one route. Names are relative to the component's instance.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteEntry {
    /// Species that takes a bolus whole.
    pub bolus: Option<Spanned<String>>,
    /// Parameter (nmol/h) that takes an infusion.
    pub infusion: Option<Spanned<String>>,
    /// Species that share a dose.
    #[serde(default)]
    pub to: Vec<Target>,
    /// Dose given in devices.
    pub device: Option<Device>,
    /// Parameters set at a treatment visit by this route.
    #[serde(default)]
    pub visit_set: SetTable,
    /// Where the fractions come from.
    pub source: Option<String>,
    /// Anything more.
    #[serde(alias = "notes")]
    pub note: Option<String>,
}

/// A species with its share.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its name relative to the instance.
    pub species: Spanned<String>,
    /// Its share.
    pub fraction: Spanned<Fraction>,
    /// Where the share comes from.
    pub source: Option<String>,
    /// Anything more.
    #[serde(alias = "notes")]
    pub note: Option<String>,
}

/// A device, for instance a nasal spray.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// mg in one device.
    pub amount_mg: Value,
    /// Minutes between devices.
    pub interval_min: Value,
    /// Parameter: fraction of the first device that enters at the species marked `device`.
    pub first: Spanned<String>,
    /// Parameter: factor on that fraction from the second device on.
    pub later_factor: Spanned<String>,
    /// Where this comes from.
    pub source: Option<String>,
    /// Anything more.
    #[serde(alias = "notes")]
    pub note: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectFile {
    #[serde(default)]
    pub subject: Vec<Subject>,
}

/// A subject: parameter changes on a model, and the way to its state before the dose.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The word of `--subject`.
    pub name: Spanned<String>,
    /// Other words.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// One line for people.
    pub title: String,
    /// Name of the assembly, `human` or `rodent`.
    pub model: String,
    /// Body weight.
    pub weight: Weight,
    /// Regimen line if none is asked for.
    pub default_dose: Spanned<String>,
    /// Parameters before and during everything.
    #[serde(default)]
    pub set: SetTable,
    /// How the state before the dose is reached, in order.
    #[serde(default)]
    pub phase: Vec<Phase>,
    /// Anything more.
    #[serde(alias = "notes")]
    pub note: Option<String>,
}

/// Body weight and the parameter that holds it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Dotted id.
    pub parameter: Spanned<String>,
    /// The number.
    pub value: f64,
    /// `kg` or another mass unit.
    pub unit: String,
    /// Where it comes from.
    pub source: Option<String>,
    /// Anything more.
    #[serde(alias = "notes")]
    pub note: Option<String>,
}

/// A step on the way to the state before the dose.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Settle or run.
    pub kind: PhaseKind,
    /// Length of a run.
    pub hours: Option<f64>,
    /// Set before the phase; stays set afterwards.
    #[serde(default)]
    pub set: SetTable,
    /// After the phase: parameter <- value of a symbol.
    #[serde(default)]
    pub record: BTreeMap<Spanned<String>, Spanned<String>>,
    /// Where this comes from.
    pub source: Option<String>,
    /// Anything more.
    #[serde(alias = "notes")]
    pub note: Option<String>,
}

/// Kinds of phase.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum PhaseKind {
    /// To the steady state.
    Steady,
    /// For a number of hours.
    Run,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct MechanismFile {
    #[serde(default)]
    pub mechanism: Vec<Mechanism>,
}

/// A mechanism that can be removed (`--without NAME`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mechanism {
    /// The word of `--without`.
    pub name: Spanned<String>,
    /// Other words.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// One line for people.
    pub title: String,
    /// What removes it.
    pub set: SetTable,
    /// When it is removed.
    #[serde(default)]
    pub when: AblationStart,
    /// True if it takes a share of an effect when no mechanisms are named.
    #[serde(default)]
    pub attribute: bool,
    /// What the ablation means.
    #[serde(alias = "notes")]
    pub note: Option<String>,
}

/// When an ablation begins.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum AblationStart {
    /// With the run: the subject's own state before the dose is kept.
    #[default]
    Run,
    /// From birth: the state before the dose is that of an animal without it.
    Birth,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct HypothesisFile {
    #[serde(default)]
    pub hypothesis: Vec<Hypothesis>,
}

/// A named reading of contested evidence (`--hypothesis NAME`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hypothesis {
    /// The word of `--hypothesis`.
    pub name: Spanned<String>,
    /// Other words.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// One of a group holds at a time.
    pub group: String,
    /// True for the one that holds if none of the group is asked for.
    #[serde(default)]
    pub default: bool,
    /// One line for people.
    pub title: String,
    /// What it sets.
    #[serde(default)]
    pub set: SetTable,
    /// Observations that speak for it, by id.
    #[serde(default)]
    pub evidence_for: Vec<String>,
    /// Observations that speak against it, by id.
    #[serde(default)]
    pub evidence_against: Vec<String>,
    /// What it assumes; evidence for and against.
    #[serde(alias = "notes")]
    pub note: Option<String>,
}
