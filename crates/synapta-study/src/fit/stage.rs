//! Stages of calibration, as data: which parameters, which rows.

use serde::Deserialize;
use synapta_model::{Diagnostic, SourceMap, Span};
use toml::Spanned;

use crate::evidence::claim::EvidenceError;
use crate::evidence::observation::{Observation, ObservationSet};
use crate::evidence::text::{Texts, place};
use crate::library::NamedText;
use crate::readout::Symbols;

use super::misfit::Scale;

/// A stage, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Words for people.
    pub title: String,
    /// Assembly whose parameters are fitted; rows of its subjects alone are used.
    pub model: String,
    /// Rows by id; `*` at the end stands for any ending.
    pub rows: Vec<Spanned<String>>,
    /// Of these, rows that are left out, with the reason in `note`.
    #[serde(default)]
    pub without: Vec<Spanned<String>>,
    /// Weight of a recalled row against one that was read.
    #[serde(default = "recalled")]
    pub weight_recalled: f64,
    /// Error of the model as a share of a number: no row counts as more precise.
    #[serde(default = "model_error")]
    pub model_error: f64,
    /// Most iterations.
    #[serde(default = "iterations")]
    pub iterations: usize,
    /// What is fitted.
    pub parameter: Vec<RawParameter>,
    /// For readers.
    #[serde(default)]
    pub note: String,
    /// Name of the file, without its ending.
    #[serde(skip)]
    pub name: String,
    /// The text, for findings.
    #[serde(skip)]
    pub sources: SourceMap,
    #[serde(skip)]
    spans: Vec<Span>,
}

/// One parameter, or several that move together by the same factor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawParameter {
    /// Paths.
    pub name: Spanned<Symbols>,
}

fn recalled() -> f64 {
    Scale::default().recalled
}

fn model_error() -> f64 {
    Scale::default().model_error
}

fn iterations() -> usize {
    12
}

impl Stage {
    /// Reads a stage.
    ///
    /// # Errors
    /// Findings of the text; `stage-empty` without parameters or rows, `stage-weight` for weights that are none.
    pub fn read(name: &str, text: NamedText<'_>) -> Result<Stage, EvidenceError> {
        let mut texts = Texts::default();
        let (source, stage) = texts.toml::<Stage>(text);
        if let Some(stage) = &stage {
            let whole = Span::new(source, 0, 0);
            if stage.parameter.is_empty() || stage.rows.is_empty() {
                texts.tell("stage-empty", whole, "a stage needs parameters and rows", "add `[[parameter]]` and `rows`");
            }
            let share = |w: f64| w > 0.0 && w <= 1.0;
            if !share(stage.weight_recalled) || !share(stage.model_error) || stage.iterations == 0 {
                let help = "`weight_recalled` and `model_error` lie between 0 and 1, `iterations` is 1 or more";
                texts.tell("stage-weight", whole, "a weight or count of the stage cannot be", help);
            }
        }
        match stage {
            Some(mut stage) if texts.found.is_empty() => {
                stage.spans = stage.parameter.iter().map(|p| place(source, &p.name)).collect();
                stage.name = name.to_string();
                stage.sources = texts.sources;
                Ok(stage)
            }
            _ => Err(EvidenceError { sources: texts.sources, diagnostics: texts.found }),
        }
    }

    /// What its rows are weighed by.
    pub(super) fn scale(&self) -> Scale {
        Scale { recalled: self.weight_recalled, model_error: self.model_error }
    }

    /// Place of a parameter.
    pub(super) fn span(&self, i: usize) -> Span {
        self.spans.get(i).copied().unwrap_or(Span::NONE)
    }

    /// The rows of the stage, in the order of the tables.
    ///
    /// # Errors
    /// `stage-no-row` for a pattern that no row has.
    pub fn rows<'a>(&self, set: &'a ObservationSet) -> Result<Vec<&'a Observation>, Vec<Diagnostic>> {
        let fits = |pattern: &str, id: &str| match pattern.strip_suffix('*') {
            Some(start) => id.starts_with(start),
            None => id == pattern,
        };
        let any = |patterns: &[Spanned<String>], id: &str| patterns.iter().any(|p| fits(p.get_ref(), id));
        let lost = self.rows.iter().chain(&self.without).filter(|p| !set.rows.iter().any(|r| fits(p.get_ref(), &r.id)));
        let found: Vec<Diagnostic> = lost
            .map(|p| {
                let message = format!("no observation is called `{}`", p.get_ref());
                Diagnostic::error("stage-no-row", Span::NONE, format!("{}: {message}", self.name))
            })
            .collect();
        if !found.is_empty() {
            return Err(found);
        }
        Ok(set.rows.iter().filter(|r| any(&self.rows, &r.id) && !any(&self.without, &r.id)).collect())
    }
}
