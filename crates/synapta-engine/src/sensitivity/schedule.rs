//! Doses and settings that depend on parameters.

use super::SensitiveProgram;
use crate::compile::Place;
use crate::error::SimError;
use crate::program::Slot;
use crate::request::{Action, Schedule, Stop};

/// A change at a stop, with the derivative of its value.
#[derive(Clone, Debug, PartialEq)]
pub struct SensitiveAction {
    /// What is done.
    pub action: Action,
    /// Derivatives of the value set or added: (number of the parameter, derivative); others are zero.
    pub slopes: Vec<(usize, f64)>,
}

/// A stop, with the derivative of its time.
#[derive(Clone, Debug, PartialEq)]
pub struct SensitiveStop {
    /// When; see [`Stop::time`].
    pub time: f64,
    /// Derivatives of the time: (number of the parameter, derivative); others are zero.
    pub time_slopes: Vec<(usize, f64)>,
    /// What, in order.
    pub actions: Vec<SensitiveAction>,
}

/// Stops whose values and times may depend on the parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SensitiveSchedule {
    /// The stops; sorted by time.
    pub stops: Vec<SensitiveStop>,
}

impl SensitiveSchedule {
    /// No stops.
    pub fn none() -> SensitiveSchedule {
        SensitiveSchedule::default()
    }

    /// Sorts the stops by time, keeping the order of those at the same time.
    pub fn new(mut stops: Vec<SensitiveStop>) -> SensitiveSchedule {
        stops.sort_by(|a, b| a.time.total_cmp(&b.time));
        SensitiveSchedule { stops }
    }

    /// The schedule as one of the program with its slopes as constants and states.
    pub(super) fn lowered(&self, program: &SensitiveProgram) -> Result<Schedule, SimError> {
        let mut stops = vec![];
        for stop in &self.stops {
            let mut actions = vec![];
            for (k, slope) in &stop.time_slopes {
                let place = program.instant(*k).ok_or_else(|| no_parameter(stop.time, *k))?;
                actions.push(Action::Set(Slot { place, compartment: None }, *slope));
            }
            for action in &stop.actions {
                actions.push(action.action);
                actions.extend(slope_actions(program, stop.time, action)?);
            }
            stops.push(Stop { time: stop.time, actions });
        }
        Ok(Schedule { stops })
    }
}

fn slope_actions(program: &SensitiveProgram, time: f64, action: &SensitiveAction) -> Result<Vec<Action>, SimError> {
    let slot = match action.action {
        Action::Set(slot, _) => slot,
        // What is added to a species is an amount.
        Action::Add(slot, _) => Slot { compartment: None, ..slot },
    };
    let lowered = |(k, slope): &(usize, f64)| {
        if *k >= program.parameters().len() {
            return Err(no_parameter(time, *k));
        }
        let place = program.slope(slot.place, *k).ok_or_else(|| not_carried(program, time, slot.place))?;
        Ok(Action::Add(Slot { place, ..slot }, *slope))
    };
    action.slopes.iter().map(lowered).collect()
}

fn no_parameter(time: f64, k: usize) -> SimError {
    SimError::BadRequest {
        what: format!("the stop at {time} has a slope for parameter number {k}, which there is not"),
    }
}

fn not_carried(program: &SensitiveProgram, time: f64, place: Place) -> SimError {
    let name = match place {
        Place::State(i) => program.states().get(i).map(|s| s.id.clone()),
        Place::Constant(j) => program.constants().get(j).map(|c| c.id.clone()),
    };
    let name = name.unwrap_or_default();
    let what = format!("the stop at {time} gives `{name}` a slope; name it among the carriers when compiling");
    SimError::BadRequest { what }
}

impl SensitiveProgram {
    /// Where the slope of the instant by parameter `k` stands.
    fn instant(&self, k: usize) -> Option<Place> {
        let carried = self.program.sensitivity.as_ref().filter(|c| k < c.m)?;
        Some(Place::Constant(carried.times + k))
    }
}

impl From<&Schedule> for SensitiveSchedule {
    /// A schedule that does not depend on the parameters.
    fn from(schedule: &Schedule) -> SensitiveSchedule {
        let action = |a: &Action| SensitiveAction { action: *a, slopes: vec![] };
        let stop = |s: &Stop| SensitiveStop {
            time: s.time,
            time_slopes: vec![],
            actions: s.actions.iter().map(action).collect(),
        };
        SensitiveSchedule { stops: schedule.stops.iter().map(stop).collect() }
    }
}
