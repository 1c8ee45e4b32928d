//! Assays: small fast models, what is done to them, and what is read.
//!
//! A preparation is a model on the scale of milliseconds to minutes; a protocol is a list of steps in which values are
//! set; a read-out is one number of a run, alone or against another one, or of a series of runs over a concentration.
//! All three are data ([`AssaySet`], `studies/library/assays.toml`); a [`Bench`] runs them. An assay may take values from
//! a subject of the model on the scale of hours (`link`).

mod bench;
mod check;
mod curve;
mod number;
mod protocol;
mod schema;

use synapta_model::{Diagnostic, SourceMap};

use crate::library::NamedText;
use crate::words::{did_you_mean, nearest_of};

pub use bench::{Ask, Bench, Tissue};
pub use schema::{Assay, Curve, Gives, Link, Preparation, Protocol, Pulses, Readout, Reference, Repeat, Step, Taken};

/// Everything in the file of assays.
#[derive(Clone, Debug, Default)]
pub struct AssaySet {
    /// What is recorded from, in file order.
    pub preparations: Vec<Preparation>,
    /// What is done, in file order.
    pub protocols: Vec<Protocol>,
    /// What is asked, in file order.
    pub assays: Vec<Assay>,
}

/// What is wrong with the text of assays.
#[derive(Debug, thiserror::Error)]
#[error("the assays have {} finding(s): {}", .diagnostics.len(), .diagnostics.first().map_or("", |d| d.message.as_str()))]
pub struct AssayError {
    /// The text.
    pub sources: SourceMap,
    /// The findings, with places in `sources`.
    pub diagnostics: Vec<Diagnostic>,
}

impl AssaySet {
    /// Reads and checks the text. Names of models are checked when a read-out is asked for, or by [`Bench::check`].
    ///
    /// # Errors
    /// All findings. Codes: `library-syntax`, `library-unknown-field`, `library-missing-field`, `library-value`,
    /// `assay-duplicate`, `assay-unknown`, `assay-value`, `assay-formula`.
    pub fn from_text(text: NamedText<'_>) -> Result<AssaySet, AssayError> {
        let mut reader = crate::library::Reader::default();
        let (source, file) = reader.read::<schema::AssayFile>(text);
        let set = AssaySet { preparations: file.preparation, protocols: file.protocol, assays: file.assay };
        let mut diagnostics = reader.found;
        diagnostics.extend(check::check(source, &set));
        if diagnostics.is_empty() { Ok(set) } else { Err(AssayError { sources: reader.sources, diagnostics }) }
    }

    /// An assay by name.
    ///
    /// # Errors
    /// `unknown-assay`.
    pub fn assay(&self, name: &str) -> Result<&Assay, Diagnostic> {
        find("assay", name, &self.assays, |a| a.name.get_ref())
    }

    /// A preparation by name.
    ///
    /// # Errors
    /// `unknown-preparation`.
    pub fn preparation(&self, name: &str) -> Result<&Preparation, Diagnostic> {
        find("preparation", name, &self.preparations, |p| p.name.get_ref())
    }

    /// A protocol by name.
    ///
    /// # Errors
    /// `unknown-protocol`.
    pub fn protocol(&self, name: &str) -> Result<&Protocol, Diagnostic> {
        find("protocol", name, &self.protocols, |p| p.name.get_ref())
    }
}

impl Assay {
    /// A read-out by name.
    ///
    /// # Errors
    /// `unknown-readout`.
    pub fn readout(&self, name: &str) -> Result<&Readout, Diagnostic> {
        find("readout", name, &self.readout, |r| r.name.get_ref())
    }
}

/// The code of a name that nothing has.
fn code(kind: &str) -> &'static str {
    match kind {
        "assay" => "unknown-assay",
        "preparation" => "unknown-preparation",
        "protocol" => "unknown-protocol",
        _ => "unknown-readout",
    }
}

fn find<'a, T>(kind: &str, name: &str, all: &'a [T], named: impl Fn(&T) -> &String) -> Result<&'a T, Diagnostic> {
    all.iter().find(|t| named(t).eq_ignore_ascii_case(name)).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|t| named(t).as_str()).collect();
        let help = format!("{}known: {}", did_you_mean(nearest_of(name, known.iter().copied())), known.join(", "));
        let message = format!("no {kind} is called `{name}`");
        Diagnostic::error(code(kind), synapta_model::Span::NONE, message).with_help(help)
    })
}

#[cfg(test)]
mod tests;
