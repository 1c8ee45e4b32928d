//! The model text gives the numbers of an independent sketch of the same equations (see tests/reference/README.md).

mod common;

use common::{Run, ask, root};

/// Largest difference over a column's range, and where. What hardly moves is compared with a twentieth of its size: the
/// sketch's patient was settled for 12,000 h, ours to the steady state.
fn worst(run: &Run, file: &str) -> (f64, String) {
    let text = std::fs::read_to_string(root().join("tests/reference").join(file)).expect("a reference file");
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let rows: Vec<Vec<f64>> = lines.map(|l| l.split(',').map(|x| x.parse().expect("a number")).collect()).collect();
    let mut most = (0.0, String::new());
    for (c, name) in names.iter().enumerate().skip(1) {
        let values: Vec<f64> = rows.iter().map(|r| r[c]).collect();
        let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
        let scale = (high - low).max(0.05 * low.abs().max(high.abs())).max(1e-9);
        for row in &rows {
            let ours = if row[0] == 0.0 { run.before(name) } else { run.at(name, row[0]) };
            let difference = (ours - row[c]).abs() / scale;
            if difference.is_nan() || difference > most.0 {
                most = (difference, format!("{name} at {} h: {ours} against {}", row[0], row[c]));
            }
        }
    }
    most
}

fn agrees(run: Run, file: &str) {
    let (difference, place) = worst(&run, file);
    println!("{file}: largest scaled difference {difference:.1e} ({place})");
    assert!(difference <= 1e-3, "{file}: {difference}: {place}");
}

#[test]
fn infusion_in_a_patient() {
    agrees(ask("trd").without("expectation").dose("0.5 mg/kg iv over 40 min"), "trd-iv.csv");
}

#[test]
fn nasal_esketamine_in_a_patient() {
    agrees(ask("trd").without("expectation").dose("84 mg esketamine intranasal"), "trd-nasal.csv");
}

#[test]
fn infusion_in_a_healthy_subject() {
    agrees(ask("healthy").without("expectation").dose("0.5 mg/kg iv over 40 min"), "healthy-iv.csv");
}

#[test]
fn injection_in_a_stressed_rat() {
    agrees(ask("rat-cus").dose("10 mg/kg ip"), "rat-cus-ip.csv");
}
