//! `synapta attribute`: Shapley shares of a dose's effect over mechanisms.

use crate::args::Attribute;
use crate::exit::Failure;
use crate::{arms, dose, evidence, lists, print, texts};
use serde_json::{Value, json};
use synapta_report::{Column, significant, table, time_label};
use synapta_study::evidence::attribution::{Attributed, Attribution, sharing};
use synapta_study::evidence::formula::Formula;
use synapta_study::evidence::pool::{Laboratory, Pool};
use synapta_study::evidence::shapley::{Design, MOST, Share};
use synapta_study::library::Library;

/// Computes and prints them.
pub fn run(args: &Attribute) -> Result<(), Failure> {
    let library = texts::library()?;
    let models = evidence::Models::read()?;
    let laboratory = models.laboratory(&library)?;
    let asked = asked(args, &library, &laboratory)?;
    let mut pool = Pool::default();
    asked.want(&library, &mut pool);
    let progress = evidence::Progress::new(pool.len(), "for the shares");
    let results = pool.run(&laboratory, &|done| progress.tell(done));
    progress.end();
    let found = asked.shares(&library, &results).map_err(arms::failed)?;
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&as_json(&asked, &found)).unwrap_or_default()));
    } else {
        print(&told(&asked, &found, &library));
    }
    Ok(())
}

fn asked(args: &Attribute, library: &Library, laboratory: &Laboratory<'_>) -> Result<Attribution, Failure> {
    let hour = arms::hours(&args.at, "--at")?;
    let spec = arms::spec(&args.arm, laboratory, hour)?;
    let mechanisms = sharing(library, &args.mechanism, &spec).map_err(dose::no_text)?;
    if mechanisms.is_empty() || mechanisms.len() > MOST {
        let help = format!("name one to {MOST} mechanisms that are not taken away; see `synapta mechanisms`");
        let message = format!("{} mechanisms cannot share an effect", mechanisms.len());
        return Err(Failure::input("attribute-mechanisms", message, help));
    }
    let of =
        Formula::read(&args.of).map_err(|e| Failure::input("bad-formula", format!("--of: {e}"), e.help.clone()))?;
    if let Some(dictionary) = laboratory.dictionary(&spec.subject) {
        let unknown: Vec<_> = of.symbols.iter().filter_map(|s| dictionary.names.resolve(s).err()).collect();
        if !unknown.is_empty() {
            return Err(Failure::Input(unknown, synapta_model::SourceMap::new()));
        }
    }
    let design = Design::new(mechanisms.len(), args.orders.div_ceil(2), args.seed);
    Ok(Attribution { spec, mechanisms, of, hour, design })
}

fn as_json(asked: &Attribution, found: &Attributed) -> Value {
    let whole = found.whole;
    let one = |(name, s): (&String, &Share)| json!({ "mechanism": name, "share": s.value / whole, "error": s.error / whole.abs(), "effect": s.value });
    let all: Vec<_> = asked.mechanisms.iter().zip(&found.shares).map(one).collect();
    json!({
        "arm": asked.spec.words(), "of": asked.of.text, "hour": asked.hour, "effect": whole,
        "left_without_all": found.none, "exact": asked.design.is_exact(), "shares": all,
    })
}

fn told(asked: &Attribution, found: &Attributed, library: &Library) -> String {
    let exact = asked.design.is_exact();
    let percent = |v: f64| significant(100.0 * v, 3);
    let row = |(name, s): (&String, &Share)| {
        let title = library.mechanism(name).map_or(String::new(), |m| m.title.clone());
        let error = if exact { String::new() } else { percent(s.error / found.whole.abs()) };
        vec![name.clone(), percent(s.value / found.whole), error, significant(s.value, 3), title]
    };
    let mut rows: Vec<Vec<String>> = asked.mechanisms.iter().zip(&found.shares).map(row).collect();
    rows.push(vec![
        "left without all".into(),
        percent(found.none / found.whole),
        String::new(),
        significant(found.none, 3),
        String::new(),
    ]);
    let columns = [
        Column::left("mechanism"),
        Column::decimal("share, %"),
        Column::decimal("SE"),
        Column::decimal("effect"),
        Column::left("what it is"),
    ];
    let how = if exact { "exact, over all" } else { "over drawn orders," };
    format!(
        "{}\nEffect on {} at {}, dosed less undosed: {}. Shapley shares, {how} {} sets of mechanisms.\n\n{}\nA research model, not medical advice.\n",
        asked.spec.words(),
        asked.of.text,
        time_label(asked.hour),
        significant(found.whole, 3),
        asked.design.coalitions().len(),
        table(&columns, &rows, lists::charset())
    )
}
