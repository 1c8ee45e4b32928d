//! Where a model comes to rest.
//!
//! The equations are integrated over spans that grow fourfold; once a span changes little, a damped Newton iteration
//! finishes: (I/h - J) d = f with growing h, which is an implicit Euler step of length h (pseudo-transient
//! continuation; C. T. Kelley, D. E. Keyes, SIAM J. Numer. Anal. 35:508 (1998)). A linear combination of states that
//! the reactions conserve has a zero row in f and J alike, so I/h - J is regular and every step keeps it.

use crate::error::SimError;
use crate::program::Program;
use crate::request::{Schedule, Settings};
use crate::simulate::{Job, Lanes, Stats, check};
use crate::state::State;

/// A state at rest.
#[derive(Clone, Debug, PartialEq)]
pub struct SteadyState {
    /// The state; its time and what its events remember are those of the start.
    pub state: State,
    /// Largest rate of a state over its size, per time unit.
    pub residual: f64,
    /// What it cost.
    pub stats: Stats,
}

/// Growth of the spans integrated.
const SPAN_GROWTH: f64 = 4.0;
/// Number of spans; the last is longer than the first by 4^40 = 1e24.
const SPANS: usize = 40;
/// A span that moves every state by less than this, relative to its size, is followed by a Newton iteration.
const CALM: f64 = 0.05;
/// How far from the end of the integration the Newton iteration may lead, relative to each state's size.
const NEAR: f64 = 0.2;
/// The state must not move over this many times the time integrated.
const HORIZON: f64 = 1e6;
/// Relative tolerance of the integration, which only has to find the way.
const WAY_RTOL: f64 = 1e-4;
/// Steps allowed in all.
const MOST_STEPS: u64 = 50_000;

/// How far a Newton iteration may lead from a guess, relative to each state's size.
const WARM_NEAR: f64 = 10.0;
/// A Newton iteration from a guess begins with steps of this many times the first guess at the model's time scale.
const WARM_SPAN: f64 = 1e4;
/// A state found by Newton's method alone must draw the run back over this many times that guess, but no longer than
/// the time below, in the model's unit, over which the rounding of conserved sums stays small.
const CHECK: f64 = 1e8;
const CHECK_TIME: f64 = 1e5;
/// The part of the way back to the guess from which it must do so, and how closely that is followed.
const CHECK_PART: f64 = 0.02;
const CHECK_RTOL: f64 = 1e-3;
/// Steps allowed for it.
const CHECK_STEPS: u64 = 500;

impl Program {
    /// The steady state that the model reaches from `state`, its constants as they are.
    ///
    /// Events are left out; conditions in formulas are in. Conserved sums keep their value. The tolerances hold for
    /// every state: `rtol` of its size plus its atol is a thousand times what it would still move.
    ///
    /// A model may name time where that has no effect on its rates, as in a daily course whose amplitude is zero: they
    /// are compared at a few times and where conditions on time change.
    ///
    /// # Errors
    /// [`SimError::TimeDependent`] if a rate depends on time; [`SimError::NoSteadyState`] with the states that still
    /// move; what a run can fail with.
    pub fn steady_state(&self, state: &State, settings: &Settings) -> Result<SteadyState, SimError> {
        let way = way_settings(settings);
        let mut run = self.rest_run(state, &way)?;
        let mut search = Search { rtol: settings.rtol, start: state, before: vec![] };
        if let Some(found) = search.near(&mut run, NEAR) {
            return Ok(found);
        }
        let mut run = self.rest_run(state, &way)?;
        let found = search.go(&mut run)?;
        run.check_time()?;
        Ok(found)
    }

    /// As [`Program::steady_state`], but first by Newton's method from `guess`, the states of a similar model at rest,
    /// whose conserved sums must be those of `state`. Where that does not lead to a state that lasts, the way from
    /// `state` is integrated as if there were no guess.
    ///
    /// Where a model has several states at rest, the one near the guess is found.
    ///
    /// # Errors
    /// As [`Program::steady_state`]; a guess of another length.
    pub fn steady_state_from(
        &self,
        state: &State,
        guess: &[f64],
        settings: &Settings,
    ) -> Result<SteadyState, SimError> {
        let mut near = state.clone();
        near.y = guess.to_vec();
        let way = way_settings(settings);
        let mut run = self.rest_run(&near, &way)?;
        let search = Search { rtol: settings.rtol, start: state, before: vec![] };
        match search.near(&mut run, WARM_NEAR) {
            Some(found) => Ok(found),
            None => self.steady_state(state, settings),
        }
    }

    fn rest_run<'a>(&'a self, state: &State, way: &'a Settings) -> Result<Lanes<'a, 1>, SimError> {
        check(self, state, f64::MAX, &[], &Schedule::none(), way)?;
        let nothing = Schedule::none().into();
        let job = Job { state: state.clone(), end: f64::MAX, output_times: [].into(), schedule: nothing };
        let mut run = Lanes::<1>::new(self, &job, &[], way);
        run.prepare_rest()?;
        run.check_time()?;
        Ok(run)
    }
}

fn way_settings(settings: &Settings) -> Settings {
    Settings { rtol: settings.rtol.max(WAY_RTOL), max_steps: settings.max_steps.min(MOST_STEPS), ..settings.clone() }
}

struct Search<'a> {
    rtol: f64,
    start: &'a State,
    before: Vec<f64>,
}

impl Search<'_> {
    fn go(&mut self, run: &mut Lanes<'_, 1>) -> Result<SteadyState, SimError> {
        let mut span = run.time_scale()?;
        let start = run.runs[0].state.time;
        for _ in 0..SPANS {
            self.before.clone_from(&run.runs[0].state.y);
            match run.integrate_to(start + span) {
                Ok(()) => {}
                Err(SimError::TooManySteps { .. }) => return Err(self.failure(run, start)),
                Err(other) => return Err(other),
            }
            if self.is_calm(run)
                && let Some(found) = self.newton(run, span, NEAR)
            {
                return Ok(found);
            }
            span *= SPAN_GROWTH;
        }
        Err(self.failure(run, start))
    }

    /// A state at rest near where the run stands, found by Newton's method and checked by integration.
    fn near(&self, run: &mut Lanes<'_, 1>, near: f64) -> Option<SteadyState> {
        let scale = run.time_scale().ok()?;
        let guess = run.runs[0].state.y.clone();
        let mut found = self.newton(run, WARM_SPAN * scale, near)?;
        run.check_time().ok()?;
        let checked = self.draws_back(run, &found, &guess, (CHECK * scale).min(CHECK_TIME))?;
        found.stats = run.stats() + checked;
        Some(found)
    }

    /// What it cost to see that a small step from the state found towards the guess is undone with time; `None` if it
    /// is not. A step towards the guess keeps conserved sums, as the way from there did.
    fn draws_back(&self, run: &Lanes<'_, 1>, found: &SteadyState, guess: &[f64], horizon: f64) -> Option<Stats> {
        let settings = Settings { rtol: CHECK_RTOL, max_steps: CHECK_STEPS, ..run.settings.clone() };
        let mut start = found.state.clone();
        for (y, guess) in start.y.iter_mut().zip(guess) {
            *y += CHECK_PART * (guess - *y);
        }
        let end = start.time + horizon;
        let mut check = run.program.rest_run(&start, &settings).ok()?;
        check.integrate_to(end).ok()?;
        let size = |i: usize| found.state.y[i].abs() + run.scale.atol[i][0] / run.settings.rtol;
        let distance = |y: &[f64]| {
            let scaled = y.iter().zip(&found.state.y).enumerate().map(|(i, (a, b))| (a - b).abs() / size(i));
            scaled.fold(0.0, f64::max)
        };
        let before = distance(&start.y);
        let after = distance(&check.runs[0].state.y);
        (after <= 0.1 * before + run.settings.rtol).then(|| check.stats())
    }

    fn is_calm(&self, run: &Lanes<'_, 1>) -> bool {
        let pairs = self.before.iter().zip(&run.runs[0].state.y).enumerate();
        let size = |i: usize, y: f64| y.abs() + run.scale.atol[i][0] / run.settings.rtol;
        pairs.into_iter().all(|(i, (a, b))| (a - b).abs() <= CALM * size(i, *b))
    }

    /// Newton steps of growing length; `None` if they lead away.
    fn newton(&self, run: &mut Lanes<'_, 1>, span: f64, near: f64) -> Option<SteadyState> {
        let way = run.runs[0].state.y.clone();
        let mut h = span;
        for _ in 0..30 {
            let step = run.newton_step(h)?;
            let small = |(i, d): (usize, &f64)| {
                let size = run.runs[0].state.y[i].abs();
                d.abs() <= (1e-3 * (self.rtol * size + run.scale.atol[i][0])).max(4e-15 * size)
            };
            let done = h >= HORIZON * span && step.iter().enumerate().all(small);
            if !self.is_near(run, &way, near) {
                break;
            }
            if done {
                return self.found(run);
            }
            h = (100.0 * h).min(HORIZON * span);
        }
        run.runs[0].state.y = way;
        run.load(0);
        None
    }

    fn is_near(&self, run: &Lanes<'_, 1>, way: &[f64], near: f64) -> bool {
        let size = |i: usize| way[i].abs() + run.scale.atol[i][0] / self.rtol;
        (0..way.len()).all(|i| (run.runs[0].state.y[i] - way[i]).abs() <= near * size(i))
    }

    /// The result, unless a condition in a formula has another value at rest than on the way.
    fn found(&self, run: &mut Lanes<'_, 1>) -> Option<SteadyState> {
        if run.modes_changed() {
            return None;
        }
        let rates = run.rates();
        let size = |i: usize| run.runs[0].state.y[i].abs() + run.scale.atol[i][0] / self.rtol;
        let relative = rates.iter().enumerate().map(|(i, f)| f.abs() / size(i));
        let residual = relative.fold(0.0, f64::max);
        let mut state = self.start.clone();
        state.y.clone_from(&run.runs[0].state.y);
        // Rounding leaves states that rest at zero a little below it, where a root or a power has no value.
        for (y, atol) in state.y.iter_mut().zip(&run.scale.atol) {
            if *y < 0.0 && *y >= -atol[0] {
                *y = 0.0;
            }
        }
        Some(SteadyState { state, residual, stats: run.stats() })
    }

    fn failure(&self, run: &mut Lanes<'_, 1>, start: f64) -> SimError {
        let rates = run.rates();
        let relative =
            |i: usize| rates[i].abs() / (run.runs[0].state.y[i].abs() + run.scale.atol[i][0] / run.settings.rtol);
        let mut order: Vec<usize> = (0..rates.len()).collect();
        order.sort_by(|a, b| relative(*b).total_cmp(&relative(*a)));
        let states = &run.program.states;
        let entry = |i: &usize| (states[*i].id.clone(), run.runs[0].state.y[*i], rates[*i]);
        SimError::NoSteadyState {
            time: run.runs[0].state.time - start,
            moving: order.iter().take(3).map(entry).collect(),
        }
    }
}
