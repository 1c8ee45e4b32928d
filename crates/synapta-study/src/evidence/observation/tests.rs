use super::*;
use crate::evidence::compare::{Totals, run};
use crate::library::tests::toy_library;
use crate::testing::toy_model;

const OBSERVABLES: &str = "[level]\ntitle = \"level\"\nvariable = \"subject_level\"\nunit = \"x\"\n\n[slice]\ntitle = \"slice\"\nassay = \"slice\"\n\n[mood]\ntitle = \"mood\"\nnone = \"no such scale\"\n";

/// A table of rows; each is a list of cells that differ from a plain row.
fn table(rows: &[&[(&str, &str)]]) -> String {
    let plain = |column: &str| match column {
        "id" => "R1",
        "subject" => "trd",
        "set" => "left.supply=2",
        "comparator" => "none",
        "observable" => "level",
        "form" => "value",
        "time" => "60",
        "time_unit" => "min",
        "value" => "2.2",
        "spread_type" => "se",
        "spread" => "0.2",
        "how" => "read",
        "reference" => "k",
        _ => "",
    };
    let line = |own: &&[(&str, &str)]| {
        let cell = |c: &&str| own.iter().find(|(name, _)| name == c).map_or(plain(c), |(_, v)| *v).to_string();
        COLUMNS.iter().map(cell).collect::<Vec<_>>().join("\t")
    };
    let lines: Vec<String> = std::iter::once(COLUMNS.join("\t")).chain(rows.iter().map(line)).collect();
    lines.join("\n")
}

fn read_text(text: &str) -> Result<ObservationSet, EvidenceError> {
    let observables = NamedText { name: "observables.toml", text: OBSERVABLES };
    ObservationSet::from_texts(observables, &[NamedText { name: "observations.tsv", text }])
}

fn read_resolved(rows: &[&[(&str, &str)]], by: &str) -> Result<ObservationSet, EvidenceError> {
    let text = OBSERVABLES.replacen("unit = \"x\"", &format!("unit = \"x\"\nresolved_by = \"{by}\""), 1);
    let observables = NamedText { name: "observables.toml", text: &text };
    ObservationSet::from_texts(observables, &[NamedText { name: "observations.tsv", text: &table(rows) }])
}

fn codes(rows: &[&[(&str, &str)]]) -> Vec<&'static str> {
    match read_text(&table(rows)) {
        Ok(set) => checked(&set),
        Err(e) => e.diagnostics.iter().map(|d| d.code).collect(),
    }
}

fn checked(set: &ObservationSet) -> Vec<&'static str> {
    let (library, model) = (toy_library(), toy_model());
    let laboratory = Laboratory::new(&library, &[&model]).unwrap();
    let references =
        References::from_text(NamedText { name: "references.bib", text: "@article{k, year = {1}}" }).unwrap();
    set.check(&laboratory, &references).iter().map(|d| d.code).collect()
}

#[test]
fn a_sound_table_has_no_finding() {
    assert_eq!(codes(&[&[], &[("id", "R2"), ("comparator", "R1"), ("form", "ratio")]]), Vec::<&str>::new());
}

#[test]
fn wrong_rows_are_told() {
    let wrong: [(&str, &str, &str); 16] = [
        ("id", "", "table-word"),
        ("form", "valeu", "table-word"),
        ("time", "soon", "table-number"),
        ("time_unit", "weeks", "table-word"),
        ("value", "", "table-number"),
        ("value", "nan", "table-number"),
        ("spread_type", "sem", "table-word"),
        ("spread", "1 to 2", "table-number"),
        ("how", "heard", "table-word"),
        ("observable", "levle", "table-unknown-observable"),
        ("comparator", "R9", "table-comparator"),
        ("comparator", "nobody", "unknown-subject"),
        ("subject", "tdr", "unknown-subject"),
        ("regimen", "10 stones iv", "regimen-unknown-unit"),
        ("without", "left_sid", "unknown-mechanism"),
        ("reference", "q", "unknown-reference"),
    ];
    for (column, cell, code) in wrong {
        let found = codes(&[&[(column, cell)]]);
        assert!(found.contains(&code), "{column} = {cell}: {found:?}");
    }
    assert_eq!(codes(&[&[], &[]]), ["table-duplicate"]);
    assert_eq!(codes(&[&[("form", "ratio")]]), ["table-comparator"]);
}

#[test]
fn findings_point_to_the_cell_and_the_nearest_word() {
    let e = read_text(&table(&[&[], &[("id", "R2"), ("form", "valeu")]])).unwrap_err();
    let place = e.sources.place(e.diagnostics[0].span).unwrap();
    assert_eq!(place.line, 3);
    assert!(e.diagnostics[0].help.as_ref().unwrap().contains("did you mean `value`?"));
}

#[test]
fn headers_and_short_rows_are_told() {
    let text = table(&[&[]]);
    let code = |text: &str| read_text(text).unwrap_err().diagnostics[0].code;
    assert_eq!(code(""), "table-header");
    assert_eq!(code(&text.replacen("observable", "observabel", 1)), "table-header");
    assert_eq!(code(&format!("{text}\nR2\ttrd")), "table-cells");
}

#[test]
fn rows_are_compared_in_standard_errors_signs_and_reasons() {
    let rows: [&[(&str, &str)]; 7] = [
        &[],
        &[("id", "R2"), ("spread_type", "none"), ("value", "4")],
        &[
            ("id", "R3"),
            ("form", "ratio"),
            ("comparator", "unchanged"),
            ("value", "1.5"),
            ("spread_type", "sd"),
            ("n", "4 rats"),
        ],
        &[("id", "R4"), ("form", "sign"), ("comparator", "vehicle"), ("value", "0"), ("how", "recalled")],
        &[("id", "R5"), ("observable", "slice")],
        &[("id", "R6"), ("observable", "mood")],
        &[
            ("id", "R7"),
            ("form", "ratio"),
            ("comparator", "unchanged"),
            ("value", "0.9"),
            ("spread_type", "sd"),
            ("n", "4 rats"),
        ],
    ];
    let set = read_text(&table(&rows)).unwrap_or_else(|e| panic!("{:#?}", e.diagnostics));
    let (library, model) = (toy_library(), toy_model());
    let laboratory = Laboratory::new(&library, &[&model]).unwrap();
    let all: Vec<&Observation> = set.rows.iter().collect();
    let c = run(&set, &all, &laboratory);
    assert_eq!(c[0].simulated, Some(2.0));
    assert!((c[0].residual.unwrap() + 1.0).abs() < 1e-9 && c[0].within == Some(true));
    assert_eq!((c[1].relative, c[1].residual, c[1].within), (Some(-0.5), None, Some(false)));
    assert_eq!((c[2].simulated, c[2].sign_right), (Some(2.0), Some(true)));
    assert!((c[2].residual.unwrap() - 0.5 / 0.1).abs() < 1e-9, "sd 0.2 of 4 is a standard error of 0.1");
    assert_eq!((c[3].simulated, c[3].sign_right, c[3].within), (Some(0.0), Some(true), None));
    assert!(c[4].why.contains("assay `slice`") && c[5].why == "no such scale");
    assert_eq!((c[6].simulated, c[6].sign_right), (Some(2.0), None), "0.9 with an error of 0.1 has no direction");
    let totals = Totals::of(&c, "read");
    assert_eq!((totals.rows, totals.simulated, totals.sizes, totals.within), (6, 4, 4, 1));
    assert_eq!(Totals::of(&c, "recalled").signs_right, 1);
}

#[test]
fn no_change_is_judged_by_what_the_measure_resolves_and_a_change_is_not() {
    let doubled = [("form", "ratio"), ("comparator", "unchanged"), ("value", "2")];
    let sign = |id: &'static str, value: &'static str| {
        [("id", id), ("form", "sign"), ("comparator", "unchanged"), ("unit", "sign"), ("value", value), ("spread", "")]
    };
    let simulated = |spread: &'static str| {
        let ratio = [doubled.as_slice(), &[("spread", spread)]].concat();
        let (none, rise) = (sign("R2", "0"), sign("R3", "1"));
        let plain = |row: &[(&'static str, &'static str)]| [row, &[("spread_type", "none")]].concat();
        let set = read_resolved(&[&ratio, &plain(&none), &plain(&rise)], "R1").unwrap();
        let (library, model) = (toy_library(), toy_model());
        let laboratory = Laboratory::new(&library, &[&model]).unwrap();
        let all: Vec<&Observation> = set.rows.iter().collect();
        run(&set, &all, &laboratory).iter().skip(1).map(|c| c.simulated).collect::<Vec<_>>()
    };
    assert_eq!(simulated("0.6"), [Some(0.0), Some(1.0)], "a doubling within two standard errors");
    assert_eq!(simulated("0.4"), [Some(1.0), Some(1.0)], "a doubling beyond them");
}

#[test]
fn what_resolves_an_observable_is_a_ratio_with_a_standard_error() {
    let wrong = |by: &str| read_resolved(&[&[]], by).unwrap_err().diagnostics[0].code;
    assert_eq!(wrong("R1"), "observable-resolution", "a value");
    assert_eq!(wrong("R9"), "observable-resolution", "no row");
}
