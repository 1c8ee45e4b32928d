//! `synapta rank`: doses, schedules and targets by the effect that the model predicts.

use crate::args::Rank;
use crate::exit::Failure;
use crate::{arms, evidence, lists, print, texts};
use serde_json::json;
use synapta_report::{Column, significant, table};
use synapta_study::evidence::pool::Pool;
use synapta_study::rank::{Effect, Ranked, Ranking};

/// Most people in an interval; more take hours and tell little.
const MOST: usize = 500;

const LIMITS: &str = "\
Limits: a prediction from one typical patient's model, not from trials; belief is left out, so that placebo, unblinding and
harm are not ranked. Candidates differ in what is known of them: exposure of drugs other than ketamine is coarse, and a target
for which the library has no drug is missing. An interval spans named readings and sampled people; it is no confidence interval.
A research model, not medical advice.
";

/// Runs and prints it.
pub fn run(args: &Rank) -> Result<(), Failure> {
    if args.members > MOST {
        let message = format!("{} people are too many", args.members);
        return Err(Failure::input("rank-members", message, format!("give at most {MOST}")));
    }
    let library = texts::library()?;
    let models = evidence::Models::read()?;
    let laboratory = models.laboratory(&library)?;
    let ranking = Ranking::new(&library, args.members);
    let mut pool = Pool::default();
    ranking.ask(&mut pool);
    let progress = evidence::Progress::new(pool.len(), "to rank");
    let results = pool.run(&laboratory, &|done| progress.tell(done));
    progress.end();
    let ranked = ranking.ranked(&results).map_err(arms::failed)?;
    if args.json {
        let effect = |e: &Effect| json!({ "low": e.low, "middle": e.middle, "high": e.high });
        let one = |(k, r): (usize, &Ranked<'_>)| {
            json!({
                "rank": k + 1, "name": r.name, "kind": r.kind.word(), "regimen": r.regimen, "tried": r.tried,
                "effect_24h": effect(&r.effects[0]), "effect_4_weeks": effect(&r.effects[1]),
                "above_reference": r.above_reference,
            })
        };
        let all: Vec<_> = ranked.iter().enumerate().map(one).collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&all).unwrap_or_default()));
    } else {
        print(&told(&ranked, &ranking));
    }
    Ok(())
}

fn told(ranked: &[Ranked<'_>], ranking: &Ranking<'_>) -> String {
    let row = |(k, r): (usize, &Ranked<'_>)| {
        let [day, month] = r.effects;
        vec![
            (k + 1).to_string(),
            r.name.to_string(),
            r.kind.word().to_string(),
            number(day.middle),
            range(&day),
            number(month.middle),
            range(&month),
            format!("{:.0} %", 100.0 * r.above_reference),
            if r.tried.is_empty() { "untried".into() } else { r.tried.to_string() },
        ]
    };
    let rows: Vec<Vec<String>> = ranked.iter().enumerate().map(row).collect();
    let columns = [
        Column::right("rank"),
        Column::left("candidate"),
        Column::left("kind"),
        Column::decimal("24 h"),
        Column::left("interval"),
        Column::decimal("4 weeks"),
        Column::left("interval"),
        Column::right("above one infusion"),
        Column::left("known"),
    ];
    format!(
        "Fall of the depression level (1 = the patient before treatment) against no dose, by the drug alone;\n\
         intervals over {} readings and people.\n\n{}\n{LIMITS}",
        ranking.people(),
        table(&columns, &rows, lists::charset())
    )
}

fn number(v: f64) -> String {
    if v.abs() < 5e-4 { "0".into() } else { significant(v, 2) }
}

fn range(e: &Effect) -> String {
    format!("{} to {}", number(e.low), number(e.high))
}
