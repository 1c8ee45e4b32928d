//! Forward sensitivities: how a run depends on parameters, values at the start and doses.
//!
//! [`Program::compile_sensitivities`] makes a [`SensitiveProgram`], whose runs carry the derivatives of all states along:
//! y' = f(y, p, t) together with s' = J s + df/dp for each parameter p asked for, by the same integrator and under
//! the same error control. Derivatives pass through doses, events, delays and conditions in formulas, whose
//! times may depend on the parameters, and through steady states.

mod fit;
mod schedule;
mod state;

pub use fit::{Fit, Measurement};
pub use schedule::{SensitiveAction, SensitiveSchedule, SensitiveStop};
pub use state::SensitiveState;

use crate::compile::{Augmented, Place, StartSlopes};
use crate::error::{CompileError, SimError};
use crate::native::IsaError;
use crate::observe::{Form, Observable};
use crate::program::{ConstantInfo, Program, Slot, StateInfo};
use crate::request::Settings;
use crate::simulate::{Job, Record, Stats};
use std::collections::HashMap;
use std::sync::Arc;
use synapta_model::graph::NodeId;
use synapta_model::{Id, Model};

/// Something that a run depends on.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameter {
    /// The value at the start of a parameter, species or compartment (a reaction's local parameter `k` of `r` is `r.k`),
    /// in the meaning of [`crate::Overrides::set`]: initial assignments that use it follow, its own does not hold.
    Value(Id),
    /// A quantity outside the model, such as the amount or the time of a dose, that enters by the slopes of a
    /// [`SensitiveSchedule`].
    Dosing {
        /// Its name.
        name: Id,
        /// Its size, above zero: sensitivities to it are as exact as those to a parameter of this value.
        scale: f64,
    },
}

impl Parameter {
    /// Its name.
    pub fn name(&self) -> &Id {
        match self {
            Parameter::Value(id) => id,
            Parameter::Dosing { name, .. } => name,
        }
    }
}

/// What sensitivities are sought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sought {
    /// With respect to what; the order is that of all results.
    pub parameters: Vec<Parameter>,
    /// Constants of the model that stops set to values which depend on the parameters, such as infusion rates.
    pub carriers: Vec<Id>,
}

impl Sought {
    /// Sensitivities to values of the model.
    pub fn to<I: Into<Id>>(ids: impl IntoIterator<Item = I>) -> Sought {
        Sought { parameters: ids.into_iter().map(|id| Parameter::Value(id.into())).collect(), carriers: vec![] }
    }

    /// Also to a quantity of the dosing, of this size.
    pub fn dosing(mut self, name: impl Into<Id>, scale: f64) -> Sought {
        self.parameters.push(Parameter::Dosing { name: name.into(), scale });
        self
    }

    /// Names a constant that stops set to values which depend on the parameters.
    pub fn carried_by(mut self, id: impl Into<Id>) -> Sought {
        self.carriers.push(id.into());
        self
    }

    pub(crate) fn names(&self) -> Vec<Id> {
        self.parameters.iter().map(|p| p.name().clone()).collect()
    }
}

/// A model ready to run with its sensitivities. Immutable and shareable between threads.
#[derive(Clone, Debug)]
pub struct SensitiveProgram {
    program: Program,
    sought: Sought,
    start: StartSlopes,
    observed: HashMap<NodeId, Vec<NodeId>>,
}

/// The result of a run with sensitivities.
#[derive(Clone, Debug, PartialEq)]
pub struct SensitiveSolution {
    /// The output times, as in [`crate::Solution::times`].
    pub times: Vec<f64>,
    /// A row a time, a column an observable.
    pub values: Vec<Vec<f64>>,
    /// Derivatives of the values at fixed times: time by observable by parameter.
    pub sensitivities: Vec<Vec<Vec<f64>>>,
    /// The state at the end, from which a further run can go on.
    pub final_state: SensitiveState,
    /// What it cost.
    pub stats: Stats,
}

/// A steady state with its sensitivities.
#[derive(Clone, Debug, PartialEq)]
pub struct SensitiveSteadyState {
    /// The state; its time and what its events remember are those of the start.
    pub state: SensitiveState,
    /// Largest rate of a state or sensitivity over its size, per time unit.
    pub residual: f64,
    /// What it cost.
    pub stats: Stats,
}

/// One run with sensitivities to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct SensitiveJob {
    /// Where it starts.
    pub state: SensitiveState,
    /// When it ends.
    pub end: f64,
    /// Output times; they ascend and lie between the start and the end.
    pub output_times: Arc<[f64]>,
    /// What is done to it.
    pub schedule: Arc<SensitiveSchedule>,
}

impl Program {
    /// Compiles a model with sensitivities.
    ///
    /// # Errors
    /// Those of [`Program::compile`]; parameters or carriers that the model does not have or that a rule determines;
    /// scales of doses that are not above zero; an event whose trigger is not made of comparisons.
    pub fn compile_sensitivities(model: &Model, sought: &Sought) -> Result<SensitiveProgram, CompileError> {
        let Augmented { program, start, observed } = Augmented::new(model, sought)?;
        Ok(SensitiveProgram { program, sought: sought.clone(), start, observed })
    }
}

impl SensitiveProgram {
    /// The parameters, in the order of all results.
    pub fn parameters(&self) -> &[Parameter] {
        &self.sought.parameters
    }

    /// The model's states, in the order of [`SensitiveState::y`].
    pub fn states(&self) -> &[StateInfo] {
        &self.program.states[..self.counts().0]
    }

    /// The model's constants, in the order of [`SensitiveState::p`].
    pub fn constants(&self) -> &[ConstantInfo] {
        &self.program.constants[..self.counts().1]
    }

    /// As [`Program::slot`].
    pub fn slot(&self, id: &str) -> Option<Slot> {
        self.program.slot(id)
    }

    /// As [`Program::amount_slot`].
    pub fn amount_slot(&self, id: &str) -> Option<Slot> {
        self.program.amount_slot(id)
    }

    /// As [`Program::observable`].
    pub fn observable(&self, id: &str, form: Form) -> Option<Observable> {
        self.program.observable(id, form)
    }

    /// As [`Program::with_instruction_set`].
    ///
    /// # Errors
    /// A name that is not known, or that this machine does not have.
    pub fn with_instruction_set(self, name: &str) -> Result<SensitiveProgram, IsaError> {
        Ok(SensitiveProgram { program: self.program.with_instruction_set(name)?, ..self })
    }

    /// Runs from `state` to `end`, as [`Program::simulate`] does, with sensitivities.
    ///
    /// # Errors
    /// Those of [`Program::simulate`]; slopes for what cannot have any; [`SimError::Coincidence`] and
    /// [`SimError::NoCrossing`] where there is no derivative.
    pub fn simulate(
        &self,
        state: &SensitiveState,
        end: f64,
        output_times: &[f64],
        observables: &[Observable],
        schedule: &SensitiveSchedule,
        settings: &Settings,
    ) -> Result<SensitiveSolution, SimError> {
        let columns = self.columns(observables)?;
        let schedule = schedule.lowered(self)?;
        let solution = self.program.simulate(&state.inner, end, output_times, &columns, &schedule, settings)?;
        let rows = solution.values.into_iter().map(|row| self.split(&row, observables.len()));
        let (values, sensitivities) = rows.unzip();
        let final_state = self.wrap(solution.final_state);
        Ok(SensitiveSolution { times: solution.times, values, sensitivities, final_state, stats: solution.stats })
    }

    /// Many runs through a few lanes, as [`Program::simulate_many`] makes them; each has the bits of
    /// [`SensitiveProgram::simulate`].
    pub fn simulate_many(
        &self,
        jobs: &mut dyn Iterator<Item = SensitiveJob>,
        observables: &[Observable],
        settings: &Settings,
        width: usize,
        done: &mut dyn FnMut(usize, Result<SensitiveSolution, SimError>),
    ) {
        let columns = match self.columns(observables) {
            Ok(columns) => columns,
            Err(e) => return jobs.enumerate().for_each(|(i, _)| done(i, Err(e.clone()))),
        };
        // Jobs that cannot be lowered never reach the lanes, so numbers are kept of those that do.
        let numbers = std::cell::RefCell::new(vec![]);
        let refused = std::cell::RefCell::new(vec![]);
        let mut lowered = jobs.enumerate().filter_map(|(i, job)| match job.schedule.lowered(self) {
            Ok(schedule) => {
                numbers.borrow_mut().push(i);
                let (state, end, output_times) = (job.state.inner, job.end, job.output_times);
                Some(Job { state, end, output_times, schedule: Arc::new(schedule) })
            }
            Err(e) => {
                refused.borrow_mut().push((i, e));
                None
            }
        });
        self.program.simulate_many(&mut lowered, &columns, settings, width, &mut |at, result| {
            let number = numbers.borrow().get(at).copied().unwrap_or(at);
            done(number, result.map(|record| self.solution(record, observables.len())));
        });
        for (i, e) in refused.take() {
            done(i, Err(e));
        }
    }

    /// The steady state reached from `state`, as [`Program::steady_state`] finds it. Conserved sums keep their
    /// value and their sensitivities.
    ///
    /// # Errors
    /// Those of [`Program::steady_state`]; sensitivities that do not come to rest count as states that move.
    pub fn steady_state(&self, state: &SensitiveState, settings: &Settings) -> Result<SensitiveSteadyState, SimError> {
        let found = self.program.steady_state(&state.inner, settings)?;
        Ok(SensitiveSteadyState { state: self.wrap(found.state), residual: found.residual, stats: found.stats })
    }

    /// States and constants of the model.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let all = (self.program.states.len(), self.program.constants.len());
        self.program.sensitivity.as_ref().map_or(all, |c| (c.n, c.constants))
    }

    /// Where the slope of a place stands.
    fn slope(&self, place: Place, k: usize) -> Option<Place> {
        self.program.sensitivity.as_ref()?.slope(place, k)
    }

    /// The observables, then their slopes, parameter after parameter.
    fn columns(&self, observables: &[Observable]) -> Result<Vec<Observable>, SimError> {
        let mut columns = observables.to_vec();
        for k in 0..self.sought.parameters.len() {
            for observable in observables {
                let slope = self.observed.get(&observable.node()).and_then(|slopes| slopes.get(k));
                let foreign = || SimError::BadRequest { what: "an observable belongs to another program".into() };
                columns.push(Observable::of(*slope.ok_or_else(foreign)?));
            }
        }
        Ok(columns)
    }

    fn solution(&self, record: Record, observables: usize) -> SensitiveSolution {
        let width = observables * (1 + self.sought.parameters.len());
        let row = |i: usize| self.split(&record.values[i * width..(i + 1) * width], observables);
        let (values, sensitivities) = (0..record.times.len()).map(row).unzip();
        let final_state = self.wrap(record.final_state);
        SensitiveSolution { times: record.times, values, sensitivities, final_state, stats: record.stats }
    }

    /// Values, and slopes by observable and parameter.
    fn split(&self, row: &[f64], observables: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
        let slopes = |i: usize| (0..self.sought.parameters.len()).map(|k| row[observables * (1 + k) + i]).collect();
        (row[..observables].to_vec(), (0..observables).map(slopes).collect())
    }
}
