//! The simulated course that rows of one arm lie on, in the rows' own kind of number.

use super::super::observation::{Observation, ObservationSet, RowForm};
use super::super::pool::{Laboratory, Results};
use super::super::quantity::{Against, Relation, Track};
use super::{quantity, reference};

/// Rows of one arm and one kind of number, with the simulated course.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The row whose arm runs longest; its arm and comparator are those of all.
    pub longest: usize,
    /// Positions of the rows.
    pub rows: Vec<usize>,
    /// Hours after the first main dose.
    pub time_h: Vec<f64>,
    /// The simulated number at each.
    pub simulated: Vec<f64>,
}

/// Groups rows that are numbers at a time by arm, comparator, observable and form, and gives each group its course. Rows that
/// cannot be simulated, signs and numbers of whole windows are in no group.
pub fn courses(
    set: &ObservationSet,
    rows: &[&Observation],
    laboratory: &Laboratory<'_>,
    results: &Results,
) -> Vec<Course> {
    let mut groups: Vec<Vec<usize>> = vec![];
    for (i, row) in rows.iter().enumerate() {
        if !at_a_time(row.form) {
            continue;
        }
        match groups.iter_mut().find(|g| alike(rows[g[0]], row)) {
            Some(group) => group.push(i),
            None => groups.push(vec![i]),
        }
    }
    groups.into_iter().filter_map(|group| course(set, rows, group, laboratory, results)).collect()
}

fn at_a_time(form: RowForm) -> bool {
    matches!(form, RowForm::Value | RowForm::Ratio | RowForm::Difference | RowForm::Percent)
}

/// True for rows of one course: all but the hour is the same.
fn alike(a: &Observation, b: &Observation) -> bool {
    let arm = |o: &Observation| super::super::pool::ArmSpec { end_h: 0.0, ..o.arm.clone() };
    (&a.observable, a.form, &a.unit, &a.comparator) == (&b.observable, b.form, &b.unit, &b.comparator)
        && arm(a) == arm(b)
}

fn course(
    set: &ObservationSet,
    rows: &[&Observation],
    group: Vec<usize>,
    laboratory: &Laboratory<'_>,
    results: &Results,
) -> Option<Course> {
    let longest = *group.iter().max_by(|a, b| rows[**a].arm.end_h.total_cmp(&rows[**b].arm.end_h))?;
    let row = rows[longest];
    let (read, _) = quantity(set, row, laboratory).ok()?;
    let track = |spec| Track::of(&read.of, results.of(laboratory.library, spec).ok()?).ok();
    let own = track(&row.arm)?;
    let other = match reference(set, row).ok()? {
        (Against::Vehicle, _) => Some(track(&row.arm.vehicle())?),
        (Against::Arm(_), Some(spec)) => Some(track(&spec)?),
        _ => None,
    };
    let against = |hour: f64| match (&other, &read.against) {
        (Some(other), _) => Some(other.at(hour)),
        (None, Against::Base) => Some(own.baseline),
        _ => None,
    };
    let pairs = own.time.iter().zip(&own.values).filter(|(t, _)| **t >= 0.0);
    let (time_h, simulated) = pairs.map(|(t, v)| (*t, in_form(*v, against(*t), read.relation))).unzip();
    Some(Course { longest, rows: group, time_h, simulated })
}

fn in_form(number: f64, reference: Option<f64>, relation: Relation) -> f64 {
    reference.map_or(number, |r| relation.of(number, r))
}
