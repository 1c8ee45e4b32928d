//! How far simulated numbers lie from measured ones, in standard errors that count: one measure for fits and their audit.

use crate::evidence::compare::{Compared, SIGN, standard_error};
use crate::evidence::observation::{Observation, ObservationSet, RowForm};

/// Residual, in standard errors, of a row whose run failed: far off, so that a fit turns back.
const FAILED: f64 = 30.0;
/// Residual, in standard errors, of a wrong direction: where a number would count as missed.
const WRONG: f64 = 2.0;
/// Standard error of a row without a spread, as a share of its number: it counts as met within a quarter.
const UNKNOWN_SPREAD: f64 = 0.125;

/// What rows are weighed by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Weight of a recalled row against one that was read.
    pub recalled: f64,
    /// Error of the model as a share of a number: no row counts as more precise.
    pub model_error: f64,
}

impl Default for Scale {
    fn default() -> Scale {
        Scale { recalled: 0.3, model_error: 0.1 }
    }
}

impl Scale {
    /// What a difference of a row is multiplied by, or a wrong direction.
    ///
    /// # Errors
    /// Why the row cannot be weighed.
    pub fn weight(&self, set: &ObservationSet, row: &Observation) -> Result<f64, &'static str> {
        let trust = if row.read { 1.0 } else { self.recalled };
        if !has_size(row) {
            return Ok(trust);
        }
        let size = row.value.abs();
        let own = standard_error(set, row).unwrap_or(UNKNOWN_SPREAD * size);
        let spread = (own * own + (self.model_error * size).powi(2)).sqrt();
        if spread > 0.0 { Ok(trust / spread) } else { Err("a zero without a spread has no scale") }
    }
}

/// True for rows with a size; a direction alone is right or wrong, which no fit can follow.
pub fn has_size(row: &Observation) -> bool {
    row.form != RowForm::Sign && row.unit != SIGN
}

/// The weighted residual of a row.
pub fn residual(compared: &Compared, weight: f64) -> f64 {
    let Some(number) = compared.simulated else { return FAILED };
    if compared.form == RowForm::Sign.word() || compared.unit == SIGN {
        return if compared.sign_right == Some(true) { 0.0 } else { WRONG * weight };
    }
    (number - compared.measured) * weight
}
