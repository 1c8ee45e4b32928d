use proptest::prelude::*;

use super::super::vocabulary::test_vocabulary;
use super::*;

fn parse(text: &str) -> Regimen {
    parse_line(SourceId(0), text, &test_vocabulary()).unwrap_or_else(|e| panic!("{text}: {e:#?}")).regimen
}

/// The codes of all errors.
fn codes(text: &str) -> Vec<&'static str> {
    match parse_line(SourceId(0), text, &test_vocabulary()) {
        Ok(p) => panic!("{text} was read: {}", p.regimen),
        Err(found) => found.iter().map(|d| d.code).collect(),
    }
}

/// The canonical line of each spelling.
#[test]
fn spellings_and_their_meaning() {
    let cases = [
        ("0.5 mg/kg iv over 40 min", "0.5 mg/kg ketamine iv over 40 min"),
        ("0.5mg/kg I.V. over 40min", "0.5 mg/kg ketamine iv over 40 min"),
        ("ketamine iv 0.5 mg/kg", "0.5 mg/kg ketamine iv"),
        ("84 mg intranasal 2/week for 4 weeks", "84 mg ketamine intranasal 2/week for 4 weeks"),
        ("84 mg S-ketamine intranasal twice weekly x8", "84 mg esketamine intranasal 2/week x 8"),
        ("28 mg esketamine", "28 mg esketamine intranasal"),
        ("10 mg/kg ip daily for 14 days", "10 mg/kg ketamine ip 1/day for 14 d"),
        ("0.5 mg/kg iv over 40 min at 0, 3, 7 d", "0.5 mg/kg ketamine iv over 40 min at 0 d, 3 d, 7 d"),
        ("10 mg/kg ip every 48 h x 6", "10 mg/kg ketamine ip every 48 h x 6"),
        ("10 mg/kg ip every day × 6", "10 mg/kg ketamine ip every 1 d x 6"),
        ("50 mg naltrexone oral at -1 h", "50 mg naltrexone oral at -1 h"),
        ("0.2 nmol rapamycin intracerebral-prefrontal", "0.2 nmol rapamycin intracerebral-prefrontal"),
        ("10 mg/kg (2R,6R)-HNK ip", "10 mg/kg (2R,6R)-hydroxynorketamine ip"),
        ("1 mg/kg oral, then rapamycin 6 mg oral at -2 h", "1 mg/kg ketamine oral, then 6 mg rapamycin oral at -2 h"),
        ("nbqx 10 mg/kg ip at -10 min, 3 mg/kg ketamine ip", "10 mg/kg nbqx ip at -10 min, then 3 mg/kg ketamine ip"),
        ("28 mg esketamine then 56 mg at 3 d", "28 mg esketamine intranasal, then 56 mg esketamine intranasal at 3 d"),
        ("1 mg/kg iv at 0 h, 2 mg/kg iv at 1 d", "1 mg/kg ketamine iv at 0 h, then 2 mg/kg ketamine iv at 1 d"),
        ("0 mg iv", "0 mg ketamine iv"),
        ("5 µg MK-801 ip; 1 mg/kg ip", "5 ug MK-801 ip, then 1 mg/kg MK-801 ip"),
    ];
    for (text, canonical) in cases {
        assert_eq!(parse(text).to_string(), canonical, "{text}");
    }
}

/// Each code with the smallest line that has it.
#[test]
fn smallest_wrong_lines() {
    let cases = [
        ("", "regimen-empty"),
        (" , then", "regimen-empty"),
        ("iv", "regimen-missing-dose"),
        ("1 iv", "regimen-missing-unit"),
        ("1", "regimen-missing-unit"),
        ("1 mg iv over 40", "regimen-missing-unit"),
        ("1 mg iv at", "regimen-missing-unit"),
        ("1 mg iv at 2", "regimen-missing-unit"),
        ("1 h iv", "regimen-unit-kind"),
        ("1 mg/L iv", "regimen-unit-kind"),
        ("1 mg iv over 40 mg", "regimen-unit-kind"),
        ("1 mg iv 2/h x 3", "regimen-unit-kind"),
        ("1 mgs iv", "regimen-unknown-unit"),
        ("1 mg iv over 40 mni", "regimen-unknown-unit"),
        ("-1 mg iv", "regimen-negative-dose"),
        ("1e999 mg iv", "regimen-bad-number"),
        ("1 mg iv every 1 d x 1.5", "regimen-bad-number"),
        ("1 mg iv over 0 min", "regimen-bad-number"),
        ("1 mg iv daily for 0 d", "regimen-bad-number"),
        ("1 mg ketamien iv", "regimen-unknown-drug"),
        ("1 mg psilocybin iv", "regimen-unknown-drug"),
        ("1 mg rectal", "regimen-unknown-route"),
        ("1 mg intrathecal", "regimen-unknown-route"),
        ("1 mg sublingaul", "regimen-unknown-route"),
        ("1 mg iv qwerty", "regimen-unknown-drug"),
        ("1 mg ketamine iv qwerty", "regimen-unknown-word"),
        ("1 mg iv ovre 40 min", "regimen-unknown-word"),
        ("1 mg iv %", "regimen-unknown-word"),
        ("1 mg iv /", "regimen-unknown-word"),
        ("1 mg iv im", "regimen-repeated-part"),
        ("1 mg 2 mg iv", "regimen-repeated-part"),
        ("1 mg iv daily", "regimen-open-schedule"),
        ("1 mg iv x 3", "regimen-open-schedule"),
        ("1 mg iv twice x 3", "regimen-open-schedule"),
    ];
    for (text, code) in cases {
        assert!(codes(text).contains(&code), "{text}: {:?}", codes(text));
    }
}

#[test]
fn route_a_drug_does_not_have_is_told_with_its_routes() {
    let mut drugs = test_vocabulary().drugs().to_vec();
    drugs[0].routes = vec![Route::Intravenous];
    let only_iv = Vocabulary::new(drugs, "ketamine").unwrap();
    let found = parse_line(SourceId(0), "1 mg oral", &only_iv).unwrap_err();
    assert_eq!(found[0].code, "regimen-route-not-for-drug");
    assert!(found[0].help.as_deref().unwrap().contains("iv"));
}

#[test]
fn places_are_the_words_own() {
    let text = "0.5 mg/kg rectla over 40 min";
    let found = parse_line(SourceId(3), text, &test_vocabulary()).unwrap_err();
    let span = found[0].span;
    assert_eq!(&text[span.start as usize..span.end as usize], "rectla");
    assert_eq!(span.source, SourceId(3));
}

#[test]
fn typo_names_the_nearest() {
    let found = parse_line(SourceId(0), "1 mg ketamien iv", &test_vocabulary()).unwrap_err();
    assert!(found[0].help.as_deref().unwrap().starts_with("did you mean `ketamine`?"));
}

#[test]
fn every_error_in_the_line_is_told() {
    assert_eq!(codes("-1 mg iv, 2 h iv, 3 mg xyzzy iv").len(), 3);
}

#[test]
fn assumed_racemate_by_the_relatives_route_is_a_warning() {
    let warn = |text: &str| parse_line(SourceId(0), text, &test_vocabulary()).unwrap().warnings;
    assert_eq!(warn("84 mg intranasal")[0].code, "regimen-drug-assumed");
    assert!(warn("84 mg ketamine intranasal").is_empty());
    assert!(warn("0.5 mg/kg iv").is_empty());
}

fn period(low: f64) -> impl Strategy<Value = Period> {
    (low..1000.0f64, 0..5usize).prop_map(|(value, u)| Period { value, unit: TimeUnit::ALL[u] })
}

fn repeat() -> impl Strategy<Value = Repeat> {
    let rhythm = prop_oneof![
        (1u32..9).prop_map(Rhythm::PerDay),
        (1u32..20).prop_map(Rhythm::PerWeek),
        period(0.001).prop_map(Rhythm::Every)
    ];
    let extent = prop_oneof![(1u32..40).prop_map(Extent::Times), period(0.001).prop_map(Extent::For)];
    (rhythm, extent).prop_map(|(rhythm, extent)| Repeat { rhythm, extent })
}

fn clause() -> impl Strategy<Value = Clause> {
    let amount = (prop_oneof![0.0..1e4f64, Just(0.0), 1e-12..1e-6f64], 0..8usize, any::<bool>())
        .prop_map(|(value, u, per_kg)| Amount { value, unit: DoseUnit::ALL[u], per_kg });
    let parts = (
        0..8usize,
        amount,
        0..Route::ALL.len(),
        prop::option::of(period(0.001)),
        prop::collection::vec(period(-1000.0), 0..4),
        prop::option::of(repeat()),
    );
    parts.prop_map(|(drug, amount, route, over, at, repeat)| Clause {
        drug: test_vocabulary().drugs()[drug].name.clone(),
        amount,
        route: Route::ALL[route],
        over,
        at,
        repeat,
        span: Span::NONE,
    })
}

proptest! {
    #[test]
    fn printing_and_reading_gives_the_same_regimen(clauses in prop::collection::vec(clause(), 1..4)) {
        let regimen = Regimen { clauses };
        prop_assert_eq!(&parse(&regimen.to_string()), &regimen);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,60}") {
        let _ = parse_line(SourceId(0), &text, &test_vocabulary());
    }

    #[test]
    fn no_near_regimen_makes_the_reader_panic(
        parts in prop::collection::vec(prop::sample::select(vec![
            "0.5", "-2", "1e999", "mg", "mg/kg", "/", "kg", "iv", "oral", "at", "over", "h", "d", ",", "then", "x", "6",
            "daily", "for", "every", "twice", "ketamine", "(2R,6R)-HNK", "µ", "week", "times", "rectal", "in", "",
        ]), 0..14),
        glue in prop::sample::select(vec![" ", ""]),
    ) {
        let _ = parse_line(SourceId(0), &parts.join(glue), &test_vocabulary());
    }
}
