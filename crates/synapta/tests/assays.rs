//! The shipped assays: their models are documented, share their constants with the slow model, and keep the laws of gating.

mod common;

use common::{assay_models, assays, bench, model};
use std::collections::HashMap;
use std::process::{Command, Output};
use synapta_engine::{Form, Overrides, Program, Schedule, Settings};
use synapta_model::Model;
use synapta_model::check::check;
use synapta_study::assay::{Ask, Bench};

/// Every NMDA receptor that is recorded from.
const COMPOSITIONS: [&str; 6] = ["2A", "2B", "2C", "2D", "2A/2B", "2B/2D"];

fn number(bench: &Bench<'_>, assay: &str, preparation: &str, readout: &str, set: &[&str]) -> f64 {
    let set = set.iter().map(|s| s.to_string()).collect();
    let ask = Ask { assay: assay.into(), preparation: preparation.into(), readout: readout.into(), set };
    bench.number(&ask).unwrap_or_else(|e| panic!("{preparation}, {readout}: {:?}", e.diagnostics()))
}

#[test]
fn every_name_in_the_assays_is_in_their_models() {
    let found = bench().check();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_value_of_the_models_has_unit_source_spread_and_description() {
    let used = |name: &str| assays().preparations.iter().any(|p| p.model == name);
    for (name, model) in assay_models().iter().filter(|(name, _)| used(name)) {
        let report = check(model);
        assert_eq!(report.errors().map(|d| &d.message).collect::<Vec<_>>(), Vec::<&String>::new(), "{name}");
        assert_eq!(report.counts.units.fully_known, report.counts.units.formulas, "{name}");
        let p = report.provenance;
        for gap in [
            &p.unit,
            &p.source,
            &p.uncertainty,
            &p.derived_description,
            &p.species_description,
            &p.reaction_description,
        ] {
            assert!(gap.is_complete(), "{name}: {:?}", gap.missing);
        }
    }
}

fn values(model: &Model) -> HashMap<&str, f64> {
    model.parameters.iter().filter_map(|p| Some((p.id.as_str(), p.value?))).collect()
}

#[test]
fn assays_and_slow_model_use_the_same_constants() {
    let slow = values(model("human"));
    let pool = |name: &str| slow[format!("subject_prefrontal_microcircuit_pyramidal_{name}").as_str()];
    for (name, model) in assay_models().iter().filter(|(n, _)| n.starts_with("nmda_2") && n.len() == "nmda_2a".len()) {
        let own = values(model);
        let own = |name: &str| own[format!("receptor_{name}").as_str()];
        let subtype = name.trim_start_matches("nmda_");
        for constant in ["ketamine_potency", "memantine_potency", "magnesium_affinity"] {
            assert_eq!(own(constant), pool(&format!("{constant}_{subtype}")), "{name}, {constant}");
        }
        for constant in [
            "mk801_potency",
            "lanicemine_potency",
            "reference_potential",
            "ketamine_voltage_slope",
            "memantine_voltage_slope",
            "magnesium_voltage_slope",
        ] {
            assert_eq!(own(constant), pool(constant), "{name}, {constant}");
        }
        for form in [
            "s_ketamine",
            "r_ketamine",
            "s_norketamine",
            "r_norketamine",
            "s_hydroxynorketamine",
            "r_hydroxynorketamine",
        ] {
            let constant = format!("{form}_equivalence");
            assert_eq!(own(&constant), slow[format!("subject_ketamine_{constant}").as_str()], "{name}, {constant}");
        }
    }
}

#[test]
fn occupancies_sum_to_one_whatever_is_applied() {
    for (name, model) in assay_models().iter().filter(|(n, _)| n.starts_with("nmda_2")) {
        let program = Program::compile(model).expect("it compiles");
        for (glutamate, glycine, blocker, kind) in
            [(1000.0, 100.0, 10.0, 1.0), (0.3, 0.2, 1.0, 8.0), (0.0, 50.0, 100.0, 9.0)]
        {
            let mut overrides = Overrides::none();
            for (id, value) in
                [("glutamate", glutamate), ("glycine", glycine), ("blocker", blocker), ("blocker_kind", kind)]
            {
                overrides.set(format!("receptor_{id}"), value);
            }
            let state = program.initial_state(&overrides).expect("a start");
            let names = ["receptor_receptors", "receptor_open_probability", "receptor_blocked"];
            let observables: Vec<_> =
                names.iter().map(|n| program.observable(n, Form::Default).expect("a name")).collect();
            let times: Vec<f64> = (0..40).map(|i| 0.001 * 1.5_f64.powi(i)).collect();
            let end = times[times.len() - 1];
            let run = program.simulate(&state, end, &times, &observables, &Schedule::none(), &Settings::default());
            for row in run.expect("a run").values {
                assert!((row[0] - 1.0).abs() < 1e-8, "{name}: {row:?}");
                assert!(row[1..].iter().all(|v| (-1e-9..=1.0).contains(v)), "{name}: {row:?}");
            }
        }
    }
}

#[test]
fn no_receptor_opens_without_both_agonists() {
    let bench = bench();
    for preparation in COMPOSITIONS {
        for missing in ["agonist=0 umol/L", "glycine=0 umol/L"] {
            let open = number(&bench, "nmda_gating", preparation, "steady_open_probability", &[missing]);
            assert!(open.abs() < 1e-6, "{preparation} without {missing}: {open}");
        }
        assert!(number(&bench, "nmda_gating", preparation, "steady_open_probability", &[]) > 1e-4, "{preparation}");
    }
}

#[test]
fn a_trapped_drug_is_released_with_opening_alone() {
    let bench = bench();
    for preparation in ["2A", "2B"] {
        let part = |readout: &str| number(&bench, "nmda_block", preparation, readout, &[]);
        assert!(part("blocked_without_agonist") < 1e-6, "{preparation}");
        assert!(part("blocked_with_agonist") > 0.5, "{preparation}");
        assert!(part("trapped") > 0.95, "{preparation}");
        assert!(part("held_after_reopening") < part("trapped") - 0.3, "{preparation}");
    }
}

#[test]
fn mg_and_depolarisation_keep_the_drug_out() {
    let bench = bench();
    let half = |set: &[&str]| number(&bench, "nmda_block", "2A", "ketamine_ic50", set);
    assert!(half(&["magnesium=1 mmol/L"]) > 5.0 * half(&[]));
    assert!(half(&["membrane_potential=0 mV"]) > 5.0 * half(&[]));
}

fn synapta(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synapta")).args(arguments).output().expect("the program runs")
}

#[test]
fn the_command_lists_runs_and_refuses() {
    let list = synapta(&["assay", "--json"]);
    let all: serde_json::Value = serde_json::from_slice(&list.stdout).expect("JSON");
    assert_eq!(all.as_array().map(Vec::len), Some(assays().assays.len()));
    let one = synapta(&["assay", "nmda_gating", "--preparation", "2A", "--readout", "deactivation_time", "--json"]);
    assert_eq!(one.status.code(), Some(0), "{}", String::from_utf8_lossy(&one.stderr));
    let one: serde_json::Value = serde_json::from_slice(&one.stdout).expect("JSON");
    assert!(one[0]["value"].as_f64().is_some_and(|v| (73.0..101.0).contains(&v)), "{one}");
    let cases: [(&[&str], &str); 6] = [
        (&["nmda_gatin"], "did you mean `nmda_gating`?"),
        (&["nmda_gating", "--preparation", "2Z"], "no preparation is called `2Z`"),
        (&["nmda_gating", "--readout", "deactivation"], "no readout is called `deactivation`"),
        (&["nmda_gating", "--readout", "charge", "--set", "magnesum=1"], "magnesium"),
        (&["nmda_gating", "--readout", "charge", "--set", "magnesium=1 h"], "not in `h`"),
        (&["nmda_gating", "--readout", "charge", "--set", "magnesium"], "sets nothing"),
    ];
    for (arguments, words) in cases {
        let out = synapta(&[&["assay"], arguments].concat());
        let told = String::from_utf8_lossy(&out.stderr).to_string();
        assert_eq!(out.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
}
