//! Times to positions across a panel and back.

use crate::time_axis::{Tick, TimeAxis, TimeScale, linear_ticks, log_ticks};

/// Largest time taken as such, hours: 100 million years, far from rounding trouble.
const LARGEST_H: f64 = 1e12;
/// Width of the strip before time 0 on a log axis, pixels.
const BEFORE_PX: f64 = 22.0;

/// A monotone map from `start..=end` hours to `0..=width` pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TimeMap {
    pub start_h: f64,
    pub end_h: f64,
    pub width: f64,
    log_from_h: Option<f64>,
}

impl TimeMap {
    /// The map of an axis; an axis without sense (not finite, or end before start) is mended.
    pub fn new(axis: &TimeAxis, width: f64) -> Self {
        match axis.scale {
            TimeScale::Linear => Self::linear(axis, width),
            TimeScale::Log { from_h } => Self::log(axis, from_h, width),
        }
    }

    fn linear(axis: &TimeAxis, width: f64) -> Self {
        let start_h = bounded(axis.start_h, 0.0);
        let end_h = bounded(axis.end_h, start_h + 1.0);
        let end_h = if end_h - start_h > 1e-9 * (1.0 + start_h.abs()) { end_h } else { start_h + 1.0 + start_h.abs() };
        Self { start_h, end_h, width, log_from_h: None }
    }

    fn log(axis: &TimeAxis, from_h: f64, width: f64) -> Self {
        let end_h = match bounded(axis.end_h, 1.0) {
            end if end > 1e-6 => end,
            _ => 1.0,
        };
        let usable = from_h.is_finite() && from_h >= 1e-9 && from_h < end_h / 2.0;
        Self {
            start_h: bounded(axis.start_h, 0.0).min(0.0),
            end_h,
            width,
            log_from_h: Some(if usable { from_h } else { end_h / 1e4 }),
        }
    }

    fn before_px(&self) -> f64 {
        if self.start_h < 0.0 { BEFORE_PX } else { 0.0 }
    }

    /// Where the logarithm begins, hours; `None` on a linear axis.
    pub fn log_from_h(&self) -> Option<f64> {
        self.log_from_h
    }

    /// Position of a time; outside the axis the position is outside `0..=width`. On a log axis
    /// from time 0 on it goes as asinh(t / from): linear at 0, logarithmic beyond `from`, and
    /// smooth between, so that no curve is given a kink.
    pub fn x(&self, t: f64) -> f64 {
        let Some(from) = self.log_from_h else {
            return (t - self.start_h) / (self.end_h - self.start_h) * self.width;
        };
        let before = self.before_px();
        if t <= 0.0 && before > 0.0 {
            return before - before * t / self.start_h;
        }
        let part = (t / from).asinh() / (self.end_h / from).asinh();
        before + part * (self.width - before)
    }

    /// Time at a position within `0..=width`.
    pub fn time(&self, x: f64) -> f64 {
        let Some(from) = self.log_from_h else {
            return self.start_h + x / self.width * (self.end_h - self.start_h);
        };
        let before = self.before_px();
        if x < before {
            return self.start_h * (1.0 - x / before);
        }
        let part = (x - before) / (self.width - before);
        from * (part * (self.end_h / from).asinh()).sinh()
    }

    /// The times worth a label, the most useful first.
    pub fn ticks(&self) -> Vec<Tick> {
        match self.log_from_h {
            Some(from) => log_ticks(from, self.end_h),
            None => linear_ticks(self.start_h, self.end_h, (self.width / 48.0) as usize),
        }
    }

    /// `count` times at equal steps across the axis, ends included.
    pub fn even_times(&self, count: usize) -> Vec<f64> {
        let last = count.saturating_sub(1).max(1) as f64;
        (0..count)
            .map(|k| match k + 1 == count && count > 1 {
                true => self.end_h,
                false => self.time(self.width * k as f64 / last),
            })
            .collect()
    }
}

fn bounded(value: f64, otherwise: f64) -> f64 {
    if value.is_nan() {
        return otherwise;
    }
    value.clamp(-LARGEST_H, LARGEST_H)
}

impl TimeAxis {
    /// `count` times at equal steps across the axis as it is drawn, hours, ends included: the
    /// times at which a sparkline of a series shows what the figure shows.
    pub fn even_times(&self, count: usize) -> Vec<f64> {
        TimeMap::new(self, 300.0).even_times(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_and_time_are_inverse_and_monotone() {
        let mut axis = TimeAxis::log(336.0);
        axis.start_h = -2.0;
        for axis in [axis, TimeAxis::log(10.0), TimeAxis::linear(-5.0, 30.0)] {
            let map = TimeMap::new(&axis, 310.0);
            assert!(map.x(map.start_h).abs() < 1e-9);
            assert!((map.x(map.end_h) - 310.0).abs() < 1e-9);
            let times = map.even_times(50);
            assert!(times.windows(2).all(|w| w[1] > w[0]));
            for (k, t) in times.iter().enumerate() {
                assert!((map.x(*t) - 310.0 * k as f64 / 49.0).abs() < 1e-6, "{t}");
            }
        }
    }

    #[test]
    fn an_axis_without_sense_is_mended() {
        for (start, end) in [(f64::NAN, f64::NAN), (5.0, 5.0), (1.0, -1.0), (f64::INFINITY, 0.0)] {
            for from_h in [f64::NAN, 0.0, -1.0, 1e300] {
                for scale in [TimeScale::Linear, TimeScale::Log { from_h }] {
                    let axis = TimeAxis { scale, start_h: start, end_h: end, doses: vec![] };
                    let map = TimeMap::new(&axis, 300.0);
                    assert!(map.end_h > map.start_h, "{axis:?}");
                    assert!(map.even_times(9).iter().all(|t| t.is_finite()), "{axis:?}");
                }
            }
        }
    }
}
