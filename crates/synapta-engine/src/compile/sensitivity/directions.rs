//! Derivatives along each parameter's direction, as nodes over the slopes of states, constants and times.

use super::{outputs, slope_name};
use crate::compile::places::TIME;
use crate::compile::{Place, Places};
use crate::program::Program;
use crate::tape::Tape;
use synapta_model::Id;
use synapta_model::graph::{Binary, Graph, NodeId};

/// Where the slopes stand. Those of the states follow the states, parameter after parameter; behind the model's own
/// constants come the slopes of constants, then for each parameter the slope of the instant at which something
/// happens (zero between such instants), then for each its scale.
#[derive(Clone, Debug)]
pub(super) struct Directions {
    /// States of the model.
    pub n: usize,
    /// Parameters asked for.
    pub m: usize,
    /// Constants of the model.
    constants: usize,
    /// Index among the constants of the slope of each constant by each parameter, constant after constant.
    slopes: Vec<Option<usize>>,
    times: usize,
    scales: usize,
}

impl Directions {
    /// Adds the constants that hold slopes; `dependent` says which there are.
    pub fn new(places: &mut Places, n: usize, names: &[Id], dependent: &[bool]) -> Directions {
        let (m, constants) = (names.len(), places.constants.len());
        let mut slopes = vec![None; dependent.len()];
        for (at, _) in dependent.iter().enumerate().filter(|(_, d)| **d) {
            slopes[at] = Some(places.constants.len());
            let name = slope_name(&places.constants[at / m], &names[at % m]);
            places.constants.push(name);
        }
        let times = places.constants.len();
        places.constants.extend(names.iter().map(|p| slope_name(&"instant".into(), p)));
        let scales = places.constants.len();
        places.constants.extend(names.iter().map(|p| Id::from(format!("scale({p})"))));
        Directions { n, m, constants, slopes, times, scales }
    }

    fn first_constant(&self) -> u32 {
        1 + (self.n * (1 + self.m)) as u32
    }

    /// The symbol that holds the slope of a symbol by parameter `k`, if it can be other than zero.
    fn seed(&self, symbol: u32, k: usize) -> Option<u32> {
        if symbol == TIME {
            return Some(self.first_constant() + (self.times + k) as u32);
        }
        if symbol as usize <= self.n {
            return Some(symbol + (self.n * (1 + k)) as u32);
        }
        let constant = symbol.checked_sub(self.first_constant())? as usize;
        let slope = self.slopes.get(constant * self.m + k).copied().flatten()?;
        (constant < self.constants).then_some(self.first_constant() + slope as u32)
    }

    /// For each parameter the slopes of `roots`: at a fixed time, or at an instant that the parameter moves.
    pub fn along(&self, graph: &mut Graph, roots: &[NodeId], at_instant: bool) -> Vec<Vec<NodeId>> {
        let moves = |s: &u32| (*s != TIME || at_instant) && (0..self.m).any(|k| self.seed(*s, k).is_some());
        let symbols: Vec<u32> = graph.symbols(roots).into_iter().filter(moves).collect();
        let gradients = graph.gradients(roots, &symbols);
        let mut slopes = vec![Vec::with_capacity(roots.len()); self.m];
        for root in 0..roots.len() {
            let parts: Vec<(u32, NodeId)> =
                symbols.iter().zip(&gradients).filter_map(|(s, g)| Some((*s, g[root]?))).collect();
            for (k, of_parameter) in slopes.iter_mut().enumerate() {
                let seeded = parts.iter().filter_map(|(s, node)| Some((self.seed(*s, k)?, *node)));
                of_parameter.push(combination(graph, seeded));
            }
        }
        slopes
    }

    /// The time derivatives of `nodes` along the solution.
    pub fn speeds(&self, graph: &mut Graph, nodes: &[NodeId], rhs: &[NodeId]) -> Vec<NodeId> {
        let symbols: Vec<u32> = (TIME..=self.n as u32).collect();
        let gradients = graph.gradients(nodes, &symbols);
        let mut speeds = vec![];
        for node in 0..nodes.len() {
            let mut terms: Vec<(NodeId, bool)> = gradients[0][node].map(|g| (g, false)).into_iter().collect();
            for (gradient, rate) in gradients[1..].iter().zip(rhs) {
                if let Some(g) = gradient[node] {
                    terms.push((graph.binary(Binary::Mul, g, *rate), false));
                }
            }
            speeds.push(graph.sum(&terms));
        }
        speeds
    }
}

/// The sum of each node times its symbol, without those that are zero.
fn combination(graph: &mut Graph, parts: impl Iterator<Item = (u32, NodeId)>) -> NodeId {
    let mut terms = vec![];
    for (symbol, node) in parts {
        if graph.as_number(node) != Some(0.0) {
            let seed = graph.symbol(symbol);
            terms.push((graph.binary(Binary::Mul, node, seed), false));
        }
    }
    graph.sum(&terms)
}

/// What a run needs to carry sensitivities through jumps.
#[derive(Clone, Debug)]
pub(crate) struct Carried {
    /// States of the model; the sensitivities follow, parameter after parameter.
    pub n: usize,
    /// Parameters asked for.
    pub m: usize,
    /// Constants of the model; slopes and scales follow.
    pub constants: usize,
    slopes: Vec<Option<usize>>,
    /// Where the slopes of the instant begin among the constants.
    pub times: usize,
    /// Where the scales of the parameters begin among the constants.
    pub scales: usize,
    /// For each switch the speed of its crossing, then its slopes.
    pub crossings: Tape,
    /// The slopes of the compartments' sizes, parameter after parameter.
    pub volumes: Tape,
    /// What each switch is for, in words.
    pub labels: Vec<String>,
    /// The parameters' names.
    pub names: Vec<Id>,
}

impl Carried {
    pub(super) fn new(
        program: &mut Program,
        directions: Directions,
        crossings: &[NodeId],
        volumes: &[NodeId],
        labels: Vec<String>,
        names: Vec<Id>,
    ) -> Carried {
        let Directions { n, m, constants, slopes, times, scales } = directions;
        let crossings = program.layout.build(&program.graph, &outputs(crossings));
        let volumes = program.layout.build(&program.graph, &outputs(volumes));
        Carried { n, m, constants, slopes, times, scales, crossings, volumes, labels, names }
    }

    /// Where the slope of a place by parameter `k` stands; `None` if it is always zero.
    pub fn slope(&self, place: Place, k: usize) -> Option<Place> {
        match place {
            Place::State(i) => Some(Place::State(self.n * (1 + k) + i)),
            Place::Constant(j) => self.slopes.get(j * self.m + k).copied().flatten().map(Place::Constant),
        }
    }

    /// The parameter whose instant's slope stands at a place.
    pub fn instant_of(&self, place: Place) -> Option<usize> {
        match place {
            Place::Constant(j) if (self.times..self.times + self.m).contains(&j) => Some(j - self.times),
            _ => None,
        }
    }
}
