//! One run: from stop to stop, with events, roots and outputs.

mod control;
mod locate;
mod report;
mod rest;
mod scale;
mod settle;
mod start_step;

pub(crate) use control::Advance;
pub(crate) use scale::Scale;

use crate::compile::Place;
use crate::error::SimError;
use crate::observe::{Observable, Observer};
use crate::program::{Program, Slot};
use crate::request::{Action, Schedule, Settings};
use crate::rodas::Stepper;
use crate::state::State;

/// What a run cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Accepted steps.
    pub steps: u64,
    /// Rejected steps.
    pub rejected: u64,
    /// Evaluations of the right-hand side.
    pub rhs: u64,
    /// Evaluations of the Jacobian.
    pub jacobians: u64,
    /// LU factorisations.
    pub factorisations: u64,
    /// Those of them that needed row exchanges.
    pub exchanges: u64,
    /// Events carried out.
    pub events: u64,
    /// Switches located (conditions in formulas and triggers that changed).
    pub switches: u64,
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The output times asked for. An output time at which a stop or event acts reports the values after it;
    /// with [`Settings::both_sides`] it stands twice, before and after.
    pub times: Vec<f64>,
    /// A row a time, a column an observable.
    pub values: Vec<Vec<f64>>,
    /// The state at the end, from which a further run can go on.
    pub final_state: State,
    /// What it cost.
    pub stats: Stats,
}

impl Program {
    /// Runs from `state` to `end`.
    ///
    /// `output_times` ascend and lie between the start and the end. The schedule's stops are met exactly.
    ///
    /// # Errors
    /// Requests that make no sense; a run that cannot be completed, with time, state and what to try.
    pub fn simulate(
        &self,
        state: &State,
        end: f64,
        output_times: &[f64],
        observables: &[Observable],
        schedule: &Schedule,
        settings: &Settings,
    ) -> Result<Solution, SimError> {
        let mut run = Run::new(self, state, end, output_times, observables, schedule, settings)?;
        run.go()?;
        Ok(run.finish())
    }
}

/// A run under way. `state.y` is up to date between steps only; during them the stepper's `x` is.
pub(crate) struct Run<'p> {
    pub program: &'p Program,
    pub stepper: Stepper<'p, 1>,
    observer: Observer,
    pub state: State,
    pub end: f64,
    outputs: &'p [f64],
    next_output: usize,
    stops: &'p [crate::request::Stop],
    next_stop: usize,
    pub settings: &'p Settings,
    pub scale: Scale,
    pub advance: Advance,
    /// Mode of each switch.
    modes: Vec<f64>,
    /// True until the modes were looked at once.
    fresh_modes: bool,
    /// True where events are left out of account.
    events_off: bool,
    times: Vec<f64>,
    values: Vec<Vec<f64>>,
    pub stats: Stats,
}

impl<'p> Run<'p> {
    /// A run ready to go, its request checked.
    pub fn new(
        program: &'p Program,
        state: &State,
        end: f64,
        outputs: &'p [f64],
        observables: &[Observable],
        schedule: &'p Schedule,
        settings: &'p Settings,
    ) -> Result<Self, SimError> {
        check(program, state, end, outputs, schedule, settings)?;
        let mut layout = program.layout.clone();
        let observer = Observer::new(program, &mut layout, observables);
        Ok(Run {
            program,
            stepper: Stepper::new(program, &layout),
            observer,
            state: state.clone(),
            end,
            outputs,
            next_output: 0,
            stops: &schedule.stops,
            next_stop: 0,
            settings,
            scale: Scale::new(program, state, schedule, settings),
            advance: Advance::new(settings),
            modes: vec![0.0; program.switches.len()],
            fresh_modes: true,
            events_off: false,
            times: Vec::with_capacity(outputs.len()),
            values: Vec::with_capacity(outputs.len()),
            stats: Stats::default(),
        })
    }
}

impl Run<'_> {
    fn go(&mut self) -> Result<(), SimError> {
        let start = self.state.time;
        self.next_stop = self.stops.partition_point(|s| s.time < start);
        self.load();
        self.settle_and_report()?;
        while self.state.time < self.end {
            let stop = self.next_time();
            self.advance_to(stop)?;
            self.settle_and_report()?;
        }
        Ok(())
    }

    fn finish(self) -> Solution {
        let stats = self.stats();
        Solution { times: self.times, values: self.values, final_state: self.state, stats }
    }

    /// The next time at which something is known to happen.
    fn next_time(&mut self) -> f64 {
        let mut next = self.end;
        if let Some(stop) = self.stops.get(self.next_stop) {
            next = next.min(stop.time);
        }
        for waiting in &self.state.pending {
            next = next.min(waiting.time);
        }
        next.min(self.next_clock())
    }

    /// Puts the state into the register file and the stepper.
    pub fn load(&mut self) {
        self.stepper.kernel.set_constants(0, &self.state.p);
        for (x, y) in self.stepper.x.iter_mut().zip(&self.state.y) {
            *x = [*y];
        }
        self.place();
    }

    /// Puts time and states into the register file, for tapes that read them.
    pub fn place(&mut self) {
        self.stepper.kernel.set_time([self.state.time]);
        for (r, y) in self.stepper.kernel.y().iter_mut().zip(&self.state.y) {
            *r = [*y];
        }
    }

    /// Carries out one action of a stop.
    fn act(&mut self, action: &Action) {
        match action {
            Action::Set(slot, value) => self.set(*slot, *value),
            Action::Add(slot, amount) => *self.stored(slot.place) += amount,
        }
    }

    /// Sets a quantity, a concentration by its compartment's size now.
    fn set(&mut self, slot: Slot, value: f64) {
        let size = slot.compartment.map_or(1.0, |c| self.size(c));
        *self.stored(slot.place) = value * size;
    }

    fn stored(&mut self, place: Place) -> &mut f64 {
        match place {
            Place::State(i) => &mut self.state.y[i],
            Place::Constant(i) => &mut self.state.p[i],
        }
    }

    fn size(&mut self, compartment: usize) -> f64 {
        self.stepper.kernel.set_constants(0, &self.state.p);
        self.stepper.kernel.prologue();
        self.place();
        let tape = &self.program.volume_tape;
        tape.run(&mut self.stepper.kernel.file);
        self.stepper.kernel.file[tape.outputs[compartment] as usize][0]
    }
}

fn check(
    program: &Program,
    state: &State,
    end: f64,
    outputs: &[f64],
    schedule: &Schedule,
    settings: &Settings,
) -> Result<(), SimError> {
    let bad = |what: String| Err(SimError::BadRequest { what });
    if state.y.len() != program.states.len() || state.p.len() != program.constants.len() {
        return bad("the state belongs to another model".into());
    }
    if !end.is_finite() || end < state.time {
        return bad(format!("the end {end} must be a number not before the start {}", state.time));
    }
    if !outputs.windows(2).all(|w| w[0] <= w[1]) {
        return bad("output times must ascend".into());
    }
    if let (Some(first), Some(last)) = (outputs.first(), outputs.last())
        && !(*first >= state.time && *last <= end)
    {
        return bad(format!("output times must lie between the start {} and the end {end}", state.time));
    }
    if !schedule.stops.windows(2).all(|w| w[0].time <= w[1].time) {
        return bad("stops must be sorted by time and their times numbers".into());
    }
    for stop in &schedule.stops {
        let finite = |a: &Action| match a {
            Action::Set(_, v) | Action::Add(_, v) => v.is_finite(),
        };
        if !stop.actions.iter().all(finite) || stop.time.is_nan() {
            return bad(format!("the stop at {} holds a value that is not a number", stop.time));
        }
    }
    if !(settings.rtol > 0.0 && settings.rtol < 1.0) {
        return bad(format!("rtol is {} and must lie between 0 and 1", settings.rtol));
    }
    Ok(())
}
