//! `delete A.x`: takes an element out of a submodel, with every formula that uses it.

use synapta_model::Expr;

use super::Reader;
use crate::syntax::Path;
use crate::table::{Done, Kind, Problem, Table, Var};

impl Reader<'_> {
    pub(super) fn delete(&mut self, table: &mut Table, path: &Path) -> Done {
        let i = self.resolve(table, path)?;
        let root = table.root(i);
        if let Some(pair) = table.pairs.iter().find(|p| table.root(p.first) == root || table.root(p.second) == root) {
            let other = if table.root(pair.first) == root && pair.first != i { pair.first } else { pair.second };
            let message =
                format!("`{}` cannot be deleted: it is the same symbol as `{}`", path.dotted(), table.vars[other].name);
            return Err(Problem::new("cannot-delete", message));
        }
        if table.vars[root].depth == 0 {
            let message = format!("`{}` is of this model itself and cannot be deleted", path.dotted());
            return Err(Problem::new("cannot-delete", message)
                .help("only parts of submodels can be deleted; leave it out instead"));
        }
        remove(table, root);
        Ok(())
    }
}

/// Deletes symbol `i` and, for a submodel, all its parts.
fn remove(table: &mut Table, i: usize) {
    let name = table.vars[i].name.clone();
    let gone: Vec<usize> = (0..table.vars.len()).filter(|k| *k == i || table.is_inside(*k, &name)).collect();
    for k in gone {
        clear_references(table, k);
        let _ = table.set_kind(k, Kind::Deleted);
    }
}

fn clear_references(table: &mut Table, deleted: usize) {
    let name = table.vars[deleted].name.clone();
    let top = name.split('.').next().unwrap_or_default().to_owned();
    let aliases: Vec<_> = (0..table.vars.len()).filter(|k| table.root(*k) == deleted).collect();
    let names: Vec<_> = aliases.iter().map(|k| table.vars[*k].name.clone()).collect();
    let uses = |e: &Expr| e.symbols().iter().any(|s| names.contains(s));
    for k in 0..table.vars.len() {
        if !table.is_inside(k, &top) || k == deleted {
            continue;
        }
        let event_dies = clear_in(&mut table.vars[k], &uses, &aliases);
        if event_dies {
            let _ = table.set_kind(k, Kind::Deleted);
        }
    }
}

/// Takes the deleted symbol out of one other symbol. True if that was an event and cannot live without it.
fn clear_in(var: &mut Var, uses: &dyn Fn(&Expr) -> bool, aliases: &[usize]) -> bool {
    let clear = |slot: &mut Option<Expr>| {
        if slot.as_ref().is_some_and(uses) {
            *slot = None;
        }
    };
    clear(&mut var.formula);
    clear(&mut var.rate);
    let is = |i: Option<usize>| i.is_some_and(|i| aliases.contains(&i));
    if is(var.compartment) {
        var.compartment = None;
    }
    if is(var.outer.map(|(i, _)| i)) {
        var.outer = None;
    }
    if is(var.unit) {
        var.unit = None;
    }
    var.strand.retain(|i| !aliases.contains(i));
    if let Some(reaction) = &mut var.reaction {
        clear(&mut reaction.law);
        reaction.left.retain(|p| !aliases.contains(&p.species));
        reaction.right.retain(|p| !aliases.contains(&p.species));
    }
    let Some(event) = &mut var.event else {
        return false;
    };
    clear(&mut event.delay);
    clear(&mut event.priority);
    event.assignments.retain(|(i, e)| !aliases.contains(i) && !uses(e));
    uses(&event.trigger) || event.assignments.is_empty()
}
