//! Sensitivities of the shipped human model against differences of its own runs.

mod common;

use common::{ask, library, model};
use synapta_engine::{Action, Form, Observable, Program, Schedule, SensitiveSchedule, Settings, Sought, State, Stop};
use synapta_model::Id;
use synapta_study::arm::{doses_of_line, schedule};

const PARAMETERS: [&str; 3] = [
    "subject.ketamine.S.demethylation_rate",
    "subject.prefrontal.bdnf.mrna_decay_rate",
    "subject.prefrontal.synapse.consolidation_threshold",
];
const SEEN: [&str; 4] = [
    "subject.ketamine.plasma_ketamine_ug_per_L",
    "subject.prefrontal.free_bdnf",
    "subject.prefrontal.synapse.spine_density",
    "subject.connectivity",
];
const TIMES: [f64; 4] = [0.5, 4.0, 24.0, 48.0];

/// Values (time by observable) with the parameters set at the start of the run.
fn plain(program: &Program, start: &State, set: &[(Id, f64)], doses: &Schedule, seen: &[Observable]) -> Vec<Vec<f64>> {
    let slot = |id: &Id| program.slot(id).expect("a parameter");
    let actions = set.iter().map(|(id, value)| Action::Set(slot(id), *value)).collect();
    let mut stops = vec![Stop { time: start.time, actions }];
    stops.extend(doses.stops.iter().cloned());
    let settings = Settings { rtol: 1e-9, ..Settings::default() };
    program.simulate(start, 48.0, &TIMES, seen, &Schedule::new(stops), &settings).expect("a run").values
}

#[test]
fn the_patient_after_a_dose() {
    let patient = ask("trd").prepare();
    let names = &patient.dictionary.names;
    let id = |path: &&str| names.resolve(path).expect("a name of the model");
    let (parameters, seen): (Vec<Id>, Vec<Id>) = (PARAMETERS.iter().map(id).collect(), SEEN.iter().map(id).collect());
    let line = "0.5 mg/kg iv over 40 min";
    let (doses, _) = doses_of_line(&patient, library(), synapta_model::SourceId(0), line).expect("a sound line");
    let doses = schedule(&patient, library(), &doses).expect("a schedule");
    let program = &patient.program;
    let mut start = patient.state.clone();
    start.time = 0.0;
    start.restart(program);

    let sensitive = Program::compile_sensitivities(model("human"), &Sought::to(parameters.clone())).expect("a program");
    let columns: Vec<Observable> = seen.iter().map(|s| sensitive.observable(s, Form::Default).expect("it")).collect();
    let settings = Settings { rtol: 1e-7, ..Settings::default() };
    let state = sensitive.starting_from(&start).expect("the same model");
    let found = sensitive.simulate(&state, 48.0, &TIMES, &columns, &SensitiveSchedule::from(&doses), &settings);
    let found = found.expect("a run");

    let columns: Vec<Observable> = seen.iter().map(|s| program.observable(s, Form::Default).expect("it")).collect();
    let at = |k: usize| program.constants().iter().position(|c| c.id == parameters[k]).expect("a constant");
    let values: Vec<f64> = (0..parameters.len()).map(|k| start.p[at(k)]).collect();
    let run = |k: usize, value: f64| plain(program, &start, &[(parameters[k].clone(), value)], &doses, &columns);
    for (k, value) in values.iter().enumerate() {
        let central = |h: f64| {
            let (up, down) = (run(k, value + h), run(k, value - h));
            let pair = |(a, b): (f64, f64)| (a - b) / (2.0 * h);
            up.concat().into_iter().zip(down.concat()).map(pair).collect::<Vec<f64>>()
        };
        let (wide, narrow) = (central(2e-3 * value), central(1e-3 * value));
        let expected: Vec<f64> = wide.iter().zip(&narrow).map(|(w, n)| (4.0 * n - w) / 3.0).collect();
        for (i, name) in SEEN.iter().enumerate() {
            let of = |t: usize| expected[t * SEEN.len() + i];
            let size = (0..TIMES.len()).map(|t| of(t).abs()).fold(0.0, f64::max);
            let largest = found.values.iter().map(|row| row[i].abs()).fold(0.0, f64::max);
            for (t, time) in TIMES.iter().enumerate() {
                let slope = found.sensitivities[t][i][k];
                let allowed = 1e-4 * size + 1e-6 * largest / value.abs();
                let text = || format!("d {name} / d {} at {time} h is {slope}, not {}", PARAMETERS[k], of(t));
                assert!((slope - of(t)).abs() <= allowed, "{}", text());
            }
        }
    }
    let matters = |k: usize, i: usize| {
        let elasticity = found.sensitivities[3][i][k] * values[k] / found.values[3][i];
        assert!(elasticity.abs() > 1e-4, "{} does not matter for {}: {elasticity}", PARAMETERS[k], SEEN[i]);
    };
    matters(0, 0);
    matters(2, 2);
}
