//! Verdicts: each expectation of a claim held against its runs.

mod cohorts;
mod figures;
mod ranks;
mod words;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::library::Library;
use crate::rank::Ranking;

use super::claim::Claim;
use super::expect::{Expect, Form};
use super::literature::Literature;
use super::pool::{ArmSpec, Pool, Results};
use super::quantity::{Against, Quantity, Track};
use super::shapley::{Design, Share};

pub use words::{expected, short};

/// What became of one expectation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// What must come out, in words.
    pub expected: String,
    /// What came out, in words.
    pub simulated: String,
    /// The numbers judged.
    pub numbers: Vec<f64>,
    /// True if it holds.
    pub pass: bool,
    /// Where the bounds come from.
    pub reason: String,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The claim.
    pub id: String,
    /// True if every expectation holds and the claim can be asked.
    pub pass: bool,
    /// One for each expectation.
    pub outcomes: Vec<Outcome>,
    /// Why it fails; empty if it holds.
    pub why: String,
}

/// One number with its name.
pub(super) struct Named {
    pub name: String,
    pub number: f64,
}

/// Asks the pool for every arm of a claim.
pub fn ask(claim: &Claim, library: &Library, pool: &mut Pool) {
    for expect in &claim.expect {
        let form = &expect.form;
        for (name, readouts) in form.assays() {
            let Some(arm) = claim.assays.get(name) else { continue };
            readouts.iter().for_each(|readout| pool.want_assay(library, arm, readout));
        }
        if let Form::Rank { .. } = form {
            Ranking::new(library, 0).ask(pool);
        }
        let names = || {
            let read = form.quantities().into_iter().map(|q| &q.of).chain(form.steps().iter().map(|(_, f)| f));
            let drawn = figures::names(form, claim, library);
            read.flat_map(|f| f.symbols.iter().cloned()).chain(drawn).collect::<Vec<_>>()
        };
        let times = || form.quantities().into_iter().flat_map(|q| q.times().collect::<Vec<_>>()).collect::<Vec<_>>();
        let cohorts = form.cohorts();
        let cohorts = cohorts.iter().filter_map(|c| claim.cohorts.get(*c));
        let members = cohorts.filter_map(|c| Some(c.arms(claim.arms.get(&c.arm)?))).flatten();
        let arms: Vec<ArmSpec> =
            form.arms().into_iter().filter_map(|name| claim.arms.get(name).cloned()).chain(members).collect();
        let vehicle = form.quantities().iter().any(|q| q.against == Against::Vehicle);
        for arm in arms {
            if vehicle {
                pool.want(library, &arm.vehicle(), names(), times());
            }
            pool.want(library, &arm, names(), times());
        }
    }
}

/// Judges a claim by its runs; one about the literature needs [`judge_by`].
pub fn judge(claim: &Claim, library: &Library, results: &Results) -> Verdict {
    judge_by(claim, library, results, &Literature::default())
}

/// Judges a claim by its runs and by the literature.
pub fn judge_by(claim: &Claim, library: &Library, results: &Results, literature: &Literature) -> Verdict {
    let bench = Bench { claim, library, results, literature };
    let outcomes: Vec<Outcome> = claim.expect.iter().map(|e| bench.outcome(e)).collect();
    let pass = claim.not_yet.is_empty() && outcomes.iter().all(|o| o.pass);
    let why = if pass { String::new() } else { why(claim, &outcomes) };
    Verdict { id: claim.id.clone(), pass, outcomes, why }
}

fn why(claim: &Claim, outcomes: &[Outcome]) -> String {
    if !claim.not_yet.is_empty() {
        return format!("not yet: {}", claim.not_yet);
    }
    if !claim.why_fails.is_empty() {
        return claim.why_fails.clone();
    }
    let failed: Vec<String> =
        outcomes.iter().filter(|o| !o.pass).map(|o| format!("{}; simulated {}", o.expected, o.simulated)).collect();
    failed.join("; ")
}

/// A claim with its runs.
pub(super) struct Bench<'a> {
    pub claim: &'a Claim,
    pub library: &'a Library,
    pub results: &'a Results,
    pub literature: &'a Literature,
}

/// The numbers of a quantity in an arm.
type NumbersOf<'a> = &'a dyn Fn(&str, &Quantity) -> Result<Vec<f64>, String>;

impl Bench<'_> {
    fn outcome(&self, expect: &Expect) -> Outcome {
        let said = |pass, simulated, numbers| Outcome {
            expected: expected(expect),
            simulated,
            numbers,
            pass,
            reason: expect.reason.clone(),
        };
        match self.judged(expect) {
            Ok((pass, simulated, numbers)) => said(pass, simulated, numbers),
            Err(why) => said(false, format!("no run: {why}"), vec![]),
        }
    }

    fn judged(&self, expect: &Expect) -> Result<(bool, String, Vec<f64>), String> {
        let bounds = &expect.bounds;
        let within = |all: Vec<Named>| {
            let pass = !all.is_empty() && all.iter().all(|n| bounds.hold(n.number));
            words::told(pass, all)
        };
        match &expect.form {
            Form::Value { arms, quantities } => Ok(within(self.each(arms, quantities, &|a, q| self.numbers(a, q))?)),
            Form::ShareLost { arms, whole, quantities } => {
                let lost = |arm: &str, q: &Quantity| {
                    let (left, all) = (self.numbers(arm, q)?, self.numbers(whole, q)?);
                    Ok(left.iter().zip(all).map(|(l, w)| 1.0 - effect(*l, q) / effect(w, q)).collect())
                };
                Ok(within(self.each(arms, quantities, &lost)?))
            }
            Form::Sign { arms, quantities, sign, margin } => {
                let all = self.each(arms, quantities, &|a, q| self.numbers(a, q))?;
                let right = |n: &Named| n.number.is_finite() && sign_of(n.number, *margin) == *sign;
                let pass = all.iter().all(right);
                Ok(words::told(pass, all))
            }
            Form::ArmOrder { arms, quantities } => self.arm_order(arms, quantities),
            Form::Assay { assays, readouts, against, relation } => {
                let number = |assay: &str, readout: &str| {
                    let own = self.assay(assay, readout)?;
                    let reference = against.as_ref().map(|name| self.assay(name, readout)).transpose()?;
                    Ok(reference.map_or(own, |r| relation.of(own, r)))
                };
                Ok(within(self.each_assay(assays, readouts, &number)?))
            }
            Form::AssayOrder { assays, readouts } => {
                let mut all = vec![];
                let mut pass = true;
                for readout in readouts {
                    let one = self.each_assay(assays, std::slice::from_ref(readout), &|a, r| self.assay(a, r))?;
                    pass &= one.windows(2).all(|w| w[1].number > w[0].number);
                    all.extend(one);
                }
                Ok(words::told(pass, all))
            }
            Form::OnsetOrder { arms, steps, share, tie_h, to_h } => {
                self.onset_order(arms, steps, *share, *tie_h, to_h.unwrap_or(f64::INFINITY))
            }
            Form::Shapley { whole, parts, neither, quantity } => {
                let value = |arm: &str| {
                    let all = self.numbers(arm, quantity)?;
                    Ok::<f64, String>(effect(all.first().copied().unwrap_or(f64::NAN), quantity))
                };
                let (full, none) = (value(whole)?, value(neither)?);
                // A part's arm lacks it: with the first part gone only the second is present.
                let values =
                    BTreeMap::from([(0, none), (0b10, value(&parts[0])?), (0b01, value(&parts[1])?), (0b11, full)]);
                let shares = Design::new(2, 0, 0).shares(&values);
                let named = |(name, share): (&String, &Share)| Named {
                    name: format!("share of {name}"),
                    number: share.value / full,
                };
                let shares: Vec<Named> = parts.iter().zip(&shares).map(named).collect();
                let pass = shares.iter().all(|n| bounds.hold(n.number));
                let (pass, told, numbers) = words::told(pass, shares);
                Ok((pass, format!("{told}; left without both {}", short(none / full)), numbers))
            }
            Form::Studies { kinds, fields } => bounded(expect, self.literature.documented(kinds, fields)?),
            Form::Screening { export, count } => bounded(expect, self.literature.screened(export, count)?),
            Form::Figure { arm, picture, held } => self.figure(arm, *picture, held, bounds),
            Form::Rank { kinds } => self.ranks(kinds, bounds),
            _ => self.of_cohorts(expect),
        }
    }

    /// Numbers of every arm and quantity, named where there are several.
    fn each(&self, arms: &[String], quantities: &[Quantity], of: NumbersOf<'_>) -> Result<Vec<Named>, String> {
        let mut all = vec![];
        for arm in arms {
            for q in quantities {
                let hours = if q.at_h.len() > 1 { q.at_h.as_slice() } else { &[] };
                for (i, number) in of(arm, q)?.into_iter().enumerate() {
                    let arm = (arms.len() > 1).then(|| arm.clone());
                    let quantity = (quantities.len() > 1).then(|| q.label.clone());
                    let hour = hours.get(i).map(|h| words::hours(*h));
                    let name: Vec<String> = [arm, quantity, hour].into_iter().flatten().collect();
                    all.push(Named { name: name.join(", "), number });
                }
            }
        }
        Ok(all)
    }

    /// Numbers of every assay and read-out, named where there are several.
    fn each_assay(
        &self,
        assays: &[String],
        readouts: &[String],
        of: &dyn Fn(&str, &str) -> Result<f64, String>,
    ) -> Result<Vec<Named>, String> {
        let mut all = vec![];
        for assay in assays {
            for readout in readouts {
                let assay_name = (assays.len() > 1).then(|| assay.clone());
                let readout_name = (readouts.len() > 1).then(|| readout.clone());
                let name: Vec<String> = [assay_name, readout_name].into_iter().flatten().collect();
                all.push(Named { name: name.join(", "), number: of(assay, readout)? });
            }
        }
        Ok(all)
    }

    fn assay(&self, name: &str, readout: &str) -> Result<f64, String> {
        let arm = self.claim.assays.get(name).ok_or_else(|| format!("no assay is called `{name}`"))?;
        self.results.assay(self.library, arm, readout)
    }

    fn arm_order(&self, arms: &[String], quantities: &[Quantity]) -> Result<(bool, String, Vec<f64>), String> {
        let mut all = vec![];
        let mut pass = true;
        for q in quantities {
            let of_one = std::slice::from_ref(q);
            let numbers = self.each(arms, of_one, &|a, q| self.numbers(a, q))?;
            // Each hour has an order of its own.
            let count = q.at_h.len().max(1);
            for hour in 0..count {
                let column: Vec<f64> = numbers.iter().skip(hour).step_by(count).map(|n| n.number).collect();
                pass &= column.windows(2).all(|w| w[1] > w[0]);
            }
            all.extend(numbers);
        }
        Ok(words::told(pass, all))
    }

    fn onset_order(
        &self,
        arms: &[String],
        steps: &[(String, super::formula::Formula)],
        share: f64,
        tie_h: f64,
        to_h: f64,
    ) -> Result<(bool, String, Vec<f64>), String> {
        let mut all = vec![];
        let mut pass = true;
        for arm in arms {
            let trajectory = self.results.of(self.library, self.arm(arm)?)?;
            let mut onsets = vec![];
            for (name, formula) in steps {
                let track = Track::of(formula, trajectory).map_err(missing)?;
                let onset = track.onset(share, to_h);
                let name = if arms.len() > 1 { format!("{arm}, {name}") } else { name.clone() };
                onsets.push(Named { name, number: onset });
            }
            pass &= onsets.windows(2).all(|w| w[1].number > w[0].number - tie_h);
            all.extend(onsets);
        }
        Ok(words::told(pass, all))
    }

    pub(super) fn arm(&self, name: &str) -> Result<&ArmSpec, String> {
        self.claim.arms.get(name).ok_or_else(|| format!("no arm is called `{name}`"))
    }

    fn numbers(&self, arm: &str, q: &Quantity) -> Result<Vec<f64>, String> {
        self.numbers_of(self.arm(arm)?, q)
    }

    /// The numbers of a quantity in an arm, against its reference.
    pub(super) fn numbers_of(&self, arm: &ArmSpec, q: &Quantity) -> Result<Vec<f64>, String> {
        numbers(self.library, self.results, arm, q, &|name| self.arm(name).cloned())
    }
}

/// The numbers of a quantity in an arm, against its reference; `named` finds a reference arm.
///
/// # Errors
/// A run that failed, a name that is not among what was kept.
pub(super) fn numbers(
    library: &Library,
    results: &Results,
    arm: &ArmSpec,
    q: &Quantity,
    named: &dyn Fn(&str) -> Result<ArmSpec, String>,
) -> Result<Vec<f64>, String> {
    let track = |spec: &ArmSpec| Track::of(&q.of, results.of(library, spec)?).map_err(missing);
    let own = track(arm)?;
    let numbers = own.numbers(q);
    let references = match &q.against {
        Against::Nothing => return Ok(numbers),
        Against::Base => vec![own.baseline; numbers.len()],
        Against::Hour(h) => vec![own.at(*h); numbers.len()],
        Against::Vehicle => track(&arm.vehicle())?.numbers(q),
        Against::Arm(name) => track(&named(name)?)?.numbers(q),
    };
    Ok(numbers.into_iter().zip(references).map(|(n, r)| q.relation.of(n, r)).collect())
}

/// A number with its words, held against the bounds.
fn bounded(expect: &Expect, (number, words): (f64, String)) -> Result<(bool, String, Vec<f64>), String> {
    Ok((expect.bounds.hold(number), format!("{} ({words})", short(number)), vec![number]))
}

fn missing(name: String) -> String {
    format!("`{name}` was not kept")
}

fn sign_of(number: f64, margin: f64) -> i8 {
    if number.abs() <= margin { 0 } else { number.signum() as i8 }
}

/// The size of an effect: a ratio's distance from 1, anything else as it is.
fn effect(number: f64, q: &Quantity) -> f64 {
    let ratio = q.against != Against::Nothing && q.relation == super::quantity::Relation::Ratio;
    if ratio { number - 1.0 } else { number }
}

#[cfg(test)]
#[path = "judge/tests.rs"]
mod tests;
