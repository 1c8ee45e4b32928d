//! `synapta dose`: the records a regimen stands for.

use crate::args::Dose;
use crate::exit::Failure;
use crate::{print, texts};
use std::path::Path;
use synapta_model::{Diagnostic, SourceId, SourceMap, Span};
use synapta_study::library::Library;
use synapta_study::regimen::{Doses, dose_table, expand, expand_records, parse_line, read_records};

/// Runs it.
pub fn run(args: &Dose) -> Result<(), Failure> {
    let library = texts::library()?;
    let subject = library.subject(&args.subject).map_err(no_text)?;
    let weight = subject.weight.value;
    let (doses, warnings, sources) = match (&args.line, &args.regimen) {
        (_, Some(file)) => of_file(&library, file, weight)?,
        (Some(line), None) => of_line(&library, line, weight)?,
        (None, None) => {
            return Err(Failure::input("no-regimen", "no regimen is given", "give a line or --regimen FILE"));
        }
    };
    crate::tell(&crate::render::render(&warnings, &sources, 10));
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&doses).unwrap_or_default()));
    } else {
        print(&dose_table(&doses));
    }
    Ok(())
}

/// A finding without a text.
pub fn no_text(d: Diagnostic) -> Failure {
    Failure::Input(vec![d], SourceMap::new())
}

/// Doses of one line for a body weight in kg, with warnings and the text they point into.
pub fn of_line(library: &Library, line: &str, weight_kg: f64) -> Result<(Doses, Vec<Diagnostic>, SourceMap), Failure> {
    let mut sources = SourceMap::new();
    let source = sources.add("--dose", line);
    let Some(vocabulary) = library.vocabulary() else {
        return Err(Failure::input("unknown-drug", "the library holds no drug", "reinstall synapta"));
    };
    let parsed = match parse_line(source, line, &vocabulary) {
        Ok(parsed) => parsed,
        Err(found) => return Err(Failure::Input(found, sources)),
    };
    match expand(&parsed.regimen, weight_kg, library) {
        Ok(doses) => Ok((doses, parsed.warnings, sources)),
        Err(found) => Err(Failure::Input(found, sources)),
    }
}

/// Doses of a file of records.
pub fn of_file(library: &Library, file: &Path, weight_kg: f64) -> Result<(Doses, Vec<Diagnostic>, SourceMap), Failure> {
    let text = std::fs::read_to_string(file).map_err(|e| texts::unreadable(file, &e))?;
    let mut sources = SourceMap::new();
    let name = file.display().to_string();
    let source: SourceId = sources.add(name.clone(), text.clone());
    let Some(vocabulary) = library.vocabulary() else {
        return Err(Failure::input("unknown-drug", "the library holds no drug", "reinstall synapta"));
    };
    let records = match read_records(source, &name, &text, &vocabulary) {
        Ok(records) => records,
        Err(found) => return Err(Failure::Input(found, sources)),
    };
    match expand_records(&records, weight_kg, library) {
        Ok(doses) => Ok((doses, records.warnings, sources)),
        Err(found) => Err(Failure::Input(found, sources)),
    }
}

/// The word that stands for no dose at all.
pub fn is_none(line: &str) -> bool {
    line.trim().eq_ignore_ascii_case("none")
}

/// A finding for lines that cannot be joined.
pub fn joined(lines: &[String]) -> Result<String, Failure> {
    if lines.len() > 1 && lines.iter().any(|l| is_none(l)) {
        let d = Diagnostic::error("mixed-modes", Span::NONE, "`none` stands beside other doses");
        return Err(no_text(d.with_help("give `--dose none` alone, or leave it out")));
    }
    Ok(lines.join(", then "))
}
