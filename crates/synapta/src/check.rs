//! `synapta check`: units, names, provenance and counts of a model.

use crate::args::Check;
use crate::exit::Failure;
use crate::{print, render, texts};
use serde_json::{Value, json};
use std::path::Path;
use synapta_engine::Program;
use synapta_model::check::{Coverage, Declarations, Provenance, Report, check};
use synapta_model::{Diagnostic, Severity};

/// Runs it. A model with errors is bad input (exit 2); with `--strict` any finding at all exits 1.
pub fn run(args: &Check) -> Result<(), Failure> {
    let path = Path::new(&args.model);
    let built_in = texts::model_text(&format!("{}.ant", args.model)).is_some() && !path.exists();
    let text = if built_in { texts::built_in(&args.model)? } else { texts::from_file(path)? };
    let report = check(&text.model);
    let states = Program::compile(&text.model).map(|p| p.states().len());
    let mut found: Vec<Diagnostic> = text.parsed.diagnostics.clone();
    found.extend(report.diagnostics.iter().cloned());
    let errors = found.iter().filter(|d| d.is_error()).count();
    if args.json {
        let value = as_json(&report, &found, &text, states.as_ref().ok().copied());
        print(&format!("{}\n", serde_json::to_string_pretty(&value).unwrap_or_default()));
    } else {
        let shown: Vec<Diagnostic> = found.iter().filter(|d| args.verbose || d.is_error()).cloned().collect();
        print(&render::render(&shown, &text.parsed.sources, if args.verbose { 1000 } else { 20 }));
        print(&as_text(&report, &found, states.as_ref().ok().copied()));
        if let (Err(e), 0) = (&states, errors) {
            print(&render::render(&e.diagnostics, &text.parsed.sources, 20));
        }
    }
    match (errors > 0 || states.is_err(), args.strict && !found.is_empty()) {
        (true, _) => Err(Failure::Shown),
        (false, true) => Err(Failure::Finding),
        (false, false) => Ok(()),
    }
}

fn as_text(report: &Report, found: &[Diagnostic], states: Option<usize>) -> String {
    let (c, p) = (&report.counts, &report.provenance);
    let of = |c: &Coverage| format!("{} of {}", c.covered(), c.of);
    let count = |s: Severity| found.iter().filter(|d| d.severity == s).count();
    let unit_errors = found.iter().filter(|d| d.code == "unit-mismatch").count();
    let mut out = String::new();
    let mut line = |name: &str, text: String| out.push_str(&format!("{name:<14}{text}\n"));
    line(
        "contents",
        format!(
            "{} species, {} parameters, {} compartments, {} reactions, {} rules, {} events; {}",
            c.species,
            c.parameters,
            c.compartments,
            c.reactions,
            c.rules,
            c.events,
            states.map_or("does not compile".into(), |n| format!("{n} states"))
        ),
    );
    line(
        "units",
        format!(
            "{unit_errors} errors in {} formulas ({} with every unit known, {} symbols without unit)",
            c.units.formulas, c.units.fully_known, c.units.undeclared_symbols
        ),
    );
    line(
        "parameters",
        format!(
            "{} derived by a rule, {} moved by a rate rule, {} with a value of their own:",
            p.derived.len(),
            p.states.len(),
            p.source.of
        ),
    );
    line("", format!("unit {}, source or reason {}, uncertainty {}", of(&p.unit), of(&p.source), of(&p.uncertainty)));
    for text in origins(p) {
        line("", text);
    }
    line(
        "described",
        format!(
            "species {}, reactions {}, rules {}",
            of(&p.species_description),
            of(&p.reaction_description),
            of(&p.rule_description)
        ),
    );
    line("moieties", format!("{} conserved sums", report.moieties.len()));
    line("findings", format!("{} errors, {} warnings", count(Severity::Error), count(Severity::Warning)));
    out
}

/// Where values come from: of all parameters, and of declarations.
fn origins(p: &Provenance) -> Vec<String> {
    let all = format!(
        "{} from a source (DOI or PubMed), {} fitted to observations, {} assumed with a reason, {} definitions",
        p.sourced.len(),
        p.fitted.len(),
        p.assumed.len(),
        p.definitions.len()
    );
    let d = &p.declared;
    let once = d.assumed_share().map(|share| {
        format!(
            "each declaration once: {} sourced, {} fitted, {} assumed, {} definitions; assumed {:.1} % of {} about nature",
            d.sourced,
            d.fitted,
            d.assumed,
            d.definitions,
            100.0 * share,
            d.about_nature()
        )
    });
    std::iter::once(all).chain(once).collect()
}

fn declared(d: &Declarations) -> Value {
    json!({
        "sourced": d.sourced, "fitted": d.fitted, "assumed": d.assumed, "definitions": d.definitions, "unsaid": d.unsaid,
        "about_nature": d.about_nature(), "assumed_share": d.assumed_share(),
    })
}

fn as_json(report: &Report, found: &[Diagnostic], text: &texts::Text, states: Option<usize>) -> Value {
    let (c, p) = (&report.counts, &report.provenance);
    let coverage = |c: &Coverage| json!({"covered": c.covered(), "of": c.of, "missing": strings(&c.missing)});
    let finding = |d: &Diagnostic| {
        json!({
            "code": d.code, "severity": if d.is_error() { "error" } else { "warning" }, "message": d.message,
            "place": text.parsed.sources.place(d.span).map(|p| p.to_string()), "help": d.help,
        })
    };
    json!({
        "counts": {
            "species": c.species, "parameters": c.parameters, "compartments": c.compartments,
            "reactions": c.reactions, "rules": c.rules, "events": c.events, "states": states,
            "formulas": c.units.formulas, "formulas_with_known_units": c.units.fully_known,
        },
        "unit_errors": found.iter().filter(|d| d.code == "unit-mismatch").count(),
        "provenance": {
            "derived": p.derived.len(), "states": p.states.len(), "sourced": p.sourced.len(), "fitted": p.fitted.len(),
            "assumed": p.assumed.len(), "definitions": p.definitions.len(), "declared": declared(&p.declared),
            "unit": coverage(&p.unit), "source": coverage(&p.source), "uncertainty": coverage(&p.uncertainty),
            "species_description": coverage(&p.species_description),
            "reaction_description": coverage(&p.reaction_description),
            "rule_description": coverage(&p.rule_description),
        },
        "moieties": report.moieties.len(),
        "findings": found.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn strings(ids: &[synapta_model::Id]) -> Vec<&str> {
    ids.iter().map(|i| i.as_str()).collect()
}
