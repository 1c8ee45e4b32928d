//! A dose's effect shared out over mechanisms: which arms that takes, and what each set of mechanisms gives.

use std::collections::BTreeMap;

use super::formula::Formula;
use super::pool::{ArmSpec, Pool, Results};
use super::quantity::Track;
use super::shapley::{Coalition, Design, Share};
use crate::library::Library;
use synapta_model::Diagnostic;

/// What is shared out: the effect of an arm on a quantity at one time, dosed less undosed.
pub struct Attribution {
    /// The arm with every mechanism it has.
    pub spec: ArmSpec,
    /// The mechanisms that share the effect; bit `k` of a coalition is mechanism `k`.
    pub mechanisms: Vec<String>,
    /// The quantity, over names of the model.
    pub of: Formula,
    /// Hours after the first dose.
    pub hour: f64,
    /// The sets of mechanisms that are asked.
    pub design: Design,
}

/// The shares, and what they are shares of.
#[derive(Clone, Debug, PartialEq)]
pub struct Attributed {
    /// One for each mechanism, in the unit of the quantity.
    pub shares: Vec<Share>,
    /// The effect with all of them.
    pub whole: f64,
    /// What is left of it without any of them.
    pub none: f64,
}

/// The mechanisms named, or those that the library offers for this, each once, without those that an arm lacks anyway.
///
/// # Errors
/// A diagnostic for a name that no mechanism has.
pub fn sharing(library: &Library, named: &[String], spec: &ArmSpec) -> Result<Vec<String>, Diagnostic> {
    let name_of = |n: &String| library.mechanism(n).map(|m| m.name.get_ref().clone());
    let offered = || library.mechanisms.iter().filter(|m| m.attribute).map(|m| m.name.get_ref().clone()).collect();
    let all: Vec<String> =
        if named.is_empty() { offered() } else { named.iter().map(name_of).collect::<Result<_, _>>()? };
    let gone: Vec<String> = spec.without.iter().filter_map(|n| name_of(n).ok()).collect();
    let mut sharing: Vec<String> = vec![];
    for name in all {
        if !gone.contains(&name) && !sharing.contains(&name) {
            sharing.push(name);
        }
    }
    Ok(sharing)
}

impl Attribution {
    /// Asks a pool for every arm: each set of mechanisms with the dose and without.
    pub fn want(&self, library: &Library, pool: &mut Pool) {
        for coalition in self.design.coalitions() {
            let arm = self.arm(coalition);
            for arm in [arm.vehicle(), arm] {
                pool.want(library, &arm, self.of.symbols.iter().cloned(), [self.hour]);
            }
        }
    }

    /// The shares, from a pool that was run.
    ///
    /// # Errors
    /// Why a run failed.
    pub fn shares(&self, library: &Library, results: &Results) -> Result<Attributed, String> {
        let effect = |c: Coalition| {
            let arm = self.arm(c);
            Ok((c, self.read(library, results, &arm)? - self.read(library, results, &arm.vehicle())?))
        };
        let effects: BTreeMap<Coalition, f64> =
            self.design.coalitions().into_iter().map(effect).collect::<Result<_, String>>()?;
        Ok(Attributed {
            shares: self.design.shares(&effects),
            whole: effects[&self.design.whole()],
            none: effects[&Coalition::default()],
        })
    }

    /// The arm in which only a coalition's mechanisms are left.
    fn arm(&self, coalition: Coalition) -> ArmSpec {
        let gone = self.mechanisms.iter().enumerate().filter(|(k, _)| coalition >> k & 1 == 0);
        let mut arm = self.spec.clone();
        arm.without.extend(gone.map(|(_, name)| name.clone()));
        arm
    }

    fn read(&self, library: &Library, results: &Results, arm: &ArmSpec) -> Result<f64, String> {
        let run = results.of(library, arm)?;
        Ok(Track::of(&self.of, run).map_err(|name| format!("`{name}` was not kept"))?.at(self.hour))
    }
}
