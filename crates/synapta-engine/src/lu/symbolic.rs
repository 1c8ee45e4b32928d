//! The order of elimination and the tables that drive it.

use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// One column of L and row of U, in elimination order. Numbers stand together: pivot, then L, then U.
#[derive(Clone, Debug)]
pub(crate) struct Pivot {
    /// Row and column of the matrix eliminated here.
    pub index: u32,
    /// Where its numbers begin in the value array.
    pub start: u32,
    /// Entries of L below it.
    pub lower: u32,
    /// Entries of U right of it.
    pub upper: u32,
}

/// The analysis of a pattern: diagonal pivots in the order of least fill (Markowitz 1957), and where every product goes.
///
/// The matrix may be block lower triangular with the same n by n block J all along the diagonal and further blocks in
/// the first block column, as that of a system with its sensitivities. J alone is factorised, once for all blocks.
#[derive(Clone, Debug)]
pub(crate) struct Symbolic {
    /// Size of J.
    pub n: usize,
    pub pivots: Vec<Pivot>,
    /// Row of each L entry, pivot after pivot.
    pub lower_rows: Vec<u32>,
    /// Column of each U entry, pivot after pivot.
    pub upper_columns: Vec<u32>,
    /// Place of each L*U product, pivot after pivot, row by row.
    pub targets: Vec<u32>,
    /// Products that fall on a diagonal: (L place, U place, index), pivot after pivot.
    pub diagonal_products: Vec<(u32, u32, u32)>,
    /// Number of those up to and including each pivot.
    pub diagonal_ends: Vec<u32>,
    /// Place of each diagonal entry, by index.
    pub diagonal: Vec<u32>,
    /// Place of each entry of J, in the pattern's order.
    pub entries: Vec<u32>,
    /// The pattern, (row, column): J's entries, then those of the further blocks, block after block.
    pub pattern: Vec<(u32, u32)>,
    /// Number of entries of each further block.
    pub couplings: Vec<u32>,
    /// Length of the value array.
    pub len: usize,
}

impl Symbolic {
    /// Analyses the n by n pattern of J (row, column); the diagonal is always there.
    pub fn new(n: usize, pattern: &[(u32, u32)]) -> Symbolic {
        let (order, fill_rows, fill_columns) = eliminate(n, pattern);
        let mut s = Symbolic {
            n,
            pivots: Vec::with_capacity(n),
            lower_rows: vec![],
            upper_columns: vec![],
            targets: vec![],
            diagonal_products: vec![],
            diagonal_ends: vec![],
            diagonal: vec![0; n],
            entries: vec![],
            pattern: pattern.to_vec(),
            couplings: vec![],
            len: 0,
        };
        let mut place = FxHashMap::default();
        for p in &order {
            s.add_pivot(*p, &fill_columns[*p as usize], &fill_rows[*p as usize], &mut place);
        }
        s.len = place.len();
        s.entries = pattern.iter().map(|at| place[at]).collect();
        s.diagonal = (0..n as u32).map(|i| place[&(i, i)]).collect();
        s.add_products(&place);
        s
    }

    /// As [`Symbolic::new`] for J, with further blocks below it, each given by its pattern with rows of the whole matrix.
    pub fn with_blocks(n: usize, pattern: &[(u32, u32)], blocks: &[Vec<(u32, u32)>]) -> Symbolic {
        let mut s = Symbolic::new(n, pattern);
        s.pattern.extend(blocks.iter().flatten());
        s.couplings = blocks.iter().map(|b| b.len() as u32).collect();
        s
    }

    fn add_pivot(&mut self, p: u32, rows: &[u32], columns: &[u32], place: &mut FxHashMap<(u32, u32), u32>) {
        let start = place.len() as u32;
        let mut put = |at| {
            let next = place.len() as u32;
            place.insert(at, next);
        };
        put((p, p));
        rows.iter().for_each(|r| put((*r, p)));
        columns.iter().for_each(|c| put((p, *c)));
        self.lower_rows.extend(rows);
        self.upper_columns.extend(columns);
        self.pivots.push(Pivot { index: p, start, lower: rows.len() as u32, upper: columns.len() as u32 });
    }

    fn add_products(&mut self, place: &FxHashMap<(u32, u32), u32>) {
        let (mut row_at, mut column_at) = (0, 0);
        for k in 0..self.pivots.len() {
            let p = self.pivots[k].clone();
            let rows = self.lower_rows[row_at..row_at + p.lower as usize].to_vec();
            let columns = &self.upper_columns[column_at..column_at + p.upper as usize];
            for (a, r) in rows.iter().enumerate() {
                for (b, c) in columns.iter().enumerate() {
                    self.targets.push(place[&(*r, *c)]);
                    if r == c {
                        let lower = p.start + 1 + a as u32;
                        let upper = p.start + 1 + p.lower + b as u32;
                        self.diagonal_products.push((lower, upper, *r));
                    }
                }
            }
            self.diagonal_ends.push(self.diagonal_products.len() as u32);
            row_at += p.lower as usize;
            column_at += p.upper as usize;
        }
    }
}

type Lists = Vec<Vec<u32>>;

/// The elimination order with the entries of each pivot's row and column that are still active then.
fn eliminate(n: usize, pattern: &[(u32, u32)]) -> (Vec<u32>, Lists, Lists) {
    let mut rows = vec![BTreeSet::new(); n];
    let mut columns = vec![BTreeSet::new(); n];
    for (r, c) in pattern.iter().filter(|(r, c)| r != c) {
        rows[*r as usize].insert(*c);
        columns[*c as usize].insert(*r);
    }
    // Candidates by (fill bound, entries, index), kept up to date: the least is the next pivot.
    let key = |rows: &[BTreeSet<u32>], columns: &[BTreeSet<u32>], i: u32| {
        let (r, c) = (rows[i as usize].len(), columns[i as usize].len());
        (r * c, r + c, i)
    };
    let mut queue: BTreeSet<_> = (0..n as u32).map(|i| key(&rows, &columns, i)).collect();
    let (mut order, mut fill_rows, mut fill_columns) = (vec![], vec![vec![]; n], vec![vec![]; n]);
    while let Some((_, _, p)) = queue.pop_first() {
        let own_row: Vec<u32> = std::mem::take(&mut rows[p as usize]).into_iter().collect();
        let own_column: Vec<u32> = std::mem::take(&mut columns[p as usize]).into_iter().collect();
        let touched: BTreeSet<u32> = own_row.iter().chain(&own_column).copied().collect();
        for i in &touched {
            queue.remove(&key(&rows, &columns, *i));
        }
        for c in &own_row {
            columns[*c as usize].remove(&p);
        }
        for r in &own_column {
            rows[*r as usize].remove(&p);
            for c in own_row.iter().filter(|c| *c != r) {
                rows[*r as usize].insert(*c);
                columns[*c as usize].insert(*r);
            }
        }
        for i in touched {
            queue.insert(key(&rows, &columns, i));
        }
        order.push(p);
        fill_rows[p as usize] = own_row;
        fill_columns[p as usize] = own_column;
    }
    (order, fill_rows, fill_columns)
}
