//! Measured against simulated: residuals, signs, totals.

mod course;

use serde::Serialize;

use crate::library::Library;

use super::assay_arm::AssayArm;
use super::judge::numbers;
use super::observable::{Observable, Stands};
use super::observation::{Comparator, Observation, ObservationSet, RowForm};
use super::pool::{ArmSpec, Laboratory, Pool, Results};
use super::quantity::{Against, Quantity, Relation, Take};
use super::trial;

pub use course::{Course, courses};

/// Relative changes smaller than this count as none, where nothing says how small a change the measure can tell.
const NO_CHANGE: f64 = 0.05;
/// Relative difference within which a number without a spread counts as met.
const NEAR: f64 = 0.25;
/// Standard errors within which a number with a spread counts as met.
const STANDARD_ERRORS: f64 = 2.0;
/// Unit of rows whose number is a direction.
pub(crate) const SIGN: &str = "sign";
/// Share of the window after which a decline counts as terminal.
const TERMINAL: f64 = 0.5;

/// One row, compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// The row.
    pub id: String,
    /// What was measured.
    pub observable: String,
    /// Its kind of number.
    pub form: &'static str,
    /// Unit.
    pub unit: String,
    /// The measured number.
    pub measured: f64,
    /// Its spread as written; empty if there is none.
    pub spread: String,
    /// The simulated number; none if the row cannot be simulated.
    pub simulated: Option<f64>,
    /// Simulated less measured, in standard errors, where there is one.
    pub residual: Option<f64>,
    /// Simulated less measured, over measured, where that is a number.
    pub relative: Option<f64>,
    /// True if the change has the measured direction, for numbers that have one: those further from no change than two standard errors.
    pub sign_right: Option<bool>,
    /// True within two standard errors or, without a spread, within a quarter; none for signs alone.
    pub within: Option<bool>,
    /// `read` or `recalled`.
    pub how: &'static str,
    /// Why it is not simulated; empty if it is.
    pub why: String,
}

/// Counts over rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Rows.
    pub rows: usize,
    /// Rows that were simulated.
    pub simulated: usize,
    /// Rows with a direction.
    pub signs: usize,
    /// Of these, those simulated with the same one.
    pub signs_right: usize,
    /// Rows with a size.
    pub sizes: usize,
    /// Of these, those within two standard errors or a quarter.
    pub within: usize,
}

impl Totals {
    /// Counts over the rows that are read, or those that are recalled.
    pub fn of(rows: &[Compared], how: &str) -> Totals {
        let mut out = Totals::default();
        for row in rows.iter().filter(|r| r.how == how) {
            out.rows += 1;
            out.simulated += usize::from(row.simulated.is_some());
            out.signs += usize::from(row.sign_right.is_some());
            out.signs_right += usize::from(row.sign_right == Some(true));
            out.sizes += usize::from(row.within.is_some());
            out.within += usize::from(row.within == Some(true));
        }
        out
    }
}

/// Asks the pool for every arm of the rows.
pub fn ask(set: &ObservationSet, rows: &[&Observation], laboratory: &Laboratory<'_>, pool: &mut Pool) {
    for row in rows {
        if set.statistic(row).is_some() {
            // The typical person is run as well: its course is drawn where the model has the quantity.
            trial::ask(set, row, laboratory, pool);
        }
        if let Some(Ok(reading)) = of_assay(set, row, laboratory) {
            let arms = [Some(&reading.arm), reading.other.as_ref()];
            arms.into_iter().flatten().for_each(|a| pool.want_assay(laboratory.library, a, &reading.readout));
            continue;
        }
        let Ok((quantity, reference)) = quantity(set, row, laboratory) else { continue };
        let library = laboratory.library;
        let names = || quantity.of.symbols.iter().cloned();
        let own = set.everywhere.arm(library, &row.arm);
        pool.want(library, &own, names(), quantity.times().collect::<Vec<_>>());
        let other = match quantity.against {
            Against::Vehicle => Some(own.vehicle()),
            _ => reference,
        };
        if let Some(other) = other {
            pool.want(library, &other, names(), quantity.times().collect::<Vec<_>>());
        }
    }
}

/// Runs the arms that rows need and compares the rows, in their order.
pub fn run(set: &ObservationSet, rows: &[&Observation], laboratory: &Laboratory<'_>) -> Vec<Compared> {
    let mut pool = Pool::default();
    ask(set, rows, laboratory, &mut pool);
    compare(set, rows, laboratory, &pool.run(laboratory, &|_| {}))
}

/// Compares the rows with their runs, in the same order.
pub fn compare(
    set: &ObservationSet,
    rows: &[&Observation],
    laboratory: &Laboratory<'_>,
    results: &Results,
) -> Vec<Compared> {
    rows.iter().map(|row| compared(set, row, laboratory, results)).collect()
}

fn compared(set: &ObservationSet, row: &Observation, laboratory: &Laboratory<'_>, results: &Results) -> Compared {
    let mut out = Compared {
        id: row.id.clone(),
        observable: set.observable(&row.observable).map_or(row.observable.clone(), |o| o.title.clone()),
        form: row.form.word(),
        unit: row.unit.clone(),
        measured: row.value,
        spread: row.spread_words.clone(),
        simulated: None,
        residual: None,
        relative: None,
        sign_right: None,
        within: None,
        how: if row.read { "read" } else { "recalled" },
        why: String::new(),
    };
    let number = match set.statistic(row) {
        Some(_) => trial::simulated(set, row, laboratory.library, results).and_then(finite),
        None => simulated(set, row, laboratory, results),
    };
    match number {
        Ok(number) => judge(&mut out, row, number, standard_error(set, row), margin(set, row)),
        Err(why) => out.why = why,
    }
    out
}

fn simulated(
    set: &ObservationSet,
    row: &Observation,
    laboratory: &Laboratory<'_>,
    results: &Results,
) -> Result<f64, String> {
    if let Some(reading) = of_assay(set, row, laboratory) {
        let reading = reading?;
        let number = |arm: &AssayArm| results.assay(laboratory.library, arm, &reading.readout);
        let own = number(&reading.arm)?;
        let other = reading.other.as_ref().map(number).transpose()?;
        return Ok(other.map_or(own, |other| relation(row.form).of(own, other)));
    }
    let (quantity, reference) = quantity(set, row, laboratory)?;
    let named = |_: &str| reference.clone().ok_or_else(|| "no reference arm".to_string());
    let own = set.everywhere.arm(laboratory.library, &row.arm);
    let all = numbers(laboratory.library, results, &own, &quantity, &named)?;
    let mut number = all.first().copied().unwrap_or(f64::NAN);
    if row.form == RowForm::Sign && !number.is_finite() {
        // Against a reference of zero only the direction is left.
        let quantity = Quantity { relation: Relation::Difference, ..quantity };
        let all = numbers(laboratory.library, results, &own, &quantity, &named)?;
        number = all.first().map_or(f64::NAN, |d| if *d == 0.0 { 0.0 } else { 100.0 * d.signum() });
    }
    finite(number)
}

fn finite(number: f64) -> Result<f64, String> {
    if number.is_finite() { Ok(number) } else { Err("the simulation gives no number".into()) }
}

/// Standard error of a percentage of `n` people; two more with and without it keep it above zero at either end.
fn error_of_share(percent: f64, n: f64) -> f64 {
    let share = (percent / 100.0 * n + 2.0) / (n + 4.0);
    100.0 * (share * (1.0 - share) / (n + 4.0)).sqrt()
}

/// Standard error of a correlation in `n` people.
fn error_of_correlation(r: f64, n: f64) -> f64 {
    (1.0 - r * r) / (n - 1.0).sqrt()
}

/// Standard error of a row: that of its spread, or of a percentage or a correlation of as many people as it counts.
pub fn standard_error(set: &ObservationSet, row: &Observation) -> Option<f64> {
    let form = set.statistic(row).map(|(_, statistic)| &statistic.form);
    let counted = |n: f64| match form {
        Some(form) if form.is_share() => Some(error_of_share(row.value, n)),
        Some(form) if form.is_correlation() && n > 1.0 => Some(error_of_correlation(row.value, n)),
        _ => None,
    };
    row.standard_error.or_else(|| row.n.and_then(counted))
}

/// The percentage below which a change counts as none. A row that found none says no more than that the change lies within two standard errors
/// of the measure; a row that found one asks for its direction.
fn margin(set: &ObservationSet, row: &Observation) -> f64 {
    let resolved = || {
        let id = set.observable(&row.observable)?.resolved_by.as_deref()?;
        set.row(id)?.standard_error
    };
    let error = if row.value == 0.0 { resolved() } else { None };
    100.0 * error.map_or(NO_CHANGE, |se| NO_CHANGE.max(STANDARD_ERRORS * se))
}

fn judge(out: &mut Compared, row: &Observation, number: f64, error: Option<f64>, margin: f64) {
    if row.unit == SIGN && row.form == RowForm::Value {
        out.simulated = Some(number);
        out.sign_right = Some(number == row.value);
        return;
    }
    if row.form == RowForm::Sign {
        let sign = if number.abs() < margin { 0.0 } else { number.signum() };
        out.simulated = Some(sign);
        out.sign_right = Some(sign == row.value);
        return;
    }
    out.simulated = Some(number);
    let difference = number - row.value;
    out.relative = (row.value != 0.0).then(|| difference / row.value.abs());
    out.residual = error.map(|se| difference / se);
    out.within = match (out.residual, out.relative) {
        (Some(residual), _) => Some(residual.abs() <= STANDARD_ERRORS),
        (None, Some(relative)) => Some(relative.abs() <= NEAR),
        (None, None) => None,
    };
    let null = match row.form {
        RowForm::Ratio => 1.0,
        RowForm::Difference | RowForm::Percent => 0.0,
        _ => return,
    };
    // A number that its own error does not tell from no change has no direction.
    let told = |null: f64| error.map_or(row.value != null, |se| (row.value - null).abs() > STANDARD_ERRORS * se);
    if told(null) {
        out.sign_right = Some((number - null) * (row.value - null) > 0.0);
    }
}

/// What is read for a row, with its reference arm where that is another one; or why it cannot be read.
fn quantity(
    set: &ObservationSet,
    row: &Observation,
    laboratory: &Laboratory<'_>,
) -> Result<(Quantity, Option<ArmSpec>), String> {
    let observable = set.observable(&row.observable).ok_or("unknown observable")?;
    let formula = stands(observable, row, laboratory.library)?;
    if row.form == RowForm::Sign && row.comparator == Comparator::Nothing {
        return Err("a sign of nothing but the number itself".into());
    }
    let relation = relation(row.form);
    let take = match row.form {
        RowForm::Value | RowForm::Ratio | RowForm::Difference | RowForm::Percent | RowForm::Sign => Take::At,
        RowForm::Cmax => Take::Peak,
        RowForm::Tmax => Take::TimeOfPeak,
        RowForm::Auc => Take::Area,
        RowForm::HalfLife => Take::HalfLife,
        RowForm::OfAssay(word) => return Err(format!("`{word}` needs an assay or a population")),
    };
    let (against, reference) = reference(set, row)?;
    let reference = reference.map(|arm| set.everywhere.arm(laboratory.library, &arm));
    let window = (take != Take::At && row.time_h > 0.0).then_some(row.time_h);
    let quantity = Quantity {
        of: formula,
        label: observable.title.clone(),
        take,
        at_h: if take == Take::At { vec![row.time_h] } else { vec![] },
        from_h: window.filter(|_| take == Take::HalfLife).map(|t| TERMINAL * t),
        to_h: window,
        against,
        relation,
    };
    Ok((quantity, reference))
}

/// How a number of a form is set against its reference.
fn relation(form: RowForm) -> Relation {
    match form {
        RowForm::Difference => Relation::Difference,
        RowForm::Percent | RowForm::Sign => Relation::Percent,
        _ => Relation::Ratio,
    }
}

/// A row's read-out of an assay, with the reference where that is another arm.
struct OfAssay {
    readout: String,
    arm: AssayArm,
    other: Option<AssayArm>,
}

/// What is read for a row of an assay; `None` if the row is of the slow model or its assay is not on the bench. A read-out that is itself set against
/// a control stands for comparisons with the vehicle and the baseline of a row without a regimen.
fn of_assay(set: &ObservationSet, row: &Observation, laboratory: &Laboratory<'_>) -> Option<Result<OfAssay, String>> {
    let Stands::Assay(reading) = &set.observable(&row.observable)?.stands else { return None };
    let assay = laboratory.bench()?.set.assay(&reading.assay).ok()?;
    let readout = reading.readout.clone()?;
    let in_state = |arm: &ArmSpec| AssayArm {
        assay: reading.assay.clone(),
        preparation: reading.preparation.clone(),
        set: reading.set.clone(),
        state: (!assay.link.is_empty()).then(|| (arm.clone(), row.time_h)),
    };
    let other = match reference(set, row) {
        Ok((Against::Vehicle, _)) if !row.arm.regimen.trim().is_empty() => Some(in_state(&row.arm.vehicle())),
        Ok((_, other)) => other.as_ref().map(in_state),
        Err(why) => return Some(Err(why)),
    };
    Some(Ok(OfAssay { readout, arm: in_state(&row.arm), other }))
}

fn stands(o: &Observable, row: &Observation, library: &Library) -> Result<super::formula::Formula, String> {
    let model = library.subject(&row.arm.subject).map(|s| s.model.clone()).unwrap_or_default();
    if !o.models.is_empty() && !o.models.contains(&model) {
        return Err(format!("the {model} model has no such quantity"));
    }
    match &o.stands {
        Stands::Variable(formula) => Ok(formula.clone()),
        Stands::Assay(reading) => Err(format!("needs the assay `{}`", reading.assay)),
        Stands::Nothing(reason) => Err(reason.clone()),
    }
}

fn reference(set: &ObservationSet, row: &Observation) -> Result<(Against, Option<ArmSpec>), String> {
    let arm = |arm: ArmSpec| Ok((Against::Arm("reference".into()), Some(arm)));
    let bare = |subject: &str| ArmSpec {
        subject: subject.into(),
        regimen: String::new(),
        without: vec![],
        hypotheses: vec![],
        set: vec![],
        end_h: row.arm.end_h,
    };
    match &row.comparator {
        Comparator::Nothing => Ok((Against::Nothing, None)),
        Comparator::Baseline => Ok((Against::Base, None)),
        Comparator::Vehicle => Ok((Against::Vehicle, None)),
        Comparator::Unchanged => arm(ArmSpec { regimen: row.arm.regimen.clone(), ..bare(&row.arm.subject) }),
        Comparator::Subject(name) => arm(bare(name)),
        Comparator::Row(id) => {
            let other = set.row(id).ok_or_else(|| format!("no row `{id}`"))?;
            arm(ArmSpec { end_h: row.arm.end_h, ..other.arm.clone() })
        }
    }
}
