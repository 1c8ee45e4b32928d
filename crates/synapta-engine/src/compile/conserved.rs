//! States that need not be integrated, because a conserved sum determines them.
//!
//! A Rosenbrock increment u solves (I/(h gamma) - J) u = r. Where a weighted sum of the rates is zero, so is that of J's rows, of r, and
//! hence of u: every stage keeps the sum. Integrating one of its states less changes rounding alone: the state is the sum less the others, and
//! vectors, matrix and stages are shorter. Doses and events change sums; they are taken anew whenever a state is set.

use super::initial::InitialPlan;
use super::places::{Place, Places};
use std::collections::{HashMap, HashSet};
use synapta_model::moiety::{Moiety, moieties};
use synapta_model::{Id, Model};

/// A state that is a conserved sum less others: `state = sum - total of weight times other`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Dependent {
    /// States that are integrated, with their weights.
    pub terms: Vec<(u32, f64)>,
}

impl Dependent {
    /// The sum, from the state and the others.
    pub fn sum(&self, own: f64, states: &[f64]) -> f64 {
        self.terms.iter().fold(own, |sum, (i, weight)| weight.mul_add(states[*i as usize], sum))
    }

    /// The state, from the sum and the others. With 0 for the sum: the change of the state from the others' changes.
    pub fn rest(&self, sum: f64, states: &[f64]) -> f64 {
        self.terms.iter().fold(sum, |rest, (i, weight)| (-weight).mul_add(states[*i as usize], rest))
    }
}

/// Sums of more states than this stay as they are: each place that uses the state would use all others.
const MOST_TERMS: usize = 8;

/// A conserved sum by state, the weight of the state that it determines being 1.
struct Row {
    own: usize,
    weights: HashMap<usize, f64>,
}

/// Puts states that conserved sums determine behind the others.
pub(super) fn arrange(model: &Model, places: &mut Places) {
    let sums = whole_sums(model, places);
    if sums.is_empty() {
        return;
    }
    let worth = Worth::new(model, places);
    let mut rows: Vec<Row> = vec![];
    for sum in sums {
        add(&mut rows, sum, &worth);
    }
    reorder(places, &rows);
}

/// The sums over states that hold to the last digit, short ones first.
fn whole_sums(model: &Model, places: &Places) -> Vec<HashMap<usize, f64>> {
    let state = |id: &Id| match places.of.get(id) {
        Some(Place::State(i)) => Some(*i),
        _ => None,
    };
    let mut found = moieties(model);
    found.retain(|m| is_exact(model, m));
    found.sort_by_key(|m| m.terms.len());
    found.iter().filter_map(|m| m.terms.iter().map(|(id, w)| Some((state(id)?, *w as f64))).collect()).collect()
}

/// True if the written stoichiometries cancel without rounding.
fn is_exact(model: &Model, moiety: &Moiety) -> bool {
    let weights: HashMap<&Id, f64> = moiety.terms.iter().map(|(id, w)| (id, *w as f64)).collect();
    model.reactions.iter().all(|r| {
        let sides = r.products.iter().map(|s| (s, 1.0)).chain(r.reactants.iter().map(|s| (s, -1.0)));
        let change = |(s, sign): (&synapta_model::SpeciesReference, f64)| {
            weights.get(&s.species).map_or(0.0, |w| sign * w * s.stoichiometry.unwrap_or(1.0))
        };
        sides.map(change).sum::<f64>() == 0.0
    })
}

/// Which state of a sum is best left to it.
struct Worth {
    /// Amount of each state at the start, doses aside.
    sizes: Vec<f64>,
    /// States that some formula names.
    named: HashSet<usize>,
}

impl Worth {
    fn new(model: &Model, places: &Places) -> Worth {
        let plan = InitialPlan::new(model, places, &HashSet::new(), &mut vec![]);
        let sizes = plan.stored(places).0.into_iter().map(f64::abs).collect();
        let laws = model.reactions.iter().filter_map(|r| r.kinetic_law.as_ref());
        let formulas = laws.chain(model.rules.iter().map(|r| &r.math));
        let symbols = formulas.flat_map(|f| f.symbols()).filter_map(|id| match places.of.get(id) {
            Some(Place::State(i)) => Some(*i),
            _ => None,
        });
        Worth { sizes, named: symbols.collect() }
    }

    /// What nothing depends on comes first; else the largest, which loses least when the others are taken from the sum.
    fn best(&self, weights: &HashMap<usize, f64>) -> Option<usize> {
        let order = |a: &usize, b: &usize| {
            let free = |i: &usize| !self.named.contains(i);
            free(a).cmp(&free(b)).then(self.sizes[*a].total_cmp(&self.sizes[*b])).then(b.cmp(a))
        };
        weights.keys().copied().max_by(order)
    }
}

/// Adds a sum to those in reduced form, in which no sum names a state that another determines; leaves it out where sums
/// would grow too long or weights lose digits.
fn add(rows: &mut Vec<Row>, mut weights: HashMap<usize, f64>, worth: &Worth) {
    for row in rows.iter() {
        if let Some(factor) = weights.get(&row.own).copied() {
            subtract(&mut weights, factor, &row.weights);
        }
    }
    let Some(own) = worth.best(&weights) else { return };
    let scale = weights[&own];
    weights.values_mut().for_each(|w| *w /= scale);
    let without = |row: &Row| {
        let mut left = row.weights.clone();
        if let Some(factor) = left.get(&own).copied() {
            subtract(&mut left, factor, &weights);
        }
        left
    };
    let mut reduced: Vec<HashMap<usize, f64>> = rows.iter().map(without).collect();
    let fits = |w: &HashMap<usize, f64>| w.len() <= MOST_TERMS && w.values().all(|v| (v * 64.0).fract() == 0.0);
    if !reduced.iter().chain([&weights]).all(fits) {
        return;
    }
    for (row, left) in rows.iter_mut().zip(reduced.drain(..)) {
        row.weights = left;
    }
    rows.push(Row { own, weights });
}

fn subtract(from: &mut HashMap<usize, f64>, factor: f64, weights: &HashMap<usize, f64>) {
    for (i, w) in weights {
        *from.entry(*i).or_default() -= factor * w;
    }
    from.retain(|_, w| *w != 0.0);
}

fn reorder(places: &mut Places, rows: &[Row]) {
    let determined: HashSet<usize> = rows.iter().map(|r| r.own).collect();
    let moving = (0..places.states.len()).filter(|i| !determined.contains(i));
    let order: Vec<usize> = moving.chain(rows.iter().map(|r| r.own)).collect();
    let mut place = vec![0; order.len()];
    for (now, before) in order.iter().enumerate() {
        place[*before] = now;
    }
    places.states = order.iter().map(|before| places.states[*before].clone()).collect();
    for (i, id) in places.states.iter().enumerate() {
        places.of.insert(id.clone(), Place::State(i));
    }
    let dependent = |row: &Row| {
        let others = row.weights.iter().filter(|(i, _)| **i != row.own);
        let mut terms: Vec<(u32, f64)> = others.map(|(i, w)| (place[*i] as u32, *w)).collect();
        terms.sort_by_key(|(i, _)| *i);
        Dependent { terms }
    };
    places.dependents = rows.iter().map(dependent).collect();
}
