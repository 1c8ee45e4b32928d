use super::*;
use proptest::prelude::*;

/// Pseudo-random numbers from 0 to 1 (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

/// How many doubles lie between two of the same sign.
fn ulps(a: f64, b: f64) -> u64 {
    if a == b || a.is_nan() && b.is_nan() {
        return 0;
    }
    if a.is_sign_negative() == b.is_sign_negative() { a.to_bits().abs_diff(b.to_bits()) } else { u64::MAX }
}

fn one_exp(x: f64) -> f64 {
    exp(&[x])[0]
}

fn one_ln(x: f64) -> f64 {
    ln(&[x])[0]
}

fn one_pow(x: f64, y: f64) -> f64 {
    pow(&[x], &[y])[0]
}

const COUNT: usize = 300_000;

#[test]
fn exp_is_within_one_ulp() {
    let mut random = Random(1);
    for i in 0..COUNT {
        let width = [1e-8, 1.0, 20.0, 750.0][i % 4];
        let x = random.within(-width, width);
        assert!(ulps(one_exp(x), libm::exp(x)) <= 1, "exp({x:e})");
    }
}

#[test]
fn ln_is_within_one_ulp() {
    let mut random = Random(2);
    for i in 0..COUNT {
        let width = [1e-8, 0.5, 4.0, 740.0][i % 4];
        let x = libm::exp(random.within(-width, width));
        assert!(ulps(one_ln(x), libm::log(x)) <= 1, "ln({x:e})");
    }
}

#[test]
fn pow_is_within_two_ulp() {
    let mut random = Random(3);
    for i in 0..COUNT {
        let width = [1e-3, 0.4, 4.0, 30.0, 740.0][i % 5];
        let reach = [0.1, 3.0, 10.0, 40.0, 1000.0, 1e6][i % 6];
        let (x, y) = (libm::exp(random.within(-width, width)), random.within(-reach, reach));
        assert!(ulps(one_pow(x, y), libm::pow(x, y)) <= 2, "{x:e}^{y:e}");
    }
}

#[test]
fn pow_with_short_exponents_is_within_two_ulp() {
    let mut random = Random(4);
    for i in 0..COUNT {
        let (x, y) = (libm::exp(random.within(-200.0, 200.0)), [1.0, 2.0, 4.0, 0.5][i % 4]);
        let x = if i % 3 == 0 && y != 0.5 { -x } else { x };
        assert!(ulps(one_pow(x, y), libm::pow(x, y)) <= 2, "{x:e}^{y:e}");
    }
}

/// Arguments at which something ends or begins.
const EDGES: [f64; 44] = [
    0.0,
    -0.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    5e-324,
    -5e-324,
    1e-310,
    -1e-310,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    1e-300,
    1e-20,
    -1e-20,
    0.25,
    1.0 / 3.0,
    0.5,
    -0.5,
    0.9999999999999999,
    1.0,
    1.0000000000000002,
    -1.0,
    1.5,
    2.0,
    -2.0,
    3.0,
    -3.0,
    4.0,
    -4.0,
    7.0,
    -7.5,
    10.0,
    32.0,
    33.0,
    -33.0,
    707.9,
    708.5,
    709.9,
    -708.5,
    -745.0,
    -746.0,
    1e15,
    -9007199254740993.0,
];

/// Bit-equal where the result is zero, infinite, subnormal or not a number; else within `most` ulp.
fn agree(a: f64, b: f64, most: u64) -> bool {
    if b.is_normal() { ulps(a, b) <= most } else { a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan() }
}

#[test]
fn special_arguments_give_what_libm_gives() {
    for x in EDGES {
        assert!(agree(one_exp(x), libm::exp(x), 1), "exp({x:e})");
        assert!(agree(one_ln(x), libm::log(x), 1), "ln({x:e})");
        for y in EDGES {
            let (found, expected) = (one_pow(x, y), libm::pow(x, y));
            assert!(agree(found, expected, 2), "{x:e}^{y:e}: {found:e}, not {expected:e}");
        }
    }
}

#[test]
fn exact_results_are_exact() {
    assert_eq!(one_exp(0.0), 1.0);
    assert_eq!(one_ln(1.0).to_bits(), 0);
    for x in [0.3, 1.0, 7.25, 1e100] {
        assert_eq!(one_pow(x, 0.0), 1.0);
        assert_eq!(one_pow(1.0, x), 1.0);
    }
    for n in [-30, -3, 3, 5, 30] {
        assert_eq!(one_pow(2.0, f64::from(n)), 2f64.powi(n));
    }
}

/// Plain numbers and edges, mixed, so that lanes of one call take different ways.
fn argument() -> impl Strategy<Value = f64> {
    prop_oneof![4 => -5.0..5.0f64, 4 => 0.0..100.0f64, 1 => prop::sample::select(&EDGES[..]), 1 => any::<f64>()]
}

fn exponent() -> impl Strategy<Value = f64> {
    prop_oneof![3 => 0.1..8.0f64, 3 => prop::sample::select(&[1.0, 2.0, 4.0, 0.5][..]), 1 => argument()]
}

/// The bits of all functions over 16 lanes, `W` at a time.
fn in_groups<const W: usize>(x: &[f64; 16], y: &[f64; 16]) -> Vec<[u64; 3]> {
    let part = |v: &[f64; 16], at: usize| -> [f64; W] { std::array::from_fn(|l| v[at + l]) };
    let group = |at: usize| {
        let (x, y) = (part(x, at), part(y, at));
        let (e, n, p) = (exp(&x), ln(&x), pow(&x, &y));
        (0..W).map(move |l| [e[l], n[l], p[l]].map(bits))
    };
    (0..16).step_by(W).flat_map(group).collect()
}

/// The bits of a number; one pattern for all that is not a number.
fn bits(x: f64) -> u64 {
    if x.is_nan() { u64::MAX } else { x.to_bits() }
}

proptest! {
    #[test]
    fn a_lane_does_not_depend_on_its_neighbours(
        x in prop::array::uniform16(argument()),
        y in prop::array::uniform16(exponent()),
    ) {
        let alone = in_groups::<1>(&x, &y);
        prop_assert_eq!(&alone, &in_groups::<4>(&x, &y));
        prop_assert_eq!(&alone, &in_groups::<8>(&x, &y));
        prop_assert_eq!(&alone, &in_groups::<16>(&x, &y));
    }
}
