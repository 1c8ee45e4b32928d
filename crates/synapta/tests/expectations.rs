//! What the default run and its ablations must show, from published numbers.

mod common;

use common::{ask, library};

const IV: &str = "0.5 mg/kg iv over 40 min";
const PLASMA: &str = "ketamine.plasma_ketamine_ug_per_L";

#[test]
fn default_run_shows_the_cascade() {
    let run = ask("trd").dose(IV);
    let (time, cmax) = run.series(PLASMA).maximum(0.0, 336.0).expect("times");
    assert!((100.0..250.0).contains(&cmax), "{cmax}");
    assert!((time - 40.0 / 60.0).abs() < 0.1, "{time}");
    let block =
        |pool: &str| run.series(&format!("prefrontal.microcircuit.{pool}_block")).maximum(0.0, 24.0).expect("times").1;
    assert!((0.1..0.5).contains(&block("pyramidal")), "{}", block("pyramidal"));
    assert!(block("pv") > block("pyramidal") && block("sst") > block("pyramidal"));
    let (glutamate, hour) = run.peak("prefrontal.glutamate_ratio");
    assert!(glutamate > 1.0 && hour < 1.0, "{glutamate} at {hour} h");
    let back = (run.ratio("prefrontal.glutamate_ratio", 3.0) - 1.0) / (glutamate - 1.0);
    assert!(back < 0.3, "{back}");
    assert!(run.ratio("prefrontal.bdnf.plasma_bdnf_ratio", 4.0) > 1.05);
    let (mtor, hour) = run.peak("prefrontal.mtor.p_mtorc1_ratio");
    assert!(mtor > 1.3 && (0.5..=1.0).contains(&hour), "{mtor} at {hour} h");
    assert!(run.ratio("prefrontal.mtor.p_mtorc1_ratio", 6.0) < 1.1);
    for protein in ["psd95_ratio", "glua1_ratio", "synapsin_ratio"] {
        let path = format!("prefrontal.synapse.{protein}");
        assert!(run.ratio(&path, 2.0) > 1.1 && run.ratio(&path, 72.0) > 1.1, "{protein}");
    }
    assert!(run.ratio("prefrontal.synapse.spine_density", 24.0) > 1.05);
    let madrs = |h: f64| run.at("mood.madrs", h);
    assert!((31.0..35.0).contains(&run.before("mood.madrs")));
    assert!((15.0..18.0).contains(&madrs(24.0)), "{}", madrs(24.0));
    assert!(madrs(24.0) < madrs(168.0) && madrs(168.0) < madrs(336.0));
}

#[test]
fn intranasal_esketamine_reaches_the_published_peaks() {
    // Esketamine label / Perez-Ruixo 2021 (doi:10.1007/s40262-020-00953-4): 43.8, 72.5, 101 ug/L.
    for (dose, published) in [(28, 43.8), (56, 72.5), (84, 101.0)] {
        let run = ask("healthy").until(24.0).dose(&format!("{dose} mg esketamine intranasal"));
        let cmax = run.series(PLASMA).maximum(0.0, 24.0).expect("times").1;
        assert!((cmax / published - 1.0).abs() < 0.1, "{dose} mg: {cmax} against {published}");
    }
}

#[test]
fn swallowed_ketamine_has_the_published_bioavailability() {
    let exposure = |line: &str| ask("healthy").until(72.0).dose(line).series(PLASMA).area(0.0, 72.0);
    let share = exposure("0.5 mg/kg oral") / exposure("0.5 mg/kg iv over 40 min");
    assert!((0.16..0.24).contains(&share), "{share}");
}

#[test]
fn without_receptor_block_or_with_nbqx_nearly_nothing_is_left_of_the_mood_effect() {
    let effect = ask("trd").without("expectation").dose(IV).fall(24.0);
    assert!(effect > 0.07, "{effect}");
    let unblocked = ask("trd").without("expectation").without("nmda_block").dose(IV).fall(24.0);
    // At least 70 % lost.
    assert!(unblocked < 0.3 * effect, "{unblocked} of {effect}");
    let nbqx = ask("rat-cus").dose("10 mg/kg ip, then NBQX 10 mg/kg ip at -10 min");
    let alone = ask("rat-cus").dose("10 mg/kg ip");
    let gain = |r: &common::Run| r.ratio("connectivity", 24.0) - 1.0;
    assert!(gain(&nbqx) < 0.3 * gain(&alone), "{} of {}", gain(&nbqx), gain(&alone));
}

#[test]
fn rapamycin_in_the_rats_cortex_keeps_spines_from_rising() {
    let line = "10 mg/kg ip, then rapamycin 0.2 nmol intracerebral-prefrontal at -30 min";
    let with = ask("rat-cus").until(72.0).dose(line);
    let alone = ask("rat-cus").until(72.0).dose("10 mg/kg ip");
    let spines = "prefrontal.synapse.spine_density";
    assert!(alone.ratio(spines, 24.0) > 1.1);
    assert!((with.ratio(spines, 24.0) - 1.0).abs() < 0.02, "{}", with.ratio(spines, 24.0));
    // The other region is not touched.
    assert!(with.ratio("hippocampus.synapse.spine_density", 24.0) > 1.05);
}

#[test]
fn every_subject_is_stable_for_sixty_days_without_a_dose() {
    for subject in &library().subjects {
        // Animals under lasting or recent stress change by definition.
        let moving = subject.phase.iter().any(|p| p.kind == synapta_study::library::PhaseKind::Run);
        if moving {
            continue;
        }
        let name: &'static str = Box::leak(subject.name.get_ref().clone().into_boxed_str());
        let run = ask(name).until(1440.0).dose("none");
        for path in ["connectivity", "prefrontal.synapse.spine_density", "prefrontal.synapse.psd95_ratio", "depression"]
        {
            let drift = (run.ratio(path, 1440.0) - 1.0).abs();
            assert!(drift < 1e-3, "{name}, {path}: {drift}");
        }
    }
}

#[test]
fn responses_return_to_baseline() {
    let run = ask("trd").without("expectation").until(2880.0).dose(IV);
    assert!((run.ratio("connectivity", 2880.0) - 1.0).abs() < 0.02, "{}", run.ratio("connectivity", 2880.0));
    assert!((run.ratio("prefrontal.synapse.spine_density", 2880.0) - 1.0).abs() < 0.02);
}

#[test]
fn demanding_regimens_run_without_a_failed_restart() {
    let daily = ask("rat").until(504.0).dose("10 mg/kg ip daily for 14 days");
    assert!(daily.at("connectivity", 336.0).is_finite());
    let together =
        ask("trd").until(48.0).dose("0.25 mg/kg iv, then 0.25 mg/kg iv at 0 h, then memantine 20 mg oral at 0 h");
    let once = ask("trd").until(48.0).dose("0.5 mg/kg iv, then memantine 20 mg oral at 0 h");
    let difference = together.at(PLASMA, 1.0) / once.at(PLASMA, 1.0) - 1.0;
    assert!(difference.abs() < 1e-5, "{difference}");
    let nested = ask("trd").until(48.0).dose("0.4 mg/kg iv over 60 min, then 0.1 mg/kg iv over 20 min at 20 min");
    let plain = ask("trd").until(48.0).dose("0.5 mg/kg iv over 60 min");
    // The same amount over the same hour: the same exposure.
    let area = |r: &common::Run| r.series(PLASMA).area(0.0, 48.0);
    assert!((area(&nested) / area(&plain) - 1.0).abs() < 0.01);
}
