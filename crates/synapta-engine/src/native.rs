//! Programs as machine code: the tapes, the factorisation and the solution of one program for one number of lanes.
//!
//! The interpreter ([`crate::tape`]) and the tables ([`crate::lu`]) say what is computed; code does the same operations
//! in the same order, each rounded once, so that results have the same bits (not-a-number has none that count). A product
//! with a sum is one operation, rounded once, everywhere; there is no reciprocal approximation, and nothing is summed in
//! another order.
//!
//! A program becomes *lines* of operations on places in memory (`tapes.rs`, `linear.rs`; `line.rs` says what a line is).
//! Vector registers are a cache of places (`liveness.rs`, `allocate.rs`), `emit.rs` and `operations.rs` pick instructions, `frame.rs`
//! addresses, `encode.rs` bytes. `exp`, `ln`, `pow` and rare functions are calls of the functions of [`crate::math`]
//! (`calls.rs`), compiled for the same instruction set (`isa.rs`).
//!
//! All `unsafe` of the crate is in this module and those below. What it rests on:
//!
//! - An [`Isa`] other than the portable one exists only where the machine has its instructions.
//! - Code touches its arguments alone: `made.rs` compares the length of every array with the largest index of the line
//!   before it calls, and the width of the lanes with the one the code was made for. Loads and stores are as long as the
//!   lanes of a place, and need no alignment; packed logical operations on single doubles take constants and registers
//!   only, never a place in memory, which would be read beyond its end.
//! - Code keeps the general registers that its calling convention (System V) preserves, and keeps the stack at a multiple
//!   of 16 at calls.
//! - What code calls does not unwind: a panic there would end the process.
//! - Pages are never writable and executable at once.

#![allow(unsafe_code)] // see above

#[cfg(target_arch = "x86_64")]
mod allocate;
mod block;
#[cfg(target_arch = "x86_64")]
mod calls;
#[cfg(target_arch = "x86_64")]
mod emit;
#[cfg(target_arch = "x86_64")]
mod encode;
#[cfg(target_arch = "x86_64")]
mod frame;
mod isa;
#[cfg(target_arch = "x86_64")]
mod line;
#[cfg(target_arch = "x86_64")]
mod linear;
#[cfg(target_arch = "x86_64")]
mod liveness;
mod machine;
#[cfg(target_arch = "x86_64")]
mod made;
#[cfg(not(target_arch = "x86_64"))]
#[path = "native/unmade.rs"]
mod made;
mod measure;
#[cfg(target_arch = "x86_64")]
mod memory;
#[cfg(target_arch = "x86_64")]
mod operations;
#[cfg(target_arch = "x86_64")]
mod tapes;

pub(crate) use block::Block;
pub use isa::IsaError;
pub(crate) use isa::{Isa, Work};
pub(crate) use machine::{Machine, Machines, Parts, TEMPORARIES};
pub use measure::KernelTimes;

#[cfg(all(test, target_arch = "x86_64"))]
mod tests;
