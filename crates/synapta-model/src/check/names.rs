//! Every name used must be declared, once, as the kind of thing it is used for.

use std::collections::{HashMap, HashSet};

use super::sites::{Owner, Site, sites};
use crate::diagnostic::nearest;
use crate::units::{Unit, UnitTable};
use crate::{Diagnostic, Element, Expr, ExprKind, FunctionDefinition, Id, Model, ModelIndex, Span};

/// Undefined and doubled names.
pub(super) fn names(model: &Model) -> Vec<Diagnostic> {
    let names = Names::new(model);
    let mut found = vec![];
    duplicates(model, &mut found);
    names.references(&mut found);
    names.unit_references(&mut found);
    sites(model).iter().for_each(|site| names.formula(site, &mut found));
    recursion(model, &mut found);
    found
}

struct Names<'a> {
    model: &'a Model,
    index: ModelIndex,
    /// Sorted, so that the same model always gets the same advice.
    ids: Vec<Id>,
    unit_ids: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    fn new(model: &'a Model) -> Self {
        let index = model.index();
        let mut ids: Vec<Id> = index.ids().cloned().collect();
        ids.sort();
        let unit_ids = model.unit_definitions.iter().map(|u| u.id.as_str()).collect();
        Names { model, index, ids, unit_ids }
    }

    fn undefined(&self, id: &str, span: Span, place: &str, locals: &[&Id]) -> Diagnostic {
        let text = format!("`{id}` is not defined, in {place}");
        let candidates = locals.iter().map(|l| l.as_str()).chain(self.ids.iter().map(Id::as_str)).chain(["time"]);
        let help = match nearest(id, candidates) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declare it, for instance `{id} = 1 dimensionless`"),
        };
        Diagnostic::error("undefined-symbol", span, text).with_help(help)
    }

    /// Names in the structure of the model, outside formulas.
    fn references(&self, found: &mut Vec<Diagnostic>) {
        let mut need = |id: &Id, span: Span, place: String, fits: &dyn Fn(Element) -> bool| match self.index.get(id) {
            None => found.push(self.undefined(id, span, &place, &[])),
            Some(element) if !fits(element) => {
                let text = format!("`{id}` is {}, in {place}", kind(element));
                let help = "name something of the right kind, or rename one of the two";
                found.push(Diagnostic::error("not-a-value", span, text).with_help(help));
            }
            Some(_) => {}
        };
        let is_species = |e: Element| matches!(e, Element::Species(_));
        let is_compartment = |e: Element| matches!(e, Element::Compartment(_));
        let is_parameter = |e: Element| matches!(e, Element::Parameter(_));
        for s in &self.model.species {
            let span = s.meta.span.0;
            need(&s.compartment, span, format!("the compartment of `{}`", s.id), &is_compartment);
            let factors = s.conversion_factor.iter();
            factors.for_each(|f| need(f, span, format!("the conversion factor of `{}`", s.id), &is_parameter));
        }
        for r in &self.model.reactions {
            let place = format!("reaction `{}`", r.id);
            for s in r.reactants.iter().chain(&r.products) {
                need(&s.species, s.meta.span.0.or(r.meta.span.0), place.clone(), &is_species);
            }
            for m in &r.modifiers {
                need(&m.species, m.meta.span.0.or(r.meta.span.0), place.clone(), &is_species);
            }
            r.compartment.iter().for_each(|c| need(c, r.meta.span.0, place.clone(), &is_compartment));
        }
        let whole = self.model.conversion_factor.iter();
        whole.for_each(|f| need(f, self.model.meta.span.0, "the model's conversion factor".into(), &is_parameter));
        let set = self.model.rules.iter().filter(|r| !r.variable.is_empty()).map(|r| (&r.variable, r.meta.span.0));
        let set = set.chain(self.model.initial_assignments.iter().map(|a| (&a.symbol, a.meta.span.0)));
        let by_events = self
            .model
            .events
            .iter()
            .flat_map(|e| e.assignments.iter().map(|(id, math)| (id, e.meta.span.0.or(math.span))));
        set.chain(by_events).for_each(|(id, span)| need(id, span, "what a statement sets".into(), &|_| true));
    }

    fn formula(&self, site: &Site<'_>, found: &mut Vec<Diagnostic>) {
        site.math.walk(&mut |e| match &e.kind {
            ExprKind::Symbol(id) | ExprKind::RateOf(id) => self.symbol(id, e.span, site.owner, found),
            ExprKind::Call(id, args) => self.call(id, args, e.span, site.owner, found),
            ExprKind::Number(_, Some(unit)) => self.unit(unit, e.span, &site.owner.to_string(), found),
            _ => {}
        });
    }

    fn symbol(&self, id: &Id, span: Span, owner: Owner<'_>, found: &mut Vec<Diagnostic>) {
        if owner.is_local(id) {
            return;
        }
        let element = self.index.get(id);
        match (element, owner) {
            (Some(Element::Function(_) | Element::Event(_)), _) => {
                let text = format!("`{id}` is {} and has no value, in {owner}", element.map_or("unknown", kind));
                let help = format!("call it with its arguments, `{id}(...)`, or name a parameter");
                found.push(Diagnostic::error("not-a-value", span, text).with_help(help));
            }
            (Some(_), Owner::Function(f)) => {
                let text = format!("{owner} uses `{id}`, but a function knows only its arguments");
                let help = format!("add `{id}` to the arguments of `{}` and pass it in each call", f.id);
                found.push(Diagnostic::error("undefined-symbol", span, text).with_help(help));
            }
            (Some(_), _) => {}
            (None, _) => found.push(self.undefined(id, span, &owner.to_string(), &owner.locals())),
        }
    }

    fn call(&self, id: &Id, args: &[Expr], span: Span, owner: Owner<'_>, found: &mut Vec<Diagnostic>) {
        let Some(Element::Function(i)) = self.index.get(id) else {
            let functions = self.model.functions.iter().map(|f| f.id.as_str());
            let help = match nearest(id, functions) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("define it: `function {id}(x) ... end`"),
            };
            let text = format!("the function `{id}` is not defined, in {owner}");
            found.push(Diagnostic::error("undefined-function", span, text).with_help(help));
            return;
        };
        let f = &self.model.functions[i];
        if f.args.len() != args.len() {
            let text = format!("`{id}` takes {} arguments but is given {}, in {owner}", f.args.len(), args.len());
            let help = format!("write `{}`", signature(f));
            let finding = Diagnostic::error("wrong-argument-count", span, text).with_help(help);
            found.push(finding.with_label(f.meta.span.0, "defined here"));
        }
    }

    fn unit(&self, id: &Id, span: Span, place: &str, found: &mut Vec<Diagnostic>) {
        if self.unit_ids.contains(id.as_str()) || Unit::base(id).is_some() {
            return;
        }
        let mut known: Vec<&str> = self.unit_ids.iter().copied().collect();
        known.sort_unstable();
        let help = match nearest(id, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("define it, for instance `unit {id} = 1e-9 mole / litre`"),
        };
        let text = format!("the unit `{id}` is not defined, in {place}");
        found.push(Diagnostic::error("undefined-unit", span, text).with_help(help));
    }

    fn unit_references(&self, found: &mut Vec<Diagnostic>) {
        let model = self.model;
        let u = &model.units;
        for id in [&u.substance, &u.time, &u.volume, &u.area, &u.length, &u.extent].into_iter().flatten() {
            self.unit(id, model.meta.span.0, "the units of the model", found);
        }
        let compartments = model.compartments.iter().map(|c| (&c.units, &c.id, c.meta.span.0));
        let species = model.species.iter().map(|s| (&s.substance_units, &s.id, s.meta.span.0));
        let locals = model.reactions.iter().flat_map(|r| &r.local_parameters);
        let parameters = model.parameters.iter().chain(locals).map(|p| (&p.units, &p.id, p.meta.span.0));
        for (unit, id, span) in compartments.chain(species).chain(parameters) {
            unit.iter().for_each(|unit| self.unit(unit, span, &format!("the unit of `{id}`"), found));
        }
        let table = UnitTable::new(model);
        for d in model.unit_definitions.iter().filter(|d| table.get(&d.id).is_none()) {
            let text =
                format!("the unit `{}` has no meaning: a part is unknown, leads back to it, or is not positive", d.id);
            let help = "build units from SBML's: mole, litre, second, gram, metre, volt, ... with positive factors";
            found.push(Diagnostic::error("unusable-unit", d.meta.span.0, text).with_help(help));
        }
    }
}

/// `an event`, for messages.
fn kind(e: Element) -> &'static str {
    match e {
        Element::Compartment(_) => "a compartment",
        Element::Species(_) => "a species",
        Element::Parameter(_) => "a parameter",
        Element::Reaction(_) => "a reaction",
        Element::Stoichiometry(..) => "a stoichiometry",
        Element::Function(_) => "a function",
        Element::Event(_) => "an event",
        Element::Unit(_) => "a unit",
    }
}

fn signature(f: &FunctionDefinition) -> String {
    format!("{}({})", f.id, f.args.iter().map(Id::as_str).collect::<Vec<_>>().join(", "))
}

/// Two elements of one name. Units have a name space of their own, a reaction's parameters too.
fn duplicates(model: &Model, found: &mut Vec<Diagnostic>) {
    let mut ids: Vec<(&Id, Span)> = vec![];
    ids.extend(model.compartments.iter().map(|x| (&x.id, x.meta.span.0)));
    ids.extend(model.species.iter().map(|x| (&x.id, x.meta.span.0)));
    ids.extend(model.parameters.iter().map(|x| (&x.id, x.meta.span.0)));
    ids.extend(model.functions.iter().map(|x| (&x.id, x.meta.span.0)));
    ids.extend(model.events.iter().map(|x| (&x.id, x.meta.span.0)));
    for r in &model.reactions {
        ids.push((&r.id, r.meta.span.0));
        let references = r.reactants.iter().chain(&r.products);
        ids.extend(references.filter_map(|s| Some((s.id.as_ref()?, s.meta.span.0))));
        doubled(r.local_parameters.iter().map(|p| (&p.id, p.meta.span.0)), "parameters of one reaction", found);
    }
    doubled(ids.into_iter(), "elements", found);
    doubled(model.unit_definitions.iter().map(|u| (&u.id, u.meta.span.0)), "units", found);
    for f in &model.functions {
        doubled(f.args.iter().map(|a| (a, f.meta.span.0)), "arguments of one function", found);
    }
}

fn doubled<'a>(ids: impl Iterator<Item = (&'a Id, Span)>, what: &str, found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&Id, Span> = HashMap::new();
    for (id, span) in ids.filter(|(id, _)| !id.is_empty()) {
        let Some(first) = seen.insert(id, span) else { continue };
        let text = format!("two {what} are called `{id}`");
        let finding = Diagnostic::error("duplicate-id", span, text).with_label(first, "the first is here");
        found.push(finding.with_help("rename or delete one of them"));
    }
}

/// Functions that come back to themselves.
fn recursion(model: &Model, found: &mut Vec<Diagnostic>) {
    let mut calls: HashMap<&Id, Vec<&Id>> = HashMap::new();
    for f in &model.functions {
        let called = calls.entry(&f.id).or_default();
        f.body.iter().for_each(|body| {
            body.walk(&mut |e| {
                if let ExprKind::Call(id, _) = &e.kind {
                    called.push(id);
                }
            });
        });
    }
    for f in &model.functions {
        let (mut open, mut seen) = (calls[&f.id].clone(), HashSet::new());
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(calls.get(next).into_iter().flatten());
            }
        }
        if seen.contains(&f.id) {
            let text = format!("the function `{}` calls itself", f.id);
            let help = "write it without a call of itself; SBML has no recursion";
            found.push(Diagnostic::error("recursive-function", f.meta.span.0, text).with_help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::Op;

    #[test]
    fn an_undefined_symbol_is_found_where_it_stands_with_its_neighbour() {
        let model = sound().variable("y", None, "hour").assign("y", at(10, 19, sym("clearence")));
        let found = names(&model);
        assert_eq!(codes(&found), ["undefined-symbol"]);
        assert_eq!((found[0].span.start, found[0].span.end), (10, 19));
        assert_eq!(found[0].help.as_deref(), Some("did you mean `clearance`?"));
        assert_eq!(found[0].message, "`clearence` is not defined, in the assignment rule of `y`");
    }

    #[test]
    fn a_reaction_of_an_undeclared_species_is_found() {
        assert_eq!(codes(&names(&sound().reaction("r", "drig", "", None))), ["undefined-symbol"]);
        assert_eq!(codes(&names(&sound().reaction("r", "clearance", "", None))), ["not-a-value"]);
    }

    #[test]
    fn a_species_in_no_known_compartment_is_found() {
        assert_eq!(codes(&names(&empty().species_in("drug", "brain"))), ["undefined-symbol"]);
    }

    #[test]
    fn a_local_name_is_known_in_its_reaction_only() {
        let mut model = sound().variable("y", None, "").assign("y", sym("k"));
        let k = model.parameters[0].clone();
        model.reactions[0].local_parameters.push(crate::Parameter { id: "k".into(), ..k });
        model.reactions[0].kinetic_law = Some(sym("k"));
        let found = names(&model);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("rule of `y`"));
    }

    #[test]
    fn calls_are_checked() {
        let with = |body: Expr| {
            sound().function("twice", "x", add(sym("x"), sym("x"))).variable("y", None, "").assign("y", body)
        };
        let codes_of = |body| codes(&names(&with(body)));
        assert_eq!(codes_of(call("twice", [num(1.0)])), Vec::<&str>::new());
        assert_eq!(codes_of(call("twise", [num(1.0)])), ["undefined-function"]);
        assert_eq!(codes_of(call("twice", [num(1.0), num(2.0)])), ["wrong-argument-count"]);
        assert_eq!(codes_of(sym("twice")), ["not-a-value"]);
    }

    #[test]
    fn a_function_sees_only_its_arguments() {
        let model = sound().function("f", "x", add(sym("x"), sym("clearance")));
        assert_eq!(codes(&names(&model)), ["undefined-symbol"]);
        assert!(names(&model)[0].message.contains("only its arguments"));
    }

    #[test]
    fn functions_that_call_each_other_in_a_circle_are_found() {
        let model = empty().function("f", "x", call("g", [sym("x")])).function("g", "x", call("f", [sym("x")]));
        assert_eq!(names(&model).len(), 2);
        assert_eq!(codes(&names(&model)), ["recursive-function"]);
    }

    #[test]
    fn undefined_and_unusable_units_are_found() {
        let model = sound().parameter("k", Some(1.0), "nmoll");
        assert_eq!(codes(&names(&model)), ["undefined-unit"]);
        assert_eq!(names(&model)[0].help.as_deref(), Some("did you mean `nmol`?"));
        let mut model = sound();
        model.unit_definitions[0].factors[0].kind = "fortnight".into();
        assert_eq!(codes(&names(&model)), ["unusable-unit"]);
        assert_eq!(codes(&names(&sound().parameter("k", Some(1.0), "litre"))), Vec::<&str>::new());
    }

    #[test]
    fn doubled_names_are_found() {
        assert_eq!(codes(&names(&sound().parameter("drug", Some(1.0), ""))), ["duplicate-id"]);
        assert_eq!(codes(&names(&sound().unit_of("hour", "h"))), ["duplicate-id"]);
    }

    #[test]
    fn rate_of_needs_a_known_name() {
        let rate = Expr::new(ExprKind::RateOf("drog".into()), Span::NONE);
        let model = sound().variable("y", None, "").assign("y", op(Op::Neg, [rate]));
        assert_eq!(codes(&names(&model)), ["undefined-symbol"]);
    }
}
