//! A compiled model.

mod build;

use crate::compile::{Carried, Dependent, EventProgram, Fixed, InitialPlan, Place, Switch};
use crate::lu::Symbolic;
use crate::native::{Isa, IsaError, Machines};
use crate::observe::Observables;
use crate::tape::{Layout, Tape};
use std::collections::HashMap;
use synapta_model::graph::Graph;
use synapta_model::{Diagnostic, Id};

/// What a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateKind {
    /// A species; the state is its amount. True if its symbol means a concentration.
    Species {
        /// True if the symbol is the amount over the compartment's size.
        concentration: bool,
    },
    /// A parameter, compartment or stoichiometry with a rate rule.
    Other,
}

/// A quantity that is integrated.
#[derive(Clone, Debug, PartialEq)]
pub struct StateInfo {
    /// Its id.
    pub id: Id,
    /// What it is.
    pub kind: StateKind,
}

/// A quantity that keeps its value between stops and events.
#[derive(Clone, Debug, PartialEq)]
pub struct ConstantInfo {
    /// Its id; a reaction's local parameter `k` of `r` is `r.k`.
    pub id: Id,
    /// What it is.
    pub kind: StateKind,
}

/// A settable quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    pub(crate) place: Place,
    /// The compartment whose size turns a value that is set into an amount.
    pub(crate) compartment: Option<usize>,
}

/// A model ready to run. Immutable and shareable between threads.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) model_id: Id,
    pub(crate) states: Vec<StateInfo>,
    /// What determines the last states; those before them are integrated.
    pub(crate) dependents: Vec<Dependent>,
    pub(crate) constants: Vec<ConstantInfo>,
    pub(crate) slots: HashMap<Id, Slot>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) graph: Graph,
    pub(crate) layout: Layout,
    /// What depends on constants and modes alone; run when one of them changes.
    pub(crate) prologue: Tape,
    /// The right-hand side, then its derivatives, inverses in batches.
    pub(crate) body: Tape,
    /// Guards of the batches of both parts.
    pub(crate) guards: [Option<u32>; 2],
    /// The same without batches, for lanes in which a guard says that they may have gone wrong.
    pub(crate) careful: Tape,
    pub(crate) registers: Registers,
    pub(crate) symbolic: Symbolic,
    /// Rows with an explicit dependence on time.
    pub(crate) time_rows: Vec<u32>,
    /// Rows that depend on time in any way, conditions included.
    pub(crate) time_dependent: Vec<u32>,
    pub(crate) switches: Vec<Switch>,
    /// Left and right side of each switch.
    pub(crate) switch_tape: Tape,
    /// Indices of the states that switches without a clock look at.
    pub(crate) switch_states: Vec<usize>,
    /// Value and slope of each switch with a clock, in order.
    pub(crate) clock_tape: Tape,
    /// Truth of each trigger, from the modes.
    pub(crate) trigger_tape: Tape,
    pub(crate) events: Vec<EventProgram>,
    pub(crate) event_tapes: Vec<EventTapes>,
    /// Size of each compartment, in the model's order.
    pub(crate) volume_tape: Tape,
    pub(crate) initial: InitialPlan,
    /// Constants that stand as numbers in the formulas.
    pub(crate) fixed: Fixed,
    pub(crate) observables: Observables,
    /// Its code, made where it is first needed.
    pub(crate) machines: Machines,
    /// The instructions it is to use.
    pub(crate) isa: Isa,
    /// What carries sensitivities through jumps, if the program has them.
    pub(crate) sensitivity: Option<Box<Carried>>,
}

/// The tapes of one event.
#[derive(Clone, Debug)]
pub(crate) struct EventTapes {
    /// The delay, then its slopes.
    pub delay: Option<Tape>,
    pub priority: Option<Tape>,
    /// The values assigned, in the order of the assignments, then their slopes.
    pub values: Tape,
}

/// Where blocks of registers begin. Time is register 0, the states follow.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Registers {
    pub constants: usize,
    pub modes: usize,
    pub rhs: usize,
    pub by_time: usize,
    pub jacobian: usize,
}

impl Program {
    /// The model's id.
    pub fn model_id(&self) -> &str {
        &self.model_id
    }

    /// What is integrated, in the order of [`crate::State::y`].
    pub fn states(&self) -> &[StateInfo] {
        &self.states
    }

    /// What keeps its value between stops and events, in the order of [`crate::State::p`].
    pub fn constants(&self) -> &[ConstantInfo] {
        &self.constants
    }

    /// Warnings from compilation.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// A settable quantity: species, parameter, compartment, stoichiometry. `None` for names that a rule determines
    /// and for names the model does not have. A value set to a species has the meaning of its symbol.
    pub fn slot(&self, id: &str) -> Option<Slot> {
        self.slots.get(id).copied()
    }

    /// As [`Program::slot`], but a value set to a species is an amount.
    pub fn amount_slot(&self, id: &str) -> Option<Slot> {
        let slot = self.slot(id)?;
        Some(Slot { compartment: None, ..slot })
    }

    /// Number of states that are integrated; conserved sums determine the others.
    pub fn moving(&self) -> usize {
        self.states.len() - self.dependents.len()
    }

    /// Appends the states that conserved sums determine to those that are integrated; with sums of 0, changes to changes.
    pub(crate) fn determine(&self, states: &mut Vec<f64>, sums: impl Iterator<Item = f64>) {
        for (dependent, sum) in self.dependents.iter().zip(sums) {
            let rest = dependent.rest(sum, states);
            states.push(rest);
        }
    }

    /// Name of the instruction set runs use: `portable`, `avx2` or `avx512`. Results do not depend on it.
    pub fn instruction_set(&self) -> &'static str {
        self.isa.name()
    }

    /// The program with the instruction set of a name.
    ///
    /// # Errors
    /// A name that is not known, or that this machine does not have.
    pub fn with_instruction_set(self, name: &str) -> Result<Program, IsaError> {
        Ok(Program { isa: Isa::named(name)?, ..self })
    }

    /// Number of entries of the Jacobian that can be other than zero.
    pub fn jacobian_entries(&self) -> usize {
        self.symbolic.pattern.len()
    }

    /// Numbers of instructions: (right-hand side, its derivatives, prologue).
    pub fn instruction_counts(&self) -> (usize, usize, usize) {
        let first = self.body.split;
        (first, self.body.code.len() - first, self.prologue.code.len())
    }
}
