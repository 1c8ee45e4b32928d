//! Expressions as a directed acyclic graph in which equal parts exist once.
//!
//! [`Graph`] is an arena: a [`NodeId`] always refers to nodes made before it, so a sweep by ascending id visits parts
//! before the whole and nothing here recurses over a graph. Building a node simplifies it. The rules keep IEEE
//! meaning: only correctly rounded operations are folded (so a folded number is the one a run would compute on any
//! machine), and `0*x`, `x-x`, `x/x` stay, because `x` may be infinite or not a number. The sign of a zero may change.

mod derive;
mod eval;
mod from_expr;
mod node;
mod simplify;

pub use from_expr::{Leaf, is_leaf};
pub use node::{Binary, Node, NodeId, Unary};

use rustc_hash::FxHashMap;

/// An arena of expression nodes, each distinct node stored once.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    ids: FxHashMap<Node, NodeId>,
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Graph {
        Graph::default()
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True if no node was made yet.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What a node is.
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id.index()]
    }

    /// What the node at a position of the arena is.
    pub fn node_at(&self, index: usize) -> Node {
        self.nodes[index]
    }

    /// The value of a literal node.
    pub fn as_number(&self, id: NodeId) -> Option<f64> {
        match self.node(id) {
            Node::Number(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// A literal.
    pub fn number(&mut self, value: f64) -> NodeId {
        self.intern(Node::Number(value.to_bits()))
    }

    /// The symbol with a number of the caller's choice.
    pub fn symbol(&mut self, symbol: u32) -> NodeId {
        self.intern(Node::Symbol(symbol))
    }

    fn intern(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.ids.get(&node) {
            return *id;
        }
        let id = NodeId::from_index(self.nodes.len());
        self.nodes.push(node);
        self.ids.insert(node, id);
        id
    }

    /// Every node the roots are made of (themselves included), ascending, so parts come first.
    pub fn reachable(&self, roots: &[NodeId]) -> Vec<NodeId> {
        // One bit a node up to the last root: many questions are about a few nodes of a large graph.
        let top = roots.iter().map(|id| id.index() + 1).max().unwrap_or(0);
        let mut seen = vec![0u64; top.div_ceil(64)];
        let mut stack = roots.to_vec();
        while let Some(id) = stack.pop() {
            let (word, bit) = (&mut seen[id.index() / 64], 1 << (id.index() % 64));
            if *word & bit == 0 {
                *word |= bit;
                stack.extend(self.node(id).parts());
            }
        }
        let bits = |(at, word): (usize, u64)| {
            let next = |left: &u64| (left & (left - 1) != 0).then_some(left & (left - 1));
            let lefts = std::iter::successors((word != 0).then_some(word), next);
            lefts.map(move |left| NodeId::from_index(64 * at + left.trailing_zeros() as usize))
        };
        seen.into_iter().enumerate().flat_map(bits).collect()
    }

    /// Every symbol the roots depend on, ascending.
    pub fn symbols(&self, roots: &[NodeId]) -> Vec<u32> {
        let mut found: Vec<u32> = self
            .reachable(roots)
            .into_iter()
            .filter_map(|id| match self.node(id) {
                Node::Symbol(s) => Some(s),
                _ => None,
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// The roots rebuilt with some nodes replaced. `replace` sees each node after its parts were rebuilt, parts
    /// first, and gives the node to stand there instead, or `None` to keep it.
    pub fn rewrite(
        &mut self,
        roots: &[NodeId],
        replace: &mut dyn FnMut(&mut Graph, NodeId) -> Option<NodeId>,
    ) -> Vec<NodeId> {
        let mut new: FxHashMap<NodeId, NodeId> = FxHashMap::default();
        for id in self.reachable(roots) {
            let rebuilt = match self.node(id) {
                Node::Number(_) | Node::Symbol(_) => id,
                Node::Unary(f, a) => self.unary(f, new[&a]),
                Node::Binary(f, a, b) => self.binary(f, new[&a], new[&b]),
                Node::IntPower(a, n) => self.int_power(new[&a], n),
                Node::Select(c, a, b) => self.select(new[&c], new[&a], new[&b]),
            };
            let placed = replace(self, rebuilt).unwrap_or(rebuilt);
            new.insert(id, placed);
        }
        roots.iter().map(|r| new[r]).collect()
    }
}

#[cfg(test)]
mod tests;
