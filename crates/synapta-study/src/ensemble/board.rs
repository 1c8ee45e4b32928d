//! Hands subjects out in order, and gathers what came of them until a row group is complete.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use synapta_engine::Stats;

use super::groups::Groups;
use super::outcome::{EnsembleError, Outcome};

/// How often a waiting worker looks whether the ensemble was stopped.
const LOOK: Duration = Duration::from_millis(100);

/// What came of one subject and what it cost.
pub(super) type Result1 = (Outcome, Stats);

/// A complete row group: its number and what came of its subjects, in order.
pub(super) type Complete = (usize, Vec<Result1>);

/// What a worker gets to do.
#[derive(Debug, PartialEq)]
pub(super) enum Pull {
    /// This subject.
    Subject(usize),
    /// Nothing until a row group that is open has been written.
    Wait,
    /// Nothing more.
    End,
}

/// Work shared by all workers.
///
/// Row groups open one after another, and no more than `most_open` are open at a time: memory stays bounded even if one
/// subject takes very much longer than the others.
pub(super) struct Board<'a> {
    groups: Groups,
    most_open: usize,
    stop: &'a AtomicBool,
    inner: Mutex<Inner>,
    change: Condvar,
}

struct Inner {
    /// Row groups not yet open.
    closed: VecDeque<usize>,
    /// Subjects of the open groups not yet handed out.
    waiting: VecDeque<usize>,
    open: HashMap<usize, Open>,
    failure: Option<EnsembleError>,
}

struct Open {
    results: Vec<Option<Result1>>,
    missing: usize,
}

impl<'a> Board<'a> {
    /// All subjects of the row groups `missing`.
    pub fn new(groups: Groups, missing: Vec<usize>, most_open: usize, stop: &'a AtomicBool) -> Board<'a> {
        let inner = Inner { closed: missing.into(), waiting: VecDeque::new(), open: HashMap::new(), failure: None };
        Board { groups, most_open: most_open.max(1), stop, inner: Mutex::new(inner), change: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next subject.
    pub fn pull(&self) -> Pull {
        let mut inner = self.lock();
        if inner.failure.is_some() || self.stop.load(Ordering::Relaxed) {
            return Pull::End;
        }
        if inner.waiting.is_empty() {
            if inner.open.len() >= self.most_open && !inner.closed.is_empty() {
                return Pull::Wait;
            }
            let Some(group) = inner.closed.pop_front() else { return Pull::End };
            let subjects = self.groups.subjects_of(group);
            let open = Open { results: subjects.clone().map(|_| None).collect(), missing: subjects.len() };
            inner.open.insert(group, open);
            inner.waiting.extend(subjects);
        }
        inner.waiting.pop_front().map_or(Pull::End, Pull::Subject)
    }

    /// Waits until there is something to pull; false if there is nothing more.
    pub fn wait(&self) -> bool {
        let mut inner = self.lock();
        loop {
            if inner.failure.is_some() || self.stop.load(Ordering::Relaxed) {
                return false;
            }
            if !inner.waiting.is_empty() {
                return true;
            }
            if inner.closed.is_empty() {
                return false;
            }
            if inner.open.len() < self.most_open {
                return true;
            }
            inner = self.change.wait_timeout(inner, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes what came of a subject; gives the row group back if it is complete, to be written.
    pub fn deliver(&self, subject: usize, result: Result1) -> Option<Complete> {
        let group = subject / self.groups.per_group;
        let mut inner = self.lock();
        let open = inner.open.get_mut(&group)?;
        let place = open.results.get_mut(subject - group * self.groups.per_group)?;
        if place.replace(result).is_none() {
            open.missing -= 1;
        }
        if open.missing > 0 {
            return None;
        }
        let results = std::mem::take(&mut open.results);
        Some((group, results.into_iter().flatten().collect()))
    }

    /// Closes a row group that was written, or ends everything if it could not be.
    pub fn written(&self, group: usize, result: Result<(), EnsembleError>) {
        let mut inner = self.lock();
        inner.open.remove(&group);
        if let Err(e) = result {
            inner.failure.get_or_insert(e);
        }
        drop(inner);
        self.change.notify_all();
    }

    /// Why everything ended, if it did for a reason.
    pub fn failure(self) -> Option<EnsembleError> {
        self.inner.into_inner().unwrap_or_else(PoisonError::into_inner).failure
    }
}

#[cfg(test)]
mod tests {
    use super::super::groups::Shard;
    use super::*;

    fn rows() -> Result1 {
        (Outcome::Rows(vec![]), Stats::default())
    }

    fn board(stop: &AtomicBool, most_open: usize) -> Board<'_> {
        let groups = Groups { subjects: 5, rows_each: 1, per_group: 2, shard: Shard::WHOLE };
        Board::new(groups, vec![0, 1, 2], most_open, stop)
    }

    #[test]
    fn subjects_come_in_order_and_groups_complete_in_any() {
        let stop = AtomicBool::new(false);
        let board = board(&stop, 9);
        for i in 0..5 {
            assert_eq!(board.pull(), Pull::Subject(i));
        }
        assert_eq!(board.pull(), Pull::End);
        assert!(board.deliver(2, rows()).is_none());
        assert_eq!(board.deliver(4, rows()).map(|c| (c.0, c.1.len())), Some((2, 1)));
        assert_eq!(board.deliver(3, rows()).map(|c| (c.0, c.1.len())), Some((1, 2)));
    }

    #[test]
    fn no_more_groups_than_allowed_are_open() {
        let stop = AtomicBool::new(false);
        let board = board(&stop, 1);
        assert_eq!((board.pull(), board.pull(), board.pull()), (Pull::Subject(0), Pull::Subject(1), Pull::Wait));
        board.deliver(0, rows());
        assert!(board.deliver(1, rows()).is_some());
        assert_eq!(board.pull(), Pull::Wait, "until it is written");
        board.written(0, Ok(()));
        assert!(board.wait());
        assert_eq!(board.pull(), Pull::Subject(2));
    }

    #[test]
    fn stop_and_failure_end_it() {
        let stop = AtomicBool::new(false);
        let first = board(&stop, 1);
        first.written(0, Err(EnsembleError::Exists { path: "x".into() }));
        assert_eq!(first.pull(), Pull::End);
        assert!(!first.wait() && first.failure().is_some());
        let second = board(&stop, 1);
        stop.store(true, Ordering::Relaxed);
        assert_eq!(second.pull(), Pull::End);
        assert!(!second.wait());
    }
}
