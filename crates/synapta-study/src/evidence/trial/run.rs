//! The arms of a row's statistic, and its number from their runs.

use synapta_model::SourceId;

use crate::library::Library;
use crate::regimen::{expand, parse_line};

use super::super::cohort::{mean, quantile};
use super::super::observation::{Comparator, Observation, ObservationSet, RowForm};
use super::super::pool::{ArmSpec, Laboratory, Pool, Results};
use super::super::quantity::{Against, Quantity, Relation, Take, Track};
use super::number::{Told, effect_size, noisy_correlation, odds, probability, weighted};
use super::{Average, Measure, Outcome, Statistic, Trial, TrialForm};

/// Shortest run, h, so that rows of one experiment share it.
const FOUR_WEEKS_H: f64 = 672.0;
/// Hours between looks at what is read day by day.
const DAY_H: f64 = 24.0;
/// Standard normal quantile of a two-sided test at 5 %.
const SIGNIFICANT: f64 = 1.96;
/// Smallest departure from equal that has a sign.
const MARGIN: f64 = 0.01;
/// Weight for which doses are placed in time; the times do not depend on it.
const ANY_WEIGHT_KG: f64 = 70.0;

/// Asks the pool for every member of a row's arms.
pub fn ask(set: &ObservationSet, row: &Observation, laboratory: &Laboratory<'_>, pool: &mut Pool) {
    let Some((trial, statistic)) = set.statistic(row) else { return };
    let measures = statistic.form.measures();
    let arms = [Some(own(set, row, laboratory.library)), comparator(set, row, laboratory.library)];
    for arm in arms.into_iter().flatten().flat_map(|arm| trial.arms(&arm)) {
        let names = measures.iter().flat_map(|m| m.of.symbols.iter().cloned());
        let days = days(&arm).filter(|_| statistic.form.daily());
        let hours = measures.iter().map(|m| m.hour(row)).chain(days);
        pool.want(laboratory.library, &arm, names, hours.collect::<Vec<_>>());
    }
}

/// The number of a row's statistic.
///
/// # Errors
/// A run that failed, a comparator that is not there, a statistic that the row does not suit.
pub fn simulated(set: &ObservationSet, row: &Observation, library: &Library, results: &Results) -> Result<f64, String> {
    let (trial, statistic) = set.statistic(row).ok_or("no statistic of the virtual trial stands for it")?;
    let other = comparator(set, row, library);
    if statistic.form.compares() && other.is_none() {
        return Err("its comparator is no row, so that there is no second arm".into());
    }
    let bench = Bench { row, library, results, own: trial.arms(&own(set, row, library)), other: members(trial, other) };
    bench.number(statistic)
}

fn members(trial: &Trial, arm: Option<ArmSpec>) -> Vec<ArmSpec> {
    arm.map(|arm| trial.arms(&arm)).unwrap_or_default()
}

/// An arm that runs long enough for all rows of its experiment.
fn long(arm: &ArmSpec, row: &Observation) -> ArmSpec {
    ArmSpec { end_h: row.arm.end_h.max(FOUR_WEEKS_H), ..arm.clone() }
}

fn own(set: &ObservationSet, row: &Observation, library: &Library) -> ArmSpec {
    long(&set.everywhere.arm(library, &row.arm), row)
}

fn comparator(set: &ObservationSet, row: &Observation, library: &Library) -> Option<ArmSpec> {
    let Comparator::Row(id) = &row.comparator else { return None };
    set.row(id).map(|other| long(&set.everywhere.arm(library, &other.arm), row))
}

fn days(arm: &ArmSpec) -> impl Iterator<Item = f64> + use<> {
    let count = (arm.end_h / DAY_H).floor() as usize;
    (1..=count).map(|day| day as f64 * DAY_H)
}

impl Measure {
    fn hour(&self, row: &Observation) -> f64 {
        self.at_h.unwrap_or(row.time_h)
    }

    fn quantity(&self, hour: f64) -> Quantity {
        Quantity {
            of: self.of.clone(),
            label: String::new(),
            take: self.take,
            at_h: if self.take == Take::At { vec![hour] } else { vec![] },
            from_h: None,
            to_h: (self.take != Take::At).then_some(hour).filter(|h| *h > 0.0),
            against: Against::Nothing,
            relation: Relation::Ratio,
        }
    }
}

struct Bench<'a> {
    row: &'a Observation,
    library: &'a Library,
    results: &'a Results,
    own: Vec<ArmSpec>,
    other: Vec<ArmSpec>,
}

impl Bench<'_> {
    fn number(&self, statistic: &Statistic) -> Result<f64, String> {
        match &statistic.form {
            TrialForm::Mean { of, among } => self.mean(of, among.as_ref()),
            TrialForm::Share { of, among } => Ok(100.0 * self.share(&self.own, of, among.as_ref())?),
            TrialForm::OddsRatio(of) => {
                Ok(odds(self.share(&self.own, of, None)?) / odds(self.share(&self.other, of, None)?))
            }
            TrialForm::EffectSize(m) => {
                let hour = m.hour(self.row);
                Ok(effect_size(&self.told(&self.own, m, hour)?, &self.told(&self.other, m, hour)?))
            }
            TrialForm::ChangeSize(m) => {
                let at = |hour| self.told(&self.own, m, hour);
                Ok(effect_size(&at(m.hour(self.row))?, &at(0.0)?))
            }
            TrialForm::Correlation(x, y) => self.correlation(x, y),
            TrialForm::CorrelationSign(x, y) => Ok(sign(self.correlation(x, y)?)),
            TrialForm::Split(x, of) => self.split(x, of),
            TrialForm::SplitSign(x, of) => Ok(sign(self.split(x, of)? - 1.0)),
            TrialForm::DaysKept { of, average: kind } => self.days_kept(of, *kind),
            TrialForm::DaysSuperior(m) => self.days_superior(m),
        }
    }

    /// The measure of every member at an hour.
    fn told(&self, arms: &[ArmSpec], m: &Measure, hour: f64) -> Result<Vec<Told>, String> {
        arms.iter().map(|arm| self.one(arm, m, hour)).collect()
    }

    fn one(&self, arm: &ArmSpec, m: &Measure, hour: f64) -> Result<Told, String> {
        let trajectory = self.results.of(self.library, arm)?;
        let track = Track::of(&m.of, trajectory).map_err(|name| format!("`{name}` was not kept"))?;
        let value = track.numbers(&m.quantity(hour)).first().copied().unwrap_or(f64::NAN);
        let unit = if m.against_base { track.baseline } else { 1.0 };
        Ok(Told { value: value / unit, noise: m.noise.sd_at(hour) / unit.abs() })
    }

    fn mean(&self, m: &Measure, among: Option<&Outcome>) -> Result<f64, String> {
        let mean = |arms: &[ArmSpec], hour| {
            let told = self.told(arms, m, hour)?;
            let weights = among.map_or_else(|| Ok(vec![1.0; arms.len()]), |a| self.chances(arms, a))?;
            Ok::<f64, String>(weighted(told.iter().map(|t| t.value).zip(weights)))
        };
        let hour = m.hour(self.row);
        let relation = match self.row.form {
            RowForm::Ratio => Relation::Ratio,
            RowForm::Percent => Relation::Percent,
            _ => Relation::Difference,
        };
        let own = mean(&self.own, hour)?;
        match self.row.comparator {
            Comparator::Nothing => Ok(own),
            Comparator::Baseline => Ok(relation.of(own, mean(&self.own, 0.0)?)),
            _ => Ok(relation.of(own, mean(&self.other, hour)?)),
        }
    }

    /// The probability of an outcome in every member.
    fn chances(&self, arms: &[ArmSpec], of: &Outcome) -> Result<Vec<f64>, String> {
        let told = self.told(arms, &of.measure, of.measure.hour(self.row))?;
        Ok(told.into_iter().map(|t| probability(of, t)).collect())
    }

    fn share(&self, arms: &[ArmSpec], of: &Outcome, among: Option<&Outcome>) -> Result<f64, String> {
        let chances = self.chances(arms, of)?;
        let weights = among.map_or_else(|| Ok(vec![1.0; arms.len()]), |a| self.chances(arms, a))?;
        Ok(weighted(chances.into_iter().zip(weights)))
    }

    fn correlation(&self, x: &Measure, y: &Measure) -> Result<f64, String> {
        let told = |m: &Measure| self.told(&self.own, m, m.hour(self.row));
        Ok(noisy_correlation(&told(x)?, &told(y)?))
    }

    fn split(&self, x: &Measure, of: &Outcome) -> Result<f64, String> {
        let told = self.told(&self.own, x, x.hour(self.row))?;
        let chances = self.chances(&self.own, of)?;
        let side =
            |weight: &dyn Fn(f64) -> f64| weighted(told.iter().zip(&chances).map(|(t, p)| (t.value, weight(*p))));
        Ok(side(&|p| p) / side(&|p| 1.0 - p))
    }

    fn days_kept(&self, of: &Outcome, kind: Average) -> Result<f64, String> {
        let last_h = self.last_dose_h()?;
        let noiseless = |arm: &ArmSpec, hour| {
            let told = self.one(arm, &of.measure, hour)?;
            Ok::<bool, String>(probability(of, Told { noise: 0.0, ..told }) > 0.5)
        };
        let mut kept = vec![];
        for arm in &self.own {
            if !noiseless(arm, last_h + DAY_H)? {
                continue;
            }
            let mut until = arm.end_h;
            for hour in days(arm).filter(|h| *h > last_h + DAY_H) {
                if !noiseless(arm, hour)? {
                    until = hour;
                    break;
                }
            }
            kept.push((until - last_h) / DAY_H);
        }
        match kind {
            _ if kept.is_empty() => Err("no member has the outcome a day after the last dose".into()),
            Average::Mean => Ok(mean(&kept)),
            Average::Median => Ok(quantile(&kept, 0.5)),
        }
    }

    /// The last dose of the regimen, hours after the first main dose.
    fn last_dose_h(&self) -> Result<f64, String> {
        let vocabulary = self.library.vocabulary().ok_or("the library holds no drug")?;
        let parsed = parse_line(SourceId(0), &self.row.arm.regimen, &vocabulary).map_err(|_| "no regimen")?;
        let doses = expand(&parsed.regimen, ANY_WEIGHT_KG, self.library).map_err(|_| "no regimen")?;
        let last = doses.records.iter().map(|r| r.time_h - doses.zero_h).fold(0.0, f64::max);
        Ok(last)
    }

    fn days_superior(&self, m: &Measure) -> Result<f64, String> {
        let n = self.row.n.ok_or("the row does not say how many people were compared")?;
        // Standard error of a standardised difference between two groups of n/2.
        let least = SIGNIFICANT * 2.0 / n.sqrt();
        let arm = self.own.first().ok_or("the trial has no members")?;
        let last_h = self.last_dose_h()?;
        for hour in days(arm).filter(|h| *h > last_h) {
            let size = effect_size(&self.told(&self.own, m, hour)?, &self.told(&self.other, m, hour)?);
            if size.abs() < least {
                return Ok(hour / DAY_H);
            }
        }
        Ok(arm.end_h / DAY_H)
    }
}

fn sign(number: f64) -> f64 {
    if number.abs() < MARGIN { 0.0 } else { number.signum() }
}
