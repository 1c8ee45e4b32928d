//! Factorisation and solution as lines: the operations of [`crate::lu::Factors`], in its order.

use super::line::{Line, Op, Place};
use super::machine::TEMPORARIES;
use crate::lu::Symbolic;

/// What a pivot must exceed, as a share of the terms it is the sum of; that of [`crate::lu`].
const CANCELLATION: f64 = 1e-13;
const ABSOLUTE: u64 = !(1 << 63);

/// Number of products of an elimination.
pub(super) fn products(s: &Symbolic) -> usize {
    s.targets.len()
}

/// A line over values, J's entries, working memory, and g; it notes the lanes whose pivots are worth using.
pub(super) fn factorisation(s: &Symbolic) -> Line {
    let mut line = Line::new(&[s.len, s.pattern.len(), s.n + TEMPORARIES, 1]);
    line.live = (0..s.len as u32).collect();
    let mut f = Factorisation::new(line, s);
    let mut targets = s.targets.iter();
    let mut rows = s.lower_rows.iter();
    let mut columns = s.upper_columns.as_slice();
    for p in &s.pivots {
        let (own, later) = columns.split_at(p.upper as usize);
        columns = later;
        f.pivot(p.start, p.index);
        for k in 0..p.lower {
            let a = f.value(p.start + 1 + k);
            f.line.push(Op::Mul, a, &[a, p.start]);
            let row = rows.next().copied();
            for (j, (column, target)) in own.iter().zip(&mut targets).enumerate() {
                let u = f.value(p.start + 1 + p.lower + j as u32);
                f.subtract(*target, a, u, (row == Some(*column)).then_some(*column));
            }
        }
        (0..p.upper).for_each(|j| {
            f.value(p.start + 1 + p.lower + j);
        });
    }
    f.line
}

struct Factorisation {
    line: Line,
    /// For each value, J's entry there.
    entries: Vec<Option<Place>>,
    /// For each value, true if it is on the diagonal.
    diagonal: Vec<bool>,
    /// For each value, true once it has been loaded.
    loaded: Vec<bool>,
    /// For each row, true once products fell on its diagonal.
    summed: Vec<bool>,
    /// Places of working memory, and of g.
    work: Place,
    g: Place,
    n: u32,
}

impl Factorisation {
    fn new(line: Line, s: &Symbolic) -> Factorisation {
        let (jacobian, work, g) = (line.areas[1], line.areas[2], line.areas[3]);
        let mut entries = vec![None; s.len];
        for (k, place) in s.entries.iter().enumerate() {
            entries[*place as usize] = Some(jacobian + k as u32);
        }
        let mut diagonal = vec![false; s.len];
        s.diagonal.iter().for_each(|place| diagonal[*place as usize] = true);
        let (loaded, summed) = (vec![false; s.len], vec![false; s.n]);
        Factorisation { line, entries, diagonal, loaded, summed, work, g, n: s.n as u32 }
    }

    fn temporary(&self, k: u32) -> Place {
        self.work + self.n + k
    }

    /// What stands at a place before anything was taken from it: g on the diagonal, else zero.
    fn ground(&mut self, place: Place) -> Place {
        if self.diagonal[place as usize] { self.g } else { self.line.constant(0) }
    }

    /// The place of a value, loaded if it was not: g or zero, less J's entry.
    fn value(&mut self, place: Place) -> Place {
        if !std::mem::replace(&mut self.loaded[place as usize], true) {
            let ground = self.ground(place);
            match self.entries[place as usize] {
                Some(entry) => self.line.push(Op::Sub, place, &[ground, entry]),
                None => self.line.push(Op::Copy, place, &[ground]),
            }
        }
        place
    }

    /// Judges a pivot and puts its inverse in its place.
    fn pivot(&mut self, start: Place, row: u32) {
        let pivot = self.value(start);
        let (size, least) = (self.temporary(0), self.temporary(1));
        let absolute = self.line.constant(ABSOLUTE);
        let share = self.line.constant(CANCELLATION.to_bits());
        let one = self.line.constant(1f64.to_bits());
        self.line.push(Op::And, size, &[pivot, absolute]);
        let magnitude = if self.summed[row as usize] { self.work + row } else { size };
        self.line.push(Op::Mul, least, &[magnitude, share]);
        // An infinite pivot fails too: the sum of its terms' sizes is then infinite as well, since rounding keeps order.
        self.line.push(Op::Greater, super::line::NOWHERE, &[size, least]);
        self.line.push(Op::Div, pivot, &[one, pivot]);
    }

    /// Takes `a*u` from a value; on the diagonal of a row its size counts in what the pivot is judged against.
    fn subtract(&mut self, target: Place, a: Place, u: Place, row: Option<u32>) {
        let Some(row) = row else {
            let fill = !self.loaded[target as usize] && self.entries[target as usize].is_none();
            let before = if fill { self.ground(target) } else { self.value(target) };
            self.loaded[target as usize] = true;
            return self.line.push(Op::SubMul, target, &[a, u, before]);
        };
        let target = self.value(target);
        let (product, size, magnitude) = (self.temporary(2), self.temporary(3), self.work + row);
        let absolute = self.line.constant(ABSOLUTE);
        if !std::mem::replace(&mut self.summed[row as usize], true) {
            self.line.push(Op::And, magnitude, &[target, absolute]);
        }
        self.line.push(Op::SubMul, target, &[a, u, target]);
        self.line.push(Op::Mul, product, &[a, u]);
        self.line.push(Op::And, size, &[product, absolute]);
        self.line.push(Op::Add, magnitude, &[magnitude, size]);
    }
}

/// A line over the right-hand side, which becomes the solution, and the values of a factorisation.
pub(super) fn solution(s: &Symbolic) -> Line {
    let mut line = Line::new(&[s.n, s.len]);
    line.live = (0..s.n as u32).collect();
    let values = line.areas[1];
    let mut rows = s.lower_rows.iter();
    for p in &s.pivots {
        let lower = values + p.start + 1;
        for (k, row) in (0..p.lower).zip(&mut rows) {
            line.push(Op::SubMul, *row, &[lower + k, p.index, *row]);
        }
    }
    let mut end = s.upper_columns.len();
    for p in s.pivots.iter().rev() {
        let first = end - p.upper as usize;
        let upper = values + p.start + 1 + p.lower;
        for (k, column) in s.upper_columns[first..end].iter().enumerate() {
            line.push(Op::SubMul, p.index, &[upper + k as u32, *column, p.index]);
        }
        line.push(Op::Mul, p.index, &[p.index, values + p.start]);
        end = first;
    }
    line
}
