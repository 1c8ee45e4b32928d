//! The values at the start: written values, initial assignments and assignment rules in an order that works.

use super::places::{Place, Places, local_name};
use crate::tape::{Layout, Output, Tape};
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use synapta_model::graph::{Binary, Graph, NodeId};
use synapta_model::{Constant, Diagnostic, Expr, ExprKind, Id, InitialValue, Model};

/// How a quantity starts.
#[derive(Clone, Debug)]
pub(crate) enum Start {
    /// As written; not-a-number if nothing is.
    Written(f64),
    /// By formula.
    Formula(Tape),
}

/// One name's value at the start, in the symbol's own meaning.
#[derive(Clone, Debug)]
pub(crate) struct Quantity {
    pub id: Id,
    pub start: Start,
    /// Where the value goes; `None` for what is only used by others.
    pub place: Option<Place>,
    /// For species whose symbol is a concentration: the quantity that is its compartment's size.
    pub size: Option<usize>,
    /// An amount as written, used instead of value times size unless the value is overridden.
    pub amount: Option<f64>,
    /// What its formula and its size use.
    pub needs: Vec<usize>,
    /// True if a run needs the value.
    pub needed: bool,
    /// False for what a rule determines at all times.
    pub settable: bool,
}

/// All quantities and the order to work them out in.
#[derive(Clone, Debug, Default)]
pub(crate) struct InitialPlan {
    pub quantities: Vec<Quantity>,
    pub order: Vec<usize>,
    pub by_id: HashMap<Id, usize>,
    pub layout: Layout,
    /// Holds the formulas; their symbols are the quantities by number, then time.
    pub graph: Graph,
    /// The formula of each quantity that has one.
    pub nodes: Vec<Option<NodeId>>,
}

/// A quantity before its formula is a tape.
struct Draft {
    quantity: Quantity,
    formula: Option<Expr>,
    /// Written amount to be divided by the size, or concentration to be multiplied.
    scaled: Option<(f64, bool)>,
    reaction: Option<usize>,
    compartment: Option<Id>,
    /// True if the symbol is the amount over the compartment's size.
    concentration: bool,
}

impl InitialPlan {
    /// Plans the start of a model. `referenced` are the names that formulas use.
    pub fn new(
        model: &Model,
        places: &Places,
        referenced: &HashSet<Id>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> InitialPlan {
        let drafts = drafts(model, places, referenced);
        note_missing(model, &drafts, diagnostics);
        let mut plan = InitialPlan::default();
        for (i, d) in drafts.iter().enumerate() {
            plan.by_id.entry(d.quantity.id.clone()).or_insert(i);
        }
        let mut graph = Graph::new();
        let time = drafts.len() as u32;
        plan.layout = Layout::new(time + 1);
        let nodes: Vec<Option<NodeId>> =
            drafts.iter().map(|d| plan.formula(model, d, &mut graph, time, diagnostics)).collect();
        let needs: Vec<Vec<usize>> = nodes.iter().zip(&drafts).map(|(n, d)| plan.needs(&graph, *n, d, time)).collect();
        plan.order = sort(&needs, &drafts, diagnostics);
        for ((draft, node), needs) in drafts.into_iter().zip(&nodes).zip(needs) {
            let mut quantity = draft.quantity;
            quantity.needs = needs;
            let compartment = draft.compartment.filter(|_| draft.concentration);
            quantity.size = compartment.and_then(|c| plan.by_id.get(&c).copied());
            if let Some(node) = node {
                let tape = plan.layout.build(&graph, &[Output::anywhere(*node)]);
                quantity.start = Start::Formula(tape);
            }
            plan.quantities.push(quantity);
        }
        plan.graph = graph;
        plan.nodes = nodes;
        plan
    }

    /// Works everything out in order into `file`, whose first registers are the quantities, with `given` in place of written
    /// values and formulas. `each` gets the number to be stored, an amount for species; the quantity for which it first
    /// says false.
    pub fn work_out(
        &self,
        given: impl Fn(&Id) -> Option<f64>,
        file: &mut [[f64; 1]],
        mut each: impl FnMut(&Quantity, f64) -> bool,
    ) -> Option<usize> {
        for at in &self.order {
            let q = &self.quantities[*at];
            let given = given(&q.id);
            let value = given.unwrap_or_else(|| match &q.start {
                Start::Written(v) => *v,
                Start::Formula(tape) => {
                    tape.run(file);
                    file[tape.outputs[0] as usize][0]
                }
            });
            file[*at] = [value];
            let size = q.size.map_or(1.0, |s| file[s][0]);
            let stored = match q.amount {
                Some(amount) if given.is_none() => amount,
                _ if q.size.is_some() => value * size,
                _ => value,
            };
            if !each(q, stored) {
                return Some(*at);
            }
        }
        None
    }

    /// The states (amounts of species) and the constants as written; not-a-number for what the plan does not give.
    pub fn stored(&self, places: &Places) -> (Vec<f64>, Vec<f64>) {
        let (mut states, mut constants) = (vec![f64::NAN; places.states.len()], vec![f64::NAN; places.constants.len()]);
        self.work_out(
            |_| None,
            &mut self.layout.registers(),
            |q, stored| {
                match q.place {
                    Some(Place::State(i)) => states[i] = stored,
                    Some(Place::Constant(i)) => constants[i] = stored,
                    None => {}
                }
                true
            },
        );
        (states, constants)
    }

    /// What must be known before a quantity: its formula's symbols and its compartment.
    fn needs(&self, graph: &Graph, node: Option<NodeId>, draft: &Draft, time: u32) -> Vec<usize> {
        let symbols = node.map_or(vec![], |n| graph.symbols(&[n]));
        let size = draft.compartment.as_ref().and_then(|c| self.by_id.get(c));
        symbols.into_iter().filter(|s| *s != time).map(|s| s as usize).chain(size.copied()).collect()
    }

    fn formula(
        &self,
        model: &Model,
        draft: &Draft,
        graph: &mut Graph,
        time: u32,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<NodeId> {
        if let Some((value, divide)) = draft.scaled {
            let size = self.by_id.get(draft.compartment.as_ref()?)?;
            let (value, size) = (graph.number(value), graph.symbol(*size as u32));
            let f = if divide { Binary::Div } else { Binary::Mul };
            return Some(graph.binary(f, value, size));
        }
        let inlined = model.inline_functions(draft.formula.as_ref()?);
        let result = graph.add_expr(&inlined, &mut |g: &mut Graph, e: &Expr| {
            let node = match &e.kind {
                ExprKind::Symbol(id) => self.symbol(model, g, id, draft.reaction),
                ExprKind::Constant(Constant::Time) => Some(g.symbol(time)),
                _ => None,
            };
            Ok::<NodeId, Infallible>(node.unwrap_or_else(|| {
                note_unknown(e, draft, diagnostics);
                g.number(f64::NAN)
            }))
        });
        let Ok(node) = result;
        Some(node)
    }

    fn symbol(&self, model: &Model, g: &mut Graph, id: &Id, reaction: Option<usize>) -> Option<NodeId> {
        let local = reaction.map(|r| local_name(&model.reactions[r].id, id)).and_then(|name| self.by_id.get(&name));
        let at = local.or_else(|| self.by_id.get(id))?;
        Some(g.symbol(*at as u32))
    }
}

fn note_unknown(e: &Expr, draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let (code, text) = match &e.kind {
        ExprKind::Symbol(id) => ("undefined-symbol", format!("`{id}` is not defined")),
        // A rule's value at the start matters only to what starts from it, which then has no value.
        ExprKind::RateOf(id) if draft.quantity.settable => {
            ("rate-unsupported", format!("`rateOf({id})` is not supported in values at the start"))
        }
        // Reported where the rest of the model was resolved.
        _ => return,
    };
    let known = |d: &Diagnostic| d.code == code && (d.span == e.span || d.message == text);
    if !diagnostics.iter().any(known) {
        diagnostics.push(Diagnostic::error(code, e.span, text));
    }
}

fn drafts(model: &Model, places: &Places, referenced: &HashSet<Id>) -> Vec<Draft> {
    let assignments: HashMap<&Id, &Expr> = model.initial_assignments.iter().map(|a| (&a.symbol, &a.math)).collect();
    let draft = |id: &Id, written: Option<f64>| {
        let place = places.of.get(id).copied();
        let rule = places.assigned.get(id).map(|r| &model.rules[*r].math);
        let formula = rule.or(assignments.get(id).copied()).cloned();
        let needed = matches!(place, Some(Place::State(_))) || referenced.contains(id);
        Draft {
            quantity: Quantity {
                id: id.clone(),
                start: Start::Written(written.unwrap_or(f64::NAN)),
                place,
                size: None,
                amount: None,
                needs: vec![],
                needed: needed && rule.is_none(),
                settable: rule.is_none(),
            },
            formula,
            scaled: None,
            reaction: None,
            compartment: None,
            concentration: false,
        }
    };
    let mut all = vec![];
    // As the field's simulators do; the compiler warns.
    all.extend(model.compartments.iter().map(|c| draft(&c.id, c.size.or(Some(1.0)))));
    all.extend(model.parameters.iter().map(|p| draft(&p.id, p.value)));
    for s in &model.species {
        all.push(with_species(draft(&s.id, None), model, s));
    }
    for (i, r) in model.reactions.iter().enumerate() {
        for s in r.reactants.iter().chain(&r.products) {
            all.extend(s.id.as_ref().map(|id| draft(id, s.stoichiometry.or(Some(1.0)))));
        }
        let local = |p: &synapta_model::Parameter| draft(&local_name(&r.id, &p.id), p.value);
        all.extend(r.local_parameters.iter().map(local));
        let mut rate = draft(&r.id, None);
        rate.formula = r.kinetic_law.clone();
        rate.reaction = Some(i);
        rate.quantity.settable = false;
        rate.quantity.needed = false;
        all.push(rate);
    }
    all
}

fn with_species(mut draft: Draft, model: &Model, s: &synapta_model::Species) -> Draft {
    let compartment = model.compartments.iter().find(|c| c.id == s.compartment);
    let sized = compartment.is_some_and(|c| c.dimensions != Some(0.0));
    let concentration = sized && !s.only_substance_units;
    draft.concentration = concentration;
    if concentration {
        draft.compartment = Some(s.compartment.clone());
    }
    if draft.formula.is_some() {
        return draft;
    }
    match s.initial {
        Some(InitialValue::Amount(a)) => {
            draft.quantity.amount = Some(a);
            if concentration {
                draft.scaled = Some((a, true));
            } else {
                draft.quantity.start = Start::Written(a);
            }
        }
        Some(InitialValue::Concentration(c)) => {
            if sized && !concentration {
                draft.scaled = Some((c, false));
                draft.compartment = Some(s.compartment.clone());
            } else {
                draft.quantity.start = Start::Written(c);
            }
        }
        // As the field's simulators do; the compiler warns.
        None => draft.quantity.start = Start::Written(0.0),
    }
    draft
}

/// Warns of species that start from nothing and compartments without a size.
fn note_missing(model: &Model, drafts: &[Draft], diagnostics: &mut Vec<Diagnostic>) {
    let formulas: HashSet<&Id> = drafts.iter().filter(|d| d.formula.is_some()).map(|d| &d.quantity.id).collect();
    for s in model.species.iter().filter(|s| s.initial.is_none() && !formulas.contains(&s.id)) {
        let text = format!("species `{}` has no value at the start and starts at zero", s.id);
        diagnostics.push(
            Diagnostic::warning("missing-initial-value", s.meta.span.0, text)
                .with_help(format!("write `{} = 0` if that is meant", s.id)),
        );
    }
    for c in model.compartments.iter().filter(|c| c.size.is_none() && !formulas.contains(&c.id)) {
        let text = format!("compartment `{}` has no size and is given size 1", c.id);
        diagnostics.push(
            Diagnostic::warning("missing-initial-value", c.meta.span.0, text)
                .with_help(format!("write `{} = 1` if that is meant", c.id)),
        );
    }
}

/// Depth-first order in which everything comes after what it needs.
fn sort(needs: &[Vec<usize>], drafts: &[Draft], diagnostics: &mut Vec<Diagnostic>) -> Vec<usize> {
    let mut order = vec![];
    // 0 untouched, 1 open, 2 done
    let mut mark = vec![0u8; needs.len()];
    for root in 0..needs.len() {
        let mut stack = vec![(root, 0)];
        while let Some((at, next)) = stack.pop() {
            if mark[at] == 2 {
                continue;
            }
            mark[at] = 1;
            let Some(&child) = needs[at].get(next) else {
                mark[at] = 2;
                order.push(at);
                continue;
            };
            stack.push((at, next + 1));
            match mark[child] {
                0 => stack.push((child, 0)),
                1 => {
                    note_cycle(&stack, child, drafts, diagnostics);
                    return order;
                }
                _ => {}
            }
        }
    }
    order
}

fn note_cycle(stack: &[(usize, usize)], child: usize, drafts: &[Draft], diagnostics: &mut Vec<Diagnostic>) {
    if diagnostics.iter().any(|d| d.code == "cyclic-rule") {
        return;
    }
    let from = stack.iter().position(|(i, _)| *i == child).unwrap_or(0);
    let ring: Vec<usize> = stack[from..].iter().map(|(i, _)| *i).collect();
    let mut names: Vec<&str> = ring.iter().map(|i| drafts[*i].quantity.id.as_str()).collect();
    names.push(names[0]);
    let span = |i: usize| drafts[i].formula.as_ref().map_or(synapta_model::Span::NONE, |f| f.span);
    let text = format!("the values at the start form a cycle: {}", names.join(" -> "));
    let mut error = Diagnostic::error("cyclic-rule", span(child), text).with_help("give one of them a plain value");
    for i in ring.iter().skip(1) {
        error = error.with_label(span(*i), format!("`{}` is part of it", drafts[*i].quantity.id));
    }
    diagnostics.push(error);
}
