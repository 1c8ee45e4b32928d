//! Errors of a step over their tolerances.

/// Some states over a step from `x` to `new`, with the errors of the step.
pub(super) struct Scaled<'a, const W: usize> {
    pub x: &'a [[f64; W]],
    pub new: &'a [[f64; W]],
    pub atol: &'a [[f64; W]],
    pub error: &'a [[f64; W]],
    pub rtol: f64,
}

impl<const W: usize> Scaled<'_, W> {
    /// The sum of the squares of errors over their tolerances. Four states, a quarter of all apart, share a division.
    #[inline(always)]
    pub fn sum_of_squares(&self, work: &mut [[f64; W]]) -> [f64; W] {
        let quarter = self.x.len() / 4;
        let fours = &mut work[..quarter];
        if !self.sums_of_fours(fours.as_flattened_mut(), quarter * W) {
            self.sums_of_fours_alone(fours);
        }
        let mut sums = [0.0; W];
        for four in fours {
            for l in 0..W {
                sums[l] += four[l];
            }
        }
        for r in 4 * quarter..self.x.len() {
            for l in 0..W {
                sums[l] += self.square(r, l);
            }
        }
        sums
    }

    /// The sums of four states' squares. True if all is well; else some products are near overflow or underflow.
    #[inline(always)]
    fn sums_of_fours(&self, out: &mut [f64], m: usize) -> bool {
        let out = &mut out[..m];
        let [x, new, atol, error] = [self.x, self.new, self.atol, self.error].map(|rows| {
            let flat = rows.as_flattened();
            [&flat[..m], &flat[m..2 * m], &flat[2 * m..3 * m], &flat[3 * m..4 * m]]
        });
        let mut extreme = 0u64;
        for i in 0..m {
            let [a, b, c, d]: [f64; 4] = std::array::from_fn(|k| tolerance(x[k][i], new[k][i], self.rtol, atol[k][i]));
            let (low, high) = (a * b, c * d);
            let product = low * high;
            extreme |= u64::from(!is_moderate(product));
            let inverse = 1.0 / product;
            let (low, high) = (inverse * high, inverse * low);
            let (qa, qb) = (error[0][i] * (low * b), error[1][i] * (low * a));
            let (qc, qd) = (error[2][i] * (high * d), error[3][i] * (high * c));
            out[i] = qd.mul_add(qd, qc.mul_add(qc, qb.mul_add(qb, qa * qa)));
        }
        extreme == 0
    }

    /// Divides by each tolerance alone in lanes where the product of four is near overflow or underflow.
    #[cold]
    fn sums_of_fours_alone(&self, out: &mut [[f64; W]]) {
        let quarter = out.len();
        for (r, four) in out.iter_mut().enumerate() {
            for (l, sum) in four.iter_mut().enumerate() {
                let tolerances: [f64; 4] = std::array::from_fn(|k| self.tolerance(r + k * quarter, l));
                let [a, b, c, d] = tolerances;
                if !is_moderate((a * b) * (c * d)) {
                    *sum = (0..4).map(|k| self.square(r + k * quarter, l)).sum();
                }
            }
        }
    }

    #[inline(always)]
    fn tolerance(&self, r: usize, l: usize) -> f64 {
        tolerance(self.x[r][l], self.new[r][l], self.rtol, self.atol[r][l])
    }

    #[inline(always)]
    fn square(&self, r: usize, l: usize) -> f64 {
        let q = self.error[r][l] / self.tolerance(r, l);
        q * q
    }
}

/// The tolerance of a state over a step from `x` to `new`.
#[inline(always)]
fn tolerance(x: f64, new: f64, rtol: f64, atol: f64) -> f64 {
    let (a, b) = (x.abs(), new.abs());
    rtol.mul_add(if a > b { a } else { b }, atol)
}

/// True for products of four tolerances of which pairs and inverses are normal numbers.
#[inline(always)]
fn is_moderate(product: f64) -> bool {
    (product > 1e-140) & (product < 1e140)
}
