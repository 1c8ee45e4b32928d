//! The value of nodes for given symbols.

use super::{Binary, Graph, Node, NodeId, Unary};

fn truth(value: bool) -> f64 {
    if value { 1.0 } else { 0.0 }
}

impl Unary {
    /// The function's value.
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Unary::Neg => -x,
            Unary::Sqrt => x.sqrt(),
            Unary::Exp => x.exp(),
            Unary::Ln => x.ln(),
            Unary::Log10 => x.log10(),
            Unary::Abs => x.abs(),
            Unary::Floor => x.floor(),
            Unary::Ceil => x.ceil(),
            Unary::Factorial => factorial(x),
            Unary::Sin => x.sin(),
            Unary::Cos => x.cos(),
            Unary::Tan => x.tan(),
            Unary::Sinh => x.sinh(),
            Unary::Cosh => x.cosh(),
            Unary::Tanh => x.tanh(),
            Unary::Asin => x.asin(),
            Unary::Acos => x.acos(),
            Unary::Atan => x.atan(),
            Unary::Asinh => x.asinh(),
            Unary::Acosh => x.acosh(),
            Unary::Atanh => x.atanh(),
            Unary::Not => truth(x == 0.0),
        }
    }
}

impl Binary {
    /// The function's value.
    pub fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Binary::Add => a + b,
            Binary::Sub => a - b,
            Binary::Mul => a * b,
            Binary::Div => a / b,
            Binary::Pow => a.powf(b),
            Binary::Min => {
                if b < a {
                    b
                } else {
                    a
                }
            }
            Binary::Max => {
                if b > a {
                    b
                } else {
                    a
                }
            }
            Binary::Rem => a % b,
            Binary::Quotient => (a / b).trunc(),
            Binary::Lt => truth(a < b),
            Binary::Leq => truth(a <= b),
            Binary::Eq => truth(a == b),
            Binary::Neq => truth(a != b),
            Binary::And => truth(a != 0.0 && b != 0.0),
            Binary::Or => truth(a != 0.0 || b != 0.0),
            Binary::Xor => truth((a != 0.0) != (b != 0.0)),
        }
    }
}

/// `n!` of the nearest integer; not a number below zero, infinite from 171 up.
fn factorial(x: f64) -> f64 {
    let n = x.round();
    if n.is_nan() || n < 0.0 {
        return f64::NAN;
    }
    if n > 170.0 {
        return f64::INFINITY;
    }
    (2..=n as u32).fold(1.0, |p, k| p * f64::from(k))
}

/// `x^n` by halving, `x^(n/2) * x^(n - n/2)`, the inverse taken last. Whoever evaluates [`Node::IntPower`] multiplies in
/// this order, so that a folded power is the one a run would compute, bit for bit.
pub(crate) fn int_power(x: f64, n: i32) -> f64 {
    let size = n.unsigned_abs();
    // x^k and x^(k + 1) for k made of the leading bits of the exponent, from no bit on.
    let (mut low, mut high) = (1.0, x);
    for bit in (0..u32::BITS - size.leading_zeros()).rev() {
        let middle = low * high;
        (low, high) = if size >> bit & 1 == 1 { (middle, high * high) } else { (low * low, middle) };
    }
    if n < 0 { 1.0 / low } else { low }
}

impl Graph {
    /// The values of the roots where `value` gives each symbol's.
    pub fn eval(&self, roots: &[NodeId], value: &dyn Fn(u32) -> f64) -> Vec<f64> {
        let top = roots.iter().map(|r| r.index() + 1).max().unwrap_or(0);
        let mut v = vec![0.0; top];
        for id in self.reachable(roots) {
            v[id.index()] = match self.node(id) {
                Node::Number(bits) => f64::from_bits(bits),
                Node::Symbol(s) => value(s),
                Node::Unary(f, a) => f.apply(v[a.index()]),
                Node::Binary(f, a, b) => f.apply(v[a.index()], v[b.index()]),
                Node::IntPower(a, n) => int_power(v[a.index()], n),
                Node::Select(c, a, b) => v[if v[c.index()] != 0.0 { a } else { b }.index()],
            };
        }
        roots.iter().map(|r| v[r.index()]).collect()
    }
}
