//! Statements of the review in further species and regions. The claims themselves stand in `evidence/claims/` and are judged by
//! `evidence.rs`; here is what goes beyond their files.

mod common;

use common::{Run, ask};

#[test]
fn c47_eef2_kinase_is_needed_and_bdnf_rises_within_half_an_hour() {
    let intact = ask("rat").until(24.0).dose("10 mg/kg ip");
    assert!(intact.ratio("hippocampus.calcium.p_eef2_ratio", 0.5) < 0.8);
    assert!(intact.ratio("hippocampus.bdnf.tissue_bdnf_ratio", 0.5) > 1.1);
    // The knock-out was studied at 3 mg/kg (Autry 2011, doi:10.1038/nature10130); larger doses act through activity as well.
    let intact = ask("rat").until(24.0).dose("3 mg/kg ip");
    let knock_out = ask("rat").without("eef2_kinase").until(24.0).dose("3 mg/kg ip");
    let gain = |r: &Run| r.ratio("connectivity", 24.0) - 1.0;
    assert!(gain(&knock_out) < 0.3 * gain(&intact));
}

#[test]
fn c47_resting_block_lowers_eef2_phosphorylation_within_half_an_hour() {
    let run = ask("rat").until(24.0).dose("10 mg/kg ip");
    // Autry 2011 (doi:10.1038/nature10130): p-eEF2 down at 30 min; recalled 0.65, range 0.45 to 0.8.
    assert!(run.ratio("hippocampus.calcium.p_eef2_ratio", 0.5) < 0.8);
}
