//! Steady states.

mod common;
use common::*;
use synapta_engine::*;

fn rest(text: &str) -> Result<(Program, SteadyState), SimError> {
    let p = program(text);
    let state = p.initial_state(&Overrides::none()).expect("start");
    let s = p.steady_state(&state, &Settings::default())?;
    Ok((p, s))
}

fn value(p: &Program, s: &SteadyState, id: &str) -> f64 {
    s.state.y[p.states().iter().position(|x| x.id == id).expect("a state")]
}

#[test]
fn turnover_comes_to_production_over_loss() {
    let (p, s) = rest("x = 0; y = 5; -> x; 3; x -> ; 0.1*x; -> y; 1e-4*x; y -> ; 1e-6*y;").expect("rest");
    close(value(&p, &s, "x"), 30.0, 1e-8);
    close(value(&p, &s, "y"), 3000.0, 1e-8);
    assert!(s.residual < 1e-9 && s.stats.steps < 300, "{:?}", s);
}

#[test]
fn conserved_sums_keep_their_value() {
    let text = "a = 7; b = 2; c = 1; a + b -> c; 1e3*a*b; c -> a + b; 0.5*c;";
    let (p, s) = rest(text).expect("rest");
    let (a, b, c) = (value(&p, &s, "a"), value(&p, &s, "b"), value(&p, &s, "c"));
    close(a + c, 8.0, 1e-12);
    close(b + c, 3.0, 1e-12);
    close(1e3 * a * b, 0.5 * c, 1e-7);
}

#[test]
fn a_bistable_switch_stays_on_its_side() {
    let text = |x: f64| format!("x = {x}; x' = 0.05 + x^4/(1 + x^4) - 0.5*x;");
    let (p, low) = rest(&text(0.3)).expect("rest");
    let (_, high) = rest(&text(1.5)).expect("rest");
    assert!(value(&p, &low, "x") < 0.2 && value(&p, &high, "x") > 1.8);
}

#[test]
fn the_start_at_rest_is_found_at_once() {
    let (p, s) = rest("x = 30; -> x; 3; x -> ; 0.1*x;").expect("rest");
    close(value(&p, &s, "x"), 30.0, 1e-12);
    assert!(s.stats.steps < 10);
}

#[test]
fn growth_without_end_names_the_state() {
    let error = rest("x = 1; y = 1; x -> ; x; -> y; 2;").expect_err("no rest");
    let SimError::NoSteadyState { moving, .. } = error else { panic!("{error}") };
    assert_eq!((moving[0].0.as_str(), moving[0].2), ("y", 2.0));
}

#[test]
fn an_oscillation_is_no_rest() {
    let error = rest("x = 1; y = 0; x' = y; y' = -x;").expect_err("no rest");
    assert!(matches!(error, SimError::NoSteadyState { .. }), "{error}");
}

#[test]
fn time_in_a_rate_is_refused() {
    for text in ["x = 1; x' = sin(time) - x;", "x = 1; u := piecewise(1, time > 5, 0); x' = u - x;"] {
        let error = rest(text).expect_err("depends on time");
        assert!(matches!(&error, SimError::TimeDependent { state } if state == "x"), "{error}");
    }
}

#[test]
fn events_at_a_time_do_not_count() {
    let (p, s) = rest("x = 0; -> x; 1; x -> ; x; at (time >= 3): x = 50;").expect("rest");
    close(value(&p, &s, "x"), 1.0, 1e-9);
    assert_eq!(s.state.time, 0.0);
}

#[test]
fn a_condition_in_a_formula_may_turn_on_the_way() {
    let (p, s) = rest("x = 0; x' = piecewise(1, x < 2, 0.5) - 0.1*x;").expect("rest");
    close(value(&p, &s, "x"), 5.0, 1e-8);
}

#[test]
fn time_that_has_no_effect_is_no_hindrance() {
    let text = "a = 0; x = 1; -> x; 3*(1 + a*sin(0.26*time)); x -> ; 0.1*x;
        n = 0; -> y; 1 + n*piecewise(1, rem(time, 24) < 8, 0); y = 1; y -> ; y;";
    let (p, s) = rest(text).expect("rest");
    close(value(&p, &s, "x"), 30.0, 1e-8);
    for on in ["a = 0;", "n = 0;"] {
        let error = rest(&text.replace(on, &on.replace('0', "0.5"))).expect_err("no rest");
        assert!(matches!(error, SimError::TimeDependent { .. }), "{error}");
    }
}

#[test]
fn a_start_at_rest_does_not_depend_on_rounding() {
    let (p, s) = rest("x = 0; y = 5; -> x; 3; x -> ; 0.1*x; -> y; 1e-4*x; y -> ; 1e-6*y;").expect("rest");
    let again = p.steady_state(&s.state, &Settings::default()).expect("rest");
    assert!(again.stats.factorisations < s.stats.factorisations, "{:?}", again.stats);
    for (a, b) in s.state.y.iter().zip(&again.state.y) {
        close(*a, *b, 1e-9);
    }
}

#[test]
fn a_guess_saves_the_way_and_gives_the_same_rest() {
    let text = "k = 3; n = 2.5; x = 0; y = 5; z = 0; -> x; k; x -> ; 0.1*x; -> y; 1e2*x^n/(10 + x^n); y -> ; 1e2*y;
        -> z; 1e-3*y; z -> ; 1e-3*z;";
    let p = program(text);
    let settings = Settings::default();
    let start = |k: f64| p.initial_state(&[("k", k)].into_iter().collect()).expect("start");
    let typical = p.steady_state(&start(3.0), &settings).expect("rest");
    for k in [0.5, 2.0, 3.3, 12.0] {
        let cold = p.steady_state(&start(k), &settings).expect("rest");
        let warm = p.steady_state_from(&start(k), &typical.state.y, &settings).expect("rest");
        for (a, b) in cold.state.y.iter().zip(&warm.state.y) {
            close(*a, *b, 1e-7);
        }
        assert_eq!(warm.state.p, start(k).p);
        assert!(warm.stats.steps < cold.stats.steps, "{:?} {:?}", warm.stats, cold.stats);
    }
}

#[test]
fn a_guess_at_an_unstable_state_is_left() {
    let p = program("x = 0.3; x' = 0.05 + x^4/(1 + x^4) - 0.5*x;");
    let state = p.initial_state(&Overrides::none()).expect("start");
    // Between the two stable states, at 0.9068, lies one from which every disturbance grows.
    let s = p.steady_state_from(&state, &[0.88], &Settings::default()).expect("rest");
    assert!(s.state.y[0] < 0.2, "{}", s.state.y[0]);
}
