//! One number taken of a curve: what, when, against what.

use crate::trajectory::{Series, Trajectory};

use super::formula::Formula;

/// The number taken of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Take {
    /// Value at each of the given hours.
    At,
    /// Value before the first dose.
    Before,
    /// Largest value in the window.
    Peak,
    /// Smallest value in the window.
    Trough,
    /// Hours to the largest value.
    TimeOfPeak,
    /// Hours to the smallest value.
    TimeOfTrough,
    /// Mean over the window.
    Mean,
    /// Area over the window, by hours.
    Area,
    /// Hours until this share of the largest change from before is reached.
    Onset(f64),
    /// Hours until the change is back to this share of its largest, after the largest.
    TimeBack(f64),
    /// Largest departure from the value before, as a share of it: 0 for what is conserved.
    Drift,
    /// Half-life in the window, from its first and last value.
    HalfLife,
}

impl Take {
    /// The words of claim files, in the order of the type.
    pub const WORDS: [&'static str; 12] = [
        "at",
        "before",
        "peak",
        "trough",
        "time_of_peak",
        "time_of_trough",
        "mean",
        "area",
        "onset",
        "time_back",
        "drift",
        "half_life",
    ];

    /// The take of a word; `share` is that of `onset` and `time_back`.
    pub fn from_word(word: &str, share: Option<f64>) -> Option<Take> {
        Some(match word {
            "at" => Take::At,
            "before" => Take::Before,
            "peak" => Take::Peak,
            "trough" => Take::Trough,
            "time_of_peak" => Take::TimeOfPeak,
            "time_of_trough" => Take::TimeOfTrough,
            "mean" => Take::Mean,
            "area" => Take::Area,
            "onset" => Take::Onset(share.unwrap_or(HALF)),
            "time_back" => Take::TimeBack(share.unwrap_or(NEARLY_BACK)),
            "drift" => Take::Drift,
            "half_life" => Take::HalfLife,
            _ => return None,
        })
    }

    /// True for numbers that are hours or departures, which stand for themselves without a comparison.
    pub fn stands_alone(self) -> bool {
        matches!(
            self,
            Take::TimeOfPeak | Take::TimeOfTrough | Take::Onset(_) | Take::TimeBack(_) | Take::Drift | Take::HalfLife
        )
    }
}

/// Share of the largest change that counts as onset if none is given.
const HALF: f64 = 0.5;
/// Share of the largest change at which a curve counts as back if none is given.
const NEARLY_BACK: f64 = 0.1;

/// What a number is set against.
#[derive(Clone, Debug, PartialEq)]
pub enum Against {
    /// Nothing.
    Nothing,
    /// The arm's own value before its first dose.
    Base,
    /// The same subject under the same changes, without any dose.
    Vehicle,
    /// The arm's own value at this hour.
    Hour(f64),
    /// The same number of another arm.
    Arm(String),
}

impl Against {
    /// Hours of `24 h`.
    pub fn hour(word: &str) -> Option<f64> {
        word.strip_suffix('h')?.trim().parse().ok().filter(|h: &f64| *h >= 0.0 && h.is_finite())
    }
}

/// How two numbers are set against each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relation {
    /// Number over reference.
    #[default]
    Ratio,
    /// Number less reference.
    Difference,
    /// Change in percent of the reference.
    Percent,
    /// Share of the reference that is gone.
    Fall,
}

impl Relation {
    /// The words of claim files, in the order of the type.
    pub const WORDS: [&'static str; 4] = ["ratio", "difference", "percent", "fall"];

    /// The relation of a word.
    pub fn from_word(word: &str) -> Option<Relation> {
        Some(match word {
            "ratio" => Relation::Ratio,
            "difference" => Relation::Difference,
            "percent" => Relation::Percent,
            "fall" => Relation::Fall,
            _ => return None,
        })
    }

    /// The relation of two numbers.
    pub fn of(self, number: f64, reference: f64) -> f64 {
        match self {
            Relation::Ratio => number / reference,
            Relation::Difference => number - reference,
            Relation::Percent => 100.0 * (number / reference - 1.0),
            Relation::Fall => 1.0 - number / reference,
        }
    }
}

/// What is read from an arm.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// What is read, over names of the model.
    pub of: Formula,
    /// Name for people.
    pub label: String,
    /// The number taken.
    pub take: Take,
    /// Hours after the first main dose, for [`Take::At`]; each gives a number.
    pub at_h: Vec<f64>,
    /// Start of the window, hours after the first main dose; 0 if not given.
    pub from_h: Option<f64>,
    /// End of the window; the end of the run if not given.
    pub to_h: Option<f64>,
    /// The reference.
    pub against: Against,
    /// How it is set against it.
    pub relation: Relation,
}

impl Quantity {
    /// Times the run must output exactly.
    pub fn times(&self) -> impl Iterator<Item = f64> + '_ {
        let hour = if let Against::Hour(h) = self.against { Some(h) } else { None };
        self.at_h.iter().copied().chain(self.from_h).chain(self.to_h).chain(hour)
    }
}

/// A formula along one run, hours from the first main dose.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Hours, ascending.
    pub time: Vec<f64>,
    /// One for each time.
    pub values: Vec<f64>,
    /// Value before the first dose.
    pub baseline: f64,
}

impl Track {
    /// The formula along a trajectory; the first name that is not among its columns if one is missing.
    ///
    /// # Errors
    /// The missing name.
    pub fn of(formula: &Formula, trajectory: &Trajectory) -> Result<Track, String> {
        let find = |s: &String| {
            let long = format!("subject.{s}");
            trajectory.column(s).or_else(|| trajectory.column(&long)).ok_or_else(|| s.clone())
        };
        let columns = formula.symbols.iter().map(find).collect::<Result<Vec<_>, String>>()?;
        let mut row = vec![0.0; columns.len()];
        let values = (0..trajectory.time_h.len()).map(|i| {
            row.iter_mut().zip(&columns).for_each(|(v, c)| *v = c.values[i]);
            formula.evaluate(&row)
        });
        let values: Vec<f64> = values.collect();
        let baselines: Vec<f64> = columns.iter().map(|c| c.baseline).collect();
        let time = trajectory.time_h.iter().map(|t| t - trajectory.zero_h).collect();
        Ok(Track { time, values, baseline: formula.evaluate(&baselines) })
    }

    fn series(&self) -> Series<'_> {
        Series { time: &self.time, values: &self.values, baseline: self.baseline }
    }

    /// The numbers of a quantity, before any comparison: one, or one for each hour asked for.
    pub fn numbers(&self, q: &Quantity) -> Vec<f64> {
        let (from, to) = (q.from_h.unwrap_or(0.0), q.to_h.unwrap_or(f64::INFINITY));
        let series = self.series();
        let number = match q.take {
            Take::At => return q.at_h.iter().map(|h| self.at(*h)).collect(),
            Take::Before => Some(self.baseline),
            Take::Peak => series.maximum(from, to).map(|p| p.1),
            Take::Trough => series.minimum(from, to).map(|p| p.1),
            Take::TimeOfPeak => series.maximum(from, to).map(|p| p.0),
            Take::TimeOfTrough => series.minimum(from, to).map(|p| p.0),
            Take::Area => Some(series.area(from, self.last(to))),
            Take::Mean => Some(series.area(from, self.last(to)) / (self.last(to) - from)),
            Take::Onset(share) => series.onset(share, from, to),
            Take::TimeBack(share) => self.time_back(share, from, to),
            Take::Drift => self.drift(from, to),
            Take::HalfLife => Some(self.half_life(from, self.last(to))),
        };
        vec![number.unwrap_or(f64::NAN)]
    }

    /// The value at an hour; at 0 and before it the value before the dose.
    pub fn at(&self, hour: f64) -> f64 {
        if hour <= 0.0 { self.baseline } else { self.series().at(hour).unwrap_or(f64::NAN) }
    }

    /// Hours until a share of the largest change up to `to` hours is reached; not a number if nothing moves.
    pub fn onset(&self, share: f64, to: f64) -> f64 {
        self.series().onset(share, 0.0, to).unwrap_or(f64::NAN)
    }

    /// The largest departure from the value before the dose, as a share of the largest size; 0 for what never differs from 0.
    pub fn movement(&self) -> f64 {
        let largest = self.values.iter().fold(self.baseline.abs(), |m, v| m.max(v.abs()));
        let far = self.values.iter().fold(0.0, |m: f64, v| m.max((v - self.baseline).abs()));
        far / largest.max(f64::MIN_POSITIVE)
    }

    fn last(&self, to: f64) -> f64 {
        to.min(self.time.last().copied().unwrap_or(f64::NAN))
    }

    fn window(&self, from: f64, to: f64) -> impl Iterator<Item = (f64, f64)> {
        let pairs = self.time.iter().copied().zip(self.values.iter().copied());
        pairs.filter(move |(t, _)| *t >= from && *t <= to)
    }

    /// Hours at which the change has come back to a share of its largest size; `None` if it never does.
    fn time_back(&self, share: f64, from: f64, to: f64) -> Option<f64> {
        let change = |v: f64| (v - self.baseline).abs();
        let (top, largest) = self
            .window(from, to)
            .fold((f64::NAN, 0.0), |best: (f64, f64), (t, v)| if change(v) > best.1 { (t, change(v)) } else { best });
        self.window(top, to).find(|(_, v)| change(*v) <= share * largest).map(|(t, _)| t)
    }

    fn drift(&self, from: f64, to: f64) -> Option<f64> {
        let size = self.baseline.abs().max(f64::MIN_POSITIVE);
        self.window(from, to).map(|(_, v)| (v - self.baseline).abs() / size).reduce(f64::max)
    }

    fn half_life(&self, from: f64, to: f64) -> f64 {
        (to - from) * std::f64::consts::LN_2 / (self.at(from) / self.at(to)).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track() -> Track {
        Track { time: vec![-1.0, 0.0, 1.0, 2.0, 4.0, 8.0], values: vec![2.0, 2.0, 6.0, 4.0, 2.2, 2.0], baseline: 2.0 }
    }

    fn quantity(take: Take) -> Quantity {
        Quantity {
            of: Formula::read("a").unwrap(),
            label: "a".into(),
            take,
            at_h: vec![0.0, 1.5],
            from_h: None,
            to_h: None,
            against: Against::Nothing,
            relation: Relation::Ratio,
        }
    }

    fn one(take: Take) -> f64 {
        track().numbers(&quantity(take))[0]
    }

    #[test]
    fn numbers_of_a_peak() {
        assert_eq!(track().numbers(&quantity(Take::At)), [2.0, 5.0]);
        assert_eq!((one(Take::Peak), one(Take::TimeOfPeak)), (6.0, 1.0));
        assert_eq!((one(Take::Trough), one(Take::Before)), (2.0, 2.0));
        assert_eq!(one(Take::Onset(0.5)), 0.5);
        assert_eq!(one(Take::TimeBack(0.1)), 4.0);
        assert_eq!(one(Take::Drift), 2.0);
        assert_eq!(one(Take::Mean), one(Take::Area) / 8.0);
    }

    #[test]
    fn movement_is_a_share_of_the_largest_size() {
        assert_eq!(track().movement(), 4.0 / 6.0);
        assert_eq!(Track { values: vec![2.0; 6], ..track() }.movement(), 0.0);
        assert_eq!(Track { values: vec![0.0; 6], baseline: 0.0, ..track() }.movement(), 0.0);
    }

    #[test]
    fn half_life_of_a_decay() {
        let decay = Track { time: vec![0.0, 2.0, 4.0], values: vec![8.0, 4.0, 2.0], baseline: 0.0 };
        let q = Quantity { from_h: Some(2.0), ..quantity(Take::HalfLife) };
        assert!((decay.numbers(&q)[0] - 2.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_never_reached_is_no_number() {
        let q = Quantity { at_h: vec![9.0], ..quantity(Take::At) };
        assert!(track().numbers(&q)[0].is_nan());
        let flat = Track { values: vec![2.0; 6], ..track() };
        assert!(flat.numbers(&quantity(Take::Onset(0.5)))[0].is_nan());
        assert_eq!(flat.numbers(&quantity(Take::Drift)), [0.0]);
    }

    #[test]
    fn relations() {
        assert_eq!(Relation::Ratio.of(3.0, 4.0), 0.75);
        assert_eq!(Relation::Difference.of(3.0, 4.0), -1.0);
        assert_eq!(Relation::Percent.of(3.0, 4.0), -25.0);
        assert_eq!(Relation::Fall.of(3.0, 4.0), 0.25);
    }
}
