//! Flat ids: `a.b.x` becomes `a_b_x`.

use rustc_hash::{FxHashMap, FxHashSet};

use synapta_model::{Diagnostic, Id};

use crate::table::{Kind, Table};
use crate::words::unit_kind;

pub(super) struct Names {
    ids: Vec<Id>,
    /// By flat id: the symbol, for everything but units.
    taken: FxHashMap<Id, usize>,
    /// Units written by another name.
    renamed: FxHashMap<usize, Id>,
}

impl Names {
    /// Ids for all symbols of `order`. Symbols of the model itself keep theirs; a submodel's symbol that would take one
    /// gets an underscore more, with a warning.
    pub fn new(table: &Table, order: &[usize], diagnostics: &mut Vec<Diagnostic>) -> Names {
        let mut ids = vec![Id::default(); table.vars.len()];
        let mut taken: FxHashMap<Id, usize> = FxHashMap::default();
        let mut units: FxHashSet<Id> = FxHashSet::default();
        let mut by_depth: Vec<usize> = order.to_vec();
        by_depth.sort_by_key(|i| table.vars[*i].depth.min(1));
        for i in by_depth {
            let var = &table.vars[i];
            if matches!(var.kind, Kind::Submodel | Kind::Deleted) {
                continue;
            }
            let wished: Id = if var.depth == 0 { var.name.clone() } else { var.name.replace('.', "_").into() };
            if var.kind == Kind::Unit {
                let word = var.name.rsplit('.').next().unwrap_or_default();
                // A base unit is the same in every submodel.
                let base = unit_kind(word).filter(|_| var.unit_part.is_none());
                ids[i] = base.map_or_else(|| unit_id(&wished, &mut units), Id::new);
                continue;
            }
            let mut id = wished.clone();
            while taken.contains_key(&id) {
                id = format!("{id}_").into();
            }
            if let (true, Some(other)) = (id != wished, taken.get(&wished)) {
                let message = format!("`{}` becomes `{id}`, for `{}` is taken", var.name, table.vars[*other].name);
                let found = Diagnostic::warning("name-clash", var.meta.span.0, message);
                diagnostics.push(found.with_help("rename one of them if the name matters to you"));
            }
            taken.insert(id.clone(), i);
            ids[i] = id;
        }
        Names { ids, taken, renamed: FxHashMap::default() }
    }

    pub fn id(&self, i: usize) -> Id {
        self.ids[i].clone()
    }

    pub fn is_species(&self, table: &Table, id: &str) -> bool {
        self.taken.get(id).is_some_and(|i| table.vars[*i].kind == Kind::Species)
    }

    /// The id of a unit; base units are written as SBML does.
    pub fn unit(&self, i: usize) -> Id {
        if let Some(id) = self.renamed.get(&i) {
            return id.clone();
        }
        unit_kind(&self.ids[i]).map_or_else(|| self.ids[i].clone(), Id::new)
    }

    pub fn rename_units(&mut self, renamed: Vec<(usize, Id)>) {
        self.renamed = renamed.into_iter().collect();
    }

    pub fn is_renamed_unit(&self, i: usize) -> bool {
        self.renamed.contains_key(&i)
    }

    /// Flat id and dotted path of everything that came from a submodel.
    pub fn paths(&self, table: &Table, order: &[usize]) -> Vec<(Id, String)> {
        let named = |i: usize| !self.ids[i].is_empty() && unit_kind(&self.ids[i]).is_none();
        let inner = order.iter().filter(|i| table.vars[**i].depth > 0 && named(**i));
        inner.map(|i| (self.ids[*i].clone(), table.vars[*i].name.to_string())).collect()
    }
}

/// Units have a name space of their own.
fn unit_id(wished: &str, units: &mut FxHashSet<Id>) -> Id {
    let mut id = Id::new(wished);
    while !units.insert(id.clone()) {
        id = format!("{id}_").into();
    }
    id
}
