//! A program for runs that have most constants in common.
//!
//! An ensemble varies some parameters; the others are one number in every run. Written into the formulas as that number they fold: products of
//! constants become one, powers with a known exponent products and roots, terms with a factor of zero nothing, and what is left of
//! the constants takes less room in the cache.

use super::Resolved;
use super::places::Place;
use crate::error::CompileError;
use crate::program::Program;
use crate::request::{Action, Schedule};
use crate::state::State;
use std::collections::{HashMap, HashSet};
use synapta_model::{Id, Model};

/// The constants that stand as numbers in a program's formulas.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fixed {
    /// The number of each constant, by index; `None` where it is free.
    values: Vec<Option<f64>>,
}

impl Fixed {
    /// The number of a constant, if it is fixed.
    pub fn of(&self, constant: usize) -> Option<f64> {
        self.values.get(constant).copied().flatten()
    }

    /// The first constant for which a run from this state, with these stops, would need another number.
    pub fn broken_by(&self, state: &State, schedule: &Schedule) -> Option<usize> {
        if self.values.is_empty() {
            return None;
        }
        let differs = |(v, p): (&Option<f64>, &f64)| v.is_some_and(|v| v.to_bits() != p.to_bits());
        self.values.iter().zip(&state.p).position(differs).or_else(|| touched(schedule).find(|i| self.of(*i).is_some()))
    }
}

impl Program {
    /// This program, made of `model`, for runs in which constants have the numbers of `like`: all but those named in `free`, those that
    /// follow from them at the start, and those that events or `schedule` change. States and observables' names are the same; an
    /// [`crate::Observable`] has to be taken from the program that runs.
    ///
    /// Results differ from this program's by rounding alone.
    ///
    /// # Errors
    /// As [`Program::compile`].
    pub fn specialised(
        &self,
        model: &Model,
        like: &State,
        free: &HashSet<Id>,
        schedule: &Schedule,
    ) -> Result<Program, CompileError> {
        let fixed = self.fixed_but(model, like, free, schedule);
        Ok(Program { isa: self.isa, ..Resolved::new(model, |_| {}, fixed)?.program(model) })
    }

    /// True if the program was made for runs like this one; [`Program::specialised`] makes some for few.
    pub fn suits(&self, state: &State, schedule: &Schedule) -> bool {
        self.fixed.broken_by(state, schedule).is_none()
    }

    fn fixed_but(&self, model: &Model, like: &State, free: &HashSet<Id>, schedule: &Schedule) -> Fixed {
        let mut is_free = vec![false; self.constants.len()];
        touched(schedule).for_each(|i| is_free[i] = true);
        let by_events: HashSet<&Id> =
            model.events.iter().flat_map(|e| e.assignments.iter().map(|(id, _)| id)).collect();
        let follows = self.follows(free);
        for (i, constant) in self.constants.iter().enumerate() {
            is_free[i] |= by_events.contains(&constant.id) || follows.get(&constant.id).copied().unwrap_or(true);
        }
        let value = |(i, free): (usize, bool)| (!free && like.p[i].is_finite()).then_some(like.p[i]);
        Fixed { values: is_free.into_iter().enumerate().map(value).collect() }
    }

    /// For every quantity of the start: is it free, or does it follow from one that is?
    fn follows(&self, free: &HashSet<Id>) -> HashMap<&Id, bool> {
        let plan = &self.initial;
        let mut found = vec![false; plan.quantities.len()];
        for at in &plan.order {
            let q = &plan.quantities[*at];
            found[*at] = free.contains(&q.id) || q.needs.iter().any(|n| found[*n]);
        }
        plan.quantities.iter().zip(found).map(|(q, free)| (&q.id, free)).collect()
    }
}

/// Constants that stops change.
fn touched(schedule: &Schedule) -> impl Iterator<Item = usize> {
    schedule.stops.iter().flat_map(|s| &s.actions).filter_map(|action| {
        let (Action::Set(slot, _) | Action::Add(slot, _)) = action;
        match slot.place {
            Place::Constant(i) => Some(i),
            Place::State(_) => None,
        }
    })
}
