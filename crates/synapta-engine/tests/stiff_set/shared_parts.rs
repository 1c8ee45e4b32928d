//! Rates of one state that are derivatives of another's rate.
//!
//! Right-hand side and derivatives share one tape. A derivative that is also a part of the right-hand side must keep the
//! value it has at the start of a step while later stages work the part out again.

use crate::common::*;
use synapta_engine::*;

/// The time derivative of `sin(time)` is a part of the other rate. That of a later stage costs
/// the run its order.
#[test]
fn a_time_derivative_that_is_a_part_of_another_rate_is_that_of_the_steps_start() {
    let text = "x = 0; z = 1; x' = sin(time); z' = z*cos(time);";
    let s = run(&program(text), &[10.0], &["x"], &Schedule::none(), &tight(1e-6, 1e-6));
    let error = (s.values[0][0] - (1.0 - 10f64.cos())).abs();
    assert!(error < 1e-5, "the time derivative of a later stage makes an error of {error:e} in {:?}", s.stats);
}

/// `100*a` is an entry of the Jacobian and a part of `r`. A step that was rejected is tried again with the entries of its
/// start: with one of a later stage their sum would not be zero, and a + b not be kept.
#[test]
fn a_rejected_step_is_tried_again_with_the_jacobian_of_its_start() {
    let text = "a = 1; b = 1e-3; r := 100*a*b; a' = -r; b' = r;";
    let settings = Settings { initial_step: Some(1.0), ..tight(1e-4, 1e-12) };
    let s = run(&program(text), &[0.2], &["a", "b"], &Schedule::none(), &settings);
    assert!(s.stats.rejected > 0);
    let drift = (s.values[0][0] + s.values[0][1] - 1.001).abs();
    assert!(drift < 1e-13, "the Jacobian of a later stage loses {drift:e} of a sum");
}
