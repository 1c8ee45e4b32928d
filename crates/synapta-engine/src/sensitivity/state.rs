//! The state of a run with sensitivities.

use super::{Parameter, SensitiveProgram};
use crate::compile::Place;
use crate::error::SimError;
use crate::state::{Overrides, State};

/// Everything a run with sensitivities needs to go on.
#[derive(Clone, Debug, PartialEq)]
pub struct SensitiveState {
    pub(crate) inner: State,
    n: usize,
    constants: usize,
}

impl SensitiveState {
    /// Time.
    pub fn time(&self) -> f64 {
        self.inner.time
    }

    /// Sets the time; events under way keep theirs.
    pub fn set_time(&mut self, time: f64) {
        self.inner.time = time;
    }

    /// The model's states; species as amounts.
    pub fn y(&self) -> &[f64] {
        &self.inner.y[..self.n]
    }

    /// The model's constants; species as amounts.
    pub fn p(&self) -> &[f64] {
        &self.inner.p[..self.constants]
    }

    /// The derivatives of the states with respect to parameter `k`.
    pub fn sensitivities(&self, k: usize) -> &[f64] {
        self.inner.y.get(self.n * (1 + k)..self.n * (2 + k)).unwrap_or_default()
    }

    /// As [`State::restart`].
    pub fn restart(&mut self, program: &SensitiveProgram) {
        self.inner.restart(&program.program);
    }
}

fn read(state: &State, place: Place) -> f64 {
    match place {
        Place::State(i) => state.y[i],
        Place::Constant(j) => state.p[j],
    }
}

impl SensitiveProgram {
    /// The state at time 0, as [`crate::Program::initial_state`] gives it, with its sensitivities.
    ///
    /// Every parameter asked for counts as overridden, by the value it has if by no other: its own initial assignment or
    /// amount does not react to the others.
    ///
    /// # Errors
    /// Those of [`crate::Program::initial_state`].
    pub fn initial_state(&self, overrides: &Overrides) -> Result<SensitiveState, SimError> {
        let program = &self.program;
        let mut file = self.start.layout.registers::<1>();
        let mut state = program.start(overrides, &mut file)?;
        let values: Vec<f64> = (0..program.initial.quantities.len()).map(|at| file[at][0]).collect();
        let mut given = vec![false; values.len()];
        for (id, _) in overrides.iter() {
            if let Some(at) = program.initial.by_id.get(id) {
                given[*at] = true;
            }
        }
        self.start.fill(program, &mut file, &given, &mut state);
        let value = |k: usize| self.start.asked[k].map_or(f64::NAN, |at| values[at]);
        self.set_scales(&mut state, value);
        Ok(self.wrap(state))
    }

    /// A state of the same model's [`crate::Program`] taken as it is: it depends on no parameter, but what is asked
    /// for depends on itself.
    ///
    /// # Errors
    /// [`SimError::BadRequest`] if the state is of another model.
    pub fn starting_from(&self, state: &State) -> Result<SensitiveState, SimError> {
        let (n, constants) = self.counts();
        if state.y.len() != n || state.p.len() != constants {
            return Err(SimError::BadRequest { what: "the state belongs to another model".into() });
        }
        let mut inner = state.clone();
        inner.y.resize(self.program.states.len(), 0.0);
        inner.p.resize(self.program.constants.len(), 0.0);
        for waiting in &mut inner.pending {
            waiting.slopes = vec![0.0; self.sought.parameters.len()];
            let assigned = self.program.events[waiting.event].assignments.len();
            if let Some(values) = &mut waiting.values {
                values.resize(assigned * (1 + self.sought.parameters.len()), 0.0);
            }
        }
        let sizes = self.program.sizes(&inner);
        let mut values = vec![f64::NAN; self.sought.parameters.len()];
        for (k, parameter) in self.sought.parameters.iter().enumerate() {
            let slot = self.program.slot(parameter.name()).filter(|_| matches!(parameter, Parameter::Value(_)));
            let Some(slot) = slot else { continue };
            let size = slot.compartment.map_or(1.0, |c| sizes[c]);
            values[k] = read(&inner, slot.place) / size;
            match self.slope(slot.place, k) {
                Some(Place::State(i)) => inner.y[i] = size,
                Some(Place::Constant(j)) => inner.p[j] = size,
                None => {}
            }
        }
        self.set_scales(&mut inner, |k| values[k]);
        Ok(self.wrap(inner))
    }

    /// Sets the scales from the parameters' values; 1 where there is none to go by.
    fn set_scales(&self, state: &mut State, value: impl Fn(usize) -> f64) {
        let Some(carried) = &self.program.sensitivity else { return };
        for (k, parameter) in self.sought.parameters.iter().enumerate() {
            let size = match parameter {
                Parameter::Value(_) => value(k).abs(),
                Parameter::Dosing { scale, .. } => *scale,
            };
            state.p[carried.scales + k] = if size > 0.0 && size.is_finite() { size } else { 1.0 };
        }
    }

    pub(super) fn wrap(&self, inner: State) -> SensitiveState {
        let (n, constants) = self.counts();
        SensitiveState { inner, n, constants }
    }
}
