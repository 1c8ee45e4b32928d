//! Quotients as products with inverses, which formulas share.
//!
//! A division costs a vector unit as much as a dozen multiplications. The same denominator stands under a rate, under
//! its derivatives, and often under several rates; as one inverse it is worked out once, and where it does not vary, once
//! a run. What varies, the tapes work out several at a time ([`crate::tape`]).

use super::places::Places;
use synapta_model::graph::{Binary, Graph, Node, NodeId};

/// The roots with quotients as products.
pub(super) fn share(graph: &mut Graph, places: &Places, roots: &[NodeId]) -> Vec<NodeId> {
    graph.rewrite(roots, &mut |g, node| match g.node(node) {
        Node::Binary(Binary::Div, a, b) if g.as_number(a) != Some(1.0) && may_invert(g, places, b) => {
            let inverse = inverse(g, b);
            Some(g.binary(Binary::Mul, a, inverse))
        }
        Node::IntPower(a, n) if n < 0 && may_invert(g, places, a) => {
            let inverse = inverse(g, a);
            Some(g.int_power(inverse, -n))
        }
        _ => None,
    })
}

fn inverse(graph: &mut Graph, node: NodeId) -> NodeId {
    let one = graph.number(1.0);
    graph.binary(Binary::Div, one, node)
}

/// A state alone under a fraction line may be zero where the quotient is not used (the slope of a power at zero), so it
/// stays there, where it harms no other.
fn may_invert(graph: &Graph, places: &Places, node: NodeId) -> bool {
    match graph.node(node) {
        Node::Symbol(s) => !places.varies(s),
        Node::Number(bits) => f64::from_bits(bits) != 0.0,
        _ => true,
    }
}
