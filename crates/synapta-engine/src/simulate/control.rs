//! Steps and their sizes.

use super::Run;
use crate::error::SimError;
use crate::math::power;
use crate::request::Settings;
use crate::rodas::ERROR_ORDER;

/// What the step size control remembers.
#[derive(Clone, Debug)]
pub(crate) struct Advance {
    /// The step to try next; `None` after a restart.
    pub step: Option<f64>,
    /// Size and error of the last accepted step, for the predictive control.
    last: Option<(f64, f64)>,
    max_step: f64,
}

impl Advance {
    pub fn new(settings: &Settings) -> Advance {
        Advance { step: None, last: None, max_step: settings.max_step.unwrap_or(f64::INFINITY) }
    }

    /// Forgets the past after a jump.
    pub fn restart(&mut self) {
        self.step = None;
        self.last = None;
    }

    /// The factor for the next step after an error (K. Gustafsson's predictive control as in Hairer and Wanner,
    /// Solving Ordinary Differential Equations II, section IV.8).
    fn factor(&mut self, h: f64, error: f64, accepted: bool) -> f64 {
        let error = error.max(1e-12);
        let mut factor = 0.9 * power(error, -1.0 / ERROR_ORDER);
        if !accepted {
            return factor.clamp(0.1, 0.8);
        }
        if let Some((h_before, error_before)) = self.last {
            let trend = h / h_before * power(error_before / (error * error), 1.0 / ERROR_ORDER);
            factor = factor.min(0.9 * trend);
        }
        self.last = Some((h, error.max(1e-2)));
        factor.clamp(0.2, 8.0)
    }
}

impl Run<'_> {
    /// Integrates until `stop`, or until a switch changes before it. On return `state` is up to date.
    pub(super) fn advance_to(&mut self, stop: f64) -> Result<(), SimError> {
        let mut rejected_last = false;
        loop {
            let t = self.state.time;
            self.stepper.begin([t]);
            self.check_rates()?;
            self.stepper.differentiate();
            let wanted = match self.advance.step {
                Some(h) => h,
                // Its Euler trial overwrites the states' registers, not the derivatives.
                None => self.first_step(self.end - t),
            };
            let mut h = fit(wanted.min(self.advance.max_step), stop - t);
            let mut tries = 0;
            let error = loop {
                self.count_step(t)?;
                let error = self.try_step(t, h);
                if error <= 1.0 {
                    break error;
                }
                self.stats.rejected += 1;
                tries += 1;
                let factor = if error.is_nan() { 0.1 } else { self.advance.factor(h, error, false) };
                h *= if tries > 2 { factor.min(0.2) } else { factor };
                rejected_last = true;
                if t + h <= t || h < 1e-280 {
                    return Err(self.stalled(t));
                }
            };
            self.stats.steps += 1;
            let mut factor = self.advance.factor(h, error, true);
            if rejected_last {
                factor = factor.min(1.0);
                rejected_last = false;
            }
            // A step cut short by a stop says nothing against the longer one that was planned.
            let cut = tries == 0 && h < wanted;
            let next = if cut { (h * factor).max(wanted) } else { h * factor };
            self.advance.step = Some(next);
            let reached = if h == stop - t { stop } else { t + h };
            if self.finish_step(t, h, reached) || reached >= stop {
                return Ok(());
            }
        }
    }

    /// Takes over the step from `t` to `reached`, or its part up to the first change of a switch; true if there is one.
    fn finish_step(&mut self, t: f64, h: f64, reached: f64) -> bool {
        if let Some(s) = self.first_change(t, h) {
            let root = if s == 1.0 { reached } else { (t + s * h).min(reached) };
            self.report_within(t, h, root);
            self.take_part(s);
            self.state.time = root;
            return true;
        }
        self.report_within(t, h, reached);
        self.stepper.accept();
        self.state.time = reached;
        self.scale.grow(&self.stepper.x);
        self.unload();
        false
    }

    /// Makes the point at the fraction `s` of the step the state.
    fn take_part(&mut self, s: f64) {
        for r in 0..self.state.y.len() {
            let k = self.stepper.dense(r, 0);
            self.state.y[r] = self.stepper.interpolate(r, 0, &k, s);
        }
        for (x, y) in self.stepper.x.iter_mut().zip(&self.state.y) {
            *x = [*y];
        }
        self.scale.grow(&self.stepper.x);
    }

    fn unload(&mut self) {
        for (y, x) in self.state.y.iter_mut().zip(&self.stepper.x) {
            *y = x[0];
        }
    }

    fn try_step(&mut self, t: f64, h: f64) -> f64 {
        let [sound] = self.stepper.attempt([t], [h]);
        if !sound {
            return f64::NAN;
        }
        let error = self.stepper.error(0, self.settings.rtol, &self.scale.atol);
        if error.is_finite() { error } else { f64::NAN }
    }

    pub(super) fn check_rates(&self) -> Result<(), SimError> {
        match self.stepper.f0.iter().position(|f| !f[0].is_finite()) {
            None => Ok(()),
            Some(i) => Err(SimError::NotFinite {
                time: self.state.time,
                state: self.program.states[i].id.clone(),
                rate: self.stepper.f0[i][0],
            }),
        }
    }

    fn count_step(&self, time: f64) -> Result<(), SimError> {
        let steps = self.stats.steps + self.stats.rejected;
        if steps < self.settings.max_steps {
            return Ok(());
        }
        Err(SimError::TooManySteps {
            steps,
            time,
            end: self.end,
            state: self.program.states.get(self.worst()).map(|s| s.id.clone()).unwrap_or_default(),
        })
    }

    fn stalled(&self, time: f64) -> SimError {
        let i = self.worst();
        SimError::StepTooSmall {
            time,
            state: self.program.states.get(i).map(|s| s.id.clone()).unwrap_or_default(),
            value: self.stepper.x.get(i).map_or(0.0, |x| x[0]),
            rtol: self.settings.rtol,
            atol: self.scale.atol.get(i).copied().unwrap_or(0.0),
        }
    }

    /// The state with the largest scaled error in the last attempt; not-a-number counts as largest.
    fn worst(&self) -> usize {
        let error = |i: usize| {
            let e = self.stepper.scaled_error(i, 0, self.settings.rtol, self.scale.atol[i]).abs();
            if e.is_nan() { f64::INFINITY } else { e }
        };
        (0..self.scale.atol.len()).max_by(|a, b| error(*a).total_cmp(&error(*b))).unwrap_or(0)
    }
}

/// A step of about `h` that ends at the stop, or leaves room for another full step before it.
fn fit(h: f64, left: f64) -> f64 {
    if h >= left * (1.0 - 1e-10) {
        left
    } else if h > 0.5 * left {
        0.5 * left
    } else {
        h
    }
}
