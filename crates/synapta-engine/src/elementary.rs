//! `exp`, `ln` and `pow` of lanes: one algorithm for every width, so that a result depends neither on how many lanes
//! ran beside it, nor on the instruction set, nor on the C library of the machine.
//!
//! Only additions, multiplications, products with a sum (`f64::mul_add`), divisions, square roots and integer operations
//! on the bits are used, each rounded once. Every lane goes through the same straight line, which vector units can take together;
//! a lane whose arguments the line does not cover is then done again alone, by the pure Rust `libm`. Which of the two
//! serves a lane is decided by that lane's arguments alone.
//!
//! `exp` is Cody and Waite's reduction with a Taylor polynomial of degree 13; `ln` the series in `s = f/(2 + f)` (Tang,
//! ACM Trans. Math. Softw. 16:378, 1990); `pow` their composition with the logarithm as an unevaluated sum of two
//! doubles (Dekker, Numer. Math. 18:224, 1971).

/// 1.5 * 2^52: adding it rounds to an integer, whose low bits then stand in the mantissa.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// The leading 32 bits of ln 2, and the rest.
const LN2_HI: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN2_LO: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
/// Largest magnitude of an exponential's argument that needs no care for overflow or gradual underflow.
const EXP_SAFE: f64 = 708.0;
/// Largest exponent for which the error of the logarithm, some 2^-59, stays far below that of the exponential.
const EXPONENT_SAFE: f64 = 32.0;

/// e to each lane, within 1 ulp.
#[inline(always)]
pub fn exp<const W: usize>(x: &[f64; W]) -> [f64; W] {
    let mut out = [0.0; W];
    let mut covered = true;
    for l in 0..W {
        covered &= exp_covers(x[l]);
        out[l] = exp_sum(x[l], 0.0);
    }
    if !covered {
        exp_rare(x, &mut out);
    }
    out
}

/// Natural logarithm of each lane, within 1 ulp.
#[inline(always)]
pub fn ln<const W: usize>(x: &[f64; W]) -> [f64; W] {
    let mut out = [0.0; W];
    let mut covered = true;
    for l in 0..W {
        covered &= is_plain(x[l]);
        out[l] = ln_pair(x[l]).0;
    }
    if !covered {
        ln_rare(x, &mut out);
    }
    out
}

/// `x^y` of each lane, within 2 ulp. Exponents 1, 2, 4 and 1/2 are done by multiplications and the square root, as
/// they are where the exponent is written in the model as a number.
#[inline(always)]
pub fn pow<const W: usize>(x: &[f64; W], y: &[f64; W]) -> [f64; W] {
    let mut out = [0.0; W];
    let (mut all_short, mut some_short) = (true, false);
    for l in 0..W {
        let short = is_short(y[l]);
        all_short &= short;
        some_short |= short;
    }
    if all_short {
        short_powers(x, y, &mut out);
        return out;
    }
    let mut covered = true;
    for l in 0..W {
        let (p, rest) = log_of_power(x[l], y[l]);
        covered &= pow_covers(x[l], y[l], p);
        out[l] = exp_sum(p, rest);
    }
    if !covered | some_short {
        pow_rare(x, y, &mut out);
    }
    out
}

/// [`short_power`] of each lane. Roots, which cost more than all the rest, are drawn only where some lane wants one.
#[inline(always)]
fn short_powers<const W: usize>(x: &[f64; W], y: &[f64; W], out: &mut [f64; W]) {
    let mut some_root = false;
    for l in 0..W {
        out[l] = short_product(x[l], y[l]);
        some_root |= y[l] == 0.5;
    }
    if some_root {
        for l in 0..W {
            out[l] = short_power(x[l], y[l]);
        }
    }
}

#[cold]
#[inline(never)]
fn exp_rare<const W: usize>(x: &[f64; W], out: &mut [f64; W]) {
    for l in 0..W {
        if !exp_covers(x[l]) {
            out[l] = libm::exp(x[l]);
        }
    }
}

#[cold]
#[inline(never)]
fn ln_rare<const W: usize>(x: &[f64; W], out: &mut [f64; W]) {
    for l in 0..W {
        if !is_plain(x[l]) {
            out[l] = libm::log(x[l]);
        }
    }
}

#[cold]
#[inline(never)]
fn pow_rare<const W: usize>(x: &[f64; W], y: &[f64; W], out: &mut [f64; W]) {
    for l in 0..W {
        if is_short(y[l]) {
            out[l] = short_power(x[l], y[l]);
        } else if !pow_covers(x[l], y[l], log_of_power(x[l], y[l]).0) {
            out[l] = libm::pow(x[l], y[l]);
        }
    }
}

/// True for finite, normal, positive numbers.
#[inline(always)]
fn is_plain(x: f64) -> bool {
    const SMALLEST: u64 = f64::MIN_POSITIVE.to_bits();
    x.to_bits().wrapping_sub(SMALLEST) < f64::INFINITY.to_bits() - SMALLEST
}

/// True where [`exp_sum`] holds; false for what is not a number.
#[inline(always)]
fn exp_covers(x: f64) -> bool {
    x.abs() <= EXP_SAFE
}

/// True where [`exp_sum`] of [`log_of_power`] holds; `p` is the leading part of the latter.
#[inline(always)]
fn pow_covers(x: f64, y: f64, p: f64) -> bool {
    is_plain(x) & (y.abs() <= EXPONENT_SAFE) & exp_covers(p)
}

/// True for the exponents of [`short_power`].
#[inline(always)]
fn is_short(y: f64) -> bool {
    (y == 1.0) | (y == 2.0) | (y == 4.0) | (y == 0.5)
}

/// `x^y` for y = 1, 2, 4 or 1/2.
#[inline(always)]
fn short_power(x: f64, y: f64) -> f64 {
    if y == 0.5 { root(x) } else { short_product(x, y) }
}

/// `x^y` for y = 1, 2 or 4.
#[inline(always)]
fn short_product(x: f64, y: f64) -> f64 {
    let square = x * x;
    let fourth = square * square;
    let low = if y == 1.0 { x } else { square };
    if y == 4.0 { fourth } else { low }
}

/// `x^(1/2)`, which is the square root but for minus zero (plus zero) and minus infinity (plus infinity).
#[inline(always)]
fn root(x: f64) -> f64 {
    if x == f64::NEG_INFINITY { f64::INFINITY } else { (x + 0.0).sqrt() }
}

/// `exp(hi + lo)` for |hi| <= 708 and |lo| tiny.
#[inline(always)]
fn exp_sum(hi: f64, lo: f64) -> f64 {
    let shifted = hi * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    // k*LN2_HI is exact: LN2_HI ends in 21 zero bits and |k| < 2^11.
    let r = (-k).mul_add(LN2_HI, hi) + (-k).mul_add(LN2_LO, lo);
    let scale = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    exp_small(r) * scale
}

/// `exp(r)` for |r| <= ln(2)/2: Taylor to degree 13, truncated below 2e-18, summed in pairs (Estrin).
#[inline(always)]
fn exp_small(r: f64) -> f64 {
    let r2 = r * r;
    let r4 = r2 * r2;
    let a = r.mul_add(1.0 / 120.0, 1.0 / 24.0);
    let b = r.mul_add(1.0 / 5040.0, 1.0 / 720.0);
    let c = r.mul_add(1.0 / 362_880.0, 1.0 / 40_320.0);
    let d = r.mul_add(1.0 / 39_916_800.0, 1.0 / 3_628_800.0);
    let e = r.mul_add(1.0 / 6_227_020_800.0, 1.0 / 479_001_600.0);
    let tail = r4.mul_add(r4.mul_add(e, r2.mul_add(d, c)), r2.mul_add(b, a));
    1.0 + (r + r4.mul_add(tail, r2 * r.mul_add(1.0 / 6.0, 0.5)))
}

/// `ln(x)` as `hi + lo` for finite, normal, positive x.
#[inline(always)]
fn ln_pair(x: f64) -> (f64, f64) {
    let (k, m) = exponent_and_mantissa(x);
    let f = m - 1.0;
    let half = 0.5 * f * f;
    // ln(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)) with s = f/(2 + f).
    let s = f / (2.0 + f);
    let small = s * (half + log_series(s * s)) + k * LN2_LO;
    let (t, lost) = two_sum(k * LN2_HI, f);
    let (u, lost_too) = two_sum(t, -half);
    // f*f was rounded; only pow can tell.
    let half_error = 0.5 * product_error(f, f, f * f);
    let rest = small + ((lost + lost_too) - half_error);
    let hi = u + rest;
    (hi, rest - (hi - u))
}

/// `x = 2^k * m` with m from sqrt(1/2) to sqrt(2); k as a double.
#[inline(always)]
fn exponent_and_mantissa(x: f64) -> (f64, f64) {
    const SQRT_HALF: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
    const BIAS: u64 = 1024;
    /// 2^52, the last bit of whose mantissa counts ones.
    const UNIT: f64 = 4_503_599_627_370_496.0;
    let offset = x.to_bits().wrapping_sub(SQRT_HALF);
    let m = f64::from_bits(x.to_bits().wrapping_sub(offset & 0xfff0_0000_0000_0000));
    // From integer to double through the mantissa, since early vector units have no instruction for it.
    let biased = (offset >> 52).wrapping_add(BIAS) & 0xfff;
    let k = f64::from_bits(UNIT.to_bits() | biased) - (UNIT + BIAS as f64);
    (k, m)
}

/// `R` of `ln((1 + s)/(1 - s)) = 2s + s R(z)` with `z = s^2`, |s| <= 0.1716: minimax of degree 14 in s, error below
/// 2^-58.45, with the coefficients of Sun's fdlibm (e_log.c, 1993).
#[inline(always)]
fn log_series(z: f64) -> f64 {
    const L: [f64; 7] = [
        f64::from_bits(0x3fe5_5555_5555_5593),
        f64::from_bits(0x3fd9_9999_9997_fa04),
        f64::from_bits(0x3fd2_4924_9422_9359),
        f64::from_bits(0x3fcc_71c5_1d8e_78af),
        f64::from_bits(0x3fc7_4664_96cb_03de),
        f64::from_bits(0x3fc3_9a09_d078_c69f),
        f64::from_bits(0x3fc2_f112_df3e_5244),
    ];
    let w = z * z;
    let even = w * w.mul_add(w.mul_add(L[5], L[3]), L[1]);
    let odd = z * w.mul_add(w.mul_add(w.mul_add(L[6], L[4]), L[2]), L[0]);
    even + odd
}

/// `ln(x^y)` as a sum of two doubles, the first rounded to nearest but for a little.
#[inline(always)]
fn log_of_power(x: f64, y: f64) -> (f64, f64) {
    let (hi, lo) = ln_pair(x);
    let p = y * hi;
    (p, product_error(y, hi, p) + y * lo)
}

/// `a + b` rounded, and what the rounding lost (Knuth).
#[inline(always)]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

/// `a*b - product` where `product` is `a*b` rounded.
#[inline(always)]
fn product_error(a: f64, b: f64, product: f64) -> f64 {
    a.mul_add(b, -product)
}

#[cfg(test)]
mod tests;
