//! What the pages link to: files of elements, references by identifier, claims by file, verdicts.

use super::module::{ModelFile, Module};
use crate::exit::Failure;
use crate::texts;
use std::collections::{BTreeMap, BTreeSet};
use synapta_model::check::{self, citations, origin};
use synapta_model::{Id, Meta, SourceMap, Span};
use synapta_study::evidence::claim::{Claim, ClaimSet};
use synapta_study::evidence::reference::{Reference, References};
use synapta_study::library::Library;

/// Everything the pages are made of.
pub struct Known<'a> {
    /// The model texts.
    pub files: &'a [ModelFile],
    /// Claims.
    pub claims: &'a ClaimSet,
    /// References.
    pub references: &'a References,
    /// Claim to verdict and how many expectations hold.
    pub verdicts: BTreeMap<String, Verdict>,
    /// Claims by model file.
    by_file: BTreeMap<String, BTreeSet<String>>,
    /// Number of observations by reference.
    pub observations: BTreeMap<String, usize>,
}

/// A row of `verdicts.tsv`.
pub struct Verdict {
    /// `pass` or `fail`.
    pub word: String,
    /// Expectations that hold.
    pub holds: String,
    /// Expectations.
    pub of: String,
}

/// Where a value comes from.
pub enum Origin<'a> {
    /// A reference of the list.
    Reference(&'a Reference),
    /// An address that no reference has.
    Address(String),
    /// Fitted to rows of the observations.
    Fitted(Vec<String>),
    /// An assumption, with its reason.
    Assumed,
    /// No statement about nature.
    Definition,
    /// Nothing is said.
    Unsaid,
}

impl<'a> Known<'a> {
    /// Reads verdicts and observations, and finds the file of every element that a claim names.
    pub fn new(
        files: &'a [ModelFile],
        library: &Library,
        references: &'a References,
        claims: &'a ClaimSet,
    ) -> Result<Known<'a>, Failure> {
        let homes = homes()?;
        let mut by_file: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for claim in &claims.claims {
            for element in &claim.elements {
                for file in homes.files(element, library) {
                    by_file.entry(file).or_default().insert(claim.id.clone());
                }
            }
        }
        Ok(Known { files, claims, references, verdicts: verdicts(), by_file, observations: observations() })
    }

    /// Claims about what stands in a file.
    pub fn claims_of(&self, file: &str) -> Vec<&'a Claim> {
        let ids = self.by_file.get(file);
        self.claims.claims.iter().filter(|c| ids.is_some_and(|ids| ids.contains(&c.id))).collect()
    }

    /// Files whose elements a claim names.
    pub fn files_of(&self, claim: &str) -> Vec<&str> {
        self.by_file.iter().filter(|(_, ids)| ids.contains(claim)).map(|(file, _)| file.as_str()).collect()
    }

    /// `pass` or `fail`; `fail` for a claim without a written verdict.
    pub fn verdict(&self, claim: &str) -> &str {
        self.verdicts.get(claim).map_or("fail", |v| v.word.as_str())
    }

    /// Where the value of an element comes from.
    pub fn origins(&self, meta: &Meta) -> Vec<Origin<'a>> {
        let found: Vec<Origin<'a>> = citations(meta).map(|r| self.origin(r)).collect();
        if !found.is_empty() {
            return found;
        }
        vec![match origin(meta) {
            Ok(Some(check::Origin::Fitted(rows))) => Origin::Fitted(rows),
            Ok(Some(check::Origin::Assumed)) => Origin::Assumed,
            Ok(Some(check::Origin::Definition)) => Origin::Definition,
            Ok(Some(check::Origin::Sourced) | None) | Err(_) => Origin::Unsaid,
        }]
    }

    fn origin(&self, address: &str) -> Origin<'a> {
        self.cited(address).map_or_else(|| Origin::Address(address.to_string()), Origin::Reference)
    }

    /// The reference that an address or a mention stands for.
    pub fn cited(&self, text: &str) -> Option<&'a Reference> {
        let own = identifiers(text);
        let fits = |r: &&Reference| {
            let named = [("doi", r.field("doi")), ("pmc", r.field("pmc")), ("pmid", r.field("pmid"))];
            own.iter().any(|(kind, value)| {
                named.iter().any(|(k, v)| k == kind && !v.is_empty() && v.eq_ignore_ascii_case(value))
            })
        };
        self.references.all.iter().find(fits)
    }

    /// References cited in a text, each once, in the order of mention.
    pub fn mentioned(&self, text: &str) -> Vec<&'a Reference> {
        let mut out: Vec<&Reference> = vec![];
        for reference in text.split_whitespace().filter_map(|word| self.cited(word)) {
            if !out.iter().any(|r| r.key == reference.key) {
                out.push(reference);
            }
        }
        out
    }
}

/// DOI, PMC and PubMed numbers that stand in a word or an address.
fn identifiers(text: &str) -> Vec<(&'static str, String)> {
    let mut out = vec![];
    if let Some(at) = text.find("10.").filter(|_| text.contains('/')) {
        let doi: String = text[at..].chars().take_while(|c| !c.is_whitespace() && !";,\"".contains(*c)).collect();
        out.push(("doi", doi.trim_end_matches(['.', ')', ':']).to_string()));
    }
    let digits = |from: usize| text[from..].chars().take_while(char::is_ascii_digit).collect::<String>();
    if let Some(at) = text.find("PMC") {
        out.push(("pmc", format!("PMC{}", digits(at + 3))));
    }
    if let Some(at) = text.find("pubmed:") {
        out.push(("pmid", digits(at + 7)));
    }
    out
}

fn verdicts() -> BTreeMap<String, Verdict> {
    let text = texts::VERDICTS.first().map_or("", |(_, text)| text);
    let row = |line: &str| {
        let mut cells = line.split('\t').map(String::from);
        let (id, word, holds, of) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
        Some((id, Verdict { word, holds, of }))
    };
    text.lines().skip(1).filter_map(row).collect()
}

/// Rows of the observations by reference.
fn observations() -> BTreeMap<String, usize> {
    let text = crate::evidence::text("observations.tsv").text;
    let mut lines = text.lines();
    let at = lines.next().and_then(|head| head.split('\t').position(|c| c == "reference"));
    let mut out = BTreeMap::new();
    for key in lines.filter_map(|line| line.split('\t').nth(at?)) {
        *out.entry(key.to_string()).or_insert(0) += 1;
    }
    out
}

/// Dotted paths of both assemblies with the file in which each is written.
struct Homes(Vec<(String, String)>);

fn homes() -> Result<Homes, Failure> {
    let mut out = vec![];
    for (name, _) in texts::ASSEMBLIES {
        let text = texts::built_in(name)?;
        let file = |span: Span| file_of(&text.parsed.sources, span);
        let model = &text.model;
        let mut spans: BTreeMap<&Id, Span> = BTreeMap::new();
        spans.extend(model.species.iter().map(|s| (&s.id, s.meta.span.0)));
        spans.extend(model.parameters.iter().map(|p| (&p.id, p.meta.span.0)));
        spans.extend(model.reactions.iter().map(|r| (&r.id, r.meta.span.0)));
        spans.extend(model.rules.iter().map(|r| (&r.variable, r.math.span)));
        let paths = model.paths.iter().filter_map(|(id, path)| Some((path.clone(), file(*spans.get(id)?)?)));
        out.extend(paths);
    }
    Ok(Homes(out))
}

fn file_of(sources: &SourceMap, span: Span) -> Option<String> {
    let name = &sources.get(span.source)?.name;
    let short = name.rsplit('/').next()?.strip_suffix(".ant")?;
    Some(short.to_string())
}

impl Homes {
    /// Files in which an element, or what a mechanism sets, is written; `*` stands for one part of a path.
    fn files(&self, element: &str, library: &Library) -> BTreeSet<String> {
        let patterns: Vec<String> = match library.mechanism(element) {
            Ok(mechanism) => mechanism.set.keys().map(|k| k.get_ref().clone()).collect(),
            Err(_) => vec![format!("subject.{}", element.trim_start_matches("subject."))],
        };
        let fits = |path: &str| patterns.iter().any(|p| matches(p, path));
        self.0.iter().filter(|(path, _)| fits(path)).map(|(_, file)| file.clone()).collect()
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut p, mut q) = (pattern.split('.'), path.split('.'));
    loop {
        match (p.next(), q.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == "*" || a == b => {}
            _ => return false,
        }
    }
}

/// Parameters by where their values come from.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    /// With a source.
    pub sourced: usize,
    /// Fitted to observations.
    pub fitted: usize,
    /// Assumed.
    pub assumed: usize,
    /// No statement about nature.
    pub definitions: usize,
    /// All, those of which nothing is said included.
    pub all: usize,
}

impl Counts {
    /// Parameters that say something about nature.
    pub fn about_nature(&self) -> usize {
        self.all - self.definitions
    }

    fn add(&mut self, origin: &Origin<'_>) {
        self.all += 1;
        match origin {
            Origin::Reference(_) | Origin::Address(_) => self.sourced += 1,
            Origin::Fitted(_) => self.fitted += 1,
            Origin::Assumed => self.assumed += 1,
            Origin::Definition => self.definitions += 1,
            Origin::Unsaid => {}
        }
    }
}

/// Counts of the parameters of some modules.
pub fn provenance<'m>(known: &Known<'_>, modules: impl IntoIterator<Item = &'m Module>) -> Counts {
    let mut out = Counts::default();
    for constant in modules.into_iter().flat_map(Module::constants) {
        if let Some(origin) = known.origins(constant.meta).first() {
            out.add(origin);
        }
    }
    out
}
