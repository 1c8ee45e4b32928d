//! Where values come from: unit, source and spread of every parameter, a description of everything else.

use std::collections::{HashMap, HashSet};

use crate::{Diagnostic, Id, Meta, Model, Parameter, RuleKind, Span};

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
    /// Parameters whose note begins with `assumed` and that have no source.
    pub assumed: Vec<Id>,
    /// Unit, of every parameter.
    pub unit: Coverage,
    /// Source or `assumed`, of every parameter that is neither derived nor a state.
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

impl Provenance {
    /// True if every parameter has a unit, and a source or the word `assumed` where it needs one.
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
    for p in model.parameters.iter().chain(locals) {
        parameter(p, rules.get(&p.id).copied(), computed.contains(&p.id), &mut out);
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
    let gaps = gaps(&metas, &out);
    (out, gaps)
}

fn parameter(p: &Parameter, rule: Option<RuleKind>, is_computed: bool, out: &mut Provenance) {
    out.parameters += 1;
    out.unit.note(&p.id, p.units.is_some());
    if rule.is_some() || is_computed {
        out.derived_description.note(&p.id, is_described(&p.meta));
        let list = if rule == Some(RuleKind::Rate) { &mut out.states } else { &mut out.derived };
        list.push(p.id.clone());
        return;
    }
    let (sourced, assumed) = (has_source(&p.meta), is_assumed(&p.meta));
    if sourced {
        out.sourced.push(p.id.clone());
    } else if assumed {
        out.assumed.push(p.id.clone());
    }
    out.source.note(&p.id, sourced || assumed);
    out.uncertainty.note(&p.id, has_spread(&p.meta));
}

/// A description or derivation term that is a DOI or a PubMed number.
fn has_source(meta: &Meta) -> bool {
    let describes = |qualifier: &str| {
        let plain: String = qualifier.chars().filter(char::is_ascii_alphabetic).collect();
        let plain = plain.to_lowercase();
        ["describedby", "derivedfrom"].iter().any(|q| plain.ends_with(q)) || plain == "description" || plain == "origin"
    };
    meta.terms.iter().filter(|t| describes(&t.qualifier)).flat_map(|t| &t.resources).any(|r| is_citation(r))
}

/// A DOI, a PubMed or PubMed Central number, or (for physical constants) a PubChem compound, in any of their usual forms.
fn is_citation(resource: &str) -> bool {
    let text = resource.to_lowercase();
    let is_doi = text.find("10.").is_some_and(|i| i == 0 || text[..i].contains("doi"));
    let numbered = |mark: &str| {
        text.match_indices(mark).any(|(i, _)| {
            let rest = text[i + mark.len()..].trim_start_matches([':', '/', ' ']);
            rest.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    is_doi || ["pubmed", "pmid", "pmc", "pubmed.ncbi.nlm.nih.gov", "pubchem.compound"].into_iter().any(numbered)
}

fn is_assumed(meta: &Meta) -> bool {
    meta.notes.as_deref().is_some_and(|notes| plain(notes).to_lowercase().starts_with("assumed"))
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

/// A note without its XHTML marks.
fn plain(notes: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_usize;
    for c in notes.chars() {
        match c {
            '<' => depth += 1,
            '>' if depth > 0 => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out.trim().to_string()
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
    let source_help = "cite it, `k isDescribedBy \"https://doi.org/...\"`, or say why: `k notes \"assumed: ...\"`";
    let place = |id: &Id| metas.get(id).map(|m| m.span.0).filter(|s| !s.is_none());
    let described = "give each a name: `x is \"what it is\"`";
    [
        ("no-unit", "parameters have no unit", &p.unit, "give each a unit: `k = 1 per_hour`"),
        ("no-source", "parameters have neither a source nor the word `assumed`", &p.source, source_help),
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
    use crate::{CvTerm, Uncertainty};

    fn described_by(resource: &str) -> Meta {
        Meta {
            terms: vec![CvTerm { qualifier: "isDescribedBy".into(), resources: vec![resource.into()] }],
            ..Meta::default()
        }
    }

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
    fn citations_are_told_from_other_links() {
        for good in [
            "https://doi.org/10.1007/s40262-020-00953-4",
            "doi:10.1038/nature10130",
            "https://identifiers.org/pubmed:12345678",
            "urn:miriam:pubmed:12345678",
            "http://identifiers.org/doi/10.1/x",
            "https://pubmed.ncbi.nlm.nih.gov/12345678/",
            "https://identifiers.org/pmc:PMC7406986",
            "https://identifiers.org/pubchem.compound:3821",
        ] {
            assert!(has_source(&described_by(good)), "{good}");
        }
        for bad in ["https://example.org/paper", "https://identifiers.org/uniprot:P31749", "10 mice", ""] {
            assert!(!has_source(&described_by(bad)), "{bad}");
        }
        let mut identity = described_by("https://doi.org/10.1/x");
        identity.terms[0].qualifier = "identity".into();
        assert!(!has_source(&identity));
    }

    #[test]
    fn assumed_is_seen_through_xhtml_and_a_mean_is_no_spread() {
        let notes = |t: &str| Meta { notes: Some(t.into()), ..Meta::default() };
        assert!(is_assumed(&notes("<body><p>\n Assumed: half of it</p></body>")));
        assert!(!is_assumed(&notes("not assumed")));
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
