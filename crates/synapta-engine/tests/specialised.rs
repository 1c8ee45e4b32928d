//! Programs made for runs that have most constants in common.

mod common;
use common::*;
use proptest::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;
use synapta_engine::*;
use synapta_model::{Id, Model};

/// Powers, a factor of zero, a constant that an event sets, one that follows from another, one that a stop sets, a conserved sum, a
/// condition.
const TEXT: &str = "compartment v = 2.5; species depot in v, plasma in v, signal in v, free in v, bound in v;
    depot = 4; plasma = 0.1; signal = 1; free = 1; bound = 0; ka = 1.3; ke = 0.4; n = 2; m = 1.5; half = 0.7; off = 0; boost = 0; late = 0;
    double := 2*ke; start = 3*ka; gain = start/2;
    absorb: depot -> plasma; ka*depot*v; loss: plasma -> ; double*plasma*v;
    on: -> signal; gain*plasma^n/(half^n + plasma^n)*(1 + boost)*v; decay: signal -> ; (0.2 + off*depot)*signal^m*v;
    bind: free -> bound; 3*plasma*free*v; unbind: bound -> free; piecewise(0.5, late > 0.5, 0.1)*bound*v;
    high: at (signal > 1.2): boost = 0.5;";
const SEEN: [&str; 8] = ["plasma", "signal", "on", "free", "bound", "gain", "v", "off"];

fn model(text: &str) -> Model {
    let parsed = synapta_antimony::parse(&synapta_antimony::NoImports, "test.ant", text);
    parsed.model.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics))
}

fn start(program: &Program, set: &[(&str, f64)]) -> State {
    program.initial_state(&set.iter().copied().collect()).expect("a start")
}

fn ids(names: &[&str]) -> HashSet<Id> {
    names.iter().map(|n| Id::from(*n)).collect()
}

/// One dose, and a switch that a stop throws.
fn stops(program: &Program) -> Schedule {
    let (depot, late) = (program.amount_slot("depot").expect("the depot"), program.slot("late").expect("a constant"));
    let stop = |time, action| Stop { time, actions: vec![action] };
    Schedule::new(vec![stop(2.0, Action::Add(depot, 3.0)), stop(4.0, Action::Set(late, 1.0))])
}

fn values(program: &Program, state: &State) -> Result<Vec<Vec<f64>>, SimError> {
    let times: Vec<f64> = (0..=20).map(|i| 0.5 * f64::from(i)).collect();
    let seen: Vec<Observable> =
        SEEN.iter().map(|n| program.observable(n, Form::Default).unwrap_or_else(|| panic!("no {n}"))).collect();
    Ok(program.simulate(state, 10.0, &times, &seen, &stops(program), &tight(1e-9, 1e-12))?.values)
}

fn made_for(model: &Model, free: &[&str]) -> (Program, Program) {
    let whole = Program::compile(model).expect("it compiles");
    let like = start(&whole, &[]);
    let lean = whole.specialised(model, &like, &ids(free), &stops(&whole)).expect("it compiles");
    (whole, lean)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_program_for_a_table_gives_what_the_models_own_gives(
        ka in 0.3..3.0f64, half in 0.2..2.0f64, plasma in 0.0..1.0f64, free in prop::sample::subsequence(vec!["m", "ke", "v", "n"], 0..=4),
    ) {
        let model = model(TEXT);
        let columns: Vec<&str> = ["ka", "half", "plasma"].into_iter().chain(free).collect();
        let (whole, lean) = made_for(&model, &columns);
        let state = start(&whole, &[("ka", ka), ("half", half), ("plasma", plasma)]);
        prop_assert!(lean.suits(&state, &stops(&lean)));
        let (wanted, found) = (values(&whole, &state).expect("a run"), values(&lean, &state).expect("a run"));
        for (w, f) in wanted.iter().flatten().zip(found.iter().flatten()) {
            prop_assert!((w - f).abs() <= 1e-7 * (1.0 + w.abs()), "{f} is not {w}");
        }
    }
}

#[test]
fn fixed_constants_leave_fewer_instructions() {
    let (whole, lean) = made_for(&model(TEXT), &["ka"]);
    let ((a, b, c), (x, y, z)) = (whole.instruction_counts(), lean.instruction_counts());
    assert!(z < c && x + y + z < a + b + c, "{:?} against {:?}", (x, y, z), (a, b, c));
}

#[test]
fn a_run_with_another_value_of_a_fixed_constant_is_refused() {
    let (whole, lean) = made_for(&model(TEXT), &["ka"]);
    let state = start(&whole, &[("half", 0.8)]);
    assert!(!lean.suits(&state, &stops(&lean)));
    let error = values(&lean, &state).expect_err("half is fixed");
    assert!(error.to_string().contains("`half`"), "{error}");
    assert!(values(&whole, &state).is_ok());
}

#[test]
fn a_stop_that_sets_a_fixed_constant_is_refused() {
    let (whole, lean) = made_for(&model(TEXT), &["ka"]);
    let slot = lean.slot("ke").expect("a constant");
    let schedule = Schedule::new(vec![Stop { time: 1.0, actions: vec![Action::Set(slot, 1.0)] }]);
    assert!(!lean.suits(&start(&whole, &[]), &schedule));
}

#[test]
fn what_follows_from_a_free_constant_is_free() {
    let (whole, lean) = made_for(&model(TEXT), &["ka"]);
    // `gain` starts as 3*ka/2.
    let state = start(&whole, &[("ka", 2.0)]);
    assert!(lean.suits(&state, &stops(&lean)));
    close(values(&lean, &state).expect("a run")[0][5], 3.0, 1e-12);
}

#[test]
fn lanes_of_a_program_for_a_table_agree_to_the_last_bit() {
    let (whole, lean) = made_for(&model(TEXT), &["ka"]);
    let seen: Vec<Observable> = SEEN.iter().filter_map(|n| lean.observable(n, Form::Default)).collect();
    let job = |k: u32| {
        let state = start(&whole, &[("ka", 0.5 + 0.1 * f64::from(k))]);
        Job { state, end: 10.0, output_times: Arc::new([2.5, 5.0, 10.0]), schedule: Arc::new(stops(&lean)) }
    };
    let of = |width: usize| {
        let mut found = vec![vec![]; 11];
        let mut jobs = (0..11).map(job);
        lean.simulate_many(&mut jobs, &seen, &Settings::default(), width, &mut |i, r| {
            found[i] = r.expect("a run").values.iter().map(|v| v.to_bits()).collect();
        });
        found
    };
    assert_eq!(of(1), of(8));
}
