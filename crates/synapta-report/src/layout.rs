//! Where everything of a figure goes: measured first, so that nothing overlaps.

use crate::figure::{Figure, Panel};
use crate::header::Header;
use crate::text::{Weight, one_line, width};
use crate::time_axis::Tick;
use crate::time_map::TimeMap;
use crate::value_axis::ValueAxis;

pub(crate) const TITLE_PX: f64 = 14.0;
pub(crate) const LABEL_PX: f64 = 11.5;
pub(crate) const TICK_PX: f64 = 11.0;

const MARGIN: f64 = 36.0;
const COLUMN_GAP: f64 = 38.0;
const ROW_GAP: f64 = 20.0;
const PLOT_HEIGHT: f64 = 148.0;
const TITLE_ROW: f64 = 21.0;
const LABEL_ROW: f64 = 16.0;
const HEAD_AIR: f64 = 10.0;
const FOOT: f64 = 44.0;

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A legend entry of a panel: which series, its words, and where it begins in the panel's head.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LegendEntry {
    pub series: usize,
    pub words: String,
    pub x: f64,
    /// Row of the head below the title, from 0.
    pub row: usize,
}

/// Width of the line sample of a legend entry, and of the space after it.
pub(crate) const SAMPLE_PX: f64 = 18.0;
const SAMPLE_GAP: f64 = 5.0;
const ENTRY_GAP: f64 = 12.0;

/// One panel, laid out.
#[derive(Debug, Clone)]
pub(crate) struct PanelLayout {
    /// Left end of the panel, that of its title.
    pub left: f64,
    /// Top of the panel.
    pub top: f64,
    /// Width of the whole panel.
    pub width: f64,
    /// The plot itself.
    pub plot: Frame,
    pub axis: ValueAxis,
    pub label: String,
    pub legend: Vec<LegendEntry>,
}

/// A whole figure, laid out.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub width: f64,
    pub height: f64,
    pub margin: f64,
    pub header: Header,
    pub time: TimeMap,
    /// Ticks that have room, ascending.
    pub ticks: Vec<Tick>,
    /// Whether the unit of a tick stands below its number.
    pub stacked: bool,
    pub panels: Vec<PanelLayout>,
}

/// A panel measured but not yet placed.
struct Measured {
    axis: ValueAxis,
    label: String,
    legend: Vec<LegendEntry>,
    rows: usize,
}

impl Layout {
    pub fn of(figure: &Figure, width: f64) -> Self {
        let header = Header::of(figure, MARGIN, width - 2.0 * MARGIN);
        let columns = columns(figure);
        let gaps = COLUMN_GAP * (columns as f64 - 1.0);
        let cell = ((width - 2.0 * MARGIN - gaps) / columns as f64).max(160.0);
        let span = TimeMap::new(&figure.time, 300.0);

        let measured: Vec<_> = figure.panels.iter().map(|panel| measure(panel, cell, &span)).collect();
        let gutter = measured.iter().map(gutter).fold(0.0, f64::max);
        let time = TimeMap::new(&figure.time, cell - gutter);
        let (ticks, stacked) = placed_ticks(&time);

        let mut top = header.bottom;
        let mut panels = Vec::with_capacity(measured.len());
        let tick_height = if stacked { 27.0 } else { 16.0 };
        for row in measured.chunks(columns) {
            let rows = row.iter().map(|m| m.rows).max().unwrap_or(1);
            let head = TITLE_ROW + LABEL_ROW * rows as f64 + HEAD_AIR;
            for (column, panel) in row.iter().enumerate() {
                let left = MARGIN + column as f64 * (cell + COLUMN_GAP);
                panels.push(PanelLayout {
                    left,
                    top,
                    width: cell,
                    plot: Frame { x: left + gutter, y: top + head, width: cell - gutter, height: PLOT_HEIGHT },
                    axis: panel.axis.clone(),
                    label: panel.label.clone(),
                    legend: panel.legend.clone(),
                });
            }
            top += head + PLOT_HEIGHT + tick_height + ROW_GAP;
        }
        Self { width, height: (top + FOOT - ROW_GAP).ceil(), margin: MARGIN, header, time, ticks, stacked, panels }
    }
}

/// Panels side by side: as asked, or 4 (3 for up to nine) so that each stays readable.
fn columns(figure: &Figure) -> usize {
    let usual = match figure.panels.len() {
        0 | 1 => 1,
        2 | 4 => 2,
        3 | 5 | 6 | 9 => 3,
        _ => 4,
    };
    figure.columns.unwrap_or(usual).clamp(1, 6)
}

fn measure(panel: &Panel, cell: f64, time: &TimeMap) -> Measured {
    let unit = match panel.unit.trim() {
        "" => "dimensionless",
        unit => unit,
    };
    let words = match panel.quantity.trim() {
        "" => unit.to_owned(),
        quantity => format!("{quantity} ({unit})"),
    };
    let label = crate::text::fit(&words, cell, LABEL_PX, Weight::Regular);
    let (legend, rows) = legend(panel, width(&label, LABEL_PX, Weight::Regular), cell);
    Measured { axis: ValueAxis::of(panel, time.start_h, time.end_h), label, legend, rows }
}

/// Places the legend at the right of the axis label, or below it where there is no room, and
/// says how many rows label and legend take together.
fn legend(panel: &Panel, label_width: f64, cell: f64) -> (Vec<LegendEntry>, usize) {
    let title = one_line(&panel.title);
    // A lone series of the panel's own name needs no entry.
    let repeats = |words: &str| panel.series.len() == 1 && words == title;
    let entries: Vec<_> = panel
        .series
        .iter()
        .enumerate()
        .map(|(series, s)| (series, one_line(&s.label)))
        .filter(|(_, words)| !words.is_empty() && !repeats(words))
        .map(|(series, words)| {
            let room = cell - SAMPLE_PX - SAMPLE_GAP;
            let words = crate::text::fit(&words, room, LABEL_PX, Weight::Regular);
            let size = SAMPLE_PX + SAMPLE_GAP + width(&words, LABEL_PX, Weight::Regular);
            (series, words, size)
        })
        .collect();
    if entries.is_empty() {
        return (Vec::new(), 1);
    }
    let gaps = ENTRY_GAP * (entries.len() - 1) as f64;
    let total: f64 = entries.iter().map(|e| e.2).sum::<f64>() + gaps;
    // A browser's fallback font may be wider than the one measured; leave it some room.
    let beside = label_width * 1.06 + 16.0 + total * 1.04 <= cell;
    let (mut x, mut row) = if beside { (cell - total, 0) } else { (0.0, 1) };
    let mut placed = Vec::with_capacity(entries.len());
    for (series, words, size) in entries {
        if x > 0.0 && x + size > cell + 0.5 {
            (x, row) = (0.0, row + 1);
        }
        placed.push(LegendEntry { series, words, x, row });
        x += size + ENTRY_GAP;
    }
    (placed, row + 1)
}

/// Room at the left of a plot for its tick labels.
fn gutter(panel: &Measured) -> f64 {
    let widest = panel.axis.ticks.iter().map(|(_, label)| width(label, TICK_PX, Weight::Regular)).fold(0.0, f64::max);
    widest + 9.0
}

/// The ticks that fit, ascending: on one line if that keeps them all, else with the unit below
/// the number.
fn placed_ticks(time: &TimeMap) -> (Vec<Tick>, bool) {
    let all = time.ticks();
    let flat = without_collisions(time, &all, |tick| {
        width(&format!("{} {}", tick.amount, tick.unit), TICK_PX, Weight::Regular)
    });
    if flat.len() == all.len() {
        return (flat, false);
    }
    let stacked = without_collisions(time, &all, |tick| {
        let amount = width(&tick.amount, TICK_PX, Weight::Regular);
        amount.max(width(tick.unit, TICK_PX, Weight::Regular))
    });
    (stacked, true)
}

fn without_collisions(time: &TimeMap, ticks: &[Tick], size: impl Fn(&Tick) -> f64) -> Vec<Tick> {
    const AIR: f64 = 4.0;
    let mut by_rank: Vec<_> = ticks.iter().collect();
    by_rank.sort_by_key(|tick| tick.rank);
    let mut kept: Vec<(f64, f64, &Tick)> = Vec::new();
    for tick in by_rank {
        let (x, half) = (time.x(tick.time_h), size(tick) / 2.0);
        if kept.iter().all(|(other, room, _)| (x - other).abs() >= half + room + AIR) {
            kept.push((x, half, tick));
        }
    }
    kept.sort_by(|a, b| a.0.total_cmp(&b.0));
    kept.into_iter().map(|(_, _, tick)| tick.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Series, TimeAxis};

    fn figure(panels: usize, series: usize) -> Figure {
        let panel = Panel {
            title: "Receptor block".into(),
            quantity: "share of receptors blocked".into(),
            unit: "%".into(),
            series: (0..series)
                .map(|k| Series::line(format!("cell type {k}"), vec![0.0, 1.0], vec![0.0, 1.0]))
                .collect(),
            ..Panel::default()
        };
        Figure { panels: vec![panel; panels], time: TimeAxis::log(336.0), ..Figure::default() }
    }

    #[test]
    fn all_two_week_ticks_have_room() {
        let layout = Layout::of(&figure(16, 2), 1600.0);
        assert_eq!(layout.ticks.len(), 9, "{:?}", layout.ticks);
    }

    #[test]
    fn panels_do_not_overlap_and_stay_on_the_sheet() {
        for (panels, series) in [(1, 1), (7, 12), (16, 3), (23, 2)] {
            let layout = Layout::of(&figure(panels, series), 1600.0);
            for (k, a) in layout.panels.iter().enumerate() {
                let bottom = a.plot.y + a.plot.height;
                assert!(a.left + a.width <= layout.width && bottom + 30.0 <= layout.height);
                for b in &layout.panels[k + 1..] {
                    let beside = a.left + a.width <= b.left;
                    assert!(beside || bottom + 16.0 <= b.top, "panels {k} and later overlap");
                }
            }
        }
    }

    #[test]
    fn legend_entries_do_not_overlap() {
        for count in 1..9 {
            let layout = Layout::of(&figure(16, count), 1600.0);
            for panel in &layout.panels {
                for pair in panel.legend.windows(2) {
                    let size = SAMPLE_PX + width(&pair[0].words, LABEL_PX, Weight::Regular);
                    assert!(pair[1].row > pair[0].row || pair[1].x > pair[0].x + size);
                }
            }
        }
    }
}
