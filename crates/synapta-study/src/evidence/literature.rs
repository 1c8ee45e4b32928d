//! What claims about the literature are judged by: the studies that claims name, and search exports held against the rule.

use std::collections::BTreeMap;

use crate::library::NamedText;

use super::claim::{Claim, ClaimKind, ClaimSet, EvidenceError};
use super::reference::References;
use super::screening::rule::Rule;
use super::screening::{Decision, Screened, screen};
use super::search_export::Exports;

/// Texts of the literature.
#[derive(Clone, Copy, Debug)]
pub struct LiteratureTexts<'a> {
    /// The inclusion rule.
    pub rule: NamedText<'a>,
    /// Search exports by file name.
    pub exports: &'a [NamedText<'a>],
    /// Decisions made by reading, a record a row.
    pub decisions: NamedText<'a>,
}

/// The studies that one claim names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    claim: String,
    kind: ClaimKind,
    studies: Vec<String>,
}

/// What is known of the literature.
#[derive(Clone, Debug, Default)]
pub struct Literature {
    named: Vec<Named>,
    references: References,
    rule: Option<Rule>,
    exports: BTreeMap<String, Exports>,
    /// Identifier to the decision made by reading and its criterion.
    decisions: BTreeMap<String, (String, String)>,
}

/// A number with the words around it.
pub(super) type Told = Result<(f64, String), String>;

impl Literature {
    /// Reads the texts; a text with an error is refused.
    ///
    /// # Errors
    /// Findings of the rule, of the exports or of the table of decisions (`decision-row`).
    pub fn read(
        texts: LiteratureTexts<'_>,
        claims: &ClaimSet,
        references: &References,
    ) -> Result<Literature, EvidenceError> {
        let rule = Rule::from_text(texts.rule)?;
        let mut exports = BTreeMap::new();
        for text in texts.exports {
            let read = Exports::read(&[*text]);
            if !read.sound() {
                return Err(EvidenceError { sources: read.sources, diagnostics: read.found });
            }
            let name = text.name.rsplit('/').next().unwrap_or(text.name);
            exports.insert(name.to_string(), read);
        }
        let named = claims.claims.iter().map(named).collect();
        let decisions = decisions::read(texts.decisions, &rule)?;
        Ok(Literature { named, references: references.clone(), rule: Some(rule), exports, decisions })
    }

    /// The share of claims of these kinds whose studies all have these fields, with those that do not.
    pub(super) fn documented(&self, kinds: &[ClaimKind], fields: &[String]) -> Told {
        let asked: Vec<&Named> = self.named.iter().filter(|n| kinds.contains(&n.kind)).collect();
        if asked.is_empty() {
            return Err("no claim is of these kinds".into());
        }
        let lacking: Vec<&str> = asked.iter().filter(|n| !self.complete(n, fields)).map(|n| n.claim.as_str()).collect();
        let studies: usize = asked.iter().map(|n| n.studies.len()).sum();
        let share = 1.0 - lacking.len() as f64 / asked.len() as f64;
        let rest = if lacking.is_empty() { String::new() } else { format!("; not {}", lacking.join(", ")) };
        Ok((share, format!("{} of {} claims, {studies} studies named{rest}", asked.len() - lacking.len(), asked.len())))
    }

    fn complete(&self, named: &Named, fields: &[String]) -> bool {
        let whole = |key: &String| {
            let study = self.references.get(key);
            study.is_some_and(|s| fields.iter().all(|f| !s.field(f).is_empty()))
        };
        !named.studies.is_empty() && named.studies.iter().all(whole)
    }

    /// A count of an export's screening; `agreement` is the share of records whose decision and criterion are those of reading.
    pub(super) fn screened(&self, export: &str, what: &str) -> Told {
        let rule = self.rule.as_ref().ok_or("no inclusion rule is at hand")?;
        let exports = self.exports.get(export).ok_or_else(|| {
            let all: Vec<&str> = self.exports.keys().map(String::as_str).collect();
            format!("no search export is called `{export}`; there are: {}", all.join(", "))
        })?;
        let screening = screen(rule, exports);
        if what == "agreement" {
            return self.agreement(&screening.records, rule);
        }
        let count = screening.counted(what).ok_or_else(|| format!("`{what}` is no count of a screening"))?;
        Ok((count as f64, format!("{count} of {} records", screening.read)))
    }

    fn agreement(&self, records: &[Screened], rule: &Rule) -> Told {
        let mut same = 0;
        let mut apart = vec![];
        let mut read = 0;
        for record in records {
            let identifier = record.joined.record.identifier();
            let Some((decision, criterion)) = self.decisions.get(&identifier) else { continue };
            read += 1;
            let own = record.decided_by.map_or("", |at| rule.criteria[at].name.as_str());
            if record.decision.word() == decision && own == criterion {
                same += 1;
            } else {
                let said = [record.decision.word(), own].join(" ");
                apart.push(format!("{identifier} {} by the rule, {decision} {criterion} by reading", said.trim()));
            }
        }
        if read < records.len() || read == 0 {
            return Err(format!(
                "{} of {} records have no decision made by reading",
                records.len() - read,
                records.len()
            ));
        }
        let included = records.iter().filter(|r| r.decision == Decision::Included).count();
        let rest = if apart.is_empty() { String::new() } else { format!("; {}", apart.join("; ")) };
        Ok((same as f64 / read as f64, format!("{same} of {read} records, {included} included{rest}")))
    }
}

fn named(claim: &Claim) -> Named {
    Named { claim: claim.id.clone(), kind: claim.kind, studies: claim.sources.clone() }
}

mod decisions;

#[cfg(test)]
mod tests;
