//! The functions of one program for one width, in machine code, behind checks that make them safe to call.

use super::emit;
use super::encode::Assembler;
use super::isa::Isa;
use super::line::Line;
use super::linear;
use super::machine::{Parts, TEMPORARIES};
use super::memory::Code;
use super::tapes;
use crate::lu::Symbolic;
use crate::tape::Tape;
use std::ops::Range;

/// Beyond this number of products the tables, which are shorter than code, are kept.
const MOST_PRODUCTS: usize = 200_000;
/// The same for a tape's instructions.
const MOST_INSTRUCTIONS: usize = 1_000_000;

/// A function over a register file.
#[derive(Clone, Copy, Debug)]
struct OnFile {
    entry: usize,
    /// Length of the shortest file it runs on.
    registers: usize,
}

/// A function over a register file and vectors of states.
#[derive(Clone, Copy, Debug)]
struct OnStage {
    entry: usize,
    registers: usize,
    n: usize,
}

/// The functions of a linear system.
#[derive(Clone, Copy, Debug)]
struct OnMatrix {
    factorise: usize,
    solve: usize,
    n: usize,
    values: usize,
    entries: usize,
}

/// Code for one width.
#[derive(Debug)]
pub(super) struct Made {
    code: Code,
    width: usize,
    prologue: Option<OnFile>,
    rhs: Option<OnFile>,
    derivatives: Option<OnFile>,
    stage: Option<OnStage>,
    matrix: Option<OnMatrix>,
}

impl Made {
    /// Makes all functions that can be made; `None` if the set has none or the system allows no executable memory.
    pub fn new(parts: &Parts, isa: Isa, width: usize) -> Option<Made> {
        match width {
            1 => Made::of::<1>(parts, isa),
            2 => Made::of::<2>(parts, isa),
            4 => Made::of::<4>(parts, isa),
            8 => Made::of::<8>(parts, isa),
            16 => Made::of::<16>(parts, isa),
            _ => None,
        }
    }

    fn of<const W: usize>(parts: &Parts, isa: Isa) -> Option<Made> {
        emit::shape(isa, W)?;
        let mut asm = Assembler::new(isa.is_wide(), W);
        let body = parts.body;
        let prologue = on_file::<W>(&mut asm, isa, parts.prologue, 0..parts.prologue.code.len(), &[]);
        let rhs = on_file::<W>(&mut asm, isa, body, 0..body.split, &[]);
        let derivatives = on_file::<W>(&mut asm, isa, body, body.split..body.code.len(), &parts.cleaned);
        let stage = on_stage::<W>(&mut asm, isa, parts);
        let matrix = on_matrix::<W>(&mut asm, isa, parts.symbolic);
        let code = Code::new(&asm.finish())?;
        Some(Made { code, width: W, prologue, rhs, derivatives, stage, matrix })
    }

    /// Bytes of code.
    pub fn len(&self) -> usize {
        self.code.len()
    }

    /// Runs the prologue. False, and nothing done, if it was not made for such a file; so are the next two.
    pub fn prologue<const W: usize>(&self, file: &mut [[f64; W]]) -> bool {
        self.on_file(self.prologue, file)
    }

    /// Runs the first part of the body.
    pub fn rhs<const W: usize>(&self, file: &mut [[f64; W]]) -> bool {
        self.on_file(self.rhs, file)
    }

    /// Runs the rest of the body and cleans the derivatives.
    pub fn derivatives<const W: usize>(&self, file: &mut [[f64; W]]) -> bool {
        self.on_file(self.derivatives, file)
    }

    /// Runs the first part of the body and makes right sides of a stage of its rates. False, and nothing done, if it was
    /// not made for such arrays.
    pub fn stage<const W: usize>(&self, file: &mut [[f64; W]], factor: &[f64; W], results: &mut [[f64; W]]) -> bool {
        let fits = |f: &OnStage| W == self.width && file.len() >= f.registers && results.len() >= f.n;
        let Some(f) = self.stage.filter(fits) else { return false };
        let (file, results) = (file.as_mut_ptr().cast(), results.as_mut_ptr().cast());
        // SAFETY: the entry is the assembler's, and the arrays are as long as the function's line says: it reads and
        // writes the file and the results, and reads one vector of factors; the last argument is not used.
        unsafe { self.code.run(f.entry, file, results, factor.as_ptr().cast_mut(), results) };
        true
    }

    fn on_file<const W: usize>(&self, function: Option<OnFile>, file: &mut [[f64; W]]) -> bool {
        let Some(f) = function.filter(|f| W == self.width && file.len() >= f.registers) else { return false };
        let p = file.as_mut_ptr().cast::<f64>();
        // SAFETY: the entry is the assembler's; the function touches registers below `f.registers` of width W only.
        unsafe { self.code.run(f.entry, p, p, p, p) };
        true
    }

    /// Factorises g I - J into `values`; gives the lanes that went well, or `None`, and nothing done, if it was not made
    /// for such arrays.
    pub fn factorise<const W: usize>(
        &self,
        jacobian: &[[f64; W]],
        g: &[f64; W],
        values: &mut [[f64; W]],
        work: &mut [[f64; W]],
    ) -> Option<[bool; W]> {
        let m = self.matrix.filter(|_| W == self.width)?;
        let fits = values.len() >= m.values && jacobian.len() >= m.entries && work.len() >= m.n + TEMPORARIES;
        if !fits {
            return None;
        }
        let (v, w) = (values.as_mut_ptr().cast(), work.as_mut_ptr().cast());
        // SAFETY: the entry is the assembler's, and the arrays are as long as the function's line says.
        let bits = unsafe { self.code.run(m.factorise, v, jacobian.as_ptr().cast(), w, g.as_ptr().cast_mut()) };
        Some(std::array::from_fn(|lane| bits >> lane & 1 == 1))
    }

    /// Solves in place. False, and nothing done, if it was not made for such arrays.
    pub fn solve<const W: usize>(&self, values: &[[f64; W]], b: &mut [[f64; W]]) -> bool {
        let fits = |m: &OnMatrix| W == self.width && b.len() >= m.n && values.len() >= m.values;
        let Some(m) = self.matrix.filter(fits) else { return false };
        let (p, v) = (b.as_mut_ptr().cast(), values.as_ptr().cast());
        // SAFETY: the entry is the assembler's, and the arrays are as long as the function's line says; the last two
        // arguments are not used.
        unsafe { self.code.run(m.solve, p, v, p, p) };
        true
    }
}

fn on_file<const W: usize>(
    asm: &mut Assembler,
    isa: Isa,
    tape: &Tape,
    range: Range<usize>,
    cleaned: &[Range<usize>],
) -> Option<OnFile> {
    if range.len() > MOST_INSTRUCTIONS {
        return None;
    }
    let line: Line = tapes::line(tape, range, cleaned);
    let entry = emit::emit::<W>(asm, isa, &line)?;
    Some(OnFile { entry, registers: tapes::registers(tape, cleaned) })
}

fn on_stage<const W: usize>(asm: &mut Assembler, isa: Isa, parts: &Parts) -> Option<OnStage> {
    let (tape, rates) = (parts.body, &parts.rates);
    if tape.split > MOST_INSTRUCTIONS {
        return None;
    }
    let entry = emit::emit::<W>(asm, isa, &tapes::stage(tape, rates.clone(), parts.guard))?;
    Some(OnStage { entry, registers: tapes::registers(tape, std::slice::from_ref(rates)), n: rates.len() })
}

fn on_matrix<const W: usize>(asm: &mut Assembler, isa: Isa, s: &Symbolic) -> Option<OnMatrix> {
    if linear::products(s) > MOST_PRODUCTS {
        return None;
    }
    let factorise = emit::emit::<W>(asm, isa, &linear::factorisation(s))?;
    let solve = emit::emit::<W>(asm, isa, &linear::solution(s))?;
    Some(OnMatrix { factorise, solve, n: s.n, values: s.len, entries: s.pattern.len() })
}
