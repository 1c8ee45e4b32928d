//! `synapta calibrate`: stages fit within ranges and leave records, and fitted values are told by their rows.

mod common;

use common::{Scratch, library, model, root, synapta};
use std::path::PathBuf;
use synapta_model::Diagnostic;
use synapta_study::evidence::observation::ObservationSet;
use synapta_study::evidence::pool::Laboratory;
use synapta_study::fit::problem::Problem;
use synapta_study::fit::stage::Stage;
use synapta_study::library::NamedText;

fn observations() -> ObservationSet {
    let read =
        |file: &str| std::fs::read_to_string(root().join("evidence").join(file)).expect("a text of the evidence");
    let (observables, table) = (read("observables.toml"), read("observations.tsv"));
    let observables = NamedText { name: "observables.toml", text: &observables };
    let table = NamedText { name: "observations.tsv", text: &table };
    ObservationSet::from_texts(observables, &[table]).unwrap_or_else(|e| panic!("{:#?}", e.diagnostics))
}

fn told(found: &[Diagnostic]) -> String {
    found.iter().map(|d| format!("{} {}", d.message, d.help.clone().unwrap_or_default())).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_stage_is_fitted_within_its_ranges_and_leaves_its_record() {
    let scratch = Scratch::new("calibrate");
    let text = "title = \"two rows\"\nmodel = \"human\"\nrows = [\"OPK010\", \"OPK012\"]\niterations = 2\n[[parameter]]\n\
                name = [\"ketamine.S.central_volume\", \"ketamine.R.central_volume\"]\n[[parameter]]\n\
                name = \"prefrontal.bdnf.plasma_brain_share\"\n";
    let (stage, folder) = (scratch.file("two.toml", text), scratch.0.join("out").display().to_string());
    let out = synapta(&["calibrate", "--file", &stage, "--out", &folder, "--json"]);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON alone on standard output");
    let record = &json[0];
    let number = |v: &serde_json::Value| v.as_f64().expect("a number");
    assert!(number(&record["end_sum_of_squares"]) <= number(&record["start_sum_of_squares"]), "{record}");
    for p in record["parameters"].as_array().expect("parameters") {
        let [low, end, high] = ["low", "end", "high"].map(|k| number(&p[k]));
        assert!(low - 1e-9 <= end && end <= high + 1e-9, "{p}");
    }
    assert!(number(&record["parameters"][0]["told"]) > 0.1 && number(&record["parameters"][1]["told"]).abs() < 1e-6);
    assert_eq!(record["rows"].as_array().map(Vec::len), Some(2));
    for file in ["two.json", "two_parameters.tsv", "two_measurements.tsv"] {
        assert!(scratch.0.join("out").join(file).is_file(), "{file}");
    }
}

#[test]
fn what_a_stage_of_one_model_finds_does_not_hold_in_another() {
    let scratch = Scratch::new("two-models");
    let head = |model: &str, row: &str| {
        format!("title = \"t\"\nmodel = \"{model}\"\nrows = [\"{row}\"]\niterations = 1\n[[parameter]]\n")
    };
    let volume = "name = [\"ketamine.S.central_volume\", \"ketamine.R.central_volume\"]\n";
    let human = scratch.file("human.toml", &(head("human", "OPK010") + volume));
    let rodent =
        scratch.file("rodent.toml", &(head("rodent", "OP010") + "name = \"prefrontal.microcircuit.pv_gain\"\n"));
    let start = |arguments: &[&str]| {
        let out = synapta(&[&["calibrate", "--json"], arguments].concat());
        let json: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
        let last = json.as_array().and_then(|all| all.last()).expect("a record");
        last["rows"][0]["start"].as_f64().expect("a number")
    };
    assert_eq!(start(&["--file", &human, "--file", &rodent]), start(&["--file", &rodent]));
}

#[test]
fn every_stage_names_parameters_and_rows_that_there_are() {
    let files =
        std::fs::read_dir(root().join("studies/calibration")).expect("stages").filter_map(|e| Some(e.ok()?.path()));
    let mut stages: Vec<PathBuf> = files.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    stages.sort();
    assert!(stages.len() >= 6);
    let set = observations();
    let laboratory =
        Laboratory::new(library(), &[model("human"), model("rodent")]).expect("the shipped models compile");
    for path in stages {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a stage");
        let stage = Stage::read(&name, NamedText { name: &name, text: &text })
            .unwrap_or_else(|e| panic!("{}", told(&e.diagnostics)));
        let problem = Problem::new(&stage, &set, &laboratory, &[]);
        let problem = problem.unwrap_or_else(|d| panic!("{name}: {}", told(&d)));
        assert!(problem.rows.len() >= problem.parameters.len() / 2, "{name}: {:?}", problem.left_out);
    }
}

#[test]
fn the_rows_that_fitted_values_name_tell_them() {
    let out = synapta(&["calibrate", "--audit", "--json"]);
    let told = String::from_utf8_lossy(&out.stderr).to_string();
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON alone on standard output");
    let all = json.as_array().expect("values");
    let untold: Vec<_> = all.iter().filter(|a| a["verdict"] != "told").collect();
    assert!(untold.is_empty(), "{untold:#?}");
    assert_eq!(out.status.code(), Some(0), "{told}");
    assert!(all.len() > 5, "{}", all.len());
    for a in all {
        let misfit = |place: &str| a["misfits"][place].as_f64().expect("a number");
        assert!(misfit("low") >= misfit("value") + 1.0 && misfit("high") >= misfit("value") + 1.0, "{a}");
    }
}
