//! Nodes made in simplest form.

use super::eval::int_power;
use super::{Binary, Graph, Node, NodeId, Unary};

/// Largest power written as multiplications; beyond it `pow` is as exact and no slower.
const LARGEST_INT_POWER: f64 = 16.0;

impl Graph {
    /// `f(a)`.
    pub fn unary(&mut self, f: Unary, a: NodeId) -> NodeId {
        use Unary::*;
        if let Some(x) = self.as_number(a)
            && matches!(f, Neg | Sqrt | Abs | Floor | Ceil | Not)
        {
            return self.number(f.apply(x));
        }
        match (f, self.node(a)) {
            (Neg, Node::Unary(Neg, inner)) => inner,
            (Neg, Node::Binary(Binary::Sub, x, y)) => self.binary(Binary::Sub, y, x),
            _ => self.intern(Node::Unary(f, a)),
        }
    }

    /// `f(a, b)`.
    pub fn binary(&mut self, f: Binary, a: NodeId, b: NodeId) -> NodeId {
        let (x, y) = (self.as_number(a), self.as_number(b));
        if let (Some(x), Some(y)) = (x, y)
            && !matches!(f, Binary::Pow)
        {
            return self.number(f.apply(x, y));
        }
        match f {
            Binary::Add => self.simple_add(a, b, x, y),
            Binary::Sub => self.simple_sub(a, b, x, y),
            Binary::Mul => self.simple_mul(a, b, x, y),
            Binary::Div => self.simple_div(a, b, y),
            Binary::Pow => self.simple_pow(a, b, x, y),
            Binary::And | Binary::Or => self.simple_logical(f, a, b, x, y),
            Binary::Eq | Binary::Neq | Binary::Xor if b < a => self.intern(Node::Binary(f, b, a)),
            _ => self.intern(Node::Binary(f, a, b)),
        }
    }

    fn negated(&self, a: NodeId) -> Option<NodeId> {
        match self.node(a) {
            Node::Unary(Unary::Neg, inner) => Some(inner),
            _ => None,
        }
    }

    fn simple_add(&mut self, a: NodeId, b: NodeId, x: Option<f64>, y: Option<f64>) -> NodeId {
        if x == Some(0.0) {
            return b;
        }
        if y == Some(0.0) {
            return a;
        }
        if let Some(inner) = self.negated(b) {
            return self.binary(Binary::Sub, a, inner);
        }
        if let Some(inner) = self.negated(a) {
            return self.binary(Binary::Sub, b, inner);
        }
        self.intern(Node::Binary(Binary::Add, a.min(b), a.max(b)))
    }

    fn simple_sub(&mut self, a: NodeId, b: NodeId, x: Option<f64>, y: Option<f64>) -> NodeId {
        if y == Some(0.0) {
            return a;
        }
        if x == Some(0.0) {
            return self.unary(Unary::Neg, b);
        }
        if let Some(inner) = self.negated(b) {
            return self.binary(Binary::Add, a, inner);
        }
        self.intern(Node::Binary(Binary::Sub, a, b))
    }

    fn simple_mul(&mut self, a: NodeId, b: NodeId, x: Option<f64>, y: Option<f64>) -> NodeId {
        for (value, other) in [(x, b), (y, a)] {
            if value == Some(1.0) {
                return other;
            }
            if value == Some(-1.0) {
                return self.unary(Unary::Neg, other);
            }
        }
        match (self.negated(a), self.negated(b)) {
            (Some(a), Some(b)) => return self.binary(Binary::Mul, a, b),
            (Some(a), None) => {
                let product = self.binary(Binary::Mul, a, b);
                return self.unary(Unary::Neg, product);
            }
            (None, Some(b)) => {
                let product = self.binary(Binary::Mul, a, b);
                return self.unary(Unary::Neg, product);
            }
            (None, None) => {}
        }
        self.intern(Node::Binary(Binary::Mul, a.min(b), a.max(b)))
    }

    fn simple_div(&mut self, a: NodeId, b: NodeId, y: Option<f64>) -> NodeId {
        if y == Some(1.0) {
            return a;
        }
        if let Some(y) = y
            && (1.0 / y).is_finite()
            && is_power_of_two(y)
        {
            let inverse = self.number(1.0 / y);
            return self.binary(Binary::Mul, a, inverse);
        }
        if let Some(inner) = self.negated(a) {
            let quotient = self.binary(Binary::Div, inner, b);
            return self.unary(Unary::Neg, quotient);
        }
        self.intern(Node::Binary(Binary::Div, a, b))
    }

    fn simple_pow(&mut self, a: NodeId, b: NodeId, x: Option<f64>, y: Option<f64>) -> NodeId {
        if x == Some(std::f64::consts::E) {
            return self.unary(Unary::Exp, b);
        }
        let Some(n) = y.filter(|n| n.abs() <= LARGEST_INT_POWER) else {
            return self.intern(Node::Binary(Binary::Pow, a, b));
        };
        if n == n.trunc() {
            return self.int_power(a, n as i32);
        }
        if 2.0 * n == (2.0 * n).trunc() {
            return self.half_integer_power(a, n);
        }
        self.intern(Node::Binary(Binary::Pow, a, b))
    }

    /// `a^n` for `n` an odd multiple of one half: the square root times an integer power.
    fn half_integer_power(&mut self, a: NodeId, n: f64) -> NodeId {
        let root = self.unary(Unary::Sqrt, a);
        let whole = self.int_power(a, n.abs().floor() as i32);
        let product = self.binary(Binary::Mul, root, whole);
        if n > 0.0 {
            return product;
        }
        let one = self.number(1.0);
        self.binary(Binary::Div, one, product)
    }

    /// `a^n` for a fixed integer.
    pub fn int_power(&mut self, a: NodeId, n: i32) -> NodeId {
        if let Some(x) = self.as_number(a) {
            return self.number(int_power(x, n));
        }
        match n {
            0 => self.number(1.0),
            1 => a,
            -1 => {
                let one = self.number(1.0);
                self.binary(Binary::Div, one, a)
            }
            _ => self.intern(Node::IntPower(a, n)),
        }
    }

    fn simple_logical(&mut self, f: Binary, a: NodeId, b: NodeId, x: Option<f64>, y: Option<f64>) -> NodeId {
        // A literal decides the result, or leaves the other side's truth, which is already 0 or 1 if it is logical.
        for (value, other) in [(x, b), (y, a)] {
            let Some(value) = value else { continue };
            if (value != 0.0) == (f == Binary::Or) {
                return self.number(f64::from(u8::from(f == Binary::Or)));
            }
            if self.is_truth(other) {
                return other;
            }
        }
        self.intern(Node::Binary(f, a.min(b), a.max(b)))
    }

    fn is_truth(&self, a: NodeId) -> bool {
        match self.node(a) {
            Node::Unary(Unary::Not, _) => true,
            Node::Binary(f, ..) => f.is_comparison() || matches!(f, Binary::And | Binary::Or | Binary::Xor),
            _ => false,
        }
    }

    /// `a` where `condition` is true, else `b`.
    pub fn select(&mut self, condition: NodeId, a: NodeId, b: NodeId) -> NodeId {
        if let Some(c) = self.as_number(condition) {
            return if c != 0.0 { a } else { b };
        }
        if a == b {
            return a;
        }
        self.intern(Node::Select(condition, a, b))
    }

    /// The sum of `terms`, subtracting where the flag is set; positive terms first.
    pub fn sum(&mut self, terms: &[(NodeId, bool)]) -> NodeId {
        let mut total: Option<NodeId> = None;
        for negative in [false, true] {
            for (term, _) in terms.iter().filter(|t| t.1 == negative) {
                total = Some(match (total, negative) {
                    (None, false) => *term,
                    (None, true) => self.unary(Unary::Neg, *term),
                    (Some(s), false) => self.binary(Binary::Add, s, *term),
                    (Some(s), true) => self.binary(Binary::Sub, s, *term),
                });
            }
        }
        total.unwrap_or_else(|| self.number(0.0))
    }
}

fn is_power_of_two(x: f64) -> bool {
    const MANTISSA: u64 = (1 << 52) - 1;
    x.is_normal() && x.to_bits() & MANTISSA == 0
}
