//! What every name means, as a node: assignment rules, rates and functions put in where they are used.

use super::places::{Place, Places, TIME, local_name};
use super::specialise::Fixed;
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use synapta_model::graph::{Binary, Graph, NodeId};
use synapta_model::{Constant, Diagnostic, Element, Expr, ExprKind, Id, Model, Span};

/// What of a quantity is being worked out.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Key {
    /// The value its name has in formulas.
    Value(Id),
    /// The time derivative of a state.
    Flow(Id),
}

pub(super) struct Resolver<'m> {
    pub model: &'m Model,
    pub places: &'m Places,
    fixed: &'m Fixed,
    pub graph: Graph,
    known: HashMap<Key, NodeId>,
    /// What is being worked out, outermost first, each with the place that asked for it.
    open: Vec<(Key, Span)>,
    referenced: HashSet<Id>,
    diagnostics: Vec<Diagnostic>,
}

impl<'m> Resolver<'m> {
    pub fn new(model: &'m Model, places: &'m Places, fixed: &'m Fixed) -> Self {
        Resolver {
            model,
            places,
            fixed,
            graph: Graph::new(),
            known: HashMap::new(),
            open: vec![],
            referenced: HashSet::new(),
            diagnostics: vec![],
        }
    }

    /// The graph, the names that any formula uses, and what was found wrong.
    pub fn finish(self) -> (Graph, HashSet<Id>, Vec<Diagnostic>) {
        (self.graph, self.referenced, self.diagnostics)
    }

    /// The node of an expression; after an error not-a-number, with a diagnostic.
    pub fn expression(&mut self, expr: &Expr, reaction: Option<usize>) -> NodeId {
        let inlined = self.model.inline_functions(expr);
        let mut graph = std::mem::take(&mut self.graph);
        let result = graph.add_expr(&inlined, &mut |g: &mut Graph, e: &Expr| {
            std::mem::swap(g, &mut self.graph);
            let node = self.leaf(e, reaction);
            std::mem::swap(g, &mut self.graph);
            Ok::<NodeId, Infallible>(node)
        });
        self.graph = graph;
        let Ok(node) = result;
        node
    }

    fn leaf(&mut self, expr: &Expr, reaction: Option<usize>) -> NodeId {
        match &expr.kind {
            ExprKind::Symbol(id) => self.symbol(id, expr.span, reaction),
            ExprKind::Constant(Constant::Time) => self.graph.symbol(TIME),
            ExprKind::RateOf(id) => self.rate_of(id, expr.span),
            ExprKind::Call(id, args) => self.bad_call(id, args.len(), expr.span),
            ExprKind::Delay(..) => {
                let text = "`delay(...)` is not supported by the simulator";
                let help = "replace the delay by a chain of transit steps";
                self.fail(Diagnostic::error("delay-unsupported", expr.span, text).with_help(help))
            }
            ExprKind::Draw(id, _) => {
                let text = format!("the random draw `{id}(...)` has no value in a deterministic run");
                let help = "write the distribution beside a plain value instead";
                self.fail(Diagnostic::error("draw-unsupported", expr.span, text).with_help(help))
            }
            _ => self.graph.number(f64::NAN),
        }
    }

    pub fn fail(&mut self, diagnostic: Diagnostic) -> NodeId {
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
        self.graph.number(f64::NAN)
    }

    fn bad_call(&mut self, id: &Id, count: usize, span: Span) -> NodeId {
        let Some(f) = self.model.functions.iter().find(|f| f.id == *id) else {
            let known = self.model.functions.iter().map(|f| f.id.as_str());
            let error = Diagnostic::error("undefined-function", span, format!("no function `{id}`"));
            return self.fail(match synapta_model::diagnostic::nearest(id, known) {
                Some(near) => error.with_help(format!("did you mean `{near}`?")),
                None => error.with_help("define it, or use a built-in function"),
            });
        };
        let text = if f.args.len() != count {
            format!("`{id}` takes {} arguments, not {count}", f.args.len())
        } else if f.body.is_none() {
            format!("the function `{id}` has no body")
        } else {
            format!("the function `{id}` calls itself")
        };
        let place = f.meta.span.0;
        self.fail(Diagnostic::error("bad-call", span, text).with_label(place, "defined here"))
    }

    fn symbol(&mut self, id: &Id, span: Span, reaction: Option<usize>) -> NodeId {
        if let Some(r) = reaction.map(|i| &self.model.reactions[i])
            && r.local_parameters.iter().any(|p| p.id == *id)
        {
            let name = local_name(&r.id, id);
            self.referenced.insert(name.clone());
            return self.stored(&name);
        }
        self.value(id, span)
    }

    /// The value a name has in formulas.
    pub fn value(&mut self, id: &Id, span: Span) -> NodeId {
        self.referenced.insert(id.clone());
        self.meaning(id, span)
    }

    fn meaning(&mut self, id: &Id, span: Span) -> NodeId {
        self.once(Key::Value(id.clone()), span, |s| s.new_value(id, span))
    }

    /// The time derivative of a state.
    pub fn flow(&mut self, id: &Id) -> NodeId {
        self.once(Key::Flow(id.clone()), Span::NONE, |s| s.new_flow(id))
    }

    fn once(&mut self, key: Key, span: Span, make: impl FnOnce(&mut Self) -> NodeId) -> NodeId {
        if let Some(node) = self.known.get(&key) {
            return *node;
        }
        if let Some(at) = self.open.iter().position(|(k, _)| *k == key) {
            return self.cycle(at, span);
        }
        self.open.push((key.clone(), span));
        let node = make(self);
        self.open.pop();
        self.known.insert(key, node);
        node
    }

    fn cycle(&mut self, at: usize, span: Span) -> NodeId {
        let ring: Vec<(Key, Span)> = self.open[at..].to_vec();
        let name = |k: &Key| match k {
            Key::Value(id) => id.to_string(),
            Key::Flow(id) => format!("rateOf({id})"),
        };
        let mut path: Vec<String> = ring.iter().map(|(k, _)| name(k)).collect();
        path.push(path[0].clone());
        let text = format!("the rules form a cycle: {}", path.join(" -> "));
        let mut error = Diagnostic::error("cyclic-rule", span, text)
            .with_help("turn one of them into a rate rule, or solve them for one variable by hand");
        for ((key, _), (_, asked)) in ring.iter().zip(ring.iter().skip(1)) {
            error = error.with_label(*asked, format!("`{}` uses it here", name(key)));
        }
        self.fail(error)
    }

    /// The symbol of a quantity with storage of its own, or its number.
    fn stored(&mut self, id: &Id) -> NodeId {
        if let Some(Place::Constant(i)) = self.places.of.get(id)
            && let Some(value) = self.fixed.of(*i)
        {
            return self.graph.number(value);
        }
        match self.places.of.get(id) {
            Some(Place::State(i)) if *i >= self.places.moving() => self.dependent(*i),
            Some(place) => self.graph.symbol(self.places.symbol(*place)),
            None => self.graph.number(f64::NAN),
        }
    }

    /// A state that a conserved sum determines: the sum less the others.
    fn dependent(&mut self, state: usize) -> NodeId {
        let places = self.places;
        let total = self.graph.symbol(places.symbol(Place::State(state)));
        let mut terms = vec![(total, false)];
        for (other, weight) in &places.dependents[state - places.moving()].terms {
            let (other, size) = (self.graph.symbol(1 + *other), self.graph.number(weight.abs()));
            let term = if weight.abs() == 1.0 { other } else { self.graph.binary(Binary::Mul, size, other) };
            terms.push((term, *weight > 0.0));
        }
        self.graph.sum(&terms)
    }

    fn new_value(&mut self, id: &Id, span: Span) -> NodeId {
        if let Some(rule) = self.places.assigned.get(id) {
            return self.expression(&self.model.rules[*rule].math, None);
        }
        match self.places.index.get(id) {
            Some(Element::Species(i)) => self.species_value(i),
            Some(Element::Compartment(_) | Element::Parameter(_) | Element::Stoichiometry(..)) => self.stored(id),
            Some(Element::Reaction(i)) => self.reaction_rate(i),
            Some(Element::Function(_) | Element::Event(_) | Element::Unit(_)) => {
                let text = format!("`{id}` has no value: it is a function, event or unit");
                self.fail(Diagnostic::error("no-value", span, text))
            }
            None => self.fail(self.places.unknown(id, span)),
        }
    }

    fn species_value(&mut self, i: usize) -> NodeId {
        let s = &self.model.species[i];
        let amount = self.stored(&s.id);
        match self.size_of(i) {
            Some(size) => self.per_size(amount, size),
            None => amount,
        }
    }

    /// The compartment size by which a species' amount and its symbol differ; `None` if they do not.
    pub fn size_of(&mut self, species: usize) -> Option<NodeId> {
        let s = &self.model.species[species];
        if s.only_substance_units {
            return None;
        }
        let c = self.model.compartments.iter().find(|c| c.id == s.compartment);
        match c {
            Some(c) if c.dimensions == Some(0.0) => None,
            Some(c) => Some(self.value(&c.id, s.meta.span.0)),
            None => Some(self.fail(self.places.unknown(&s.compartment, s.meta.span.0))),
        }
    }

    /// `a / size`, as a product with the inverse, which is worked out once per run where the size is constant.
    fn per_size(&mut self, a: NodeId, size: NodeId) -> NodeId {
        let one = self.graph.number(1.0);
        let inverse = self.graph.binary(Binary::Div, one, size);
        self.graph.binary(Binary::Mul, a, inverse)
    }

    fn reaction_rate(&mut self, i: usize) -> NodeId {
        match &self.model.reactions[i].kinetic_law {
            Some(law) => self.expression(law, Some(i)),
            None => {
                let r = &self.model.reactions[i];
                let text = format!("reaction `{}` has no rate law and does not run", r.id);
                let warning = Diagnostic::warning("missing-rate", r.meta.span.0, text);
                self.fail(warning.with_help("give it a rate law"));
                self.graph.number(0.0)
            }
        }
    }

    fn new_flow(&mut self, id: &Id) -> NodeId {
        let species = match self.places.index.get(id) {
            Some(Element::Species(i)) => Some(i),
            _ => None,
        };
        if let Some(rule) = self.places.rated.get(id) {
            let rate = self.expression(&self.model.rules[*rule].math, None);
            return match species.and_then(|i| self.size_of(i).map(|v| (i, v))) {
                Some((i, size)) => self.amount_flow(i, rate, size),
                None => rate,
            };
        }
        match species {
            Some(i) => self.reaction_flow(i),
            None => self.graph.number(0.0),
        }
    }

    /// dA/dt = V dC/dt + C dV/dt for a rate rule on a concentration.
    fn amount_flow(&mut self, species: usize, rate: NodeId, size: NodeId) -> NodeId {
        let main = self.graph.binary(Binary::Mul, rate, size);
        match self.total_derivative(size) {
            None => main,
            Some(size_flow) => {
                let concentration = self.species_value(species);
                let extra = self.graph.binary(Binary::Mul, concentration, size_flow);
                self.graph.binary(Binary::Add, main, extra)
            }
        }
    }

    fn reaction_flow(&mut self, species: usize) -> NodeId {
        let model = self.model;
        let s = &model.species[species];
        let mut terms = vec![];
        for r in &model.reactions {
            for (list, consumed) in [(&r.reactants, true), (&r.products, false)] {
                for reference in list.iter().filter(|x| x.species == s.id) {
                    let rate = self.value(&r.id, r.meta.span.0);
                    let count = match &reference.id {
                        Some(id) => self.value(id, reference.meta.span.0),
                        None => self.graph.number(reference.stoichiometry.unwrap_or(1.0)),
                    };
                    terms.push((self.graph.binary(Binary::Mul, count, rate), consumed));
                }
            }
        }
        let total = self.graph.sum(&terms);
        let factor = s.conversion_factor.as_ref().or(model.conversion_factor.as_ref());
        match factor {
            Some(id) => {
                let factor = self.value(id, s.meta.span.0);
                self.graph.binary(Binary::Mul, total, factor)
            }
            None => total,
        }
    }

    /// The time derivative of any node along the solution; `None` if it does not move.
    fn total_derivative(&mut self, node: NodeId) -> Option<NodeId> {
        let mut terms = vec![];
        for symbol in self.graph.symbols(&[node]) {
            if !self.places.varies(symbol) {
                continue;
            }
            let Some(slope) = self.graph.derivative(node, symbol) else {
                continue;
            };
            let term = if symbol == TIME {
                slope
            } else {
                let id = self.places.states[symbol as usize - 1].clone();
                let flow = self.flow(&id);
                self.graph.binary(Binary::Mul, slope, flow)
            };
            terms.push((term, false));
        }
        (!terms.is_empty()).then(|| self.graph.sum(&terms))
    }

    fn rate_of(&mut self, id: &Id, span: Span) -> NodeId {
        let value = self.value(id, span);
        // One chain rule serves states, concentrations in moving compartments and whatever is assigned.
        match self.total_derivative(value) {
            Some(rate) => rate,
            None => self.graph.number(0.0),
        }
    }

    /// The nodes of every name that has a value: (symbol's meaning), for observables.
    pub fn all_values(&mut self) -> HashMap<Id, NodeId> {
        let model = self.model;
        let ids = (model.species.iter().map(|s| (&s.id, s.meta.span)))
            .chain(model.compartments.iter().map(|c| (&c.id, c.meta.span)))
            .chain(model.parameters.iter().map(|p| (&p.id, p.meta.span)))
            .chain(model.reactions.iter().map(|r| (&r.id, r.meta.span)));
        let ids: Vec<_> = ids.chain(reference_ids(model)).collect();
        // Looking a value up for this purpose does not make it one that a run needs.
        let value = |(id, span): (&Id, synapta_model::Declared)| (id.clone(), self.meaning(id, span.0));
        ids.into_iter().map(value).collect()
    }

    /// The sizes of the compartments, in the model's order.
    pub fn volumes(&mut self) -> Vec<NodeId> {
        let compartments = self.model.compartments.iter();
        compartments.map(|c| self.value(&c.id, c.meta.span.0)).collect()
    }

    /// True if a name has storage of its own.
    pub fn place(&self, id: &Id) -> Option<Place> {
        self.places.of.get(id).copied()
    }
}

fn reference_ids(model: &Model) -> impl Iterator<Item = (&Id, synapta_model::Declared)> {
    let references = model.reactions.iter().flat_map(|r| r.reactants.iter().chain(&r.products));
    references.filter_map(|s| s.id.as_ref().map(|id| (id, s.meta.span)))
}
