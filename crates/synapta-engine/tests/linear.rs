//! Linear compartments, doses and restarts against exact solutions.

mod common;
use common::*;
use synapta_engine::*;

const CHAIN: &str = "compartment plasma = 5; species depot in plasma, blood in plasma; substanceOnly species depot;
    depot = 0; blood = 0; rate = 0; ka = 1.2; ke = 0.3;
    inflow: -> blood; rate; absorption: depot -> blood; ka*depot; elimination: blood -> ; ke*blood*plasma;";

/// The amount in `blood` a time after `depot` was given a unit.
fn bateman(t: f64, ka: f64, ke: f64) -> f64 {
    if t < 0.0 { 0.0 } else { ka / (ka - ke) * ((-ke * t).exp() - (-ka * t).exp()) }
}

/// The amount a time after a constant rate of one began.
fn infused(t: f64, ke: f64) -> f64 {
    if t < 0.0 { 0.0 } else { (1.0 - (-ke * t).exp()) / ke }
}

fn at(time: f64, actions: Vec<Action>) -> Stop {
    Stop { time, actions }
}

#[test]
fn a_chain_follows_its_exact_solution() {
    let program = program("A = 10; B = 0; C = 0; A -> B; 2*A; B -> C; 0.5*B;");
    let times: Vec<f64> = (0..=40).map(|i| f64::from(i) * 0.25).collect();
    let s = run(&program, &times, &["A", "B", "C"], &Schedule::none(), &tight(1e-8, 1e-10));
    for (t, row) in s.times.iter().zip(&s.values) {
        let a = 10.0 * (-2.0 * t).exp();
        let b = 10.0 * bateman(*t, 2.0, 0.5);
        for (got, exact) in row.iter().zip([a, b, 10.0 - a - b]) {
            assert!((got - exact).abs() < 1e-6, "{got} is not {exact} at {t}");
        }
    }
}

#[test]
fn daily_boluses_for_two_weeks() {
    let program = program(CHAIN);
    let depot = program.slot("depot").expect("a slot");
    let stops = (0..14).map(|d| at(24.0 * f64::from(d), vec![Action::Add(depot, 100.0)])).collect();
    let times: Vec<f64> = (0..=336).map(f64::from).collect();
    let s = run(&program, &times, &["blood"], &Schedule::new(stops), &tight(1e-8, 1e-8));
    for (t, row) in s.times.iter().zip(&s.values) {
        let exact: f64 = (0..14).map(|d| 20.0 * bateman(t - 24.0 * f64::from(d), 1.2, 0.3)).sum();
        assert!((row[0] - exact).abs() < 1e-6, "{} is not {exact} at {t}", row[0]);
    }
}

#[test]
fn doses_at_one_instant_and_at_the_start_add_up() {
    let program = program(CHAIN);
    let depot = program.slot("depot").expect("a slot");
    let dose = |t, x| at(t, vec![Action::Add(depot, x)]);
    let stops = vec![dose(0.0, 1.0), dose(0.0, 2.0), dose(3.0, 4.0), dose(3.0, 8.0)];
    let s = run(&program, &[0.0, 2.0, 3.0, 5.0], &["depot"], &Schedule::new(stops), &tight(1e-9, 1e-9));
    let expected =
        [3.0, 3.0 * (-2.4f64).exp(), 3.0 * (-3.6f64).exp() + 12.0, 3.0 * (-6.0f64).exp() + 12.0 * (-2.4f64).exp()];
    for (row, e) in s.values.iter().zip(expected) {
        assert!((row[0] - e).abs() < 1e-6, "{} is not {e}", row[0]);
    }
}

#[test]
fn an_output_at_a_stop_can_show_both_sides() {
    let program = program(CHAIN);
    let depot = program.slot("depot").expect("a slot");
    let stops = Schedule::new(vec![at(1.0, vec![Action::Add(depot, 1.0)])]);
    let settings = Settings { both_sides: true, ..tight(1e-8, 1e-8) };
    let s = run(&program, &[0.0, 1.0, 2.0], &["depot"], &stops, &settings);
    assert_eq!(s.times, [0.0, 1.0, 1.0, 2.0]);
    assert_eq!((s.values[1][0], s.values[2][0]), (0.0, 1.0));
}

#[test]
fn an_infusion_inside_an_infusion() {
    let program = program(CHAIN);
    let rate = program.slot("rate").expect("a slot");
    let change = |t, x| at(t, vec![Action::Add(rate, x)]);
    let stops = vec![change(1.0, 10.0), change(2.0, 5.0), change(3.0, -5.0), change(6.0, -10.0)];
    let times: Vec<f64> = (0..=40).map(|i| f64::from(i) * 0.25).collect();
    let s = run(&program, &times, &["blood"], &Schedule::new(stops), &tight(1e-9, 1e-9));
    for (t, row) in s.times.iter().zip(&s.values) {
        let one = |on: f64, off: f64| infused(t - on, 0.3) - infused(t - off, 0.3);
        let exact = (10.0 * one(1.0, 6.0) + 5.0 * one(2.0, 3.0)) / 5.0;
        assert!((row[0] - exact).abs() < 1e-7, "{} is not {exact} at {t}", row[0]);
    }
}

#[test]
fn setting_a_species_means_its_concentration() {
    let program = program(CHAIN);
    let (value, amount) = (program.slot("blood"), program.amount_slot("blood"));
    let stops = vec![
        at(0.0, vec![Action::Set(value.expect("a slot"), 2.0)]),
        at(1.0, vec![Action::Set(amount.expect("a slot"), 20.0)]),
    ];
    let s = run(&program, &[0.0, 1.0], &["blood"], &Schedule::new(stops), &tight(1e-8, 1e-8));
    assert_eq!(s.values, [[2.0], [4.0]]);
    assert_eq!(s.final_state.y[program.states().iter().position(|s| s.id == "blood").expect("a state")], 20.0);
}

#[test]
fn restarts_never_stall_on_tiny_states() {
    let program = program("A = 1e-300; B = 5e-324; C = 1; A -> B; 1e4*A; B -> C; 1e-3*B; C -> ; C;");
    let c = program.slot("A").expect("a slot");
    let dose = |t, x| at(t, vec![Action::Add(c, x)]);
    let stops = vec![dose(1.0, 1e-300), dose(1.0 + 1e-13, 1e12), dose(2.0, 1e-310), dose(3.0, 1e-8)];
    for settings in [Settings::default(), tight(1e-6, 1e-9)] {
        let s = run(&program, &[10.0], &["B"], &Schedule::new(stops.clone()), &settings);
        close(s.values[0][0], 1e12 * (-9e-3f64).exp(), 1e-4);
        assert!(s.stats.steps < 400, "{:?}", s.stats);
    }
}

#[test]
fn a_rate_that_depends_on_time() {
    let program = program("A = 1; A' = -A*cos(time) + exp(-time)*sin(3*time); B' = time^3; B = 0;");
    let coarse = run(&program, &[2.0], &["A", "B"], &Schedule::none(), &tight(1e-6, 1e-8));
    let fine = run(&program, &[2.0], &["A", "B"], &Schedule::none(), &tight(1e-11, 1e-13));
    close(coarse.values[0][0], fine.values[0][0], 1e-5);
    close(fine.values[0][1], 4.0, 1e-12);
    assert!(coarse.stats.steps < 40, "{:?}", coarse.stats);
}

#[test]
fn going_on_from_a_final_state_gives_the_same_run() {
    let program = program(CHAIN);
    let depot = program.slot("depot").expect("a slot");
    let schedule = Schedule::new(vec![at(2.0, vec![Action::Add(depot, 9.0)])]);
    let seen = [program.observable("blood", Form::Amount).expect("known")];
    let start = program.initial_state(&Overrides::none()).expect("start");
    let settings = tight(1e-9, 1e-9);
    let whole = program.simulate(&start, 8.0, &[8.0], &seen, &schedule, &settings).expect("run");
    let half = program.simulate(&start, 2.0, &[], &[], &schedule, &settings).expect("run");
    let none = Schedule::none();
    let rest = program.simulate(&half.final_state, 8.0, &[8.0], &seen, &none, &settings).expect("run");
    close(rest.values[0][0], whole.values[0][0], 1e-7);
}
