//! One statement, carried out on the table of its model.

use synapta_model::{Diagnostic, Expr, ExprKind, Op, Severity, Span};

use super::{Reader, same, set};
use crate::syntax::{Assignment, Declaration, Declared, Form, Path, Setting, Statement, Target};
use crate::table::{Done, Holds, Kind, Problem, Table};

impl Reader<'_> {
    /// Carries out a statement. `top` is true for statements outside any model.
    pub(super) fn execute(&mut self, table: &mut Table, statement: Statement, top: bool) {
        let span = statement.span;
        for path in &statement.fixed {
            if let Err(problem) = self.resolve(table, path) {
                self.report(path.span(), problem);
            }
        }
        if let Err(problem) = self.form(table, statement.form, span, top) {
            self.report(span, problem);
        }
    }

    fn form(&mut self, table: &mut Table, form: Form, span: Span, top: bool) -> Done {
        match form {
            Form::Assign { target, how, value } => self.assign(table, target, how, value, span, top),
            Form::AssignList { target, values } => self.assign_list(table, target, values),
            Form::HasUnit { target, unit } => {
                let i = self.place(table, &target)?;
                self.give_unit(table, i, unit)
            }
            Form::Same { a, b, factor } => self.same(table, &a, &b, factor.as_ref()),
            Form::Named { target, name } => self.named(table, &target, name, top),
            Form::Declare(declaration) => self.declare(table, declaration),
            Form::Place(target) => self.place(table, &target).map(|_| ()),
            Form::Reaction(text) => self.reaction(table, *text, span),
            Form::Event(text) => self.event(table, *text, span),
            Form::Submodel(text) => self.submodel(table, *text, span),
            Form::Unit { path, definition } => {
                let i = self.resolve(table, &path)?;
                table.set_kind(i, Kind::Unit)?;
                match definition {
                    Some(formula) => set::set_unit_formula(table, i, Some(&formula)),
                    None => Ok(()),
                }
            }
            Form::Strand { name, parts, open_left, open_right } => {
                self.strand(table, name.as_ref(), &parts, (open_left, open_right), span)
            }
            Form::Delete(paths) => paths.iter().try_for_each(|p| self.delete(table, p)),
            Form::Annotate(text) => self.annotate(table, text, top),
            Form::Constraint { name, condition } => self.constraint(table, name.as_ref(), condition, span),
            Form::Objective { name, formula } => self.objective(table, name.as_ref(), formula, span),
            Form::Algebraic { name, value, formula } => self.algebraic(table, name.as_ref(), value, formula, span),
            Form::ModelSetting { path, number, word } => self.model_setting(table, &path, number, word, span),
            Form::Ignored => {
                self.warn("drawing-ignored", span, "settings of drawings are read and left out");
                Ok(())
            }
        }
    }

    pub(super) fn warn(&mut self, code: &'static str, span: Span, message: &str) {
        self.diagnostics.push(Diagnostic::warning(code, span, message));
    }

    /// The symbol of a target, put into its compartment if the text says one.
    pub(super) fn place(&mut self, table: &mut Table, target: &Target) -> Done<usize> {
        let i = self.resolve(table, &target.path)?;
        if let Some(path) = &target.compartment {
            let compartment = self.resolve(table, path)?;
            set_compartment(table, i, compartment)?;
        }
        Ok(i)
    }

    fn assign(
        &mut self,
        table: &mut Table,
        target: Target,
        how: Assignment,
        mut value: Option<Expr>,
        span: Span,
        top: bool,
    ) -> Done {
        if self.is_about_other(table, &target.path, top) {
            return self.assign_aspect(table, &target.path, value.into_iter().collect());
        }
        let i = self.place(table, &target)?;
        // Formulas of units name units, not symbols.
        if table.vars[table.root(i)].kind == Kind::Unit {
            return set::set_unit_formula(table, i, value.as_ref());
        }
        if let Some(formula) = &mut value {
            self.register(table, formula);
        }
        self.note_overwritten(table, i, how, value.is_some(), span);
        match how {
            Assignment::Initial => set::set_formula(table, i, value),
            Assignment::Rule => set::set_rule(table, i, value),
            Assignment::Rate => set::set_rate(table, i, value),
        }
    }

    /// Warns when a model's own text sets the same thing twice: the later one stands.
    fn note_overwritten(&mut self, table: &mut Table, i: usize, how: Assignment, has_value: bool, span: Span) {
        let i = table.root(i);
        let var = &mut table.vars[i];
        let (same_kind, had) = match how {
            Assignment::Initial => (var.holds != Holds::Always, var.formula.is_some()),
            Assignment::Rule => (var.holds == Holds::Always, var.formula.is_some()),
            Assignment::Rate => (true, var.rate.is_some()),
        };
        let before = var.set_at;
        if how != Assignment::Rate && has_value {
            var.set_at = span;
        }
        let overwritten = has_value && had && same_kind && !before.is_none() && how != Assignment::Rate;
        if overwritten {
            let message = format!("`{}` is set twice; this later formula stands", var.name);
            let found = Diagnostic::warning("overwritten", span, message);
            self.diagnostics.push(found.with_label(before, "first set here").with_help("remove one of the two"));
        }
    }

    fn give_unit(&mut self, table: &mut Table, i: usize, unit: Option<Expr>) -> Done {
        let Some(formula) = unit else {
            return Err(Problem::new("unit-formula", "a unit must follow `has`").help("for instance `x has litre`"));
        };
        let unit = set::unit_of_formula(table, &formula)?;
        set::set_unit(table, i, unit)
    }

    fn same(&mut self, table: &mut Table, a: &Target, b: &Path, factor: Option<&Path>) -> Done {
        let a = self.place(table, a)?;
        let b = self.resolve(table, b)?;
        let factor = factor.map(|p| self.resolve(table, p)).transpose()?;
        same::synchronize(table, a, b, factor)
    }

    fn declare(&mut self, table: &mut Table, declaration: Declaration) -> Done {
        let kind = match declaration.kind {
            Declared::Nothing => None,
            Declared::Species => Some(Kind::Species),
            Declared::Compartment => Some(Kind::Compartment),
            Declared::Formula => Some(Kind::Formula),
            Declared::Reaction => Some(Kind::Reaction),
            Declared::Dna => Some(Kind::Dna),
            Declared::Gene => Some(Kind::Gene),
            Declared::Operator => Some(Kind::Operator),
            Declared::GeneProduct => Some(Kind::GeneProduct),
        };
        for (target, setting) in declaration.items {
            let span = target.path.span();
            let done = self.declare_one(table, &target, setting, kind, &declaration.constant, declaration.amount_only);
            if let Err(problem) = done {
                self.report(span, problem);
            }
        }
        Ok(())
    }

    fn declare_one(
        &mut self,
        table: &mut Table,
        target: &Target,
        setting: Option<Setting>,
        kind: Option<Kind>,
        constant: &Option<bool>,
        amount_only: bool,
    ) -> Done {
        let i = self.place(table, target)?;
        match setting {
            Some(Setting::Formula(how, value)) => {
                let target = Target { path: target.path.clone(), compartment: None };
                let span = target.path.span();
                self.assign(table, target, how, value, span, false)?;
            }
            Some(Setting::Unit(unit)) => self.give_unit(table, i, unit)?,
            None => {}
        }
        if let Some(constant) = constant {
            let forbidden = *constant && matches!(kind, Some(Kind::Reaction | Kind::Gene));
            if forbidden {
                return Err(Problem::new("kind-conflict", "reactions cannot be constant").help("leave `const` out"));
            }
            set::set_constant(table, i, *constant)?;
        }
        let Some(kind) = kind else { return Ok(()) };
        table.set_kind(i, kind)?;
        if kind == Kind::Species {
            let root = table.root(i);
            table.vars[root].amount_only = amount_only;
        }
        Ok(())
    }

    fn constraint(&mut self, table: &mut Table, name: Option<&Path>, mut condition: Expr, span: Span) -> Done {
        self.register(table, &mut condition);
        let i = match name {
            Some(path) => self.resolve(table, path)?,
            None => table.add_numbered("_con", span),
        };
        table.set_kind(i, Kind::Constraint)?;
        let root = table.root(i);
        table.vars[root].formula = Some(condition);
        Ok(())
    }

    fn objective(&mut self, table: &mut Table, name: Option<&Target>, formula: Option<Expr>, span: Span) -> Done {
        self.diagnostics.push(Diagnostic {
            code: "flux-balance-ignored",
            severity: Severity::Warning,
            help: Some("the model can be simulated; its flux objective is not kept".into()),
            ..Diagnostic::warning("", span, "flux balance objectives are read and left out")
        });
        let Some(mut formula) = formula else {
            return Err(Problem::new("syntax", "an objective needs a formula"));
        };
        self.register(table, &mut formula);
        if table.objective.is_some() {
            return Err(Problem::new("duplicate-definition", "the model already has an objective"));
        }
        if let (ExprKind::Symbol(id), None) = (&formula.kind, name)
            && let Some(i) = table.get(id)
            && matches!(table.vars[table.root(i)].kind, Kind::Formula | Kind::Unknown)
        {
            table.objective = Some(i);
            return Ok(());
        }
        let i = match name {
            Some(target) => self.place(table, target)?,
            None => table.add_numbered("_objective", span),
        };
        set::set_formula(table, i, Some(formula))?;
        table.objective = Some(i);
        Ok(())
    }

    fn algebraic(
        &mut self,
        table: &mut Table,
        name: Option<&Target>,
        value: f64,
        formula: Option<Expr>,
        span: Span,
    ) -> Done {
        let Some(mut formula) = formula else {
            return Err(Problem::new("syntax", "a formula must follow `=`"));
        };
        self.register(table, &mut formula);
        let i = match name {
            Some(target) => self.place(table, target)?,
            None => table.add_numbered("_alg", span),
        };
        // Something in it must be free to change.
        let names: Vec<_> = formula.symbols().into_iter().cloned().collect();
        for name in names {
            let Some(k) = table.root_of(&name) else {
                continue;
            };
            let var = &mut table.vars[k];
            if var.holds == Holds::Initially && var.constant.is_none() {
                set::set_constant(table, k, false)?;
            }
        }
        if value != 0.0 {
            formula = Expr::op(Op::Minus, vec![formula, Expr::number(value)]);
        }
        table.set_kind(i, Kind::AlgebraicRule)?;
        let root = table.root(i);
        table.vars[root].formula = Some(formula);
        Ok(())
    }
}

pub(super) fn set_compartment(table: &mut Table, i: usize, compartment: usize) -> Done {
    table.set_kind(compartment, Kind::Compartment)?;
    let i = table.root(i);
    table.vars[i].compartment = Some(table.root(compartment));
    Ok(())
}
