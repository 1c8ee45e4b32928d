//! One statement, carried out on the table of its model.

use synapta_model::diagnostic::nearest;
use synapta_model::{Constant, Diagnostic, Expr, ExprKind, Op, Severity, Span};

use super::{Reader, same, set};
use crate::syntax::{
    Argument, Assignment, Declaration, Declared, Divider, EventText, Form, Path, ReactionText,
    Setting, Statement, Stoichiometry, SubmodelText, Target,
};
use crate::table::{Done, EventPart, Holds, Kind, Participant, Problem, ReactionPart, Table};

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
            Form::Assign { target, how, value } => {
                self.assign(table, target, how, value, span, top)
            }
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
            Form::Strand {
                name,
                parts,
                open_left,
                open_right,
            } => self.strand(table, name.as_ref(), &parts, (open_left, open_right), span),
            Form::Delete(paths) => paths.iter().try_for_each(|p| self.delete(table, p)),
            Form::Annotate(text) => self.annotate(table, text, top),
            Form::Constraint { name, condition } => {
                self.constraint(table, name.as_ref(), condition, span)
            }
            Form::Objective {
                name,
                maximize: _,
                formula,
            } => self.objective(table, name.as_ref(), formula, span),
            Form::Algebraic {
                name,
                value,
                formula,
            } => self.algebraic(table, name.as_ref(), value, formula, span),
            Form::ModelSetting { path, number, word } => {
                self.model_setting(table, &path, number, word, span)
            }
            Form::Ignored => {
                self.warn(
                    "drawing-ignored",
                    span,
                    "settings of drawings are read and left out",
                );
                Ok(())
            }
        }
    }

    pub(super) fn warn(&mut self, code: &'static str, span: Span, message: &str) {
        self.diagnostics
            .push(Diagnostic::warning(code, span, message));
    }

    /// The symbol of a target, put into its compartment if the text says one.
    fn place(&mut self, table: &mut Table, target: &Target) -> Done<usize> {
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
    fn note_overwritten(
        &mut self,
        table: &mut Table,
        i: usize,
        how: Assignment,
        has_value: bool,
        span: Span,
    ) {
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
        let overwritten =
            has_value && had && same_kind && !before.is_none() && how != Assignment::Rate;
        if overwritten {
            let message = format!("`{}` is set twice; this later formula stands", var.name);
            let found = Diagnostic::warning("overwritten", span, message);
            self.diagnostics.push(
                found
                    .with_label(before, "first set here")
                    .with_help("remove one of the two"),
            );
        }
    }

    fn give_unit(&mut self, table: &mut Table, i: usize, unit: Option<Expr>) -> Done {
        let Some(formula) = unit else {
            return Err(Problem::new("unit-formula", "a unit must follow `has`")
                .help("for instance `x has litre`"));
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
            let done = self.declare_one(
                table,
                &target,
                setting,
                kind,
                &declaration.constant,
                declaration.amount_only,
            );
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
                let target = Target {
                    path: target.path.clone(),
                    compartment: None,
                };
                let span = target.path.span();
                self.assign(table, target, how, value, span, false)?;
            }
            Some(Setting::Unit(unit)) => self.give_unit(table, i, unit)?,
            None => {}
        }
        if let Some(constant) = constant {
            let forbidden = *constant && matches!(kind, Some(Kind::Reaction | Kind::Gene));
            if forbidden {
                return Err(
                    Problem::new("kind-conflict", "reactions cannot be constant")
                        .help("leave `const` out"),
                );
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

    fn participants(
        &mut self,
        table: &mut Table,
        side: Vec<(Stoichiometry, Path)>,
    ) -> Done<Vec<Participant>> {
        let mut all = vec![];
        for (stoichiometry, path) in side {
            let (number, named) = match stoichiometry {
                Stoichiometry::Number(n) => (n, None),
                Stoichiometry::Named(name) => {
                    let i = self.resolve(table, &name)?;
                    table.set_kind(i, Kind::Stoichiometry)?;
                    (1.0, Some(i))
                }
            };
            all.push(Participant {
                number,
                named,
                species: self.resolve(table, &path)?,
            });
        }
        Ok(all)
    }

    fn reaction(&mut self, table: &mut Table, text: ReactionText, span: Span) -> Done {
        let name = text
            .name
            .as_ref()
            .map(|t| self.place(table, t))
            .transpose()?;
        let left = self.participants(table, text.left)?;
        let right = self.participants(table, text.right)?;
        let mut law = text.law;
        if let Some(formula) = &mut law {
            self.register(table, formula);
        }
        let compartment = text
            .compartment
            .as_ref()
            .map(|p| self.resolve(table, p))
            .transpose()?;
        let i = name.unwrap_or_else(|| table.add_numbered("_J", span));
        let before = table.vars[table.root(i)].set_at;
        if table.vars[table.root(i)].reaction.is_some() && !before.is_none() {
            let message = format!(
                "the reaction `{}` is written twice; this later one stands",
                table.vars[i].name
            );
            let found = Diagnostic::warning("overwritten", span, message);
            self.diagnostics.push(
                found
                    .with_label(before, "first written here")
                    .with_help("give it another name"),
            );
        }
        set_reaction(
            table,
            i,
            ReactionPart {
                left,
                divider: text.divider,
                right,
                law,
            },
        )?;
        let root = table.root(i);
        table.vars[root].set_at = span;
        if let Some(compartment) = compartment {
            set_compartment(table, i, compartment)?;
        }
        Ok(())
    }

    fn event(&mut self, table: &mut Table, text: EventText, span: Span) -> Done {
        let name = text
            .name
            .as_ref()
            .map(|t| self.place(table, t))
            .transpose()?;
        let mut trigger = text.trigger;
        self.register(table, &mut trigger);
        if !may_be_logical(&trigger) {
            let found = Diagnostic::error(
                "trigger-not-logical",
                trigger.span,
                "the condition of an event is not a comparison",
            );
            self.diagnostics
                .push(found.with_help("write for instance `at time > 3: x = 0`"));
        }
        let mut delay = text.delay;
        if let Some(formula) = &mut delay {
            self.register(table, formula);
        }
        let i = name.unwrap_or_else(|| table.add_numbered("_E", span));
        let mut event = EventPart {
            trigger,
            delay,
            priority: None,
            initial_value: true,
            persistent: true,
            from_trigger: true,
            assignments: vec![],
        };
        for (option, value) in text.options {
            self.event_option(table, &mut event, &option, value);
        }
        for (path, value) in text.assignments {
            self.event_assignment(table, &mut event, &path, value);
        }
        table.set_kind(i, Kind::Event)?;
        let root = table.root(i);
        table.vars[root].event = Some(Box::new(event));
        Ok(())
    }

    fn event_option(
        &mut self,
        table: &mut Table,
        event: &mut EventPart,
        option: &crate::syntax::Name,
        value: Option<Expr>,
    ) {
        let known = ["priority", "t0", "fromTrigger", "persistent"];
        let Some(word) = known
            .into_iter()
            .find(|k| k.eq_ignore_ascii_case(&option.text))
        else {
            let message = format!("an event has no setting `{}`", option.text);
            let near = nearest(&option.text, known).map(|n| format!("did you mean `{n}`?"));
            let help = near.unwrap_or_else(|| {
                "events have `priority`, `t0`, `fromTrigger` and `persistent`".into()
            });
            return self.report(
                option.span,
                Problem::new("unknown-setting", message).help(help),
            );
        };
        if word == "priority" {
            event.priority = value;
            if let Some(formula) = &mut event.priority {
                self.register(table, formula);
            }
            return;
        }
        let flag = match value.map(|v| v.kind) {
            Some(ExprKind::Constant(Constant::True)) => true,
            Some(ExprKind::Constant(Constant::False)) => false,
            _ => {
                let problem =
                    Problem::new("unknown-setting", format!("`{word}` is `true` or `false`"));
                return self.report(option.span, problem);
            }
        };
        match word {
            "t0" => event.initial_value = flag,
            "fromTrigger" => event.from_trigger = flag,
            _ => event.persistent = flag,
        }
    }

    fn event_assignment(
        &mut self,
        table: &mut Table,
        event: &mut EventPart,
        path: &Path,
        value: Option<Expr>,
    ) {
        let Some(mut formula) = value else {
            return self.report(
                path.span(),
                Problem::new("syntax", "a formula must follow `=`"),
            );
        };
        self.register(table, &mut formula);
        let done = self.resolve(table, path).and_then(|i| {
            table.set_kind(i, Kind::Formula)?;
            let root = table.root(i);
            if !table.vars[root].kind.can_vary() {
                let var = &table.vars[root];
                return Err(Problem::new(
                    "kind-conflict",
                    format!(
                        "an event cannot set `{}`, which is {}",
                        var.name,
                        var.kind.words()
                    ),
                ));
            }
            // The event changes it, whatever was said before.
            table.vars[root].constant = Some(false);
            event.assignments.push((i, formula));
            Ok(())
        });
        if let Err(problem) = done {
            self.report(path.span(), problem);
        }
    }

    fn submodel(&mut self, table: &mut Table, text: SubmodelText, span: Span) -> Done {
        let Some(module) = self.index.get(&text.module.text).copied() else {
            return Err(self.unknown_model(&text.module.text, &table.name));
        };
        let i = match &text.name {
            Some(target) => self.place(table, target)?,
            None => table.add_numbered("_sys", span),
        };
        if table.vars[i].kind != Kind::Unknown || table.vars[i].depth > 0 {
            let message = format!(
                "`{}` is already {}",
                table.vars[i].name,
                table.vars[i].kind.words()
            );
            return Err(Problem::new("kind-conflict", message)
                .help("give the submodel a name that is not yet used"));
        }
        table.vars[i].kind = Kind::Submodel;
        table.vars[i].module = Some(module);
        let offset = table.vars.len();
        if offset + self.tables[module].vars.len() > 2_000_000 {
            return Err(Problem::new(
                "too-large",
                "the model has more than two million symbols with this submodel",
            ));
        }
        let inner = std::mem::take(&mut self.tables[module]);
        table.instantiate(i, &inner);
        let exports: Vec<usize> = inner.exports.iter().map(|e| e + offset).collect();
        self.tables[module] = inner;
        if text.arguments.len() > exports.len() {
            let (given, taken) = (text.arguments.len(), exports.len());
            let message = format!(
                "`{}` takes {taken} arguments, but {given} are given",
                text.module.text
            );
            self.report(span, Problem::new("argument-count", message));
        }
        for (argument, export) in text.arguments.into_iter().zip(exports) {
            let done = self
                .argument(table, argument, "_ant")
                .and_then(|a| same::synchronize(table, export, a, None));
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
            return Problem::new(
                "unknown-model",
                format!("the model `{name}` cannot contain itself"),
            );
        }
        let near = nearest(name, self.index.keys().map(|k| k.as_str()))
            .map(|n| format!("did you mean `{n}`?"));
        let help =
            near.unwrap_or_else(|| "a model must be defined or imported before it is used".into());
        Problem::new("unknown-model", format!("there is no model `{name}`")).help(help)
    }

    fn argument(
        &mut self,
        table: &mut Table,
        argument: Argument,
        stem: &'static str,
    ) -> Done<usize> {
        match argument {
            Argument::Symbol(path) => self.resolve(table, &path),
            Argument::Number(value, span) => {
                let i = match stem {
                    "_ant" => table.add_numbered(stem, span),
                    name => table.find_or_add(name, span),
                };
                set::set_formula(
                    table,
                    i,
                    Some(Expr::new(ExprKind::Number(value, None), span)),
                )?;
                Ok(i)
            }
        }
    }

    /// `timeconv` and `extentconv` of a submodel.
    fn factors(
        &mut self,
        table: &mut Table,
        submodel: usize,
        factors: Vec<(crate::syntax::Name, Argument)>,
    ) {
        for (name, argument) in factors {
            let word = ["timeconv", "extentconv"]
                .into_iter()
                .find(|w| w.eq_ignore_ascii_case(&name.text));
            let Some(word) = word else {
                let message = format!("a submodel has no setting `{}`", name.text);
                self.report(
                    name.span,
                    Problem::new("unknown-setting", message)
                        .help("it has `timeconv` and `extentconv`"),
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

    fn strand(
        &mut self,
        table: &mut Table,
        name: Option<&Target>,
        parts: &[Path],
        open: (bool, bool),
        span: Span,
    ) -> Done {
        let name = name.map(|t| self.place(table, t)).transpose()?;
        let mut pieces = vec![];
        for path in parts {
            let piece = self.resolve(table, path)?;
            let piece = open_end(table, piece, pieces.is_empty())?;
            if table.vars[table.root(piece)].kind != Kind::Strand {
                table.set_kind(piece, Kind::Dna)?;
            }
            pieces.push(piece);
        }
        let i = name.unwrap_or_else(|| table.add_numbered("_DNA", span));
        table.set_kind(i, Kind::Strand)?;
        let root = table.root(i);
        let var = &mut table.vars[root];
        (var.strand, var.open_left, var.open_right) = (pieces, open.0, open.1);
        Ok(())
    }

    fn constraint(
        &mut self,
        table: &mut Table,
        name: Option<&Path>,
        mut condition: Expr,
        span: Span,
    ) -> Done {
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

    fn objective(
        &mut self,
        table: &mut Table,
        name: Option<&Target>,
        formula: Option<Expr>,
        span: Span,
    ) -> Done {
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
            return Err(Problem::new(
                "duplicate-definition",
                "the model already has an objective",
            ));
        }
        if let (ExprKind::Symbol(id), None) = (&formula.kind, name)
            && let Some(i) = table.get(id)
            && matches!(
                table.vars[table.root(i)].kind,
                Kind::Formula | Kind::Unknown
            )
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

fn set_compartment(table: &mut Table, i: usize, compartment: usize) -> Done {
    table.set_kind(compartment, Kind::Compartment)?;
    let i = table.root(i);
    table.vars[i].compartment = Some(table.root(compartment));
    Ok(())
}

/// The open end of a submodel's DNA, if the piece is a submodel.
fn open_end(table: &Table, piece: usize, leftmost: bool) -> Done<usize> {
    let var = &table.vars[table.root(piece)];
    if var.kind != Kind::Submodel {
        return Ok(piece);
    }
    // The first piece of a strand is joined by its downstream end, the others by their upstream end.
    let open = |i: usize| {
        if leftmost {
            table.vars[i].open_right
        } else {
            table.vars[i].open_left
        }
    };
    let name = var.name.clone();
    let inside = (0..table.vars.len())
        .filter(|i| table.is_inside(*i, &name) && table.vars[*i].depth == var.depth + 1);
    let mut ends = inside.filter(|i| table.vars[*i].kind == Kind::Strand && open(*i));
    match (ends.next(), ends.next()) {
        (Some(end), None) => Ok(end),
        (None, _) => Err(Problem::new(
            "no-open-end",
            format!("`{name}` has no open end to join DNA to"),
        )),
        _ => Err(Problem::new(
            "no-open-end",
            format!("`{name}` has several open ends; name the strand itself"),
        )),
    }
}

/// Makes symbol `i` this reaction or interaction.
pub(super) fn set_reaction(table: &mut Table, i: usize, mut part: ReactionPart) -> Done {
    for p in &part.left {
        table.set_kind(p.species, Kind::Species)?;
    }
    let interaction = !matches!(part.divider, Divider::Reversible | Divider::Irreversible);
    table.set_kind(
        i,
        if interaction {
            Kind::Interaction
        } else {
            Kind::Reaction
        },
    )?;
    let right_kind = if interaction {
        Kind::Formula
    } else {
        Kind::Species
    };
    for p in &part.right {
        table.set_kind(p.species, right_kind)?;
    }
    if interaction {
        if part.right.is_empty() {
            return Err(Problem::new("syntax", "an interaction acts on a reaction")
                .help("write `species -o reaction`"));
        }
        if let Some(law) = part.law.take() {
            set::set_formula(table, part.right[0].species, Some(law))?;
        }
    }
    let root = table.root(i);
    if part.law.is_none() {
        part.law = table.vars[root].formula.take();
    }
    table.vars[root].reaction = Some(Box::new(part));
    Ok(())
}

/// False for formulas that are plainly numbers.
fn may_be_logical(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Number(..) | ExprKind::Delay(..) | ExprKind::RateOf(_) | ExprKind::Draw(..) => {
            false
        }
        ExprKind::Constant(c) => matches!(c, Constant::True | Constant::False),
        ExprKind::Op(op, _) => op.is_logical(),
        ExprKind::Symbol(_) | ExprKind::Call(..) | ExprKind::Piecewise(..) => true,
    }
}
