//! A model as Antimony text.

mod about;
mod formula;
mod parts;
mod units;

use std::collections::HashSet;

use synapta_model::{Expr, Id, Model, RuleKind};

pub(crate) use formula::{formula, number};

/// The text of a model. Reading it gives the same model, with these exceptions: where symbols came from
/// ([`Model::paths`]) is not kept; rules stand in the order of what they determine; parameters of one reaction alone
/// become parameters of the model, named after both; a plain modifier that does not stand in its rate law is left out.
pub fn print(model: &Model) -> String {
    let mut printer = Printer { model, text: String::new(), indent: "" };
    printer.run();
    printer.text
}

pub(crate) struct Printer<'a> {
    model: &'a Model,
    text: String,
    indent: &'static str,
}

/// The model's id is that of statements outside any model.
fn is_top(model: &Model) -> bool {
    model.id.is_empty() || model.id == crate::reader::TOP
}

impl Printer<'_> {
    /// One statement on a line of its own.
    fn line(&mut self, statement: &str) {
        self.text.push_str(self.indent);
        self.text.push_str(statement);
        self.text.push_str(";\n");
    }

    /// A comment over what follows, if anything does.
    fn section(&mut self, title: &str, body: impl FnOnce(&mut Self)) {
        let start = self.text.len();
        body(self);
        if self.text.len() > start {
            let title = format!("\n{}// {title}\n", self.indent);
            self.text.insert_str(start, &title);
        }
    }

    fn run(&mut self) {
        self.functions();
        let named = !is_top(self.model);
        if named {
            self.text.push_str(&format!("model *{}()\n", self.model.id));
            self.indent = "  ";
        }
        let start = self.text.len();
        self.section("Units", Self::units);
        self.section("Compartments", Self::compartments);
        self.section("Species", Self::species);
        self.section("Parameters", Self::parameters);
        self.section("Reactions", Self::reactions);
        self.section("Interactions", Self::interactions);
        self.section("Initial values", Self::initial_assignments);
        self.section("Rules", Self::rules);
        self.section("Events", Self::events);
        self.section("Constraints", Self::constraints);
        self.section("Names, terms and notes", Self::about_all);
        if !named && self.text.len() == start {
            // Statements outside any model would be none at all.
            self.text.push_str(&format!("model *{}()\nend\n", crate::reader::TOP));
        }
        if named {
            self.indent = "";
            self.text.push_str("end\n");
            if let Some(name) = &self.model.meta.name {
                let line = format!("{} is {}", self.model.id, formula::quoted(name));
                self.line(&line);
            }
        }
    }

    fn functions(&mut self) {
        for f in &self.model.functions {
            let args = f.args.iter().map(Id::as_str).collect::<Vec<_>>().join(", ");
            let body = f.body.as_ref().map(formula).unwrap_or_default();
            self.text.push_str(&format!("function {}({args})\n  {body};\nend\n\n", f.id));
            self.about(&f.id, &f.meta);
        }
    }

    fn initial_assignments(&mut self) {
        for a in &self.model.initial_assignments {
            let line = format!("{} = {}", a.symbol, formula(&a.math));
            self.line(&line);
        }
    }

    fn rules(&mut self) {
        let mut algebraic = 0;
        for r in &self.model.rules {
            let math = formula(&r.math);
            let line = match r.kind {
                RuleKind::Assignment => format!("{} := {math}", r.variable),
                RuleKind::Rate => format!("{}' = {math}", r.variable),
                RuleKind::Algebraic => {
                    let name = format!("_alg{algebraic}");
                    algebraic += 1;
                    self.line(&format!("{name}: 0 = {math}"));
                    self.about(&name, &r.meta);
                    continue;
                }
            };
            self.line(&line);
        }
    }

    fn events(&mut self) {
        for e in &self.model.events {
            let delay = e.delay.as_ref().map(|d| format!("{} after ", formula(d))).unwrap_or_default();
            let mut line = format!("{}: at {delay}{}", e.id, formula(&e.trigger));
            if let Some(priority) = &e.priority {
                line.push_str(&format!(", priority = {}", formula(priority)));
            }
            for (name, value) in
                [("t0", e.initial_value), ("fromTrigger", e.values_from_trigger_time), ("persistent", e.persistent)]
            {
                if !value {
                    line.push_str(&format!(", {name} = false"));
                }
            }
            let sets: Vec<_> = e.assignments.iter().map(|(id, math)| format!("{id} = {}", formula(math))).collect();
            line.push_str(&format!(": {}", sets.join(", ")));
            self.line(&line);
        }
        // An event frees what it sets; species that reactions do not change are held again.
        let set: HashSet<&Id> = self.model.events.iter().flat_map(|e| e.assignments.iter().map(|(id, _)| id)).collect();
        for s in self.model.species.iter().filter(|s| s.boundary && set.contains(&s.id)) {
            self.line(&format!("const {}", s.id));
        }
    }

    fn constraints(&mut self) {
        for (n, c) in self.model.constraints.iter().enumerate() {
            let name = c.id.clone().unwrap_or_else(|| format!("_con{n}").into());
            self.line(&format!("constraint {name}: {}", formula(&c.math)));
            if let Some(message) = &c.message {
                self.line(&format!("{name} is {}", formula::quoted(message)));
            }
        }
    }

    /// True if some formula says the symbol.
    fn mentions<'e>(formulas: impl IntoIterator<Item = &'e Expr>, known: &HashSet<&Id>) -> bool {
        formulas.into_iter().any(|f| f.symbols().iter().any(|s| known.contains(*s)))
    }
}
