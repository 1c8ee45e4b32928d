//! Screening: the records of a search export held against an inclusion rule, with a count and a reason for each.
//!
//! A record is excluded by the first criterion that it does not meet, and unclear where what was exported cannot tell: most
//! often because it has no abstract. The rule is data ([`rule`]); no word of it stands here.

pub mod rule;
mod words;

use serde::Serialize;
use synapta_model::{SourceMap, Span};

use super::search_export::{Exports, Joined, Record, join};

use rule::{Class, Criterion, Field, Rule, Test};
use words::Searched;

/// What one criterion says of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It holds.
    Met,
    /// It does not.
    NotMet,
    /// What was exported cannot tell.
    Unclear,
}

impl Answer {
    /// For tables.
    pub fn word(self) -> &'static str {
        match self {
            Answer::Met => "met",
            Answer::NotMet => "not met",
            Answer::Unclear => "unclear",
        }
    }
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Every criterion holds.
    Included,
    /// One does not.
    Excluded,
    /// None fails, one cannot be told.
    Unclear,
}

impl Decision {
    /// For tables.
    pub fn word(self) -> &'static str {
        match self {
            Decision::Included => "included",
            Decision::Excluded => "excluded",
            Decision::Unclear => "unclear",
        }
    }
}

/// One record, screened.
#[derive(Clone, Debug, PartialEq)]
pub struct Screened {
    /// The record with its copies.
    pub joined: Joined,
    /// What each criterion says, in the rule's order.
    pub answers: Vec<Answer>,
    /// Search terms that find it, for criteria that list several.
    pub terms: Vec<String>,
    /// Class by the record field that it is of: design, species.
    pub design: String,
    /// Species.
    pub species: String,
    /// What becomes of it.
    pub decision: Decision,
    /// Position of the criterion that decided; none for an included record.
    pub decided_by: Option<usize>,
}

/// An export, screened.
#[derive(Clone, Debug)]
pub struct Screening<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Records read, copies included.
    pub read: usize,
    /// Records, copies joined.
    pub records: Vec<Screened>,
}

/// Holds the records of exports against a rule.
pub fn screen<'a>(rule: &'a Rule, exports: &Exports) -> Screening<'a> {
    let records = join(&exports.records).into_iter().map(|joined| screened(rule, joined)).collect();
    Screening { rule, read: exports.records.len(), records }
}

fn screened(rule: &Rule, joined: Joined) -> Screened {
    let searched = Searched::of(&joined.record);
    let answers: Vec<Answer> = rule.criteria.iter().map(|c| answer(c, &joined.record, &searched)).collect();
    let first = |wanted: Answer| answers.iter().position(|a| *a == wanted);
    let (decision, decided_by) = match (first(Answer::NotMet), first(Answer::Unclear)) {
        (Some(at), _) => (Decision::Excluded, Some(at)),
        (None, Some(at)) => (Decision::Unclear, Some(at)),
        (None, None) => (Decision::Included, None),
    };
    let class = |field| class_of(rule, field, &joined.record, &searched);
    let (design, species) = (class(Field::Design), class(Field::Species));
    Screened { terms: terms(rule, &searched), design, species, answers, decision, decided_by, joined }
}

fn answer(criterion: &Criterion, record: &Record, searched: &Searched) -> Answer {
    let found = |hit: bool| match (hit, record.summary.is_empty()) {
        (true, _) => Answer::Met,
        (false, true) => Answer::Unclear,
        (false, false) => Answer::NotMet,
    };
    match &criterion.test {
        Test::Years { first, last } => match record.year {
            None => Answer::Unclear,
            Some(year) if (*first..=*last).contains(&year) => Answer::Met,
            Some(_) => Answer::NotMet,
        },
        Test::Words(words) => found(searched.any(words)),
        Test::Terms(terms) => found(terms.iter().any(|t| searched.any(&t.words))),
        Test::Classes(test) => {
            let hits = fitting(&test.classes, test.field, record, searched);
            let deciding = if test.together { hits.as_slice() } else { &hits[..hits.len().min(1)] };
            match (deciding.is_empty(), deciding.iter().any(|c| c.accepted)) {
                (true, _) => Answer::Unclear,
                (false, true) => Answer::Met,
                (false, false) => Answer::NotMet,
            }
        }
    }
}

/// Classes that a record is of. A field of its own says it alone; else publication types and words do.
fn fitting<'a>(classes: &'a [Class], field: Field, record: &Record, searched: &Searched) -> Vec<&'a Class> {
    let own = match field {
        Field::Design => &record.design,
        Field::Species => &record.species,
    };
    if !own.is_empty() {
        return classes.iter().filter(|c| c.values.iter().any(|v| v.eq_ignore_ascii_case(own))).collect();
    }
    let typed = |c: &&Class| c.types.iter().any(|t| record.kinds.iter().any(|k| k.eq_ignore_ascii_case(t)));
    classes.iter().filter(|c| typed(c) || searched.any(&c.words)).collect()
}

fn class_of(rule: &Rule, field: Field, record: &Record, searched: &Searched) -> String {
    let test = rule.criteria.iter().find_map(|c| match &c.test {
        Test::Classes(test) if test.field == field => Some(test),
        _ => None,
    });
    let Some(test) = test else { return String::new() };
    let hits = fitting(&test.classes, field, record, searched);
    let most = if test.together { hits.len() } else { 1 };
    hits.iter().take(most).map(|c| c.name.as_str()).collect::<Vec<_>>().join(" and ")
}

fn terms(rule: &Rule, searched: &Searched) -> Vec<String> {
    let all = rule.criteria.iter().filter_map(|c| match &c.test {
        Test::Terms(terms) => Some(terms),
        _ => None,
    });
    all.flatten().filter(|t| searched.any(&t.words)).map(|t| t.name.clone()).collect()
}

impl Screening<'_> {
    /// Records with a decision; with a criterion, those that it decided.
    pub fn count(&self, decision: Decision, by: Option<usize>) -> usize {
        let fits = |s: &&Screened| s.decision == decision && by.is_none_or(|at| s.decided_by == Some(at));
        self.records.iter().filter(fits).count()
    }

    /// Copies that were joined to another record.
    pub fn duplicates(&self) -> usize {
        self.read - self.records.len()
    }

    /// A count by its words: `records`, `duplicates`, `screened`, `included`, `excluded` or `unclear`, the last two also with
    /// the name of a criterion.
    pub fn counted(&self, what: &str) -> Option<usize> {
        let (head, criterion) = what.split_once(' ').map_or((what, None), |(h, c)| (h, Some(c)));
        let by = match criterion {
            None => None,
            Some(name) => Some(self.rule.position(name)?),
        };
        match (head, by) {
            ("records", None) => Some(self.read),
            ("duplicates", None) => Some(self.duplicates()),
            ("screened", None) => Some(self.records.len()),
            ("included", None) => Some(self.count(Decision::Included, None)),
            ("excluded", by) => Some(self.count(Decision::Excluded, by)),
            ("unclear", by) => Some(self.count(Decision::Unclear, by)),
            _ => None,
        }
    }

    /// Where a record stands, in words.
    pub fn place(&self, sources: &SourceMap, screened: &Screened) -> String {
        let span = screened.joined.record.place.unwrap_or(Span::NONE);
        sources.place(span).map_or(String::new(), |p| format!("{}:{}", p.name, p.line))
    }

    /// What decided, in words; empty for an included record.
    pub fn reason(&self, screened: &Screened) -> &str {
        let criterion = screened.decided_by.and_then(|at| self.rule.criteria.get(at));
        match (criterion, screened.decision) {
            (Some(c), Decision::Unclear) => &c.unclear,
            (Some(c), _) => &c.excluded,
            (None, _) => "",
        }
    }
}

#[cfg(test)]
mod tests;
