//! A synapse in several states side by side: what is drawn follows the numbers, and the numbers stand below.

use crate::map_draw::{MARGIN, TWO_COLUMNS_MM, UNITS_PER_MM};
use crate::map_legend::wrap;
use crate::number::significant;
use crate::shapes::{bar, hair};
use crate::svg::{Face, Svg};
use crate::synapse_draw::{key, scene};
use crate::text::{Weight, fit, one_line};
use crate::tint::Tint;

/// A figure of a synapse in several states.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SynapseFigure {
    /// Title.
    pub title: String,
    /// What the states are.
    pub subtitle: String,
    /// The states from left to right; numbers are told against the first.
    pub states: Vec<SynapseState>,
    /// Titles of the rows of numbers.
    pub rows: Vec<String>,
    /// Below the figure.
    pub notes: Vec<String>,
}

/// One state. What is drawn is relative to health, 1 = healthy.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SynapseState {
    /// Its name, kept in the SVG.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Thin spines, as a share of all spines in health.
    pub thin: f64,
    /// Mushroom spines, as a share of all spines in health.
    pub mushroom: f64,
    /// Length of the dendrite.
    pub dendrite: f64,
    /// AMPA receptors on a spine.
    pub ampa: f64,
    /// Free BDNF.
    pub bdnf: f64,
    /// Activity of mTORC1.
    pub mtor: f64,
    /// Release probability.
    pub release: f64,
    /// Numbers of the rows, over the first state's.
    pub ratios: Vec<f64>,
}

const LABEL: f64 = 13.0;
const SMALL: f64 = 12.0;
const TOP: f64 = 52.0;
/// Width of the column of titles.
pub(crate) const SIDE: f64 = 196.0;
/// Height of the drawings.
pub(crate) const SCENE: f64 = 372.0;
const ROW: f64 = 19.0;
/// A bar of this ratio takes the whole room.
const FULL: f64 = 2.0;

/// Draws it as SVG, two columns wide.
pub fn synapse_svg(figure: &SynapseFigure) -> String {
    let page = TWO_COLUMNS_MM * UNITS_PER_MM;
    let notes: Vec<String> = figure.notes.iter().flat_map(|n| wrap(n, page - 2.0 * MARGIN, SMALL)).collect();
    let table = TOP + SCENE + 20.0;
    let below = table + ROW * figure.rows.len() as f64;
    let height = below + 16.5 * notes.len() as f64 + 22.0;
    let names: Vec<String> = figure.states.iter().map(|s| one_line(&s.title)).collect();
    let mut svg = Svg::for_print(
        (page, height),
        TWO_COLUMNS_MM,
        &one_line(&figure.title),
        &format!("A synapse and a dendrite in {} states: {}.", names.len(), names.join(", ")),
    );
    svg.text(MARGIN, 20.0, Face::ink(17.0).bold(), &one_line(&figure.title));
    svg.text(MARGIN, 38.0, Face::mute(LABEL), &fit(&figure.subtitle, page - 2.0 * MARGIN, LABEL, Weight::Regular));
    key(&mut svg, (MARGIN, TOP + 34.0));
    let pitch = (page - MARGIN - SIDE) / figure.states.len().max(1) as f64;
    for (k, state) in figure.states.iter().enumerate() {
        let left = SIDE + pitch * k as f64;
        let title = format!("{}  {}", ["a", "b", "c", "d"].get(k).unwrap_or(&""), one_line(&state.title));
        svg.begin("g", &[("class", "state".into()), ("id", state.name.as_str().into())]);
        svg.text(left + 4.0, TOP + 12.0, Face::ink(14.0).bold(), &fit(&title, pitch - 8.0, 14.0, Weight::Bold));
        scene(&mut svg, state, (left, TOP + 20.0), (pitch - 10.0, SCENE - 26.0));
        numbers(&mut svg, figure, state, (left, table), pitch);
        svg.end();
    }
    for (k, title) in figure.rows.iter().enumerate() {
        let y = table + ROW * k as f64;
        svg.text(MARGIN, y + 13.0, Face::ink(SMALL), &fit(title, SIDE - MARGIN - 6.0, SMALL, Weight::Regular));
        hair(&mut svg, (MARGIN, y + ROW - 1.0), (page - MARGIN, y + ROW - 1.0), "#e4e7eb");
    }
    for (k, line) in notes.iter().enumerate() {
        svg.text(MARGIN, below + 18.0 + 16.5 * k as f64, Face::mute(SMALL), line);
    }
    svg.finish()
}

fn numbers(svg: &mut Svg, figure: &SynapseFigure, state: &SynapseState, (left, top): (f64, f64), pitch: f64) {
    let room = pitch - 76.0;
    for (k, (_, ratio)) in figure.rows.iter().zip(&state.ratios).enumerate() {
        let y = top + ROW * k as f64 + 3.0;
        let wide = if ratio.is_finite() { room * (ratio / FULL).clamp(0.0, 1.0) } else { 0.0 };
        bar(svg, (left + 4.0, y), (wide, 11.0), 1.5, &Tint::Ratio(*ratio).colour(), "#59626d");
        let words = format!("{}{}", significant(*ratio, 3), if *ratio > FULL { " \u{2192}" } else { "" });
        svg.text(left + pitch - 14.0, y + 10.0, Face::ink(SMALL).anchored("end"), &words);
    }
    let one = left + 4.0 + room / FULL;
    hair(svg, (one, top), (one, top + ROW * figure.rows.len() as f64 - 2.0), "#59626d");
}
