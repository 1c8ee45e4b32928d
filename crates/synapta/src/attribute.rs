//! `synapta attribute`: Shapley shares of a dose's effect over mechanisms.

use crate::args::Attribute;
use crate::exit::Failure;
use crate::{arms, dose, evidence, lists, print, texts};
use serde_json::json;
use std::collections::BTreeMap;
use synapta_report::{Column, significant, table, time_label};
use synapta_study::evidence::formula::Formula;
use synapta_study::evidence::pool::{ArmSpec, Laboratory, Pool, Results};
use synapta_study::evidence::quantity::Track;
use synapta_study::evidence::shapley::{Coalition, Design, MOST, Share};
use synapta_study::library::Library;

/// What the shares are of.
struct Question<'a> {
    spec: ArmSpec,
    mechanisms: Vec<String>,
    of: Formula,
    hour: f64,
    design: Design,
    library: &'a Library,
}

/// Computes and prints them.
pub fn run(args: &Attribute) -> Result<(), Failure> {
    let library = texts::library()?;
    let models = evidence::Models::read()?;
    let laboratory = models.laboratory(&library)?;
    let question = asked(args, &library, &laboratory)?;
    let mut pool = Pool::default();
    for coalition in question.design.coalitions() {
        let arm = question.arm(coalition);
        for arm in [arm.vehicle(), arm] {
            pool.want(&library, &arm, question.of.symbols.iter().cloned(), [question.hour]);
        }
    }
    let progress = evidence::Progress::new(pool.len(), "for the shares");
    let results = pool.run(&laboratory, &|done| progress.tell(done));
    progress.end();
    let values = question.values(&results)?;
    let shares = question.design.shares(&values);
    let (whole, none) = (values[&question.design.whole()], values[&0]);
    if args.json {
        let one = |(name, s): (&String, &Share)| json!({ "mechanism": name, "share": s.value / whole, "error": s.error / whole.abs(), "effect": s.value });
        let all: Vec<_> = question.mechanisms.iter().zip(&shares).map(one).collect();
        let out = json!({
            "arm": question.spec.words(), "of": question.of.text, "hour": question.hour, "effect": whole,
            "left_without_all": none, "exact": question.design.is_exact(), "shares": all,
        });
        print(&format!("{}\n", serde_json::to_string_pretty(&out).unwrap_or_default()));
    } else {
        print(&question.told(&shares, whole, none));
    }
    Ok(())
}

fn asked<'a>(args: &Attribute, library: &'a Library, laboratory: &Laboratory<'_>) -> Result<Question<'a>, Failure> {
    let hour = arms::hours(&args.at, "--at")?;
    let spec = arms::spec(&args.arm, laboratory, hour)?;
    let chosen = library.mechanisms.iter().filter(|m| m.attribute).map(|m| m.name.get_ref().clone());
    let mut mechanisms: Vec<String> = match args.mechanism.as_slice() {
        [] => chosen.collect(),
        all => {
            let own = |n: &String| Ok(library.mechanism(n).map_err(dose::no_text)?.name.get_ref().clone());
            all.iter().map(own).collect::<Result<_, Failure>>()?
        }
    };
    let mut seen: Vec<String> = vec![];
    let gone: Vec<String> =
        spec.without.iter().filter_map(|n| library.mechanism(n).ok()).map(|m| m.name.get_ref().clone()).collect();
    mechanisms.retain(|m| {
        !gone.contains(m) && !seen.contains(m) && {
            seen.push(m.clone());
            true
        }
    });
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
    Ok(Question { spec, mechanisms, of, hour, design, library })
}

impl Question<'_> {
    /// The arm in which only a coalition's mechanisms are left.
    fn arm(&self, coalition: Coalition) -> ArmSpec {
        let gone = self.mechanisms.iter().enumerate().filter(|(k, _)| coalition >> k & 1 == 0);
        let mut arm = self.spec.clone();
        arm.without.extend(gone.map(|(_, name)| name.clone()));
        arm
    }

    /// The effect in each coalition: dosed less undosed under the same ablation.
    fn values(&self, results: &Results) -> Result<BTreeMap<Coalition, f64>, Failure> {
        let read = |arm: &ArmSpec| {
            let run = results.of(self.library, arm)?;
            Ok::<f64, String>(Track::of(&self.of, run).map_err(|name| format!("`{name}` was not kept"))?.at(self.hour))
        };
        let effect = |c: Coalition| {
            let arm = self.arm(c);
            Ok((c, read(&arm)? - read(&arm.vehicle())?))
        };
        self.design.coalitions().into_iter().map(effect).collect::<Result<_, String>>().map_err(arms::failed)
    }

    fn told(&self, shares: &[Share], whole: f64, none: f64) -> String {
        let percent = |v: f64| significant(100.0 * v, 3);
        let row = |(name, s): (&String, &Share)| {
            let title = self.library.mechanism(name).map_or(String::new(), |m| m.title.clone());
            let error = if self.design.is_exact() { String::new() } else { percent(s.error / whole.abs()) };
            vec![name.clone(), percent(s.value / whole), error, significant(s.value, 3), title]
        };
        let mut rows: Vec<Vec<String>> = self.mechanisms.iter().zip(shares).map(row).collect();
        rows.push(vec![
            "left without all".into(),
            percent(none / whole),
            String::new(),
            significant(none, 3),
            String::new(),
        ]);
        let columns = [
            Column::left("mechanism"),
            Column::decimal("share, %"),
            Column::decimal("SE"),
            Column::decimal("effect"),
            Column::left("what it is"),
        ];
        let how = match self.design.is_exact() {
            true => format!("exact, over all {} sets of mechanisms", self.design.coalitions().len()),
            false => format!("over drawn orders, {} sets of mechanisms", self.design.coalitions().len()),
        };
        format!(
            "{}\nEffect on {} at {}, dosed less undosed: {}. Shapley shares, {how}.\n\n{}\nA research model, not medical advice.\n",
            self.spec.words(),
            self.of.text,
            time_label(self.hour),
            significant(whole, 3),
            table(&columns, &rows, lists::charset())
        )
    }
}
