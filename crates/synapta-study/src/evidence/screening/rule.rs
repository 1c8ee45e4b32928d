//! The inclusion rule, read from a TOML text.

use std::collections::BTreeMap;

use serde::Deserialize;
use synapta_model::{SourceId, Span};
use toml::Spanned;

use crate::library::NamedText;

use super::super::claim::EvidenceError;
use super::super::text::{Texts, known, place};
pub use super::words::Pattern;

/// An inclusion rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What it is.
    pub title: String,
    /// Where it comes from.
    pub source: String,
    /// In the order in which they exclude.
    pub criteria: Vec<Criterion>,
}

impl Rule {
    /// Position of a criterion.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.criteria.iter().position(|c| c.name == name)
    }
}

/// One thing that a record must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// Its name.
    pub name: String,
    /// Why a record that does not hold it is excluded.
    pub excluded: String,
    /// What is missing where it cannot be told.
    pub unclear: String,
    /// Where it comes from and how it is read.
    pub reason: String,
    /// How it is told.
    pub test: Test,
}

/// How a criterion is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// The year of publication.
    Years {
        /// First year.
        first: i32,
        /// Last year.
        last: i32,
    },
    /// One of these words in title, abstract or keywords.
    Words(Vec<Pattern>),
    /// One of these search terms, each with its words.
    Terms(Vec<Term>),
    /// An accepted class of design or species.
    Classes(Classes),
}

/// A search term.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Its name.
    pub name: String,
    /// Its words.
    pub words: Vec<Pattern>,
}

/// Classes of one field of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes {
    /// The field.
    pub field: Field,
    /// True if a record can be of several classes; else the first that fits is its own.
    pub together: bool,
    /// The classes.
    pub classes: Vec<Class>,
}

/// What a class is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Study design.
    Design,
    /// Species.
    Species,
}

/// A design or a species.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// True if the rule takes it.
    pub accepted: bool,
    /// Values of the record's own field.
    pub values: Vec<String>,
    /// Publication types.
    pub types: Vec<String>,
    /// Words in title, abstract or keywords.
    pub words: Vec<Pattern>,
}

type Words = Vec<Spanned<String>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    title: String,
    source: String,
    criterion: Vec<Spanned<RawCriterion>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCriterion {
    name: Spanned<String>,
    excluded: String,
    unclear: String,
    reason: String,
    years: Option<Spanned<RawYears>>,
    words: Option<Words>,
    terms: Option<BTreeMap<String, Words>>,
    classes: Option<RawClasses>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawYears {
    first: i32,
    last: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClasses {
    field: Field,
    #[serde(default)]
    together: bool,
    class: Vec<RawClass>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClass {
    name: Spanned<String>,
    accepted: bool,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    words: Words,
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// All findings. Codes: `evidence-syntax`, `evidence-value`, `evidence-unknown-field`, `evidence-missing-field`,
    /// `rule-empty`, `rule-duplicate`, `rule-test`, `rule-years`, `rule-word`.
    pub fn from_text(text: NamedText<'_>) -> Result<Rule, EvidenceError> {
        let mut texts = Texts::default();
        let (source, file) = texts.toml::<RuleFile>(text);
        let rule = file.map(|file| Builder { texts: &mut texts, source }.rule(file));
        match rule {
            Some(rule) if texts.found.is_empty() => Ok(rule),
            _ => Err(EvidenceError { sources: texts.sources, diagnostics: texts.found }),
        }
    }
}

struct Builder<'a> {
    texts: &'a mut Texts,
    source: SourceId,
}

impl Builder<'_> {
    fn rule(&mut self, file: RuleFile) -> Rule {
        if file.criterion.is_empty() {
            let help = "add `[[criterion]]` with a name and a test";
            self.texts.tell(
                "rule-empty",
                Span::new(self.source, 0, 0),
                "a rule without a criterion takes everything",
                help,
            );
        }
        let mut criteria: Vec<Criterion> = vec![];
        for raw in file.criterion {
            let span = place(self.source, &raw);
            let raw = raw.into_inner();
            let at = place(self.source, &raw.name);
            if criteria.iter().any(|c| c.name == *raw.name.get_ref()) {
                let message = format!("a criterion `{}` stands before", raw.name.get_ref());
                self.texts.tell("rule-duplicate", at, message, "give it a name of its own");
            }
            criteria.extend(self.criterion(raw, span));
        }
        Rule { title: file.title, source: file.source, criteria }
    }

    fn criterion(&mut self, raw: RawCriterion, span: Span) -> Option<Criterion> {
        let tests = [
            raw.years.map(|y| self.years(&y)),
            raw.words.map(|w| Test::Words(self.patterns(w))),
            raw.terms.map(|t| Test::Terms(self.terms(t))),
            raw.classes.map(|c| Test::Classes(self.classes(c))),
        ];
        let mut tests: Vec<Test> = tests.into_iter().flatten().collect();
        if tests.len() != 1 {
            let message = format!("`{}` has {} tests", raw.name.get_ref(), tests.len());
            let help = "give exactly one: `years`, `words`, `terms` or `classes`";
            self.texts.tell("rule-test", span, message, help);
            return None;
        }
        let test = tests.pop()?;
        let name = raw.name.into_inner();
        Some(Criterion { name, excluded: raw.excluded, unclear: raw.unclear, reason: raw.reason, test })
    }

    fn years(&mut self, years: &Spanned<RawYears>) -> Test {
        let RawYears { first, last } = *years.get_ref();
        if first > last {
            let message = format!("no year lies from {first} to {last}");
            self.texts.tell("rule-years", place(self.source, years), message, "`first` is the earlier one");
        }
        Test::Years { first, last }
    }

    fn terms(&mut self, terms: BTreeMap<String, Words>) -> Vec<Term> {
        terms.into_iter().map(|(name, words)| Term { name, words: self.patterns(words) }).collect()
    }

    fn classes(&mut self, raw: RawClasses) -> Classes {
        let mut classes: Vec<Class> = vec![];
        for class in raw.class {
            let at = place(self.source, &class.name);
            let name = class.name.into_inner();
            if classes.iter().any(|c| c.name == name) {
                let help = known(&name, classes.iter().map(|c| c.name.as_str()));
                self.texts.tell("rule-duplicate", at, format!("a class `{name}` stands before"), help);
            }
            let words = self.patterns(class.words);
            if class.values.is_empty() && class.types.is_empty() && words.is_empty() {
                let help = "add `values`, `types` or `words`";
                self.texts.tell("rule-test", at, format!("nothing tells the class `{name}`"), help);
            }
            classes.push(Class { name, accepted: class.accepted, values: class.values, types: class.types, words });
        }
        Classes { field: raw.field, together: raw.together, classes }
    }

    fn patterns(&mut self, words: Words) -> Vec<Pattern> {
        let mut out = vec![];
        for word in words {
            match Pattern::of(word.get_ref()) {
                Some(pattern) => out.push(pattern),
                None => {
                    let help = "write letters; `*` at the end takes any ending";
                    let message = format!("`{}` cannot be looked for", word.get_ref());
                    self.texts.tell("rule-word", place(self.source, &word), message, help);
                }
            }
        }
        out
    }
}
