//! `synapta models`, `subjects`, `drugs`, `mechanisms`, `hypotheses`.

use crate::args::List;
use crate::exit::Failure;
use crate::{print, texts};
use serde_json::{Value, json};
use synapta_report::{Charset, Column, table};

/// A listing: column heads and rows, and the same as JSON.
fn show(args: &List, heads: &[&str], rows: Vec<Vec<String>>) -> Result<(), Failure> {
    if args.json {
        let all: Vec<Value> = rows
            .iter()
            .map(|row| Value::Object(heads.iter().map(|h| h.to_string()).zip(row.iter().map(|c| json!(c))).collect()))
            .collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&all).unwrap_or_default()));
    } else {
        let columns: Vec<Column> = heads.iter().map(|h| Column::left(*h)).collect();
        print(&table(&columns, &rows, charset()));
    }
    Ok(())
}

/// Characters the terminal can show.
pub fn charset() -> Charset {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|v| std::env::var(v).ok().filter(|s| !s.is_empty()));
    match locale {
        Some(l) if l == "C" || l == "POSIX" => Charset::Unicode,
        Some(l) => Charset::of_locale(&l),
        None => Charset::Unicode,
    }
}

/// Built-in models.
pub fn models(args: &List) -> Result<(), Failure> {
    let mut rows: Vec<Vec<String>> =
        texts::ASSEMBLIES.iter().map(|(n, t)| vec![n.to_string(), "whole subject".into(), t.to_string()]).collect();
    for (file, text) in texts::MODELS {
        let name = file.trim_end_matches(".ant");
        if texts::is_assembly(name) {
            continue;
        }
        let first = text.lines().next().unwrap_or("").trim_start_matches('/').trim();
        rows.push(vec![name.to_string(), "part".into(), first.trim_end_matches(['.', ':', ';']).to_string()]);
    }
    show(args, &["name", "what", "about"], rows)
}

/// Built-in subjects.
pub fn subjects(args: &List) -> Result<(), Failure> {
    let library = texts::library()?;
    let row = |s: &synapta_study::library::Subject| {
        vec![
            s.name.get_ref().clone(),
            s.model.clone(),
            format!("{} {}", s.weight.value, s.weight.unit),
            s.title.clone(),
            s.default_dose.get_ref().clone(),
        ]
    };
    show(args, &["name", "model", "weight", "who", "default dose"], library.subjects.iter().map(row).collect())
}

/// Drugs with their routes.
pub fn drugs(args: &List) -> Result<(), Failure> {
    let library = texts::library()?;
    let row = |d: &synapta_study::library::Drug| {
        let routes: Vec<&str> = d.routes.keys().map(|r| r.get_ref().as_str()).collect();
        vec![d.name.get_ref().clone(), routes.join(" "), d.title.clone()]
    };
    show(args, &["name", "routes", "what"], library.drugs.iter().map(row).collect())
}

/// Mechanisms for `--without`.
pub fn mechanisms(args: &List) -> Result<(), Failure> {
    let library = texts::library()?;
    let row = |m: &synapta_study::library::Mechanism| vec![m.name.get_ref().clone(), m.title.clone()];
    show(args, &["name", "without it"], library.mechanisms.iter().map(row).collect())
}

/// Hypotheses for `--hypothesis`.
pub fn hypotheses(args: &List) -> Result<(), Failure> {
    let library = texts::library()?;
    let row = |h: &synapta_study::library::Hypothesis| {
        let mark = if h.default { "yes" } else { "" };
        vec![h.group.clone(), h.name.get_ref().clone(), mark.into(), h.title.clone()]
    };
    show(args, &["group", "name", "default", "reading"], library.hypotheses.iter().map(row).collect())
}
