//! Copies of a record joined: those with one DOI, PMID or PMC number, or one title where identifiers do not contradict.

use std::collections::HashMap;

use super::Record;

/// Letters and digits that a title needs before it can tell a record: `Ketamine.` is the title of many.
const LEAST_TITLE: usize = 20;
/// Years between a paper's appearance online and in print.
const PRINT_LAG: i32 = 1;

/// A record with its copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The first one, with what it lacks taken from the copies.
    pub record: Record,
    /// Positions of all in the list that was read, the first one included.
    pub copies: Vec<usize>,
}

/// Joins copies; the order is that of the first ones.
pub fn join(records: &[Record]) -> Vec<Joined> {
    let mut groups = Groups { root: (0..records.len()).collect() };
    same(records, &mut groups, &|r| r.doi.clone());
    same(records, &mut groups, &|r| r.pmid.clone());
    same(records, &mut groups, &|r| r.pmc.clone());
    titles(records, &mut groups);
    let mut places: HashMap<usize, usize> = HashMap::new();
    let mut out: Vec<Joined> = vec![];
    for (i, record) in records.iter().enumerate() {
        match places.get(&groups.of(i)) {
            Some(place) => {
                fill(&mut out[*place].record, record);
                out[*place].copies.push(i);
            }
            None => {
                places.insert(groups.of(i), out.len());
                out.push(Joined { record: record.clone(), copies: vec![i] });
            }
        }
    }
    out
}

/// Sets of positions, each known by its first one.
struct Groups {
    root: Vec<usize>,
}

impl Groups {
    fn of(&self, mut i: usize) -> usize {
        while self.root[i] != i {
            i = self.root[i];
        }
        i
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.root[a.max(b)] = a.min(b);
    }
}

fn same(records: &[Record], groups: &mut Groups, key: &dyn Fn(&Record) -> String) {
    let mut first: HashMap<String, usize> = HashMap::new();
    for (i, record) in records.iter().enumerate() {
        let key = key(record);
        if !key.is_empty() {
            let seen = *first.entry(key).or_insert(i);
            groups.unite(seen, i);
        }
    }
}

fn titles(records: &[Record], groups: &mut Groups) {
    let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
    for (i, record) in records.iter().enumerate() {
        let title = letters(&record.title);
        if title.chars().count() < LEAST_TITLE {
            continue;
        }
        let others = seen.entry(title).or_default();
        if let Some(other) = others.iter().copied().find(|o| !contradict(&records[*o], record)) {
            groups.unite(other, i);
        }
        others.push(i);
    }
}

/// True for two papers with one title, such as an article and its erratum.
fn contradict(a: &Record, b: &Record) -> bool {
    let differ = |x: &str, y: &str| !x.is_empty() && !y.is_empty() && x != y;
    let apart = matches!((a.year, b.year), (Some(x), Some(y)) if (x - y).abs() > PRINT_LAG);
    differ(&a.doi, &b.doi) || differ(&a.pmid, &b.pmid) || apart
}

fn letters(title: &str) -> String {
    title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn fill(record: &mut Record, copy: &Record) {
    let text = |own: &mut String, other: &String| {
        if own.is_empty() {
            own.clone_from(other);
        }
    };
    text(&mut record.summary, &copy.summary);
    text(&mut record.design, &copy.design);
    text(&mut record.species, &copy.species);
    text(&mut record.journal, &copy.journal);
    text(&mut record.doi, &copy.doi);
    text(&mut record.pmid, &copy.pmid);
    text(&mut record.pmc, &copy.pmc);
    text(&mut record.title, &copy.title);
    record.year = record.year.or(copy.year);
    if record.authors.is_empty() {
        record.authors.clone_from(&copy.authors);
    }
    for (own, other) in [(&mut record.keywords, &copy.keywords), (&mut record.kinds, &copy.kinds)] {
        let more: Vec<String> = other.iter().filter(|w| !own.contains(w)).cloned().collect();
        own.extend(more);
    }
}
