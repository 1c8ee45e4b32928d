//! A hypothesis weighed: the observations whose verdict changes when it holds in place of its group's default.

use serde::Serialize;

use super::compare::{Compared, ask, compare};
use super::observation::{Everywhere, Observation, ObservationSet};
use super::pool::{Laboratory, Pool};

/// An observation whose verdict a hypothesis changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Changed {
    /// The row.
    pub id: String,
    /// What was measured.
    pub observable: String,
    /// The measured number with its unit.
    pub measured: f64,
    /// Its unit.
    pub unit: String,
    /// Simulated under the defaults.
    pub before: f64,
    /// Simulated under the hypothesis.
    pub after: f64,
    /// True if the row is met under the hypothesis and not before: it speaks for it.
    pub speaks_for: bool,
    /// `read` or `recalled`.
    pub how: &'static str,
}

/// A hypothesis weighed against the rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Weighed {
    /// Rows that were compared under both readings.
    pub rows: usize,
    /// Rows met under the defaults and under the hypothesis.
    pub met: [usize; 2],
    /// Rows whose verdict changes.
    pub changed: Vec<Changed>,
}

/// The rows with a hypothesis in force; rows that choose one of its group themselves stay as they are.
pub fn under(set: &ObservationSet, hypothesis: &str) -> ObservationSet {
    let everywhere = Everywhere { hypotheses: vec![hypothesis.to_string()], ..set.everywhere.clone() };
    ObservationSet { everywhere, ..set.clone() }
}

/// Runs every row of both sets; `progress` is told the arms that are done, after `begin` their number.
pub fn weigh(
    sets: [&ObservationSet; 2],
    laboratory: &Laboratory<'_>,
    begin: &dyn Fn(usize),
    progress: &(dyn Fn(usize) + Sync),
) -> Weighed {
    let mut pool = Pool::default();
    let rows = sets.map(|set| set.rows.iter().collect::<Vec<&Observation>>());
    for (set, rows) in sets.iter().zip(&rows) {
        ask(set, rows, laboratory, &mut pool);
    }
    begin(pool.len());
    let results = pool.run(laboratory, progress);
    let before = compare(sets[0], &rows[0], laboratory, &results);
    let after = compare(sets[1], &rows[1], laboratory, &results);
    weighed(&before, &after)
}

/// True where a row's size, or else its sign, is right; none where it has neither.
fn met(row: &Compared) -> Option<bool> {
    row.within.or(row.sign_right)
}

fn weighed(before: &[Compared], after: &[Compared]) -> Weighed {
    let mut out = Weighed { rows: 0, met: [0, 0], changed: vec![] };
    for (b, a) in before.iter().zip(after) {
        let (Some(was), Some(is), Some(from), Some(to)) = (met(b), met(a), b.simulated, a.simulated) else { continue };
        out.rows += 1;
        out.met[0] += usize::from(was);
        out.met[1] += usize::from(is);
        if was != is {
            out.changed.push(Changed {
                id: b.id.clone(),
                observable: b.observable.clone(),
                measured: b.measured,
                unit: b.unit.clone(),
                before: from,
                after: to,
                speaks_for: is,
                how: b.how,
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, within: Option<bool>, sign: Option<bool>, simulated: Option<f64>) -> Compared {
        Compared {
            id: id.into(),
            observable: "level".into(),
            form: "ratio",
            unit: "x".into(),
            measured: 1.0,
            spread: String::new(),
            simulated,
            residual: None,
            relative: None,
            sign_right: sign,
            within,
            how: "read",
            why: String::new(),
        }
    }

    #[test]
    fn rows_that_change_speak_for_or_against() {
        let before = [
            row("a", Some(false), Some(true), Some(3.0)),
            row("b", None, Some(true), Some(1.0)),
            row("c", Some(true), None, Some(1.0)),
            row("d", None, None, None),
        ];
        let after = [
            row("a", Some(true), Some(true), Some(1.1)),
            row("b", None, Some(false), Some(-1.0)),
            row("c", Some(true), None, Some(1.0)),
            row("d", None, None, None),
        ];
        let out = weighed(&before, &after);
        assert_eq!((out.rows, out.met), (3, [2, 2]));
        let told: Vec<(&str, bool)> = out.changed.iter().map(|c| (c.id.as_str(), c.speaks_for)).collect();
        assert_eq!(told, [("a", true), ("b", false)]);
    }
}
