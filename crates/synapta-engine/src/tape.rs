//! Straight-line programs over a file of registers, each register holding one number per lane.

mod allocate;
mod batch;
mod build;
mod lower;

pub(crate) use build::{Layout, Output};

use crate::math::{self, map, map2, map3};
use synapta_model::graph::{Binary, Unary};

/// What an instruction does. A product with a sum is rounded once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Copy,
    Add,
    Sub,
    Mul,
    Div,
    /// `a*b + c`
    MulAdd,
    /// `a*b - c`
    MulSub,
    /// `c - a*b`
    SubMul,
    /// `(a*b)*c`
    Mul3,
    Neg,
    Sqrt,
    Exp,
    Ln,
    Pow,
    /// `b` if `a` is true, else `c`
    Select,
    Unary(Unary),
    Binary(Binary),
}

/// One instruction: registers are indices into the file; unused operands repeat `a`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instruction {
    pub code: Code,
    pub dst: u32,
    pub a: u32,
    pub b: u32,
    pub c: u32,
}

/// A straight-line program and where its results are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape {
    pub code: Vec<Instruction>,
    /// Register of each output asked for, in order.
    pub outputs: Vec<u32>,
    /// Number of instructions that make the first outputs alone (see [`Layout::build_split`]).
    pub split: usize,
    /// Bits of the registers that hold literals.
    pub literals: rustc_hash::FxHashMap<u32, u64>,
}

impl Tape {
    /// Runs the whole tape.
    pub fn run<const W: usize>(&self, registers: &mut [[f64; W]]) {
        run(&self.code, registers);
    }

    /// Runs the part before the split.
    pub fn run_first<const W: usize>(&self, registers: &mut [[f64; W]]) {
        run(&self.code[..self.split], registers);
    }

    /// Runs the part after the split; the first must have run on the same inputs.
    pub fn run_rest<const W: usize>(&self, registers: &mut [[f64; W]]) {
        run(&self.code[self.split..], registers);
    }
}

fn run<const W: usize>(code: &[Instruction], r: &mut [[f64; W]]) {
    for i in code {
        let a = r[i.a as usize];
        let (b, c) = (i.b as usize, i.c as usize);
        r[i.dst as usize] = match i.code {
            Code::Copy => a,
            Code::Add => map2(a, r[b], |x, y| x + y),
            Code::Sub => map2(a, r[b], |x, y| x - y),
            Code::Mul => map2(a, r[b], |x, y| x * y),
            Code::Div => map2(a, r[b], |x, y| x / y),
            Code::MulAdd => map3(a, r[b], r[c], f64::mul_add),
            Code::MulSub => map3(a, r[b], r[c], |x, y, z| x.mul_add(y, -z)),
            Code::SubMul => map3(a, r[b], r[c], |x, y, z| (-x).mul_add(y, z)),
            Code::Mul3 => map3(a, r[b], r[c], |x, y, z| x * y * z),
            Code::Neg => map(a, |x| -x),
            Code::Sqrt => map(a, f64::sqrt),
            Code::Exp => math::exp(a),
            Code::Ln => math::ln(a),
            Code::Pow => math::pow(a, r[b]),
            Code::Select => map3(a, r[b], r[c], |t, x, y| if t != 0.0 { x } else { y }),
            Code::Unary(f) => math::unary(f, a),
            Code::Binary(f) => math::binary(f, a, r[b]),
        };
    }
}

#[cfg(test)]
mod tests;
