//! Units for people: the shortest product of known names.

use super::{BASE_SYMBOLS, Unit};

/// Symbols used where a model has no name of its own, the most familiar first.
const FAMILIAR: [&str; 24] = [
    "nmol", "umol", "mmol", "mol", "L", "mL", "h", "min", "s", "day", "ug", "mg", "g", "kg", "mV", "V", "m", "um",
    "pA", "A", "nS", "S", "K", "item",
];

/// Most factors of a product.
const MOST_TERMS: usize = 3;

/// Powers tried, the plainest first.
const POWERS: [i32; 6] = [1, -1, 2, -2, 3, -3];

/// Names for units: a model's own, then familiar symbols.
#[derive(Clone, Debug, Default)]
pub struct UnitNames {
    own: Vec<(String, Unit)>,
    pool: Vec<(String, Unit)>,
}

impl UnitNames {
    /// Names in order of preference, besides the familiar symbols.
    pub fn new(own: Vec<(String, Unit)>) -> UnitNames {
        let simple = own.iter().filter(|(_, u)| is_simple(u)).cloned();
        let familiar = FAMILIAR.iter().filter_map(|s| Some((s.to_string(), Unit::parse(s).ok()?)));
        let mut pool: Vec<(String, Unit)> = simple.chain(familiar).collect();
        // Time stands last in a product: `nmol/L/h`. The sort keeps the order of preference otherwise.
        pool.sort_by_key(|(_, u)| Unit::base("second").is_some_and(|s| s.same_dimension(u)));
        UnitNames { own, pool }
    }

    /// `unit` for people: a name that is exactly this unit, else a product of names, else a number times such a product.
    pub fn name(&self, unit: &Unit) -> String {
        if unit.is_dimensionless() {
            return "dimensionless".into();
        }
        if let Some((name, _)) = self.own.iter().find(|(_, u)| u.is_same(unit)) {
            return name.clone();
        }
        if unit.is_number() {
            return format!("{} (a pure number)", number(unit.multiplier()));
        }
        let pool = self.candidates(unit);
        if let Some(product) = search(unit, &pool, &mut |u| u.is_same(unit)) {
            return product;
        }
        // No product is exact: of the shortest ones, that nearest in size needs the plainest number before it.
        let (mut nearest, mut distance) = (None, f64::INFINITY);
        for terms in 1..=MOST_TERMS {
            let mut consider = |u: &Unit| {
                let off = (unit.multiplier() / u.multiplier()).ln().abs();
                if off < distance {
                    (nearest, distance) = (Some(*u), off);
                }
                false
            };
            extend(&mut Vec::new(), Unit::DIMENSIONLESS, &pool, terms, &mut consider, unit);
            if nearest.is_some() {
                break;
            }
        }
        let named = nearest.and_then(|u| {
            let product = search(unit, &pool, &mut |other| other.is_same(&u))?;
            Some(format!("{} {product}", number(unit.multiplier() / u.multiplier())))
        });
        named.unwrap_or_else(|| si_product(unit))
    }

    /// Named units whose dimensions all occur in `unit`.
    fn candidates(&self, unit: &Unit) -> Vec<(&str, Unit)> {
        let fits = |u: &Unit| u.exponents().iter().zip(unit.exponents()).all(|(a, b)| *a == 0.0 || b != 0.0);
        self.pool.iter().filter(|(_, u)| !u.is_number() && fits(u)).map(|(n, u)| (n.as_str(), *u)).collect()
    }
}

/// True for units that stand alone in a product: `nmol`, `litre`, `mV`; not `nmol_per_L`.
fn is_simple(unit: &Unit) -> bool {
    let volt = Unit::base("volt").is_some_and(|v| v.same_dimension(unit));
    let litre = Unit::base("litre").is_some_and(|l| l.same_dimension(unit));
    let exponents = unit.exponents();
    volt || litre || exponents.iter().all(|e| *e == 0.0 || *e == 1.0) && exponents.iter().sum::<f64>() == 1.0
}

/// The first product of up to three of `pool` that `accept`s.
fn search(unit: &Unit, pool: &[(&str, Unit)], accept: &mut dyn FnMut(&Unit) -> bool) -> Option<String> {
    (1..=MOST_TERMS).find_map(|terms| extend(&mut Vec::new(), Unit::DIMENSIONLESS, pool, terms, accept, unit))
}

fn extend<'a>(
    chosen: &mut Vec<(&'a str, i32)>,
    product: Unit,
    pool: &[(&'a str, Unit)],
    terms: usize,
    accept: &mut dyn FnMut(&Unit) -> bool,
    target: &Unit,
) -> Option<String> {
    if terms == 0 {
        return accept(&product).then(|| write_product(chosen));
    }
    for (i, (name, unit)) in pool.iter().enumerate() {
        for power in POWERS {
            // The last term must fit, so a quick look at the dimensions saves most of the search.
            let next = product * unit.powf(f64::from(power));
            if terms == 1 && !next.same_dimension(target) {
                continue;
            }
            chosen.push((name, power));
            let found = extend(chosen, next, &pool[i + 1..], terms - 1, accept, target);
            chosen.pop();
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// `nmol/L/h`, `1/h`, `mV^2*s`.
fn write_product(terms: &[(&str, i32)]) -> String {
    let power = |name: &str, p: i32| if p == 1 { name.to_string() } else { format!("{name}^{p}") };
    let above: Vec<String> = terms.iter().filter(|t| t.1 > 0).map(|t| power(t.0, t.1)).collect();
    let below: String = terms.iter().filter(|t| t.1 < 0).map(|t| format!("/{}", power(t.0, -t.1))).collect();
    let above = if above.is_empty() { "1".to_string() } else { above.join("*") };
    format!("{above}{below}")
}

fn si_product(unit: &Unit) -> String {
    let terms = unit.exponents().into_iter().zip(BASE_SYMBOLS).filter(|(e, _)| *e != 0.0);
    let terms = terms.map(|(e, s)| if e == 1.0 { s.to_string() } else { format!("{s}^{}", number(e)) });
    let product = terms.collect::<Vec<_>>().join("*");
    if unit.multiplier() == 1.0 { product } else { format!("{} {product}", number(unit.multiplier())) }
}

/// A factor for people: six significant digits, plain where plain is short.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if value != 0.0 && !(1e-3..1e6).contains(&size) {
        let text = format!("{value:.5e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
        return format!("{digits}e{power}");
    }
    let decimals = if size >= 1.0 { 5_usize.saturating_sub(size.log10() as usize) } else { 8 };
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(own: &[(&str, &str)]) -> UnitNames {
        UnitNames::new(own.iter().map(|(n, u)| (n.to_string(), Unit::parse(u).unwrap())).collect())
    }

    fn name(own: &[(&str, &str)], unit: &str) -> String {
        names(own).name(&Unit::parse(unit).unwrap())
    }

    #[test]
    fn the_models_own_name_comes_first() {
        let own = [("nmol_per_L", "nmol/L"), ("hour", "h"), ("nmol", "nmol"), ("litre", "L")];
        assert_eq!(name(&own, "umol/m^3"), "nmol_per_L");
        assert_eq!(name(&own, "nmol/L/h"), "nmol/litre/hour");
        assert_eq!(name(&own, "1/h"), "1/hour");
    }

    #[test]
    fn without_own_names_familiar_ones_are_used() {
        assert_eq!(name(&[], "nmol/L/h"), "nmol/L/h");
        assert_eq!(name(&[], "mg/mL"), "g/L");
        assert_eq!(name(&[], "1/h"), "1/h");
        assert_eq!(name(&[], "mV/h"), "mV/h");
        assert_eq!(name(&[], "L/nmol/h"), "L/nmol/h");
        assert_eq!(name(&[], "1"), "dimensionless");
        assert_eq!(name(&[], "%"), "0.01 (a pure number)");
    }

    #[test]
    fn odd_units_fall_back_to_a_factor_and_a_product() {
        assert_eq!(name(&[], "90 s"), "1.5 min");
        assert_eq!(name(&[], "cd*mol*K*A*m"), "m*A*K*mol*cd");
        assert_eq!(name(&[], "m^0.5"), "m^0.5");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(3600.0), "3600");
        assert_eq!(number(1.0 / 3600.0), "2.77778e-4");
        assert_eq!(number(0.025), "0.025");
        assert_eq!(number(1e-9), "1e-9");
        assert_eq!(number(100.0), "100");
    }
}
