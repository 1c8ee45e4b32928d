//! From a study's result to the figure and the page.

use crate::study::Done;
use synapta_report::{DoseMark, Figure, Panel, Reference, Report, Series, SummaryRow, TimeAxis, time_label};
use synapta_study::library::Library;
use synapta_study::readout::Relative;

/// Doses later than this make a course of treatment, which a linear axis shows better.
const ONE_DAY_H: f64 = 24.0;

/// The time axis all panels share: logarithmic after one treatment, linear over a course of them.
pub fn time_axis(done: &Done) -> TimeAxis {
    let zero = done.doses.zero_h;
    let end = done.end_h - zero;
    let course = done.doses.records.iter().any(|r| r.time_h - zero > ONE_DAY_H);
    let mut axis = if course { TimeAxis::linear(0.0, end) } else { TimeAxis::log(end) };
    let start = done.doses.start_h() - zero;
    if start < 0.0 {
        axis.start_h = start;
    }
    axis.with_doses(marks(done))
}

fn marks(done: &Done) -> Vec<DoseMark> {
    let mark = |r: &synapta_study::regimen::DoseRecord| {
        let at = r.time_h - done.doses.zero_h;
        let label = format!("{} {}", r.drug, r.route.name());
        match r.duration_h {
            Some(hours) => DoseMark::infusion(at, at + hours, label),
            None => DoseMark::bolus(at, label),
        }
    };
    done.doses.records.iter().filter(|r| r.begins_dose).map(mark).collect()
}

/// A value as tables give it: a score's last traces are zero.
pub fn shown(value: f64, unit: &str) -> f64 {
    if unit == "points" && value.abs() < 0.005 { 0.0 } else { value }
}

/// A row's name: the title, and the hour unless the title has it already (`spine density at 24 h`).
pub fn row_name(title: &str, hour: Option<f64>) -> String {
    match hour {
        Some(h) if h <= 0.0 => format!("{title}, before"),
        Some(h) if !title.contains(" at ") => format!("{title}, {}", time_label(h)),
        _ => title.to_string(),
    }
}

/// What moves by less than this share of its size is drawn flat: it is solver noise.
const STILL: f64 = 1e-4;

/// A symbol's course at `n` times even on the axis, for sparklines. Between two times the value farthest from baseline
/// counts, so that short responses to each dose of a course are seen.
pub fn trend(done: &Done, symbol: &str, axis: &TimeAxis, n: usize) -> Vec<f64> {
    let Some(series) = done.arm.trajectory.series(symbol) else { return vec![] };
    let zero = done.doses.zero_h;
    let times: Vec<f64> = axis.even_times(n).iter().map(|t| t + zero).collect();
    let far = |v: f64| (v - series.baseline).abs();
    let mut values: Vec<f64> = vec![];
    for (i, t) in times.iter().enumerate() {
        let mut value = series.at(*t).unwrap_or(f64::NAN);
        let next = times.get(i + 1).copied().unwrap_or(*t);
        for (x, v) in series.time.iter().zip(series.values) {
            if *x > *t && *x < next && far(*v) > far(value) {
                value = *v;
            }
        }
        values.push(value);
    }
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    if high - low <= STILL * low.abs().max(high.abs()) {
        values.fill(low);
    }
    values
}

/// The cascade figure of the library's panels.
pub fn figure(done: &Done, library: &Library) -> Figure {
    let trajectory = &done.arm.trajectory;
    let time: Vec<f64> = trajectory.time_h.iter().map(|t| t - done.doses.zero_h).collect();
    let panels = library.readouts.panels(&done.prepared.assembly).map(|p| {
        let curves = p.line.iter().filter_map(|l| l.curve(trajectory));
        let ratio = p.line.iter().any(|l| l.relative == Relative::Ratio);
        Panel {
            title: p.title.clone(),
            quantity: p.quantity.clone(),
            unit: p.unit.clone(),
            stage: p.stage.clone(),
            series: curves.map(|c| Series::line(c.label, time.clone(), c.values)).collect(),
            reference: ratio.then(|| Reference { value: 1.0, label: "before".into() }),
            range: None,
        }
    });
    Figure {
        title: "From the dose to the rating scale".into(),
        subtitle: format!("{}: {}", crate::study::who(&done.prepared), done.doses.regimen),
        panels: panels.collect(),
        time: time_axis(done),
        note: assumptions(done),
        columns: None,
    }
}

fn assumptions(done: &Done) -> String {
    let p = &done.prepared;
    let mut parts = vec![];
    if !done.asked.is_empty() {
        parts.push(format!("hypotheses: {}", done.asked.join(", ")));
    }
    if !p.without.is_empty() {
        parts.push(format!("without: {}", p.without.join(", ")));
    }
    if !p.set.is_empty() {
        parts.push(format!("set: {}", p.set.join("; ")));
    }
    parts.join("; ")
}

/// The page.
pub fn page(done: &Done, figure: Figure, manifest: serde_json::Value) -> Report {
    let p = &done.prepared;
    let axis = time_axis(done);
    let rows = done.arm.readouts.iter().flat_map(|r| {
        let trend = trend(done, &r.symbol, &axis, 60);
        r.values.iter().enumerate().map(move |(i, (hour, value))| SummaryRow {
            name: row_name(&r.title, *hour),
            value: shown(*value, &r.unit),
            unit: r.unit.clone(),
            note: String::new(),
            trend: if i == 0 { trend.clone() } else { vec![] },
        })
    });
    Report {
        title: "Synapta: one simulated subject".into(),
        subject: format!("{} ({})", crate::study::who(p), p.subject),
        regimen: vec![done.doses.regimen.clone()],
        hypothesis: p.hypotheses.join(", "),
        ablations: p.without.clone(),
        settings: vec![
            ("model".into(), format!("{} (sha256 {})", done.text.source.name, &done.text.source.sha256[..12])),
            ("relative tolerance".into(), format!("{:e}", p.settings.rtol)),
            ("end of the run".into(), time_label(done.end_h)),
        ],
        summary: rows.collect(),
        figure,
        manifest,
        warnings: done.arm.warnings.iter().map(|w| w.message.clone()).collect(),
        note: String::new(),
    }
}
