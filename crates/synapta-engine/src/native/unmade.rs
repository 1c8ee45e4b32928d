//! Machines for which no code is made: everything says so, and the interpreter does the work.

use super::isa::Isa;
use super::machine::Parts;

/// Never made.
#[derive(Debug)]
pub(super) enum Made {}

impl Made {
    pub fn new(_: &Parts, _: Isa, _: usize) -> Option<Made> {
        None
    }

    pub fn len(&self) -> usize {
        match *self {}
    }

    pub fn prologue<const W: usize>(&self, _: &mut [[f64; W]]) -> bool {
        match *self {}
    }

    pub fn rhs<const W: usize>(&self, _: &mut [[f64; W]]) -> bool {
        match *self {}
    }

    pub fn derivatives<const W: usize>(&self, _: &mut [[f64; W]]) -> bool {
        match *self {}
    }

    pub fn stage<const W: usize>(&self, _: &mut [[f64; W]], _: &[f64; W], _: &mut [[f64; W]]) -> bool {
        match *self {}
    }

    pub fn factorise<const W: usize>(
        &self,
        _: &[[f64; W]],
        _: &[f64; W],
        _: &mut [[f64; W]],
        _: &mut [[f64; W]],
    ) -> Option<[bool; W]> {
        match *self {}
    }

    pub fn solve<const W: usize>(&self, _: &[[f64; W]], _: &mut [[f64; W]]) -> bool {
        match *self {}
    }
}
