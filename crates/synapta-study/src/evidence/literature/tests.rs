use super::*;
use crate::evidence::judge::judge_by;
use crate::evidence::pool::Results;
use crate::library::tests::toy_library;

const RULE: &str = "title = \"t\"\nsource = \"s\"\n[[criterion]]\nname = \"years\"\nexcluded = \"e\"\nunclear = \"u\"\nreason = \
                    \"r\"\nyears = { first = 2007, last = 2017 }\n";
const EXPORT: &str = "TY  - JOUR\nTI  - A new study\nPY  - 2012\nDO  - 10.1/new\nER  - \nTY  - JOUR\nTI  - An old study\nPY  - \
                      1999\nDO  - 10.1/old\nER  - \n";
const DECISIONS: &str = "record\tdecision\tcriterion\ndoi:10.1/new\tincluded\t\ndoi:10.1/old\texcluded\tyears\n";
const BIB: &str =
    "@article{full, title = {T}, year = {2012}, design = {d}}\n@article{bare, title = {B}, year = {2012}}\n";
const CLAIM: &str = r#"id = "L1"
section = "method"
statement = "studies are listed and screened"
kind = "evidence"
sources = ["full"]
[[expect]]
form = "studies"
kinds = ["evidence"]
of = ["year", "design"]
above = 0.99
reason = "test"
[[expect]]
form = "screening"
export = "sample.ris"
count = "agreement"
above = 0.99
reason = "test"
[[expect]]
form = "screening"
export = "sample.ris"
count = "excluded years"
above = 0.5
reason = "test"
"#;

fn named<'a>(name: &'a str, text: &'a str) -> NamedText<'a> {
    NamedText { name, text }
}

/// Which expectations of the claim hold, with what was found.
fn judged(claim: &str, export: &str, decisions: &str) -> Vec<(bool, String)> {
    let library = toy_library();
    let claims = ClaimSet::from_texts(&[named("L1.toml", claim)], &library).unwrap();
    let references = References::from_text(named("references.bib", BIB)).unwrap();
    let exports = [named("folder/sample.ris", export)];
    let texts = LiteratureTexts {
        rule: named("rule.toml", RULE),
        exports: &exports,
        decisions: named("decisions.tsv", decisions),
    };
    let literature = Literature::read(texts, &claims, &references).unwrap();
    let verdict = judge_by(&claims.claims[0], &library, &Results::default(), &literature);
    verdict.outcomes.into_iter().map(|o| (o.pass, o.simulated)).collect()
}

#[test]
fn a_claim_about_the_literature_holds_by_its_studies_and_its_screening() {
    let all = judged(CLAIM, EXPORT, DECISIONS);
    assert!(all.iter().all(|(pass, _)| *pass), "{all:?}");
}

#[test]
fn a_study_without_a_field_and_a_decision_that_differs_are_named() {
    let bare = judged(&CLAIM.replace("\"full\"", "\"bare\""), EXPORT, DECISIONS);
    assert!(!bare[0].0 && bare[0].1.contains("not L1"), "{bare:?}");
    let younger = judged(CLAIM, &EXPORT.replace("1999", "2009"), DECISIONS);
    assert!(!younger[1].0 && younger[1].1.contains("doi:10.1/old included by the rule, excluded years by reading"));
    assert!(!younger[2].0);
    let unread = judged(CLAIM, EXPORT, "record\tdecision\tcriterion\ndoi:10.1/new\tincluded\t\n");
    assert!(!unread[1].0 && unread[1].1.contains("1 of 2 records have no decision"), "{unread:?}");
    let lost = judged(&CLAIM.replace("sample.ris", "sampel.ris"), EXPORT, DECISIONS);
    assert!(!lost[1].0 && lost[1].1.contains("there are: sample.ris"), "{lost:?}");
}

#[test]
fn decisions_that_decide_nothing_are_refused() {
    let rule = Rule::from_text(named("rule.toml", RULE)).unwrap();
    let findings =
        |text: &str| decisions::read(named("decisions.tsv", text), &rule).err().map_or(0, |e| e.diagnostics.len());
    assert_eq!(findings(DECISIONS), 0);
    assert_eq!(findings(&DECISIONS.replace("included\t", "include\t")), 2);
    assert_eq!(findings(&DECISIONS.replace("excluded\tyears", "excluded\t")), 1);
    assert_eq!(findings(&DECISIONS.replace("excluded\tyears", "excluded\tyeers")), 1);
    assert_eq!(findings(&DECISIONS.replace("10.1/old", "10.1/new")), 1);
    assert_eq!(findings(&DECISIONS.replace("record\t", "id\t")), 1);
}
