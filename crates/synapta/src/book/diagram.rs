//! A module as a network: inputs, states and outputs, with what turns into what and what acts on what.

use super::influence::{Way, Ways, add, ways};
use super::module::Module;
use std::collections::{BTreeMap, HashMap};
use synapta_model::{Expr, Id, Reaction, RuleKind};
use synapta_report::{EdgeKind, Network, NetworkEdge, NetworkNode, NodeRole, network_svg};

/// The diagram; empty for a module that holds nothing but parts.
pub fn svg(module: &Module) -> String {
    let network = network(module);
    if network.edges.is_empty() { String::new() } else { network_svg(&network) }
}

fn network(module: &Module) -> Network {
    let nodes = nodes(module);
    let place: HashMap<&str, usize> = nodes.iter().enumerate().map(|(i, n)| (n.0.as_str(), i)).collect();
    let edges = Influences::new(module, &place).edges();
    let boxes = nodes.iter().map(|(id, role)| NetworkNode {
        label: id.replace('_', " "),
        about: module.title(id).to_string(),
        role: *role,
    });
    linked(Network { title: format!("{}: what acts on what", module.id), nodes: boxes.collect(), edges })
}

/// Boxes: states; arguments, as outputs if the module sets them and as inputs if not; and its parts.
fn nodes(module: &Module) -> Vec<(Id, NodeRole)> {
    let states: Vec<Id> = module.states().into_iter().cloned().collect();
    let ruled = |id: &str| module.model.rules.iter().any(|r| r.variable == id);
    let argument = |id: &String| {
        let role = if ruled(id) { NodeRole::Output } else { NodeRole::Input };
        (Id::from(id.as_str()), role)
    };
    let arguments: Vec<(Id, NodeRole)> =
        module.arguments.iter().map(argument).filter(|(id, _)| !states.contains(id)).collect();
    let mut out: Vec<(Id, NodeRole)> = arguments.iter().filter(|a| a.1 == NodeRole::Input).cloned().collect();
    out.extend(states.iter().map(|id| {
        let handed_on = module.arguments.iter().any(|a| a == id.as_str());
        (id.clone(), if handed_on { NodeRole::Output } else { NodeRole::State })
    }));
    out.extend(arguments.into_iter().filter(|a| a.1 == NodeRole::Output));
    out
}

/// Leaves out boxes without an arrow.
fn linked(network: Network) -> Network {
    let touched = |i: usize| network.edges.iter().any(|e| e.from == i || e.to == i);
    let kept: Vec<usize> = (0..network.nodes.len()).filter(|i| touched(*i)).collect();
    let place = |old: usize| kept.iter().position(|k| *k == old).unwrap_or(usize::MAX);
    let edges =
        network.edges.iter().map(|e| NetworkEdge { from: place(e.from), to: place(e.to), kind: e.kind }).collect();
    let nodes = kept.iter().map(|i| network.nodes[*i].clone()).collect();
    Network { title: network.title.clone(), nodes, edges }
}

struct Influences<'a> {
    module: &'a Module,
    place: &'a HashMap<&'a str, usize>,
    /// Assignment rules that are followed through, because their variable has no box.
    through: HashMap<&'a str, &'a Expr>,
    found: BTreeMap<(usize, usize), EdgeKind>,
}

impl<'a> Influences<'a> {
    fn new(module: &'a Module, place: &'a HashMap<&'a str, usize>) -> Influences<'a> {
        let rules = module.model.rules.iter().filter(|r| r.kind == RuleKind::Assignment);
        let through =
            rules.filter(|r| !place.contains_key(r.variable.as_str())).map(|r| (r.variable.as_str(), &r.math));
        Influences { module, place, through: through.collect(), found: BTreeMap::new() }
    }

    fn edges(mut self) -> Vec<NetworkEdge> {
        let module = self.module;
        for reaction in &module.model.reactions {
            self.reaction(reaction);
        }
        for rule in &module.model.rules {
            if let Some(to) = self.place.get(rule.variable.as_str()) {
                self.acts(&rule.math, *to, Way::Up);
            }
        }
        self.found.into_iter().map(|((from, to), kind)| NetworkEdge { from, to, kind }).collect()
    }

    /// Reactants become products; what else stands in the rate acts on the products, or against the reactants.
    fn reaction(&mut self, reaction: &Reaction) {
        let at = |s: &synapta_model::SpeciesReference| self.place.get(s.species.as_str()).copied();
        let reactants: Vec<usize> = reaction.reactants.iter().filter_map(at).collect();
        let products: Vec<usize> = reaction.products.iter().filter_map(at).collect();
        for from in &reactants {
            for to in products.iter().filter(|to| *to != from) {
                self.found.insert((*from, *to), EdgeKind::Conversion);
            }
        }
        let Some(law) = &reaction.kinetic_law else { return };
        let (targets, way) = if products.is_empty() { (reactants, Way::Down) } else { (products, Way::Up) };
        for to in targets {
            self.acts(law, to, way);
        }
    }

    fn acts(&mut self, formula: &Expr, to: usize, way: Way) {
        let mut sources = Ways::new();
        self.sources(formula, way, &mut sources, &mut vec![]);
        for (id, way) in sources {
            let Some(from) = self.place.get(id.as_str()).copied().filter(|from| *from != to) else { continue };
            let kind = match way {
                Way::Up => EdgeKind::Raises,
                Way::Down => EdgeKind::Lowers,
                Way::Either => EdgeKind::Either,
            };
            self.found
                .entry((from, to))
                .and_modify(|k| {
                    if *k != EdgeKind::Conversion && *k != kind {
                        *k = EdgeKind::Either;
                    }
                })
                .or_insert(kind);
        }
    }

    /// Boxes that a formula reads, through assignment rules as far as needed.
    fn sources(&self, formula: &Expr, way: Way, out: &mut Ways, on_the_way: &mut Vec<Id>) {
        for (id, own) in ways(formula) {
            let total = own.then(way);
            if self.place.contains_key(id.as_str()) {
                add(out, &id, total);
            } else if let Some(rule) = self.through.get(id.as_str()).filter(|_| !on_the_way.contains(&id)) {
                on_the_way.push(id.clone());
                self.sources(rule, total, out, on_the_way);
                on_the_way.pop();
            }
        }
    }
}
