//! A run has the same bits in any lane of any width beside any company.

mod common;
use common::*;
use proptest::prelude::*;
use std::sync::Arc;
use synapta_engine::*;

/// Kinetics from milliseconds to days with powers, an event on a state, one with a delay, a condition in a formula, a
/// daily clock, a conserved sum that events and doses change, and a loss of pivots at the start.
const TEXT: &str = "compartment v = 2; species depot in v, plasma in v, signal in v, slow in v;
    depot = 0; plasma = 0.1; signal = 1; slow = 0.2; k = 800; kd = 0.3; n = 1.7; flag = 0; doses = 0;
    absorb: depot -> plasma; 1.1*depot*v; loss: plasma -> ; 2*plasma/(1.5 + plasma)*v;
    on: -> signal; k*plasma^n/(2 + plasma^n)*(1 + flag)*v; off: signal -> ; k*signal*v;
    making: -> slow; piecewise(0.02, signal > 0.4, 0.005)*v; decay: slow -> ; (0.01 + 0.004*sin(time))*slow*v;
    high: at (signal > kd): flag = 0.5;
    low: at 0.25 after (signal < 0.2): flag = 0;
    daily: at (time >= 24*(doses + 1)): depot = depot + 4, doses = doses + 1;
    species free in v, bound in v; free = 1; bound = 0; bind: free -> bound; v*3*plasma*free; unbind: bound -> free; v*0.7*bound;
    made: at (bound > 0.6): free = free + 0.5*bound;";

fn job(program: &Program, scale: f64, end: f64, doses: &[f64]) -> Job {
    let set = [("k", 800.0 * scale), ("kd", 0.3 / scale), ("n", 1.2 + 0.5 * scale), ("plasma", 0.1 * scale)];
    let state = program.initial_state(&set.into_iter().collect()).expect("a start");
    let depot = program.amount_slot("depot").expect("the depot");
    let stops = doses.iter().map(|t| Stop { time: *t, actions: vec![Action::Add(depot, 5.0 * scale)] }).collect();
    let output_times: Vec<f64> = (0..=20).map(|i| end * f64::from(i) / 20.0).collect();
    Job { state, end, output_times: output_times.into(), schedule: Arc::new(Schedule::new(stops)) }
}

fn through_lanes(program: &Program, jobs: &[Job], width: usize) -> Vec<Option<Result<Record, SimError>>> {
    let seen: Vec<Observable> = ["plasma", "signal", "slow", "on", "free", "bound"]
        .iter()
        .filter_map(|n| program.observable(n, Form::Default))
        .collect();
    let mut found: Vec<_> = jobs.iter().map(|_| None).collect();
    let mut feed = jobs.iter().cloned();
    let settings = Settings::default();
    program.simulate_many(&mut feed, &seen, &settings, width, &mut |i, result| found[i] = Some(result));
    found
}

/// Times, values, final states, and what it cost.
type Bits = (Vec<u64>, Vec<u64>, Vec<u64>, Stats);

/// All bits of a record, so that zeros of different sign or different not-a-numbers count as different.
fn bits(result: &Result<Record, SimError>) -> Result<Bits, SimError> {
    let of = |v: &[f64]| v.iter().map(|x| x.to_bits()).collect::<Vec<u64>>();
    let record = result.as_ref().map_err(Clone::clone)?;
    Ok((of(&record.times), of(&record.values), of(&record.final_state.y), record.stats))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn every_width_gives_the_same_bits(
        subjects in prop::collection::vec((0.3..3.0f64, 1.0..60.0f64, prop::collection::vec(0.0..50.0f64, 0..4)), 1..30),
    ) {
        let program = program(TEXT);
        let jobs: Vec<Job> = subjects.iter().map(|(scale, end, doses)| job(&program, *scale, *end, doses)).collect();
        let portable = program.clone().with_instruction_set("portable").expect("every machine has it");
        let alone = through_lanes(&portable, &jobs, 1);
        // Sets this machine does not have are left out.
        let programs = ["portable", "avx2", "avx512"].map(|set| program.clone().with_instruction_set(set));
        for program in programs.iter().flatten() {
            for width in [1, 4, 8, 16] {
                let beside = through_lanes(program, &jobs, width);
                for (i, (a, b)) in alone.iter().zip(&beside).enumerate() {
                    let (a, b) = (a.as_ref().expect("a result"), b.as_ref().expect("a result"));
                    prop_assert_eq!(bits(a), bits(b), "subject {} on {} lanes of {}", i, width, program.instruction_set());
                }
            }
        }
    }
}

#[test]
fn many_runs_equal_single_runs() {
    let program = program(TEXT);
    let jobs: Vec<Job> = (0..11).map(|i| job(&program, 0.5 + 0.2 * f64::from(i), 40.0, &[0.0, 7.5])).collect();
    let many = through_lanes(&program, &jobs, 8);
    let seen: Vec<Observable> = ["plasma", "signal", "slow", "on", "free", "bound"]
        .iter()
        .filter_map(|n| program.observable(n, Form::Default))
        .collect();
    for (job, many) in jobs.iter().zip(many) {
        let settings = Settings::default();
        let one = program.simulate(&job.state, job.end, &job.output_times, &seen, &job.schedule, &settings);
        let (one, many) = (one.expect("a run"), many.expect("a result").expect("a run"));
        assert_eq!(one.times, many.times);
        assert_eq!(one.values.concat(), many.values);
        assert_eq!(one.final_state, many.final_state);
        assert_eq!(one.stats, many.stats);
    }
}

#[test]
fn a_lane_forgets_the_conditions_of_its_last_run() {
    // Each run starts where the condition is false and ends where it is true.
    let program = program("x = 0; y = 0; r = 1; x' = r; y' = piecewise(5, x > 1, 2);");
    let state = |r: f64| program.initial_state(&[("r", r)].into_iter().collect()).expect("a start");
    let none = Arc::new(Schedule::none());
    let job = |r: f64| Job { state: state(r), end: 3.0, output_times: [].into(), schedule: none.clone() };
    let mut found = vec![];
    let mut jobs = [job(1.0), job(0.5), job(2.0)].into_iter();
    program.simulate_many(&mut jobs, &[], &Settings::default(), 1, &mut |_, r| {
        found.push(r.expect("a run").final_state.y[1]);
    });
    for (found, expected) in found.into_iter().zip([12.0, 9.0, 13.5]) {
        close(found, expected, 1e-9);
    }
}

#[test]
fn failing_jobs_are_handed_over_and_the_others_go_on() {
    let program = program("x = 1; r = 1; x' = r*x^2; y' = 1; y = 0;");
    let start = |r: f64| program.initial_state(&[("r", r)].into_iter().collect()).expect("a start");
    let job = |r: f64, end: f64| Job {
        state: start(r),
        end,
        output_times: [end].into(),
        schedule: Arc::new(Schedule::none()),
    };
    // x goes to infinity at time 1/r.
    let jobs =
        [job(0.1, 2.0), job(1.0, 2.0), job(0.1, -1.0), job(0.2, 2.0), job(0.1, 0.0), job(3.0, 2.0), job(0.3, 2.0)];
    for width in [1, 4, 8] {
        let mut found: Vec<Option<bool>> = vec![None; jobs.len()];
        program.simulate_many(&mut jobs.iter().cloned(), &[], &Settings::default(), width, &mut |i, r| {
            assert!(found[i].is_none(), "job {i} is handed over twice");
            found[i] = Some(r.is_ok());
        });
        let found: Vec<bool> = found.into_iter().map(|f| f.expect("every job is handed over")).collect();
        assert_eq!(found, [true, false, false, true, true, false, true], "{width} lanes");
    }
}

#[test]
fn unknown_instruction_sets_are_refused() {
    let error = program("x = 1; x' = -x;").with_instruction_set("neon").expect_err("no such set");
    assert!(error.to_string().contains("portable, avx2 or avx512"), "{error}");
}

#[test]
fn no_jobs_are_no_work() {
    let program = program("x = 1; x' = -x;");
    let mut calls = 0;
    program.simulate_many(&mut std::iter::empty(), &[], &Settings::default(), 8, &mut |_, _| calls += 1);
    assert_eq!(calls, 0);
}
