//! `synapta hypotheses`: contested readings, and what of the evidence speaks for and against each.

use crate::args::{Hypotheses, List};
use crate::exit::Failure;
use crate::{dose, evidence, lists, print, texts};
use serde_json::{Value, json};
use std::sync::OnceLock;
use synapta_report::{Column, significant, table};
use synapta_study::evidence::weigh::{Changed, Weighed, under, weigh};
use synapta_study::library::{Hypothesis, Library};

/// Width of the name of what was measured.
const WORDS: usize = 44;

/// Lists them, or shows one.
pub fn run(args: &Hypotheses) -> Result<(), Failure> {
    let Some(name) = &args.name else { return lists::hypotheses(&List { json: args.json }) };
    let library = texts::library()?;
    let hypothesis = library.hypothesis(name).map_err(dose::no_text)?;
    let rows = listed(hypothesis)?;
    let weighed = if args.evidence { Some(weighed(hypothesis, &library)?) } else { None };
    if args.json {
        print(&format!(
            "{}\n",
            serde_json::to_string_pretty(&as_json(hypothesis, weighed.as_ref())).unwrap_or_default()
        ));
        return Ok(());
    }
    print(&head(hypothesis, &library));
    print(&rows);
    if let Some(weighed) = &weighed {
        print(&told(weighed));
    }
    Ok(())
}

/// The observations that the data file names.
fn listed(h: &Hypothesis) -> Result<String, Failure> {
    if h.evidence_for.is_empty() && h.evidence_against.is_empty() {
        return Ok(String::new());
    }
    let set = crate::observations::read(&[])?;
    let mut out = String::new();
    for (word, ids) in [("For it", &h.evidence_for), ("Against it", &h.evidence_against)] {
        for id in ids {
            let row = set
                .row(id)
                .ok_or_else(|| evidence::unknown_id("observation", id, set.rows.iter().map(|r| r.id.as_str())))?;
            let what = set.observable(&row.observable).map_or(row.observable.as_str(), |o| o.title.as_str());
            out.push_str(&format!("{word}: {id}, {what}: {} {} ({})\n", row.value, row.unit, row.reference));
        }
    }
    out.push('\n');
    Ok(out)
}

fn weighed(h: &Hypothesis, library: &Library) -> Result<Weighed, Failure> {
    let set = crate::observations::read(&[])?;
    let models = evidence::Models::read()?;
    let laboratory = models.laboratory(library)?;
    let other = under(&set, h.name.get_ref());
    let progress: OnceLock<evidence::Progress> = OnceLock::new();
    let begin = |arms: usize| {
        let _ = progress.set(evidence::Progress::new(arms, "for the observations, with and without it"));
    };
    let tell = |done: usize| {
        if let Some(progress) = progress.get() {
            progress.tell(done);
        }
    };
    let out = weigh([&set, &other], &laboratory, &begin, &tell);
    if let Some(progress) = progress.get() {
        progress.end();
    }
    Ok(out)
}

fn head(h: &Hypothesis, library: &Library) -> String {
    let mut out = format!("{}: {}\nGroup {}", h.name.get_ref(), h.title, h.group);
    let rivals = library.hypotheses.iter().filter(|o| o.group == h.group && o.name != h.name);
    let rivals: Vec<String> = rivals.map(|o| o.name.get_ref().clone()).collect();
    if !rivals.is_empty() {
        out.push_str(&format!(", beside {}", rivals.join(", ")));
    }
    out.push_str(if h.default { "; it holds if none is named.\n" } else { ".\n" });
    if let Some(note) = &h.note {
        out.push_str(&format!("{note}\n"));
    }
    for (name, value) in &h.set {
        let unit = value.unit.as_deref().unwrap_or("");
        out.push_str(format!("  {} = {} {unit}", name.get_ref(), value.value).trim_end());
        out.push('\n');
    }
    out.push('\n');
    out
}

fn told(w: &Weighed) -> String {
    let row = |c: &Changed| {
        let word = if c.speaks_for { "for" } else { "against" };
        let number = |v: f64| significant(v, 3);
        vec![
            word.to_string(),
            c.id.clone(),
            evidence::cut(&c.observable, WORDS),
            format!("{} {}", number(c.measured), c.unit).trim_end().to_string(),
            number(c.before),
            number(c.after),
            c.how.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = w.changed.iter().map(row).collect();
    let heads = ["speaks", "observation", "what", "measured", "default", "under it", "how"].map(Column::left);
    let count = |f: bool| w.changed.iter().filter(|c| c.speaks_for == f).count();
    format!(
        "{}\n{} observations compared; met {} under the defaults, {} under it. {} speak for it, {} against.\n\
         A research model, not medical advice.\n",
        table(&heads, &rows, lists::charset()),
        w.rows,
        w.met[0],
        w.met[1],
        count(true),
        count(false)
    )
}

fn as_json(h: &Hypothesis, w: Option<&Weighed>) -> Value {
    let set: Vec<Value> =
        h.set.iter().map(|(n, v)| json!({ "name": n.get_ref(), "value": v.value, "unit": v.unit })).collect();
    json!({
        "name": h.name.get_ref(), "group": h.group, "default": h.default, "title": h.title, "note": h.note, "set": set,
        "for": h.evidence_for, "against": h.evidence_against, "evidence": w,
    })
}
