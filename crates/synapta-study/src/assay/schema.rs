//! The shape of the file of assays.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// Names with values as they are written: `1 mmol/L`, or the name of an input of the protocol.
pub type Settings = BTreeMap<String, String>;

/// studies/library/assays.toml
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssayFile {
    #[serde(default)]
    pub preparation: Vec<Preparation>,
    #[serde(default)]
    pub protocol: Vec<Protocol>,
    #[serde(default)]
    pub assay: Vec<Assay>,
}

/// What is recorded from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    /// Its name.
    pub name: Spanned<String>,
    /// One line for people.
    pub title: String,
    /// The model's file in `models/assays/`, without `.ant`; empty for tissue of a subject.
    #[serde(default)]
    pub model: String,
    /// The subject whose tissue it is, in the state before any dose; times are hours then.
    #[serde(default)]
    pub subject: String,
    /// Instance in which names are looked up first.
    #[serde(default)]
    pub instance: String,
}

/// What is done, step after step.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// Its name.
    pub name: Spanned<String>,
    /// One line for people.
    pub title: String,
    /// Values with names of their own, which steps use and read-outs and users may change.
    #[serde(default)]
    pub inputs: Settings,
    /// The steps.
    pub step: Vec<Step>,
    /// Steps that are done several times.
    pub repeat: Option<Repeat>,
}

/// Neighbouring steps that are done several times, one round after the other.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// The first of them.
    pub from: String,
    /// The last of them.
    pub to: String,
    /// Rounds.
    pub times: usize,
}

/// A stretch of a protocol.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Length, in the time unit of the model: seconds, or hours for tissue of a subject.
    #[serde(rename = "for")]
    pub length: f64,
    /// What is set at its start and stays.
    #[serde(default)]
    pub set: Settings,
    /// Pulses that repeat until its end.
    pub pulses: Option<Pulses>,
}

/// A train of pulses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pulses {
    /// From one to the next.
    pub every: f64,
    /// Length of each.
    #[serde(rename = "for")]
    pub length: f64,
    /// What is set for this long.
    pub set: Settings,
}

/// A question to preparations: conditions, and the numbers that are read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assay {
    /// Its name.
    pub name: Spanned<String>,
    /// One line for people.
    pub title: String,
    /// What it may be done to; the first is meant if none is named.
    pub preparations: Vec<String>,
    /// Values in all its runs.
    #[serde(default)]
    pub set: Settings,
    /// Values taken from a subject, where one is named.
    #[serde(default)]
    pub link: BTreeMap<String, Link>,
    /// What is read.
    pub readout: Vec<Readout>,
}

/// A value taken from a subject of the slow model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Formula over names of the slow model.
    pub of: String,
    /// Its unit.
    #[serde(default)]
    pub unit: String,
}

/// One number.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readout {
    /// Its name.
    pub name: Spanned<String>,
    /// One line for people.
    pub title: String,
    /// Its unit.
    #[serde(default)]
    pub unit: String,
    /// The protocol it is read from.
    pub protocol: String,
    /// The preparation, where it belongs to one.
    pub preparation: Option<String>,
    /// Formula over names of the preparation's model.
    pub of: String,
    /// The number taken of its course.
    pub take: Taken,
    /// The step it is taken in; the last one if none is named.
    pub during: Option<String>,
    /// Factor to `unit`.
    #[serde(default = "one")]
    pub scale: f64,
    /// Further values, inputs of the protocol among them.
    #[serde(default)]
    pub set: Settings,
    /// What the number is set against.
    pub reference: Option<Reference>,
    /// A series of runs in place of one.
    pub curve: Option<Curve>,
}

fn one() -> f64 {
    1.0
}

/// The number taken of a course.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// Largest value.
    Peak,
    /// Smallest value.
    Trough,
    /// Value at the start of the step.
    Start,
    /// Value at the end of the step.
    End,
    /// Mean over the step.
    Mean,
    /// Area over the step, by the time unit.
    Area,
    /// Area from the peak in the step to the end of the run, over the peak: the weighted time constant of what decays to zero.
    Decay,
}

/// The number a read-out is set against: the same number with something changed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Another step.
    pub during: Option<String>,
    /// Another number.
    pub take: Option<Taken>,
    /// Another formula.
    pub of: Option<String>,
    /// Another preparation.
    pub preparation: Option<String>,
    /// Other values.
    #[serde(default)]
    pub set: Settings,
    /// `ratio`, `difference`, `percent` or `fall`.
    #[serde(rename = "as")]
    pub relation: Option<String>,
}

/// A series of runs over a concentration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// What differs from run to run: an input of the protocol or a name of the model.
    pub over: String,
    /// Lowest.
    pub from: f64,
    /// Highest.
    pub to: f64,
    /// Unit of both.
    pub unit: String,
    /// The number taken of the curve.
    pub gives: Gives,
}

/// The number taken of a curve.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Gives {
    /// Concentration with half of the largest effect: half of what is reached at the upper end if the number rises, half of what is there
    /// without it if the number falls.
    Half,
    /// Number at the upper end.
    Maximum,
    /// Hill slope from a fifth to four fifths of the effect.
    Slope,
}
