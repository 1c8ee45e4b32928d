//! Inverses several at a time.
//!
//! One division gives the inverses of several numbers: with P = abcd, 1/a = (1/P)(cd)b and so on (P. L. Montgomery, Math.
//! Comp. 48:243, 1987, section 10.3.1, there for residues). Each costs three multiplications instead of a division, which
//! takes a vector unit ten times as long.
//!
//! Only numbers that look as if they cannot be zero are taken, such as sums with a constant in them that is not zero as
//! written: the inverse of an amount, as in the slope of a power, would spoil its batch whenever there is no such substance.
//!
//! Products may overflow where their factors do not, and a zero spoils its neighbours. A *guard* beside the results sums
//! (x + 1/x)^2 over the pairwise products x, so that it is huge or not a number in lanes where that may have happened;
//! these are done again without batches.

use super::Code;
use super::build::Layout;
use super::lower::{Lowered, Step, VIRTUAL};
use std::ops::Range;

/// Most inverses of one division.
const MOST: usize = 4;

/// The step of a part that makes a place.
fn made_in(place: u32, range: &Range<usize>) -> Option<usize> {
    (place & VIRTUAL != 0).then_some((place & !VIRTUAL) as usize).filter(|made| *made >= range.start)
}

/// The lowered tape with its inverses in batches, and the guard's register of each part in which there are any.
/// Registers below `moving` hold time and states, which may be zero; `start` is the register file at the model's start.
pub(super) fn batch(
    lowered: Lowered,
    layout: &mut Layout,
    moving: u32,
    start: &[[f64; 1]],
) -> (Lowered, [Option<u32>; 2]) {
    let one = layout.constant(1.0);
    let zero = layout.constant(0.0);
    let split = lowered.split;
    let mut batching = Batching {
        old: &lowered.steps,
        solid: solid(&lowered.steps, &|r| r >= moving && start.get(r as usize).is_none_or(|v| v[0] != 0.0)),
        one,
        new: vec![],
        places: vec![0; lowered.steps.len()],
        guard: zero,
    };
    batching.part(0..split);
    let first = batching.close(zero, layout);
    let new_split = batching.new.len();
    batching.part(split..lowered.steps.len());
    let second = batching.close(zero, layout);
    let mut outputs: Vec<u32> = lowered.outputs.iter().map(|o| batching.place(*o)).collect();
    outputs.extend(first.iter().chain(&second));
    (Lowered { steps: batching.new, outputs, split: new_split }, [first, second])
}

/// For each step, true if its result is zero only by chance: a sum with something solid in it, a product of solid numbers, and
/// so on. Which registers are solid `register` says: constants that are not zero, but neither time nor states.
fn solid(steps: &[Step], register: &dyn Fn(u32) -> bool) -> Vec<bool> {
    let mut found: Vec<bool> = Vec::with_capacity(steps.len());
    for step in steps {
        let solid = |k: usize| match step.args[k] {
            place if place & VIRTUAL != 0 => found[(place & !VIRTUAL) as usize],
            place => register(place),
        };
        let flag = match step.code {
            Code::Add | Code::Sub => solid(0) || solid(1),
            Code::Mul | Code::Div => solid(0) && solid(1),
            Code::Copy | Code::Neg | Code::Sqrt | Code::Pow => solid(0),
            Code::Exp => true,
            Code::Select => solid(1) && solid(2),
            // Products with a sum are made later, by fusing; what is left may be anything.
            _ => false,
        };
        found.push(flag);
    }
    found
}

struct Batching<'a> {
    old: &'a [Step],
    /// For each old step, true if its result hardly is zero.
    solid: Vec<bool>,
    one: u32,
    new: Vec<Step>,
    /// Where the result of each old step is.
    places: Vec<u32>,
    /// Where the guard of the part is.
    guard: u32,
}

impl Batching<'_> {
    /// Adds the steps of a part in their order, each after what it needs; with an inverse come the next few that need
    /// no inverse that it does not need, so that a batch is close to its uses.
    fn part(&mut self, range: Range<usize>) {
        let depths = self.depths(&range);
        let mut done = vec![false; range.len()];
        let mut stack = vec![];
        for i in range.clone() {
            stack.push(i);
            while let Some(i) = stack.last().copied() {
                if done[i - range.start] {
                    stack.pop();
                    continue;
                }
                let group = self.group(i, &range, &depths, &done);
                let needs = group.iter().flat_map(|g| &self.old[*g].args[..self.old[*g].count]);
                let missing: Vec<usize> =
                    needs.filter_map(|p| made_in(*p, &range)).filter(|m| !done[m - range.start]).collect();
                if missing.is_empty() {
                    stack.pop();
                    if self.is_inverse(i) {
                        self.invert(&group)
                    } else {
                        self.copy(i)
                    }
                    group.iter().for_each(|g| done[g - range.start] = true);
                } else {
                    stack.extend(missing);
                }
            }
        }
    }

    /// How many inverses, one on the other, each step of a part needs.
    fn depths(&self, range: &Range<usize>) -> Vec<usize> {
        let mut depths = vec![0; range.len()];
        for i in range.clone() {
            let step = &self.old[i];
            let made = step.args[..step.count].iter().filter_map(|p| made_in(*p, range));
            let depth = made.map(|m| depths[m - range.start] + usize::from(self.is_inverse(m))).max();
            depths[i - range.start] = depth.unwrap_or(0);
        }
        depths
    }

    /// A step, with others of its batch if it is an inverse.
    fn group(&self, i: usize, range: &Range<usize>, depths: &[usize], done: &[bool]) -> Vec<usize> {
        if !self.is_inverse(i) {
            return vec![i];
        }
        let depth = depths[i - range.start];
        let later = (i..range.end).filter(|k| !done[k - range.start] && depths[k - range.start] == depth);
        later.filter(|k| self.is_inverse(*k)).take(MOST).collect()
    }

    fn is_inverse(&self, i: usize) -> bool {
        let step = &self.old[i];
        let [numerator, denominator, _] = step.args;
        let made = denominator & VIRTUAL != 0 && self.solid[(denominator & !VIRTUAL) as usize];
        step.code == Code::Div && numerator == self.one && made
    }

    fn place(&self, old: u32) -> u32 {
        if old & VIRTUAL == 0 { old } else { self.places[(old & !VIRTUAL) as usize] }
    }

    fn copy(&mut self, i: usize) {
        let mut step = self.old[i];
        step.args = step.args.map(|a| self.place(a));
        self.places[i] = VIRTUAL | self.new.len() as u32;
        self.new.push(step);
    }

    fn push(&mut self, code: Code, args: &[u32]) -> u32 {
        self.new.push(Step::new(code, args));
        VIRTUAL | (self.new.len() as u32 - 1)
    }

    fn invert(&mut self, group: &[usize]) {
        use Code::{Add, Div, Mul};
        let b: Vec<u32> = group.iter().map(|i| self.place(self.old[*i].args[1])).collect();
        match b.as_slice() {
            [b1, b2] => {
                let p = self.push(Mul, &[*b1, *b2]);
                let inverse = self.push(Div, &[self.one, p]);
                self.pair(&group[..2], inverse, (*b1, *b2));
                let sum = self.push(Add, &[p, inverse]);
                self.watch(sum);
            }
            [b1, b2, b3] => {
                let p12 = self.push(Mul, &[*b1, *b2]);
                let p = self.push(Mul, &[p12, *b3]);
                let inverse = self.push(Div, &[self.one, p]);
                let i12 = self.push(Mul, &[inverse, *b3]);
                self.pair(&group[..2], i12, (*b1, *b2));
                let third = self.result(group[2], inverse, p12);
                self.watch_both((p12, i12), (*b3, third));
            }
            [b1, b2, b3, b4] => {
                let p12 = self.push(Mul, &[*b1, *b2]);
                let p34 = self.push(Mul, &[*b3, *b4]);
                let p = self.push(Mul, &[p12, p34]);
                let inverse = self.push(Div, &[self.one, p]);
                let i12 = self.push(Mul, &[inverse, p34]);
                let i34 = self.push(Mul, &[inverse, p12]);
                self.pair(&group[..2], i12, (*b1, *b2));
                self.pair(&group[2..], i34, (*b3, *b4));
                self.watch_both((p12, i12), (p34, i34));
            }
            _ => group.iter().for_each(|i| self.copy(*i)),
        }
    }

    /// The inverses of two numbers from that of their product.
    fn pair(&mut self, group: &[usize], inverse: u32, (a, b): (u32, u32)) {
        self.result(group[0], inverse, b);
        self.result(group[1], inverse, a);
    }

    /// The product that takes the place of an old step.
    fn result(&mut self, old: usize, a: u32, b: u32) -> u32 {
        let place = self.push(Code::Mul, &[a, b]);
        if let Some(step) = self.new.last_mut() {
            step.target = self.old[old].target;
        }
        self.places[old] = place;
        place
    }

    fn watch_both(&mut self, (p, ip): (u32, u32), (q, iq): (u32, u32)) {
        let left = self.push(Code::Add, &[p, ip]);
        let right = self.push(Code::Add, &[q, iq]);
        let product = self.push(Code::Mul, &[left, right]);
        self.watch(product);
    }

    fn watch(&mut self, size: u32) {
        self.guard = self.push(Code::MulAdd, &[size, size, self.guard]);
    }

    /// Ends a part: its guard gets a register, and the next begins at zero.
    fn close(&mut self, zero: u32, layout: &mut Layout) -> Option<u32> {
        let guard = std::mem::replace(&mut self.guard, zero);
        if guard == zero {
            return None;
        }
        let register = layout.reserve(1);
        if let Some(step) = self.new.get_mut((guard & !VIRTUAL) as usize) {
            step.target = Some(register);
        }
        Some(register)
    }
}
