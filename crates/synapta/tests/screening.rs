//! `synapta evidence import`, as a user types it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn import(arguments: &[&str]) -> Output {
    let command = ["evidence", "import"].iter().chain(arguments);
    Command::new(env!("CARGO_BIN_EXE_synapta")).current_dir(root()).args(command).output().expect("the program runs")
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A file in a folder of its own, gone with the test's end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let folder = std::env::temp_dir().join(format!("synapta-screening-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        Scratch(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.join(name), text).expect("a file for the test");
        self.path(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let out = import(arguments);
    assert_eq!(out.status.code(), Some(0), "{}", said(&out.stderr));
    serde_json::from_slice(&out.stdout).expect("JSON alone on standard output")
}

#[test]
fn the_sample_is_decided_as_by_reading() {
    let all = json(&["evidence/screening/sample.ris", "--json"]);
    let decisions = std::fs::read_to_string(root().join("evidence/screening/decisions.tsv")).expect("decisions");
    let mut wanted: Vec<(String, String, String)> = decisions
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            (cells[0].to_string(), cells[1].to_string(), cells[2].to_string())
        })
        .collect();
    let word = |v: &serde_json::Value| v.as_str().unwrap_or("").to_string();
    let records = all["records"].as_array().expect("records");
    let mut told: Vec<(String, String, String)> = records
        .iter()
        .map(|r| (format!("doi:{}", word(&r["doi"])), word(&r["decision"]), word(&r["criterion"])))
        .collect();
    wanted.sort();
    told.sort();
    assert_eq!(told, wanted);
    assert_eq!(all["duplicates"], 2);
    let sum = ["included", "excluded", "unclear"].map(|k| all[k].as_u64().expect("a count"));
    assert_eq!(sum.iter().sum::<u64>(), all["screened"].as_u64().expect("a count"));
    assert!(sum.iter().all(|n| *n > 0), "{sum:?}");
}

#[test]
fn every_criterion_excludes_some_record_of_the_sample_or_of_the_references() {
    let all = json(&["evidence/screening/sample.ris", "evidence/references.bib", "--json"]);
    let idle: Vec<&serde_json::Value> =
        all["criteria"].as_array().expect("criteria").iter().filter(|c| c["excluded"] == 0).collect();
    assert!(idle.is_empty(), "{idle:?}");
    // The sample's papers are among the references: each is one record.
    assert!(all["duplicates"].as_u64().expect("a count") >= 29, "{}", all["duplicates"]);
}

#[test]
fn the_table_gives_reasons_and_the_file_a_row_a_record() {
    let scratch = Scratch::new("table");
    let file = scratch.path("screened.tsv");
    let out = import(&["evidence/screening/sample.ris", "--out", &file]);
    let text = said(&out.stdout);
    for words in ["identified", "duplicates joined", "excluded", "published before 2007 or after 2017", "included"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let rows = std::fs::read_to_string(&file).expect("the table");
    let widths: Vec<usize> = rows.lines().map(|l| l.split('\t').count()).collect();
    assert_eq!(widths.len(), 30);
    assert!(widths.iter().all(|w| *w == widths[0]), "{widths:?}");
    assert!(rows.lines().any(|l| l.contains("doi:10.1176/appi.ajp.2017.17060647\texcluded\tyears")), "{rows}");
}

#[test]
fn pubmed_and_scholar_exports_of_one_paper_are_one_record() {
    let scratch = Scratch::new("join");
    let pubmed = scratch.file(
        "pubmed.nbib",
        "PMID- 11111111\nDP  - 2012 Aug\nTI  - Ketamine and the depressed synapse of the rat.\nAB  - NMDA receptors.\nPT  - Journal \
         Article\n",
    );
    let scholar = scratch.file(
        "scholar.bib",
        "@article{doe2012ketamine, title={Ketamine and the Depressed Synapse of the Rat}, author={Doe, Jane}, year={2012}}\n",
    );
    let all = json(&[&pubmed, &scholar, "--json"]);
    assert_eq!((&all["read"], &all["screened"]), (&2.into(), &1.into()));
    assert_eq!(all["records"][0]["authors"][0], "Doe, Jane");
    assert_eq!(all["records"][0]["decision"], "included");
}

#[test]
fn a_rule_of_ones_own_is_used() {
    let scratch = Scratch::new("rule");
    let rule = "title = \"own\"\nsource = \"test\"\n[[criterion]]\nname = \"years\"\nexcluded = \"late\"\nunclear = \"?\"\nreason = \
                \"test\"\nyears = { first = 1900, last = 2000 }\n";
    let all = json(&["evidence/screening/sample.ris", "--rule", &scratch.file("own.toml", rule), "--json"]);
    assert_eq!((&all["included"], &all["criteria"][0]["name"]), (&1.into(), &"years".into()));
}

#[test]
fn broken_input_ends_with_code_2_and_says_where() {
    let scratch = Scratch::new("broken");
    let cut = scratch.file("cut.ris", "TY  - JOUR\nTI  - A title\nPY  - 2012\n");
    let bib = scratch
        .file("bad.bib", "@article{a,\n  title = {A},\n  year = {2012}\n\n@article{b, title = {B}, year = {2012}}\n");
    let nbib = scratch.file("bad.nbib", "PMID- 1\nTI  - A title\nno tag here\n");
    let rule = scratch.file("rule.toml", "title = \"own\"\nsource = \"t\"\ncriterion = []\n");
    let table = scratch.file("notes.txt", "some notes\n");
    let cases: [(&[&str], &str); 7] = [
        (&[&cut], "cut.ris:1:1"),
        (&[&bib], "bad.bib:"),
        (&[&nbib], "bad.nbib:3:1"),
        (&[&table], "no search export"),
        (&["no-such.ris"], "no-such.ris"),
        (&["evidence/screening/sample.ris", "--rule", &rule], "takes everything"),
        (&["evidence/screening/sample.ris", "--out", "no-such-folder/x.tsv"], "cannot be written"),
    ];
    for (arguments, words) in cases {
        let out = import(arguments);
        assert_eq!(out.status.code(), Some(2), "{arguments:?}: {}", said(&out.stderr));
        assert!(said(&out.stderr).contains(words), "{arguments:?}: {}", said(&out.stderr));
        assert!(out.stdout.is_empty(), "{arguments:?}");
    }
}
