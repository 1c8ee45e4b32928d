use super::number::{Told, effect_size, noisy_correlation, odds, probability, variance, weighted};
use super::*;
use crate::evidence::claim::EvidenceError;
use crate::evidence::compare::{Compared, ask, compare, run};
use crate::evidence::observation::{COLUMNS, Observation, ObservationSet};
use crate::evidence::pool::Pool;
use crate::library::NamedText;
use crate::library::tests::toy_library;
use crate::testing::toy_model;

fn told(all: &[(f64, f64)]) -> Vec<Told> {
    all.iter().map(|(value, noise)| Told { value: *value, noise: *noise }).collect()
}

fn outcome(threshold: f64, below: bool) -> Outcome {
    let of = Formula::read("level").unwrap();
    let measure = Measure { of, take: Take::At, at_h: None, against_base: false, noise: Noise::default() };
    Outcome { measure, threshold, below }
}

#[test]
fn noise_moves_an_outcome_towards_even_odds() {
    let one = |value, noise| probability(&outcome(0.5, true), Told { value, noise });
    assert_eq!((one(0.4, 0.0), one(0.6, 0.0)), (1.0, 0.0));
    assert!((one(0.5, 0.1) - 0.5).abs() < 1e-12);
    assert!((one(0.4, 0.1) - 0.841_344_746).abs() < 1e-8, "a standard deviation below the threshold");
    assert!((probability(&outcome(0.5, false), Told { value: 0.4, noise: 0.1 }) - 0.158_655_254).abs() < 1e-8);
}

#[test]
fn statistics_of_few_numbers() {
    let (x, y) = (told(&[(1.0, 0.0), (2.0, 0.0), (3.0, 0.0)]), told(&[(3.0, 0.0), (4.0, 0.0), (5.0, 0.0)]));
    assert_eq!((variance(&x), effect_size(&x, &y)), (1.0, -2.0));
    assert!((noisy_correlation(&x, &y) - 1.0).abs() < 1e-12);
    let noisy = told(&[(3.0, 1.0), (4.0, 1.0), (5.0, 1.0)]);
    assert!((noisy_correlation(&x, &noisy) - 0.5_f64.sqrt()).abs() < 1e-12, "half the variance is noise");
    assert_eq!(weighted([(1.0, 1.0), (3.0, 3.0)].into_iter()), 2.5);
    assert_eq!(odds(0.75), 3.0);
}

#[test]
fn wandering_adds_to_noise_with_time() {
    let noise = Noise { sd: 3.0, wander_sd: 4.0, wander_h: 240.0 };
    assert_eq!(noise.sd_at(0.0), 3.0);
    assert!((noise.sd_at(1e6) - 5.0).abs() < 1e-9);
    assert_eq!(Noise { sd: 3.0, ..Noise::default() }.sd_at(100.0), 3.0);
}

const OBSERVABLES: &str =
    "[rate]\ntitle = \"rate\"\nassay = \"virtual_trial\"\n\n[other]\ntitle = \"other\"\nassay = \"virtual_trial\"\n";
const PEOPLE: &str = "members = 20\nvary = [{ name = \"left.supply\", mean = 2, sd = 0.5, source = \"assumed: a toy\" }]\n\
                      [noise.scale]\nsd = 0.1\nsource = \"assumed: a toy\"\n";

fn trial_set(trial: &str, form: &str, value: &str) -> Result<ObservationSet, EvidenceError> {
    let cell = |column: &&str| match *column {
        "id" => "R1",
        "subject" => "trd",
        "comparator" => "none",
        "observable" => "rate",
        "form" => form,
        "time" => "1",
        "time_unit" => "h",
        "value" => value,
        "n" => "50",
        "how" => "read",
        "reference" => "k",
        _ => "",
    };
    let row: Vec<&str> = COLUMNS.iter().map(cell).collect();
    let text = format!("{}\n{}\n", COLUMNS.join("\t"), row.join("\t"));
    let observables = NamedText { name: "observables.toml", text: OBSERVABLES };
    let set = ObservationSet::from_texts(observables, &[NamedText { name: "observations.tsv", text: &text }])?;
    set.with_trial(NamedText { name: "virtual_trial.toml", text: trial })
}

fn codes(statistic: &str) -> Vec<&'static str> {
    let found = trial_set(&format!("{PEOPLE}{statistic}"), "value", "50").map_err(|e| e.diagnostics);
    found.err().unwrap_or_default().iter().map(|d| d.code).collect()
}

#[test]
fn a_row_is_simulated_from_its_people_and_judged_by_their_number() {
    let statistic =
        "[statistic.rate]\nform = \"share\"\noutcome = { of = \"left.supply\", above = 2, noise = \"scale\" }\n";
    let set = trial_set(&format!("{PEOPLE}{statistic}"), "value", "40").unwrap();
    let (library, model) = (toy_library(), toy_model());
    let laboratory = Laboratory::new(&library, &[&model]).unwrap();
    let rows: Vec<&Observation> = set.rows.iter().collect();
    let mut pool = Pool::default();
    ask(&set, &rows, &laboratory, &mut pool);
    assert_eq!(pool.len(), 20);
    let results = pool.run(&laboratory, &|_| {});
    let compared = &compare(&set, &rows, &laboratory, &results)[0];
    let share = compared.simulated.unwrap_or_else(|| panic!("{}", compared.why));
    assert!((share - 50.0).abs() < 5.0, "half the people are above the mean: {share}");
    let residual = compared.residual.unwrap();
    assert!((residual - 10.0 / 6.8).abs() < 0.8, "40 % of 50 people is known within 7 %: {residual}");
}

/// The only row of a toy trial, compared.
fn compared(statistic: &str, form: &str, value: &str) -> Compared {
    let set = trial_set(&format!("{PEOPLE}{statistic}"), form, value).unwrap();
    let (library, model) = (toy_library(), toy_model());
    let laboratory = Laboratory::new(&library, &[&model]).unwrap();
    let rows: Vec<&Observation> = set.rows.iter().collect();
    run(&set, &rows, &laboratory).remove(0)
}

#[test]
fn a_mean_counts_those_with_an_outcome_alone() {
    let mean = |among: &str| {
        let statistic = format!("[statistic.rate]\nform = \"mean\"\nx = {{ of = \"left.supply\" }}\n{among}");
        compared(&statistic, "value", "2").simulated.unwrap()
    };
    let (all, upper) = (mean(""), mean("among = { of = \"left.supply\", above = 2 }\n"));
    assert!((all - 2.0).abs() < 0.05, "{all}");
    assert!(
        (upper - 2.4).abs() < 0.1,
        "the upper half of a normal lies 0.8 standard deviations above its mean: {upper}"
    );
}

#[test]
fn a_correlation_of_n_people_has_their_error() {
    let statistic =
        "[statistic.rate]\nform = \"correlation\"\nx = { of = \"left.supply\" }\ny = { of = \"left.supply\" }\n";
    let row = compared(statistic, "correlation", "0.6");
    let residual = row.residual.unwrap_or_else(|| panic!("{}", row.why));
    assert!((residual - 0.4 / (0.64 / 7.0)).abs() < 1e-6, "50 people know 0.6 within 0.091: {residual}");
}

#[test]
fn what_a_trial_cannot_be_is_told() {
    assert_eq!(codes("[statistic.rate]\nform = \"shar\"\n"), ["trial-form"]);
    assert_eq!(codes("[statistic.rate]\nform = \"share\"\n"), ["trial-field"]);
    assert_eq!(codes("[statistic.nothing]\nform = \"effect_size\"\nx = { of = \"level\" }\n"), ["trial-field"]);
    let unknown = "[statistic.rate]\nform = \"effect_size\"\nx = { of = \"level\", noise = \"scal\" }\n";
    assert_eq!(codes(unknown), ["trial-noise"]);
    let both = "[statistic.rate]\nform = \"share\"\noutcome = { of = \"level\", above = 2, below = 3 }\n";
    assert_eq!(codes(both), ["trial-field"]);
    assert_eq!(codes("[statistic.rate]\nform = \"effect_size\"\nx = { of = \"level +\" }\n"), ["trial-formula"]);
    let wide = trial_set("members = 9999\nvary = []\n", "value", "1").unwrap_err();
    assert_eq!(wide.diagnostics[0].code, "trial-members");
}
