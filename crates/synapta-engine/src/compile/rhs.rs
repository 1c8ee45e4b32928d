//! The right-hand side, its Jacobian and its time derivative.

use super::inverses;
use super::places::{Places, TIME};
use super::resolve::Resolver;
use synapta_model::graph::{Graph, NodeId};

/// The nodes of the right-hand side in the order of the states that are integrated.
pub(super) fn nodes(resolver: &mut Resolver<'_>) -> Vec<NodeId> {
    let states = resolver.places.states[..resolver.places.moving()].to_vec();
    states.iter().map(|id| resolver.flow(id)).collect()
}

/// The right-hand side with its derivatives.
pub(crate) struct Parts {
    pub rhs: Vec<NodeId>,
    /// Pattern of the Jacobian (row, column).
    pub pattern: Vec<(u32, u32)>,
    /// Patterns of the blocks below it, one for each parameter's sensitivities.
    pub blocks: Vec<Vec<(u32, u32)>>,
    /// The node of each entry: the Jacobian's, then the blocks'.
    pub jacobian: Vec<NodeId>,
    /// Derivatives with respect to time: (row, node), only those that are not zero.
    pub by_time: Vec<(u32, NodeId)>,
}

/// Differentiates the right-hand side.
pub(super) fn differentiate(graph: &mut Graph, places: &Places, rhs: &[NodeId]) -> Parts {
    let rhs = inverses::share(graph, places, rhs);
    let mut parts = Parts { rhs: rhs.clone(), pattern: vec![], blocks: vec![], jacobian: vec![], by_time: vec![] };
    let symbols: Vec<u32> = (TIME..=rhs.len() as u32).collect();
    let mut gradients = graph.gradients(&rhs, &symbols).into_iter();
    parts.by_time = nonzero(graph, gradients.next().unwrap_or_default());
    for (column, gradient) in gradients.enumerate() {
        for (row, node) in nonzero(graph, gradient) {
            parts.pattern.push((row, column as u32));
            parts.jacobian.push(node);
        }
    }
    parts.jacobian = inverses::share(graph, places, &parts.jacobian);
    parts.by_time = shared_rows(graph, places, parts.by_time);
    parts
}

/// Nodes with their rows, quotients as products with shared inverses.
pub(super) fn shared_rows(graph: &mut Graph, places: &Places, rows: Vec<(u32, NodeId)>) -> Vec<(u32, NodeId)> {
    let (rows, nodes): (Vec<u32>, Vec<NodeId>) = rows.into_iter().unzip();
    rows.into_iter().zip(inverses::share(graph, places, &nodes)).collect()
}

/// The entries that are not identically zero, with their rows.
pub(super) fn nonzero(graph: &Graph, gradient: Vec<Option<NodeId>>) -> Vec<(u32, NodeId)> {
    let rows = gradient.into_iter().enumerate();
    rows.filter_map(|(row, node)| Some((row as u32, node?)))
        .filter(|(_, node)| graph.as_number(*node) != Some(0.0))
        .collect()
}
