//! Statistics of members, with the noise of their measurements computed.

use super::super::cohort::{mean, normal_share};
use super::Outcome;

/// A member's number with the standard deviation of its measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Told {
    pub value: f64,
    pub noise: f64,
}

/// The probability that a measurement shows the outcome.
pub(super) fn probability(outcome: &Outcome, told: Told) -> f64 {
    let gap = if outcome.below { outcome.threshold - told.value } else { told.value - outcome.threshold };
    if told.noise > 0.0 { normal_share(gap / told.noise) } else { f64::from(u8::from(gap > 0.0)) }
}

/// Mean of numbers, each with a weight.
pub(super) fn weighted(numbers: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (sum, weight) = numbers.fold((0.0, 0.0), |(s, w), (x, weight)| (s + weight * x, w + weight));
    sum / weight
}

pub(super) fn average(all: &[Told]) -> f64 {
    mean(&values(all))
}

/// Variance of measurements: between members and of the measurement.
pub(super) fn variance(all: &[Told]) -> f64 {
    let centre = average(all);
    let between = all.iter().map(|t| (t.value - centre).powi(2)).sum::<f64>() / (all.len() as f64 - 1.0);
    between + all.iter().map(|t| t.noise * t.noise).sum::<f64>() / all.len() as f64
}

/// Difference of means over the pooled standard deviation.
pub(super) fn effect_size(own: &[Told], other: &[Told]) -> f64 {
    (average(own) - average(other)) / (0.5 * (variance(own) + variance(other))).sqrt()
}

/// Correlation of measurements whose noises are independent.
pub(super) fn noisy_correlation(x: &[Told], y: &[Told]) -> f64 {
    let (mx, my) = (average(x), average(y));
    let products = x.iter().zip(y).map(|(a, b)| (a.value - mx) * (b.value - my));
    products.sum::<f64>() / (x.len() as f64 - 1.0) / (variance(x) * variance(y)).sqrt()
}

pub(super) fn odds(share: f64) -> f64 {
    share / (1.0 - share)
}

fn values(all: &[Told]) -> Vec<f64> {
    all.iter().map(|t| t.value).collect()
}
