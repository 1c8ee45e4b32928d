//! Many runs through a few lanes.

use super::lanes::Lanes;
use super::{Stats, check};
use crate::error::SimError;
use crate::observe::Observable;
use crate::program::Program;
use crate::request::{Schedule, Settings};
use crate::state::State;
use std::sync::Arc;

/// One run to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Where it starts.
    pub state: State,
    /// When it ends.
    pub end: f64,
    /// Output times; they ascend and lie between the start and the end.
    pub output_times: Arc<[f64]>,
    /// What is done to it.
    pub schedule: Arc<Schedule>,
}

/// What one run found.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The output times, as in [`super::Solution::times`].
    pub times: Vec<f64>,
    /// Observables at those times, row after row: time by observable.
    pub values: Vec<f64>,
    /// The state at the end.
    pub final_state: State,
    /// What it cost.
    pub stats: Stats,
}

impl<const W: usize> Lanes<'_, W> {
    /// What a lane's run found; the lane is left without it.
    pub fn record(&mut self, lane: usize) -> Record {
        let run = &mut self.runs[lane];
        Record {
            times: std::mem::take(&mut run.times),
            values: std::mem::take(&mut run.values),
            final_state: run.state.clone(),
            stats: run.stats,
        }
    }

    /// Fills an idle lane with the next job that has something to integrate. Jobs that end at once or cannot start
    /// are handed to `done`; false if there are no more jobs.
    fn fill(&mut self, lane: usize, feed: &mut Feed<'_>) -> bool {
        while let Some((index, job)) = feed.next() {
            feed.index[lane] = index;
            let ending = check(self.program, &job.state, job.end, &job.output_times, &job.schedule, self.settings)
                .and_then(|()| self.start(lane, job));
            match ending {
                Ok(false) => return true,
                Ok(true) => self.hand_over(lane, Ok(()), feed),
                Err(e) => self.hand_over(lane, Err(e), feed),
            }
        }
        false
    }

    fn hand_over(&mut self, lane: usize, ending: Result<(), SimError>, feed: &mut Feed<'_>) {
        let index = feed.index[lane];
        let failed = ending.is_err();
        let record = self.record(lane);
        (feed.done)(index, ending.map(|()| record));
        if failed {
            // The lane computes on with sound numbers.
            self.park(lane, feed.template.clone());
        }
    }

    fn go(&mut self, feed: &mut Feed<'_>) {
        for lane in 0..W {
            if !self.fill(lane, feed) {
                break;
            }
        }
        while self.live.contains(&true) {
            let endings = self.cycle();
            for (lane, ending) in endings.into_iter().enumerate() {
                if let Some(ending) = ending {
                    self.hand_over(lane, ending, feed);
                    self.fill(lane, feed);
                }
            }
        }
    }
}

/// Where jobs come from and where records go.
struct Feed<'a> {
    jobs: &'a mut dyn Iterator<Item = Job>,
    waiting: Option<Job>,
    count: usize,
    /// Number of the job in each lane.
    index: Vec<usize>,
    template: Job,
    done: &'a mut dyn FnMut(usize, Result<Record, SimError>),
}

impl Feed<'_> {
    fn next(&mut self) -> Option<(usize, Job)> {
        let job = self.waiting.take().or_else(|| self.jobs.next())?;
        self.count += 1;
        Some((self.count - 1, job))
    }
}

impl Program {
    /// Runs jobs side by side in `width` lanes of one thread (1, 4, 8 or 16; other widths are rounded down) and hands
    /// each result to `done` with the job's number in the order of `jobs`, as soon as it is there. A result has the
    /// same bits as that of [`Program::simulate`], whatever the width and the other jobs.
    ///
    /// Jobs are taken one by one as lanes become free, so `jobs` may be endless work made on demand; where it ends, the
    /// runs under way are completed.
    ///
    /// A job that makes no sense or cannot be completed is handed over as its error; the others go on.
    pub fn simulate_many(
        &self,
        jobs: &mut dyn Iterator<Item = Job>,
        observables: &[Observable],
        settings: &Settings,
        width: usize,
        done: &mut dyn FnMut(usize, Result<Record, SimError>),
    ) {
        match width {
            16.. => self.many::<16>(jobs, observables, settings, done),
            8.. => self.many::<8>(jobs, observables, settings, done),
            4.. => self.many::<4>(jobs, observables, settings, done),
            _ => self.many::<1>(jobs, observables, settings, done),
        }
    }

    fn many<const W: usize>(
        &self,
        jobs: &mut dyn Iterator<Item = Job>,
        observables: &[Observable],
        settings: &Settings,
        done: &mut dyn FnMut(usize, Result<Record, SimError>),
    ) {
        let mut count = 0;
        // The first job that makes sense also lends its numbers to idle lanes.
        while let Some(job) = jobs.next() {
            match check(self, &job.state, job.end, &job.output_times, &job.schedule, settings) {
                Ok(()) => {
                    let mut lanes = Lanes::<W>::new(self, &job, observables, settings);
                    let template = job.clone();
                    let index = vec![0; W];
                    lanes.go(&mut Feed { jobs, waiting: Some(job), count, index, template, done });
                    return;
                }
                Err(e) => done(count, Err(e)),
            }
            count += 1;
        }
    }
}
