use proptest::prelude::*;
use synapta_model::{Element, Model, SourceId};

use super::*;
use crate::library::tests::toy_library;
use crate::regimen::{expand, parse_line};
use crate::testing::toy_model;

fn value_in(model: &Model) -> impl Fn(&Id) -> Option<f64> {
    let model = model.clone();
    move |id| match model.index().get(id)? {
        Element::Parameter(i) => model.parameters[i].value,
        _ => None,
    }
}

fn planned(line: &str, model: &Model) -> Result<Vec<Change>, Vec<Diagnostic>> {
    let library = toy_library();
    let parsed = parse_line(SourceId(0), line, &library.vocabulary().unwrap()).unwrap_or_else(|e| panic!("{e:#?}"));
    let doses = expand(&parsed.regimen, 70.0, &library).unwrap();
    plan(&doses, &library, &Dictionary::new(model), &value_in(model))
}

/// (time, value) of every change of one id.
fn of(changes: &[Change], id: &str) -> Vec<(f64, f64)> {
    let value = |c: &Change| match c.action {
        ChangeAction::Set(v) | ChangeAction::Add(v) => v,
    };
    changes.iter().filter(|c| c.id == id).map(|c| (c.time_h, value(c))).collect()
}

#[test]
fn racemate_is_shared_by_its_enantiomers() {
    let changes = planned("10 mg ketamine iv", &toy_model()).unwrap();
    assert_eq!(of(&changes, "subject_drug_S_central"), [(0.0, 50_000.0)]);
    assert_eq!(of(&changes, "subject_drug_R_central"), [(0.0, 50_000.0)]);
    assert_eq!(of(&changes, "subject_mood_visit"), [(0.0, 1.0)]);
    assert_eq!(of(&changes, "subject_mood_setting"), [(0.0, -1.45)]);
}

#[test]
fn an_infusion_within_an_infusion_adds_and_ends_at_zero() {
    let changes = planned("10 mg iv over 4 h, 2 mg iv over 1 h at 1 h", &toy_model()).unwrap();
    let rates = of(&changes, "subject_drug_S_infusion_rate");
    assert_eq!(rates, [(0.0, 12_500.0), (1.0, 22_500.0), (2.0, 12_500.0), (4.0, 0.0)]);
}

#[test]
fn back_to_back_infusions_never_add() {
    let changes = planned("10 mg iv over 1 h every 1 h x 3", &toy_model()).unwrap();
    let rates = of(&changes, "subject_drug_S_infusion_rate");
    assert_eq!(rates, [(0.0, 50_000.0), (1.0, 50_000.0), (2.0, 50_000.0), (3.0, 0.0)]);
}

#[test]
fn later_devices_take_less_and_the_rest_is_swallowed() {
    let changes = planned("56 mg ketamine intranasal", &toy_model()).unwrap();
    let nasal = of(&changes, "subject_drug_S_nasal");
    let swallowed = of(&changes, "subject_drug_S_swallowed");
    let device = 28e6 / 100.0 / 2.0;
    assert_eq!(nasal, [(0.0, device * 0.4), (5.0 / 60.0, device * 0.2)]);
    assert!((swallowed[1].1 - device * 0.8).abs() < 1e-6);
    assert_eq!(of(&changes, "subject_mood_visit").len(), 1);
}

#[test]
fn a_model_without_mood_has_no_visits() {
    let mut model = toy_model();
    model.parameters.retain(|p| p.id != "subject_mood_visit");
    assert!(of(&planned("1 mg iv", &model).unwrap(), "subject_mood_setting").is_empty());
}

#[test]
fn smallest_wrong_deliveries() {
    let mut lacking = toy_model();
    lacking.species.retain(|s| s.id != "subject_drug_R_central");
    assert_eq!(planned("1 mg iv at 0, 1, 2 h", &lacking).unwrap_err()[0].code, "delivery-unknown-target");
    assert_eq!(planned("1 mg iv at 0, 1, 2 h", &lacking).unwrap_err().len(), 1);
    let mut greedy = toy_model();
    greedy.parameters.iter_mut().filter(|p| p.id == "subject_drug_nasal_fraction").for_each(|p| p.value = Some(1.5));
    assert_eq!(planned("1 mg ketamine intranasal", &greedy).unwrap_err()[0].code, "delivery-fraction");
    assert_eq!(planned("1 mg drip", &toy_model()).unwrap_err()[0].code, "delivery-no-bolus");
}

proptest! {
    /// What a model receives is what was prescribed, however infusions overlap.
    #[test]
    fn rates_integrate_to_the_doses(starts in prop::collection::vec((0.0..10.0f64, 0.1..5.0f64, 0.1..9.0f64), 1..6)) {
        let line: Vec<String> =
            starts.iter().map(|(t, over, mg)| format!("{mg} mg iv over {over} h at {t} h")).collect();
        let changes = planned(&line.join(", then "), &toy_model()).unwrap();
        let rates = of(&changes, "subject_drug_S_infusion_rate");
        let given: f64 = rates.windows(2).map(|w| w[0].1 * (w[1].0 - w[0].0)).sum();
        let wanted: f64 = starts.iter().map(|(_, _, mg)| mg * 1e6 / 100.0 / 2.0).sum();
        prop_assert!((given - wanted).abs() < 1e-9 * wanted);
        prop_assert_eq!(rates[rates.len() - 1].1, 0.0);
    }
}
