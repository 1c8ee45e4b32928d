//! Observations: one measured number a row, with the arm that a simulation needs, read from tab-separated text.

mod table;

use std::collections::HashMap;

use synapta_model::{Diagnostic, SourceMap, Span};

use crate::library::{Library, NamedText};
use crate::setting::Dictionary;

use super::claim::{EvidenceError, check_regimen};
use super::observable::{Observable, Stands, observables};
use super::pool::{ArmSpec, Laboratory};
use super::reference::References;
use super::text::Texts;
use super::trial::{self, Statistic, Trial, TrialForm};

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
    /// Subjects, animals or cells, where the source says how many.
    pub n: Option<f64>,
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

/// What holds in every arm of a set, beside what its rows say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Everywhere {
    /// Values set; a row's own win.
    pub set: Vec<String>,
    /// Hypotheses; a row's own win within their group.
    pub hypotheses: Vec<String>,
}

impl Everywhere {
    /// What no model or library knows: a value that one assembly has need not be in the other.
    pub fn check(&self, laboratory: &Laboratory<'_>) -> Vec<Diagnostic> {
        let read = |text: &String| {
            let each: Vec<_> = laboratory.dictionaries().map(|d| d.read_assignment(text)).collect();
            if each.iter().any(Result::is_ok) { None } else { each.into_iter().find_map(Result::err) }
        };
        let hypotheses = laboratory.library.hypotheses_in_force(&self.hypotheses).err();
        self.set.iter().filter_map(read).chain(hypotheses).collect()
    }

    /// An arm with what holds everywhere.
    pub fn arm(&self, library: &Library, arm: &ArmSpec) -> ArmSpec {
        let group = |name: &str| library.hypothesis(name).ok().map(|h| h.group.clone());
        let taken: Vec<_> = arm.hypotheses.iter().map(|h| group(h)).collect();
        let free = self.hypotheses.iter().filter(|h| !taken.contains(&group(h)));
        ArmSpec {
            set: self.set.iter().chain(&arm.set).cloned().collect(),
            hypotheses: free.chain(&arm.hypotheses).cloned().collect(),
            ..arm.clone()
        }
    }
}

/// Observations with their observables and texts.
#[derive(Clone, Debug, Default)]
pub struct ObservationSet {
    /// In the order of the texts.
    pub rows: Vec<Observation>,
    /// In the order of the text.
    pub observables: Vec<Observable>,
    /// The people and statistics of the assay `virtual_trial`.
    pub trial: Option<Trial>,
    /// What holds in every arm.
    pub everywhere: Everywhere,
    /// The texts.
    pub sources: SourceMap,
}

impl ObservationSet {
    /// Reads observables.toml and tables. Names of the model are checked by [`ObservationSet::check`].
    ///
    /// # Errors
    /// All findings. Codes: those of TOML texts, `observable-formula`, `observable-stands`, `table-header`, `table-cells`,
    /// `table-word`, `table-number`, `table-duplicate`, `table-unknown-observable`, `table-comparator`, `observable-resolution`.
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
            return Ok(ObservationSet {
                rows,
                observables,
                trial: None,
                everywhere: Everywhere::default(),
                sources: texts.sources,
            });
        }
        Err(EvidenceError { sources: texts.sources, diagnostics: texts.found })
    }

    /// The set with the people and statistics of virtual_trial.toml.
    ///
    /// # Errors
    /// All findings. Codes: those of TOML texts, `claim-cohort` and `claim-reason` (what differs), `trial-members`,
    /// `trial-noise`, `trial-form`, `trial-field`, `trial-formula`.
    pub fn with_trial(self, text: NamedText<'_>) -> Result<ObservationSet, EvidenceError> {
        let mut texts = Texts { sources: self.sources, found: vec![] };
        let trial = Trial::read(&mut texts, text);
        for s in trial.iter().flat_map(|t| &t.statistics) {
            let stands = self.observables.iter().find(|o| o.name == s.observable).map(|o| &o.stands);
            let fits = match (&s.form, stands) {
                (TrialForm::Mean { .. }, Some(Stands::Variable(_))) => true,
                (_, Some(Stands::Assay(reading))) => reading.assay == trial::ASSAY,
                _ => false,
            };
            if !fits {
                let message = format!("no observable `{}` asks for this statistic", s.observable);
                let help =
                    "a `mean` is one of an observable with a `variable`; any other needs `assay = \"virtual_trial\"`";
                texts.tell("trial-field", s.span, message, help);
            }
        }
        if texts.found.is_empty() {
            return Ok(ObservationSet { sources: texts.sources, trial, ..self });
        }
        Err(EvidenceError { sources: texts.sources, diagnostics: texts.found })
    }

    /// The statistic of the virtual trial that stands for a row, with its people.
    pub fn statistic(&self, row: &Observation) -> Option<(&Trial, &Statistic)> {
        let trial = self.trial.as_ref()?;
        Some((trial, trial.statistic(&row.observable).filter(|s| s.form.suits(row))?))
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
            let Stands::Variable(formula) = &observable.stands else { continue };
            let has = |d: &Dictionary| formula.symbols.iter().all(|s| d.names.resolve(s).is_ok());
            if !laboratory.dictionaries().any(has) {
                let first = laboratory.dictionaries().next();
                found.extend(first.into_iter().flat_map(|d| super::claim::unknown_names(formula, d, observable.span)));
            }
        }
        found.extend(self.trial.iter().flat_map(|t| t.check(laboratory)));
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

/// An observable is resolved by a ratio with a standard error.
fn check_resolution(texts: &mut Texts, observable: &Observable, rows: &[Observation]) {
    let Some(id) = &observable.resolved_by else { return };
    let row = rows.iter().find(|r| r.id == *id);
    if row.is_some_and(|r| r.form == RowForm::Ratio && r.standard_error.is_some()) {
        return;
    }
    let message = format!("`{id}` does not say how small a change of `{}` can be told", observable.name);
    let help = "`resolved_by` names a row of the form `ratio` whose spread gives a standard error";
    texts.tell("observable-resolution", observable.span, message, help);
}

/// What rows need of each other.
fn across(texts: &mut Texts, observables: &[Observable], rows: &[Observation]) {
    observables.iter().for_each(|o| check_resolution(texts, o, rows));
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
