use super::dense::DenseLu;
use super::*;
use crate::native::Machine;
use proptest::prelude::*;

fn residual(n: usize, pattern: &[(u32, u32)], j: &[f64], g: f64, x: &[f64], b: &[f64]) -> f64 {
    let mut r: Vec<f64> = (0..n).map(|i| b[i] - g * x[i]).collect();
    for ((row, column), v) in pattern.iter().zip(j) {
        r[*row as usize] += v * x[*column as usize];
    }
    r.iter().fold(0.0f64, |m, v| m.max(v.abs()))
}

/// A random pattern without repeats, with values.
fn matrix() -> impl Strategy<Value = (usize, Vec<(u32, u32)>, Vec<f64>)> {
    (2usize..25).prop_flat_map(|n| {
        let entry = (0..n as u32, 0..n as u32, -5.0..5.0f64);
        prop::collection::vec(entry, 0..4 * n).prop_map(move |list| {
            let map: std::collections::BTreeMap<_, _> = list.into_iter().map(|(r, c, v)| ((r, c), v)).collect();
            (n, map.keys().copied().collect(), map.values().copied().collect())
        })
    })
}

proptest! {
    #[test]
    fn sparse_solution_agrees_with_dense((n, pattern, j) in matrix(), g in 1.0..50.0f64) {
        let s = Symbolic::new(n, &pattern);
        let lanes: Vec<[f64; 4]> = j.iter().map(|v| [*v, 2.0 * v, 0.0, -v]).collect();
        let mut factors = Factors::<4>::new(&s);
        let ok = factors.factorise(&Machine::interpreter(), &s, &lanes, [g; 4], [true; 4]);
        let b: Vec<f64> = (0..n).map(|i| 1.0 + i as f64).collect();
        let mut x: Vec<[f64; 4]> = b.iter().map(|v| [*v; 4]).collect();
        factors.solve(&Machine::interpreter(), &s, &mut x);
        for lane in 0..4 {
            let j: Vec<f64> = lanes.iter().map(|v| v[lane]).collect();
            let mut a = vec![0.0; n * n];
            (0..n).for_each(|i| a[i * n + i] = g);
            pattern.iter().zip(&j).for_each(|((r, c), v)| a[*r as usize * n + *c as usize] -= v);
            let mut reference = b.clone();
            let Some(dense) = DenseLu::new(n, a) else { continue };
            dense.solve(&mut reference);
            let size = reference.iter().fold(1.0f64, |m, v| m.max(v.abs()));
            // A nearly singular matrix has no solution worth comparing.
            if size > 1e4 { continue }
            prop_assert!(ok[lane]);
            for i in 0..n {
                prop_assert!((x[i][lane] - reference[i]).abs() < 1e-7 * size);
            }
            let mine: Vec<f64> = x.iter().map(|v| v[lane]).collect();
            prop_assert!(residual(n, &pattern, &j, g, &mine, &b) < 1e-7 * size);
        }
    }
}

#[test]
fn a_zero_diagonal_falls_back_to_row_exchanges() {
    // g I - J = [[0, 1], [1, 0]]
    let pattern = [(0, 0), (0, 1), (1, 0), (1, 1)];
    let s = Symbolic::new(2, &pattern);
    let mut factors = Factors::<1>::new(&s);
    let j = [[1.0], [-1.0], [-1.0], [1.0]];
    assert_eq!(factors.factorise(&Machine::interpreter(), &s, &j, [1.0], [true]), [true]);
    assert!(factors.exchanged(0));
    let mut b = [[3.0], [4.0]];
    factors.solve(&Machine::interpreter(), &s, &mut b);
    assert_eq!(b, [[4.0], [3.0]]);
}

#[test]
fn a_singular_matrix_is_reported() {
    let s = Symbolic::new(1, &[(0, 0)]);
    let mut factors = Factors::<2>::new(&s);
    assert_eq!(factors.factorise(&Machine::interpreter(), &s, &[[2.0, 1.0]], [2.0, 2.0], [true; 2]), [false, true]);
}

#[test]
fn an_arrow_matrix_has_no_fill() {
    let n = 50;
    let pattern: Vec<(u32, u32)> = (1..n).flat_map(|i| [(0, i), (i, 0)]).collect();
    let s = Symbolic::new(n as usize, &pattern);
    assert_eq!(s.len, 3 * n as usize - 2);
}
