//! Dense LU with row exchanges: the safe way out when the static order loses a pivot.

/// Factors of one matrix, row-major, rows scaled to a largest entry of one before pivots are chosen.
#[derive(Clone, Debug)]
pub(super) struct DenseLu {
    n: usize,
    values: Vec<f64>,
    scale: Vec<f64>,
    order: Vec<usize>,
}

impl DenseLu {
    /// Factorises; `None` if a pivot column has nothing finite and nonzero left.
    pub fn new(n: usize, mut values: Vec<f64>) -> Option<DenseLu> {
        let mut scale = vec![1.0; n];
        for (row, s) in values.chunks_mut(n.max(1)).zip(&mut scale) {
            let largest = row.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            *s = 1.0 / largest;
            row.iter_mut().for_each(|v| *v *= *s);
        }
        let mut order: Vec<usize> = (0..n).collect();
        for k in 0..n {
            let size = |i: usize| values[order[i] * n + k].abs();
            let best = (k..n).max_by(|a, b| size(*a).total_cmp(&size(*b)))?;
            order.swap(k, best);
            let pivot_row = order[k] * n;
            let pivot = values[pivot_row + k];
            if !pivot.is_finite() || pivot == 0.0 {
                return None;
            }
            for i in order[k + 1..].iter().map(|r| r * n) {
                let factor = values[i + k] / pivot;
                values[i + k] = factor;
                if factor != 0.0 {
                    for j in k + 1..n {
                        values[i + j] -= factor * values[pivot_row + j];
                    }
                }
            }
        }
        Some(DenseLu { n, values, scale, order })
    }

    /// Solves in place.
    pub fn solve(&self, b: &mut [f64]) {
        let n = self.n;
        let mut x: Vec<f64> = self.order.iter().map(|r| b[*r] * self.scale[*r]).collect();
        for i in 0..n {
            let row = &self.values[self.order[i] * n..][..i];
            let known: f64 = row.iter().zip(&x).map(|(a, x)| a * x).sum();
            x[i] -= known;
        }
        for i in (0..n).rev() {
            let row = &self.values[self.order[i] * n..][..n];
            let known: f64 = row[i + 1..].iter().zip(&x[i + 1..]).map(|(a, x)| a * x).sum();
            x[i] = (x[i] - known) / row[i];
        }
        b.copy_from_slice(&x);
    }
}
