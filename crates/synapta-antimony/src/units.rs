//! Units from formulas: `unit mM = 1e-3 mole / litre`.

use synapta_model::{Expr, ExprKind, Op, UnitFactor};

use crate::table::{Done, Problem, UnitPart, unit_factor};
use crate::words::unit_kind;

/// A unit with the name its formula suggests.
#[derive(Clone, Debug)]
pub(crate) struct NamedUnit {
    pub name: String,
    pub part: UnitPart,
}

/// A factor of a product: a unit or a plain number.
enum Factor {
    Number(f64),
    Unit(NamedUnit),
}

/// The unit a formula makes.
pub(crate) fn from_formula(formula: &Expr) -> Done<NamedUnit> {
    match factor(formula)? {
        Factor::Unit(unit) => Ok(unit),
        Factor::Number(_) => Err(not_a_unit("a number alone is not a unit", "write `dimensionless`")),
    }
}

fn not_a_unit(message: &str, help: &str) -> Problem {
    Problem::new("unit-formula", message).help(help)
}

fn factor(e: &Expr) -> Done<Factor> {
    match &e.kind {
        ExprKind::Number(value, None) => Ok(Factor::Number(*value)),
        ExprKind::Number(value, Some(unit)) => Ok(Factor::Unit(times_number(named(unit), *value)?)),
        ExprKind::Symbol(name) => Ok(Factor::Unit(named(name))),
        ExprKind::Op(Op::Times, args) => product(args),
        ExprKind::Op(Op::Divide, args) if args.len() == 2 => quotient(factor(&args[0])?, factor(&args[1])?),
        ExprKind::Op(Op::Power, args) if args.len() == 2 => power(factor(&args[0])?, &args[1]),
        _ => Err(not_a_unit(
            "units are made with `*`, `/` and `^` only",
            "for instance `1e-3 mole / litre` or `metre^2`",
        )),
    }
}

fn named(name: &str) -> NamedUnit {
    let kind = unit_kind(name).unwrap_or(name);
    let part = UnitPart { factors: vec![unit_factor(kind, 1.0)], made_up: false };
    NamedUnit { name: kind.replace('.', "_"), part }
}

fn product(args: &[Expr]) -> Done<Factor> {
    let mut all = Factor::Number(1.0);
    for (n, arg) in args.iter().enumerate() {
        let next = factor(arg)?;
        all = match (all, next) {
            (_, first) if n == 0 => first,
            (Factor::Number(a), Factor::Number(b)) => Factor::Number(a * b),
            (Factor::Number(v), Factor::Unit(u)) | (Factor::Unit(u), Factor::Number(v)) => {
                Factor::Unit(times_number(u, v)?)
            }
            (Factor::Unit(a), Factor::Unit(b)) => Factor::Unit(times(a, &b)),
        };
    }
    Ok(all)
}

/// The product of two units; its name joins theirs.
pub(crate) fn times(mut a: NamedUnit, b: &NamedUnit) -> NamedUnit {
    a.name = format!("{}_{}", a.name, b.name);
    a.part.factors.extend(b.part.factors.iter().cloned());
    a.part.made_up = true;
    a
}

fn quotient(a: Factor, b: Factor) -> Done<Factor> {
    match (a, b) {
        (Factor::Number(a), Factor::Number(b)) => Ok(Factor::Number(a / b)),
        (Factor::Unit(a), Factor::Number(b)) => Ok(Factor::Unit(times_number(a, 1.0 / b)?)),
        (Factor::Number(a), Factor::Unit(b)) => {
            let name = format!("inv_{}", b.name);
            let inverse = NamedUnit { name, part: UnitPart { factors: inverted(&b.part.factors), made_up: true } };
            Ok(Factor::Unit(times_number(inverse, a)?))
        }
        (Factor::Unit(mut a), Factor::Unit(b)) => {
            a.name = format!("{}_per_{}", a.name, b.name);
            a.part.factors.extend(inverted(&b.part.factors));
            a.part.made_up = true;
            Ok(Factor::Unit(a))
        }
    }
}

fn inverted(factors: &[UnitFactor]) -> Vec<UnitFactor> {
    factors.iter().map(|f| UnitFactor { exponent: -f.exponent, ..f.clone() }).collect()
}

fn power(base: Factor, exponent: &Expr) -> Done<Factor> {
    let Some(p) = exponent.as_number().filter(|p| p.is_finite()) else {
        return Err(not_a_unit("the power of a unit is a number", "for instance `metre^2`"));
    };
    Ok(match base {
        Factor::Number(v) => Factor::Number(v.powf(p)),
        Factor::Unit(mut u) => {
            u.name = format!("{}{}", u.name, plain(p));
            u.part.factors.iter_mut().for_each(|f| f.exponent *= p);
            u.part.made_up = true;
            Factor::Unit(u)
        }
    })
}

/// A number as it can stand in a name.
fn plain(v: f64) -> String {
    format!("{v}").replace('-', "_neg_").replace('.', "_")
}

/// The unit times a number: it goes into the first factor, whose power it must undo.
fn times_number(mut unit: NamedUnit, value: f64) -> Done<NamedUnit> {
    if !(value > 0.0 && value.is_finite()) {
        return Err(not_a_unit("the factor of a unit is a positive number", "for instance `1e-3 mole`"));
    }
    unit.name = format!("_{}_{}", plain(value), unit.name);
    unit.part.made_up = true;
    if unit.part.factors.is_empty() {
        unit.part.factors.push(unit_factor("dimensionless", 1.0));
    }
    let first = &mut unit.part.factors[0];
    // A factor to the power 0 has no size to change.
    if first.exponent != 0.0 {
        multiply_factor(first, value.powf(1.0 / first.exponent));
    }
    Ok(unit)
}

/// Multiplies a factor, keeping its multiplier between 1 and 10.
pub(crate) fn multiply_factor(factor: &mut UnitFactor, value: f64) {
    let total = factor.multiplier * value;
    let decades = total.abs().log10().floor();
    if !decades.is_finite() || decades.abs() > 300.0 {
        factor.multiplier = total;
        return;
    }
    let scaled = if decades < 0.0 { total * 10f64.powi(-decades as i32) } else { total / 10f64.powi(decades as i32) };
    // The powers of ten above are inexact; a multiplier within rounding of a short decimal is that decimal.
    let short = (scaled * 1e12).round() / 1e12;
    factor.multiplier = if (short - scaled).abs() <= 8.0 * f64::EPSILON * scaled.abs() { short } else { scaled };
    factor.scale += decades as i32;
    if factor.multiplier >= 10.0 {
        factor.multiplier /= 10.0;
        factor.scale += 1;
    }
}

/// The factors of a unit in SBML base units, looking up others by name; `None` on a loop or an unknown unit.
pub(crate) fn canonical(
    factors: &[UnitFactor],
    find: &dyn Fn(&str) -> Option<Vec<UnitFactor>>,
    depth: usize,
) -> Option<Vec<UnitFactor>> {
    if depth > 32 {
        return None;
    }
    let mut all = vec![];
    for factor in factors {
        if let Some(kind) = unit_kind(&factor.kind) {
            all.push(UnitFactor { kind: kind.into(), ..factor.clone() });
            continue;
        }
        let mut inner = canonical(&find(&factor.kind)?, find, depth + 1)?;
        if let Some(first) = inner.first_mut().filter(|f| f.exponent != 0.0) {
            let scale = factor.multiplier * 10f64.powi(factor.scale);
            if scale != 1.0 {
                multiply_factor(first, scale.powf(1.0 / first.exponent));
            }
        }
        all.extend(inner.into_iter().map(|f| UnitFactor { exponent: f.exponent * factor.exponent, ..f }));
    }
    Some(all)
}

/// Drops pairs of factors that undo each other.
pub(crate) fn reduce(factors: &mut Vec<UnitFactor>) {
    if factors.len() <= 2 {
        return;
    }
    let undoes = |a: &UnitFactor, b: &UnitFactor| {
        a.exponent == -b.exponent && a.kind == b.kind && a.multiplier == b.multiplier && a.scale == b.scale
    };
    let mut i = 0;
    while i < factors.len() {
        match (i + 1..factors.len()).find(|j| undoes(&factors[i], &factors[*j])) {
            Some(j) => {
                factors.remove(j);
                factors.remove(i);
                i = 0;
            }
            None => i += 1,
        }
    }
}

/// True if two lists hold the same factors in any order.
pub(crate) fn same_factors(a: &[UnitFactor], b: &[UnitFactor]) -> bool {
    let mut rest: Vec<&UnitFactor> = b.iter().collect();
    let all = a.iter().all(|f| match rest.iter().position(|g| *g == f) {
        Some(n) => {
            rest.swap_remove(n);
            true
        }
        None => false,
    });
    all && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> NamedUnit {
        let mut found = vec![];
        let items = crate::parser::parse_text(&format!("unit u = {text}"), synapta_model::SourceId(0), &mut found);
        let crate::syntax::Item::Statement(s) = &items[0] else { panic!() };
        let crate::syntax::Form::Unit { definition: Some(d), .. } = &s.form else { panic!() };
        from_formula(d).unwrap()
    }

    #[test]
    fn sizes_go_into_the_first_factor() {
        let hour = unit("3600 second");
        assert_eq!((hour.part.factors[0].multiplier, hour.part.factors[0].scale), (3.6, 3));
        let per_hour = unit("1 / (3600 second)");
        assert_eq!(per_hour.part.factors[0].exponent, -1.0);
        assert_eq!((per_hour.part.factors[0].multiplier, per_hour.part.factors[0].scale), (3.6, 3));
    }

    #[test]
    fn names_tell_the_formula() {
        assert_eq!(unit("mL / second").name, "mL_per_second");
        assert_eq!(unit("litre^2").name, "litre2");
        assert_eq!(unit("1 / second").name, "_1_inv_second");
    }
}
