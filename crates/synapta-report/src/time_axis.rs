//! The shared time axis as data, and its ticks.

use serde::{Deserialize, Serialize};

use crate::number::time_parts;

/// The time axis of a figure, in hours from the first dose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeAxis {
    /// Logarithmic or linear.
    pub scale: TimeScale,
    /// First time shown. On a log axis, times from here to 0 fill a narrow strip at the left.
    pub start_h: f64,
    /// Last time shown.
    pub end_h: f64,
    /// The doses.
    pub doses: Vec<DoseMark>,
}

/// How time is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeScale {
    /// Logarithmic beyond `from_h` and smoothly linear towards 0, so that time 0 has a place.
    Log {
        /// Where linear turns to logarithmic, hours, above 0.
        from_h: f64,
    },
    /// Linear.
    Linear,
}

/// One dose on the time axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DoseMark {
    /// Start, hours.
    pub start_h: f64,
    /// End of an infusion, hours; `None` for a bolus.
    pub end_h: Option<f64>,
    /// Words for the key; doses with the same words share one entry and one tint.
    pub label: String,
}

impl DoseMark {
    /// A dose given at once.
    pub fn bolus(start_h: f64, label: impl Into<String>) -> Self {
        Self { start_h, end_h: None, label: label.into() }
    }

    /// A dose given over a time.
    pub fn infusion(start_h: f64, end_h: f64, label: impl Into<String>) -> Self {
        Self { start_h, end_h: Some(end_h), label: label.into() }
    }
}

impl Default for TimeAxis {
    fn default() -> Self {
        Self::log(14.0 * 24.0)
    }
}

impl TimeAxis {
    /// A log axis from the first minutes to `end_h`, without doses.
    pub fn log(end_h: f64) -> Self {
        Self { scale: TimeScale::Log { from_h: 3.0 / 60.0 }, start_h: 0.0, end_h, doses: Vec::new() }
    }

    /// A linear axis from `start_h` to `end_h`, without doses.
    pub fn linear(start_h: f64, end_h: f64) -> Self {
        Self { scale: TimeScale::Linear, start_h, end_h, doses: Vec::new() }
    }

    /// The same axis with these doses.
    pub fn with_doses(mut self, doses: Vec<DoseMark>) -> Self {
        self.doses = doses;
        self
    }
}

/// A labelled time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    /// Time, hours.
    pub time_h: f64,
    /// Number and unit, such as `30` and `min`.
    pub amount: String,
    pub unit: &'static str,
    /// Lower is kept first where labels would collide.
    pub rank: usize,
}

const MINUTE: f64 = 1.0 / 60.0;
const DAY: f64 = 24.0;
const YEAR: f64 = 365.0 * DAY;

/// Times worth a label on a log axis, in the order in which they are kept when space is short.
const LOG_TICKS: [f64; 21] = [
    1.0,
    DAY,
    14.0 * DAY,
    4.0,
    3.0 * DAY,
    5.0 * MINUTE,
    7.0 * DAY,
    30.0 * MINUTE,
    YEAR,
    28.0 * DAY,
    90.0 * DAY,
    MINUTE,
    1.0 / 3600.0,
    10.0 / 3600.0,
    180.0 * DAY,
    2.0 * YEAR,
    5.0 * YEAR,
    10.0 * YEAR,
    100.0 * YEAR,
    1000.0 * YEAR,
    10_000.0 * YEAR,
];

/// Steps of a linear axis, hours.
const LINEAR_STEPS: [f64; 25] = [
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    1.0,
    2.0,
    3.0,
    6.0,
    12.0,
    DAY,
    2.0 * DAY,
    3.0 * DAY,
    7.0 * DAY,
    14.0 * DAY,
    28.0 * DAY,
    56.0 * DAY,
    90.0 * DAY,
    180.0 * DAY,
    YEAR,
    2.0 * YEAR,
    5.0 * YEAR,
    10.0 * YEAR,
    100.0 * YEAR,
];

/// Ticks of a log axis within `start_h..=end_h`, the most useful first.
pub(crate) fn log_ticks(from_h: f64, end_h: f64) -> Vec<Tick> {
    let zero = std::iter::once(0.0);
    let inside = LOG_TICKS.into_iter().filter(|&t| t >= from_h * 0.999 && t <= end_h * 1.001);
    zero.chain(inside).enumerate().map(|(rank, t)| tick(t, rank)).collect()
}

/// Ticks of a linear axis: the finest usual step that gives at most `most` of them.
pub(crate) fn linear_ticks(start_h: f64, end_h: f64, most: usize) -> Vec<Tick> {
    let span = end_h - start_h;
    let most = most.max(2) as f64;
    let usual = LINEAR_STEPS.into_iter().find(|step| span / step <= most);
    let finest = LINEAR_STEPS[0];
    let step = match usual {
        Some(step) if span >= finest => step,
        _ => crate::value_axis::nice_step(span / most),
    };
    let first = (start_h / step - 1e-9).ceil();
    let last = (end_h / step + 1e-9).floor();
    let count = (last - first).clamp(0.0, 2.0 * most) as usize;
    let times = (0..=count).map(|k| (first + k as f64) * step);
    times
        .enumerate()
        .map(|(rank, t)| match step < finest {
            true => unusual_tick(t, rank),
            false => stepped_tick(t, step, rank),
        })
        .collect()
}

fn tick(time_h: f64, rank: usize) -> Tick {
    let (amount, unit) = time_parts(time_h);
    Tick { time_h, amount, unit, rank }
}

/// A tick in the unit of its step, so that one axis does not mix units.
fn stepped_tick(time_h: f64, step: f64, rank: usize) -> Tick {
    let (unit, size) = match step {
        s if s < 1.0 => ("min", MINUTE),
        s if s < DAY => ("h", 1.0),
        _ => ("d", DAY),
    };
    let amount = crate::number::axis_number((time_h / size).round() + 0.0);
    Tick { time_h, amount, unit, rank }
}

fn unusual_tick(time_h: f64, rank: usize) -> Tick {
    Tick { time_h, amount: crate::number::axis_number(time_h * 3600.0), unit: "s", rank }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(mut ticks: Vec<Tick>) -> Vec<String> {
        ticks.sort_by(|a, b| a.time_h.total_cmp(&b.time_h));
        ticks.iter().map(|t| format!("{} {}", t.amount, t.unit).trim().to_owned()).collect()
    }

    #[test]
    fn two_weeks_on_a_log_axis_have_the_usual_ticks() {
        let ticks = labels(log_ticks(2.0 / 60.0, 336.0));
        let usual = ["0", "5 min", "30 min", "1 h", "4 h", "1 d", "3 d", "7 d", "14 d"];
        assert_eq!(ticks, usual);
    }

    #[test]
    fn a_linear_axis_keeps_one_unit() {
        assert_eq!(labels(linear_ticks(0.0, 28.0 * 24.0, 6)), ["0 d", "7 d", "14 d", "21 d", "28 d"]);
        assert_eq!(
            labels(linear_ticks(0.0, 1.5, 6)),
            ["0 min", "15 min", "30 min", "45 min", "60 min", "75 min", "90 min"]
        );
    }

    #[test]
    fn ticks_of_odd_spans_are_few() {
        for span in [1e-9, 1e-3, 1.0, 1e4, 1e9] {
            let count = linear_ticks(-span / 3.0, span, 6).len();
            assert!((1..=13).contains(&count), "{span}: {count}");
        }
    }
}
