use proptest::prelude::*;
use synapta_model::SourceId;

use super::super::{parse_line, vocabulary::test_vocabulary};
use super::*;

/// 100 g/mol for every drug; nasal doses in 28-mg devices 5 minutes apart; infusions by vein only.
struct TestPharmacy;

impl Pharmacy for TestPharmacy {
    fn molar_mass(&self, drug: &str) -> Option<f64> {
        (drug != "arketamine").then_some(100.0)
    }
    fn device(&self, _: &str, route: Route) -> Option<(f64, f64)> {
        (route == Route::Intranasal).then_some((28.0, 5.0))
    }
    fn takes_infusion(&self, _: &str, route: Route) -> bool {
        route == Route::Intravenous
    }
}

fn doses(text: &str) -> Result<Doses, Vec<Diagnostic>> {
    let parsed = parse_line(SourceId(0), text, &test_vocabulary()).unwrap_or_else(|e| panic!("{e:#?}"));
    expand(&parsed.regimen, 70.0, &TestPharmacy)
}

fn times(text: &str) -> Vec<f64> {
    doses(text).unwrap().records.iter().map(|r| r.time_h).collect()
}

#[test]
fn infusion_has_the_rate_that_gives_the_dose() {
    let all = doses("0.5 mg/kg iv over 40 min").unwrap();
    let r = &all.records[0];
    assert_eq!((r.amount_mg, r.amount_nmol), (35.0, 350_000.0));
    assert_eq!(r.duration_h, Some(40.0 / 60.0));
    assert!((r.rate_nmol_per_h.unwrap() - 525_000.0).abs() < 1e-6);
}

#[test]
fn rhythms_fall_where_people_put_them() {
    assert_eq!(times("1 mg iv 2/week for 2 weeks"), [0.0, 72.0, 168.0, 240.0]);
    assert_eq!(times("1 mg iv 3/week x 4"), [0.0, 48.0, 96.0, 168.0]);
    assert_eq!(times("1 mg iv daily for 3 days"), [0.0, 24.0, 48.0]);
    assert_eq!(times("1 mg iv 3/day for 1 day"), [0.0, 8.0, 16.0]);
    assert_eq!(times("1 mg iv every 48 h x 3 at 12 h"), [12.0, 60.0, 108.0]);
    assert_eq!(times("1 mg iv every 48 h for 1 weeks"), [0.0, 48.0, 96.0, 144.0]);
    assert_eq!(times("1 mg iv at 0, 3, 7 d"), [0.0, 72.0, 168.0]);
}

#[test]
fn devices_are_whole_ones_and_a_rest() {
    let all = doses("84 mg intranasal").unwrap();
    assert_eq!(all.records.len(), 3);
    assert!(all.records.iter().all(|r| (r.amount_mg - 28.0).abs() < 1e-12));
    assert_eq!(all.records[2].time_h, 10.0 / 60.0);
    let rest = doses("30 mg intranasal").unwrap();
    assert_eq!(rest.records.iter().map(|r| r.device).collect::<Vec<_>>(), [Some(1), Some(2)]);
    assert!((rest.records[1].amount_mg - 2.0).abs() < 1e-12);
    assert_eq!(doses("0 mg intranasal").unwrap().records[0].amount_mg, 0.0);
}

#[test]
fn pretreatment_moves_the_start_not_time_zero() {
    let all = doses("1 mg/kg oral, then rapamycin 6 mg oral at -2 h").unwrap();
    assert_eq!((all.start_h(), all.zero_h), (-2.0, 0.0));
    assert_eq!(all.records[0].drug, "rapamycin");
    let named_first = doses("nbqx 10 mg/kg ip at -10 min, 1 mg ketamine ip at 2 h").unwrap();
    assert_eq!(named_first.zero_h, 2.0);
}

#[test]
fn smallest_wrong_regimens() {
    let code = |text: &str| doses(text).unwrap_err()[0].code;
    assert_eq!(code("1 mg oral over 1 h"), "regimen-no-infusion");
    assert_eq!(code("1 mg iv 1000/day for 1000 d"), "regimen-too-many-doses");
    assert_eq!(code("1e300 mg/kg iv over 1e-300 s at 1e308 weeks"), "regimen-bad-number");
    assert_eq!(code("1 mg arketamine iv"), "regimen-unknown-drug");
    let parsed = parse_line(SourceId(0), "1 mg iv", &test_vocabulary()).unwrap();
    assert_eq!(expand(&parsed.regimen, f64::NAN, &TestPharmacy).unwrap_err()[0].code, "regimen-bad-number");
}

#[test]
fn an_endless_dose_of_devices_is_refused() {
    assert_eq!(doses("1e9 g intranasal").unwrap_err()[0].code, "regimen-too-many-doses");
}

proptest! {
    #[test]
    fn the_schedule_sums_to_dose_times_count(
        mg in 0.0..500.0f64,
        route in prop::sample::select(vec!["iv", "oral", "intranasal"]),
        n in 1u32..30,
        days in 1u32..4,
    ) {
        let all = doses(&format!("{mg} mg {route} every {days} d x {n}")).unwrap();
        let total: f64 = all.records.iter().map(|r| r.amount_mg).sum();
        prop_assert!((total - mg * f64::from(n)).abs() <= 1e-9 * mg * f64::from(n));
        prop_assert_eq!(all.records.iter().filter(|r| r.begins_dose).count(), n as usize);
        prop_assert!(all.records.windows(2).all(|w| w[0].time_h <= w[1].time_h));
    }

    #[test]
    fn weight_scales_the_dose(mg in 0.0..10.0f64, kg in 0.02..200.0f64) {
        let parsed = parse_line(SourceId(0), &format!("{mg} mg/kg iv"), &test_vocabulary()).unwrap();
        let all = expand(&parsed.regimen, kg, &TestPharmacy).unwrap();
        prop_assert!((all.records[0].amount_mg - mg * kg).abs() <= 1e-12 * mg * kg);
    }
}
