//! Runs side by side: every lane has its own time, step size, events and end, and all make one attempt at a step together.
//!
//! Nothing that is computed for a lane depends on what the others hold, so a run has the same bits in any lane of any
//! width beside any company.

use super::many::Job;
use super::run::Run;
use super::{Scale, Solution};
use crate::error::SimError;
use crate::observe::{Observable, Observer};
use crate::program::{Program, Slot};
use crate::request::{Action, Settings};
use crate::rodas::Stepper;

/// Some lanes of one program at work.
pub(crate) struct Lanes<'p, const W: usize> {
    pub program: &'p Program,
    pub settings: &'p Settings,
    pub stepper: Stepper<'p, W>,
    pub observer: Observer,
    pub scale: Scale<W>,
    pub runs: [Run; W],
    /// Lanes with a run that has not ended.
    pub live: [bool; W],
    /// True where events are left out of account.
    pub events_off: bool,
}

/// How a lane's run ended in a cycle; `None` for lanes that go on or were idle.
pub(crate) type Endings<const W: usize> = [Option<Result<(), SimError>>; W];

impl<'p, const W: usize> Lanes<'p, W> {
    /// Idle lanes, filled with the numbers of `template` so that whatever is computed in them is harmless.
    pub fn new(program: &'p Program, template: &Job, observables: &[Observable], settings: &'p Settings) -> Self {
        let mut layout = program.layout.clone();
        let observer = Observer::new(program, &mut layout, observables);
        let mut lanes = Lanes {
            program,
            settings,
            stepper: Stepper::new(program, &layout),
            runs: std::array::from_fn(|_| Run::new(program, template.clone(), observer.columns(), settings)),
            observer,
            scale: Scale::new(program.states.len()),
            live: [false; W],
            events_off: false,
        };
        for lane in 0..W {
            lanes.park(lane, template.clone());
        }
        lanes
    }

    /// Leaves a lane idle with the numbers of a job.
    pub fn park(&mut self, lane: usize, job: Job) {
        let p = self.program;
        self.scale.start(lane, p, &job.state, &job.schedule, self.settings);
        self.runs[lane] = Run::new(p, job, self.observer.columns(), self.settings);
        self.live[lane] = false;
        self.load(lane);
        // The lane's last run left its modes, on which the prologue rests.
        for (mode, value) in self.runs[lane].modes.iter().enumerate() {
            self.stepper.kernel.file[p.registers.modes + mode][lane] = *value;
        }
        self.stepper.kernel.prologue();
    }

    /// Starts a job in a lane; true if it is at its end already.
    ///
    /// The job must have passed [`super::check`].
    pub fn start(&mut self, lane: usize, job: Job) -> Result<bool, SimError> {
        self.park(lane, job);
        self.settle_and_report(lane)?;
        self.go_on(lane)
    }

    /// Runs one job to its end in the first lane.
    pub fn alone(&mut self, job: Job) -> Result<(), SimError> {
        if self.start(0, job)? {
            return Ok(());
        }
        self.drive(0)
    }

    /// Cycles until the lane's run ends.
    pub fn drive(&mut self, lane: usize) -> Result<(), SimError> {
        loop {
            if let Some(ending) = self.cycle()[lane].take() {
                return ending;
            }
        }
    }

    /// What the first lane's run found.
    pub fn solution(&mut self) -> Solution {
        let columns = self.observer.columns();
        let record = self.record(0);
        let rows = record.values.chunks(columns.max(1)).map(<[f64]>::to_vec);
        let values = if columns == 0 { vec![vec![]; record.times.len()] } else { rows.collect() };
        Solution { times: record.times, values, final_state: record.final_state, stats: record.stats }
    }

    /// Makes the lane live until its next stop; true if its run is at its end.
    fn go_on(&mut self, lane: usize) -> Result<bool, SimError> {
        let ended = self.runs[lane].state.time >= self.runs[lane].end;
        self.live[lane] = !ended;
        if !ended {
            self.runs[lane].stop = self.next_time(lane);
        }
        Ok(ended)
    }

    /// Settles what happens where the lane stands, then as [`Lanes::go_on`].
    pub fn arrive(&mut self, lane: usize) -> Result<bool, SimError> {
        self.unload(lane);
        self.settle_and_report(lane)?;
        self.go_on(lane)
    }

    /// The next time at which something is known to happen in a lane.
    fn next_time(&mut self, lane: usize) -> f64 {
        let run = &self.runs[lane];
        let mut next = run.end;
        if let Some(stop) = run.schedule.stops.get(run.next_stop) {
            next = next.min(stop.time);
        }
        for waiting in &run.state.pending {
            next = next.min(waiting.time);
        }
        next.min(self.next_clock(lane))
    }

    /// Puts a lane's state into the register file and the stepper.
    pub fn load(&mut self, lane: usize) {
        let state = &self.runs[lane].state;
        self.stepper.kernel.set_constants(lane, state);
        for (x, y) in self.stepper.x.iter_mut().zip(&state.y) {
            x[lane] = *y;
        }
        self.place(lane);
    }

    /// Puts a lane's time and states into the register file, for tapes that read them.
    pub fn place(&mut self, lane: usize) {
        let state = &self.runs[lane].state;
        self.stepper.kernel.set_lane_time(lane, state.time);
        for (r, y) in self.stepper.kernel.y().iter_mut().zip(&state.y) {
            r[lane] = *y;
        }
    }

    /// Brings a lane's state up to date with the stepper.
    pub fn unload(&mut self, lane: usize) {
        for (y, x) in self.runs[lane].state.y.iter_mut().zip(self.stepper.x.iter()) {
            *y = x[lane];
        }
    }

    /// Carries out one action of a stop.
    pub fn act(&mut self, lane: usize, action: &Action) {
        if self.act_on_slopes(lane, action) {
            return;
        }
        match action {
            Action::Set(slot, value) => {
                self.set(lane, *slot, *value);
                self.set_slopes(lane, *slot, *value, |_| 0.0);
            }
            Action::Add(slot, amount) => *self.runs[lane].stored(slot.place) += amount,
        }
    }

    /// Sets a quantity, a concentration by its compartment's size then.
    pub fn set(&mut self, lane: usize, slot: Slot, value: f64) {
        let size = slot.compartment.map_or(1.0, |c| self.size(lane, c));
        *self.runs[lane].stored(slot.place) = value * size;
    }

    /// The size of a compartment as the lane's state is.
    pub(super) fn size(&mut self, lane: usize, compartment: usize) -> f64 {
        self.stepper.kernel.set_constants(lane, &self.runs[lane].state);
        self.stepper.kernel.prologue();
        self.place(lane);
        let tape = &self.program.volume_tape;
        tape.run(&mut self.stepper.kernel.file);
        self.stepper.kernel.file[tape.outputs[compartment] as usize][lane]
    }
}
