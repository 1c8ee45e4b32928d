//! TOML texts of the evidence into typed files, with places.

use serde::de::DeserializeOwned;
use synapta_model::{Diagnostic, SourceId, SourceMap, Span};
use toml::Spanned;

use crate::library::NamedText;
use crate::words::{did_you_mean, nearest_of};

/// The texts read so far and what is wrong with them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    pub sources: SourceMap,
    pub found: Vec<Diagnostic>,
}

impl Texts {
    /// Keeps a text for diagnostics.
    pub fn add(&mut self, text: NamedText<'_>) -> SourceId {
        self.sources.add(text.name, text.text)
    }

    /// Reads one TOML text; one that cannot be read gives a finding.
    pub fn toml<T: DeserializeOwned>(&mut self, text: NamedText<'_>) -> (SourceId, Option<T>) {
        let source = self.add(text);
        match toml::from_str(text.text) {
            Ok(file) => (source, Some(file)),
            Err(error) => {
                self.found.push(diagnostic(source, &error));
                (source, None)
            }
        }
    }

    /// Notes an error.
    pub fn tell(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let help = help.into();
        let error = Diagnostic::error(code, span, message);
        self.found.push(if help.is_empty() { error } else { error.with_help(help) });
    }
}

/// The place of a value in its text.
pub(crate) fn place<T>(source: SourceId, spanned: &Spanned<T>) -> Span {
    Span::new(source, spanned.span().start, spanned.span().end)
}

/// `did you mean X? known: ...`
pub(super) fn known<'a>(word: &str, all: impl Iterator<Item = &'a str> + Clone) -> String {
    let near = did_you_mean(nearest_of(word, all.clone()));
    let all: Vec<&str> = all.collect();
    if all.is_empty() { near } else { format!("{near}known: {}", all.join(", ")) }
}

fn diagnostic(source: SourceId, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().map_or(Span::NONE, |r| Span::new(source, r.start, r.end));
    let message = error.message().trim().replace('\n', "; ");
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let near = quoted.split_first().and_then(|(name, known)| nearest_of(name, known.iter().copied()));
        let help = did_you_mean(near).trim_end().to_string();
        let unknown = Diagnostic::error("evidence-unknown-field", span, message);
        return if help.is_empty() { unknown } else { unknown.with_help(help) };
    }
    if message.starts_with("missing field") {
        return Diagnostic::error("evidence-missing-field", span, message).with_help("add it to this entry");
    }
    let code = if message.starts_with("invalid type") || message.starts_with("invalid value") {
        "evidence-value"
    } else {
        "evidence-syntax"
    };
    Diagnostic::error(code, span, message)
}
