//! A complete table to a flat model.

mod elements;
mod names;
mod units;

use std::collections::HashMap;

use indexmap::IndexMap;
use synapta_model::{Diagnostic, Expr, ExprKind, FunctionDefinition, Id, Model};

use crate::table::{Holds, Kind, Table};
use names::Names;

/// The flat model of a table. Findings go to `diagnostics`.
pub(crate) fn flatten(
    table: &Table,
    functions: &IndexMap<Id, FunctionDefinition>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Model {
    let order = order(table);
    let names = Names::new(table, &order, diagnostics);
    let constant = constants(table);
    let upstream = elements::upstream(table);
    let mut flattener = Flattener { table, names, constant, upstream, order, diagnostics, model: Model::default() };
    flattener.run(functions);
    flattener.model
}

pub(super) struct Flattener<'a> {
    table: &'a Table,
    names: Names,
    /// By symbol: true if nothing changes it, as far as its formula and declarations say.
    constant: Vec<bool>,
    /// What stands before a piece of DNA in its strand.
    upstream: HashMap<usize, usize>,
    /// Symbols that are something of their own, in the order of the text.
    order: Vec<usize>,
    diagnostics: &'a mut Vec<Diagnostic>,
    model: Model,
}

/// Symbols that keep data, each once, in order of first mention; the objective's formula is no part of the model.
fn order(table: &Table) -> Vec<usize> {
    let objective = table.objective.map(|o| table.root(o));
    let mut seen = vec![false; table.vars.len()];
    let mut order = vec![];
    for i in 0..table.vars.len() {
        let root = table.root(i);
        if !std::mem::replace(&mut seen[root], true) && Some(root) != objective {
            order.push(root);
        }
    }
    order
}

/// Which symbols are constant: what was said, else what their formulas are made of.
fn constants(table: &Table) -> Vec<bool> {
    let n = table.vars.len();
    let mut constant = vec![true; n];
    let mut used_by: Vec<Vec<usize>> = vec![vec![]; n];
    let mut varying = vec![];
    for (i, var) in table.vars.iter().enumerate().filter(|(_, v)| v.same.is_none()) {
        let said = var.constant.filter(|_| var.kind.can_vary());
        let follows_formula = said.is_none()
            && matches!(var.kind, Kind::Formula | Kind::Dna | Kind::Operator | Kind::Compartment | Kind::Stoichiometry);
        if follows_formula {
            for name in var.formula.iter().flat_map(Expr::symbols) {
                used_by[table.root_of(name).unwrap_or(i)].push(i);
            }
        }
        let always_varies = matches!(
            var.kind,
            Kind::Species
                | Kind::Reaction
                | Kind::Gene
                | Kind::Interaction
                | Kind::Submodel
                | Kind::Event
                | Kind::Strand
        );
        let ruled = var.holds != Holds::Initially && var.kind.can_vary() && var.kind != Kind::Species;
        if said == Some(false) || said.is_none() && always_varies || ruled {
            constant[i] = false;
            varying.push(i);
        }
    }
    while let Some(i) = varying.pop() {
        for &k in &used_by[i] {
            if std::mem::replace(&mut constant[k], false) {
                varying.push(k);
            }
        }
    }
    constant
}

impl Flattener<'_> {
    fn run(&mut self, functions: &IndexMap<Id, FunctionDefinition>) {
        self.only_quantities();
        self.model.id = self.table.name.clone();
        self.model.meta = self.table.meta.clone();
        self.model.functions = functions.values().cloned().collect();
        self.model.conversion_factor = self.table.conversion_factor.map(|i| self.id(i));
        self.units();
        self.compartments();
        self.species();
        self.parameters();
        self.algebraic_rules();
        self.reactions();
        self.interactions();
        self.events();
        self.constraints();
        self.model.paths = self.names.paths(self.table, &self.order);
    }

    /// Formulas may use quantities only, no events, units or whole submodels.
    fn only_quantities(&mut self) {
        use Kind::*;
        for var in self.order.iter().map(|i| &self.table.vars[*i]) {
            for formula in var.formulas() {
                formula.walk(&mut |e| {
                    let (ExprKind::Symbol(id) | ExprKind::RateOf(id)) = &e.kind else { return };
                    let Some(used) = self.table.root_of(id).map(|i| &self.table.vars[i]) else { return };
                    if matches!(
                        used.kind,
                        Unit | Event | Submodel | Constraint | AlgebraicRule | Interaction | GeneProduct
                    ) {
                        let message =
                            format!("`{}` is {} and has no value to use in a formula", used.name, used.kind.words());
                        let found = Diagnostic::error("not-a-quantity", e.span, message);
                        self.diagnostics.push(found.with_help(
                            "formulas use species, parameters, compartments, reactions and stoichiometries",
                        ));
                    }
                });
            }
        }
    }

    /// The flat id of a symbol.
    fn id(&self, i: usize) -> Id {
        self.names.id(self.table.root(i))
    }

    fn of_kind(&self, wanted: impl Fn(Kind) -> bool) -> Vec<usize> {
        self.order.iter().copied().filter(|i| wanted(self.table.vars[*i].kind)).collect()
    }

    /// A formula with flat ids. A piece of DNA's `...` is what stands before it in its strand, or nothing.
    fn formula(&self, owner: usize, formula: &Expr) -> Expr {
        let mut flat = formula.clone();
        flat.walk_mut(&mut |e| match &mut e.kind {
            ExprKind::Symbol(id) if *id == "..." => {
                let before = self.upstream.get(&owner).filter(|_| self.table.vars[owner].kind.is_reaction());
                e.kind = match before {
                    Some(i) => ExprKind::Symbol(self.id(*i)),
                    None => ExprKind::Number(0.0, None),
                };
            }
            ExprKind::Symbol(id) | ExprKind::RateOf(id) => {
                if let Some(i) = self.table.root_of(id) {
                    *id = self.names.id(i);
                }
            }
            ExprKind::Number(_, Some(unit)) => {
                if let Some(i) = self.table.root_of(unit) {
                    *unit = self.names.unit(i);
                }
            }
            _ => {}
        });
        flat
    }

    fn meta(&self, i: usize) -> synapta_model::Meta {
        let mut meta = self.table.vars[i].meta.clone();
        for value in meta.uncertainty.iter_mut().flat_map(|u| &mut u.values) {
            *value = self.formula(i, value);
        }
        meta
    }

    fn compartment_of(&self, i: usize) -> Option<usize> {
        let var = &self.table.vars[i];
        var.compartment.or(var.outer.map(|(c, _)| c)).map(|c| self.table.root(c))
    }

    /// Initial assignment, assignment rule and rate rule of a symbol, whichever it has.
    fn determine(&mut self, i: usize, value_kept: bool) {
        use synapta_model::{InitialAssignment, Meta, Rule, RuleKind};
        let var = &self.table.vars[i];
        let id = self.names.id(i);
        let meta = || Meta { span: var.meta.span, ..Meta::default() };
        if let Some(formula) = &var.formula {
            let math = self.formula(i, formula);
            if var.holds == Holds::Always {
                self.model.rules.push(Rule { kind: RuleKind::Assignment, variable: id.clone(), math, meta: meta() });
            } else if !value_kept {
                self.model.initial_assignments.push(InitialAssignment { symbol: id.clone(), math, meta: meta() });
            }
        }
        if let (Holds::ByRate, Some(rate)) = (var.holds, &var.rate) {
            let math = self.formula(i, rate);
            self.model.rules.push(Rule { kind: RuleKind::Rate, variable: id, math, meta: meta() });
        }
    }
}
