//! Printing a model and reading the text gives the same model.

mod common;

use common::{models, suite};
use proptest::prelude::*;
use synapta_antimony::{Loaded, NoImports, parse, print};
use synapta_model::{InitialValue, Model, RuleKind};

/// The model without what printing does not keep, and with a number in place of every NaN, which equals nothing.
fn comparable(model: &Model) -> Model {
    let mut m = model.clone();
    m.paths.clear();
    // Beside an assignment rule a value says nothing.
    let ruled: Vec<_> = m.rules.iter().filter(|r| r.kind == RuleKind::Assignment).map(|r| r.variable.clone()).collect();
    m.parameters.iter_mut().filter(|p| ruled.contains(&p.id)).for_each(|p| p.value = None);
    let known = |v: &mut f64| {
        if v.is_nan() {
            *v = -1.25e-77;
        }
    };
    m.parameters.iter_mut().filter_map(|p| p.value.as_mut()).for_each(known);
    m.compartments.iter_mut().filter_map(|c| c.size.as_mut()).for_each(known);
    for s in &mut m.species {
        if let Some(InitialValue::Amount(v) | InitialValue::Concentration(v)) = &mut s.initial {
            known(v);
        }
    }
    m
}

/// The first lines in which two debug texts differ.
fn first_difference(a: &Model, b: &Model) -> String {
    let (a, b) = (format!("{a:#?}"), format!("{b:#?}"));
    let plain = |t: &str| {
        t.lines().filter(|l| !l.contains("start:") && !l.contains("end:")).map(str::to_owned).collect::<Vec<_>>()
    };
    let (a, b) = (plain(&a), plain(&b));
    let at = a
        .iter()
        .zip(&b)
        .position(|(x, y)| x != y && !x.contains("4294967295") && !y.contains("4294967295"))
        .unwrap_or(0);
    let around = |t: &[String]| t[at.saturating_sub(12)..(at + 4).min(t.len())].join("\n");
    format!("printed from:\n{}\nread again:\n{}", around(&a), around(&b))
}

fn check(model: &Model) -> Result<(), String> {
    let text = print(model);
    let parsed = parse(&NoImports, "printed", &text);
    let Some(again) = parsed.model else {
        let errors: Vec<_> = parsed.diagnostics.iter().filter(|d| d.is_error()).map(|d| &d.message).collect();
        return Err(format!("the printed text is not read: {errors:?}\n{text}"));
    };
    let (a, b) = (comparable(model), comparable(&again));
    if a == b { Ok(()) } else { Err(format!("{}\n{text}", first_difference(&a, &b))) }
}

#[test]
fn every_model_of_the_suite_survives_printing() {
    let Some(files) = suite::files() else { return };
    let mut failures = vec![];
    for name in suite::names(&files) {
        if let Some(model) = suite::parse(&files, &format!("{name}.ant")).model
            && let Err(why) = check(&model)
        {
            failures.push(format!("== {name}\n{why}"));
        }
    }
    assert!(
        failures.is_empty(),
        "{} fail; the first:\n{}",
        failures.len(),
        failures.iter().take(3).cloned().collect::<Vec<_>>().join("\n")
    );
}

/// The project's own models, those that can be read.
#[test]
fn our_own_models_survive_printing() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let load = |_: &str, file: &str| {
        let text = std::fs::read_to_string(folder.join(file)).ok()?;
        Some(Loaded { name: file.to_owned(), text })
    };
    let entries = std::fs::read_dir(&folder).expect("the folder of models");
    for path in entries.filter_map(|e| e.ok()).map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "ant")) {
        let text = std::fs::read_to_string(&path).expect("a model text");
        let name = path.file_name().expect("a file name").to_string_lossy().into_owned();
        if let Some(model) = parse(&load, &name, &text).model {
            check(&model).unwrap_or_else(|why| panic!("{name}: {}", &why[..why.len().min(3000)]));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn made_up_models_survive_printing(model in models::model()) {
        if let Err(why) = check(&model) {
            return Err(TestCaseError::fail(why));
        }
    }
}
