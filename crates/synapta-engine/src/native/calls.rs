//! Functions that made code calls: the lanes of [`crate::math`], compiled for an instruction set.

use super::isa::Isa;
use crate::math;
use synapta_model::graph::{Binary, Unary};

/// A function over lanes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Function {
    Exp,
    Ln,
    Pow,
    Unary(Unary),
    Binary(Binary),
}

impl Function {
    /// Number of its arguments.
    pub fn arity(self) -> usize {
        match self {
            Function::Exp | Function::Ln | Function::Unary(_) => 1,
            Function::Pow | Function::Binary(_) => 2,
        }
    }

    /// Where the function is, and the number that goes along in the fourth argument; `None` if it cannot be called.
    pub fn address<const W: usize>(self, isa: Isa) -> Option<(u64, u32)> {
        let at = |f: Call<W>| f as usize as u64;
        Some(match self {
            Function::Exp if isa.is_wide() => (at(exp_avx512), 0),
            Function::Ln if isa.is_wide() => (at(ln_avx512), 0),
            Function::Pow if isa.is_wide() => (at(pow_avx512), 0),
            Function::Exp => (at(exp_avx2), 0),
            Function::Ln => (at(ln_avx2), 0),
            Function::Pow => (at(pow_avx2), 0),
            Function::Unary(f) => (at(unary), UNARY.iter().position(|u| *u == f)? as u32),
            Function::Binary(f) => (at(binary), BINARY.iter().position(|b| *b == f)? as u32),
        })
    }
}

/// Destination, arguments, and which function.
type Call<const W: usize> = unsafe extern "sysv64" fn(*mut [f64; W], *const [f64; W], *const [f64; W], u32);

const UNARY: [Unary; 22] = [
    Unary::Neg,
    Unary::Sqrt,
    Unary::Exp,
    Unary::Ln,
    Unary::Log10,
    Unary::Abs,
    Unary::Floor,
    Unary::Ceil,
    Unary::Factorial,
    Unary::Sin,
    Unary::Cos,
    Unary::Tan,
    Unary::Sinh,
    Unary::Cosh,
    Unary::Tanh,
    Unary::Asin,
    Unary::Acos,
    Unary::Atan,
    Unary::Asinh,
    Unary::Acosh,
    Unary::Atanh,
    Unary::Not,
];

const BINARY: [Binary; 16] = [
    Binary::Add,
    Binary::Sub,
    Binary::Mul,
    Binary::Div,
    Binary::Pow,
    Binary::Min,
    Binary::Max,
    Binary::Rem,
    Binary::Quotient,
    Binary::Lt,
    Binary::Leq,
    Binary::Eq,
    Binary::Neq,
    Binary::And,
    Binary::Or,
    Binary::Xor,
];

/// A function for one instruction set.
macro_rules! call {
    ($name:ident, $features:literal, |$a:ident, $b:ident| $value:expr) => {
        /// # Safety
        /// The pointers lead to W doubles each, and the machine has the features.
        #[target_feature(enable = $features)]
        unsafe extern "sysv64" fn $name<const W: usize>(
            dst: *mut [f64; W],
            a: *const [f64; W],
            b: *const [f64; W],
            _: u32,
        ) {
            // SAFETY: made code passes places inside the slices it was given; one-argument calls repeat `a`.
            let ($a, $b) = unsafe { (a.read(), b.read()) };
            let value = $value;
            // SAFETY: as above.
            unsafe { dst.write(value) }
        }
    };
}

call!(exp_avx2, "avx2,fma", |a, _b| math::exp(a));
call!(ln_avx2, "avx2,fma", |a, _b| math::ln(a));
call!(pow_avx2, "avx2,fma", |a, b| math::pow(a, b));
call!(exp_avx512, "avx512f,avx512dq,avx512vl,fma", |a, _b| math::exp(a));
call!(ln_avx512, "avx512f,avx512dq,avx512vl,fma", |a, _b| math::ln(a));
call!(pow_avx512, "avx512f,avx512dq,avx512vl,fma", |a, b| math::pow(a, b));

/// # Safety
/// The pointers lead to W doubles each.
unsafe extern "sysv64" fn unary<const W: usize>(
    dst: *mut [f64; W],
    a: *const [f64; W],
    _: *const [f64; W],
    which: u32,
) {
    // SAFETY: made code passes places inside the slices it was given.
    let a = unsafe { a.read() };
    let value = UNARY.get(which as usize).map_or([f64::NAN; W], |f| math::unary(*f, a));
    // SAFETY: as above.
    unsafe { dst.write(value) }
}

/// # Safety
/// The pointers lead to W doubles each.
unsafe extern "sysv64" fn binary<const W: usize>(
    dst: *mut [f64; W],
    a: *const [f64; W],
    b: *const [f64; W],
    which: u32,
) {
    // SAFETY: made code passes places inside the slices it was given.
    let (a, b) = unsafe { (a.read(), b.read()) };
    let value = BINARY.get(which as usize).map_or([f64::NAN; W], |f| math::binary(*f, a, b));
    // SAFETY: as above.
    unsafe { dst.write(value) }
}
