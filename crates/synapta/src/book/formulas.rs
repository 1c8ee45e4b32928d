//! The equations of a module: reactions with their rates, rate rules, assignments, starting values, events.

use super::html::escape;
use super::mathml::{formula, name, rate_of};
use super::module::Module;
use synapta_model::{Reaction, Rule, RuleKind, SpeciesReference};

/// All equations, under a heading each.
pub fn html(module: &Module) -> String {
    let rates = rules(module, RuleKind::Rate);
    let assigned = rules(module, RuleKind::Assignment);
    let reactions: String =
        module.model.reactions.iter().filter(|r| module.owns(&r.id)).map(|r| reaction(module, r)).collect();
    let starts: String = module
        .model
        .initial_assignments
        .iter()
        .filter(|a| module.owns(&a.symbol))
        .map(|a| {
            equation("", &format!("{}<math><mo>(</mo><mn>0</mn><mo>)</mo></math>", name(&a.symbol)), &formula(&a.math))
        })
        .collect();
    let parts = [
        ("Reactions", reactions),
        ("Rates", rates),
        ("Definitions", assigned),
        ("Starting values", starts),
        ("Events", events(module)),
    ];
    let shown = |(title, body): &(&str, String)| {
        if body.is_empty() {
            String::new()
        } else {
            format!("<h4>{title}</h4>\n<dl class=\"equations\">\n{body}</dl>\n")
        }
    };
    parts.iter().map(shown).collect()
}

fn equation(words: &str, left: &str, right: &str) -> String {
    format!("<dt>{}</dt><dd>{left} <math><mo>=</mo></math> {right}</dd>\n", escape(words))
}

fn rules(module: &Module, kind: RuleKind) -> String {
    let own = module.model.rules.iter().filter(|r| r.kind == kind && module.owns(&r.variable));
    let one = |r: &Rule| {
        let left = if kind == RuleKind::Rate { rate_of(&r.variable) } else { name(&r.variable) };
        equation(module.title(&r.variable), &left, &formula(&r.math))
    };
    own.map(one).collect()
}

fn reaction(module: &Module, r: &Reaction) -> String {
    let arrow = format!("<span class=\"reaction\">{} \u{2192} {}</span>", side(&r.reactants), side(&r.products));
    let law = r.kinetic_law.as_ref().map_or(String::new(), formula);
    format!(
        "<dt>{}</dt><dd>{arrow}<br>{} <math><mo>=</mo></math> {law}</dd>\n",
        escape(module.title(&r.id)),
        name(&r.id)
    )
}

fn side(list: &[SpeciesReference]) -> String {
    let one = |s: &SpeciesReference| {
        let factor = s.stoichiometry.filter(|n| *n != 1.0).map_or(String::new(), |n| format!("{n} "));
        format!("{factor}{}", escape(&s.species))
    };
    if list.is_empty() { "\u{2205}".into() } else { list.iter().map(one).collect::<Vec<_>>().join(" + ") }
}

fn events(module: &Module) -> String {
    let own = module.model.events.iter().filter(|e| module.owns(&e.id));
    own.map(|e| {
        let set =
            e.assignments.iter().map(|(id, math)| format!("{} <math><mo>:=</mo></math> {}", name(id), formula(math)));
        let delay = e.delay.as_ref().map_or(String::new(), |d| format!(", after {}", formula(d)));
        format!(
            "<dt>{}</dt><dd>when {}{delay}: {}</dd>\n",
            escape(e.meta.name.as_deref().unwrap_or(&e.id)),
            formula(&e.trigger),
            set.collect::<Vec<_>>().join("; ")
        )
    })
    .collect()
}
