//! `a is b`: two names for one symbol, and conversion between the units of a model and its submodels.

use synapta_model::{Constant, Expr, ExprKind, Op};

use super::reaction::set_reaction;
use super::set;
use crate::table::{Done, Holds, Kind, Pair, Problem, Table};
use crate::units;

/// Makes `a` another name of `b`. What `b` has stands; what it lacks it takes from `a`. The symbol of the outer model
/// is the one that stays.
pub(super) fn synchronize(table: &mut Table, a: usize, b: usize, factor: Option<usize>) -> Done {
    let (a, b) = (table.root(a), table.root(b));
    if a == b {
        return Ok(());
    }
    if table.vars[a].kind == Kind::Submodel || table.vars[b].kind == Kind::Submodel {
        return Err(
            Problem::new("kind-conflict", "submodels cannot be set equal").help("set their parts equal, one by one")
        );
    }
    join_kinds(table, a, b)?;
    join_units(table, a, b, factor)?;
    join_values(table, a, b, factor)?;
    join_rest(table, a, b)?;
    if table.vars[b].depth > 0 && table.vars[a].depth == 0 {
        // All data are at `b` now; they move to the outer symbol.
        return synchronize(table, b, a, None);
    }
    table.vars[a].same = Some(b);
    table.pairs.push(Pair { first: a, second: b, factor });
    Ok(())
}

fn join_kinds(table: &mut Table, a: usize, b: usize) -> Done {
    let (kind_a, kind_b) = (table.vars[a].kind, table.vars[b].kind);
    let follows = kind_a == Kind::Unknown || kind_a == Kind::Reaction && kind_b.is_reaction();
    if follows {
        table.vars[a].kind = kind_b;
        return Ok(());
    }
    table.set_kind(b, kind_a).map_err(|p| {
        let message =
            format!("`{}` and `{}` cannot be the same: {}", table.vars[a].name, table.vars[b].name, p.message);
        Problem::new("kind-conflict", message)
    })?;
    table.vars[a].kind = table.vars[b].kind;
    Ok(())
}

fn join_units(table: &mut Table, a: usize, b: usize, factor: Option<usize>) -> Done {
    let Some(unit_a) = table.vars[a].unit.take() else {
        return Ok(());
    };
    let Some(unit_b) = table.vars[b].unit else {
        table.vars[b].unit = Some(unit_a);
        return Ok(());
    };
    if factor.is_some() {
        return Ok(());
    }
    if let (Some(x), Some(y)) = (table.canonical_unit(unit_a), table.canonical_unit(unit_b))
        && !units::same_factors(&x, &y)
    {
        let (name_a, name_b) = (&table.vars[a].name, &table.vars[b].name);
        let (u, v) = (&table.vars[unit_a].name, &table.vars[unit_b].name);
        let message = format!("`{name_a}` in {u} and `{name_b}` in {v} cannot be the same symbol");
        return Err(Problem::new("unit-mismatch", message).help(format!("convert: `{name_a} * factor is {name_b}`")));
    }
    Ok(())
}

/// The formula times a conversion factor.
fn converted(table: &Table, formula: Expr, factor: Option<usize>) -> Expr {
    match factor {
        Some(f) => Expr::op(Op::Times, vec![formula, Expr::symbol(table.vars[f].name.clone())]),
        None => formula,
    }
}

fn only_ellipsis(formula: &Option<Expr>) -> bool {
    matches!(formula, Some(Expr { kind: ExprKind::Symbol(s), .. }) if s == "...")
}

fn join_values(table: &mut Table, a: usize, b: usize, factor: Option<usize>) -> Done {
    if table.vars[b].constant.is_none() {
        table.vars[b].constant = table.vars[a].constant;
    }
    if table.vars[b].meta.name.is_none() {
        table.vars[b].meta.name = table.vars[a].meta.name.take();
    }
    let holds = table.vars[a].holds;
    if holds == Holds::Always && table.vars[b].formula.is_none() {
        table.vars[b].holds = Holds::Always;
    }
    if holds == Holds::ByRate && table.vars[b].rate.is_none() {
        table.vars[b].holds = Holds::ByRate;
    }
    let formula = table.vars[a].formula.take();
    let set_at = table.vars[a].set_at;
    let wanted = table.vars[b].formula.is_none() || only_ellipsis(&table.vars[b].formula);
    if let (Some(formula), true) = (formula, wanted) {
        let formula = converted(table, formula, factor);
        match holds {
            Holds::Always => set::set_rule(table, b, Some(formula))?,
            _ => set::set_formula(table, b, Some(formula))?,
        }
        if table.vars[b].set_at.is_none() {
            table.vars[b].set_at = set_at;
        }
    }
    if let Some(rate) = table.vars[a].rate.take()
        && table.vars[b].rate.is_none()
    {
        let rate = converted(table, rate, factor);
        set::set_rate(table, b, Some(rate))?;
    }
    if let Some(mut reaction) = table.vars[a].reaction.take() {
        if table.vars[b].reaction.is_none() {
            reaction.law = reaction.law.map(|law| converted(table, law, factor));
            set_reaction(table, b, *reaction)?;
        }
        table.vars[a].reaction_moved = true;
    }
    Ok(())
}

fn join_rest(table: &mut Table, a: usize, b: usize) -> Done {
    let amount_only = table.vars[a].amount_only;
    let (event, strand) = (table.vars[a].event.take(), std::mem::take(&mut table.vars[a].strand));
    let (compartment, outer) = (table.vars[a].compartment.take(), table.vars[a].outer.take());
    let unit_part = table.vars[a].unit_part.take();
    let conversion = table.vars[a].conversion_factor.take();
    let meta = std::mem::take(&mut table.vars[a].meta);
    let var = &mut table.vars[b];
    var.amount_only |= amount_only;
    if var.event.is_none() {
        var.event = event;
    }
    if var.strand.is_empty() {
        var.strand = strand;
    }
    if var.unit_part.is_none() {
        var.unit_part = unit_part;
    }
    var.compartment = var.compartment.or(compartment);
    var.outer = var.outer.or(outer);
    var.conversion_factor = var.conversion_factor.or(conversion);
    var.meta.sbo = var.meta.sbo.or(meta.sbo);
    if var.meta.notes.is_none() {
        var.meta.notes = meta.notes;
    }
    for term in meta.terms {
        if !var.meta.terms.contains(&term) {
            var.meta.terms.push(term);
        }
    }
    for uncertainty in meta.uncertainty {
        if !var.meta.uncertainty.iter().any(|u| u.kind == uncertainty.kind) {
            var.meta.uncertainty.push(uncertainty);
        }
    }
    table.vars[a].meta.span = meta.span;
    Ok(())
}

/// `e / factor` or `e * factor`, in place.
fn apply(e: &mut Expr, op: Op, factor: &Expr) {
    let inner = std::mem::replace(e, Expr::number(0.0));
    *e = Expr::op(op, vec![inner, factor.clone()]);
}

/// Everything inside submodel `i` counts time in units `factor` times the outer ones.
pub(super) fn convert_time(table: &mut Table, i: usize, factor: usize) {
    let by = Expr::symbol(table.vars[factor].name.clone());
    let prefix = table.vars[i].name.clone();
    let inside: Vec<usize> = (0..table.vars.len()).filter(|k| table.is_inside(*k, &prefix)).collect();
    let reactions: Vec<_> = inside
        .iter()
        .filter(|k| table.vars[**k].kind.is_reaction() && !table.vars[**k].reaction_moved)
        .map(|k| table.vars[*k].name.clone())
        .collect();
    for k in inside {
        let var = &mut table.vars[k];
        for formula in var.formulas_mut() {
            formula.walk_mut(&mut |e| match &mut e.kind {
                ExprKind::Constant(Constant::Time) => apply(e, Op::Divide, &by),
                ExprKind::Symbol(id) if reactions.contains(id) => apply(e, Op::Times, &by),
                ExprKind::Delay(_, wait) => apply(wait, Op::Times, &by),
                ExprKind::RateOf(_) => apply(e, Op::Times, &by),
                _ => {}
            });
        }
        if let Some(rate) = &mut var.rate {
            apply(rate, Op::Divide, &by);
        }
        if let Some(law) = var.reaction.as_mut().and_then(|r| r.law.as_mut()) {
            apply(law, Op::Divide, &by);
        }
        if let Some(delay) = var.event.as_mut().and_then(|e| e.delay.as_mut()) {
            apply(delay, Op::Times, &by);
        }
    }
}

/// Reactions inside submodel `i` count extent in units `factor` times the outer ones.
pub(super) fn convert_extent(table: &mut Table, i: usize, factor: usize) {
    let by = Expr::symbol(table.vars[factor].name.clone());
    let prefix = table.vars[i].name.clone();
    let inside: Vec<usize> = (0..table.vars.len()).filter(|k| table.is_inside(*k, &prefix)).collect();
    let reactions: Vec<_> =
        inside.iter().filter(|k| table.vars[**k].kind.is_reaction()).map(|k| table.vars[*k].name.clone()).collect();
    for k in inside {
        let var = &mut table.vars[k];
        for formula in var.formulas_mut() {
            formula.walk_mut(&mut |e| {
                if matches!(&e.kind, ExprKind::Symbol(id) if reactions.contains(id)) {
                    apply(e, Op::Divide, &by);
                }
            });
        }
        if let Some(law) = var.reaction.as_mut().and_then(|r| r.law.as_mut()) {
            apply(law, Op::Times, &by);
        }
    }
}

/// Inside the submodel that `pair.first` is a part of, the shared symbol stands for its value there.
pub(super) fn convert_pair(table: &mut Table, pair: &Pair) {
    let Some(factor) = pair.factor else { return };
    let by = Expr::symbol(table.vars[factor].name.clone());
    let name = table.vars[pair.first].name.clone();
    let Some((prefix, _)) = name.rsplit_once('.') else {
        return;
    };
    let root = table.root(pair.first);
    let aliases: Vec<_> = (0..table.vars.len()).filter(|k| table.root(*k) == root).collect();
    let names: Vec<_> = aliases.iter().map(|k| table.vars[*k].name.clone()).collect();
    for k in 0..table.vars.len() {
        if !table.is_inside(k, prefix) {
            continue;
        }
        let var = &mut table.vars[k];
        for formula in var.formulas_mut() {
            formula.walk_mut(&mut |e| {
                if matches!(&e.kind, ExprKind::Symbol(id) if names.contains(id)) {
                    apply(e, Op::Divide, &by);
                }
            });
        }
        for (target, formula) in var.event.iter_mut().flat_map(|e| &mut e.assignments) {
            if aliases.contains(target) {
                apply(formula, Op::Times, &by);
            }
        }
    }
}
