//! `synapta compare A B`: two arms side by side, read-outs with their differences and a figure with both courses.

use crate::args::{ArmArgs, Compare};
use crate::exit::Failure;
use crate::{arms, evidence, lists, picture, print, report, texts};
use serde_json::json;
use synapta_report::{Column, Dash, Figure, Panel, Reference, Series, TimeAxis, cascade_svg, significant, table};
use synapta_study::evidence::pool::{ArmSpec, Laboratory, Pool};
use synapta_study::library::Library;
use synapta_study::readout::{ReadoutValue, Relative};
use synapta_study::trajectory::Trajectory;

/// Width of the figure in print, mm.
const WIDTH_MM: f64 = 183.0;
/// Width of a name in the heads of the table.
const NAME: usize = 24;
/// Numbers that differ by less than this share are alike.
const ALIKE: f64 = 1e-6;

/// Runs both and shows them.
pub fn run(args: &Compare) -> Result<(), Failure> {
    picture::check(&args.out)?;
    let end_h = arms::hours(&args.end, "--end")?;
    let library = texts::library()?;
    let models = evidence::Models::read()?;
    let laboratory = models.laboratory(&library)?;
    let specs = [side(&args.a, &args.arm, &laboratory, end_h)?, side(&args.b, &args.arm, &laboratory, end_h)?];
    let mut pool = Pool::default();
    for spec in &specs {
        pool.want(&library, spec, [], []);
    }
    let results = pool.run(&laboratory, &|_| {});
    let both = Both {
        names: [args.a.clone(), args.b.clone()],
        models: [arms::model(&specs[0], &laboratory).to_string(), arms::model(&specs[1], &laboratory).to_string()],
        runs: [
            results.of(&library, &specs[0]).map_err(arms::failed)?,
            results.of(&library, &specs[1]).map_err(arms::failed)?,
        ],
        specs: &specs,
        library: &library,
    };
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&both.as_json()).unwrap_or_default()));
    } else {
        print(&both.told());
    }
    picture::write(&cascade_svg(&both.figure(end_h)), WIDTH_MM, &args.out, args.json)
}

/// The arm that a word stands for: a subject, hypotheses, `without=`, `set=`, or else a regimen line.
fn side(word: &str, shared: &ArmArgs, laboratory: &Laboratory<'_>, end_h: f64) -> Result<ArmSpec, Failure> {
    let library = laboratory.library;
    let list = |text: &str| text.split(',').map(|w| w.trim().to_string()).filter(|w| !w.is_empty()).collect::<Vec<_>>();
    let mut args = shared.clone();
    let all_are_hypotheses =
        |names: &[String]| !names.is_empty() && names.iter().all(|n| library.hypothesis(n).is_ok());
    match word.split_once('=') {
        Some(("subject", name)) => args.subject = name.trim().to_string(),
        Some(("hypothesis", names)) => args.hypothesis.extend(list(names)),
        Some(("without", names)) => args.without.extend(list(names)),
        Some(("set", setting)) => args.set.push(setting.to_string()),
        Some(("dose", line)) => args.doses = vec![line.to_string()],
        _ if library.subject(word.trim()).is_ok() => args.subject = word.trim().to_string(),
        _ if all_are_hypotheses(&list(word)) => args.hypothesis.extend(list(word)),
        _ => args.doses = vec![word.to_string()],
    }
    arms::spec(&args, laboratory, end_h)
}

struct Both<'a> {
    names: [String; 2],
    models: [String; 2],
    runs: [&'a Trajectory; 2],
    specs: &'a [ArmSpec; 2],
    library: &'a Library,
}

/// A number of both arms.
struct Row {
    title: String,
    unit: String,
    numbers: [f64; 2],
}

impl Both<'_> {
    /// The read-outs that both have.
    fn rows(&self) -> Vec<Row> {
        let read = |k: usize| -> Vec<ReadoutValue> {
            self.library.readouts.readouts(&self.models[k]).map(|r| r.evaluate(self.runs[k])).collect()
        };
        let (a, b) = (read(0), read(1));
        let mut out = vec![];
        for one in a.iter().filter(|r| r.table) {
            let Some(other) = b.iter().find(|r| r.name == one.name) else { continue };
            for ((hour, x), (_, y)) in one.values.iter().zip(&other.values) {
                let title = report::row_name(&one.title, *hour);
                out.push(Row { title, unit: one.unit.clone(), numbers: [*x, *y] });
            }
        }
        out
    }

    fn told(&self) -> String {
        let row = |r: &Row| {
            let [a, b] = r.numbers.map(|v| report::shown(v, &r.unit));
            let alike = (a - b).abs() <= ALIKE * a.abs().max(b.abs());
            let ratio = if a > 0.0 && b > 0.0 && !alike { significant(b / a, 3) } else { String::new() };
            let less = if alike { "0".to_string() } else { significant(b - a, 3) };
            vec![r.title.clone(), significant(a, 3), significant(b, 3), less, ratio, r.unit.clone()]
        };
        let rows: Vec<Vec<String>> = self.rows().iter().map(row).collect();
        let columns = [
            Column::left("read-out"),
            Column::decimal(format!("A: {}", evidence::cut(&self.names[0], NAME))),
            Column::decimal(format!("B: {}", evidence::cut(&self.names[1], NAME))),
            Column::decimal("B less A"),
            Column::decimal("B over A"),
            Column::left("unit"),
        ];
        format!(
            "A  {}\nB  {}\n\n{}\nA research model, not medical advice.\n",
            self.specs[0].words(),
            self.specs[1].words(),
            table(&columns, &rows, lists::charset())
        )
    }

    fn as_json(&self) -> serde_json::Value {
        let row = |r: &Row| {
            let [a, b] = r.numbers;
            json!({ "readout": r.title, "unit": r.unit, "a": a, "b": b, "difference": b - a })
        };
        json!({
            "a": self.specs[0].words(), "b": self.specs[1].words(),
            "readouts": self.rows().iter().map(row).collect::<Vec<_>>(),
        })
    }

    /// The panels that both have; A solid, B dashed, lines of one quantity in one colour.
    fn figure(&self, end_h: f64) -> Figure {
        let panels = self.library.readouts.panels(&self.models[0]).filter_map(|p| {
            let other = self.library.readouts.panels(&self.models[1]).find(|o| o.name == p.name)?;
            let mut series = vec![];
            for (k, panel) in [p, other].into_iter().enumerate() {
                let time: Vec<f64> = self.runs[k].time_h.iter().map(|t| t - self.runs[k].zero_h).collect();
                for (colour, curve) in panel.line.iter().filter_map(|l| l.curve(self.runs[k])).enumerate() {
                    let label = format!("{} {}", curve.label, ["A", "B"][k]).trim().to_string();
                    let mut line = Series::line(label, time.clone(), curve.values);
                    line.style.colour = synapta_report::SeriesColour::Palette(colour);
                    line.style.dash = [Dash::Solid, Dash::Dashed][k];
                    series.push(line);
                }
            }
            let ratio = p.line.iter().any(|l| l.relative == Relative::Ratio);
            Some(Panel {
                title: p.title.clone(),
                quantity: p.quantity.clone(),
                unit: p.unit.clone(),
                stage: p.stage.clone(),
                series,
                reference: ratio.then(|| Reference { value: 1.0, label: "before".into() }),
                range: None,
            })
        });
        Figure {
            title: "Two arms side by side".into(),
            subtitle: format!("A (solid): {}; B (dashed): {}", self.specs[0].words(), self.specs[1].words()),
            panels: panels.collect(),
            time: TimeAxis::log(end_h),
            note: String::new(),
            columns: None,
        }
    }
}
