//! Shapley shares: what each part adds to a whole, averaged over the orders in which the parts could be put together.
//!
//! A coalition is a set of parts that are present, as bits. Up to [`MOST_EXACT`] parts every coalition is asked; beyond that
//! orders are drawn, each with its reverse, and the shares have standard errors.

use std::collections::BTreeMap;

use super::cohort::Random;

/// Parts up to which every coalition is asked: 256 of them.
pub const MOST_EXACT: usize = 8;
/// Most parts that can be told apart.
pub const MOST: usize = 32;

/// Parts that are present, as bits.
pub type Coalition = u32;

/// The coalitions that shares are computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Design {
    parts: usize,
    /// Drawn orders; none if every coalition is asked.
    orders: Vec<Vec<usize>>,
}

/// The share of one part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// What the part adds on average.
    pub value: f64,
    /// Standard error over the drawn orders; 0 if every coalition was asked.
    pub error: f64,
}

impl Design {
    /// Every coalition of few parts, or `pairs` drawn orders with their reverses.
    pub fn new(parts: usize, pairs: usize, seed: u64) -> Design {
        let parts = parts.min(MOST);
        if parts <= MOST_EXACT {
            return Design { parts, orders: vec![] };
        }
        let mut random = Random::new(seed);
        let mut orders = vec![];
        for _ in 0..pairs.max(2) {
            let mut order: Vec<usize> = (0..parts).collect();
            for k in (1..parts).rev() {
                order.swap(k, random.below(k + 1));
            }
            let reverse = order.iter().rev().copied().collect();
            orders.extend([order, reverse]);
        }
        Design { parts, orders }
    }

    /// All parts.
    pub fn whole(&self) -> Coalition {
        ((1u64 << self.parts) - 1) as Coalition
    }

    /// True if every coalition is asked.
    pub fn is_exact(&self) -> bool {
        self.orders.is_empty()
    }

    /// The coalitions to be valued, each once.
    pub fn coalitions(&self) -> Vec<Coalition> {
        if self.is_exact() {
            return (0..=self.whole()).collect();
        }
        let mut all: Vec<Coalition> = self.orders.iter().flat_map(|order| growing(order)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The shares, from the value of every coalition asked for; they sum to the value of the whole less that of nothing.
    pub fn shares(&self, values: &BTreeMap<Coalition, f64>) -> Vec<Share> {
        let of = |c: Coalition| values.get(&c).copied().unwrap_or(f64::NAN);
        (0..self.parts)
            .map(|part| {
                let added: Vec<f64> = match self.is_exact() {
                    true => return Share { value: self.exact(part, &of), error: 0.0 },
                    false => self.orders.iter().map(|order| adds(order, part, &of)).collect(),
                };
                // An order and its reverse depend on each other, so that their mean is one draw.
                let pairs: Vec<f64> = added.chunks(2).map(|p| p.iter().sum::<f64>() / p.len() as f64).collect();
                let n = pairs.len() as f64;
                let mean = pairs.iter().sum::<f64>() / n;
                let spread = pairs.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / (n - 1.0);
                Share { value: mean, error: (spread / n).sqrt() }
            })
            .collect()
    }

    fn exact(&self, part: usize, of: &dyn Fn(Coalition) -> f64) -> f64 {
        let own = 1 << part;
        let without = (0..=self.whole()).filter(|c| c & own == 0);
        without.map(|c| weight(self.parts, c.count_ones() as usize) * (of(c | own) - of(c))).sum()
    }
}

/// The coalitions that an order passes, from none to all.
fn growing(order: &[usize]) -> Vec<Coalition> {
    let mut out = vec![0];
    let mut now = 0;
    for part in order {
        now |= 1 << part;
        out.push(now);
    }
    out
}

/// What a part adds when its turn comes.
fn adds(order: &[usize], part: usize, of: &dyn Fn(Coalition) -> f64) -> f64 {
    let before = order.iter().take_while(|p| **p != part).fold(0, |c: Coalition, p| c | 1 << p);
    of(before | 1 << part) - of(before)
}

/// The share of orders in which exactly `size` given parts stand before a given one.
fn weight(parts: usize, size: usize) -> f64 {
    let choose = (0..size).fold(1.0, |c, k| c * (parts - 1 - k) as f64 / (k + 1) as f64);
    1.0 / (parts as f64 * choose)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shares(design: &Design, value: &dyn Fn(Coalition) -> f64) -> Vec<f64> {
        let values = design.coalitions().into_iter().map(|c| (c, value(c))).collect();
        design.shares(&values).into_iter().map(|s| s.value).collect()
    }

    #[test]
    fn two_links_of_a_chain_share_alike_and_a_bystander_has_nothing() {
        let chain = |c: Coalition| f64::from(u8::from(c & 3 == 3));
        let told = shares(&Design::new(3, 0, 1), &chain);
        assert!((told[0] - 0.5).abs() < 1e-12 && (told[1] - 0.5).abs() < 1e-12 && told[2].abs() < 1e-12, "{told:?}");
    }

    #[test]
    fn drawn_orders_find_what_adds_up_without_error() {
        let design = Design::new(12, 3, 7);
        assert!(!design.is_exact());
        let sum = |c: Coalition| (0..12).filter(|k| c >> k & 1 == 1).map(f64::from).sum::<f64>();
        let values: BTreeMap<Coalition, f64> = design.coalitions().into_iter().map(|c| (c, sum(c))).collect();
        for (k, share) in design.shares(&values).iter().enumerate() {
            assert!((share.value - k as f64).abs() < 1e-9 && share.error < 1e-9, "{k}: {share:?}");
        }
        assert_eq!(design, Design::new(12, 3, 7));
        assert_ne!(design, Design::new(12, 3, 8));
    }

    #[test]
    fn the_error_of_drawn_orders_covers_the_exact_share() {
        let pairs = |c: Coalition| f64::from((c & 0x3ff).count_ones().pow(2)) + f64::from(u8::from(c & 3 == 3)) * 20.0;
        let design = Design::new(10, 60, 3);
        let values: BTreeMap<Coalition, f64> = design.coalitions().into_iter().map(|c| (c, pairs(c))).collect();
        let drawn = design.shares(&values);
        // By symmetry: 10 each of the square, and 10 more for either of the two that need each other.
        for (k, exact) in [20.0, 20.0, 10.0].into_iter().enumerate() {
            assert!((drawn[k].value - exact).abs() <= 4.0 * drawn[k].error + 1e-9, "{k}: {:?}", drawn[k]);
        }
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_whole(values in prop::collection::vec(-5.0..5.0f64, 16), more in 9usize..14) {
            let of = |c: Coalition| values[(c.wrapping_mul(2_654_435_761) >> 7) as usize % 16];
            for design in [Design::new(4, 0, 1), Design::new(more, 2, 5)] {
                let sum: f64 = shares(&design, &of).iter().sum();
                prop_assert!((sum - (of(design.whole()) - of(0))).abs() < 1e-9);
            }
        }
    }
}
