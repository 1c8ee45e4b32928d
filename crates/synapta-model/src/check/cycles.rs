//! Formulas that need one another in a circle, so that none can be evaluated first.

use std::collections::{HashMap, HashSet};

use crate::{Diagnostic, Expr, ExprKind, Id, InitialValue, Model, RuleKind, Span};

/// One finding for each circle among assignment rules, initial assignments and rate laws
/// (SBML L3V2 Core, validation rule 20906).
pub(super) fn cycles(model: &Model) -> Vec<Diagnostic> {
    let needs = needs(model);
    let mut order: Vec<&Id> = needs.keys().copied().collect();
    order.sort();
    let mut search = Search { needs: &needs, done: HashSet::new(), circles: vec![] };
    order.into_iter().for_each(|id| search.from(id));
    search.circles.iter().map(|circle| finding(circle, &needs)).collect()
}

/// For each determined id: what its formula needs, each with a place; in formula order.
type Needs<'a> = HashMap<&'a Id, Vec<(&'a Id, Span)>>;

fn needs(model: &Model) -> Needs<'_> {
    let mut needs: Needs<'_> = HashMap::new();
    let mut put = |id, math| needs.entry(id).or_default().extend(uses(math));
    let assignments = model.rules.iter().filter(|r| r.kind == RuleKind::Assignment);
    assignments.for_each(|r| put(&r.variable, &r.math));
    model.initial_assignments.iter().for_each(|a| put(&a.symbol, &a.math));
    for r in &model.reactions {
        if let Some(law) = &r.kinetic_law {
            let own: HashSet<&Id> = r.local_parameters.iter().map(|p| &p.id).collect();
            needs.entry(&r.id).or_default().extend(uses(law).into_iter().filter(|(id, _)| !own.contains(id)));
        }
    }
    concentrations(model, &mut needs);
    rates(model, &mut needs);
    needs
}

/// Symbols of a formula. A delayed value is of the past and needs nothing now.
fn uses(math: &Expr) -> Vec<(&Id, Span)> {
    let mut out = vec![];
    let mut open = vec![math];
    while let Some(e) = open.pop() {
        match &e.kind {
            ExprKind::Symbol(id) => out.push((id, e.span)),
            ExprKind::Delay(_, wait) => open.push(wait),
            _ => open.extend(e.children().into_iter().rev()),
        }
    }
    out
}

/// A concentration needs the size of its compartment where it is kept as an amount.
fn concentrations<'a>(model: &'a Model, needs: &mut Needs<'a>) {
    for s in model.species.iter().filter(|s| !s.only_substance_units) {
        let is_amount = !matches!(s.initial, Some(InitialValue::Concentration(_)));
        if is_amount && needs.contains_key(&s.compartment) && !needs.contains_key(&s.id) {
            needs.insert(&s.id, vec![(&s.compartment, s.meta.span.0)]);
        }
    }
}

/// `rateOf(x)` needs what `x'` needs: its rate rule, or the reactions that change it.
fn rates<'a>(model: &'a Model, needs: &mut Needs<'a>) {
    let rules = model.rules.iter().filter(|r| r.kind == RuleKind::Rate);
    let rules: HashMap<&Id, &Expr> = rules.map(|r| (&r.variable, &r.math)).collect();
    let mut extra: Vec<(&Id, &Id, Span)> = vec![];
    let mut of = |owner: &'a Id, math: &'a Expr| {
        math.walk(&mut |e| {
            let ExprKind::RateOf(id) = &e.kind else { return };
            if let Some(rule) = rules.get(id) {
                extra.extend(uses(rule).into_iter().map(|(used, _)| (owner, used, e.span)));
            }
            for r in &model.reactions {
                if r.reactants.iter().chain(&r.products).any(|s| s.species == *id) {
                    extra.push((owner, &r.id, e.span));
                }
            }
        });
    };
    let assignments = model.rules.iter().filter(|r| r.kind == RuleKind::Assignment);
    assignments.for_each(|r| of(&r.variable, &r.math));
    model.initial_assignments.iter().for_each(|a| of(&a.symbol, &a.math));
    model.reactions.iter().for_each(|r| r.kinetic_law.iter().for_each(|law| of(&r.id, law)));
    extra.into_iter().for_each(|(owner, used, span)| needs.entry(owner).or_default().push((used, span)));
}

/// Depth-first search that keeps its own stack, since chains of rules can be thousands long.
struct Search<'a> {
    needs: &'a Needs<'a>,
    done: HashSet<&'a Id>,
    circles: Vec<Vec<&'a Id>>,
}

impl<'a> Search<'a> {
    fn from(&mut self, root: &'a Id) {
        let mut path: Vec<(&Id, usize)> = vec![];
        let mut on_path: HashMap<&Id, usize> = HashMap::new();
        self.enter(root, &mut path, &mut on_path);
        while let Some((id, next)) = path.last_mut() {
            let Some((used, _)) = self.needs.get(*id).and_then(|list| list.get(*next)) else {
                self.done.insert(*id);
                on_path.remove(*id);
                path.pop();
                continue;
            };
            *next += 1;
            match on_path.get(used) {
                Some(&start) => {
                    let circle: Vec<&Id> = path[start..].iter().map(|(id, _)| *id).collect();
                    if !self.circles.contains(&circle) {
                        self.circles.push(circle);
                    }
                }
                None => self.enter(used, &mut path, &mut on_path),
            }
        }
    }

    fn enter(&mut self, id: &'a Id, path: &mut Vec<(&'a Id, usize)>, on_path: &mut HashMap<&'a Id, usize>) {
        if self.needs.contains_key(id) && !self.done.contains(id) {
            on_path.insert(id, path.len());
            path.push((id, 0));
        }
    }
}

fn finding(circle: &[&Id], needs: &Needs<'_>) -> Diagnostic {
    let names: Vec<&str> = circle.iter().chain(circle.first()).map(|id| id.as_str()).collect();
    let text = format!("these values need one another in a circle: {}", names.join(" -> "));
    let pairs = circle.iter().zip(circle.iter().cycle().skip(1));
    let labels: Vec<(Span, String)> = pairs
        .map(|(id, next)| {
            let place = needs.get(*id).and_then(|list| list.iter().find(|(used, _)| used == next));
            (place.map_or(Span::NONE, |(_, span)| *span), format!("`{id}` needs `{next}` here"))
        })
        .collect();
    let span = labels.first().map_or(Span::NONE, |l| l.0);
    let mut out = Diagnostic::error("cyclic-rules", span, text);
    out.labels = labels;
    out.with_help("break the circle: give one of them a value, a rate rule (`x' = ...`) or a delay")
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn vars(ids: &str) -> Model {
        ids.split_whitespace().fold(empty(), |m, id| m.variable(id, None, ""))
    }

    #[test]
    fn a_circle_of_rules_is_listed_in_order() {
        let model = vars("a b c d")
            .assign("a", at(0, 1, sym("b")))
            .assign("b", add(num(1.0), at(5, 6, sym("c"))))
            .assign("c", at(9, 10, sym("a")))
            .assign("d", sym("a"));
        let found = cycles(&model);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "these values need one another in a circle: a -> b -> c -> a");
        let labels: Vec<(u32, &str)> = found[0].labels.iter().map(|(s, t)| (s.start, t.as_str())).collect();
        assert_eq!(labels, [(0, "`a` needs `b` here"), (5, "`b` needs `c` here"), (9, "`c` needs `a` here")]);
    }

    #[test]
    fn a_rule_of_itself_is_a_circle() {
        assert_eq!(codes(&cycles(&vars("a").assign("a", add(sym("a"), num(1.0))))), ["cyclic-rules"]);
    }

    #[test]
    fn starting_values_and_rate_laws_take_part() {
        assert_eq!(cycles(&vars("a b").initially("a", sym("b")).assign("b", sym("a"))).len(), 1);
        let rate = sound().variable("gain", None, "").assign("gain", sym("conversion"));
        assert_eq!(cycles(&rate).len(), 0);
        let mut rate = rate;
        rate.reactions[0].kinetic_law = Some(sym("gain"));
        assert_eq!(cycles(&rate).len(), 1);
    }

    #[test]
    fn a_size_that_needs_a_concentration_within_is_a_circle() {
        let mut model = sound().assign("plasma", sym("drug"));
        assert_eq!(cycles(&model).len(), 0, "the concentration is given");
        model.species[0].initial = Some(InitialValue::Amount(1.0));
        assert_eq!(cycles(&model).len(), 1);
    }

    #[test]
    fn the_rate_of_a_variable_needs_its_rate_rule() {
        let rate = Expr::new(ExprKind::RateOf("b".into()), Span::NONE);
        assert_eq!(cycles(&vars("a b").assign("a", rate.clone()).rate("b", num(1.0))).len(), 0);
        assert_eq!(cycles(&vars("a b").assign("a", rate).rate("b", sym("a"))).len(), 1);
    }

    #[test]
    fn rate_rules_and_delays_break_a_circle() {
        assert_eq!(cycles(&vars("a b").assign("a", sym("b")).rate("b", sym("a"))), vec![]);
        let late = Expr::new(ExprKind::Delay(Box::new(sym("b")), Box::new(num(1.0))), Span::NONE);
        assert_eq!(cycles(&vars("a b").assign("a", late).assign("b", sym("a"))), vec![]);
    }

    #[test]
    fn a_chain_of_thousands_of_rules_is_followed() {
        let mut model = empty().variable("x0", Some(1.0), "");
        for i in 1..5000 {
            model = model.variable(&format!("x{i}"), None, "").assign(&format!("x{i}"), sym(&format!("x{}", i - 1)));
        }
        assert_eq!(cycles(&model), vec![]);
        assert_eq!(cycles(&model.assign("x0", sym("x4999"))).len(), 1);
    }
}
