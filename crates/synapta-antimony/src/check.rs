//! What must hold of a flat model before it is handed over.

use std::collections::{HashMap, HashSet};

use synapta_model::diagnostic::nearest;
use synapta_model::{Diagnostic, Expr, ExprKind, Id, Model, RuleKind, Span};

use crate::words::builtin_names;

pub(crate) fn check(model: &Model, diagnostics: &mut Vec<Diagnostic>) {
    calls(model, diagnostics);
    cycles(model, diagnostics);
    events(model, diagnostics);
}

/// Every formula of the model.
fn formulas(model: &Model) -> Vec<&Expr> {
    let mut all: Vec<&Expr> = model.functions.iter().filter_map(|f| f.body.as_ref()).collect();
    all.extend(model.initial_assignments.iter().map(|a| &a.math));
    all.extend(model.rules.iter().map(|r| &r.math));
    all.extend(model.reactions.iter().filter_map(|r| r.kinetic_law.as_ref()));
    for event in &model.events {
        all.push(&event.trigger);
        all.extend(event.delay.iter().chain(&event.priority));
        all.extend(event.assignments.iter().map(|(_, e)| e));
    }
    all.extend(model.constraints.iter().map(|c| &c.math));
    all
}

/// Functions must exist and be given as many arguments as they take.
fn calls(model: &Model, diagnostics: &mut Vec<Diagnostic>) {
    let known: HashMap<&Id, usize> = model.functions.iter().map(|f| (&f.id, f.args.len())).collect();
    for formula in formulas(model) {
        formula.walk(&mut |e| {
            let ExprKind::Call(id, args) = &e.kind else {
                return;
            };
            match known.get(id) {
                None => diagnostics.push(unknown_function(id, e.span, model)),
                Some(wanted) if *wanted != args.len() => {
                    let message = format!("`{id}` takes {wanted} arguments, but {} are given", args.len());
                    diagnostics.push(Diagnostic::error("argument-count", e.span, message));
                }
                Some(_) => {}
            }
        });
    }
}

fn unknown_function(id: &Id, span: Span, model: &Model) -> Diagnostic {
    let names = model.functions.iter().map(|f| f.id.as_str()).chain(builtin_names());
    let help = match nearest(id, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("define it: `function {id}(x)`, its formula, `end`; multiplication is written `*`"),
    };
    Diagnostic::error("unknown-function", span, format!("there is no function `{id}`")).with_help(help)
}

/// Definitions that hold at one instant must not go in a circle; functions must not call themselves.
fn cycles(model: &Model, diagnostics: &mut Vec<Diagnostic>) {
    let mut graph = Graph::default();
    for f in &model.functions {
        let mut called = vec![];
        if let Some(body) = &f.body {
            body.walk(&mut |e| {
                if let ExprKind::Call(id, _) = &e.kind {
                    called.push(id);
                }
            });
        }
        graph.add(&f.id, called, f.meta.span.0);
    }
    for a in &model.initial_assignments {
        graph.add(&a.symbol, a.math.symbols(), a.math.span);
    }
    for r in model.rules.iter().filter(|r| r.kind == RuleKind::Assignment) {
        graph.add(&r.variable, r.math.symbols(), r.math.span);
    }
    for r in &model.reactions {
        graph.add(&r.id, r.kinetic_law.iter().flat_map(Expr::symbols).collect(), r.meta.span.0);
    }
    graph.report(diagnostics);
}

#[derive(Default)]
struct Graph<'a> {
    nodes: Vec<(&'a Id, Vec<&'a Id>, Span)>,
    index: HashMap<&'a Id, usize>,
}

impl<'a> Graph<'a> {
    fn add(&mut self, id: &'a Id, uses: Vec<&'a Id>, span: Span) {
        self.index.insert(id, self.nodes.len());
        self.nodes.push((id, uses, span));
    }

    /// Depth-first search without recursion: chains may be long.
    fn report(&self, diagnostics: &mut Vec<Diagnostic>) {
        let mut finished = vec![false; self.nodes.len()];
        for start in 0..self.nodes.len() {
            let mut path: Vec<(usize, usize)> = vec![];
            let mut on_path = HashSet::new();
            if !finished[start] {
                path.push((start, 0));
                on_path.insert(start);
            }
            while let Some((node, next)) = path.last_mut() {
                let node = *node;
                let Some(used) = self.nodes[node].1.get(*next) else {
                    finished[node] = true;
                    on_path.remove(&node);
                    path.pop();
                    continue;
                };
                *next += 1;
                let Some(k) = self.index.get(used).copied() else {
                    continue;
                };
                if on_path.contains(&k) {
                    diagnostics.push(self.cycle(&path, k));
                } else if !finished[k] {
                    path.push((k, 0));
                    on_path.insert(k);
                }
            }
        }
    }

    fn cycle(&self, path: &[(usize, usize)], back: usize) -> Diagnostic {
        let from = path.iter().position(|(n, _)| *n == back).unwrap_or(0);
        let names: Vec<&str> =
            path[from..].iter().map(|(n, _)| self.nodes[*n].0.as_str()).chain([self.nodes[back].0.as_str()]).collect();
        let round = if names.len() > 8 {
            format!("{} -> ... -> {}", names[..4].join(" -> "), names[names.len() - 1])
        } else {
            names.join(" -> ")
        };
        let message = format!("the definition of `{}` depends on itself: {round}", self.nodes[back].0);
        let mut found = Diagnostic::error("cyclic-definition", self.nodes[back].2, message);
        for (n, _) in path[from..].iter().skip(1).take(6) {
            found = found.with_label(self.nodes[*n].2, format!("`{}` is defined here", self.nodes[*n].0));
        }
        found.with_help("break the circle; a quantity that depends on its own past needs a rate rule (`x' = ...`)")
    }
}

/// An event cannot set what a rule determines.
fn events(model: &Model, diagnostics: &mut Vec<Diagnostic>) {
    let ruled: HashMap<&Id, Span> =
        model.rules.iter().filter(|r| r.kind == RuleKind::Assignment).map(|r| (&r.variable, r.math.span)).collect();
    for event in &model.events {
        for (id, math) in &event.assignments {
            let Some(rule) = ruled.get(id) else { continue };
            let message = format!("the event `{}` sets `{id}`, which an assignment rule determines", event.id);
            let found = Diagnostic::error("assigned-twice", math.span, message);
            diagnostics.push(found.with_label(*rule, "its rule").with_help("keep either the event or the rule"));
        }
    }
}
