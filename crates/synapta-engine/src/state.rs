//! The state of one run.

use crate::compile::{EventProgram, Place};
use crate::error::SimError;
use crate::program::Program;
use indexmap::IndexMap;
use synapta_model::{Id, diagnostic};

/// Values that replace written values and initial assignments: id -> value in the symbol's meaning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    values: IndexMap<Id, f64>,
}

impl Overrides {
    /// No overrides.
    pub fn none() -> Overrides {
        Overrides::default()
    }

    /// Sets one value; the last one counts.
    pub fn set(&mut self, id: impl Into<Id>, value: f64) {
        self.values.insert(id.into(), value);
    }

    /// All values, in the order first set.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, f64)> {
        self.values.iter().map(|(id, v)| (id, *v))
    }
}

impl<I: Into<Id>> FromIterator<(I, f64)> for Overrides {
    fn from_iter<T: IntoIterator<Item = (I, f64)>>(iter: T) -> Self {
        let values = iter.into_iter().map(|(id, v)| (id.into(), v)).collect();
        Overrides { values }
    }
}

/// Everything a run needs to go on: values, and what its events remember.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Time.
    pub time: f64,
    /// The states, in the order of [`Program::states`]; species as amounts.
    pub y: Vec<f64>,
    /// The constants, in the order of [`Program::constants`]; species as amounts.
    pub p: Vec<f64>,
    /// Truth of each event's trigger when last looked at.
    pub(crate) triggers: Vec<bool>,
    /// Events that wait for their delay to pass.
    pub(crate) pending: Vec<Pending>,
}

/// An event that was triggered and waits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pending {
    pub event: usize,
    pub time: f64,
    /// Values taken at the trigger, if the event takes them there.
    pub values: Option<Vec<f64>>,
    /// Slopes of the time, one a parameter; none without sensitivities.
    pub slopes: Vec<f64>,
}

impl State {
    /// Forgets what events remember, as if the run began here: triggers take their value before the start, and events
    /// under way are dropped. For a new experiment that starts from a steady state.
    pub fn restart(&mut self, program: &Program) {
        self.triggers = before_start(&program.events);
        self.pending.clear();
    }
}

fn before_start(events: &[EventProgram]) -> Vec<bool> {
    events.iter().map(|e| e.initial_value).collect()
}

impl Program {
    /// The state at time 0: written values, initial assignments and rules, with `overrides` in place of written values
    /// and initial assignments (those that use an overridden value see it).
    ///
    /// # Errors
    /// Names unknown or determined by a rule; a value that is needed and missing or not a number.
    pub fn initial_state(&self, overrides: &Overrides) -> Result<State, SimError> {
        self.start(overrides, &mut self.initial.layout.registers())
    }

    /// As [`Program::initial_state`], by a file of the initial plan's layout or one grown from it, in which the values of
    /// the quantities are left.
    pub(crate) fn start(&self, overrides: &Overrides, file: &mut [[f64; 1]]) -> Result<State, SimError> {
        let plan = &self.initial;
        for (id, _) in overrides.iter() {
            self.check_settable(id)?;
        }
        let mut state = State {
            time: 0.0,
            y: vec![0.0; self.states.len()],
            p: vec![0.0; self.constants.len()],
            triggers: before_start(&self.events),
            pending: vec![],
        };
        let missing = plan.work_out(
            |id| overrides.values.get(id).copied(),
            file,
            |q, stored| {
                match q.place {
                    Some(Place::State(i)) => state.y[i] = stored,
                    Some(Place::Constant(i)) => state.p[i] = stored,
                    None => return true,
                }
                !(stored.is_nan() && q.needed)
            },
        );
        match missing {
            Some(at) => Err(SimError::MissingValue { id: self.missing_at_root(at, file) }),
            None => Ok(state),
        }
    }

    /// The quantity from which `at` has its lack of a value.
    fn missing_at_root(&self, mut at: usize, file: &[[f64; 1]]) -> Id {
        let quantities = &self.initial.quantities;
        while let Some(cause) = quantities[at].needs.iter().find(|n| file[**n][0].is_nan()) {
            at = *cause;
        }
        quantities[at].id.clone()
    }

    fn check_settable(&self, id: &Id) -> Result<(), SimError> {
        let plan = &self.initial;
        match plan.by_id.get(id) {
            Some(at) if plan.quantities[*at].settable => Ok(()),
            Some(_) => Err(SimError::NotSettable { id: id.clone() }),
            None => Err(self.unknown(id)),
        }
    }

    /// The error for a name the model does not have.
    pub(crate) fn unknown(&self, id: &str) -> SimError {
        let known = self.initial.by_id.keys().map(|k| k.as_str());
        SimError::UnknownName { id: id.into(), nearest: diagnostic::nearest(id, known).map(Id::from) }
    }
}
