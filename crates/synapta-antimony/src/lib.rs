//! Antimony text to model and back.
//!
//! The language is that of the public `antimony` package; see its documentation for what each statement means. This
//! crate opens no files: whoever calls it hands over the texts, the imported ones through [`Sources`].
//!
//! What is read and left out, each with a warning: how things are drawn (layout, render), and what only flux balance
//! analysis uses (objectives, bounds of fluxes, charges, gene products). Ids of algebraic rules are not kept.
//!
//! Where this crate means something else than the package (version 3.3.0):
//! - A submodel's argument and the symbol given for it are one symbol, also when both have the same unit. The package
//!   leaves them apart without a word as soon as both have a unit, even the same one.
//! - A flat id that is taken gets an underscore more; the package writes the same id twice.
//! - `a % b` is the remainder with the sign of `a`, as one operator; the package writes it out as a case distinction.
//! - Uncertainties of submodels' symbols are kept; the package drops them when it flattens.
//!
//! ```
//! let parsed = synapta_antimony::parse(&synapta_antimony::NoImports, "decay.ant", "A -> ; k*A; A = 10; k = 0.5");
//! let model = parsed.model.unwrap();
//! assert_eq!(model.species[0].id, "A");
//! ```

mod check;
mod flatten;
mod lexer;
mod parser;
mod print;
mod reader;
mod syntax;
mod table;
mod units;
mod words;

pub use print::print;

use synapta_model::{Diagnostic, Id, Model, SourceMap};

/// A text that was found for an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Its own name, the same however it is imported: circles and repeated imports are known by it.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Where imported texts come from.
pub trait Sources {
    /// The text `import "file"` means in the text named `from`; `None` if there is none.
    fn load(&self, from: &str, file: &str) -> Option<Loaded>;
}

impl<F: Fn(&str, &str) -> Option<Loaded>> Sources for F {
    fn load(&self, from: &str, file: &str) -> Option<Loaded> {
        self(from, file)
    }
}

/// No import is ever found.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoImports;

impl Sources for NoImports {
    fn load(&self, _: &str, _: &str) -> Option<Loaded> {
        None
    }
}

/// What a text says.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The flat main model; `None` if an error was found.
    pub model: Option<Model>,
    /// Names of all models of the texts, in the order of their ends.
    pub modules: Vec<Id>,
    /// The texts read, the main one first: what the spans of `model` and `diagnostics` point into.
    pub sources: SourceMap,
    /// Errors and warnings, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// True if some finding is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Reads `text`, shown to people as `name`, with all it imports, and flattens its main model: the last one marked
/// `model *x`, else the statements outside any model, else the last model.
pub fn parse(files: &dyn Sources, name: &str, text: &str) -> Parsed {
    parse_module(files, name, text, None)
}

/// Like [`parse`], for the model called `module` where one is given.
pub fn parse_module(files: &dyn Sources, name: &str, text: &str, module: Option<&str>) -> Parsed {
    let mut reader = reader::Reader::new(files);
    reader.read(name, text);
    reader.finish_top();
    let modules = reader.tables.iter().map(|t| t.name.clone()).collect();
    let chosen = choose(&mut reader, module);
    let mut diagnostics = std::mem::take(&mut reader.diagnostics);
    let model = chosen.map(|table| {
        let model = flatten::flatten(&table, &reader.functions, &mut diagnostics);
        check::check(&model, &mut diagnostics);
        model
    });
    diagnostics.sort_by_key(|d| (d.span.source, d.span.start));
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    Parsed { model: model.filter(|_| !failed), modules, sources: reader.sources, diagnostics }
}

/// The table of the main model, taken out of the reader.
fn choose(reader: &mut reader::Reader, module: Option<&str>) -> Option<table::Table> {
    let take = |i: usize, tables: &mut Vec<table::Table>| tables.get_mut(i).map(std::mem::take);
    if let Some(wanted) = module {
        let Some(i) = reader.index.get(wanted).copied() else {
            reader.diagnostics.push(unknown_module(wanted, reader.index.keys().map(Id::as_str)));
            return None;
        };
        return take(i, &mut reader.tables);
    }
    if let Some(i) = reader.starred {
        return take(i, &mut reader.tables);
    }
    let last = reader.last.or(reader.tables.len().checked_sub(1));
    match last {
        Some(i) if reader.top.vars.is_empty() => take(i, &mut reader.tables),
        _ => Some(std::mem::take(&mut reader.top)),
    }
}

fn unknown_module<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let missing =
        Diagnostic::error("unknown-model", synapta_model::Span::NONE, format!("there is no model `{wanted}`"));
    match synapta_model::diagnostic::nearest(wanted, known) {
        Some(near) => missing.with_help(format!("did you mean `{near}`?")),
        None => missing,
    }
}
