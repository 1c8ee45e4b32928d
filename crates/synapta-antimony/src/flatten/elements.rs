//! The lists of the flat model.

use std::collections::HashMap;

use synapta_model::{
    Compartment, Constraint, Diagnostic, Event, Expr, ExprKind, Id, InitialValue, Meta, Modifier, ModifierKind, Op,
    Parameter, Reaction, Rule, RuleKind, Species, SpeciesReference,
};

use super::Flattener;
use crate::syntax::Divider;
use crate::table::{DEFAULT_COMPARTMENT, Holds, Kind, Participant, Table};

/// For every piece of DNA in a strand, what stands before it.
pub(super) fn upstream(table: &Table) -> HashMap<usize, usize> {
    let mut before = HashMap::new();
    for i in (0..table.vars.len()).filter(|i| table.vars[*i].kind == Kind::Strand) {
        let mut pieces = vec![];
        pieces_of(table, i, &mut pieces, 0);
        for pair in pieces.windows(2) {
            before.insert(pair[1], pair[0]);
        }
    }
    before
}

/// The pieces of a strand, with strands inside it opened.
fn pieces_of(table: &Table, i: usize, pieces: &mut Vec<usize>, depth: usize) {
    for piece in table.vars[i].strand.iter().map(|p| table.root(*p)) {
        if table.vars[piece].kind != Kind::Strand {
            pieces.push(piece);
        } else if depth < 50 && pieces.len() < 100_000 {
            pieces_of(table, piece, pieces, depth + 1);
        }
    }
}

/// A number, or a number with a minus.
fn value_of(formula: Option<&Expr>) -> Option<f64> {
    formula.and_then(Expr::as_number)
}

impl Flattener<'_> {
    pub(super) fn compartments(&mut self) {
        let homeless = |i: &usize| self.table.vars[*i].kind == Kind::Species && self.compartment_of(*i).is_none();
        let explicit = self.table.root_of(DEFAULT_COMPARTMENT).is_some();
        if !explicit && self.order.iter().any(homeless) {
            self.model.compartments.push(Compartment {
                id: DEFAULT_COMPARTMENT.into(),
                dimensions: Some(3.0),
                size: Some(1.0),
                units: None,
                constant: true,
                meta: Meta { sbo: Some(410), ..Meta::default() },
            });
        }
        for i in self.of_kind(|k| k == Kind::Compartment) {
            let var = &self.table.vars[i];
            let size = value_of(var.formula.as_ref());
            let constant = self.constant[i] && var.holds == Holds::Initially;
            let (id, units, meta) = (self.names.id(i), self.unit_id(i), self.meta(i));
            self.model.compartments.push(Compartment { id, dimensions: Some(3.0), size, units, constant, meta });
            self.determine(i, size.is_some());
        }
    }

    pub(super) fn species(&mut self) {
        for i in self.of_kind(|k| k == Kind::Species) {
            let var = &self.table.vars[i];
            let compartment = self.compartment_of(i);
            let initial = self.initial_value(i, compartment);
            let species = Species {
                id: self.names.id(i),
                compartment: compartment.map_or_else(|| DEFAULT_COMPARTMENT.into(), |c| self.names.id(c)),
                initial,
                substance_units: self.substance_unit(i, compartment),
                only_substance_units: var.amount_only,
                boundary: self.constant[i],
                constant: false,
                conversion_factor: var.conversion_factor.map(|f| self.id(f)),
                meta: self.meta(i),
            };
            self.model.species.push(species);
            self.determine(i, initial.is_some());
        }
    }

    /// A number is the species' own measure; `number / compartment` is an amount, `number * compartment` a concentration.
    fn initial_value(&self, i: usize, compartment: Option<usize>) -> Option<InitialValue> {
        let var = &self.table.vars[i];
        let formula = var.formula.as_ref()?;
        let in_compartment = |wanted: Op| match &formula.kind {
            ExprKind::Op(op, args) if *op == wanted && args.len() == 2 => {
                let (value, other) = (args[0].as_number()?, &args[1]);
                let ExprKind::Symbol(id) = &other.kind else {
                    return None;
                };
                (compartment.is_some() && self.table.root_of(id) == compartment).then_some(value)
            }
            _ => None,
        };
        match (formula.as_number(), var.amount_only) {
            (Some(value), true) => Some(InitialValue::Amount(value)),
            (Some(value), false) => Some(InitialValue::Concentration(value)),
            (None, true) => in_compartment(Op::Times).map(InitialValue::Concentration),
            (None, false) => in_compartment(Op::Divide).map(InitialValue::Amount),
        }
    }

    pub(super) fn parameters(&mut self) {
        let known = self.of_kind(|k| matches!(k, Kind::Formula | Kind::Dna | Kind::Operator));
        // Symbols that are only mentioned come last.
        let unknown = self.of_kind(|k| k == Kind::Unknown);
        for i in known.into_iter().chain(unknown) {
            let var = &self.table.vars[i];
            let value = value_of(var.formula.as_ref());
            let constant = self.constant[i] && var.holds == Holds::Initially;
            let (id, units, meta) = (self.names.id(i), self.unit_id(i), self.meta(i));
            self.model.parameters.push(Parameter { id, value, units, constant, meta });
            self.determine(i, value.is_some());
        }
    }

    pub(super) fn algebraic_rules(&mut self) {
        for i in self.of_kind(|k| k == Kind::AlgebraicRule) {
            let Some(formula) = &self.table.vars[i].formula else {
                continue;
            };
            let math = self.formula(i, formula);
            let meta = self.meta(i);
            self.model.rules.push(Rule { kind: RuleKind::Algebraic, variable: Id::default(), math, meta });
        }
    }

    fn references(&mut self, side: &[Participant]) -> Vec<SpeciesReference> {
        let mut all = vec![];
        for p in side {
            let species = self.id(p.species);
            let Some(named) = p.named.map(|n| self.table.root(n)) else {
                let stoichiometry = Some(p.number);
                all.push(SpeciesReference { id: None, species, stoichiometry, constant: true, meta: Meta::default() });
                continue;
            };
            let var = &self.table.vars[named];
            let constant = self.constant[named] && var.holds == Holds::Initially;
            let stoichiometry = value_of(var.formula.as_ref()).filter(|_| var.holds != Holds::Always);
            let id = Some(self.names.id(named));
            all.push(SpeciesReference { id, species, stoichiometry, constant, meta: self.meta(named) });
            self.determine(named, stoichiometry.is_some());
        }
        all
    }

    pub(super) fn reactions(&mut self) {
        for i in self.of_kind(Kind::is_reaction) {
            let var = &self.table.vars[i];
            let (id, compartment, meta) =
                (self.names.id(i), self.compartment_of(i).map(|c| self.names.id(c)), self.meta(i));
            let Some(part) = &var.reaction else {
                // Declared but never written: it does nothing.
                let found = Diagnostic::warning(
                    "empty-reaction",
                    var.meta.span.0,
                    format!("the reaction `{id}` is never written"),
                );
                self.diagnostics.push(found.with_help(format!("write it: `{id}: A -> B; rate`")));
                let law = var.formula.as_ref().map(|f| self.formula(i, f));
                self.model.reactions.push(empty_reaction(id, law, compartment, meta));
                continue;
            };
            let reactants = self.references(&part.left);
            let products = self.references(&part.right);
            let kinetic_law = part.law.as_ref().map(|law| self.formula(i, law));
            let mut reaction = Reaction {
                reactants,
                products,
                reversible: part.divider == Divider::Reversible,
                ..empty_reaction(id, kinetic_law, compartment, meta)
            };
            reaction.modifiers = self.modifiers(&reaction);
            self.model.reactions.push(reaction);
        }
    }

    /// Species in the rate law that are neither consumed nor made.
    fn modifiers(&self, reaction: &Reaction) -> Vec<Modifier> {
        let mut all: Vec<Modifier> = vec![];
        let Some(law) = &reaction.kinetic_law else {
            return all;
        };
        for id in law.symbols() {
            let takes_part = reaction.reactants.iter().chain(&reaction.products).any(|r| r.species == *id);
            let seen = takes_part || all.iter().any(|m| m.species == *id);
            if !seen && self.names.is_species(self.table, id) {
                all.push(Modifier { species: id.clone(), kind: ModifierKind::Plain, id: None, meta: Meta::default() });
            }
        }
        all
    }

    pub(super) fn interactions(&mut self) {
        for i in self.of_kind(|k| k == Kind::Interaction) {
            let var = &self.table.vars[i];
            let Some(part) = &var.reaction else { continue };
            let Some(target) = part.right.first().map(|p| self.id(p.species)) else {
                continue;
            };
            let name = self.names.id(i);
            let kind = match part.divider {
                Divider::Activates => ModifierKind::Activator,
                Divider::Inhibits => ModifierKind::Inhibitor,
                _ => ModifierKind::Influence,
            };
            let actors: Vec<Id> = part.left.iter().map(|p| self.id(p.species)).collect();
            let meta = self.meta(i);
            let Some(reaction) = self.model.reactions.iter_mut().find(|r| r.id == target) else {
                let message = format!("`{name}` acts on `{target}`, which is not a reaction; it is left out");
                self.diagnostics.push(Diagnostic::warning("interaction-without-reaction", var.meta.span.0, message));
                continue;
            };
            for species in actors {
                let modifier = Modifier { species, kind, id: Some(name.clone()), meta: meta.clone() };
                match reaction.modifiers.iter_mut().find(|m| m.species == modifier.species) {
                    Some(known) => *known = modifier,
                    None => reaction.modifiers.push(modifier),
                }
            }
        }
    }

    pub(super) fn events(&mut self) {
        for i in self.of_kind(|k| k == Kind::Event) {
            let Some(part) = &self.table.vars[i].event else {
                continue;
            };
            let assignments = part.assignments.iter().map(|(k, e)| (self.id(*k), self.formula(i, e))).collect();
            let event = Event {
                id: self.names.id(i),
                trigger: self.formula(i, &part.trigger),
                initial_value: part.initial_value,
                persistent: part.persistent,
                delay: part.delay.as_ref().map(|e| self.formula(i, e)),
                priority: part.priority.as_ref().map(|e| self.formula(i, e)),
                values_from_trigger_time: part.from_trigger,
                assignments,
                meta: self.meta(i),
            };
            self.model.events.push(event);
        }
    }

    pub(super) fn constraints(&mut self) {
        for i in self.of_kind(|k| k == Kind::Constraint) {
            let var = &self.table.vars[i];
            let Some(formula) = &var.formula else {
                continue;
            };
            if self.is_flux_bound(formula) {
                let found = Diagnostic::warning(
                    "flux-balance-ignored",
                    formula.span,
                    "bounds of a reaction's flux are read and left out",
                );
                self.diagnostics
                    .push(found.with_help("the model can be simulated; flux bounds are for flux balance analysis"));
                continue;
            }
            let mut meta = self.meta(i);
            let message = meta.name.take();
            let made_up = var.name.rsplit('.').next().unwrap_or_default().starts_with("_con");
            let id = (!made_up).then(|| self.names.id(i));
            self.model.constraints.push(Constraint { math: self.formula(i, formula), message, id, meta });
        }
    }

    /// A comparison of one reaction with numbers.
    fn is_flux_bound(&self, formula: &Expr) -> bool {
        let ExprKind::Op(op, args) = &formula.kind else {
            return false;
        };
        if *op == Op::And {
            return args.iter().all(|a| self.is_flux_bound(a));
        }
        let is_reaction = |e: &Expr| match &e.kind {
            ExprKind::Symbol(id) => self.table.root_of(id).is_some_and(|i| self.table.vars[i].kind.is_reaction()),
            _ => false,
        };
        let comparison = matches!(op, Op::Lt | Op::Gt | Op::Leq | Op::Geq | Op::Eq);
        comparison && args.iter().any(is_reaction) && args.iter().all(|a| is_reaction(a) || a.as_number().is_some())
    }
}

fn empty_reaction(id: Id, kinetic_law: Option<Expr>, compartment: Option<Id>, meta: Meta) -> Reaction {
    Reaction {
        id,
        reactants: vec![],
        products: vec![],
        modifiers: vec![],
        kinetic_law,
        local_parameters: vec![],
        reversible: true,
        compartment,
        meta,
    }
}
