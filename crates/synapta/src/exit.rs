//! Exit codes are a contract: 0 done, 1 a finding, 2 bad input, 3 not supported, 130 interrupted.

use std::process::ExitCode;
use synapta_model::{Diagnostic, SourceMap};

/// Why a command did not end well.
#[derive(Debug)]
pub enum Failure {
    /// A check or claim failed; what was found is already printed.
    Finding,
    /// Input that a person can mend, already shown.
    Shown,
    /// Input that a person can mend.
    Input(Vec<Diagnostic>, SourceMap),
    /// Valid input that this version cannot treat.
    Unsupported(String),
    /// The user ended it; what is kept and how to go on.
    Interrupted(String),
}

impl Failure {
    /// One input error without a place in a text.
    pub fn input(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Failure {
        let d = Diagnostic::error(code, synapta_model::Span::NONE, message).with_help(help);
        Failure::Input(vec![d], SourceMap::new())
    }

    /// Prints it to standard error and gives the exit code.
    pub fn report(self) -> ExitCode {
        match self {
            Failure::Finding => ExitCode::from(1),
            Failure::Shown => ExitCode::from(2),
            Failure::Input(diagnostics, sources) => {
                crate::tell(&crate::render::render(&diagnostics, &sources, 20));
                ExitCode::from(2)
            }
            Failure::Unsupported(message) => {
                crate::tell(&format!("not supported: {message}\n"));
                ExitCode::from(3)
            }
            Failure::Interrupted(message) => {
                crate::tell(&format!("interrupted: {message}\n"));
                ExitCode::from(130)
            }
        }
    }
}
