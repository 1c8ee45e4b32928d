//! The shipped data fit the shipped models, and subjects can be prepared and dosed.

mod common;

use common::{arm, library, model, number, number_at, subject};
use synapta_model::SourceId;
use synapta_study::arm::{Keep, doses_of_line, simulate_arm};
use synapta_study::plan::plan;
use synapta_study::regimen::{Doses, Route, expand, parse_line};
use synapta_study::setting::Dictionary;

#[test]
fn every_name_of_the_data_is_in_both_models() {
    let library = library();
    for name in ["human", "rodent"] {
        let dictionary = Dictionary::new(&model(name));
        let check = |set, owner: &str| {
            dictionary.resolve_set(set, owner).map(drop).unwrap_or_else(|e| panic!("{name}: {e:#?}"));
        };
        for m in &library.mechanisms {
            check(&m.set, m.name.get_ref());
        }
        for h in &library.hypotheses {
            check(&h.set, h.name.get_ref());
        }
        for s in library.subjects.iter().filter(|s| s.model == name) {
            check(&s.set, s.name.get_ref());
            s.phase.iter().for_each(|p| check(&p.set, s.name.get_ref()));
        }
        for symbol in library.readouts.symbols(name) {
            assert!(
                dictionary.names.exact(&symbol).is_some(),
                "{name}: {:?}",
                dictionary.names.unknown(&symbol, synapta_model::Span::NONE)
            );
        }
    }
}

#[test]
fn every_drug_can_be_delivered_by_every_route() {
    let library = library();
    let vocabulary = library.vocabulary().unwrap();
    for name in ["human", "rodent"] {
        let model = model(name);
        let dictionary = Dictionary::new(&model);
        let value_of = |id: &synapta_model::Id| model.parameters.iter().find(|p| p.id == *id)?.value;
        for drug in &library.drugs {
            for route in drug.routes.keys() {
                let takes_bolus = drug
                    .route(Route::from_word(route.get_ref()).unwrap())
                    .is_some_and(|r| r.bolus.is_some() || !r.to.is_empty());
                let over = if takes_bolus { "" } else { " over 1 h" };
                let line = format!("1 mg {} {}{over}", drug.name.get_ref(), route.get_ref());
                let parsed = parse_line(SourceId(0), &line, &vocabulary).unwrap_or_else(|e| panic!("{line}: {e:#?}"));
                let doses = expand(&parsed.regimen, 70.0, &library).unwrap_or_else(|e| panic!("{line}: {e:#?}"));
                let changes = plan(&doses, &library, &dictionary, &value_of);
                assert!(!changes.unwrap_or_else(|e| panic!("{name}, {line}: {e:#?}")).is_empty(), "{line}");
            }
        }
    }
}

#[test]
fn default_doses_of_subjects_are_read() {
    let library = library();
    let vocabulary = library.vocabulary().unwrap();
    for s in &library.subjects {
        parse_line(SourceId(0), s.default_dose.get_ref(), &vocabulary).unwrap_or_else(|e| panic!("{e:#?}"));
    }
}

#[test]
fn every_subject_stays_where_it_is_for_sixty_days() {
    for s in &library().subjects {
        // Stress that goes on moves its subject on purpose.
        if s.phase.iter().any(|p| p.hours.is_some()) {
            continue;
        }
        let (model, library, prepared) = subject(s.name.get_ref(), &[], &[]);
        let keep = Keep { everything: true, ..Keep::default() };
        let none = Doses::none(prepared.weight_kg);
        let run = simulate_arm(&model, &prepared, &library, &none, 60.0 * 24.0, &keep).unwrap();
        for c in &run.trajectory.columns {
            let size = c.baseline.abs().max(1e-3);
            let drift = c.values.iter().map(|v| (v - c.baseline).abs() / size).fold(0.0, f64::max);
            assert!(drift < 1e-3, "{}: {} drifts by {drift}", s.name.get_ref(), c.path);
        }
    }
}

#[test]
fn default_dose_gives_the_published_plasma_peak_and_lowers_the_score() {
    let who = subject("trd", &[], &[]);
    let run = arm(&who, &who.2.default_dose, 336.0);
    assert!(run.warnings.is_empty(), "{:#?}", run.warnings);
    let cmax = number(&run, "cmax_ketamine");
    assert!((100.0..250.0).contains(&cmax), "{cmax}");
    let tmax = number(&run, "tmax_ketamine");
    assert!((0.5..0.8).contains(&tmax), "{tmax}");
    assert!(number_at(&run, "madrs", 24.0) < number_at(&run, "madrs", 0.0) - 5.0);
}

#[test]
fn awkward_regimens_run() {
    let who = subject("trd", &[], &[]);
    for line in [
        "0.5 mg/kg iv daily for 14 days",
        "0.5 mg/kg iv at 0, 0 h",
        "0.5 mg/kg iv over 4 h, 0.2 mg/kg iv over 1 h at 1 h",
        "1 mg/kg oral, then rapamycin 6 mg oral at -2 h",
        "84 mg esketamine intranasal 2/week for 4 weeks",
    ] {
        let run = arm(&who, line, 400.0);
        assert!(run.trajectory.columns.iter().all(|c| c.values.iter().all(|v| v.is_finite())), "{line}");
    }
}

#[test]
fn pretreatment_runs_from_before_zero_and_reads_from_zero() {
    let who = subject("trd", &[], &[]);
    let run = arm(&who, "0.5 mg/kg iv over 40 min, then naltrexone 50 mg oral at -1 h", 48.0);
    assert_eq!(run.trajectory.time_h[0], -1.0);
    assert_eq!(run.trajectory.zero_h, 0.0);
    assert!((number(&run, "tmax_ketamine") - 2.0 / 3.0).abs() < 0.05);
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let (model, library, prepared) = subject("trd", &[], &[]);
    let (doses, _) = doses_of_line(&prepared, &library, SourceId(0), &prepared.default_dose).unwrap();
    let csv = || {
        let run = simulate_arm(&model, &prepared, &library, &doses, 48.0, &Keep::default()).unwrap();
        synapta_study::output::trajectory_csv(&run.trajectory)
    };
    assert_eq!(csv(), csv());
}

#[test]
fn end_before_the_first_dose_is_told() {
    let (model, library, prepared) = subject("healthy", &[], &[]);
    let (doses, _) = doses_of_line(&prepared, &library, SourceId(0), "1 mg iv at 48 h").unwrap();
    let error = simulate_arm(&model, &prepared, &library, &doses, 24.0, &Keep::default()).unwrap_err();
    assert_eq!(error.diagnostics()[0].code, "end-before-start");
}

#[test]
fn weight_set_by_hand_scales_the_dose() {
    let (_, library, prepared) = subject("trd", &[], &["weight=80 kg"]);
    let (doses, _) = doses_of_line(&prepared, &library, SourceId(0), "0.5 mg/kg iv").unwrap();
    assert_eq!(doses.records[0].amount_mg, 40.0);
}
