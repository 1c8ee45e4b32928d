//! Read-outs of assays among the arms: what is done, and the subject whose state it is done in.

use crate::assay::{Ask, Assay};
use crate::library::Library;

use super::formula::Formula;
use super::pool::{ArmKey, ArmSpec, Laboratory, Results, SubjectKey};
use super::quantity::Track;

/// An assay under given values, alone or in the state of a subject.
#[derive(Clone, Debug, PartialEq)]
pub struct AssayArm {
    /// The assay by name.
    pub assay: String,
    /// The preparation by name; empty for the read-out's own or the assay's first.
    pub preparation: String,
    /// Values set, `name=value unit`.
    pub set: Vec<String>,
    /// The arm whose state is looked at, with the hour after its first main dose; for assays with links.
    pub state: Option<(ArmSpec, f64)>,
}

/// What a number of an assay depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct AssayKey {
    assay: String,
    preparation: String,
    pub readout: String,
    set: Vec<String>,
    state: Option<(SubjectKey, ArmKey, u64)>,
}

impl AssayArm {
    pub(super) fn key(&self, library: &Library, readout: &str) -> AssayKey {
        AssayKey {
            assay: self.assay.clone(),
            preparation: self.preparation.clone(),
            readout: readout.to_string(),
            set: self.set.clone(),
            state: self.state.as_ref().map(|(arm, hour)| (arm.subject_key(library), arm.arm_key(), hour.to_bits())),
        }
    }

    /// One line for people.
    pub fn words(&self) -> String {
        let mut out = format!("assay {}", self.assay);
        if !self.preparation.is_empty() {
            out.push_str(&format!(" on {}", self.preparation));
        }
        if !self.set.is_empty() {
            out.push_str(&format!(" with {}", self.set.join(", ")));
        }
        if let Some((arm, hour)) = &self.state {
            out.push_str(&format!(" at {hour} h in {}", arm.words()));
        }
        out
    }

    /// The question to the bench for a read-out.
    pub fn ask(&self, readout: &str) -> Ask {
        Ask {
            assay: self.assay.clone(),
            preparation: self.preparation.clone(),
            readout: readout.to_string(),
            set: self.set.clone(),
        }
    }
}

fn assay<'a>(arm: &AssayArm, laboratory: &'a Laboratory<'_>) -> Option<&'a Assay> {
    laboratory.bench()?.set.assay(&arm.assay).ok()
}

/// Names of the slow model that the links of an assay read.
pub(super) fn link_symbols(arm: &AssayArm, laboratory: &Laboratory<'_>) -> Vec<String> {
    let links = assay(arm, laboratory).into_iter().flat_map(|a| a.link.values());
    links.filter_map(|link| Formula::read(&link.of).ok()).flat_map(|f| f.symbols).collect()
}

/// The number of a read-out, with what its links take from the subject's run.
pub(super) fn linked(
    arm: &AssayArm,
    readout: &str,
    laboratory: &Laboratory<'_>,
    results: &Results,
) -> Result<f64, String> {
    let bench = laboratory.bench().ok_or("there is no bench for assays")?;
    let mut ask = arm.ask(readout);
    if let Some((spec, hour)) = &arm.state {
        let trajectory = results.of(laboratory.library, spec)?;
        let mut values = vec![];
        for (name, link) in assay(arm, laboratory).into_iter().flat_map(|a| &a.link) {
            let formula = Formula::read(&link.of).map_err(|e| e.message)?;
            let track = Track::of(&formula, trajectory).map_err(|name| format!("`{name}` was not kept"))?;
            values.push(format!("{name}={} {}", track.at(*hour), link.unit).trim().to_string());
        }
        values.append(&mut ask.set);
        ask.set = values;
    }
    bench.number(&ask).map_err(|e| e.to_string())
}
