//! What can go wrong between a request and its trajectory.

use synapta_engine::{CompileError, SimError};
use synapta_model::{Diagnostic, Span};

/// A study that cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The request or the data files name something the model does not have, or values it cannot take.
    #[error("{}", .0.first().map_or("the request cannot be met", |d| d.message.as_str()))]
    Findings(Vec<Diagnostic>),
    /// The model cannot be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// A simulation failed.
    #[error("{context}: {source}")]
    Simulation {
        /// Which part of the work: the subject and phase, or the arm.
        context: String,
        /// What the engine says.
        source: SimError,
    },
}

impl From<Diagnostic> for StudyError {
    fn from(d: Diagnostic) -> StudyError {
        StudyError::Findings(vec![d])
    }
}

impl From<Vec<Diagnostic>> for StudyError {
    fn from(d: Vec<Diagnostic>) -> StudyError {
        StudyError::Findings(d)
    }
}

impl StudyError {
    /// The error as findings, for a reader who renders those.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            StudyError::Findings(found) => found.clone(),
            StudyError::Compile(e) => e.diagnostics.clone(),
            StudyError::Simulation { .. } => {
                vec![Diagnostic::error("simulation-failed", Span::NONE, self.to_string())]
            }
        }
    }
}

/// Names what failed when the engine refuses.
pub(crate) trait Context<T> {
    /// Adds the part of the work.
    fn during(self, context: impl FnOnce() -> String) -> Result<T, StudyError>;
}

impl<T> Context<T> for Result<T, SimError> {
    fn during(self, context: impl FnOnce() -> String) -> Result<T, StudyError> {
        self.map_err(|source| StudyError::Simulation { context: context(), source })
    }
}
