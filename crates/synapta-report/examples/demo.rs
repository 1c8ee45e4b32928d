//! Writes demonstration figures and a report from made-up curves to a folder:
//! `cargo run --release -p synapta-report --example demo -- FOLDER`.
//!
//! The curves have the shape of a cascade from a dose to a rating scale but come from no model.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use synapta_report::{
    Charset, Dash, DoseMark, Figure, Panel, RESEARCH_NOTE, Reference, Report, Series, SummaryRow, TimeAxis,
    cascade_svg, png_from_svg, report_html, significant, summary_table,
};

/// A made-up curve: a baseline and a rise and fall after each dose.
#[derive(Clone, Copy)]
struct Pulse {
    baseline: f64,
    height: f64,
    delay_h: f64,
    rise_h: f64,
    fall_h: f64,
}

impl Pulse {
    fn value(self, t: f64, doses: &[f64]) -> f64 {
        let answer = |since: f64| {
            if since <= 0.0 {
                return 0.0;
            }
            let rise = 1.0 - (-since / self.rise_h).exp();
            rise * (-since / self.fall_h).exp()
        };
        let total: f64 = doses.iter().map(|d| answer(t - d - self.delay_h)).sum();
        self.baseline + self.height * total
    }
}

const fn p(baseline: f64, height: f64, delay_h: f64, rise_h: f64, fall_h: f64) -> Pulse {
    Pulse { baseline, height, delay_h, rise_h, fall_h }
}

type Row = (&'static str, &'static str, &'static str, &'static str, &'static [(&'static str, Pulse)]);

const RATIO: &str = "× own baseline";

/// Stage, title, quantity, unit and curves of each panel.
const ROWS: &[Row] = &[
    (
        "Drug",
        "Plasma",
        "concentration",
        "µg/L",
        &[
            ("ketamine", p(0.0, 250.0, 0.0, 0.5, 2.4)),
            ("norketamine", p(0.0, 80.0, 0.1, 1.5, 7.0)),
            ("(2R,6R)-HNK", p(0.0, 35.0, 0.3, 3.0, 12.0)),
        ],
    ),
    (
        "Drug",
        "Brain, unbound",
        "concentration",
        "µmol/L",
        &[("ketamine", p(0.0, 0.85, 0.03, 0.55, 2.4)), ("norketamine", p(0.0, 0.3, 0.15, 1.6, 7.0))],
    ),
    (
        "Circuit",
        "NMDA receptor block",
        "share blocked",
        "%",
        &[("interneuron", p(0.0, 48.0, 0.03, 0.5, 3.0)), ("pyramidal", p(0.0, 27.0, 0.05, 0.6, 2.6))],
    ),
    (
        "Circuit",
        "Firing",
        "rate",
        RATIO,
        &[
            ("pyramidal", p(1.0, 0.9, 0.1, 0.5, 1.6)),
            ("PV", p(1.0, -0.5, 0.05, 0.5, 2.0)),
            ("SST", p(1.0, -0.65, 0.05, 0.5, 2.2)),
        ],
    ),
    (
        "Circuit",
        "Extracellular glutamate",
        "concentration",
        RATIO,
        &[("prefrontal cortex", p(1.0, 1.25, 0.15, 0.6, 1.1)), ("hippocampus", p(1.0, 0.7, 0.15, 0.6, 1.1))],
    ),
    (
        "Signalling",
        "Calcium",
        "activity",
        RATIO,
        &[("synaptic", p(1.0, 0.8, 0.2, 0.5, 1.3)), ("resting, mini-driven", p(1.0, -0.4, 0.1, 0.5, 2.5))],
    ),
    ("Signalling", "eEF2 phosphorylation", "share", RATIO, &[("eEF2-P", p(1.0, -0.55, 0.2, 0.4, 4.0))]),
    (
        "Signalling",
        "BDNF",
        "amount",
        RATIO,
        &[
            ("released", p(1.0, 2.2, 0.25, 0.4, 2.5)),
            ("protein", p(1.0, 0.6, 0.7, 2.0, 30.0)),
            ("plasma", p(1.0, 0.4, 0.6, 2.0, 40.0)),
        ],
    ),
    (
        "Signalling",
        "TrkB, Akt, ERK",
        "phosphorylation",
        RATIO,
        &[
            ("TrkB-P", p(1.0, 2.0, 0.3, 0.4, 2.2)),
            ("Akt-P", p(1.0, 1.6, 0.4, 0.4, 2.0)),
            ("ERK-P", p(1.0, 1.9, 0.35, 0.3, 1.6)),
        ],
    ),
    (
        "Translation",
        "mTORC1 pathway",
        "phosphorylation",
        RATIO,
        &[
            ("mTOR-P", p(1.0, 2.6, 0.4, 0.4, 1.8)),
            ("p70S6K-P", p(1.0, 2.9, 0.5, 0.5, 2.2)),
            ("4E-BP1-P", p(1.0, 1.5, 0.5, 0.6, 2.6)),
        ],
    ),
    ("Translation", "Translation rate", "rate", RATIO, &[("all", p(1.0, 1.0, 0.6, 0.6, 4.0))]),
    (
        "Translation",
        "Synaptic proteins",
        "amount",
        RATIO,
        &[
            ("PSD95", p(1.0, 0.9, 1.5, 3.0, 110.0)),
            ("GluA1", p(1.0, 1.1, 1.3, 2.6, 90.0)),
            ("synapsin I", p(1.0, 0.8, 1.6, 3.2, 100.0)),
            ("Arc", p(1.0, 1.5, 0.9, 1.0, 8.0)),
        ],
    ),
    (
        "Synapse",
        "Dendritic spines",
        "density",
        RATIO,
        &[("mature", p(1.0, 0.38, 6.0, 9.0, 220.0)), ("thin", p(1.0, 0.3, 3.0, 4.0, 60.0))],
    ),
    ("Synapse", "Surface AMPA receptors", "amount", RATIO, &[("GluA1", p(1.0, 0.7, 1.6, 3.0, 120.0))]),
    (
        "Network",
        "Prefrontal-hippocampal connectivity",
        "strength",
        "share of healthy",
        &[("connectivity", p(0.6, 0.24, 0.6, 3.0, 200.0))],
    ),
    (
        "Mood",
        "Depression rating",
        "MADRS",
        "points",
        &[("with expectation", p(33.0, -19.0, 0.3, 2.5, 330.0)), ("drug alone", p(33.0, -14.0, 0.5, 3.5, 260.0))],
    ),
];

/// Times from before the first dose to the end, dense where curves are fast.
fn times(axis: &TimeAxis) -> Vec<f64> {
    axis.even_times(1500)
}

fn panels(axis: &TimeAxis, doses: &[f64]) -> Vec<Panel> {
    let x = times(axis);
    ROWS.iter()
        .map(|&(stage, title, quantity, unit, curves)| Panel {
            title: title.into(),
            quantity: quantity.into(),
            unit: unit.into(),
            stage: stage.into(),
            series: curves
                .iter()
                .map(|(label, curve)| {
                    let y = x.iter().map(|&t| curve.value(t, doses)).collect();
                    let mut series = Series::line(*label, x.clone(), y);
                    if *label == "drug alone" {
                        series.style.dash = Dash::Dashed;
                    }
                    series
                })
                .collect(),
            reference: unit.contains("baseline").then(|| Reference { value: 1.0, label: "own baseline".into() }),
            range: None,
        })
        .collect()
}

fn single() -> Figure {
    let mut time =
        TimeAxis::log(336.0).with_doses(vec![DoseMark::infusion(0.0, 2.0 / 3.0, "ketamine 0.5 mg/kg iv over 40 min")]);
    time.start_h = -1.0;
    Figure {
        title: "From one ketamine infusion to the rating scale".into(),
        subtitle: "Made-up curves in the shape of the cascade; treatment-resistant depression, 70 kg".into(),
        panels: panels(&time, &[0.0]),
        time,
        note: RESEARCH_NOTE.into(),
        columns: None,
    }
}

fn repeated() -> Figure {
    let starts: Vec<f64> = (0..8).map(|k| f64::from(k / 2 * 7 + k % 2 * 3) * 24.0).collect();
    let mut doses: Vec<_> = starts.iter().map(|&t| DoseMark::bolus(t, "esketamine 84 mg intranasal")).collect();
    doses.push(DoseMark::bolus(-2.0, "rapamycin 6 mg oral"));
    let time = TimeAxis::linear(-24.0, 28.0 * 24.0).with_doses(doses);
    Figure {
        title: "Twice-weekly esketamine over four weeks".into(),
        subtitle: "Made-up curves in the shape of the cascade".into(),
        panels: panels(&time, &starts),
        time,
        note: RESEARCH_NOTE.into(),
        columns: None,
    }
}

/// Panels of what a run can go wrong with: zeros, gaps, single points, one value throughout.
fn odd() -> Figure {
    let x: Vec<f64> = (0..100).map(|k| f64::from(k) * 0.1).collect();
    let of = |title: &str, y: Vec<f64>| Panel {
        title: title.into(),
        quantity: "value".into(),
        unit: "".into(),
        stage: title.into(),
        series: vec![Series::line("a series with a name that is long enough to be cut somewhere", x.clone(), y)],
        ..Panel::default()
    };
    let gap = |k: usize| {
        if k % 30 < 6 { f64::NAN } else { (k as f64 / 9.0).sin() * 1e-7 }
    };
    Figure {
        title: "Odd data & <hostile> names".into(),
        subtitle: String::new(),
        time: TimeAxis::log(10.0),
        panels: vec![
            of("all zero", vec![0.0; 100]),
            of("flat", vec![7.25; 100]),
            of("gaps, tiny", (0..100).map(gap).collect()),
            of("one point", {
                let mut y = vec![f64::NAN; 100];
                y[40] = 3.0;
                y
            }),
            of("nothing", vec![f64::NAN; 100]),
            of("huge", x.iter().map(|t| -(t * 3.0).exp() * 1e5).collect()),
        ],
        note: String::new(),
        columns: None,
    }
}

fn report(figure: Figure) -> Report {
    let x = figure.time.even_times(40);
    let row = |name: &str, value: f64, unit: &str, note: &str, curve: Pulse| SummaryRow {
        name: name.into(),
        value,
        unit: unit.into(),
        note: note.into(),
        trend: x.iter().map(|&t| curve.value(t, &[0.0])).collect(),
    };
    Report {
        title: figure.title.clone(),
        subject: "treatment-resistant depression, 70 kg".into(),
        regimen: vec!["0 h: racemic ketamine 0.5 mg/kg (35 mg) iv over 40 min".into()],
        hypothesis: "shared_gain".into(),
        ablations: vec![],
        settings: vec![("Simulated time".into(), "14 d".into())],
        summary: vec![
            row("Plasma ketamine, peak", 166.2, "µg/L", "at 40 min", p(0.0, 250.0, 0.0, 0.5, 2.4)),
            row("NMDA receptor block, interneuron, peak", 34.1, "%", "at 43 min", p(0.0, 48.0, 0.0, 0.5, 3.0)),
            row("Glutamate, peak", 1.62, "× own baseline", "at 45 min", p(1.0, 1.25, 0.15, 0.6, 1.1)),
            row("Plasma BDNF at 240 min", 1.31, "× own baseline", "", p(1.0, 0.4, 0.6, 2.0, 40.0)),
            row("Spine density at 24 h", 1.29, "× own baseline", "", p(1.0, 0.38, 6.0, 9.0, 220.0)),
            row("MADRS at 24 h", 16.4, "points", "33 before the dose", p(33.0, -19.0, 0.3, 2.5, 330.0)),
        ],
        figure,
        manifest: serde_json::json!({ "program": "demo", "seed": 0, "model": { "sha256": "none: made-up curves" } }),
        warnings: vec!["These curves come from no model.".into()],
        note: String::new(),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/report-demo".into()));
    std::fs::create_dir_all(&folder)?;
    for (name, figure) in [("cascade", single()), ("repeated", repeated()), ("odd", odd())] {
        let start = Instant::now();
        let svg = cascade_svg(&figure);
        let drawn = start.elapsed();
        let png = png_from_svg(&svg, synapta_report::FIGURE_WIDTH)?;
        let all = start.elapsed();
        println!("{name}: svg {drawn:.1?} ({} kB), svg and png {all:.1?} ({} kB)", svg.len() / 1000, png.len() / 1000);
        std::fs::write(folder.join(format!("{name}.svg")), svg)?;
        std::fs::write(folder.join(format!("{name}.png")), png)?;
    }
    let report = report(single());
    let start = Instant::now();
    let html = report_html(&report);
    println!("report: {:.1?} ({} kB)", start.elapsed(), html.len() / 1000);
    std::fs::write(folder.join("report.html"), html)?;
    print!("\n{}", summary_table(&report.summary, 24, Charset::Unicode));
    println!("\n{} points on the scale", significant(report.summary[5].value, 3));
    println!("written to {}", folder.display());
    Ok(())
}
