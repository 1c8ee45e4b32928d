//! Code against the interpreter and the tables, bit for bit.

mod bytes;
mod matrices;
mod tapes;

use super::*;

/// Instruction sets for which code is made here.
fn made_for() -> Vec<Isa> {
    Isa::available().into_iter().filter(|isa| isa.has_vectors()).collect()
}

/// The same bits, or both not a number.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

#[test]
fn sets_have_names_and_bad_names_are_refused() {
    for isa in Isa::available() {
        assert_eq!(Isa::named(isa.name()), Ok(isa));
    }
    assert_eq!(Isa::named("neon"), Err(IsaError::Unknown("neon".into())));
}

#[test]
fn blocks_begin_on_a_cache_line_and_keep_their_values_when_cloned() {
    let mut block = Block::<8>::zeros(5);
    block[4] = [7.0; 8];
    let copy = block.clone();
    for b in [&block, &copy] {
        assert_eq!(b.as_ptr().align_offset(64), 0);
        assert_eq!((b.len(), b[4], b[0]), (5, [7.0; 8], [0.0; 8]));
    }
    assert_eq!(Block::<1>::default().len(), 0);
}

/// A sum of products over lanes, which a fused multiply-add would round otherwise.
struct Sums<'a, const W: usize>(&'a [[f64; W]]);

impl<const W: usize> Work for Sums<'_, W> {
    type Output = [f64; W];

    #[inline(always)]
    fn run(self) -> [f64; W] {
        let mut sum = [0.1; W];
        for v in self.0 {
            sum = std::array::from_fn(|l| v[l] * v[l] + sum[l] * 0.7);
        }
        sum
    }
}

#[test]
fn work_gives_the_same_bits_on_every_set() {
    let values: Vec<[f64; 8]> = (0..100).map(|k| std::array::from_fn(|l| (k * 8 + l) as f64 / 3.0)).collect();
    let expected = Isa::PORTABLE.run(Sums(&values));
    for isa in Isa::available() {
        assert_eq!(isa.run(Sums(&values)).map(f64::to_bits), expected.map(f64::to_bits), "{}", isa.name());
    }
}

#[test]
fn machines_are_made_once_and_shared_by_clones() {
    let (none, symbolic) = (crate::tape::Tape::default(), crate::lu::Symbolic::new(1, &[(0, 0)]));
    let parts =
        Parts { prologue: &none, body: &none, rates: 0..0, guard: None, cleaned: [0..0, 0..0], symbolic: &symbolic };
    let machines = Machines::default();
    let first = machines.get(&parts, Isa::best(), 4);
    assert!(std::sync::Arc::ptr_eq(&first, &machines.clone().get(&parts, Isa::best(), 4)));
    assert!(!std::sync::Arc::ptr_eq(&first, &machines.get(&parts, Isa::best(), 8)));
}
