//! How subjects are built and arms run, on a model small enough to know the answers.

use synapta_model::{Model, SourceId};
use synapta_study::StudyError;
use synapta_study::arm::{Arm, Keep, doses_of_line, simulate_arm};
use synapta_study::library::{Library, LibraryTexts, NamedText, PictureTexts};
use synapta_study::subject::{Prepared, Request, prepare};

/// `x` relaxes to `gain + drive` with a time constant of 1 h; the drug is cleared at 1 per hour; visits are counted.
const MODEL: &str = r#"
model *feelings()
  visit = 0; visits = 0;
  counted: at visit > 0.5, t0 = false: visits = visits + 1, visit = 0;
end
model *body()
  weight = 70; gain = 1; drive = 0; baseline = 0; rate = 0; x = 1; tone = 0;
  x' = gain + drive - x;
  level := gain*x;
  compartment blood = 1; substanceOnly species drug in blood; drug = 0;
  infusion: => drug; rate;
  loss: drug => ; drug;
  mood: feelings();
end
model *human()
  subject: body();
end
"#;

const DRUGS: &str = r#"
[[drug]]
name = "ketamine"
title = "test drug"
molar_mass_g_per_mol = { value = 1000000, source = "test" }
default_route = "iv"
visit = true
components = [{ instance = "subject", fraction = 1 }]
[drug.routes.iv]
bolus = "drug"
infusion = "rate"
visit_set = { "subject.tone" = 1 }
"#;

const SUBJECTS: &str = r#"
[[subject]]
name = "driven"
title = "driven"
model = "human"
weight = { parameter = "subject.weight", value = 50, unit = "kg", source = "test" }
default_dose = "1 mg iv"
set = { "subject.gain" = { value = 1.5, unit = "dimensionless", source = "test" } }
[[subject.phase]]
kind = "steady"
set = { "subject.drive" = 1 }
record = { "subject.baseline" = "subject.level" }

[[subject]]
name = "short"
title = "one hour on the way"
model = "human"
weight = { parameter = "subject.weight", value = 50, unit = "kg", source = "test" }
default_dose = "1 mg iv"
[[subject.phase]]
kind = "run"
hours = 1
set = { "subject.drive" = 1 }

[[subject]]
name = "other"
title = "other"
model = "rodent"
weight = { parameter = "subject.weight", value = 1, unit = "kg", source = "test" }
default_dose = "1 mg iv"
"#;

const MECHANISMS: &str = r#"
[[mechanism]]
name = "drive"
title = "drive, from the run on"
set = { "subject.drive" = 0 }
[[mechanism]]
name = "gain"
title = "gain, from birth"
when = "birth"
set = { "subject.gain" = 0 }
"#;

const HYPOTHESES: &str = r#"
[[hypothesis]]
name = "plain"
group = "gain"
default = true
title = "plain"
set = { "subject.gain" = 1 }
[[hypothesis]]
name = "steep"
group = "gain"
title = "steep"
set = { "subject.gain" = { value = 4, unit = "dimensionless", source = "test" } }
"#;

fn library() -> Library {
    let named = |name, text| NamedText { name, text };
    let texts = LibraryTexts {
        drugs: named("drugs", DRUGS),
        subjects: named("subjects", SUBJECTS),
        mechanisms: named("mechanisms", MECHANISMS),
        hypotheses: named("hypotheses", HYPOTHESES),
        readouts: named("readouts", "columns = [\"subject.x\", \"subject.nothing\"]"),
        pictures: PictureTexts::default(),
        candidates: None,
    };
    Library::from_texts(texts).unwrap_or_else(|e| panic!("{:#?}", e.diagnostics))
}

fn model() -> Model {
    let parsed = synapta_antimony::parse(&synapta_antimony::NoImports, "small.ant", MODEL);
    parsed.model.unwrap_or_else(|| panic!("{:#?}", parsed.diagnostics))
}

fn request(subject: &str) -> Request {
    Request { subject: subject.into(), ..Request::default() }
}

fn prepared(request: &Request) -> Prepared {
    prepare(&model(), &library(), request).unwrap_or_else(|e| panic!("{e}"))
}

fn code(request: &Request) -> &'static str {
    let error = prepare(&model(), &library(), request).expect_err("it should be refused");
    assert!(matches!(error, StudyError::Findings(_)), "{error}");
    error.diagnostics()[0].code
}

fn value(prepared: &Prepared, id: &str) -> f64 {
    prepared.state_values()[id]
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-4 * b.abs().max(1.0)
}

fn run(prepared: &Prepared, line: &str, end_h: f64) -> Arm {
    let library = library();
    let (doses, _) = doses_of_line(prepared, &library, SourceId(0), line).unwrap_or_else(|e| panic!("{e}"));
    let columns = ["subject.drug", "mood.visits", "subject.tone"].map(String::from).to_vec();
    let keep = Keep { columns, ..Keep::default() };
    simulate_arm(&model(), prepared, &library, &doses, end_h, &keep).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn a_subject_settles_and_records() {
    let p = prepared(&request("driven"));
    assert!(close(value(&p, "subject_x"), 2.5));
    assert!(close(value(&p, "subject_baseline"), 1.5 * 2.5));
    assert_eq!(p.weight_kg, 50.0);
    assert_eq!(p.recorded[0].id, "subject_baseline");
}

#[test]
fn a_run_phase_stops_on_the_way() {
    assert!(close(value(&prepared(&request("short")), "subject_x"), 2.0 - (-1.0f64).exp()));
}

#[test]
fn later_choices_win() {
    let gain = |hypotheses: &[&str], set: &[&str]| {
        let owned = |l: &[&str]| l.iter().map(|s| (*s).to_string()).collect();
        let r = Request { hypotheses: owned(hypotheses), set: owned(set), ..request("driven") };
        value(&prepared(&r), "subject_gain")
    };
    // The subject's own value stands over a default hypothesis, an asked one over the subject's, a set one over all.
    assert_eq!(gain(&[], &[]), 1.5);
    assert_eq!(gain(&["steep"], &[]), 4.0);
    assert_eq!(gain(&["steep"], &["gain=3"]), 3.0);
}

#[test]
fn a_set_value_stands_through_the_phases() {
    let p = prepared(&Request { set: vec!["drive=0".into(), "baseline=9".into()], ..request("driven") });
    assert!(close(value(&p, "subject_x"), 1.5));
    assert_eq!(value(&p, "subject_baseline"), 9.0);
}

#[test]
fn an_ablation_starts_with_the_run_or_from_birth() {
    let late = prepared(&Request { without: vec!["drive".into()], ..request("driven") });
    assert!(close(value(&late, "subject_x"), 2.5));
    let arm = run(&late, "1 mg iv", 100.0);
    let x = arm.trajectory.column("subject.x").unwrap();
    assert!(close(x.baseline, 2.5) && close(x.values[x.values.len() - 1], 1.5));
    let born = prepared(&Request { without: vec!["gain".into()], ..request("driven") });
    assert!(close(value(&born, "subject_x"), 1.0));
}

#[test]
fn doses_arrive_are_cleared_and_count_as_visits() {
    // 1 mg of 1e6 g/mol is 1 nmol.
    let arm = run(&prepared(&request("driven")), "1 mg iv at 0, 0, 24 h", 30.0);
    let drug = arm.trajectory.series("subject.drug").unwrap();
    assert!(close(drug.at(0.0).unwrap(), 2.0));
    assert!(close(drug.at(24.0).unwrap(), 1.0));
    let visits = arm.trajectory.series("subject.mood.visits").unwrap();
    assert_eq!((visits.baseline, visits.at(0.0), visits.at(30.0)), (0.0, Some(1.0), Some(2.0)));
    assert_eq!(arm.trajectory.series("subject.tone").unwrap().at(0.0), Some(1.0));
}

#[test]
fn an_infusion_within_an_infusion_gives_what_was_asked() {
    let arm = run(&prepared(&request("driven")), "4 mg iv over 4 h, 1 mg iv over 1 h at 1 h", 200.0);
    let drug = arm.trajectory.series("subject.drug").unwrap();
    // With rate 1 the level follows 1 - exp(-t); the inner hour adds as much again from its start.
    let level = |t: f64| 1.0 - (-t).exp();
    assert!(close(drug.at(1.0).unwrap(), level(1.0)));
    assert!(close(drug.at(2.0).unwrap(), level(2.0) + level(1.0)));
    assert!(drug.at(200.0).unwrap().abs() < 1e-9);
}

#[test]
fn a_symbol_the_model_lacks_is_a_warning() {
    let arm = run(&prepared(&request("driven")), "1 mg iv", 1.0);
    assert_eq!(arm.warnings[0].code, "readout-unknown-symbol");
}

#[test]
fn smallest_wrong_requests() {
    let with = |r: Request| code(&r);
    assert_eq!(code(&request("nobody")), "unknown-subject");
    assert_eq!(code(&request("other")), "wrong-assembly");
    assert_eq!(with(Request { hypotheses: vec!["flat".into()], ..request("driven") }), "unknown-hypothesis");
    assert_eq!(with(Request { without: vec!["air".into()], ..request("driven") }), "unknown-mechanism");
    assert_eq!(with(Request { set: vec!["gian=1".into()], ..request("driven") }), "unknown-name");
    assert_eq!(with(Request { set: vec!["weight=0".into()], ..request("driven") }), "set-number");
    assert_eq!(with(Request { set: vec!["weight=nan".into()], ..request("driven") }), "set-number");
    assert_eq!(with(Request { set: vec!["level=1".into()], ..request("driven") }), "set-not-settable");
}
