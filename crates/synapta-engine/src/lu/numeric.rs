//! The numbers: factorisation and solution over lanes.

use super::Symbolic;
use super::dense::DenseLu;
use crate::native::{Block, Machine, TEMPORARIES};

/// A pivot this much smaller than the terms it is the difference of has no correct digits worth using.
const CANCELLATION: f64 = 1e-13;

/// The factors of `g I - J`, one matrix a lane.
#[derive(Clone, Debug)]
pub(crate) struct Factors<const W: usize> {
    /// Inverse pivot, L, U; see [`Symbolic`].
    values: Block<W>,
    /// Sum of the absolute terms of each diagonal, by index: what a pivot is judged against. Code works in it.
    magnitude: Block<W>,
    /// Lanes whose static order went bad are factorised here with row exchanges.
    dense: [Option<Box<DenseLu>>; W],
    /// Entries of the blocks below J.
    couplings: Vec<[f64; W]>,
}

impl<const W: usize> Factors<W> {
    pub fn new(symbolic: &Symbolic) -> Self {
        Factors {
            values: Block::zeros(symbolic.len),
            magnitude: Block::zeros(symbolic.n + TEMPORARIES),
            dense: std::array::from_fn(|_| None),
            couplings: vec![],
        }
    }

    /// Factorises `g I - J`. `jacobian` holds the entries in the pattern's order. False for live lanes whose matrix is
    /// singular or not finite.
    pub fn factorise(
        &mut self,
        machine: &Machine,
        s: &Symbolic,
        jacobian: &[[f64; W]],
        g: [f64; W],
        live: [bool; W],
    ) -> [bool; W] {
        self.couplings.clear();
        self.couplings.extend_from_slice(&jacobian[s.entries.len()..]);
        let made = machine.factorise(jacobian, &g, &mut self.values, &mut self.magnitude);
        let sound = made.unwrap_or_else(|| {
            self.load(s, jacobian, g);
            self.eliminate(s)
        });
        std::array::from_fn(|lane| {
            self.dense[lane] = None;
            sound[lane] || live[lane] && self.fall_back(s, jacobian, g[lane], lane)
        })
    }

    /// True if the lane's last matrix was factorised with row exchanges.
    pub fn exchanged(&self, lane: usize) -> bool {
        self.dense[lane].is_some()
    }

    fn load(&mut self, s: &Symbolic, jacobian: &[[f64; W]], g: [f64; W]) {
        self.values.fill([0.0; W]);
        for place in &s.diagonal {
            self.values[*place as usize] = g;
        }
        for (place, j) in s.entries.iter().zip(jacobian) {
            let v = &mut self.values[*place as usize];
            *v = std::array::from_fn(|l| v[l] - j[l]);
        }
        for (m, place) in self.magnitude.iter_mut().zip(&s.diagonal) {
            *m = self.values[*place as usize].map(f64::abs);
        }
    }

    /// Right-looking elimination. False for lanes in which a pivot was lost to cancellation.
    fn eliminate(&mut self, s: &Symbolic) -> [bool; W] {
        let mut sound = [true; W];
        let mut targets = s.targets.iter();
        let mut diagonal_at = 0;
        for (k, p) in s.pivots.iter().enumerate() {
            let start = p.start as usize;
            let pivot = self.values[start];
            let magnitude = self.magnitude[p.index as usize];
            for l in 0..W {
                // Written so that not-a-number counts as lost.
                sound[l] &= pivot[l].abs() > CANCELLATION * magnitude[l] && pivot[l].is_finite();
            }
            let inverse = pivot.map(|v| 1.0 / v);
            self.values[start] = inverse;
            let upper = start + 1 + p.lower as usize;
            let end = upper + p.upper as usize;
            let (own, later) = self.values.split_at_mut(end);
            let (lower, upper) = own[start + 1..].split_at_mut(p.lower as usize);
            for a in lower {
                *a = std::array::from_fn(|l| a[l] * inverse[l]);
                for (u, target) in upper.iter().zip(&mut targets) {
                    let t = &mut later[*target as usize - end];
                    *t = std::array::from_fn(|l| (-a[l]).mul_add(u[l], t[l]));
                }
            }
            let diagonal_end = s.diagonal_ends[k] as usize;
            for (low, up, index) in &s.diagonal_products[diagonal_at..diagonal_end] {
                let (low, up) = (self.values[*low as usize], self.values[*up as usize]);
                let m = &mut self.magnitude[*index as usize];
                *m = std::array::from_fn(|l| m[l] + (low[l] * up[l]).abs());
            }
            diagonal_at = diagonal_end;
        }
        sound
    }

    fn fall_back(&mut self, s: &Symbolic, jacobian: &[[f64; W]], g: f64, lane: usize) -> bool {
        let mut matrix = vec![0.0; s.n * s.n];
        for i in 0..s.n {
            matrix[i * s.n + i] = g;
        }
        for ((r, c), j) in s.pattern[..s.entries.len()].iter().zip(jacobian) {
            matrix[*r as usize * s.n + *c as usize] -= j[lane];
        }
        self.dense[lane] = DenseLu::new(s.n, matrix).map(Box::new);
        self.dense[lane].is_some()
    }

    /// Solves in place: `b` holds the right-hand side, then the solution.
    pub fn solve(&self, machine: &Machine, s: &Symbolic, b: &mut [[f64; W]]) {
        let (first, blocks) = b.split_at_mut(s.n);
        self.solve_block(machine, s, first);
        let mut from = 0;
        for (i, (block, count)) in blocks.chunks_mut(s.n.max(1)).zip(&s.couplings).enumerate() {
            let entries = from..from + *count as usize;
            let places = &s.pattern[s.entries.len()..][entries.clone()];
            for ((row, column), a) in places.iter().zip(&self.couplings[entries]) {
                let t = &mut block[*row as usize - (i + 1) * s.n];
                let x = first[*column as usize];
                *t = std::array::from_fn(|l| t[l] + a[l] * x[l]);
            }
            self.solve_block(machine, s, block);
            from += *count as usize;
        }
    }

    fn solve_block(&self, machine: &Machine, s: &Symbolic, b: &mut [[f64; W]]) {
        let any_dense = self.dense.iter().any(Option::is_some);
        let kept: Vec<[f64; W]> = if any_dense { b.to_vec() } else { vec![] };
        if !machine.solve(&self.values, b) {
            self.solve_sparse(s, b);
        }
        for (lane, dense) in self.dense.iter().enumerate() {
            let Some(dense) = dense else { continue };
            let mut column: Vec<f64> = kept.iter().map(|v| v[lane]).collect();
            dense.solve(&mut column);
            b.iter_mut().zip(column).for_each(|(b, x)| b[lane] = x);
        }
    }

    fn solve_sparse(&self, s: &Symbolic, b: &mut [[f64; W]]) {
        let mut rows = s.lower_rows.iter();
        for p in &s.pivots {
            let x = b[p.index as usize];
            let start = p.start as usize + 1;
            for (a, row) in self.values[start..start + p.lower as usize].iter().zip(&mut rows) {
                let t = &mut b[*row as usize];
                *t = std::array::from_fn(|l| (-a[l]).mul_add(x[l], t[l]));
            }
        }
        let mut columns = s.upper_columns.len();
        for p in s.pivots.iter().rev() {
            let start = p.start as usize;
            let upper = start + 1 + p.lower as usize;
            let first = columns - p.upper as usize;
            let mut x = b[p.index as usize];
            let entries = &self.values[upper..upper + p.upper as usize];
            for (a, column) in entries.iter().zip(&s.upper_columns[first..columns]) {
                let other = b[*column as usize];
                x = std::array::from_fn(|l| (-a[l]).mul_add(other[l], x[l]));
            }
            let inverse = self.values[start];
            b[p.index as usize] = std::array::from_fn(|l| x[l] * inverse[l]);
            columns = first;
        }
    }
}
