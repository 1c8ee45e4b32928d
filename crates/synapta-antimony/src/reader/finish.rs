//! What is settled when a model is complete: compartments handed on, units of shared symbols, conversions.

use synapta_model::Span;

use super::{Reader, same, set};
use crate::syntax::Divider;
use crate::table::{From, Kind, Table, UnitPart};
use crate::units;

impl Reader<'_> {
    pub(super) fn finish(&mut self, table: &mut Table) {
        hand_on_compartments(table);
        take_units_out(table);
        for pair in std::mem::take(&mut table.pairs) {
            same::convert_pair(table, &pair);
        }
    }

    /// Completes the statements outside any model.
    pub fn finish_top(&mut self) {
        let mut top = std::mem::take(&mut self.top);
        self.finish(&mut top);
        self.top = top;
    }
}

/// The compartment of a symbol: its own, else one handed on to it.
fn compartment_of(table: &Table, i: usize) -> Option<usize> {
    let var = &table.vars[table.root(i)];
    var.compartment.or(var.outer.map(|(c, _)| c))
}

/// Species of a reaction, parts of a submodel and pieces of DNA are where these are, unless they say otherwise.
fn hand_on_compartments(table: &mut Table) {
    for i in 0..table.vars.len() {
        if table.vars[i].depth == 0 && table.vars[i].same.is_none() {
            hand_on(table, i, false, 0);
        }
    }
}

fn hand_on(table: &mut Table, i: usize, from_model: bool, depth: usize) {
    let Some(compartment) = compartment_of(table, i).filter(|_| depth < 200) else {
        return;
    };
    let i = table.root(i);
    let (parts, from): (Vec<usize>, From) = match table.vars[i].kind {
        Kind::Submodel => {
            let (name, inner) = (table.vars[i].name.clone(), table.vars[i].depth + 1);
            let parts = (0..table.vars.len()).filter(|k| table.vars[*k].depth == inner && table.is_inside(*k, &name));
            (parts.collect(), From::Submodel)
        }
        Kind::Reaction | Kind::Gene => {
            let Some(r) = &table.vars[i].reaction else {
                return;
            };
            debug_assert!(matches!(r.divider, Divider::Reversible | Divider::Irreversible));
            (r.left.iter().chain(&r.right).map(|p| p.species).collect(), From::Reaction)
        }
        Kind::Strand => (table.vars[i].strand.clone(), From::Strand),
        _ => return,
    };
    let from = if from_model { From::Submodel } else { from };
    for part in parts {
        let root = table.root(part);
        if table.vars[root].compartment.is_some() || root == i {
            continue;
        }
        let wins = match table.vars[root].outer {
            None => true,
            Some((_, before)) => {
                before == From::Submodel || from == From::Strand || before == From::Reaction && from == From::Reaction
            }
        };
        if wins && table.vars[root].outer != Some((compartment, from)) {
            table.vars[root].outer = Some((compartment, from));
            hand_on(table, root, from == From::Submodel, depth + 1);
        }
    }
}

/// A symbol of this model with a unit of a submodel gets a unit of this model.
fn take_units_out(table: &mut Table) {
    for i in 0..table.vars.len() {
        let Some(unit) = table.vars[i].unit.map(|u| table.root(u)) else {
            continue;
        };
        if table.vars[i].same.is_some() || table.vars[i].depth >= table.vars[unit].depth {
            continue;
        }
        let name = table.vars[unit].name.rsplit('.').next().unwrap_or_default().to_owned();
        let part = table.vars[unit].unit_part.clone().unwrap_or_default();
        let find = |n: &str| Some(table.vars[table.root_of(n)?].unit_part.as_ref()?.factors.clone());
        let factors = units::canonical(&part.factors, &find, 0).unwrap_or_default();
        let outer = match table.root_of(&name) {
            Some(k) if table.vars[k].kind == Kind::Unit && fits(table, k, &factors) => k,
            Some(_) => {
                let part = UnitPart { factors, made_up: false };
                set::find_or_add_unit(table, units::NamedUnit { name: table.vars[unit].name.replace('.', "_"), part })
            }
            None => {
                let k = table.find_or_add(&name, Span::NONE);
                table.vars[k].kind = Kind::Unit;
                table.vars[k].unit_part = Some(Box::new(UnitPart { factors, made_up: false }));
                k
            }
        };
        table.vars[i].unit = Some(outer);
        if outer != unit {
            table.vars[unit].same = Some(outer);
        }
    }
}

fn fits(table: &Table, unit: usize, factors: &[synapta_model::UnitFactor]) -> bool {
    table.canonical_unit(unit).map_or(factors.is_empty(), |own| units::same_factors(&own, factors))
}
