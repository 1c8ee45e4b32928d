//! A run and its results as data.

use serde::{Deserialize, Serialize};

use crate::Figure;

/// What every report says of its use.
pub const RESEARCH_NOTE: &str = "For research only. A simulation of a mathematical model, not \
medical advice and not evidence about any one person.";

/// A run and its results, ready to be written as a page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Heading of the page.
    pub title: String,
    /// Who was simulated, such as `treatment-resistant depression, 70 kg`.
    pub subject: String,
    /// What was given, a line for each dose record.
    pub regimen: Vec<String>,
    /// The contested reading of the evidence that was assumed.
    pub hypothesis: String,
    /// Mechanisms that were switched off.
    pub ablations: Vec<String>,
    /// Further settings, as name and value.
    #[serde(default)]
    pub settings: Vec<(String, String)>,
    /// The main results.
    pub summary: Vec<SummaryRow>,
    /// The figure.
    pub figure: Figure,
    /// Versions, hashes and settings that reproduce the run.
    pub manifest: serde_json::Value,
    /// What a reader should know before using the numbers.
    pub warnings: Vec<String>,
    /// The note on use; empty stands for [`RESEARCH_NOTE`].
    #[serde(default)]
    pub note: String,
}

/// One result.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SummaryRow {
    /// What it is.
    pub name: String,
    /// The number; not finite when there is none.
    pub value: f64,
    /// Its unit; empty for a bare number.
    pub unit: String,
    /// A word on it, such as the time of a peak.
    pub note: String,
    /// Values at equal steps across the time axis, for a sparkline; may be empty. See
    /// [`crate::TimeAxis::even_times`].
    pub trend: Vec<f64>,
}

impl Report {
    /// The note on use.
    pub(crate) fn use_note(&self) -> &str {
        if self.note.trim().is_empty() {
            return RESEARCH_NOTE;
        }
        &self.note
    }
}
