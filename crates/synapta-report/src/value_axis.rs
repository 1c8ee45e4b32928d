//! The vertical axis of a panel: its range and ticks.

use crate::figure::{Panel, Series};
use crate::number::axis_numbers;

/// Range and labelled levels of a vertical axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ValueAxis {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<(f64, String)>,
    /// Whether any series has a value to draw.
    pub has_data: bool,
}

impl ValueAxis {
    /// The axis of a panel, over the values of the series between two times.
    pub fn of(panel: &Panel, start_h: f64, end_h: f64) -> Self {
        let seen = extent(panel, start_h, end_h);
        let has_data = seen.is_some();
        let (low, high) = match panel.range {
            Some((low, high)) if sensible(low, high) => (low, high),
            _ => fitted(with_reference(seen, panel)),
        };
        Self { low, high, ticks: ticks(low, high), has_data }
    }

    /// Part of the axis, 0 at the foot and 1 at the top, at which a value lies.
    pub fn part(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

fn sensible(low: f64, high: f64) -> bool {
    let bounded = low.abs() <= 1e300 && high.abs() <= 1e300;
    bounded && high > low && (high - low) > 1e-12 * low.abs().max(high.abs())
}

fn extent(panel: &Panel, start_h: f64, end_h: f64) -> Option<(f64, f64)> {
    panel
        .series
        .iter()
        .flat_map(Series::points)
        .filter(|&point| Series::drawable(point))
        .filter(|&(t, _)| (start_h..=end_h).contains(&t))
        .map(|(_, value)| (value, value))
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

fn with_reference(seen: Option<(f64, f64)>, panel: &Panel) -> Option<(f64, f64)> {
    let level = panel.reference.as_ref().map(|r| r.value);
    let Some(level) = level.filter(|v| v.abs() <= 1e300) else {
        return seen;
    };
    let (low, high) = seen.unwrap_or((level, level));
    Some((low.min(level), high.max(level)))
}

/// A range around the values with a little air, from zero where that costs little.
fn fitted(seen: Option<(f64, f64)>) -> (f64, f64) {
    let Some((low, high)) = seen else {
        return (0.0, 1.0);
    };
    let size = low.abs().max(high.abs());
    if size < 1e-300 {
        return (0.0, 1.0);
    }
    // A change below a twentieth of the level is shown as the nearly flat line it is.
    let least = 0.05 * size;
    let (low, high) = match high - low {
        span if span < least => {
            let middle = low + span / 2.0;
            (middle - least / 2.0, middle + least / 2.0)
        }
        _ => (low, high),
    };
    let air = 0.07 * (high - low);
    let low = if low >= 0.0 && low < 0.35 * high { 0.0 } else { low - air };
    let high = if high <= 0.0 && high > 0.35 * low { 0.0 } else { high + air };
    (low, high)
}

/// The step of 1, 2 or 5 times a power of ten nearest above `rough`.
pub(crate) fn nice_step(rough: f64) -> f64 {
    let rough = rough.clamp(1e-300, 1e300);
    let power = 10f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|f| f * power >= rough * 0.9999).unwrap_or(10.0);
    factor * power
}

fn ticks(low: f64, high: f64) -> Vec<(f64, String)> {
    let span = high - low;
    let coarse = levels(low, high, nice_step(span / 4.5));
    let chosen = if coarse.len() >= 3 { coarse } else { levels(low, high, nice_step(span / 7.0)) };
    let labels = axis_numbers(&chosen);
    chosen.into_iter().zip(labels).collect()
}

fn levels(low: f64, high: f64, step: f64) -> Vec<f64> {
    let first = (low / step - 1e-9).ceil();
    let last = (high / step + 1e-9).floor();
    let count = (last - first).clamp(0.0, 12.0) as usize;
    (0..=count).map(|k| (first + k as f64) * step + 0.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(values: &[f64]) -> ValueAxis {
        let x = (0..values.len()).map(|k| k as f64).collect();
        let panel = Panel { series: vec![Series::line("", x, values.to_vec())], ..Panel::default() };
        ValueAxis::of(&panel, 0.0, 1e6)
    }

    #[test]
    fn ticks_are_few_and_round() {
        for (high, expected) in [(166.0, "50"), (1.37, "1.0"), (0.0042, "0.001")] {
            let axis = axis(&[0.0, high]);
            assert!((3..=7).contains(&axis.ticks.len()), "{:?}", axis.ticks);
            assert!(axis.ticks.iter().any(|t| t.1 == expected), "{:?}", axis.ticks);
            assert_eq!(axis.low, 0.0);
        }
    }

    #[test]
    fn a_flat_series_is_not_magnified() {
        let axis = axis(&[1.0, 1.0 + 1e-9, 1.0 - 1e-9]);
        assert!(axis.high - axis.low > 0.04 && axis.low < 1.0 && axis.high > 1.0);
    }

    #[test]
    fn zeros_gaps_and_huge_values_have_an_axis() {
        for values in
            [vec![0.0; 3], vec![], vec![f64::NAN; 2], vec![f64::MAX, -f64::MAX], vec![1e299, -1e299], vec![1e-310]]
        {
            let axis = axis(&values);
            assert!(axis.high > axis.low && (axis.high - axis.low).is_finite(), "{values:?}");
            assert!(!axis.ticks.is_empty(), "{values:?}");
        }
        assert!(!axis(&[f64::NAN]).has_data && axis(&[0.0]).has_data);
    }
}
