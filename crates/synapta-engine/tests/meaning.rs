//! SBML's meaning of a model, and what is said about models that have none.

mod common;
use common::*;
use synapta_engine::*;
use synapta_model::Parameter;
use synapta_model::*;

fn finals(text: &str, end: f64, names: &[&str]) -> Vec<f64> {
    run(&program(text), &[end], names, &Schedule::none(), &tight(1e-9, 1e-12)).values[0].clone()
}

#[test]
fn rates_are_amounts_and_symbols_concentrations() {
    // 4 units of amount a time, in a volume of 2.
    let got = finals("compartment v = 2; species s in v; s = 1; -> s; 4;", 3.0, &["s"]);
    close(got[0], 7.0, 1e-9);
    let got = finals("compartment v = 2; substanceOnly species s in v; s = 1; -> s; 4;", 3.0, &["s"]);
    close(got[0], 13.0, 1e-9);
}

#[test]
fn a_growing_compartment_dilutes() {
    let text = "compartment v = 1; v' = 1; species s in v; s = 6; species r in v; r = 2; r' = 0;";
    let got = finals(text, 2.0, &["s", "r", "v"]);
    close(got[0], 2.0, 1e-9);
    close(got[1], 2.0, 1e-9);
    close(got[2], 3.0, 1e-9);
    let assigned = text.replace("v' = 1", "v := 1 + time");
    let got = finals(&assigned, 2.0, &["s", "r"]);
    close(got[0], 2.0, 1e-9);
    close(got[1], 2.0, 1e-9);
}

#[test]
fn forms_of_a_species() {
    let p = program("compartment v = 4; species s in v; s = 3; substanceOnly species a in v; a = 8; s -> a; 0;");
    let state = p.initial_state(&Overrides::none()).expect("start");
    let seen: Vec<Observable> =
        [("s", Form::Amount), ("s", Form::Concentration), ("a", Form::Default), ("a", Form::Concentration)]
            .iter()
            .map(|(id, form)| p.observable(id, *form).expect("known"))
            .collect();
    let none = Schedule::none();
    let s = p.simulate(&state, 0.0, &[0.0], &seen, &none, &Settings::default()).expect("run");
    assert_eq!(s.values[0], [12.0, 3.0, 8.0, 2.0]);
    assert!(p.observable("sx", Form::Default).is_none());
}

#[test]
fn boundary_species_hold_and_functions_rules_and_rates_are_put_in() {
    let text = "function f(a, b) a*b + 1; end; $S = 2; P = 0; k := f(S, 3); J: $S -> P; k; q := J + rateOf(P); ";
    let got = finals(text, 2.0, &["P", "S", "J", "q"]);
    for (g, e) in got.iter().zip([14.0, 2.0, 7.0, 14.0]) {
        close(*g, e, 1e-9);
    }
}

#[test]
fn named_stoichiometries_and_initial_assignments() {
    let text = "n = 3; A = 10; B = 0; A -> n B; 0.5; k = 2*A0; A0 = 4; C = k; C -> ; 0;";
    let got = finals(text, 2.0, &["A", "B", "k", "C"]);
    for (g, e) in got.iter().zip([9.0, 3.0, 8.0, 8.0]) {
        close(*g, e, 1e-9);
    }
}

#[test]
fn overrides_reach_initial_assignments_and_refuse_rules() {
    let p = program("A0 = 4; C = 2*A0; C -> ; 0; D := 2*C;");
    let given: Overrides = [("A0", 10.0)].into_iter().collect();
    assert_eq!(p.initial_state(&given).expect("start").y, [20.0]);
    let given: Overrides = [("C", 1.0)].into_iter().collect();
    assert_eq!(p.initial_state(&given).expect("start").y, [1.0]);
    let given: Overrides = [("D", 1.0)].into_iter().collect();
    assert!(matches!(p.initial_state(&given), Err(SimError::NotSettable { .. })));
    let given: Overrides = [("A1", 1.0)].into_iter().collect();
    let error = p.initial_state(&given).expect_err("unknown").to_string();
    assert!(error.contains("did you mean `A0`"), "{error}");
    let given: Overrides = [("A0", f64::NAN)].into_iter().collect();
    assert_eq!(p.initial_state(&given), Err(SimError::MissingValue { id: "A0".into() }));
}

/// A model made by hand: one parameter `x` with a rate rule.
fn with_rate(math: Expr) -> Model {
    let parameter =
        |id: &str| Parameter { id: id.into(), value: Some(1.0), units: None, constant: false, meta: Meta::default() };
    let rule = Rule { kind: RuleKind::Rate, variable: "x".into(), math, meta: Meta::default() };
    Model { parameters: vec![parameter("x"), parameter("ketamine")], rules: vec![rule], ..Model::default() }
}

fn codes(model: &Model) -> Vec<&'static str> {
    let error = Program::compile(model).expect_err("must not compile");
    error.diagnostics.iter().map(|d| d.code).collect()
}

#[test]
fn what_has_no_meaning_is_said() {
    let unknown = with_rate(Expr::symbol("ketamien"));
    let error = Program::compile(&unknown).expect_err("undefined");
    assert_eq!(error.diagnostics[0].code, "undefined-symbol");
    assert_eq!(error.diagnostics[0].help.as_deref(), Some("did you mean `ketamine`?"));
    let delay = ExprKind::Delay(Box::new(Expr::symbol("x")), Box::new(Expr::number(1.0)));
    assert_eq!(codes(&with_rate(Expr::new(delay, Span::NONE))), ["delay-unsupported"]);
    let call = ExprKind::Call("f".into(), vec![]);
    assert_eq!(codes(&with_rate(Expr::new(call, Span::NONE))), ["undefined-function"]);
    let mut algebraic = with_rate(Expr::number(1.0));
    algebraic.rules[0].kind = RuleKind::Algebraic;
    assert_eq!(codes(&algebraic), ["algebraic-rule"]);
    let mut twice = with_rate(Expr::number(1.0));
    twice.rules.push(twice.rules[0].clone());
    assert_eq!(codes(&twice), ["two-rules"]);
}

#[test]
fn a_cyclic_rule_is_named_with_its_places() {
    let mut model = with_rate(Expr::symbol("x"));
    let place = |n| Span::new(SourceId(0), n, n + 1);
    for (n, (id, uses)) in [("a", "b"), ("b", "c"), ("c", "a")].into_iter().enumerate() {
        model.parameters.push(Parameter { id: id.into(), ..model.parameters[0].clone() });
        let math = Expr::new(ExprKind::Symbol(uses.into()), place(n));
        let kind = RuleKind::Assignment;
        model.rules.push(Rule { kind, variable: id.into(), math, meta: Meta::default() });
    }
    let error = Program::compile(&model).expect_err("a cycle");
    assert_eq!(error.diagnostics.len(), 1);
    let cycle = &error.diagnostics[0];
    assert_eq!(cycle.code, "cyclic-rule");
    assert!(cycle.message.contains("a -> b -> c -> a"), "{}", cycle.message);
    assert_eq!((cycle.span, cycle.labels.len()), (place(2), 2));
}

#[test]
fn a_rate_that_is_not_finite_names_its_state() {
    let p = program("x = 1; y = 0; x' = -x; y' = ln(-x);");
    let state = p.initial_state(&Overrides::none()).expect("start");
    let none = Schedule::none();
    let error = p.simulate(&state, 1.0, &[], &[], &none, &Settings::default()).expect_err("ln(-1)");
    assert!(matches!(&error, SimError::NotFinite { state, .. } if state == "y"), "{error}");
}

#[test]
fn bad_requests_are_refused() {
    let p = program("x = 1; x' = -x;");
    let state = p.initial_state(&Overrides::none()).expect("start");
    let none = Schedule::none();
    let run = |end, times: &[f64], settings: &Settings| {
        p.simulate(&state, end, times, &[], &none, settings).expect_err("refused")
    };
    let good = Settings::default();
    let bad = Settings { rtol: 0.0, ..Settings::default() };
    for error in [
        run(f64::NAN, &[], &good),
        run(-1.0, &[], &good),
        run(1.0, &[2.0], &good),
        run(1.0, &[0.5, 0.2], &good),
        run(1.0, &[], &bad),
    ] {
        assert!(matches!(error, SimError::BadRequest { .. }));
    }
}

#[test]
fn a_denominator_of_zero_in_an_unused_branch_spoils_no_neighbour() {
    let used = "w = 1; u = 2; v = 3; w' = 2 - w/(1 + w) + u/(3 + u); u' = -u/(2 + u); v' = -v/(0.5 + v + w);";
    let text = format!("z = 0; z' = 0; {used}").replace("w' = 2", "w' = piecewise(1/(z + z), z > 0, 2)");
    let times = [0.0, 0.5, 1.0, 3.0];
    let settings = tight(1e-9, 1e-12);
    let with = run(&program(&text), &times, &["w", "u", "v"], &Schedule::none(), &settings);
    let without = run(&program(used), &times, &["w", "u", "v"], &Schedule::none(), &settings);
    for (a, b) in with.values.concat().into_iter().zip(without.values.concat()) {
        close(a, b, 1e-7);
    }
}
