//! Ensembles: many subjects, each a row of a table, under one protocol, on all cores.
//!
//! The way through: [`read_subjects`] reads the table, a [`Protocol`] says what is done to each subject,
//! [`Ensemble::open`] finds what an earlier run left, [`Ensemble::run`] computes the rest, [`Store::finish`] makes the
//! output. Subjects are gathered in row groups, whose size depends on the size of the output alone. Neither threads nor
//! lanes nor interruptions change a byte of the output.

mod board;
mod cells;
mod groups;
mod lean;
mod outcome;
mod part;
mod protocol;
mod run;
mod store;
mod table;
mod worker;

pub use groups::{Groups, Shard};
pub use outcome::{Effort, EnsembleError, Failed};
pub use protocol::{Protocol, Variable, variable};
pub use run::{Ensemble, Machine, Progress, Worked, best_lanes};
pub use store::{Store, Total};
pub use table::{SubjectIds, SubjectTable, decode, read_subjects};
