//! What came of a subject, and of many.

use serde::{Deserialize, Serialize};
use synapta_engine::{SimError, Stats};

use crate::error::StudyError;

/// What came of one subject.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// The variables at the output times, row after row.
    Rows(Vec<f64>),
    /// It could not be run.
    Failed {
        /// On the clock of the output, if it failed on the run.
        time: Option<f64>,
        /// What was wrong.
        reason: String,
    },
}

/// A subject without rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failed {
    /// Who.
    pub subject: String,
    /// When, on the clock of the output; `None` if the subject failed before.
    pub time: Option<f64>,
    /// What was wrong and what to try.
    pub reason: String,
}

/// What runs cost, states before the first dose included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
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
}

impl Effort {
    /// Adds the cost of a run.
    pub fn add(&mut self, stats: &Stats) {
        self.steps += stats.steps;
        self.rejected += stats.rejected;
        self.rhs += stats.rhs;
        self.jacobians += stats.jacobians;
        self.factorisations += stats.factorisations;
        self.exchanges += stats.exchanges;
    }

    /// Adds another sum.
    pub fn merge(&mut self, more: &Effort) {
        self.steps += more.steps;
        self.rejected += more.rejected;
        self.rhs += more.rhs;
        self.jacobians += more.jacobians;
        self.factorisations += more.factorisations;
        self.exchanges += more.exchanges;
    }
}

/// When a run failed, on its own clock.
pub(crate) fn failure_time(error: &SimError) -> Option<f64> {
    match error {
        SimError::StepTooSmall { time, .. }
        | SimError::NotFinite { time, .. }
        | SimError::TooManySteps { time, .. }
        | SimError::EventLoop { time, .. }
        | SimError::BadDelay { time, .. } => Some(*time),
        _ => None,
    }
}

/// A failure before the run.
pub(crate) fn failed_before(error: &StudyError) -> Outcome {
    Outcome::Failed { time: None, reason: error.to_string() }
}

/// An ensemble that cannot be run or written.
#[derive(Debug, thiserror::Error)]
pub enum EnsembleError {
    /// The request cannot be met.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// A file cannot be read, written or removed.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The Parquet writer or reader refused.
    #[error("{path}: {source}")]
    Parquet {
        /// Which file.
        path: String,
        /// What it says.
        source: parquet::errors::ParquetError,
    },
    /// The output is there already.
    #[error("{path} is there already")]
    Exists {
        /// Which.
        path: String,
    },
    /// The parts of another run stand where this run would put its own.
    #[error("{path} holds parts of another run: {difference}")]
    OtherRun {
        /// The folder.
        path: String,
        /// What differs.
        difference: String,
    },
}
