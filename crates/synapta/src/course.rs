//! `synapta simulate MODEL`: a plain time course of any model.

use crate::args::{CourseArgs, Simulate};
use crate::exit::Failure;
use crate::{print, texts};
use synapta_engine::{Form, Observable, Overrides, Program, Schedule, Settings, SimError, Tolerances};
use synapta_model::check::{check_meaning, check_units};
use synapta_model::{Diagnostic, Id, Model, Severity, Span};
use synapta_study::setting::Dictionary;

/// True if a plain time course is asked for, false for a study.
pub fn is_course(args: &Simulate) -> Result<bool, Failure> {
    let study = &args.study;
    let asks_study = study.subject.is_some()
        || !study.doses.is_empty()
        || study.regimen.is_some()
        || !study.without.is_empty()
        || !study.hypothesis.is_empty()
        || args.out.is_some()
        || args.no_files
        || args.json;
    let course = &args.course;
    let asks_course = course.start.is_some()
        || course.steps.is_some()
        || !course.amount.is_empty()
        || !course.concentration.is_empty()
        || course.output_csv.is_some();
    if asks_study && asks_course {
        return Err(Failure::input(
            "mixed-modes",
            "options of a study and of a plain time course stand together",
            "a study takes --subject --dose --regimen --without --hypothesis --out --no-files --json; \
             a time course takes MODEL --start --end --steps --variables --output-csv",
        ));
    }
    if asks_course && args.model.is_none() {
        return Err(Failure::input(
            "no-model",
            "a time course needs a model file",
            "give MODEL, for instance `my.ant`",
        ));
    }
    let whole_subject = args.model.as_ref().is_some_and(|p| p.to_str().is_some_and(texts::is_assembly) && !p.exists());
    // `simulate human` without more is the study of that model's default subject.
    Ok(args.model.is_some() && !asks_study && (asks_course || !whole_subject))
}

/// Runs it.
pub fn run(args: &Simulate) -> Result<(), Failure> {
    let Some(path) = &args.model else {
        return Err(Failure::input("no-model", "no model is given", "give MODEL"));
    };
    let text = match path.to_str() {
        Some(name) if texts::is_assembly(name) && !path.exists() => texts::built_in(name)?,
        _ => texts::from_file(path)?,
    };
    let failed = |d: Vec<Diagnostic>| Failure::Input(d, text.parsed.sources.clone());
    gate(&text, !args.set.is_empty())?;
    let program = Program::compile(&text.model).map_err(|e| unsupported_or(e.diagnostics, &text))?;
    let settings = settings(args.rtol, args.atol)?;
    let dictionary = Dictionary::new(&text.model);
    let mut overrides = Overrides::none();
    for assignment in &args.set {
        let setting = dictionary.read_assignment(assignment).map_err(|d| failed(vec![d]))?;
        overrides.set(setting.id.clone(), setting.value);
    }
    let columns = columns(args, &text.model, &dictionary, &program).map_err(failed)?;
    let start = args.course.start.unwrap_or(0.0);
    let times = times(start, end(args.end.as_deref(), start)?, args.course.steps.unwrap_or(50))?;
    let fail = |e: SimError| failed(vec![Diagnostic::error("simulation-failed", Span::NONE, e.to_string())]);
    let mut state = program.initial_state(&overrides).map_err(fail)?;
    state.time = times[0];
    let observables: Vec<Observable> = columns.iter().map(|(_, o)| *o).collect();
    let end = times[times.len() - 1];
    let solution = program.simulate(&state, end, &times, &observables, &Schedule::none(), &settings).map_err(fail)?;
    let names: Vec<&str> = columns.iter().map(|(n, _)| n.as_str()).collect();
    let csv = csv(&names, &solution.times, &solution.values);
    crate::tell(&crate::render::render(
        &not_numbers(&names, &solution.times, &solution.values),
        &text.parsed.sources,
        5,
    ));
    match &args.course.output_csv {
        Some(file) => std::fs::write(file, csv).map_err(|e| unwritable(file, &e))?,
        None => print(&csv),
    }
    Ok(())
}

/// Errors of meaning stop a run, missing values only if the caller brings none; unit mismatches, common in published models, are told and stop nothing.
pub fn gate(text: &texts::Text, brings_values: bool) -> Result<(), Failure> {
    // A value that the caller brings cannot be missing; the engine says if another is.
    let brought = |d: &Diagnostic| brings_values && matches!(d.code, "missing-value" | "nan-value");
    let meaning = check_meaning(&text.model);
    if meaning.iter().any(|d| d.is_error() && !brought(d)) {
        let errors = meaning.into_iter().filter(Diagnostic::is_error).collect();
        return Err(Failure::Input(errors, text.parsed.sources.clone()));
    }
    let (mut units, _) = check_units(&text.model);
    units.retain(|d| d.code == "unit-mismatch");
    for d in &mut units {
        d.severity = Severity::Warning;
    }
    crate::tell(&crate::render::render(&units, &text.parsed.sources, 3));
    Ok(())
}

/// Compile findings: what is valid but beyond this version exits 3.
pub fn unsupported_or(diagnostics: Vec<Diagnostic>, text: &texts::Text) -> Failure {
    let only_unsupported = diagnostics.iter().filter(|d| d.is_error()).all(|d| d.code.starts_with("unsupported"));
    if only_unsupported && diagnostics.iter().any(Diagnostic::is_error) {
        let shown = crate::render::render(&diagnostics, &text.parsed.sources, 5);
        return Failure::Unsupported(format!("{}\n{shown}", text.source.name));
    }
    Failure::Input(diagnostics, text.parsed.sources.clone())
}

/// Solver settings of the command line.
pub fn settings(rtol: f64, atol: Option<f64>) -> Result<Settings, Failure> {
    let positive = |name: &str, v: f64| {
        if v.is_finite() && v > 0.0 {
            return Ok(v);
        }
        Err(Failure::input(
            "bad-tolerance",
            format!("--{name} {v} cannot be"),
            "give a small number above 0, such as 1e-6",
        ))
    };
    let rtol = positive("rtol", rtol)?;
    if rtol >= 1.0 {
        let message = format!("--rtol {rtol} would let every digit be wrong");
        return Err(Failure::input("bad-tolerance", message, "give a small number below 1, such as 1e-6"));
    }
    let atol = match atol {
        Some(a) => Tolerances::Same(positive("atol", a)?),
        None => Tolerances::Scale,
    };
    Ok(Settings { rtol, atol, ..Settings::default() })
}

/// The end of a time course; 10 after the start if none is given.
pub fn end(text: Option<&str>, start: f64) -> Result<f64, Failure> {
    let Some(text) = text else { return Ok(start + 10.0) };
    text.parse::<f64>().map_err(|_| {
        Failure::input("bad-time", format!("--end {text} is not a number"), "give the end in the model's time unit")
    })
}

/// Equally spaced output times.
pub fn times(start: f64, end: f64, steps: usize) -> Result<Vec<f64>, Failure> {
    if !(start.is_finite() && end.is_finite() && end > start) || steps == 0 || steps > 50_000_000 {
        let message = format!("a time course from {start} to {end} in {steps} steps cannot be");
        return Err(Failure::input("bad-time", message, "the end must be after the start, with at least one step"));
    }
    let at = |i: usize| start + (end - start) * i as f64 / steps as f64;
    Ok((0..=steps).map(|i| if i == steps { end } else { at(i) }).collect())
}

/// A column asked for.
pub struct Chosen {
    /// As it was written.
    pub name: String,
    /// Flat id; `time` for the time.
    pub id: Id,
    /// Form of a species.
    pub form: Form,
}

fn columns(
    args: &Simulate,
    model: &Model,
    dictionary: &Dictionary,
    program: &Program,
) -> Result<Vec<(String, Observable)>, Vec<Diagnostic>> {
    let mut out = vec![];
    for Chosen { name, id, form } in chosen(&args.course, model, dictionary)? {
        match program.observable(&id, form) {
            Some(o) => out.push((name, o)),
            None => {
                let message = format!("`{name}` has no value over time");
                return Err(vec![Diagnostic::error("no-value", Span::NONE, message)]);
            }
        }
    }
    Ok(out)
}

/// The columns asked for, in order.
pub fn chosen(course: &CourseArgs, model: &Model, dictionary: &Dictionary) -> Result<Vec<Chosen>, Vec<Diagnostic>> {
    let mut names: Vec<String> = match course.variables.as_slice() {
        [] => model.species.iter().map(|s| s.id.to_string()).chain(varying(model)).collect(),
        [all] if all == "all" => model.species.iter().map(|s| s.id.to_string()).chain(varying(model)).collect(),
        some => some.to_vec(),
    };
    if let Some(both) = course.amount.iter().find(|n| course.concentration.contains(n)) {
        let message = format!("`{both}` stands in --amount and in --concentration");
        let help = "a column is one of the two: leave one out";
        return Err(vec![Diagnostic::error("mixed-modes", Span::NONE, message).with_help(help)]);
    }
    for extra in course.amount.iter().chain(&course.concentration) {
        if !names.contains(extra) {
            names.push(extra.clone());
        }
    }
    let form = |name: &String| match (course.amount.contains(name), course.concentration.contains(name)) {
        (true, _) => Form::Amount,
        (false, true) => Form::Concentration,
        (false, false) => Form::Default,
    };
    let id = |name: &str| if name == "time" { Ok(Id::from("time")) } else { dictionary.names.resolve(name) };
    let (mut out, mut found) = (vec![], vec![]);
    for name in names {
        match id(&name) {
            Ok(id) => out.push(Chosen { form: form(&name), name, id }),
            Err(d) => found.push(d),
        }
    }
    if found.is_empty() { Ok(out) } else { Err(found) }
}

/// Parameters and compartments that are not constant.
fn varying(model: &Model) -> impl Iterator<Item = String> {
    let parameters = model.parameters.iter().filter(|p| !p.constant).map(|p| p.id.to_string());
    let compartments = model.compartments.iter().filter(|c| !c.constant).map(|c| c.id.to_string());
    parameters.chain(compartments)
}

/// A warning for each column that is not a number at some time.
fn not_numbers(names: &[&str], times: &[f64], rows: &[Vec<f64>]) -> Vec<Diagnostic> {
    let first = |i: usize| rows.iter().zip(times).find(|(row, _)| !row[i].is_finite()).map(|(row, t)| (row[i], *t));
    let found = names.iter().enumerate().filter_map(|(i, name)| first(i).map(|at| (name, at)));
    found
        .map(|(name, (value, time))| {
            Diagnostic::warning("not-a-number", Span::NONE, format!("`{name}` is {value} from time {time}"))
                .with_help("check its formula for a division by zero, or a logarithm or power of a negative number")
        })
        .collect()
}

fn unwritable(path: &std::path::Path, error: &std::io::Error) -> Failure {
    let message = format!("{} cannot be written: {error}", path.display());
    Failure::input("unwritable-file", message, "give --output-csv a file in a folder that exists and can be written")
}

/// `time` first, then the columns; numbers in full precision.
fn csv(names: &[&str], times: &[f64], rows: &[Vec<f64>]) -> String {
    let mut out = String::from("time");
    for name in names {
        out.push(',');
        out.push_str(name);
    }
    out.push('\n');
    for (t, row) in times.iter().zip(rows) {
        out.push_str(&t.to_string());
        for v in row {
            out.push(',');
            out.push_str(&v.to_string());
        }
        out.push('\n');
    }
    out
}
