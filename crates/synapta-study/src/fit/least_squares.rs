//! Bounded least squares: Levenberg and Marquardt's method on coordinates between 0 and 1, with a prior around the start.
//!
//! Derivatives are differences, and all points of one are asked for together, so that their runs share a pool.

use super::symmetric::{eigen, inverse, solve};

/// Standard deviation of the prior, as a share of the range: the range is two of them to either side of its middle.
pub const PRIOR_SD: f64 = 0.25;
/// Step of a difference, as a share of the range.
const STEP: f64 = 0.02;
/// Relative gain in the sum of squares below which the fit has ended.
const GAIN: f64 = 1e-3;
/// Damping at the start, and its changes after a better and a worse point.
const DAMPING: f64 = 1e-2;
const EASED: f64 = 0.2;
const TIGHTENED: f64 = 5.0;
/// Worse points in a row after which nothing better is near.
const PATIENCE: usize = 6;

/// How a fit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The sum of squares falls no more.
    Settled,
    /// As many iterations as allowed.
    Iterations,
    /// Stopped from outside.
    Stopped,
}

impl End {
    /// One word or two for people.
    pub fn words(self) -> &'static str {
        match self {
            End::Settled => "settled",
            End::Iterations => "iterations used up",
            End::Stopped => "interrupted",
        }
    }
}

/// A finished fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Coordinates at the end, between 0 and 1.
    pub end: Vec<f64>,
    /// Residuals at the start, in standard errors.
    pub before: Vec<f64>,
    /// Residuals at the end.
    pub after: Vec<f64>,
    /// Derivatives of the residuals at the last point where they were taken, a row a residual.
    pub jacobian: Vec<Vec<f64>>,
    /// Iterations made.
    pub iterations: usize,
    /// How it ended.
    pub ended: End,
}

/// Coordinates and their residuals.
type Point = (Vec<f64>, Vec<f64>);

/// Residuals of several points.
pub type Residuals<'a, E> = &'a mut dyn FnMut(&[Vec<f64>]) -> Result<Vec<Vec<f64>>, E>;

/// Minimises the sum of squares of residuals and of departures from the start, over coordinates between 0 and 1.
///
/// # Errors
/// The first error of the residuals.
pub fn fit<E>(
    start: &[f64],
    iterations: usize,
    residuals: Residuals<'_, E>,
    stop: &dyn Fn() -> bool,
) -> Result<Fit, E> {
    let first = residuals(&[start.to_vec()])?.pop().unwrap_or_default();
    let mut fit = Fit {
        end: start.to_vec(),
        before: first.clone(),
        after: first,
        jacobian: vec![],
        iterations: 0,
        ended: End::Iterations,
    };
    let mut damping = DAMPING;
    while fit.iterations < iterations {
        if stop() {
            fit.ended = End::Stopped;
            return Ok(fit);
        }
        fit.jacobian = jacobian(&fit.end, &fit.after, residuals)?;
        fit.iterations += 1;
        let here = cost(start, &fit.end, &fit.after);
        let Some((point, after)) = better(start, &fit, here, &mut damping, residuals, stop)? else {
            fit.ended = if stop() { End::Stopped } else { End::Settled };
            return Ok(fit);
        };
        let gain = 1.0 - cost(start, &point, &after) / here;
        (fit.end, fit.after) = (point, after);
        if gain < GAIN {
            fit.ended = End::Settled;
            return Ok(fit);
        }
    }
    Ok(fit)
}

/// Sum of squares, the prior included.
fn cost(start: &[f64], point: &[f64], residuals: &[f64]) -> f64 {
    let prior = point.iter().zip(start).map(|(p, s)| ((p - s) / PRIOR_SD).powi(2));
    residuals.iter().map(|r| r * r).chain(prior).sum()
}

fn jacobian<E>(point: &[f64], here: &[f64], residuals: Residuals<'_, E>) -> Result<Vec<Vec<f64>>, E> {
    // Towards the middle, so that no point lies outside.
    let steps: Vec<f64> = point.iter().map(|p| if *p > 0.5 { -STEP } else { STEP }).collect();
    let moved = |i: usize| {
        let mut point = point.to_vec();
        point[i] += steps[i];
        point
    };
    let points: Vec<Vec<f64>> = (0..point.len()).map(moved).collect();
    let columns = residuals(&points)?;
    let row = |r: usize| columns.iter().zip(&steps).map(|(c, step)| (c[r] - here[r]) / step).collect();
    Ok((0..here.len()).map(row).collect())
}

/// A point with a smaller sum of squares, and its residuals; none if nothing better is near.
fn better<E>(
    start: &[f64],
    fit: &Fit,
    here: f64,
    damping: &mut f64,
    residuals: Residuals<'_, E>,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Point>, E> {
    let (normal, gradient) = normal(start, fit);
    for _ in 0..PATIENCE {
        if stop() {
            return Ok(None);
        }
        let point = step(&fit.end, &normal, &gradient, *damping);
        let after = residuals(std::slice::from_ref(&point))?.pop().unwrap_or_default();
        if cost(start, &point, &after) < here {
            *damping *= EASED;
            return Ok(Some((point, after)));
        }
        *damping *= TIGHTENED;
    }
    Ok(None)
}

/// Half the second and first derivatives of the sum of squares.
fn normal(start: &[f64], fit: &Fit) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut normal = information(&fit.jacobian, fit.end.len());
    let mut gradient: Vec<f64> = fit.end.iter().zip(start).map(|(p, s)| (p - s) / PRIOR_SD.powi(2)).collect();
    for (row, r) in fit.jacobian.iter().zip(&fit.after) {
        gradient.iter_mut().zip(row).for_each(|(g, j)| *g += j * r);
    }
    (0..fit.end.len()).for_each(|i| normal[i][i] += PRIOR_SD.powi(-2));
    (normal, gradient)
}

/// What the data say of the coordinates: the product of the derivatives with themselves.
fn information(jacobian: &[Vec<f64>], n: usize) -> Vec<Vec<f64>> {
    let entry = |i: usize, j: usize| jacobian.iter().map(|row| row[i] * row[j]).sum();
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

/// A damped step, in which coordinates that would leave stay at their bound.
fn step(point: &[f64], normal: &[Vec<f64>], gradient: &[f64], damping: f64) -> Vec<f64> {
    let stays = |i: usize| (point[i] <= 0.0 && gradient[i] > 0.0) || (point[i] >= 1.0 && gradient[i] < 0.0);
    let free: Vec<usize> = (0..point.len()).filter(|i| !stays(*i)).collect();
    let entry = |i: usize, j: usize| normal[i][j] * if i == j { 1.0 + damping } else { 1.0 };
    let part: Vec<Vec<f64>> = free.iter().map(|i| free.iter().map(|j| entry(*i, *j)).collect()).collect();
    let right: Vec<f64> = free.iter().map(|i| -gradient[*i]).collect();
    let mut out = point.to_vec();
    if let Some(moves) = solve(&part, &right) {
        free.iter().zip(moves).for_each(|(i, m)| out[*i] = (out[*i] + m).clamp(0.0, 1.0));
    }
    out
}

/// What the data tell of the coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Share of each coordinate's prior variance that the data take away: near 0 if they do not tell it.
    pub shares: Vec<f64>,
    /// Standard deviation of each coordinate after the fit, as a share of its range.
    pub sd: Vec<f64>,
    /// Singular values of the derivatives in units of the prior, the largest first; below 1 the data say less than the prior.
    pub singular: Vec<f64>,
    /// Direction of each in the coordinates.
    pub directions: Vec<Vec<f64>>,
}

impl Fit {
    /// What the data tell of the coordinates; of none, before any derivative was taken.
    pub fn told(&self) -> Told {
        let n = self.end.len();
        let data = information(&self.jacobian, n);
        let mut all = data.clone();
        (0..n).for_each(|i| all[i][i] += PRIOR_SD.powi(-2));
        let spread = inverse(&all);
        let variance = |i: usize| spread.as_ref().map_or(PRIOR_SD.powi(2), |s| s[i][i]);
        let eigen = eigen(&data);
        Told {
            shares: (0..n).map(|i| 1.0 - variance(i) / PRIOR_SD.powi(2)).collect(),
            sd: (0..n).map(|i| variance(i).sqrt()).collect(),
            singular: eigen.iter().map(|(value, _)| value.max(0.0).sqrt() * PRIOR_SD).collect(),
            directions: eigen.into_iter().map(|(_, direction)| direction).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Never = std::convert::Infallible;

    fn run(start: &[f64], of: &dyn Fn(&[f64]) -> Vec<f64>) -> Fit {
        let mut residuals =
            |points: &[Vec<f64>]| Ok::<_, Never>(points.iter().map(|p| of(p)).collect::<Vec<Vec<f64>>>());
        match fit(start, 50, &mut residuals, &|| false) {
            Ok(fit) => fit,
            Err(never) => match never {},
        }
    }

    /// Decay measured at ten times, precise enough that the prior hardly counts.
    fn decay(p: &[f64]) -> Vec<f64> {
        let at = |t: f64, height: f64, rate: f64| height * (-5.0 * rate * t).exp();
        (0..10).map(|i| f64::from(i) / 10.0).map(|t| 1e4 * (at(t, p[0], p[1]) - at(t, 0.8, 0.3))).collect()
    }

    #[test]
    fn a_decay_is_found() {
        let found = run(&[0.4, 0.6], &decay);
        assert_eq!(found.ended, End::Settled);
        assert!((found.end[0] - 0.8).abs() < 1e-3 && (found.end[1] - 0.3).abs() < 1e-3, "{:?}", found.end);
        assert!(found.told().shares.iter().all(|s| *s > 0.99));
    }

    #[test]
    fn a_bound_holds_and_the_rest_is_fitted() {
        let beyond = |p: &[f64]| vec![100.0 * (p[0] - 1.5), 100.0 * (p[1] - 0.2)];
        let found = run(&[0.5, 0.5], &beyond);
        assert_eq!(found.end[0], 1.0);
        assert!((found.end[1] - 0.2).abs() < 0.01, "{:?}", found.end);
    }

    #[test]
    fn what_the_data_do_not_tell_stays_and_is_named() {
        let blind = |p: &[f64]| vec![50.0 * (p[0] + p[1] - 1.2)];
        let found = run(&[0.4, 0.4, 0.7], &blind);
        assert!((found.end[2] - 0.7).abs() < 1e-9);
        assert!((found.end[0] - found.end[1]).abs() < 1e-6, "the sum is shared evenly");
        let told = found.told();
        assert!(told.shares[2].abs() < 1e-9 && told.shares[0] > 0.4 && told.shares[0] < 0.6);
        assert!(told.singular[0] > 1.0 && told.singular[1] < 1e-6 && told.singular[2] < 1e-6);
    }

    #[test]
    fn a_stopped_fit_keeps_what_it_has() {
        let mut residuals = |p: &[Vec<f64>]| Ok::<_, Never>(p.iter().map(|p| decay(p)).collect::<Vec<_>>());
        let Ok(stopped) = fit(&[0.4, 0.6], 50, &mut residuals, &|| true);
        assert_eq!((stopped.ended, stopped.iterations), (End::Stopped, 0));
        assert_eq!(stopped.end, [0.4, 0.6]);
    }

    #[test]
    fn an_error_of_the_runs_is_passed_on() {
        let mut residuals = |_: &[Vec<f64>]| Err::<Vec<Vec<f64>>, &str>("no run");
        assert_eq!(fit(&[0.5], 5, &mut residuals, &|| false), Err("no run"));
    }
}
