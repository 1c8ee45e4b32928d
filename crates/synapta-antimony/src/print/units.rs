//! Units as statements.

use synapta_model::{Species, UnitFactor};

use super::{Printer, number};
use crate::table::unit_factor;
use crate::units::{reduce, same_factors};
use crate::words::unit_kind;

/// One factor: `(1e-3 mole)^2`.
fn factor_text(f: &UnitFactor) -> String {
    let size =
        if f.multiplier == 1.0 && f.scale == 0 { f.kind.to_string() } else { format!("{} {}", sized(f), f.kind) };
    match (f.exponent == 1.0, size.contains(' ')) {
        (true, _) => size,
        (false, true) => format!("({size})^{}", number(f.exponent)),
        (false, false) => format!("{size}^{}", number(f.exponent)),
    }
}

/// Multiplier and power of ten as one number.
fn sized(f: &UnitFactor) -> String {
    match f.scale {
        0 => number(f.multiplier),
        scale => format!("{}e{scale}", f.multiplier),
    }
}

/// A unit as a formula.
pub(super) fn unit_text(factors: &[UnitFactor]) -> String {
    factors.iter().map(factor_text).collect::<Vec<_>>().join(" * ")
}

impl Printer<'_> {
    pub(super) fn units(&mut self) {
        let roles = self.roles();
        for u in &self.model.unit_definitions {
            let is_role = roles.iter().any(|(role, _)| *role == u.id);
            let line = match (u.factors.is_empty(), is_role) {
                // These words are units by themselves; one that is to have no definition is defined by itself.
                (true, true) => format!("unit {} = {}", u.id, u.id),
                (true, false) => format!("unit {}", u.id),
                _ => format!("unit {} = {}", u.id, unit_text(&u.factors)),
            };
            self.line(&line);
        }
        for (role, id) in roles {
            if let Some(id) = id.filter(|id| id != role) {
                self.line(&format!("unit {role} = {id}"));
            }
        }
    }

    /// The units of the model as a whole and the words they have in the language.
    fn roles(&self) -> [(&'static str, Option<String>); 6] {
        let u = &self.model.units;
        [
            ("substance", &u.substance),
            ("time_unit", &u.time),
            ("volume", &u.volume),
            ("area", &u.area),
            ("length", &u.length),
            ("extent", &u.extent),
        ]
        .map(|(role, id)| (role, id.as_ref().map(|id| id.to_string())))
    }

    fn factors_of(&self, id: &str) -> Vec<UnitFactor> {
        match (self.model.unit(id), unit_kind(id)) {
            (Some(u), _) => u.factors.clone(),
            (None, Some(kind)) => vec![unit_factor(kind, 1.0)],
            (None, None) => vec![],
        }
    }

    /// What a species' symbol is measured in, so that its substance has the unit the model says.
    pub(super) fn symbol_unit(&self, s: &Species) -> Option<String> {
        let wanted = s.substance_units.as_ref()?;
        if s.only_substance_units {
            return Some(wanted.to_string());
        }
        let compartment = self.model.compartments.iter().find(|c| c.id == s.compartment);
        let implicit = s.compartment == crate::table::DEFAULT_COMPARTMENT && self.default_is_implicit();
        let size = match compartment.filter(|_| !implicit).and_then(|c| c.units.as_ref()) {
            Some(id) => id.to_string(),
            None if implicit => "litre".into(),
            None => self.model.units.volume.as_ref().map_or("litre".into(), |v| v.to_string()),
        };
        let (wanted_factors, size_factors) = (self.factors_of(wanted), self.factors_of(&size));
        let fits = |id: &str| {
            let mut product = self.factors_of(id);
            product.extend(size_factors.iter().cloned());
            reduce(&mut product);
            same_factors(&product, &wanted_factors)
        };
        let defined = self.model.unit_definitions.iter().map(|u| u.id.as_str());
        let known = defined.chain(["mole", "item", "gram", "kilogram", "dimensionless"]).find(|id| fits(id));
        Some(known.map_or_else(|| format!("{wanted} / {size}"), str::to_owned))
    }
}
