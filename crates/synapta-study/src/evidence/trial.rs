//! Virtual trials: numbers that only a group of people has (rates, effect sizes, correlations), from an arm run in members
//! who differ.
//!
//! `virtual_trial.toml` holds the people (what differs, with its spread and source), the noise of each measurement and, for
//! each observable of the assay `virtual_trial`, the statistic that stands for it. Members are run without noise; what noise
//! does to a statistic is computed, not drawn, so that a small group gives the numbers of a large one.

mod number;
mod read;
mod run;

use synapta_model::{Diagnostic, Span};

use crate::setting::Dictionary;

use super::cohort::{Cohort, Vary};
use super::formula::Formula;
use super::observation::{Comparator, Observation, RowForm};
use super::pool::{ArmSpec, Laboratory};
use super::quantity::Take;

pub use run::{ask, simulated};

/// The word of observables that a virtual trial stands for.
pub const ASSAY: &str = "virtual_trial";

/// People, and the statistics that are read from them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Number of members of an arm.
    pub members: usize,
    /// Seed of the draw; all arms hold the same people.
    pub seed: u64,
    /// What differs between people.
    pub vary: Vec<Vary>,
    /// One for each observable.
    pub statistics: Vec<Statistic>,
    /// Places of the varied parameters, for findings.
    pub(super) vary_spans: Vec<Span>,
}

impl Trial {
    /// The statistic that stands for an observable.
    pub fn statistic(&self, observable: &str) -> Option<&Statistic> {
        self.statistics.iter().find(|s| s.observable == observable)
    }

    /// What of the varied parameters and measured quantities no model has.
    pub(super) fn check(&self, laboratory: &Laboratory<'_>) -> Vec<Diagnostic> {
        let measures =
            self.statistics.iter().flat_map(|s| s.form.measures().into_iter().map(|m| (&m.of.symbols, s.span)));
        let names = self.vary.iter().map(|v| &v.names).zip(self.vary_spans.iter().copied()).chain(measures);
        let unknown = |(name, span): (&String, Span)| {
            let has = |d: &Dictionary| d.names.resolve(name).is_ok();
            let missing = !laboratory.dictionaries().any(has);
            laboratory.dictionaries().next().filter(|_| missing).map(|d| d.names.unknown(name, span))
        };
        names.flat_map(|(all, span)| all.iter().map(move |name| (name, span))).filter_map(unknown).collect()
    }

    /// An arm in every member.
    pub(super) fn arms(&self, arm: &ArmSpec) -> Vec<ArmSpec> {
        let cohort = Cohort { arm: String::new(), members: self.members, seed: self.seed, vary: self.vary.clone() };
        cohort.arms(arm)
    }
}

/// What is computed of an arm's members.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistic {
    /// Name in observables.toml.
    pub observable: String,
    /// Its kind.
    pub form: TrialForm,
    /// Its place, for findings.
    pub(super) span: Span,
}

/// Kinds of statistic.
#[derive(Clone, Debug, PartialEq)]
pub enum TrialForm {
    /// Mean over members, among those with an outcome if given, against the row's comparator: what a trial tells of a quantity
    /// of the model.
    Mean {
        /// What is averaged.
        of: Measure,
        /// Who is counted.
        among: Option<Outcome>,
    },
    /// Percent of members with an outcome, among those with another one if given.
    Share {
        /// The outcome counted.
        of: Outcome,
        /// Who is counted.
        among: Option<Outcome>,
    },
    /// Odds of an outcome over its odds in the comparator.
    OddsRatio(Outcome),
    /// Mean less that of the comparator, over the pooled standard deviation.
    EffectSize(Measure),
    /// Mean less the mean before the dose, over the pooled standard deviation.
    ChangeSize(Measure),
    /// Pearson's correlation.
    Correlation(Measure, Measure),
    /// Sign of the correlation.
    CorrelationSign(Measure, Measure),
    /// Mean over members with an outcome, over that of the rest.
    Split(Measure, Outcome),
    /// +1 if it is higher in members with the outcome, -1 if lower.
    SplitSign(Measure, Outcome),
    /// Days from the last dose until the outcome is lost, among members who have it a day after; until the end for those
    /// who keep it.
    DaysKept {
        /// The outcome.
        of: Outcome,
        /// Mean or median over members.
        average: Average,
    },
    /// Days until the difference to the comparator is no longer told from none by as many people as the row counts.
    DaysSuperior(Measure),
}

/// How numbers of members become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// Mean.
    Mean,
    /// Median.
    Median,
}

impl TrialForm {
    /// Every measure read.
    pub(super) fn measures(&self) -> Vec<&Measure> {
        match self {
            TrialForm::Share { of, among } => {
                std::iter::once(of).chain(among).map(|outcome| &outcome.measure).collect()
            }
            TrialForm::OddsRatio(of) | TrialForm::DaysKept { of, .. } => vec![&of.measure],
            TrialForm::Mean { of, among } => {
                std::iter::once(of).chain(among.as_ref().map(|outcome| &outcome.measure)).collect()
            }
            TrialForm::EffectSize(m) | TrialForm::ChangeSize(m) | TrialForm::DaysSuperior(m) => vec![m],
            TrialForm::Correlation(x, y) | TrialForm::CorrelationSign(x, y) => vec![x, y],
            TrialForm::Split(x, of) | TrialForm::SplitSign(x, of) => vec![x, &of.measure],
        }
    }

    /// True if it can stand for a row: a mean stands for plain numbers alone, and other rows keep the typical person.
    pub(super) fn suits(&self, row: &Observation) -> bool {
        let plain = matches!(row.form, RowForm::Value | RowForm::Ratio | RowForm::Difference | RowForm::Percent);
        let compared = matches!(row.comparator, Comparator::Nothing | Comparator::Baseline | Comparator::Row(_));
        !matches!(self, TrialForm::Mean { .. }) || (plain && compared)
    }

    /// True if it is a percentage of people.
    pub fn is_share(&self) -> bool {
        matches!(self, TrialForm::Share { .. })
    }

    /// True if it is a correlation of people.
    pub fn is_correlation(&self) -> bool {
        matches!(self, TrialForm::Correlation(..))
    }

    /// True if another arm is needed.
    pub(super) fn compares(&self) -> bool {
        matches!(self, TrialForm::OddsRatio(_) | TrialForm::EffectSize(_) | TrialForm::DaysSuperior(_))
    }

    /// True if it is read day by day.
    pub(super) fn daily(&self) -> bool {
        matches!(self, TrialForm::DaysKept { .. } | TrialForm::DaysSuperior(_))
    }
}

/// A measure below or above a threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What is measured.
    pub measure: Measure,
    /// The threshold.
    pub threshold: f64,
    /// True if the outcome is to lie below it.
    pub below: bool,
}

/// A number of one member, with the noise of its measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// What is read.
    pub of: Formula,
    /// The number taken; of the kinds of [`Take`], those without a share.
    pub take: Take,
    /// Hour of the number; the row's own time if not given.
    pub at_h: Option<f64>,
    /// True if it is a ratio to the member's value before the dose.
    pub against_base: bool,
    /// Noise, in the unit of what is read.
    pub noise: Noise,
}

/// Noise of a measurement: of a single one, and what a person wanders on its own with time since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Noise {
    /// Standard deviation of one measurement.
    pub sd: f64,
    /// Standard deviation that the wandering approaches.
    pub wander_sd: f64,
    /// Its correlation time, h.
    pub wander_h: f64,
}

impl Noise {
    /// Standard deviation at an hour after the start.
    pub fn sd_at(&self, hour: f64) -> f64 {
        let wandered = if self.wander_h > 0.0 { 1.0 - (-2.0 * hour.max(0.0) / self.wander_h).exp() } else { 0.0 };
        (self.sd * self.sd + self.wander_sd * self.wander_sd * wandered).sqrt()
    }
}

#[cfg(test)]
#[path = "trial/tests.rs"]
mod tests;
