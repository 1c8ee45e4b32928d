//! Elementary functions over lanes, behind one door.
//!
//! Every function is applied lane by lane with the scalar of `synapta_model::graph`, so that a lane's result never
//! depends on the lane width. Vector versions replace these bodies, and the scalars with them, in one go.

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
    map(a, f64::exp)
}

/// Natural logarithm of each lane.
#[inline(always)]
pub fn ln<const W: usize>(a: [f64; W]) -> [f64; W] {
    map(a, f64::ln)
}

/// Power of each pair of lanes.
#[inline(always)]
pub fn pow<const W: usize>(a: [f64; W], b: [f64; W]) -> [f64; W] {
    map2(a, b, f64::powf)
}

/// Any function of one argument.
#[inline(never)]
pub fn unary<const W: usize>(f: Unary, a: [f64; W]) -> [f64; W] {
    map(a, |x| f.apply(x))
}

/// Any function of two arguments.
#[inline(never)]
pub fn binary<const W: usize>(f: Binary, a: [f64; W], b: [f64; W]) -> [f64; W] {
    map2(a, b, |x, y| f.apply(x, y))
}
