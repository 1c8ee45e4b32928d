//! The tapes of a program.

use super::{ConstantInfo, EventTapes, Program, Registers, Slot, StateInfo, StateKind};
use crate::compile::{EventProgram, Fixed, InitialPlan, Parts, Place, Places, Separated, Varying};
use crate::lu::Symbolic;
use crate::native::{Isa, Machines};
use crate::observe::Observables;
use crate::tape::{Layout, Output, Tape};
use std::collections::{HashMap, HashSet};
use synapta_model::graph::{Graph, Node, NodeId};
use synapta_model::{Diagnostic, Id, Model};

impl Program {
    /// Builds all tapes.
    #[allow(clippy::too_many_arguments)] // each is one finished piece of the compilation
    pub(crate) fn build(
        model: &Model,
        places: Places,
        mut graph: Graph,
        parts: Parts,
        separated: Separated,
        events: Vec<EventProgram>,
        values: HashMap<Id, NodeId>,
        volumes: Vec<NodeId>,
        start: &(Vec<f64>, Vec<f64>),
    ) -> Program {
        let (n, moving) = (places.states.len(), places.moving());
        let species = species(model);
        let observables = Observables::new(&mut graph, values, &species, &volumes);
        let inputs = places.first_mode() as usize + separated.switches.len();
        let mut layout = Layout::new(inputs as u32);
        let registers = Registers {
            constants: 1 + n,
            modes: places.first_mode() as usize,
            rhs: layout.reserve(moving) as usize,
            by_time: layout.reserve(parts.by_time.len()) as usize,
            jacobian: layout.reserve(parts.jacobian.len()) as usize,
        };
        let prologue = layout.build_kept(&graph, &hoisted(&graph, &places, &parts));
        let (first, rest) = body_outputs(&parts, &registers);
        let file = file_at_start(&layout, &places, &prologue, start);
        let (body, guards) = layout.build_batched(&graph, &first, &rest, 1 + moving as u32, &file);
        let anywhere =
            |nodes: &mut dyn Iterator<Item = NodeId>| -> Vec<Output> { nodes.map(Output::anywhere).collect() };
        let sides = anywhere(&mut separated.switches.iter().flat_map(|s| [s.left, s.right]));
        let clocks = separated.switches.iter().filter_map(|s| s.clock);
        let clocks = anywhere(&mut clocks.flat_map(|(v, s)| [v, s]));
        let triggers = anywhere(&mut separated.triggers.iter().copied());
        let sizes = anywhere(&mut volumes.iter().copied());
        let (states, constants) = infos(&places, &species);
        Program {
            model_id: model.id.clone(),
            states,
            dependents: places.dependents.clone(),
            constants,
            slots: slots(&places, &species),
            diagnostics: vec![],
            prologue,
            body,
            guards,
            careful: layout.build_split(&graph, &first, &rest),
            registers,
            symbolic: Symbolic::with_blocks(moving / (1 + parts.blocks.len()), &parts.pattern, &parts.blocks),
            time_rows: parts.by_time.iter().map(|(row, _)| *row).collect(),
            time_dependent: time_dependent(&graph, &places, &parts.rhs, &separated),
            switch_states: switch_states(&graph, moving, &separated),
            switch_tape: layout.build(&graph, &sides),
            clock_tape: layout.build(&graph, &clocks),
            trigger_tape: layout.build(&graph, &triggers),
            volume_tape: layout.build(&graph, &sizes),
            event_tapes: events.iter().map(|e| event_tapes(&mut layout, &graph, e)).collect(),
            switches: separated.switches,
            events,
            initial: InitialPlan::default(),
            fixed: Fixed::default(),
            sensitivity: None,
            observables,
            machines: Machines::default(),
            isa: Isa::best(),
            graph,
            layout,
        }
    }

    pub(crate) fn with_initial(mut self, initial: InitialPlan, warnings: Vec<Diagnostic>) -> Program {
        self.initial = initial;
        self.diagnostics = warnings;
        self
    }
}

/// The register file for the values as written: constants, conserved sums and what depends on them alone; conditions do not
/// hold.
fn file_at_start(
    layout: &Layout,
    places: &Places,
    prologue: &Tape,
    (states, constants): &(Vec<f64>, Vec<f64>),
) -> Vec<[f64; 1]> {
    let mut file = layout.registers::<1>().to_vec();
    let sums = places.dependents.iter().zip(&states[places.moving()..]).map(|(d, own)| d.sum(*own, states));
    for (register, value) in file[1 + places.moving()..].iter_mut().zip(sums.chain(constants.iter().copied())) {
        *register = [value];
    }
    prologue.run(&mut file);
    file
}

/// The right-hand side's registers, and those of its derivatives.
fn body_outputs(parts: &Parts, registers: &Registers) -> (Vec<Output>, Vec<Output>) {
    let at = |base: usize, nodes: Vec<NodeId>| -> Vec<Output> {
        let place = |(k, node)| Output { node, register: Some((base + k) as u32) };
        nodes.into_iter().enumerate().map(place).collect()
    };
    let rhs = at(registers.rhs, parts.rhs.clone());
    let by_time: Vec<NodeId> = parts.by_time.iter().map(|(_, node)| *node).collect();
    let mut rest = at(registers.by_time, by_time);
    rest.extend(at(registers.jacobian, parts.jacobian.clone()));
    (rhs, rest)
}

/// The largest parts of the equations that depend neither on time nor on states.
fn hoisted(graph: &Graph, places: &Places, parts: &Parts) -> Vec<NodeId> {
    let by_time = parts.by_time.iter().map(|(_, node)| *node);
    let roots: Vec<NodeId> = (parts.rhs.iter().chain(&parts.jacobian).copied()).chain(by_time).collect();
    let mut varying = Varying::new();
    let mut still = |node| {
        let leaf = matches!(graph.node(node), Node::Number(_) | Node::Symbol(_));
        !leaf && !varying.of(graph, node, &|s| places.varies(s))
    };
    let mut found: Vec<NodeId> = roots.iter().copied().filter(|r| still(*r)).collect();
    for node in graph.reachable(&roots) {
        if !still(node) {
            found.extend(graph.node(node).parts().filter(|p| still(*p)));
        }
    }
    let mut seen = HashSet::new();
    found.retain(|node| seen.insert(*node));
    found
}

/// Rows of the right-hand side that depend on time directly or through a switch.
fn time_dependent(graph: &Graph, places: &Places, rhs: &[NodeId], separated: &Separated) -> Vec<u32> {
    // A switch stands after those its sides use, so one pass in order sees through nests.
    let mut timed = vec![];
    let depends = |nodes: &[NodeId], timed: &[bool]| {
        graph.symbols(nodes).into_iter().any(|s| {
            let mode = s.checked_sub(places.first_mode()).map(|m| m as usize);
            s == 0 || mode.is_some_and(|m| timed.get(m).copied().unwrap_or(false))
        })
    };
    for s in &separated.switches {
        let flag = depends(&[s.left, s.right], &timed);
        timed.push(flag);
    }
    (0..rhs.len() as u32).filter(|r| depends(&[rhs[*r as usize]], &timed)).collect()
}

fn switch_states(graph: &Graph, n: usize, separated: &Separated) -> Vec<usize> {
    let located = separated.switches.iter().filter(|s| s.clock.is_none());
    let sides: Vec<NodeId> = located.flat_map(|s| [s.left, s.right]).collect();
    let symbols = graph.symbols(&sides).into_iter().map(|s| s as usize);
    symbols.filter(|s| (1..=n).contains(s)).map(|s| s - 1).collect()
}

fn event_tapes(layout: &mut Layout, graph: &Graph, event: &EventProgram) -> EventTapes {
    let mut all = |nodes: &mut dyn Iterator<Item = NodeId>| {
        let outputs: Vec<Output> = nodes.map(Output::anywhere).collect();
        layout.build(graph, &outputs)
    };
    EventTapes {
        delay: event.delay.map(|node| all(&mut std::iter::once(node).chain(event.delay_slopes.iter().copied()))),
        priority: event.priority.map(|node| all(&mut std::iter::once(node))),
        values: all(&mut event.assignments.iter().map(|a| a.2).chain(event.value_slopes.iter().copied())),
    }
}

/// Compartment of each species, and true if its symbol is a concentration.
fn species(model: &Model) -> HashMap<Id, (usize, bool)> {
    let place = |s: &synapta_model::Species| {
        let at = model.compartments.iter().position(|c| c.id == s.compartment)?;
        let sized = model.compartments[at].dimensions != Some(0.0);
        Some((s.id.clone(), (at, sized && !s.only_substance_units)))
    };
    model.species.iter().filter_map(place).collect()
}

fn infos(places: &Places, species: &HashMap<Id, (usize, bool)>) -> (Vec<StateInfo>, Vec<ConstantInfo>) {
    let kind = |id: &Id| match species.get(id) {
        Some((_, concentration)) => StateKind::Species { concentration: *concentration },
        None => StateKind::Other,
    };
    let state = |id: &Id| StateInfo { id: id.clone(), kind: kind(id) };
    let constant = |id: &Id| ConstantInfo { id: id.clone(), kind: kind(id) };
    (places.states.iter().map(state).collect(), places.constants.iter().map(constant).collect())
}

fn slots(places: &Places, species: &HashMap<Id, (usize, bool)>) -> HashMap<Id, Slot> {
    let slot = |(id, place): (&Id, &Place)| {
        let compartment = species.get(id).filter(|(_, c)| *c).map(|(at, _)| *at);
        let slot = Slot { place: *place, compartment };
        (id.clone(), slot)
    };
    places.of.iter().map(slot).collect()
}
