//! What the search for a steady state needs of a run, in the first lane.

use super::{Lanes, Stats};
use crate::error::SimError;

impl Lanes<'_, 1> {
    /// Switches events off and makes the start ready: conditions and what depends on constants alone.
    pub fn prepare_rest(&mut self) -> Result<(), SimError> {
        self.events_off = true;
        self.settle(0).map(|_| ())
    }

    /// A first guess at how fast the model moves: a hundred of the integrator's first steps.
    pub fn time_scale(&mut self) -> Result<f64, SimError> {
        self.stepper.begin([self.runs[0].state.time]);
        self.check_rates(0)?;
        let [step] = self.first_steps([Some(1.0)]);
        Ok(100.0 * step.max(1e-9))
    }

    /// Integrates to `time`, through changes of conditions.
    pub fn integrate_to(&mut self, time: f64) -> Result<(), SimError> {
        self.runs[0].end = time;
        if self.arrive(0)? { Ok(()) } else { self.drive(0) }
    }

    /// One step d of (I/h - J) d = f, taken; `None` if there is none.
    pub fn newton_step(&mut self, h: f64) -> Option<Vec<f64>> {
        let state = &mut self.runs[0].state;
        self.stepper.begin([state.time]);
        self.stepper.differentiate();
        let step = self.stepper.newton([1.0 / h])?;
        for (y, d) in state.y.iter_mut().zip(&step) {
            *y += d;
        }
        for (x, y) in self.stepper.x.iter_mut().zip(&state.y) {
            *x = [*y];
        }
        step.iter().all(|d| d.is_finite()).then_some(step)
    }

    /// The rates of the states as they are.
    pub fn rates(&mut self) -> Vec<f64> {
        self.stepper.begin([self.runs[0].state.time]);
        self.stepper.f0.iter().map(|f| f[0]).collect()
    }

    /// True if a condition in a formula is not what it was when last looked at.
    pub fn modes_changed(&mut self) -> bool {
        self.refresh(0, false)
    }

    /// What the run cost so far.
    pub fn stats(&self) -> Stats {
        self.runs[0].stats
    }
}
