//! Trajectories of the community's Antimony models against those published beside them.
//!
//! The suite is read where it lies: `$SYNAPTA_CONFORMANCE`, or `../shared/conformance` beside the workspace.

use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;
use synapta_engine::*;

/// Cases that use what the simulator does not support, with the reason.
const UNSUPPORTED: &[(&str, &str)] = &[];

fn suite() -> Option<HashMap<String, String>> {
    let root = std::env::var_os("SYNAPTA_CONFORMANCE")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"));
    let file = std::fs::File::open(root.join("antimony/antimony.tar.gz")).ok()?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut texts = HashMap::new();
    for entry in archive.entries().expect("a tar archive") {
        let mut entry = entry.expect("an entry");
        let name = entry.path().expect("a path").to_string_lossy().to_string();
        let mut bytes = vec![];
        entry.read_to_end(&mut bytes).expect("readable");
        texts.insert(name, String::from_utf8_lossy(&bytes).to_string());
    }
    Some(texts)
}

/// `None` if it agrees, else why not.
fn disagreement(name: &str, texts: &HashMap<String, String>) -> Option<String> {
    let import = |_: &str, file: &str| {
        let text = texts.get(file)?.clone();
        Some(synapta_antimony::Loaded { name: file.to_string(), text })
    };
    let file = format!("{name}.ant");
    let parsed = synapta_antimony::parse(&import, &file, &texts[&file]);
    let Some(model) = parsed.model else { return Some("not read".into()) };
    let program = match Program::compile(&model) {
        Ok(p) => p,
        Err(e) => return Some(format!("not compiled: {e}")),
    };
    let mut lines = texts[&format!("{name}.csv")].lines();
    let columns: Vec<&str> = lines.next()?.split(',').skip(1).collect();
    let expected: Vec<Vec<f64>> =
        lines.map(|l| l.split(',').map(|v| v.trim().parse().unwrap_or(f64::NAN)).collect()).collect();
    let mut seen = vec![];
    for id in &columns {
        match program.observable(id, Form::Amount) {
            Some(o) => seen.push(o),
            None => return Some(format!("no `{id}`")),
        }
    }
    let times: Vec<f64> = expected.iter().map(|row| row[0]).collect();
    let settings = Settings { rtol: 1e-8, atol: Tolerances::SameAmount(1e-12), ..Settings::default() };
    let result = program
        .initial_state(&Overrides::none())
        .and_then(|s| program.simulate(&s, 10.0, &times, &seen, &Schedule::none(), &settings));
    let solution = match result {
        Ok(s) => s,
        Err(e) => return Some(e.to_string()),
    };
    for (k, id) in columns.iter().enumerate() {
        let size = expected.iter().fold(0.0f64, |m, row| m.max(row[k + 1].abs()));
        for (row, got) in expected.iter().zip(&solution.values) {
            if (row[k + 1] - got[k]).abs() > 1e-4 * size + 1e-10 {
                return Some(format!("`{id}` is {} and not {} at {}", got[k], row[k + 1], row[0]));
            }
        }
    }
    None
}

#[test]
fn published_trajectories_of_antimony_models() {
    let Some(texts) = suite() else {
        assert!(std::env::var_os("CI").is_none(), "the conformance suites are missing");
        eprintln!("SKIPPED: no conformance suites; set SYNAPTA_CONFORMANCE");
        return;
    };
    let mut names: Vec<&str> = texts.keys().filter_map(|n| n.strip_suffix(".csv")).collect();
    names.sort_unstable();
    let mut failures = vec![];
    for name in &names {
        let known = UNSUPPORTED.iter().any(|(n, _)| n == name);
        match (disagreement(name, &texts), known) {
            (Some(why), false) => failures.push(format!("{name}: {why}")),
            (None, true) => failures.push(format!("{name} passes and is listed as unsupported")),
            _ => {}
        }
    }
    println!("{} of {} agree", names.len() - failures.len(), names.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
