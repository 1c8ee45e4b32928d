//! Names that a claim uses, held against the library, the models and the references.

use synapta_model::{Diagnostic, Span};

use crate::regimen::parse_line;
use crate::setting::Dictionary;
use crate::words::{did_you_mean, nearest_of};

use super::super::formula::Formula;
use super::super::pool::{ArmSpec, Laboratory};
use super::super::reference::References;
use super::{ArmPlaces, Claim};

/// What does not resolve in a claim: subjects, drugs and routes of regimens, mechanisms, hypotheses, values set, read
/// quantities, elements, sources (if references are at hand). Empty if all is well.
pub fn check_names(claim: &Claim, laboratory: &Laboratory<'_>, references: Option<&References>) -> Vec<Diagnostic> {
    let mut found = vec![];
    for (name, spec) in &claim.arms {
        let places = claim.places.arms.get(name).cloned().unwrap_or_default();
        arm(spec, &places, laboratory, &mut found);
    }
    for cohort in claim.cohorts.values() {
        let Some(arm) = claim.arms.get(&cohort.arm) else { continue };
        let places = claim.places.arms.get(&cohort.arm).and_then(|p| p.subject).unwrap_or(Span::NONE);
        if let Some(dictionary) = laboratory.dictionary(&arm.subject) {
            let names = cohort.vary.iter().flat_map(|v| &v.names);
            found.extend(
                names.filter_map(|n| dictionary.read_assignment(&format!("{n}=1")).err().map(|d| at(d, places))),
            );
        }
    }
    quantities(claim, laboratory, &mut found);
    assays(claim, laboratory, &mut found);
    elements(claim, laboratory, &mut found);
    if let Some(references) = references {
        sources(claim, references, &mut found);
    }
    found
}

fn at(mut d: Diagnostic, span: Span) -> Diagnostic {
    d.span = d.span.or(span);
    d
}

fn arm(spec: &ArmSpec, places: &ArmPlaces, laboratory: &Laboratory<'_>, found: &mut Vec<Diagnostic>) {
    let library = laboratory.library;
    let whole = places.subject.unwrap_or(Span::NONE);
    if let Err(d) = library.subject(&spec.subject) {
        found.push(at(d, whole));
    }
    for (name, span) in spec.without.iter().zip(&places.without) {
        found.extend(library.mechanism(name).err().map(|d| at(d, *span)));
    }
    let hypotheses: Vec<_> = spec
        .hypotheses
        .iter()
        .zip(&places.hypotheses)
        .filter_map(|(n, s)| library.hypothesis(n).err().map(|d| at(d, *s)))
        .collect();
    if hypotheses.is_empty() {
        let span = places.hypotheses.first().copied().unwrap_or(whole);
        found.extend(library.hypotheses_in_force(&spec.hypotheses).err().map(|d| at(d, span)));
    }
    found.extend(hypotheses);
    if let Some(dictionary) = laboratory.dictionary(&spec.subject) {
        let wrong = |(text, span): (&String, &Span)| dictionary.read_assignment(text).err().map(|d| at(d, *span));
        found.extend(spec.set.iter().zip(&places.set).filter_map(wrong));
    }
    if !spec.regimen.trim().is_empty() {
        found.extend(regimen(&spec.regimen, places.regimen.unwrap_or(whole), laboratory));
    }
}

/// Findings of a regimen line, moved to where the line stands.
pub(in super::super) fn regimen(line: &str, span: Span, laboratory: &Laboratory<'_>) -> Vec<Diagnostic> {
    let Some(vocabulary) = laboratory.library.vocabulary() else {
        return vec![Diagnostic::error("unknown-drug", span, "the library holds no drug")];
    };
    let Err(found) = parse_line(span.source, line, &vocabulary) else {
        return vec![];
    };
    let quoted = (span.end - span.start) as usize == line.len() + 2;
    let moved = |mut d: Diagnostic| {
        d.labels.clear();
        d.span = if quoted && !d.span.is_none() {
            let shift = |x: u32| (span.start + 1 + x).min(span.end);
            Span { source: span.source, start: shift(d.span.start), end: shift(d.span.end) }
        } else {
            span
        };
        d
    };
    found.into_iter().map(moved).collect()
}

fn quantities(claim: &Claim, laboratory: &Laboratory<'_>, found: &mut Vec<Diagnostic>) {
    for (expect, span) in claim.expect.iter().zip(&claim.places.expect) {
        let cohort_arms = expect.form.cohorts();
        let cohort_arms = cohort_arms.iter().filter_map(|c| claim.cohorts.get(*c)).map(|c| c.arm.as_str());
        let arms = expect.form.arms().into_iter().chain(cohort_arms).filter_map(|name| claim.arms.get(name));
        for dictionary in arms.filter_map(|arm| laboratory.dictionary(&arm.subject)) {
            let read = expect.form.quantities().into_iter().map(|q| &q.of);
            let read = read.chain(expect.form.steps().iter().map(|(_, f)| f));
            for d in read.flat_map(|f| unknown(f, dictionary, *span)) {
                if !found.contains(&d) {
                    found.push(d);
                }
            }
        }
    }
}

/// Assays, preparations, read-outs and values that the bench does not have.
fn assays(claim: &Claim, laboratory: &Laboratory<'_>, found: &mut Vec<Diagnostic>) {
    let Some(bench) = laboratory.bench() else { return };
    for (expect, span) in claim.expect.iter().zip(&claim.places.expect) {
        for (name, readouts) in expect.form.assays() {
            let Some(arm) = claim.assays.get(name) else { continue };
            for readout in readouts {
                let wrong = bench.resolve(&arm.ask(readout)).err();
                found.extend(wrong.map(|e| e.diagnostics()).into_iter().flatten().map(|mut d| {
                    d.span = *span;
                    d
                }));
            }
        }
    }
}

/// Names of a formula that a model does not have.
pub(in super::super) fn unknown(formula: &Formula, dictionary: &Dictionary, span: Span) -> Vec<Diagnostic> {
    formula.symbols.iter().filter_map(|s| dictionary.names.resolve(s).err().map(|d| at(d, span))).collect()
}

/// An element is a variable of one of the models, in either region (`*`), or a mechanism.
fn elements(claim: &Claim, laboratory: &Laboratory<'_>, found: &mut Vec<Diagnostic>) {
    for (name, span) in claim.elements.iter().zip(&claim.places.elements) {
        let pattern = format!("subject.{name}");
        let fits = |d: &Dictionary| d.names.resolve(name).is_ok() || !d.names.matching(&pattern).is_empty();
        if laboratory.library.mechanism(name).is_ok() || laboratory.dictionaries().any(fits) {
            continue;
        }
        let near = laboratory.dictionaries().next().map(|d| d.names.unknown(name, *span));
        found.extend(near.map(|d| Diagnostic {
            message: format!("`{name}` is neither an element of the models nor a mechanism"),
            ..d
        }));
    }
}

fn sources(claim: &Claim, references: &References, found: &mut Vec<Diagnostic>) {
    for (key, span) in claim.sources.iter().zip(&claim.places.sources) {
        if references.get(key).is_some() {
            continue;
        }
        let near = nearest_of(key, references.all.iter().map(|r| r.key.as_str()));
        let help = format!("{}add the reference to references.bib", did_you_mean(near));
        found.push(
            Diagnostic::error("unknown-reference", *span, format!("no reference has the key `{key}`")).with_help(help),
        );
    }
}
