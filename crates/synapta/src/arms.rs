//! Arms from the flags: every name checked before anything is run, so that a typo is told with what was meant.

use crate::args::ArmArgs;
use crate::dose;
use crate::exit::Failure;
use synapta_model::{Diagnostic, SourceMap};
use synapta_study::evidence::pool::{ArmSpec, Laboratory};

/// The arm that flags ask for, to an hour after its first dose.
pub fn spec(args: &ArmArgs, laboratory: &Laboratory<'_>, end_h: f64) -> Result<ArmSpec, Failure> {
    let library = laboratory.library;
    let subject = library.subject(&args.subject).map_err(dose::no_text)?;
    let mut found: Vec<Diagnostic> = args.without.iter().filter_map(|n| library.mechanism(n).err()).collect();
    found.extend(library.hypotheses_in_force(&args.hypothesis).err());
    if let Some(dictionary) = laboratory.dictionary(&args.subject) {
        found.extend(args.set.iter().filter_map(|s| dictionary.read_assignment(s).err()));
    }
    if !found.is_empty() {
        return Err(Failure::Input(found, SourceMap::new()));
    }
    let regimen = match args.doses.as_slice() {
        [] => subject.default_dose.get_ref().clone(),
        [one] if dose::is_none(one) => String::new(),
        lines => dose::joined(lines)?,
    };
    if !regimen.is_empty() {
        let read = dose::read_line(library, &regimen)?;
        read.doses(library, subject.weight.value)?;
        read.tell_warnings();
    }
    Ok(ArmSpec {
        subject: subject.name.get_ref().clone(),
        regimen,
        without: args.without.clone(),
        hypotheses: args.hypothesis.clone(),
        set: args.set.clone(),
        end_h,
    })
}

/// The model of an arm's subject.
pub fn model<'a>(spec: &ArmSpec, laboratory: &'a Laboratory<'_>) -> &'a str {
    laboratory.library.subject(&spec.subject).map_or("", |s| s.model.as_str())
}

/// A time after the first dose, in hours: `24 h`, `4 weeks`, `90 min`, a bare number of hours.
pub fn hours(text: &str, flag: &str) -> Result<f64, Failure> {
    crate::study::end(Some(text)).map_err(|_| {
        let help = "give hours or a number with its unit, for instance `24 h`, `7 d`, `90 min`";
        Failure::input("bad-time", format!("{flag} {text} is not a time after the dose"), help)
    })
}

/// What failed in a run, which no wrong name can cause.
pub fn failed(why: String) -> Failure {
    let help = "try a smaller change, another dose or another subject";
    Failure::input("run-failed", format!("a run failed: {why}"), help)
}
