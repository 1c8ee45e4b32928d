//! Subjects, regimens, read-outs: what is asked of a model.
//!
//! The way through: a [`library::Library`] is read from the data texts; a regimen line or file becomes
//! [`regimen::Doses`]; a subject is prepared (its pre-dose state is found by simulation); an arm is simulated; read-outs
//! and files are made of its trajectory.

pub mod arm;
pub mod assay;
pub mod ensemble;
pub mod error;
pub mod evidence;
pub mod fit;
pub mod grid;
pub mod library;
pub mod names;
pub mod output;
pub mod picture;
pub mod plan;
pub mod rank;
pub mod readout;
pub mod regimen;
pub mod setting;
pub mod subject;
#[cfg(test)]
mod testing;
pub mod trajectory;
mod words;

pub use error::StudyError;
