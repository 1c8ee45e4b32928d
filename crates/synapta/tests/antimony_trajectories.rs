//! The Antimony suite's trajectories: reading a text and simulating it gives the numbers the reference gives.
//!
//! For each text with a table: 0 to 10 in 51 rows, every species as an amount, then what else varies. A column is right
//! if its largest difference is at most 1e-4 of its largest value plus 1e-10. The published list is
//! `tests/conformance/antimony-trajectories.tsv`; what is listed must be what is found. `SYNAPTA_UPDATE_LIST=1` writes it.

#[path = "../../synapta-antimony/tests/common/suite.rs"]
#[allow(dead_code)]
mod suite;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use synapta_engine::{Form, Observable, Overrides, Program, Schedule, Settings, Tolerances};

/// Texts of the suite whose meaning lies outside what this version reads, with the reason.
const KNOWN_FAILURES: &[(&str, &str)] = &[];

fn list_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/antimony-trajectories.tsv")
}

struct Reference {
    names: Vec<String>,
    times: Vec<f64>,
    rows: Vec<Vec<f64>>,
}

fn reference(text: &str) -> Reference {
    let mut lines = text.lines();
    let names = lines.next().unwrap_or("").split(',').skip(1).map(str::to_owned).collect();
    let rows: Vec<Vec<f64>> =
        lines.map(|l| l.split(',').map(|x| x.trim().parse().unwrap_or(f64::NAN)).collect()).collect();
    let times = rows.iter().map(|r: &Vec<f64>| r[0]).collect();
    Reference { names, times, rows: rows.into_iter().map(|r| r[1..].to_vec()).collect() }
}

fn outcome(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Result<f64, String> {
    let parsed = suite::parse(files, &format!("{name}.ant"));
    let model = parsed.model.ok_or_else(|| {
        let first = parsed.diagnostics.iter().find(|d| d.is_error());
        format!("not read: {}", first.map_or("", |d| d.message.as_str()))
    })?;
    let wanted = reference(&suite::text(files, &format!("{name}.csv")).unwrap_or_default());
    let program = Program::compile(&model).map_err(|e| format!("not compiled: {e}"))?;
    let observe = |n: &String| program.observable(n, Form::Amount).or_else(|| program.observable(n, Form::Default));
    let observables: Vec<Observable> =
        wanted.names.iter().map(|n| observe(n).ok_or(format!("no `{n}`"))).collect::<Result<_, _>>()?;
    let state = program.initial_state(&Overrides::none()).map_err(|e| e.to_string())?;
    let settings = Settings { rtol: 1e-9, atol: Tolerances::SameAmount(1e-14), ..Settings::default() };
    let end = wanted.times.last().copied().unwrap_or(0.0);
    let got = program
        .simulate(&state, end, &wanted.times, &observables, &Schedule::none(), &settings)
        .map_err(|e| e.to_string())?;
    worst(&wanted, &got.values)
}

/// The largest difference over its allowance; an error names the column beyond it.
fn worst(wanted: &Reference, got: &[Vec<f64>]) -> Result<f64, String> {
    let mut most = 0.0f64;
    for (c, name) in wanted.names.iter().enumerate() {
        let size = wanted.rows.iter().map(|r| r[c].abs()).fold(0.0, f64::max);
        let allowed = 1e-4 * size + 1e-10;
        for (k, row) in wanted.rows.iter().enumerate() {
            let difference = (got[k][c] - row[c]).abs();
            if difference.is_nan() || difference > allowed {
                return Err(format!("`{name}` at {}: {:e}, reference {:e}", wanted.times[k], got[k][c], row[c]));
            }
            most = most.max(difference / allowed);
        }
    }
    Ok(most)
}

#[test]
fn trajectories_are_those_of_the_reference() {
    let Some(files) = suite::files() else { return };
    let names: Vec<String> = files.keys().filter_map(|n| n.strip_suffix(".csv")).map(str::to_owned).collect();
    let mut list = String::from("name\tresult\treason\n");
    let (mut passed, mut wrong) = (0, vec![]);
    for name in &names {
        let result = outcome(&files, name);
        passed += usize::from(result.is_ok());
        let known = KNOWN_FAILURES.iter().find(|(n, _)| n == name);
        match (&result, known) {
            (Ok(_), Some(_)) => wrong.push(format!("{name} passes now: take it off the known failures")),
            (Err(e), None) => wrong.push(format!("{name}: {e}")),
            _ => {}
        }
        let (word, reason) = match &result {
            Ok(_) => ("pass", String::new()),
            Err(e) => ("fail", known.map_or(e.clone(), |(_, r)| (*r).to_string())),
        };
        writeln!(list, "{name}\t{word}\t{reason}").expect("a string takes text");
    }
    println!("antimony trajectories: {passed} passed, {} failed", names.len() - passed);
    if std::env::var_os("SYNAPTA_UPDATE_LIST").is_some() {
        std::fs::write(list_path(), &list).expect("the list can be written");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let published = std::fs::read_to_string(list_path()).expect("the published list");
    assert_eq!(published, list, "the published list is not what was found; SYNAPTA_UPDATE_LIST=1 writes it");
}
