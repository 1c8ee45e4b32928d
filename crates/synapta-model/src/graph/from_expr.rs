//! From an [`Expr`] to nodes.

use super::{Binary, Graph, NodeId, Unary};
use crate::expr::{Constant, Expr, ExprKind, Op};

/// Gives the node of a leaf the graph does not know by itself: a symbol, `time`, a call, `delay`, `rateOf`, a draw.
pub type Leaf<'a, E> = dyn FnMut(&mut Graph, &Expr) -> Result<NodeId, E> + 'a;

/// True for the forms that [`Graph::add_expr`] hands to its [`Leaf`].
pub fn is_leaf(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Symbol(_)
            | ExprKind::Constant(Constant::Time)
            | ExprKind::Call(..)
            | ExprKind::Delay(..)
            | ExprKind::RateOf(_)
            | ExprKind::Draw(..)
    )
}

impl Graph {
    /// Adds an expression and gives its node. A wrong number of arguments gives not-a-number, as in evaluation.
    ///
    /// # Errors
    /// Those of `leaf`.
    pub fn add_expr<E>(&mut self, expr: &Expr, leaf: &mut Leaf<'_, E>) -> Result<NodeId, E> {
        Ok(match &expr.kind {
            kind if is_leaf(kind) => leaf(self, expr)?,
            ExprKind::Number(v, _) => self.number(*v),
            ExprKind::Constant(c) => self.number(constant_value(*c)),
            ExprKind::Op(op, args) => {
                let nodes = args.iter().map(|a| self.add_expr(a, leaf)).collect::<Result<Vec<_>, E>>()?;
                self.apply(*op, &nodes)
            }
            ExprKind::Piecewise(pairs, otherwise) => {
                let mut value = match otherwise {
                    Some(e) => self.add_expr(e, leaf)?,
                    None => self.number(f64::NAN),
                };
                for (v, c) in pairs.iter().rev() {
                    let v = self.add_expr(v, leaf)?;
                    let c = self.add_expr(c, leaf)?;
                    value = self.select(c, v, value);
                }
                value
            }
            // The other forms are leaves.
            _ => self.number(f64::NAN),
        })
    }

    /// A built-in operator applied to nodes.
    pub fn apply(&mut self, op: Op, args: &[NodeId]) -> NodeId {
        use Op::*;
        match (op, args) {
            (Plus, _) => self.fold(Binary::Add, args, 0.0),
            (Times, _) => self.fold(Binary::Mul, args, 1.0),
            (And, _) => self.fold(Binary::And, args, 1.0),
            (Or, _) => self.fold(Binary::Or, args, 0.0),
            (Xor, _) => self.fold(Binary::Xor, args, 0.0),
            (Min, [_, ..]) => self.fold(Binary::Min, args, f64::NAN),
            (Max, [_, ..]) => self.fold(Binary::Max, args, f64::NAN),
            (Eq | Lt | Gt | Leq | Geq, [_, _, ..]) => self.chain(op, args),
            (_, [a]) => self.apply_one(op, *a),
            (_, [a, b]) => self.apply_two(op, *a, *b),
            _ => self.number(f64::NAN),
        }
    }

    fn fold(&mut self, f: Binary, args: &[NodeId], empty: f64) -> NodeId {
        let Some((first, rest)) = args.split_first() else {
            return self.number(empty);
        };
        rest.iter().fold(*first, |acc, a| self.binary(f, acc, *a))
    }

    /// `a < b < c` means `a < b and b < c`.
    fn chain(&mut self, op: Op, args: &[NodeId]) -> NodeId {
        let links: Vec<NodeId> = args
            .windows(2)
            .map(|w| match op {
                Op::Eq => self.binary(Binary::Eq, w[0], w[1]),
                Op::Lt => self.binary(Binary::Lt, w[0], w[1]),
                Op::Gt => self.binary(Binary::Lt, w[1], w[0]),
                Op::Leq => self.binary(Binary::Leq, w[0], w[1]),
                _ => self.binary(Binary::Leq, w[1], w[0]),
            })
            .collect();
        self.fold(Binary::And, &links, 1.0)
    }

    fn apply_one(&mut self, op: Op, a: NodeId) -> NodeId {
        use Op::*;
        let direct = match op {
            Neg | Minus => Unary::Neg,
            Root => Unary::Sqrt,
            Exp => Unary::Exp,
            Ln => Unary::Ln,
            Log => Unary::Log10,
            Abs => Unary::Abs,
            Floor => Unary::Floor,
            Ceil => Unary::Ceil,
            Factorial => Unary::Factorial,
            Sin => Unary::Sin,
            Cos => Unary::Cos,
            Tan => Unary::Tan,
            Sinh => Unary::Sinh,
            Cosh => Unary::Cosh,
            Tanh => Unary::Tanh,
            Asin => Unary::Asin,
            Acos => Unary::Acos,
            Atan => Unary::Atan,
            Asinh => Unary::Asinh,
            Acosh => Unary::Acosh,
            Atanh => Unary::Atanh,
            Not => Unary::Not,
            // 1/f(a)
            Sec => return self.inverse_of(Unary::Cos, a),
            Csc => return self.inverse_of(Unary::Sin, a),
            Cot => return self.inverse_of(Unary::Tan, a),
            Sech => return self.inverse_of(Unary::Cosh, a),
            Csch => return self.inverse_of(Unary::Sinh, a),
            Coth => return self.inverse_of(Unary::Tanh, a),
            // f(1/a)
            Asec => return self.of_inverse(Unary::Acos, a),
            Acsc => return self.of_inverse(Unary::Asin, a),
            Acot => return self.of_inverse(Unary::Atan, a),
            Asech => return self.of_inverse(Unary::Acosh, a),
            Acsch => return self.of_inverse(Unary::Asinh, a),
            Acoth => return self.of_inverse(Unary::Atanh, a),
            _ => return self.number(f64::NAN),
        };
        self.unary(direct, a)
    }

    fn apply_two(&mut self, op: Op, a: NodeId, b: NodeId) -> NodeId {
        use Op::*;
        match op {
            Minus => self.binary(Binary::Sub, a, b),
            Divide => self.binary(Binary::Div, a, b),
            Power => self.binary(Binary::Pow, a, b),
            Root => self.root(a, b),
            Log => self.log(a, b),
            Rem => self.binary(Binary::Rem, a, b),
            Quotient => self.binary(Binary::Quotient, a, b),
            Neq => self.binary(Binary::Neq, a, b),
            Implies => {
                let not = self.unary(Unary::Not, a);
                self.binary(Binary::Or, not, b)
            }
            _ => self.number(f64::NAN),
        }
    }

    fn root(&mut self, degree: NodeId, a: NodeId) -> NodeId {
        if self.as_number(degree) == Some(2.0) {
            return self.unary(Unary::Sqrt, a);
        }
        let one = self.number(1.0);
        let exponent = self.binary(Binary::Div, one, degree);
        self.binary(Binary::Pow, a, exponent)
    }

    fn log(&mut self, base: NodeId, a: NodeId) -> NodeId {
        if self.as_number(base) == Some(10.0) {
            return self.unary(Unary::Log10, a);
        }
        let (top, bottom) = (self.unary(Unary::Ln, a), self.unary(Unary::Ln, base));
        self.binary(Binary::Div, top, bottom)
    }

    fn inverse_of(&mut self, f: Unary, a: NodeId) -> NodeId {
        let value = self.unary(f, a);
        let one = self.number(1.0);
        self.binary(Binary::Div, one, value)
    }

    fn of_inverse(&mut self, f: Unary, a: NodeId) -> NodeId {
        let one = self.number(1.0);
        let inverse = self.binary(Binary::Div, one, a);
        self.unary(f, inverse)
    }
}

fn constant_value(c: Constant) -> f64 {
    match c {
        Constant::Avogadro => 6.022_141_79e23,
        Constant::Pi => std::f64::consts::PI,
        Constant::Exponential => std::f64::consts::E,
        Constant::Infinity => f64::INFINITY,
        Constant::NotANumber | Constant::Time => f64::NAN,
        Constant::True => 1.0,
        Constant::False => 0.0,
    }
}
