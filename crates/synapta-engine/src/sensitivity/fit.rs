//! The weighted sum of squares of measurements and its gradient.

use super::{SensitiveProgram, SensitiveSchedule, SensitiveSolution, SensitiveState};
use crate::error::SimError;
use crate::observe::Observable;
use crate::request::Settings;

/// One measured value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// Number of the observable in the list it is fitted with.
    pub observable: usize,
    /// When it was measured.
    pub time: f64,
    /// What was measured.
    pub value: f64,
    /// Its weight: one over the variance of its noise.
    pub weight: f64,
}

/// How far a run is from measurements, and in which direction each parameter leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The sum of weight times squared difference (simulated minus measured).
    pub sum: f64,
    /// Its derivative with respect to each parameter.
    pub gradient: Vec<f64>,
    /// The Gauss-Newton approximation of its second derivatives, parameter by parameter; half of it is the
    /// Fisher information of the parameters.
    pub curvature: Vec<Vec<f64>>,
    /// Simulated minus measured, in the order of the measurements.
    pub differences: Vec<f64>,
}

impl SensitiveSolution {
    /// Compares with measurements. An output time that stands twice counts with its last row.
    ///
    /// # Errors
    /// [`SimError::BadRequest`] for measurements at times or of observables that were not reported, or with values or
    /// weights that are not numbers.
    pub fn fit(&self, measurements: &[Measurement], parameters: usize) -> Result<Fit, SimError> {
        let mut fit = Fit {
            sum: 0.0,
            gradient: vec![0.0; parameters],
            curvature: vec![vec![0.0; parameters]; parameters],
            differences: Vec::with_capacity(measurements.len()),
        };
        for measurement in measurements {
            let (value, slopes) = self.at(measurement)?;
            let (weight, difference) = (measurement.weight, value - measurement.value);
            fit.sum += weight * difference * difference;
            fit.differences.push(difference);
            for (k, slope) in slopes.iter().enumerate() {
                fit.gradient[k] += 2.0 * weight * difference * slope;
                for (l, other) in slopes.iter().enumerate() {
                    fit.curvature[k][l] += 2.0 * weight * slope * other;
                }
            }
        }
        Ok(fit)
    }

    fn at(&self, m: &Measurement) -> Result<(f64, &[f64]), SimError> {
        let bad = |what: String| SimError::BadRequest { what };
        if !(m.value.is_finite() && m.weight.is_finite() && m.weight >= 0.0) {
            let text = format!("the measurement at {} must have a number and a weight not below zero", m.time);
            return Err(bad(text));
        }
        let end = self.times.partition_point(|t| *t <= m.time);
        let row = end.checked_sub(1).filter(|i| self.times[*i] == m.time);
        let row = row.ok_or_else(|| bad(format!("no output at time {}, where a measurement is", m.time)))?;
        let value = self.values[row].get(m.observable);
        let value =
            value.ok_or_else(|| bad(format!("a measurement is of observable {}, which there is not", m.observable)))?;
        Ok((*value, &self.sensitivities[row][m.observable]))
    }
}

impl SensitiveProgram {
    /// Runs to the last measurement and compares: the weighted sum of squares and its gradient.
    ///
    /// # Errors
    /// Those of [`SensitiveProgram::simulate`] and [`SensitiveSolution::fit`]; a measurement before the start.
    pub fn fit(
        &self,
        state: &SensitiveState,
        measurements: &[Measurement],
        observables: &[Observable],
        schedule: &SensitiveSchedule,
        settings: &Settings,
    ) -> Result<Fit, SimError> {
        let mut times: Vec<f64> = measurements.iter().map(|m| m.time).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let end = times.last().copied().unwrap_or(state.time());
        self.simulate(state, end, &times, observables, schedule, settings)?.fit(measurements, self.parameters().len())
    }
}
