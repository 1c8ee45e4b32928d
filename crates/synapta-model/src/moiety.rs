//! Conserved sums: what reactions only move around.
//!
//! The left null space of the stoichiometry matrix, component by component, in whole numbers. Sums without minus signs
//! are preferred, found by the tableau of Schuster and Höfer (1991), J. Chem. Soc. Faraday Trans. 87, 2561-2566;
//! where these do not span the null space, vectors from exact elimination fill it up.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use crate::{Id, Model, RuleKind, SpeciesReference};

/// A weighted sum of amounts of species that no reaction changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moiety {
    /// Species with their weights, in the order of the model; the first weight is positive, the greatest common divisor 1.
    pub terms: Vec<(Id, i64)>,
}

impl fmt::Display for Moiety {
    /// `a + 2 b - c`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (id, weight)) in self.terms.iter().enumerate() {
            let sign = match (i, *weight < 0) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            };
            match weight.unsigned_abs() {
                1 => write!(f, "{sign}{id}")?,
                n => write!(f, "{sign}{n} {id}")?,
            }
        }
        Ok(())
    }
}

/// Most rows the tableau of one component may grow to before elimination alone is used.
const MOST_ROWS: usize = 2000;

/// The conserved sums of a model: as many as are independent.
///
/// Species that something else changes take no part: boundary and constant species, those with a rule, those whose
/// stoichiometry can change, those with a conversion factor of their own; with an algebraic rule, none does. Events that
/// set a species may break a sum. Components whose whole numbers outgrow 128 bits are left out.
pub fn moieties(model: &Model) -> Vec<Moiety> {
    if model.rules.iter().any(|r| r.kind == RuleKind::Algebraic) {
        return vec![];
    }
    let (species, columns) = stoichiometry(model);
    let mut out = vec![];
    for rows in components(species.len(), &columns) {
        for vector in null_space(&rows, &columns) {
            let terms = rows.iter().zip(vector).filter(|(_, w)| *w != 0);
            let terms = terms.filter_map(|(row, w)| Some((species[*row].clone(), i64::try_from(w).ok()?))).collect();
            out.push(Moiety { terms });
        }
    }
    out
}

/// A reaction: net whole-number change of each row.
type Column = BTreeMap<usize, i128>;

/// Species that take part, and one column for each reaction that changes any.
fn stoichiometry(model: &Model) -> (Vec<Id>, Vec<Column>) {
    let mut free: HashSet<&Id> = model
        .species
        .iter()
        .filter(|s| !s.boundary && !s.constant && s.conversion_factor.is_none())
        .map(|s| &s.id)
        .collect();
    model.rules.iter().for_each(|r| {
        free.remove(&r.variable);
    });
    let references = |r: &'_ crate::Reaction| -> Vec<(SpeciesReference, f64)> {
        let made = r.products.iter().map(|s| (s.clone(), 1.0));
        r.reactants.iter().map(|s| (s.clone(), -1.0)).chain(made).collect()
    };
    let mut taking_part: HashSet<Id> = HashSet::new();
    let mut denominators = vec![];
    for r in &model.reactions {
        let mut denominator = 1;
        for (s, _) in references(r) {
            taking_part.insert(s.species.clone());
            let fixed = s.constant && !is_computed(model, s.id.as_ref());
            match s.stoichiometry.filter(|_| fixed).and_then(|v| denominator_of(v, denominator)) {
                Some(d) => denominator = d,
                None => {
                    free.remove(&s.species);
                }
            }
        }
        denominators.push(denominator);
    }
    let kept = model.species.iter().filter(|s| free.contains(&s.id) && taking_part.contains(&s.id));
    let species: Vec<Id> = kept.map(|s| s.id.clone()).collect();
    let row: HashMap<&Id, usize> = species.iter().enumerate().map(|(i, id)| (id, i)).collect();
    let mut columns = vec![];
    for (r, denominator) in model.reactions.iter().zip(denominators) {
        let mut column = Column::new();
        for (s, sign) in references(r) {
            if let (Some(i), Some(v)) = (row.get(&s.species), s.stoichiometry) {
                *column.entry(*i).or_default() += (sign * v * denominator as f64).round() as i128;
            }
        }
        column.retain(|_, v| *v != 0);
        columns.push(column);
    }
    (species, columns)
}

fn is_computed(model: &Model, id: Option<&Id>) -> bool {
    id.is_some_and(|id| model.rule_for(id).is_some() || model.initial_assignments.iter().any(|a| a.symbol == *id))
}

/// The smallest multiple of `so_far`, at most 10 000, that makes `value` whole.
fn denominator_of(value: f64, so_far: i64) -> Option<i64> {
    let is_whole = |d: i64| {
        let scaled = value * d as f64;
        scaled.is_finite() && scaled.abs() < 1e9 && (scaled - scaled.round()).abs() < 1e-9 * scaled.abs().max(1.0)
    };
    (1..=10_000 / so_far).map(|k| k * so_far).find(|d| is_whole(*d))
}

/// Rows joined by reactions, each group sorted.
fn components(rows: usize, columns: &[Column]) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..rows).collect();
    fn root(parent: &mut [usize], mut i: usize) -> usize {
        while parent[i] != i {
            parent[i] = parent[parent[i]];
            i = parent[i];
        }
        i
    }
    for column in columns {
        let Some(first) = column.keys().next() else { continue };
        for other in column.keys() {
            let (a, b) = (root(&mut parent, *first), root(&mut parent, *other));
            parent[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..rows {
        groups.entry(root(&mut parent, i)).or_default().push(i);
    }
    groups.into_values().collect()
}

/// Independent whole-number vectors over `rows` that every column leaves alone.
fn null_space(rows: &[usize], columns: &[Column]) -> Vec<Vec<i128>> {
    let matrix = dense(rows, columns);
    let Some(basis) = eliminate(&matrix) else { return vec![] };
    let mut candidates = non_negative(&matrix).unwrap_or_default();
    candidates.sort_by_key(|v| v.iter().filter(|w| **w != 0).count());
    let mut kept: Vec<Vec<i128>> = vec![];
    for vector in candidates.into_iter().chain(basis.iter().cloned()) {
        if kept.len() == basis.len() {
            break;
        }
        kept.push(vector);
        if rank(&kept) != Some(kept.len()) {
            kept.pop();
        }
    }
    kept
}

/// One row for each species of the component, one column for each reaction that touches it, repeats left out.
fn dense(rows: &[usize], columns: &[Column]) -> Vec<Vec<i128>> {
    let mut seen = HashSet::new();
    let touching = columns.iter().filter(|c| c.keys().any(|i| rows.binary_search(i).is_ok()) && seen.insert(*c));
    let touching: Vec<&Column> = touching.collect();
    rows.iter().map(|i| touching.iter().map(|c| c.get(i).copied().unwrap_or(0)).collect()).collect()
}

/// A tableau row: what is left of the reactions, and the weights that gave it.
type Row = (Vec<i128>, Vec<i128>);

/// Reactions first, then the unit matrix of weights.
fn tableau(matrix: &[Vec<i128>]) -> Vec<Row> {
    let unit = |i: usize| (0..matrix.len()).map(|j| i128::from(i == j)).collect();
    matrix.iter().enumerate().map(|(i, row)| (row.clone(), unit(i))).collect()
}

/// `a * row + b * other`, divided by its greatest common divisor; `None` on overflow.
fn combine(row: &Row, a: i128, other: &Row, b: i128) -> Option<Row> {
    let mix = |x: &[i128], y: &[i128]| -> Option<Vec<i128>> {
        let sum = |(x, y): (&i128, &i128)| a.checked_mul(*x)?.checked_add(b.checked_mul(*y)?);
        x.iter().zip(y).map(sum).collect()
    };
    Some(reduced((mix(&row.0, &other.0)?, mix(&row.1, &other.1)?)))
}

fn reduced(mut row: Row) -> Row {
    let divisor = row.0.iter().chain(&row.1).fold(0, |g, v| gcd(g, *v));
    if divisor > 1 {
        row.0.iter_mut().chain(&mut row.1).for_each(|v| *v /= divisor);
    }
    row
}

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(1)
}

/// Exact elimination: weights of the rows that vanish, first weight positive. `None` on overflow.
fn eliminate(matrix: &[Vec<i128>]) -> Option<Vec<Vec<i128>>> {
    let (_, vanished) = reduce(tableau(matrix))?;
    let oriented = |v: Vec<i128>| {
        let flip = v.iter().find(|w| **w != 0).is_some_and(|w| *w < 0);
        if flip { v.into_iter().map(|w| -w).collect() } else { v }
    };
    Some(vanished.into_iter().map(|(_, weights)| oriented(weights)).collect())
}

/// Rows with a pivot, and rows that vanished.
fn reduce(mut open: Vec<Row>) -> Option<(usize, Vec<Row>)> {
    let width = open.first().map_or(0, |r| r.0.len());
    let mut pivots = 0;
    for j in 0..width {
        let Some(at) = open.iter().position(|r| r.0[j] != 0) else { continue };
        let pivot = open.swap_remove(at);
        pivots += 1;
        for row in open.iter_mut().filter(|r| r.0[j] != 0) {
            let g = gcd(pivot.0[j], row.0[j]);
            *row = combine(row, pivot.0[j] / g, &pivot, -row.0[j] / g)?;
        }
    }
    Some((pivots, open))
}

fn rank(vectors: &[Vec<i128>]) -> Option<usize> {
    reduce(vectors.iter().map(|v| (v.clone(), vec![])).collect()).map(|(pivots, _)| pivots)
}

/// All sums without minus signs that contain no smaller one; `None` if there are too many or numbers outgrow.
fn non_negative(matrix: &[Vec<i128>]) -> Option<Vec<Vec<i128>>> {
    let mut rows = tableau(matrix);
    let width = matrix.first().map_or(0, Vec::len);
    for j in 0..width {
        let (zero, rest): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|r| r.0[j] == 0);
        let (up, down): (Vec<Row>, Vec<Row>) = rest.into_iter().partition(|r| r.0[j] > 0);
        let mut next = zero;
        if next.len() + up.len().checked_mul(down.len())? > 4 * MOST_ROWS {
            return None;
        }
        for (a, b) in up.iter().flat_map(|a| down.iter().map(move |b| (a, b))) {
            let g = gcd(a.0[j], b.0[j]);
            next.push(combine(a, -b.0[j] / g, b, a.0[j] / g)?);
        }
        rows = minimal(next);
        if rows.len() > MOST_ROWS {
            return None;
        }
    }
    Some(rows.into_iter().map(|(_, weights)| weights).collect())
}

/// Drops rows whose species include all those of another row.
fn minimal(mut rows: Vec<Row>) -> Vec<Row> {
    let support = |r: &Row| r.1.iter().enumerate().filter(|(_, w)| **w != 0).map(|(i, _)| i).collect::<HashSet<_>>();
    rows.sort_by_key(|r| r.1.iter().filter(|w| **w != 0).count());
    let mut kept: Vec<(HashSet<usize>, Row)> = vec![];
    for row in rows {
        let mine = support(&row);
        if !kept.iter().any(|(theirs, _)| theirs.is_subset(&mine)) {
            kept.push((mine, row));
        }
    }
    kept.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InitialValue, Meta, Reaction, Species};
    use proptest::prelude::*;

    /// `model(&["a + 2 b -> c"])`, all species free.
    fn model(reactions: &[&str]) -> Model {
        let mut out = Model::default();
        for (i, text) in reactions.iter().enumerate() {
            let (from, to) = text.split_once("->").unwrap();
            let (reactants, products) = (side(from), side(to));
            for s in reactants.iter().chain(&products) {
                if !out.species.iter().any(|known| known.id == s.species) {
                    out.species.push(species(&s.species));
                }
            }
            out.reactions.push(Reaction {
                id: format!("r{i}").into(),
                reactants,
                products,
                modifiers: vec![],
                kinetic_law: None,
                local_parameters: vec![],
                reversible: true,
                compartment: None,
                meta: Meta::default(),
            });
        }
        out
    }

    fn species(id: &Id) -> Species {
        Species {
            id: id.clone(),
            compartment: "c".into(),
            initial: Some(InitialValue::Amount(1.0)),
            substance_units: None,
            only_substance_units: true,
            boundary: false,
            constant: false,
            conversion_factor: None,
            meta: Meta::default(),
        }
    }

    fn side(text: &str) -> Vec<SpeciesReference> {
        let terms = text.split('+').map(str::trim).filter(|t| !t.is_empty());
        terms
            .map(|t| {
                let (n, id) = t.split_once(' ').unwrap_or(("1", t));
                SpeciesReference {
                    id: None,
                    species: id.into(),
                    stoichiometry: Some(n.parse().unwrap()),
                    constant: true,
                    meta: Meta::default(),
                }
            })
            .collect()
    }

    fn sums(reactions: &[&str]) -> Vec<String> {
        moieties(&model(reactions)).iter().map(Moiety::to_string).collect()
    }

    #[test]
    fn a_phosphorylation_cycle_keeps_its_protein() {
        assert_eq!(sums(&["akt -> akt_p", "akt_p -> akt"]), ["akt + akt_p"]);
    }

    #[test]
    fn an_enzyme_and_its_substrate_are_two_sums() {
        assert_eq!(sums(&["e + s -> es", "es -> e + p"]), ["e + es", "s + es + p"]);
    }

    #[test]
    fn synthesis_and_degradation_keep_nothing() {
        assert_eq!(sums(&["-> a", "a -> b", "b ->"]), Vec::<String>::new());
    }

    #[test]
    fn weights_follow_the_stoichiometry() {
        assert_eq!(sums(&["2 m -> d", "d + 2 m -> t"]), ["m + 2 d + 4 t"]);
        assert_eq!(sums(&["0.5 a -> b"]), ["2 a + b"]);
    }

    #[test]
    fn a_difference_is_kept_where_no_sum_is() {
        assert_eq!(sums(&["-> a + b", "a + b ->"]), ["a - b"]);
    }

    #[test]
    fn a_catalyst_is_kept_alone() {
        assert_eq!(sums(&["e + a -> e"]), ["e"]);
    }

    #[test]
    fn separate_parts_are_told_apart() {
        assert_eq!(sums(&["a -> a_p", "b -> b_p"]), ["a + a_p", "b + b_p"]);
    }

    #[test]
    fn species_changed_otherwise_take_no_part() {
        let mut boundary = model(&["a -> b"]);
        boundary.species[0].boundary = true;
        assert_eq!(moieties(&boundary), vec![]);
        let ruled = model(&["a -> b"]).rate("b", crate::Expr::number(0.0));
        assert_eq!(moieties(&ruled), vec![]);
        let mut varying = model(&["a -> b"]);
        varying.reactions[0].products[0].constant = false;
        assert_eq!(moieties(&varying), vec![]);
    }

    /// The atoms of adenosine and phosphate in a small network, known from chemistry.
    #[test]
    fn adenylates_keep_adenosine_and_phosphate() {
        let found = sums(&["atp -> adp + pi", "atp + amp -> 2 adp"]);
        assert_eq!(found.len(), 2);
        assert!(found.contains(&"atp + adp + amp".to_string()), "{found:?}");
    }

    /// Species numbers with their stoichiometries.
    type Side = Vec<(u8, u8)>;

    fn network() -> impl Strategy<Value = Vec<(Side, Side)>> {
        let side = || proptest::collection::vec((0_u8..6, 1_u8..4), 0..3);
        proptest::collection::vec((side(), side()), 1..7)
    }

    proptest! {
        /// Every sum is left alone by every reaction, and there are as many as the rank leaves room for.
        #[test]
        fn sums_are_conserved_and_complete(network in network()) {
            let write = |side: &Side| side.iter().map(|(s, n)| format!("{n} s{s}")).collect::<Vec<_>>().join(" + ");
            let texts: Vec<String> = network.iter().map(|(a, b)| format!("{} -> {}", write(a), write(b))).collect();
            let model = model(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            let found = moieties(&model);
            for moiety in &found {
                let weight: HashMap<&Id, f64> = moiety.terms.iter().map(|(id, w)| (id, *w as f64)).collect();
                for r in &model.reactions {
                    let total = |side: &[SpeciesReference]| -> f64 {
                        side.iter().map(|s| weight.get(&s.species).unwrap_or(&0.0) * s.stoichiometry.unwrap()).sum()
                    };
                    prop_assert_eq!(total(&r.reactants), total(&r.products), "{} in {}", moiety, r.id);
                }
            }
            let (species, columns) = stoichiometry(&model);
            let all: Vec<usize> = (0..species.len()).collect();
            prop_assert_eq!(found.len(), species.len() - rank(&dense(&all, &columns)).unwrap());
        }
    }
}
