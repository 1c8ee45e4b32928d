//! Rows of output.

use super::Lanes;
use crate::error::SimError;

impl<const W: usize> Lanes<'_, W> {
    /// Settles what happens now in a lane and reports this time if it was asked for.
    pub(super) fn settle_and_report(&mut self, lane: usize) -> Result<(), SimError> {
        let due = self.runs[lane].due_output().is_some();
        let before = (due && self.settings.both_sides).then(|| self.read(lane));
        let acted = self.settle(lane)?;
        if !due {
            return Ok(());
        }
        let row = self.read(lane);
        let run = &mut self.runs[lane];
        if let Some(before) = before.filter(|_| acted) {
            run.times.push(run.state.time);
            run.values.extend(before);
        }
        while let Some(t) = run.due_output() {
            run.times.push(t);
            run.values.extend(&row);
            run.next_output += 1;
        }
        Ok(())
    }

    /// The observables for a lane's state as it is.
    fn read(&mut self, lane: usize) -> Vec<f64> {
        self.place(lane);
        let mut row = vec![];
        self.observer.read(&mut self.stepper.kernel.file, lane, &mut row);
        row
    }

    /// Reports the output times before `until`, within the step from the stepper's `x` at time `t` of size `h`.
    pub(super) fn report_within(&mut self, lane: usize, t: f64, h: f64, until: f64) {
        let run = &mut self.runs[lane];
        let asked = &run.outputs[run.next_output..];
        let count = asked.iter().take_while(|s| **s < until).count();
        if count == 0 {
            return;
        }
        let stepper = &mut self.stepper;
        let states = &self.observer.states;
        let coefficients: Vec<[f64; 3]> = states.iter().map(|r| stepper.dense(*r, lane)).collect();
        for time in &asked[..count] {
            let s = ((time - t) / h).clamp(0.0, 1.0);
            stepper.kernel.set_lane_time(lane, *time);
            for (r, k) in states.iter().zip(&coefficients) {
                let value = stepper.interpolate(*r, lane, k, s);
                stepper.kernel.y()[*r][lane] = value;
            }
            self.observer.read(&mut stepper.kernel.file, lane, &mut run.values);
            run.times.push(*time);
        }
        run.next_output += count;
    }
}
