//! Trajectories as CSV.

use std::fmt::Write;

use crate::trajectory::Trajectory;

/// CSV with `time` (hours) first, then every column by its dotted path. Numbers read back exactly.
pub fn trajectory_csv(trajectory: &Trajectory) -> String {
    let columns = &trajectory.columns;
    let mut out = String::with_capacity(16 * (columns.len() + 1) * (trajectory.time_h.len() + 1));
    out.push_str("time");
    for column in columns {
        out.push(',');
        out.push_str(&field(&column.path));
    }
    out.push('\n');
    for (i, time) in trajectory.time_h.iter().enumerate() {
        number(&mut out, *time);
        for column in columns {
            out.push(',');
            number(&mut out, column.values[i]);
        }
        out.push('\n');
    }
    out
}

/// A name, quoted if it must be.
fn field(name: &str) -> String {
    if name.contains([',', '"', '\n']) { format!("\"{}\"", name.replace('"', "\"\"")) } else { name.to_string() }
}

/// Shortest digits that read back to the same number; very small and large ones with an exponent.
fn number(out: &mut String, v: f64) {
    let plain = v == 0.0 || (1e-5..1e15).contains(&v.abs()) || !v.is_finite();
    // Writing to a string cannot fail.
    let _ = if plain { write!(out, "{v}") } else { write!(out, "{v:e}") };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trajectory::{Column, Effort};
    use proptest::prelude::*;

    pub(crate) fn trajectory(values: Vec<f64>) -> Trajectory {
        let column = |path: &str, values: Vec<f64>| Column {
            id: path.into(),
            path: path.into(),
            title: path.into(),
            unit: String::new(),
            baseline: 0.0,
            values,
        };
        Trajectory {
            time_h: (0..values.len()).map(|i| i as f64).collect(),
            columns: vec![column("a.x", values.clone()), column("odd,name", values)],
            zero_h: 0.0,
            effort: Effort::default(),
        }
    }

    #[test]
    fn header_and_rows() {
        let csv = trajectory_csv(&trajectory(vec![0.5, 1e-20]));
        assert_eq!(csv, "time,a.x,\"odd,name\"\n0,0.5,0.5\n1,1e-20,1e-20\n");
    }

    proptest! {
        #[test]
        fn numbers_read_back_exactly(v in prop::num::f64::NORMAL) {
            let csv = trajectory_csv(&trajectory(vec![v]));
            let last = csv.lines().last().and_then(|l| l.split(',').next_back()).unwrap();
            prop_assert_eq!(last.parse::<f64>().unwrap(), v);
        }
    }
}
