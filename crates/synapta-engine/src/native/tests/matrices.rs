//! Random matrices.

use super::*;
use crate::lu::{Factors, Symbolic};
use crate::tape::Tape;
use proptest::prelude::*;

/// A random pattern without repeats, with values; some are zero, huge or not numbers.
fn matrix() -> impl Strategy<Value = (usize, Vec<(u32, u32)>, Vec<f64>)> {
    let value = prop_oneof![
        40 => -5.0..5.0f64,
        4 => Just(0.0),
        1 => prop_oneof![Just(-0.0), Just(1.0), Just(1e300), Just(-1e-300), Just(f64::NAN), Just(f64::INFINITY)],
    ];
    (1usize..40).prop_flat_map(move |n| {
        let entry = (0..n as u32, 0..n as u32, value.clone());
        prop::collection::vec(entry, 0..5 * n).prop_map(move |list| {
            let map: std::collections::BTreeMap<_, _> = list.into_iter().map(|(r, c, v)| ((r, c), v)).collect();
            (n, map.keys().copied().collect(), map.values().copied().collect())
        })
    })
}

/// Lane `l` of a matrix: the values in another order and sign.
fn lane(j: &[f64], k: usize, l: usize) -> f64 {
    let sign = if l % 3 == 2 { -1.0 } else { 1.0 };
    sign * j[(k + l * 5) % j.len()]
}

fn compare<const W: usize>(n: usize, pattern: &[(u32, u32)], j: &[f64], g: f64) -> Result<(), TestCaseError> {
    let s = Symbolic::new(n, pattern);
    let none = Tape::default();
    let parts = Parts { prologue: &none, body: &none, rates: 0..0, guard: None, cleaned: [0..0, 0..0], symbolic: &s };
    let lanes: Vec<[f64; W]> = (0..j.len()).map(|k| std::array::from_fn(|l| lane(j, k, l))).collect();
    let g: [f64; W] = std::array::from_fn(|l| if l == 1 { 1.0 } else { g * (1.0 + l as f64) });
    let right: Vec<[f64; W]> = (0..n).map(|i| std::array::from_fn(|l| 1.0 + i as f64 - l as f64)).collect();
    for isa in made_for() {
        let machine = Machine::new(&parts, isa, W);
        let mut values = Block::<W>::zeros(s.len);
        let mut work = Block::<W>::zeros(n + TEMPORARIES);
        let Some(sound) = machine.factorise(&lanes, &g, &mut values, &mut work) else {
            prop_assert_eq!(W, 16);
            continue;
        };
        let mut x = right.clone();
        prop_assert!(machine.solve(&values, &mut x));
        for l in 0..W {
            let mut factors = Factors::<1>::new(&s);
            let alone: Vec<[f64; 1]> = lanes.iter().map(|v| [v[l]]).collect();
            let [solvable] = factors.factorise(&Machine::interpreter(), &s, &alone, [g[l]], [true]);
            let kept = solvable && !factors.exchanged(0);
            prop_assert_eq!(kept, sound[l], "{} lane {} of {}", isa.name(), l, W);
            if !sound[l] {
                continue;
            }
            let mut expected: Vec<[f64; 1]> = right.iter().map(|v| [v[l]]).collect();
            factors.solve(&Machine::interpreter(), &s, &mut expected);
            for (e, x) in expected.iter().zip(&x) {
                prop_assert!(same(e[0], x[l]), "{} lane {l} of {W}: {} {}", isa.name(), e[0], x[l]);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 60 } else { 400 }))]

    #[test]
    fn code_gives_the_bits_and_the_soundness_of_the_tables((n, pattern, j) in matrix(), g in 0.5..50.0f64) {
        compare::<1>(n, &pattern, &j, g)?;
        compare::<2>(n, &pattern, &j, g)?;
        compare::<4>(n, &pattern, &j, g)?;
        compare::<8>(n, &pattern, &j, g)?;
        compare::<16>(n, &pattern, &j, g)?;
    }
}

#[test]
fn pivots_lost_infinite_or_not_numbers_are_told() {
    let s = Symbolic::new(2, &[(0, 0), (0, 1), (1, 0), (1, 1)]);
    let none = Tape::default();
    let parts = Parts { prologue: &none, body: &none, rates: 0..0, guard: None, cleaned: [0..0, 0..0], symbolic: &s };
    // Rows of g I - J by lane: regular, singular, singular by cancellation, infinite.
    let third = 1.0 / 3.0;
    let j = [
        [-1.0, -1.0, -1.0, -1.0],
        [-1.0, -2.0, -third, -1.0],
        [-1.0, -2.0, -third, -1.0],
        [-1.0, -1.0, 1.0 - third * third * 0.5, f64::INFINITY],
    ];
    let g = [1.0; 4];
    for isa in made_for() {
        let machine = Machine::new(&parts, isa, 4);
        let (mut values, mut work) = (Block::<4>::zeros(s.len), Block::<4>::zeros(2 + TEMPORARIES));
        let sound = machine.factorise(&j, &g, &mut values, &mut work);
        for (l, sound) in sound.expect("code").into_iter().enumerate() {
            let mut factors = Factors::<1>::new(&s);
            let [solvable] = factors.factorise(&Machine::interpreter(), &s, &j.map(|v| [v[l]]), [1.0], [true]);
            assert_eq!(sound, solvable && !factors.exchanged(0), "{} lane {l}", isa.name());
        }
        assert_eq!(sound.map(|s| [s[0], s[1], s[3]]), Some([true, false, false]));
    }
}

#[test]
fn arrays_too_short_are_left_to_the_tables() {
    let s = Symbolic::new(3, &[(0, 1), (1, 0), (2, 2)]);
    let none = Tape::default();
    let parts = Parts { prologue: &none, body: &none, rates: 0..0, guard: None, cleaned: [0..0, 0..0], symbolic: &s };
    let machine = Machine::new(&parts, Isa::best(), 4);
    let (mut values, mut work) = (Block::<4>::zeros(s.len), Block::<4>::zeros(3 + TEMPORARIES));
    assert_eq!(machine.factorise(&[[0.0; 4]; 2], &[1.0; 4], &mut values, &mut work), None);
    assert!(!machine.solve(&values[1..], &mut [[0.0; 4]; 3]));
    assert!(!machine.solve(&values, &mut [[0.0; 4]; 2]));
}
