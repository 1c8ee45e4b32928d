//! From a model to a [`Program`]: names become nodes, nodes become tapes.

mod conserved;
mod events;
mod initial;
mod inverses;
mod places;
mod resolve;
mod rhs;
mod sensitivity;
mod specialise;
mod switches;

pub(crate) use conserved::Dependent;
pub(crate) use events::EventProgram;
pub(crate) use initial::{InitialPlan, Quantity};
pub(crate) use places::{Place, Places, Varying};
pub(crate) use rhs::Parts;
pub(crate) use sensitivity::{Augmented, Carried, StartSlopes};
pub(crate) use specialise::Fixed;
pub(crate) use switches::{Separated, Switch};

use crate::error::CompileError;
use crate::native::Isa;
use crate::program::Program;
use std::collections::HashMap;
use synapta_model::graph::{Graph, NodeId};
use synapta_model::{Diagnostic, Id, Model, Span};

impl Program {
    /// Compiles a model.
    ///
    /// SBML's meaning throughout: states are species amounts and whatever has a rate rule; everything else that has a
    /// value and no rule is a constant between events. Constraints and model parts without mathematics are ignored.
    ///
    /// # Errors
    /// All errors found, as diagnostics: names without meaning, rules that need themselves, more than one rule for a
    /// variable, algebraic rules, `delay(...)`, random draws.
    pub fn compile(model: &Model) -> Result<Program, CompileError> {
        Ok(Resolved::new(model, |_| {}, Fixed::default())?.program(model))
    }
}

/// A model without errors, its names replaced by what they mean.
struct Resolved {
    places: Places,
    graph: Graph,
    rhs: Vec<NodeId>,
    events: Vec<EventProgram>,
    values: HashMap<Id, NodeId>,
    volumes: Vec<NodeId>,
    initial: InitialPlan,
    fixed: Fixed,
    diagnostics: Vec<Diagnostic>,
    isa: Isa,
}

impl Resolved {
    /// `extend` may add states that the model does not have behind those it has; their rates are zero. Constants that are fixed
    /// stand as numbers.
    fn new(model: &Model, extend: impl FnOnce(&mut Places), fixed: Fixed) -> Result<Resolved, CompileError> {
        let mut diagnostics = vec![];
        let mut places = Places::new(model, &mut diagnostics);
        conserved::arrange(model, &mut places);
        extend(&mut places);
        let mut resolver = resolve::Resolver::new(model, &places, &fixed);
        let rhs = rhs::nodes(&mut resolver);
        let events = events::nodes(&mut resolver);
        let values = resolver.all_values();
        let volumes = resolver.volumes();
        let (graph, referenced, found) = resolver.finish();
        diagnostics.extend(found);
        let initial = InitialPlan::new(model, &places, &referenced, &mut diagnostics);
        let isa = Isa::chosen().map_err(|e| {
            let help = "results do not depend on it; leave it unset for the best this machine has";
            diagnostics.push(Diagnostic::error("instruction-set", Span::NONE, e.to_string()).with_help(help));
        });
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Err(CompileError { diagnostics });
        }
        let isa = isa.unwrap_or(Isa::PORTABLE);
        Ok(Resolved { places, graph, rhs, events, values, volumes, initial, fixed, diagnostics, isa })
    }

    /// The program without sensitivities.
    fn program(mut self, model: &Model) -> Program {
        let triggers: Vec<_> = self.events.iter().map(|e| e.trigger).collect();
        let switched = switches::separate(&mut self.graph, &self.places, &self.rhs, &triggers);
        let parts = rhs::differentiate(&mut self.graph, &self.places, &switched.rhs);
        self.build(model, parts, switched)
    }

    fn build(self, model: &Model, parts: Parts, switched: Separated) -> Program {
        let Resolved { places, graph, events, values, volumes, initial, fixed, diagnostics, isa, .. } = self;
        let start = initial.stored(&places);
        let built = Program::build(model, places, graph, parts, switched, events, values, volumes, &start);
        Program { isa, fixed, ..built.with_initial(initial, diagnostics) }
    }
}
