//! The first step after a start or restart.

use super::Lanes;
use crate::math::power;

impl<const W: usize> Lanes<'_, W> {
    /// A first step from the sizes of the states, of their rates, and of the change of the rates over a small Euler
    /// step (Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, section II.4), kept within the span of
    /// each lane that needs one.
    ///
    /// It need not be good, only of the right kind: a step that is too long is rejected and cut, one that is too
    /// short grows up to a hundredfold at a time. The right-hand side at the start must be there; the trial overwrites the
    /// registers of times, states and rates.
    pub(super) fn first_steps(&mut self, spans: [Option<f64>; W]) -> [f64; W] {
        if let Some(h) = self.settings.initial_step {
            return spans.map(|span| h.min(span.unwrap_or(h)));
        }
        let sizes: [(f64, f64); W] = std::array::from_fn(|l| match spans[l] {
            None => (0.0, 0.0),
            Some(_) => (self.norm(l, |i| self.stepper.x[i][l]), self.norm(l, |i| self.stepper.f0()[i][l])),
        });
        let trial: [f64; W] = std::array::from_fn(|l| {
            let (states, rates) = sizes[l];
            let Some(span) = spans[l].filter(|_| rates != 0.0) else { return 0.0 };
            let guess = if states < 1e-5 || rates < 1e-5 { 1e-6 * span } else { 0.01 * states / rates };
            guess.clamp(1e-12 * span, span)
        });
        self.try_euler(trial);
        std::array::from_fn(|l| {
            let (h0, (_, rates)) = (trial[l], sizes[l]);
            let Some(span) = spans[l] else { return 0.0 };
            if rates == 0.0 {
                return span;
            }
            let now = self.stepper.kernel.last_rhs();
            let change = self.norm(l, |i| (now[i][l] - self.stepper.f0()[i][l]) / h0);
            let h1 = if change.is_finite() { power(0.01 / rates.max(change), 1.0 / 5.0) } else { 1e-3 * h0 };
            h1.min(100.0 * h0).clamp(1e-14 * span, span)
        })
    }

    fn try_euler(&mut self, h: [f64; W]) {
        for i in 0..self.stepper.f0().len() {
            let (x, f) = (self.stepper.x[i], self.stepper.f0()[i]);
            self.stepper.kernel.y()[i] = std::array::from_fn(|l| x[l] + h[l] * f[l]);
        }
        let t = self.times();
        self.stepper.kernel.set_time(std::array::from_fn(|l| t[l] + h[l]));
        self.stepper.kernel.rhs();
        for (run, _) in self.runs.iter_mut().zip(h).filter(|(_, h)| *h > 0.0) {
            run.stats.rhs += 1;
        }
    }

    /// Root mean square of a quantity of each state that is integrated over its tolerance.
    fn norm(&self, lane: usize, value: impl Fn(usize) -> f64) -> f64 {
        let n = self.stepper.f0().len();
        let rtol = self.settings.rtol;
        let one = |i: usize| {
            let q = value(i) / (self.scale.atol[i][lane] + rtol * self.stepper.x[i][lane].abs());
            q * q
        };
        ((0..n).map(one).sum::<f64>() / n.max(1) as f64).sqrt()
    }
}
