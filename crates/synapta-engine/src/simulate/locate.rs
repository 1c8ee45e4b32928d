//! When switches change: computed ahead for those that follow the clock, located on the continuous solution for others.

use super::Run;
use crate::compile::Switch;

/// Where a step is looked at for changes; a condition that turns and turns back between two of these goes unseen.
const LOOKS: [f64; 4] = [0.25, 0.5, 0.75, 1.0];

impl Run<'_> {
    /// The next time at which a switch that follows the clock changes; infinite if none does.
    pub(super) fn next_clock(&mut self) -> f64 {
        if self.program.clock_tape.outputs.is_empty() {
            return f64::INFINITY;
        }
        let now = self.state.time;
        self.place();
        self.program.clock_tape.run(&mut self.stepper.kernel.file);
        let read = |r: u32| self.stepper.kernel.file[r as usize][0];
        let pairs: Vec<(f64, f64)> =
            self.program.clock_tape.outputs.chunks(2).map(|c| (read(c[0]), read(c[1]))).collect();
        let clocked = (0..self.program.switches.len()).filter(|i| self.program.switches[*i].clock.is_some());
        let clocked: Vec<usize> = clocked.collect();
        let mut next = f64::INFINITY;
        for (i, (value, slope)) in clocked.into_iter().zip(pairs) {
            let guess = crossing(&self.program.switches[i], now, value, slope);
            if guess < next
                && guess <= self.end
                && let Some(time) = self.first_changed(i, guess)
            {
                next = next.min(time);
            }
        }
        next
    }

    /// The first representable time at which switch `i` has changed, if it is a few steps of rounding from `guess`.
    /// Otherwise the guess itself, from where the next look is closer; `None` if that is now.
    fn first_changed(&mut self, i: usize, guess: f64) -> Option<f64> {
        let now = self.state.time;
        let mut time = if guess > now { guess } else { now.next_up() };
        for _ in 0..8 {
            if self.changed_by_time(i, time) {
                return Some(self.earliest_changed(i, time));
            }
            time = time.next_up();
        }
        (guess > now).then_some(guess)
    }

    fn earliest_changed(&mut self, i: usize, mut time: f64) -> f64 {
        for _ in 0..8 {
            let before = time.next_down();
            if before <= self.state.time || !self.changed_by_time(i, before) {
                break;
            }
            time = before;
        }
        time
    }

    fn changed_by_time(&mut self, i: usize, time: f64) -> bool {
        self.stepper.kernel.set_time([time]);
        self.mode_in_file(i) != self.modes[i]
    }

    fn mode_in_file(&mut self, i: usize) -> f64 {
        let tape = &self.program.switch_tape;
        tape.run(&mut self.stepper.kernel.file);
        self.read_mode(i)
    }

    /// The mode of a switch from its sides, which a run of the switch tape left in the file.
    pub(super) fn read_mode(&self, i: usize) -> f64 {
        let sides = &self.program.switch_tape.outputs[2 * i..2 * i + 2];
        let read = |r: u32| self.stepper.kernel.file[r as usize][0];
        self.program.switches[i].kind.mode(read(sides[0]), read(sides[1]))
    }

    /// The fraction of the step just made at which a switch first changes, just after the change; `None` if none does.
    pub(super) fn first_change(&mut self, t: f64, h: f64) -> Option<f64> {
        if self.program.switches.iter().all(|s| s.clock.is_some()) {
            return None;
        }
        let states = &self.program.switch_states;
        let coefficients: Vec<[f64; 3]> = states.iter().map(|r| self.stepper.dense(*r, 0)).collect();
        let mut low = 0.0;
        for look in LOOKS {
            if self.changed_at(t, h, look, &coefficients) {
                return Some(self.bisect(t, h, low, look, &coefficients));
            }
            low = look;
        }
        None
    }

    fn bisect(&mut self, t: f64, h: f64, mut low: f64, mut high: f64, k: &[[f64; 3]]) -> f64 {
        while high - low > 4.0 * f64::EPSILON {
            let middle = 0.5 * (low + high);
            // Time cannot tell the two ends apart any more.
            if t + low * h == t + high * h {
                break;
            }
            if self.changed_at(t, h, middle, k) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    /// True if any switch without a clock differs from its mode at the fraction `s` of the step.
    fn changed_at(&mut self, t: f64, h: f64, s: f64, k: &[[f64; 3]]) -> bool {
        self.stepper.kernel.set_time([t + s * h]);
        for (r, k) in self.program.switch_states.iter().zip(k) {
            let value = self.stepper.interpolate(*r, 0, k, s);
            self.stepper.kernel.y()[*r] = [value];
        }
        self.program.switch_tape.run(&mut self.stepper.kernel.file);
        (0..self.modes.len()).any(|i| self.program.switches[i].clock.is_none() && self.read_mode(i) != self.modes[i])
    }
}

/// When a clock that stands at `value` with this slope next crosses zero, or an integer.
fn crossing(switch: &Switch, now: f64, value: f64, slope: f64) -> f64 {
    if slope == 0.0 || !slope.is_finite() || !value.is_finite() {
        return f64::INFINITY;
    }
    let target = match (switch.kind.is_integer(), slope > 0.0) {
        (false, _) => 0.0,
        (true, true) => value.floor() + 1.0,
        (true, false) => value.ceil() - 1.0,
    };
    let time = now + (target - value) / slope;
    // At the crossing itself the change may come with the next representable time.
    if time >= now { time } else { f64::INFINITY }
}
