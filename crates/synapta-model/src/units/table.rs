//! The units of one model by id.

use std::collections::HashMap;

use super::{Unit, UnitNames};
use crate::{Id, Model, UnitDefinition};

/// Every unit a model defines, in canonical form. Made once; stale after the model changes.
#[derive(Clone, Debug)]
pub struct UnitTable {
    units: HashMap<Id, Unit>,
    names: UnitNames,
}

impl UnitTable {
    /// Reads the unit definitions of a model. Definitions that use an unknown unit, or a factor of zero, have no unit.
    pub fn new(model: &Model) -> UnitTable {
        let mut units = HashMap::new();
        // A definition may use another that stands after it: repeat until nothing new is found.
        loop {
            let before = units.len();
            for definition in model.unit_definitions.iter() {
                if !units.contains_key(&definition.id)
                    && let Some(unit) = resolve(definition, &units)
                {
                    units.insert(definition.id.clone(), unit);
                }
            }
            if units.len() == before {
                break;
            }
        }
        let named = model.unit_definitions.iter().filter_map(|d| Some((d.id.to_string(), *units.get(&d.id)?)));
        let u = &model.units;
        let whole = [&u.substance, &u.time, &u.volume, &u.area, &u.length, &u.extent].into_iter().flatten();
        let named = named.chain(whole.filter_map(|id| Some((id.to_string(), Unit::base(id)?))));
        let names = UnitNames::new(named.collect());
        UnitTable { units, names }
    }

    /// The unit an id stands for: the model's own, else SBML's base unit.
    pub fn get(&self, id: &str) -> Option<Unit> {
        self.units.get(id).copied().or_else(|| Unit::base(id))
    }

    /// A unit for people, in the model's words where they fit.
    pub fn name(&self, unit: &Unit) -> String {
        self.names.name(unit)
    }
}

/// `product of (multiplier * 10^scale * kind)^exponent` (SBML L3V2 Core, section 4.4.2).
fn resolve(definition: &UnitDefinition, known: &HashMap<Id, Unit>) -> Option<Unit> {
    let mut out = Unit::DIMENSIONLESS;
    for factor in &definition.factors {
        let kind = Unit::base(&factor.kind).or_else(|| known.get(&factor.kind).copied())?;
        let multiplier = factor.multiplier * 10_f64.powi(factor.scale);
        out = out * (Unit::factor(multiplier) * kind).powf(factor.exponent);
    }
    (out.multiplier().is_finite() && out.multiplier() > 0.0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Meta, UnitFactor};

    fn define(id: &str, factors: &[(f64, &str, f64)]) -> UnitDefinition {
        let factor = |&(multiplier, kind, exponent): &(f64, &str, f64)| UnitFactor {
            kind: kind.into(),
            exponent,
            scale: 0,
            multiplier,
        };
        UnitDefinition { id: id.into(), factors: factors.iter().map(factor).collect(), meta: Meta::default() }
    }

    fn table(unit_definitions: Vec<UnitDefinition>) -> UnitTable {
        UnitTable::new(&Model { unit_definitions, ..Model::default() })
    }

    #[test]
    fn a_definition_may_use_one_that_stands_after_it() {
        let table = table(vec![define("per_hour", &[(1.0, "hour", -1.0)]), define("hour", &[(3600.0, "second", 1.0)])]);
        assert!(table.get("per_hour").unwrap().is_same(&Unit::parse("1/h").unwrap()));
    }

    #[test]
    fn the_multiplier_is_raised_to_the_power() {
        let table = table(vec![define("u", &[(1e-3, "metre", 2.0)])]);
        assert!(table.get("u").unwrap().is_same(&Unit::parse("mm^2").unwrap()));
    }

    #[test]
    fn unusable_definitions_have_no_unit() {
        let loops = vec![define("a", &[(1.0, "b", 1.0)]), define("b", &[(1.0, "a", 1.0)])];
        assert!(table(loops).get("a").is_none());
        assert!(table(vec![define("z", &[(0.0, "second", 1.0)])]).get("z").is_none());
        assert!(table(vec![]).get("litre").is_some() && table(vec![]).get("cubit").is_none());
    }
}
