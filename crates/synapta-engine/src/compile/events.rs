//! Events as nodes.

use super::places::Place;
use super::resolve::Resolver;
use synapta_model::graph::NodeId;
use synapta_model::{Diagnostic, Element, Id};

/// One event, its mathematics as nodes.
#[derive(Clone, Debug)]
pub(crate) struct EventProgram {
    pub id: Id,
    /// Truth before the start.
    pub initial_value: bool,
    pub persistent: bool,
    pub values_from_trigger_time: bool,
    pub trigger: NodeId,
    pub delay: Option<NodeId>,
    pub priority: Option<NodeId>,
    /// What is set, the compartment whose size turns the value into an amount, and the value. Compartments come first,
    /// so that a concentration set with its compartment uses the new size.
    pub assignments: Vec<(Place, Option<usize>, NodeId)>,
    /// Slopes of the values: parameter after parameter, each in the order of the assignments. None without sensitivities.
    pub value_slopes: Vec<NodeId>,
    /// Slopes of the delay, one a parameter.
    pub delay_slopes: Vec<NodeId>,
}

/// The nodes of all events.
pub(super) fn nodes(resolver: &mut Resolver<'_>) -> Vec<EventProgram> {
    let model = resolver.model;
    model
        .events
        .iter()
        .map(|e| {
            let mut assignments = vec![];
            for (id, math) in &e.assignments {
                let value = resolver.expression(math, None);
                match resolver.place(id) {
                    Some(place) => {
                        let compartment = compartment_of(resolver, id);
                        assignments.push((place, compartment, value));
                    }
                    None => bad_target(resolver, id, math.span),
                }
            }
            assignments.sort_by_key(|(_, compartment, _)| compartment.is_some());
            EventProgram {
                id: e.id.clone(),
                initial_value: e.initial_value,
                persistent: e.persistent,
                values_from_trigger_time: e.values_from_trigger_time,
                trigger: resolver.expression(&e.trigger, None),
                delay: e.delay.as_ref().map(|d| resolver.expression(d, None)),
                priority: e.priority.as_ref().map(|p| resolver.expression(p, None)),
                assignments,
                value_slopes: vec![],
                delay_slopes: vec![],
            }
        })
        .collect()
}

/// The compartment whose size lies between a species' amount and its symbol.
pub(super) fn compartment_of(resolver: &mut Resolver<'_>, id: &Id) -> Option<usize> {
    let Some(Element::Species(i)) = resolver.places.index.get(id) else {
        return None;
    };
    resolver.size_of(i)?;
    let name = &resolver.model.species[i].compartment;
    resolver.model.compartments.iter().position(|c| c.id == *name)
}

fn bad_target(resolver: &mut Resolver<'_>, id: &Id, span: synapta_model::Span) {
    let error = if resolver.places.assigned.contains_key(id) {
        let text = format!("an event sets `{id}`, which an assignment rule determines");
        Diagnostic::error("assigned-by-rule", span, text).with_help("set what the rule uses instead")
    } else if resolver.places.index.get(id).is_some() {
        let text = format!("an event cannot set `{id}`: it has no value of its own");
        Diagnostic::error("no-value", span, text)
    } else {
        resolver.places.unknown(id, span)
    };
    resolver.fail(error);
}
