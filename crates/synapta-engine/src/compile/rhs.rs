//! The right-hand side, its Jacobian and its time derivative.

use super::inverses;
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
    let rhs = inverses::share(graph, places, rhs);
    let mut parts = Parts { rhs: rhs.clone(), pattern: vec![], jacobian: vec![], by_time: vec![] };
    let symbols: Vec<u32> = (TIME..=places.states.len() as u32).collect();
    let mut gradients = graph.gradients(&rhs, &symbols).into_iter();
    parts.by_time = nonzero(graph, gradients.next().unwrap_or_default());
    for (column, gradient) in gradients.enumerate() {
        for (row, node) in nonzero(graph, gradient) {
            parts.pattern.push((row, column as u32));
            parts.jacobian.push(node);
        }
    }
    parts.jacobian = inverses::share(graph, places, &parts.jacobian);
    let (rows, by_time): (Vec<u32>, Vec<NodeId>) = parts.by_time.into_iter().unzip();
    parts.by_time = rows.into_iter().zip(inverses::share(graph, places, &by_time)).collect();
    parts
}

fn nonzero(graph: &Graph, gradient: Vec<Option<NodeId>>) -> Vec<(u32, NodeId)> {
    let rows = gradient.into_iter().enumerate();
    rows.filter_map(|(row, node)| Some((row as u32, node?)))
        .filter(|(_, node)| graph.as_number(*node) != Some(0.0))
        .collect()
}
