//! What happens at one instant: actions of stops, switches, events, in SBML's order.

use super::Lanes;
use crate::compile::Place;
use crate::error::SimError;
use crate::program::Slot;
use crate::state::Pending;

/// Events at one instant beyond which they count as an endless loop.
const MOST_EVENTS: usize = 10_000;

impl<const W: usize> Lanes<'_, W> {
    /// Carries out everything due now in a lane; true if anything changed.
    pub(super) fn settle(&mut self, lane: usize) -> Result<bool, SimError> {
        self.open_instant(lane)?;
        let mut acted = self.act_now(lane);
        if acted {
            self.load(lane);
        }
        let fresh = std::mem::take(&mut self.runs[lane].fresh_modes);
        acted |= self.refresh(lane, acted || fresh);
        if !self.events_off && !self.program.events.is_empty() {
            acted |= self.fire(lane)?;
        }
        self.close_instant(lane)?;
        if acted {
            self.runs[lane].advance.restart();
        }
        Ok(acted)
    }

    fn act_now(&mut self, lane: usize) -> bool {
        let schedule = self.runs[lane].schedule.clone();
        let mut acted = false;
        while let Some(stop) = schedule.stops.get(self.runs[lane].next_stop) {
            if stop.time > self.runs[lane].state.time {
                break;
            }
            for action in &stop.actions {
                self.act(lane, action);
                acted = true;
            }
            self.runs[lane].next_stop += 1;
        }
        acted
    }

    /// Brings a lane's modes and prologue up to date; true if a mode changed.
    pub(super) fn refresh(&mut self, lane: usize, constants_changed: bool) -> bool {
        self.place(lane);
        if constants_changed {
            self.stepper.kernel.prologue();
        }
        let mut changed = false;
        // A switch may stand inside another's sides, so look again until nothing moves.
        for _ in 0..=self.program.switches.len() {
            if !self.refresh_once(lane) {
                break;
            }
            changed = true;
            self.stepper.kernel.prologue();
        }
        changed
    }

    fn refresh_once(&mut self, lane: usize) -> bool {
        self.program.switch_tape.run(&mut self.stepper.kernel.file);
        let first = self.program.registers.modes;
        let mut changed = false;
        for i in 0..self.program.switches.len() {
            let mode = self.read_mode(i, lane);
            let run = &mut self.runs[lane];
            if mode != run.modes[i] && !(mode.is_nan() && run.modes[i].is_nan()) {
                run.modes[i] = mode;
                run.stats.switches += 1;
                changed = true;
            }
            self.stepper.kernel.file[first + i][lane] = run.modes[i];
        }
        changed
    }

    /// Fires a lane's events until none is due.
    fn fire(&mut self, lane: usize) -> Result<bool, SimError> {
        let mut last = vec![];
        loop {
            self.look_at_triggers(lane)?;
            let Some(waiting) = self.take_due(lane) else {
                return Ok(!last.is_empty());
            };
            last.push(waiting.event);
            self.carry_out(lane, waiting);
            self.runs[lane].stats.events += 1;
            if last.len() > MOST_EVENTS {
                let named = last.iter().rev().take(4).map(|e| self.program.events[*e].id.clone());
                return Err(SimError::EventLoop { time: self.runs[lane].state.time, events: named.collect() });
            }
        }
    }

    /// Compares the triggers with what they were: rising ones are put on the waiting list, falling ones taken off it
    /// unless the event is persistent.
    fn look_at_triggers(&mut self, lane: usize) -> Result<(), SimError> {
        self.place(lane);
        let tape = &self.program.trigger_tape;
        tape.run(&mut self.stepper.kernel.file);
        let read = |r: &u32| self.stepper.kernel.file[*r as usize][lane] != 0.0;
        let now: Vec<bool> = tape.outputs.iter().map(read).collect();
        for (event, truth) in now.into_iter().enumerate() {
            let state = &mut self.runs[lane].state;
            let before = std::mem::replace(&mut state.triggers[event], truth);
            if before && !truth && !self.program.events[event].persistent {
                state.pending.retain(|w| w.event != event);
            }
            if truth && !before {
                self.put_on_list(lane, event)?;
            }
        }
        Ok(())
    }

    fn put_on_list(&mut self, lane: usize, event: usize) -> Result<(), SimError> {
        let tapes = &self.program.event_tapes[event];
        let file = &mut self.stepper.kernel.file;
        let delays = tapes.delay.as_ref().map_or(vec![], |tape| {
            tape.run(file);
            tape.outputs.iter().map(|r| file[*r as usize][lane]).collect()
        });
        let delay = delays.first().copied().unwrap_or(0.0);
        let slopes = self.waiting_slopes(lane, &delays);
        let program = self.program;
        let time = self.runs[lane].state.time;
        if delay.is_nan() || delay < 0.0 {
            return Err(SimError::BadDelay { event: program.events[event].id.clone(), time, delay });
        }
        let at_trigger = program.events[event].values_from_trigger_time;
        let values = at_trigger.then(|| self.event_values(lane, event));
        self.runs[lane].state.pending.push(Pending { event, time: time + delay, values, slopes });
        Ok(())
    }

    fn event_values(&mut self, lane: usize, event: usize) -> Vec<f64> {
        let tape = &self.program.event_tapes[event].values;
        tape.run(&mut self.stepper.kernel.file);
        tape.outputs.iter().map(|r| self.stepper.kernel.file[*r as usize][lane]).collect()
    }

    /// The due event of highest priority, off the list; the first that was put there among equals.
    fn take_due(&mut self, lane: usize) -> Option<Pending> {
        let mut best: Option<(usize, f64)> = None;
        for at in 0..self.runs[lane].state.pending.len() {
            let state = &self.runs[lane].state;
            if state.pending[at].time > state.time {
                continue;
            }
            let priority = self.priority(lane, state.pending[at].event);
            if best.is_none_or(|(_, highest)| priority > highest) {
                best = Some((at, priority));
            }
        }
        best.map(|(at, _)| self.runs[lane].state.pending.remove(at))
    }

    fn priority(&mut self, lane: usize, event: usize) -> f64 {
        let file = &mut self.stepper.kernel.file;
        self.program.event_tapes[event].priority.as_ref().map_or(f64::NEG_INFINITY, |tape| {
            tape.run(file);
            file[tape.outputs[0] as usize][lane]
        })
    }

    fn carry_out(&mut self, lane: usize, waiting: Pending) {
        let values = waiting.values.unwrap_or_else(|| self.event_values(lane, waiting.event));
        let program = self.program;
        let mut constants = false;
        let assignments = &program.events[waiting.event].assignments;
        let count = assignments.len();
        for (i, (place, compartment, _)) in assignments.iter().enumerate() {
            let slot = Slot { place: *place, compartment: *compartment };
            self.set(lane, slot, values[i]);
            self.set_slopes(lane, slot, values[i], |k| values[count * (1 + k) + i]);
            // A state that is set changes the sums it is part of, which count as constants.
            constants |= matches!(place, Place::Constant(_)) || !program.dependents.is_empty();
        }
        self.load(lane);
        self.refresh(lane, constants);
    }
}
