use proptest::prelude::*;

use super::super::vocabulary::test_vocabulary;
use super::*;

struct TestPharmacy;

impl Pharmacy for TestPharmacy {
    fn molar_mass(&self, _: &str) -> Option<f64> {
        Some(100.0)
    }
    fn device(&self, _: &str, _: Route) -> Option<(f64, f64)> {
        None
    }
    fn takes_infusion(&self, _: &str, route: Route) -> bool {
        route == Route::Intravenous
    }
}

fn read(text: &str) -> Result<Records, Vec<Diagnostic>> {
    read_records(SourceId(0), "doses.csv", text, &test_vocabulary())
}

fn codes(text: &str) -> Vec<&'static str> {
    match read(text) {
        Ok(_) => panic!("{text} was read"),
        Err(found) => found.iter().filter(|d| d.is_error()).map(|d| d.code).collect(),
    }
}

fn expanded(text: &str) -> Doses {
    expand_records(&read(text).unwrap_or_else(|e| panic!("{e:#?}")), 70.0, &TestPharmacy).unwrap()
}

#[test]
fn columns_in_any_order_and_case() {
    let all =
        expanded("AMT, Time ,drug,ROUTE,dur,evid\n35,0,ketamine,iv,0.5,1\n.,24,.,.,.,0\n6,-2,sirolimus,oral,.,.\n");
    assert_eq!(all.records.len(), 2);
    assert_eq!(all.records[0].drug, "rapamycin");
    assert_eq!((all.start_h(), all.zero_h), (-2.0, 0.0));
    assert_eq!(all.records[1].rate_nmol_per_h, Some(700_000.0));
}

#[test]
fn rate_gives_the_duration_and_addl_the_course() {
    let all = expanded("time,amt,rate,ii,addl,route,unit\n0,0.5,1,24,2,iv,mg/kg\n");
    assert_eq!(all.records.iter().map(|r| r.time_h).collect::<Vec<_>>(), [0.0, 24.0, 48.0]);
    assert_eq!(all.records[0].duration_h, Some(0.5));
    assert_eq!(all.records[0].amount_mg, 35.0);
}

/// Each code with the smallest file that has it.
#[test]
fn smallest_wrong_files() {
    let cases = [
        ("", "records-empty"),
        ("time,amt\n", "records-empty"),
        ("time\n0", "records-missing-column"),
        ("time,amt,rout\n0,1,iv", "records-unknown-column"),
        ("time,amt\n0,1,2", "records-malformed"),
        ("time,amt\n0,x", "records-bad-number"),
        ("time,amt\n0,nan", "records-bad-number"),
        ("time,amt,dur\n0,1,-1", "records-bad-number"),
        ("time,amt\n.,1", "records-missing-value"),
        ("time,amt,evid\n0,.,1", "records-missing-value"),
        ("time,amt,ss\n0,1,1", "records-steady-state"),
        ("time,amt,evid\n0,0,3", "records-reset"),
        ("time,amt,evid\n0,1,1\n1,1,4", "records-reset"),
        ("time,amt,evid\n0,1,7", "records-event-id"),
        ("time,amt,rate\n0,1,-2", "records-rate-code"),
        ("time,amt,rate,dur\n0,1,1,2", "records-rate-and-dur"),
        ("time,amt,addl\n0,1,3", "records-interval"),
        ("time,amt,addl,ii\n0,1,1.5,24", "records-interval"),
        ("time,amt\n0,-1", "regimen-negative-dose"),
        ("time,amt,drug\n0,1,ketamien", "regimen-unknown-drug"),
        ("time,amt,route\n0,1,rectal", "regimen-unknown-route"),
        ("time,amt,unit\n0,1,h", "regimen-unknown-unit"),
    ];
    for (text, code) in cases {
        assert!(codes(text).contains(&code), "{text}: {:?}", codes(text));
    }
}

#[test]
fn first_reset_is_a_plain_dose_and_compartments_are_a_warning() {
    let records = read("time,amt,evid,cmt\n0,1,4,1\n").unwrap();
    assert_eq!(records.rows.len(), 1);
    assert_eq!(records.warnings[0].code, "records-compartment");
}

#[test]
fn place_is_the_fields_own() {
    let text = "time,amt,drug\n0, 1, ketamien\n";
    let span = read(text).unwrap_err()[0].span;
    assert_eq!(&text[span.start as usize..span.end as usize], "ketamien");
}

#[test]
fn infusion_by_mouth_and_endless_courses_are_refused() {
    let code = |text: &str| expand_records(&read(text).unwrap(), 70.0, &TestPharmacy).unwrap_err()[0].code;
    assert_eq!(code("time,amt,dur,route\n0,1,1,oral"), "regimen-no-infusion");
    assert_eq!(code("time,amt,addl,ii\n0,1,99999,1\n0,1,5,1"), "regimen-too-many-doses");
    assert_eq!(code("time,amt,unit\n0,1e308,g"), "regimen-bad-number");
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(\\PC|\n){0,80}") {
        let _ = read(&text);
        let _ = read(&format!("time,amt,rate,dur,ii,addl,evid,cmt,ss,drug,route,unit\n{text}"));
    }

    #[test]
    fn course_sums_to_dose_times_count(mg in 0.001..500.0f64, addl in 0u32..40, ii in 0.1..100.0f64) {
        let all = expanded(&format!("time,amt,addl,ii\n0,{mg},{addl},{ii}\n"));
        let total: f64 = all.records.iter().map(|r| r.amount_mg).sum();
        prop_assert!((total - mg * f64::from(addl + 1)).abs() <= 1e-9 * total);
    }
}
