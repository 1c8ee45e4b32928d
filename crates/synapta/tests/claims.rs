//! The review's statements as simulations that can fail. The number is that of the statement in the project's list.
//!
//! Bounds come from published data or from what the words say; the reason stands beside each. Statements about mechanism
//! are tested with expectation off, statements about trials with it on. Statements known not to hold are marked as expected
//! failures, with the reason.

mod common;

use common::{Run, ask, expected_failure};

const IV: &str = "0.5 mg/kg iv over 40 min";
const MADRS: &str = "mood.madrs";
const IDEATION: &str = "mood.suicidal_ideation";
/// Test-retest noise of one MADRS rating, points (SIGMA interview, retest r 0.93).
const RATING_NOISE: f64 = 3.25;

fn trd(line: &str) -> Run {
    ask("trd").without("expectation").dose(line)
}

#[test]
fn c03_one_infusion_controls_symptoms_and_suicidal_ideation_fast_and_wanes() {
    let run = ask("trd").dose(IV);
    let start = run.before(MADRS);
    // Trials with midazolam control: about half of patients respond (fall by half) at 4 to 24 h, so the typical patient
    // is near it; a quarter is the least that would count as control of symptoms.
    assert!(run.at(MADRS, 4.0) < 0.75 * start);
    assert!((15.0..18.5).contains(&run.at(MADRS, 24.0)), "{}", run.at(MADRS, 24.0));
    // "Largest near 24 h": within rating noise of the lowest score of the course.
    let (lowest, _) = run.trough(MADRS);
    assert!(run.at(MADRS, 24.0) - lowest * start < RATING_NOISE);
    // Waning over 7 to 14 days, each step more than a point.
    assert!(run.at(MADRS, 168.0) > run.at(MADRS, 24.0) + 1.0);
    assert!(run.at(MADRS, 336.0) > run.at(MADRS, 168.0) + 1.0);
    assert!(run.at(MADRS, 336.0) < start);
    // Ideation: Beck scale ratio at 24 h 0.19 to 0.64 over scales and trials.
    assert!(run.ratio(IDEATION, 4.0) < 0.64);
    assert!(run.ratio(IDEATION, 24.0) < 0.64);
    assert!(run.ratio(IDEATION, 336.0) > run.ratio(IDEATION, 24.0));
}

#[test]
fn c07_oral_intravenous_and_intranasal_all_lower_ideation_ordered_by_exposure() {
    let lines = ["0.5 mg/kg oral", "1.5 mg/kg oral", IV, "84 mg esketamine intranasal"];
    let runs: Vec<Run> = lines.iter().map(|l| trd(l)).collect();
    let exposure: Vec<f64> = runs.iter().map(|r| r.series("nmda_active_drug").area(0.0, 24.0)).collect();
    let ideation: Vec<f64> = runs.iter().map(|r| r.ratio(IDEATION, 24.0)).collect();
    for (i, ratio) in ideation.iter().enumerate() {
        assert!(*ratio < 1.0, "{}: {ratio}", lines[i]);
    }
    for i in 1..lines.len() {
        assert!(exposure[i] > exposure[i - 1], "{exposure:?}");
        assert!(ideation[i] < ideation[i - 1], "{ideation:?}");
    }
}

#[test]
fn c08_benefit_does_not_keep_rising_toward_anaesthetic_doses() {
    let fall = |line: &str| trd(line).fall(24.0);
    let (low, middle, high, top) =
        (fall("0.1 mg/kg iv over 40 min"), fall(IV), fall("1 mg/kg iv over 40 min"), fall("2 mg/kg iv over 40 min"));
    assert!(low < middle && middle < high, "{low} {middle} {high}");
    assert!(top < high, "{top} {high}");
    // Anaesthesia is induced by 1 to 2 mg/kg as a bolus, at 1200 to 2400 ug/L in plasma.
    let bolus = trd("2 mg/kg iv");
    let cmax = bolus.series("ketamine.plasma_ketamine_ug_per_L").maximum(0.0, 1.0).expect("times").1;
    assert!((1200.0..2400.0).contains(&cmax), "{cmax}");
    assert!(bolus.fall(24.0) < middle, "an anaesthetic bolus does less than 0.5 mg/kg");
}

#[test]
fn c11_glutamate_rises_at_subanaesthetic_and_falls_at_anaesthetic_dose() {
    // Rat microdialysis: up at 10, 20, 30 mg/kg, no effect at 50, down at 200 (doi:10.1523/JNEUROSCI.17-08-02921.1997).
    let dialysate = "prefrontal.microcircuit.dialysate_glutamate";
    for line in ["10 mg/kg ip", "20 mg/kg ip", "30 mg/kg ip"] {
        let (peak, hour) = ask("rat").until(24.0).dose(line).peak(dialysate);
        assert!(peak > 1.1, "{line}: {peak}");
        assert!(hour < 1.5, "{line}: {hour}");
    }
    let fifty = ask("rat").until(24.0).dose("50 mg/kg ip");
    let mean = fifty.series(dialysate).area(0.0, 100.0 / 60.0) / (100.0 / 60.0);
    assert!((0.9..1.1).contains(&mean), "{mean}");
    let (trough, _) = ask("rat").until(24.0).dose("200 mg/kg ip").trough(dialysate);
    assert!(trough < 0.85, "{trough}");
}

#[test]
fn c16_drug_to_kinase_onsets_come_in_the_order_of_the_cascade() {
    // Glutamate is its release from terminals; outside the synapse it lags by its clearance, minutes that
    // microdialysis (10 to 20 min a sample) cannot resolve.
    let run = trd(IV);
    let order = [
        "prefrontal.microcircuit.pv_block",
        "prefrontal.microcircuit.dosed.release",
        "prefrontal.activity_calcium_ratio",
        "prefrontal.free_bdnf",
        "prefrontal.trkb.p_akt_ratio",
        "prefrontal.trkb.p_erk_ratio",
        "prefrontal.mtor.p_mtorc1_ratio",
        "prefrontal.mtor.p_s6k_ratio",
        "prefrontal.synapse.psd95_ratio",
        "prefrontal.synapse.spine_density",
    ];
    let onsets: Vec<f64> = order.iter().map(|p| run.half_rise(p, 336.0)).collect();
    for (pair, names) in onsets.windows(2).zip(order.windows(2)) {
        // Two steps a minute apart cannot be told by any assay: the order may tie within one minute.
        assert!(pair[1] > pair[0] - 1.0 / 60.0, "{names:?}: {pair:?}");
    }
}

#[test]
fn c16_connectivity_rises_after_proteins_and_spines() {
    expected_failure(
        "release probability and surface AMPA receptors raise functional connectivity within the first hour, before \
         synaptic proteins (2 h) and spines (16 h); the statement's order is of structural connectivity",
        || {
            let run = trd(IV);
            let connectivity = run.half_rise("connectivity", 336.0);
            assert!(connectivity > run.half_rise("prefrontal.synapse.psd95_ratio", 336.0));
            assert!(connectivity > run.half_rise("prefrontal.synapse.spine_density", 336.0));
        },
    );
}

#[test]
fn c20_without_ampa_and_nmda_receptors_pyramidal_excitation_collapses() {
    let run = ask("rat").until(4.0).dose("30000 mg/kg NBQX ip, then MK-801 3000 mg/kg ip");
    // "Main excitatory transmitter": less than a tenth of the firing is left.
    assert!(run.trough("prefrontal.microcircuit.pyramidal_firing").0 < 0.1);
    assert!(run.trough("hippocampus.microcircuit.pyramidal_firing").0 < 0.1);
}

#[test]
fn c27_interneurons_fall_silent_first_then_pyramidal_cells_and_glutamate_rise() {
    let run = ask("rat").until(24.0).dose("10 mg/kg ip");
    for region in ["prefrontal", "hippocampus"] {
        let path = |s: &str| format!("{region}.microcircuit.{s}");
        assert!(run.trough(&path("pv_firing")).0 < 0.95);
        assert!(run.peak(&path("pyramidal_firing")).0 > 1.05);
        assert!(run.peak(&format!("{region}.glutamate_ratio")).0 > 1.05);
        let early = 0.5;
        let pv = run.half_rise(&path("pv_firing"), early);
        let pyramidal = run.half_rise(&path("pyramidal_firing"), early);
        let glutamate = run.half_rise(&format!("{region}.glutamate_ratio"), early);
        assert!(pv < pyramidal && pyramidal < glutamate, "{region}: {pv} {pyramidal} {glutamate}");
    }
}

#[test]
fn c36_stress_lowers_evoked_epscs_and_one_dose_restores_them() {
    // Li 2011 (PMC3068225): frequency after chronic unpredictable stress about 0.6 of control, back to control 24 h after
    // 10 mg/kg; the spread of the recalled values is about a quarter.
    let control = ask("rat").until(24.0).dose("none");
    let run = ask("rat-cus").dose("10 mg/kg ip");
    for input in ["serotonin", "hypocretin"] {
        let frequency = format!("prefrontal.synapse.{input}_epsc_frequency");
        let amplitude = format!("prefrontal.synapse.{input}_epsc_amplitude");
        let whole = control.before(&frequency);
        assert!((0.45..0.75).contains(&(run.before(&frequency) / whole)), "{}", run.before(&frequency));
        assert!(run.before(&amplitude) < 0.95 * control.before(&amplitude));
        assert!((0.75..1.25).contains(&(run.at(&frequency, 24.0) / whole)), "{}", run.at(&frequency, 24.0));
        let restored = run.at(&amplitude, 24.0) / control.before(&amplitude);
        assert!((0.9..1.25).contains(&restored), "{restored}");
    }
}

#[test]
fn c47_eef2_kinase_is_needed_and_bdnf_rises_within_half_an_hour() {
    expected_failure(
        "the resting arm carries little at human and rat block: without eEF2 kinase the drive arm alone keeps most of \
         the effect; and tissue BDNF falls first, because release outruns translation",
        || {
            let intact = ask("rat").until(24.0).dose("10 mg/kg ip");
            assert!(intact.ratio("hippocampus.calcium.p_eef2_ratio", 0.5) < 0.8);
            assert!(intact.ratio("hippocampus.bdnf.tissue_bdnf_ratio", 0.5) > 1.1);
            let knock_out = ask("rat").without("eef2_kinase").until(24.0).dose("10 mg/kg ip");
            let gain = |r: &Run| r.ratio("connectivity", 24.0) - 1.0;
            assert!(gain(&knock_out) < 0.3 * gain(&intact));
        },
    );
}

#[test]
fn c47_resting_block_lowers_eef2_phosphorylation_within_half_an_hour() {
    let run = ask("rat").until(24.0).dose("10 mg/kg ip");
    // Autry 2011 (doi:10.1038/nature10130): p-eEF2 down at 30 min; recalled 0.65, range 0.45 to 0.8.
    assert!(run.ratio("hippocampus.calcium.p_eef2_ratio", 0.5) < 0.8);
}

#[test]
fn c53_nbqx_removes_what_ketamine_does_downstream() {
    let alone = ask("rat-cus").until(24.0).dose("10 mg/kg ip");
    let with_nbqx = ask("rat-cus").until(24.0).dose("10 mg/kg ip, then NBQX 10 mg/kg ip at -10 min");
    // "Lost": less than a third of the gain is left (the usual reading of a full block with assay noise).
    let left = |path: &str, h: f64| (with_nbqx.ratio(path, h) - 1.0) / (alone.ratio(path, h) - 1.0);
    for (path, h) in [
        ("prefrontal.mtor.p_mtorc1_ratio", 1.0),
        ("prefrontal.free_bdnf", 0.75),
        ("prefrontal.synapse.psd95_ratio", 24.0),
        ("prefrontal.synapse.spine_density", 24.0),
        ("connectivity", 24.0),
    ] {
        assert!(left(path, h) < 1.0 / 3.0, "{path}: {}", left(path, h));
    }
}

#[test]
fn c54_kinases_peak_within_the_hour_and_synaptic_proteins_last_for_days() {
    for run in [trd(IV), ask("rat-cus").dose("10 mg/kg ip")] {
        for kinase in ["p_mtorc1_ratio", "p_s6k_ratio", "p_4ebp1_ratio"] {
            let path = format!("prefrontal.mtor.{kinase}");
            let (peak, hour) = run.peak(&path);
            assert!(peak > 1.2, "{kinase}: {peak}");
            // Blots stand at 30 and 60 min, the next at 2 h: the peak lies before midway.
            assert!((0.4..1.5).contains(&hour), "{kinase}: {hour}");
            assert!(run.ratio(&path, 6.0) < 1.0 + 0.15 * (peak - 1.0), "{kinase}: {}", run.ratio(&path, 6.0));
        }
        for protein in ["psd95_ratio", "glua1_ratio", "synapsin_ratio"] {
            let path = format!("prefrontal.synapse.{protein}");
            // Blots show none at 1 h and all at 2 h; a quarter of the rise is below their resolution.
            let early = (run.ratio(&path, 1.0) - 1.0) / (run.peak(&path).0 - 1.0);
            assert!(early < 0.25, "{protein}: {early}");
            assert!(run.ratio(&path, 2.0) > 1.1, "{protein}: {}", run.ratio(&path, 2.0));
            assert!(run.ratio(&path, 72.0) > 1.1, "{protein}: {}", run.ratio(&path, 72.0));
        }
        assert!(run.peak("prefrontal.arc_ratio").0 > 1.2);
    }
}

#[test]
fn c55_new_synapses_reverse_the_deficits_of_stress_for_a_week() {
    expected_failure(
        "the consolidated state decays with a half-life of 87 h, so that the effect at 7 days is partial while stress goes on",
        || {
            let control = ask("rat").until(24.0).dose("none");
            let run = ask("rat-cus").dose("10 mg/kg ip");
            for path in [
                "prefrontal.synapse.spine_density",
                "prefrontal.synapse.serotonin_epsc_frequency",
                "prefrontal.synapse.psd95_ratio",
                "mood.sucrose_preference",
            ] {
                for h in [24.0, 168.0] {
                    assert!((0.9..1.15).contains(&(run.at(path, h) / control.before(path))), "{path} at {h} h");
                }
            }
        },
    );
}

#[test]
fn c57_akt_and_erk_rise_for_a_while_and_their_inhibitors_stop_mtorc1() {
    let alone = ask("rat-cus").until(24.0).dose("10 mg/kg ip");
    for kinase in ["prefrontal.trkb.p_akt_ratio", "prefrontal.trkb.p_erk_ratio"] {
        let (peak, hour) = alone.peak(kinase);
        assert!(peak > 1.3 && hour < 2.0, "{kinase}: {peak} at {hour} h");
        assert!(alone.ratio(kinase, 8.0) < 1.1, "{kinase}: {}", alone.ratio(kinase, 8.0));
    }
    // Li 2010 (doi:10.1126/science.1190287): LY294002 and U0126 each prevent the activation of mTOR.
    for inhibitor in ["LY294002 20 nmol intracerebral at -30 min", "U0126 5 nmol intracerebral at -30 min"] {
        let run = ask("rat-cus").until(24.0).dose(&format!("10 mg/kg ip, then {inhibitor}"));
        let (peak, _) = run.peak("prefrontal.mtor.p_mtorc1_ratio");
        assert!(peak < 1.1, "{inhibitor}: {peak}");
    }
}
