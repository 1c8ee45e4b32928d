//! Symbolic derivatives.

use super::{Binary, Graph, Node, NodeId, Unary};

impl Graph {
    /// The derivative of `root` with respect to a symbol; `None` if `root` does not depend on it.
    ///
    /// Steps (`floor`, comparisons, ...) count as constant; `abs`, `min`, `max` take the derivative of the side in force.
    pub fn derivative(&mut self, root: NodeId, symbol: u32) -> Option<NodeId> {
        self.gradient(&[root], symbol)[0]
    }

    /// The derivatives of several roots with respect to one symbol, shared work done once.
    pub fn gradient(&mut self, roots: &[NodeId], symbol: u32) -> Vec<Option<NodeId>> {
        self.gradients(roots, &[symbol]).swap_remove(0)
    }

    /// The derivatives of several roots with respect to several symbols: for each symbol, each root's.
    ///
    /// One sweep over the nodes a symbol. What two sweeps have in common exists once, as any equal nodes do.
    pub fn gradients(&mut self, roots: &[NodeId], symbols: &[u32]) -> Vec<Vec<Option<NodeId>>> {
        let order = self.reachable(roots);
        let mut known: Vec<Option<NodeId>> = vec![None; self.len()];
        symbols
            .iter()
            .map(|symbol| {
                for id in &order {
                    known[id.index()] = self.derivative_of_node(*id, *symbol, &known);
                }
                roots.iter().map(|r| known[r.index()]).collect()
            })
            .collect()
    }

    /// The derivative of a node from those of its parts; `None` where it is identically zero.
    fn derivative_of_node(&mut self, id: NodeId, symbol: u32, known: &[Option<NodeId>]) -> Option<NodeId> {
        match self.node(id) {
            Node::Number(_) => None,
            Node::Symbol(s) => (s == symbol).then(|| self.number(1.0)),
            Node::Unary(f, a) => {
                let da = known[a.index()]?;
                self.unary_derivative(f, id, a, da)
            }
            Node::Binary(f, a, b) => {
                let (da, db) = (known[a.index()], known[b.index()]);
                if da.is_none() && db.is_none() {
                    return None;
                }
                self.binary_derivative(f, id, (a, da), (b, db))
            }
            Node::IntPower(a, n) => {
                let da = known[a.index()]?;
                let power = self.int_power(a, n - 1);
                let factor = self.number(f64::from(n));
                let slope = self.binary(Binary::Mul, factor, power);
                Some(self.binary(Binary::Mul, slope, da))
            }
            Node::Select(c, a, b) => self.selected(c, known[a.index()], known[b.index()]),
        }
    }

    fn selected(&mut self, c: NodeId, a: Option<NodeId>, b: Option<NodeId>) -> Option<NodeId> {
        if a.is_none() && b.is_none() {
            return None;
        }
        let zero = self.number(0.0);
        Some(self.select(c, a.unwrap_or(zero), b.unwrap_or(zero)))
    }

    fn unary_derivative(&mut self, f: Unary, id: NodeId, a: NodeId, da: NodeId) -> Option<NodeId> {
        use Unary::*;
        let one = self.number(1.0);
        Some(match f {
            Floor | Ceil | Factorial | Not => return None,
            Neg => self.unary(Neg, da),
            Sqrt => {
                let twice = self.binary(Binary::Add, id, id);
                self.binary(Binary::Div, da, twice)
            }
            Exp => self.binary(Binary::Mul, id, da),
            Ln => self.binary(Binary::Div, da, a),
            Log10 => {
                let ln10 = self.number(std::f64::consts::LN_10);
                let scaled = self.binary(Binary::Mul, ln10, a);
                self.binary(Binary::Div, da, scaled)
            }
            Abs => {
                let zero = self.number(0.0);
                let below = self.binary(Binary::Lt, a, zero);
                let minus = self.unary(Neg, da);
                self.select(below, minus, da)
            }
            Sin => self.times_function(Cos, a, da, false),
            Cos => self.times_function(Sin, a, da, true),
            Sinh => self.times_function(Cosh, a, da, false),
            Cosh => self.times_function(Sinh, a, da, false),
            Tan | Tanh => {
                let square = self.binary(Binary::Mul, id, id);
                let sign = if f == Tan { Binary::Add } else { Binary::Sub };
                let slope = self.binary(sign, one, square);
                self.binary(Binary::Mul, slope, da)
            }
            Asin | Acos | Asinh | Acosh => {
                let square = self.binary(Binary::Mul, a, a);
                let inside = match f {
                    Asinh => self.binary(Binary::Add, square, one),
                    Acosh => self.binary(Binary::Sub, square, one),
                    _ => self.binary(Binary::Sub, one, square),
                };
                let root = self.unary(Sqrt, inside);
                let slope = self.binary(Binary::Div, da, root);
                if f == Acos { self.unary(Neg, slope) } else { slope }
            }
            Atan | Atanh => {
                let square = self.binary(Binary::Mul, a, a);
                let sign = if f == Atan { Binary::Add } else { Binary::Sub };
                let inside = self.binary(sign, one, square);
                self.binary(Binary::Div, da, inside)
            }
        })
    }

    fn times_function(&mut self, f: Unary, a: NodeId, da: NodeId, negative: bool) -> NodeId {
        let value = self.unary(f, a);
        let product = self.binary(Binary::Mul, value, da);
        if negative { self.unary(Unary::Neg, product) } else { product }
    }

    fn binary_derivative(
        &mut self,
        f: Binary,
        id: NodeId,
        (a, da): (NodeId, Option<NodeId>),
        (b, db): (NodeId, Option<NodeId>),
    ) -> Option<NodeId> {
        match f {
            Binary::Add | Binary::Sub => {
                let terms: Vec<_> = [(da, false), (db, f == Binary::Sub)]
                    .into_iter()
                    .filter_map(|(d, minus)| d.map(|d| (d, minus)))
                    .collect();
                Some(self.sum(&terms))
            }
            Binary::Mul => {
                let left = da.map(|d| (self.binary(Binary::Mul, d, b), false));
                let right = db.map(|d| (self.binary(Binary::Mul, a, d), false));
                let terms: Vec<_> = [left, right].into_iter().flatten().collect();
                Some(self.sum(&terms))
            }
            // (a/b)' = (a' - (a/b) b') / b shares the quotient.
            Binary::Div => {
                let left = da.map(|d| (d, false));
                let right = db.map(|d| (self.binary(Binary::Mul, id, d), true));
                let terms: Vec<_> = [left, right].into_iter().flatten().collect();
                let top = self.sum(&terms);
                Some(self.binary(Binary::Div, top, b))
            }
            Binary::Pow => Some(self.power_derivative(id, (a, da), (b, db))),
            Binary::Min | Binary::Max => {
                let other =
                    if f == Binary::Min { self.binary(Binary::Lt, b, a) } else { self.binary(Binary::Lt, a, b) };
                self.selected(other, db, da)
            }
            Binary::Rem => {
                let left = da.map(|d| (d, false));
                let right = db.map(|d| {
                    let whole = self.binary(Binary::Quotient, a, b);
                    (self.binary(Binary::Mul, whole, d), true)
                });
                let terms: Vec<_> = [left, right].into_iter().flatten().collect();
                Some(self.sum(&terms))
            }
            _ => None,
        }
    }

    /// The derivative of `p = a^b`. It uses `p` itself, so that one `pow` serves both, with the limits at `a = 0` written out.
    fn power_derivative(
        &mut self,
        p: NodeId,
        (a, da): (NodeId, Option<NodeId>),
        (b, db): (NodeId, Option<NodeId>),
    ) -> NodeId {
        let zero = self.number(0.0);
        let at_zero = self.binary(Binary::Eq, a, zero);
        let base = da.map(|d| {
            let scaled = self.binary(Binary::Mul, b, p);
            let slope = self.binary(Binary::Div, scaled, a);
            let limit = self.power_slope_at_zero(b);
            let slope = self.select(at_zero, limit, slope);
            (self.binary(Binary::Mul, slope, d), false)
        });
        let exponent = db.map(|d| {
            let log = self.unary(Unary::Ln, a);
            let slope = self.binary(Binary::Mul, p, log);
            let slope = self.select(at_zero, zero, slope);
            (self.binary(Binary::Mul, slope, d), false)
        });
        let terms: Vec<_> = [base, exponent].into_iter().flatten().collect();
        self.sum(&terms)
    }

    /// `b * 0^(b-1)`: 0 for b > 1 and b = 0, 1 for b = 1, infinite otherwise.
    fn power_slope_at_zero(&mut self, b: NodeId) -> NodeId {
        let (zero, one) = (self.number(0.0), self.number(1.0));
        let infinite = self.number(f64::INFINITY);
        let steep = self.binary(Binary::Mul, b, infinite);
        let is_zero = self.binary(Binary::Eq, b, zero);
        let is_one = self.binary(Binary::Eq, b, one);
        let above = self.binary(Binary::Lt, one, b);
        let flat = self.binary(Binary::Or, above, is_zero);
        let otherwise = self.select(is_one, one, steep);
        self.select(flat, zero, otherwise)
    }
}
