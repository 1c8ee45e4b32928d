//! The drawing of one state: a bouton and a spine with what passes between them, and a stretch of dendrite with its spines.

use crate::palette::{INK, OKABE_ITO};
use crate::route::Point;
use crate::shapes::{bar, disc, ellipse, hair, path};
use crate::svg::{Face, Svg};
use crate::synapse::SynapseState;
use crate::tint::Tint;

const CELL: (&str, &str) = ("#e9eef4", "#5c6b7c");
const BOUTON: (&str, &str) = ("#f6efe0", "#8a7442");
const VESICLE: &str = OKABE_ITO[4];
const AMPA: &str = OKABE_ITO[0];
const NMDA: &str = OKABE_ITO[3];
const BDNF: &str = OKABE_ITO[1];
const TRKB: &str = OKABE_ITO[2];
const SMALL: f64 = 12.0;
/// Drawn at 1 = healthy.
const VESICLES: f64 = 8.0;
const RECEPTORS: f64 = 8.0;
const DOTS: f64 = 10.0;
const SPINES: f64 = 22.0;
/// More than this is not drawn.
const MOST: usize = 60;

fn count(of: f64, value: f64) -> usize {
    if value.is_finite() { ((of * value).round().max(0.0) as usize).min(MOST) } else { 0 }
}

/// Draws a state into a box.
pub(crate) fn scene(svg: &mut Svg, state: &SynapseState, (left, top): Point, (wide, high): Point) {
    bar(svg, (left, top), (wide, high), 8.0, "#fbfcfd", "#d5dae0");
    let cx = left + wide / 2.0;
    bouton(svg, state, cx, top + 8.0);
    spine(svg, state, cx, top + 116.0);
    cleft(svg, state, cx, top + 102.0);
    dendrite(svg, state, (left + 14.0, top + high - 54.0), wide - 28.0);
}

fn bouton(svg: &mut Svg, state: &SynapseState, cx: f64, y: f64) {
    let d = format!(
        "M{:.1} {y:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {y:.1}Z",
        cx - 18.0,
        cx - 18.0,
        y + 22.0,
        cx - 92.0,
        y + 22.0,
        cx - 88.0,
        y + 70.0,
        cx,
        y + 92.0,
        cx + 88.0,
        y + 70.0,
        cx + 92.0,
        y + 22.0,
        cx + 18.0,
        y + 22.0,
        cx + 18.0
    );
    path(svg, &d, BOUTON.0, BOUTON.1, 1.4);
    // Vesicles ready for release stand at the membrane, in two rows.
    let all = count(VESICLES, state.release);
    for k in 0..all {
        let row = k / 8;
        let in_row = (all - 8 * row).min(8);
        let x = cx + 17.0 * ((k % 8) as f64 - (in_row as f64 - 1.0) / 2.0);
        let sag = 8.0 * (1.0 - ((x - cx) / 70.0).powi(2));
        disc(svg, (x, y + 62.0 + sag - 17.0 * row as f64), 7.0, VESICLE, BOUTON.1);
    }
}

fn cleft(svg: &mut Svg, state: &SynapseState, cx: f64, y: f64) {
    for k in 0..count(DOTS, state.bdnf) {
        let (column, row) = (k % 4, k / 4);
        let x = cx + 97.0 + 9.0 * column as f64 + 4.0 * (row % 2) as f64;
        disc(svg, (x, y - 20.0 + 9.0 * row as f64), 3.0, BDNF, BDNF);
    }
}

fn spine(svg: &mut Svg, state: &SynapseState, cx: f64, y: f64) {
    let d = format!(
        "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}\
         C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}Z",
        cx - 20.0,
        y + 118.0,
        cx - 20.0,
        y + 84.0,
        cx - 88.0,
        y + 86.0,
        cx - 88.0,
        y + 36.0,
        cx - 88.0,
        y + 8.0,
        cx - 50.0,
        y + 10.0,
        cx,
        y + 10.0,
        cx + 50.0,
        y + 10.0,
        cx + 88.0,
        y + 8.0,
        cx + 88.0,
        y + 36.0,
        cx + 88.0,
        y + 86.0,
        cx + 20.0,
        y + 84.0,
        cx + 20.0,
        y + 118.0
    );
    path(svg, &d, CELL.0, CELL.1, 1.4);
    receptors(svg, state, cx, y + 10.0);
    trkb(svg, (cx + 88.0, y + 36.0));
    let mtor = (cx - 2.0, y + 56.0);
    ellipse(svg, mtor, (34.0, 15.0), &Tint::Ratio(state.mtor).colour(), INK, None);
    svg.text(mtor.0, mtor.1 + 4.3, Face::ink(SMALL).bold().anchored("middle"), "mTORC1");
    hair(svg, (cx + 79.0, y + 41.0), (cx + 38.0, y + 52.0), INK);
    path(svg, &format!("M{:.1} {:.1}l8.5 -6.6l2 7.6Z", cx + 34.0, y + 53.5), INK, INK, 0.4);
}

fn trkb(svg: &mut Svg, (x, y): Point) {
    bar(svg, (x - 10.0, y - 3.5), (16.0, 7.0), 2.0, TRKB, INK);
    path(svg, &format!("M{:.1} {:.1}l8 -6M{:.1} {:.1}l8 6", x + 6.0, y, x + 6.0, y), "none", TRKB, 3.0);
}

/// AMPA receptors beside three NMDA receptors, through the membrane of the spine's head.
fn receptors(svg: &mut Svg, state: &SynapseState, cx: f64, y: f64) {
    let all = count(RECEPTORS, state.ampa);
    let slots = all + 3;
    let step = (130.0 / slots as f64).min(13.0);
    let middle = slots / 2;
    for k in 0..slots {
        let x = cx + step * (k as f64 - (slots as f64 - 1.0) / 2.0);
        let nmda = k.abs_diff(middle) <= 1;
        let sag = 0.0006 * (x - cx).powi(2) * 1.2;
        bar(svg, (x - 3.4, y - 8.0 + sag), (6.8, 17.0), 2.5, if nmda { NMDA } else { AMPA }, INK);
    }
}

fn dendrite(svg: &mut Svg, state: &SynapseState, (left, y): Point, room: f64) {
    let length = room * (state.dendrite / 1.15).clamp(0.2, 1.0);
    let start = left + (room - length) / 2.0;
    let (thin, mushroom) = (count(SPINES, state.thin), count(SPINES, state.mushroom));
    let all = thin + mushroom;
    // Mushroom spines are strewn evenly among the thin ones.
    let is_mushroom = |k: usize| all > 0 && (k + 1) * mushroom / all > k * mushroom / all;
    let upper = (0..all).filter(|k| k % 4 < 2).count();
    for k in 0..all {
        // Sides take turns by twos, so that both have spines of both classes.
        let above = k % 4 < 2;
        let index = 2 * (k / 4) + k % 2;
        let (of, up) = if above { (upper, -1.0) } else { (all - upper, 1.0) };
        let x = start + 8.0 + (length - 16.0) * (index as f64 + 0.5) / of.max(1) as f64;
        protrusion(svg, (x, y + 6.0 * up), up, is_mushroom(k));
    }
    bar(svg, (start, y - 7.0), (length, 14.0), 7.0, CELL.0, CELL.1);
}

fn protrusion(svg: &mut Svg, (x, y): Point, up: f64, mushroom: bool) {
    let (neck, radius, wide) = if mushroom { (10.0, 7.6, 4.0) } else { (16.0, 3.6, 2.2) };
    let tip = y + up * neck;
    svg.line((x, y), (x, tip), &[("stroke", CELL.1.into()), ("stroke-width", wide.into())]);
    let fill = if mushroom { "#b9c9da" } else { CELL.0 };
    disc(svg, (x, tip + up * radius * 0.6), radius, fill, CELL.1);
}

/// What the symbols mean.
pub(crate) fn key(svg: &mut Svg, (x, top): Point) {
    let mut y = top;
    let mut line = |svg: &mut Svg, words: &str, draw: &dyn Fn(&mut Svg, Point)| {
        draw(svg, (x + 12.0, y));
        svg.text(x + 32.0, y + 4.4, Face::ink(SMALL), words);
        y += 27.0;
    };
    line(svg, "vesicle ready to release", &|s, at| disc(s, at, 7.0, VESICLE, BOUTON.1));
    line(svg, "AMPA receptor", &|s, at| bar(s, (at.0 - 3.4, at.1 - 8.5), (6.8, 17.0), 2.5, AMPA, INK));
    line(svg, "NMDA receptor", &|s, at| bar(s, (at.0 - 3.4, at.1 - 8.5), (6.8, 17.0), 2.5, NMDA, INK));
    line(svg, "BDNF", &|s, at| disc(s, at, 3.0, BDNF, BDNF));
    line(svg, "TrkB", &trkb_at);
    line(svg, "mTORC1 (fill: activity)", &|s, at| ellipse(s, at, (13.0, 7.0), "#ffffff", INK, None));
    line(svg, "thin spine", &|s, at| protrusion(s, (at.0, at.1 + 9.0), -1.0, false));
    line(svg, "mushroom spine", &|s, at| protrusion(s, (at.0, at.1 + 9.0), -1.0, true));
    line(svg, "dendrite (its length)", &|s, at| bar(s, (at.0 - 12.0, at.1 - 5.0), (24.0, 10.0), 5.0, CELL.0, CELL.1));
}

fn trkb_at(svg: &mut Svg, at: Point) {
    trkb(svg, (at.0 + 1.0, at.1));
}
