use super::*;
use crate::fit::problem::tests::rows;
use crate::library::tests::toy_library;
use crate::testing::toy_model;
use synapta_model::{Expr, ExprKind, Op, Span, Uncertainty};

/// The toy model with a gain on each side; the level is the supply times the gain of the left.
fn model(gains: &[(&str, f64, &str)]) -> Model {
    let mut model = toy_model();
    for (id, value, note) in gains {
        let mut p = model.parameters[1].clone();
        let values = vec![Expr::number(0.5), Expr::number(8.0)];
        p.id = format!("subject_{id}").as_str().into();
        p.value = Some(*value);
        p.meta.notes = Some((*note).into());
        p.meta.uncertainty = vec![Uncertainty { kind: "range".into(), values }];
        let path = format!("subject.{}", id.replacen('_', ".", 1));
        model.paths.push((p.id.clone(), path));
        model.parameters.push(p);
    }
    let factors = ["subject_left_supply", "subject_left_gain"].map(Expr::symbol).to_vec();
    model.rules[0].math = Expr::new(ExprKind::Op(Op::Times, factors), Span::NONE);
    model
}

fn audited(model: &Model, table: &[(&str, &str, &str, &str)]) -> Vec<Audited> {
    let library = toy_library();
    let laboratory = Laboratory::new(&library, &[model]).unwrap();
    audit(&fitted(&laboratory), &rows(table), &laboratory, &|| {})
}

const TWO: [(&str, &str, &str, &str); 1] = [("R1", "value", "2", "read")];

#[test]
fn a_value_that_its_rows_tell_is_told() {
    let all = audited(&model(&[("left_gain", 2.0, "fitted: R1; its level")]), &TWO);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].verdict, Verdict::Told);
    assert_eq!((all[0].values[&Place::Low], all[0].values[&Place::Higher]), (0.5, 4.0));
    assert!(all[0].misfits[&Place::Value] < 1e-12);
    // 10 % of 2 is the model's own error beside the standard error of 0.01.
    let expected = 1.5_f64.powi(2) / (0.2_f64.powi(2) + 0.01_f64.powi(2));
    assert!((all[0].misfits[&Place::Low] / expected - 1.0).abs() < 1e-9, "{:?}", all[0].misfits);
}

#[test]
fn a_better_value_is_named() {
    let verdict =
        |value: f64| audited(&model(&[("left_gain", value, "fitted: R1; its level")]), &TWO)[0].verdict.clone();
    assert_eq!(verdict(1.0), Verdict::Better(Place::Higher));
    assert_eq!(verdict(7.9), Verdict::Better(Place::Lower));
    assert_eq!(verdict(0.5), Verdict::Better(Place::Higher));
}

#[test]
fn a_value_that_no_row_depends_on_is_flat() {
    let gains = [("left_gain", 2.0, "assumed: a test"), ("right_gain", 2.0, "fitted: R1; its level")];
    let all = audited(&model(&gains), &TWO);
    assert_eq!(all.len(), 1, "what is assumed is not judged");
    assert_eq!(all[0].verdict, Verdict::Flat(vec![Place::Low, Place::High]));
}

#[test]
fn a_value_at_its_bound_is_flat_there() {
    let table = [("R1", "value", "0.4", "read")];
    let all = audited(&model(&[("left_gain", 0.5, "fitted: R1; its level")]), &table);
    assert_eq!(all[0].verdict, Verdict::Flat(vec![Place::Low]));
}

#[test]
fn what_a_subject_sets_hides_the_text_from_its_rows() {
    let mut model = model(&[("left_gain", 2.0, "assumed: a test")]);
    let supply = model.parameters.iter_mut().find(|p| p.id == "subject_left_supply").unwrap();
    supply.meta.notes = Some("fitted: R1; its level".into());
    let values = vec![Expr::number(0.25), Expr::number(4.0)];
    supply.meta.uncertainty = vec![Uncertainty { kind: "range".into(), values }];
    assert_eq!(audited(&model, &TWO)[0].verdict, Verdict::Flat(vec![Place::Low, Place::High]));
}

#[test]
fn copies_of_a_declaration_move_together() {
    let note = "fitted: R1; its level";
    let all = audited(
        &model(&[("left_gain", 2.0, note), ("right_gain", 3.0, note), ("mood_gain", 2.0, "fitted: R1; else")]),
        &TWO,
    );
    assert_eq!(all.iter().map(|a| a.paths.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(all[0].paths, ["human: subject.left.gain", "human: subject.right.gain"]);
}

#[test]
fn rows_that_have_no_say_are_told() {
    let verdict =
        |table: &[(&str, &str, &str, &str)], note: &str| match audited(&model(&[("left_gain", 2.0, note)]), table)[0]
            .verdict
            .clone()
        {
            Verdict::Unread(why) => why,
            other => panic!("{other:?}"),
        };
    assert!(verdict(&TWO, "fitted: R9; its level").contains("`R9`"));
}

#[test]
fn a_wrong_direction_counts_as_two_standard_errors() {
    // Before the dose and after it the level is the same: no change found is right, a rise is wrong.
    let verdict = |sign: &str, how: &str| {
        audited(&model(&[("left_gain", 2.0, "fitted: R1; its level")]), &[("R1", "sign", sign, how)])[0].clone()
    };
    let right = verdict("0", "read");
    assert_eq!((right.verdict, right.misfits[&Place::Value]), (Verdict::Flat(vec![Place::Low, Place::High]), 0.0));
    assert_eq!(verdict("1", "read").misfits[&Place::Value], 4.0);
    assert!((verdict("1", "recalled").misfits[&Place::Value] - 0.36).abs() < 1e-12);
}
