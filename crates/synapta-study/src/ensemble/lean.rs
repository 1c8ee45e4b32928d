//! The program that makes an ensemble's runs: the model's, with what no subject varies written in as numbers.

use std::collections::HashSet;

use synapta_engine::{Job, Observable, Overrides, Program, Record, Schedule, SimError};
use synapta_model::{Id, Model};

use super::SubjectTable;
use super::protocol::Protocol;

/// A program for the subjects of one table.
#[derive(Debug)]
pub(super) struct Lean {
    program: Program,
    observables: Vec<Observable>,
}

impl<'a> Protocol<'a> {
    /// The protocol for the subjects of a table, with a program of their own. Which constants it takes for fixed depends on the table's
    /// columns and the protocol, never on rows, so that a subject's result does not depend on its company. Without a common start, or
    /// where the program cannot be made, the model's own does the work.
    pub fn for_table(mut self, model: &Model, table: &SubjectTable) -> Protocol<'a> {
        self.lean = self.lean(model, table);
        self
    }

    fn lean(&self, model: &Model, table: &SubjectTable) -> Option<Lean> {
        let overrides: Overrides = self.overrides.iter().map(|s| (s.id.clone(), s.value)).collect();
        let like = self.program.initial_state(&overrides).ok()?;
        let schedule = self.usual_schedule(&like)?;
        let free: HashSet<Id> = table.columns.iter().chain(self.changed()).cloned().collect();
        let program = self.program.specialised(model, &like, &free, &schedule).ok()?;
        let observable = |v: &super::Variable| program.observable(&v.id, v.form);
        let observables = self.variables.iter().map(observable).collect::<Option<Vec<_>>>()?;
        Some(Lean { program, observables })
    }

    /// The program of the runs and what is read off it.
    pub(super) fn runs(&self) -> (&Program, Vec<Observable>) {
        match &self.lean {
            Some(lean) => (&lean.program, lean.observables.clone()),
            None => (self.program, self.variables.iter().map(|v| v.observable).collect()),
        }
    }

    /// True if [`Protocol::runs`] can make this run.
    pub(super) fn suits(&self, job: &Job) -> bool {
        self.lean.as_ref().is_none_or(|lean| lean.program.suits(&job.state, &job.schedule))
    }

    /// A run that needs the model's own program.
    pub(super) fn alone(&self, job: &Job) -> Result<Record, SimError> {
        let observables: Vec<Observable> = self.variables.iter().map(|v| v.observable).collect();
        let Job { state, end, output_times, schedule } = job;
        let found = self.program.simulate(state, *end, output_times, &observables, schedule, &self.settings)?;
        let values = found.values.into_iter().flatten().collect();
        Ok(Record { times: found.times, values, final_state: found.final_state, stats: found.stats })
    }

    /// The stops of a subject whose row changes nothing; `None` if its doses cannot be delivered.
    fn usual_schedule(&self, like: &synapta_engine::State) -> Option<Schedule> {
        match &self.dosing {
            None => Some(Schedule::none()),
            Some(dosing) => self.deliver(dosing, &dosing.doses, like).ok(),
        }
    }
}
