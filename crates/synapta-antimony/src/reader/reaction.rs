//! Reactions, interactions and strands of DNA.

use synapta_model::{Diagnostic, Span};

use super::execute::set_compartment;
use super::{Reader, set};
use crate::syntax::{Divider, Path, ReactionText, Stoichiometry, Target};
use crate::table::{Done, Kind, Participant, Problem, ReactionPart, Table};

impl Reader<'_> {
    fn participants(&mut self, table: &mut Table, side: Vec<(Stoichiometry, Path)>) -> Done<Vec<Participant>> {
        let mut all = vec![];
        for (stoichiometry, path) in side {
            let (number, named) = match stoichiometry {
                Stoichiometry::Number(n) => (n, None),
                Stoichiometry::Named(name) => {
                    let i = self.resolve(table, &name)?;
                    table.set_kind(i, Kind::Stoichiometry)?;
                    (1.0, Some(i))
                }
            };
            all.push(Participant { number, named, species: self.resolve(table, &path)? });
        }
        Ok(all)
    }

    pub(super) fn reaction(&mut self, table: &mut Table, text: ReactionText, span: Span) -> Done {
        let name = text.name.as_ref().map(|t| self.place(table, t)).transpose()?;
        let left = self.participants(table, text.left)?;
        let right = self.participants(table, text.right)?;
        let mut law = text.law;
        if let Some(formula) = &mut law {
            self.register(table, formula);
        }
        let compartment = text.compartment.as_ref().map(|p| self.resolve(table, p)).transpose()?;
        let i = name.unwrap_or_else(|| table.add_numbered("_J", span));
        let before = table.vars[table.root(i)].set_at;
        if table.vars[table.root(i)].reaction.is_some() && !before.is_none() {
            let message = format!("the reaction `{}` is written twice; this later one stands", table.vars[i].name);
            let found = Diagnostic::warning("overwritten", span, message);
            self.diagnostics.push(found.with_label(before, "first written here").with_help("give it another name"));
        }
        set_reaction(table, i, ReactionPart { left, divider: text.divider, right, law })?;
        let root = table.root(i);
        table.vars[root].set_at = span;
        if let Some(compartment) = compartment {
            set_compartment(table, i, compartment)?;
        }
        Ok(())
    }

    pub(super) fn strand(
        &mut self,
        table: &mut Table,
        name: Option<&Target>,
        parts: &[Path],
        open: (bool, bool),
        span: Span,
    ) -> Done {
        let name = name.map(|t| self.place(table, t)).transpose()?;
        let mut pieces = vec![];
        for path in parts {
            let piece = self.resolve(table, path)?;
            let piece = open_end(table, piece, pieces.is_empty())?;
            if table.vars[table.root(piece)].kind != Kind::Strand {
                table.set_kind(piece, Kind::Dna)?;
            }
            pieces.push(piece);
        }
        let i = name.unwrap_or_else(|| table.add_numbered("_DNA", span));
        table.set_kind(i, Kind::Strand)?;
        let root = table.root(i);
        let var = &mut table.vars[root];
        (var.strand, var.open_left, var.open_right) = (pieces, open.0, open.1);
        Ok(())
    }
}

/// The open end of a submodel's DNA, if the piece is a submodel.
fn open_end(table: &Table, piece: usize, leftmost: bool) -> Done<usize> {
    let var = &table.vars[table.root(piece)];
    if var.kind != Kind::Submodel {
        return Ok(piece);
    }
    // The first piece of a strand is joined by its downstream end, the others by their upstream end.
    let open = |i: usize| {
        if leftmost { table.vars[i].open_right } else { table.vars[i].open_left }
    };
    let name = var.name.clone();
    let inside = (0..table.vars.len()).filter(|i| table.is_inside(*i, &name) && table.vars[*i].depth == var.depth + 1);
    let mut ends = inside.filter(|i| table.vars[*i].kind == Kind::Strand && open(*i));
    match (ends.next(), ends.next()) {
        (Some(end), None) => Ok(end),
        (None, _) => Err(Problem::new("no-open-end", format!("`{name}` has no open end to join DNA to"))),
        _ => Err(Problem::new("no-open-end", format!("`{name}` has several open ends; name the strand itself"))),
    }
}

/// Makes symbol `i` this reaction or interaction.
pub(super) fn set_reaction(table: &mut Table, i: usize, mut part: ReactionPart) -> Done {
    for p in &part.left {
        table.set_kind(p.species, Kind::Species)?;
    }
    let interaction = !matches!(part.divider, Divider::Reversible | Divider::Irreversible);
    table.set_kind(i, if interaction { Kind::Interaction } else { Kind::Reaction })?;
    let right_kind = if interaction { Kind::Formula } else { Kind::Species };
    for p in &part.right {
        table.set_kind(p.species, right_kind)?;
    }
    if interaction {
        if part.right.is_empty() {
            return Err(Problem::new("syntax", "an interaction acts on a reaction").help("write `species -o reaction`"));
        }
        if let Some(law) = part.law.take() {
            set::set_formula(table, part.right[0].species, Some(law))?;
        }
    }
    let root = table.root(i);
    if part.law.is_none() {
        part.law = table.vars[root].formula.take();
    }
    table.vars[root].reaction = Some(Box::new(part));
    Ok(())
}
