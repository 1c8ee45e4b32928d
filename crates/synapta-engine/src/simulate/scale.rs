//! Absolute tolerances from the scale of each state.

use crate::compile::Place;
use crate::program::{Program, StateKind};
use crate::request::{Action, Schedule, Settings, Tolerances};
use crate::state::State;

/// Smallest absolute tolerance: states below it count as zero, and no quotient overflows.
const LEAST: f64 = 1e-250;

/// The absolute tolerances of a run, which follow the largest size each state has had unless they were given.
#[derive(Clone, Debug)]
pub(crate) struct Scale {
    pub atol: Vec<f64>,
    /// Largest size so far.
    largest: Vec<f64>,
    /// True where the tolerance follows the size.
    follows: Vec<bool>,
    /// Tolerance over size.
    factor: f64,
}

impl Scale {
    /// The tolerances at the start of a run with these doses.
    pub fn new(program: &Program, state: &State, schedule: &Schedule, settings: &Settings) -> Scale {
        let n = state.y.len();
        let mut largest: Vec<f64> = state.y.iter().map(|y| y.abs()).collect();
        for action in schedule.stops.iter().flat_map(|s| &s.actions) {
            if let Action::Add(slot, amount) = action
                && let Place::State(i) = slot.place
            {
                largest[i] = largest[i].max(amount.abs());
            }
        }
        let typical = median(&largest).unwrap_or(1.0);
        for size in &mut largest {
            if *size < 1e-12 * typical {
                *size = 1e-3 * typical;
            }
        }
        let mut scale = Scale { atol: vec![0.0; n], largest, follows: vec![true; n], factor: 1e-3 * settings.rtol };
        scale.update();
        scale.apply_given(program, state, &settings.atol);
        scale
    }

    fn apply_given(&mut self, program: &Program, state: &State, given: &Tolerances) {
        let mut set = |i: usize, v: f64| {
            self.atol[i] = v.max(LEAST);
            self.follows[i] = false;
        };
        let sizes = sizes(program, state);
        match given {
            Tolerances::Scale => {}
            Tolerances::Same(v) => (0..sizes.len()).for_each(|i| set(i, v * sizes[i])),
            Tolerances::SameAmount(v) => (0..sizes.len()).for_each(|i| set(i, *v)),
            Tolerances::Named(named) => {
                for (i, s) in program.states.iter().enumerate() {
                    if let Some(v) = named.get(&s.id) {
                        set(i, v * sizes[i]);
                    }
                }
            }
        }
    }

    /// Takes the sizes of new states into account.
    pub fn grow(&mut self, x: &[[f64; 1]]) {
        let mut grown = false;
        for (size, [x]) in self.largest.iter_mut().zip(x) {
            if x.abs() > *size {
                *size = x.abs();
                grown = true;
            }
        }
        if grown {
            self.update();
        }
    }

    fn update(&mut self) {
        for ((atol, size), follows) in self.atol.iter_mut().zip(&self.largest).zip(&self.follows) {
            if *follows {
                *atol = (self.factor * size).max(LEAST);
            }
        }
    }
}

/// The size by which each state's amount and symbol differ; 1 where they do not.
fn sizes(program: &Program, state: &State) -> Vec<f64> {
    let mut kernel = crate::kernel::Kernel::<1>::new(program, &program.layout);
    kernel.set_constants(0, &state.p);
    kernel.set_time([state.time]);
    for (r, y) in kernel.y().iter_mut().zip(&state.y) {
        *r = [*y];
    }
    kernel.prologue();
    program.volume_tape.run(&mut kernel.file);
    let size = |s: &crate::program::StateInfo| {
        let concentration = StateKind::Species { concentration: true };
        let slot = program.slots.get(&s.id).filter(|_| s.kind == concentration);
        slot.and_then(|slot| slot.compartment)
            .map(|c| kernel.file[program.volume_tape.outputs[c] as usize][0].abs())
            .filter(|v| v.is_finite() && *v > 0.0)
            .unwrap_or(1.0)
    };
    program.states.iter().map(size).collect()
}

fn median(sizes: &[f64]) -> Option<f64> {
    let mut present: Vec<f64> = sizes.iter().copied().filter(|s| *s > 0.0 && s.is_finite()).collect();
    present.sort_by(f64::total_cmp);
    present.get(present.len() / 2).copied()
}
