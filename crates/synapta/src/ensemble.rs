//! `synapta ensemble`: many subjects, each a row of a table, into one Parquet file.

mod progress;
mod report;
mod usage;

use crate::args::{CourseArgs, Ensemble as Args};
use crate::exit::Failure;
use crate::texts::{self, Text};
use crate::{course, print, study};
use report::Report;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use synapta_engine::Program;
use synapta_model::{Diagnostic, SourceMap, Span};
use synapta_study::StudyError;
use synapta_study::ensemble::{
    Ensemble, EnsembleError, Machine, Progress, Protocol, Shard, Store, SubjectTable, Total, Worked, best_lanes,
    decode, read_subjects, variable,
};
use synapta_study::library::Library;
use synapta_study::setting::Dictionary;
use synapta_study::subject::{Compiled, Request};

/// Subject whose model is meant when neither a model nor a subject is named.
const NO_MODEL: &str = "give MODEL (a file, `human` or `rodent`) or --subject NAME";
/// The largest table that is read.
const LARGEST: u64 = 1 << 30;

/// True once the user wants the run to end.
static STOP: AtomicBool = AtomicBool::new(false);

/// Runs it.
pub fn run(args: &Args) -> Result<(), Failure> {
    let started = Instant::now();
    stop_on_signals()?;
    let library = texts::library()?;
    let machine = machine(args)?;
    let shard = shard(args.shard.as_deref())?;
    let text = model_text(args, &library)?;
    let is_study = study::is_whole_subject(&text, &library);
    gate(args, &text, is_study)?;
    let program = Program::compile(&text.model).map_err(|e| course::unsupported_or(e.diagnostics, &text))?;
    let compiled = Compiled { program, dictionary: Dictionary::new(&text.model) };
    let protocol = match is_study {
        true => study_protocol(args, &text, &library, &compiled)?,
        false => course_protocol(args, &text, &compiled)?,
    };
    let table = table(&args.subjects, &compiled.dictionary, &protocol)?;
    let in_model = |e: StudyError| Failure::Input(e.diagnostics(), text.parsed.sources.clone());
    protocol.check(&table).map_err(in_model)?;
    let protocol = protocol.for_table(&text.model, &table);
    let ensemble = Ensemble { protocol: &protocol, table: &table };
    let opened = ensemble.open(&args.out, args.overwrite, &text.source, &texts::library_hash(), shard);
    let store = opened.map_err(|e| failure(e, &text))?;
    let load_seconds = started.elapsed().as_secs_f64();
    tell_start(args, &store);
    let worked = watched(args, &ensemble, &store, &machine).map_err(|e| failure(e, &text))?;
    if !worked.complete {
        return Err(interrupted(&store));
    }
    let total = store.finish().map_err(|e| failure(e, &text))?;
    tell_end(&total);
    let isa = compiled.program.instruction_set();
    let seconds = [load_seconds, started.elapsed().as_secs_f64()];
    let report = finished(args, &store, &machine, isa, &worked, total, seconds);
    match args.json {
        true => print(&format!("{}\n", serde_json::to_string_pretty(&report).unwrap_or_default())),
        false => print(&report.text()),
    }
    if report.failures > 0 { Err(Failure::Finding) } else { Ok(()) }
}

/// The first signal lets subjects under way be finished; the second ends the program.
fn stop_on_signals() -> Result<(), Failure> {
    let handler = || {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    };
    ctrlc::set_handler(handler).map_err(|e| study::internal(&e.to_string()))
}

fn machine(args: &Args) -> Result<Machine<'static>, Failure> {
    static PROGRESS: Progress =
        Progress { done: std::sync::atomic::AtomicUsize::new(0), failed: std::sync::atomic::AtomicUsize::new(0) };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = args.threads.unwrap_or(cores);
    if threads == 0 || threads > 1024 {
        let message = format!("--threads {threads} cannot be");
        return Err(Failure::input(
            "bad-threads",
            message,
            "give a number from 1 to 1024, or leave it out for all cores",
        ));
    }
    let lanes = args.lanes.unwrap_or_else(best_lanes);
    if ![1, 4, 8, 16].contains(&lanes) {
        return Err(Failure::input("bad-lanes", format!("--lanes {lanes} cannot be"), "give 1, 4, 8 or 16"));
    }
    Ok(Machine { threads, lanes, stop: &STOP, progress: &PROGRESS, thread_seconds: usage::thread_seconds })
}

/// `2/8`.
fn shard(text: Option<&str>) -> Result<Shard, Failure> {
    let Some(text) = text else { return Ok(Shard::WHOLE) };
    let parts = text.split_once('/').map(|(k, n)| (k.trim().parse::<usize>(), n.trim().parse::<usize>()));
    match parts {
        Some((Ok(number), Ok(of))) if number >= 1 && number <= of => Ok(Shard { number, of }),
        _ => {
            let message = format!("--shard {text} is no share");
            Err(Failure::input("bad-shard", message, "write the shard's number and how many there are: `1/8` to `8/8`"))
        }
    }
}

fn model_text(args: &Args, library: &Library) -> Result<Text, Failure> {
    match (&args.model, &args.study.subject) {
        (None, None) => Err(Failure::input("no-model", "no model is given", NO_MODEL)),
        (model, subject) => study::model_text(model.as_deref(), library, subject.as_deref().unwrap_or_default()),
    }
}

/// Stops what cannot be run, and options that would have no effect.
fn gate(args: &Args, text: &Text, is_study: bool) -> Result<(), Failure> {
    if is_study {
        if !args.amount.is_empty() || !args.concentration.is_empty() {
            let help = "read the species as the model has it; both options are for models without subjects";
            return Err(Failure::input("mixed-modes", "--amount and --concentration stand with a study", help));
        }
        return study::gate(text);
    }
    let s = &args.study;
    let asks_study = s.subject.is_some() || s.regimen.is_some();
    if asks_study || !(s.doses.is_empty() && s.without.is_empty() && s.hypothesis.is_empty()) {
        let message =
            format!("{} holds the model `{}`, which is no whole subject to dose", text.source.name, text.model.id);
        let help = "leave out --subject --dose --regimen --without --hypothesis; a changed copy of `human` or `rodent` keeps \
                    its model's name";
        return Err(Failure::input("wrong-assembly", message, help));
    }
    course::gate(text, true)
}

fn course_protocol<'a>(args: &Args, text: &Text, compiled: &'a Compiled) -> Result<Protocol<'a>, Failure> {
    let failed = |d: Vec<Diagnostic>| Failure::Input(d, text.parsed.sources.clone());
    let columns = CourseArgs {
        start: None,
        steps: None,
        variables: args.variables.clone(),
        amount: args.amount.clone(),
        concentration: args.concentration.clone(),
        output_csv: None,
    };
    let times = course::times(args.start, course::end(args.end.as_deref(), args.start)?, args.steps)?;
    let mut variables = vec![];
    for c in course::chosen(&columns, &text.model, &compiled.dictionary).map_err(failed)? {
        if c.id != "time" {
            variables
                .push(variable(&text.model, compiled, &c.id, &c.name, c.form).map_err(|e| failed(e.diagnostics()))?);
        }
    }
    let settings = course::settings(args.rtol, args.atol)?;
    Protocol::course(compiled, &args.set, variables, times, settings).map_err(|e| failed(e.diagnostics()))
}

fn study_protocol<'a>(
    args: &Args,
    text: &Text,
    library: &'a Library,
    compiled: &'a Compiled,
) -> Result<Protocol<'a>, Failure> {
    let name = args.study.subject.as_deref().unwrap_or_else(|| study::default_subject(text, library));
    let subject = library.subject(name).map_err(crate::dose::no_text)?;
    let read = study::prescribed(&args.study, library, subject.default_dose.get_ref())?;
    // For the places of findings in the line or file; each subject's own weight comes later.
    read.doses(library, subject.weight.value)?;
    read.tell_warnings();
    let request = Request {
        subject: name.to_string(),
        hypotheses: args.study.hypothesis.clone(),
        without: args.study.without.clone(),
        set: args.set.clone(),
        in_text: vec![],
        settings: course::settings(args.rtol, args.atol)?,
    };
    let times = course::times(args.start, study::end(args.end.as_deref())?, args.steps)?;
    let made = Protocol::study(&text.model, compiled, library, &request, read.prescribed, &args.variables, times);
    made.map_err(|e| Failure::Input(e.diagnostics(), text.parsed.sources.clone()))
}

fn table(path: &Path, dictionary: &Dictionary, protocol: &Protocol<'_>) -> Result<SubjectTable, Failure> {
    use std::io::Read;
    let mut bytes = vec![];
    let read = std::fs::File::open(path).and_then(|f| f.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|e| texts::unreadable(path, &e))?;
    if bytes.len() as u64 > LARGEST {
        let message = format!("{} is larger than {} MB", path.display(), LARGEST >> 20);
        return Err(Failure::input("unreadable-file", message, "divide the table"));
    }
    let name = path.display().to_string();
    let source = synapta_model::SourceId(0);
    let shown = |text: String, found: Vec<Diagnostic>| {
        let mut sources = SourceMap::new();
        sources.add(name.clone(), text);
        Failure::Input(found, sources)
    };
    let text = decode(source, bytes).map_err(|e| shown(e.0, vec![e.1]))?;
    let check = |id: &synapta_model::Id, value: f64| protocol.check_value(id, value);
    read_subjects(source, &text, dictionary, &check).map_err(|found| shown(text, found))
}

/// Computes, with progress on standard error.
fn watched(
    args: &Args,
    ensemble: &Ensemble<'_>,
    store: &Store,
    machine: &Machine<'_>,
) -> Result<Worked, EnsembleError> {
    if args.quiet {
        return ensemble.run(store, machine);
    }
    std::thread::scope(|scope| {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        scope.spawn(move || progress::tell_until(&ended, machine.progress, store.subjects()));
        let worked = ensemble.run(store, machine);
        drop(end);
        worked
    })
}

fn tell_start(args: &Args, store: &Store) {
    if store.subjects() == 0 {
        crate::tell("warning: this shard holds no row group: there are fewer than shards\n");
    }
    if store.kept() > 0 && !args.quiet {
        crate::tell(&format!("resuming: {} of {} row groups are there\n", store.kept(), store.row_groups()));
    }
}

fn tell_end(total: &Total) {
    if total.not_finite > 0 {
        let found = Diagnostic::warning(
            "not-a-number",
            Span::NONE,
            format!("{} subjects have a value that is not a number at some time", total.not_finite),
        );
        let help =
            "check the formulas of --variables for a division by zero, or a logarithm or power of a negative number";
        crate::tell(&crate::render::render(&[found.with_help(help)], &SourceMap::new(), 1));
    }
}

fn interrupted(store: &Store) -> Failure {
    Failure::Interrupted(format!(
        "{} of {} row groups are in {}; the same command goes on from there",
        store.finished(),
        store.row_groups(),
        store.parts_folder().display()
    ))
}

fn finished(
    args: &Args,
    store: &Store,
    machine: &Machine<'_>,
    isa: &'static str,
    worked: &Worked,
    total: Total,
    [load_seconds, wall_seconds]: [f64; 2],
) -> Report {
    let computed = store.subjects() - store.kept_subjects().0;
    let cpu_seconds = usage::process_seconds();
    Report {
        subjects: store.subjects(),
        computed,
        failures: total.failed.len(),
        failed: total.failed,
        not_a_number: total.not_finite,
        threads: machine.threads,
        width: machine.lanes,
        isa,
        load_seconds,
        baseline_seconds: worked.baseline_seconds,
        cpu_seconds,
        wall_seconds,
        subjects_per_cpu_second: cpu_seconds.filter(|s| *s > 0.0).map(|s| computed as f64 / s),
        steps: total.effort.steps,
        rejected: total.effort.rejected,
        rhs: total.effort.rhs,
        jacobians: total.effort.jacobians,
        factorisations: total.effort.factorisations,
        exchanges: total.effort.exchanges,
        peak_memory_bytes: usage::peak_memory_bytes(),
        output: args.out.display().to_string(),
        failures_file: total.failures_file.map(|p| p.display().to_string()),
        row_groups: total.row_groups,
        resumed: store.kept(),
        rows: total.rows,
    }
}

fn failure(error: EnsembleError, text: &Text) -> Failure {
    let message = error.to_string();
    match error {
        EnsembleError::Study(e) => Failure::Input(e.diagnostics(), text.parsed.sources.clone()),
        EnsembleError::File { .. } | EnsembleError::Parquet { .. } => {
            Failure::input("unwritable-file", message, "give --out a file in a folder that exists and can be written")
        }
        EnsembleError::Exists { .. } => {
            Failure::input("output-exists", message, "choose another --out, or replace it with --overwrite")
        }
        EnsembleError::OtherRun { path, .. } => {
            let help = format!("repeat that run's command, remove {path}, or start afresh with --overwrite");
            Failure::input("other-run", message, help)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_two_numbers() {
        assert_eq!(shard(Some("2/8")).ok(), Some(Shard { number: 2, of: 8 }));
        assert_eq!(shard(None).ok(), Some(Shard::WHOLE));
        for bad in ["0/8", "9/8", "2", "a/b", "-1/3", "1/0", ""] {
            assert!(shard(Some(bad)).is_err(), "{bad}");
        }
    }
}
