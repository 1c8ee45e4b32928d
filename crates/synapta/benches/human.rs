//! The shipped human model: reading, compiling, the patient's state before the dose, one run of 14 days.

#![allow(missing_docs)] // the macros below write functions

#[path = "../tests/common/mod.rs"]
mod common;

use common::{ask, library, model, root};
use criterion::{Criterion, criterion_group, criterion_main};
use synapta_antimony::{Loaded, parse};
use synapta_engine::{Program, Schedule, Settings};
use synapta_study::arm::{doses_of_line, schedule};

fn human(c: &mut Criterion) {
    let load = |_: &str, file: &str| {
        let text = std::fs::read_to_string(root().join("models").join(file)).ok()?;
        Some(Loaded { name: file.to_string(), text })
    };
    let text = std::fs::read_to_string(root().join("models/human.ant")).expect("the model");
    c.bench_function("human: read", |b| b.iter(|| parse(&load, "human.ant", &text)));
    c.bench_function("human: compile", |b| b.iter(|| Program::compile(model("human"))));

    c.bench_function("human: compile and settle the patient", |b| b.iter(|| ask("trd").prepare()));
    let patient = ask("trd").prepare();
    let settings = Settings::default();
    let program = &patient.program;
    let mut before = patient.state.clone();
    before.time = 0.0;
    before.restart(program);

    let line = "0.5 mg/kg iv over 40 min";
    let (doses, _) = doses_of_line(&patient, library(), synapta_model::SourceId(0), line).expect("a sound line");
    let dosing: Schedule = schedule(&patient, library(), &doses).expect("a schedule");
    c.bench_function("human: run of 14 days, one infusion", |b| {
        b.iter(|| program.simulate(&before, 336.0, &[], &[], &dosing, &settings).expect("a run"))
    });
}

criterion_group!(benches, human);
criterion_main!(benches);
