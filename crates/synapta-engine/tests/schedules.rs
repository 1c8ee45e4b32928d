//! Random dose schedules in linear models against exact solutions, and events that stand close together.

#[path = "schedules/close_events.rs"]
mod close_events;
mod common;
#[path = "schedules/compartments.rs"]
mod compartments;

use common::*;
use compartments::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use synapta_engine::*;

/// The same cases at every run.
fn for_all<S: Strategy>(cases: u32, strategy: S, check: impl Fn(S::Value)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let outcome = runner.run(&strategy, |case| {
        check(case);
        Ok(())
    });
    if let Err(e) = outcome {
        panic!("{e}");
    }
}

/// Largest rate of an infusion.
const FASTEST: f64 = 50.0;

/// What a dose does.
#[derive(Clone, Copy, Debug)]
enum Dose {
    /// An amount into the depot, the blood, or a tissue.
    Bolus(usize, f64),
    /// The rate of the infusion into the blood from here on.
    Rate(f64),
}

/// Hours from a dose to the next: none, less than any step, within a step or so, ordinary, or long after washout.
fn gap() -> impl Strategy<Value = f64> {
    prop_oneof![
        2 => Just(0.0),
        2 => Just(1e-9),
        2 => 1e-6..1e-3,
        4 => 0.01..2.0,
        4 => 2.0..48.0,
        1 => 300.0..3000.0,
    ]
}

fn dose() -> impl Strategy<Value = Dose> {
    prop_oneof![
        (0usize..3, -3.0..3.0).prop_map(|(place, exponent)| Dose::Bolus(place, 10f64.powf(exponent))),
        (0.0..FASTEST).prop_map(Dose::Rate),
        Just(Dose::Rate(0.0)),
    ]
}

fn timed(doses: Vec<(f64, Dose)>) -> Vec<(f64, Dose)> {
    let mut time = 0.0;
    let place = |(gap, dose): (f64, Dose)| {
        time += gap;
        (time, dose)
    };
    doses.into_iter().map(place).collect()
}

fn doses() -> impl Strategy<Value = Vec<(f64, Dose)>> {
    // The first gap is none in a third of the cases, so doses at the start are many.
    prop::collection::vec((gap(), dose()), 1..25).prop_map(timed)
}

/// Every dose's time, the middle of every gap, a little after every dose, and a day after the last.
fn looks(doses: &[(f64, Dose)]) -> Vec<f64> {
    let end = doses.last().map_or(0.0, |d| d.0) + 24.0;
    let mut times = vec![0.0, end];
    for pair in doses.windows(2) {
        times.extend([pair[0].0, 0.5 * (pair[0].0 + pair[1].0)]);
    }
    times.extend(doses.iter().map(|d| d.0 + 0.3).filter(|t| *t < end));
    times.sort_by(f64::total_cmp);
    times
}

/// Rows of amounts at these times, and how much had been given by then.
fn exact(model: &Compartments, doses: &[(f64, Dose)], times: &[f64]) -> Vec<(Vec<f64>, f64)> {
    let mut course = Course::new(model);
    let mut left = doses.iter().peekable();
    let mut rows = vec![];
    for time in times {
        while let Some((when, dose)) = left.next_if(|d| d.0 <= *time) {
            course.go_to(*when);
            match dose {
                Dose::Bolus(place, amount) => course.add(*place, *amount),
                Dose::Rate(rate) => course.set_rate(*rate),
            }
        }
        course.go_to(*time);
        rows.push((course.amounts(), course.given()));
    }
    rows
}

fn schedule(program: &Program, model: &Compartments, doses: &[(f64, Dose)]) -> Schedule {
    let slot = |name: &str| program.slot(name).expect("a slot");
    let action = |dose: &Dose| match dose {
        Dose::Bolus(place, amount) => Action::Add(slot(model.name(*place)), *amount),
        Dose::Rate(rate) => Action::Set(slot("rate"), *rate),
    };
    let stops = doses.iter().map(|(time, dose)| Stop { time: *time, actions: vec![action(dose)] });
    Schedule::new(stops.collect())
}

/// Holds rows of a run against the exact ones: each amount to 1e-8 of the largest anywhere, and given = left + gone
/// to rounding, that of the step's ends on the clock (times the rate of an infusion) included.
fn compare(solution: &Solution, exact: &[(Vec<f64>, f64)]) {
    let largest = exact.iter().flat_map(|(row, _)| row).fold(0.0f64, |a, b| a.max(*b));
    for ((time, row), (amounts, given)) in solution.times.iter().zip(&solution.values).zip(exact) {
        for (got, expected) in row.iter().zip(amounts) {
            let error = (got - expected).abs();
            assert!(error <= 1e-8 * largest, "{got} is not {expected} at {time}, {:e} of the largest", error / largest);
        }
        let sum: f64 = row.iter().sum();
        let rounding = 1e-12 * given + 1e-14 * time * FASTEST;
        assert!((sum - given).abs() <= rounding, "{sum} stands for {given} given, at {time}");
    }
}

#[test]
fn random_schedules_follow_the_exact_solution() {
    for_all(200, (compartments(), doses()), |(model, doses)| {
        let program = program(&model.text());
        let times = looks(&doses);
        let rows = exact(&model, &doses, &times);
        let stops = schedule(&program, &model, &doses);
        let settings = Settings { rtol: 1e-10, ..Settings::default() };
        compare(&run(&program, &times, &model.names(), &stops, &settings), &rows);
    });
}

#[test]
fn doses_written_as_events_do_what_stops_do() {
    for_all(60, (compartments(), doses()), |(model, doses)| {
        // An event at the start would have to be true before it; those doses stay stops.
        let (early, late): (Vec<_>, Vec<_>) = doses.iter().copied().partition(|d| d.0 == 0.0);
        let program = program(&model.text_with(&late.iter().map(|d| event(&model, d)).collect::<String>()));
        let times = looks(&doses);
        let rows = exact(&model, &doses, &times);
        let stops = schedule(&program, &model, &early);
        let settings = Settings { rtol: 1e-10, ..Settings::default() };
        let solution = run(&program, &times, &model.names(), &stops, &settings);
        assert_eq!(solution.stats.events, late.len() as u64);
        compare(&solution, &rows);
    });
}

/// Of events at one time the later in the text has the lower priority; a value is taken when its event acts, so that
/// two boluses at once both count.
fn event(model: &Compartments, (time, dose): &(f64, Dose)) -> String {
    let act = match dose {
        Dose::Bolus(place, amount) => format!("{0} = {0} + {amount:e}", model.name(*place)),
        Dose::Rate(rate) => format!("rate = {rate:e}"),
    };
    format!("at (time >= {time:e}), fromTrigger = false: {act};\n")
}
