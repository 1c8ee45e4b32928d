//! `synapta compare` and `synapta hypotheses NAME`: arms and readings put side by side.

mod common;

use common::synapta;
use serde_json::Value;

fn json(arguments: &[&str]) -> Value {
    let out = synapta(arguments);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).expect("JSON alone on standard output")
}

/// Both numbers of a read-out.
fn both(all: &Value, readout: &str) -> [f64; 2] {
    let rows = all["readouts"].as_array().expect("read-outs");
    let row = rows.iter().find(|r| r["readout"] == readout).unwrap_or_else(|| panic!("no {readout}"));
    let [a, b] = ["a", "b"].map(|side| row[side].as_f64().expect("a number"));
    let difference = row["difference"].as_f64().expect("a number");
    assert!((difference - (b - a)).abs() <= 1e-9 * a.abs().max(b.abs()), "{row}");
    [a, b]
}

#[test]
fn twice_the_dose_is_twice_the_exposure() {
    let all = json(&["compare", "0.5 mg/kg iv", "1 mg/kg iv", "--end", "2 h", "--json"]);
    assert_eq!((all["a"].as_str(), all["b"].as_str()), (Some("trd: 0.5 mg/kg iv"), Some("trd: 1 mg/kg iv")));
    let [a, b] = both(&all, "plasma ketamine, CMAX");
    assert!((b / a - 2.0).abs() < 1e-3, "{a} {b}");
    let [a, b] = both(&all, "NMDA receptor block, pyramidal cells, peak");
    assert!(a < b && b < 2.0 * a, "{a} {b}");
}

#[test]
fn words_stand_for_subjects_mechanisms_and_values() {
    let all = json(&["compare", "without=nmda_block", "set=weight=70 kg", "--end", "2 h", "--json"]);
    let [without, with] = both(&all, "NMDA receptor block, pyramidal cells, peak");
    assert!(without < 1e-6 && with > 0.1, "{without} {with}");
    let [a, b] = both(&all, "plasma ketamine, CMAX");
    assert!((a / b - 1.0).abs() < 1e-6, "{a} {b}");
}

#[test]
fn an_arm_that_cannot_be_ends_with_code_2() {
    let out = synapta(&["compare", "trd", "subject=nobody"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("nobody"));
}

#[test]
fn a_hypothesis_is_shown_with_the_rows_that_it_names() {
    let out = synapta(&["hypotheses", "saturating_gain"]);
    let text = String::from_utf8_lossy(&out.stdout).to_string();
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(text.starts_with("saturating_gain: ") && text.contains("it holds if none is named"), "{text}");
    let all = json(&["hypotheses", "no_gain", "--json"]);
    assert_eq!((all["name"].as_str(), all["default"].as_bool()), (Some("no_gain"), Some(false)));
    assert!(all["evidence"].is_null());
}
