//! Runs: from stop to stop, with events, roots and outputs; one alone, or many side by side in lanes.

mod control;
mod jumps;
mod lanes;
mod locate;
mod many;
mod report;
mod rest;
mod run;
mod scale;
mod settle;
mod start_step;

pub(crate) use lanes::Lanes;
pub use many::{Job, Record};
pub(crate) use scale::Scale;

use crate::error::SimError;
use crate::observe::Observable;
use crate::program::Program;
use crate::request::{Action, Schedule, Settings};
use crate::state::State;

/// What a run cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
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
    /// Events carried out.
    pub events: u64,
    /// Switches located (conditions in formulas and triggers that changed).
    pub switches: u64,
}

impl std::ops::Add for Stats {
    type Output = Stats;

    fn add(self, other: Stats) -> Stats {
        Stats {
            steps: self.steps + other.steps,
            rejected: self.rejected + other.rejected,
            rhs: self.rhs + other.rhs,
            jacobians: self.jacobians + other.jacobians,
            factorisations: self.factorisations + other.factorisations,
            exchanges: self.exchanges + other.exchanges,
            events: self.events + other.events,
            switches: self.switches + other.switches,
        }
    }
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The output times asked for. An output time at which a stop or event acts reports the values after it;
    /// with [`Settings::both_sides`] it stands twice, before and after.
    pub times: Vec<f64>,
    /// A row a time, a column an observable.
    pub values: Vec<Vec<f64>>,
    /// The state at the end, from which a further run can go on.
    pub final_state: State,
    /// What it cost.
    pub stats: Stats,
}

impl Program {
    /// Runs from `state` to `end`.
    ///
    /// `output_times` ascend and lie between the start and the end. The schedule's stops are met exactly.
    ///
    /// # Errors
    /// Requests that make no sense; a run that cannot be completed, with time, state and what to try.
    pub fn simulate(
        &self,
        state: &State,
        end: f64,
        output_times: &[f64],
        observables: &[Observable],
        schedule: &Schedule,
        settings: &Settings,
    ) -> Result<Solution, SimError> {
        check(self, state, end, output_times, schedule, settings)?;
        let job =
            Job { state: state.clone(), end, output_times: output_times.into(), schedule: schedule.clone().into() };
        let mut lanes = Lanes::<1>::new(self, &job, observables, settings);
        lanes.alone(job)?;
        Ok(lanes.solution())
    }
}

pub(crate) fn check(
    program: &Program,
    state: &State,
    end: f64,
    outputs: &[f64],
    schedule: &Schedule,
    settings: &Settings,
) -> Result<(), SimError> {
    let bad = |what: String| Err(SimError::BadRequest { what });
    if state.y.len() != program.states.len() || state.p.len() != program.constants.len() {
        return bad("the state belongs to another model".into());
    }
    if let Some(i) = program.fixed.broken_by(state, schedule) {
        let id = &program.constants[i].id;
        return bad(format!("the program was made for runs in which `{id}` keeps its value"));
    }
    if !end.is_finite() || end < state.time {
        return bad(format!("the end {end} must be a number not before the start {}", state.time));
    }
    if !outputs.windows(2).all(|w| w[0] <= w[1]) {
        return bad("output times must ascend".into());
    }
    if let (Some(first), Some(last)) = (outputs.first(), outputs.last())
        && !(*first >= state.time && *last <= end)
    {
        return bad(format!("output times must lie between the start {} and the end {end}", state.time));
    }
    if !schedule.stops.windows(2).all(|w| w[0].time <= w[1].time) {
        return bad("stops must be sorted by time and their times numbers".into());
    }
    for stop in &schedule.stops {
        let finite = |a: &Action| match a {
            Action::Set(_, v) | Action::Add(_, v) => v.is_finite(),
        };
        if !stop.actions.iter().all(finite) || stop.time.is_nan() {
            return bad(format!("the stop at {} holds a value that is not a number", stop.time));
        }
    }
    if !(settings.rtol > 0.0 && settings.rtol < 1.0) {
        return bad(format!("rtol is {} and must lie between 0 and 1", settings.rtol));
    }
    Ok(())
}
