//! manifest.json: everything that decides a result, and nothing else (no clock, no machine), so that the same run gives
//! the same bytes.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::regimen::Doses;
use crate::setting::Setting;

/// The texts a model was read from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelSource {
    /// Name of the model or file.
    pub name: String,
    /// SHA-256 over the texts, see [`text_hash`].
    pub sha256: String,
}

/// Settings of the solver.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SolverSettings {
    /// Relative tolerance.
    pub rtol: f64,
    /// Absolute tolerance in words (one number, or how it is chosen for each species).
    pub atol: String,
    /// Output ends here, h.
    pub end_h: f64,
}

/// What a run was made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Manifest {
    /// Version of Synapta.
    pub synapta: String,
    /// The model.
    pub model: ModelSource,
    /// Data texts (drugs, subjects, ...).
    pub library_sha256: String,
    /// Subject by name.
    pub subject: String,
    /// Body weight, kg.
    pub weight_kg: f64,
    /// Hypotheses in force.
    pub hypotheses: Vec<String>,
    /// Mechanisms removed.
    pub without: Vec<String>,
    /// `--set` as written.
    pub set: Vec<String>,
    /// Values of the subject that differ from the model text, resolved, before the pre-dose state.
    pub overrides: Vec<Setting>,
    /// Values set when the run begins (ablations).
    pub run_settings: Vec<Setting>,
    /// Values recorded on the way to the pre-dose state.
    pub recorded: Vec<Setting>,
    /// The expanded regimen.
    pub doses: Doses,
    /// The solver.
    pub solver: SolverSettings,
}

impl Manifest {
    /// As JSON text.
    ///
    /// # Errors
    /// Never for finite numbers; otherwise what the JSON writer says.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|mut s| {
            s.push('\n');
            s
        })
    }
}

/// SHA-256 (hexadecimal) over texts: for each, in order of name, the name, a zero byte, the length in bytes as decimal
/// text, a zero byte, the text.
pub fn text_hash(texts: &[(&str, &str)]) -> String {
    let mut sorted = texts.to_vec();
    sorted.sort_unstable();
    let mut hash = Sha256::new();
    for (name, text) in sorted {
        hash.update(format!("{name}\0{}\0{text}", text.len()));
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_of_content_not_of_order() {
        let a = text_hash(&[("x", "1"), ("y", "2")]);
        assert_eq!(a, text_hash(&[("y", "2"), ("x", "1")]));
        assert_ne!(a, text_hash(&[("x", "2"), ("y", "1")]));
        assert_ne!(text_hash(&[("x", "12")]), text_hash(&[("x", "1"), ("2", "")]));
        assert_eq!(text_hash(&[]), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
