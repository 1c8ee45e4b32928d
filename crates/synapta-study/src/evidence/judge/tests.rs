use super::*;
use crate::evidence::claim::ClaimSet;
use crate::evidence::pool::Laboratory;
use crate::library::NamedText;
use crate::library::tests::toy_library;
use crate::testing::toy_model;

const HEAD: &str = r#"id = "X"
section = "s"
statement = "t"
kind = "mechanism"

[arms.low]
subject = "trd"
set = ["left.supply=0.5"]
days = 1

[arms.high]
subject = "trd"
set = ["left.supply=2"]
days = 1

[arms.plain]
subject = "trd"
days = 1

[cohorts.people]
arm = "plain"
members = 40
seed = 3
vary = [{ name = "left.supply", mean = 1, sd = 0.2, source = "test" }, { name = "right.supply", mean = 1, sd = 0.2, source = "test" }]

[[expect]]
form = "arm_order"
arm = ["low", "high"]
of = "level"
take = "before"
reason = "uses both arms"
"#;

/// The verdict on the head with one more expectation.
fn verdict(expectation: &str) -> Verdict {
    verdict_of(&format!("{HEAD}\n[[expect]]\nreason = \"test\"\n{expectation}"))
}

fn verdict_of(text: &str) -> Verdict {
    let (library, model) = (toy_library(), toy_model());
    let set = ClaimSet::from_texts(&[NamedText { name: "X.toml", text }], &library);
    let set = set.unwrap_or_else(|e| panic!("{:#?}", e.diagnostics));
    let laboratory = Laboratory::new(&library, &[&model]).unwrap();
    let mut pool = Pool::default();
    ask(&set.claims[0], &library, &mut pool);
    let results = pool.run(&laboratory, &|_| {});
    judge(&set.claims[0], &library, &results)
}

fn last(expectation: &str) -> (bool, Vec<f64>) {
    let outcome = verdict(expectation).outcomes.pop().unwrap();
    (outcome.pass, outcome.numbers)
}

#[test]
fn values_against_base_vehicle_and_another_arm() {
    let (pass, numbers) = last("arm = \"high\"\nof = \"level\"\nat_h = 1\nagainst = \"low\"\nabove = 3.9\nbelow = 4.1");
    assert!(pass, "{numbers:?}");
    let (pass, numbers) = last("arm = [\"low\", \"high\"]\nof = \"level\"\ntake = \"drift\"\nbelow = 1e-9");
    assert!(pass && numbers == [0.0, 0.0], "{numbers:?}");
    let (_, numbers) =
        last("arm = \"high\"\nof = \"level\"\nat_h = 2\nagainst = \"vehicle\"\nas = \"percent\"\nabove = 1");
    assert_eq!(numbers, [0.0]);
    let (_, numbers) =
        last("arm = \"high\"\nof = \"level\"\nat_h = 2\nagainst = \"1 h\"\nas = \"difference\"\nabove = 1");
    assert_eq!(numbers, [0.0]);
}

#[test]
fn bounds_are_not_part_of_what_they_bound() {
    assert!(!last("arm = \"high\"\nof = \"level\"\nat_h = 1\nabove = 2").0);
    assert!(last("arm = \"high\"\nof = \"level\"\nat_h = 1\nabove = 1.999").0);
}

#[test]
fn signs_count_small_changes_as_none() {
    let sign = |of: &str, sign: i8| {
        last(&format!("form = \"sign\"\narm = \"high\"\nof = \"{of}\"\nat_h = 1\nagainst = \"low\"\nas = \"difference\"\nsign = {sign}\nmargin = 0.1")).0
    };
    assert!(sign("level", 1) && sign("-level", -1) && sign("0.01*level", 0));
    assert!(!sign("level", 0) && !sign("level", -1));
}

#[test]
fn orders_fail_when_turned_round() {
    assert!(verdict("arm = \"low\"\nof = \"level\"\nat_h = 1\nabove = 0").pass);
    assert!(!last("form = \"arm_order\"\narm = [\"high\", \"low\"]\nof = \"level\"\ntake = \"before\"").0);
}

#[test]
fn a_time_beyond_the_run_is_no_number_and_fails() {
    let (pass, numbers) = last("arm = \"high\"\nof = \"level\"\nat_h = 999\nabove = -1e9");
    assert!(!pass && numbers[0].is_nan());
}

#[test]
fn a_share_is_of_the_whole_effect() {
    let text =
        "form = \"share_lost\"\narm = \"low\"\nwhole = \"high\"\nof = \"level\"\nat_h = 1\nabove = 0.7\nbelow = 0.8";
    let (pass, numbers) = last(text);
    assert!(pass, "{numbers:?}");
}

#[test]
fn shapley_shares_and_what_is_left_sum_to_the_whole() {
    let text = format!(
        "{HEAD}\n[arms.other]\nsubject = \"trd\"\nset = [\"left.supply=1.5\"]\ndays = 1\n[arms.none]\nsubject = \"trd\"\nset = \
         [\"left.supply=0.25\"]\ndays = 1\n[[expect]]\nform = \"shapley\"\nreason = \"test\"\narm = [\"low\", \"other\"]\nwhole = \
         \"high\"\nneither = \"none\"\nof = \"level\"\nat_h = 1\nabove = 0\n"
    );
    let outcome = verdict_of(&text).outcomes.pop().unwrap();
    let left = 0.25 / 2.0;
    assert!((outcome.numbers.iter().sum::<f64>() + left - 1.0).abs() < 1e-12, "{:?}", outcome.numbers);
    assert!(outcome.pass && outcome.numbers[0] > outcome.numbers[1]);
}

#[test]
fn correlations_in_a_cohort_weaken_with_noise() {
    let r = |noise: f64| {
        let text = format!(
            "form = \"correlation\"\ncohort = \"people\"\nx = {{ of = \"level\", at_h = 1, noise_sd = {noise} }}\ny = {{ of = \
             \"left.supply\", take = \"before\" }}\nn = 15\nabove = 0.5"
        );
        last(&text).1[0]
    };
    assert!((r(0.0) - 1.0).abs() < 1e-9);
    assert!((0.2..0.95).contains(&r(0.2)), "{}", r(0.2));
    assert_eq!(r(0.2), r(0.2), "the draw repeats");
}

#[test]
fn cohorts_are_counted_and_split() {
    let share = "form = \"cohort_share\"\ncohort = \"people\"\nx = { of = \"level\", at_h = 1 }\nthreshold = 1\nabove = 0.2\nbelow = 0.8";
    assert!(last(share).0);
    let split = "form = \"cohort_split\"\ncohort = \"people\"\nx = { of = \"level\", at_h = 1 }\ny = { of = \"left.supply\", take = \"before\" }\nthreshold = 1\nbelow = 0.95";
    assert!(last(split).0, "members with less supply have less level");
    let free = "form = \"cohort_split\"\ncohort = \"people\"\nx = { of = \"level\", at_h = 1 }\ny = { of = \"right.supply\", take = \"before\" }\nthreshold = 1\nabove = 0.8\nbelow = 1.2";
    assert!(last(free).0, "the other side has no effect");
}

#[test]
fn a_run_that_fails_leaves_its_reason_and_the_others_stand() {
    let text = format!(
        "{HEAD}\n[arms.broken]\nsubject = \"trd\"\nset = [\"nowhere=1\"]\ndays = 1\n[[expect]]\narm = \"broken\"\nof = \"level\"\nat_h = 1\nabove = 0\nreason = \"test\""
    );
    let verdict = verdict_of(&text);
    assert!(!verdict.pass && verdict.outcomes[0].pass);
    assert!(verdict.outcomes[1].simulated.contains("nowhere"), "{}", verdict.outcomes[1].simulated);
}

#[test]
fn a_claim_that_cannot_be_asked_fails_whatever_its_numbers() {
    let text = HEAD.replacen("kind =", "status = \"not yet\"\nstatus_reason = \"no assay\"\nkind =", 1);
    let verdict = verdict_of(&text);
    assert!(!verdict.pass && verdict.outcomes[0].pass);
    assert_eq!(verdict.why, "not yet: no assay");
}

#[test]
fn numbers_in_words_have_three_figures() {
    for (number, words) in
        [(1.23456, "1.23"), (0.0, "0"), (1234.5, "1234"), (0.00001, "1.00e-5"), (f64::NAN, "none"), (-0.5, "-0.5")]
    {
        assert_eq!(short(number), words);
    }
}

const MAP: &str = r#"
[[region]]
name = "all"
title = "All"
column = 0
row = 0
columns = 2
rows = 1
[[node]]
name = "supply"
title = "Supply"
of = "right.supply"
show = "value"
region = "all"
column = 0
row = 0
[[node]]
name = "level"
title = "Level"
of = "level"
show = "ratio"
region = "all"
column = 1
row = 0
[[arrow]]
from = "supply"
to = "level"
sign = -1
"#;

#[test]
fn a_figure_must_hold_what_is_named_and_its_values_must_move() {
    let asked = |fields: &str, dose: &str| {
        let text = format!(
            "id = \"X\"\nsection = \"s\"\nstatement = \"t\"\nkind = \"figure\"\n[arms.dosed]\nsubject = \"trd\"\n{dose}\n\
             days = 1\n[[expect]]\nform = \"figure\"\nfigure = \"map\"\narm = \"dosed\"\nabove = 0.01\nreason = \"test\"\n{fields}"
        );
        let (mut library, model) = (toy_library(), toy_model());
        library.pictures.map = toml::from_str(MAP).unwrap();
        let set = ClaimSet::from_texts(&[NamedText { name: "X.toml", text: &text }], &library);
        let set = set.unwrap_or_else(|e| panic!("{:#?}", e.diagnostics));
        let laboratory = Laboratory::new(&library, &[&model]).unwrap();
        let mut pool = Pool::default();
        ask(&set.claims[0], &library, &mut pool);
        let results = pool.run(&laboratory, &|_| {});
        judge(&set.claims[0], &library, &results).outcomes.pop().unwrap()
    };
    let still = asked("nodes = [\"supply\"]", "");
    assert!(!still.pass && still.simulated.contains("0 of 1 values move"), "{still:?}");
    let lacking = asked("nodes = [\"level\", \"spine\"]\narrows = [\"supply -> level\"]\nlabels = [\"BDNF\"]", "");
    assert!(lacking.simulated.starts_with("lacks spine, supply -> level, BDNF"), "{lacking:?}");
    let held = asked("nodes = [\"level\"]\narrows = [\"supply -| level\"]\nlabels = [\"Level\", \"All\"]", "");
    assert!(!held.simulated.contains("lacks"), "{held:?}");
}
