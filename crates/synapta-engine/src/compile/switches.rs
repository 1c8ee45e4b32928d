//! Steps in the equations: comparisons and integer parts that depend on time or states.
//!
//! Each is taken out of the right-hand side and the triggers and replaced by a mode, a number that stays fixed while
//! the integrator runs and changes only at a located root. Between roots the equations are smooth.

use super::places::{Places, TIME, Varying};
use synapta_model::graph::{Binary, Graph, Node, NodeId, Unary};

/// What a switch compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SwitchKind {
    /// Left below right.
    Less,
    /// Left at most right.
    LessEqual,
    /// Sign of left minus right; serves equal and not equal.
    Sign,
    /// Largest integer not above left.
    Floor,
    /// Smallest integer not below left.
    Ceil,
    /// Nearest integer to left.
    Round,
    /// Integer part of left over right.
    Quotient,
}

impl SwitchKind {
    /// The mode for given sides.
    pub fn mode(self, left: f64, right: f64) -> f64 {
        match self {
            SwitchKind::Less => f64::from(u8::from(left < right)),
            SwitchKind::LessEqual => f64::from(u8::from(left <= right)),
            SwitchKind::Sign => f64::from(i8::from(left > right) - i8::from(left < right)),
            SwitchKind::Floor => left.floor(),
            SwitchKind::Ceil => left.ceil(),
            SwitchKind::Round => left.round(),
            SwitchKind::Quotient => (left / right).trunc(),
        }
    }

    /// True if the mode is an integer part.
    pub fn is_integer(self) -> bool {
        use SwitchKind::*;
        matches!(self, Floor | Ceil | Round | Quotient)
    }
}

/// One switch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switch {
    pub kind: SwitchKind,
    pub left: NodeId,
    pub right: NodeId,
    /// What crosses zero (comparisons) or integers (integer parts), and its slope in time, where that is constant
    /// between switches, so that the next crossing can be computed: `time >= 24`, `rem(time, 24) < 1`.
    pub clock: Option<(NodeId, NodeId)>,
}

impl Switch {
    /// What crosses zero (comparisons) or integers (integer parts; half-integers for the nearest one).
    pub fn gap(&self, graph: &mut Graph) -> NodeId {
        match self.kind {
            SwitchKind::Floor | SwitchKind::Ceil | SwitchKind::Round => self.left,
            SwitchKind::Quotient => graph.binary(Binary::Div, self.left, self.right),
            _ => graph.binary(Binary::Sub, self.left, self.right),
        }
    }
}

/// Equations with their switches taken out.
pub(crate) struct Separated {
    pub rhs: Vec<NodeId>,
    pub triggers: Vec<NodeId>,
    pub switches: Vec<Switch>,
}

/// Takes the switches out of the right-hand side and the triggers.
pub(super) fn separate(graph: &mut Graph, places: &Places, rhs: &[NodeId], triggers: &[NodeId]) -> Separated {
    let roots: Vec<NodeId> = rhs.iter().chain(triggers).copied().collect();
    let mut switches: Vec<Switch> = vec![];
    let mut varying = Varying::new();
    let varies = |s| places.varies(s);
    let mut new = graph.rewrite(&roots, &mut |g, node| {
        let (kind, left, right) = switch_of(g, node)?;
        if !varying.of(g, node, &varies) {
            return None;
        }
        let known = switches.iter().position(|s| (s.kind, s.left, s.right) == (kind, left, right));
        let at = known.unwrap_or_else(|| {
            switches.push(Switch { kind, left, right, clock: None });
            switches.len() - 1
        });
        let mode = g.symbol(places.first_mode() + at as u32);
        Some(in_its_place(g, node, mode))
    });
    for switch in &mut switches {
        switch.clock = clock(graph, places, switch);
    }
    let triggers = new.split_off(rhs.len());
    Separated { rhs: new, triggers, switches }
}

fn switch_of(g: &Graph, node: NodeId) -> Option<(SwitchKind, NodeId, NodeId)> {
    Some(match g.node(node) {
        Node::Binary(Binary::Lt, a, b) => (SwitchKind::Less, a, b),
        Node::Binary(Binary::Leq, a, b) => (SwitchKind::LessEqual, a, b),
        Node::Binary(Binary::Eq | Binary::Neq, a, b) => (SwitchKind::Sign, a, b),
        Node::Binary(Binary::Quotient | Binary::Rem, a, b) => (SwitchKind::Quotient, a, b),
        Node::Unary(Unary::Floor, a) => (SwitchKind::Floor, a, a),
        Node::Unary(Unary::Ceil, a) => (SwitchKind::Ceil, a, a),
        Node::Unary(Unary::Factorial, a) => (SwitchKind::Round, a, a),
        _ => return None,
    })
}

fn in_its_place(g: &mut Graph, node: NodeId, mode: NodeId) -> NodeId {
    match g.node(node) {
        Node::Binary(f @ (Binary::Eq | Binary::Neq), ..) => {
            let zero = g.number(0.0);
            g.binary(f, mode, zero)
        }
        Node::Binary(Binary::Rem, a, b) => {
            let whole = g.binary(Binary::Mul, b, mode);
            g.binary(Binary::Sub, a, whole)
        }
        Node::Unary(Unary::Factorial, _) => g.unary(Unary::Factorial, mode),
        _ => mode,
    }
}

/// The clock of a switch that depends on time alone, and on it linearly between other switches.
fn clock(graph: &mut Graph, places: &Places, s: &Switch) -> Option<(NodeId, NodeId)> {
    let gap = s.gap(graph);
    let value = match s.kind {
        SwitchKind::Round => {
            let half = graph.number(0.5);
            graph.binary(Binary::Add, gap, half)
        }
        _ => gap,
    };
    let on_state = |symbols: Vec<u32>| symbols.iter().any(|x| *x != TIME && places.varies(*x));
    if on_state(graph.symbols(&[value])) {
        return None;
    }
    let slope = graph.derivative(value, TIME)?;
    let constant = !graph.symbols(&[slope]).iter().any(|x| places.varies(*x));
    constant.then_some((value, slope))
}
