//! The Antimony conformance suite: every text means the SBML beside it, and texts the reference rejects are rejected.
//!
//! The published list is `tests/conformance/antimony-structure.tsv` in the workspace root. A text that passes and is not
//! listed as passing fails this test as much as one that fails and is listed as passing: the list says what is true.
//! Set `SYNAPTA_UPDATE_LIST=1` to write it anew.

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::{facts, sbml, suite};

fn list_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/antimony-structure.tsv")
}

/// What came out for one text: pass or fail, with a reason.
fn outcome(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Result<(), String> {
    let parsed = suite::parse(files, &format!("{name}.ant"));
    let first_error = parsed.diagnostics.iter().find(|d| d.is_error()).map(|d| d.message.clone());
    let wanted = suite::text(files, &format!("{name}.xml"));
    match (&parsed.model, wanted) {
        (None, None) => Ok(()),
        (Some(_), None) => Err("the reference rejects this text".into()),
        (None, Some(_)) => Err(format!("rejected: {}", first_error.unwrap_or_default())),
        (Some(model), Some(xml)) => compare(&facts::facts(model), &sbml::facts(&xml)),
    }
}

fn compare(ours: &[String], theirs: &[String]) -> Result<(), String> {
    let (extra, missing) = facts::difference(ours, theirs);
    match (extra.first(), missing.first()) {
        (None, None) => Ok(()),
        _ => {
            let show = |list: &[String]| list.iter().take(3).cloned().collect::<Vec<_>>().join(" | ");
            Err(format!("ours: {}; reference: {}", show(&extra), show(&missing)))
        }
    }
}

#[test]
fn every_text_means_what_the_reference_says() {
    let Some(files) = suite::files() else { return };
    let mut lines = String::from("name\tresult\treason\n");
    let mut passed = 0;
    let names = suite::names(&files);
    for name in &names {
        let result = outcome(&files, name);
        passed += usize::from(result.is_ok());
        let (word, reason) = match result {
            Ok(()) => ("pass", String::new()),
            Err(reason) => ("fail", reason.replace(['\t', '\n'], " ").chars().take(400).collect()),
        };
        writeln!(lines, "{name}\t{word}\t{reason}").expect("a string takes text");
    }
    println!("{passed} of {} texts pass", names.len());
    if std::env::var_os("SYNAPTA_UPDATE_LIST").is_some() {
        std::fs::write(list_path(), &lines).expect("the list can be written");
    }
    let published = std::fs::read_to_string(list_path()).expect("the published list");
    let result_of = |line: &str| line.split('\t').take(2).map(str::to_owned).collect::<Vec<_>>();
    let now: Vec<_> = lines.lines().map(result_of).collect();
    let then: Vec<_> = published.lines().map(result_of).collect();
    let changed: Vec<String> = lines.lines().filter(|l| !then.contains(&result_of(l))).map(str::to_owned).collect();
    assert!(changed.is_empty(), "results that the list does not have:\n{}", changed.join("\n"));
    assert_eq!(now.len(), then.len(), "the list names texts that are not in the suite");
}
