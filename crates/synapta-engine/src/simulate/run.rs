//! What one run remembers, whichever lane it is in.

use super::Stats;
use super::control::Advance;
use super::jumps::Instant;
use super::many::Job;
use crate::compile::Place;
use crate::program::Program;
use crate::request::{Schedule, Settings};
use crate::state::State;
use std::sync::Arc;

/// Steps from one output time on, after which the next one is worth the end of a step.
const MANY: u64 = 8;

/// A run under way. `state.y` is up to date at stops only; between them the lane's states are the stepper's `x`.
pub(crate) struct Run {
    pub state: State,
    pub end: f64,
    /// The next time at which something is known to happen.
    pub stop: f64,
    pub outputs: Arc<[f64]>,
    pub next_output: usize,
    /// Steps that were taken when the last output time was reported.
    pub steps_at_output: u64,
    pub schedule: Arc<Schedule>,
    pub next_stop: usize,
    pub advance: Advance,
    /// Mode of each switch.
    pub modes: Vec<f64>,
    /// True until the modes were looked at once.
    pub fresh_modes: bool,
    /// The instant being settled, if a parameter moves it.
    pub instant: Option<Instant>,
    /// Times reported.
    pub times: Vec<f64>,
    /// Observables at those times, row after row.
    pub values: Vec<f64>,
    pub stats: Stats,
}

impl Run {
    /// A run at its start.
    pub fn new(program: &Program, job: Job, columns: usize, settings: &Settings) -> Run {
        let start = job.state.time;
        let rows = job.output_times.len();
        Run {
            next_stop: job.schedule.stops.partition_point(|s| s.time < start),
            state: job.state,
            end: job.end,
            stop: job.end,
            outputs: job.output_times,
            next_output: 0,
            steps_at_output: 0,
            schedule: job.schedule,
            advance: Advance::new(settings),
            modes: vec![0.0; program.switches.len()],
            fresh_modes: true,
            instant: None,
            times: Vec::with_capacity(rows),
            values: Vec::with_capacity(rows * columns),
            stats: Stats::default(),
        }
    }

    /// The stored number of a place.
    pub fn stored(&mut self, place: Place) -> &mut f64 {
        match place {
            Place::State(i) => &mut self.state.y[i],
            Place::Constant(i) => &mut self.state.p[i],
        }
    }

    /// Makes the next output time a stop if many steps lead to it: ending a step there costs little among many, spares the
    /// continuous solution, and that is of lower order than the steps. Where outputs are close together a step that ended
    /// at each would be a short one.
    pub fn aim(&mut self) {
        let many = self.stats.steps - self.steps_at_output >= MANY;
        if let Some(output) = self.outputs.get(self.next_output)
            && many
            && *output > self.state.time
        {
            self.stop = self.stop.min(*output);
        }
    }

    /// Takes note of output times that were reported.
    pub fn reported(&mut self, count: usize) {
        self.next_output += count;
        self.steps_at_output = self.stats.steps;
    }

    /// The next output time, if it is not after the state's.
    pub fn due_output(&self) -> Option<f64> {
        self.outputs.get(self.next_output).copied().filter(|t| *t <= self.state.time)
    }
}
