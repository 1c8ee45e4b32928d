//! Small symmetric matrices: solution and eigenvectors.

/// Solves `a x = b` for a positive definite matrix by Cholesky; `None` if it is not one.
pub(super) fn solve(a: &[Vec<f64>], b: &[f64]) -> Option<Vec<f64>> {
    let n = b.len();
    let mut l = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let sum: f64 = a[i][j] - (0..j).map(|k| l[i][k] * l[j][k]).sum::<f64>();
            l[i][j] = if i == j { Some(sum).filter(|s| *s > 0.0)?.sqrt() } else { sum / l[j][j] };
        }
    }
    let mut x = b.to_vec();
    for i in 0..n {
        x[i] = (x[i] - (0..i).map(|k| l[i][k] * x[k]).sum::<f64>()) / l[i][i];
    }
    for i in (0..n).rev() {
        x[i] = (x[i] - (i + 1..n).map(|k| l[k][i] * x[k]).sum::<f64>()) / l[i][i];
    }
    Some(x)
}

/// The inverse of a positive definite matrix; `None` if it is not one.
pub(super) fn inverse(a: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let unit = |i: usize| (0..a.len()).map(|j| f64::from(u8::from(i == j))).collect::<Vec<f64>>();
    (0..a.len()).map(|i| solve(a, &unit(i))).collect()
}

/// Sweeps of Jacobi's method after which even badly scaled matrices are diagonal.
const SWEEPS: usize = 60;

/// Eigenvalues with their eigenvectors, the largest first (Jacobi's method).
pub(super) fn eigen(a: &[Vec<f64>]) -> Vec<(f64, Vec<f64>)> {
    let n = a.len();
    let mut m = a.to_vec();
    let mut v: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..SWEEPS {
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut m, &mut v, p, q);
            }
        }
    }
    let mut out: Vec<(f64, Vec<f64>)> = (0..n).map(|i| (m[i][i], v.iter().map(|row| row[i]).collect())).collect();
    out.sort_by(|a, b| b.0.total_cmp(&a.0));
    out
}

fn rotate(m: &mut [Vec<f64>], v: &mut [Vec<f64>], p: usize, q: usize) {
    if m[p][q] == 0.0 {
        return;
    }
    let theta = (m[q][q] - m[p][p]) / (2.0 * m[p][q]);
    let t = if theta >= 0.0 { 1.0 } else { -1.0 } / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for row in m.iter_mut().chain(v.iter_mut()) {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
    let (above, below) = m.split_at_mut(q);
    for (a, b) in above[p].iter_mut().zip(below[0].iter_mut()) {
        (*a, *b) = (c * *a - s * *b, s * *a + c * *b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> Vec<Vec<f64>> {
        vec![vec![4.0, 1.0, 0.5], vec![1.0, 3.0, 0.2], vec![0.5, 0.2, 2.0]]
    }

    fn product(a: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
        a.iter().map(|row| row.iter().zip(x).map(|(a, x)| a * x).sum()).collect()
    }

    #[test]
    fn solutions_and_inverses() {
        let x = solve(&matrix(), &[1.0, 2.0, 3.0]).unwrap();
        product(&matrix(), &x).iter().zip([1.0, 2.0, 3.0]).for_each(|(a, b)| assert!((a - b).abs() < 1e-12));
        let inverse = inverse(&matrix()).unwrap();
        let unit = product(&matrix(), &inverse[1]);
        assert!((unit[1] - 1.0).abs() < 1e-12 && unit[0].abs() < 1e-12);
        assert!(solve(&[vec![0.0]], &[1.0]).is_none());
    }

    #[test]
    fn eigenvectors_are_those_of_the_matrix() {
        let all = eigen(&matrix());
        assert!(all[0].0 > all[1].0 && all[1].0 > all[2].0);
        for (value, vector) in all {
            product(&matrix(), &vector).iter().zip(&vector).for_each(|(a, x)| assert!((a - value * x).abs() < 1e-9));
        }
    }
}
