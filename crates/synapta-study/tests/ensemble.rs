//! Subjects of an ensemble start from their own baselines, on a model small enough to know the answers.

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use synapta_engine::Settings;
use synapta_model::{Model, SourceId};
use synapta_study::ensemble::{Ensemble, Machine, Progress, Protocol, Shard, Total, read_subjects};
use synapta_study::library::{Library, LibraryTexts, NamedText, PictureTexts};
use synapta_study::output::ModelSource;
use synapta_study::regimen::Prescribed;
use synapta_study::subject::{Compiled, Request};

/// Receptors, `total` of them, are free or bound; `x` relaxes to `gain + drive`, and its level at rest is recorded.
const MODEL: &str = r#"
model *body()
  weight = 70; gain = 1; drive = 0; baseline = 0; x = 1; swing = 0;
  x' = gain + drive - x + swing*sin(time);
  level := gain*x;
  compartment blood = 1; substanceOnly species free in blood, bound in blood; total = 9; on = 2; off = 1;
  free = total; bound = 0;
  binding: free -> bound; on*free - off*bound;
end
model *human()
  subject: body();
end
"#;

const SUBJECTS: &str = r#"
[[subject]]
name = "driven"
title = "driven"
model = "human"
weight = { parameter = "subject.weight", value = 50, unit = "kg", source = "test" }
default_dose = "1 mg iv"
[[subject.phase]]
kind = "steady"
set = { "subject.drive" = 1 }
record = { "subject.baseline" = "subject.level" }
"#;

fn library() -> Library {
    let named = |name, text| NamedText { name, text };
    let texts = LibraryTexts {
        drugs: named("drugs", ""),
        subjects: named("subjects", SUBJECTS),
        mechanisms: named("mechanisms", ""),
        hypotheses: named("hypotheses", ""),
        readouts: named("readouts", ""),
        pictures: PictureTexts::default(),
        candidates: None,
    };
    Library::from_texts(texts).unwrap_or_else(|e| panic!("{:#?}", e.diagnostics))
}

fn model() -> Model {
    let parsed = synapta_antimony::parse(&synapta_antimony::NoImports, "small.ant", MODEL);
    parsed.model.unwrap_or_else(|| panic!("{:#?}", parsed.diagnostics))
}

fn machine<'a>(stop: &'a AtomicBool, progress: &'a Progress) -> Machine<'a> {
    Machine { threads: 2, lanes: 4, stop, progress, thread_seconds: || 0.0 }
}

/// Runs a table for one hour; gives `x`, `baseline`, `free` and `bound` of each subject at the start.
fn starts(name: &str, table: &str) -> (Vec<Vec<f64>>, Total) {
    let (model, library) = (model(), library());
    let compiled = Compiled::new(&model).expect("it compiles");
    let request = Request { subject: "driven".into(), settings: Settings::default(), ..Request::default() };
    let names: Vec<String> = ["x", "baseline", "free", "bound"].map(String::from).to_vec();
    let times = vec![0.0, 1.0];
    let protocol = Protocol::study(&model, &compiled, &library, &request, Prescribed::Nothing, &names, times);
    let protocol = protocol.expect("a protocol");
    let check = |id: &synapta_model::Id, value: f64| protocol.check_value(id, value);
    let table = read_subjects(SourceId(0), table, &compiled.dictionary, &check).expect("a table");
    protocol.check(&table).expect("a sound request");
    let protocol = protocol.for_table(&model, &table);
    let ensemble = Ensemble { protocol: &protocol, table: &table };
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.parquet"));
    let source = ModelSource { name: "small".into(), sha256: "none".into() };
    let store = ensemble.open(&path, true, &source, "none", Shard::WHOLE).expect("files");
    let (stop, progress) = (AtomicBool::new(false), Progress::default());
    assert!(ensemble.run(&store, &machine(&stop, &progress)).expect("files").complete);
    assert_eq!(progress.done.load(Ordering::Relaxed), table.len());
    let total = store.finish().expect("files");
    (rows(&path).into_iter().step_by(2).collect(), total)
}

/// The variables, row after row.
fn rows(path: &Path) -> Vec<Vec<f64>> {
    let reader = SerializedFileReader::new(std::fs::File::open(path).expect("a file")).expect("Parquet");
    let number = |(_, field): (String, Field)| match field {
        Field::Double(v) => v,
        other => panic!("{other:?}"),
    };
    let row = |row: parquet::record::Row| row.into_columns().into_iter().skip(2).map(number).collect();
    reader.get_row_iter(None).expect("rows").map(|r| row(r.expect("a row"))).collect()
}

fn close(found: &[f64], wanted: &[f64]) {
    for (a, b) in found.iter().zip(wanted) {
        assert!((a - b).abs() <= 1e-7 * b.abs(), "{found:?} is not {wanted:?}");
    }
}

#[test]
fn a_guess_from_the_typical_subject_keeps_each_ones_conserved_sums() {
    // The typical subject has 3 free and 6 bound receptors of 9. A total of 1 makes the guess negative.
    let (starts, total) = starts("sums", "gain,total,on\n,,\n3,90,\n,1,\n1,12,5\n");
    assert!(total.failed.is_empty(), "{:?}", total.failed);
    close(&starts[0], &[2.0, 2.0, 3.0, 6.0]);
    close(&starts[1], &[4.0, 12.0, 30.0, 60.0]);
    close(&starts[2], &[2.0, 2.0, 1.0 / 3.0, 2.0 / 3.0]);
    close(&starts[3], &[2.0, 2.0, 2.0, 10.0]);
}

#[test]
fn a_subject_with_a_daily_course_is_integrated_instead() {
    let (starts, total) = starts("course", "id,swing\nsteady,\nswinging,0.5\n");
    assert!(total.failed.is_empty(), "{:?}", total.failed);
    // Far from the start x = 2 + swing*(sin t - cos t)/2, twice over: the way settles, records, and settles again.
    let t: f64 = 2.0 * 96_000.0;
    let x = 2.0 + 0.25 * (t.sin() - t.cos());
    close(&starts[0][..1], &[2.0]);
    assert!((starts[1][0] - x).abs() < 1e-4, "{} is not {x}", starts[1][0]);
}

#[test]
fn what_a_row_sets_is_not_set_or_recorded_by_phases() {
    let (starts, _) = starts("fixed", "drive,baseline\n5,\n,7\n");
    close(&starts[0], &[6.0, 6.0, 3.0, 6.0]);
    close(&starts[1], &[2.0, 7.0, 3.0, 6.0]);
}
