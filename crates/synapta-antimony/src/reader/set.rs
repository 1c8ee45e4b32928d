//! Giving symbols their formulas, rules, rates and units.

use synapta_model::{Expr, ExprKind};

use crate::table::{Done, Holds, Kind, Problem, Table, UnitPart};
use crate::units;
use crate::words::unit_kind;

/// `const x`, `$x`, `var x`.
pub(super) fn set_constant(table: &mut Table, i: usize, constant: bool) -> Done {
    let i = table.root(i);
    let var = &mut table.vars[i];
    if constant && matches!(var.kind, Kind::Reaction | Kind::Gene | Kind::Interaction) {
        let message = format!("`{}` is {} and cannot be constant", var.name, var.kind.words());
        return Err(
            Problem::new("kind-conflict", message).help("`$` and `const` hold species, parameters and compartments")
        );
    }
    var.constant = Some(constant);
    Ok(())
}

/// `x = formula`; `None` takes the value away.
pub(super) fn set_formula(table: &mut Table, i: usize, formula: Option<Expr>) -> Done {
    let i = table.root(i);
    let var = &mut table.vars[i];
    match var.kind {
        Kind::Unknown => var.kind = Kind::Formula,
        Kind::Reaction | Kind::Gene | Kind::Interaction => {
            if let Some(reaction) = &mut var.reaction {
                reaction.law = formula;
            } else {
                var.formula = formula;
            }
            return Ok(());
        }
        Kind::Dna | Kind::Operator => var.holds = Holds::Always,
        Kind::Unit => return set_unit_formula(table, i, formula.as_ref()),
        Kind::Event => return set_trigger(table, i, formula),
        Kind::Formula | Kind::Species | Kind::Compartment | Kind::Stoichiometry if var.holds == Holds::Always => {
            let message = format!("`{}` has an assignment rule, which already holds at the start", var.name);
            return Err(Problem::new("assigned-twice", message).help("keep either `=` or `:=`"));
        }
        Kind::Formula | Kind::Species | Kind::Compartment | Kind::Stoichiometry => {}
        Kind::Constraint | Kind::GeneProduct => {}
        Kind::Submodel | Kind::Strand | Kind::Deleted | Kind::AlgebraicRule => {
            return Err(cannot_have(table, i, "a value"));
        }
    }
    table.vars[i].formula = formula;
    take_unit(table, i)
}

fn cannot_have(table: &Table, i: usize, what: &str) -> Problem {
    let var = &table.vars[i];
    Problem::new("kind-conflict", format!("`{}` is {} and cannot have {what}", var.name, var.kind.words()))
}

/// A formula that is a number with a unit gives the symbol this unit.
fn take_unit(table: &mut Table, i: usize) -> Done {
    let Some(Expr { kind: ExprKind::Number(value, unit), .. }) = &mut table.vars[i].formula else {
        return Ok(());
    };
    let Some(name) = unit.take() else {
        return Ok(());
    };
    let _ = value;
    let span = table.vars[i].formula.as_ref().map(|f| f.span).unwrap_or_default();
    let unit = match table.get(&name) {
        Some(unit) => unit,
        None => table.find_or_add(&name, span),
    };
    set_unit(table, i, unit)
}

/// Makes symbol `unit` the unit of symbol `i`.
pub(super) fn set_unit(table: &mut Table, i: usize, unit: usize) -> Done {
    table.set_kind(unit, Kind::Unit)?;
    let i = table.root(i);
    table.vars[i].unit = Some(unit);
    Ok(())
}

pub(super) fn set_unit_formula(table: &mut Table, i: usize, formula: Option<&Expr>) -> Done {
    let i = table.root(i);
    let part = match formula {
        None => UnitPart::default(),
        Some(f) => units::from_formula(f)?.part,
    };
    // Units the formula names must exist as units.
    for factor in &part.factors {
        if unit_kind(&factor.kind).is_none() {
            let other = table.find_or_add(&factor.kind, formula.map(|f| f.span).unwrap_or_default());
            table.set_kind(other, Kind::Unit)?;
        }
    }
    table.vars[i].unit_part = Some(Box::new(UnitPart { made_up: false, ..part }));
    Ok(())
}

/// The symbol of the unit a formula makes: found if there is one like it, made otherwise.
pub(super) fn unit_of_formula(table: &mut Table, formula: &Expr) -> Done<usize> {
    if let ExprKind::Symbol(name) = &formula.kind {
        let name = unit_kind(name).unwrap_or(name.as_str());
        let i = match table.get(name) {
            Some(i) => i,
            None => table.find_or_add(name, formula.span),
        };
        table.set_kind(i, Kind::Unit)?;
        return Ok(i);
    }
    let unit = units::from_formula(formula)?;
    for factor in &unit.part.factors {
        if unit_kind(&factor.kind).is_none() {
            let other = match table.get(&factor.kind) {
                Some(i) => i,
                None => table.find_or_add(&factor.kind, formula.span),
            };
            table.set_kind(other, Kind::Unit)?;
        }
    }
    Ok(find_or_add_unit(table, unit))
}

/// A unit with these factors, or a new one of this name.
pub(super) fn find_or_add_unit(table: &mut Table, unit: units::NamedUnit) -> usize {
    let like = |part: &UnitPart| units::same_factors(&part.factors, &unit.part.factors);
    let found = table.vars.iter().position(|v| {
        let fits = v.kind == Kind::Unit && v.same.is_none() && v.depth == 0;
        fits && v.unit_part.as_ref().is_some_and(|p| like(p) && (unit.part.made_up || v.name == unit.name.as_str()))
    });
    if let Some(i) = found {
        return i;
    }
    let mut name = unit.name;
    while table.get(&name).is_some() {
        name.push('_');
    }
    let i = table.find_or_add(&name, synapta_model::Span::NONE);
    table.vars[i].kind = Kind::Unit;
    table.vars[i].unit_part = Some(Box::new(unit.part));
    i
}

fn set_trigger(table: &mut Table, i: usize, formula: Option<Expr>) -> Done {
    match (&mut table.vars[i].event, formula) {
        (Some(event), Some(trigger)) => {
            event.trigger = trigger;
            Ok(())
        }
        _ => Err(cannot_have(table, i, "an empty condition")),
    }
}

/// `x := formula`
pub(super) fn set_rule(table: &mut Table, i: usize, formula: Option<Expr>) -> Done {
    let i = table.root(i);
    let var = &mut table.vars[i];
    if var.kind.is_reaction() {
        return set_formula(table, i, formula);
    }
    if !var.kind.can_vary() {
        return Err(cannot_have(table, i, "an assignment rule"));
    }
    if var.holds == Holds::ByRate && var.rate.is_some() {
        let message = format!("`{}` has a rate rule and cannot have an assignment rule too", var.name);
        return Err(Problem::new("assigned-twice", message).help("keep either `'=` or `:=`"));
    }
    if var.kind == Kind::Unknown {
        var.kind = Kind::Formula;
    }
    var.holds = Holds::Always;
    var.formula = formula;
    Ok(())
}

/// `x' = formula`
pub(super) fn set_rate(table: &mut Table, i: usize, formula: Option<Expr>) -> Done {
    let i = table.root(i);
    let var = &mut table.vars[i];
    if !var.kind.can_vary() || var.kind.is_dna() {
        return Err(cannot_have(table, i, "a rate rule"));
    }
    if var.holds == Holds::Always && var.formula.is_some() {
        let message = format!("`{}` has an assignment rule and cannot have a rate rule too", var.name);
        return Err(Problem::new("assigned-twice", message).help("keep either `:=` or `'=`"));
    }
    if var.kind == Kind::Unknown {
        var.kind = Kind::Formula;
    }
    var.rate = formula;
    var.holds = Holds::ByRate;
    Ok(())
}
