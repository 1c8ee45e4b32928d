//! The SBML-shaped model: species, parameters, rules, reactions, events and units; expressions and their derivatives;
//! diagnostics with source places.
//!
//! This crate opens no files and solves nothing. Texts become a [`model::Model`] in `synapta-antimony`; a model
//! becomes a program in `synapta-engine`.

pub mod check;
pub mod diagnostic;
pub mod expr;
pub mod graph;
pub mod model;
pub mod moiety;
pub mod span;
pub mod units;

pub use diagnostic::{Diagnostic, Severity};
pub use expr::{Constant, Expr, ExprKind, Op};
pub use model::*;
pub use span::{Place, SourceId, SourceMap, Span};
pub use units::Unit;

/// An element's name: SBML's SId, or a longer dotted or underscored flat name.
pub type Id = smol_str::SmolStr;
