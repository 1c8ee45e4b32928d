//! What determines what: each variable by one statement, constants by none.

use std::collections::{HashMap, HashSet};

use crate::{Diagnostic, Element, Id, Model, ModelIndex, RuleKind, Span};

/// Statements at odds with one another or with what they set.
pub(super) fn rules(model: &Model) -> Vec<Diagnostic> {
    let index = model.index();
    let mut found = vec![];
    doubled_rules(model, &mut found);
    rules_and_reactions(model, &mut found);
    targets(model, &index, &mut found);
    constants_in_reactions(model, &mut found);
    found
}

/// One variable, one rule; an assignment rule leaves no room for a starting value by formula or for an event.
fn doubled_rules(model: &Model, found: &mut Vec<Diagnostic>) {
    let mut double = |id: &Id, span: Span, first: Span, what: &str| {
        let text = format!("`{id}` is determined twice: {what}");
        let finding = Diagnostic::error("duplicate-rule", span, text).with_label(first, "also determined here");
        found.push(finding.with_help("delete one of the two, or give one of them another variable"));
    };
    let mut ruled: HashMap<&Id, Span> = HashMap::new();
    let mut assigned: HashMap<&Id, Span> = HashMap::new();
    for r in model.rules.iter().filter(|r| r.kind != RuleKind::Algebraic) {
        if let Some(first) = ruled.insert(&r.variable, r.meta.span.0) {
            double(&r.variable, r.meta.span.0, first, "two rules");
        }
        if r.kind == RuleKind::Assignment {
            assigned.insert(&r.variable, r.meta.span.0);
        }
    }
    let mut initial: HashMap<&Id, Span> = HashMap::new();
    for a in &model.initial_assignments {
        if let Some(first) = initial.insert(&a.symbol, a.meta.span.0) {
            double(&a.symbol, a.meta.span.0, first, "two initial assignments");
        }
        if let Some(first) = assigned.get(&a.symbol) {
            double(&a.symbol, a.meta.span.0, *first, "an assignment rule and an initial assignment");
        }
    }
    for e in &model.events {
        let mut set: HashMap<&Id, Span> = HashMap::new();
        for (id, math) in &e.assignments {
            if let Some(first) = set.insert(id, math.span) {
                double(id, math.span, first, &format!("two assignments of event `{}`", e.id));
            }
            if let Some(first) = assigned.get(id) {
                double(id, math.span, *first, &format!("an assignment rule and event `{}`", e.id));
            }
        }
    }
}

fn rules_and_reactions(model: &Model, found: &mut Vec<Diagnostic>) {
    let plain: HashMap<&Id, bool> = model.species.iter().map(|s| (&s.id, s.boundary)).collect();
    for rule in model.rules.iter().filter(|r| plain.get(&r.variable) == Some(&false)) {
        let takes_part =
            |r: &&crate::Reaction| r.reactants.iter().chain(&r.products).any(|s| s.species == rule.variable);
        let Some(reaction) = model.reactions.iter().find(takes_part) else { continue };
        let text = format!("species `{}` is changed by a rule and by reaction `{}`", rule.variable, reaction.id);
        let help = format!(
            "delete the rule or the reaction, or make the species a boundary species (`${}`), which reactions leave alone",
            rule.variable
        );
        let finding = Diagnostic::error("rule-and-reaction", rule.meta.span.0, text).with_help(help);
        found.push(finding.with_label(reaction.meta.span.0, "the reaction"));
    }
}

/// Rules, initial assignments and events must set something that has a value and may change.
fn targets(model: &Model, index: &ModelIndex, found: &mut Vec<Diagnostic>) {
    let rules = model.rules.iter().filter(|r| r.kind != RuleKind::Algebraic);
    let rules = rules.map(|r| (&r.variable, r.meta.span.0, "a rule".to_string(), true));
    let initial = model.initial_assignments.iter();
    let initial = initial.map(|a| (&a.symbol, a.meta.span.0, "an initial assignment".to_string(), false));
    let events = model
        .events
        .iter()
        .flat_map(|e| e.assignments.iter().map(move |(id, math)| (id, math.span, format!("event `{}`", e.id), true)));
    for (id, span, by, changes) in rules.chain(initial).chain(events) {
        let constant = match index.get(id) {
            Some(Element::Compartment(i)) => model.compartments[i].constant,
            Some(Element::Species(i)) => model.species[i].constant,
            Some(Element::Parameter(i)) => model.parameters[i].constant,
            Some(Element::Stoichiometry(i, true, k)) => model.reactions[i].reactants[k].constant,
            Some(Element::Stoichiometry(i, false, k)) => model.reactions[i].products[k].constant,
            Some(Element::Reaction(_) | Element::Function(_) | Element::Event(_) | Element::Unit(_)) => {
                let text = format!("{by} sets `{id}`, which is no species, parameter, compartment or stoichiometry");
                let help = "set a species, parameter, compartment or stoichiometry";
                found.push(Diagnostic::error("not-assignable", span, text).with_help(help));
                continue;
            }
            None => continue,
        };
        if constant && changes {
            let text = format!("{by} sets `{id}`, which is constant");
            let help = format!("declare it as `var {id}`, or set something else");
            found.push(Diagnostic::error("assignment-to-constant", span, text).with_help(help));
        }
    }
}

fn constants_in_reactions(model: &Model, found: &mut Vec<Diagnostic>) {
    let fixed: HashSet<&Id> = model.species.iter().filter(|s| s.constant && !s.boundary).map(|s| &s.id).collect();
    for r in &model.reactions {
        for s in r.reactants.iter().chain(&r.products).filter(|s| fixed.contains(&s.species)) {
            let text = format!("reaction `{}` changes `{}`, which is constant", r.id, s.species);
            let help = format!("mark it as a boundary species (`${}`) or let it vary", s.species);
            let span = s.meta.span.0.or(r.meta.span.0);
            found.push(Diagnostic::error("constant-in-reaction", span, text).with_help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn a_species_with_a_rule_and_a_reaction_is_found_unless_boundary() {
        let mut model = sound().rate("drug", num(0.0));
        assert_eq!(codes(&rules(&model)), ["rule-and-reaction"]);
        model.species[0].boundary = true;
        assert_eq!(rules(&model), vec![]);
    }

    #[test]
    fn two_rules_of_one_variable_are_found() {
        assert_eq!(codes(&rules(&sound().rate("half_amount", num(1.0)))), ["duplicate-rule"]);
        assert_eq!(codes(&rules(&sound().initially("half_amount", num(1.0)))), ["duplicate-rule"]);
        let by_event = sound().event(op(crate::Op::Gt, [time(), num(1.0)]), vec![("half_amount".into(), num(1.0))]);
        assert_eq!(codes(&rules(&by_event)), ["duplicate-rule"]);
    }

    #[test]
    fn constants_are_not_set_but_may_start_by_formula() {
        assert_eq!(codes(&rules(&sound().rate("clearance", num(0.0)))), ["assignment-to-constant"]);
        assert_eq!(rules(&sound().initially("clearance", num(0.0))), vec![]);
        let by_event = sound().event(op(crate::Op::Gt, [time(), num(1.0)]), vec![("clearance".into(), num(1.0))]);
        assert_eq!(codes(&rules(&by_event)), ["assignment-to-constant"]);
    }

    #[test]
    fn a_reaction_or_function_is_not_set() {
        assert_eq!(codes(&rules(&sound().assign("conversion", num(0.0)))), ["not-assignable"]);
    }

    #[test]
    fn a_constant_species_is_not_consumed() {
        let mut model = sound();
        model.species[0].constant = true;
        assert_eq!(codes(&rules(&model)), ["constant-in-reaction"]);
        model.species[0].boundary = true;
        assert_eq!(rules(&model), vec![]);
    }
}
