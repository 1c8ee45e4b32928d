//! The files of an ensemble: finished row groups as parts in a folder beside the output, so that a run that was ended
//! loses none of them; the output itself, made of the parts at the end.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::groups::Groups;
use super::outcome::{Effort, EnsembleError, Failed};
use super::part::{About, Columns, Rows};
use super::table::SubjectIds;

/// The manifest of the run that the parts are of.
const RUN: &str = "run.json";
/// Name of the output under construction.
const WHOLE: &str = "whole.tmp";

/// Where an ensemble is written.
#[derive(Debug)]
pub struct Store {
    output: PathBuf,
    parts: PathBuf,
    manifest: String,
    columns: Columns,
    pub(super) groups: Groups,
    /// Row groups that were there at the start, with what they hold beside rows.
    kept: Vec<(usize, About)>,
}

/// What an ensemble came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Total {
    /// Row groups in the output.
    pub row_groups: usize,
    /// Rows in the output.
    pub rows: u64,
    /// Subjects without rows, in order.
    pub failed: Vec<Failed>,
    /// Subjects with a value that is not a number.
    pub not_finite: usize,
    /// What the runs cost.
    pub effort: Effort,
    /// The list of failures, if there are any.
    pub failures_file: Option<PathBuf>,
}

impl Store {
    /// Opens the folder of parts beside `output` and sees which row groups are there. With `overwrite` an output that is
    /// there is replaced at the end, and the parts of another run are removed at once.
    ///
    /// # Errors
    /// [`EnsembleError::Exists`], [`EnsembleError::OtherRun`]; files that cannot be written.
    pub(super) fn open(
        output: &Path,
        overwrite: bool,
        manifest: &Value,
        columns: Columns,
        groups: Groups,
    ) -> Result<Store, EnsembleError> {
        let text = serde_json::to_string_pretty(manifest).unwrap_or_default();
        let parts = beside(output, ".parts");
        let mut store = Store { output: output.to_path_buf(), parts, manifest: text, columns, groups, kept: vec![] };
        for file in [&store.output, &store.failures_path()] {
            if file.exists() && !overwrite {
                return Err(EnsembleError::Exists { path: file.display().to_string() });
            }
        }
        match store.difference() {
            Some(_) if overwrite => store.remove_parts()?,
            Some(difference) => {
                return Err(EnsembleError::OtherRun { path: store.parts.display().to_string(), difference });
            }
            None => {}
        }
        if !store.parts.is_dir() {
            fs::create_dir(&store.parts).map_err(|e| file_error(&store.parts, e))?;
        }
        store.write_whole(RUN, store.manifest.as_bytes())?;
        let about = |g: usize| Some((g, store.columns.about(&store.part(g))?));
        store.kept = groups.mine().filter_map(about).collect();
        Ok(store)
    }

    /// What differs between this run and the one whose parts are there; `None` if there are none or they are this run's.
    fn difference(&self) -> Option<String> {
        let mut entries = fs::read_dir(&self.parts).ok()?;
        let there = match fs::read_to_string(self.parts.join(RUN)) {
            Ok(text) => text,
            Err(_) => return entries.next().map(|_| format!("it has no {RUN}")),
        };
        if there == self.manifest {
            return None;
        }
        let read = |text: &str| serde_json::from_str::<Value>(text).ok();
        let (Some(Value::Object(there)), Some(Value::Object(mine))) = (read(&there), read(&self.manifest)) else {
            return Some(format!("its {RUN} cannot be read"));
        };
        let keys = mine.keys().filter(|k| mine.get(*k) != there.get(*k));
        let keys: Vec<&str> = keys.map(String::as_str).collect();
        Some(format!("they differ in {}", keys.join(", ")))
    }

    /// Removes the files of a run and the folder, if nothing else is in it.
    fn remove_parts(&self) -> Result<(), EnsembleError> {
        let Ok(entries) = fs::read_dir(&self.parts) else { return Ok(()) };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let ours =
                name == RUN || name.ends_with(".tmp") || (name.starts_with("part-") && name.ends_with(".parquet"));
            if ours {
                fs::remove_file(entry.path()).map_err(|e| file_error(&entry.path(), e))?;
            }
        }
        fs::remove_dir(&self.parts).map_err(|e| file_error(&self.parts, e))
    }

    /// Where parts are kept until the output is made.
    pub fn parts_folder(&self) -> &Path {
        &self.parts
    }

    /// Number of row groups that were there at the start.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Subjects in the row groups that were there at the start, and how many of them failed.
    pub fn kept_subjects(&self) -> (usize, usize) {
        let count = |(g, about): &(usize, About)| (self.groups.subjects_of(*g).len(), about.failed.len());
        self.kept.iter().map(count).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    }

    /// Subjects of the shard.
    pub fn subjects(&self) -> usize {
        self.groups.my_subjects()
    }

    /// Row groups of the shard.
    pub fn row_groups(&self) -> usize {
        self.groups.mine().len()
    }

    /// Row groups that are there.
    pub fn finished(&self) -> usize {
        self.groups.mine().filter(|g| self.part(*g).exists()).count()
    }

    /// Row groups to be made, in order.
    pub(super) fn missing(&self) -> Vec<usize> {
        self.groups.mine().filter(|g| self.kept.iter().all(|(k, _)| k != g)).collect()
    }

    /// Writes a finished row group: whole or not at all.
    pub(super) fn write_part(
        &self,
        group: usize,
        ids: &SubjectIds,
        rows: &Rows<'_>,
        about: &About,
    ) -> Result<(), EnsembleError> {
        let path = self.part(group);
        let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
        let file = File::create(&temporary).map_err(|e| file_error(&temporary, e))?;
        let mut out = BufWriter::new(file);
        let written = self.columns.write_part(&mut out, ids, rows, about);
        written.map_err(|source| EnsembleError::Parquet { path: temporary.display().to_string(), source })?;
        let synced = out.flush().and_then(|()| out.get_ref().sync_all());
        synced.and_then(|()| fs::rename(&temporary, &path)).map_err(|e| file_error(&path, e))
    }

    /// Makes the output of the parts, all of which must be there, writes the list of failures, and removes the parts.
    ///
    /// # Errors
    /// Files that cannot be read or written.
    pub fn finish(&self) -> Result<Total, EnsembleError> {
        let mut total = Total::default();
        let paths: Vec<PathBuf> = self.groups.mine().map(|g| self.part(g)).collect();
        for path in &paths {
            let Some(about) = self.columns.about(path) else {
                let lost = std::io::Error::other("this part has gone or is damaged; run the same command again");
                return Err(file_error(path, lost));
            };
            total.failed.extend(about.failed);
            total.not_finite += about.not_finite;
            total.effort.merge(&about.effort);
        }
        let whole = self.parts.join(WHOLE);
        let file = File::create(&whole).map_err(|e| file_error(&whole, e))?;
        let assembled = self.columns.assemble(&paths, &self.manifest, file);
        (total.row_groups, total.rows) =
            assembled.map_err(|source| EnsembleError::Parquet { path: whole.display().to_string(), source })?;
        total.failures_file = self.write_failures(&total.failed)?;
        fs::rename(&whole, &self.output).map_err(|e| file_error(&self.output, e))?;
        self.remove_parts()?;
        Ok(total)
    }

    /// The list of failures; one of an earlier run goes.
    fn write_failures(&self, failed: &[Failed]) -> Result<Option<PathBuf>, EnsembleError> {
        let path = self.failures_path();
        if failed.is_empty() {
            if path.exists() {
                fs::remove_file(&path).map_err(|e| file_error(&path, e))?;
            }
            return Ok(None);
        }
        let mut csv = csv::Writer::from_writer(vec![]);
        let wrote = csv.write_record(["subject", "time", "reason"]);
        let each = |f: &Failed| [f.subject.clone(), f.time.map_or(String::new(), |t| t.to_string()), f.reason.clone()];
        let wrote = wrote.and_then(|()| failed.iter().try_for_each(|f| csv.write_record(each(f))));
        wrote.map_err(|e| file_error(&path, e.into()))?;
        let bytes = csv.into_inner().map_err(|e| file_error(&path, std::io::Error::other(e.to_string())))?;
        fs::write(&path, bytes).map_err(|e| file_error(&path, e))?;
        Ok(Some(path))
    }

    /// A small file: whole or not at all.
    fn write_whole(&self, name: &str, bytes: &[u8]) -> Result<(), EnsembleError> {
        let path = self.parts.join(name);
        let temporary = self.parts.join(format!("{name}.{}.tmp", std::process::id()));
        let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, &path));
        written.map_err(|e| file_error(&path, e))
    }

    fn part(&self, group: usize) -> PathBuf {
        self.parts.join(format!("part-{group:05}.parquet"))
    }

    /// `F.failures.csv` for `F.parquet`.
    fn failures_path(&self) -> PathBuf {
        self.output.with_extension("failures.csv")
    }
}

/// `path` with more at the end of its name.
fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(more);
    PathBuf::from(name)
}

fn file_error(path: &Path, source: std::io::Error) -> EnsembleError {
    EnsembleError::File { path: path.display().to_string(), source }
}
