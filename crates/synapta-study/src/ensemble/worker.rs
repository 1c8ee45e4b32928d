//! One thread of an ensemble: keeps the lanes of the engine filled with subjects.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use synapta_engine::{Job, Record, Schedule, SimError, State, Stats};

use super::board::{Board, Complete, Pull};
use super::outcome::{Effort, Failed, Outcome, failed_before, failure_time};
use super::part::{About, Rows};
use super::protocol::Protocol;
use super::run::{Ensemble, Machine, Progress};
use super::store::Store;
use crate::error::StudyError;
use crate::subject::history::{Need, Walk};

/// What a thread did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Work {
    /// CPU seconds of the thread.
    pub seconds: f64,
    /// Of these, spent on states before the first dose.
    pub baseline_seconds: f64,
}

/// Works until there is nothing more to do.
pub(super) fn work(ensemble: &Ensemble<'_>, store: &Store, board: &Board<'_>, machine: &Machine<'_>) -> Work {
    let begun = (machine.thread_seconds)();
    let protocol = ensemble.protocol;
    let (program, observables) = protocol.runs();
    let desk = RefCell::new(Desk {
        ensemble,
        store,
        board,
        machine,
        ready: VecDeque::new(),
        under_way: HashMap::new(),
        handed: 0,
        nothing: Arc::new(Schedule::none()),
        clock: Clock::default(),
    });
    while board.wait() {
        desk.borrow_mut().handed = 0;
        let mut jobs = std::iter::from_fn(|| desk.borrow_mut().next());
        let mut done = |number: usize, result| desk.borrow_mut().done(number, result);
        program.simulate_many(&mut jobs, &observables, &protocol.settings, machine.lanes, &mut done);
    }
    let seconds = (machine.thread_seconds)() - begun;
    Work { seconds, baseline_seconds: desk.into_inner().clock.baseline(seconds) }
}

/// A subject whose job is in a lane or waits for one.
struct Task<'a> {
    subject: usize,
    /// The way to the state before the first dose; `None` on the run.
    walk: Option<Walk<'a>>,
    /// What it cost so far.
    stats: Stats,
}

struct Desk<'a> {
    ensemble: &'a Ensemble<'a>,
    store: &'a Store,
    board: &'a Board<'a>,
    machine: &'a Machine<'a>,
    /// Jobs of subjects already begun; they come before new subjects.
    ready: VecDeque<(Job, Task<'a>)>,
    /// Tasks of the jobs handed to the engine, by number.
    under_way: HashMap<usize, Task<'a>>,
    /// Number of jobs handed to the engine.
    handed: usize,
    nothing: Arc<Schedule>,
    clock: Clock,
}

impl<'a> Desk<'a> {
    /// The engine's next job. `None` when there is no subject at the moment; lanes then run empty, and the thread can
    /// wait without keeping a subject of its own from being finished.
    fn next(&mut self) -> Option<Job> {
        loop {
            if let Some((job, task)) = self.ready.pop_front() {
                if !self.ensemble.protocol.suits(&job) {
                    self.take(task, self.ensemble.protocol.alone(&job));
                    continue;
                }
                self.under_way.insert(self.handed, task);
                self.handed += 1;
                return Some(job);
            }
            match self.board.pull() {
                Pull::Subject(subject) => self.begin(subject),
                Pull::Wait | Pull::End => return None,
            }
        }
    }

    fn begin(&mut self, subject: usize) {
        let since = (self.machine.thread_seconds)();
        let protocol: &'a Protocol<'a> = self.ensemble.protocol;
        match protocol.begin(self.ensemble.table, subject) {
            Ok((walk, need)) => self.advance(subject, walk, Stats::default(), need),
            Err(e) => self.deliver(subject, failed_before(&e), Stats::default()),
        }
        self.clock.direct += (self.machine.thread_seconds)() - since;
    }

    /// Takes the result of a job.
    fn done(&mut self, number: usize, result: Result<Record, SimError>) {
        if let Some(task) = self.under_way.remove(&number) {
            self.take(task, result);
        }
    }

    fn take(&mut self, task: Task<'a>, result: Result<Record, SimError>) {
        let Task { subject, walk, mut stats } = task;
        match (walk, result) {
            (Some(mut walk), Ok(record)) => {
                stats = stats + record.stats;
                self.clock.before += record.stats.steps + record.stats.rejected;
                let since = (self.machine.thread_seconds)();
                match walk.go_on(record.final_state) {
                    Ok(need) => self.advance(subject, walk, stats, need),
                    Err(e) => self.deliver(subject, failed_before(&e), stats),
                }
                self.clock.direct += (self.machine.thread_seconds)() - since;
            }
            (Some(walk), Err(source)) => {
                let failed = StudyError::Simulation { context: walk.context(), source };
                self.deliver(subject, failed_before(&failed), stats);
            }
            (None, Ok(record)) => {
                stats = stats + record.stats;
                self.clock.run += record.stats.steps + record.stats.rejected;
                self.deliver(subject, Outcome::Rows(record.values), stats);
            }
            (None, Err(e)) => {
                let time = failure_time(&e).map(|t| self.ensemble.protocol.reported(t));
                self.deliver(subject, Outcome::Failed { time, reason: e.to_string() }, stats);
            }
        }
    }

    /// Makes the next job of a subject ready.
    fn advance(&mut self, subject: usize, walk: Walk<'a>, stats: Stats, need: Need) {
        match need {
            Need::Integrate(state, end) => {
                let job = Job { state, end, output_times: [].into(), schedule: self.nothing.clone() };
                self.ready.push_back((job, Task { subject, walk: Some(walk), stats }));
            }
            Need::Nothing(state) => self.dose(subject, walk, stats, state),
        }
    }

    fn dose(&mut self, subject: usize, walk: Walk<'a>, mut stats: Stats, state: State) {
        stats = stats + walk.stats;
        match self.ensemble.protocol.job(self.ensemble.table, subject, state) {
            Ok(job) => self.ready.push_back((job, Task { subject, walk: None, stats })),
            Err(e) => self.deliver(subject, failed_before(&e), stats),
        }
    }

    fn deliver(&mut self, subject: usize, outcome: Outcome, stats: Stats) {
        self.machine.progress.one(matches!(outcome, Outcome::Failed { .. }));
        if let Some((group, results)) = self.board.deliver(subject, (outcome, stats)) {
            let since = (self.machine.thread_seconds)();
            let written = self.write((group, results));
            self.board.written(group, written);
            self.clock.writing += (self.machine.thread_seconds)() - since;
        }
    }

    fn write(&self, (group, results): Complete) -> Result<(), super::EnsembleError> {
        let table = self.ensemble.table;
        let (mut about, mut effort) = (About::default(), Effort::default());
        let mut rows = Rows { subjects: vec![], values: vec![] };
        for (subject, (outcome, stats)) in self.store.groups.subjects_of(group).zip(&results) {
            effort.add(stats);
            match outcome {
                Outcome::Rows(values) => {
                    about.not_finite += usize::from(values.iter().any(|v| !v.is_finite()));
                    rows.subjects.push(subject);
                    rows.values.push(values);
                }
                Outcome::Failed { time, reason } => {
                    about.failed.push(Failed { subject: table.id(subject), time: *time, reason: reason.clone() });
                }
            }
        }
        about.effort = effort;
        self.store.write_part(group, &table.ids, &rows, &about)
    }
}

/// Where a thread's time went.
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    /// CPU seconds outside the lanes, on states before the first dose.
    direct: f64,
    /// CPU seconds on files.
    writing: f64,
    /// Steps in lanes on the way to the first dose, and after it.
    before: u64,
    run: u64,
}

impl Clock {
    /// CPU seconds on states before the first dose: time in lanes counts by its share of the steps.
    fn baseline(&self, seconds: f64) -> f64 {
        let in_lanes = (seconds - self.direct - self.writing).max(0.0);
        let steps = (self.before + self.run).max(1);
        self.direct + in_lanes * self.before as f64 / steps as f64
    }
}

impl Progress {
    /// One subject more.
    fn one(&self, failed: bool) {
        use std::sync::atomic::Ordering::Relaxed;
        self.done.fetch_add(1, Relaxed);
        self.failed.fetch_add(usize::from(failed), Relaxed);
    }
}
