//! `synapta simulate`: a subject, a regimen, a result.

use crate::args::{Simulate, StudyArgs};
use crate::exit::Failure;
use crate::{course, dose, lists, print, report, texts};
use std::path::{Path, PathBuf};
use std::time::Instant;
use synapta_model::check::{check_meaning, check_units};
use synapta_model::{Diagnostic, SourceMap};
use synapta_report::{Column, sparkline, table};
use synapta_study::StudyError;
use synapta_study::arm::{Arm, Keep, manifest, planned_changes, simulate_arm};
use synapta_study::library::Library;
use synapta_study::output::{summary, trajectory_csv, trajectory_parquet};
use synapta_study::readout::ReadoutValue;
use synapta_study::regimen::{Doses, TimeUnit};
use synapta_study::subject::{Prepared, Request, prepare};

/// Where files go when nothing is said.
const DEFAULT_FOLDER: &str = "synapta-out";
/// Subject when nothing is said.
const DEFAULT_SUBJECT: &str = "trd";
/// Length of a run when nothing is said, h.
const DEFAULT_END_H: f64 = 336.0;

/// A study run with everything its outputs need.
pub struct Done {
    /// The model text.
    pub text: texts::Text,
    /// The subject.
    pub prepared: Prepared,
    /// The regimen.
    pub doses: Doses,
    /// The result.
    pub arm: Arm,
    /// End of the run, h.
    pub end_h: f64,
    /// Hypotheses asked for; the others are the defaults.
    pub asked: Vec<String>,
    /// Wall-clock seconds: everything before the dose, the run.
    pub seconds: [f64; 2],
}

/// Runs it and writes table and files.
pub fn run(args: &Simulate) -> Result<(), Failure> {
    let library = texts::library()?;
    let done = simulate(args, &library)?;
    crate::tell(&crate::render::render(&done.arm.warnings, &SourceMap::new(), 5));
    let folder = folder(args);
    if args.json {
        let json = serde_json::to_string_pretty(&summary(&done.arm.readouts)).unwrap_or_default();
        print(&format!("{json}\n"));
    } else {
        print(&heading(&done));
        print(&result_table(&done));
        print(&closing(&done));
    }
    if let Some(folder) = folder {
        write_files(&folder, args, &library, &done)?;
        if !args.json {
            print(&format!(
                "Files in {}: cascade.png and .svg, report.html, trajectory.csv and .parquet, summary.json, manifest.json\n",
                folder.display()
            ));
        }
    }
    Ok(())
}

/// Prepares the subject and runs the arm.
fn simulate(args: &Simulate, library: &Library) -> Result<Done, Failure> {
    let started = Instant::now();
    let asked = args.study.subject.as_deref();
    let text = model_text(args.model.as_deref(), library, asked.unwrap_or(DEFAULT_SUBJECT))?;
    whole_subject(&text, library)?;
    gate(&text)?;
    let name = asked.unwrap_or_else(|| default_subject(&text, library));
    let in_model = |e: StudyError| Failure::Input(e.diagnostics(), text.parsed.sources.clone());
    let request = Request {
        subject: name.to_string(),
        hypotheses: args.study.hypothesis.clone(),
        without: args.study.without.clone(),
        set: args.set.clone(),
        in_text: vec![],
        settings: course::settings(args.rtol, args.atol)?,
    };
    let prepared = prepare(&text.model, library, &request).map_err(in_model)?;
    let middle = Instant::now();
    let doses = doses(args, library, &prepared)?;
    let end_h = end(args.end.as_deref())?;
    let everything = args.course.variables.iter().any(|v| v == "all");
    let columns = args.course.variables.iter().filter(|v| *v != "all").cloned().collect();
    let keep = Keep { columns, everything, times: vec![] };
    let arm = simulate_arm(&text.model, &prepared, library, &doses, end_h, &keep).map_err(in_model)?;
    let seconds = [(middle - started).as_secs_f64(), middle.elapsed().as_secs_f64()];
    Ok(Done { text, prepared, doses, arm, end_h, asked: args.study.hypothesis.clone(), seconds })
}

/// The model asked for: a file, a built-in one by name, or that of the subject.
pub fn model_text(model: Option<&Path>, library: &Library, subject: &str) -> Result<texts::Text, Failure> {
    match model {
        None => texts::built_in(&library.subject(subject).map_err(dose::no_text)?.model),
        Some(path) => match path.to_str() {
            Some(name) if texts::is_assembly(name) && !path.exists() => texts::built_in(name),
            _ => texts::from_file(path),
        },
    }
}

/// The default subject if the model is its own, else the first of the model.
pub fn default_subject<'a>(text: &texts::Text, library: &'a Library) -> &'a str {
    let of_model = |s: &&synapta_study::library::Subject| text.model.id == s.model.as_str();
    let mut own = library.subjects.iter().filter(of_model).map(|s| s.name.get_ref().as_str());
    let first = own.clone().next().unwrap_or(DEFAULT_SUBJECT);
    own.find(|n| *n == DEFAULT_SUBJECT).unwrap_or(first)
}

/// True if a subject of the library has this model.
pub fn is_whole_subject(text: &texts::Text, library: &Library) -> bool {
    library.subjects.iter().any(|s| text.model.id == s.model.as_str())
}

/// Only a model of a whole subject can be dosed.
fn whole_subject(text: &texts::Text, library: &Library) -> Result<(), Failure> {
    if is_whole_subject(text, library) {
        return Ok(());
    }
    Err(Failure::input(
        "wrong-assembly",
        format!("{} holds the model `{}`, which is no whole subject to dose", text.source.name, text.model.id),
        "for a plain time course leave out the options of a study (--subject --dose --regimen --without --hypothesis \
         --out --no-files --json); a changed copy of `human` or `rodent` keeps its model's name",
    ))
}

/// A study's numbers carry units, so a model whose units do not agree is not run.
pub fn gate(text: &texts::Text) -> Result<(), Failure> {
    let mut found = check_meaning(&text.model);
    found.extend(check_units(&text.model).0);
    found.retain(Diagnostic::is_error);
    if found.is_empty() { Ok(()) } else { Err(Failure::Input(found, text.parsed.sources.clone())) }
}

fn doses(args: &Simulate, library: &Library, prepared: &Prepared) -> Result<Doses, Failure> {
    let read = prescribed(&args.study, library, &prepared.default_dose)?;
    let doses = read.doses(library, prepared.weight_kg)?;
    read.tell_warnings();
    Ok(doses)
}

/// The regimen asked for; `default_dose` if none is.
pub fn prescribed(study: &StudyArgs, library: &Library, default_dose: &str) -> Result<dose::Read, Failure> {
    match (&study.regimen, study.doses.as_slice()) {
        (Some(_), [_, ..]) => {
            let help = "a regimen file holds all doses: add the line's doses to it";
            Err(Failure::input("mixed-modes", "--regimen and --dose stand together", help))
        }
        (Some(file), []) => dose::read_file(library, file),
        (None, []) => dose::read_line(library, default_dose),
        (None, [one]) if dose::is_none(one) => Ok(dose::Read::nothing()),
        (None, lines) => dose::read_line(library, &dose::joined(lines)?),
    }
}

/// The end in hours from `14 d`, `336`, `336 h`.
pub fn end(text: Option<&str>) -> Result<f64, Failure> {
    let Some(text) = text else { return Ok(DEFAULT_END_H) };
    let text = text.trim();
    let split = text.find(|c: char| c.is_alphabetic() && c != 'e' && c != 'E').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit = if unit.trim().is_empty() { Some(TimeUnit::Hour) } else { TimeUnit::from_word(unit.trim()) };
    match (number.trim().parse::<f64>(), unit) {
        (Ok(v), Some(unit)) if v.is_finite() && v > 0.0 => Ok(unit.to_hours(v)),
        _ => Err(Failure::input(
            "bad-time",
            format!("--end {text} is not a time"),
            "give hours or a number with its unit, for instance `336`, `14 d`, `90 min`",
        )),
    }
}

fn folder(args: &Simulate) -> Option<PathBuf> {
    match (&args.out, args.no_files || args.json) {
        (Some(folder), _) => Some(folder.clone()),
        (None, true) => None,
        (None, false) => Some(PathBuf::from(DEFAULT_FOLDER)),
    }
}

/// Title and weight; the weight of the run, whatever the title says.
pub fn who(p: &Prepared) -> String {
    let title = match p.title.rsplit_once(", ") {
        Some((title, weight)) if weight.ends_with("kg") || weight.ends_with(" g") => title,
        _ => &p.title,
    };
    let (weight, unit) = if p.weight_kg < 0.1 { (1e3 * p.weight_kg, "g") } else { (p.weight_kg, "kg") };
    format!("{title}, {} {unit}", (1e3 * weight).round() / 1e3)
}

fn heading(done: &Done) -> String {
    let p = &done.prepared;
    let mut out = format!("{} ({})\n", who(p), p.subject);
    out.push_str(&format!("Regimen: {}\n", done.doses.regimen));
    if !p.without.is_empty() {
        out.push_str(&format!("Without: {}\n", p.without.join(", ")));
    }
    if !done.asked.is_empty() {
        out.push_str(&format!("Hypotheses: {}\n", done.asked.join(", ")));
    }
    if !p.set.is_empty() {
        out.push_str(&format!("Set: {}\n", p.set.join("; ")));
    }
    out.push('\n');
    out
}

/// The table: one row a read-out, with the course of its symbol on the figure's time axis.
fn result_table(done: &Done) -> String {
    let charset = lists::charset();
    let axis = report::time_axis(done);
    let rows: Vec<Vec<String>> = done
        .arm
        .readouts
        .iter()
        .filter(|r| r.table && !r.values.is_empty())
        .flat_map(|r| rows_of(r, done, &axis, charset))
        .collect();
    let columns = [Column::left("read-out"), Column::decimal("value"), Column::left("unit"), Column::left("course")];
    table(&columns, &rows, charset)
}

fn rows_of(
    r: &ReadoutValue,
    done: &Done,
    axis: &synapta_report::TimeAxis,
    charset: synapta_report::Charset,
) -> Vec<Vec<String>> {
    let course = sparkline(&report::trend(done, &r.symbol, axis, 24), 24, charset);
    let row = |(i, (hour, value)): (usize, &(Option<f64>, f64))| {
        let name = report::row_name(&r.title, *hour);
        let course = if i == 0 { course.clone() } else { String::new() };
        vec![name, synapta_report::significant(report::shown(*value, &r.unit), 3), r.unit.clone(), course]
    };
    r.values.iter().enumerate().map(row).collect()
}

fn closing(done: &Done) -> String {
    let effort = done.arm.trajectory.effort;
    format!(
        "\n{} steps to {}; {:.0} ms to the state before the dose, {:.0} ms for the run. A research model, not medical advice.\n",
        effort.steps,
        synapta_report::time_label(done.end_h),
        1e3 * done.seconds[0],
        1e3 * done.seconds[1]
    )
}

fn write_files(folder: &Path, args: &Simulate, library: &Library, done: &Done) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|e| unwritable(folder, &e))?;
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|e| unwritable(&path, &e))
    };
    let trajectory = &done.arm.trajectory;
    write("trajectory.csv", trajectory_csv(trajectory).as_bytes())?;
    let parquet = trajectory_parquet(trajectory).map_err(|e| internal(&e.to_string()))?;
    write("trajectory.parquet", &parquet)?;
    let json = serde_json::to_string_pretty(&summary(&done.arm.readouts)).map_err(|e| internal(&e.to_string()))?;
    write("summary.json", format!("{json}\n").as_bytes())?;
    let everything = args.course.variables.iter().any(|v| v == "all");
    let manifest = manifest_json(library, done, everything)?;
    write("manifest.json", format!("{}\n", serde_json::to_string_pretty(&manifest).unwrap_or_default()).as_bytes())?;
    let figure = report::figure(done, library);
    let svg = synapta_report::cascade_svg(&figure);
    write("cascade.svg", svg.as_bytes())?;
    let png = synapta_report::png_from_svg(&svg, synapta_report::FIGURE_WIDTH).map_err(|e| internal(&e.to_string()))?;
    write("cascade.png", &png)?;
    let page = report::page(done, figure, manifest);
    write("report.html", synapta_report::report_html(&page).as_bytes())
}

/// The manifest with the schedule; for runs that keep everything, also the whole state before the first dose.
fn manifest_json(library: &Library, done: &Done, everything: bool) -> Result<serde_json::Value, Failure> {
    let p = &done.prepared;
    let m = manifest(p, &done.doses, done.end_h, done.text.source.clone(), texts::library_hash());
    let mut json = serde_json::to_value(&m).map_err(|e| internal(&e.to_string()))?;
    let changes =
        planned_changes(p, library, &done.doses).map_err(|e| Failure::Input(e.diagnostics(), SourceMap::new()))?;
    json["schedule"] = serde_json::to_value(changes).map_err(|e| internal(&e.to_string()))?;
    if everything {
        json["start_state"] = serde_json::to_value(p.state_values()).map_err(|e| internal(&e.to_string()))?;
    }
    Ok(json)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!("{} cannot be written: {error}", path.display());
    Failure::input("unwritable-file", message, "choose another folder with --out, or --no-files for the table alone")
}

/// Something that no input should be able to cause.
pub fn internal(message: &str) -> Failure {
    let d = Diagnostic::error("internal", synapta_model::Span::NONE, message.to_string());
    dose::no_text(d.with_help("this is a bug in synapta; please report it with the manifest"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_with_and_without_units() {
        assert_eq!(end(None).ok(), Some(336.0));
        assert_eq!(end(Some("14 d")).ok(), Some(336.0));
        assert_eq!(end(Some("90min")).ok(), Some(1.5));
        assert_eq!(end(Some("1e2")).ok(), Some(100.0));
        for bad in ["", "-3", "nan", "14 parsecs", "inf"] {
            assert!(end(Some(bad)).is_err(), "{bad}");
        }
    }
}
