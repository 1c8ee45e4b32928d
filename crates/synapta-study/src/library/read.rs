//! TOML texts into typed files, with places.

use serde::de::DeserializeOwned;
use synapta_model::{Diagnostic, SourceId, SourceMap, Span};

use super::NamedText;
use crate::words::{did_you_mean, nearest_of};

/// The texts read so far and what is wrong with them.
#[derive(Default)]
pub(crate) struct Reader {
    pub sources: SourceMap,
    pub found: Vec<Diagnostic>,
}

impl Reader {
    /// Reads one text; a text that cannot be read gives an empty file and a finding.
    pub fn read<T: DeserializeOwned + Default>(&mut self, text: NamedText<'_>) -> (SourceId, T) {
        let source = self.sources.add(text.name, text.text);
        match toml::from_str(text.text) {
            Ok(file) => (source, file),
            Err(error) => {
                self.found.push(diagnostic(source, &error));
                (source, T::default())
            }
        }
    }
}

fn diagnostic(source: SourceId, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().map_or(Span::NONE, |r| Span::new(source, r.start, r.end));
    let message = error.message().trim().replace('\n', "; ");
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let near = quoted.split_first().and_then(|(name, known)| nearest_of(name, known.iter().copied()));
        let help = format!("{}see the other entries of this file", did_you_mean(near));
        return Diagnostic::error("library-unknown-field", span, message).with_help(help);
    }
    if message.starts_with("missing field") {
        return Diagnostic::error("library-missing-field", span, message).with_help("add it to this entry");
    }
    let code = if message.starts_with("invalid type") || message.starts_with("invalid value") {
        "library-value"
    } else {
        "library-syntax"
    };
    Diagnostic::error(code, span, message)
}
