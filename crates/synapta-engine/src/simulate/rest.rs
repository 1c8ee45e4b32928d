//! What the search for a steady state needs of a run.

use super::{Run, Stats};
use crate::error::SimError;

impl Run<'_> {
    /// Switches events off.
    pub fn leave_events_out(&mut self) {
        self.events_off = true;
    }

    /// Makes the start ready: conditions and what depends on constants alone.
    pub fn prepare(&mut self) -> Result<(), SimError> {
        self.load();
        self.settle().map(|_| ())
    }

    /// A first guess at how fast the model moves: a hundred of the integrator's first steps.
    pub fn time_scale(&mut self) -> Result<f64, SimError> {
        let t = self.state.time;
        self.stepper.begin([t]);
        self.check_rates()?;
        Ok(100.0 * self.first_step(1.0).max(1e-9))
    }

    /// Integrates to `time`, through changes of conditions.
    pub fn integrate_to(&mut self, time: f64) -> Result<(), SimError> {
        self.end = time;
        while self.state.time < time {
            self.advance_to(time)?;
            self.settle()?;
        }
        Ok(())
    }

    /// One step d of (I/h - J) d = f, taken; `None` if there is none.
    pub fn newton_step(&mut self, h: f64) -> Option<Vec<f64>> {
        let t = self.state.time;
        self.stepper.begin([t]);
        self.stepper.differentiate();
        let step = self.stepper.newton([1.0 / h])?;
        for (y, d) in self.state.y.iter_mut().zip(&step) {
            *y += d;
        }
        for (x, y) in self.stepper.x.iter_mut().zip(&self.state.y) {
            *x = [*y];
        }
        step.iter().all(|d| d.is_finite()).then_some(step)
    }

    /// The rates of the states as they are.
    pub fn rates(&mut self) -> Vec<f64> {
        let t = self.state.time;
        self.stepper.begin([t]);
        self.stepper.f0.iter().map(|f| f[0]).collect()
    }

    /// True if a condition in a formula is not what it was when last looked at.
    pub fn modes_changed(&mut self) -> bool {
        self.refresh(false)
    }

    /// What the run cost so far.
    pub fn stats(&self) -> Stats {
        let [rhs, jacobians, factorisations] = self.stepper.counts;
        Stats { rhs, jacobians, factorisations, exchanges: self.stepper.factors.fallbacks, ..self.stats }
    }
}
