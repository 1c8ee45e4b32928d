//! Sensitivities through an instant at which something jumps.
//!
//! Let the instant be tau(p). Before anything acts, s becomes s + f dtau/dp, the slope of the state at the instant itself
//! wherever the parameter moves it; assignments replace slopes by those of what they assign; at the end
//! f dtau/dp, with the rates f as they are then, is taken away again. For a state that nothing assigned this leaves
//! s + (f before - f after) dtau/dp, which is formed as such, so that a jump that changes no rate changes no digit.
//! The slope of the instant of a switch with gap g(y, p, t) is -(dg/dy s + dg/dp) / (dg/dt + dg/dy f).

use super::Lanes;
use crate::compile::{Carried, Place};
use crate::error::SimError;
use crate::program::Slot;
use crate::request::Action;

/// Slopes of one instant that differ by less than this, relative to their size, are the same.
const SAME: f64 = 1e-6;
/// A difference of slopes that moves the instant by less than this times the time is none.
const NO_TIME: f64 = 1e-12;

/// An instant that a parameter moves, while it is settled.
#[derive(Clone, Debug)]
pub(crate) struct Instant {
    /// Its slope by each parameter.
    slopes: Vec<f64>,
    /// What it comes from, in words.
    cause: String,
    /// Rates before anything acted.
    rates: Vec<f64>,
    /// Sensitivities at a fixed time before anything acted, and what was added to them.
    fixed: Vec<f64>,
    /// True for sensitivities that an assignment replaced.
    replaced: Vec<bool>,
}

/// Something that makes an instant, with its slopes.
struct Cause {
    name: String,
    slopes: Vec<f64>,
}

impl<const W: usize> Lanes<'_, W> {
    /// Looks at what is about to happen in a lane and, if a parameter moves the time of it, goes over to slopes at the
    /// instant.
    pub(super) fn open_instant(&mut self, lane: usize) -> Result<(), SimError> {
        let Some(carried) = self.program.sensitivity.as_deref() else { return Ok(()) };
        let causes = self.causes(lane, carried);
        let Some(cause) = self.agreed(lane, carried, causes)? else { return Ok(()) };
        if self.runs[lane].fresh_modes {
            self.refresh(lane, true);
        }
        let rates = self.rates_now(lane, carried.n);
        let run = &mut self.runs[lane];
        let first = carried.n;
        let fixed = run.state.y[first..].to_vec();
        for (k, slope) in cause.slopes.iter().enumerate() {
            run.state.p[carried.times + k] = *slope;
            for (s, f) in run.state.y[first + k * carried.n..].iter_mut().zip(&rates) {
                *s += shift(*f, *slope);
            }
        }
        let replaced = vec![false; fixed.len()];
        run.instant = Some(Instant { slopes: cause.slopes, cause: cause.name, rates, fixed, replaced });
        self.stepper.kernel.set_constants(lane, &self.runs[lane].state);
        Ok(())
    }

    /// Goes back to slopes at a fixed time.
    pub(super) fn close_instant(&mut self, lane: usize) -> Result<(), SimError> {
        let Some(carried) = self.program.sensitivity.as_deref() else { return Ok(()) };
        let Some(instant) = self.runs[lane].instant.take() else { return Ok(()) };
        let rates = self.rates_now(lane, carried.n);
        let run = &mut self.runs[lane];
        for (k, slope) in instant.slopes.iter().enumerate() {
            run.state.p[carried.times + k] = 0.0;
            for i in 0..carried.n {
                let at = k * carried.n + i;
                let s = &mut run.state.y[carried.n + at];
                *s = if instant.replaced[at] {
                    *s - shift(rates[i], *slope)
                } else {
                    instant.fixed[at] + shift(instant.rates[i] - rates[i], *slope)
                };
                if !s.is_finite() {
                    let (parameter, time) = (carried.names[k].clone(), run.state.time);
                    return Err(SimError::NoCrossing { time, cause: instant.cause, parameter });
                }
            }
        }
        self.load(lane);
        Ok(())
    }

    fn causes(&mut self, lane: usize, carried: &Carried) -> Vec<Cause> {
        let mut causes = vec![];
        let run = &self.runs[lane];
        let now = run.state.time;
        for stop in run.schedule.stops[run.next_stop..].iter().take_while(|s| s.time <= now) {
            let mut slopes = vec![0.0; carried.m];
            for action in &stop.actions {
                if let Action::Set(slot, value) = action
                    && let Some(k) = carried.instant_of(slot.place)
                {
                    slopes[k] = *value;
                }
            }
            causes.push(Cause { name: "a stop of the schedule".into(), slopes });
        }
        for waiting in run.state.pending.iter().filter(|w| w.time <= now && !self.events_off) {
            let event = &self.program.events[waiting.event].id;
            causes.push(Cause { name: format!("the delayed event `{event}`"), slopes: waiting.slopes.clone() });
        }
        if !run.fresh_modes {
            causes.extend(self.crossed(lane, carried));
        }
        causes
    }

    /// The switches that changed while time ran.
    fn crossed(&mut self, lane: usize, carried: &Carried) -> Vec<Cause> {
        self.place(lane);
        self.program.switch_tape.run(&mut self.stepper.kernel.file);
        let differs = |i: &usize| {
            let (mode, before) = (self.read_mode(*i, lane), self.runs[lane].modes[*i]);
            mode != before && !(mode.is_nan() && before.is_nan())
        };
        let changed: Vec<usize> = (0..self.program.switches.len()).filter(differs).collect();
        if changed.is_empty() {
            return vec![];
        }
        carried.crossings.run(&mut self.stepper.kernel.file);
        let width = 1 + carried.m;
        let read = |r: u32| self.stepper.kernel.file[r as usize][lane];
        let cause = |i: usize| {
            let outputs = &carried.crossings.outputs[i * width..(i + 1) * width];
            let speed = read(outputs[0]);
            let slope = |r: &u32| if read(*r) == 0.0 { 0.0 } else { -read(*r) / speed };
            Cause { name: carried.labels[i].clone(), slopes: outputs[1..].iter().map(slope).collect() }
        };
        changed.into_iter().map(cause).collect()
    }

    /// The first cause, if all agree on the slopes of the instant and one of them is not zero.
    fn agreed(&self, lane: usize, carried: &Carried, causes: Vec<Cause>) -> Result<Option<Cause>, SimError> {
        let mut causes = causes.into_iter();
        let Some(first) = causes.next() else { return Ok(None) };
        let run = &self.runs[lane];
        for other in causes {
            for (k, (a, b)) in first.slopes.iter().zip(&other.slopes).enumerate() {
                let scale = run.state.p[carried.scales + k];
                let least = NO_TIME * run.state.time.abs() / scale;
                // Written so that not-a-number differs from everything.
                if !(a == b || (a - b).abs() <= (SAME * a.abs().max(b.abs())).max(least)) {
                    let (time, parameter) = (run.state.time, carried.names[k].clone());
                    let causes = (first.name.clone(), other.name);
                    return Err(SimError::Coincidence { time, causes, parameter });
                }
            }
        }
        let moved = first.slopes.iter().any(|s| *s != 0.0);
        Ok(moved.then_some(first))
    }

    fn rates_now(&mut self, lane: usize, n: usize) -> Vec<f64> {
        self.place(lane);
        self.stepper.kernel.rhs()[..n].iter().map(|f| f[lane]).collect()
    }

    /// The slopes of the time until which an event waits, from its delay and the delay's slopes.
    pub(super) fn waiting_slopes(&self, lane: usize, delays: &[f64]) -> Vec<f64> {
        let Some(carried) = self.program.sensitivity.as_deref() else { return vec![] };
        let instants = &self.runs[lane].state.p[carried.times..carried.scales];
        let slope = |(k, instant): (usize, &f64)| instant + delays.get(1 + k).copied().unwrap_or(0.0);
        instants.iter().enumerate().map(slope).collect()
    }

    /// The slopes of a quantity that was just set; `slope` gives that of the value by each parameter.
    pub(super) fn set_slopes(&mut self, lane: usize, slot: Slot, value: f64, slope: impl Fn(usize) -> f64) {
        let Some(carried) = self.program.sensitivity.as_deref() else { return };
        let sizes = slot.compartment.map(|c| (self.size(lane, c), self.size_slopes(lane, carried, c)));
        for k in 0..carried.m {
            let Some(place) = carried.slope(slot.place, k) else { continue };
            *self.runs[lane].stored(place) = match &sizes {
                Some((size, slopes)) => slope(k) * size + value * slopes[k],
                None => slope(k),
            };
            if let (Place::State(i), Some(instant)) = (place, &mut self.runs[lane].instant) {
                instant.replaced[i - carried.n] = true;
            }
        }
    }

    /// [`Lanes::size`] must just have run for the slopes to be those of what the state is.
    fn size_slopes(&mut self, lane: usize, carried: &Carried, compartment: usize) -> Vec<f64> {
        let file = &mut self.stepper.kernel.file;
        carried.volumes.run(file);
        let count = self.program.volume_tape.outputs.len();
        (0..carried.m).map(|k| file[carried.volumes.outputs[k * count + compartment] as usize][lane]).collect()
    }

    /// Carries out an action of a stop on slopes; false if it is one on values. Slopes of a quantity are added to; its
    /// compartment, if given, counts as in setting the quantity. The slope of an instant was looked at before.
    pub(super) fn act_on_slopes(&mut self, lane: usize, action: &Action) -> bool {
        let Some(carried) = self.program.sensitivity.as_deref() else { return false };
        let (Action::Set(slot, value) | Action::Add(slot, value)) = action;
        let is_slope = match slot.place {
            Place::State(i) => i >= carried.n,
            Place::Constant(j) => j >= carried.constants,
        };
        if !is_slope {
            return false;
        }
        if carried.instant_of(slot.place).is_none() {
            let size = slot.compartment.map_or(1.0, |c| self.size(lane, c));
            let run = &mut self.runs[lane];
            *run.stored(slot.place) += value * size;
            if let (Place::State(i), Some(instant)) = (slot.place, &mut run.instant) {
                instant.fixed[i - carried.n] += value * size;
            }
        }
        true
    }
}

/// `rate * slope`, where no rate means no shift whatever the slope.
fn shift(rate: f64, slope: f64) -> f64 {
    if rate == 0.0 || slope == 0.0 { 0.0 } else { rate * slope }
}
