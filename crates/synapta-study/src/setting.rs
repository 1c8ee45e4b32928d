//! Sets of values from the data files and from `--set`, resolved to the model's ids and units.

use serde::Serialize;
use synapta_model::units::{Unit, UnitNames, UnitTable};
use synapta_model::{Diagnostic, Element, Id, Model, Span};

use crate::library::SetTable;
use crate::names::Names;

/// A model with its names and units, made once.
#[derive(Clone, Debug)]
pub struct Dictionary {
    /// Names of elements.
    pub names: Names,
    units: UnitTable,
    declared: std::collections::HashMap<Id, Id>,
    ruled: std::collections::HashSet<Id>,
}

/// One resolved value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// Flat id.
    pub id: Id,
    /// In the model's unit.
    pub value: f64,
}

impl Dictionary {
    /// Names and units of a model.
    pub fn new(model: &Model) -> Dictionary {
        let parameters = model.parameters.iter().filter_map(|p| Some((p.id.clone(), p.units.clone()?)));
        let compartments = model.compartments.iter().filter_map(|c| Some((c.id.clone(), c.units.clone()?)));
        // The symbol of a species with only substance units means an amount; a concentration has no unit id.
        let species = model.species.iter().filter(|s| s.only_substance_units);
        let species =
            species.filter_map(|s| Some((s.id.clone(), s.substance_units.clone().or(model.units.substance.clone())?)));
        let assigned = model.rules.iter().filter(|r| r.kind == synapta_model::RuleKind::Assignment);
        Dictionary {
            names: Names::new(model),
            units: UnitTable::new(model),
            declared: parameters.chain(compartments).chain(species).collect(),
            ruled: assigned.map(|r| r.variable.clone()).collect(),
        }
    }

    /// The unit of an element for people, in familiar symbols (`nmol/L`); empty for pure numbers, `None` if the model
    /// does not say.
    pub fn unit_name(&self, id: &str) -> Option<String> {
        let declared = self.declared.get(id)?;
        let unit = self.units.get(declared)?;
        if unit.is_dimensionless() {
            return Some(String::new());
        }
        let familiar = symbols(&unit);
        // A unit without a familiar symbol (`mmHg`) keeps the last part of its flat name.
        let odd = familiar.starts_with(|c: char| c.is_ascii_digit());
        let own = declared.rsplit('_').next().unwrap_or(declared);
        Some(if odd { own.to_string() } else { familiar })
    }

    /// Resolves a set of the data files; patterns first, so that a plain id in the same set wins.
    ///
    /// # Errors
    /// `unknown-name`, `set-unit`, `set-unknown-unit`, `set-not-settable`; one for each entry at fault. `owner` names the entry in messages.
    pub fn resolve_set(&self, set: &SetTable, owner: &str) -> Result<Vec<Setting>, Vec<Diagnostic>> {
        let (patterns, plain): (Vec<_>, Vec<_>) = set.iter().partition(|(k, _)| k.get_ref().contains('*'));
        let mut out = vec![];
        let mut found = vec![];
        for (key, value) in patterns.into_iter().chain(plain) {
            let ids = self.names.matching(key.get_ref());
            if ids.is_empty() {
                let mut unknown = self.names.unknown(key.get_ref(), Span::NONE);
                unknown.message = format!("{owner}: {}", unknown.message);
                found.push(unknown);
            }
            for id in ids {
                match self.convert(&id, value.value, value.unit.as_deref()) {
                    Ok(setting) => out.push(setting),
                    Err(mut d) => {
                        d.message = format!("{owner}: {}", d.message);
                        found.push(d);
                    }
                }
            }
        }
        if found.is_empty() { Ok(out) } else { Err(found) }
    }

    /// Reads `name=value` or `name = value unit`.
    ///
    /// # Errors
    /// `set-syntax`, `set-number` (NaN and infinity included), `unknown-name`, `set-unit`, `set-unknown-unit`, `set-not-settable`.
    pub fn read_assignment(&self, text: &str) -> Result<Setting, Diagnostic> {
        let error = |code, message: String, help: &str| Diagnostic::error(code, Span::NONE, message).with_help(help);
        let example = "write `name=value` or `name=value unit`, for example `subject.weight=80 kg`";
        let Some((name, value)) = text.split_once('=') else {
            return Err(error("set-syntax", format!("`{text}` sets nothing"), example));
        };
        let (name, value) = (name.trim(), value.trim());
        let id = self.names.resolve(name)?;
        let (number, unit) = split_number(value);
        let number: f64 =
            number.parse().map_err(|_| error("set-number", format!("`{value}` is not a number"), example))?;
        if !number.is_finite() {
            let message = format!("`{name}` cannot be {number}");
            return Err(error("set-number", message, "give a finite number"));
        }
        self.convert(&id, number, Some(unit).filter(|u| !u.is_empty()))
    }

    /// A value in the model's own unit.
    ///
    /// # Errors
    /// `set-unit` if the dimensions differ, `set-unknown-unit`, `set-not-settable` if a rule gives the value.
    pub fn convert(&self, id: &Id, value: f64, unit: Option<&str>) -> Result<Setting, Diagnostic> {
        let path = self.names.path(id);
        let fail =
            |code, message: String, help: String| Err(Diagnostic::error(code, Span::NONE, message).with_help(help));
        if matches!(self.names.element(id), Some(Element::Reaction(_))) || self.ruled.contains(id) {
            let message = format!("`{path}` is computed by the model and cannot be set");
            return fail("set-not-settable", message, "set a parameter its formula uses".into());
        }
        let setting = |value| Ok(Setting { id: id.clone(), value });
        let Some(text) = unit else {
            return setting(value);
        };
        let Some(own) = self.declared.get(id).and_then(|u| self.units.get(u)) else {
            return setting(value);
        };
        let Some(given) = self.read_unit(text) else {
            let help = format!("`{path}` is in {}", symbols(&own));
            return fail("set-unknown-unit", format!("`{text}` is not a unit"), help);
        };
        match given.factor_to(&own) {
            Some(factor) if (factor - 1.0).abs() < 1e-12 => setting(value),
            Some(factor) => setting(value * factor),
            None => {
                let message = format!("`{path}` is in {}, not in `{text}`", symbols(&own));
                fail("set-unit", message, format!("give it in {} or a unit of that kind", symbols(&own)))
            }
        }
    }

    /// A unit by the model's own name, as a formula (`nmol/L`), or as a name in words (`nmol_per_L`, `ratio`).
    fn read_unit(&self, text: &str) -> Option<Unit> {
        if text == "ratio" {
            return Some(Unit::DIMENSIONLESS);
        }
        self.units.get(text).or_else(|| Unit::parse(text).ok()).or_else(|| {
            let formula = text.strip_prefix("per_").map_or_else(|| text.to_string(), |t| format!("1/{t}"));
            Unit::parse(&formula.replace("_per_", "/").replace('_', "/")).ok()
        })
    }
}

/// A unit in familiar symbols: a flat model's own unit ids carry the paths of its parts.
fn symbols(unit: &Unit) -> String {
    if unit.is_dimensionless() { "dimensionless".to_string() } else { UnitNames::new(vec![]).name(unit) }
}

/// `80 kg` as `80` and `kg`.
fn split_number(text: &str) -> (&str, &str) {
    if let Some((number, unit)) = text.split_once(char::is_whitespace) {
        return (number, unit.trim());
    }
    let is_number = |n: &str| n.parse::<f64>().is_ok();
    if is_number(text) {
        return (text, "");
    }
    // `80kg`: the longest start that is a number.
    let cut = (1..text.len()).rev().find(|i| text.is_char_boundary(*i) && is_number(&text[..*i]));
    cut.map_or((text, ""), |i| (&text[..i], text[i..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::toy_model;

    fn dictionary() -> Dictionary {
        Dictionary::new(&toy_model())
    }

    #[test]
    fn assignment_with_and_without_unit() {
        let d = dictionary();
        let value = |text: &str| d.read_assignment(text).unwrap().value;
        assert_eq!(value("subject.weight=80"), 80.0);
        assert_eq!(value("weight = 80 kg"), 80.0);
        assert_eq!(value("weight=80kg"), 80.0);
        assert_eq!(value("weight=80000 g"), 80.0);
    }

    #[test]
    fn smallest_wrong_assignments() {
        let d = dictionary();
        let code = |text: &str| d.read_assignment(text).unwrap_err().code;
        assert_eq!(code("weight"), "set-syntax");
        assert_eq!(code("weight=heavy"), "set-number");
        assert_eq!(code("weight=NaN"), "set-number");
        assert_eq!(code("weight=inf kg"), "set-number");
        assert_eq!(code("wait=1"), "unknown-name");
        assert_eq!(code("weight=80 h"), "set-unit");
        assert_eq!(code("weight=80 stone"), "set-unknown-unit");
        assert_eq!(code("subject.level=1"), "set-not-settable");
    }

    #[test]
    fn words_of_units_are_read() {
        let d = dictionary();
        assert!(d.read_unit("per_hour").unwrap().is_same(&Unit::parse("1/h").unwrap()));
        assert!(d.read_unit("nmol_per_L_hour").unwrap().is_same(&Unit::parse("nmol/L/h").unwrap()));
        assert!(d.read_unit("furlong").is_none());
    }
}
