//! What an ensemble came to and what it cost.

use super::progress::duration;
use serde::Serialize;
use synapta_report::{Column, table};
use synapta_study::ensemble::Failed;

/// Failures shown in the table; the file holds all.
const SHOWN: usize = 10;

/// The report. Counts are of the whole output; seconds are of this process.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Subjects, of the shard if there is one.
    pub subjects: usize,
    /// Of these, computed by this process; an earlier one left the rest.
    pub computed: usize,
    /// Subjects without rows.
    pub failures: usize,
    /// Which they are.
    pub failed: Vec<Failed>,
    /// Subjects with a value that is not a number.
    pub not_a_number: usize,
    /// Threads.
    pub threads: usize,
    /// Subjects side by side in a thread.
    pub width: usize,
    /// Instruction set of the lanes.
    pub isa: &'static str,
    /// Reading and compiling, seconds.
    pub load_seconds: f64,
    /// States before the first dose, CPU seconds.
    pub baseline_seconds: f64,
    /// The process, CPU seconds.
    pub cpu_seconds: Option<f64>,
    /// From start to end, seconds.
    pub wall_seconds: f64,
    /// Computed subjects for each CPU second of the process.
    pub subjects_per_cpu_second: Option<f64>,
    /// Accepted steps.
    pub steps: u64,
    /// Rejected steps.
    pub rejected: u64,
    /// Evaluations of the right-hand side.
    pub rhs: u64,
    /// Evaluations of the Jacobian.
    pub jacobians: u64,
    /// LU factorisations.
    pub factorisations: u64,
    /// Those of them that needed row exchanges.
    pub exchanges: u64,
    /// Largest memory of the process, bytes.
    pub peak_memory_bytes: Option<u64>,
    /// The file.
    pub output: String,
    /// The list of failures, if there are any.
    pub failures_file: Option<String>,
    /// Row groups in the file.
    pub row_groups: usize,
    /// Of the row groups, those an earlier process left.
    pub resumed: usize,
    /// Rows in the file.
    pub rows: u64,
}

impl Report {
    /// As a table for people.
    pub fn text(&self) -> String {
        let seconds = |s: f64| format!("{s:.2} s");
        let or_dash = |v: Option<String>| v.unwrap_or_else(|| "-".to_string());
        let mut rows = vec![
            ("subjects", format!("{} ({} failed)", self.subjects, self.failures)),
            ("output", format!("{}: {} rows in {} row groups", self.output, self.rows, self.row_groups)),
            ("machine", format!("{} threads of {} lanes, {}", self.threads, self.width, self.isa)),
            ("reading, compiling", seconds(self.load_seconds)),
            ("before the dose", format!("{} of CPU", seconds(self.baseline_seconds))),
            ("CPU", or_dash(self.cpu_seconds.map(seconds))),
            ("time", if self.wall_seconds < 100.0 { seconds(self.wall_seconds) } else { duration(self.wall_seconds) }),
            (
                "speed",
                or_dash(
                    self.subjects_per_cpu_second
                        .map(|s| format!("{} subjects per CPU second", synapta_report::significant(s, 3))),
                ),
            ),
            ("steps", format!("{} ({} rejected)", self.steps, self.rejected)),
            (
                "evaluations",
                format!(
                    "{} right-hand sides, {} Jacobians, {} factorisations ({} with exchanges)",
                    self.rhs, self.jacobians, self.factorisations, self.exchanges
                ),
            ),
            ("memory", or_dash(self.peak_memory_bytes.map(|b| format!("{} MiB at most", b >> 20)))),
        ];
        if self.resumed > 0 {
            rows.insert(1, ("computed", format!("{}; an earlier run left {} row groups", self.computed, self.resumed)));
        }
        let rows: Vec<Vec<String>> = rows.into_iter().map(|(name, text)| vec![name.to_string(), text]).collect();
        let columns = [Column::left("what"), Column::left("result")];
        let mut out = table(&columns, &rows, crate::lists::charset());
        out.push_str(&self.failures_text());
        out
    }

    fn failures_text(&self) -> String {
        let mut out = String::new();
        for f in self.failed.iter().take(SHOWN) {
            let time = f.time.map_or(String::new(), |t| format!(" at time {t}"));
            out.push_str(&format!("failed: subject {}{time}: {}\n", f.subject, f.reason));
        }
        if self.failed.len() > SHOWN {
            out.push_str(&format!("... and {} more\n", self.failed.len() - SHOWN));
        }
        if let Some(file) = &self.failures_file {
            out.push_str(&format!("Subjects that failed have no rows; {file} lists them.\n"));
        }
        out
    }
}
