//! The data beside the models: drugs, subjects, mechanisms, hypotheses, read-outs. Read from TOML texts; no file is
//! opened here.

mod check;
mod read;
mod schema;
mod value;

use synapta_model::{Diagnostic, SourceMap, Span};

pub(crate) use read::Reader;
pub use schema::{
    AblationStart, Component, Device, Drug, Hypothesis, Mechanism, Phase, PhaseKind, RouteEntry, SetTable, Subject,
    Target, Weight,
};
pub use value::{Fraction, Value};

use crate::picture::map::Map;
use crate::picture::receptor::Receptor;
use crate::picture::states::States;
use crate::picture::{self, Pictures};
use crate::rank::{self, Candidates};
use crate::readout::ReadoutFile;
use crate::regimen::{DrugEntry, Pharmacy, Route, Vocabulary};
use crate::words::{did_you_mean, nearest_of};

/// Drug meant when a regimen names none, if the library has it; else its first drug.
const DEFAULT_DRUG: &str = "ketamine";

/// A text with the name shown in diagnostics.
#[derive(Clone, Copy, Debug)]
pub struct NamedText<'a> {
    /// Path or other name.
    pub name: &'a str,
    /// Its content.
    pub text: &'a str,
}

/// The texts of a library.
#[derive(Clone, Copy, Debug)]
pub struct LibraryTexts<'a> {
    /// drugs.toml
    pub drugs: NamedText<'a>,
    /// subjects.toml
    pub subjects: NamedText<'a>,
    /// mechanisms.toml
    pub mechanisms: NamedText<'a>,
    /// hypotheses.toml
    pub hypotheses: NamedText<'a>,
    /// readouts.toml
    pub readouts: NamedText<'a>,
    /// The pictures.
    pub pictures: PictureTexts<'a>,
    /// candidates.toml
    pub candidates: Option<NamedText<'a>>,
}

/// The texts of the pictures; without them nothing is drawn of the cascade, the receptor and the synapse.
#[derive(Clone, Copy, Debug)]
pub struct PictureTexts<'a> {
    /// map.toml
    pub map: NamedText<'a>,
    /// receptor.toml
    pub receptor: NamedText<'a>,
    /// states.toml
    pub states: NamedText<'a>,
}

impl Default for PictureTexts<'_> {
    fn default() -> Self {
        let none = |name| NamedText { name, text: "" };
        PictureTexts { map: none("map.toml"), receptor: none("receptor.toml"), states: none("states.toml") }
    }
}

/// What is wrong with a library's texts.
#[derive(Debug, thiserror::Error)]
#[error("the data library has {} finding(s): {}", .diagnostics.len(), .diagnostics.first().map_or("", |d| d.message.as_str()))]
pub struct LibraryError {
    /// The texts.
    pub sources: SourceMap,
    /// The findings, with places in `sources`.
    pub diagnostics: Vec<Diagnostic>,
}

/// Everything in the data files.
#[derive(Clone, Debug)]
pub struct Library {
    /// Drugs in file order.
    pub drugs: Vec<Drug>,
    /// Subjects in file order.
    pub subjects: Vec<Subject>,
    /// Mechanisms in file order.
    pub mechanisms: Vec<Mechanism>,
    /// Hypotheses in file order.
    pub hypotheses: Vec<Hypothesis>,
    /// Read-outs, panels and further columns.
    pub readouts: ReadoutFile,
    /// What the pictures show.
    pub pictures: Pictures,
    /// What is ranked.
    pub candidates: Candidates,
}

impl Library {
    /// Reads and checks the texts.
    ///
    /// # Errors
    /// All findings. Codes: `library-syntax`, `library-unknown-field`, `library-missing-field`, `library-value`,
    /// `library-bare-number`, `library-source-missing`, `library-duplicate-name`, `library-unknown-route`,
    /// `library-default-route`, `library-fractions`, `library-route-empty`, `library-phase`, `library-group`,
    /// `library-readout`, `picture-taken`, `picture-unknown`, `picture-sign`,
    /// `candidate-taken`, `candidate-unknown`.
    pub fn from_texts(texts: LibraryTexts<'_>) -> Result<Library, LibraryError> {
        let mut reader = read::Reader::default();
        let drugs = reader.read::<schema::DrugFile>(texts.drugs);
        let subjects = reader.read::<schema::SubjectFile>(texts.subjects);
        let mechanisms = reader.read::<schema::MechanismFile>(texts.mechanisms);
        let hypotheses = reader.read::<schema::HypothesisFile>(texts.hypotheses);
        let readouts = reader.read::<ReadoutFile>(texts.readouts);
        let map = reader.read::<Map>(texts.pictures.map);
        let receptor = reader.read::<Receptor>(texts.pictures.receptor);
        let states = reader.read::<States>(texts.pictures.states);
        let none = NamedText { name: "candidates.toml", text: "" };
        let candidates = reader.read::<Candidates>(texts.candidates.unwrap_or(none));
        let library = Library {
            drugs: drugs.1.drug,
            subjects: subjects.1.subject,
            mechanisms: mechanisms.1.mechanism,
            hypotheses: hypotheses.1.hypothesis,
            readouts: readouts.1,
            pictures: Pictures { map: map.1, receptor: receptor.1, states: states.1 },
            candidates: candidates.1,
        };
        let mut checker = check::Checker::default();
        checker.drugs(drugs.0, &library.drugs);
        checker.subjects(subjects.0, &library.subjects);
        checker.mechanisms(mechanisms.0, &library.mechanisms);
        checker.hypotheses(hypotheses.0, &library.hypotheses);
        checker.readouts(readouts.0, &library.readouts);
        let pictures = [map.0, receptor.0, states.0];
        checker.found.extend(picture::check(&library.pictures, pictures, &library.mechanisms, &library.subjects));
        checker.found.extend(rank::check(&library.candidates, candidates.0));
        let read::Reader { sources, mut found } = reader;
        found.append(&mut checker.found);
        if found.is_empty() { Ok(library) } else { Err(LibraryError { sources, diagnostics: found }) }
    }

    /// A drug by name or alias.
    ///
    /// # Errors
    /// `unknown-drug`.
    pub fn drug(&self, name: &str) -> Result<&Drug, Diagnostic> {
        find("drug", name, &self.drugs, |d| (d.name.get_ref(), &d.aliases))
    }

    /// A subject by name or alias.
    ///
    /// # Errors
    /// `unknown-subject`.
    pub fn subject(&self, name: &str) -> Result<&Subject, Diagnostic> {
        find("subject", name, &self.subjects, |s| (s.name.get_ref(), &s.aliases))
    }

    /// A mechanism by name or alias.
    ///
    /// # Errors
    /// `unknown-mechanism`.
    pub fn mechanism(&self, name: &str) -> Result<&Mechanism, Diagnostic> {
        find("mechanism", name, &self.mechanisms, |m| (m.name.get_ref(), &m.aliases))
    }

    /// A hypothesis by name or alias.
    ///
    /// # Errors
    /// `unknown-hypothesis`.
    pub fn hypothesis(&self, name: &str) -> Result<&Hypothesis, Diagnostic> {
        find("hypothesis", name, &self.hypotheses, |h| (h.name.get_ref(), &h.aliases))
    }

    /// The hypotheses in force: one of each group, the asked ones in place of the defaults. Defaults come first.
    ///
    /// # Errors
    /// `unknown-hypothesis`, or `hypothesis-conflict` for two of one group.
    pub fn hypotheses_in_force(&self, asked: &[String]) -> Result<Vec<&Hypothesis>, Diagnostic> {
        let chosen: Vec<&Hypothesis> = asked.iter().map(|n| self.hypothesis(n)).collect::<Result<_, _>>()?;
        for (i, a) in chosen.iter().enumerate() {
            let rival = chosen[..i].iter().find(|b| b.group == a.group && b.name != a.name);
            if let Some(b) = rival {
                let (a, b, group) = (a.name.get_ref(), b.name.get_ref(), &a.group);
                let message = format!("`{b}` and `{a}` are both of the group `{group}`");
                let help = "one of a group holds at a time: leave one out";
                return Err(Diagnostic::error("hypothesis-conflict", Span::NONE, message).with_help(help));
            }
        }
        let defaults = self.hypotheses.iter().filter(|h| h.default && chosen.iter().all(|c| c.group != h.group));
        Ok(defaults.chain(chosen.iter().copied()).collect())
    }

    /// The names a regimen may use; `None` if the library holds no drug.
    pub fn vocabulary(&self) -> Option<Vocabulary> {
        let entries: Vec<DrugEntry> = self.drugs.iter().filter_map(|d| self.entry(d)).collect();
        let default = entries.iter().find(|e| e.name == DEFAULT_DRUG).or(entries.first())?.name.clone();
        Vocabulary::new(entries, &default)
    }

    fn entry(&self, drug: &Drug) -> Option<DrugEntry> {
        let shares_part = |other: &&Drug| {
            let has = |c: &Component| drug.components.iter().any(|d| d.instance == c.instance);
            other.name != drug.name && other.components.iter().any(has)
        };
        Some(DrugEntry {
            name: drug.name.get_ref().into(),
            aliases: drug.aliases.iter().map(Into::into).collect(),
            routes: drug.routes.keys().filter_map(|k| Route::from_word(k.get_ref())).collect(),
            default_route: Route::from_word(drug.default_route.get_ref())?,
            related: self.drugs.iter().filter(shares_part).map(|d| d.name.get_ref().into()).collect(),
        })
    }
}

impl Drug {
    /// Where a dose goes by a route.
    pub fn route(&self, route: Route) -> Option<&RouteEntry> {
        self.routes.iter().find(|(k, _)| Route::from_word(k.get_ref()) == Some(route)).map(|(_, v)| v)
    }
}

impl Pharmacy for Library {
    fn molar_mass(&self, drug: &str) -> Option<f64> {
        self.drug(drug).ok().map(|d| d.molar_mass_g_per_mol.value)
    }

    fn device(&self, drug: &str, route: Route) -> Option<(f64, f64)> {
        let device = self.drug(drug).ok()?.route(route)?.device.as_ref()?;
        Some((device.amount_mg.value, device.interval_min.value))
    }

    fn takes_infusion(&self, drug: &str, route: Route) -> bool {
        self.drug(drug).ok().and_then(|d| d.route(route)).is_some_and(|r| r.infusion.is_some())
    }
}

fn find<'a, T>(
    kind: &str,
    name: &str,
    all: &'a [T],
    names: impl Fn(&T) -> (&String, &Vec<String>),
) -> Result<&'a T, Diagnostic> {
    let same =
        |a: &str| a.eq_ignore_ascii_case(name) || a.replace('-', "_").eq_ignore_ascii_case(&name.replace('-', "_"));
    let hit = all.iter().find(|t| same(names(t).0) || names(t).1.iter().any(|a| same(a)));
    hit.ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|t| names(t).0.as_str()).collect();
        let spellings = all.iter().flat_map(|t| {
            let (name, aliases) = names(t);
            std::iter::once(name).chain(aliases).map(String::clone).collect::<Vec<_>>()
        });
        let spellings: Vec<String> = spellings.collect();
        let near = nearest_of(name, spellings.iter().map(String::as_str));
        let code = match kind {
            "drug" => "unknown-drug",
            "subject" => "unknown-subject",
            "mechanism" => "unknown-mechanism",
            _ => "unknown-hypothesis",
        };
        let help = format!("{}known: {}", did_you_mean(near), known.join(", "));
        Diagnostic::error(code, Span::NONE, format!("no {kind} is called `{name}`")).with_help(help)
    })
}

#[cfg(test)]
#[path = "tests.rs"]
pub(crate) mod tests;
