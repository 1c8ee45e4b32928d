//! Regimens: what is given, how much, by which route, and when.
//!
//! Two ways in: one line (`0.5 mg/kg iv over 40 min`, [`parse_line`]) and NONMEM-style records ([`read_records`]).
//! Both end in [`Doses`], the expanded schedule in hours, mg and nmol.

mod cursor;
mod expand;
mod parse;
mod print;
mod quantity;
mod records;
mod table;
mod vocabulary;

pub use expand::{DoseRecord, Doses, MAX_DOSES, Pharmacy, expand};
pub use parse::{Parsed, parse_line};
pub use quantity::{Amount, DoseUnit, Period, Route, TimeUnit};
pub use records::{Record, Records, expand_records, read_records};
pub use table::dose_table;
pub use vocabulary::{DrugEntry, Vocabulary};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use synapta_model::Span;

/// A regimen as written in one line: one or more clauses. The first clause names the main drug.
#[derive(Clone, Debug, PartialEq)]
pub struct Regimen {
    /// At least one.
    pub clauses: Vec<Clause>,
}

/// One drug, one dose, one rhythm.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Canonical drug name.
    pub drug: SmolStr,
    /// The dose given each time.
    pub amount: Amount,
    /// Route; the drug's own if the line gives none.
    pub route: Route,
    /// Infusion time; `None` for a bolus.
    pub over: Option<Period>,
    /// Time points relative to time 0; empty means time 0. Each starts the rhythm anew.
    pub at: Vec<Period>,
    /// Repetition from each time point; `None` means once.
    pub repeat: Option<Repeat>,
    /// Where the clause was written. Does not count in comparisons.
    pub span: Span,
}

impl PartialEq for Clause {
    fn eq(&self, other: &Self) -> bool {
        let key = |c: &Clause| (c.drug.clone(), c.amount, c.route, c.over, c.at.clone(), c.repeat);
        key(self) == key(other)
    }
}

/// A rhythm with its end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repeat {
    /// How often.
    pub rhythm: Rhythm,
    /// Until when.
    pub extent: Extent,
}

/// How often a dose is given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Rhythm {
    /// Evenly over the day: `3/day` is every 8 h.
    PerDay(u32),
    /// Over the week, on whole days if at most 7: `2/week` is days 0 and 3, `3/week` days 0, 2 and 4.
    PerWeek(u32),
    /// At a fixed interval.
    Every(Period),
}

/// When a rhythm ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Extent {
    /// Doses that begin before this time has passed.
    For(Period),
    /// This many doses.
    Times(u32),
}

/// What is prescribed, before a body weight makes doses of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Prescribed {
    /// No dose.
    Nothing,
    /// A line.
    Line(Regimen),
    /// A file of records.
    Records(Records),
}

impl Prescribed {
    /// The doses for a body weight in kg.
    ///
    /// # Errors
    /// Those of [`expand`] and [`expand_records`].
    pub fn doses(&self, weight_kg: f64, pharmacy: &dyn Pharmacy) -> Result<Doses, Vec<synapta_model::Diagnostic>> {
        match self {
            Prescribed::Nothing => Ok(Doses::none(weight_kg)),
            Prescribed::Line(regimen) => expand(regimen, weight_kg, pharmacy),
            Prescribed::Records(records) => expand_records(records, weight_kg, pharmacy),
        }
    }
}
