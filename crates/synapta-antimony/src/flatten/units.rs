//! Unit definitions, and which unit a symbol has.

use synapta_model::{Diagnostic, Id, Meta, UnitDefinition, UnitFactor};

use super::Flattener;
use crate::table::{Kind, UnitPart};
use crate::units;
use crate::words::unit_kind;

impl Flattener<'_> {
    pub(super) fn units(&mut self) {
        let all = self.of_kind(|k| k == Kind::Unit);
        self.rename_model_units(&all);
        for i in all {
            let id = self.names.unit(i);
            let role = last_word(&self.table.vars[i].name).to_owned();
            let renamed = self.names.is_renamed_unit(i);
            if !renamed && unit_kind(&id).is_none() {
                let factors = self.table.canonical_unit(i);
                if self.table.vars[i].unit_part.is_some() && factors.is_none() {
                    let message = format!("the unit `{id}` is made of units that are not defined");
                    let found = Diagnostic::warning("undefined-unit", self.table.vars[i].meta.span.0, message);
                    self.diagnostics
                        .push(found.with_help("define each of them, for instance `unit hour = 3600 second`"));
                }
                let (id, meta) = (id.clone(), self.meta(i));
                self.model.unit_definitions.push(UnitDefinition { id, factors: factors.unwrap_or_default(), meta });
            }
            self.model_unit(&role, id);
        }
    }

    /// A unit of the model as a whole that is only another name of a base unit or of a unit the text defines is written
    /// by that name everywhere.
    fn rename_model_units(&mut self, all: &[usize]) {
        let is_role = |i: usize| is_model_unit(last_word(&self.table.vars[i].name));
        let mut renamed = vec![];
        // `hours`, which nothing defines, is `hour`, which something does.
        for i in all.iter().copied().filter(|i| self.table.vars[*i].unit_part.is_none()) {
            let singular = self.table.vars[i].name.strip_suffix('s').and_then(|n| self.table.root_of(n));
            if let Some(k) = singular.filter(|k| self.table.vars[*k].unit_part.is_some()) {
                renamed.push((i, self.names.unit(k)));
            }
        }
        for i in all.iter().copied().filter(|i| is_role(*i)) {
            let Some(factors) = self.table.canonical_unit(i) else {
                continue;
            };
            let alike = |k: &usize| self.table.canonical_unit(*k).is_some_and(|f| units::same_factors(&f, &factors));
            let other = || all.iter().copied().filter(|k| !is_role(*k)).find(alike).map(|k| self.names.unit(k));
            if let Some(id) = base_unit_alone(Some(&factors)).or_else(other) {
                renamed.push((i, id));
            }
        }
        self.names.rename_units(renamed);
    }

    /// `substance`, `time_unit` and so on hold for the whole model.
    fn model_unit(&mut self, role: &str, id: Id) {
        let slots = &mut self.model.units;
        let slot = match role {
            "substance" => &mut slots.substance,
            "time_unit" => &mut slots.time,
            "volume" => &mut slots.volume,
            "area" => &mut slots.area,
            "length" => &mut slots.length,
            "extent" => &mut slots.extent,
            _ => return,
        };
        *slot = Some(id);
    }

    pub(super) fn unit_id(&self, i: usize) -> Option<Id> {
        self.table.vars[i].unit.map(|u| self.names.unit(self.table.root(u)))
    }

    /// The unit of a species is that of its symbol; its substance has this unit times that of its compartment.
    pub(super) fn substance_unit(&mut self, i: usize, compartment: Option<usize>) -> Option<Id> {
        let var = &self.table.vars[i];
        let unit = self.table.root(var.unit?);
        if var.amount_only {
            return Some(self.names.unit(unit));
        }
        let of = |i: usize| {
            let factors = self.table.canonical_unit(i).or_else(|| self.table.unit_factors(i)).unwrap_or_default();
            units::NamedUnit { name: self.names.id(i).to_string(), part: UnitPart { factors, made_up: false } }
        };
        let litre = || units::NamedUnit {
            name: "litre".into(),
            part: UnitPart { factors: vec![crate::table::unit_factor("litre", 1.0)], made_up: false },
        };
        let size = compartment.and_then(|c| self.table.vars[c].unit).map(|u| self.table.root(u));
        let volume = compartment.and_then(|_| self.table.root_of("volume"));
        let volume_name = || units::NamedUnit { name: "volume".into(), ..litre() };
        let size = match (size.or(volume), compartment) {
            (Some(u), _) => of(u),
            (None, Some(_)) => volume_name(),
            (None, None) => litre(),
        };
        let mut product = units::times(of(unit), &size);
        units::reduce(&mut product.part.factors);
        Some(self.find_or_add_unit(product))
    }

    /// A unit definition with these factors, or a new one.
    fn find_or_add_unit(&mut self, unit: units::NamedUnit) -> Id {
        let like = |factors: &[UnitFactor]| units::same_factors(factors, &unit.part.factors);
        if let Some(known) = self.model.unit_definitions.iter().find(|u| like(&u.factors)) {
            return known.id.clone();
        }
        if let Some(base) = base_unit_alone(Some(&unit.part.factors)) {
            return base;
        }
        let mut id: Id = unit.name.into();
        while self.model.unit(&id).is_some() {
            id = format!("{id}_").into();
        }
        let definition = UnitDefinition { id: id.clone(), factors: unit.part.factors, meta: Meta::default() };
        self.model.unit_definitions.push(definition);
        id
    }
}

fn last_word(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

fn is_model_unit(name: &str) -> bool {
    matches!(name, "substance" | "volume" | "area" | "length" | "time_unit" | "extent")
}

/// The base unit a list of factors is, if it is one and nothing else.
fn base_unit_alone(factors: Option<&[UnitFactor]>) -> Option<Id> {
    match factors? {
        [f] if f.exponent == 1.0 && f.scale == 0 && f.multiplier == 1.0 => unit_kind(&f.kind).map(Id::new),
        _ => None,
    }
}
