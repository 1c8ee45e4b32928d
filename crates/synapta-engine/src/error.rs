//! What can go wrong.

use synapta_model::{Diagnostic, Id};
use thiserror::Error;

/// A model that cannot be compiled.
#[derive(Debug, Clone, Error, PartialEq)]
#[error("{}", summary(.diagnostics))]
pub struct CompileError {
    /// Everything found, warnings included.
    pub diagnostics: Vec<Diagnostic>,
}

fn summary(diagnostics: &[Diagnostic]) -> String {
    let errors: Vec<&str> = diagnostics.iter().filter(|d| d.is_error()).map(|d| d.message.as_str()).collect();
    match errors.split_first() {
        Some((first, [])) => (*first).to_string(),
        Some((first, rest)) => format!("{first} (and {} more)", rest.len()),
        None => "the model cannot be compiled".to_string(),
    }
}

/// A run that cannot be made or completed.
#[derive(Debug, Clone, Error, PartialEq)]
pub enum SimError {
    /// An override, dose or observable names nothing.
    #[error("the model has no `{id}`{}", suggestion(.nearest))]
    UnknownName {
        /// The name.
        id: Id,
        /// The nearest name the model has.
        nearest: Option<Id>,
    },
    /// An override of something a rule determines.
    #[error("`{id}` is determined by a rule and cannot be set; set what the rule uses")]
    NotSettable {
        /// The name.
        id: Id,
    },
    /// A value a run needs is missing or not a number.
    #[error("`{id}` has no value at the start; give it one in the model or set it")]
    MissingValue {
        /// The name.
        id: Id,
    },
    /// Settings or times that make no sense.
    #[error("{what}")]
    BadRequest {
        /// What is wrong and what is expected.
        what: String,
    },
    /// The step size fell below what the time can resolve.
    #[error(
        "the integration stalls at time {time}: `{state}` (value {value:e}) cannot meet the tolerance \
         (rtol {rtol:e}, atol {atol:e}); look at its rate law there, or try a larger atol for it"
    )]
    StepTooSmall {
        /// When.
        time: f64,
        /// The state with the largest error.
        state: Id,
        /// Its value.
        value: f64,
        /// Relative tolerance asked.
        rtol: f64,
        /// Its absolute tolerance.
        atol: f64,
    },
    /// The right-hand side has no finite value.
    #[error(
        "the rate of `{state}` is {rate} at time {time}: check its formula for a division by zero, or a logarithm or \
         power of a negative number"
    )]
    NotFinite {
        /// When.
        time: f64,
        /// The first state affected.
        state: Id,
        /// What its rate is.
        rate: f64,
    },
    /// More steps than allowed.
    #[error(
        "{steps} steps did not reach time {end}: the run stands at {time}, where `{state}` has the largest error; \
         raise max_steps, loosen the tolerances, or look for an oscillation there"
    )]
    TooManySteps {
        /// How many were made.
        steps: u64,
        /// When.
        time: f64,
        /// Where the run should end.
        end: f64,
        /// The state with the largest error.
        state: Id,
    },
    /// Events that set each other off for ever at one time.
    #[error("at time {time} the events {} set each other off without end", names(.events))]
    EventLoop {
        /// When.
        time: f64,
        /// The events that fired last.
        events: Vec<Id>,
    },
    /// An event's delay is negative or not a number.
    #[error("the delay of event `{event}` is {delay} at time {time}; it must not be negative")]
    BadDelay {
        /// The event.
        event: Id,
        /// When.
        time: f64,
        /// The delay.
        delay: f64,
    },
    /// A steady state was asked of a model whose equations depend on time.
    #[error(
        "the rate of `{state}` depends on time explicitly, so there is no steady state; take `time` out of its rules, \
         or simulate to the time wanted"
    )]
    TimeDependent {
        /// A state whose rate depends on time.
        state: Id,
    },
    /// Two things happen at one time that a parameter moves differently, so the derivative is not the same on both sides.
    #[error(
        "{} and {} fall together at time {time} but depend differently on `{parameter}`, so there is no sensitivity \
         to it there; change a value a little, or leave the parameter out", .causes.0, .causes.1
    )]
    Coincidence {
        /// When.
        time: f64,
        /// What happens, in words.
        causes: (String, String),
        /// The parameter.
        parameter: Id,
    },
    /// A condition changes without crossing its threshold at a speed, so the time of the change has no derivative.
    #[error(
        "the sensitivity to `{parameter}` has no finite value at time {time}, where {cause} changes: its two sides \
         touch without crossing, or a rate there is not finite"
    )]
    NoCrossing {
        /// When.
        time: f64,
        /// What changes, in words.
        cause: String,
        /// The parameter.
        parameter: Id,
    },
    /// No steady state was reached.
    #[error("no steady state after {time:e} time units: {}", moving_text(.moving))]
    NoSteadyState {
        /// How far the integration got.
        time: f64,
        /// States that still move, fastest first: name, value, rate.
        moving: Vec<(Id, f64, f64)>,
    },
}

fn suggestion(nearest: &Option<Id>) -> String {
    nearest.as_ref().map_or(String::new(), |n| format!("; did you mean `{n}`?"))
}

fn names(ids: &[Id]) -> String {
    let quoted: Vec<String> = ids.iter().map(|i| format!("`{i}`")).collect();
    quoted.join(", ")
}

fn moving_text(moving: &[(Id, f64, f64)]) -> String {
    let one =
        |(id, value, rate): &(Id, f64, f64)| format!("`{id}` (at {value:.6e}) still moves by {rate:.3e} per time unit");
    moving.iter().map(one).collect::<Vec<_>>().join(", ")
}
