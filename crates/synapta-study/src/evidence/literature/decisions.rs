//! Decisions made by reading: a table of identifiers, decisions and criteria.

use std::collections::BTreeMap;

use synapta_model::Span;

use crate::library::NamedText;

use super::super::claim::EvidenceError;
use super::super::screening::rule::Rule;
use super::super::text::{Texts, known};

/// The columns.
const HEAD: [&str; 3] = ["record", "decision", "criterion"];
const DECISIONS: [&str; 3] = ["included", "excluded", "unclear"];

/// Reads the table; an empty text holds no decision.
pub(super) fn read(text: NamedText<'_>, rule: &Rule) -> Result<BTreeMap<String, (String, String)>, EvidenceError> {
    let mut texts = Texts::default();
    let source = texts.add(text);
    let mut out = BTreeMap::new();
    let mut start = 0;
    for (i, line) in text.text.split_inclusive('\n').enumerate() {
        let span = Span::new(source, start, start + line.trim_end().len());
        start += line.len();
        let cells: Vec<&str> = line.trim_end().split('\t').collect();
        if i == 0 && cells.get(..HEAD.len()) != Some(&HEAD[..]) {
            let message = format!("the first columns are {}", HEAD.join(", "));
            texts.tell(
                "decision-row",
                span,
                message,
                "begin the table with a head of these columns, separated by tabs",
            );
        }
        if i == 0 || line.trim().is_empty() {
            continue;
        }
        let [record, decision, criterion] = [0, 1, 2].map(|at| cells.get(at).copied().unwrap_or(""));
        if !DECISIONS.contains(&decision) {
            let help = known(decision, DECISIONS.into_iter());
            texts.tell("decision-row", span, format!("`{decision}` is no decision"), help);
        }
        if (decision == "included") != criterion.is_empty()
            || !(criterion.is_empty() || rule.position(criterion).is_some())
        {
            let help = known(criterion, rule.criteria.iter().map(|c| c.name.as_str()));
            texts.tell("decision-row", span, format!("`{criterion}` does not decide `{decision}`"), help);
        }
        if out.insert(record.to_string(), (decision.to_string(), criterion.to_string())).is_some() {
            texts.tell("decision-row", span, format!("`{record}` stands before"), "keep one row");
        }
    }
    if texts.found.is_empty() {
        return Ok(out);
    }
    Err(EvidenceError { sources: texts.sources, diagnostics: texts.found })
}
