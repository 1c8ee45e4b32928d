//! Whether values that are said to be fitted are told by the rows they name: each is moved through its range, other things
//! equal, and the misfit of its rows compared.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;
use synapta_model::check::{Origin, origin};
use synapta_model::{Meta, Model, Parameter};

use crate::evidence::compare::{Compared, run};
use crate::evidence::observation::{Observation, ObservationSet};
use crate::evidence::pool::Laboratory;
use crate::setting::Setting;

use super::misfit::{Scale, residual};
use super::problem::ranged;

/// Squared standard errors by which a misfit must change to count as changed.
pub const LEAST: f64 = 1.0;
/// Where values are tried beside the one in the text: the ends of the range and halfway to each.
const PLACES: [Place; 4] = [Place::Low, Place::Lower, Place::Higher, Place::High];

/// A value that is said to be fitted, with every copy that the models hold of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The last part of its path.
    pub name: String,
    /// The rows that are said to tell it.
    pub rows: Vec<String>,
    /// Its copies.
    pub copies: Vec<Instance>,
}

/// A parameter of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// The model.
    pub model: String,
    /// Flat id.
    pub id: String,
    /// Dotted path.
    pub path: String,
    /// Value in the text.
    pub value: f64,
    /// Its range.
    pub range: [f64; 2],
}

/// A place in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Its lower end.
    Low,
    /// Halfway from the value to the lower end.
    Lower,
    /// The value of the text.
    Value,
    /// Halfway from the value to the upper end.
    Higher,
    /// Its upper end.
    High,
}

impl Place {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Place::Low => "low",
            Place::Lower => "halfway to low",
            Place::Value => "value",
            Place::Higher => "halfway to high",
            Place::High => "high",
        }
    }
}

impl Instance {
    /// The value at a place; by factors where the range is positive.
    pub fn at(&self, place: Place) -> f64 {
        let [low, high] = self.range;
        let halfway = |end: f64| {
            if low > 0.0 { (self.value * end).sqrt() } else { 0.5 * (self.value + end) }
        };
        match place {
            Place::Low => low,
            Place::Lower => halfway(low),
            Place::Value => self.value,
            Place::Higher => halfway(high),
            Place::High => high,
        }
    }
}

/// What the rows say.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "why")]
pub enum Verdict {
    /// Both ends are worse, and nothing tried is better.
    Told,
    /// The rows do not tell it from these ends.
    Flat(Vec<Place>),
    /// Another value is better.
    Better(Place),
    /// A row has no say: it is unknown or cannot be simulated.
    Unread(String),
}

/// A candidate, judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Audited {
    /// The last part of its path.
    pub name: String,
    /// Paths of its copies, with the model.
    pub paths: Vec<String>,
    /// The rows.
    pub rows: Vec<String>,
    /// Value of the first copy at each place.
    pub values: BTreeMap<Place, f64>,
    /// Sum of squared weighted residuals of the rows at each place.
    pub misfits: BTreeMap<Place, f64>,
    /// What the rows say.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// The values of the models that are said to be fitted, each declaration once.
pub fn fitted(laboratory: &Laboratory<'_>) -> Vec<Candidate> {
    candidates(laboratory, |meta| match origin(meta) {
        Ok(Some(Origin::Fitted(rows))) => Some(rows),
        _ => None,
    })
}

/// Parameters with a range for which `rows` names rows. Copies of a declaration move together: they have the same name and
/// the same note, in one model or in several.
pub fn candidates(laboratory: &Laboratory<'_>, rows: impl Fn(&Meta) -> Option<Vec<String>>) -> Vec<Candidate> {
    let mut out: Vec<(Option<&str>, Candidate)> = vec![];
    for model in laboratory.models() {
        for p in &model.parameters {
            let Some(rows) = rows(&p.meta) else { continue };
            let Some(copy) = instance(model, p) else { continue };
            let name = copy.path.rsplit('.').next().unwrap_or(&copy.path).to_string();
            let note = p.meta.notes.as_deref();
            match out.iter_mut().find(|(own, c)| c.name == name && *own == note) {
                Some((_, candidate)) => candidate.copies.push(copy),
                None => out.push((note, Candidate { name, rows, copies: vec![copy] })),
            }
        }
    }
    out.into_iter().map(|(_, candidate)| candidate).collect()
}

fn instance(model: &Model, p: &Parameter) -> Option<Instance> {
    let (value, range) = ranged(model, &p.id)?;
    let path = model.paths.iter().find(|(id, _)| *id == p.id).map_or(p.id.as_str(), |(_, path)| path);
    Some(Instance { model: model.id.to_string(), id: p.id.to_string(), path: path.to_string(), value, range })
}

/// Judges each candidate, in the order given; `progress` is told how many are done.
pub fn audit(
    candidates: &[Candidate],
    set: &ObservationSet,
    laboratory: &Laboratory<'_>,
    progress: &(dyn Fn() + Sync),
) -> Vec<Audited> {
    let rows: Vec<Vec<&Observation>> = candidates.iter().map(|c| named(c, set)).collect();
    let mut all: Vec<&Observation> = rows.iter().flatten().copied().collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all.dedup_by(|a, b| a.id == b.id);
    let as_written = run(set, &all, laboratory);
    let before = |rows: &[&Observation]| -> Vec<Compared> {
        let of = |row: &&Observation| as_written.iter().find(|c| c.id == row.id).cloned();
        rows.iter().filter_map(of).collect()
    };
    let one = |(candidate, rows): (&Candidate, &Vec<&Observation>)| {
        let judged = judge(candidate, rows, before(rows), set, laboratory);
        progress();
        judged
    };
    candidates.par_iter().zip(&rows).map(one).collect()
}

fn named<'a>(candidate: &Candidate, set: &'a ObservationSet) -> Vec<&'a Observation> {
    candidate.rows.iter().filter_map(|id| set.row(id)).collect()
}

fn judge(
    candidate: &Candidate,
    rows: &[&Observation],
    before: Vec<Compared>,
    set: &ObservationSet,
    laboratory: &Laboratory<'_>,
) -> Audited {
    let mut out = Audited {
        name: candidate.name.clone(),
        paths: candidate.copies.iter().map(|c| format!("{}: {}", c.model, c.path)).collect(),
        rows: candidate.rows.clone(),
        values: PLACES.into_iter().chain([Place::Value]).map(|p| (p, candidate.copies[0].at(p))).collect(),
        misfits: BTreeMap::new(),
        verdict: Verdict::Told,
    };
    let weights = match weights(candidate, rows, &before, set) {
        Ok(weights) => weights,
        Err(why) => return Audited { verdict: Verdict::Unread(why), ..out },
    };
    let misfit = |all: &[Compared]| all.iter().zip(&weights).map(|(c, w)| residual(c, *w).powi(2)).sum::<f64>();
    let moved = |place: &Place| (*place, misfit(&run(set, rows, &moved(candidate, *place, laboratory))));
    out.misfits = PLACES.par_iter().map(moved).collect();
    out.misfits.insert(Place::Value, misfit(&before));
    out.verdict = verdict(&out.misfits);
    out
}

/// The laboratory with all copies at a place of their ranges.
fn moved<'a>(candidate: &Candidate, place: Place, laboratory: &Laboratory<'a>) -> Laboratory<'a> {
    let value = |c: &Instance| (c.model.clone(), Setting { id: c.id.as_str().into(), value: c.at(place) });
    laboratory.with_text_values(candidate.copies.iter().map(value).collect())
}

/// The weight of each row, or why one has no say.
fn weights(
    candidate: &Candidate,
    rows: &[&Observation],
    before: &[Compared],
    set: &ObservationSet,
) -> Result<Vec<f64>, String> {
    if let Some(id) = candidate.rows.iter().find(|id| set.row(id).is_none()) {
        return Err(format!("no observation is called `{id}`"));
    }
    let one = |(row, c): (&&Observation, &Compared)| {
        if c.simulated.is_none() {
            return Err(format!("{} is not simulated: {}", row.id, c.why));
        }
        Scale::default().weight(set, row).map_err(|why| format!("{}: {why}", row.id))
    };
    rows.iter().zip(before).map(one).collect()
}

fn verdict(misfits: &BTreeMap<Place, f64>) -> Verdict {
    let at = |place: Place| misfits.get(&place).copied().unwrap_or(f64::NAN);
    let change = |place: Place| at(place) - at(Place::Value);
    let best = PLACES.into_iter().min_by(|a, b| change(*a).total_cmp(&change(*b))).unwrap_or(Place::Value);
    if change(best) <= -LEAST {
        return Verdict::Better(best);
    }
    let flat: Vec<Place> =
        [Place::Low, Place::High].into_iter().filter(|p| change(*p).is_nan() || change(*p) < LEAST).collect();
    if flat.is_empty() { Verdict::Told } else { Verdict::Flat(flat) }
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
