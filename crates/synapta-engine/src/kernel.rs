//! A program at work: its register file and the tapes run over it.

use crate::program::Program;
use crate::tape::Layout;

/// The register file of some lanes of one program.
#[derive(Clone, Debug)]
pub(crate) struct Kernel<'p, const W: usize> {
    pub program: &'p Program,
    pub file: Vec<[f64; W]>,
    n: usize,
}

impl<'p, const W: usize> Kernel<'p, W> {
    /// A file laid out by `layout`, which is the program's or grown from it.
    pub fn new(program: &'p Program, layout: &Layout) -> Self {
        Kernel { program, file: layout.registers(), n: program.states.len() }
    }

    /// Puts one lane's constants in place; [`Kernel::prologue`] must follow.
    pub fn set_constants(&mut self, lane: usize, p: &[f64]) {
        let first = self.program.registers.constants;
        for (r, v) in self.file[first..].iter_mut().zip(p) {
            r[lane] = *v;
        }
    }

    /// The states' registers.
    pub fn y(&mut self) -> &mut [[f64; W]] {
        let n = self.n;
        &mut self.file[1..1 + n]
    }

    /// Sets the time.
    pub fn set_time(&mut self, t: [f64; W]) {
        self.file[0] = t;
    }

    /// Sets the time of one lane.
    pub fn set_lane_time(&mut self, lane: usize, t: f64) {
        self.file[0][lane] = t;
    }

    /// Works out what depends on constants and modes alone.
    pub fn prologue(&mut self) {
        self.program.prologue.run(&mut self.file);
    }

    /// The right-hand side for the time and states in the file.
    pub fn rhs(&mut self) -> &[[f64; W]] {
        self.program.body.run_first(&mut self.file);
        let first = self.program.registers.rhs;
        &self.file[first..first + self.n]
    }

    /// The last right-hand side.
    pub fn last_rhs(&self) -> &[[f64; W]] {
        let first = self.program.registers.rhs;
        &self.file[first..first + self.n]
    }

    /// The derivatives at the point where [`Kernel::rhs`] was last run. Entries that are not finite (a root or a
    /// logarithm at zero has an infinite slope) count as zero: a Rosenbrock step stays valid with an inexact Jacobian,
    /// only its error estimate grows.
    pub fn derivatives(&mut self) {
        self.program.body.run_rest(&mut self.file);
        let at = &self.program.registers;
        let count = self.program.symbolic.pattern.len();
        let times = at.by_time..at.by_time + self.program.time_rows.len();
        for block in [times, at.jacobian..at.jacobian + count] {
            for v in self.file[block].iter_mut().flatten().filter(|v| !v.is_finite()) {
                *v = 0.0;
            }
        }
    }

    /// The last Jacobian's entries.
    pub fn jacobian(&self) -> &[[f64; W]] {
        let first = self.program.registers.jacobian;
        &self.file[first..first + self.program.symbolic.pattern.len()]
    }

    /// The last time derivatives, for the program's `time_rows`.
    pub fn by_time(&self) -> &[[f64; W]] {
        let first = self.program.registers.by_time;
        &self.file[first..first + self.program.time_rows.len()]
    }
}
