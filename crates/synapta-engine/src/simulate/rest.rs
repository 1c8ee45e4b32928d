//! What the search for a steady state needs of a run, in the first lane.

use super::{Lanes, Stats};
use crate::error::SimError;

/// Times after the start at which the rates of a model that names time must agree, in the model's unit.
const OTHER_TIMES: [f64; 6] = [0.1, 1.0, 7.3, 16.9, 101.7, 1003.1];
/// Changes of conditions on time that are looked at.
const MOST_CLOCKS: usize = 20;
/// Rates that differ by less than this, relative to their size, agree.
const AGREE: f64 = 1e-12;

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
        let run = &mut self.runs[0];
        self.stepper.begin([run.state.time]);
        self.stepper.differentiate();
        run.stats.rhs += 1;
        run.stats.jacobians += 1;
        run.stats.factorisations += 1;
        let mut step = self.stepper.newton([1.0 / h])?;
        self.program.determine(&mut step, std::iter::repeat(0.0));
        let state = &mut run.state;
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
        self.runs[0].stats.rhs += 1;
        let mut rates: Vec<f64> = self.stepper.f0().iter().map(|f| f[0]).collect();
        self.program.determine(&mut rates, std::iter::repeat(0.0));
        rates
    }

    /// Compares the rates of states that name time at other times, and after each of the next changes of conditions on
    /// time; the run is left as it was.
    pub fn check_time(&mut self) -> Result<(), SimError> {
        if self.program.time_dependent.is_empty() {
            return Ok(());
        }
        let start = self.runs[0].state.time;
        let here = self.rates();
        let mut clocks = vec![];
        let mut time = start;
        while clocks.len() < MOST_CLOCKS {
            self.move_to(time);
            time = self.next_clock(0);
            if !time.is_finite() {
                break;
            }
            clocks.push(time);
        }
        let others = OTHER_TIMES.iter().map(|t| start + t).chain(clocks);
        let found = others.map(|t| self.compare_rates(t, &here)).find(Result::is_err);
        self.move_to(start);
        found.unwrap_or(Ok(()))
    }

    fn move_to(&mut self, time: f64) {
        self.runs[0].state.time = time;
        self.refresh(0, false);
    }

    fn compare_rates(&mut self, time: f64, here: &[f64]) -> Result<(), SimError> {
        self.move_to(time);
        let there = self.rates();
        let differs = |r: &&u32| {
            let (a, b) = (here[**r as usize], there[**r as usize]);
            (a - b).abs() > AGREE * a.abs().max(b.abs())
        };
        match self.program.time_dependent.iter().find(differs) {
            Some(row) => Err(SimError::TimeDependent { state: self.program.states[*row as usize].id.clone() }),
            None => Ok(()),
        }
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
