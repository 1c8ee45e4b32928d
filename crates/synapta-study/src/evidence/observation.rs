//! Observations: one measured number a row, with the arm that a simulation needs, read from tab-separated text.

mod table;

use std::collections::HashMap;

use synapta_model::{Diagnostic, SourceMap, Span};

use crate::library::NamedText;
use crate::setting::Dictionary;

use super::claim::{EvidenceError, check_regimen};
use super::observable::{Observable, observables};
use super::pool::{ArmSpec, Laboratory};
use super::reference::References;
use super::text::Texts;

/// The columns, in the order of the files.
pub const COLUMNS: [&str; 21] = [
    "id",
    "experiment",
    "species",
    "subject",
    "regimen",
    "without",
    "set",
    "comparator",
    "observable",
    "form",
    "time",
    "time_unit",
    "value",
    "unit",
    "spread_type",
    "spread",
    "n",
    "how",
    "reference",
    "place",
    "note",
];

/// A measured number.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// Unique.
    pub id: String,
    /// A few words.
    pub experiment: String,
    /// Who gets what; ends after the row's time.
    pub arm: ArmSpec,
    /// What the value is relative to.
    pub comparator: Comparator,
    /// Name in observables.toml.
    pub observable: String,
    /// What kind of number it is.
    pub form: RowForm,
    /// Hours after the first main dose, or the end of the window.
    pub time_h: f64,
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// Its spread as written.
    pub spread_words: String,
    /// Standard error, where spread and number of subjects give one.
    pub standard_error: Option<f64>,
    /// Read in the source, or recalled.
    pub read: bool,
    /// Key of references.bib.
    pub reference: String,
    /// What a reader must know.
    pub note: String,
    /// Its line.
    pub span: Span,
}

/// What a value is relative to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// Nothing.
    Nothing,
    /// The arm's own value before the dose.
    Baseline,
    /// The same arm without its regimen.
    Vehicle,
    /// The same arm without its changes.
    Unchanged,
    /// A subject, undosed.
    Subject(String),
    /// The arm of another row.
    Row(String),
}

/// Kinds of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowForm {
    /// As it is.
    Value,
    /// Over the comparator.
    Ratio,
    /// Less the comparator.
    Difference,
    /// Change from the comparator in percent.
    Percent,
    /// Sign of the change from the comparator.
    Sign,
    /// Largest value.
    Cmax,
    /// Hours to the largest value.
    Tmax,
    /// Area under the curve.
    Auc,
    /// Terminal half-life.
    HalfLife,
    /// A number of an assay or of a population, by its word.
    OfAssay(&'static str),
}

const FORMS: [(&str, RowForm); 13] = [
    ("value", RowForm::Value),
    ("ratio", RowForm::Ratio),
    ("difference", RowForm::Difference),
    ("percent", RowForm::Percent),
    ("sign", RowForm::Sign),
    ("cmax", RowForm::Cmax),
    ("tmax", RowForm::Tmax),
    ("auc", RowForm::Auc),
    ("half_life", RowForm::HalfLife),
    ("ec50", RowForm::OfAssay("ec50")),
    ("odds_ratio", RowForm::OfAssay("odds_ratio")),
    ("effect_size", RowForm::OfAssay("effect_size")),
    ("correlation", RowForm::OfAssay("correlation")),
];

impl RowForm {
    /// The word of the table.
    pub fn word(self) -> &'static str {
        FORMS.iter().find(|(_, form)| *form == self).map_or("value", |(word, _)| *word)
    }
}

/// Observations with their observables and texts.
#[derive(Clone, Debug, Default)]
pub struct ObservationSet {
    /// In the order of the texts.
    pub rows: Vec<Observation>,
    /// In the order of the text.
    pub observables: Vec<Observable>,
    /// The texts.
    pub sources: SourceMap,
}

impl ObservationSet {
    /// Reads observables.toml and tables. Names of the model are checked by [`ObservationSet::check`].
    ///
    /// # Errors
    /// All findings. Codes: those of TOML texts, `observable-formula`, `observable-stands`, `table-header`, `table-cells`,
    /// `table-word`, `table-number`, `table-duplicate`, `table-unknown-observable`, `table-comparator`.
    pub fn from_texts(observable: NamedText<'_>, tables: &[NamedText<'_>]) -> Result<ObservationSet, EvidenceError> {
        let mut texts = Texts::default();
        let observables = observables(&mut texts, observable);
        let mut rows = vec![];
        for table in tables {
            let source = texts.add(*table);
            table::read_table(&mut texts, source, table.text, &mut rows);
        }
        across(&mut texts, &observables, &rows);
        if texts.found.is_empty() {
            return Ok(ObservationSet { rows, observables, sources: texts.sources });
        }
        Err(EvidenceError { sources: texts.sources, diagnostics: texts.found })
    }

    /// A row by id, whatever its case.
    pub fn row(&self, id: &str) -> Option<&Observation> {
        self.rows.iter().find(|r| r.id.eq_ignore_ascii_case(id))
    }

    /// An observable by name.
    pub fn observable(&self, name: &str) -> Option<&Observable> {
        self.observables.iter().find(|o| o.name == name)
    }

    /// What does not resolve: subjects, drugs and routes, mechanisms, hypotheses, values set, variables of observables,
    /// references. Empty if all is well.
    pub fn check(&self, laboratory: &Laboratory<'_>, references: &References) -> Vec<Diagnostic> {
        let mut found = vec![];
        for observable in &self.observables {
            let super::observable::Stands::Variable(formula) = &observable.stands else { continue };
            let has = |d: &Dictionary| formula.symbols.iter().all(|s| d.names.resolve(s).is_ok());
            if !laboratory.dictionaries().any(has) {
                let first = laboratory.dictionaries().next();
                found.extend(first.into_iter().flat_map(|d| super::claim::unknown_names(formula, d, observable.span)));
            }
        }
        let mut seen: Vec<&ArmSpec> = vec![];
        for row in &self.rows {
            if references.get(&row.reference).is_none() {
                let message = format!("no reference has the key `{}`", row.reference);
                let help = known_reference(&row.reference, references);
                found.push(Diagnostic::error("unknown-reference", row.span, message).with_help(help));
            }
            if let Comparator::Subject(name) = &row.comparator {
                found.extend(laboratory.library.subject(name).err().map(|d| placed(d, row.span)));
            }
            if !seen.contains(&&row.arm) {
                seen.push(&row.arm);
                found.extend(check_arm(&row.arm, row.span, laboratory));
            }
        }
        found
    }
}

fn known_reference(key: &str, references: &References) -> String {
    let near = crate::words::nearest_of(key, references.all.iter().map(|r| r.key.as_str()));
    format!("{}add the reference to references.bib", crate::words::did_you_mean(near))
}

fn placed(mut d: Diagnostic, span: Span) -> Diagnostic {
    d.span = span;
    d.labels.clear();
    d
}

fn check_arm(arm: &ArmSpec, span: Span, laboratory: &Laboratory<'_>) -> Vec<Diagnostic> {
    let library = laboratory.library;
    let mut found: Vec<Diagnostic> = library.subject(&arm.subject).err().into_iter().collect();
    found.extend(arm.without.iter().filter_map(|n| library.mechanism(n).err()));
    found.extend(library.hypotheses_in_force(&arm.hypotheses).err());
    if let Some(dictionary) = laboratory.dictionary(&arm.subject) {
        found.extend(arm.set.iter().filter_map(|s| dictionary.read_assignment(s).err()));
    }
    if !arm.regimen.trim().is_empty() {
        found.extend(check_regimen(&arm.regimen, span, laboratory));
    }
    found.into_iter().map(|d| placed(d, span)).collect()
}

/// What rows need of each other.
fn across(texts: &mut Texts, observables: &[Observable], rows: &[Observation]) {
    let ids: Vec<&str> = rows.iter().map(|r| r.id.as_str()).collect();
    let mut first: HashMap<&str, Span> = HashMap::new();
    for row in rows {
        if first.insert(&row.id, row.span).is_some() {
            texts.tell("table-duplicate", row.span, format!("the id `{}` is taken", row.id), "add a letter to it");
        }
        if !observables.iter().any(|o| o.name == row.observable) {
            let message = format!("no observable is called `{}`", row.observable);
            let near = crate::words::nearest_of(&row.observable, observables.iter().map(|o| o.name.as_str()));
            let help = format!("{}add it to observables.toml", crate::words::did_you_mean(near));
            texts.tell("table-unknown-observable", row.span, message, help);
        }
        if let Comparator::Row(id) = &row.comparator
            && !ids.contains(&id.as_str())
        {
            let near = crate::words::nearest_of(id, ids.iter().copied());
            let help = format!(
                "{}it is `none`, `baseline`, `vehicle`, `unchanged`, a subject, or the id of a row",
                crate::words::did_you_mean(near)
            );
            texts.tell("table-comparator", row.span, format!("nothing is called `{id}`"), help);
        }
    }
}

#[cfg(test)]
#[path = "observation/tests.rs"]
mod tests;
