//! Events in SBML's meaning, and conditions in formulas.

mod common;
use common::*;
use synapta_engine::*;

fn at_times(text: &str, times: &[f64], name: &str) -> Vec<f64> {
    let s = run(&program(text), times, &[name], &Schedule::none(), &tight(1e-9, 1e-12));
    s.values.iter().map(|row| row[0]).collect()
}

#[track_caller]
fn expect(text: &str, times: &[f64], name: &str, expected: &[f64]) {
    let got = at_times(text, times, name);
    for ((g, e), t) in got.iter().zip(expected).zip(times) {
        assert!((g - e).abs() < 1e-6, "{name} is {g}, not {e}, at {t}");
    }
}

#[test]
fn a_time_trigger_fires_exactly_and_once() {
    expect("x = 0; x' = 1; at (time >= 24): x = 100;", &[23.9, 24.0, 25.0], "x", &[23.9, 100.0, 101.0]);
    expect("x = 0; x' = 1; at (time > 24): x = 100;", &[24.0, 25.0], "x", &[24.0, 101.0]);
    expect("x = 0; x' = 1; at (time == 5): x = 100;", &[5.0, 6.0], "x", &[100.0, 101.0]);
}

#[test]
fn a_state_trigger_is_located() {
    // x = exp(-t) crosses 0.3 at ln(1/0.3); then it decays from 5.
    let root = (1.0f64 / 0.3).ln();
    let late = 5.0 * (root - 2.0).exp();
    expect("x = 1; x' = -x; at (x < 0.3): x = 5;", &[root - 1e-3, 2.0], "x", &[0.3 * 1e-3f64.exp(), late]);
}

#[test]
fn the_truth_before_the_start_decides_about_time_zero() {
    expect("x = 1; at (x > 0): x = x + 10;", &[0.0, 1.0], "x", &[1.0, 1.0]);
    expect("x = 1; at (x > 0), t0 = false: x = x + 10;", &[0.0, 1.0], "x", &[11.0, 11.0]);
    expect("x = 1; at (time >= 0), t0 = false: x = x + 10;", &[0.0, 1.0], "x", &[11.0, 11.0]);
}

#[test]
fn a_delay_takes_values_from_the_trigger_or_the_end() {
    let delayed = |from: &str| format!("x = 0; y = 0; x' = 1; at 2 after (x > 1), fromTrigger = {from}: y = x;");
    expect(&delayed("true"), &[2.9, 3.0, 4.0], "y", &[0.0, 1.0, 1.0]);
    expect(&delayed("false"), &[2.9, 3.01, 4.0], "y", &[0.0, 3.0, 3.0]);
}

#[test]
fn an_event_that_is_not_persistent_is_called_off() {
    let pulse = |p: &str| format!("x = 0; y = 0; x' = 1; at 2 after (time >= 1 && time < 2), persistent = {p}: y = 1;");
    expect(&pulse("true"), &[2.5, 3.5], "y", &[0.0, 1.0]);
    expect(&pulse("false"), &[2.5, 3.5], "y", &[0.0, 0.0]);
}

#[test]
fn the_highest_priority_goes_first() {
    let text = "y = 1; a: at (time >= 1), priority = 1, fromTrigger = false: y = y * 10;
        b: at (time >= 1), priority = 2, fromTrigger = false: y = y + 1;";
    expect(text, &[2.0], "y", &[20.0]);
    let swapped = text.replace("priority = 1", "priority = 3");
    expect(&swapped, &[2.0], "y", &[11.0]);
}

#[test]
fn an_event_may_set_off_or_call_off_another() {
    expect("x = 0; y = 0; at (time >= 1): x = 1; at (x > 0.5): y = 7;", &[0.5, 1.0], "y", &[0.0, 7.0]);
    let text = "x = 0; y = 0; at (time >= 1), priority = 10: x = 1;
        at (time >= 1 && x < 0.5), persistent = false, priority = 1: y = 7;";
    expect(text, &[2.0], "y", &[0.0]);
    expect(&text.replace("persistent = false", "persistent = true"), &[2.0], "y", &[7.0]);
}

#[test]
fn events_set_concentrations_parameters_and_compartments() {
    let text = "compartment v = 2; species s in v; s = 3; k = 0; $s is \"s\"; at (time >= 1): v = 4, k = 5;
        at (time >= 2): s = 10; amount := s*v; const amount_unused = 0;";
    let text = &text.replace("$s is \"s\"; ", "").replace("const amount_unused = 0;", "");
    expect(text, &[0.5, 1.5, 2.5], "s", &[3.0, 1.5, 10.0]);
    expect(text, &[0.5, 1.5, 2.5], "amount", &[6.0, 6.0, 40.0]);
    expect(text, &[0.5, 1.5], "k", &[0.0, 5.0]);
}

#[test]
fn a_size_set_together_with_a_concentration_counts_first() {
    let text = "compartment v = 2; species s in v; s = 3; at (time >= 1): s = 1, v = 10; amount := s*v;";
    expect(text, &[0.5, 1.5], "amount", &[6.0, 10.0]);
}

#[test]
fn events_that_swap_read_before_they_write() {
    expect("a = 1; b = 2; at (time >= 1): a = b, b = a;", &[2.0], "a", &[2.0]);
    expect("a = 1; b = 2; at (time >= 1): a = b, b = a;", &[2.0], "b", &[1.0]);
}

#[test]
fn a_short_pulse_in_a_rule_is_not_stepped_over() {
    let text = "x = 0; rate := piecewise(1e6, time > 50 && time < 50.000001, 0); x' = rate;";
    expect(text, &[49.0, 100.0], "x", &[0.0, 1.0]);
}

#[test]
fn a_daily_pulse_written_with_rem_and_floor() {
    let text = |f: &str| format!("x = 0; x' = piecewise(1, {f}, 0);");
    let expected: Vec<f64> = (1..=10).map(f64::from).collect();
    let times: Vec<f64> = (1..=10).map(|d| 24.0 * f64::from(d) - 1.0).collect();
    expect(&text("time - 24*floor(time/24) < 1"), &times, "x", &expected);
    expect(&text("rem(time, 24) < 1"), &times, "x", &expected);
}

#[test]
fn a_condition_on_a_state_is_a_kink_the_integrator_meets() {
    // x rises at 1 to 2, then at 0.25.
    let text = "x = 0; x' = piecewise(1, x < 2, 0.25);";
    expect(text, &[1.0, 2.0, 6.0], "x", &[1.0, 2.0, 3.0]);
}

#[test]
fn a_pendulum_event_reinitialises() {
    // A ball that keeps 0.8 of its speed at each bounce; contacts at known times.
    let text = "h = 1; v = 0; h' = v; v' = -10; at (h <= 0): v = -0.8*v, h = 0;";
    let fall = (0.2f64).sqrt();
    let v0 = 10.0 * fall;
    let t = fall + 0.3;
    expect(text, &[t], "h", &[0.8 * v0 * 0.3 - 5.0 * 0.09]);
}

#[test]
fn a_sliding_condition_ends_in_a_clear_error_or_near_the_surface() {
    let p = program("x = 0; x' = piecewise(1, x < 1, -1);");
    let state = p.initial_state(&Overrides::none()).expect("start");
    let seen = [p.observable("x", Form::Default).expect("x")];
    let settings = Settings { max_steps: 20_000, ..Settings::default() };
    match p.simulate(&state, 2.0, &[2.0], &seen, &Schedule::none(), &settings) {
        Ok(s) => assert!((s.values[0][0] - 1.0).abs() < 1e-3),
        Err(e) => assert!(matches!(e, SimError::TooManySteps { .. }), "{e}"),
    }
}

#[test]
fn events_without_end_are_reported() {
    let p = program("x = 0; at (x < 0.5), t0 = false: x = 1; at (x > 0.5), t0 = false: x = 0;");
    let state = p.initial_state(&Overrides::none()).expect("start");
    let result = p.simulate(&state, 1.0, &[], &[], &Schedule::none(), &Settings::default());
    assert!(matches!(result, Err(SimError::EventLoop { .. })));
}

#[test]
fn a_dose_and_an_event_at_one_time_act_in_that_order() {
    let p = program("x = 0; at (time >= 1), fromTrigger = false: x = x * 2;");
    let x = p.slot("x").expect("a slot");
    let stops = Schedule::new(vec![Stop { time: 1.0, actions: vec![Action::Add(x, 3.0)] }]);
    let s = run(&p, &[2.0], &["x"], &stops, &Settings::default());
    assert_eq!(s.values[0][0], 6.0);
}
