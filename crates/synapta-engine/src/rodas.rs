//! One step of Rodas5P, all lanes at once, each with its own time and step size.
//!
//! G. Steinebach, Construction of Rosenbrock-Wanner method Rodas5P and numerical benchmarks within the Julia
//! Differential Equations package, BIT Numer. Math. 63:27 (2023), doi 10.1007/s10543-023-00967-x. Written in the form
//! without matrix products of Hairer and Wanner, Solving Ordinary Differential Equations II, section IV.7, eq. 7.25:
//!
//! (I/(h gamma) - J) u_i = f(t + alpha_i h, y + sum_j a_ij u_j) + sum_j (c_ij/h) u_j + h gamma_i df/dt

// The digits are those of the published method; the last ones may not fit a double.
#![allow(clippy::excessive_precision)]

mod scaled;

use crate::kernel::Kernel;
use crate::lu::Factors;
use crate::native::{Block, Isa, Work};
use crate::program::Program;
use crate::tape::Layout;
use scaled::Scaled;

const GAMMA: f64 = 0.21193756319429014;
/// a_2j to a_6j; the last two stages start where the stage before ended.
const A2: [f64; 1] = [3.0];
const A3: [f64; 2] = [2.8493943797479391, 0.45842242204463923];
const A4: [f64; 3] = [-6.9540285098091008, 2.489845061869568, -10.358996098473584];
const A5: [f64; 4] = [2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.047211872304046408];
const A6: [f64; 5] =
    [-7.5028463993061214, 2.5618461448039191, -11.627539656261098, -0.18268767659942256, 0.030198172008377946];
/// c_2j to c_8j.
const C2: [f64; 1] = [-14.155112264123755];
const C3: [f64; 2] = [-17.97296035885952, -2.8596932954512941];
const C4: [f64; 3] = [147.12150275711716, -1.41221402718213, 71.68940251302358];
const C5: [f64; 4] = [165.43517024871676, -0.45928234564911258, 42.909383369586031, -5.9619867215733056];
const C6: [f64; 5] =
    [24.854864614690072, -3.0009227002832186, 47.493111002076802, 5.5814197821558125, -0.66106918252494706];
const C7: [f64; 6] = [
    30.912732140285989,
    -3.1208243349937974,
    77.799546460708925,
    34.286460282947829,
    -19.097331116725623,
    -28.087943162872662,
];
const C8: [f64; 7] = [
    37.802771233905631,
    -3.2571969029072276,
    112.26918849496327,
    66.934723124404698,
    -40.066189370910017,
    -54.667802628779683,
    -9.4886165230962707,
];
const C: [&[f64]; 8] = [&[], &C2, &C3, &C4, &C5, &C6, &C7, &C8];
/// alpha_i = sum_j alpha_ij; 1 from the sixth stage on.
const ALPHA: [f64; 8] =
    [0.0, 0.63581268958287042, 0.40957983933975348, 0.97693067250607083, 0.42884036095586654, 1.0, 1.0, 1.0];
/// gamma_i = sum_j gamma_ij; 0 from the sixth stage on.
const GAMMAS: [f64; 5] =
    [0.21193756319429014, -0.42387512638858022, -0.33846271262359224, 1.8046452872882754, 2.3258256397650679];
/// Coefficients of the continuous solution of order four.
const H: [[f64; 8]; 3] = [
    [
        25.948786856663858,
        -2.5579724845846235,
        10.433815404888879,
        -2.3679251022685204,
        0.52494854132107305,
        1.1241088310450404,
        0.42728761944318738,
        -0.17202221070155493,
    ],
    [
        -9.9156885069517102,
        -0.96899445941151541,
        3.0438037242978453,
        -24.495224566215796,
        20.176138334709044,
        15.980663614246509,
        -6.7890403034198741,
        -6.7102360699233721,
    ],
    [
        11.419903575922262,
        2.8879645146136994,
        72.921379959960291,
        80.125118346226429,
        -52.072871366152654,
        -59.789936252667289,
        -0.15582684282751913,
        4.8830871857137224,
    ],
];

/// The largest estimate, in tolerances, with which a step is accepted. The estimate is that of the embedded solution of order four; the
/// solution of order five, with which a run goes on, is far closer. With 2 the errors over hours and over subjects at one tolerance are still no
/// larger than those of CVODE and diffsol on the models of docs/benchmarks.md, whose estimates are nearer to the errors they make.
const MOST_ERROR: f64 = 2.0;

/// Order of the error estimate plus one, as the exponent of the step size control.
pub(crate) const ERROR_ORDER: f64 = 5.0;

/// The working memory of some lanes.
pub(crate) struct Stepper<'p, const W: usize> {
    pub kernel: Kernel<'p, W>,
    /// States at the start of the step.
    pub x: Block<W>,
    /// States at its end.
    pub new: Block<W>,
    /// The increments of the states that are integrated; of all states the last, which is the error. Before it is made, an
    /// increment's place holds the sum of earlier ones that enters its right side, the first's the right-hand side at the
    /// start.
    u: [Block<W>; 8],
    /// Working memory for squares of scaled errors.
    squares: Block<W>,
    factors: Factors<W>,
    isa: Isa,
}

impl<'p, const W: usize> Stepper<'p, W> {
    pub fn new(program: &'p Program, layout: &Layout) -> Self {
        // The states' registers begin in the second line of a page, later increments before earlier ones (see [`Block`]).
        let (all, moving) = (program.states.len(), program.moving());
        Stepper {
            kernel: Kernel::new(program, layout, program.isa),
            x: Block::zeros_at(all, 20),
            new: Block::zeros_at(all, 22),
            u: std::array::from_fn(|k| Block::zeros_at(if k == 7 { all } else { moving }, 18 - 2 * k)),
            squares: Block::zeros_at(all, 0),
            factors: Factors::new(&program.symbolic),
            isa: program.isa,
        }
    }

    /// Evaluates the right-hand side at the start of a step.
    pub fn begin(&mut self, t: [f64; W]) {
        self.kernel.set_time(t);
        let moving = self.moving();
        self.kernel.y().copy_from_slice(&self.x[..moving]);
        let f = self.kernel.rhs();
        self.u[0].copy_from_slice(f);
    }

    /// The right-hand side at the start, from [`Stepper::begin`] to [`Stepper::attempt`].
    pub fn f0(&self) -> &[[f64; W]] {
        &self.u[0]
    }

    /// Number of states that are integrated.
    fn moving(&self) -> usize {
        self.u[0].len()
    }

    /// Evaluates the derivatives; [`Stepper::begin`] must just have run.
    pub fn differentiate(&mut self) {
        self.kernel.derivatives();
    }

    /// Tries a step of size h from (t, x), where [`Stepper::begin`] and [`Stepper::differentiate`] must have run. False for
    /// live lanes whose matrix is singular.
    pub fn attempt(&mut self, t: [f64; W], h: [f64; W], live: [bool; W]) -> [bool; W] {
        let isa = self.isa;
        isa.run(Attempt { stepper: self, t, h, live })
    }

    /// The solution of (g I - J) d = f0 in the first lane; `None` if the matrix is singular there.
    pub fn newton(&mut self, g: [f64; W]) -> Option<Vec<f64>> {
        let sound = self.factorise(g, [true; W]);
        self.solve(0);
        sound[0].then(|| self.u[0].iter().map(|d| d[0]).collect())
    }

    fn factorise(&mut self, g: [f64; W], live: [bool; W]) -> [bool; W] {
        let kernel = &self.kernel;
        self.factors.factorise(&kernel.machine, &kernel.program.symbolic, kernel.jacobian(), g, live)
    }

    fn solve(&mut self, i: usize) {
        let (kernel, moving) = (&self.kernel, self.moving());
        self.factors.solve(&kernel.machine, &kernel.program.symbolic, &mut self.u[i][..moving]);
    }

    #[inline(always)]
    fn make_stages(&mut self, t: [f64; W], h: [f64; W], live: [bool; W]) -> [bool; W] {
        let ih = h.map(|h| 1.0 / h);
        let sound = self.factorise(ih.map(|v| v / GAMMA), live);
        self.add_time(0, h);
        self.solve(0);
        self.stage(1, t, h, ih, A2, C2);
        self.stage(2, t, h, ih, A3, C3);
        self.stage(3, t, h, ih, A4, C4);
        self.stage(4, t, h, ih, A5, C5);
        self.sixth_stage(t, h, ih);
        self.seventh_stage(t, h, ih);
        self.eighth_stage(t, h, ih);
        let moving = self.moving();
        let (new, y) = (self.new[..moving].as_flattened_mut(), self.kernel.y().as_flattened());
        add(new, y, self.u[7][..moving].as_flattened());
        self.determine();
        sound
    }

    /// The states at the end, and the errors, that conserved sums determine.
    #[inline(always)]
    fn determine(&mut self) {
        let moving = self.moving();
        let (new, new_rest) = self.new.split_at_mut(moving);
        let (error, error_rest) = self.u[7].split_at_mut(moving);
        let sums = self.kernel.sums();
        for (k, dependent) in self.kernel.program.dependents.iter().enumerate() {
            let (mut value, mut wrong) = (sums[k], [0.0; W]);
            for (other, weight) in &dependent.terms {
                let (x, e) = (&new[*other as usize], &error[*other as usize]);
                for l in 0..W {
                    value[l] = (-weight).mul_add(x[l], value[l]);
                    wrong[l] = (-weight).mul_add(e[l], wrong[l]);
                }
            }
            (new_rest[k], error_rest[k]) = (value, wrong);
        }
    }

    /// Stages 2 to 5: the argument and the sum over earlier increments in one pass, then the increment.
    #[inline(always)]
    fn stage<const S: usize>(&mut self, i: usize, t: [f64; W], h: [f64; W], ih: [f64; W], a: [f64; S], c: [f64; S]) {
        let (earlier, later) = self.u.split_at_mut(i);
        let u: [&[f64]; S] = std::array::from_fn(|k| earlier[k].as_flattened());
        let (y, sum) = (self.kernel.y().as_flattened_mut(), later[0].as_flattened_mut());
        combine(y, sum, self.x.as_flattened(), a, c, u);
        self.finish_stage(i, t, h, ih);
    }

    /// Stage 6, which also begins the sums of the last two while the increments pass by.
    #[inline(always)]
    fn sixth_stage(&mut self, t: [f64; W], h: [f64; W], ih: [f64; W]) {
        let [u0, u1, u2, u3, u4, sixth, seventh, eighth] = &mut self.u;
        let u = [u0, u1, u2, u3, u4].map(|u| u.as_flattened());
        let (y, sum) = (self.kernel.y().as_flattened_mut(), sixth.as_flattened_mut());
        let later = [seventh.as_flattened_mut(), eighth.as_flattened_mut()];
        combine_with_later(y, sum, later, self.x.as_flattened(), u);
        self.finish_stage(5, t, h, ih);
    }

    /// Stages 7 and 8 add the last increment to the last argument and to their sums, and stay at the end of the step.
    #[inline(always)]
    fn seventh_stage(&mut self, t: [f64; W], h: [f64; W], ih: [f64; W]) {
        let [.., last, seventh, eighth] = &mut self.u;
        let (y, last) = (self.kernel.y().as_flattened_mut(), last.as_flattened());
        add_last(y, seventh.as_flattened_mut(), C7[5], last);
        add_scaled(&mut eighth.as_flattened_mut()[..last.len()], C8[5], last);
        self.finish_stage(6, t, h, ih);
    }

    #[inline(always)]
    fn eighth_stage(&mut self, t: [f64; W], h: [f64; W], ih: [f64; W]) {
        let [.., last, eighth] = &mut self.u;
        let (y, last) = (self.kernel.y().as_flattened_mut(), last.as_flattened());
        add_last(y, eighth.as_flattened_mut(), C8[6], last);
        self.finish_stage(7, t, h, ih);
    }

    /// From the argument in the states' registers and a sum, the increment.
    #[inline(always)]
    fn finish_stage(&mut self, i: usize, t: [f64; W], h: [f64; W], ih: [f64; W]) {
        let moving = self.moving();
        self.kernel.set_time(std::array::from_fn(|l| t[l] + ALPHA[i] * h[l]));
        let safe = self.kernel.stage(ih, &mut self.u[i][..moving]);
        if safe != [true; W] {
            self.make_right_side_again(i, ih, safe);
        }
        if i < GAMMAS.len() {
            self.add_time(i, h);
        }
        self.solve(i);
    }

    /// The right side of a stage once more in lanes that are not safe, where an inverse out of a batch was lost.
    #[cold]
    fn make_right_side_again(&mut self, i: usize, ih: [f64; W], safe: [bool; W]) {
        let rates = self.kernel.careful_rates();
        let (earlier, later) = self.u.split_at_mut(i);
        for (r, rate) in rates.iter().enumerate() {
            for l in (0..W).filter(|l| !safe[*l]) {
                let first = C[i][0] * earlier[0][r][l];
                let sum = (1..i).fold(first, |sum, k| C[i][k].mul_add(earlier[k][r][l], sum));
                later[0][r][l] = ih[l].mul_add(sum, rate[l]);
            }
        }
    }

    #[inline(always)]
    fn add_time(&mut self, i: usize, h: [f64; W]) {
        let rows = &self.kernel.program.time_rows;
        for (row, d) in rows.iter().zip(self.kernel.by_time()) {
            let u = &mut self.u[i][*row as usize];
            for l in 0..W {
                u[l] += h[l] * GAMMAS[i] * d[l];
            }
        }
    }

    /// The scaled error of state `r` in one lane.
    pub fn scaled_error(&self, r: usize, lane: usize, rtol: f64, atol: f64) -> f64 {
        let size = self.x[r][lane].abs().max(self.new[r][lane].abs());
        self.u[7][r][lane] / (atol + rtol * size)
    }

    /// Root mean square of the scaled errors of each lane, the largest of those of the states and of each parameter's
    /// sensitivities; not a number if any is not.
    pub fn errors(&mut self, rtol: f64, atol: &[[f64; W]]) -> [f64; W] {
        let isa = self.isa;
        isa.run(Errors { stepper: self, rtol, atol })
    }

    /// True if the lane's last matrix needed row exchanges.
    pub fn exchanged(&self, lane: usize) -> bool {
        self.factors.exchanged(lane)
    }

    /// The three coefficients of the continuous solution of state `r` in one lane.
    pub fn dense(&self, r: usize, lane: usize) -> [f64; 3] {
        H.map(|row| {
            let first = row[0] * self.u[0][r][lane];
            (1..8).fold(first, |sum, k| row[k].mul_add(self.u[k][r][lane], sum))
        })
    }

    /// The same of some states in every lane.
    pub fn dense_of(&self, states: &[usize]) -> Vec<[[f64; W]; 3]> {
        self.isa.run(Dense { u: &self.u, states })
    }

    /// True if all rates at the start are finite.
    pub fn rates_are_finite(&self) -> bool {
        self.isa.run(AllFinite { values: self.f0().as_flattened() })
    }

    /// State `r` at the fraction `s` of the step, from its coefficients.
    pub fn interpolate(&self, r: usize, lane: usize, k: &[f64; 3], s: f64) -> f64 {
        let (x, y, w) = (self.x[r][lane], self.new[r][lane], 1.0 - s);
        w * x + s * (y + w * (k[0] + s * (k[1] + s * k[2])))
    }

    /// Makes the end of the step the start of the next in some lanes.
    pub fn accept(&mut self, lanes: [bool; W]) {
        if lanes == [true; W] {
            std::mem::swap(&mut self.x, &mut self.new);
            return;
        }
        for (x, new) in self.x.iter_mut().zip(self.new.iter()) {
            for l in 0..W {
                x[l] = if lanes[l] { new[l] } else { x[l] };
            }
        }
    }
}

struct Attempt<'a, 'p, const W: usize> {
    stepper: &'a mut Stepper<'p, W>,
    t: [f64; W],
    h: [f64; W],
    live: [bool; W],
}

impl<const W: usize> Work for Attempt<'_, '_, W> {
    type Output = [bool; W];

    #[inline(always)]
    fn run(self) -> [bool; W] {
        self.stepper.make_stages(self.t, self.h, self.live)
    }
}

struct Errors<'a, 'p, const W: usize> {
    stepper: &'a mut Stepper<'p, W>,
    rtol: f64,
    atol: &'a [[f64; W]],
}

impl<const W: usize> Work for Errors<'_, '_, W> {
    type Output = [f64; W];

    #[inline(always)]
    fn run(self) -> [f64; W] {
        let Stepper { x, new, u, squares, kernel, .. } = self.stepper;
        // Those of the states, then those of each parameter's sensitivities.
        let n = (x.len() / (1 + kernel.program.symbolic.couplings.len())).max(1);
        let mut largest = [0.0; W];
        for first in (0..x.len()).step_by(n) {
            let rows = first..first + n;
            let scaled = Scaled {
                x: &x[rows.clone()],
                new: &new[rows.clone()],
                atol: &self.atol[rows.clone()],
                error: &u[7][rows],
                rtol: self.rtol,
            };
            let sums = scaled.sum_of_squares(squares);
            for l in 0..W {
                // Written so that not-a-number counts as largest.
                if !(sums[l] <= largest[l] || largest[l].is_nan()) {
                    largest[l] = sums[l];
                }
            }
        }
        largest.map(|sum| (sum / n as f64).sqrt() / MOST_ERROR)
    }
}

struct Dense<'a, const W: usize> {
    u: &'a [Block<W>; 8],
    states: &'a [usize],
}

impl<const W: usize> Work for Dense<'_, W> {
    type Output = Vec<[[f64; W]; 3]>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let mut out = vec![[[0.0; W]; 3]; self.states.len()];
        for (coefficients, r) in out.iter_mut().zip(self.states) {
            for (sum, row) in coefficients.iter_mut().zip(&H) {
                let first = &self.u[0][*r];
                for l in 0..W {
                    sum[l] = row[0] * first[l];
                }
                for k in 1..8 {
                    let u = &self.u[k][*r];
                    for l in 0..W {
                        sum[l] = row[k].mul_add(u[l], sum[l]);
                    }
                }
            }
        }
        out
    }
}

struct AllFinite<'a> {
    values: &'a [f64],
}

impl Work for AllFinite<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        self.values.iter().fold(true, |all, v| all & v.is_finite())
    }
}

/// `y = base + sum of a[k] u[k]` and `sum = sum of c[k] u[k]`, term by term.
#[inline(always)]
fn combine<const S: usize>(y: &mut [f64], sum: &mut [f64], base: &[f64], a: [f64; S], c: [f64; S], u: [&[f64]; S]) {
    let m = y.len();
    let (sum, base, u) = (&mut sum[..m], &base[..m], u.map(|u| &u[..m]));
    for i in 0..m {
        let first = u[0][i];
        let (mut argument, mut total) = (a[0].mul_add(first, base[i]), c[0] * first);
        for k in 1..S {
            let v = u[k][i];
            argument = a[k].mul_add(v, argument);
            total = c[k].mul_add(v, total);
        }
        y[i] = argument;
        sum[i] = total;
    }
}

/// [`combine`] for the sixth stage, with the beginnings of the sums of the last two.
#[inline(always)]
fn combine_with_later(y: &mut [f64], sum: &mut [f64], later: [&mut [f64]; 2], base: &[f64], u: [&[f64]; 5]) {
    let m = y.len();
    let [seventh, eighth] = later;
    let (sum, seventh, eighth) = (&mut sum[..m], &mut seventh[..m], &mut eighth[..m]);
    let (base, u) = (&base[..m], u.map(|u| &u[..m]));
    for i in 0..m {
        let first = u[0][i];
        let mut argument = A6[0].mul_add(first, base[i]);
        let (mut p, mut q, mut r) = (C6[0] * first, C7[0] * first, C8[0] * first);
        for k in 1..5 {
            let v = u[k][i];
            argument = A6[k].mul_add(v, argument);
            p = C6[k].mul_add(v, p);
            q = C7[k].mul_add(v, q);
            r = C8[k].mul_add(v, r);
        }
        (y[i], sum[i], seventh[i], eighth[i]) = (argument, p, q, r);
    }
}

/// `y += u` and `sum += c u`.
#[inline(always)]
fn add_last(y: &mut [f64], sum: &mut [f64], c: f64, u: &[f64]) {
    let m = y.len();
    let (sum, u) = (&mut sum[..m], &u[..m]);
    for i in 0..m {
        y[i] += u[i];
        sum[i] = c.mul_add(u[i], sum[i]);
    }
}

/// `sum += c u`.
#[inline(always)]
fn add_scaled(sum: &mut [f64], c: f64, u: &[f64]) {
    let m = sum.len();
    let u = &u[..m];
    for i in 0..m {
        sum[i] = c.mul_add(u[i], sum[i]);
    }
}

#[inline(always)]
fn add(out: &mut [f64], a: &[f64], b: &[f64]) {
    let m = out.len();
    let (a, b) = (&a[..m], &b[..m]);
    for i in 0..m {
        out[i] = a[i] + b[i];
    }
}
