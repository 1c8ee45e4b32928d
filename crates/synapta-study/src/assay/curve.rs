//! Concentration-response: half-effective concentration, maximum, slope.

use super::schema::{Curve, Gives};

/// Relative precision of a concentration.
const PRECISION: f64 = 1e-4;
/// Bisections beyond this add nothing.
const MOST_STEPS: usize = 60;

/// The number of a curve; `response` gives the number at a concentration. Not a number if the effect wanted is not reached between its ends.
///
/// # Errors
/// Those of the runs.
pub(super) fn number<E>(curve: &Curve, response: &mut dyn FnMut(f64) -> Result<f64, E>) -> Result<f64, E> {
    let top = response(curve.to)?;
    if curve.gives == Gives::Maximum {
        return Ok(top);
    }
    let without = response(0.0)?;
    // What falls is gone at the end, what rises reaches the top.
    let end = if top < without { 0.0 } else { top };
    let mut at = |share: f64| solve(curve, without + share * (end - without), top > without, response);
    match curve.gives {
        Gives::Slope => {
            let (low, high) = (at(0.2)?, at(0.8)?);
            Ok(16_f64.ln() / (high / low).ln())
        }
        _ => at(0.5),
    }
}

fn solve<E>(
    curve: &Curve,
    wanted: f64,
    rises: bool,
    response: &mut dyn FnMut(f64) -> Result<f64, E>,
) -> Result<f64, E> {
    let above = |r: f64| (r > wanted) == rises;
    let (mut low, mut high) = (curve.from, curve.to);
    if above(response(low)?) || !above(response(high)?) {
        return Ok(f64::NAN);
    }
    for _ in 0..MOST_STEPS {
        if high / low < 1.0 + PRECISION {
            break;
        }
        let middle = (low * high).sqrt();
        if above(response(middle)?) { high = middle } else { low = middle }
    }
    Ok((low * high).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(gives: Gives) -> Curve {
        Curve { over: "c".into(), from: 1e-3, to: 1e5, unit: String::new(), gives }
    }

    fn of(gives: Gives, response: impl Fn(f64) -> f64) -> f64 {
        number(&curve(gives), &mut |c| Ok::<f64, ()>(response(c))).unwrap()
    }

    #[test]
    fn half_and_slope_of_hill_curves() {
        let rises = |c: f64| c.powf(1.5) / (c.powf(1.5) + 2_f64.powf(1.5));
        let falls = |c: f64| 3.0 / (1.0 + c / 5.0);
        assert!((of(Gives::Half, rises) / 2.0 - 1.0).abs() < 1e-3);
        assert!((of(Gives::Slope, rises) / 1.5 - 1.0).abs() < 1e-3);
        assert!((of(Gives::Half, falls) / 5.0 - 1.0).abs() < 1e-3);
        assert!((of(Gives::Slope, falls) - 1.0).abs() < 1e-3);
        assert!((of(Gives::Maximum, rises) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn an_effect_that_is_not_reached_is_no_number() {
        assert!(of(Gives::Half, |c| 3.0 / (1.0 + c / 1e9)).is_nan());
        assert!(of(Gives::Half, |_| 1.0).is_nan());
    }
}
