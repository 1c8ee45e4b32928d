//! The same stiff model in the `diffsol` crate gives the same answer.

mod common;
use common::*;
use diffsol::{NalgebraLU, NalgebraMat, OdeBuilder, OdeSolverMethod};
use synapta_engine::*;

/// Binding, turnover and a saturable loss, with rates from milliseconds to days.
const TEXT: &str = "drug = 50; target = 10; complex = 0; signal = 1;
    binding: drug + target -> complex; 1e3*drug*target; unbinding: complex -> drug + target; 200*complex;
    loss: drug -> ; 3*drug/(5 + drug); making: -> signal; 0.05*complex; decay: signal -> ; 0.02*signal;";

fn rates(x: &[f64; 4]) -> [f64; 4] {
    let [d, t, c, s] = *x;
    let (on, off, loss) = (1e3 * d * t, 200.0 * c, 3.0 * d / (5.0 + d));
    [off - on - loss, off - on, on - off, 0.05 * c - 0.02 * s]
}

/// The Jacobian times a vector.
fn rates_along(x: &[f64; 4], v: &[f64; 4]) -> [f64; 4] {
    let [d, t, ..] = *x;
    let (on, off) = (1e3 * (v[0] * t + d * v[1]), 200.0 * v[2]);
    let loss = 15.0 * v[0] / ((5.0 + d) * (5.0 + d));
    [off - on - loss, off - on, on - off, 0.05 * v[2] - 0.02 * v[3]]
}

#[test]
fn diffsol_gives_the_same_answer() {
    type M = NalgebraMat<f64>;
    let read = |x: &<M as diffsol::MatrixCommon>::V| [x[0], x[1], x[2], x[3]];
    let problem = OdeBuilder::<M>::new()
        .rtol(1e-9)
        .atol([1e-12; 4])
        .rhs_implicit(
            |x, _p, _t, y| rates(&read(x)).iter().enumerate().for_each(|(i, v)| y[i] = *v),
            |x, _p, _t, v, y| rates_along(&read(x), &read(v)).iter().enumerate().for_each(|(i, v)| y[i] = *v),
        )
        .init(|_p, _t, y| [50.0, 10.0, 0.0, 1.0].iter().enumerate().for_each(|(i, v)| y[i] = *v), 4)
        .build()
        .expect("a problem");
    let mut solver = problem.bdf::<NalgebraLU<f64>>().expect("a solver");
    let times = [0.01, 1.0, 10.0, 100.0];
    let (reference, _) = solver.solve_dense(&times).expect("a solution");
    let names = ["drug", "target", "complex", "signal"];
    let mine = run(&program(TEXT), &times, &names, &Schedule::none(), &tight(1e-8, 1e-11));
    for (k, row) in mine.values.iter().enumerate() {
        for (i, value) in row.iter().enumerate() {
            let expected = reference[(i, k)];
            let error = (value - expected).abs() / (1e-6 + expected.abs());
            assert!(error < 1e-5, "{} is {value}, not {expected}, at {}", names[i], times[k]);
        }
    }
}
