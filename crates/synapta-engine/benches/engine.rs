//! Compilation, one run and a steady state of a model of the size and stiffness of a pharmacology model.
//!
//! The model is made here; `SYNAPTA_BENCH_MODEL` names an Antimony file to measure instead, run to `SYNAPTA_BENCH_END`.

#![allow(missing_docs)] // the macros below write functions

use criterion::{Criterion, criterion_group, criterion_main};
use std::fmt::Write;
use synapta_engine::*;

/// A drug in three compartments and a cascade of phosphorylations from milliseconds to days.
fn made_up(stages: usize) -> String {
    let mut text = String::from(
        "compartment v = 2; species depot in v, plasma in v, tissue in v; plasma = 0; depot = 0; tissue = 0;
        J1: depot -> plasma; 1.2*depot*v; J2: plasma -> ; 3*plasma/(4 + plasma); J3: plasma -> tissue; 0.8*plasma*v;
        J4: tissue -> plasma; 0.3*tissue*v; drive := plasma^1.5/(2 + plasma^1.5);\n",
    );
    for i in 0..stages {
        let before = if i == 0 { "drive".into() } else { format!("P{}", i - 1) };
        let speed = 1e3 / 1.25f64.powi(i as i32);
        let _ = write!(
            text,
            "species S{i} in v, P{i} in v; S{i} = 1; P{i} = 0; kf{i} = {speed}; kr{i} = {};
            F{i}: S{i} -> P{i}; kf{i}*{before}*S{i}/(0.4 + S{i})*v; B{i}: P{i} -> S{i}; kr{i}*P{i}/(0.3 + P{i})*v;\n",
            0.4 * speed
        );
    }
    for d in 0..14 {
        let _ = writeln!(text, "D{d}: at (time >= {}): depot = depot + 20;", 24 * d + 1);
    }
    text
}

fn engine(c: &mut Criterion) {
    let (text, end) = match std::env::var("SYNAPTA_BENCH_MODEL") {
        Ok(path) => {
            let text = std::fs::read_to_string(&path).expect("SYNAPTA_BENCH_MODEL can be read");
            let end = std::env::var("SYNAPTA_BENCH_END").ok().and_then(|e| e.parse().ok());
            (text, end.unwrap_or(336.0))
        }
        Err(_) => (made_up(40), 336.0),
    };
    let parsed = synapta_antimony::parse(&synapta_antimony::NoImports, "bench.ant", &text);
    let model = parsed.model.expect("a model");
    c.bench_function("compile", |b| b.iter(|| Program::compile(&model)));
    let program = Program::compile(&model).expect("a program");
    let start = program.initial_state(&Overrides::none()).expect("a start");
    let (none, settings) = (Schedule::none(), Settings::default());
    c.bench_function("start", |b| b.iter(|| program.initial_state(&Overrides::none())));
    c.bench_function("run", |b| b.iter(|| program.simulate(&start, end, &[], &[], &none, &settings).expect("a run")));
    let hours: Vec<f64> = (0..=end as u32).map(f64::from).collect();
    let seen: Vec<Observable> =
        program.states().iter().take(10).filter_map(|s| program.observable(&s.id, Form::Default)).collect();
    c.bench_function("run, hourly output of ten states", |b| {
        b.iter(|| program.simulate(&start, end, &hours, &seen, &none, &settings).expect("a run"))
    });
    if program.steady_state(&start, &settings).is_ok() {
        c.bench_function("steady state", |b| b.iter(|| program.steady_state(&start, &settings)));
    }
}

criterion_group!(benches, engine);
criterion_main!(benches);
