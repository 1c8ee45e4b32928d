//! From a model to a program, and its stiff simulation.
//!
//! [`Program::compile`] turns a flat model into tapes: the right-hand side, its sparse analytic Jacobian, events and
//! whatever can be observed. [`Program::initial_state`] gives the start of one subject, [`Program::simulate`] runs it
//! through a [`Schedule`] of doses and parameter changes, [`Program::steady_state`] finds its baseline.
//!
//! The integrator is Rodas5P (Steinebach 2023, BIT Numer. Math. 63:27, doi 10.1007/s10543-023-00967-x), a Rosenbrock
//! method of order five, over lanes of subjects; single runs use one lane.

#![allow(clippy::needless_range_loop)] // lanes and states index several arrays alike

mod compile;
mod elementary;
mod error;
mod kernel;
mod lu;
mod math;
mod native;
mod observe;
mod program;
mod request;
mod rodas;
mod sensitivity;
mod simulate;
mod state;
mod steady;
mod tape;

pub use error::{CompileError, SimError};
pub use native::{IsaError, KernelTimes};
pub use observe::{Form, Observable};
pub use program::{ConstantInfo, Program, Slot, StateInfo, StateKind};
pub use request::{Action, Schedule, Settings, Stop, Tolerances};
pub use sensitivity::{
    Fit, Measurement, Parameter, SensitiveAction, SensitiveJob, SensitiveProgram, SensitiveSchedule, SensitiveSolution,
    SensitiveState, SensitiveSteadyState, SensitiveStop, Sought,
};
pub use simulate::{Job, Record, Solution, Stats};
pub use state::{Overrides, State};
pub use steady::SteadyState;
