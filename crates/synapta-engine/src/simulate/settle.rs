//! What happens at one instant: actions of stops, switches, events, in SBML's order.

use super::{Run, Slot};
use crate::compile::Place;
use crate::error::SimError;
use crate::state::Pending;

/// Events at one instant beyond which they count as an endless loop.
const MOST_EVENTS: usize = 10_000;

impl Run<'_> {
    /// Carries out everything due now; true if anything changed.
    pub(super) fn settle(&mut self) -> Result<bool, SimError> {
        let mut acted = self.act_now();
        if acted {
            self.load();
        }
        acted |= self.refresh(acted || self.fresh_modes);
        self.fresh_modes = false;
        if !self.events_off && !self.program.events.is_empty() {
            acted |= self.fire()?;
        }
        if acted {
            self.advance.restart();
        }
        Ok(acted)
    }

    fn act_now(&mut self) -> bool {
        let mut acted = false;
        while let Some(stop) = self.stops.get(self.next_stop).filter(|s| s.time <= self.state.time) {
            for action in &stop.actions {
                self.act(action);
                acted = true;
            }
            self.next_stop += 1;
        }
        acted
    }

    /// Brings modes and prologue up to date; true if a mode changed.
    pub(super) fn refresh(&mut self, constants_changed: bool) -> bool {
        self.place();
        if constants_changed {
            self.stepper.kernel.prologue();
        }
        let mut changed = false;
        // A switch may stand inside another's sides, so look again until nothing moves.
        for _ in 0..=self.modes.len() {
            if !self.refresh_once() {
                break;
            }
            changed = true;
            self.stepper.kernel.prologue();
        }
        changed
    }

    fn refresh_once(&mut self) -> bool {
        self.program.switch_tape.run(&mut self.stepper.kernel.file);
        let first = self.program.registers.modes;
        let mut changed = false;
        for i in 0..self.modes.len() {
            let mode = self.read_mode(i);
            if mode != self.modes[i] && !(mode.is_nan() && self.modes[i].is_nan()) {
                self.modes[i] = mode;
                changed = true;
                self.stats.switches += 1;
            }
            self.stepper.kernel.file[first + i] = [self.modes[i]];
        }
        changed
    }

    /// Fires events until none is due.
    fn fire(&mut self) -> Result<bool, SimError> {
        let mut acted = false;
        let mut last = vec![];
        loop {
            self.look_at_triggers()?;
            let Some(waiting) = self.take_due() else {
                return Ok(acted);
            };
            let event = waiting.event;
            self.carry_out(waiting);
            self.stats.events += 1;
            acted = true;
            last.push(event);
            if last.len() > MOST_EVENTS {
                let named = last.iter().rev().take(4).map(|e| self.program.events[*e].id.clone());
                return Err(SimError::EventLoop { time: self.state.time, events: named.collect() });
            }
        }
    }

    /// Compares the triggers with what they were: rising ones are put on the waiting list, falling ones taken off it
    /// unless the event is persistent.
    fn look_at_triggers(&mut self) -> Result<(), SimError> {
        self.place();
        let tape = &self.program.trigger_tape;
        tape.run(&mut self.stepper.kernel.file);
        let read = |r: &u32| self.stepper.kernel.file[*r as usize][0] != 0.0;
        let now: Vec<bool> = tape.outputs.iter().map(read).collect();
        for (event, truth) in now.into_iter().enumerate() {
            let before = std::mem::replace(&mut self.state.triggers[event], truth);
            if truth && !before {
                self.put_on_list(event)?;
            }
            if before && !truth && !self.program.events[event].persistent {
                self.state.pending.retain(|w| w.event != event);
            }
        }
        Ok(())
    }

    fn put_on_list(&mut self, event: usize) -> Result<(), SimError> {
        let tapes = &self.program.event_tapes[event];
        let file = &mut self.stepper.kernel.file;
        let delay = tapes.delay.as_ref().map_or(0.0, |tape| {
            tape.run(file);
            file[tape.outputs[0] as usize][0]
        });
        if delay.is_nan() || delay < 0.0 {
            return Err(SimError::BadDelay {
                event: self.program.events[event].id.clone(),
                time: self.state.time,
                delay,
            });
        }
        let at_trigger = self.program.events[event].values_from_trigger_time;
        let values = at_trigger.then(|| self.event_values(event));
        self.state.pending.push(Pending { event, time: self.state.time + delay, values });
        Ok(())
    }

    fn event_values(&mut self, event: usize) -> Vec<f64> {
        let tape = &self.program.event_tapes[event].values;
        tape.run(&mut self.stepper.kernel.file);
        tape.outputs.iter().map(|r| self.stepper.kernel.file[*r as usize][0]).collect()
    }

    /// The due event of highest priority, off the list; the first that was put there among equals.
    fn take_due(&mut self) -> Option<Pending> {
        let mut best: Option<(usize, f64)> = None;
        for at in 0..self.state.pending.len() {
            if self.state.pending[at].time > self.state.time {
                continue;
            }
            let priority = self.priority(self.state.pending[at].event);
            if best.is_none_or(|(_, highest)| priority > highest) {
                best = Some((at, priority));
            }
        }
        best.map(|(at, _)| self.state.pending.remove(at))
    }

    fn priority(&mut self, event: usize) -> f64 {
        let file = &mut self.stepper.kernel.file;
        self.program.event_tapes[event].priority.as_ref().map_or(f64::NEG_INFINITY, |tape| {
            tape.run(file);
            file[tape.outputs[0] as usize][0]
        })
    }

    fn carry_out(&mut self, waiting: Pending) {
        let values = waiting.values.unwrap_or_else(|| self.event_values(waiting.event));
        let program = self.program;
        let mut constants = false;
        for ((place, compartment, _), value) in program.events[waiting.event].assignments.iter().zip(values) {
            let slot = Slot { place: *place, compartment: *compartment };
            self.set(slot, value);
            constants |= matches!(place, Place::Constant(_));
        }
        self.load();
        self.refresh(constants);
    }
}
