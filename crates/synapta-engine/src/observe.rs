//! What can be read off a run.

use crate::program::Program;
use crate::tape::{Layout, Output, Tape};
use std::collections::HashMap;
use synapta_model::Id;
use synapta_model::graph::{Binary, Graph, NodeId};

/// In what form a species is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Form {
    /// The meaning of the symbol in formulas: a concentration unless it has only substance units.
    #[default]
    Default,
    /// An amount.
    Amount,
    /// An amount over the compartment's size.
    Concentration,
}

/// Something a run can report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observable {
    node: NodeId,
}

/// The nodes of everything that can be observed.
#[derive(Clone, Debug)]
pub(crate) struct Observables {
    time: NodeId,
    /// The meaning of every name.
    values: HashMap<Id, NodeId>,
    /// Amount and concentration of every species.
    species: HashMap<Id, (NodeId, NodeId)>,
}

impl Observables {
    /// Gathers the nodes; `species` has each one's compartment and true if its symbol is a concentration.
    pub fn new(
        graph: &mut Graph,
        values: HashMap<Id, NodeId>,
        species: &HashMap<Id, (usize, bool)>,
        volumes: &[NodeId],
    ) -> Observables {
        let mut forms = HashMap::new();
        for (id, (compartment, concentration)) in species {
            let (Some(value), size) = (values.get(id).copied(), volumes[*compartment]) else {
                continue;
            };
            let pair = if *concentration {
                (graph.binary(Binary::Mul, value, size), value)
            } else {
                (value, graph.binary(Binary::Div, value, size))
            };
            forms.insert(id.clone(), pair);
        }
        Observables { time: graph.symbol(0), values, species: forms }
    }
}

impl Observables {
    /// The nodes of everything that can be observed.
    pub fn nodes(&self) -> Vec<NodeId> {
        let forms = self.species.values().flat_map(|(amount, concentration)| [*amount, *concentration]);
        let mut nodes: Vec<NodeId> = self.values.values().copied().chain(forms).chain([self.time]).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }
}

impl Observable {
    pub(crate) fn of(node: NodeId) -> Observable {
        Observable { node }
    }

    pub(crate) fn node(self) -> NodeId {
        self.node
    }
}

impl Program {
    /// Anything with a value: species, parameters, compartments, stoichiometries, reactions (their rate) and `time`.
    /// `None` for names the model does not have. `form` matters for species only.
    pub fn observable(&self, id: &str, form: Form) -> Option<Observable> {
        let known = &self.observables;
        let value = known.values.get(id).copied();
        let node = match (form, known.species.get(id)) {
            (Form::Amount, Some((amount, _))) => Some(*amount),
            (Form::Concentration, Some((_, concentration))) => Some(*concentration),
            _ => value.or((id == "time").then_some(known.time)),
        };
        node.map(|node| Observable { node })
    }

    /// Every name that can be observed, in no particular order; `time` not among them.
    pub fn observable_names(&self) -> impl Iterator<Item = &Id> {
        self.observables.values.keys()
    }
}

/// Observables made ready to be read from a register file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observer {
    tape: Tape,
    /// Indices of the states that are needed.
    pub states: Vec<usize>,
}

impl Observer {
    /// Adds a tape for `observables` to a layout.
    pub fn new(program: &Program, layout: &mut Layout, observables: &[Observable]) -> Observer {
        let graph = &program.graph;
        let nodes: Vec<NodeId> = observables.iter().map(|o| o.node).collect();
        let outputs: Vec<Output> = nodes.iter().map(|n| Output::anywhere(*n)).collect();
        let n = program.moving();
        let symbols = graph.symbols(&nodes).into_iter().map(|s| s as usize);
        Observer {
            tape: layout.build(graph, &outputs),
            states: symbols.filter(|s| (1..=n).contains(s)).map(|s| s - 1).collect(),
        }
    }

    /// Number of observables.
    pub fn columns(&self) -> usize {
        self.tape.outputs.len()
    }

    /// Appends a lane's values for what the register file holds.
    pub fn read<const W: usize>(&self, file: &mut [[f64; W]], lane: usize, row: &mut Vec<f64>) {
        self.tape.run(file);
        row.extend(self.tape.outputs.iter().map(|r| file[*r as usize][lane]));
    }
}
