//! What the types of the data files do not say.

use synapta_model::{Diagnostic, SourceId, Span};
use toml::Spanned;

use super::schema::{Drug, Hypothesis, Mechanism, PhaseKind, RouteEntry, SetTable, Subject};
use super::value::{Fraction, Value};
use crate::readout::ReadoutFile;
use crate::regimen::Route;
use crate::words::{did_you_mean, nearest_of};

/// Gathers findings.
#[derive(Default)]
pub(super) struct Checker {
    pub found: Vec<Diagnostic>,
}

impl Checker {
    pub fn drugs(&mut self, source: SourceId, drugs: &[Drug]) {
        self.unique(source, drugs.iter().map(|d| (&d.name, &d.aliases)));
        for drug in drugs {
            self.drug(source, drug);
        }
    }

    fn drug(&mut self, source: SourceId, drug: &Drug) {
        let name = drug.name.get_ref();
        let place = span(source, &drug.name);
        self.sourced(place, "molar_mass_g_per_mol", &drug.molar_mass_g_per_mol, true);
        if !(drug.molar_mass_g_per_mol.value > 0.0 && drug.molar_mass_g_per_mol.value.is_finite()) {
            self.error("library-value", place, format!("the molar mass of `{name}` is not above 0"));
        }
        let shares: f64 = drug.components.iter().map(|c| c.fraction.value).sum();
        if (shares - 1.0).abs() > 1e-9 {
            self.error("library-fractions", place, format!("the components of `{name}` sum to {shares}, not 1"));
        }
        for (key, route) in &drug.routes {
            if Route::from_word(key.get_ref()).is_none() {
                let near = did_you_mean(nearest_of(key.get_ref(), Route::names()));
                let help = format!("{near}routes are: {}", Route::names().join(", "));
                let unknown = Diagnostic::error(
                    "library-unknown-route",
                    span(source, key),
                    format!("unknown route `{}`", key.get_ref()),
                );
                self.found.push(unknown.with_help(help));
            }
            self.route(source, span(source, key), route);
        }
        self.set(source, &drug.visit_set);
        let default = Route::from_word(drug.default_route.get_ref());
        if default.and_then(|r| drug.route(r)).is_none() {
            let message = format!("`{name}` has no route `{}`", drug.default_route.get_ref());
            self.error("library-default-route", span(source, &drug.default_route), message);
        }
    }

    fn route(&mut self, source: SourceId, place: Span, route: &RouteEntry) {
        self.set(source, &route.visit_set);
        if route.bolus.is_none() && route.infusion.is_none() && route.to.is_empty() {
            self.error("library-route-empty", place, "this route leads nowhere".into());
        }
        if route.bolus.is_some() && !route.to.is_empty() {
            self.error("library-fractions", place, "give `bolus` or `to`, not both".into());
        }
        let rests = route.to.iter().filter(|t| *t.fraction.get_ref() == Fraction::Remainder).count();
        if rests > 1 {
            self.error("library-fractions", place, "two places take the remainder".into());
        }
        let mut known = 0.0;
        for target in &route.to {
            match target.fraction.get_ref() {
                Fraction::Number(v) if !(0.0..=1.0).contains(&v.value) => {
                    let message = format!("a fraction of {} is not between 0 and 1", v.value);
                    self.error("library-fractions", span(source, &target.fraction), message);
                }
                Fraction::Number(v) => known += v.value,
                Fraction::Device if route.device.is_none() => {
                    self.error("library-fractions", span(source, &target.fraction), "this route has no device".into());
                }
                _ => {}
            }
        }
        if known > 1.0 + 1e-9 {
            self.error("library-fractions", place, format!("the fractions sum to {known}"));
        }
        if let Some(device) = &route.device
            && !(device.amount_mg.value > 0.0 && device.interval_min.value >= 0.0)
        {
            self.error("library-value", place, "a device holds more than 0 mg, at intervals of 0 min or more".into());
        }
    }

    pub fn subjects(&mut self, source: SourceId, subjects: &[Subject]) {
        self.unique(source, subjects.iter().map(|s| (&s.name, &s.aliases)));
        for subject in subjects {
            let place = span(source, &subject.name);
            self.set(source, &subject.set);
            if !(subject.weight.value > 0.0 && subject.weight.value.is_finite()) {
                self.error("library-value", place, format!("a weight of {} cannot be", subject.weight.value));
            }
            for phase in &subject.phase {
                self.set(source, &phase.set);
                let hours_fit = match phase.kind {
                    PhaseKind::Steady => phase.hours.is_none(),
                    PhaseKind::Run => phase.hours.is_some_and(|h| h > 0.0 && h.is_finite()),
                };
                if !hours_fit {
                    let message = "a `run` phase has `hours` above 0, a `steady` phase has none".to_string();
                    self.error("library-phase", place, message);
                }
            }
        }
    }

    pub fn mechanisms(&mut self, source: SourceId, mechanisms: &[Mechanism]) {
        self.unique(source, mechanisms.iter().map(|m| (&m.name, &m.aliases)));
        mechanisms.iter().for_each(|m| self.set(source, &m.set));
    }

    pub fn hypotheses(&mut self, source: SourceId, hypotheses: &[Hypothesis]) {
        self.unique(source, hypotheses.iter().map(|h| (&h.name, &h.aliases)));
        for (i, h) in hypotheses.iter().enumerate() {
            self.set(source, &h.set);
            if h.default && hypotheses[..i].iter().any(|g| g.default && g.group == h.group) {
                let message = format!("the group `{}` has a second default", h.group);
                self.error("library-group", span(source, &h.name), message);
            }
        }
    }

    pub fn readouts(&mut self, source: SourceId, file: &ReadoutFile) {
        let mut found = file.check(source);
        self.found.append(&mut found);
    }

    fn set(&mut self, source: SourceId, set: &SetTable) {
        for (key, value) in set {
            self.sourced(span(source, key), key.get_ref(), value, false);
        }
    }

    /// A bare number is a switch (0 or 1); every other number has unit and source.
    fn sourced(&mut self, place: Span, name: &str, value: &Value, unit_is_in_the_name: bool) {
        if !value.value.is_finite() {
            return self.error("library-value", place, format!("`{name}` is not a finite number"));
        }
        let help = "write { value = ..., unit = \"...\", source = \"DOI, PMID or assumed: reason\" }";
        let is_switch = value.value == 0.0 || value.value == 1.0;
        if value.is_bare() {
            if !is_switch {
                let message = format!("`{name}` is a bare number; only the switch values 0 and 1 may be");
                self.found.push(Diagnostic::error("library-bare-number", place, message).with_help(help));
            }
            return;
        }
        if value.source.is_none() || (value.unit.is_none() && !unit_is_in_the_name) {
            let message = format!("`{name}` needs both a unit and a source");
            self.found.push(Diagnostic::error("library-source-missing", place, message).with_help(help));
        }
    }

    fn unique<'a>(&mut self, source: SourceId, names: impl Iterator<Item = (&'a Spanned<String>, &'a Vec<String>)>) {
        let mut seen: Vec<String> = vec![];
        for (name, aliases) in names {
            for word in std::iter::once(name.get_ref()).chain(aliases) {
                let lower = word.to_lowercase();
                if seen.contains(&lower) {
                    let message = format!("the name `{word}` is taken");
                    self.error("library-duplicate-name", span(source, name), message);
                }
                seen.push(lower);
            }
        }
    }

    fn error(&mut self, code: &'static str, place: Span, message: String) {
        self.found.push(Diagnostic::error(code, place, message));
    }
}

/// Place of a value in its text.
pub(crate) fn span<T>(source: SourceId, value: &Spanned<T>) -> Span {
    Span::new(source, value.span().start, value.span().end)
}
