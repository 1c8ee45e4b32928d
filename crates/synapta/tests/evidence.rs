//! The evidence: claims and observations load, their names resolve, and the verdicts are those that are written down.

mod common;

use common::{Scratch, bench, library, model, root, synapta};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;
use synapta_model::{Diagnostic, SourceMap};
use synapta_study::evidence::claim::{ClaimKind, ClaimSet, check_names};
use synapta_study::evidence::compare;
use synapta_study::evidence::judge::{Verdict, ask, judge_by};
use synapta_study::evidence::literature::{Literature, LiteratureTexts};
use synapta_study::evidence::observable::Stands;
use synapta_study::evidence::observation::{Observation, ObservationSet, RowForm};
use synapta_study::evidence::pool::{Laboratory, Pool};
use synapta_study::evidence::reference::References;
use synapta_study::evidence::trial;
use synapta_study::library::NamedText;

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn told(found: &[Diagnostic], sources: &SourceMap) -> String {
    let one = |d: &Diagnostic| {
        let place = sources.place(d.span).map_or(String::new(), |p| p.to_string());
        format!("{place}: {} {}", d.message, d.help.clone().unwrap_or_default())
    };
    found.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn claims() -> &'static ClaimSet {
    static SET: OnceLock<ClaimSet> = OnceLock::new();
    SET.get_or_init(|| {
        let folder = root().join("evidence/claims");
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder).expect("claims").filter_map(|e| Some(e.ok()?.path())).collect();
        files.retain(|p| p.extension().is_some_and(|e| e == "toml"));
        files.sort();
        let texts: Vec<(String, String)> = files
            .iter()
            .map(|p| (p.display().to_string(), std::fs::read_to_string(p).expect("a readable claim")))
            .collect();
        let named: Vec<NamedText<'_>> = texts.iter().map(|(name, text)| NamedText { name, text }).collect();
        ClaimSet::from_texts(&named, library()).unwrap_or_else(|e| panic!("{}", told(&e.diagnostics, &e.sources)))
    })
}

fn references() -> References {
    let text = read("evidence/references.bib");
    let read = References::from_text(NamedText { name: "references.bib", text: &text });
    read.unwrap_or_else(|e| panic!("{}", told(&e.diagnostics, &e.sources)))
}

fn literature() -> Literature {
    let [rule, decisions, sample, references_text] = [
        "evidence/screening/rule.toml",
        "evidence/screening/decisions.tsv",
        "evidence/screening/sample.ris",
        "evidence/references.bib",
    ]
    .map(|path| (path, read(path)));
    fn named<'a>((name, text): &'a (&str, String)) -> NamedText<'a> {
        NamedText { name, text }
    }
    let exports = [named(&sample), named(&references_text)];
    let texts = LiteratureTexts { rule: named(&rule), exports: &exports, decisions: named(&decisions) };
    let all = Literature::read(texts, claims(), &references());
    all.unwrap_or_else(|e| panic!("{}", told(&e.diagnostics, &e.sources)))
}

fn laboratory() -> &'static Laboratory<'static> {
    static LABORATORY: OnceLock<Laboratory<'static>> = OnceLock::new();
    LABORATORY.get_or_init(|| {
        let laboratory = Laboratory::new(library(), &[model("human"), model("rodent")]);
        laboratory.expect("the shipped models compile").with_bench(bench())
    })
}

#[test]
fn every_claim_of_the_review_has_a_file_and_its_names_resolve() {
    let set = claims();
    let ids: Vec<String> = set.claims.iter().map(|c| c.id.clone()).collect();
    let wanted: Vec<String> = (1..=67).map(|i| format!("C{i:02}")).collect();
    assert_eq!(ids, wanted);
    let references = references();
    let found: Vec<_> = set.claims.iter().flat_map(|c| check_names(c, laboratory(), Some(&references))).collect();
    assert!(found.is_empty(), "{}", told(&found, &set.sources));
}

#[test]
fn every_claim_lists_its_studies_with_design_species_and_year() {
    let references = references();
    for claim in &claims().claims {
        let needs_none = matches!(claim.kind, ClaimKind::Figure | ClaimKind::Product | ClaimKind::Evidence);
        assert!(needs_none || !claim.sources.is_empty(), "{} names no source", claim.id);
        for key in &claim.sources {
            let source = references.get(key).unwrap_or_else(|| panic!("{key}"));
            for field in ["design", "species", "year"] {
                assert!(!source.field(field).is_empty(), "{}: {key} has no {field}", claim.id);
            }
        }
    }
}

/// Verdict, expectations that hold, expectations.
type Row = (String, usize, usize);

fn row(v: &Verdict) -> Row {
    let word = if v.pass { "pass" } else { "fail" };
    (word.to_string(), v.outcomes.iter().filter(|o| o.pass).count(), v.outcomes.len())
}

fn written() -> BTreeMap<String, Row> {
    let text = read("evidence/claims/verdicts.tsv");
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, verdict, holds, of] = cells[..] else { panic!("verdicts.tsv: {line}") };
        (id.to_string(), (verdict.to_string(), holds.parse().expect("a count"), of.parse().expect("a count")))
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn verdicts_are_those_written_down() {
    let mut pool = Pool::default();
    for claim in &claims().claims {
        ask(claim, library(), &mut pool);
    }
    let results = pool.run(laboratory(), &|_| {});
    let literature = literature();
    let verdicts: Vec<Verdict> =
        claims().claims.iter().map(|c| judge_by(c, library(), &results, &literature)).collect();
    let written = written();
    let mut wrong = vec![];
    for (claim, v) in claims().claims.iter().zip(&verdicts) {
        let (now, then) = (row(v), written.get(&claim.id));
        if then != Some(&now) {
            wrong.push(format!("{}: written {then:?}, simulated {now:?}: {}", claim.id, v.why));
        }
        if v.pass && !claim.why_fails.is_empty() {
            wrong.push(format!("{} holds: take its `why_fails` away and write `pass` in verdicts.tsv", claim.id));
        }
        if !v.pass && claim.why_fails.is_empty() && claim.not_yet.is_empty() {
            wrong.push(format!("{} fails without a reason: {}", claim.id, v.why));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(written.len(), verdicts.len());
}

fn observations() -> ObservationSet {
    let (observables, table) = (read("evidence/observables.toml"), read("evidence/observations.tsv"));
    let observables = NamedText { name: "observables.toml", text: &observables };
    let tables = [NamedText { name: "observations.tsv", text: &table }];
    let trial = read("evidence/virtual_trial.toml");
    let read = ObservationSet::from_texts(observables, &tables)
        .and_then(|set| set.with_trial(NamedText { name: "virtual_trial.toml", text: &trial }));
    read.unwrap_or_else(|e| panic!("{}", told(&e.diagnostics, &e.sources)))
}

#[test]
fn observations_load_their_names_resolve_and_what_has_a_variable_is_simulated() {
    let set = observations();
    let found = set.check(laboratory(), &references());
    assert!(found.is_empty(), "{}", told(&found, &set.sources));
    let rows: Vec<&Observation> = set.rows.iter().collect();
    let mut pool = Pool::default();
    compare::ask(&set, &rows, laboratory(), &mut pool);
    let results = pool.run(laboratory(), &|_| {});
    for (row, compared) in rows.iter().zip(compare::compare(&set, &rows, laboratory(), &results)) {
        let asked = match &set.observable(&row.observable).expect("checked").stands {
            Stands::Variable(_) => !matches!(row.form, RowForm::OfAssay(_)),
            Stands::Assay(reading) => reading.readout.is_some() || reading.assay == trial::ASSAY,
            Stands::Nothing(_) => false,
        };
        assert_eq!(compared.simulated.is_some(), asked, "{}: {}", row.id, compared.why);
    }
}

#[test]
fn people_of_claims_are_those_of_the_virtual_trial() {
    let set = observations();
    let people = &set.trial.as_ref().expect("people").vary;
    for claim in &claims().claims {
        for vary in claim.cohorts.values().flat_map(|c| &c.vary) {
            let same = people.iter().any(|p| p == vary);
            assert!(same, "{}: {:?} differs otherwise in virtual_trial.toml", claim.id, vary.names);
        }
    }
}

#[test]
fn every_row_of_the_source_tables_stands_once() {
    let set = observations();
    let excluded = read("evidence/exclusions.tsv");
    let ids: Vec<&str> = excluded.lines().skip(1).filter_map(|l| l.split('\t').next()).collect();
    for id in &ids {
        assert!(set.row(id).is_none(), "{id} is both kept and excluded");
    }
    assert!(!ids.is_empty() && !set.rows.is_empty());
}

/// A claim that fails, whatever the model.
const FAILS: &str = "id = \"FAILS\"\nsection = \"own\"\nstatement = \"own\"\nkind = \"mechanism\"\nwhy_fails = \"nobody holds so much\"\n[arms.a]\nsubject = \
                     \"rat\"\nregimen = \"10 mg/kg ip\"\ndays = 1\n[[expect]]\narm = \"a\"\nof = \"brain_ketamine\"\ntake = \"peak\"\nabove = \
                     1e12\nreason = \"own\"\n";

#[test]
fn exit_codes_tell_a_claim_that_holds_from_one_that_fails() {
    let holds = synapta(&["claims", "c02"]);
    assert_eq!(holds.status.code(), Some(0), "{}", String::from_utf8_lossy(&holds.stdout));
    let scratch = Scratch::new("not-yet");
    let own = "id = \"OWN\"\nsection = \"own\"\nstatement = \"own\"\nkind = \"figure\"\nstatus = \"not yet\"\nstatus_reason = \"own\"\n";
    let file = scratch.file("own.toml", own);
    let failing = scratch.file("fails.toml", FAILS);
    let fails = synapta(&["claims", "C02", "FAILS", "OWN", "--file", &file, "--file", &failing, "--json"]);
    assert_eq!(fails.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&fails.stdout).expect("JSON alone on standard output");
    let words: Vec<&str> = json.as_array().expect("an array").iter().filter_map(|c| c["verdict"].as_str()).collect();
    assert_eq!(words, ["pass", "fail", "fail"]);
    for key in ["id", "simulated", "expected", "why"] {
        assert!(json[1][key].as_str().is_some_and(|s| !s.is_empty()), "{key}");
    }
    assert!(json[2]["why"].as_str().is_some_and(|s| s.starts_with("not yet")));
}

#[test]
fn the_page_holds_each_claim_with_curves_and_sources() {
    let scratch = Scratch::new("page");
    let page = scratch.file("page.html", "");
    let failing = scratch.file("fails.toml", FAILS);
    let out = synapta(&["claims", "C02", "FAILS", "--file", &failing, "--html", &page]);
    assert_eq!(out.status.code(), Some(1));
    let html = std::fs::read_to_string(&page).expect("the page");
    assert_eq!(html.matches("<article ").count(), 2);
    assert!(html.matches("<svg").count() >= 2 && html.contains("doi:") && html.contains("Why it fails"));
    assert!(!html.contains("<script") && !html.contains("src="), "the page loads nothing");
}

#[test]
fn further_claims_are_read_from_files_and_folders() {
    let scratch = Scratch::new("further");
    let own = "id = \"OWN\"\nsection = \"own\"\nstatement = \"ketamine reaches the brain\"\nkind = \"mechanism\"\n[arms.a]\nsubject = \
               \"rat\"\nregimen = \"10 mg/kg ip\"\ndays = 1\n[[expect]]\narm = \"a\"\nof = \"brain_ketamine\"\ntake = \"peak\"\nabove = \
               0\nreason = \"own\"\n[[expect]]\narm = \"a\"\nof = [\"glutamate_peak\", \"p_mtor_peak\"]\nabove = 1\nreason = \"read-outs by \
               name\"\n";
    let file = scratch.file("own.toml", own);
    for path in [file.as_str(), &scratch.0.display().to_string()] {
        let out = synapta(&["claims", "OWN", "--file", path]);
        assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    }
}

#[test]
fn bad_input_ends_with_code_2_and_says_where() {
    let scratch = Scratch::new("bad");
    let claim = scratch.file("bad.toml", "id = \"B1\"\nsection = \"s\"\nstatment = \"t\"\n");
    let table = scratch.file("bad.tsv", "id\texperiment\n");
    let stage = scratch.file(
        "stage.toml",
        "title = \"t\"\nmodel = \"human\"\nrows = [\"OPK010\"]\n[[parameter]]\nname = \"weigth\"\n",
    );
    let empty = Scratch::new("empty");
    let cases: [(&[&str], &str); 14] = [
        (&["claims", "C99"], "there is no claim `C99`"),
        (&["claims", "--file", "no-such-file.toml"], "no-such-file.toml"),
        (&["claims", "--file", &claim], "bad.toml:3"),
        (&["claims", "--file", &claim], "did you mean `statement`?"),
        (&["claims", "--file", &empty.0.display().to_string()], "holds no claim"),
        (&["claims", "C02", "--html", "no-such-folder/page.html"], "cannot be written"),
        (&["observations", "ZZZZ"], "there is no observation `ZZZZ`"),
        (&["observations", "--file", &table], "the column `subject` is missing"),
        (&["observations", "--file", "/dev/null"], "the table is empty"),
        (&["observations", "MUR03", "--set", "weigth=80"], "did you mean `subject.weight`?"),
        (&["observations", "MUR03", "--hypothesis", "belief_havy"], "belief_heavy"),
        (&["calibrate", "nothing"], "there is no stage `nothing`"),
        (&["calibrate", "--file", &stage], "did you mean `subject.weight`?"),
        (&["calibrate", "--audit", "kinases"], "cannot be used with"),
    ];
    for (arguments, words) in cases {
        let out = synapta(arguments);
        let told = String::from_utf8_lossy(&out.stderr).to_string();
        assert_eq!(out.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
}

#[test]
fn a_value_set_holds_in_every_row() {
    let number = |arguments: &[&str]| {
        let out = synapta(arguments);
        let json: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
        json["rows"][0]["simulated"].as_f64().expect("a number")
    };
    let halved = ["observations", "SAF01", "--json", "--set", "mood.pressure_maximum=16"];
    assert!((number(&halved) - 0.5 * number(&halved[..3])).abs() < 1e-6, "half the maximum, half the rise");
}

#[test]
fn observations_are_told_with_totals_and_drawn() {
    let scratch = Scratch::new("figure");
    let figure = scratch.file("figure.svg", "");
    let out = synapta(&["observations", "OP001", "MUR03", "OP019", "--figure", &figure]);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(text.contains("tissue glutamate") && text.contains("recalled: 1 rows, 1 simulated"), "{text}");
    assert!(std::fs::read_to_string(&figure).expect("the figure").contains("<circle"));
    let json = synapta(&["observations", "MUR03", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert!(json["rows"][0]["residual"].is_number() && json["totals"]["recalled"]["rows"] == 1, "{json}");
}

#[test]
fn courses_are_drawn_with_the_data_on_them() {
    let scratch = Scratch::new("courses");
    let folder = scratch.0.display().to_string();
    let out = synapta(&["observations", "--course", "glutamate_dialysate_pfc", "--out", &folder]);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    let svg = std::fs::read_to_string(scratch.0.join("glutamate_dialysate_pfc.svg")).expect("the figure");
    assert!(svg.contains("simulated") && svg.contains("measured") && svg.matches("<circle").count() >= 3, "{svg}");
    assert!(std::fs::read(scratch.0.join("glutamate_dialysate_pfc.png")).expect("the picture").starts_with(b"\x89PNG"));
    let cases: [(&[&str], &str); 3] = [
        (
            &["observations", "--course", "glutamate_dialysate_pcf", "--out", &folder],
            "did you mean `glutamate_dialysate_pfc`?",
        ),
        (&["observations", "--course", "p_gsk3_pfc", "--out", &folder], "no course to draw"),
        (&["observations", "--course", "madrs", "--out", "/dev/null/courses"], "cannot be made"),
    ];
    for (arguments, words) in cases {
        let out = synapta(arguments);
        let told = String::from_utf8_lossy(&out.stderr).to_string();
        assert_eq!(out.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
}

#[test]
fn an_observation_and_a_claim_are_added_by_text_alone() {
    let example = |name: &str| root().join("docs/examples").join(name).display().to_string();
    let row = synapta(&["observations", "OWN1", "--file", &example("observations.tsv"), "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&row.stdout).expect("JSON");
    assert_eq!(json["rows"][0]["sign_right"], true, "{json}");
    let claim = synapta(&["claims", "OWN", "--file", &example("claim.toml")]);
    let told = String::from_utf8_lossy(&claim.stdout).to_string();
    assert!(told.starts_with("OWN ") && told.contains("simulated"), "{told}");
}
