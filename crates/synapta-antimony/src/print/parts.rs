//! Compartments, species, parameters, reactions.

use std::collections::HashSet;

use synapta_model::{
    Compartment, Expr, Id, InitialValue, ModifierKind, Parameter, Reaction, RuleKind, Species, SpeciesReference,
};

use super::{Printer, formula, number};
use crate::table::DEFAULT_COMPARTMENT;

fn constness(constant: bool) -> &'static str {
    if constant { "const" } else { "var" }
}

impl Printer<'_> {
    /// True if the default compartment is what it is without any word about it.
    pub(super) fn default_is_implicit(&self) -> bool {
        let m = self.model;
        let plain = m.compartments.first().is_some_and(|c| {
            let as_made = c.size == Some(1.0) && c.units.is_none() && c.constant && c.meta.sbo == Some(410);
            let silent = c.meta.name.is_none() && c.meta.terms.is_empty() && c.meta.notes.is_none();
            c.id == DEFAULT_COMPARTMENT && as_made && silent && c.meta.uncertainty.is_empty()
        });
        let used = m.species.iter().any(|s| s.compartment == DEFAULT_COMPARTMENT);
        // A reaction in a compartment would take species along that say nothing.
        plain && used && m.reactions.iter().all(|r| r.compartment.is_none())
    }

    fn has_formula(&self, id: &Id) -> bool {
        let m = self.model;
        let ruled = m.rules.iter().any(|r| r.variable == *id && r.kind == RuleKind::Assignment);
        ruled || m.initial_assignments.iter().any(|a| a.symbol == *id)
    }

    pub(super) fn compartments(&mut self) {
        let implicit = self.default_is_implicit();
        for c in &self.model.compartments {
            if !(implicit && c.id == DEFAULT_COMPARTMENT) {
                self.compartment(c);
            }
        }
    }

    fn compartment(&mut self, c: &Compartment) {
        let word = constness(c.constant);
        match c.size.filter(|_| !self.has_formula(&c.id)) {
            Some(size) => self.line(&format!("{word} compartment {} = {}", c.id, number(size))),
            None => self.line(&format!("{word} compartment {}", c.id)),
        }
        if c.id == DEFAULT_COMPARTMENT && c.size.is_none() {
            self.line(&format!("{} = ", c.id));
        }
        if let Some(unit) = &c.units {
            self.line(&format!("{} has {unit}", c.id));
        }
    }

    pub(super) fn species(&mut self) {
        let implicit = self.default_is_implicit();
        for s in &self.model.species {
            let place = if implicit && s.compartment == DEFAULT_COMPARTMENT {
                String::new()
            } else {
                format!(" in {}", s.compartment)
            };
            let amount = if s.only_substance_units { "substanceOnly " } else { "" };
            // Without `const` reactions change it, whatever rules it has.
            let word = constness(s.boundary);
            self.line(&format!("{word} {amount}species {}{place}", s.id));
            if let Some(value) = self.initial_text(s).filter(|_| !self.has_formula(&s.id)) {
                self.line(&format!("{} = {value}", s.id));
            }
            if let Some(unit) = self.symbol_unit(s) {
                self.line(&format!("{} has {unit}", s.id));
            }
        }
        for s in &self.model.species {
            if let Some(factor) = &s.conversion_factor {
                self.line(&format!("{}.conversionFactor = {factor}", s.id));
            }
        }
    }

    fn initial_text(&self, s: &Species) -> Option<String> {
        Some(match (s.initial?, s.only_substance_units) {
            (InitialValue::Amount(v), true) | (InitialValue::Concentration(v), false) => number(v),
            (InitialValue::Amount(v), false) => format!("{} / {}", number(v), s.compartment),
            (InitialValue::Concentration(v), true) => format!("{} * {}", number(v), s.compartment),
        })
    }

    pub(super) fn parameters(&mut self) {
        for p in &self.model.parameters {
            self.parameter(p, &p.id);
        }
        for r in &self.model.reactions {
            for p in &r.local_parameters {
                self.parameter(p, &local_name(r, &p.id));
            }
        }
        if let Some(factor) = &self.model.conversion_factor {
            self.line(&format!("model.conversionFactor = {factor}"));
        }
    }

    fn parameter(&mut self, p: &Parameter, id: &str) {
        let ruled = self.has_formula(&p.id);
        let value = p.value.filter(|_| !ruled).map(number).unwrap_or_default();
        if ruled {
            // Its formula follows; here it only takes its place in the list.
            self.line(&format!("{} formula {id}", constness(p.constant)));
        } else {
            self.line(&format!("{} {id} = {value}", constness(p.constant)));
        }
        if let Some(unit) = &p.units {
            self.line(&format!("{id} has {unit}"));
        }
    }

    pub(super) fn reactions(&mut self) {
        let ids: HashSet<&Id> = self.model.reactions.iter().map(|r| &r.id).collect();
        let laws = self.model.reactions.iter().filter_map(|r| r.kinetic_law.as_ref());
        if Self::mentions(laws, &ids) {
            // Rates that use rates: all reactions are named first, in their order.
            let all = self.model.reactions.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
            self.line(&format!("reaction {all}"));
        }
        for r in &self.model.reactions {
            let arrow = if r.reversible { "->" } else { "=>" };
            let law = r.kinetic_law.as_ref().map(|l| law_text(r, l)).unwrap_or_default();
            let place = r.compartment.as_ref().map(|c| format!(" in {c}")).unwrap_or_default();
            let (left, right) = (side(&r.reactants), side(&r.products));
            self.line(&format!("{}: {left} {arrow} {right}; {law}{place}", r.id));
            let named = r.reactants.iter().chain(&r.products).filter_map(|s| Some((s.id.as_ref()?, s)));
            for (id, reference) in named.collect::<Vec<_>>() {
                self.line(&format!("{} {id}", constness(reference.constant)));
                if let Some(v) = reference.stoichiometry.filter(|_| !self.has_formula(id)) {
                    self.line(&format!("{id} = {}", number(v)));
                }
                self.about(id, &reference.meta);
            }
        }
    }

    pub(super) fn interactions(&mut self) {
        for r in &self.model.reactions {
            let mut written: HashSet<&Id> = HashSet::new();
            for m in r.modifiers.iter().filter(|m| m.kind != ModifierKind::Plain) {
                let sign = match m.kind {
                    ModifierKind::Activator => "-o",
                    ModifierKind::Inhibitor => "-|",
                    _ => "-(",
                };
                let Some(id) = &m.id else {
                    self.line(&format!("{} {sign} {}", m.species, r.id));
                    continue;
                };
                if !written.insert(id) {
                    continue;
                }
                let together = r.modifiers.iter().filter(|o| o.id.as_ref() == Some(id)).map(|o| o.species.as_str());
                let actors = together.collect::<Vec<_>>().join(" + ");
                self.line(&format!("{id}: {actors} {sign} {}", r.id));
                self.about(id, &m.meta);
            }
        }
    }
}

/// The name a parameter of one reaction gets as a parameter of the model.
fn local_name(r: &Reaction, id: &str) -> String {
    format!("{}_{id}", r.id)
}

fn law_text(r: &Reaction, law: &Expr) -> String {
    let mut law = law.clone();
    law.rename(&|id| r.local_parameters.iter().any(|p| p.id == *id).then(|| local_name(r, id).into()));
    formula(&law)
}

fn side(references: &[SpeciesReference]) -> String {
    let one = |s: &SpeciesReference| match (&s.id, s.stoichiometry) {
        (Some(id), _) => format!("{id} {}", s.species),
        (None, Some(v)) if v != 1.0 => format!("{} {}", number(v), s.species),
        _ => s.species.to_string(),
    };
    references.iter().map(one).collect::<Vec<_>>().join(" + ")
}
