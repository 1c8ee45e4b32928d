//! What one arm gave: time series with their values before the dose.

use serde::Serialize;

/// One observable over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Flat id.
    pub id: String,
    /// Dotted path, the name in files.
    pub path: String,
    /// Display name in the model; the path if it has none.
    pub title: String,
    /// Unit for people; empty if the model does not say.
    pub unit: String,
    /// Value of the subject before the first dose.
    pub baseline: f64,
    /// One value for each time.
    pub values: Vec<f64>,
}

/// Counts of the solver's work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Effort {
    /// Steps taken.
    pub steps: u64,
    /// Steps rejected.
    pub rejected: u64,
    /// Events fired.
    pub events: u64,
}

/// Time series of one arm.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Hours, ascending. At the time of a dose the value is that after the dose.
    pub time_h: Vec<f64>,
    /// Observables.
    pub columns: Vec<Column>,
    /// First dose of the main drug, h: read-outs count from here.
    pub zero_h: f64,
    /// The solver's work.
    pub effort: Effort,
}

impl Trajectory {
    /// A column by dotted path or flat id.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.path == name || c.id == name)
    }

    /// A column as a series.
    pub fn series(&self, name: &str) -> Option<Series<'_>> {
        self.column(name).map(|c| Series { time: &self.time_h, values: &c.values, baseline: c.baseline })
    }
}

/// Values over time, with the value before the dose.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    /// Ascending.
    pub time: &'a [f64],
    /// One for each time.
    pub values: &'a [f64],
    /// Value before the dose.
    pub baseline: f64,
}

impl Series<'_> {
    /// Largest value from `from` to `to` (both included) with its time; `None` if no time lies there.
    pub fn maximum(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        self.extreme(from, to, |new, best| new > best)
    }

    /// Smallest value from `from` to `to` (both included) with its time; `None` if no time lies there.
    pub fn minimum(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        self.extreme(from, to, |new, best| new < best)
    }

    fn extreme(&self, from: f64, to: f64, better: impl Fn(f64, f64) -> bool) -> Option<(f64, f64)> {
        let mut best: Option<(f64, f64)> = None;
        for (t, v) in self.window(from, to) {
            if best.is_none_or(|(_, b)| better(v, b)) {
                best = Some((t, v));
            }
        }
        best
    }

    fn window(&self, from: f64, to: f64) -> impl Iterator<Item = (f64, f64)> {
        let pairs = self.time.iter().copied().zip(self.values.iter().copied());
        pairs.filter(move |(t, _)| *t >= from && *t <= to)
    }

    /// Value at `t`, linear between the points; before the first point the baseline, `None` after the last.
    pub fn at(&self, t: f64) -> Option<f64> {
        let after = self.time.partition_point(|x| *x < t);
        let (x1, y1) = (*self.time.get(after)?, *self.values.get(after)?);
        if x1 == t {
            return Some(y1);
        }
        if after == 0 {
            return Some(self.baseline);
        }
        let (x0, y0) = (self.time[after - 1], self.values[after - 1]);
        Some(y0 + (y1 - y0) * (t - x0) / (x1 - x0))
    }

    /// First time in the window at which the rise above (or fall below) the baseline has reached `share` of its
    /// largest size there; `None` if nothing moves.
    pub fn onset(&self, share: f64, from: f64, to: f64) -> Option<f64> {
        let change = |v: f64| v - self.baseline;
        let (up, down) = (change(self.maximum(from, to)?.1), -change(self.minimum(from, to)?.1));
        let (size, sign) = if up >= down { (up, 1.0) } else { (down, -1.0) };
        if size <= 0.0 {
            return None;
        }
        let target = share * size;
        let mut last: Option<(f64, f64)> = None;
        for (t, v) in self.window(from, to) {
            let now = sign * change(v);
            if now >= target {
                return Some(match last {
                    Some((t0, before)) if now > before => t0 + (t - t0) * (target - before) / (now - before),
                    _ => t,
                });
            }
            last = Some((t, now));
        }
        None
    }

    /// Area under the values from `from` to `to` by trapezoids between the points.
    pub fn area(&self, from: f64, to: f64) -> f64 {
        let mut last: Option<(f64, f64)> = None;
        let mut sum = 0.0;
        for (t, v) in self.window(from, to) {
            if let Some((t0, v0)) = last {
                sum += (t - t0) * (v + v0) / 2.0;
            }
            last = Some((t, v));
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TENT: Series<'static> = Series { time: &[0.0, 1.0, 2.0, 4.0], values: &[1.0, 3.0, 2.0, 1.0], baseline: 1.0 };

    #[test]
    fn statistics_of_a_tent() {
        assert_eq!(TENT.maximum(0.0, 9.0), Some((1.0, 3.0)));
        assert_eq!(TENT.minimum(1.0, 3.0), Some((2.0, 2.0)));
        assert_eq!(TENT.at(3.0), Some(1.5));
        assert_eq!(TENT.at(2.0), Some(2.0));
        assert_eq!(TENT.at(-1.0), Some(1.0));
        assert_eq!(TENT.at(4.5), None);
        assert_eq!(TENT.onset(0.5, 0.0, 9.0), Some(0.5));
        assert_eq!(TENT.area(0.0, 4.0), 2.0 + 2.5 + 3.0);
        assert_eq!(TENT.maximum(5.0, 9.0), None);
    }

    #[test]
    fn onset_of_a_fall_counts_downwards() {
        let fall = Series { values: &[1.0, 1.0, 0.5, 0.0], ..TENT };
        assert_eq!(fall.onset(0.5, 0.0, 9.0), Some(2.0));
        let flat = Series { values: &[1.0; 4], ..TENT };
        assert_eq!(flat.onset(0.5, 0.0, 9.0), None);
    }

    proptest! {
        #[test]
        fn interpolation_stays_between_its_neighbours(t in 0.0..4.0f64) {
            let v = TENT.at(t).unwrap();
            prop_assert!((1.0..=3.0).contains(&v));
        }
    }
}
