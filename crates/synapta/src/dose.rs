//! `synapta dose`: the records a regimen stands for.

use crate::args::Dose;
use crate::exit::Failure;
use crate::{print, texts};
use std::path::Path;
use synapta_model::{Diagnostic, SourceId, SourceMap, Span};
use synapta_study::library::Library;
use synapta_study::regimen::{Doses, Prescribed, Vocabulary, dose_table, parse_line, read_records};

/// Runs it.
pub fn run(args: &Dose) -> Result<(), Failure> {
    let library = texts::library()?;
    let subject = library.subject(&args.subject).map_err(no_text)?;
    let weight = subject.weight.value;
    let read = match (&args.line, &args.regimen) {
        (_, Some(file)) => read_file(&library, file)?,
        (Some(line), None) => read_line(&library, line)?,
        (None, None) => {
            return Err(Failure::input("no-regimen", "no regimen is given", "give a line or --regimen FILE"));
        }
    };
    let doses = read.doses(&library, weight)?;
    read.tell_warnings();
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

/// A regimen that was read.
pub struct Read {
    /// The regimen.
    pub prescribed: Prescribed,
    warnings: Vec<Diagnostic>,
    /// The text that findings point into.
    sources: SourceMap,
}

impl Read {
    /// No dose.
    pub fn nothing() -> Read {
        Read { prescribed: Prescribed::Nothing, warnings: vec![], sources: SourceMap::new() }
    }

    /// The doses for a body weight in kg.
    pub fn doses(&self, library: &Library, weight_kg: f64) -> Result<Doses, Failure> {
        self.prescribed.doses(weight_kg, library).map_err(|found| Failure::Input(found, self.sources.clone()))
    }

    /// Prints what was passed over.
    pub fn tell_warnings(&self) {
        crate::tell(&crate::render::render(&self.warnings, &self.sources, 10));
    }
}

/// Reads a line.
pub fn read_line(library: &Library, line: &str) -> Result<Read, Failure> {
    let mut sources = SourceMap::new();
    let source = sources.add("--dose", line);
    match parse_line(source, line, &vocabulary(library)?) {
        Ok(parsed) => Ok(Read { prescribed: Prescribed::Line(parsed.regimen), warnings: parsed.warnings, sources }),
        Err(found) => Err(Failure::Input(found, sources)),
    }
}

/// Reads a file of records.
pub fn read_file(library: &Library, file: &Path) -> Result<Read, Failure> {
    let text = std::fs::read_to_string(file).map_err(|e| texts::unreadable(file, &e))?;
    let mut sources = SourceMap::new();
    let name = file.display().to_string();
    let source: SourceId = sources.add(name.clone(), text.clone());
    match read_records(source, &name, &text, &vocabulary(library)?) {
        Ok(records) => {
            Ok(Read { warnings: records.warnings.clone(), prescribed: Prescribed::Records(records), sources })
        }
        Err(found) => Err(Failure::Input(found, sources)),
    }
}

fn vocabulary(library: &Library) -> Result<Vocabulary, Failure> {
    let none = || Failure::input("unknown-drug", "the library holds no drug", "reinstall synapta");
    library.vocabulary().ok_or_else(none)
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
