//! Declarations that nothing uses.

use std::collections::HashSet;

use super::sites::{Owner, Site, sites};
use crate::units::{Unit, UnitTable};
use crate::{Diagnostic, ExprKind, Id, Model, Span};

/// Parameters, species, compartments, functions and units that could be deleted without a change.
///
/// A parameter with a rule, or set by an event, is a read-out and counts as used.
pub(super) fn unused(model: &Model) -> Vec<Diagnostic> {
    let sites = sites(model);
    let mut used = symbols_used(model, &sites);
    used.extend(model.rules.iter().map(|r| &r.variable));
    used.extend(model.events.iter().flat_map(|e| &e.assignments).map(|(id, _)| id));
    for r in &model.reactions {
        used.extend(r.reactants.iter().chain(&r.products).map(|s| &s.species));
        used.extend(r.modifiers.iter().map(|m| &m.species));
        used.extend(&r.compartment);
    }
    used.extend(model.species.iter().map(|s| &s.compartment));
    let mut found = vec![];
    let mut put = |code, what, id: &Id, span| found.push(finding(code, what, id, span));
    let is_idle = |id: &Id| !used.contains(id);
    for p in model.parameters.iter().filter(|p| is_idle(&p.id)) {
        put("unused-parameter", "parameter", &p.id, p.meta.span.0);
    }
    for s in model.species.iter().filter(|s| is_idle(&s.id)) {
        put("unused-species", "species", &s.id, s.meta.span.0);
    }
    for c in model.compartments.iter().filter(|c| is_idle(&c.id)) {
        put("unused-compartment", "compartment", &c.id, c.meta.span.0);
    }
    for r in &model.reactions {
        let mine: HashSet<&Id> = r.kinetic_law.iter().flat_map(|law| law.symbols()).collect();
        for p in r.local_parameters.iter().filter(|p| !mine.contains(&p.id)) {
            put("unused-parameter", "parameter", &p.id, p.meta.span.0);
        }
    }
    let (called, units) = (functions_called(&sites), units_used(model, &sites));
    for f in model.functions.iter().filter(|f| !called.contains(&f.id)) {
        put("unused-function", "function", &f.id, f.meta.span.0);
    }
    // Assembled models repeat each part's units under other names: only a unit that no name in use means is idle.
    let table = UnitTable::new(model);
    let in_use: Vec<Unit> = units.iter().filter_map(|id| table.get(id)).collect();
    for u in model.unit_definitions.iter().filter(|u| !units.contains(&u.id)) {
        let is_repeat = table.get(&u.id).is_some_and(|unit| in_use.iter().any(|other| other.is_same(&unit)));
        if !is_repeat {
            put("unused-unit", "unit", &u.id, u.meta.span.0);
        }
    }
    found
}

fn finding(code: &'static str, what: &str, id: &Id, span: Span) -> Diagnostic {
    Diagnostic::warning(code, span, format!("nothing uses the {what} `{id}`")).with_help("delete it, or use it")
}

/// Symbols of all formulas, without names known only inside one of them; conversion factors.
pub(super) fn symbols_used<'a>(model: &'a Model, sites: &[Site<'a>]) -> HashSet<&'a Id> {
    let mut used = HashSet::new();
    for site in sites.iter().filter(|s| !matches!(s.owner, Owner::Function(_))) {
        used.extend(site.math.symbols().into_iter().filter(|id| !site.owner.is_local(id)));
    }
    used.extend(&model.conversion_factor);
    used.extend(model.species.iter().filter_map(|s| s.conversion_factor.as_ref()));
    used
}

fn functions_called<'a>(sites: &[Site<'a>]) -> HashSet<&'a Id> {
    let mut called = HashSet::new();
    for site in sites {
        site.math.walk(&mut |e| {
            if let ExprKind::Call(id, _) = &e.kind {
                called.insert(id);
            }
        });
    }
    called
}

fn units_used<'a>(model: &'a Model, sites: &[Site<'a>]) -> HashSet<&'a Id> {
    let u = &model.units;
    let whole = [&u.substance, &u.time, &u.volume, &u.area, &u.length, &u.extent];
    let mut used: HashSet<&Id> = whole.into_iter().flatten().collect();
    used.extend(model.compartments.iter().filter_map(|c| c.units.as_ref()));
    used.extend(model.species.iter().filter_map(|s| s.substance_units.as_ref()));
    let locals = model.reactions.iter().flat_map(|r| &r.local_parameters);
    used.extend(model.parameters.iter().chain(locals).filter_map(|p| p.units.as_ref()));
    used.extend(model.unit_definitions.iter().flat_map(|d| &d.factors).map(|f| &f.kind));
    for site in sites {
        site.math.walk(&mut |e| {
            if let ExprKind::Number(_, Some(unit)) = &e.kind {
                used.insert(unit);
            }
        });
    }
    used
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn each_kind_of_idle_declaration_is_found() {
        assert_eq!(unused(&sound()), vec![]);
        assert_eq!(codes(&unused(&sound().parameter("idle", Some(1.0), "hour"))), ["unused-parameter"]);
        assert_eq!(codes(&unused(&sound().species_in("idle", "plasma"))), ["unused-species"]);
        assert_eq!(codes(&unused(&sound().compartment("idle", 1.0))), ["unused-compartment"]);
        assert_eq!(codes(&unused(&sound().function("idle", "x", sym("x")))), ["unused-function"]);
        assert_eq!(codes(&unused(&sound().unit_of("idle", "mV"))), ["unused-unit"]);
    }

    #[test]
    fn a_second_name_of_a_unit_in_use_is_not_idle() {
        assert_eq!(unused(&sound().unit_of("brain_hour", "h")), vec![]);
    }

    #[test]
    fn read_outs_count_as_used() {
        let model =
            sound().variable("twice", None, "nmol").assign("twice", add(sym("half_amount"), sym("half_amount")));
        assert_eq!(unused(&model), vec![]);
    }

    #[test]
    fn a_local_parameter_hides_the_models() {
        let mut model = sound();
        model.reactions[0].local_parameters.push(model.parameters[0].clone());
        assert_eq!(codes(&unused(&model)), ["unused-parameter"]);
    }
}
