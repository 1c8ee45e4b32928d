//! Expectations of a claim: typed, with bounds and the reason for them.

use crate::picture::PictureName;

use super::claim::ClaimKind;
use super::formula::Formula;
use super::quantity::{Quantity, Relation};

/// What must lie where.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// What is asked, with its arms.
    pub form: Form,
    /// Bounds of every number it gives.
    pub bounds: Bounds,
    /// Words for people in place of the made ones.
    pub title: Option<String>,
    /// Where the bounds come from.
    pub reason: String,
}

/// Bounds, both excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// Lower bound.
    pub above: Option<f64>,
    /// Upper bound.
    pub below: Option<f64>,
}

impl Bounds {
    /// True for a number between the bounds; a number that does not exist is not.
    pub fn hold(&self, number: f64) -> bool {
        number.is_finite() && self.above.is_none_or(|b| number > b) && self.below.is_none_or(|b| number < b)
    }

    /// In words.
    pub fn words(&self) -> String {
        match (self.above, self.below) {
            (Some(a), Some(b)) => format!("between {a} and {b}"),
            (Some(a), None) => format!("above {a}"),
            (None, Some(b)) => format!("below {b}"),
            (None, None) => "any number".to_string(),
        }
    }
}

/// The forms of expectation.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A number of each arm, for each quantity.
    Value {
        /// Arms by name.
        arms: Vec<String>,
        /// What is read.
        quantities: Vec<Quantity>,
    },
    /// The sign of a number: 1, 0 or -1; within the margin it is 0.
    Sign {
        /// Arms by name.
        arms: Vec<String>,
        /// What is read.
        quantities: Vec<Quantity>,
        /// The sign wanted.
        sign: i8,
        /// Size below which a number counts as 0.
        margin: f64,
    },
    /// The times at which a share of the largest change is reached come in this order.
    OnsetOrder {
        /// Arms by name.
        arms: Vec<String>,
        /// Name and formula of each, in the order expected.
        steps: Vec<(String, Formula)>,
        /// Share of the largest change.
        share: f64,
        /// Hours within which two may tie.
        tie_h: f64,
        /// End of the window, h.
        to_h: Option<f64>,
    },
    /// A number rises from arm to arm in this order.
    ArmOrder {
        /// Arms by name, in the order expected.
        arms: Vec<String>,
        /// What is read.
        quantities: Vec<Quantity>,
    },
    /// The share of another arm's effect that an arm has lost; an effect is a number against its reference.
    ShareLost {
        /// Arms by name.
        arms: Vec<String>,
        /// The arm with the whole effect.
        whole: String,
        /// The effect.
        quantities: Vec<Quantity>,
    },
    /// Shapley shares of two parts in the whole effect; each share of the whole must lie within the bounds, and the effect
    /// without both parts is reported beside them.
    Shapley {
        /// The arm with the whole effect.
        whole: String,
        /// The two arms with one part taken away.
        parts: [String; 2],
        /// The arm with both taken away.
        neither: String,
        /// The effect.
        quantity: Quantity,
    },
    /// A number of assays, alone or against the same number of another one.
    Assay {
        /// Assays of the claim by name.
        assays: Vec<String>,
        /// Read-outs by name.
        readouts: Vec<String>,
        /// The assay compared with.
        against: Option<String>,
        /// How it is set against it.
        relation: Relation,
    },
    /// A number rises from assay to assay in this order.
    AssayOrder {
        /// Assays of the claim by name, in the order expected.
        assays: Vec<String>,
        /// Read-outs by name.
        readouts: Vec<String>,
    },
    /// A picture holds named parts, arrows and words, and its numbers move: the largest departure from the value before
    /// the dose, as a share of the largest size in the run.
    Figure {
        /// The arm by name.
        arm: String,
        /// The picture.
        picture: PictureName,
        /// What it must hold.
        held: Held,
    },
    /// The ranking of candidates: each has an interval at both hours, every kind is there, and an untried one is above the
    /// reference at the later hour by a number within the bounds.
    Rank {
        /// Kinds that must be there.
        kinds: Vec<String>,
    },
    /// Pearson's correlation of two numbers over a cohort; with `n`, the median over samples of that size.
    Correlation {
        /// The cohort by name.
        cohort: String,
        /// The two numbers, each with its assay noise.
        numbers: [Noisy; 2],
        /// Size of a sample; the whole cohort if none.
        n: Option<usize>,
        /// A correlation so strong that its share among the samples is told as well.
        strong: Option<f64>,
    },
    /// The mean of a number over a cohort against that over another.
    CohortMean {
        /// The cohort by name.
        cohort: String,
        /// The other one.
        other: String,
        /// The number.
        number: Noisy,
    },
    /// The mean of a number over members for whom another one is below a threshold, over that of the rest.
    CohortSplit {
        /// The cohort by name.
        cohort: String,
        /// First the number compared, then the one that splits.
        numbers: [Noisy; 2],
        /// The threshold.
        threshold: f64,
    },
    /// The share of a cohort for whom a number is above a threshold; with `n`, the median count over samples of that size.
    CohortShare {
        /// The cohort by name.
        cohort: String,
        /// The number.
        number: Noisy,
        /// The threshold.
        threshold: f64,
        /// Size of a sample; the share of the whole cohort if none.
        n: Option<usize>,
    },
    /// The share of claims of some kinds that name studies with all of these fields.
    Studies {
        /// Kinds of claim that must name studies.
        kinds: Vec<ClaimKind>,
        /// Fields of a reference.
        fields: Vec<String>,
    },
    /// A count of the screening of a search export.
    Screening {
        /// The export's file name.
        export: String,
        /// The count, or `agreement` with decisions made by reading.
        count: String,
    },
}

/// What a picture must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// Parts that read the model, by name.
    pub nodes: Vec<String>,
    /// Arrows, as `from -> to`, or `from -| to` for those that lower.
    pub arrows: Vec<String>,
    /// Words.
    pub labels: Vec<String>,
    /// Parts whose numbers move; all that are named if empty.
    pub moving: Vec<String>,
}

impl Held {
    /// The parts whose numbers must move.
    pub fn moving(&self) -> &[String] {
        if self.moving.is_empty() { &self.nodes } else { &self.moving }
    }
}

/// A number with the noise of its measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Noisy {
    /// What is read.
    pub quantity: Quantity,
    /// Standard deviation of the assay, in the number's own unit.
    pub noise_sd: f64,
}

impl Form {
    /// The words of claim files.
    pub const WORDS: [&'static str; 16] = [
        "value",
        "sign",
        "onset_order",
        "arm_order",
        "share_lost",
        "shapley",
        "assay",
        "assay_order",
        "correlation",
        "cohort_mean",
        "cohort_split",
        "cohort_share",
        "studies",
        "screening",
        "figure",
        "rank",
    ];

    /// Every quantity with the arms or the cohort it is read from.
    pub fn quantities(&self) -> Vec<&Quantity> {
        match self {
            Form::Value { quantities, .. }
            | Form::Sign { quantities, .. }
            | Form::ArmOrder { quantities, .. }
            | Form::ShareLost { quantities, .. } => quantities.iter().collect(),
            Form::Shapley { quantity, .. } => vec![quantity],
            Form::OnsetOrder { .. }
            | Form::Assay { .. }
            | Form::AssayOrder { .. }
            | Form::Studies { .. }
            | Form::Screening { .. }
            | Form::Figure { .. }
            | Form::Rank { .. } => vec![],
            Form::Correlation { numbers, .. } | Form::CohortSplit { numbers, .. } => {
                numbers.iter().map(|n| &n.quantity).collect()
            }
            Form::CohortMean { number, .. } | Form::CohortShare { number, .. } => vec![&number.quantity],
        }
    }

    /// Every arm named, references of quantities included.
    pub fn arms(&self) -> Vec<&str> {
        let mut out: Vec<&str> = match self {
            Form::Value { arms, .. }
            | Form::Sign { arms, .. }
            | Form::ArmOrder { arms, .. }
            | Form::OnsetOrder { arms, .. } => arms.iter().map(String::as_str).collect(),
            Form::Figure { arm, .. } => vec![arm],
            Form::ShareLost { arms, whole, .. } => arms.iter().chain([whole]).map(String::as_str).collect(),
            Form::Shapley { whole, parts, neither, .. } => {
                parts.iter().chain([whole, neither]).map(String::as_str).collect()
            }
            _ => vec![],
        };
        for q in self.quantities() {
            if let super::quantity::Against::Arm(name) = &q.against {
                out.push(name);
            }
        }
        out
    }

    /// Every assay of the claim that is named, with the read-outs asked of it.
    pub fn assays(&self) -> Vec<(&str, &[String])> {
        let (assays, readouts, against) = match self {
            Form::Assay { assays, readouts, against, .. } => (assays, readouts, against.as_ref()),
            Form::AssayOrder { assays, readouts } => (assays, readouts, None),
            _ => return vec![],
        };
        assays.iter().chain(against).map(|a| (a.as_str(), readouts.as_slice())).collect()
    }

    /// Every cohort named.
    pub fn cohorts(&self) -> Vec<&str> {
        match self {
            Form::Correlation { cohort, .. } | Form::CohortSplit { cohort, .. } | Form::CohortShare { cohort, .. } => {
                vec![cohort]
            }
            Form::CohortMean { cohort, other, .. } => vec![cohort, other],
            _ => vec![],
        }
    }

    /// Formulas that stand apart from quantities.
    pub fn steps(&self) -> &[(String, Formula)] {
        match self {
            Form::OnsetOrder { steps, .. } => steps,
            _ => &[],
        }
    }
}
