//! Steps and their sizes.

use super::lanes::{Endings, Lanes};
use crate::error::SimError;
use crate::math;
use crate::native::Work;
use crate::request::Settings;
use crate::rodas::ERROR_ORDER;

/// What the step size control of one lane remembers.
#[derive(Clone, Debug)]
pub(crate) struct Advance {
    /// The step to try next; `None` after a restart.
    step: Option<f64>,
    /// Size and error of the last accepted step, for the predictive control.
    last: Option<(f64, f64)>,
    max_step: f64,
    /// The step being tried, and what it would be without a stop in its way.
    pub h: f64,
    wanted: f64,
    /// Attempts rejected at this point.
    tries: u32,
}

impl Advance {
    pub fn new(settings: &Settings) -> Advance {
        let max_step = settings.max_step.unwrap_or(f64::INFINITY);
        Advance { step: None, last: None, max_step, h: 1.0, wanted: 1.0, tries: 0 }
    }

    /// Forgets the past after a jump.
    pub fn restart(&mut self) {
        self.step = None;
        self.last = None;
    }

    /// True if nothing was tried yet at this point.
    fn is_fresh(&self) -> bool {
        self.tries == 0
    }

    /// Sets out from a new point with `left` to go to the stop.
    fn set_out(&mut self, first: f64, left: f64) {
        self.wanted = self.step.unwrap_or(first);
        self.h = fit(self.wanted.min(self.max_step), left);
    }

    /// What the predictive control takes the fifth root of, after a step with this error.
    fn trend(&self, error: f64) -> f64 {
        let error = error.max(LEAST_ERROR);
        self.last.map_or(1.0, |(_, before)| before / (error * error))
    }

    /// Plans the next step after one with this error and these roots.
    fn accepted(&mut self, error: f64, roots: Roots) {
        let mut factor = self.factor(error, roots);
        if self.tries > 0 {
            factor = factor.min(1.0);
        }
        // A step cut short by a stop says nothing against the longer one that was planned.
        let cut = self.tries == 0 && self.h < self.wanted;
        let next = self.h * factor;
        self.step = Some(if cut { next.max(self.wanted) } else { next });
        self.tries = 0;
    }

    /// A shorter step after one with this error, which is not a number where there is none.
    fn rejected(&mut self, error: f64, roots: Roots) {
        self.tries += 1;
        let wish = SAFETY * roots.wish;
        let factor = if error.is_nan() { 0.1 } else { wish.clamp(0.1, 0.8) };
        self.h *= if self.tries > 2 { factor.min(0.2) } else { factor };
    }

    /// The factor for the next step after an error (K. Gustafsson's predictive control as in Hairer and Wanner,
    /// Solving Ordinary Differential Equations II, section IV.8).
    fn factor(&mut self, error: f64, roots: Roots) -> f64 {
        let error = error.max(LEAST_ERROR);
        let mut factor = SAFETY * roots.wish;
        if let Some((h_before, _)) = self.last {
            factor = factor.min(SAFETY * (self.h / h_before * roots.trend));
        }
        self.last = Some((self.h, error.max(1e-2)));
        factor.clamp(0.2, if error < NEGLIGIBLE { 100.0 } else { 8.0 })
    }
}

/// A step is planned as long as the error estimate allows, times this. With the method's smooth estimates about one
/// attempt in fifty is rejected, which costs less than shorter steps do.
const SAFETY: f64 = 0.95;

/// After an error below this, as the first steps after a jump have, the step may grow more than eightfold.
const NEGLIGIBLE: f64 = 1e-3;

/// Errors below this count as this.
const LEAST_ERROR: f64 = 1e-12;

/// Roots the step size control needs, of the order of the error estimate.
#[derive(Clone, Copy, Debug)]
struct Roots {
    /// Of one over the error.
    wish: f64,
    /// Of [`Advance::trend`].
    trend: f64,
}

/// The roots of all lanes, from errors and trends.
struct AllRoots<const W: usize> {
    errors: [f64; W],
    trends: [f64; W],
}

impl<const W: usize> Work for AllRoots<W> {
    type Output = [Roots; W];

    #[inline(always)]
    fn run(self) -> [Roots; W] {
        let wishes = math::pow(self.errors, [-1.0 / ERROR_ORDER; W]);
        let trends = math::pow(self.trends, [1.0 / ERROR_ORDER; W]);
        let mut roots = [Roots { wish: 0.0, trend: 0.0 }; W];
        for l in 0..W {
            roots[l] = Roots { wish: wishes[l], trend: trends[l] };
        }
        roots
    }
}

impl<const W: usize> Lanes<'_, W> {
    /// One attempt at a step in every live lane.
    pub fn cycle(&mut self) -> Endings<W> {
        let mut endings: Endings<W> = std::array::from_fn(|_| None);
        self.set_out(&mut endings);
        let (t, h) = (self.times(), self.steps());
        let sound = self.stepper.attempt(t, h, self.live);
        let errors = self.stepper.errors(self.settings.rtol, &self.scale.atol);
        let roots = self.roots(errors);
        let mut accepted = [false; W];
        for lane in 0..W {
            if self.live[lane] {
                let sound = sound[lane] && errors[lane].is_finite();
                let error = if sound { errors[lane] } else { f64::NAN };
                match self.judge(lane, error, roots[lane]) {
                    Ok(fine) => accepted[lane] = fine,
                    Err(e) => self.fail(lane, e, &mut endings),
                }
            }
        }
        self.take(accepted, &mut endings);
        endings
    }

    fn roots(&self, errors: [f64; W]) -> [Roots; W] {
        let trends = std::array::from_fn(|l| self.runs[l].advance.trend(errors[l]));
        let errors = errors.map(|e| e.max(LEAST_ERROR));
        self.program.isa.run(AllRoots { errors, trends })
    }

    /// Rates, derivatives and step sizes of lanes at a new point; the others find what they had. An attempt leaves no
    /// rates behind, so those of a lane that was rejected are worked out once more.
    fn set_out(&mut self, endings: &mut Endings<W>) {
        let fresh: [bool; W] = std::array::from_fn(|l| self.live[l] && self.runs[l].advance.is_fresh());
        self.stepper.begin(self.times());
        self.stepper.differentiate();
        if fresh.contains(&true) {
            self.choose_steps(fresh);
        }
        let finite = self.stepper.rates_are_finite();
        for lane in 0..W {
            if !self.live[lane] {
                continue;
            }
            if fresh[lane]
                && !finite
                && let Err(e) = self.check_rates(lane)
            {
                self.fail(lane, e, endings);
            } else if let Err(e) = self.count_step(lane) {
                self.fail(lane, e, endings);
            }
        }
    }

    fn choose_steps(&mut self, fresh: [bool; W]) {
        let starting: [Option<f64>; W] = std::array::from_fn(|l| {
            let run = &self.runs[l];
            (fresh[l] && run.advance.step.is_none()).then_some(run.end - run.state.time)
        });
        let first = if starting.iter().any(Option::is_some) { self.first_steps(starting) } else { [0.0; W] };
        for lane in 0..W {
            if fresh[lane] {
                let run = &mut self.runs[lane];
                run.aim();
                run.advance.set_out(first[lane], run.stop - run.state.time);
                run.stats.rhs += 1;
                run.stats.jacobians += 1;
            }
        }
    }

    /// The time of each lane.
    pub fn times(&self) -> [f64; W] {
        std::array::from_fn(|l| self.runs[l].state.time)
    }

    fn steps(&self) -> [f64; W] {
        std::array::from_fn(|l| self.runs[l].advance.h)
    }

    fn fail(&mut self, lane: usize, error: SimError, endings: &mut Endings<W>) {
        self.live[lane] = false;
        self.unload(lane);
        endings[lane] = Some(Err(error));
    }

    /// Takes note of an attempt's error; true if it is accepted.
    fn judge(&mut self, lane: usize, error: f64, roots: Roots) -> Result<bool, SimError> {
        let run = &mut self.runs[lane];
        run.stats.rhs += 7;
        run.stats.factorisations += 1;
        run.stats.exchanges += u64::from(self.stepper.exchanged(lane));
        if error <= 1.0 {
            run.stats.steps += 1;
            run.advance.accepted(error, roots);
            return Ok(true);
        }
        run.stats.rejected += 1;
        run.advance.rejected(error, roots);
        let (t, h) = (run.state.time, run.advance.h);
        if t + h <= t || h < 1e-280 { Err(self.stalled(lane)) } else { Ok(false) }
    }

    /// Takes over the accepted steps, or their parts up to the first change of a switch.
    fn take(&mut self, accepted: [bool; W], endings: &mut Endings<W>) {
        if !accepted.contains(&true) {
            return;
        }
        let changes = self.first_changes(accepted);
        let mut whole = accepted;
        let mut parts: Vec<(usize, Vec<f64>)> = vec![];
        let mut arrived = [false; W];
        let until: [f64; W] = std::array::from_fn(|l| self.until(l, changes[l]));
        self.report_within(accepted, until);
        for lane in (0..W).filter(|l| accepted[*l]) {
            if let Some(s) = changes[lane] {
                whole[lane] = false;
                parts.push((lane, self.part(lane, s)));
            }
            self.runs[lane].state.time = until[lane];
            arrived[lane] = changes[lane].is_some() || until[lane] >= self.runs[lane].stop;
        }
        self.stepper.accept(whole);
        for (lane, part) in parts {
            self.stepper.x.iter_mut().zip(part).for_each(|(x, y)| x[lane] = y);
        }
        self.scale.grow(accepted, &self.stepper.x);
        for lane in (0..W).filter(|l| arrived[*l]) {
            match self.arrive(lane) {
                Ok(false) => {}
                Ok(true) => endings[lane] = Some(Ok(())),
                Err(e) => self.fail(lane, e, endings),
            }
        }
    }

    /// The time to which the step just made is taken over.
    fn until(&self, lane: usize, change: Option<f64>) -> f64 {
        let run = &self.runs[lane];
        let (t, h, stop) = (run.state.time, run.advance.h, run.stop);
        let reached = if h == stop - t { stop } else { t + h };
        match change {
            Some(s) if s < 1.0 => (t + s * h).min(reached),
            _ => reached,
        }
    }

    /// The states at the fraction `s` of the step.
    fn part(&self, lane: usize, s: f64) -> Vec<f64> {
        let at = |r: usize| self.stepper.interpolate(r, lane, &self.stepper.dense(r, lane), s);
        let mut states: Vec<f64> = (0..self.program.moving()).map(at).collect();
        let sums = self.stepper.kernel.sums().iter().map(|sum| sum[lane]);
        self.program.determine(&mut states, sums);
        states
    }

    pub(super) fn check_rates(&self, lane: usize) -> Result<(), SimError> {
        match self.stepper.f0().iter().position(|f| !f[lane].is_finite()) {
            None => Ok(()),
            Some(i) => Err(SimError::NotFinite {
                time: self.runs[lane].state.time,
                state: self.program.states[i].id.clone(),
                rate: self.stepper.f0()[i][lane],
            }),
        }
    }

    fn count_step(&self, lane: usize) -> Result<(), SimError> {
        let run = &self.runs[lane];
        let steps = run.stats.steps + run.stats.rejected;
        if steps < self.settings.max_steps {
            return Ok(());
        }
        let worst = self.program.states.get(self.worst(lane));
        let state = worst.map(|s| s.id.clone()).unwrap_or_default();
        Err(SimError::TooManySteps { steps, time: run.state.time, end: run.end, state })
    }

    fn stalled(&self, lane: usize) -> SimError {
        let i = self.worst(lane);
        SimError::StepTooSmall {
            time: self.runs[lane].state.time,
            state: self.program.states.get(i).map(|s| s.id.clone()).unwrap_or_default(),
            value: self.stepper.x.get(i).map_or(0.0, |x| x[lane]),
            rtol: self.settings.rtol,
            atol: self.scale.atol.get(i).map_or(0.0, |a| a[lane]),
        }
    }

    /// The state with the largest scaled error in the last attempt; not-a-number counts as largest.
    fn worst(&self, lane: usize) -> usize {
        let error = |i: usize| {
            let e = self.stepper.scaled_error(i, lane, self.settings.rtol, self.scale.atol[i][lane]).abs();
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
