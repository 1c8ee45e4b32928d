//! What a caller asks of a run.

use crate::program::Slot;
use indexmap::IndexMap;
use synapta_model::Id;

/// A change at a stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Sets the quantity: a species in the meaning of its symbol (concentration unless it has only substance units),
    /// or as an amount if the slot is one of [`crate::Program::amount_slot`].
    Set(Slot, f64),
    /// Adds to the quantity; to a species always an amount.
    Add(Slot, f64),
}

/// A time at which the run stops exactly and changes something.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// When. A stop at the start time is carried out before the first step, one before it or after the end never.
    pub time: f64,
    /// What, in order.
    pub actions: Vec<Action>,
}

/// Stops in the order of time; those at the same time act in the order of the list, before the model's own events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule {
    /// The stops; sorted by time.
    pub stops: Vec<Stop>,
}

impl Schedule {
    /// No stops.
    pub fn none() -> Schedule {
        Schedule::default()
    }

    /// Sorts the stops by time, keeping the order of those at the same time.
    pub fn new(mut stops: Vec<Stop>) -> Schedule {
        stops.sort_by(|a, b| a.time.total_cmp(&b.time));
        Schedule { stops }
    }
}

/// Absolute tolerances.
#[derive(Clone, Debug, PartialEq)]
pub enum Tolerances {
    /// From each state's scale: a thousandth of rtol times the largest size the state has had in this run, doses
    /// included; for a state that starts at zero at least a millionth of rtol times the median size of the states
    /// that do not. Concentrations and amounts are treated alike: the scale is that of the amount.
    Scale,
    /// One number for all states; in the meaning of the symbol for species, so a concentration's is multiplied by
    /// its compartment's size at the start.
    Same(f64),
    /// One number for all states as they are integrated: amounts for species.
    SameAmount(f64),
    /// As [`Tolerances::Same`] for the states named, from the scale for the rest.
    Named(IndexMap<Id, f64>),
}

/// How to integrate.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Relative tolerance per step.
    pub rtol: f64,
    /// Absolute tolerance per step.
    pub atol: Tolerances,
    /// Accepted and rejected steps allowed.
    pub max_steps: u64,
    /// First step; chosen from the equations if `None`.
    pub initial_step: Option<f64>,
    /// Largest step; unlimited if `None`.
    pub max_step: Option<f64>,
    /// If true, an output time at which a stop or event acts gives two rows: before and after.
    pub both_sides: bool,
}

impl Default for Settings {
    /// rtol 1e-6, atol from the scale, at most 1,000,000 steps.
    fn default() -> Settings {
        Settings {
            rtol: 1e-6,
            atol: Tolerances::Scale,
            max_steps: 1_000_000,
            initial_step: None,
            max_step: None,
            both_sides: false,
        }
    }
}
