//! Every formula of a model and whose it is.

use std::fmt;

use crate::{Constraint, Event, Expr, FunctionDefinition, Id, InitialAssignment, Model, Reaction, Rule, RuleKind};

/// Whose formula it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner<'a> {
    Rule(&'a Rule),
    Initial(&'a InitialAssignment),
    KineticLaw(&'a Reaction),
    Trigger(&'a Event),
    Delay(&'a Event),
    Priority(&'a Event),
    EventAssignment(&'a Event, &'a Id),
    Constraint(&'a Constraint),
    Function(&'a FunctionDefinition),
}

/// One formula.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'a> {
    pub owner: Owner<'a>,
    pub math: &'a Expr,
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owner::Rule(r) => match r.kind {
                RuleKind::Assignment => write!(f, "the assignment rule of `{}`", r.variable),
                RuleKind::Rate => write!(f, "the rate rule of `{}`", r.variable),
                RuleKind::Algebraic => write!(f, "an algebraic rule"),
            },
            Owner::Initial(a) => write!(f, "the initial assignment of `{}`", a.symbol),
            Owner::KineticLaw(r) => write!(f, "the rate law of `{}`", r.id),
            Owner::Trigger(e) => write!(f, "the trigger of event `{}`", e.id),
            Owner::Delay(e) => write!(f, "the delay of event `{}`", e.id),
            Owner::Priority(e) => write!(f, "the priority of event `{}`", e.id),
            Owner::EventAssignment(e, id) => write!(f, "the assignment of `{id}` by event `{}`", e.id),
            Owner::Constraint(c) => match &c.id {
                Some(id) => write!(f, "the constraint `{id}`"),
                None => write!(f, "a constraint"),
            },
            Owner::Function(d) => write!(f, "the function `{}`", d.id),
        }
    }
}

impl Owner<'_> {
    /// True for names known only here: a function's arguments, a reaction's own parameters.
    pub fn is_local(&self, id: &str) -> bool {
        match self {
            Owner::KineticLaw(r) => r.local_parameters.iter().any(|p| p.id == id),
            Owner::Function(d) => d.args.iter().any(|a| a == id),
            _ => false,
        }
    }

    /// Names known only here.
    pub fn locals(&self) -> Vec<&Id> {
        match self {
            Owner::KineticLaw(r) => r.local_parameters.iter().map(|p| &p.id).collect(),
            Owner::Function(d) => d.args.iter().collect(),
            _ => vec![],
        }
    }
}

/// All formulas, function bodies last.
pub(super) fn sites(model: &Model) -> Vec<Site<'_>> {
    let mut out = vec![];
    let mut put = |owner, math| out.push(Site { owner, math });
    model.initial_assignments.iter().for_each(|a| put(Owner::Initial(a), &a.math));
    model.rules.iter().for_each(|r| put(Owner::Rule(r), &r.math));
    for r in &model.reactions {
        r.kinetic_law.iter().for_each(|law| put(Owner::KineticLaw(r), law));
    }
    for e in &model.events {
        put(Owner::Trigger(e), &e.trigger);
        e.delay.iter().for_each(|d| put(Owner::Delay(e), d));
        e.priority.iter().for_each(|p| put(Owner::Priority(e), p));
        e.assignments.iter().for_each(|(id, math)| put(Owner::EventAssignment(e, id), math));
    }
    model.constraints.iter().for_each(|c| put(Owner::Constraint(c), &c.math));
    for d in &model.functions {
        d.body.iter().for_each(|body| put(Owner::Function(d), body));
    }
    out
}
