//! Sensitivities against closed forms and finite differences.

mod common;
use common::*;
use synapta_engine::*;

fn sensitive(text: &str, sought: &Sought) -> SensitiveProgram {
    Program::compile_sensitivities(&model(text), sought).unwrap_or_else(|e| panic!("{:?}", e.diagnostics))
}

fn model(text: &str) -> synapta_model::Model {
    let parsed = synapta_antimony::parse(&synapta_antimony::NoImports, "test.ant", text);
    parsed.model.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics))
}

/// One comparison: a model, what is sought, and when and what is looked at.
struct Case<'a> {
    text: &'a str,
    parameters: &'a [&'a str],
    observables: &'a [&'a str],
    times: &'a [f64],
}

impl Case<'_> {
    fn settings(rtol: f64) -> Settings {
        Settings { rtol, ..Settings::default() }
    }

    fn solution(&self, settle: bool) -> SensitiveSolution {
        let program = sensitive(self.text, &Sought::to(self.parameters.iter().copied()));
        let settings = Case::settings(1e-9);
        let mut state = program.initial_state(&Overrides::none()).expect("a start");
        if settle {
            state = program.steady_state(&state, &settings).expect("a steady state").state;
        }
        let seen: Vec<Observable> =
            self.observables.iter().map(|n| program.observable(n, Form::Default).expect("it")).collect();
        let end = *self.times.last().expect("a time");
        let none = SensitiveSchedule::none();
        program.simulate(&state, end, self.times, &seen, &none, &settings).expect("a run")
    }

    /// Values (time by observable) of the plain program with parameter values.
    fn plain(&self, program: &Program, values: &[f64], settle: bool) -> Vec<Vec<f64>> {
        let set: Overrides = self.parameters.iter().map(|p| Id::from(*p)).zip(values.iter().copied()).collect();
        let settings = Case::settings(1e-11);
        let mut state = program.initial_state(&set).expect("a start");
        if settle {
            state = program.steady_state(&state, &settings).expect("a steady state").state;
        }
        let seen: Vec<Observable> =
            self.observables.iter().map(|n| program.observable(n, Form::Default).expect("it")).collect();
        let end = *self.times.last().expect("a time");
        program.simulate(&state, end, self.times, &seen, &Schedule::none(), &settings).expect("a run").values
    }

    fn check(&self, tolerance: f64) {
        self.compare(tolerance, false);
    }

    fn compare(&self, tolerance: f64, settle: bool) {
        let found = self.solution(settle);
        let program = program(self.text);
        let values = start_values(&program, self.parameters);
        let differences = differences(&values, &|v| self.plain(&program, v, settle));
        agree(&found, &differences, self, &values, tolerance);
    }
}

type Id = synapta_model::Id;

/// The values at the start of names, in the symbols' meaning.
fn start_values(program: &Program, names: &[&str]) -> Vec<f64> {
    let seen: Vec<Observable> = names.iter().map(|n| program.observable(n, Form::Default).expect("a name")).collect();
    let state = program.initial_state(&Overrides::none()).expect("a start");
    let settings = Settings::default();
    let values = program.simulate(&state, 0.0, &[0.0], &seen, &Schedule::none(), &settings).expect("a start").values;
    values[0].clone()
}

/// Central differences with Richardson extrapolation: derivatives (time by observable by parameter), each with how far
/// the last two estimates lie apart.
fn differences(values: &[f64], run: &dyn Fn(&[f64]) -> Vec<Vec<f64>>) -> Vec<Vec<Vec<(f64, f64)>>> {
    let base = run(values);
    let mut found = vec![vec![vec![(0.0, 0.0); values.len()]; base[0].len()]; base.len()];
    for k in 0..values.len() {
        let central = |h: f64| {
            let at = |x: f64| {
                let mut moved = values.to_vec();
                moved[k] += x;
                run(&moved)
            };
            let (up, down) = (at(h), at(-h));
            let pair = |(a, b): (&Vec<f64>, &Vec<f64>)| -> Vec<f64> {
                a.iter().zip(b).map(|(a, b)| (a - b) / (2.0 * h)).collect()
            };
            up.iter().zip(&down).map(pair).collect::<Vec<_>>()
        };
        let h = 2e-3 * values[k].abs().max(1e-3);
        let (wide, narrow, narrowest) = (central(h), central(h / 2.0), central(h / 4.0));
        for t in 0..base.len() {
            for i in 0..base[0].len() {
                let first = (4.0 * narrow[t][i] - wide[t][i]) / 3.0;
                let second = (4.0 * narrowest[t][i] - narrow[t][i]) / 3.0;
                let best = (16.0 * second - first) / 15.0;
                found[t][i][k] = (best, (best - second).abs());
            }
        }
    }
    found
}

/// Every sensitivity is its difference, relative to the largest of its kind over time. What is below 1e-8 of the
/// observable over the parameter is noise of the differences.
#[track_caller]
fn agree(
    found: &SensitiveSolution,
    expected: &[Vec<Vec<(f64, f64)>>],
    case: &Case<'_>,
    values: &[f64],
    tolerance: f64,
) {
    assert_eq!(found.times.len(), expected.len());
    let mut any = false;
    for (i, name) in case.observables.iter().enumerate() {
        for (k, parameter) in case.parameters.iter().enumerate() {
            let size = expected.iter().map(|row| row[i][k].0.abs()).fold(0.0, f64::max);
            let largest = found.values.iter().map(|row| row[i].abs()).fold(0.0, f64::max);
            let noise = 1e-8 * largest / values[k].abs().max(1e-3);
            any |= size > 1e2 * noise;
            for (t, time) in case.times.iter().enumerate() {
                let (s, (d, apart)) = (found.sensitivities[t][i][k], expected[t][i][k]);
                assert!(
                    (s - d).abs() <= tolerance * size + noise,
                    "d {name} / d {parameter} at {time} is {s}, not {d} (differences lie {apart:e} apart)"
                );
            }
        }
    }
    assert!(any, "nothing depends on anything");
}

#[test]
fn a_linear_chain_has_its_closed_form() {
    let text = "a = 3; b = 0; k = 0.7; l = 0.2; a' = -k*a; b' = k*a - l*b;";
    let case = Case { text, parameters: &["k", "l", "a"], observables: &["a", "b"], times: &[0.0, 0.5, 2.0, 9.0] };
    let s = case.solution(false).sensitivities;
    let (a0, k, l) = (3.0f64, 0.7f64, 0.2f64);
    for (t, row) in case.times.iter().zip(&s) {
        let (ek, el) = ((-k * t).exp(), (-l * t).exp());
        // b = a0 k (el - ek) / (k - l)
        let b = a0 * k * (el - ek) / (k - l);
        let b_k = a0 * ((el - ek) + k * t * ek) / (k - l) - b / (k - l);
        let b_l = -a0 * k * t * el / (k - l) + b / (k - l);
        let expected = [[-a0 * t * ek, 0.0, ek], [b_k, b_l, b / a0]];
        for (found, expected) in row.iter().zip(&expected) {
            for (f, e) in found.iter().zip(expected) {
                assert!((f - e).abs() < 2e-8, "{f} is not {e} at {t}");
            }
        }
    }
}

#[test]
fn stiff_kinetics_with_powers_and_saturation() {
    let text = "compartment v = 2; species s in v, e in v, c in v, p in v; s = 3; e = 0.02; c = 0; p = 0.1;
        on: s + e -> c; v*(4e3*s*e - off*c); off = 2; make: c -> e + p; v*kcat*c; kcat = 50;
        loss: p -> ; v*vmax*p^n/(km^n + p^n); n = 2.3; km = 0.6; vmax = 0.4;
        back: p -> s; v*0.1*p^0.5;";
    let case = Case {
        text,
        parameters: &["off", "kcat", "n", "km", "vmax", "s", "e", "v"],
        observables: &["s", "c", "p", "loss"],
        times: &[0.001, 0.1, 1.0, 5.0, 40.0],
    };
    case.check(1e-6);
}

#[test]
fn an_event_at_a_threshold_of_a_state() {
    let text = "x = 5; y = 0; k = 0.4; low = 2; gain = 3; x' = -k*x; y' = 0.1*x - 0.05*y;
        at (x < low): x = x + gain*y, y = y/2;";
    let case = Case { text, parameters: &["k", "low", "gain", "x"], observables: &["x", "y"], times: &[1.0, 4.0, 9.0] };
    case.check(1e-6);
}

#[test]
fn an_event_at_a_time_that_is_a_parameter() {
    let text = "x = 1; k = 0.3; when = 2.5; dose = 4; seen = 0; x' = -k*x; at (time >= when): x = x + dose, seen = x;
        z = 0; z' = seen - z;";
    let case = Case {
        text,
        parameters: &["k", "when", "dose", "x"],
        observables: &["x", "z", "seen"],
        times: &[1.0, 2.4, 2.6, 7.0],
    };
    case.check(1e-6);
}

#[test]
fn conditions_in_formulas() {
    let text = "x = 1; y = 0; a = 0.9; t1 = 3.2; cut = 0.3; period = 1.7;
        x' = piecewise(-a*x, time < t1, 0.5 - x); y' = piecewise(2, x < cut, floor(time/period) + rem(time, period));";
    let case = Case {
        text,
        parameters: &["a", "t1", "cut", "period", "x"],
        observables: &["x", "y"],
        times: &[0.5, 2.0, 3.0, 4.5, 8.0],
    };
    case.check(1e-6);
}

#[test]
fn a_delayed_event_with_values_from_either_end() {
    for from in ["true", "false"] {
        let text = format!(
            "x = 0.2; y = 0; k = 0.5; high = 1; wait = 0.8; x' = k*(2 - x); y' = x - 0.3*y;
            at (wait*(1 + y)) after (x > high), fromTrigger = {from}: y = 5*x, x = x*y/2 + time;"
        );
        let text = text.as_str();
        let case = Case {
            text,
            parameters: &["k", "high", "wait", "x"],
            observables: &["x", "y"],
            times: &[1.0, 2.0, 3.5, 8.0],
        };
        case.check(1e-6);
    }
}

#[test]
fn an_event_sets_off_another() {
    let text = "x = 1; y = 1; n = 0; level = 0.5; x' = -0.6*x; y' = 0.2*x + n; n' = -0.1*n;
        first: at (x < level): n = n + 2*x + y; second: at (n > 1): x = 2*y + n;";
    Case { text, parameters: &["level", "x", "y"], observables: &["x", "y", "n"], times: &[1.0, 2.0, 6.0] }.check(1e-6);
}

#[test]
fn a_pre_equilibrated_run_with_a_conserved_sum() {
    let text = "species a, b, c, d; a = 2; b = 0.5; c = 0; d = 1; kf = 3; kr = 1.2; kd = 0.4; inflow = 0.7; pulse = 0;
        f: a -> b; kf*a*(1 + pulse); r: b -> a; kr*b; s: -> c; inflow*b; t: c -> ; kd*c^2; dd: -> d; c - d;
        at (time >= 1): pulse = 4;";
    let case = Case {
        text,
        parameters: &["kf", "kr", "kd", "inflow", "a", "b", "c"],
        observables: &["a", "b", "c", "d"],
        times: &[0.0, 0.9, 1.5, 6.0],
    };
    case.compare(1e-6, true);
}

#[test]
fn a_steady_state_that_keeps_what_the_way_there_decided() {
    // a decays to b at rate k, to c at rate l: b ends at k/(k + l).
    let text = "species a, b, c; a = 1; b = 0; c = 0; k = 2; l = 3; j1: a -> b; k*a; j2: a -> c; l*a;";
    let program = sensitive(text, &Sought::to(["k", "l", "a"]));
    let state = program.initial_state(&Overrides::none()).expect("a start");
    let rest = program.steady_state(&state, &Case::settings(1e-9)).expect("a steady state").state;
    let b = program.states().iter().position(|s| s.id == "b").expect("a state");
    let (k, l) = (2.0, 3.0);
    let expected = [l / (k + l) / (k + l), -k / (k + l) / (k + l), k / (k + l)];
    for (parameter, expected) in expected.into_iter().enumerate() {
        let found = rest.sensitivities(parameter)[b];
        close(found, expected, 1e-9);
    }
}

#[test]
fn initial_assignments_and_observables_depend_on_parameters() {
    let text =
        "compartment v = 2; species s in v; a = 1.5; b = a^2; s = b/3; u = exp(-a); w := a*s + u*time/v; s' = -b*s*u;
        total := s*v + a;";
    let case =
        Case { text, parameters: &["a", "v", "u"], observables: &["s", "w", "total", "b"], times: &[0.0, 0.7, 3.0] };
    case.check(1e-6);
}

#[test]
fn amounts_and_concentrations_in_a_compartment() {
    let text = "compartment v = 2; species s in v; species $b in v; species m in v; s = 3; amount m = 4 mole; b = 0.5;
        up: s -> m; v*k*s*b; k = 0.4; v' = 0.1*v; at (time >= 1): s = 2*m + b, b = m/4; at (time >= 2): v = k*10, m = 1;";
    let text = text.replace("amount m = 4 mole", "m = 4");
    let case = Case {
        text: &text,
        parameters: &["v", "k", "s", "b", "m"],
        observables: &["s", "m", "b", "up"],
        times: &[0.5, 1.5, 2.0, 4.0],
    };
    case.check(1e-6);
}

/// Doses by setting a rate (an infusion) and by adding, with amounts, a fraction and times as parameters.
#[test]
fn doses_and_their_times() {
    let text = "compartment v = 5; species c in v; species d in v; c = 0; d = 0; rate = 0; k = 0.3; ka = 1.1;
        absorb: d -> c; v*ka*d; out: c -> ; v*k*c/(1 + c); input: -> c; rate;";
    let values = [20.0, 0.6, 2.0, 1.5, 0.3]; // amount, fraction, start of the infusion, its length; k
    let times = [1.0, 2.5, 3.6, 4.2, 9.0, 12.0];
    let stops = |values: &[f64]| -> Vec<(f64, &'static str, f64)> {
        let (amount, fraction, start, length) = (values[0], values[1], values[2], values[3]);
        vec![
            (0.0, "add", fraction * amount),
            (start, "rate", amount / length),
            (start + length, "rate", 0.0),
            (8.0, "set", amount / 40.0),
        ]
    };
    let plain = program(text);
    let reference = differences(&values, &|v| {
        let slot = |n: &str| plain.slot(n).expect("a slot");
        let made = stops(v).into_iter().map(|(time, what, value)| {
            let action = match what {
                "add" => Action::Add(slot("d"), value),
                "rate" => Action::Set(slot("rate"), value),
                _ => Action::Set(slot("d"), value),
            };
            Stop { time, actions: vec![action] }
        });
        let state = plain.initial_state(&[("k", v[4])].into_iter().collect()).expect("a start");
        let seen: Vec<Observable> = ["c", "d"].iter().filter_map(|n| plain.observable(n, Form::Default)).collect();
        let schedule = Schedule::new(made.collect());
        plain.simulate(&state, 12.0, &times, &seen, &schedule, &Case::settings(1e-11)).expect("a run").values
    });
    let sought = Sought::default()
        .dosing("amount", 20.0)
        .dosing("fraction", 0.6)
        .dosing("start", 2.0)
        .dosing("length", 1.5)
        .carried_by("rate");
    let sought = Sought { parameters: [sought.parameters, vec![Parameter::Value("k".into())]].concat(), ..sought };
    let program = sensitive(text, &sought);
    let slot = |n: &str| program.slot(n).expect("a slot");
    let one = |time: f64, time_slopes: &[(usize, f64)], action: Action, slopes: &[(usize, f64)]| SensitiveStop {
        time,
        time_slopes: time_slopes.to_vec(),
        actions: vec![SensitiveAction { action, slopes: slopes.to_vec() }],
    };
    let (amount, fraction, start, length) = (values[0], values[1], values[2], values[3]);
    let rate = amount / length;
    let schedule = SensitiveSchedule::new(vec![
        one(0.0, &[], Action::Add(slot("d"), fraction * amount), &[(0, fraction), (1, amount)]),
        one(start, &[(2, 1.0)], Action::Set(slot("rate"), rate), &[(0, 1.0 / length), (3, -rate / length)]),
        one(start + length, &[(2, 1.0), (3, 1.0)], Action::Set(slot("rate"), 0.0), &[]),
        one(8.0, &[], Action::Set(slot("d"), amount / 40.0), &[(0, 1.0 / 40.0)]),
    ]);
    let state = program.initial_state(&Overrides::none()).expect("a start");
    let seen: Vec<Observable> = ["c", "d"].iter().filter_map(|n| program.observable(n, Form::Default)).collect();
    let found = program.simulate(&state, 12.0, &times, &seen, &schedule, &Case::settings(1e-9)).expect("a run");
    let parameters = ["amount", "fraction", "start", "length", "k"];
    let case = Case { text, parameters: &parameters, observables: &["c", "d"], times: &times };
    agree(&found, &reference, &case, &values, 1e-6);
}

#[test]
fn a_parameter_set_by_a_stop_stops_to_matter() {
    let text = "x = 1; k = 0.5; x' = -k*x;";
    let program = sensitive(text, &Sought::to(["k"]));
    let stop = Stop { time: 1.0, actions: vec![Action::Set(program.slot("k").expect("k"), 2.0)] };
    let x = [program.observable("x", Form::Default).expect("x")];
    let state = program.initial_state(&Overrides::none()).expect("a start");
    let schedule = SensitiveSchedule::from(&Schedule::new(vec![stop]));
    let s = program.simulate(&state, 3.0, &[3.0], &x, &schedule, &Case::settings(1e-10)).expect("a run");
    // x = exp(-k) exp(-2 (t - 1))
    close(s.sensitivities[0][0][0], -(-0.5f64 - 4.0).exp(), 1e-8);
}

#[test]
fn a_run_goes_on_from_the_state_of_another() {
    let text = "x = 3; y = 0; k = 0.4; x' = -k*x; y' = k*x; at (1.5 + k) after (x < 2): y = y*k;";
    let program = sensitive(text, &Sought::to(["k", "x"]));
    let y = [program.observable("y", Form::Default).expect("y")];
    let state = program.initial_state(&Overrides::none()).expect("a start");
    let (none, settings) = (SensitiveSchedule::none(), Case::settings(1e-10));
    let whole = program.simulate(&state, 5.0, &[5.0], &y, &none, &settings).expect("a run");
    let first = program.simulate(&state, 2.0, &[], &y, &none, &settings).expect("the first part").final_state;
    let second = program.simulate(&first, 5.0, &[5.0], &y, &none, &settings).expect("the second part");
    for k in 0..2 {
        close(second.sensitivities[0][0][k], whole.sensitivities[0][0][k], 1e-7);
    }
}

#[test]
fn a_plain_state_depends_on_nothing_but_what_is_asked_for() {
    let text = "compartment v = 2; species s in v; s = 3; k = 0.4; b = k^2; s' = -k*s - b;";
    let plain = program(text);
    let state = plain.initial_state(&Overrides::none()).expect("a start");
    let program = sensitive(text, &Sought::to(["k", "s"]));
    let start = program.starting_from(&state).expect("the same model");
    let s = [program.observable("s", Form::Default).expect("s")];
    let (none, settings) = (SensitiveSchedule::none(), Case::settings(1e-10));
    let found = program.simulate(&start, 1.0, &[0.0, 1.0], &s, &none, &settings).expect("a run");
    // s = (s0 + b/k) exp(-k t) - b/k, b as it was.
    let (k, b, s0) = (0.4f64, 0.4f64 * 0.4, 3.0);
    let expected = -b / k / k * ((-k).exp() - 1.0) - (s0 + b / k) * (-k).exp();
    close(found.sensitivities[0][0][1], 1.0, 1e-12);
    close(found.sensitivities[1][0][0], expected, 1e-8);
    close(found.sensitivities[1][0][1], (-k).exp(), 1e-8);
    assert!(program.starting_from(&plain_of_another()).is_err());
}

fn plain_of_another() -> State {
    program("x = 1; x' = 1;").initial_state(&Overrides::none()).expect("a start")
}

#[test]
fn the_gradient_of_the_sum_of_squares() {
    let text = "x = 2; y = 0; k = 0.5; l = 0.3; x' = -k*x^1.5; y' = k*x^1.5 - l*y;";
    let program = sensitive(text, &Sought::to(["k", "l"]));
    let names = ["x", "y"];
    let seen: Vec<Observable> = names.iter().filter_map(|n| program.observable(n, Form::Default)).collect();
    let measured = [(0, 1.0, 1.1, 4.0), (1, 1.0, 0.9, 9.0), (1, 3.0, 1.2, 2.0), (0, 6.0, 0.2, 1.0)];
    let measured = measured.map(|(observable, time, value, weight)| Measurement { observable, time, value, weight });
    let fit = |k: f64, l: f64| {
        let state = program.initial_state(&[("k", k), ("l", l)].into_iter().collect()).expect("a start");
        program.fit(&state, &measured, &seen, &SensitiveSchedule::none(), &Case::settings(1e-11)).expect("a fit")
    };
    let here = fit(0.5, 0.3);
    let h = 1e-4;
    close(here.gradient[0], (fit(0.5 + h, 0.3).sum - fit(0.5 - h, 0.3).sum) / (2.0 * h), 1e-6);
    close(here.gradient[1], (fit(0.5, 0.3 + h).sum - fit(0.5, 0.3 - h).sum) / (2.0 * h), 1e-6);
    assert_eq!(here.differences.len(), 4);
    assert!(here.curvature[0][0] > 0.0);
    close(here.curvature[0][1], here.curvature[1][0], 1e-14);
    let state = program.initial_state(&Overrides::none()).expect("a start");
    for bad in [
        Measurement { observable: 7, ..measured[0] },
        Measurement { value: f64::NAN, ..measured[0] },
        Measurement { weight: -1.0, ..measured[0] },
        Measurement { time: f64::NAN, ..measured[0] },
    ] {
        let found = program.fit(&state, &[bad], &seen, &SensitiveSchedule::none(), &Settings::default());
        assert!(matches!(found, Err(SimError::BadRequest { .. })), "{bad:?}");
    }
}

/// A clock, an event on a state with a threshold, a delay, a condition and a dose.
const LANES: &str = "depot = 0; x = 0.3; y = 1; k = 0.7; high = 0.8; wait = 0.4; when = 3.1; n = 1.6;
    depot' = -1.2*depot; x' = 1.2*depot - k*x^n/(0.5 + x^n); y' = piecewise(0.3, x > high, -0.1)*y;
    rise: at wait after (x > high): y = y + x; daily: at (time >= when): depot = depot + 2;";

#[test]
fn every_width_gives_the_same_bits() {
    let program = sensitive(LANES, &Sought::to(["k", "high", "wait", "when", "x"]).dosing("dose", 3.0));
    let seen: Vec<Observable> = ["x", "y"].iter().filter_map(|n| program.observable(n, Form::Default)).collect();
    let job = |i: usize| {
        let set = [("k", 0.5 + 0.05 * i as f64), ("n", 1.2 + 0.1 * i as f64)].into_iter().collect();
        let dose = SensitiveAction {
            action: Action::Add(program.slot("depot").expect("the depot"), 3.0),
            slopes: vec![(5, 1.0)],
        };
        let stop = SensitiveStop { time: 0.1 * i as f64, time_slopes: vec![], actions: vec![dose] };
        SensitiveJob {
            state: program.initial_state(&set).expect("a start"),
            end: 6.0 + i as f64,
            output_times: (0..12).map(|t| f64::from(t) / 2.0).collect(),
            schedule: SensitiveSchedule::new(vec![stop]).into(),
        }
    };
    let jobs: Vec<SensitiveJob> = (0..13).map(job).collect();
    let settings = Settings::default();
    let through = |width: usize| {
        let mut found = vec![None; jobs.len()];
        program.simulate_many(&mut jobs.iter().cloned(), &seen, &settings, width, &mut |i, r| found[i] = Some(r));
        found.into_iter().map(|r| r.expect("a result").expect("a run")).collect::<Vec<SensitiveSolution>>()
    };
    let bits = |s: &SensitiveSolution| {
        let all = s.sensitivities.concat().concat().into_iter().chain(s.values.concat());
        all.map(f64::to_bits).collect::<Vec<u64>>()
    };
    let alone = through(1);
    for (job, alone) in jobs.iter().zip(&alone) {
        let single = program.simulate(&job.state, job.end, &job.output_times, &seen, &job.schedule, &settings);
        assert_eq!(&single.expect("a run"), alone);
    }
    for width in [4, 8] {
        for (a, b) in alone.iter().zip(&through(width)) {
            assert_eq!(bits(a), bits(b), "{width} lanes");
            assert_eq!(a.stats, b.stats);
        }
    }
}

#[track_caller]
fn refused(text: &str, sought: &Sought, code: &str) {
    let found = Program::compile_sensitivities(&model(text), sought).expect_err("an error");
    assert!(found.diagnostics.iter().any(|d| d.code == code), "{found}");
}

#[test]
fn what_has_no_sensitivity_is_refused() {
    let text = "x = 1; k = 2; r := 2*k; x' = -r*x;";
    refused(text, &Sought::to(["kk"]), "sensitivity-parameter");
    refused(text, &Sought::to(["r"]), "sensitivity-parameter");
    refused(text, &Sought::to(["k"]).carried_by("r"), "sensitivity-carrier");
    refused(text, &Sought::to(["k"]).dosing("dose", 0.0), "sensitivity-scale");
    let mut odd = model("x = 1; y = 1; x' = -x; at (x < 0): y = 2;");
    odd.events[0].trigger = odd.rules[0].math.clone();
    let found = Program::compile_sensitivities(&odd, &Sought::to(["x"])).expect_err("an error");
    assert!(found.diagnostics.iter().any(|d| d.code == "sensitivity-trigger"), "{found}");
}

fn failure(text: &str, parameters: &[&str], end: f64) -> SimError {
    let program = sensitive(text, &Sought::to(parameters.iter().copied()));
    let state = program.initial_state(&Overrides::none()).expect("a start");
    program.simulate(&state, end, &[], &[], &SensitiveSchedule::none(), &Settings::default()).expect_err("an error")
}

#[test]
fn events_that_fall_together_by_chance_have_no_derivative() {
    let text = "x = 1; a = 2; b = 2; x' = -x; one: at (time >= a): x = x + 1; two: at (time >= b): x = 2*x;";
    let found = failure(text, &["a"], 5.0);
    assert!(matches!(found, SimError::Coincidence { time: 2.0, .. }), "{found}");
    assert!(found.to_string().contains("event `one`"), "{found}");
}

#[test]
fn events_that_fall_together_by_nature_have_a_derivative() {
    let text = "x = 1; a = 2.2; x' = -0.3*x; y = 0; y' = piecewise(x, time >= a, 0);
        one: at (time >= a), priority = 2: x = x + 1; two: at (time > a - 0), priority = 1, fromTrigger = false: x = 2*x;";
    Case { text, parameters: &["a", "x"], observables: &["x", "y"], times: &[1.0, 4.0] }.check(1e-6);
}

#[test]
fn a_slope_of_what_cannot_carry_one_is_refused() {
    let program = sensitive("x = 1; k = 1; x' = -k*x;", &Sought::to(["x"]));
    let state = program.initial_state(&Overrides::none()).expect("a start");
    let run = |slot: &str, parameter: usize, time_slopes: &[(usize, f64)]| {
        let action = Action::Set(program.slot(slot).expect("a slot"), 2.0);
        let actions = vec![SensitiveAction { action, slopes: vec![(parameter, 1.0)] }];
        let schedule =
            SensitiveSchedule::new(vec![SensitiveStop { time: 1.0, time_slopes: time_slopes.to_vec(), actions }]);
        program.simulate(&state, 2.0, &[], &[], &schedule, &Settings::default()).map(|_| ())
    };
    assert_eq!(run("x", 0, &[(0, 1.0)]), Ok(()));
    for found in [run("k", 0, &[]), run("x", 1, &[]), run("x", 0, &[(1, 1.0)])] {
        assert!(matches!(found, Err(SimError::BadRequest { .. })), "{found:?}");
    }
}

#[test]
fn sensitivities_are_as_exact_as_the_tolerance() {
    // x = sqrt(1/(1/x0^2 + 2 k t))
    let program = sensitive("x = 2; k = 0.9; x' = -k*x^3;", &Sought::to(["k", "x"]));
    let state = program.initial_state(&Overrides::none()).expect("a start");
    let x = [program.observable("x", Form::Default).expect("x")];
    let (x0, k, t) = (2.0f64, 0.9f64, 3.0f64);
    let end = (1.0 / (1.0 / (x0 * x0) + 2.0 * k * t)).sqrt();
    let expected = [-t * end.powi(3), (end / x0).powi(3)];
    for rtol in [1e-4, 1e-6, 1e-8, 1e-10] {
        let none = SensitiveSchedule::none();
        let found = program.simulate(&state, t, &[t], &x, &none, &Case::settings(rtol)).expect("a run");
        for (found, expected) in found.sensitivities[0][0].iter().zip(expected) {
            close(*found, expected, 20.0 * rtol);
        }
    }
}
