//! What to do about a value in the wrong unit.

use crate::units::{Unit, UnitTable, number};

/// Quantities people name, by a unit of each.
const QUANTITIES: [(&str, &str); 13] = [
    ("a volume", "L"),
    ("a time", "h"),
    ("an amount of substance", "mol"),
    ("a mass", "kg"),
    ("a concentration", "mol/L"),
    ("a molar mass", "g/mol"),
    ("a flow", "L/h"),
    ("an area", "m^2"),
    ("a length", "m"),
    ("a voltage", "V"),
    ("a current", "A"),
    ("a rate of change of substance", "mol/h"),
    ("a number of items", "item"),
];

/// One sentence that tells how to turn `have` into `need`.
pub(super) fn remedy(have: &Unit, need: &Unit, table: &UnitTable) -> String {
    let (have_name, need_name) = (table.name(have), table.name(need));
    if let Some(factor) = have.factor_to(need) {
        let factor = number(factor);
        return format!("1 {have_name} is {factor} {need_name}: multiply by {factor}, or use one unit for both");
    }
    if need.is_dimensionless() {
        return format!("divide by a reference value in {have_name}");
    }
    let missing = *need / *have;
    let quantity = |u: &Unit| {
        let named = |(_, text): &&(&str, &str)| Unit::parse(text).is_ok_and(|q| q.same_dimension(u));
        QUANTITIES.iter().find(named).map(|(name, _)| format!("{name} (in {})", table.name(u)))
    };
    match (quantity(&missing), quantity(&missing.inverse())) {
        (Some(q), _) => format!("multiply by {q}"),
        (None, Some(q)) => format!("divide by {q}"),
        (None, None) => format!("multiply by something in {}", table.name(&missing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Model;

    fn said(have: &str, need: &str) -> String {
        let parse = |t| Unit::parse(t).unwrap();
        remedy(&parse(have), &parse(need), &UnitTable::new(&Model::default()))
    }

    #[test]
    fn the_missing_quantity_is_named() {
        assert_eq!(said("nmol", "nmol/L"), "divide by a volume (in L)");
        assert_eq!(said("nmol/L", "nmol"), "multiply by a volume (in L)");
        assert_eq!(said("nmol", "nmol/h"), "divide by a time (in h)");
        assert_eq!(said("nmol/L", "ug/L"), "multiply by a molar mass (in ug/nmol)");
        assert_eq!(said("mV", "1"), "divide by a reference value in mV");
        assert_eq!(said("K", "mol"), "multiply by something in mol/K");
    }

    #[test]
    fn a_factor_is_named() {
        assert_eq!(said("h", "s"), "1 h is 3600 s: multiply by 3600, or use one unit for both");
    }
}
