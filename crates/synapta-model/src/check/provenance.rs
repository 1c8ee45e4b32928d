//! Where values come from: unit, source and spread of every parameter, a description of everything else.

mod origin;

use std::collections::{HashMap, HashSet};

use crate::{Diagnostic, Id, Meta, Model, Parameter, RuleKind, Span};
use origin::{FITTED, plain};

pub use origin::{IllFormed, Origin, citations, origin};

/// How many of a kind have what is asked, and which have not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many are asked.
    pub of: usize,
    /// Those that lack it, in the order declared.
    pub missing: Vec<Id>,
}

impl Coverage {
    /// How many have it.
    pub fn covered(&self) -> usize {
        self.of - self.missing.len()
    }

    /// True if none lacks it.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    fn note(&mut self, id: &Id, has: bool) {
        self.of += 1;
        if !has {
            self.missing.push(id.clone());
        }
    }
}

/// How well a model's values are documented.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Parameters of all kinds, those of single reactions included.
    pub parameters: usize,
    /// Parameters computed by an assignment rule or an initial assignment.
    pub derived: Vec<Id>,
    /// Parameters that a rate rule moves: their value is a starting value, their law is in the rule.
    pub states: Vec<Id>,
    /// Parameters with a fixed or event-set value and a DOI or PubMed source.
    pub sourced: Vec<Id>,
    /// Parameters without a source whose note begins with `fitted:` and names rows of the observations.
    pub fitted: Vec<Id>,
    /// Parameters whose note begins with `assumed` and that have no source.
    pub assumed: Vec<Id>,
    /// Parameters whose note begins with `definition:` and that have no source: no statements about nature.
    pub definitions: Vec<Id>,
    /// The same by declaration: a parameter of a submodel that stands in a model several times counts once.
    pub declared: Declarations,
    /// Unit, of every parameter.
    pub unit: Coverage,
    /// Source, `fitted:`, `assumed` or `definition:`, of every parameter that is neither derived nor a state.
    pub source: Coverage,
    /// Range, standard deviation, distribution, ... of the same.
    pub uncertainty: Coverage,
    /// Description, of derived parameters and states.
    pub derived_description: Coverage,
    /// Description, of species.
    pub species_description: Coverage,
    /// Description, of reactions.
    pub reaction_description: Coverage,
    /// Description, of rules, or of the variable they set.
    pub rule_description: Coverage,
}

/// Declarations of parameters with a value of their own, by where the value comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declarations {
    /// With a citation.
    pub sourced: usize,
    /// Fitted to observations.
    pub fitted: usize,
    /// Assumed.
    pub assumed: usize,
    /// No statement about nature.
    pub definitions: usize,
    /// Without a word.
    pub unsaid: usize,
}

impl Declarations {
    /// Those that say something about nature.
    pub fn about_nature(&self) -> usize {
        self.sourced + self.fitted + self.assumed + self.unsaid
    }

    /// Share of those about nature that are assumed; `None` if there are none.
    pub fn assumed_share(&self) -> Option<f64> {
        let of = self.about_nature();
        (of > 0).then(|| self.assumed as f64 / of as f64)
    }

    fn count(&mut self, origin: Option<&Origin>) {
        let place = match origin {
            Some(Origin::Sourced) => &mut self.sourced,
            Some(Origin::Fitted(_)) => &mut self.fitted,
            Some(Origin::Assumed) => &mut self.assumed,
            Some(Origin::Definition) => &mut self.definitions,
            None => &mut self.unsaid,
        };
        *place += 1;
    }
}

impl Provenance {
    /// True if every parameter has a unit, and a source or a reason where it needs one.
    pub fn values_are_sourced(&self) -> bool {
        self.unit.is_complete() && self.source.is_complete()
    }
}

/// Counts what is documented, with a warning for each kind of gap.
pub fn provenance(model: &Model) -> (Provenance, Vec<Diagnostic>) {
    let mut out = Provenance::default();
    let rules: HashMap<&Id, RuleKind> = model.rules.iter().map(|r| (&r.variable, r.kind)).collect();
    let computed: HashSet<&Id> = model.initial_assignments.iter().map(|a| &a.symbol).collect();
    let metas = metas(model);
    let locals = model.reactions.iter().flat_map(|r| &r.local_parameters);
    let mut ill_formed = vec![];
    let mut declared = HashSet::new();
    for p in model.parameters.iter().chain(locals) {
        let rule = rules.get(&p.id).copied();
        if rule.is_some() || computed.contains(&p.id) {
            computed_parameter(p, rule, &mut out);
            continue;
        }
        let origin = origin(&p.meta).unwrap_or_else(|e| {
            ill_formed.push(unreadable(p, &e));
            None
        });
        // Copies of a submodel share the place of a declaration; what is made without a text has none and counts by itself.
        let place = p.meta.span.0;
        let is_copy = !place.is_none() && !declared.insert((place, p.meta.notes.as_deref()));
        if !is_copy {
            out.declared.count(origin.as_ref());
        }
        valued(p, origin, &mut out);
    }
    for s in &model.species {
        out.species_description.note(&s.id, is_described(&s.meta));
    }
    for r in &model.reactions {
        out.reaction_description.note(&r.id, is_described(&r.meta));
    }
    for r in model.rules.iter().filter(|r| r.kind != RuleKind::Algebraic) {
        let described = is_described(&r.meta) || metas.get(&r.variable).is_some_and(|m| is_described(m));
        out.rule_description.note(&r.variable, described);
    }
    ill_formed.dedup_by(|a, b| a.span == b.span && !a.span.is_none());
    ill_formed.extend(gaps(&metas, &out));
    (out, ill_formed)
}

fn computed_parameter(p: &Parameter, rule: Option<RuleKind>, out: &mut Provenance) {
    out.parameters += 1;
    out.unit.note(&p.id, p.units.is_some());
    out.derived_description.note(&p.id, is_described(&p.meta));
    let list = if rule == Some(RuleKind::Rate) { &mut out.states } else { &mut out.derived };
    list.push(p.id.clone());
}

fn valued(p: &Parameter, origin: Option<Origin>, out: &mut Provenance) {
    out.parameters += 1;
    out.unit.note(&p.id, p.units.is_some());
    out.source.note(&p.id, origin.is_some());
    out.uncertainty.note(&p.id, has_spread(&p.meta));
    let list = match origin {
        Some(Origin::Sourced) => &mut out.sourced,
        Some(Origin::Fitted(_)) => &mut out.fitted,
        Some(Origin::Assumed) => &mut out.assumed,
        Some(Origin::Definition) => &mut out.definitions,
        None => return,
    };
    list.push(p.id.clone());
}

fn unreadable(p: &Parameter, e: &IllFormed) -> Diagnostic {
    let message = format!("{}: {}", p.id, e.message);
    Diagnostic::warning("fitted-rows", p.meta.span.0, message).with_help(format!("write {FITTED}"))
}

/// Any statement of spread; a mean alone is none.
fn has_spread(meta: &Meta) -> bool {
    let centre = ["mean", "median", "mode", "samplesize"];
    meta.uncertainty.iter().any(|u| !centre.contains(&u.kind.to_lowercase().as_str()))
}

fn is_described(meta: &Meta) -> bool {
    let has_text = |t: &Option<String>| t.as_deref().is_some_and(|t| !plain(t).is_empty());
    has_text(&meta.name) || has_text(&meta.notes)
}

/// Names and notes of everything with a value, and of reactions.
fn metas(model: &Model) -> HashMap<&Id, &Meta> {
    let mut out: HashMap<&Id, &Meta> = HashMap::new();
    out.extend(model.reactions.iter().flat_map(|r| &r.local_parameters).map(|p| (&p.id, &p.meta)));
    out.extend(model.reactions.iter().map(|r| (&r.id, &r.meta)));
    out.extend(model.compartments.iter().map(|c| (&c.id, &c.meta)));
    out.extend(model.parameters.iter().map(|p| (&p.id, &p.meta)));
    out.extend(model.species.iter().map(|s| (&s.id, &s.meta)));
    out
}

/// One warning for each kind of gap, with the first places.
fn gaps(metas: &HashMap<&Id, &Meta>, p: &Provenance) -> Vec<Diagnostic> {
    let source_help = "cite it, `k isDescribedBy \"https://doi.org/...\"`, or say why: `k notes \"assumed: ...\"`, `\"fitted: ROW ...; ...\"`, \
                       or `\"definition: ...\"` where it says nothing about nature";
    let place = |id: &Id| metas.get(id).map(|m| m.span.0).filter(|s| !s.is_none());
    let described = "give each a name: `x is \"what it is\"`";
    [
        ("no-unit", "parameters have no unit", &p.unit, "give each a unit: `k = 1 per_hour`"),
        ("no-source", "parameters have neither a source nor a reason", &p.source, source_help),
        (
            "no-uncertainty",
            "parameters have no range or other spread",
            &p.uncertainty,
            "give each one: `k.range = {1, 3}`",
        ),
        ("no-description", "computed parameters have no description", &p.derived_description, described),
        ("no-description", "species have no description", &p.species_description, described),
        ("no-description", "reactions have no description", &p.reaction_description, described),
        ("no-description", "rules have no description", &p.rule_description, described),
    ]
    .into_iter()
    .filter(|(_, _, coverage, _)| !coverage.is_complete())
    .map(|(code, what, coverage, help)| {
        let missing = &coverage.missing;
        let text = format!("{} of {} {what}: {}", missing.len(), coverage.of, list(missing.iter()));
        let places: Vec<Span> = missing.iter().filter_map(place).take(LISTED).collect();
        let first = places.first().copied().unwrap_or(Span::NONE);
        let finding = Diagnostic::warning(code, first, text).with_help(help);
        places.into_iter().skip(1).fold(finding, |f, span| f.with_label(span, "and here"))
    })
    .collect()
}

/// Names shown of a long list.
const LISTED: usize = 5;

/// The first few names, and how many more there are.
pub(super) fn list<'a>(ids: impl ExactSizeIterator<Item = &'a Id>) -> String {
    let more = ids.len().saturating_sub(LISTED);
    let names: Vec<&str> = ids.take(LISTED).map(Id::as_str).collect();
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{tail}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::{Declared, SourceId, Uncertainty};

    #[test]
    fn a_documented_model_is_complete() {
        let (p, gaps) = provenance(&sound());
        assert_eq!(gaps, vec![]);
        assert!(p.values_are_sourced());
        assert_eq!((p.parameters, p.assumed.len(), p.derived.len()), (2, 1, 1));
        assert_eq!((p.source.of, p.source.covered()), (1, 1));
    }

    #[test]
    fn each_gap_has_its_code() {
        let bare = |change: &dyn Fn(&mut Model)| {
            let mut model = sound();
            change(&mut model);
            codes(&provenance(&model).1)
        };
        assert_eq!(bare(&|m| m.parameters[0].units = None), ["no-unit"]);
        assert_eq!(bare(&|m| m.parameters[0].meta.notes = Some("see text".into())), ["no-source"]);
        assert_eq!(bare(&|m| m.parameters[0].meta.uncertainty.clear()), ["no-uncertainty"]);
        assert_eq!(bare(&|m| m.species[0].meta = Meta::default()), ["no-description"]);
        assert_eq!(bare(&|m| m.reactions[0].meta = Meta::default()), ["no-description"]);
        assert_eq!(bare(&|m| m.parameters[1].meta = Meta::default()), ["no-description"]);
    }

    #[test]
    fn each_class_has_its_count() {
        let class = |notes: &str| {
            let mut model = sound();
            model.parameters[0].meta.notes = Some(notes.into());
            provenance(&model).0
        };
        let (fitted, defined) = (class("fitted: OP1 OP2; their ratio"), class("definition: a switch"));
        assert_eq!((fitted.fitted.len(), fitted.assumed.len(), fitted.source.covered()), (1, 0, 1));
        assert_eq!((defined.definitions.len(), defined.assumed.len(), defined.source.covered()), (1, 0, 1));
        assert!(fitted.values_are_sourced() && defined.values_are_sourced());
        assert_eq!(fitted.declared.assumed_share(), Some(0.0));
        assert_eq!(defined.declared.assumed_share(), None);
        assert_eq!(provenance(&sound()).0.declared.assumed_share(), Some(1.0));
    }

    #[test]
    fn copies_of_one_declaration_count_once() {
        let mut model = sound();
        model.parameters[0].meta.span = Declared(Span::new(SourceId(0), 5, 9));
        let copy = Parameter { id: "copy".into(), ..model.parameters[0].clone() };
        model.parameters.push(copy);
        let set_anew = Parameter { id: "other".into(), ..model.parameters[0].clone() };
        model.parameters.push(set_anew);
        model.parameters[3].meta.notes = Some("definition: off in this copy".into());
        let p = provenance(&model).0;
        assert_eq!((p.assumed.len(), p.definitions.len()), (2, 1));
        assert_eq!(p.declared, Declarations { assumed: 1, definitions: 1, ..Declarations::default() });
    }

    #[test]
    fn a_fitted_note_without_rows_has_a_place_and_help() {
        let mut model = sound();
        model.parameters[0].meta.notes = Some("fitted: ; by eye".into());
        model.parameters[0].meta.span = Declared(Span::new(SourceId(0), 5, 9));
        let (p, found) = provenance(&model);
        assert_eq!(codes(&found), ["fitted-rows", "no-source"]);
        assert_eq!(found[0].span, Span::new(SourceId(0), 5, 9));
        assert!(found[0].message.contains("names no row"), "{}", found[0].message);
        assert!(found[0].help.as_deref().is_some_and(|h| h.contains("fitted: ROW ROW; reason")));
        assert_eq!((p.fitted.len(), p.declared.unsaid), (0, 1));
    }

    #[test]
    fn a_mean_is_no_spread() {
        let of = |kind: &str| Meta {
            uncertainty: vec![Uncertainty { kind: kind.into(), values: vec![num(1.0)] }],
            ..Meta::default()
        };
        assert!(!has_spread(&of("mean")) && has_spread(&of("standardDeviation")));
    }

    #[test]
    fn long_lists_are_cut() {
        let ids: Vec<Id> = (0..8).map(|i| Id::from(format!("p{i}"))).collect();
        assert_eq!(list(ids.iter()), "p0, p1, p2, p3, p4 and 3 more");
    }
}
