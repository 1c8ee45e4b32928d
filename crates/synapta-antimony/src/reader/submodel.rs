//! Copies of models in models.

use synapta_model::diagnostic::nearest;
use synapta_model::{Expr, ExprKind, Span};

use super::execute::set_compartment;
use super::{Reader, same, set};
use crate::syntax::{Argument, Name, SubmodelText};
use crate::table::{Done, Kind, Problem, Table};

/// Most symbols that submodels may make in all models of a text together.
const MOST_COPIES: usize = 400_000;

impl Reader<'_> {
    pub(super) fn submodel(&mut self, table: &mut Table, text: SubmodelText, span: Span) -> Done {
        let Some(module) = self.index.get(&text.module.text).copied() else {
            return Err(self.unknown_model(&text.module.text, &table.name));
        };
        let i = match &text.name {
            Some(target) => self.place(table, target)?,
            None => table.add_numbered("_sys", span),
        };
        if table.vars[i].kind != Kind::Unknown || table.vars[i].depth > 0 {
            let message = format!("`{}` is already {}", table.vars[i].name, table.vars[i].kind.words());
            return Err(Problem::new("kind-conflict", message).help("give the submodel a name that is not yet used"));
        }
        table.vars[i].kind = Kind::Submodel;
        table.vars[i].module = Some(module);
        let offset = table.vars.len();
        self.copied += self.tables[module].vars.len();
        if self.copied > MOST_COPIES {
            let message = format!("submodels make more than {MOST_COPIES} symbols");
            return Err(Problem::new("too-large", message)
                .help("models that contain others twice grow fast; check what contains what"));
        }
        let inner = std::mem::take(&mut self.tables[module]);
        table.instantiate(i, &inner);
        let exports: Vec<usize> = inner.exports.iter().map(|e| e + offset).collect();
        self.tables[module] = inner;
        if text.arguments.len() > exports.len() {
            let (given, taken) = (text.arguments.len(), exports.len());
            let message = format!("`{}` takes {taken} arguments, but {given} are given", text.module.text);
            self.report(span, Problem::new("argument-count", message));
        }
        for (argument, export) in text.arguments.into_iter().zip(exports) {
            let done = self.argument(table, argument, "_ant").and_then(|a| same::synchronize(table, export, a, None));
            if let Err(problem) = done {
                self.report(span, problem);
            }
        }
        self.factors(table, i, text.factors);
        if let Some(path) = &text.compartment {
            let compartment = self.resolve(table, path)?;
            set_compartment(table, i, compartment)?;
        }
        Ok(())
    }

    fn unknown_model(&self, name: &str, current: &str) -> Problem {
        if name == current {
            return Problem::new("unknown-model", format!("the model `{name}` cannot contain itself"));
        }
        let near = nearest(name, self.index.keys().map(|k| k.as_str())).map(|n| format!("did you mean `{n}`?"));
        let help = near.unwrap_or_else(|| "a model must be defined or imported before it is used".into());
        Problem::new("unknown-model", format!("there is no model `{name}`")).help(help)
    }

    fn argument(&mut self, table: &mut Table, argument: Argument, stem: &'static str) -> Done<usize> {
        match argument {
            Argument::Symbol(path) => self.resolve(table, &path),
            Argument::Number(value, span) => {
                let i = match stem {
                    "_ant" => table.add_numbered(stem, span),
                    name => table.find_or_add(name, span),
                };
                set::set_formula(table, i, Some(Expr::new(ExprKind::Number(value, None), span)))?;
                Ok(i)
            }
        }
    }

    /// `timeconv` and `extentconv` of a submodel.
    fn factors(&mut self, table: &mut Table, submodel: usize, factors: Vec<(Name, Argument)>) {
        for (name, argument) in factors {
            let word = ["timeconv", "extentconv"].into_iter().find(|w| w.eq_ignore_ascii_case(&name.text));
            let Some(word) = word else {
                let message = format!("a submodel has no setting `{}`", name.text);
                self.report(
                    name.span,
                    Problem::new("unknown-setting", message).help("it has `timeconv` and `extentconv`"),
                );
                continue;
            };
            let done = self.argument(table, argument, word).and_then(|factor| {
                table.set_kind(factor, Kind::Formula)?;
                set::set_constant(table, factor, true)?;
                match word {
                    "timeconv" => same::convert_time(table, submodel, factor),
                    _ => same::convert_extent(table, submodel, factor),
                }
                Ok(())
            });
            if let Err(problem) = done {
                self.report(name.span, problem);
            }
        }
    }
}
