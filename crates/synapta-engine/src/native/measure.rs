//! How long the parts of a step take.

use super::machine::{Machine, Parts};
use super::{Block, Isa};
use crate::kernel::Kernel;
use crate::lu::Factors;
use crate::program::Program;
use crate::state::State;
use std::time::Instant;

/// Shortest times of the parts of a step, in nanoseconds a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KernelTimes {
    /// Instruction set: `portable` is the interpreter.
    pub isa: &'static str,
    /// Number of lanes.
    pub lanes: usize,
    /// Bytes of code; 0 for the interpreter.
    pub code_bytes: usize,
    /// Milliseconds to make the code.
    pub making_ms: f64,
    /// One right-hand side.
    pub rhs: f64,
    /// Its derivatives, those that are not finite made zero.
    pub derivatives: f64,
    /// One factorisation.
    pub factorise: f64,
    /// One solution.
    pub solve: f64,
}

/// Calls between two looks at the clock, and the number of looks; the shortest counts.
const CALLS: usize = 20;

impl Program {
    /// Measures the parts of a step at `state`, on every instruction set of this machine and 1, 4, 8 and 16 lanes.
    /// The shortest of `repeats` short spells counts, which leaves out what else the machine does.
    pub fn kernel_times(&self, state: &State, repeats: usize) -> Vec<KernelTimes> {
        let sets = Isa::available().into_iter();
        sets.flat_map(|isa| {
            [
                self.times::<1>(isa, state, repeats),
                self.times::<4>(isa, state, repeats),
                self.times::<8>(isa, state, repeats),
                self.times::<16>(isa, state, repeats),
            ]
        })
        .filter(|t| t.isa == Isa::PORTABLE.name() || t.code_bytes > 0)
        .collect()
    }

    fn times<const W: usize>(&self, isa: Isa, state: &State, repeats: usize) -> KernelTimes {
        let parts = Parts::of(self);
        let started = Instant::now();
        let machine = Machine::new(&parts, isa, W);
        let making_ms = started.elapsed().as_secs_f64() * 1e3;
        let mut file = Block::<W>::from(&*self.file_at(state));
        machine.prologue(&parts, &mut file);
        let shortest = |work: &mut dyn FnMut()| shortest(repeats, work) / W as f64;
        let rhs = shortest(&mut || machine.rhs(&parts, &mut file));
        let derivatives = shortest(&mut || machine.derivatives(&parts, &mut file));
        let at = &self.registers;
        let jacobian = Block::<W>::from(&file[at.jacobian..at.jacobian + self.symbolic.pattern.len()]);
        let right = Block::<W>::from(&file[at.rhs..at.rhs + self.moving()]);
        let mut b = right.clone();
        let mut factors = Factors::<W>::new(&self.symbolic);
        let g = [40.0; W];
        let factorise = shortest(&mut || {
            factors.factorise(&machine, &self.symbolic, &jacobian, g, [true; W]);
        });
        let solve = shortest(&mut || {
            b.copy_from_slice(&right);
            factors.solve(&machine, &self.symbolic, &mut b);
        });
        let code_bytes = machine.code_size();
        KernelTimes { isa: isa.name(), lanes: W, code_bytes, making_ms, rhs, derivatives, factorise, solve }
    }

    fn file_at<const W: usize>(&self, state: &State) -> Vec<[f64; W]> {
        let mut kernel = Kernel::<W>::new(self, &self.layout, Isa::PORTABLE);
        for lane in 0..W {
            kernel.set_constants(lane, state);
        }
        kernel.set_time([state.time; W]);
        kernel.y().iter_mut().zip(&state.y).for_each(|(r, y)| *r = [*y; W]);
        kernel.file.to_vec()
    }
}

/// Nanoseconds of one call, in the shortest spell.
fn shortest(repeats: usize, work: &mut dyn FnMut()) -> f64 {
    let spell = |_| {
        let started = Instant::now();
        (0..CALLS).for_each(|_| work());
        started.elapsed().as_secs_f64() * 1e9 / CALLS as f64
    };
    (0..repeats.max(1)).map(spell).fold(f64::INFINITY, f64::min)
}
