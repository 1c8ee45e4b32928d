//! Values that are missing or cannot be meant.

use std::collections::HashSet;

use super::sites::sites;
use crate::diagnostic::nearest;
use crate::{Compartment, Diagnostic, Id, InitialValue, Model, Parameter, RuleKind, Severity, Span, Species};

/// Missing and impossible values.
pub(super) fn values(model: &Model) -> Vec<Diagnostic> {
    let values = Values::new(model);
    let mut found = vec![];
    for p in &model.parameters {
        found.extend(values.parameter(p, values.used.contains(&p.id)));
    }
    for r in &model.reactions {
        found.extend(r.local_parameters.iter().filter_map(|p| values.parameter(p, true)));
        if r.kinetic_law.is_none() {
            let text = format!("reaction `{}` has no rate, so it does not run", r.id);
            let help = format!("give it one: `{}: A -> B; k*A*volume`", r.id);
            found.push(Diagnostic::warning("missing-kinetic-law", r.meta.span.0, text).with_help(help));
        }
        for s in r.reactants.iter().chain(&r.products) {
            let missing = values.stoichiometry(s.stoichiometry, s.id.as_ref(), &r.id, s.meta.span.0.or(r.meta.span.0));
            // A reaction that does not run needs no stoichiometry.
            found.extend(missing.map(|d| if r.kinetic_law.is_none() { softened(d) } else { d }));
        }
    }
    found.extend(model.species.iter().filter_map(|s| values.species(s)));
    found.extend(model.compartments.iter().filter_map(|c| values.compartment(c)));
    found
}

struct Values<'a> {
    model: &'a Model,
    /// Given by an assignment rule or an initial assignment.
    given: HashSet<&'a Id>,
    /// Set by an event.
    set_later: HashSet<&'a Id>,
    /// Used in a formula, changed by a reaction or a rate rule.
    used: HashSet<&'a Id>,
}

impl<'a> Values<'a> {
    fn new(model: &'a Model) -> Self {
        let assigned = model.rules.iter().filter(|r| r.kind == RuleKind::Assignment).map(|r| &r.variable);
        let given = assigned.chain(model.initial_assignments.iter().map(|a| &a.symbol)).collect();
        let mut used = super::unused::symbols_used(model, &sites(model));
        used.extend(model.rules.iter().filter(|r| r.kind == RuleKind::Rate).map(|r| &r.variable));
        let plain = model.species.iter().filter(|s| !s.boundary).map(|s| &s.id).collect::<HashSet<_>>();
        let changed = model.reactions.iter().flat_map(|r| r.reactants.iter().chain(&r.products)).map(|s| &s.species);
        used.extend(changed.filter(|id| plain.contains(id)));
        // Concentrations need the size of their compartment.
        used.extend(model.species.iter().filter(|s| !s.only_substance_units).map(|s| &s.compartment));
        // An algebraic rule may determine any variable that nothing else does.
        if model.rules.iter().any(|r| r.kind == RuleKind::Algebraic) {
            let free = model.parameters.iter().filter(|p| !p.constant);
            free.for_each(|p| {
                used.remove(&p.id);
            });
        }
        let set_later = model.events.iter().flat_map(|e| &e.assignments).map(|(id, _)| id).collect();
        Values { model, given, set_later, used }
    }

    fn parameter(&self, p: &Parameter, is_used: bool) -> Option<Diagnostic> {
        if self.given.contains(&p.id) {
            return None;
        }
        let span = p.meta.span.0;
        match p.value {
            None if is_used && self.set_later.contains(&p.id) => {
                let text = format!("parameter `{}` is used but has no value before an event sets it", p.id);
                let help = format!("give it a start: `{} = ...`", p.id);
                Some(Diagnostic::warning("missing-value", span, text).with_help(help))
            }
            None if is_used => Some(self.missing(&p.id, span, "parameter")),
            None => None,
            Some(v) => wrong_number(v, &p.id, span),
        }
    }

    /// An error for parameters: in most texts a parameter without a value is a misspelt name.
    fn missing(&self, id: &Id, span: Span, what: &str) -> Diagnostic {
        let text = format!("{what} `{id}` is used but never gets a value");
        let mut others: Vec<&str> = self.model.index_ids();
        others.retain(|other| *other != id.as_str());
        let meant = nearest(id, others).map_or(String::new(), |near| format!(", or did you mean `{near}`?"));
        Diagnostic::error("missing-value", span, text).with_help(format!("give it one: `{id} = ...`{meant}"))
    }

    fn species(&self, s: &Species) -> Option<Diagnostic> {
        if self.given.contains(&s.id) {
            return None;
        }
        match s.initial {
            Some(InitialValue::Amount(v) | InitialValue::Concentration(v)) => wrong_number(v, &s.id, s.meta.span.0),
            None if self.used.contains(&s.id) => {
                let finding = self.missing(&s.id, s.meta.span.0, "species");
                Some(softened(finding))
            }
            None => None,
        }
    }

    fn compartment(&self, c: &Compartment) -> Option<Diagnostic> {
        if self.given.contains(&c.id) || c.dimensions == Some(0.0) {
            return None;
        }
        let span = c.meta.span.0;
        let help = format!("give it a size: `compartment {} = 1 litre`", c.id);
        match c.size {
            None if self.used.contains(&c.id) => {
                let finding = self.missing(&c.id, span, "compartment");
                Some(softened(finding).with_help(help))
            }
            Some(v) if v < 0.0 => {
                let text = format!("compartment `{}` has the negative size {v}", c.id);
                Some(Diagnostic::error("compartment-size", span, text).with_help(help))
            }
            Some(0.0) => {
                let text = format!("compartment `{}` has the size 0, so concentrations in it have no value", c.id);
                Some(Diagnostic::warning("compartment-size", span, text).with_help(help))
            }
            Some(v) => wrong_number(v, &c.id, span),
            None => None,
        }
    }

    fn stoichiometry(&self, value: Option<f64>, id: Option<&Id>, reaction: &Id, span: Span) -> Option<Diagnostic> {
        if id.is_some_and(|id| self.given.contains(id)) {
            return None;
        }
        match value {
            Some(v) if v.is_finite() => None,
            _ => {
                let text = format!("a stoichiometry of reaction `{reaction}` has no finite value");
                let help = "write a number, or a rule for its name";
                Some(Diagnostic::error("missing-value", span, text).with_help(help))
            }
        }
    }
}

fn softened(finding: Diagnostic) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..finding }
}

fn wrong_number(v: f64, id: &Id, span: Span) -> Option<Diagnostic> {
    let help = format!("give it a finite value: `{id} = ...`");
    if v.is_nan() {
        let text = format!("the value of `{id}` is not a number");
        return Some(Diagnostic::error("nan-value", span, text).with_help(help));
    }
    let text = format!("the value of `{id}` is infinite");
    v.is_infinite().then(|| Diagnostic::warning("infinite-value", span, text).with_help(help))
}

impl Model {
    /// Names of all species, parameters and compartments, in the order declared.
    fn index_ids(&self) -> Vec<&str> {
        let species = self.species.iter().map(|s| s.id.as_str());
        let parameters = self.parameters.iter().map(|p| p.id.as_str());
        species.chain(parameters).chain(self.compartments.iter().map(|c| c.id.as_str())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn a_parameter_in_use_needs_a_value() {
        let model = sound().parameter("clearence", None, "per_hour");
        assert_eq!(values(&model), vec![], "nothing uses it");
        let found = values(&model.clone().variable("y", None, "").assign("y", sym("clearence")));
        assert_eq!(codes(&found), ["missing-value"]);
        assert!(
            found[0].is_error() && found[0].help.as_deref().is_some_and(|h| h.contains("did you mean `clearance`"))
        );
        let later = model.initially("clearence", num(1.0)).variable("y", None, "").assign("y", sym("clearence"));
        assert_eq!(values(&later), vec![]);
    }

    #[test]
    fn a_value_that_comes_with_an_event_is_a_warning() {
        let model = sound().variable("late", None, "").variable("y", None, "").assign("y", sym("late"));
        assert!(values(&model)[0].is_error());
        let set = model.event(op(crate::Op::Gt, [time(), num(1.0)]), vec![("late".into(), num(1.0))]);
        assert_eq!((codes(&values(&set)), values(&set)[0].is_error()), (vec!["missing-value"], false));
    }

    #[test]
    fn a_rate_rule_needs_a_start() {
        assert_eq!(codes(&values(&empty().variable("x", None, "").rate("x", num(1.0)))), ["missing-value"]);
    }

    #[test]
    fn species_and_compartments_without_a_start_are_warned_of() {
        let mut model = sound();
        model.species[0].initial = None;
        model.compartments[0].size = None;
        let found = values(&model);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|d| d.code == "missing-value" && !d.is_error()));
    }

    #[test]
    fn a_stoichiometry_needs_a_value() {
        let mut model = sound();
        model.reactions[0].products[0].stoichiometry = None;
        assert_eq!(codes(&values(&model)), ["missing-value"]);
        assert!(values(&model)[0].is_error());
        let still = {
            let mut m = model.clone();
            m.reactions[0].kinetic_law = None;
            m
        };
        assert!(values(&still).iter().all(|d| !d.is_error()));
        model.reactions[0].products[0].id = Some("yield".into());
        assert_eq!(values(&model.assign("yield", num(2.0))), vec![]);
    }

    #[test]
    fn impossible_numbers_are_found() {
        assert_eq!(codes(&values(&empty().parameter("k", Some(f64::NAN), ""))), ["nan-value"]);
        assert_eq!(codes(&values(&empty().parameter("k", Some(f64::INFINITY), ""))), ["infinite-value"]);
        assert_eq!(codes(&values(&empty().compartment("c", -1.0))), ["compartment-size"]);
        assert!(values(&empty().compartment("c", -1.0))[0].is_error());
        assert!(!values(&empty().compartment("c", 0.0))[0].is_error());
        let mut model = sound();
        model.species[0].initial = Some(InitialValue::Amount(f64::NAN));
        assert_eq!(codes(&values(&model)), ["nan-value"]);
    }

    #[test]
    fn a_reaction_without_a_rate_is_warned_of() {
        assert_eq!(codes(&values(&sound().reaction("r", "drug", "", None))), ["missing-kinetic-law"]);
    }
}
