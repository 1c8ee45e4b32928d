//! One door to the code of a program: machine code where it can be made, else the interpreter.

use super::isa::Isa;
use super::made::Made;
use crate::lu::Symbolic;
use crate::math::map3;
use crate::program::Program;
use crate::tape::Tape;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Places of working memory a factorisation needs beside one for each row.
pub(crate) const TEMPORARIES: usize = 4;

/// What a machine is made of: the tapes and the linear system of a program.
#[derive(Clone, Debug)]
pub(crate) struct Parts<'a> {
    pub prologue: &'a Tape,
    pub body: &'a Tape,
    /// Registers of the body's rates, the outputs of its first part.
    pub rates: Range<usize>,
    /// The register that tells whether the first part's inverses came out well.
    pub guard: Option<u32>,
    /// Registers of the body's derivatives, of which only finite values are kept.
    pub cleaned: [Range<usize>; 2],
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))] // the tables are read where they are used
    pub symbolic: &'a Symbolic,
}

impl<'a> Parts<'a> {
    /// The parts of a program.
    pub fn of(program: &'a Program) -> Parts<'a> {
        let at = &program.registers;
        let times = at.by_time..at.by_time + program.time_rows.len();
        let entries = at.jacobian..at.jacobian + program.symbolic.pattern.len();
        Parts {
            prologue: &program.prologue,
            body: &program.body,
            rates: at.rhs..at.rhs + program.moving(),
            guard: program.guards[0],
            cleaned: [times, entries],
            symbolic: &program.symbolic,
        }
    }

    /// Makes derivatives that are not finite zero.
    pub fn clean<const W: usize>(&self, file: &mut [[f64; W]]) {
        for block in &self.cleaned {
            for v in file[block.clone()].iter_mut().flatten().filter(|v| !v.is_finite()) {
                *v = 0.0;
            }
        }
    }
}

/// The code of a program for one number of lanes. Immutable, to be shared between threads.
///
/// Arrays may be longer than needed. Arrays that begin on a cache line ([`super::Block`]) make it faster.
#[derive(Debug)]
pub(crate) struct Machine {
    made: Option<Made>,
}

impl Machine {
    /// Makes the code for `width` lanes. Where none can be made (another processor, an odd width, a system without
    /// executable memory) the machine interprets.
    pub fn new(parts: &Parts, isa: Isa, width: usize) -> Machine {
        Machine { made: Made::new(parts, isa, width) }
    }

    /// A machine that interprets.
    #[cfg(test)]
    pub fn interpreter() -> Machine {
        Machine { made: None }
    }

    /// Bytes of code; 0 if it interprets.
    pub fn code_size(&self) -> usize {
        self.made.as_ref().map_or(0, Made::len)
    }

    /// Runs the prologue of the program the machine was made of.
    pub fn prologue<const W: usize>(&self, parts: &Parts, file: &mut [[f64; W]]) {
        if !self.made.as_ref().is_some_and(|m| m.prologue(file)) {
            parts.prologue.run(file);
        }
    }

    /// Evaluates the right-hand side.
    pub fn rhs<const W: usize>(&self, parts: &Parts, file: &mut [[f64; W]]) {
        if !self.made.as_ref().is_some_and(|m| m.rhs(file)) {
            parts.body.run_first(file);
        }
    }

    /// Evaluates the right-hand side and makes right sides of a stage of it, `factor sum + rate` for every state, in place
    /// of the sums. Of the file only the guard is of use afterwards.
    pub fn stage<const W: usize>(
        &self,
        parts: &Parts,
        file: &mut [[f64; W]],
        factor: &[f64; W],
        sums: &mut [[f64; W]],
    ) {
        if self.made.as_ref().is_some_and(|m| m.stage(file, factor, sums)) {
            return;
        }
        parts.body.run_first(file);
        for (sum, rate) in sums.iter_mut().zip(&file[parts.rates.clone()]) {
            *sum = map3(*factor, *sum, *rate, f64::mul_add);
        }
    }

    /// Evaluates the derivatives at the point where [`Machine::rhs`] was last run; what is not finite becomes zero.
    pub fn derivatives<const W: usize>(&self, parts: &Parts, file: &mut [[f64; W]]) {
        if self.made.as_ref().is_some_and(|m| m.derivatives(file)) {
            return;
        }
        parts.body.run_rest(file);
        parts.clean(file);
    }

    /// Factorises g I - J by the static order into `values` (of the length of [`Symbolic`]'s), with J's entries in the
    /// pattern's order and working memory of the number of rows and [`TEMPORARIES`]. Gives false for lanes in which a
    /// pivot was lost, whose values are of no use. `None`, and nothing done, if there is no code: use the tables.
    pub fn factorise<const W: usize>(
        &self,
        jacobian: &[[f64; W]],
        g: &[f64; W],
        values: &mut [[f64; W]],
        work: &mut [[f64; W]],
    ) -> Option<[bool; W]> {
        self.made.as_ref()?.factorise(jacobian, g, values, work)
    }

    /// Solves in place with the values of a factorisation. False, and nothing done, if there is no code: use the tables.
    pub fn solve<const W: usize>(&self, values: &[[f64; W]], b: &mut [[f64; W]]) -> bool {
        self.made.as_ref().is_some_and(|m| m.solve(values, b))
    }
}

/// Widths up to 16 lanes.
const WIDTHS: usize = 5;

/// The machines of one program, each made when it is first asked for. Clones share those made before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Machines {
    made: [[OnceLock<Arc<Machine>>; WIDTHS]; Isa::COUNT],
}

impl Machines {
    /// The machine of a set and a width, from the parts of the one program these machines belong to.
    pub fn get(&self, parts: &Parts, isa: Isa, width: usize) -> Arc<Machine> {
        let make = || Arc::new(Machine::new(parts, isa, width));
        let place = width.is_power_of_two().then(|| self.made[isa.index()].get(width.trailing_zeros() as usize));
        match place.flatten() {
            Some(cell) => cell.get_or_init(make).clone(),
            None => make(),
        }
    }
}
