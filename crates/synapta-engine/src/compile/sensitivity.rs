//! Sensitivities as further states of a program: y' = f gets s' = J s + df/dp for each parameter p asked for.
//!
//! All derivatives are symbolic and share their parts with the right-hand side. A constant that can depend on a
//! parameter has its slope beside it, itself a constant between events; so the parameter asked for, what initial
//! assignments make of it and what events set are one case. The Jacobian of the whole is block lower triangular with J
//! all along the diagonal: it is factorised as J alone is (see [`crate::lu::Symbolic`]).

mod directions;
mod start;

pub(crate) use directions::Carried;
pub(crate) use start::StartSlopes;

use super::inverses;
use super::places::TIME;
use super::rhs::{self, Parts};
use super::switches::{self, Separated};
use super::{Fixed, Place, Places, Resolved};
use crate::error::CompileError;
use crate::program::Program;
use crate::sensitivity::{Parameter, Sought};
use crate::tape::Output;
use directions::Directions;
use std::collections::HashMap;
use synapta_model::graph::{Graph, NodeId};
use synapta_model::{Diagnostic, Id, Model, Span};

/// A program with its sensitivities, and what only they need.
pub(crate) struct Augmented {
    pub program: Program,
    pub start: StartSlopes,
    /// The slopes of everything that can be observed, one a parameter.
    pub observed: HashMap<NodeId, Vec<NodeId>>,
}

impl Augmented {
    pub fn new(model: &Model, sought: &Sought) -> Result<Augmented, CompileError> {
        check_scales(sought)?;
        let names = sought.names();
        let mut resolved = Resolved::new(model, |places| add_states(places, &names), Fixed::default())?;
        let n = resolved.places.states.len() / (1 + names.len());
        let start = StartSlopes::new(&resolved.initial, sought)?;
        let dependent = dependent_constants(&resolved, n, &start, sought)?;
        let directions = Directions::new(&mut resolved.places, n, &names, &dependent);
        event_slopes(&mut resolved, &directions);
        let triggers: Vec<NodeId> = resolved.events.iter().map(|e| e.trigger).collect();
        let graph = &mut resolved.graph;
        let switched = switches::separate(graph, &resolved.places, &resolved.rhs[..n], &triggers);
        check_triggers(&resolved, n, &switched)?;
        let graph = &mut resolved.graph;
        let parts = augment(graph, &resolved.places, &directions, &switched.rhs);
        let crossings = crossings(graph, &directions, &switched);
        let volumes = flat(directions.along(graph, &resolved.volumes, true));
        let labels = labels(&resolved, &switched);
        let mut program = resolved.build(model, parts, switched);
        let observed = observed(&mut program, &directions);
        program.sensitivity =
            Some(Box::new(Carried::new(&mut program, directions, &crossings, &volumes, labels, names)));
        Ok(Augmented { program, start, observed })
    }
}

/// The slopes of the states as further states, all of them integrated: conserved sums have slopes of their own.
fn add_states(places: &mut Places, names: &[Id]) {
    places.dependents.clear();
    let own = places.states.clone();
    for name in names {
        places.states.extend(own.iter().map(|id| slope_name(id, name)));
    }
}

/// The name of a slope, which no model can have.
fn slope_name(of: &Id, by: &Id) -> Id {
    Id::from(format!("d({of})/d({by})"))
}

fn error(code: &'static str, text: String, help: &str) -> CompileError {
    CompileError { diagnostics: vec![Diagnostic::error(code, Span::NONE, text).with_help(help)] }
}

fn check_scales(sought: &Sought) -> Result<(), CompileError> {
    for parameter in &sought.parameters {
        if let Parameter::Dosing { name, scale } = parameter
            && !(*scale > 0.0 && scale.is_finite())
        {
            let text = format!("the scale of `{name}` is {scale}; it must be above zero");
            return Err(error("sensitivity-scale", text, "give the size of the dose or time that it stands for"));
        }
    }
    Ok(())
}

/// For each constant and parameter, constant after constant: can the one depend on the other?
fn dependent_constants(
    resolved: &Resolved,
    n: usize,
    start: &StartSlopes,
    sought: &Sought,
) -> Result<Vec<bool>, CompileError> {
    let m = sought.parameters.len();
    let mut depends = vec![false; resolved.places.constants.len() * m];
    for (quantity, of_parameters) in resolved.initial.quantities.iter().zip(&start.depends) {
        if let Some(Place::Constant(j)) = quantity.place {
            depends[j * m..(j + 1) * m].copy_from_slice(of_parameters);
        }
    }
    for id in &sought.carriers {
        match resolved.places.of.get(id) {
            Some(Place::Constant(j)) => depends[j * m..(j + 1) * m].fill(true),
            Some(Place::State(_)) => {}
            None => {
                let text = format!("`{id}` cannot carry a dependence: the model has no such value to be set");
                return Err(error(
                    "sensitivity-carrier",
                    text,
                    "name a parameter, species or compartment without a rule",
                ));
            }
        }
    }
    spread_by_events(resolved, n, m, &mut depends);
    Ok(depends)
}

/// Marks the constants that events set to something that can depend on a parameter, until nothing is added.
fn spread_by_events(resolved: &Resolved, n: usize, m: usize, depends: &mut [bool]) {
    let first_constant = 1 + resolved.places.states.len();
    let mut assigned = vec![];
    for (place, compartment, value) in resolved.events.iter().flat_map(|e| &e.assignments) {
        if let Place::Constant(j) = place {
            let roots: Vec<NodeId> = [*value].into_iter().chain(compartment.map(|c| resolved.volumes[c])).collect();
            let symbols: Vec<usize> = resolved.graph.symbols(&roots).into_iter().map(|s| s as usize).collect();
            assigned.push((*j, symbols));
        }
    }
    let mut growing = true;
    while growing {
        growing = false;
        for (j, symbols) in &assigned {
            for k in 0..m {
                let moves = |s: usize| s <= n || s >= first_constant && depends[(s - first_constant) * m + k];
                if !depends[j * m + k] && symbols.iter().any(|s| moves(*s)) {
                    depends[j * m + k] = true;
                    growing = true;
                }
            }
        }
    }
}

fn event_slopes(resolved: &mut Resolved, directions: &Directions) {
    for event in &mut resolved.events {
        let values: Vec<NodeId> = event.assignments.iter().map(|a| a.2).collect();
        event.value_slopes = flat(directions.along(&mut resolved.graph, &values, true));
        if let Some(delay) = event.delay {
            event.delay_slopes = flat(directions.along(&mut resolved.graph, &[delay], true));
        }
    }
}

/// A trigger that is not made of comparisons changes at no time that could be differentiated.
fn check_triggers(resolved: &Resolved, n: usize, switched: &Separated) -> Result<(), CompileError> {
    for (event, trigger) in resolved.events.iter().zip(&switched.triggers) {
        if resolved.graph.symbols(&[*trigger]).iter().any(|s| *s as usize <= n) {
            let text = format!("the trigger of event `{}` is a number that moves, not a comparison", event.id);
            return Err(error("sensitivity-trigger", text, "write the trigger as a comparison, for instance `x > 0`"));
        }
    }
    Ok(())
}

/// The right-hand sides and derivatives of states and sensitivities.
fn augment(graph: &mut Graph, places: &Places, directions: &Directions, rhs: &[NodeId]) -> Parts {
    let n = rhs.len();
    let mut parts = rhs::differentiate(graph, places, rhs);
    let slopes = flat(directions.along(graph, &parts.rhs, false));
    let slopes = inverses::share(graph, places, &slopes);
    let symbols: Vec<u32> = (TIME..=n as u32).collect();
    let mut gradients = graph.gradients(&slopes, &symbols).into_iter();
    let of_states = |(row, node): (u32, NodeId)| (n as u32 + row, node);
    let by_time = rhs::nonzero(graph, gradients.next().unwrap_or_default());
    parts.by_time.extend(rhs::shared_rows(graph, places, by_time).into_iter().map(of_states));
    let mut blocks = vec![vec![]; directions.m];
    for (column, gradient) in gradients.enumerate() {
        for (row, node) in rhs::nonzero(graph, gradient) {
            blocks[row as usize / n].push((n as u32 + row, column as u32, node));
        }
    }
    for block in blocks {
        let nodes: Vec<NodeId> = block.iter().map(|(_, _, node)| *node).collect();
        parts.jacobian.extend(inverses::share(graph, places, &nodes));
        parts.blocks.push(block.into_iter().map(|(row, column, _)| (row, column)).collect());
    }
    parts.rhs.extend(slopes);
    parts
}

/// For each switch how fast its sides cross, then how far apart each parameter moves them at a fixed time.
fn crossings(graph: &mut Graph, directions: &Directions, switched: &Separated) -> Vec<NodeId> {
    let gaps: Vec<NodeId> = switched.switches.iter().map(|s| s.gap(graph)).collect();
    let speeds = directions.speeds(graph, &gaps, &switched.rhs);
    let slopes = directions.along(graph, &gaps, false);
    let of_switch = |(i, speed): (usize, NodeId)| std::iter::once(speed).chain(slopes.iter().map(move |s| s[i]));
    speeds.into_iter().enumerate().flat_map(of_switch).collect()
}

fn observed(program: &mut Program, directions: &Directions) -> HashMap<NodeId, Vec<NodeId>> {
    let nodes = program.observables.nodes();
    let slopes = directions.along(&mut program.graph, &nodes, false);
    let of_node = |(i, node): (usize, &NodeId)| (*node, slopes.iter().map(|s| s[i]).collect());
    nodes.iter().enumerate().map(of_node).collect()
}

/// What each switch is for, in words for messages.
fn labels(resolved: &Resolved, switched: &Separated) -> Vec<String> {
    let first = resolved.places.first_mode();
    let uses = |node: NodeId, mode: u32| resolved.graph.symbols(&[node]).contains(&mode);
    let label = |i: usize| {
        let mode = first + i as u32;
        let event = switched.triggers.iter().position(|t| uses(*t, mode));
        let row = switched.rhs.iter().position(|r| uses(*r, mode));
        match (event, row) {
            (Some(event), _) => format!("the trigger of event `{}`", resolved.events[event].id),
            (None, Some(row)) => format!("a condition in the rate of `{}`", resolved.places.states[row]),
            (None, None) => "a condition inside another".to_string(),
        }
    };
    (0..switched.switches.len()).map(label).collect()
}

fn flat(nodes: Vec<Vec<NodeId>>) -> Vec<NodeId> {
    nodes.concat()
}

fn outputs(nodes: &[NodeId]) -> Vec<Output> {
    nodes.iter().map(|n| Output::anywhere(*n)).collect()
}
