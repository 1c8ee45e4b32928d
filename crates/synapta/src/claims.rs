//! `synapta claims`: each claim simulated and judged.

mod page;

use crate::args::Claims;
use crate::exit::Failure;
use crate::{evidence, lists, print};
use serde_json::{Value, json};
use synapta_model::SourceMap;
use synapta_report::{Charset, Column, table};
use synapta_study::evidence::claim::{Claim, ClaimSet, check_names};
use synapta_study::evidence::judge::{Verdict, ask, judge_by};
use synapta_study::evidence::pool::{Laboratory, Pool, Results};
use synapta_study::evidence::reference::References;
use synapta_study::library::Library;

/// Widths of the words in the table.
const STATEMENT: usize = 46;
const EXPECTED: usize = 52;
const SIMULATED: usize = 34;

/// Claims with their verdicts and what they were judged by.
pub struct Judged<'a> {
    /// The claims asked for.
    pub claims: Vec<&'a Claim>,
    /// Their verdicts, in the same order.
    pub verdicts: Vec<Verdict>,
    /// The data library.
    pub library: &'a Library,
    /// The runs.
    pub results: Results,
    /// The references.
    pub references: &'a References,
}

/// Judges the claims and shows them; a claim that fails is a finding.
pub fn run(args: &Claims) -> Result<(), Failure> {
    let library = crate::texts::library()?;
    let references = evidence::references()?;
    let set = evidence::claims(&args.file, &library)?;
    let claims = chosen(&set, &args.ids)?;
    let models = evidence::Models::read()?;
    let laboratory = models.laboratory(&library)?;
    check(&claims, &set.sources, &laboratory, &references)?;
    let literature = evidence::literature(&set, &references)?;
    let results = simulate(&claims, &laboratory);
    let verdicts: Vec<Verdict> = claims.iter().map(|c| judge_by(c, &library, &results, &literature)).collect();
    let judged = Judged { claims, verdicts, library: &library, results, references: &references };
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&as_json(&judged)).unwrap_or_default()));
    } else if args.ids.is_empty() {
        print(&overview(&judged));
    } else {
        print(&details(&judged));
    }
    if let Some(path) = &args.html {
        evidence::write(path, page::html(&judged).as_bytes())?;
    }
    if judged.verdicts.iter().all(|v| v.pass) { Ok(()) } else { Err(Failure::Finding) }
}

/// The claims asked for by id, all if none is named.
fn chosen<'a>(set: &'a ClaimSet, ids: &[String]) -> Result<Vec<&'a Claim>, Failure> {
    if ids.is_empty() {
        return Ok(set.claims.iter().collect());
    }
    let find = |id: &String| {
        set.claim(id).ok_or_else(|| {
            let known = set.claims.iter().map(|c| c.id.as_str());
            evidence::unknown_id("claim", id, known)
        })
    };
    ids.iter().map(find).collect()
}

fn check(
    claims: &[&Claim],
    sources: &SourceMap,
    laboratory: &Laboratory<'_>,
    references: &References,
) -> Result<(), Failure> {
    let found: Vec<_> = claims.iter().flat_map(|c| check_names(c, laboratory, Some(references))).collect();
    if found.is_empty() { Ok(()) } else { Err(Failure::Input(found, sources.clone())) }
}

fn simulate(claims: &[&Claim], laboratory: &Laboratory<'_>) -> Results {
    let mut pool = Pool::default();
    for claim in claims {
        ask(claim, laboratory.library, &mut pool);
    }
    let progress = evidence::Progress::new(pool.len(), &format!("for {} claims", claims.len()));
    let results = pool.run(laboratory, &|done| progress.tell(done));
    progress.end();
    results
}

fn as_json(judged: &Judged<'_>) -> Value {
    let one = |(c, v): (&&Claim, &Verdict)| {
        let words = |f: &dyn Fn(&synapta_study::evidence::judge::Outcome) -> String| -> String {
            v.outcomes.iter().map(f).collect::<Vec<_>>().join("; ")
        };
        json!({
            "id": c.id,
            "verdict": word(v.pass),
            "simulated": words(&|o| o.simulated.clone()),
            "expected": words(&|o| o.expected.clone()),
            "why": v.why,
            "statement": c.statement,
            "section": c.section,
            "kind": c.kind,
            "sources": c.sources,
            "note": c.note,
            "expectations": v.outcomes,
        })
    };
    judged.claims.iter().zip(&judged.verdicts).map(one).collect()
}

/// The word of a verdict.
pub fn word(pass: bool) -> &'static str {
    if pass { "pass" } else { "fail" }
}

/// One row a claim; of several expectations the first that fails.
fn overview(judged: &Judged<'_>) -> String {
    let charset = lists::charset();
    let row = |(c, v): (&&Claim, &Verdict)| {
        let shown = v.outcomes.iter().find(|o| !o.pass).or(v.outcomes.first());
        let more = v.outcomes.len().saturating_sub(1);
        let mark = if more > 0 { format!(" (+{more})") } else { String::new() };
        let expected = shown.map_or(String::new(), |o| o.expected.clone());
        let simulated = shown.map_or("not yet".to_string(), |o| o.simulated.clone());
        let (expected, simulated) =
            if c.not_yet.is_empty() { (expected, simulated) } else { (c.not_yet.clone(), "not yet".into()) };
        vec![
            c.id.clone(),
            evidence::cut(&c.statement, STATEMENT),
            format!("{}{mark}", evidence::cut(&expected, EXPECTED - mark.len())),
            evidence::cut(&simulated, SIMULATED),
            word(v.pass).to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = judged.claims.iter().zip(&judged.verdicts).map(row).collect();
    let columns = ["claim", "statement", "expected", "simulated", "verdict"].map(Column::left);
    let mut out = table(&columns, &rows, charset);
    out.push_str(&format!("\n{}\n", total(judged)));
    out.push_str("`synapta claims ID` shows a claim in full. A research model, not medical advice.\n");
    out
}

/// How many hold.
pub fn total(judged: &Judged<'_>) -> String {
    let pass = judged.verdicts.iter().filter(|v| v.pass).count();
    let not_yet = judged.claims.iter().filter(|c| !c.not_yet.is_empty()).count();
    let all = judged.verdicts.len();
    format!("{pass} of {all} claims hold, {} fail, {not_yet} of them cannot be asked yet.", all - pass)
}

/// Claims in full.
fn details(judged: &Judged<'_>) -> String {
    let one = |(c, v): (&&Claim, &Verdict)| detail(c, v, judged.references);
    let all: Vec<String> = judged.claims.iter().zip(&judged.verdicts).map(one).collect();
    plain(&all.join("\n"), lists::charset())
}

fn detail(c: &Claim, v: &Verdict, references: &References) -> String {
    let mut out = format!("{} {}: {}\n", c.id, word(v.pass), c.statement);
    for (name, arm) in &c.arms {
        out.push_str(&format!("  arm {name}: {}\n", arm.words()));
    }
    for (name, assay) in &c.assays {
        out.push_str(&format!("  {name}: {}\n", assay.words()));
    }
    for (name, cohort) in &c.cohorts {
        out.push_str(&format!("  cohort {name}: {}\n", cohort.words()));
    }
    for o in &v.outcomes {
        let mark = if o.pass { "holds" } else { "fails" };
        out.push_str(&format!("  {mark}  {}\n         simulated {}\n         {}\n", o.expected, o.simulated, o.reason));
    }
    for (head, text) in [("why it fails", &v.why), ("note", &c.note)] {
        if !text.is_empty() {
            out.push_str(&format!("  {head}: {text}\n"));
        }
    }
    for key in &c.sources {
        let line = references.get(key).map_or_else(|| key.clone(), |r| r.line());
        out.push_str(&format!("  source: {line}\n"));
    }
    out
}

/// Without control characters, so that no text can command the terminal.
fn plain(text: &str, charset: Charset) -> String {
    let shown =
        |c: char| if c == '\n' || (!c.is_control() && (charset == Charset::Unicode || c.is_ascii())) { c } else { '?' };
    text.chars().map(shown).collect()
}
