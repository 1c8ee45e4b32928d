//! Absolute tolerances from the scale of each state.

use crate::compile::Place;
use crate::program::{Program, StateKind};
use crate::request::{Action, Schedule, Settings, Tolerances};
use crate::state::State;

/// Smallest absolute tolerance: states below it count as zero, and no quotient overflows.
const LEAST: f64 = 1e-250;

/// The absolute tolerances of some lanes, which follow the largest size each state has had unless they were given.
#[derive(Clone, Debug)]
pub(crate) struct Scale<const W: usize> {
    pub atol: Vec<[f64; W]>,
    /// Largest size so far.
    largest: Vec<[f64; W]>,
    /// True where the tolerance follows the size; the same in every lane.
    follows: Vec<bool>,
    /// Tolerance over size.
    factor: f64,
}

impl<const W: usize> Scale<W> {
    /// Tolerances of lanes that have not started.
    pub fn new(n: usize) -> Self {
        Scale { atol: vec![[1.0; W]; n], largest: vec![[0.0; W]; n], follows: vec![true; n], factor: 0.0 }
    }

    /// Takes the tolerances at the start of a lane's run with these doses.
    pub fn start(&mut self, lane: usize, program: &Program, state: &State, schedule: &Schedule, settings: &Settings) {
        self.factor = 1e-3 * settings.rtol;
        let sizes = sizes_at_start(state, schedule);
        let given = given(program, state, &settings.atol);
        for i in 0..sizes.len() {
            self.largest[i][lane] = sizes[i];
            self.follows[i] = given[i].is_none();
            self.atol[i][lane] = given[i].unwrap_or(self.factor * sizes[i]).max(LEAST);
        }
    }

    /// Takes the sizes of new states of some lanes into account.
    pub fn grow(&mut self, lanes: [bool; W], x: &[[f64; W]]) {
        for (i, follows) in self.follows.iter().enumerate() {
            if !follows {
                continue;
            }
            let (largest, x) = (&mut self.largest[i], x[i]);
            let mut grown = false;
            for l in 0..W {
                grown |= lanes[l] & (x[l].abs() > largest[l]);
            }
            if grown {
                let atol = &mut self.atol[i];
                for l in 0..W {
                    if lanes[l] && x[l].abs() > largest[l] {
                        largest[l] = x[l].abs();
                        atol[l] = (self.factor * largest[l]).max(LEAST);
                    }
                }
            }
        }
    }
}

/// The largest size known of each state before the run, doses included, none of them zero.
fn sizes_at_start(state: &State, schedule: &Schedule) -> Vec<f64> {
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
    largest
}

/// The absolute tolerances that were given.
fn given(program: &Program, state: &State, tolerances: &Tolerances) -> Vec<Option<f64>> {
    let n = state.y.len();
    match tolerances {
        Tolerances::Scale => vec![None; n],
        Tolerances::SameAmount(v) => vec![Some(*v); n],
        Tolerances::Same(v) => sizes(program, state).iter().map(|size| Some(v * size)).collect(),
        Tolerances::Named(named) => {
            let each = program.states.iter().zip(sizes(program, state));
            each.map(|(s, size)| named.get(&s.id).map(|v| v * size)).collect()
        }
    }
}

/// The size by which each state's amount and symbol differ; 1 where they do not.
fn sizes(program: &Program, state: &State) -> Vec<f64> {
    let mut kernel = crate::kernel::Kernel::<1>::new(program, &program.layout, program.isa);
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
