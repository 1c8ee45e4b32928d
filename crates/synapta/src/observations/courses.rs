//! Simulated courses with the data on them: one figure an observable, and the cascade of one experiment.

use crate::evidence;
use crate::exit::Failure;
use crate::tell;
use std::collections::BTreeMap;
use std::path::Path;
use synapta_report::{
    Dash, Figure, Mark, Panel, RESEARCH_NOTE, Series, SeriesColour, SeriesStyle, TimeAxis, cascade_svg, png_from_svg,
};
use synapta_study::evidence::compare::{Course, courses};
use synapta_study::evidence::observable::Observable;
use synapta_study::evidence::observation::{Comparator, Observation, ObservationSet, RowForm};
use synapta_study::evidence::pool::{Laboratory, Results};

/// The word for every observable and the cascade.
pub const ALL: &str = "all";
/// Standard errors that a bar spans to each side: those within which a row counts as met.
const BAR: f64 = 2.0;
/// Most panels of a figure; a sheet with more cannot be read.
const MOST: usize = 16;
/// Width of a PNG, pixels.
const PIXELS: u32 = 1600;
/// Share of the window added after the last datum.
const AFTER: f64 = 1.25;
/// Share of the largest change at which a step of the cascade counts as begun.
const HALF: f64 = 0.5;
/// The experiment of the cascade: the subjects and the dose that most published steps share.
const CASCADE: ([&str; 2], &str) = (["rat", "rat-cus"], "10 mg/kg ketamine ip");

/// The rows of an observable, or all of them.
pub fn asked<'a>(
    set: &ObservationSet,
    rows: Vec<&'a Observation>,
    name: &str,
) -> Result<Vec<&'a Observation>, Failure> {
    if name == ALL {
        return Ok(rows);
    }
    if set.observable(name).is_none() {
        let known = set.observables.iter().map(|o| o.name.as_str());
        return Err(evidence::unknown_id("observable", name, known));
    }
    Ok(rows.into_iter().filter(|r| r.observable == name).collect())
}

/// Writes the figures.
pub fn write(
    set: &ObservationSet,
    rows: &[&Observation],
    laboratory: &Laboratory<'_>,
    results: &Results,
    all: bool,
    folder: &Path,
) -> Result<(), Failure> {
    let courses = courses(set, rows, laboratory, results);
    let mut figures: Vec<(String, Figure)> = vec![];
    for observable in &set.observables {
        let own: Vec<&Course> = courses.iter().filter(|c| rows[c.longest].observable == observable.name).collect();
        if !own.is_empty() {
            figures.push((observable.name.clone(), of_one(observable, &own, rows)));
        }
    }
    if all {
        figures.extend(cascade(set, &courses, rows).map(|f| ("cascade".to_string(), f)));
    }
    if figures.is_empty() {
        let message = "no row of these is a simulated number at a time, so there is no course to draw";
        return Err(Failure::input(
            "no-course",
            message,
            "signs, peaks, areas and assays have none; `synapta observations` shows the rows",
        ));
    }
    std::fs::create_dir_all(folder).map_err(|e| {
        Failure::input("unwritable-file", format!("{} cannot be made: {e}", folder.display()), "choose another folder")
    })?;
    for (name, figure) in &figures {
        let svg = cascade_svg(figure);
        evidence::write(&folder.join(format!("{name}.svg")), svg.as_bytes())?;
        let png = png_from_svg(&svg, PIXELS)
            .map_err(|e| Failure::input("unwritable-file", e.to_string(), "the SVG is written"))?;
        evidence::write(&folder.join(format!("{name}.png")), &png)?;
    }
    tell(&format!("{} figures in {}\n", figures.len(), folder.display()));
    Ok(())
}

/// A panel for each arm of an observable.
fn of_one(observable: &Observable, courses: &[&Course], rows: &[&Observation]) -> Figure {
    let panels: Vec<Panel> = courses.iter().take(MOST).map(|c| panel(c, rows, arm_words(rows[c.longest]))).collect();
    let left = courses.len() - panels.len();
    let more = if left > 0 { format!("; {left} more courses are not drawn") } else { String::new() };
    Figure {
        title: titled(observable),
        subtitle: format!("simulated course and measured data, bars {BAR} standard errors{more}"),
        time: TimeAxis::log(end(courses, rows)),
        panels,
        note: RESEARCH_NOTE.into(),
        columns: None,
    }
}

fn titled(observable: &Observable) -> String {
    if observable.region.is_empty() {
        observable.title.clone()
    } else {
        format!("{}, {}", observable.title, observable.region)
    }
}

/// The steps of one experiment, in the order in which their simulated courses begin.
fn cascade(set: &ObservationSet, courses: &[Course], rows: &[&Observation]) -> Option<Figure> {
    let of_it = |c: &&Course| {
        let row = rows[c.longest];
        let arm = &row.arm;
        let plain = arm.without.is_empty() && arm.set.is_empty() && arm.hypotheses.is_empty();
        let relative = matches!(row.form, RowForm::Ratio | RowForm::Percent);
        plain && relative && CASCADE.0.contains(&arm.subject.as_str()) && arm.regimen.trim() == CASCADE.1
    };
    let mut longest: BTreeMap<&str, &Course> = BTreeMap::new();
    for course in courses.iter().filter(of_it) {
        let best = longest.entry(rows[course.longest].observable.as_str()).or_insert(course);
        if course.rows.len() > best.rows.len() {
            *best = course;
        }
    }
    let mut steps: Vec<(f64, &Course)> = longest.into_values().map(|c| (begun(c), c)).collect();
    steps.sort_by(|a, b| a.0.total_cmp(&b.0));
    steps.truncate(MOST);
    if steps.is_empty() {
        return None;
    }
    let panels = steps.iter().map(|(hour, course)| {
        let observable = set.observable(&rows[course.longest].observable);
        let title = observable.map_or_else(|| rows[course.longest].observable.clone(), titled);
        panel(course, rows, format!("{hour:.1} h: {title}"))
    });
    let panels: Vec<Panel> = panels.collect();
    let own: Vec<&Course> = steps.iter().map(|s| s.1).collect();
    Some(Figure {
        title: format!("Order of the cascade: {} in the rat", CASCADE.1),
        subtitle: "by the hour at which half of the largest simulated change is reached; measured data with bars of 2 standard errors".into(),
        time: TimeAxis::log(end(&own, rows)),
        panels,
        note: RESEARCH_NOTE.into(),
        columns: None,
    })
}

/// Hour of half of the largest change.
fn begun(course: &Course) -> f64 {
    let Some(start) = course.simulated.iter().copied().find(|v| v.is_finite()) else { return f64::INFINITY };
    let change = |v: f64| (v - start).abs();
    let top = course.simulated.iter().copied().filter(|v| v.is_finite()).map(change).fold(0.0, f64::max);
    let at = course.simulated.iter().position(|v| top > 0.0 && change(*v) >= HALF * top);
    at.map_or(f64::INFINITY, |i| course.time_h[i])
}

fn end(courses: &[&Course], rows: &[&Observation]) -> f64 {
    let last = courses.iter().flat_map(|c| &c.rows).map(|i| rows[*i].time_h).fold(1.0, f64::max);
    AFTER * last
}

/// The course as a line, data as points: filled for read rows, and a colour of its own for recalled ones.
fn panel(course: &Course, rows: &[&Observation], title: String) -> Panel {
    let row = rows[course.longest];
    let last = course.rows.iter().map(|i| rows[*i].time_h).fold(0.0, f64::max) * AFTER;
    let shown: Vec<usize> = (0..course.time_h.len()).filter(|i| course.time_h[*i] <= last).collect();
    let pick = |values: &[f64]| shown.iter().map(|i| values[*i]).collect::<Vec<f64>>();
    let mut series = vec![Series::line("simulated", pick(&course.time_h), pick(&course.simulated))];
    for (read, label, colour) in [(true, "measured", 1), (false, "measured, recalled", 3)] {
        let data: Vec<&Observation> = course.rows.iter().map(|i| rows[*i]).filter(|r| r.read == read).collect();
        series.extend(measured(&data, label, colour));
    }
    Panel { title, quantity: quantity(row), unit: row.unit.clone(), series, ..Panel::default() }
}

fn measured(data: &[&Observation], label: &str, colour: usize) -> Vec<Series> {
    if data.is_empty() {
        return vec![];
    }
    let mut sorted: Vec<&&Observation> = data.iter().collect();
    sorted.sort_by(|a, b| a.time_h.total_cmp(&b.time_h));
    let style = |mark| SeriesStyle { colour: SeriesColour::Palette(colour), dash: Dash::Solid, mark };
    let points = Series {
        label: label.into(),
        x: sorted.iter().map(|r| r.time_h).collect(),
        y: sorted.iter().map(|r| r.value).collect(),
        style: style(Mark::Points),
    };
    let (mut x, mut y) = (vec![], vec![]);
    for row in &sorted {
        let Some(se) = row.standard_error else { continue };
        // A value that is not finite parts one bar from the next.
        x.extend([row.time_h; 3]);
        y.extend([row.value - BAR * se, row.value + BAR * se, f64::NAN]);
    }
    let bars = Series { label: format!("{BAR} SE"), x, y, style: style(Mark::Line) };
    if bars.x.is_empty() { vec![points] } else { vec![points, bars] }
}

fn quantity(row: &Observation) -> String {
    let form = match row.form {
        RowForm::Ratio => "ratio",
        RowForm::Difference => "difference",
        RowForm::Percent => "change",
        _ => return String::new(),
    };
    let against = match &row.comparator {
        Comparator::Nothing => return form.into(),
        Comparator::Baseline => "before",
        Comparator::Vehicle => "vehicle",
        Comparator::Unchanged => "the same without the change",
        Comparator::Subject(name) => name,
        Comparator::Row(id) => id,
    };
    format!("{form} to {against}")
}

fn arm_words(row: &Observation) -> String {
    let words = row.arm.words();
    if row.experiment.is_empty() { words } else { format!("{} ({})", words, row.experiment) }
}
