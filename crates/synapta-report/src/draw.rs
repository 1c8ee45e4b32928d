//! Draws a figure as SVG.

use crate::curve::{Point, curve, inside};
use crate::figure::{Dash, Figure, Mark, Panel, Series};
use crate::header::{arrow, bolus, head, level, shade};
use crate::layout::{Frame, LABEL_PX, Layout, PanelLayout, SAMPLE_PX, TICK_PX, TITLE_PX};
use crate::number::time_label;
use crate::palette::{OKABE_ITO, series_index};
use crate::svg::{Attribute, Face, Svg};
use crate::text::{Weight, fit, one_line, width};

/// Width of a figure, pixels.
pub const FIGURE_WIDTH: u32 = 1600;

/// More doses than this are marked by a head only, without a line through the plot.
const MOST_DOSE_LINES: usize = 4;
/// More doses than this are drawn no further: at a pixel each they would fill the plot.
const MOST_DOSES: usize = 400;

/// Draws a figure as SVG of [`FIGURE_WIDTH`] and the height it needs. Text is `<text>` in Noto
/// Sans with fallbacks. Never fails: what cannot be drawn (gaps, values that are not finite) is
/// left out, and an empty panel says `no data`.
pub fn cascade_svg(figure: &Figure) -> String {
    drawn(figure).svg
}

/// A drawn figure and where its plots are.
pub(crate) struct Drawn {
    pub svg: String,
    pub layout: Layout,
}

pub(crate) fn drawn(figure: &Figure) -> Drawn {
    let layout = Layout::of(figure, f64::from(FIGURE_WIDTH));
    let title = one_line(&figure.title);
    let description = describe(figure);
    let mut svg = Svg::document(layout.width, layout.height, &title, &description);
    svg.shape(
        "rect",
        &[
            ("class", "paper".into()),
            ("width", layout.width.into()),
            ("height", layout.height.into()),
            ("fill", "#ffffff".into()),
        ],
    );
    layout.header.draw(&mut svg);
    for (k, (panel, place)) in figure.panels.iter().zip(&layout.panels).enumerate() {
        let name = format!("{}: {}", one_line(&panel.title), place.label);
        svg.begin("g", &[("class", "panel".into()), ("aria-label", name.as_str().into())]);
        draw_head(&mut svg, panel, place, k, &layout);
        draw_plot(&mut svg, figure, panel, place, &layout);
        svg.end();
    }
    draw_foot(&mut svg, figure, &layout);
    Drawn { svg: svg.finish(), layout }
}

/// The figure in a sentence, for readers who do not see it.
fn describe(figure: &Figure) -> String {
    let names: Vec<_> = figure.panels.iter().map(|p| one_line(&p.title)).collect();
    let end = time_label(crate::time_map::TimeMap::new(&figure.time, 300.0).end_h);
    format!("{} panels over time after the first dose, to {end}: {}.", names.len(), names.join(", "))
}

fn draw_head(svg: &mut Svg, panel: &Panel, place: &PanelLayout, index: usize, layout: &Layout) {
    let baseline = place.top + 14.0;
    if index > 0 {
        arrow(svg, place.left - 27.0, place.left - 9.0, baseline - 5.0);
    }
    if let Some(colour) = layout.header.stage_colour(&panel.stage) {
        svg.shape(
            "rect",
            &[
                ("x", place.left.into()),
                ("y", (baseline - 12.0).into()),
                ("width", 5.0.into()),
                ("height", 15.0.into()),
                ("rx", 1.5.into()),
                ("fill", (&colour).into()),
            ],
        );
    }
    let number = format!("{}", index + 1);
    let number_face = Face::mute(TITLE_PX);
    svg.text(place.left + 11.0, baseline, number_face, &number);
    let x = 11.0 + width(&number, TITLE_PX, Weight::Regular) + 7.0;
    let title = fit(&panel.title, place.width - x, TITLE_PX, Weight::Bold);
    svg.text(place.left + x, baseline, Face::ink(TITLE_PX).bold(), &title);

    let first_row = place.top + 33.0;
    svg.text(place.left, first_row, Face::mute(LABEL_PX), &place.label);
    for entry in &place.legend {
        let (x, y) = (place.left + entry.x, first_row + 16.0 * entry.row as f64);
        let Some(series) = panel.series.get(entry.series) else {
            continue;
        };
        draw_sample(svg, series, entry.series, (x, y - 4.0));
        svg.text(x + SAMPLE_PX + 5.0, y, Face::ink(LABEL_PX), &entry.words);
    }
}

fn draw_sample(svg: &mut Svg, series: &Series, position: usize, (x, y): Point) {
    if series.style.mark != Mark::Points {
        let path = format!("M{x:.1} {y:.1}h{SAMPLE_PX}");
        stroke(svg, series, position, &path);
    }
    if series.style.mark != Mark::Line {
        dot(svg, series, position, (x + SAMPLE_PX / 2.0, y));
    }
}

fn draw_plot(svg: &mut Svg, figure: &Figure, panel: &Panel, place: &PanelLayout, layout: &Layout) {
    let plot = place.plot;
    draw_doses(svg, figure, plot, layout);
    draw_grid(svg, place, layout);
    if let Some(y) = reference_y(panel, place) {
        level(svg, plot.x, plot.x + plot.width, y);
    }
    if !place.axis.has_data {
        let (x, y) = (plot.x + plot.width / 2.0, plot.y + plot.height / 2.0);
        svg.text(x, y, Face::mute(LABEL_PX).anchored("middle"), "no data");
    }
    for (k, series) in panel.series.iter().enumerate() {
        draw_series(svg, series, k, place, layout);
    }
}

fn reference_y(panel: &Panel, place: &PanelLayout) -> Option<f64> {
    let part = place.axis.part(panel.reference.as_ref()?.value);
    let plot = place.plot;
    (0.0..=1.0).contains(&part).then_some(plot.y + plot.height * (1.0 - part))
}

fn draw_doses(svg: &mut Svg, figure: &Figure, plot: Frame, layout: &Layout) {
    let doses = &figure.time.doses;
    let lines = doses.len() <= MOST_DOSE_LINES;
    for dose in doses.iter().take(MOST_DOSES) {
        let start = layout.time.x(dose.start_h);
        let end = dose.end_h.map_or(start, |end| layout.time.x(end));
        if !start.is_finite() || start > plot.width || !(0.0..).contains(&end.max(start)) {
            continue;
        }
        let (fill, colour) = layout.header.dose_tint(&dose.label);
        let from = start.max(0.0);
        let size = end.min(plot.width) - from;
        if size > 0.0 {
            shade(svg, (plot.x + from, plot.y), (size, plot.height), fill);
        }
        match lines {
            true => bolus(svg, plot.x + from, plot.y - 5.0, plot.height + 5.0, colour),
            false => head(svg, plot.x + from, plot.y - 5.0, colour),
        }
    }
}

fn draw_grid(svg: &mut Svg, place: &PanelLayout, layout: &Layout) {
    let plot = place.plot;
    let bottom = plot.y + plot.height;
    let light: [Attribute; 3] = [("class", "grid".into()), ("stroke", "#e4e7eb".into()), ("stroke-width", 0.8.into())];
    let dark: [Attribute; 3] = [("class", "axis".into()), ("stroke", "#8d97a3".into()), ("stroke-width", 1.0.into())];
    // Without data the levels would mean nothing.
    let levels = place.axis.ticks.iter().filter(|_| place.axis.has_data);
    for (value, label) in levels {
        let part = place.axis.part(*value);
        if !(-1e-6..=1.000_001).contains(&part) {
            continue;
        }
        let y = bottom - part * plot.height;
        if part > 1e-6 {
            svg.line((plot.x, y), (plot.x + plot.width, y), &light);
        }
        let face = Face::mute(TICK_PX).anchored("end");
        svg.text(plot.x - 5.0, y + 3.8, face, label);
    }
    for tick in &layout.ticks {
        let x = plot.x + layout.time.x(tick.time_h);
        svg.line((x, plot.y), (x, bottom), &light);
        svg.line((x, bottom), (x, bottom + 3.5), &dark);
        draw_tick_label(svg, tick, x, bottom, layout.stacked);
    }
    svg.line((plot.x, bottom), (plot.x + plot.width, bottom), &dark);
}

fn draw_tick_label(svg: &mut Svg, tick: &crate::time_axis::Tick, x: f64, bottom: f64, stacked: bool) {
    let face = Face::mute(TICK_PX).anchored("middle");
    if stacked {
        svg.text(x, bottom + 14.5, face, &tick.amount);
        svg.text(x, bottom + 26.0, Face { size: TICK_PX - 0.5, ..face }, tick.unit);
        return;
    }
    let words = format!("{} {}", tick.amount, tick.unit);
    svg.text(x, bottom + 15.0, face, words.trim_end());
}

fn draw_series(svg: &mut Svg, series: &Series, position: usize, place: &PanelLayout, layout: &Layout) {
    let plot = place.plot;
    let pixel = |point: (f64, f64)| match Series::drawable(point) {
        true => {
            let y = plot.height * (1.0 - place.axis.part(point.1));
            (layout.time.x(point.0), y.clamp(-1e6, 1e6))
        }
        false => (f64::NAN, f64::NAN),
    };
    let size = (plot.width, plot.height);
    let origin = (plot.x, plot.y);
    if series.style.mark != Mark::Points {
        let made = curve(series.points().map(pixel), origin, size);
        if !made.path.is_empty() {
            stroke(svg, series, position, &made.path);
        }
        for point in made.lone {
            dot(svg, series, position, point);
        }
    }
    if series.style.mark != Mark::Line {
        for (x, y) in series.points().map(pixel).filter(|&p| inside(p, size)) {
            dot(svg, series, position, (x + plot.x, y + plot.y));
        }
    }
}

fn stroke(svg: &mut Svg, series: &Series, position: usize, path: &str) {
    let index = series_index(series.style.colour, position);
    let class = format!("line c{index}");
    let mut attributes: Vec<Attribute> = vec![
        ("class", class.as_str().into()),
        ("d", path.into()),
        ("fill", "none".into()),
        ("stroke", OKABE_ITO[index].into()),
        ("stroke-width", 2.0.into()),
        ("stroke-linejoin", "round".into()),
    ];
    match series.style.dash {
        Dash::Solid => {}
        Dash::Dashed => attributes.push(("stroke-dasharray", "7 3.5".into())),
        Dash::Dotted => attributes.push(("stroke-dasharray", "2 2.5".into())),
    }
    svg.shape("path", &attributes);
}

fn dot(svg: &mut Svg, series: &Series, position: usize, (x, y): Point) {
    let index = series_index(series.style.colour, position);
    let class = format!("dot c{index}");
    svg.shape(
        "circle",
        &[
            ("class", class.as_str().into()),
            ("cx", x.into()),
            ("cy", y.into()),
            ("r", 3.0.into()),
            ("fill", OKABE_ITO[index].into()),
        ],
    );
}

fn draw_foot(svg: &mut Svg, figure: &Figure, layout: &Layout) {
    let y = layout.height - 16.0;
    let scale = match layout.time.log_from_h() {
        Some(from) => format!("Time after first dose, logarithmic beyond {}", time_label(from)),
        None => "Time after first dose".to_owned(),
    };
    svg.text(layout.margin, y, Face::mute(LABEL_PX), &scale);
    let room = layout.width - 2.0 * layout.margin - width(&scale, LABEL_PX, Weight::Regular) - 40.0;
    let note = fit(&figure.note, room, LABEL_PX, Weight::Regular);
    let face = Face::mute(LABEL_PX).anchored("end");
    if !note.is_empty() {
        svg.text(layout.width - layout.margin, y, face, &note);
    }
}
