//! `synapta map`: the cascade with live values.

use crate::args::Map;
use crate::exit::Failure;
use crate::{arms, evidence, lists, picture, print, texts};
use serde_json::{Value, json};
use synapta_report::{
    CascadeMap, Column, MapArrow, MapNode, MapRegion, TWO_COLUMNS_MM, Tint, significant, table, time_label,
};
use synapta_study::evidence::pool::{ArmSpec, Laboratory, Pool};
use synapta_study::library::Library;
use synapta_study::picture::live::Live;
use synapta_study::picture::map::Node;
use synapta_study::picture::{Show, abbreviations};

/// Length of the small curves if nothing is said, h.
const WEEK_H: f64 = 168.0;

/// Draws it.
pub fn run(args: &Map) -> Result<(), Failure> {
    picture::check(&args.out)?;
    let hour = arms::hours(&args.at, "--at")?;
    let end = match &args.end {
        Some(end) => arms::hours(end, "--end")?,
        None => WEEK_H.max(hour),
    };
    if end < hour {
        let help = "let the curves end later, or show an earlier hour";
        return Err(Failure::input("bad-time", "--end lies before --at", help));
    }
    let library = texts::library()?;
    let models = evidence::Models::read()?;
    let laboratory = models.laboratory(&library)?;
    let spec = arms::spec(&args.arm, &laboratory, end)?;
    let live = Cascade::simulate(&spec, &laboratory, hour)?;
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&live.as_json()).unwrap_or_default()));
    } else {
        print(&live.table());
    }
    picture::write(&synapta_report::map_svg(&live.drawn()), TWO_COLUMNS_MM, &args.out, args.json)
}

/// The map of an arm with its values.
pub struct Cascade<'a> {
    library: &'a Library,
    model: String,
    spec: ArmSpec,
    title: String,
    hour: f64,
    nodes: Vec<(&'a Node, Live)>,
}

impl<'a> Cascade<'a> {
    /// Runs the arm and reads the map's quantities.
    pub fn simulate(spec: &ArmSpec, laboratory: &Laboratory<'a>, hour: f64) -> Result<Cascade<'a>, Failure> {
        let library = laboratory.library;
        let model = arms::model(spec, laboratory).to_string();
        let map = &library.pictures.map;
        let nodes: Vec<&Node> = map.node.iter().filter(|n| n.is_in(&model)).collect();
        let mut pool = Pool::default();
        let names = nodes.iter().flat_map(|n| n.of.0.symbols.iter().cloned());
        pool.want(library, spec, names, [hour]);
        let results = pool.run(laboratory, &|_| {});
        let run = results.of(library, spec).map_err(arms::failed)?;
        let read = |n: &'a Node| Ok((n, Live::of(&n.of, run, hour).map_err(arms::failed)?));
        let nodes = nodes.into_iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
        let title = library.subject(&spec.subject).map_or(String::new(), |s| s.title.clone());
        Ok(Cascade { library, model, spec: spec.clone(), title, hour, nodes })
    }

    /// For drawing.
    pub fn drawn(&self) -> CascadeMap {
        let map = &self.library.pictures.map;
        let index = |name: &str| self.nodes.iter().position(|(n, _)| n.name == name);
        let key: Vec<&str> = map.mechanisms(&self.model);
        let cut = |name: &str| self.library.mechanism(name).is_ok_and(|m| self.removes(m.name.get_ref()));
        let arrow = |a: &synapta_study::picture::map::Arrow| {
            let mechanism = a.mechanism.as_ref().map(|m| m.get_ref().as_str());
            Some(MapArrow {
                from: index(a.from.get_ref())?,
                to: index(a.to.get_ref())?,
                raises: *a.sign.get_ref() > 0,
                key: mechanism.and_then(|m| key.iter().position(|k| *k == m)),
                cut: mechanism.is_some_and(cut),
                path: a.path.clone(),
            })
        };
        let region = |r: &synapta_study::picture::map::Region| MapRegion {
            title: r.title.clone(),
            place: (r.column, r.row),
            size: (r.columns, r.rows),
        };
        CascadeMap {
            title: map.title.clone(),
            subtitle: self.subtitle(),
            size: map.size(),
            regions: map.region.iter().map(region).collect(),
            nodes: self.nodes.iter().map(|(n, live)| drawn(n, live)).collect(),
            arrows: map.arrows(&self.model).filter_map(arrow).collect(),
            key: key.iter().map(|k| (*k).to_string()).collect(),
            hour: self.hour,
            notes: vec![
                "Numbers on arrows: the mechanism that cuts them when taken away (option --without). x: over the value before the dose.".into(),
                format!("Abbreviations: {}.", abbreviations(&map.abbreviation)),
            ],
        }
    }

    fn removes(&self, name: &str) -> bool {
        self.spec.without.iter().any(|w| self.library.mechanism(w).is_ok_and(|m| m.name.get_ref() == name))
    }

    fn subtitle(&self) -> String {
        let regimen = if self.spec.regimen.is_empty() { "no dose" } else { &self.spec.regimen };
        let mut out = format!("{}; {}; values at {}", capital(&self.title), regimen, time_label(self.hour));
        for (word, names) in
            [("without", &self.spec.without), ("under", &self.spec.hypotheses), ("with", &self.spec.set)]
        {
            if !names.is_empty() {
                out.push_str(&format!("; {word} {}", names.join(", ")));
            }
        }
        out
    }

    /// For the terminal.
    pub fn table(&self) -> String {
        let region = |n: &Node| {
            let region = self.library.pictures.map.region.iter().find(|r| r.name.get_ref() == n.region.get_ref());
            region.map_or(String::new(), |r| r.title.clone())
        };
        let row = |(n, live): &(&Node, Live)| {
            let course: Vec<f64> = live.values.clone();
            let line = synapta_report::sparkline(&thinned(&live.time, &course, 20), 20, lists::charset());
            let number = |v: f64| significant(v, 3);
            vec![region(n), n.title.clone(), number(live.before), number(live.now), words(n, live), line]
        };
        let rows: Vec<Vec<String>> = self.nodes.iter().map(row).collect();
        let now = time_label(self.hour);
        let columns = [
            Column::left("where"),
            Column::left("quantity"),
            Column::decimal("before"),
            Column::decimal(now),
            Column::left("told as"),
            Column::left("course"),
        ];
        format!(
            "{}\n\n{}\nA research model, not medical advice.\n",
            self.subtitle(),
            table(&columns, &rows, lists::charset())
        )
    }

    /// For `--json`.
    pub fn as_json(&self) -> Value {
        let map = &self.library.pictures.map;
        let node = |(n, live): &(&Node, Live)| {
            json!({
                "node": n.name, "title": n.title, "region": n.region.get_ref(), "of": n.of.0.text,
                "before": live.before, "now": live.now, "movement": live.movement,
            })
        };
        let arrow = |a: &synapta_study::picture::map::Arrow| {
            json!({
                "from": a.from.get_ref(), "to": a.to.get_ref(), "sign": a.sign.get_ref(),
                "mechanism": a.mechanism.as_ref().map(|m| m.get_ref().clone()),
            })
        };
        json!({
            "arm": self.spec.words(),
            "hour": self.hour,
            "nodes": self.nodes.iter().map(node).collect::<Vec<_>>(),
            "arrows": map.arrows(&self.model).map(arrow).collect::<Vec<_>>(),
        })
    }
}

fn drawn(node: &Node, live: &Live) -> MapNode {
    let tint = match node.show {
        Show::Ratio => Tint::Ratio(live.now / live.before),
        Show::Value | Show::Percent if live.before.abs() > 0.05 * live.largest => Tint::Ratio(live.now / live.before),
        Show::Value | Show::Percent => Tint::Share(live.now / live.largest),
    };
    MapNode {
        name: node.name.clone(),
        title: node.title.clone(),
        place: (*node.column.get_ref(), node.row),
        words: words(node, live),
        tint,
        before: live.before,
        course: live.time.iter().copied().zip(live.values.iter().copied()).collect(),
    }
}

fn words(node: &Node, live: &Live) -> String {
    match node.show {
        Show::Ratio => format!("{} x", significant(live.now / live.before, 3)),
        Show::Percent => format!("{} %", short(100.0 * live.now)),
        Show::Value => format!("{} {}", short(live.now), node.unit).trim_end().to_string(),
    }
}

/// Two figures, and nothing of traces.
fn short(value: f64) -> String {
    if value.abs() < 0.005 { "0".into() } else { significant(value, if value.abs() >= 100.0 { 3 } else { 2 }) }
}

/// The first letter as a capital.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

/// A course at `n` times, even on the stretched time of the small curves.
fn thinned(time: &[f64], values: &[f64], n: usize) -> Vec<f64> {
    let end = time.last().copied().unwrap_or(0.0);
    let at = |k: usize| 0.5 * ((1.0 + end / 0.5).ln() * k as f64 / (n - 1) as f64).exp_m1();
    let nearest = |t: f64| {
        let k = time.partition_point(|x| *x < t).min(values.len().saturating_sub(1));
        values.get(k).copied().unwrap_or(f64::NAN)
    };
    (0..n).map(|k| nearest(at(k))).collect()
}
