//! The right-hand side, its Jacobian and its time derivative.

use super::places::{Places, TIME};
use super::resolve::Resolver;
use synapta_model::graph::{Graph, NodeId};

/// The nodes of the right-hand side in the order of the states.
pub(super) fn nodes(resolver: &mut Resolver<'_>) -> Vec<NodeId> {
    let states = resolver.places.states.clone();
    states.iter().map(|id| resolver.flow(id)).collect()
}

/// The right-hand side with its derivatives.
pub(crate) struct Parts {
    pub rhs: Vec<NodeId>,
    /// Pattern of the Jacobian (row, column) and the node of each entry.
    pub pattern: Vec<(u32, u32)>,
    pub jacobian: Vec<NodeId>,
    /// Derivatives with respect to time: (row, node), only those that are not zero.
    pub by_time: Vec<(u32, NodeId)>,
}

/// Differentiates the right-hand side.
pub(super) fn differentiate(graph: &mut Graph, places: &Places, rhs: &[NodeId]) -> Parts {
    let mut parts = Parts { rhs: rhs.to_vec(), pattern: vec![], jacobian: vec![], by_time: vec![] };
    for column in 0..places.states.len() as u32 {
        for (row, node) in nonzero(graph, rhs, column + 1) {
            parts.pattern.push((row, column));
            parts.jacobian.push(node);
        }
    }
    parts.by_time = nonzero(graph, rhs, TIME);
    parts
}

fn nonzero(graph: &mut Graph, rhs: &[NodeId], symbol: u32) -> Vec<(u32, NodeId)> {
    let gradient = graph.gradient(rhs, symbol);
    let rows = gradient.into_iter().enumerate();
    rows.filter_map(|(row, node)| Some((row as u32, node?)))
        .filter(|(_, node)| graph.as_number(*node) != Some(0.0))
        .collect()
}
