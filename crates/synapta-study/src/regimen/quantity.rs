//! Quantities as people write them in a regimen: doses, times, routes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Unit of a period or time point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)] // the names say it
pub enum TimeUnit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
}

impl TimeUnit {
    /// All units, shortest first.
    pub const ALL: [TimeUnit; 5] = [TimeUnit::Second, TimeUnit::Minute, TimeUnit::Hour, TimeUnit::Day, TimeUnit::Week];

    /// Spellings, the printed one first.
    pub fn spellings(self) -> &'static [&'static str] {
        match self {
            TimeUnit::Second => &["s", "sec", "second", "seconds"],
            TimeUnit::Minute => &["min", "mins", "minute", "minutes"],
            TimeUnit::Hour => &["h", "hr", "hrs", "hour", "hours"],
            TimeUnit::Day => &["d", "day", "days"],
            TimeUnit::Week => &["weeks", "week", "wk", "wks", "w"],
        }
    }

    /// The unit of a word, whatever its case.
    pub fn from_word(word: &str) -> Option<TimeUnit> {
        Self::ALL.into_iter().find(|u| u.spellings().iter().any(|s| s.eq_ignore_ascii_case(word)))
    }

    /// Hours of `value` of this unit. Divides where the factor is not exact in binary.
    pub fn to_hours(self, value: f64) -> f64 {
        match self {
            TimeUnit::Second => value / 3600.0,
            TimeUnit::Minute => value / 60.0,
            TimeUnit::Hour => value,
            TimeUnit::Day => value * 24.0,
            TimeUnit::Week => value * 168.0,
        }
    }
}

/// A length of time, or a time point relative to time 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// How many.
    pub value: f64,
    /// Of what.
    pub unit: TimeUnit,
}

impl Period {
    /// In hours.
    pub fn hours(self) -> f64 {
        self.unit.to_hours(self.value)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.unit.spellings()[0])
    }
}

/// Unit of a dose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)] // the names say it
pub enum DoseUnit {
    Gram,
    Milligram,
    Microgram,
    Nanogram,
    Millimole,
    Micromole,
    Nanomole,
    Picomole,
}

impl DoseUnit {
    /// All units, masses first.
    pub const ALL: [DoseUnit; 8] = [
        DoseUnit::Gram,
        DoseUnit::Milligram,
        DoseUnit::Microgram,
        DoseUnit::Nanogram,
        DoseUnit::Millimole,
        DoseUnit::Micromole,
        DoseUnit::Nanomole,
        DoseUnit::Picomole,
    ];

    /// Spellings, the printed one first.
    pub fn spellings(self) -> &'static [&'static str] {
        match self {
            DoseUnit::Gram => &["g", "gram", "grams"],
            DoseUnit::Milligram => &["mg", "milligram", "milligrams"],
            DoseUnit::Microgram => &["ug", "mcg", "µg", "μg", "microgram", "micrograms"],
            DoseUnit::Nanogram => &["ng", "nanogram", "nanograms"],
            DoseUnit::Millimole => &["mmol"],
            DoseUnit::Micromole => &["umol", "µmol", "μmol"],
            DoseUnit::Nanomole => &["nmol"],
            DoseUnit::Picomole => &["pmol"],
        }
    }

    /// The unit of a word, whatever its case.
    pub fn from_word(word: &str) -> Option<DoseUnit> {
        Self::ALL.into_iter().find(|u| u.spellings().iter().any(|s| s.eq_ignore_ascii_case(word)))
    }

    /// True for grams and its parts; false for moles.
    pub fn is_mass(self) -> bool {
        matches!(self, DoseUnit::Gram | DoseUnit::Milligram | DoseUnit::Microgram | DoseUnit::Nanogram)
    }

    /// `value` of this unit in mg (masses) or nmol (amounts).
    fn to_base(self, value: f64) -> f64 {
        match self {
            DoseUnit::Gram => value * 1e3,
            DoseUnit::Milligram | DoseUnit::Nanomole => value,
            DoseUnit::Microgram | DoseUnit::Picomole => value / 1e3,
            DoseUnit::Nanogram => value / 1e6,
            DoseUnit::Millimole => value * 1e6,
            DoseUnit::Micromole => value * 1e3,
        }
    }
}

/// A dose as written: `0.5 mg/kg`, `28 mg`, `0.2 nmol`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    /// How many.
    pub value: f64,
    /// Of what.
    pub unit: DoseUnit,
    /// True if per kg of body weight.
    pub per_kg: bool,
}

impl Amount {
    /// Milligrams for a body weight (kg) and a molar mass (g/mol).
    pub fn milligrams(self, weight_kg: f64, molar_mass: f64) -> f64 {
        let base = self.unit.to_base(self.total(weight_kg));
        if self.unit.is_mass() { base } else { base * molar_mass / 1e6 }
    }

    /// Nanomoles for a body weight (kg) and a molar mass (g/mol).
    pub fn nanomoles(self, weight_kg: f64, molar_mass: f64) -> f64 {
        let base = self.unit.to_base(self.total(weight_kg));
        if self.unit.is_mass() { base * 1e6 / molar_mass } else { base }
    }

    fn total(self, weight_kg: f64) -> f64 {
        if self.per_kg { self.value * weight_kg } else { self.value }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per = if self.per_kg { "/kg" } else { "" };
        write!(f, "{} {}{per}", self.value, self.unit.spellings()[0])
    }
}

/// How a dose enters the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // the names say it
pub enum Route {
    Intravenous,
    Intramuscular,
    Subcutaneous,
    Intraperitoneal,
    Oral,
    Intranasal,
    Sublingual,
    /// Into the brain as a whole (ventricle).
    Intracerebral,
    IntracerebralPrefrontal,
    IntracerebralHippocampus,
}

impl Route {
    /// All routes.
    pub const ALL: [Route; 10] = [
        Route::Intravenous,
        Route::Intramuscular,
        Route::Subcutaneous,
        Route::Intraperitoneal,
        Route::Oral,
        Route::Intranasal,
        Route::Sublingual,
        Route::Intracerebral,
        Route::IntracerebralPrefrontal,
        Route::IntracerebralHippocampus,
    ];

    /// Spellings without dots, the printed one first.
    pub fn spellings(self) -> &'static [&'static str] {
        match self {
            Route::Intravenous => &["iv", "intravenous", "intravenously"],
            Route::Intramuscular => &["im", "intramuscular", "intramuscularly"],
            Route::Subcutaneous => &["sc", "subcutaneous", "subcutaneously", "subcut"],
            Route::Intraperitoneal => &["ip", "intraperitoneal", "intraperitoneally"],
            Route::Oral => &["oral", "orally", "po"],
            Route::Intranasal => &["intranasal", "intranasally", "nasal"],
            Route::Sublingual => &["sublingual", "sublingually", "sl"],
            Route::Intracerebral => &["intracerebral", "icv"],
            Route::IntracerebralPrefrontal => &["intracerebral-prefrontal"],
            Route::IntracerebralHippocampus => &["intracerebral-hippocampus"],
        }
    }

    /// The name used in files and tables.
    pub fn name(self) -> &'static str {
        self.spellings()[0]
    }

    /// The route of a word, whatever its case, with or without dots (`i.v.`).
    pub fn from_word(word: &str) -> Option<Route> {
        let word = word.replace('.', "");
        Self::ALL.into_iter().find(|r| r.spellings().iter().any(|s| s.eq_ignore_ascii_case(&word)))
    }

    /// The printed names of all routes.
    pub fn names() -> Vec<&'static str> {
        Self::ALL.into_iter().map(Route::name).collect()
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Route {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dose_units_convert_both_ways() {
        let dose = |value, unit| Amount { value, unit, per_kg: false };
        assert_eq!(dose(2.0, DoseUnit::Gram).milligrams(70.0, 100.0), 2000.0);
        assert_eq!(dose(3.0, DoseUnit::Nanogram).milligrams(70.0, 100.0), 3e-6);
        assert_eq!(dose(1.0, DoseUnit::Millimole).nanomoles(70.0, 100.0), 1e6);
        assert_eq!(dose(1.0, DoseUnit::Millimole).milligrams(70.0, 100.0), 100.0);
        assert_eq!(dose(1.0, DoseUnit::Milligram).nanomoles(70.0, 100.0), 1e4);
        assert_eq!(dose(500.0, DoseUnit::Picomole).nanomoles(70.0, 100.0), 0.5);
    }

    #[test]
    fn weight_counts_only_per_kg() {
        let mut dose = Amount { value: 0.5, unit: DoseUnit::Milligram, per_kg: true };
        assert_eq!(dose.milligrams(70.0, 237.73), 35.0);
        dose.per_kg = false;
        assert_eq!(dose.milligrams(70.0, 237.73), 0.5);
    }

    #[test]
    fn dotted_route_is_known() {
        assert_eq!(Route::from_word("I.V."), Some(Route::Intravenous));
        assert_eq!(Route::from_word("rectal"), None);
    }
}
