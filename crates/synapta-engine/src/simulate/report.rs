//! Rows of output.

use super::Run;
use crate::error::SimError;

impl Run<'_> {
    /// Settles what happens now and reports this time if it was asked for.
    pub(super) fn settle_and_report(&mut self) -> Result<(), SimError> {
        let due = self.outputs.get(self.next_output).is_some_and(|t| *t <= self.state.time);
        let before = if due && self.settings.both_sides { Some(self.read()) } else { None };
        let acted = self.settle()?;
        if !due {
            return Ok(());
        }
        if let Some(row) = before.filter(|_| acted) {
            self.times.push(self.state.time);
            self.values.push(row);
        }
        let row = self.read();
        while let Some(t) = self.outputs.get(self.next_output).filter(|t| **t <= self.state.time) {
            self.times.push(*t);
            self.values.push(row.clone());
            self.next_output += 1;
        }
        Ok(())
    }

    /// The observables for the state as it is.
    fn read(&mut self) -> Vec<f64> {
        self.place();
        self.observer.read(&mut self.stepper.kernel.file, 0)
    }

    /// Reports the output times before `until`, within the step from the stepper's `x` at time `t` of size `h`.
    pub(super) fn report_within(&mut self, t: f64, h: f64, until: f64) {
        let asked = &self.outputs[self.next_output..];
        let count = asked.iter().take_while(|s| **s < until).count();
        if count == 0 {
            return;
        }
        let states = &self.observer.states;
        let coefficients: Vec<[f64; 3]> = states.iter().map(|r| self.stepper.dense(*r, 0)).collect();
        for time in &asked[..count] {
            let s = ((time - t) / h).clamp(0.0, 1.0);
            self.stepper.kernel.set_time([*time]);
            for (r, k) in states.iter().zip(&coefficients) {
                let value = self.stepper.interpolate(*r, 0, k, s);
                self.stepper.kernel.y()[*r] = [value];
            }
            let row = self.observer.read(&mut self.stepper.kernel.file, 0);
            self.times.push(*time);
            self.values.push(row);
        }
        self.next_output += count;
    }
}
