//! A program at work: its register file and the tapes run over it.

use crate::native::{Block, Isa, Machine, Parts};
use crate::program::Program;
use crate::state::State;
use crate::tape::Layout;
use std::sync::Arc;

/// The largest guard of batches that went well: then every pairwise product and its inverse are below 1e150.
const MOST_GUARD: f64 = 1e300;

/// The register file of some lanes of one program.
#[derive(Clone, Debug)]
pub(crate) struct Kernel<'p, const W: usize> {
    pub program: &'p Program,
    pub file: Block<W>,
    pub machine: Arc<Machine>,
    parts: Parts<'p>,
    n: usize,
}

impl<'p, const W: usize> Kernel<'p, W> {
    /// A file laid out by `layout`, which is the program's or grown from it, worked on with the instructions of `isa`.
    pub fn new(program: &'p Program, layout: &Layout, isa: Isa) -> Self {
        let parts = Parts::of(program);
        let machine = program.machines.get(&parts, isa, W);
        Kernel { program, file: layout.registers(), machine, parts, n: program.moving() }
    }

    /// Puts one lane's constants and conserved sums in place; [`Kernel::prologue`] must follow.
    pub fn set_constants(&mut self, lane: usize, state: &State) {
        let first = self.program.registers.constants;
        for (r, v) in self.file[first..].iter_mut().zip(&state.p) {
            r[lane] = *v;
        }
        let sums = &mut self.file[1 + self.n..];
        for ((r, dependent), y) in sums.iter_mut().zip(&self.program.dependents).zip(&state.y[self.n..]) {
            r[lane] = dependent.sum(*y, &state.y);
        }
    }

    /// The conserved sums, one for each state that depends on one.
    pub fn sums(&self) -> &[[f64; W]] {
        &self.file[1 + self.n..][..self.program.dependents.len()]
    }

    /// The registers of the states that are integrated.
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
        self.machine.prologue(&self.parts, &mut self.file);
    }

    /// The right-hand side for the time and states in the file.
    pub fn rhs(&mut self) -> &[[f64; W]] {
        self.machine.rhs(&self.parts, &mut self.file);
        let safe = self.safe(&self.program.guards[..1]);
        if safe != [true; W] {
            self.with_care(safe, |k| k.program.careful.run_first(&mut k.file));
        }
        self.last_rhs()
    }

    /// Right sides of a stage, `factor sum + rate` for every state, in place of the sums, from the rates at the time and
    /// states in the file. The registers of the rates are of no use afterwards. False for lanes that must be done again with
    /// [`Kernel::careful_rates`].
    pub fn stage(&mut self, factor: [f64; W], sums: &mut [[f64; W]]) -> [bool; W] {
        self.machine.stage(&self.parts, &mut self.file, &factor, sums);
        self.safe(&self.program.guards[..1])
    }

    /// The right-hand side for the time and states in the file, each inverse worked out alone.
    #[cold]
    pub fn careful_rates(&mut self) -> &[[f64; W]] {
        self.program.careful.run_first(&mut self.file);
        self.last_rhs()
    }

    /// Lanes in which all inverses came out of their batches well.
    fn safe(&self, guards: &[Option<u32>]) -> [bool; W] {
        let mut safe = [true; W];
        for guard in guards.iter().flatten() {
            let guard = &self.file[*guard as usize];
            for l in 0..W {
                // Written so that not-a-number is not safe.
                safe[l] &= guard[l] <= MOST_GUARD;
            }
        }
        safe
    }

    /// Does work again that ends in the registers of the right-hand side and its derivatives; safe lanes keep theirs.
    #[cold]
    fn with_care(&mut self, safe: [bool; W], work: impl FnOnce(&mut Self)) {
        let end = self.program.registers.jacobian + self.program.symbolic.pattern.len();
        let results = self.program.registers.rhs..end;
        let kept = self.file[results.clone()].to_vec();
        work(self);
        for (r, kept) in self.file[results].iter_mut().zip(kept) {
            for l in 0..W {
                if safe[l] {
                    r[l] = kept[l];
                }
            }
        }
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
        self.machine.derivatives(&self.parts, &mut self.file);
        let safe = self.safe(&self.program.guards);
        if safe != [true; W] {
            self.with_care(safe, |k| {
                k.program.careful.run(&mut k.file);
                k.parts.clean(&mut k.file);
            });
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
