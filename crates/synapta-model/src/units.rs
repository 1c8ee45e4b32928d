//! Units of measurement: SBML's base units, their algebra, and the units of one model.
//!
//! A [`Unit`] is a multiplier times a product of powers of the SI base units (and SBML's `item`), so that two units
//! written differently compare as equal: `nmol/L` and `umole/metre^3` are the same unit.
//! SBML Level 3 Version 2 Core, section 4.4, table 2 lists the base units.

mod naming;
mod parse;
mod table;

pub use naming::UnitNames;
pub(crate) use naming::number;
pub use parse::UnitParseError;
pub use table::UnitTable;

use std::ops::{Div, Mul};

/// Number of base dimensions.
const DIMENSIONS: usize = 8;

/// Names of the base dimensions' units, in the order of [`Unit::exponents`].
pub(crate) const BASE_SYMBOLS: [&str; DIMENSIONS] = ["m", "kg", "s", "A", "K", "mol", "cd", "item"];

/// Relative difference below which two multipliers count as equal; absolute for exponents.
const TOLERANCE: f64 = 1e-9;

/// `multiplier * m^a kg^b s^c A^d K^e mol^f cd^g item^h`.
///
/// There is no `==`, since rounding makes equal units differ in the last digit: use [`Unit::is_same`].
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    multiplier: f64,
    exponents: [f64; DIMENSIONS],
}

impl Unit {
    /// The number one.
    pub const DIMENSIONLESS: Unit = Unit { multiplier: 1.0, exponents: [0.0; DIMENSIONS] };

    /// A pure number other than one, such as a percent (0.01).
    pub const fn factor(multiplier: f64) -> Unit {
        Unit { multiplier, exponents: [0.0; DIMENSIONS] }
    }

    const fn of(multiplier: f64, exponents: [i8; DIMENSIONS]) -> Unit {
        let mut out = Unit::factor(multiplier);
        let mut i = 0;
        while i < DIMENSIONS {
            out.exponents[i] = exponents[i] as f64;
            i += 1;
        }
        out
    }

    /// An SBML base unit by name (`mole`, `litre`, `second`, ...), both spellings of metre and litre included.
    pub fn base(kind: &str) -> Option<Unit> {
        // Columns: metre, kilogram, second, ampere, kelvin, mole, candela, item.
        let unit = match kind {
            "dimensionless" | "radian" | "steradian" => Unit::DIMENSIONLESS,
            // The value SBML Level 3 fixes for its unit and its csymbol.
            "avogadro" => Unit::factor(6.022_141_79e23),
            "metre" | "meter" => Unit::of(1.0, [1, 0, 0, 0, 0, 0, 0, 0]),
            "kilogram" => Unit::of(1.0, [0, 1, 0, 0, 0, 0, 0, 0]),
            "gram" => Unit::of(1e-3, [0, 1, 0, 0, 0, 0, 0, 0]),
            "second" => Unit::of(1.0, [0, 0, 1, 0, 0, 0, 0, 0]),
            "ampere" => Unit::of(1.0, [0, 0, 0, 1, 0, 0, 0, 0]),
            "kelvin" => Unit::of(1.0, [0, 0, 0, 0, 1, 0, 0, 0]),
            "mole" => Unit::of(1.0, [0, 0, 0, 0, 0, 1, 0, 0]),
            "candela" | "lumen" => Unit::of(1.0, [0, 0, 0, 0, 0, 0, 1, 0]),
            "lux" => Unit::of(1.0, [-2, 0, 0, 0, 0, 0, 1, 0]),
            "item" => Unit::of(1.0, [0, 0, 0, 0, 0, 0, 0, 1]),
            "litre" | "liter" => Unit::of(1e-3, [3, 0, 0, 0, 0, 0, 0, 0]),
            "hertz" | "becquerel" => Unit::of(1.0, [0, 0, -1, 0, 0, 0, 0, 0]),
            "newton" => Unit::of(1.0, [1, 1, -2, 0, 0, 0, 0, 0]),
            "pascal" => Unit::of(1.0, [-1, 1, -2, 0, 0, 0, 0, 0]),
            "joule" => Unit::of(1.0, [2, 1, -2, 0, 0, 0, 0, 0]),
            "watt" => Unit::of(1.0, [2, 1, -3, 0, 0, 0, 0, 0]),
            "coulomb" => Unit::of(1.0, [0, 0, 1, 1, 0, 0, 0, 0]),
            "volt" => Unit::of(1.0, [2, 1, -3, -1, 0, 0, 0, 0]),
            "farad" => Unit::of(1.0, [-2, -1, 4, 2, 0, 0, 0, 0]),
            "ohm" => Unit::of(1.0, [2, 1, -3, -2, 0, 0, 0, 0]),
            "siemens" => Unit::of(1.0, [-2, -1, 3, 2, 0, 0, 0, 0]),
            "weber" => Unit::of(1.0, [2, 1, -2, -1, 0, 0, 0, 0]),
            "tesla" => Unit::of(1.0, [0, 1, -2, -1, 0, 0, 0, 0]),
            "henry" => Unit::of(1.0, [2, 1, -2, -2, 0, 0, 0, 0]),
            "gray" | "sievert" => Unit::of(1.0, [2, 0, -2, 0, 0, 0, 0, 0]),
            "katal" => Unit::of(1.0, [0, 0, -1, 0, 0, 1, 0, 0]),
            _ => return None,
        };
        Some(unit)
    }

    /// Reads a plain unit text, as data files write it: `mg/kg`, `nmol/L`, `1/h`, `ug/L`, `min`.
    ///
    /// # Errors
    /// [`UnitParseError`] names the part that is no unit.
    pub fn parse(text: &str) -> Result<Unit, UnitParseError> {
        parse::parse(text)
    }

    /// How many of the SI product one of this unit is.
    pub fn multiplier(&self) -> f64 {
        self.multiplier
    }

    /// Powers of metre, kilogram, second, ampere, kelvin, mole, candela and item.
    pub fn exponents(&self) -> [f64; DIMENSIONS] {
        self.exponents
    }

    /// This unit to a power, whole or not.
    #[must_use]
    pub fn powf(self, power: f64) -> Unit {
        Unit { multiplier: self.multiplier.powf(power), exponents: self.exponents.map(|e| e * power) }
    }

    /// One over this unit.
    #[must_use]
    pub fn inverse(self) -> Unit {
        self.powf(-1.0)
    }

    /// True if it has no dimension; the multiplier may differ from one (a percent).
    pub fn is_number(&self) -> bool {
        self.same_dimension(&Unit::DIMENSIONLESS)
    }

    /// True if it is the number one.
    pub fn is_dimensionless(&self) -> bool {
        self.is_same(&Unit::DIMENSIONLESS)
    }

    /// True if values of one can be converted to the other.
    pub fn same_dimension(&self, other: &Unit) -> bool {
        self.exponents.iter().zip(other.exponents).all(|(a, b)| (a - b).abs() < TOLERANCE)
    }

    /// True if values of one are values of the other without change.
    pub fn is_same(&self, other: &Unit) -> bool {
        let scale = self.multiplier.abs().max(other.multiplier.abs());
        self.same_dimension(other) && (self.multiplier - other.multiplier).abs() <= TOLERANCE * scale
    }

    /// What to multiply a value in this unit by, to have it in `other`; `None` if the dimensions differ.
    pub fn factor_to(&self, other: &Unit) -> Option<f64> {
        self.same_dimension(other).then(|| self.multiplier / other.multiplier)
    }
}

impl Unit {
    /// `self * other^power`.
    fn times(self, other: Unit, power: i32) -> Unit {
        let mut exponents = self.exponents;
        exponents.iter_mut().zip(other.exponents).for_each(|(a, b)| *a += f64::from(power) * b);
        Unit { multiplier: self.multiplier * other.multiplier.powi(power), exponents }
    }
}

impl Mul for Unit {
    type Output = Unit;

    fn mul(self, other: Unit) -> Unit {
        self.times(other, 1)
    }
}

impl Div for Unit {
    type Output = Unit;

    fn div(self, other: Unit) -> Unit {
        self.times(other, -1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit() -> impl Strategy<Value = Unit> {
        let exponents = proptest::array::uniform8(-4_i8..=4);
        (-12.0..12.0, exponents).prop_map(|(log, e)| Unit::of(10_f64.powf(log), e))
    }

    proptest! {
        #[test]
        fn product_commutes_and_quotient_undoes_it(a in unit(), b in unit()) {
            prop_assert!((a * b).is_same(&(b * a)));
            prop_assert!((a * b / b).is_same(&a));
            prop_assert!((a * a.inverse()).is_dimensionless());
        }

        #[test]
        fn powers_add_and_multiply(a in unit(), p in -3_i32..=3, q in -3_i32..=3) {
            let (p, q) = (f64::from(p), f64::from(q));
            prop_assert!((a.powf(p) * a.powf(q)).is_same(&a.powf(p + q)));
            prop_assert!(a.powf(p).powf(q).is_same(&a.powf(p * q)));
        }

        #[test]
        fn roots_undo_powers(a in unit(), n in 2_i32..=4) {
            prop_assert!(a.powf(f64::from(n)).powf(1.0 / f64::from(n)).is_same(&a));
        }

        #[test]
        fn conversion_there_and_back_is_one(a in unit(), log in -9.0..9.0) {
            let b = a * Unit::factor(10_f64.powf(log));
            let round = a.factor_to(&b).zip(b.factor_to(&a)).map(|(x, y)| x * y);
            prop_assert!(round.is_some_and(|r| (r - 1.0).abs() < 1e-12));
        }

        #[test]
        fn another_dimension_has_no_factor(a in unit(), b in unit()) {
            prop_assert_eq!(a.factor_to(&b).is_some(), a.exponents() == b.exponents());
        }
    }

    #[test]
    fn derived_units_are_the_products_that_define_them() {
        let base = |k| Unit::base(k).unwrap();
        assert!((base("volt") * base("ampere")).is_same(&base("watt")));
        assert!((base("watt") * base("second")).is_same(&base("joule")));
        assert!((base("volt") / base("ampere")).is_same(&base("ohm")));
        assert!(base("ohm").inverse().is_same(&base("siemens")));
        assert!((base("coulomb") / base("volt")).is_same(&base("farad")));
        assert!((base("newton") / base("metre").powf(2.0)).is_same(&base("pascal")));
        assert!((base("volt") * base("second")).is_same(&base("weber")));
        assert!((base("weber") / base("ampere")).is_same(&base("henry")));
        assert!((base("weber") / base("metre").powf(2.0)).is_same(&base("tesla")));
        assert!((base("mole") / base("second")).is_same(&base("katal")));
        assert!((base("joule") / base("kilogram")).is_same(&base("gray")));
        assert!(Unit::base("parsec").is_none());
    }

    #[test]
    fn a_second_is_not_an_hour_but_converts() {
        let (second, hour) = (Unit::base("second").unwrap(), Unit::parse("h").unwrap());
        assert!(!second.is_same(&hour));
        assert_eq!(hour.factor_to(&second), Some(3600.0));
    }
}
