//! Straight lines of operations on places in memory: what tapes, factorisation and solution become before registers are
//! given out.

use super::calls::Function;

/// One operation. A product with a sum is rounded once, `Mul3` after each product.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Op {
    Copy,
    Sqrt,
    /// `a` if it is finite, else zero.
    Finite,
    Add,
    Sub,
    Mul,
    Div,
    And,
    Xor,
    /// `a*b + c`
    MulAdd,
    /// `a*b - c`
    MulSub,
    /// `c - a*b`
    SubMul,
    /// `(a*b)*c`
    Mul3,
    /// `b` if `a` is not zero, else `c`
    Select,
    /// Notes the lanes in which `a > b` does not hold; has no destination.
    Greater,
    /// A call of a function in Rust.
    Call(Function),
}

impl Op {
    /// Number of its arguments.
    pub fn arity(self) -> usize {
        match self {
            Op::Copy | Op::Sqrt | Op::Finite => 1,
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::And | Op::Xor | Op::Greater => 2,
            Op::MulAdd | Op::MulSub | Op::SubMul | Op::Mul3 | Op::Select => 3,
            Op::Call(f) => f.arity(),
        }
    }
}

/// A place: a register of an area, or a constant. Numbers run through the areas, then through the constants.
pub(super) type Place = u32;

/// The destination of operations that have none.
pub(super) const NOWHERE: Place = Place::MAX;

/// An operation on places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub op: Op,
    pub dst: Place,
    pub args: [Place; 3],
}

impl Step {
    /// The arguments it has.
    pub fn reads(&self) -> &[Place] {
        &self.args[..self.op.arity()]
    }
}

/// A function in the making. Area k is the array behind its k-th argument, at most four.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// First place of each area, and the end of the last.
    pub areas: Vec<Place>,
    /// Bits of the constants.
    pub constants: Vec<u64>,
    /// Number of each constant.
    known: rustc_hash::FxHashMap<u64, u32>,
    pub steps: Vec<Step>,
    /// Places whose last value memory must hold at the end, in any order.
    pub live: Vec<Place>,
}

impl Line {
    /// A line over areas of these lengths.
    pub fn new(lengths: &[usize]) -> Line {
        let mut areas = vec![0];
        for length in lengths {
            areas.push(areas[areas.len() - 1] + *length as u32);
        }
        Line { areas, ..Line::default() }
    }

    /// Number of places in areas; constants follow.
    pub fn area_places(&self) -> u32 {
        self.areas.last().copied().unwrap_or(0)
    }

    /// Number of places.
    pub fn places(&self) -> usize {
        self.area_places() as usize + self.constants.len()
    }

    /// The place of a constant with these bits.
    pub fn constant(&mut self, bits: u64) -> Place {
        let next = self.constants.len() as u32;
        let at = *self.known.entry(bits).or_insert(next);
        if at == next {
            self.constants.push(bits);
        }
        self.area_places() + at
    }

    /// Adds an operation.
    pub fn push(&mut self, op: Op, dst: Place, args: &[Place]) {
        let mut three = [args[0]; 3];
        three[..args.len()].copy_from_slice(args);
        self.steps.push(Step { op, dst, args: three });
    }
}
