//! The stiff test set: to the tolerance asked, at every tolerance asked. Sources and files: `stiff_set/README.md`.
//!
//! The error of a run is its largest |y - reference|/(rtol |reference| + atol) over all states at the end. The method
//! keeps the error of a step near the tolerance; what a run makes of many of them is the problem's own condition, so
//! each problem has a limit of its own.
//!
//! `cargo test --release -p synapta-engine --test stiff_set -- --nocapture --test-threads 1` prints a table: problem,
//! rtol, steps, rejected steps, error, the state that has it, its limit, time.

mod common;
#[path = "stiff_set/medical_akzo_nobel.rs"]
mod medical_akzo_nobel;
#[path = "stiff_set/shared_parts.rs"]
mod shared_parts;

use common::*;
use std::time::Instant;
use synapta_engine::*;

struct Problem {
    name: &'static str,
    text: String,
    /// Lines of a state and its value at the end.
    reference: &'static str,
    end: f64,
    /// Absolute over relative tolerance.
    floor: f64,
    /// Relative tolerances asked.
    asked: &'static [f64],
    /// Errors allowed, in tolerances.
    limit: f64,
}

const ALL: &[f64] = &[1e-4, 1e-6, 1e-8, 1e-10];
const TO_EIGHT: &[f64] = &[1e-4, 1e-6, 1e-8];

impl Problem {
    fn reference(&self) -> Vec<(&'static str, f64)> {
        let lines = self.reference.lines().filter(|l| !l.starts_with('#'));
        let words = lines.map(|l| l.split_once(' ').expect("a state and its value"));
        words.map(|(state, value)| (state, value.trim().parse().expect("a number"))).collect()
    }

    fn check(&self) {
        let program = program(&self.text);
        let reference = self.reference();
        let named = |state: &StateInfo| reference.iter().any(|r| r.0 == state.id);
        assert!(program.states().iter().all(named), "the reference names every state");
        for rtol in self.asked {
            self.check_one(&program, &reference, *rtol);
        }
    }

    fn check_one(&self, program: &Program, reference: &[(&str, f64)], rtol: f64) {
        let names: Vec<&str> = reference.iter().map(|r| r.0).collect();
        let atol = rtol * self.floor;
        let begun = Instant::now();
        let solution = run(program, &[self.end], &names, &Schedule::none(), &tight(rtol, atol));
        let seconds = begun.elapsed().as_secs_f64();
        let scaled = |i: usize| (solution.values[0][i] - reference[i].1).abs() / (rtol * reference[i].1.abs() + atol);
        let worst = (0..names.len()).max_by(|a, b| scaled(*a).total_cmp(&scaled(*b))).expect("a state");
        let (error, stats) = (scaled(worst), solution.stats);
        println!(
            "| {:18} | {rtol:5.0e} | {:6} | {:5} | {error:7.3} | {:4} | {:3} | {:8.1} ms |",
            self.name,
            stats.steps,
            stats.rejected,
            names[worst],
            self.limit,
            1e3 * seconds
        );
        let (state, value) = reference[worst];
        let got = solution.values[0][worst];
        assert!(error <= self.limit, "{}, rtol {rtol:e}: {state} is {got:e}, not {value:e}", self.name);
    }
}

#[test]
fn robertson_over_a_short_time() {
    Problem {
        name: "Robertson, short",
        text: include_str!("stiff_set/robertson.ant").into(),
        reference: include_str!("stiff_set/robertson_short.txt"),
        end: 40.0,
        floor: 1e-6,
        asked: ALL,
        limit: 3.0,
    }
    .check();
}

#[test]
fn robertson() {
    Problem {
        name: "Robertson",
        text: include_str!("stiff_set/robertson.ant").into(),
        reference: include_str!("stiff_set/robertson.txt"),
        end: 1e11,
        floor: 1e-13,
        // Beyond that rounding decides: the slow rate is a difference of rates ten orders of magnitude larger.
        asked: TO_EIGHT,
        limit: 10.0,
    }
    .check();
}

#[test]
fn hires() {
    Problem {
        name: "HIRES",
        text: include_str!("stiff_set/hires.ant").into(),
        reference: include_str!("stiff_set/hires.txt"),
        end: 321.8122,
        floor: 1e-4,
        asked: ALL,
        limit: 3.0,
    }
    .check();
}

#[test]
fn oregonator() {
    Problem {
        name: "OREGO",
        text: include_str!("stiff_set/oregonator.ant").into(),
        reference: include_str!("stiff_set/oregonator.txt"),
        end: 360.0,
        floor: 1.0,
        asked: ALL,
        limit: 3.0,
    }
    .check();
}

#[test]
fn van_der_pol() {
    Problem {
        name: "van der Pol",
        text: include_str!("stiff_set/van_der_pol.ant").into(),
        reference: include_str!("stiff_set/van_der_pol.txt"),
        end: 2.0,
        floor: 1.0,
        asked: ALL,
        limit: 3.0,
    }
    .check();
}

#[test]
fn e5() {
    Problem {
        name: "E5",
        text: include_str!("stiff_set/e5.ant").into(),
        reference: include_str!("stiff_set/e5.txt"),
        end: 1e13,
        floor: 1e-23,
        asked: ALL,
        limit: 3.0,
    }
    .check();
}

#[test]
fn pollution() {
    Problem {
        name: "POLLU",
        text: include_str!("stiff_set/pollution.ant").into(),
        reference: include_str!("stiff_set/pollution.txt"),
        end: 60.0,
        floor: 1e-18,
        asked: ALL,
        limit: 3.0,
    }
    .check();
}

#[test]
fn ring_modulator() {
    Problem {
        name: "ring modulator",
        text: include_str!("stiff_set/ring_modulator.ant").into(),
        reference: include_str!("stiff_set/ring_modulator.txt"),
        end: 1e-3,
        floor: 1e-3,
        // The finest takes half a million steps.
        asked: if cfg!(debug_assertions) { TO_EIGHT } else { ALL },
        limit: 200.0,
    }
    .check();
}

#[test]
fn medical_akzo_nobel() {
    Problem {
        name: "medical Akzo Nobel",
        text: medical_akzo_nobel::text(),
        reference: include_str!("stiff_set/medical_akzo_nobel.txt"),
        end: 20.0,
        floor: 1e-5,
        asked: ALL,
        limit: 3.0,
    }
    .check();
}
