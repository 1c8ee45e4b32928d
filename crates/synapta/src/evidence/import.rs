//! `synapta evidence import`: search exports held against the inclusion rule.

use crate::args::Import;
use crate::exit::Failure;
use crate::{evidence, lists, print, render, tell};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use synapta_report::{Column, table};
use synapta_study::evidence::screening::rule::Rule;
use synapta_study::evidence::screening::{Decision, Screened, Screening, screen};
use synapta_study::evidence::search_export::Exports;
use synapta_study::library::NamedText;

/// Most warnings shown one by one.
const MOST: usize = 20;

/// Reads, screens and counts.
pub fn run(args: &Import) -> Result<(), Failure> {
    let rule = rule(args)?;
    let mut texts: Vec<(String, String)> = vec![];
    for path in &args.files {
        texts.push((path.display().to_string(), evidence::read_text(path)?));
    }
    let named: Vec<NamedText<'_>> = texts.iter().map(|(name, text)| NamedText { name, text }).collect();
    let exports = Exports::read(&named);
    if !exports.sound() {
        return Err(Failure::Input(exports.found, exports.sources));
    }
    tell(&render::render(&exports.found, &exports.sources, MOST));
    let screening = screen(&rule, &exports);
    if let Some(path) = &args.out {
        evidence::write(path, rows(&screening, &exports).as_bytes())?;
    }
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&as_json(&screening, &exports)).unwrap_or_default()));
    } else {
        print(&report(&screening, &exports));
    }
    Ok(())
}

fn rule(args: &Import) -> Result<Rule, Failure> {
    match &args.rule {
        None => Rule::from_text(evidence::text("rule.toml")),
        Some(path) => {
            let text = evidence::read_text(path)?;
            Rule::from_text(NamedText { name: &path.display().to_string(), text: &text })
        }
    }
    .map_err(evidence::refused)
}

/// One line of the count: what, why, how many.
struct Count {
    stage: &'static str,
    what: String,
    records: usize,
}

fn counts(screening: &Screening<'_>, exports: &Exports) -> Vec<Count> {
    let mut out = vec![];
    let mut add = |stage, what: String, records| out.push(Count { stage, what, records });
    for (name, format, records) in &exports.read {
        add("identified", format!("records of {name} ({})", format.word()), *records);
    }
    add("identified", "duplicates joined".into(), screening.duplicates());
    add("screened", "records".into(), screening.records.len());
    for (term, records) in tally(screening, |s| s.terms.clone()) {
        add("screened", format!("of these naming {term}"), records);
    }
    for (decision, stage) in [(Decision::Excluded, "excluded"), (Decision::Unclear, "unclear")] {
        add(stage, "records".into(), screening.count(decision, None));
        for (at, criterion) in screening.rule.criteria.iter().enumerate() {
            let records = screening.count(decision, Some(at));
            let reason = if decision == Decision::Excluded { &criterion.excluded } else { &criterion.unclear };
            if records > 0 {
                add(stage, format!("of these: {reason}"), records);
            }
        }
    }
    add("included", "records".into(), screening.count(Decision::Included, None));
    let included = |of: fn(&Screened) -> &String| {
        tally(screening, move |s| if s.decision == Decision::Included { vec![of(s).clone()] } else { vec![] })
    };
    for (class, records) in included(|s| &s.design).into_iter().chain(included(|s| &s.species)) {
        add("included", format!("of these: {class}"), records);
    }
    out
}

fn tally(screening: &Screening<'_>, of: impl Fn(&Screened) -> Vec<String>) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for word in screening.records.iter().flat_map(of) {
        *out.entry(word).or_insert(0) += 1;
    }
    out
}

fn report(screening: &Screening<'_>, exports: &Exports) -> String {
    let mut last = "";
    let rows: Vec<Vec<String>> = counts(screening, exports)
        .into_iter()
        .map(|c| {
            let stage = if c.stage == last { "" } else { c.stage };
            last = c.stage;
            vec![stage.to_string(), c.what, c.records.to_string()]
        })
        .collect();
    let columns = [Column::left("stage"), Column::left("what"), Column::right("records")];
    let mut out = format!("{}\n\n", screening.rule.title);
    out.push_str(&table(&columns, &rows, lists::charset()));
    out.push_str("\nA record is excluded by the first criterion it does not meet. Unclear ones need their abstract or full text.\n");
    out.push_str("`--out FILE.tsv` writes a row a record with every criterion.\n");
    out
}

/// The count, the rule and every record.
fn as_json(screening: &Screening<'_>, exports: &Exports) -> Value {
    let counts: Vec<Value> = counts(screening, exports)
        .into_iter()
        .map(|c| json!({ "stage": c.stage, "what": c.what, "records": c.records }))
        .collect();
    let criteria: Vec<Value> = screening
        .rule
        .criteria
        .iter()
        .enumerate()
        .map(|(at, c)| {
            json!({
                "name": c.name,
                "reason": c.reason,
                "excluded": screening.count(Decision::Excluded, Some(at)),
                "unclear": screening.count(Decision::Unclear, Some(at)),
            })
        })
        .collect();
    let records: Vec<Value> = screening.records.iter().map(|s| record(screening, exports, s)).collect();
    json!({
        "rule": screening.rule.title,
        "source": screening.rule.source,
        "read": screening.read,
        "duplicates": screening.duplicates(),
        "screened": screening.records.len(),
        "included": screening.count(Decision::Included, None),
        "excluded": screening.count(Decision::Excluded, None),
        "unclear": screening.count(Decision::Unclear, None),
        "criteria": criteria,
        "counts": counts,
        "records": records,
    })
}

fn record(screening: &Screening<'_>, exports: &Exports, s: &Screened) -> Value {
    let r = &s.joined.record;
    let names = screening.rule.criteria.iter().map(|c| c.name.clone());
    let answers: serde_json::Map<String, Value> = names.zip(s.answers.iter().map(|a| json!(a))).collect();
    json!({
        "decision": s.decision,
        "criterion": s.decided_by.map(|at| &screening.rule.criteria[at].name),
        "reason": screening.reason(s),
        "criteria": answers,
        "terms": s.terms,
        "design": s.design,
        "species": s.species,
        "year": r.year,
        "title": r.title,
        "authors": r.authors,
        "journal": r.journal,
        "doi": r.doi,
        "pmid": r.pmid,
        "copies": s.joined.copies.len(),
        "place": screening.place(&exports.sources, s),
    })
}

/// A row a record, tab-separated.
fn rows(screening: &Screening<'_>, exports: &Exports) -> String {
    let criteria = &screening.rule.criteria;
    let mut head: Vec<&str> = vec!["record", "decision", "criterion", "reason"];
    head.extend(criteria.iter().map(|c| c.name.as_str()));
    head.extend([
        "design_class",
        "species_class",
        "year",
        "doi",
        "pmid",
        "authors",
        "title",
        "journal",
        "copies",
        "place",
    ]);
    let mut out = head.join("\t") + "\n";
    for s in &screening.records {
        let r = &s.joined.record;
        let mut cells: Vec<String> = vec![
            r.identifier(),
            s.decision.word().into(),
            s.decided_by.map_or(String::new(), |at| criteria[at].name.clone()),
            screening.reason(s).into(),
        ];
        cells.extend(s.answers.iter().map(|a| a.word().to_string()));
        cells.extend([
            s.design.clone(),
            s.species.clone(),
            r.year.map_or(String::new(), |y| y.to_string()),
            r.doi.clone(),
            r.pmid.clone(),
            r.authors.join("; "),
            r.title.clone(),
            r.journal.clone(),
            s.joined.copies.len().to_string(),
            screening.place(&exports.sources, s),
        ]);
        // A cell holds neither tabs nor line ends.
        let cells: Vec<String> = cells.iter().map(|c| c.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        out.push_str(&(cells.join("\t") + "\n"));
    }
    out
}
