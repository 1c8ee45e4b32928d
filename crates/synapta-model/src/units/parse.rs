//! Unit texts as data files write them.

use super::Unit;

/// Why a text is no unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitParseError {
    /// Nothing was written.
    #[error("the unit is empty; write `1` for a pure number")]
    Empty,
    /// A part is no known unit.
    #[error("`{0}` is not a unit; write units like mg/kg, nmol/L, ug/L, 1/h, min")]
    Unknown(String),
    /// A power is no number.
    #[error("`{0}` is not a power; write powers like m^2 or h^-1")]
    Power(String),
    /// A bracket is missing.
    #[error("a bracket is missing in `{0}`")]
    Bracket(String),
    /// Something stands where a unit should.
    #[error("a unit was expected before `{0}`")]
    Misplaced(String),
}

/// Longest text read; brackets nest no deeper than that allows.
const LONGEST: usize = 200;

/// Reads `text`: products (`*`, `.`, `·`, blank), quotients (`/`, left to right), powers (`^`, `**`) and brackets.
pub(super) fn parse(text: &str) -> Result<Unit, UnitParseError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(UnitParseError::Empty);
    }
    if text.len() > LONGEST {
        return Err(UnitParseError::Unknown(text.chars().take(20).chain("...".chars()).collect()));
    }
    let mut reader = Reader { text, rest: text };
    let unit = reader.product()?;
    match reader.rest {
        "" => Ok(unit),
        rest if rest.starts_with(')') => Err(UnitParseError::Bracket(text.into())),
        rest => Err(UnitParseError::Unknown(rest.into())),
    }
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !keep(c)).unwrap_or(self.rest.len());
        let (token, rest) = self.rest.split_at(end);
        self.rest = rest;
        token
    }

    fn product(&mut self) -> Result<Unit, UnitParseError> {
        let mut unit = self.factor()?;
        loop {
            self.skip_blanks();
            if self.rest.is_empty() || self.rest.starts_with(')') {
                return Ok(unit);
            }
            if self.take("/") || self.take("per ") {
                unit = unit / self.factor()?;
                continue;
            }
            // A blank alone is a product too: `mg kg`.
            let _ = ["*", "·", "."].iter().any(|sign| self.take(sign));
            unit = unit * self.factor()?;
        }
    }

    fn factor(&mut self) -> Result<Unit, UnitParseError> {
        self.skip_blanks();
        let base = self.base()?;
        if !(self.take("**") || self.take("^")) {
            return Ok(base);
        }
        let bracket = self.take("(");
        let digits = self.take_while(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
        let power = digits.parse::<f64>().map_err(|_| UnitParseError::Power(digits.into()))?;
        if bracket && !self.take(")") {
            return Err(UnitParseError::Bracket(self.text.into()));
        }
        Ok(base.powf(power))
    }

    fn base(&mut self) -> Result<Unit, UnitParseError> {
        if self.take("(") {
            let unit = self.product()?;
            return if self.take(")") { Ok(unit) } else { Err(UnitParseError::Bracket(self.text.into())) };
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            let number = self.number();
            let value = number.parse::<f64>().ok().filter(|v| *v > 0.0 && v.is_finite());
            return value.map(Unit::factor).ok_or_else(|| UnitParseError::Unknown(number.into()));
        }
        let word = self.take_while(|c| c.is_alphabetic() || matches!(c, '_' | '%' | 'µ'));
        if word.is_empty() {
            return Err(UnitParseError::Misplaced(self.rest.into()));
        }
        named(word).ok_or_else(|| UnitParseError::Unknown(word.into()))
    }

    /// Digits with a point and a power of ten.
    fn number(&mut self) -> &'a str {
        let start = self.rest;
        self.take_while(|c| c.is_ascii_digit() || c == '.');
        let mark = self.rest;
        if self.take("e") || self.take("E") {
            let _ = self.take("-") || self.take("+");
            if self.take_while(|c| c.is_ascii_digit()).is_empty() {
                self.rest = mark;
            }
        }
        &start[..start.len() - self.rest.len()]
    }
}

/// Seconds of the units of time that are no powers of ten.
const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;

/// A unit by its symbol or name, with an SI prefix or none.
fn named(word: &str) -> Option<Unit> {
    if let Some(unit) = whole(word).or_else(|| prefixable(word)) {
        return Some(unit);
    }
    PREFIXES.iter().find_map(|(prefix, power)| {
        let unit = prefixable(word.strip_prefix(prefix)?)?;
        Some(Unit::factor(10_f64.powi(*power)) * unit)
    })
}

/// Units that take no prefix.
fn whole(word: &str) -> Option<Unit> {
    let seconds = |s: f64| Unit::base("second").map(|u| Unit::factor(s) * u);
    match word {
        "dimensionless" | "unitless" | "ratio" | "fraction" | "rad" => Some(Unit::DIMENSIONLESS),
        "%" | "percent" => Some(Unit::factor(0.01)),
        "min" | "minute" | "minutes" => seconds(MINUTE),
        "h" | "hr" | "hrs" | "hour" | "hours" => seconds(HOUR),
        "d" | "day" | "days" => seconds(DAY),
        "wk" | "week" | "weeks" => seconds(7.0 * DAY),
        "sec" | "seconds" => seconds(1.0),
        "item" | "items" | "cells" => Unit::base("item"),
        // `mcg` is what pharmacy writes for a microgram.
        "mcg" => Some(Unit::factor(1e-9) * Unit::base("kilogram")?),
        _ => None,
    }
}

/// Units that take a prefix.
fn prefixable(word: &str) -> Option<Unit> {
    let kind = match word {
        "m" => "metre",
        "g" | "gram" | "grams" => "gram",
        "s" => "second",
        "A" => "ampere",
        "K" => "kelvin",
        "mol" | "mole" | "moles" => "mole",
        "cd" => "candela",
        "L" | "l" | "liters" | "litres" => "litre",
        "Hz" => "hertz",
        "N" => "newton",
        "Pa" => "pascal",
        "J" => "joule",
        "W" => "watt",
        "C" => "coulomb",
        "V" => "volt",
        "F" => "farad",
        "S" => "siemens",
        "Ohm" | "Ω" => "ohm",
        "kat" => "katal",
        "Da" => return Some(Unit::base("gram")? / Unit::base("mole")?),
        "M" => return Some(Unit::base("mole")? / Unit::base("litre")?),
        other => other,
    };
    Unit::base(kind)
}

/// SI prefixes, long names first so that `milli` is not read as `m`.
const PREFIXES: [(&str, i32); 30] = [
    ("femto", -15),
    ("pico", -12),
    ("nano", -9),
    ("micro", -6),
    ("milli", -3),
    ("centi", -2),
    ("deci", -1),
    ("kilo", 3),
    ("mega", 6),
    ("giga", 9),
    ("da", 1),
    ("y", -24),
    ("z", -21),
    ("a", -18),
    ("f", -15),
    ("p", -12),
    ("n", -9),
    ("u", -6),
    // Both code points for the micro sign: U+00B5 and the Greek letter U+03BC.
    ("µ", -6),
    ("μ", -6),
    ("m", -3),
    ("c", -2),
    ("d", -1),
    ("h", 2),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(a: &str, b: &str) -> bool {
        parse(a).unwrap().is_same(&parse(b).unwrap())
    }

    #[test]
    fn units_of_data_files_are_read() {
        assert!(same("nmol/L", "nM"));
        assert!(same("mmol/L", "mol/m^3"));
        assert!(same("ug/L", "ng/mL") && same("µg/L", "mcg/L") && same("μg/L", "ug/l"));
        assert!(same("1/h", "h^-1") && same("1/h", "1/(60 min)"));
        assert!(same("mg/kg", "1e-6"));
        assert!(same("nmol/L/h", "nmol/(L*h)") && same("nmol/L/h", "nmol L^-1 h^-1"));
        assert!(same("d", "24 h") && same("week", "7 days"));
        assert!(same("mg per day", "mg/d"));
        assert!(same("m^0.5 * m**(0.5)", "m"));
        assert!(same("%", "0.01") && same("millimole", "mmol") && same("kDa", "kg/mol"));
        assert!(parse("mV").unwrap().is_same(&(Unit::factor(1e-3) * Unit::base("volt").unwrap())));
    }

    #[test]
    fn prefix_letters_are_not_confused_with_units() {
        assert!(!same("min", "m") && !same("d", "0.1"));
        assert!(same("dL", "100 mL") && same("cm^3", "mL") && same("hPa", "100 Pa"));
        assert!(parse("kM").is_ok() && parse("k").is_err() && parse("mmin").is_err());
    }

    #[test]
    fn bad_texts_say_what_is_wrong() {
        assert_eq!(parse("  ").unwrap_err(), UnitParseError::Empty);
        assert_eq!(parse("mg/furlong").unwrap_err(), UnitParseError::Unknown("furlong".into()));
        assert_eq!(parse("m^x").unwrap_err(), UnitParseError::Power(String::new()));
        assert_eq!(parse("mg/(kg").unwrap_err(), UnitParseError::Bracket("mg/(kg".into()));
        assert_eq!(parse("mg)").unwrap_err(), UnitParseError::Bracket("mg)".into()));
        assert_eq!(parse("mg//h").unwrap_err(), UnitParseError::Misplaced("/h".into()));
        assert_eq!(parse("0/h").unwrap_err(), UnitParseError::Unknown("0".into()));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "[a-zA-Z0-9µ%^*/(). -]{0,30}") {
            let _ = parse(&text);
        }
    }
}
