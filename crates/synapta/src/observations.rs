//! `synapta observations`: each measurement beside its simulation.

mod courses;
mod figure;

use crate::args::Observations;
use crate::exit::Failure;
use crate::{evidence, lists, print};
use serde_json::json;
use std::path::PathBuf;
use synapta_model::SourceMap;
use synapta_report::{Column, table};
use synapta_study::evidence::compare::{Compared, Totals, ask, compare};
use synapta_study::evidence::judge::short;
use synapta_study::evidence::observation::{Everywhere, Observation, ObservationSet};
use synapta_study::evidence::pool::{Laboratory, Pool, Results};
use synapta_study::library::NamedText;

/// Width of a name or reason in the table.
const WORDS: usize = 44;
/// The two kinds of row, told apart in all totals.
const HOW: [&str; 2] = ["read", "recalled"];

/// Compares the rows asked for and shows them.
pub fn run(args: &Observations) -> Result<(), Failure> {
    let library = crate::texts::library()?;
    let references = evidence::references()?;
    let mut set = read(&args.file)?;
    set.everywhere = Everywhere { set: args.set.clone(), hypotheses: args.hypothesis.clone() };
    let rows = chosen(&set, &args.ids)?;
    let models = evidence::Models::read()?;
    let laboratory = models.laboratory(&library)?;
    let wrong = set.everywhere.check(&laboratory);
    if !wrong.is_empty() {
        return Err(Failure::Input(wrong, SourceMap::default()));
    }
    let found = set.check(&laboratory, &references);
    if !found.is_empty() {
        return Err(Failure::Input(found, set.sources.clone()));
    }
    let rows = match &args.course {
        Some(name) => courses::asked(&set, rows, name)?,
        None => rows,
    };
    let results = simulate(&set, &rows, &laboratory);
    let compared = compare(&set, &rows, &laboratory, &results);
    if args.json {
        let totals = HOW.map(|how| (how.to_string(), json!(Totals::of(&compared, how))));
        let all = json!({ "rows": compared, "totals": serde_json::Map::from_iter(totals) });
        print(&format!("{}\n", serde_json::to_string_pretty(&all).unwrap_or_default()));
    } else {
        print(&report(&compared));
    }
    if let Some(path) = &args.figure {
        evidence::write(path, figure::svg(&compared).as_bytes())?;
    }
    match (&args.course, &args.out) {
        (Some(name), Some(folder)) => courses::write(&set, &rows, &laboratory, &results, name == courses::ALL, folder),
        _ => Ok(()),
    }
}

/// The built-in table with further ones, and the people of virtual trials.
pub fn read(further: &[PathBuf]) -> Result<ObservationSet, Failure> {
    let mut own: Vec<(String, String)> = vec![];
    for path in further {
        own.push((path.display().to_string(), evidence::read_text(path)?));
    }
    let built_in = evidence::text("observations.tsv");
    let further = own.iter().map(|(name, text)| NamedText { name, text });
    let tables: Vec<NamedText<'_>> = std::iter::once(built_in).chain(further).collect();
    let set = ObservationSet::from_texts(evidence::text("observables.toml"), &tables);
    set.and_then(|set| set.with_trial(evidence::text("virtual_trial.toml"))).map_err(evidence::refused)
}

/// The rows asked for by id, all if none is named.
fn chosen<'a>(set: &'a ObservationSet, ids: &[String]) -> Result<Vec<&'a Observation>, Failure> {
    if ids.is_empty() {
        return Ok(set.rows.iter().collect());
    }
    let known = || set.rows.iter().map(|r| r.id.as_str());
    ids.iter().map(|id| set.row(id).ok_or_else(|| evidence::unknown_id("observation", id, known()))).collect()
}

fn simulate(set: &ObservationSet, rows: &[&Observation], laboratory: &Laboratory<'_>) -> Results {
    let mut pool = Pool::default();
    ask(set, rows, laboratory, &mut pool);
    let progress = evidence::Progress::new(pool.len(), &format!("for {} observations", rows.len()));
    let results = pool.run(laboratory, &|done| progress.tell(done));
    progress.end();
    results
}

fn report(compared: &[Compared]) -> String {
    let charset = lists::charset();
    let (done, left): (Vec<&Compared>, Vec<&Compared>) = compared.iter().partition(|c| c.simulated.is_some());
    let mut out = String::new();
    if !done.is_empty() {
        let rows: Vec<Vec<String>> = done.iter().map(|c| row(c)).collect();
        let heads = ["observation", "what", "form", "measured", "spread", "simulated", "residual", "met", "how"];
        out.push_str(&table(&heads.map(Column::left), &rows, charset));
        out.push('\n');
    }
    if !left.is_empty() {
        let rows: Vec<Vec<String>> =
            left.iter().map(|c| vec![c.id.clone(), evidence::cut(&c.observable, WORDS), c.why.clone()]).collect();
        out.push_str(&table(&["not simulated", "what", "why"].map(Column::left), &rows, charset));
        out.push('\n');
    }
    for how in HOW {
        out.push_str(&total(how, &Totals::of(compared, how)));
    }
    out.push_str("Residuals are in standard errors (SE) or, without a spread, relative (%). A research model, not medical advice.\n");
    out
}

fn row(c: &Compared) -> Vec<String> {
    let residual = match (c.residual, c.relative) {
        (Some(r), _) => format!("{} SE", short(r)),
        (None, Some(r)) if c.within.is_some() => format!("{} %", short(100.0 * r)),
        _ => String::new(),
    };
    let met = match (c.within, c.sign_right) {
        (Some(true), _) | (None, Some(true)) => "yes",
        (Some(false), Some(true)) => "sign",
        (Some(false), _) | (None, Some(false)) => "no",
        (None, None) => "",
    };
    let measured = format!("{} {}", short(c.measured), c.unit);
    vec![
        c.id.clone(),
        evidence::cut(&c.observable, WORDS),
        c.form.to_string(),
        measured.trim().to_string(),
        c.spread.clone(),
        c.simulated.map_or(String::new(), short),
        residual,
        met.to_string(),
        c.how.to_string(),
    ]
}

fn total(how: &str, t: &Totals) -> String {
    let share = |part: usize, whole: usize| {
        if whole == 0 {
            "none".to_string()
        } else {
            format!("{part} of {whole} ({:.0} %)", 100.0 * part as f64 / whole as f64)
        }
    };
    format!(
        "{how}: {} rows, {} simulated; signs right {}; within 2 SE, or 25 % without a spread: {}\n",
        t.rows,
        t.simulated,
        share(t.signs_right, t.signs),
        share(t.within, t.sizes)
    )
}
