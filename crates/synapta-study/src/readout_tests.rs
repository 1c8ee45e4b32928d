use super::*;
use crate::trajectory::{Column, Effort};

fn column(path: &str, baseline: f64, values: &[f64]) -> Column {
    Column {
        id: path.replace('.', "_"),
        path: path.into(),
        title: path.into(),
        unit: String::new(),
        baseline,
        values: values.to_vec(),
    }
}

/// Pretreatment at -1 h, main dose at 1 h.
fn trajectory() -> Trajectory {
    Trajectory {
        time_h: vec![-1.0, 1.0, 2.0, 5.0],
        columns: vec![column("a.x", 2.0, &[2.0, 2.0, 8.0, 4.0]), column("a.y", 0.0, &[9.0, 0.0, 2.0, 0.0])],
        zero_h: 1.0,
        effort: Effort::default(),
    }
}

fn evaluate(rest: &str) -> Vec<(Option<f64>, f64)> {
    let text = format!("[[readout]]\nname = \"r\"\ntitle = \"r\"\n{rest}");
    let file = ReadoutFile::from_text(NamedText { name: "r.toml", text: &text }).unwrap_or_else(|e| panic!("{e:#?}"));
    file.readout[0].evaluate(&trajectory()).values
}

#[test]
fn statistics_count_from_the_main_dose() {
    assert_eq!(evaluate("symbol = \"a.x\"\nstatistic = \"max\"\nrelative = \"ratio\""), [(None, 4.0)]);
    assert_eq!(evaluate("symbol = \"a.x\"\nstatistic = \"time_of_max\""), [(None, 1.0)]);
    assert_eq!(evaluate("symbol = \"a.y\"\nstatistic = \"max\"\nscale = 100"), [(None, 200.0)]);
    assert_eq!(evaluate("symbol = \"a.x\"\nstatistic = \"time_of_half_max\""), [(None, 0.5)]);
    assert_eq!(evaluate("symbol = \"a.x\"\nstatistic = \"auc\"\nto_h = 1"), [(None, 5.0)]);
}

#[test]
fn value_at_zero_is_the_baseline_and_after_the_end_nothing() {
    let values = evaluate("symbol = \"a.x\"\nstatistic = \"value_at\"\nat_h = [0, 1, 24]\nrelative = \"change\"");
    assert_eq!(values, [(Some(0.0), 0.0), (Some(1.0), 6.0)]);
}

#[test]
fn several_symbols_are_combined_point_by_point() {
    assert_eq!(evaluate("symbol = [\"a.x\", \"a.y\"]\nstatistic = \"max\""), [(None, 5.0)]);
    assert_eq!(evaluate("symbol = [\"a.x\", \"a.y\"]\nstatistic = \"max\"\ncombine = \"sum\""), [(None, 10.0)]);
}

#[test]
fn what_does_not_exist_is_left_out() {
    assert!(evaluate("symbol = \"a.z\"\nstatistic = \"max\"").is_empty());
    assert!(evaluate("symbol = \"a.y\"\nstatistic = \"max\"\nrelative = \"ratio\"").is_empty());
}

#[test]
fn smallest_wrong_readouts() {
    let code = |text: &str| ReadoutFile::from_text(NamedText { name: "r", text }).unwrap_err()[0].code;
    let head = "[[readout]]\nname = \"r\"\ntitle = \"r\"\n";
    assert_eq!(code(&format!("{head}symbol = []\nstatistic = \"max\"")), "library-readout");
    assert_eq!(code(&format!("{head}symbol = \"a\"\nstatistic = \"value_at\"")), "library-readout");
    assert_eq!(code(&format!("{head}symbol = \"a\"\nstatistic = \"max\"\nat_h = 1")), "library-readout");
    let twice = format!("{head}symbol = \"a\"\nstatistic = \"max\"\n");
    assert_eq!(code(&format!("{twice}{twice}")), "library-readout");
    assert_eq!(code(&format!("{head}symbol = \"a\"\nstatistic = \"mode\"")), "library-syntax");
    assert_eq!(code("[[panel]]\nname = \"p\"\ntitle = \"p\"\nline = []"), "library-readout");
}
