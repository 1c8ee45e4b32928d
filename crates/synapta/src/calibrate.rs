//! `synapta calibrate`: parameters fitted to observations within their ranges, stage by stage.

mod audit;

use crate::args::Calibrate;
use crate::exit::Failure;
use crate::{evidence, lists, print, study, tell, texts};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use synapta_report::{Column, table};
use synapta_study::evidence::judge::short;
use synapta_study::evidence::observation::ObservationSet;
use synapta_study::evidence::pool::Laboratory;
use synapta_study::fit::least_squares::{End, fit};
use synapta_study::fit::problem::{Parameter, Problem};
use synapta_study::fit::record::Record;
use synapta_study::fit::stage::Stage;
use synapta_study::library::NamedText;

/// Raised by a signal: the fit ends at its next step and its record is kept.
static STOP: AtomicBool = AtomicBool::new(false);

/// Fits the stages asked for in their order; each starts from what the earlier ones of its model found.
pub fn run(args: &Calibrate) -> Result<(), Failure> {
    let stages = stages(args)?;
    let library = texts::library()?;
    let set = crate::observations::read(&[])?;
    let models = evidence::Models::read()?;
    let laboratory = models.laboratory(&library)?;
    if args.audit {
        return audit::run(&set, &laboratory, args.json);
    }
    if let Some(folder) = &args.out {
        std::fs::create_dir_all(folder).map_err(|e| unwritable(folder, &e))?;
    }
    stop_on_signals()?;
    let mut fixed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut records = vec![];
    for stage in &stages {
        let earlier = fixed.entry(&stage.model).or_default();
        let (record, values) = one(stage, &set, &laboratory, earlier)?;
        earlier.extend(values);
        if let Some(folder) = &args.out {
            keep(folder, &record)?;
        }
        if !args.json {
            print(&shown(&record));
        }
        records.push(record);
        if STOP.load(Ordering::Relaxed) {
            break;
        }
    }
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&records).unwrap_or_default()));
    }
    if STOP.load(Ordering::Relaxed) {
        return Err(Failure::Interrupted("what was fitted so far is kept".into()));
    }
    Ok(())
}

/// The stages asked for by name or file; all of the built-in ones if none is named.
fn stages(args: &Calibrate) -> Result<Vec<Stage>, Failure> {
    let stem = |file: &str| file.trim_end_matches(".toml").to_string();
    let built_in: Vec<(String, &str)> = texts::CALIBRATION.iter().map(|(file, text)| (stem(file), *text)).collect();
    let mut out = vec![];
    for name in &args.stages {
        let fits = |(own, _): &&(String, &str)| own == name || own.split_once('_').is_some_and(|(_, n)| n == name);
        let Some((name, text)) = built_in.iter().find(fits) else {
            return Err(evidence::unknown_id("stage", name, built_in.iter().map(|(n, _)| n.as_str())));
        };
        out.push(read(name, text)?);
    }
    for path in &args.file {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        out.push(read(&name, &evidence::read_text(path)?)?);
    }
    if out.is_empty() {
        return built_in.iter().map(|(name, text)| read(name, text)).collect();
    }
    Ok(out)
}

fn read(name: &str, text: &str) -> Result<Stage, Failure> {
    let file = format!("{name}.toml");
    Stage::read(name, NamedText { name: &file, text }).map_err(evidence::refused)
}

/// The first signal lets a fit end at its next step; the second ends the program.
fn stop_on_signals() -> Result<(), Failure> {
    let handler = || {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    };
    ctrlc::set_handler(handler).map_err(|e| study::internal(&e.to_string()))
}

/// A fitted stage and the values it found.
fn one(
    stage: &Stage,
    set: &ObservationSet,
    laboratory: &Laboratory<'_>,
    fixed: &[String],
) -> Result<(Record, Vec<String>), Failure> {
    let problem = Problem::new(stage, set, laboratory, fixed).map_err(|d| Failure::Input(d, stage.sources.clone()))?;
    let start: Vec<f64> = problem.parameters.iter().map(Parameter::start).collect();
    tell(&format!("{}: {} parameters, {} rows\n", stage.name, start.len(), problem.rows.len()));
    let mut points = 0;
    let mut residuals = |all: &[Vec<f64>]| {
        let out = problem.residuals(all);
        points += all.len();
        let least = out.iter().map(|r| r.iter().map(|r| r * r).sum::<f64>()).fold(f64::INFINITY, f64::min);
        tell(&format!("{}: {points} points, sum of squares {}\n", stage.name, short(least)));
        Ok::<_, std::convert::Infallible>(out)
    };
    let Ok(fit) = fit(&start, stage.iterations, &mut residuals, &|| STOP.load(Ordering::Relaxed));
    if fit.ended == End::Stopped {
        tell(&format!("{}: interrupted after {} iterations\n", stage.name, fit.iterations));
    }
    let values = problem.assignments(&fit.end);
    Ok((Record::of(stage, &problem, &fit), values))
}

/// Three files a stage: the record, and its parameters and rows as tables.
fn keep(folder: &Path, record: &Record) -> Result<(), Failure> {
    let file = |ending: &str| folder.join(format!("{}{ending}", record.stage));
    let json = serde_json::to_string_pretty(record).unwrap_or_default();
    evidence::write(&file(".json"), format!("{json}\n").as_bytes())?;
    evidence::write(&file("_parameters.tsv"), record.parameter_table().as_bytes())?;
    evidence::write(&file("_measurements.tsv"), record.measurement_table().as_bytes())
}

fn unwritable(folder: &Path, e: &std::io::Error) -> Failure {
    let message = format!("{} cannot be made: {e}", folder.display());
    Failure::input("unwritable-file", message, "choose another place")
}

fn shown(record: &Record) -> String {
    let heads = ["parameter", "start", "end", "range", "told by the data"].map(Column::left);
    let rows: Vec<Vec<String>> = record
        .parameters
        .iter()
        .map(|p| {
            let mark = if p.at_bound { " (at its bound)" } else { "" };
            vec![
                evidence::cut(&p.names.join(" and "), 60),
                short(p.start),
                format!("{}{mark}", short(p.end)),
                format!("{} to {}", short(p.low), short(p.high)),
                format!("{:.0} %", 100.0 * p.told),
            ]
        })
        .collect();
    let untold = record.untold_parameters();
    let untold = if untold.is_empty() { "none".to_string() } else { untold.join(", ") };
    format!(
        "{} ({}): {} after {} iterations; {} rows, sum of squares {} at the start, {} at the end\n{}not told by the data: {untold}\n\n",
        record.stage,
        record.title,
        record.ended,
        record.iterations,
        record.rows.len(),
        short(record.start_sum_of_squares),
        short(record.end_sum_of_squares),
        table(&heads, &rows, lists::charset()),
    )
}
