//! The command line as a user types it: outputs, exit codes, messages.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn synapta(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synapta")).current_dir(folder).args(args).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a folder");
    path
}

/// Runs with one input file and expects exit 2 and words in the message.
fn refuses(name: &str, content: &str, args: &[&str], words: &[&str]) {
    let here = folder(name);
    std::fs::write(here.join("in.ant"), content).expect("a file");
    let out = synapta(&here, args);
    let message = text(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{name}: {message}{}", text(&out.stdout));
    let shown = message + &text(&out.stdout);
    for word in words.iter().chain(&["help: "]) {
        assert!(shown.contains(word), "{name}: no `{word}` in\n{shown}");
    }
    assert!(!shown.contains("panicked"), "{shown}");
}

#[test]
fn simulate_writes_table_and_files() {
    let here = folder("simulate");
    let out = synapta(&here, &["simulate"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let table = text(&out.stdout);
    for word in ["CMAX", "TMAX", "NMDA receptor block", "glutamate", "BDNF", "p-mTOR", "spine density", "MADRS", "▁"]
    {
        assert!(table.contains(word), "no `{word}` in\n{table}");
    }
    let written = here.join("synapta-out");
    for file in [
        "trajectory.csv",
        "trajectory.parquet",
        "summary.json",
        "manifest.json",
        "cascade.svg",
        "cascade.png",
        "report.html",
    ] {
        let size = std::fs::metadata(written.join(file)).unwrap_or_else(|e| panic!("{file}: {e}")).len();
        assert!(size > 1000, "{file}: {size} bytes");
    }
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(written.join("summary.json")).expect("summary")).expect("JSON");
    for key in [
        "cmax_ketamine_ug_per_L",
        "tmax_h",
        "nmda_block_peak_pyramidal",
        "nmda_block_peak_interneuron",
        "glutamate_peak_ratio",
        "glutamate_peak_h",
        "bdnf_240min_ratio",
        "p_mtor_peak_ratio",
        "p_mtor_peak_h",
        "spine_density_24h_ratio",
    ] {
        assert!(summary[key].is_number(), "{key}: {}", summary[key]);
    }
    for hour in ["0", "4", "24", "72", "168", "336"] {
        assert!(summary["madrs"][hour].is_number(), "madrs at {hour} h: {}", summary["madrs"]);
    }
    let page = std::fs::read_to_string(written.join("report.html")).expect("page");
    assert!(!page.contains("src=\"http") && !page.contains("href=\"http"), "the page loads nothing from outside");
    assert_eq!(&std::fs::read(written.join("trajectory.parquet")).expect("parquet")[..4], b"PAR1");
    assert_eq!(&std::fs::read(written.join("cascade.png")).expect("png")[1..4], b"PNG");
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let here = folder("same");
    for out in ["a", "b"] {
        assert!(synapta(&here, &["simulate", "--end", "48", "--out", out]).status.success());
    }
    for file in ["trajectory.csv", "trajectory.parquet", "summary.json", "manifest.json", "cascade.svg", "cascade.png"]
    {
        let read = |out: &str| std::fs::read(here.join(out).join(file)).expect("a file");
        assert!(read("a") == read("b"), "{file} differs");
    }
}

#[test]
fn json_prints_the_summary_and_writes_nothing() {
    let here = folder("json");
    let out = synapta(&here, &["simulate", "--json", "--end", "24"]);
    let summary: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert!(summary["cmax_ketamine_ug_per_L"].as_f64().is_some_and(|v| v > 100.0));
    assert_eq!(std::fs::read_dir(&here).expect("folder").count(), 0);
}

#[test]
fn a_model_file_gives_its_time_course_in_the_columns_asked() {
    let here = folder("course");
    std::fs::write(here.join("m.ant"), "compartment c = 2; species A in c = 10; J: A -> ; k*A; k = 0.5").expect("file");
    let args = [
        "simulate",
        "m.ant",
        "--start",
        "0",
        "--end",
        "5",
        "--steps",
        "50",
        "--rtol",
        "1e-9",
        "--atol",
        "1e-12",
        "--variables",
        "J,A",
        "--amount",
        "A",
        "--output-csv",
        "out.csv",
    ];
    let out = synapta(&here, &args);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let csv = std::fs::read_to_string(here.join("out.csv")).expect("csv");
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("time,J,A"));
    let rows: Vec<Vec<f64>> = lines.map(|l| l.split(',').map(|x| x.parse().expect("number")).collect()).collect();
    assert_eq!(rows.len(), 51);
    // dA/dt = -k*[A] = -k*A/2 for the amount A, which starts at 20.
    for row in &rows {
        let amount = 20.0 * (-0.25 * row[0]).exp();
        assert!((row[2] - amount).abs() < 1e-7, "{row:?}");
        assert!((row[1] - 0.25 * amount).abs() < 1e-7, "{row:?}");
    }
}

#[test]
fn sbml_is_not_supported_yet_and_says_so() {
    let out = synapta(&folder("sbml"), &["simulate", "model.xml"]);
    assert_eq!(out.status.code(), Some(3));
    assert!(text(&out.stderr).contains("SBML"));
}

#[test]
fn bad_models_get_a_place_and_a_remedy() {
    let run = ["simulate", "in.ant"];
    let check = ["check", "in.ant"];
    let unknown = "model m()\n  species A = 1;\n  A -> ; k*B;\n  k = 0.5;\nend\n";
    refuses("unknown-species", unknown, &run, &["in.ant:3:12", "`B`"]);
    let units = "model m()\n  unit nmol = 1e-9 mole; unit nM = 1e-9 mole/litre; substance = nmol;\n  compartment c = 1 litre;\n  \
                 substanceOnly species A in c = 1 nmol; x = 2 nM;\n  y := A + x; y has nmol;\nend\n";
    refuses("unit-mismatch", units, &check, &["in.ant:5:", "nmol", "nM"]);
    refuses("cyclic-rule", "a := b + 1; b := a*2;", &run, &["in.ant:1:", "a -> b -> a"]);
    refuses("nan-parameter", "x = nan; S = 1; S -> ; x*S;", &run, &["in.ant:1:1", "`x`"]);
    refuses("truncated-file", "model m()\n  species A = 1;\n  A -> ; k*A", &run, &["in.ant:3:", "end"]);
    refuses("empty-file", "", &run, &["in.ant:1:1"]);
    refuses("missing-file", "", &["simulate", "inn.ant"], &["inn.ant", "did you mean"]);
    refuses("import-cycle", "import \"in.ant\"\nx = 1", &run, &["in.ant:1:8", "circle"]);
    refuses("missing-import", "import \"other.ant\"\nx = 1", &run, &["in.ant:1:8", "other.ant"]);
}

#[test]
fn bad_requests_get_a_place_and_a_remedy() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("negative-dose", &["simulate", "--dose", "-0.5 mg/kg iv"], &["--dose:1:1", "below zero"]),
        ("unknown-route", &["dose", "0.5 mg/kg ivv"], &["--dose:1:11", "ivv"]),
        ("unknown-drug", &["dose", "0.5 mg/kg ketamien iv"], &["--dose:1:11", "ketamine"]),
        ("unit-kind", &["simulate", "--set", "weight=80 nmol"], &["kg"]),
        ("set-nan", &["simulate", "--set", "weight=NaN"], &["finite"]),
        ("set-unknown", &["simulate", "--set", "wieght=80"], &["subject.weight"]),
        ("subject", &["simulate", "--subject", "trdd"], &["`trd`"]),
        ("mechanism", &["simulate", "--without", "nmda_blok"], &["nmda_block"]),
        ("hypothesis", &["simulate", "--hypothesis", "no_gian"], &["no_gain"]),
        ("end", &["simulate", "--end", "-3"], &["--end"]),
        ("tolerance", &["simulate", "--rtol", "0"], &["rtol"]),
        ("records", &["simulate", "--regimen", "in.ant"], &["in.ant"]),
    ];
    for (name, args, words) in cases {
        let name = format!("request-{name}");
        refuses(&name, "nothing,like,records\n1,2,3\n", args, words);
    }
}

#[test]
fn dose_shows_the_expanded_schedule() {
    let here = folder("dose");
    let out = synapta(&here, &["dose", "84 mg esketamine intranasal 2/week for 4 weeks", "--json"]);
    let doses: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let records = doses["records"].as_array().expect("records");
    assert_eq!(records.len(), 8 * 3, "three devices a dose");
    let total: f64 = records.iter().filter_map(|r| r["amount_mg"].as_f64()).sum();
    assert!((total - 8.0 * 84.0).abs() < 1e-9, "{total}");
}

#[test]
fn records_and_line_mean_the_same() {
    let here = folder("records");
    std::fs::write(here.join("r.csv"), "time,amt,dur,evid,cmt,drug,route\n0,35,0.6666666666666666,1,.,ketamine,iv\n")
        .expect("file");
    let json = |args: &[&str]| -> serde_json::Value {
        let out = synapta(&here, args);
        assert!(out.status.success(), "{}", text(&out.stderr));
        serde_json::from_slice(&out.stdout).expect("JSON")
    };
    let file = json(&["simulate", "--regimen", "r.csv", "--end", "24", "--json"]);
    let line = json(&["simulate", "--dose", "35 mg iv over 40 min", "--end", "24", "--json"]);
    let close = |key: &str| (file[key].as_f64().unwrap_or(0.0) / line[key].as_f64().unwrap_or(1.0) - 1.0).abs() < 1e-6;
    assert!(close("cmax_ketamine_ug_per_L") && close("p_mtor_peak_ratio"), "{file} {line}");
}

#[test]
fn records_out_of_order_count_from_the_earliest_dose_and_odd_columns_are_told() {
    let here = folder("unsorted-records");
    let rows = "time,amt,dur,evid,drug,route,colour\n72,35,0.667,1,ketamine,iv,red\n0,35,0.667,1,ketamine,iv,red\n";
    std::fs::write(here.join("r.csv"), rows).expect("file");
    let out = synapta(&here, &["dose", "--regimen", "r.csv", "--json"]);
    let doses: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(doses["zero_h"].as_f64(), Some(0.0));
    assert!(text(&out.stderr).contains("colour"), "{}", text(&out.stderr));
}

#[test]
fn a_run_that_ends_early_says_which_hour_a_value_is_of() {
    let out = synapta(&folder("early"), &["simulate", "--end", "2 h", "--no-files"]);
    let table = text(&out.stdout);
    assert!(table.contains("MADRS, before"), "{table}");
}

#[test]
fn check_of_the_shipped_models_finds_no_error_and_counts_provenance() {
    let here = folder("check");
    for model in ["human", "rodent"] {
        let out = synapta(&here, &["check", model, "--json"]);
        assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
        let report: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
        assert_eq!(report["unit_errors"], 0);
        for what in ["unit", "source", "uncertainty", "species_description", "reaction_description"] {
            assert_eq!(report["provenance"][what]["covered"], report["provenance"][what]["of"], "{model}: {what}");
        }
        let provenance = &report["provenance"];
        let count = |what: &str| provenance[what].as_u64().expect("a count");
        let valued = provenance["source"]["of"].as_u64().expect("a count");
        assert!(count("sourced") > 100);
        assert_eq!(["sourced", "fitted", "assumed", "definitions"].map(count).iter().sum::<u64>(), valued);
        let declared = &provenance["declared"];
        let share =
            declared["assumed"].as_f64().expect("a count") / declared["about_nature"].as_f64().expect("a count");
        assert!((declared["assumed_share"].as_f64().expect("a share") - share).abs() < 1e-12);
        let printed = text(&synapta(&here, &["check", model]).stdout);
        for part in ["assumed with a reason", "from a source", "fitted to observations", "about nature"] {
            assert!(printed.contains(part), "{part}: {printed}");
        }
    }
}

#[test]
fn ablation_and_hypothesis_change_the_result() {
    let here = folder("switches");
    let madrs = |extra: &[&str]| -> f64 {
        let mut args = vec!["simulate", "--json", "--end", "24", "--without", "expectation"];
        args.extend(extra);
        let out = synapta(&here, &args);
        let summary: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
        summary["madrs"]["24"].as_f64().expect("a score")
    };
    let plain = madrs(&[]);
    assert!(madrs(&["--without", "nmda_block"]) > plain + 2.0);
    assert!(madrs(&["--hypothesis", "no_gain"]) > plain + 2.0);
    assert!((madrs(&["--set", "weight=70 kg"]) - plain).abs() < 1e-9);
}

#[test]
fn lists_and_completions_name_what_there_is() {
    let here = folder("lists");
    for (command, word) in [
        ("models", "human"),
        ("subjects", "rat-cus"),
        ("drugs", "esketamine"),
        ("mechanisms", "nmda_block"),
        ("hypotheses", "shared_gain"),
    ] {
        let out = synapta(&here, &[command]);
        assert!(out.status.success() && text(&out.stdout).contains(word), "{command}");
        let json = synapta(&here, &[command, "--json"]);
        assert!(serde_json::from_slice::<serde_json::Value>(&json.stdout).is_ok_and(|v| v.is_array()), "{command}");
    }
    let out = synapta(&here, &["completions", "bash"]);
    assert!(text(&out.stdout).contains("synapta"));
    assert_eq!(synapta(&here, &["simulate", "--no-such-flag"]).status.code(), Some(2));
}

const DECAY: &str = "species A = 1; J: A -> ; k*A; k = 0.5";

#[test]
fn a_reader_that_goes_away_makes_no_panic_and_loses_no_file() {
    let here = folder("broken-pipe");
    let run = |args: &[&str]| {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_synapta"));
        command.current_dir(&here).args(args).stdout(writer.try_clone().expect("a pipe")).stderr(writer);
        command.status().expect("the binary runs").code()
    };
    assert_eq!(run(&["simulate", "--end", "2"]), Some(0));
    assert!(here.join("synapta-out/report.html").exists(), "files are written all the same");
    assert_eq!(run(&["simulate", "nosuch.ant"]), Some(2));
    assert_eq!(run(&["simulate", "nosuch.xml"]), Some(3));
}

#[cfg(target_os = "linux")]
#[test]
fn output_lost_on_a_full_disk_is_not_success() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let mut command = Command::new(env!("CARGO_BIN_EXE_synapta"));
    let out = command.arg("subjects").stdout(full).output().expect("the binary runs");
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("cannot be written"));
}

#[test]
fn options_that_would_have_no_effect_are_refused() {
    let here = folder("no-effect");
    std::fs::write(here.join("m.ant"), DECAY).expect("file");
    std::fs::write(here.join("r.csv"), "time,amt\n0,35\n").expect("file");
    for (args, word) in [
        (&["simulate", "m.ant", "--json"][..], "--json"),
        (&["simulate", "m.ant", "--no-files"], "--no-files"),
        (&["simulate", "m.ant", "--dose", "1 mg iv"], "plain time course"),
        (&["simulate", "m.ant", "--steps", "5", "--json"], "--json"),
        (&["simulate", "m.ant", "--amount", "A", "--concentration", "A"], "--concentration"),
        (&["dose", "1 mg iv", "--regimen", "r.csv"], "--regimen"),
    ] {
        let out = synapta(&here, args);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert!(text(&out.stderr).contains(word), "{args:?}: {}", text(&out.stderr));
    }
}

#[test]
fn a_built_in_model_by_name_with_a_study_option_is_a_study() {
    let out = synapta(&folder("by-name"), &["simulate", "human", "--json", "--end", "2"]);
    let summary: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert!(summary["cmax_ketamine_ug_per_L"].as_f64().is_some_and(|v| v > 100.0));
}

#[test]
fn a_column_that_is_not_a_number_is_told() {
    let here = folder("not-a-number");
    std::fs::write(here.join("m.ant"), "y := log(-1); S = 1; S -> ; S").expect("file");
    let out = synapta(&here, &["simulate", "m.ant", "--steps", "1"]);
    assert!(text(&out.stderr).contains("`y` is NaN from time 0"), "{}", text(&out.stderr));
}

#[test]
fn a_byte_order_mark_before_a_model_is_passed_over() {
    let here = folder("mark");
    std::fs::write(here.join("part.ant"), format!("\u{feff}model part()\n{DECAY}\nend")).expect("file");
    std::fs::write(here.join("m.ant"), "\u{feff}import \"part.ant\"\r\nmodel *m()\r\np: part();\r\nend\r\n")
        .expect("file");
    let out = synapta(&here, &["simulate", "m.ant", "--steps", "1"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
}

#[cfg(unix)]
#[test]
fn a_model_without_end_is_refused_before_memory_is_full() {
    let here = folder("endless");
    std::fs::write(here.join("m.ant"), "import \"/dev/zero\"").expect("file");
    for model in ["m.ant", "/dev/zero"] {
        assert_eq!(synapta(&here, &["simulate", model]).status.code(), Some(2), "{model}");
    }
}

#[test]
fn messages_fit_what_was_asked() {
    let here = folder("fit");
    std::fs::write(here.join("m.ant"), DECAY).expect("file");
    for (args, word) in [
        (&["simulate", "m.ant", "--output-csv", "none/x.csv"][..], "cannot be written"),
        (&["simulate", "m.ant", "--steps", "-1"], "invalid value '-1' for '--steps"),
        (&["simulate", "m.ant", "--atol", "-1"], "--atol -1 cannot be"),
        (&["simulate", "m.ant", "--rtol", "5"], "below 1"),
    ] {
        let out = synapta(&here, args);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert!(text(&out.stderr).contains(word), "{args:?}: {}", text(&out.stderr));
    }
    let out = synapta(&here, &["dose", "--regimen", "none.csv"]);
    assert!(!text(&out.stderr).contains("built-in models"), "{}", text(&out.stderr));
}

#[test]
fn the_weight_shown_is_the_weight_of_the_run() {
    let here = folder("weight");
    let out = synapta(&here, &["simulate", "--set", "weight=90 kg", "--end", "2"]);
    assert!(text(&out.stdout).contains(" 90 kg (trd)"), "{}", text(&out.stdout));
    let figure = std::fs::read_to_string(here.join("synapta-out/cascade.svg")).expect("figure");
    assert!(!figure.contains("70 kg") && figure.contains("90 kg"));
}

#[test]
fn listings_as_json_have_named_fields() {
    let out = synapta(&folder("fields"), &["hypotheses", "--json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&out.stdout).expect("JSON");
    assert!(rows.iter().any(|r| r["default"] == "yes") && rows.iter().all(|r| r.get("").is_none()));
}

#[test]
fn records_that_would_be_misread_are_refused() {
    let here = folder("misread");
    for (rows, words) in [
        ("id,time,amt\n1,0,35\n2,0,35\n", ["id `1` and id `2`", "each person"]),
        ("time;amt\n0;35\n", ["`time` is missing", "by commas"]),
        ("time amt rate\n0 35 .\n", ["`time` is missing", "by commas"]),
        ("time,amt,amt\n0,35,70\n", ["`amt` stands twice", "leave one"]),
    ] {
        std::fs::write(here.join("r.csv"), rows).expect("file");
        let out = synapta(&here, &["dose", "--regimen", "r.csv"]);
        assert_eq!(out.status.code(), Some(2), "{rows}");
        for word in words {
            assert!(text(&out.stderr).contains(word), "{rows}: {}", text(&out.stderr));
        }
    }
}

#[test]
fn a_score_that_is_gone_is_shown_as_zero() {
    let words = ["simulate", "--subject", "healthy", "--without", "nmda_block", "--end", "80", "--no-files"];
    let table = text(&synapta(&folder("gone"), &words).stdout);
    for (score, place) in [("dissociation (CADSS), peak", 3), ("NMDA receptor block, pyramidal cells, peak", 6)] {
        let line = table.lines().find(|l| l.starts_with(score)).unwrap_or_default();
        assert_eq!(line.split_whitespace().nth(place), Some("0"), "{table}");
    }
}

#[test]
fn a_built_in_model_by_name_runs_its_default_subject() {
    let here = folder("built-in");
    for (model, word) in [("human", "(trd)"), ("rodent", "(rat)")] {
        let out = synapta(&here, &["simulate", model, "--end", "24", "--no-files"]);
        assert!(text(&out.stdout).contains(word), "{model}: {}{}", text(&out.stdout), text(&out.stderr));
    }
}
