//! Runs an ensemble on all threads.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};
use synapta_model::{Diagnostic, Span};

use super::board::Board;
use super::groups::{Groups, Shard};
use super::outcome::EnsembleError;
use super::part::Columns;
use super::protocol::Protocol;
use super::store::Store;
use super::table::SubjectTable;
use super::worker::{Work, work};
use crate::output::ModelSource;

/// Row groups that may be open beyond those the lanes need.
const SPARE: usize = 2;

/// Lanes a thread runs side by side where nothing is asked.
pub fn best_lanes() -> usize {
    8
}

/// Many subjects under one protocol.
#[derive(Clone, Copy, Debug)]
pub struct Ensemble<'a> {
    /// What is done.
    pub protocol: &'a Protocol<'a>,
    /// To whom.
    pub table: &'a SubjectTable,
}

/// How far an ensemble is; to be read while it runs.
#[derive(Debug, Default)]
pub struct Progress {
    /// Subjects with a result.
    pub done: AtomicUsize,
    /// Of these, failed.
    pub failed: AtomicUsize,
}

/// What an ensemble runs on. None of it changes a result.
pub struct Machine<'a> {
    /// Threads, at least 1.
    pub threads: usize,
    /// Lanes of each thread: 1, 4, 8 or 16.
    pub lanes: usize,
    /// Once true, subjects under way are finished and no others begun.
    pub stop: &'a AtomicBool,
    /// Is counted up.
    pub progress: &'a Progress,
    /// CPU seconds of the calling thread.
    pub thread_seconds: fn() -> f64,
}

/// What came of the work.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worked {
    /// True if every row group of the shard is there; else the ensemble was stopped.
    pub complete: bool,
    /// CPU seconds of the threads.
    pub seconds: f64,
    /// Of these, spent on states before the first dose.
    pub baseline_seconds: f64,
}

impl Ensemble<'_> {
    /// Opens the files: finds the row groups an earlier run of the same left behind.
    ///
    /// # Errors
    /// `table-column` if two columns would have one name; those of the files.
    pub fn open(
        &self,
        output: &Path,
        overwrite: bool,
        model: &ModelSource,
        library_sha256: &str,
        shard: Shard,
    ) -> Result<Store, EnsembleError> {
        let (protocol, table) = (self.protocol, self.table);
        self.check_names()?;
        let groups = Groups::new(table.len(), protocol.times.len(), protocol.variables.len() + 2, shard);
        let time_unit = if protocol.is_study() { "hour" } else { "" };
        let columns = Columns::new(&table.ids, &protocol.times, time_unit, &protocol.variables);
        let columns =
            columns.map_err(|source| EnsembleError::Parquet { path: output.display().to_string(), source })?;
        let manifest = self.manifest(model, library_sha256, groups);
        Store::open(output, overwrite, &manifest, columns, groups)
    }

    fn check_names(&self) -> Result<(), EnsembleError> {
        let mut seen = vec!["subject", "time"];
        for variable in &self.protocol.variables {
            let name = variable.name.as_str();
            if seen.contains(&name) {
                let found =
                    Diagnostic::error("table-column", Span::NONE, format!("two columns would be named `{name}`"));
                let found = found.with_help("name each variable once; `subject` and `time` are there anyway");
                return Err(EnsembleError::Study(found.into()));
            }
            seen.push(name);
        }
        Ok(())
    }

    /// All that the output depends on, and nothing of clock, machine, threads.
    fn manifest(&self, model: &ModelSource, library_sha256: &str, groups: Groups) -> Value {
        let mut out = json!({
            "synapta": env!("CARGO_PKG_VERSION"),
            "model": {"id": self.protocol.program.model_id(), "sha256": model.sha256},
            "library": self.protocol.is_study().then_some(library_sha256),
            "table": {"sha256": self.table.sha256, "subjects": self.table.len(), "columns": self.table.columns},
            "subjects_in_row_group": groups.per_group,
            "shard": groups.shard,
        });
        if let (Value::Object(out), Value::Object(more)) = (&mut out, self.protocol.about()) {
            out.extend(more);
        }
        out
    }

    /// Computes the row groups that are missing, each written as soon as it is complete.
    ///
    /// # Errors
    /// Files that cannot be written. Subjects that cannot be run are no error.
    pub fn run(&self, store: &Store, machine: &Machine<'_>) -> Result<Worked, EnsembleError> {
        let groups = store.groups;
        let missing = store.missing();
        let in_lanes = machine.threads * machine.lanes;
        let board = Board::new(groups, missing, SPARE + in_lanes.div_ceil(groups.per_group), machine.stop);
        let (done, failed) = store.kept_subjects();
        machine.progress.done.store(done, Ordering::Relaxed);
        machine.progress.failed.store(failed, Ordering::Relaxed);
        let mut total = Work::default();
        std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..machine.threads.max(1)).map(|_| scope.spawn(|| work(self, store, &board, machine))).collect();
            for thread in threads {
                match thread.join() {
                    Ok(one) => {
                        total.seconds += one.seconds;
                        total.baseline_seconds += one.baseline_seconds;
                    }
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        if let Some(e) = board.failure() {
            return Err(e);
        }
        let complete = store.finished() == groups.mine().len();
        Ok(Worked { complete, seconds: total.seconds, baseline_seconds: total.baseline_seconds })
    }
}
