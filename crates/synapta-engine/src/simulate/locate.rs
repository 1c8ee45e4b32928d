//! When switches change: computed ahead for those that follow the clock, located on the continuous solution for others.

use super::Lanes;
use crate::compile::Switch;

/// Where a step is looked at for changes; a condition that turns and turns back between two of these goes unseen.
const LOOKS: [f64; 4] = [0.25, 0.5, 0.75, 1.0];

impl<const W: usize> Lanes<'_, W> {
    /// The next time at which a switch that follows the clock changes in a lane; infinite if none does.
    pub(super) fn next_clock(&mut self, lane: usize) -> f64 {
        if self.program.clock_tape.outputs.is_empty() {
            return f64::INFINITY;
        }
        let (now, end) = (self.runs[lane].state.time, self.runs[lane].end);
        self.place(lane);
        self.program.clock_tape.run(&mut self.stepper.kernel.file);
        let read = |r: u32| self.stepper.kernel.file[r as usize][lane];
        let pairs: Vec<(f64, f64)> =
            self.program.clock_tape.outputs.chunks(2).map(|c| (read(c[0]), read(c[1]))).collect();
        let clocked = (0..self.program.switches.len()).filter(|i| self.program.switches[*i].clock.is_some());
        let clocked: Vec<usize> = clocked.collect();
        let mut next = f64::INFINITY;
        for (i, (value, slope)) in clocked.into_iter().zip(pairs) {
            let guess = crossing(&self.program.switches[i], now, value, slope);
            if guess < next
                && guess <= end
                && let Some(time) = self.first_changed(lane, i, guess)
            {
                next = next.min(time);
            }
        }
        next
    }

    /// The first representable time at which switch `i` has changed, if it is a few steps of rounding from `guess`.
    /// Otherwise the guess itself, from where the next look is closer; `None` if that is now.
    fn first_changed(&mut self, lane: usize, i: usize, guess: f64) -> Option<f64> {
        let now = self.runs[lane].state.time;
        let mut time = if guess > now { guess } else { now.next_up() };
        for _ in 0..8 {
            if self.changed_by_time(lane, i, time) {
                return Some(self.earliest_changed(lane, i, time));
            }
            time = time.next_up();
        }
        (guess > now).then_some(guess)
    }

    fn earliest_changed(&mut self, lane: usize, i: usize, mut time: f64) -> f64 {
        for _ in 0..8 {
            let before = time.next_down();
            if before <= self.runs[lane].state.time || !self.changed_by_time(lane, i, before) {
                break;
            }
            time = before;
        }
        time
    }

    fn changed_by_time(&mut self, lane: usize, i: usize, time: f64) -> bool {
        self.stepper.kernel.set_lane_time(lane, time);
        self.program.switch_tape.run(&mut self.stepper.kernel.file);
        self.read_mode(i, lane) != self.runs[lane].modes[i]
    }

    /// The mode of a switch from its sides, which a run of the switch tape left in the file.
    pub(super) fn read_mode(&self, i: usize, lane: usize) -> f64 {
        let sides = &self.program.switch_tape.outputs[2 * i..2 * i + 2];
        let read = |r: u32| self.stepper.kernel.file[r as usize][lane];
        self.program.switches[i].kind.mode(read(sides[0]), read(sides[1]))
    }

    /// For each of the lanes whose step was accepted, the fraction of it at which a switch first changes, just after
    /// the change; `None` if none does.
    pub(super) fn first_changes(&mut self, accepted: [bool; W]) -> [Option<f64>; W] {
        if self.program.switches.iter().all(|s| s.clock.is_some()) {
            return [None; W];
        }
        let mut found = [None; W];
        let coefficients = self.stepper.dense_of(&self.program.switch_states);
        let mut looking = accepted;
        let mut low = 0.0;
        for look in LOOKS {
            self.look_at([look; W], &coefficients);
            for lane in 0..W {
                if looking[lane] && self.has_changed(lane) {
                    looking[lane] = false;
                    // The search below overwrites this lane's part of the file alone.
                    found[lane] = Some((low, look));
                }
            }
            low = look;
        }
        std::array::from_fn(|lane| found[lane].map(|(low, high)| self.bisect(lane, low, high, &coefficients)))
    }

    fn bisect(&mut self, lane: usize, mut low: f64, mut high: f64, k: &[[[f64; W]; 3]]) -> f64 {
        let (t, h) = (self.runs[lane].state.time, self.runs[lane].advance.h);
        while high - low > 4.0 * f64::EPSILON {
            let middle = 0.5 * (low + high);
            // Time cannot tell the two ends apart any more.
            if t + low * h == t + high * h {
                break;
            }
            self.look_at([middle; W], k);
            if self.has_changed(lane) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    /// Works out the sides of the switches at the fraction `s` of each lane's step.
    fn look_at(&mut self, s: [f64; W], k: &[[[f64; W]; 3]]) {
        for lane in 0..W {
            let run = &self.runs[lane];
            self.stepper.kernel.set_lane_time(lane, run.state.time + s[lane] * run.advance.h);
        }
        for (r, k) in self.program.switch_states.iter().zip(k) {
            let values = std::array::from_fn(|lane| self.stepper.interpolate(*r, lane, &k.map(|k| k[lane]), s[lane]));
            self.stepper.kernel.y()[*r] = values;
        }
        self.program.switch_tape.run(&mut self.stepper.kernel.file);
    }

    /// True if any switch without a clock differs from the lane's mode.
    fn has_changed(&self, lane: usize) -> bool {
        let switches = self.program.switches.iter().enumerate().filter(|(_, s)| s.clock.is_none());
        switches.map(|(i, _)| i).any(|i| self.read_mode(i, lane) != self.runs[lane].modes[i])
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
