//! From a regimen to the single doses, in hours, mg and nmol.

use serde::Serialize;
use smol_str::SmolStr;
use synapta_model::{Diagnostic, Span};

use super::{Clause, Extent, Regimen, Repeat, Rhythm, Route};

/// Most single doses one regimen may hold; a guard against a slip of the pen, far above any trial.
pub const MAX_DOSES: usize = 100_000;

/// What expansion must know of drugs.
pub trait Pharmacy {
    /// Molar mass in g/mol; `None` if the drug is not known.
    fn molar_mass(&self, drug: &str) -> Option<f64>;
    /// Amount of one device (mg) and minutes between devices, where this route splits a dose into devices.
    fn device(&self, drug: &str, route: Route) -> Option<(f64, f64)>;
    /// True if the route takes an infusion.
    fn takes_infusion(&self, drug: &str, route: Route) -> bool;
}

/// One dose as given.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DoseRecord {
    /// Start in hours; time 0 is the regimen's time 0.
    pub time_h: f64,
    /// Canonical drug name.
    pub drug: SmolStr,
    /// Route.
    pub route: Route,
    /// Amount in mg.
    pub amount_mg: f64,
    /// Amount in nmol.
    pub amount_nmol: f64,
    /// Infusion time in hours; `None` for a bolus.
    pub duration_h: Option<f64>,
    /// Infusion rate in nmol/h; `None` for a bolus.
    pub rate_nmol_per_h: Option<f64>,
    /// Number of the device within its dose, from 1; `None` where doses are not split.
    pub device: Option<u32>,
    /// True for the first part of a dose (every dose has one; only devices have more).
    pub begins_dose: bool,
}

/// An expanded schedule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Doses {
    /// The regimen as a canonical line, or the name of the records' file.
    pub regimen: String,
    /// Body weight used, kg.
    pub weight_kg: f64,
    /// Sorted by time; simultaneous doses in the order written.
    pub records: Vec<DoseRecord>,
    /// First dose of the main drug, h. Read-outs count from here.
    pub zero_h: f64,
}

impl Doses {
    /// No dose at all (an undosed control).
    pub fn none(weight_kg: f64) -> Doses {
        Doses { regimen: "none".into(), weight_kg, records: vec![], zero_h: 0.0 }
    }

    /// Start of the run, h: the earliest dose, or time 0.
    pub fn start_h(&self) -> f64 {
        self.records.first().map_or(0.0, |r| r.time_h.min(0.0))
    }

    /// End of the last infusion or bolus, h.
    pub fn last_h(&self) -> f64 {
        let ends = self.records.iter().map(|r| r.time_h + r.duration_h.unwrap_or(0.0));
        ends.fold(0.0, f64::max)
    }
}

/// Expands a regimen for a body weight in kg.
///
/// # Errors
/// `regimen-unknown-drug` (a drug the pharmacy does not hold), `regimen-no-infusion` (`over` with a route that has
/// none), `regimen-too-many-doses`, `regimen-bad-number` (a weight or amount out of range).
pub fn expand(regimen: &Regimen, weight_kg: f64, pharmacy: &dyn Pharmacy) -> Result<Doses, Vec<Diagnostic>> {
    if !(weight_kg.is_finite() && weight_kg > 0.0) {
        let message = format!("a body weight of {weight_kg} kg cannot be");
        return Err(vec![Diagnostic::error("regimen-bad-number", Span::NONE, message)]);
    }
    let mut records = vec![];
    let mut found = vec![];
    let mut zero_h: Option<f64> = None;
    for clause in &regimen.clauses {
        match clause_doses(clause, weight_kg, pharmacy, records.len()) {
            Ok(mut doses) => {
                let first = doses.iter().map(|d| d.time_h).fold(f64::INFINITY, f64::min);
                // A clause that lies wholly before time 0 is a pretreatment, whoever is named first.
                if zero_h.is_none() && first >= 0.0 && first.is_finite() {
                    zero_h = Some(first);
                }
                records.append(&mut doses);
            }
            Err(diagnostic) => found.push(diagnostic),
        }
    }
    if !found.is_empty() {
        return Err(found);
    }
    records.sort_by(|a, b| a.time_h.total_cmp(&b.time_h));
    Ok(Doses { regimen: regimen.to_string(), weight_kg, records, zero_h: zero_h.unwrap_or(0.0) })
}

fn clause_doses(
    clause: &Clause,
    weight_kg: f64,
    pharmacy: &dyn Pharmacy,
    already: usize,
) -> Result<Vec<DoseRecord>, Diagnostic> {
    let fail = |code, message: String, help: &str| Err(Diagnostic::error(code, clause.span, message).with_help(help));
    let Some(molar_mass) = pharmacy.molar_mass(&clause.drug) else {
        return fail("regimen-unknown-drug", format!("unknown drug `{}`", clause.drug), "see `synapta drugs`");
    };
    if clause.over.is_some() && !pharmacy.takes_infusion(&clause.drug, clause.route) {
        let message = format!("{} by the route `{}` cannot be infused", clause.drug, clause.route);
        return fail("regimen-no-infusion", message, "leave `over ...` out, or give it iv");
    }
    let Some(times) = clause_times(clause, already) else {
        let message = format!("this regimen has more than {MAX_DOSES} doses");
        return fail("regimen-too-many-doses", message, "shorten the course");
    };
    let (mg, nmol) = (clause.amount.milligrams(weight_kg, molar_mass), clause.amount.nanomoles(weight_kg, molar_mass));
    let duration_h = clause.over.map(|p| p.hours());
    let finite = [mg, nmol, duration_h.unwrap_or(0.0)].iter().chain(&times).all(|v| v.is_finite());
    if !finite {
        return fail("regimen-bad-number", "a dose or time is too large".into(), "check the numbers and units");
    }
    let whole = DoseRecord {
        time_h: 0.0,
        drug: clause.drug.clone(),
        route: clause.route,
        amount_mg: mg,
        amount_nmol: nmol,
        duration_h,
        rate_nmol_per_h: duration_h.map(|d| nmol / d),
        device: None,
        begins_dose: true,
    };
    let device = pharmacy.device(&clause.drug, clause.route);
    let count = device.map_or(1.0, |(each, _)| (mg / each).ceil().max(1.0));
    if (times.len() as f64) * count > MAX_DOSES as f64 {
        let message = format!("this regimen has more than {MAX_DOSES} doses");
        return fail("regimen-too-many-doses", message, "shorten the course or lower the dose");
    }
    Ok(times.iter().flat_map(|t| split(&whole, *t, device)).collect())
}

/// One dose at `time_h`, as whole devices and a last partial one where the route is given by device (mg, minutes).
pub(super) fn split(whole: &DoseRecord, time_h: f64, device: Option<(f64, f64)>) -> Vec<DoseRecord> {
    let Some((each_mg, minutes)) = device else {
        return vec![DoseRecord { time_h, ..whole.clone() }];
    };
    // A dose a rounding error above whole devices needs no further one.
    let count = (whole.amount_mg / each_mg - 1e-9).ceil().max(1.0) as u32;
    let full = if count > 1 { each_mg / whole.amount_mg } else { 0.0 };
    (0..count)
        .map(|i| {
            let share = if i + 1 == count { 1.0 - full * f64::from(count - 1) } else { full };
            DoseRecord {
                time_h: time_h + f64::from(i) * minutes / 60.0,
                amount_mg: whole.amount_mg * share,
                amount_nmol: whole.amount_nmol * share,
                device: Some(i + 1),
                begins_dose: i == 0,
                ..whole.clone()
            }
        })
        .collect()
}

/// Start of every dose of a clause in hours; `None` if there are too many.
fn clause_times(clause: &Clause, already: usize) -> Option<Vec<f64>> {
    let starts: Vec<f64> = if clause.at.is_empty() { vec![0.0] } else { clause.at.iter().map(|p| p.hours()).collect() };
    let offsets = match clause.repeat {
        None => vec![0.0],
        Some(repeat) => rhythm_offsets(repeat)?,
    };
    if starts.len().saturating_mul(offsets.len()).saturating_add(already) > MAX_DOSES {
        return None;
    }
    Some(starts.iter().flat_map(|s| offsets.iter().map(move |o| s + o)).collect())
}

/// Hours after the start at which a rhythm gives a dose; `None` if there are too many.
fn rhythm_offsets(repeat: Repeat) -> Option<Vec<f64>> {
    // The tolerance keeps `every 8 h for 1 day` at three doses whatever the rounding of the interval.
    let slack = 1e-9;
    let wanted = |t: f64, i: usize| match repeat.extent {
        Extent::Times(n) => i < n as usize,
        Extent::For(p) => t < p.hours() * (1.0 - slack),
    };
    let mut offsets = vec![];
    loop {
        let i = offsets.len();
        let t = rhythm_time(repeat.rhythm, i);
        if !wanted(t, i) {
            return Some(offsets);
        }
        if i >= MAX_DOSES {
            return None;
        }
        offsets.push(t);
    }
}

/// Hours after the start of dose number `i` (from 0).
fn rhythm_time(rhythm: Rhythm, i: usize) -> f64 {
    match rhythm {
        Rhythm::Every(p) => p.hours() * i as f64,
        Rhythm::PerDay(n) => 24.0 * i as f64 / f64::from(n),
        Rhythm::PerWeek(n) if n <= 7 => {
            let (week, k) = (i / n as usize, i % n as usize);
            168.0 * week as f64 + 24.0 * (7.0 * k as f64 / f64::from(n)).floor()
        }
        Rhythm::PerWeek(n) => 168.0 * i as f64 / f64::from(n),
    }
}

#[cfg(test)]
#[path = "expand_tests.rs"]
mod tests;
