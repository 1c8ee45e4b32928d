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

impl Program {
    /// The steady state that the model reaches from `state`, its constants as they are.
    ///
    /// Events are left out; conditions in formulas are in. Conserved sums keep their value. The tolerances hold for
    /// every state: `rtol` of its size plus its atol is a thousand times what it would still move.
    ///
    /// # Errors
    /// [`SimError::TimeDependent`] if a rate depends on time; [`SimError::NoSteadyState`] with the states that still
    /// move; what a run can fail with.
    pub fn steady_state(&self, state: &State, settings: &Settings) -> Result<SteadyState, SimError> {
        if let Some(row) = self.time_dependent.first() {
            let state = self.states[*row as usize].id.clone();
            return Err(SimError::TimeDependent { state });
        }
        let way = Settings {
            rtol: settings.rtol.max(WAY_RTOL),
            max_steps: settings.max_steps.min(MOST_STEPS),
            ..settings.clone()
        };
        check(self, state, f64::MAX, &[], &Schedule::none(), &way)?;
        let nothing = Schedule::none().into();
        let job = Job { state: state.clone(), end: f64::MAX, output_times: [].into(), schedule: nothing };
        let mut run = Lanes::<1>::new(self, &job, &[], &way);
        run.prepare_rest()?;
        let mut search = Search { rtol: settings.rtol, start: state, before: vec![] };
        search.go(&mut run)
    }
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
                && let Some(found) = self.newton(run, span)
            {
                return Ok(found);
            }
            span *= SPAN_GROWTH;
        }
        Err(self.failure(run, start))
    }

    fn is_calm(&self, run: &Lanes<'_, 1>) -> bool {
        let pairs = self.before.iter().zip(&run.runs[0].state.y).enumerate();
        let size = |i: usize, y: f64| y.abs() + run.scale.atol[i][0] / run.settings.rtol;
        pairs.into_iter().all(|(i, (a, b))| (a - b).abs() <= CALM * size(i, *b))
    }

    /// Newton steps of growing length; `None` if they lead away.
    fn newton(&self, run: &mut Lanes<'_, 1>, span: f64) -> Option<SteadyState> {
        let way = run.runs[0].state.y.clone();
        let mut h = span;
        for _ in 0..30 {
            let step = run.newton_step(h)?;
            let small = |(i, d): (usize, &f64)| {
                let size = run.runs[0].state.y[i].abs();
                d.abs() <= (1e-3 * (self.rtol * size + run.scale.atol[i][0])).max(4e-15 * size)
            };
            let done = h >= HORIZON * span && step.iter().enumerate().all(small);
            if !self.is_near(run, &way) {
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

    fn is_near(&self, run: &Lanes<'_, 1>, way: &[f64]) -> bool {
        let size = |i: usize| way[i].abs() + run.scale.atol[i][0] / self.rtol;
        (0..way.len()).all(|i| (run.runs[0].state.y[i] - way[i]).abs() <= NEAR * size(i))
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
