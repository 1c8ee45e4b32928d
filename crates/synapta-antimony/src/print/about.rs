//! Names, SBO terms, uncertainties, annotations and notes of everything.

use synapta_model::{Meta, Uncertainty};

use super::formula::quoted;
use super::{Printer, formula, is_top};

impl Printer<'_> {
    pub(super) fn about_all(&mut self) {
        let m = self.model;
        let implicit = self.default_is_implicit();
        self.about_model(&m.meta);
        m.unit_definitions.iter().for_each(|x| self.about(&x.id, &x.meta));
        for c in m.compartments.iter().filter(|c| !(implicit && c.id == crate::table::DEFAULT_COMPARTMENT)) {
            self.about(&c.id, &c.meta);
        }
        m.species.iter().for_each(|x| self.about(&x.id, &x.meta));
        m.parameters.iter().for_each(|x| self.about(&x.id, &x.meta));
        m.reactions.iter().for_each(|x| self.about(&x.id, &x.meta));
        m.events.iter().for_each(|x| self.about(&x.id, &x.meta));
        for (n, c) in m.constraints.iter().enumerate() {
            let name = c.id.clone().unwrap_or_else(|| format!("_con{n}").into());
            self.about(&name, &c.meta);
        }
    }

    fn about_model(&mut self, meta: &Meta) {
        if let Some(sbo) = meta.sbo {
            self.line(&format!("model.sboTerm = {sbo}"));
        }
        let unnamed = Meta { name: None, sbo: None, ..meta.clone() };
        // Statements outside any model have no name to put terms on.
        if is_top(self.model) || !unnamed.terms.is_empty() || unnamed.notes.is_some() {
            self.about("model", &unnamed);
        }
    }

    /// Everything a symbol carries besides its mathematics.
    pub(super) fn about(&mut self, id: &str, meta: &Meta) {
        if let Some(name) = &meta.name {
            self.line(&format!("{id} is {}", quoted(name)));
        }
        if let Some(sbo) = meta.sbo {
            self.line(&format!("{id}.sboTerm = {sbo}"));
        }
        for u in &meta.uncertainty {
            self.line(&format!("{id}.{} = {}", u.kind, values_text(u)));
        }
        for term in &meta.terms {
            let resources = term.resources.iter().map(|r| quoted(r)).collect::<Vec<_>>().join(", ");
            match term.qualifier.strip_suffix(".definition") {
                Some(aspect) => self.line(&format!("{id}.{aspect} is {resources}")),
                None => self.line(&format!("{id} {} {resources}", term.qualifier)),
            }
        }
        if let Some(notes) = &meta.notes {
            self.line(&format!("{id} notes {}", quoted(notes)));
        }
    }
}

fn values_text(u: &Uncertainty) -> String {
    let values: Vec<_> = u.values.iter().map(formula).collect();
    match values.as_slice() {
        [one] => one.clone(),
        many => format!("{{{}}}", many.join(", ")),
    }
}
