//! What stands in the model for a measured quantity, and read-outs of the library as readings.

use std::collections::BTreeMap;

use serde::Deserialize;
use synapta_model::{SourceId, Span};
use toml::Spanned;

use crate::library::{Library, NamedText};
use crate::readout::{Combine, Readout, Relative, Statistic};

use super::formula::{Formula, FormulaError};
use super::quantity::Take;
use super::text::{Texts, place};

/// What is read: a formula, with what a read-out of the library says beyond it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Over names of the model.
    pub formula: Formula,
    /// The read-out's number, unless it is a value at given hours.
    pub take: Option<Take>,
    /// The read-out's window.
    pub from_h: Option<f64>,
    /// The read-out's window.
    pub to_h: Option<f64>,
    /// True if the read-out is a ratio to the value before the dose.
    pub ratio: bool,
}

/// A read-out by name, or else a formula.
///
/// # Errors
/// A formula that cannot be read.
pub fn reading(text: &str, library: &Library) -> Result<Reading, FormulaError> {
    let name = text.trim();
    if let Some(r) = library.readouts.readout.iter().find(|r| r.name.get_ref() == name) {
        return Ok(Reading {
            formula: Formula::read(&combined(r))?,
            take: taken(r.statistic),
            from_h: r.from_h,
            to_h: r.to_h,
            ratio: r.relative == Relative::Ratio,
        });
    }
    let formula = Formula::read(text)?;
    Ok(Reading { formula, take: None, from_h: None, to_h: None, ratio: false })
}

/// The formula of a read-out's symbols.
fn combined(r: &Readout) -> String {
    let symbols = &r.symbol.0;
    let fold = |function: &str| {
        let nest = |inner: String, s: &String| format!("{function}({inner}, {s})");
        symbols.iter().skip(1).fold(symbols[0].clone(), nest)
    };
    let base = match r.combine {
        Combine::Mean => format!("({})/{}", symbols.join(" + "), symbols.len()),
        Combine::Sum => symbols.join(" + "),
        Combine::Max => fold("max"),
        Combine::Min => fold("min"),
    };
    r.scale.map_or(base.clone(), |scale| format!("{scale}*({base})"))
}

fn taken(statistic: Statistic) -> Option<Take> {
    Some(match statistic {
        Statistic::Max => Take::Peak,
        Statistic::Min => Take::Trough,
        Statistic::TimeOfMax => Take::TimeOfPeak,
        Statistic::TimeOfMin => Take::TimeOfTrough,
        Statistic::Auc => Take::Area,
        Statistic::TimeOfHalfMax => Take::Onset(0.5),
        Statistic::ValueAt => return None,
    })
}

/// A measured quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Observable {
    /// Name in observables.toml.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Where it was measured.
    pub region: String,
    /// Unit of its rows.
    pub unit: String,
    /// What stands for it.
    pub stands: Stands,
    /// Assemblies that have it; empty means all.
    pub models: Vec<String>,
    /// The row whose standard error says how small a change this measure tells from none.
    pub resolved_by: Option<String>,
    /// Its place, for findings.
    pub span: Span,
}

/// What stands in the model for a measured quantity.
#[derive(Clone, Debug, PartialEq)]
pub enum Stands {
    /// A formula over names of the model.
    Variable(Formula),
    /// A small model or population run beside the slow one.
    Assay(AssayReading),
    /// Nothing, with the reason.
    Nothing(String),
}

/// A number of an assay.
#[derive(Clone, Debug, PartialEq)]
pub struct AssayReading {
    /// The assay, or what else has to be run, by name.
    pub assay: String,
    /// The preparation; empty for the read-out's own or the assay's first.
    pub preparation: String,
    /// The read-out; none if there is no assay of that name to ask.
    pub readout: Option<String>,
    /// Values set.
    pub set: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    title: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    unit: String,
    variable: Option<Spanned<String>>,
    assay: Option<String>,
    #[serde(default)]
    preparation: String,
    readout: Option<String>,
    #[serde(default)]
    set: Vec<String>,
    none: Option<String>,
    #[serde(default)]
    models: Vec<String>,
    resolved_by: Option<String>,
    #[serde(default)]
    #[allow(dead_code)] // for readers of the file
    note: String,
}

/// Reads observables.toml; findings go to `texts`.
pub(super) fn observables(texts: &mut Texts, text: NamedText<'_>) -> Vec<Observable> {
    let (source, file) = texts.toml::<BTreeMap<Spanned<String>, Raw>>(text);
    let mut all: Vec<(Spanned<String>, Raw)> = file.into_iter().flatten().collect();
    all.sort_by_key(|(name, _)| name.span().start);
    all.into_iter().filter_map(|(name, raw)| observable(texts, source, name, raw)).collect()
}

fn observable(texts: &mut Texts, source: SourceId, name: Spanned<String>, raw: Raw) -> Option<Observable> {
    let span = place(source, &name);
    let stands = match (raw.variable, raw.assay, raw.none) {
        (Some(v), None, None) => match Formula::read(v.get_ref()) {
            Ok(formula) => Stands::Variable(formula),
            Err(e) => {
                texts.tell("observable-formula", place(source, &v), e.message, e.help);
                return None;
            }
        },
        (None, Some(assay), None) => {
            Stands::Assay(AssayReading { assay, preparation: raw.preparation, readout: raw.readout, set: raw.set })
        }
        (None, None, Some(reason)) => Stands::Nothing(reason),
        _ => {
            let message = format!("`{}` needs exactly one of `variable`, `assay`, `none`", name.get_ref());
            texts.tell("observable-stands", span, message, "`none` is the reason why the model has no such quantity");
            return None;
        }
    };
    let name = name.into_inner();
    Some(Observable {
        name,
        title: raw.title,
        region: raw.region,
        unit: raw.unit,
        stands,
        models: raw.models,
        resolved_by: raw.resolved_by,
        span,
    })
}
