//! Helpers shared by the tests.
#![allow(dead_code)] // each test file uses some of it

use synapta_engine::*;

/// Compiles Antimony text that must be right.
pub fn program(text: &str) -> Program {
    let parsed = synapta_antimony::parse(&synapta_antimony::NoImports, "test.ant", text);
    let model = parsed.model.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    Program::compile(&model).unwrap_or_else(|e| panic!("{:?}", e.diagnostics))
}

/// Settings with one relative and one absolute tolerance.
pub fn tight(rtol: f64, atol: f64) -> Settings {
    Settings { rtol, atol: Tolerances::Same(atol), ..Settings::default() }
}

/// Runs from the model's own start.
pub fn run(program: &Program, times: &[f64], names: &[&str], schedule: &Schedule, settings: &Settings) -> Solution {
    let state = program.initial_state(&Overrides::none()).expect("start");
    let seen: Vec<Observable> =
        names.iter().map(|n| program.observable(n, Form::Default).unwrap_or_else(|| panic!("no {n}"))).collect();
    let end = *times.last().expect("a time");
    program.simulate(&state, end, times, &seen, schedule, settings).expect("run")
}

/// Asserts closeness relative to size.
#[track_caller]
pub fn close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance * b.abs().max(1e-300), "{a} is not {b}");
}
