//! The kinds of node.

/// Number of a node in its graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// Position in the arena.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn from_index(index: usize) -> NodeId {
        NodeId(index as u32)
    }
}

/// One node. Truth values are the numbers 1 and 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// A literal, as its bits.
    Number(u64),
    /// A symbol by its number.
    Symbol(u32),
    /// A function of one argument.
    Unary(Unary, NodeId),
    /// A function of two arguments.
    Binary(Binary, NodeId, NodeId),
    /// A fixed integer power, evaluated by multiplications.
    IntPower(NodeId, i32),
    /// The second if the first is true (not zero), else the third.
    Select(NodeId, NodeId, NodeId),
}

impl Node {
    /// Its direct parts.
    pub fn parts(self) -> impl Iterator<Item = NodeId> {
        let parts = match self {
            Node::Number(_) | Node::Symbol(_) => [None, None, None],
            Node::Unary(_, a) | Node::IntPower(a, _) => [Some(a), None, None],
            Node::Binary(_, a, b) => [Some(a), Some(b), None],
            Node::Select(c, a, b) => [Some(c), Some(a), Some(b)],
        };
        parts.into_iter().flatten()
    }
}

/// Functions of one argument; the rest of SBML's set is written with these.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // the names are MathML's
pub enum Unary {
    Neg,
    Sqrt,
    Exp,
    Ln,
    Log10,
    Abs,
    Floor,
    Ceil,
    Factorial,
    Sin,
    Cos,
    Tan,
    Sinh,
    Cosh,
    Tanh,
    Asin,
    Acos,
    Atan,
    Asinh,
    Acosh,
    Atanh,
    Not,
}

/// Functions of two arguments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // the names are MathML's
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Min,
    Max,
    /// `a - b*trunc(a/b)`: the sign of the dividend.
    Rem,
    /// `trunc(a/b)`.
    Quotient,
    Lt,
    Leq,
    Eq,
    Neq,
    And,
    Or,
    Xor,
}

impl Binary {
    /// True for the comparisons of numbers.
    pub fn is_comparison(self) -> bool {
        matches!(self, Binary::Lt | Binary::Leq | Binary::Eq | Binary::Neq)
    }
}
