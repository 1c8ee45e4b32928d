use super::*;
use crate::evidence::claim::EvidenceError;
use crate::evidence::observation::COLUMNS;
use crate::fit::least_squares::fit;
use crate::fit::record::Record;
use crate::library::NamedText;
use crate::library::tests::toy_library;
use crate::testing::toy_model;
use synapta_model::Uncertainty;

const OBSERVABLES: &str = "[level]\ntitle = \"level\"\nvariable = \"subject_level\"\nunit = \"x\"\n";
const STAGE: &str = "title = \"toy\"\nmodel = \"human\"\nrows = [\"R*\"]\nwithout = [\"R3\"]\nmodel_error = 0.001\n\
                     [[parameter]]\nname = \"left.supply\"\n[[parameter]]\nname = \"right.supply\"\n";

/// The toy model with ranges on both supplies.
fn model() -> Model {
    let mut model = toy_model();
    for p in model.parameters.iter_mut().filter(|p| p.id.ends_with("supply")) {
        let values = vec![Expr::number(0.25), Expr::number(4.0)];
        p.meta.uncertainty.push(Uncertainty { kind: "range".into(), values });
    }
    model
}

pub(crate) fn rows(all: &[(&str, &str, &str, &str)]) -> ObservationSet {
    let line = |(id, form, value, how): &(&str, &str, &str, &str)| {
        let cell = |column: &&str| match *column {
            "id" => *id,
            "subject" => "trd",
            "comparator" if *form == "sign" => "baseline",
            "comparator" => "none",
            "observable" => "level",
            "form" => form,
            "time" => "1",
            "value" => value,
            "spread_type" => "se",
            "spread" => "0.01",
            "how" => how,
            "reference" => "k",
            _ => "",
        };
        COLUMNS.iter().map(cell).collect::<Vec<_>>().join("\t")
    };
    let text: Vec<String> = std::iter::once(COLUMNS.join("\t")).chain(all.iter().map(line)).collect();
    let observables = NamedText { name: "observables.toml", text: OBSERVABLES };
    ObservationSet::from_texts(observables, &[NamedText { name: "observations.tsv", text: &text.join("\n") }]).unwrap()
}

fn stage(text: &str) -> Result<Stage, EvidenceError> {
    Stage::read("toy", NamedText { name: "toy.toml", text })
}

#[test]
fn a_stage_finds_what_its_rows_say_within_the_range() {
    let (library, model) = (toy_library(), model());
    let laboratory = Laboratory::new(&library, &[&model]).unwrap();
    let set = rows(&[
        ("R1", "value", "2", "read"),
        ("R2", "sign", "1", "read"),
        ("R3", "value", "9", "read"),
        ("R4", "value", "2.01", "recalled"),
    ]);
    let stage = stage(STAGE).unwrap();
    let problem = Problem::new(&stage, &set, &laboratory, &[]).unwrap();
    assert_eq!(problem.rows.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["R1", "R4"]);
    assert_eq!(problem.left_out[0].0, "R2");
    let start: Vec<f64> = problem.parameters.iter().map(Parameter::start).collect();
    let mut residuals = |points: &[Vec<f64>]| Ok::<_, ()>(problem.residuals(points));
    let fit = fit(&start, 20, &mut residuals, &|| false).unwrap();
    let record = Record::of(&stage, &problem, &fit);
    assert!((record.parameters[0].end - 2.0).abs() < 0.01, "{:?}", record.parameters);
    assert_eq!(record.parameters[1].end, 1.0, "no row depends on it");
    assert_eq!(record.untold_parameters(), ["right.supply"]);
    assert!(record.end_sum_of_squares < 0.1 * record.start_sum_of_squares);
    assert!(
        record.parameter_table().lines().nth(1).is_some_and(|l| l.starts_with("left.supply\tlog10\t0.25\t4\t1\t1\t"))
    );
    assert!(record.measurement_table().lines().count() == 3);
    // An earlier stage's values hold in a later one.
    let later = Problem::new(&stage, &set, &laboratory, &["left.supply=3".into()]).unwrap();
    assert_eq!(later.compared(&[start])[0][0].simulated, Some(1.0), "the stage's own parameters win");
}

#[test]
fn parameters_that_move_together_stay_within_all_ranges() {
    let p = together(&["a".into(), "b".into()], &[(1.0, [0.5, 4.0]), (2.0, [1.5, 4.0])]);
    assert_eq!((p.bounds, p.log), ([0.75, 2.0], true));
    assert_eq!(p.values(0.0), [0.75, 1.5]);
    assert!((p.values(p.start())[1] - 2.0).abs() < 1e-12);
    let p = together(&["c".into()], &[(-1.0, [-2.0, 2.0])]);
    assert!(!p.log && p.start() == 0.25 && p.values(0.5) == [0.0]);
}

#[test]
fn what_cannot_be_calibrated_is_told() {
    let codes = |text: &str| match stage(text) {
        Err(e) => e.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(),
        Ok(stage) => {
            let (library, model) = (toy_library(), model());
            let laboratory = Laboratory::new(&library, &[&model]).unwrap();
            let set = rows(&[("R1", "value", "2", "read"), ("R3", "value", "2", "read")]);
            let problem = Problem::new(&stage, &set, &laboratory, &[]);
            problem.err().unwrap_or_default().iter().map(|d| d.code).collect()
        }
    };
    assert_eq!(codes(&STAGE.replace("left.supply", "mood.setting")), ["stage-range"]);
    assert_eq!(codes(&STAGE.replace("left.supply", "left.suply")), ["unknown-name"]);
    assert_eq!(codes(&STAGE.replace("\"R*\"", "\"Z*\"")), ["stage-no-row"]);
    assert_eq!(codes(&STAGE.replace("human", "mouse")), ["unknown-model"]);
    assert_eq!(codes(&STAGE.replace("0.001", "0")), ["stage-weight"]);
    assert_eq!(codes(&STAGE.replace("title", "titel")), ["evidence-unknown-field"]);
}
