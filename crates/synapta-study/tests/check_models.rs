//! The checks on text: the shipped models pass them, small wrong models do not, and each finding says where.

use std::collections::HashSet;
use std::path::Path;

use synapta_antimony::{Loaded, NoImports, parse};
use synapta_model::check::{Origin, Report, check, origin};
use synapta_model::{Diagnostic, Model, SourceMap};

fn models() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

fn shipped(name: &str) -> Report {
    check(&model(name))
}

fn model(name: &str) -> Model {
    let load = |_: &str, file: &str| {
        // Assays name the files beside them.
        let text =
            [models(), models().join("assays")].iter().find_map(|d| std::fs::read_to_string(d.join(file)).ok())?;
        Some(Loaded { name: file.to_string(), text })
    };
    let file = format!("{name}.ant");
    let text = std::fs::read_to_string(models().join(&file)).unwrap();
    let parsed = parse(&load, &file, &text);
    parsed.model.unwrap_or_else(|| panic!("{:#?}", parsed.diagnostics))
}

/// All that is found in a text, by the reader and by the checks, with the texts.
fn findings(text: &str) -> (Vec<Diagnostic>, SourceMap) {
    let parsed = parse(&NoImports, "wrong.ant", text);
    let mut all = parsed.diagnostics;
    all.extend(parsed.model.iter().flat_map(|m| check(m).diagnostics));
    (all, parsed.sources)
}

/// The place of the first finding of a code, the text there, the message and the help.
fn first(text: &str, code: &str) -> (String, String, String, String) {
    let (all, sources) = findings(text);
    let seen: Vec<&str> = all.iter().map(|d| d.code).collect();
    let d = all.iter().find(|d| d.code == code).unwrap_or_else(|| panic!("{code} not among {seen:?}"));
    let place = sources.place(d.span).map(|p| format!("{}:{}", p.line, p.column)).unwrap_or_default();
    let there = text.get(d.span.start as usize..d.span.end as usize).unwrap_or_default().to_string();
    (place, there, d.message.clone(), d.help.clone().unwrap_or_default())
}

const UNITS: &str = "
  unit hour = 3600 second; unit per_hour = 1/(3600 second); unit nmol = 1e-9 mole; unit nmol_per_L = 1e-9 mole/litre;
  time_unit = hour; substance = nmol; extent = nmol; volume = litre;
  compartment plasma = 3 litre; species drug in plasma = 1 nmol_per_L;
";

#[test]
fn the_shipped_models_have_no_error_and_all_units_are_known() {
    for name in ["human", "rodent"] {
        let report = shipped(name);
        let errors: Vec<_> = report.errors().map(|d| &d.message).collect();
        assert_eq!(errors, Vec::<&String>::new(), "{name}");
        let units = report.counts.units;
        assert_eq!(units.undeclared_symbols, 0, "{name}");
        assert_eq!(units.fully_known, units.formulas, "{name}");
        assert!(units.formulas > 1000, "{name}: {}", units.formulas);
    }
}

#[test]
fn every_value_of_the_shipped_models_has_unit_source_spread_and_description() {
    for name in ["human", "rodent"] {
        let p = shipped(name).provenance;
        assert!(p.parameters > 2000, "{name}");
        assert_eq!(p.unit.missing, Vec::<&str>::new(), "{name}");
        assert_eq!(p.source.missing, Vec::<&str>::new(), "{name}");
        assert_eq!(p.uncertainty.missing, Vec::<&str>::new(), "{name}");
        for described in [&p.derived_description, &p.species_description, &p.reaction_description, &p.rule_description]
        {
            assert_eq!(described.missing, Vec::<&str>::new(), "{name}");
        }
        let classes = [&p.sourced, &p.fitted, &p.assumed, &p.definitions];
        assert_eq!(classes.map(Vec::len).iter().sum::<usize>(), p.source.of, "{name}");
        assert!(
            p.declared.about_nature() > 100 && p.declared.about_nature() < p.source.of / 2,
            "{name}: {:?}",
            p.declared
        );
    }
}

#[test]
fn every_row_that_a_fitted_value_names_is_an_observation() {
    let text = std::fs::read_to_string(models().join("../evidence/observations.tsv")).unwrap();
    let rows: HashSet<&str> = text.lines().skip(1).filter_map(|l| l.split('\t').next()).collect();
    assert!(rows.len() > 400);
    let assays =
        std::fs::read_dir(models().join("assays")).unwrap().filter_map(|e| e.unwrap().file_name().into_string().ok());
    let assays = assays.filter_map(|f| Some(format!("assays/{}", f.strip_suffix(".ant")?)));
    for name in ["human", "rodent"].map(String::from).into_iter().chain(assays) {
        for p in model(&name).parameters {
            let named = match origin(&p.meta) {
                Ok(Some(Origin::Fitted(named))) => named,
                Ok(_) => continue,
                Err(e) => panic!("{name}, {}: {}", p.id, e.message),
            };
            let unknown: Vec<_> = named.iter().filter(|id| !rows.contains(id.as_str())).collect();
            assert!(unknown.is_empty(), "{name}, {}: {unknown:?}", p.id);
        }
    }
}

#[test]
fn the_shipped_models_keep_their_proteins() {
    let sums: Vec<String> = shipped("human").moieties.iter().map(ToString::to_string).collect();
    for region in ["prefrontal", "hippocampus"] {
        for (a, b) in [
            ("trkb_akt", "trkb_akt_phosphorylated"),
            ("mtor_mtorc1", "mtor_mtorc1_active"),
            ("calcium_eef2", "calcium_eef2_phosphorylated"),
        ] {
            let sum = format!("subject_{region}_{a} + subject_{region}_{b}");
            assert!(sums.contains(&sum), "{sum} is not among {sums:#?}");
        }
    }
}

#[test]
fn a_unit_mismatch_points_at_the_odd_term() {
    let text = format!("model m(){UNITS}  dose = 2 nmol;\n  level := drug + dose; level has nmol_per_L;\nend");
    let (place, there, message, help) = first(&text, "unit-mismatch");
    assert_eq!((place.as_str(), there.as_str()), ("6:19", "dose"));
    assert!(message.contains("left is nmol_per_L, right is nmol"), "{message}");
    assert_eq!(help, "on the right, divide by a volume (in litre)");
}

#[test]
fn a_rate_law_in_concentration_per_time_lacks_a_volume() {
    let text = format!("model m(){UNITS}  k = 2 per_hour;\n  loss: drug => ; k*drug;\nend");
    let (place, there, message, help) = first(&text, "unit-mismatch");
    assert_eq!((place.as_str(), there.as_str()), ("6:19", "k*drug"));
    assert!(message.starts_with("the rate law of `loss` must be nmol/hour but is nmol/litre/hour"), "{message}");
    assert_eq!(help, "multiply by a volume (in litre)");
}

#[test]
fn a_misspelt_name_is_a_value_that_never_comes() {
    let text = format!("model m(){UNITS}  clearance = 2 per_hour;\n  loss: drug => ; clearence*drug*plasma;\nend");
    let (_, _, message, help) = first(&text, "missing-value");
    assert!(message.contains("`clearence`"), "{message}");
    assert!(help.contains("did you mean `clearance`?"), "{help}");
}

#[test]
fn rules_in_a_circle_are_found() {
    let text = "model m()\n  a := b + 1;\n  b := c;\n  c := a;\nend";
    let (all, _) = findings(text);
    let circle = all.iter().find(|d| d.is_error()).unwrap();
    assert!(circle.code.starts_with("cyclic") || circle.code.contains("cycle"), "{circle:?}");
    assert!(["a", "b", "c"].iter().all(|id| circle.message.contains(id)), "{}", circle.message);
    assert!(!circle.span.is_none());
}

#[test]
fn a_value_that_is_no_number_is_found() {
    let (place, ..) = first("model m()\n  k = nan;\n  x' = k; x = 1;\nend", "nan-value");
    assert_eq!(place, "2:3");
}
