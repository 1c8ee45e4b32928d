//! The shipped models and data, read from the workspace.
#![allow(dead_code)] // each test file uses its part

use std::path::{Path, PathBuf};

use synapta_antimony::Loaded;
use synapta_model::{Model, SourceId};
use synapta_study::arm::{Arm, Keep, doses_of_line, simulate_arm};
use synapta_study::library::{Library, LibraryTexts, NamedText, PictureTexts};
use synapta_study::subject::{Prepared, Request, prepare};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The data library.
pub fn library() -> Library {
    let names =
        ["drugs", "subjects", "mechanisms", "hypotheses", "readouts", "map", "receptor", "states", "candidates"];
    let texts = names.map(|n| text(&format!("studies/library/{n}.toml")));
    let named = |i: usize| NamedText { name: names[i], text: &texts[i] };
    let all = LibraryTexts {
        drugs: named(0),
        subjects: named(1),
        mechanisms: named(2),
        hypotheses: named(3),
        readouts: named(4),
        pictures: PictureTexts { map: named(5), receptor: named(6), states: named(7) },
        candidates: Some(named(8)),
    };
    Library::from_texts(all).unwrap_or_else(|e| {
        let told: Vec<String> = e
            .diagnostics
            .iter()
            .map(|d| format!("{:?}: {} ({:?})", e.sources.place(d.span).map(|p| p.to_string()), d.message, d.help))
            .collect();
        panic!("{}", told.join("\n"))
    })
}

/// `human` or `rodent`.
pub fn model(name: &str) -> Model {
    let load = |_: &str, file: &str| {
        let text = std::fs::read_to_string(root().join("models").join(file)).ok()?;
        Some(Loaded { name: file.to_string(), text })
    };
    let file = format!("{name}.ant");
    let parsed = synapta_antimony::parse(&load, &file, &text(&format!("models/{file}")));
    match parsed.model {
        Some(model) => model,
        None => panic!("{:#?}", parsed.diagnostics),
    }
}

/// A subject with ablations and settings.
pub fn subject(name: &str, without: &[&str], set: &[&str]) -> (Model, Library, Prepared) {
    let library = library();
    let model = model(&library.subject(name).unwrap().model);
    let owned = |list: &[&str]| list.iter().map(|s| (*s).to_string()).collect();
    let request = Request { subject: name.into(), without: owned(without), set: owned(set), ..Request::default() };
    let prepared =
        prepare(&model, &library, &request).unwrap_or_else(|e| panic!("{name}: {e}\n{:#?}", e.diagnostics()));
    (model, library, prepared)
}

/// One arm by its regimen line.
pub fn arm(who: &(Model, Library, Prepared), line: &str, end_h: f64) -> Arm {
    let (model, library, prepared) = who;
    let (doses, _) = doses_of_line(prepared, library, SourceId(0), line).unwrap_or_else(|e| panic!("{line}: {e}"));
    simulate_arm(model, prepared, library, &doses, end_h, &Keep::default()).unwrap_or_else(|e| panic!("{line}: {e}"))
}

/// A read-out with one number.
pub fn number(arm: &Arm, name: &str) -> f64 {
    let readout = arm.readouts.iter().find(|r| r.name == name).unwrap_or_else(|| panic!("no read-out {name}"));
    readout.values.first().unwrap_or_else(|| panic!("{name} has no value")).1
}

/// A read-out's number at an hour.
pub fn number_at(arm: &Arm, name: &str, hour: f64) -> f64 {
    let readout = arm.readouts.iter().find(|r| r.name == name).unwrap_or_else(|| panic!("no read-out {name}"));
    readout.values.iter().find(|v| v.0 == Some(hour)).unwrap_or_else(|| panic!("{name} at {hour}")).1
}
