//! From doses to changes of the model: what is added where, which rate is set when, which visits happen.

use std::collections::BTreeMap;

use serde::Serialize;
use synapta_model::{Diagnostic, Id, Span};
use toml::Spanned;

use crate::library::{Device, Drug, Fraction, Library, RouteEntry, Target};
use crate::regimen::{DoseRecord, Doses};
use crate::setting::Dictionary;

/// Input of the mood module that tells a treatment visit; models without it have no expectation.
const VISIT: &str = "subject.mood.visit";

/// A change of the model at a time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Hours.
    #[serde(rename = "time")]
    pub time_h: f64,
    /// Flat id.
    pub id: Id,
    /// What is done.
    #[serde(flatten)]
    pub action: ChangeAction,
}

/// Kinds of change.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "action", content = "value", rename_all = "lowercase")]
pub enum ChangeAction {
    /// The value becomes this.
    Set(f64),
    /// This amount (nmol) comes to a species.
    Add(f64),
}

/// An infusion into one parameter.
struct Infusion {
    start: f64,
    end: f64,
    rate: f64,
}

/// Makes the changes of a schedule, sorted by time, simultaneous ones in the order of the doses.
///
/// `value_of` gives a parameter's value in the subject (fractions, rates at rest).
///
/// # Errors
/// `delivery-unknown-target` (a name of drugs.toml this model lacks), `delivery-no-bolus`, `delivery-no-infusion`,
/// `delivery-fraction` (fractions of a route beyond 0 to 1), and those of [`Library::drug`] and
/// [`Dictionary::resolve_set`].
pub fn plan(
    doses: &Doses,
    library: &Library,
    dictionary: &Dictionary,
    value_of: &dyn Fn(&Id) -> Option<f64>,
) -> Result<Vec<Change>, Vec<Diagnostic>> {
    let mut planner = Planner { dictionary, value_of, changes: vec![], infusions: BTreeMap::new(), found: vec![] };
    for dose in &doses.records {
        match library.drug(&dose.drug) {
            Ok(drug) => planner.dose(dose, drug),
            Err(d) => planner.report(d),
        }
    }
    planner.rates();
    if !planner.found.is_empty() {
        return Err(planner.found);
    }
    let mut changes = planner.changes;
    changes.sort_by(|a, b| a.time_h.total_cmp(&b.time_h));
    Ok(changes)
}

struct Planner<'a> {
    dictionary: &'a Dictionary,
    value_of: &'a dyn Fn(&Id) -> Option<f64>,
    changes: Vec<Change>,
    infusions: BTreeMap<Id, Vec<Infusion>>,
    found: Vec<Diagnostic>,
}

impl Planner<'_> {
    fn dose(&mut self, dose: &DoseRecord, drug: &Drug) {
        let Some(route) = drug.route(dose.route) else {
            let message = format!("{} has no route `{}`", dose.drug, dose.route);
            return self.fail("regimen-route-not-for-drug", message, "see `synapta drugs`");
        };
        if drug.visit && dose.begins_dose {
            self.visit(dose.time_h, drug, route);
        }
        for component in &drug.components {
            let instance = component.instance.get_ref();
            let share = component.fraction.value;
            match (dose.duration_h, dose.rate_nmol_per_h) {
                (Some(duration), Some(rate)) => self.infuse(dose, route, instance, duration, rate * share),
                _ => self.give(dose, route, instance, dose.amount_nmol * share),
            }
        }
    }

    fn visit(&mut self, time_h: f64, drug: &Drug, route: &RouteEntry) {
        let Some(visit) = self.dictionary.names.exact(VISIT) else {
            return;
        };
        for set in [&drug.visit_set, &route.visit_set] {
            match self.dictionary.resolve_set(set, drug.name.get_ref()) {
                Ok(settings) => settings.into_iter().for_each(|s| self.set(time_h, s.id, s.value)),
                Err(found) => found.into_iter().for_each(|d| self.report(d)),
            }
        }
        self.set(time_h, visit, 1.0);
    }

    fn infuse(&mut self, dose: &DoseRecord, route: &RouteEntry, instance: &str, duration: f64, rate: f64) {
        let Some(name) = &route.infusion else {
            let message = format!("{} by the route `{}` cannot be infused", dose.drug, dose.route);
            return self.fail("delivery-no-infusion", message, "leave `over ...` out");
        };
        let Some(id) = self.target(instance, name) else {
            return;
        };
        let infusion = Infusion { start: dose.time_h, end: dose.time_h + duration, rate };
        self.infusions.entry(id).or_default().push(infusion);
    }

    fn give(&mut self, dose: &DoseRecord, route: &RouteEntry, instance: &str, amount: f64) {
        if let Some(name) = &route.bolus {
            if let Some(id) = self.target(instance, name) {
                self.add(dose.time_h, id, amount);
            }
            return;
        }
        if route.to.is_empty() {
            let message = format!("{} by the route `{}` is given as an infusion", dose.drug, dose.route);
            return self.fail("delivery-no-bolus", message, "write how long, `over 40 min`");
        }
        let Some(shares) = self.shares(dose, route, instance) else {
            return;
        };
        for (target, share) in route.to.iter().zip(shares) {
            if let Some(id) = self.target(instance, &target.species) {
                self.add(dose.time_h, id, amount * share);
            }
        }
    }

    /// The share of each target. `None` after telling what is wrong.
    fn shares(&mut self, dose: &DoseRecord, route: &RouteEntry, instance: &str) -> Option<Vec<f64>> {
        let known: Vec<Option<f64>> =
            route.to.iter().map(|t| self.share(dose, route, instance, t)).collect::<Option<_>>()?;
        let taken: f64 = known.iter().flatten().sum();
        let in_range = known.iter().flatten().all(|f| *f >= 0.0) && taken <= 1.0 + 1e-9;
        if !in_range {
            let message = format!("the parts of a {} dose `{}` take {taken} of it", dose.drug, dose.route);
            self.fail("delivery-fraction", message, "the route's fraction parameters must lie between 0 and 1");
            return None;
        }
        Some(known.into_iter().map(|f| f.unwrap_or((1.0 - taken).max(0.0))).collect())
    }

    /// `Some(None)` for the remainder.
    fn share(&mut self, dose: &DoseRecord, route: &RouteEntry, instance: &str, target: &Target) -> Option<Option<f64>> {
        match target.fraction.get_ref() {
            Fraction::Number(v) => Some(Some(v.value)),
            Fraction::Remainder => Some(None),
            Fraction::Parameter(name) => self.number(instance, name).map(Some),
            Fraction::Device => self.device_share(dose, route.device.as_ref()?, instance).map(Some),
        }
    }

    fn device_share(&mut self, dose: &DoseRecord, device: &Device, instance: &str) -> Option<f64> {
        let first = self.number(instance, device.first.get_ref())?;
        if dose.device.unwrap_or(1) <= 1 {
            return Some(first);
        }
        Some(first * self.number(instance, device.later_factor.get_ref())?)
    }

    /// At every change of an infusion the total of the running ones is set, so that rates of overlapping infusions add
    /// and the rate at rest comes back exactly.
    fn rates(&mut self) {
        for (id, infusions) in std::mem::take(&mut self.infusions) {
            let rest = (self.value_of)(&id).unwrap_or(0.0);
            let mut times: Vec<f64> = infusions.iter().flat_map(|i| [i.start, i.end]).collect();
            times.sort_by(f64::total_cmp);
            times.dedup();
            for t in times {
                let running = infusions.iter().filter(|i| i.start <= t && t < i.end);
                let total = running.fold(rest, |sum, i| sum + i.rate);
                self.set(t, id.clone(), total);
            }
        }
    }

    // ---- names

    fn target(&mut self, instance: &str, name: &Spanned<String>) -> Option<Id> {
        self.resolve(instance, name.get_ref())
    }

    fn number(&mut self, instance: &str, name: &str) -> Option<f64> {
        let id = self.resolve(instance, name)?;
        let value = (self.value_of)(&id);
        if value.is_none() {
            let message = format!("`{instance}.{name}` has no value here");
            self.fail("delivery-unknown-target", message, "it must be a parameter of the model");
        }
        value
    }

    /// A name in the instance or in one that holds it (`subject.ketamine.S`, then `subject.ketamine`, ...).
    fn resolve(&mut self, instance: &str, name: &str) -> Option<Id> {
        let names = &self.dictionary.names;
        let mut scope = Some(instance);
        while let Some(s) = scope {
            if let Some(id) = names.exact(&format!("{s}.{name}")) {
                return Some(id);
            }
            scope = s.rsplit_once('.').map(|(outer, _)| outer);
        }
        let found = names.exact(name);
        if found.is_none() {
            let mut unknown = names.unknown(&format!("{instance}.{name}"), Span::NONE);
            unknown.code = "delivery-unknown-target";
            self.report(unknown);
        }
        found
    }

    // ---- small things

    fn set(&mut self, time_h: f64, id: Id, value: f64) {
        self.changes.push(Change { time_h, id, action: ChangeAction::Set(value) });
    }

    fn add(&mut self, time_h: f64, id: Id, amount: f64) {
        self.changes.push(Change { time_h, id, action: ChangeAction::Add(amount) });
    }

    fn fail(&mut self, code: &'static str, message: String, help: &str) {
        self.report(Diagnostic::error(code, Span::NONE, message).with_help(help));
    }

    /// Each finding once, however many doses have it.
    fn report(&mut self, diagnostic: Diagnostic) {
        if !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
