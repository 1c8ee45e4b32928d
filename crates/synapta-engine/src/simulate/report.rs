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
            run.reported(1);
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

    /// Reports the output times of some lanes before `until`, within their steps from the stepper's `x`.
    pub(super) fn report_within(&mut self, lanes: [bool; W], until: [f64; W]) {
        let counts: [usize; W] = std::array::from_fn(|l| {
            let run = &self.runs[l];
            let asked = run.outputs[run.next_output..].iter();
            if lanes[l] { asked.take_while(|t| **t < until[l]).count() } else { 0 }
        });
        if counts == [0; W] {
            return;
        }
        let coefficients = self.stepper.dense_of(&self.observer.states);
        for lane in (0..W).filter(|l| counts[*l] > 0) {
            self.report_times(lane, counts[lane], &coefficients);
        }
    }

    /// Reports the next output times of a lane.
    fn report_times(&mut self, lane: usize, count: usize, coefficients: &[[[f64; W]; 3]]) {
        let run = &mut self.runs[lane];
        let (t, h) = (run.state.time, run.advance.h);
        let stepper = &mut self.stepper;
        for time in &run.outputs[run.next_output..][..count] {
            let s = ((time - t) / h).clamp(0.0, 1.0);
            stepper.kernel.set_lane_time(lane, *time);
            for (r, k) in self.observer.states.iter().zip(coefficients) {
                let value = stepper.interpolate(*r, lane, &k.map(|k| k[lane]), s);
                stepper.kernel.y()[*r][lane] = value;
            }
            self.observer.read(&mut stepper.kernel.file, lane, &mut run.values);
            run.times.push(*time);
        }
        run.reported(count);
    }
}
