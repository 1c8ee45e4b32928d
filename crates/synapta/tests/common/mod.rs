//! Arms for tests: the shipped models and library, read from the workspace.

#![allow(dead_code)] // each test binary uses its part

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use synapta_antimony::{Loaded, parse};
use synapta_model::Model;
use synapta_study::arm::{Arm, Keep, doses_of_line, simulate_arm};
use synapta_study::assay::{AssaySet, Bench};
use synapta_study::library::{Library, LibraryTexts, NamedText, PictureTexts};
use synapta_study::regimen::Doses;
use synapta_study::subject::{Prepared, Request, prepare};
use synapta_study::trajectory::Series;

/// The workspace root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The shipped data library.
pub fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let names =
            ["drugs", "subjects", "mechanisms", "hypotheses", "readouts", "map", "receptor", "states", "candidates"];
        let texts: Vec<String> = names.iter().map(|n| read(&format!("studies/library/{n}.toml"))).collect();
        let named = |i: usize| NamedText { name: names[i], text: &texts[i] };
        Library::from_texts(LibraryTexts {
            drugs: named(0),
            subjects: named(1),
            mechanisms: named(2),
            hypotheses: named(3),
            readouts: named(4),
            pictures: PictureTexts { map: named(5), receptor: named(6), states: named(7) },
            candidates: Some(named(8)),
        })
        .expect("the shipped library is sound")
    })
}

/// A shipped assembly.
pub fn model(name: &str) -> &'static Model {
    static HUMAN: OnceLock<Model> = OnceLock::new();
    static RODENT: OnceLock<Model> = OnceLock::new();
    let cell = if name == "human" { &HUMAN } else { &RODENT };
    cell.get_or_init(|| {
        let load = |_: &str, file: &str| {
            let text = std::fs::read_to_string(root().join("models").join(file)).ok()?;
            Some(Loaded { name: file.to_string(), text })
        };
        let parsed = parse(&load, &format!("{name}.ant"), &read(&format!("models/{name}.ant")));
        parsed.model.unwrap_or_else(|| panic!("{:#?}", parsed.diagnostics))
    })
}

/// The shipped assays.
pub fn assays() -> &'static AssaySet {
    static ASSAYS: OnceLock<AssaySet> = OnceLock::new();
    ASSAYS.get_or_init(|| {
        let text = read("studies/library/assays.toml");
        let read = AssaySet::from_text(NamedText { name: "assays.toml", text: &text });
        read.unwrap_or_else(|e| panic!("{:#?}", e.diagnostics))
    })
}

/// The shipped models of assays, by file name without `.ant`.
pub fn assay_models() -> &'static [(String, Model)] {
    static MODELS: OnceLock<Vec<(String, Model)>> = OnceLock::new();
    MODELS.get_or_init(|| {
        let folder = root().join("models/assays");
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .expect("models of assays")
            .filter_map(|e| e.ok()?.path().file_stem()?.to_str().map(str::to_string))
            .collect();
        names.sort();
        let load = |_: &str, file: &str| {
            let text = std::fs::read_to_string(folder.join(file)).ok()?;
            Some(Loaded { name: file.to_string(), text })
        };
        let model = |name: String| {
            let file = format!("{name}.ant");
            let parsed = parse(&load, &file, &read(&format!("models/assays/{file}")));
            let model = parsed.model.unwrap_or_else(|| panic!("{:#?}", parsed.diagnostics));
            (name, model)
        };
        names.into_iter().map(model).collect()
    })
}

/// The shipped assays with their models.
pub fn bench() -> Bench<'static> {
    let bench = Bench::new(assays(), assay_models().iter().map(|(name, model)| (name.as_str(), model)));
    bench.with_tissue(Box::new(|subject| {
        let request = Request { subject: subject.to_string(), ..Request::default() };
        prepare(model(&library().subject(subject)?.model), library(), &request)
    }))
}

/// An arm to be run.
#[derive(Clone, Default)]
pub struct Ask {
    pub subject: &'static str,
    pub without: Vec<&'static str>,
    pub hypotheses: Vec<&'static str>,
    pub set: Vec<String>,
    pub end_h: f64,
}

/// A subject by name, 14 days, nothing changed.
pub fn ask(subject: &'static str) -> Ask {
    Ask { subject, end_h: 336.0, ..Ask::default() }
}

impl Ask {
    pub fn without(mut self, mechanism: &'static str) -> Ask {
        self.without.push(mechanism);
        self
    }

    pub fn hypothesis(mut self, name: &'static str) -> Ask {
        self.hypotheses.push(name);
        self
    }

    pub fn set(mut self, text: impl Into<String>) -> Ask {
        self.set.push(text.into());
        self
    }

    pub fn until(mut self, end_h: f64) -> Ask {
        self.end_h = end_h;
        self
    }

    /// The subject before its first dose.
    pub fn prepare(&self) -> Prepared {
        let subject = library().subject(self.subject).expect("a shipped subject");
        let strings = |v: &[&str]| v.iter().map(|s| s.to_string()).collect();
        let request = Request {
            subject: self.subject.into(),
            hypotheses: strings(&self.hypotheses),
            without: strings(&self.without),
            set: self.set.clone(),
            ..Request::default()
        };
        prepare(model(&subject.model), library(), &request).unwrap_or_else(|e| panic!("{}: {e}", self.subject))
    }

    /// Runs a regimen line; `none` is no dose.
    pub fn dose(&self, line: &str) -> Run {
        self.prepare_and(line, self.prepare())
    }

    fn prepare_and(&self, line: &str, prepared: Prepared) -> Run {
        let doses = match line {
            "none" => Doses::none(prepared.weight_kg),
            line => doses_of_line(&prepared, library(), synapta_model::SourceId(0), line).expect("a sound line").0,
        };
        let keep = Keep { everything: true, times: (1..=96).map(|i| f64::from(i) / 16.0).collect(), ..Keep::default() };
        let end = self.end_h + doses.zero_h;
        let arm = simulate_arm(model(&prepared.assembly), &prepared, library(), &doses, end, &keep)
            .unwrap_or_else(|e| panic!("{line}: {e}"));
        Run { arm }
    }
}

/// A finished arm.
pub struct Run {
    pub arm: Arm,
}

impl Run {
    pub fn series(&self, path: &str) -> Series<'_> {
        let path = if path.starts_with("subject") { path.to_string() } else { format!("subject.{path}") };
        self.arm.trajectory.series(&path).unwrap_or_else(|| panic!("no column {path}"))
    }

    fn at_zero(&self, h: f64) -> f64 {
        self.arm.trajectory.zero_h + h
    }

    /// Value `h` hours after the first main dose.
    pub fn at(&self, path: &str, h: f64) -> f64 {
        self.series(path).at(self.at_zero(h)).unwrap_or_else(|| panic!("{path} at {h} h is not in the run"))
    }

    /// Value before the dose.
    pub fn before(&self, path: &str) -> f64 {
        self.series(path).baseline
    }

    /// Value over the value before the dose.
    pub fn ratio(&self, path: &str, h: f64) -> f64 {
        self.at(path, h) / self.before(path)
    }

    /// Largest ratio to the value before the dose, with its hour.
    pub fn peak(&self, path: &str) -> (f64, f64) {
        let (t, v) = self.series(path).maximum(self.at_zero(0.0), f64::INFINITY).expect("a run has times");
        (v / self.before(path), t - self.arm.trajectory.zero_h)
    }

    /// Smallest ratio to the value before the dose, with its hour.
    pub fn trough(&self, path: &str) -> (f64, f64) {
        let (t, v) = self.series(path).minimum(self.at_zero(0.0), f64::INFINITY).expect("a run has times");
        (v / self.before(path), t - self.arm.trajectory.zero_h)
    }

    /// Hour of half of the largest change from before, looked for until `to` hours.
    pub fn half_rise(&self, path: &str, to: f64) -> f64 {
        let onset = self.series(path).onset(0.5, self.at_zero(0.0), self.at_zero(to));
        onset.unwrap_or_else(|| panic!("{path} does not move")) - self.arm.trajectory.zero_h
    }

    /// Share of the depression level that is gone at `h` hours.
    pub fn fall(&self, h: f64) -> f64 {
        1.0 - self.ratio("depression", h)
    }
}

/// A finding that is known not to hold: the test passes while it fails, and fails on the day it holds.
pub fn expected_failure(reason: &str, claim: impl FnOnce() + std::panic::UnwindSafe) {
    let silent = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let held = std::panic::catch_unwind(claim).is_ok();
    std::panic::set_hook(silent);
    assert!(!held, "this holds now; make it an ordinary test. It was expected to fail because {reason}");
}

/// Runs the program.
pub fn synapta(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synapta")).args(arguments).output().expect("the program runs")
}

/// Files in a folder of their own, gone with the test's end.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// A folder by a name that no other test has.
    pub fn new(name: &str) -> Scratch {
        let folder = std::env::temp_dir().join(format!("synapta-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        Scratch(folder)
    }

    /// A file with a text; its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file for the test");
        path.display().to_string()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
