//! Which quantities are states, which are constants, and where each stands.

use super::conserved::Dependent;
use std::collections::HashMap;
use synapta_model::graph::NodeId;
use synapta_model::{Diagnostic, Element, Id, Model, ModelIndex, RuleKind, Span};

/// Where a quantity that has storage of its own stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// Index into the state vector.
    State(usize),
    /// Index into the constants.
    Constant(usize),
}

/// The storage of a model. Register 0 is time, then states, then constants, then switch modes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    pub index: ModelIndex,
    /// Ids of the states: those that are integrated, then those that conserved sums determine.
    pub states: Vec<Id>,
    /// What determines the states behind those that are integrated; their symbols stand for the sums.
    pub dependents: Vec<Dependent>,
    /// Ids of the constants in order; a reaction's local parameter `k` of `r` is `r.k`.
    pub constants: Vec<Id>,
    pub of: HashMap<Id, Place>,
    /// Index into the model's rules of each assigned variable.
    pub assigned: HashMap<Id, usize>,
    /// Index into the model's rules of each variable with a rate.
    pub rated: HashMap<Id, usize>,
}

/// The symbol of time.
pub(crate) const TIME: u32 = 0;

impl Places {
    /// Number of states that are integrated.
    pub fn moving(&self) -> usize {
        self.states.len() - self.dependents.len()
    }

    /// Sorts a model's quantities.
    pub fn new(model: &Model, diagnostics: &mut Vec<Diagnostic>) -> Places {
        let mut places = Places { index: model.index(), ..Places::default() };
        places.read_rules(model, diagnostics);
        let reacting = reacting_species(model);
        for s in &model.species {
            let moved = reacting.contains(&s.id) && !s.boundary && !s.constant;
            if moved && places.assigned.contains_key(&s.id) {
                diagnostics.push(overdetermined(model, &s.id, s.meta.span.0));
            }
            places.add(&s.id, moved);
        }
        model.compartments.iter().for_each(|c| places.add(&c.id, false));
        model.parameters.iter().for_each(|p| places.add(&p.id, false));
        for r in &model.reactions {
            let references = r.reactants.iter().chain(&r.products);
            references.filter_map(|s| s.id.as_ref()).for_each(|id| places.add(id, false));
            for p in &r.local_parameters {
                places.add(&local_name(&r.id, &p.id), false);
            }
        }
        places
    }

    fn add(&mut self, id: &Id, moved: bool) {
        if self.assigned.contains_key(id) || self.of.contains_key(id) {
            return;
        }
        let (list, place): (_, fn(usize) -> Place) = if moved || self.rated.contains_key(id) {
            (&mut self.states, Place::State)
        } else {
            (&mut self.constants, Place::Constant)
        };
        list.push(id.clone());
        self.of.insert(id.clone(), place(list.len() - 1));
    }

    fn read_rules(&mut self, model: &Model, diagnostics: &mut Vec<Diagnostic>) {
        for (i, rule) in model.rules.iter().enumerate() {
            let span = rule.meta.span.0.to(rule.math.span);
            let id = &rule.variable;
            if rule.kind == RuleKind::Algebraic {
                let text = "algebraic rules are not supported by the simulator";
                let help = "solve the rule for one variable and write it as an assignment rule (`x := ...`)";
                diagnostics.push(Diagnostic::error("algebraic-rule", span, text).with_help(help));
                continue;
            }
            if !self.can_have_rule(id) {
                diagnostics.push(self.unknown(id, span));
                continue;
            }
            if let Some(other) = self.assigned.get(id).or(self.rated.get(id)) {
                let text = format!("`{id}` has more than one rule");
                let first = model.rules[*other].meta.span.0;
                diagnostics.push(
                    Diagnostic::error("two-rules", span, text)
                        .with_label(first, "the first is here")
                        .with_help("keep one"),
                );
                continue;
            }
            match rule.kind {
                RuleKind::Assignment => self.assigned.insert(id.clone(), i),
                _ => self.rated.insert(id.clone(), i),
            };
        }
    }

    fn can_have_rule(&self, id: &Id) -> bool {
        use Element::*;
        matches!(self.index.get(id), Some(Compartment(_) | Species(_) | Parameter(_) | Stoichiometry(..)))
    }

    /// The diagnostic for a name that stands for nothing with a value.
    pub fn unknown(&self, id: &Id, span: Span) -> Diagnostic {
        let text = format!("`{id}` is not defined");
        let error = Diagnostic::error("undefined-symbol", span, text);
        let known = self.index.ids().map(|i| i.as_str());
        match synapta_model::diagnostic::nearest(id, known) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error.with_help("give it a value, or remove it"),
        }
    }

    /// The symbol (and register) of a place.
    pub fn symbol(&self, place: Place) -> u32 {
        match place {
            Place::State(i) => 1 + i as u32,
            Place::Constant(i) => 1 + (self.states.len() + i) as u32,
        }
    }

    /// Symbol of the first switch mode.
    pub fn first_mode(&self) -> u32 {
        1 + (self.states.len() + self.constants.len()) as u32
    }

    /// True for the symbols that change while time runs: time and the states.
    pub fn varies(&self, symbol: u32) -> bool {
        symbol <= self.moving() as u32
    }
}

/// The name of a reaction's local parameter among the constants.
pub(crate) fn local_name(reaction: &Id, parameter: &Id) -> Id {
    Id::from(format!("{reaction}.{parameter}"))
}

fn reacting_species(model: &Model) -> std::collections::HashSet<Id> {
    let references = model.reactions.iter();
    references.flat_map(|r| r.reactants.iter().chain(&r.products)).map(|s| s.species.clone()).collect()
}

fn overdetermined(model: &Model, id: &Id, span: Span) -> Diagnostic {
    let text = format!("`{id}` has an assignment rule and is changed by reactions");
    let rule = model.rule_for(id).map_or(Span::NONE, |r| r.meta.span.0);
    Diagnostic::error("overdetermined-species", rule.to(span), text)
        .with_help(format!("drop the rule, or make the species a boundary species (`${id}`)"))
}

/// For every node: does it depend on a symbol for which `varies` holds?
pub(crate) struct Varying {
    flags: Vec<bool>,
}

impl Varying {
    pub fn new() -> Varying {
        Varying { flags: vec![] }
    }

    /// Looks a node up, first catching up with a graph that has grown.
    pub fn of(&mut self, graph: &synapta_model::graph::Graph, node: NodeId, varies: &dyn Fn(u32) -> bool) -> bool {
        use synapta_model::graph::Node;
        for i in self.flags.len()..graph.len() {
            let flag = match graph.node_at(i) {
                Node::Symbol(s) => varies(s),
                other => other.parts().any(|p| self.flags[p.index()]),
            };
            self.flags.push(flag);
        }
        self.flags[node.index()]
    }
}
