//! The first step after a start or restart.

use super::Run;
use crate::math::power;

impl Run<'_> {
    /// A first step from the sizes of the states, of their rates, and of the change of the rates over a small Euler
    /// step (Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, section II.4), kept within `span`.
    ///
    /// It need not be good, only of the right kind: a step that is too long is rejected and cut, one that is too
    /// short grows eightfold at a time. The right-hand side at the start must be there.
    pub(super) fn first_step(&mut self, span: f64) -> f64 {
        if let Some(h) = self.settings.initial_step {
            return h.min(span);
        }
        let t = self.state.time;
        let states = self.norm(&|r: &Run<'_>, i| r.stepper.x[i][0]);
        let rates = self.norm(&|r: &Run<'_>, i| r.stepper.f0[i][0]);
        if rates == 0.0 {
            return span;
        }
        let guess = if states < 1e-5 || rates < 1e-5 { 1e-6 * span } else { 0.01 * states / rates };
        let h0 = guess.clamp(1e-12 * span, span);
        let n = self.stepper.x.len();
        for i in 0..n {
            self.stepper.kernel.y()[i] = [self.stepper.x[i][0] + h0 * self.stepper.f0[i][0]];
        }
        self.stepper.kernel.set_time([t + h0]);
        self.stepper.kernel.rhs();
        self.stepper.counts[0] += 1;
        let change = self.norm(&|r: &Run<'_>, i| (r.stepper.kernel.last_rhs()[i][0] - r.stepper.f0[i][0]) / h0);
        let h1 = if change.is_finite() { power(0.01 / rates.max(change), 1.0 / 5.0) } else { 1e-3 * h0 };
        h1.min(100.0 * h0).clamp(1e-14 * span, span)
    }

    /// Root mean square of a quantity of each state over its tolerance.
    fn norm(&self, value: &dyn Fn(&Self, usize) -> f64) -> f64 {
        let n = self.stepper.x.len();
        let rtol = self.settings.rtol;
        let one = |i: usize| {
            let q = value(self, i) / (self.scale.atol[i] + rtol * self.stepper.x[i][0].abs());
            q * q
        };
        ((0..n).map(one).sum::<f64>() / n.max(1) as f64).sqrt()
    }
}
