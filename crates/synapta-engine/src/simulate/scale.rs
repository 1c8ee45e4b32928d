//! Absolute tolerances from the scale of each state.

use crate::compile::{Carried, Place};
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
        let mut sizes = sizes_at_start(program, state, schedule);
        let mut given = given(program, state, &settings.atol);
        if let Some(carried) = &program.sensitivity {
            add_sensitivities(carried, state, &mut sizes, &mut given);
        }
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

/// Sensitivities have the scales of their states, each over that of the parameter.
fn add_sensitivities(carried: &Carried, state: &State, sizes: &mut Vec<f64>, given: &mut Vec<Option<f64>>) {
    for k in 0..carried.m {
        let scale = state.p[carried.scales + k];
        for i in 0..carried.n {
            sizes.push((sizes[i] / scale).max(state.y[carried.n * (1 + k) + i].abs()));
            given.push(given[i].map(|v| v / scale));
        }
    }
}

/// The states of the model, without sensitivities.
fn own_states(program: &Program) -> usize {
    program.sensitivity.as_ref().map_or(program.states.len(), |c| c.n)
}

/// The largest size known of each state before the run, doses included, none of them zero.
fn sizes_at_start(program: &Program, state: &State, schedule: &Schedule) -> Vec<f64> {
    let mut largest: Vec<f64> = state.y[..own_states(program)].iter().map(|y| y.abs()).collect();
    for action in schedule.stops.iter().flat_map(|s| &s.actions) {
        if let Action::Add(slot, amount) = action
            && let Place::State(i) = slot.place
            && let Some(size) = largest.get_mut(i)
        {
            *size = size.max(amount.abs());
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
    let n = own_states(program);
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

impl Program {
    /// The size of each compartment in a state, in the model's order.
    pub(crate) fn sizes(&self, state: &State) -> Vec<f64> {
        let mut kernel = crate::kernel::Kernel::<1>::new(self, &self.layout, self.isa);
        kernel.set_constants(0, state);
        kernel.set_time([state.time]);
        for (r, y) in kernel.y().iter_mut().zip(&state.y) {
            *r = [*y];
        }
        kernel.prologue();
        self.volume_tape.run(&mut kernel.file);
        self.volume_tape.outputs.iter().map(|r| kernel.file[*r as usize][0]).collect()
    }
}

/// The size by which each state's amount and symbol differ; 1 where they do not.
fn sizes(program: &Program, state: &State) -> Vec<f64> {
    let volumes = program.sizes(state);
    let size = |s: &crate::program::StateInfo| {
        let concentration = StateKind::Species { concentration: true };
        let slot = program.slots.get(&s.id).filter(|_| s.kind == concentration);
        slot.and_then(|slot| slot.compartment)
            .map(|c| volumes[c].abs())
            .filter(|v| v.is_finite() && *v > 0.0)
            .unwrap_or(1.0)
    };
    program.states[..own_states(program)].iter().map(size).collect()
}

fn median(sizes: &[f64]) -> Option<f64> {
    let mut present: Vec<f64> = sizes.iter().copied().filter(|s| *s > 0.0 && s.is_finite()).collect();
    present.sort_by(f64::total_cmp);
    present.get(present.len() / 2).copied()
}
