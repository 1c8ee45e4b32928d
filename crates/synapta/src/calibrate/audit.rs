//! `synapta calibrate --audit`: do the rows that a fitted value names tell it?

use crate::exit::Failure;
use crate::{evidence, lists, print};
use std::sync::atomic::{AtomicUsize, Ordering};
use synapta_report::{Column, table};
use synapta_study::evidence::judge::short;
use synapta_study::evidence::observation::ObservationSet;
use synapta_study::evidence::pool::Laboratory;
use synapta_study::fit::audit::{Audited, LEAST, Place, Verdict, audit, fitted};

/// Judges every fitted value; a finding if any is not told.
pub fn run(set: &ObservationSet, laboratory: &Laboratory<'_>, json: bool) -> Result<(), Failure> {
    let candidates = fitted(laboratory);
    let done = AtomicUsize::new(0);
    let progress =
        evidence::Progress::counting("fitted values", candidates.len(), "of the models, each moved through its range");
    let all = audit(&candidates, set, laboratory, &|| progress.tell(done.fetch_add(1, Ordering::Relaxed) + 1));
    progress.end();
    if json {
        print(&format!("{}\n", serde_json::to_string_pretty(&all).unwrap_or_default()));
    } else {
        print(&shown(&all));
    }
    if all.iter().all(|a| a.verdict == Verdict::Told) { Ok(()) } else { Err(Failure::Finding) }
}

fn shown(all: &[Audited]) -> String {
    let heads =
        ["parameter", "rows", "low", "value", "high", "misfit low", "value", "high", "verdict"].map(Column::left);
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let told = all.iter().filter(|a| a.verdict == Verdict::Told).count();
    format!(
        "{}{told} of {} fitted values are told by their rows: both ends of the range are worse by {LEAST} or more, and no value tried is \
         better.\nA misfit is a sum of squares in standard errors.\n",
        table(&heads, &rows, lists::charset()),
        all.len()
    )
}

fn row(a: &Audited) -> Vec<String> {
    let at = |place: Place| a.values.get(&place).map_or(String::new(), |v| short(*v));
    let misfit = |place: Place| a.misfits.get(&place).map_or(String::new(), |v| short(*v));
    let three = [Place::Low, Place::Value, Place::High];
    let mut out = vec![a.name.clone(), a.rows.len().to_string()];
    out.extend(three.map(at));
    out.extend(three.map(misfit));
    out.push(words(&a.verdict));
    out
}

fn words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Told => "told".into(),
        Verdict::Flat(places) => {
            let places: Vec<&str> = places.iter().map(|p| p.word()).collect();
            format!("flat towards {}", places.join(" and "))
        }
        Verdict::Better(place) => format!("better at {}", place.word()),
        Verdict::Unread(why) => format!("not judged: {why}"),
    }
}
