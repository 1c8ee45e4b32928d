use super::*;
use crate::library::NamedText;

const RULE: &str = r#"
title = "toy rule"
source = "test"
[[criterion]]
name = "years"
excluded = "too old or too young"
unclear = "no year"
reason = "toy"
years = { first = 2007, last = 2017 }
[[criterion]]
name = "crossed"
excluded = "neither"
unclear = "no abstract"
reason = "toy"
terms = { mood = ["depress*"], "NMDA antagonist" = ["N-methyl-D-aspartate antagonist"] }
[[criterion]]
name = "design"
excluded = "a letter"
unclear = "no design"
reason = "toy"
[criterion.classes]
field = "design"
class = [
  { name = "case report", accepted = true, types = ["Case Reports"] },
  { name = "letter", accepted = false, types = ["Letter"] },
  { name = "trial", accepted = true, values = ["trial"], words = ["randomised"] },
]
[[criterion]]
name = "subjects"
excluded = "cells"
unclear = "nobody"
reason = "toy"
[criterion.classes]
field = "species"
together = true
class = [
  { name = "animal", accepted = true, words = ["rat", "rats"] },
  { name = "cells", accepted = false, words = ["oocyte*"] },
]
"#;

fn rule(text: &str) -> Result<Rule, Vec<&'static str>> {
    let read = Rule::from_text(NamedText { name: "rule.toml", text });
    read.map_err(|e| e.diagnostics.iter().map(|d| d.code).collect())
}

/// Decision and deciding criterion of one RIS record.
fn decided(lines: &str) -> (Decision, String) {
    let rule = rule(RULE).unwrap();
    let text = format!("TY  - JOUR\nTI  - A title\n{lines}\nER  - \n");
    let exports = Exports::read(&[NamedText { name: "a.ris", text: &text }]);
    let screening = screen(&rule, &exports);
    let first = &screening.records[0];
    (first.decision, first.decided_by.map_or(String::new(), |at| rule.criteria[at].name.clone()))
}

#[test]
fn a_record_is_included_excluded_or_unclear_for_one_reason() {
    let sound = "PY  - 2012\nAB  - Randomised rats: anti-depressant? depressed!";
    assert_eq!(decided(sound), (Decision::Included, String::new()));
    assert_eq!(decided(&sound.replace("2012", "2018")), (Decision::Excluded, "years".into()));
    assert_eq!(decided(&sound.replace("PY  - 2012\n", "")), (Decision::Unclear, "years".into()));
    assert_eq!(decided(&sound.replace("depress", "impress")), (Decision::Excluded, "crossed".into()));
    assert_eq!(decided("PY  - 2012\nKW  - randomised rats"), (Decision::Unclear, "crossed".into()));
    assert_eq!(decided(&sound.replace("Randomised", "Some")), (Decision::Unclear, "design".into()));
    assert_eq!(decided(&format!("{sound}\nM3  - Letter")), (Decision::Excluded, "design".into()));
    assert_eq!(decided(&format!("{sound}\nM3  - Case Reports\nM3  - Letter")), (Decision::Included, String::new()));
    assert_eq!(decided(&sound.replace("rats", "oocytes")), (Decision::Excluded, "subjects".into()));
    assert_eq!(decided(&sound.replace("rats", "rats and oocytes")), (Decision::Included, String::new()));
    assert_eq!(decided(&sound.replace("rats", "ratios")), (Decision::Unclear, "subjects".into()));
}

#[test]
fn words_are_whole_and_do_not_run_over_the_border_of_two_fields() {
    let pair = "PY  - 2012\nAB  - Randomised rats got an n-methyl-D-aspartate antagonist.";
    assert_eq!(decided(pair).0, Decision::Included);
    let apart = "PY  - 2012\nAB  - Randomised rats: N-methyl-D-aspartate\nKW  - antagonist";
    assert_eq!(decided(apart), (Decision::Excluded, "crossed".into()));
}

#[test]
fn counts_are_asked_for_by_their_words() {
    let rule = rule(RULE).unwrap();
    let one = "TY  - JOUR\nTI  - Depressed rats in a randomised study\nPY  - 2012\nER  - \n";
    let old = "TY  - JOUR\nTI  - An older study of all the same\nPY  - 1999\nER  - \n";
    let text = format!("{one}{one}{old}");
    let exports = Exports::read(&[NamedText { name: "a.ris", text: &text }]);
    let screening = screen(&rule, &exports);
    let counts = ["records", "duplicates", "screened", "included", "excluded", "excluded years", "unclear years"];
    let told: Vec<usize> = counts.iter().filter_map(|c| screening.counted(c)).collect();
    assert_eq!(told, [3, 1, 2, 1, 1, 1, 0]);
    assert_eq!(screening.counted("excluded yeers"), None);
    assert_eq!(screening.reason(&screening.records[1]), "too old or too young");
    assert_eq!(screening.place(&exports.sources, &screening.records[1]), "a.ris:9");
}

#[test]
fn rules_that_cannot_work_are_refused() {
    let wrong = |right: &str, replacement: &str| {
        assert!(RULE.contains(right), "{right}");
        rule(&RULE.replacen(right, replacement, 1)).unwrap_err()
    };
    assert_eq!(wrong("first = 2007", "first = 2027"), ["rule-years"]);
    assert_eq!(wrong("years = { first = 2007, last = 2017 }", ""), ["rule-test"]);
    assert_eq!(wrong("name = \"crossed\"", "name = \"years\""), ["rule-duplicate"]);
    assert_eq!(wrong("depress*", "*depress"), ["rule-word"]);
    assert_eq!(wrong(", types = [\"Letter\"]", ""), ["rule-test"]);
    assert_eq!(wrong("accepted = false", "acepted = false"), ["evidence-unknown-field"]);
}
