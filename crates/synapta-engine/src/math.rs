//! Elementary functions over lanes, behind one door.
//!
//! Every function is applied lane by lane, so that a lane's result never depends on the lane width, and none comes
//! from the C library of the machine: `exp`, `ln` and `pow` are those of [`crate::elementary`], the other transcendental
//! functions those of the pure Rust `libm`. What is exact or correctly rounded, and so the same everywhere, is taken
//! from `synapta_model::graph`, which folds no other operation on literals.

use crate::elementary;
use synapta_model::graph::{Binary, Unary};

/// `f` of each lane.
#[inline(always)]
pub fn map<const W: usize>(a: [f64; W], f: impl Fn(f64) -> f64) -> [f64; W] {
    std::array::from_fn(|l| f(a[l]))
}

/// `f` of each pair of lanes.
#[inline(always)]
pub fn map2<const W: usize>(a: [f64; W], b: [f64; W], f: impl Fn(f64, f64) -> f64) -> [f64; W] {
    std::array::from_fn(|l| f(a[l], b[l]))
}

/// `f` of each triple of lanes.
#[inline(always)]
pub fn map3<const W: usize>(a: [f64; W], b: [f64; W], c: [f64; W], f: impl Fn(f64, f64, f64) -> f64) -> [f64; W] {
    std::array::from_fn(|l| f(a[l], b[l], c[l]))
}

/// e to each lane.
#[inline(always)]
pub fn exp<const W: usize>(a: [f64; W]) -> [f64; W] {
    elementary::exp(&a)
}

/// Natural logarithm of each lane.
#[inline(always)]
pub fn ln<const W: usize>(a: [f64; W]) -> [f64; W] {
    elementary::ln(&a)
}

/// Power of each pair of lanes.
#[inline(always)]
pub fn pow<const W: usize>(a: [f64; W], b: [f64; W]) -> [f64; W] {
    elementary::pow(&a, &b)
}

/// Power of two numbers, by the same kernel as that of lanes.
pub fn power(a: f64, b: f64) -> f64 {
    let [p] = pow([a], [b]);
    p
}

/// Any function of one argument.
#[inline(never)]
pub fn unary<const W: usize>(f: Unary, a: [f64; W]) -> [f64; W] {
    match f {
        Unary::Exp => exp(a),
        Unary::Ln => ln(a),
        other => map(a, |x| scalar(other, x)),
    }
}

/// Any function of two arguments.
#[inline(never)]
pub fn binary<const W: usize>(f: Binary, a: [f64; W], b: [f64; W]) -> [f64; W] {
    match f {
        Binary::Pow => pow(a, b),
        other => map2(a, b, |x, y| other.apply(x, y)),
    }
}

fn scalar(f: Unary, x: f64) -> f64 {
    match f {
        Unary::Log10 => libm::log10(x),
        Unary::Sin => libm::sin(x),
        Unary::Cos => libm::cos(x),
        Unary::Tan => libm::tan(x),
        Unary::Sinh => libm::sinh(x),
        Unary::Cosh => libm::cosh(x),
        Unary::Tanh => libm::tanh(x),
        Unary::Asin => libm::asin(x),
        Unary::Acos => libm::acos(x),
        Unary::Atan => libm::atan(x),
        Unary::Asinh => libm::asinh(x),
        Unary::Acosh => libm::acosh(x),
        Unary::Atanh => libm::atanh(x),
        exact => exact.apply(x),
    }
}

#[cfg(test)]
mod tests;
