//! A network as SVG. Classes let a page recolour it: `box input`, `box state`, `box output`, `arrow raises` and so on.

use std::fmt::Write;

use super::layers::{Layered, Seat, layered};
use super::places::heights;
use super::{EdgeKind, Network, NetworkNode, NodeRole};
use crate::text::{FAMILY, Weight, escape, one_line, width};

/// Width of a box, and from layer to layer, pixels.
const BOX: f64 = 148.0;
const STEP: f64 = 226.0;
/// Margin around everything and room for the key, pixels.
const MARGIN: f64 = 14.0;
const KEY: f64 = 34.0;
/// Size of the words and height of a line, pixels.
const SIZE: f64 = 12.0;
const LINE: f64 = 15.0;
/// Room around the words in a box, pixels.
const PAD: f64 = 7.0;
/// Length of an arrow's head, pixels.
const HEAD: f64 = 8.0;

/// The network as an SVG document.
pub fn network_svg(network: &Network) -> String {
    let layered = layered(network);
    let lines: Vec<Vec<String>> = network.nodes.iter().map(|n| wrapped(&n.label)).collect();
    let height = |node: usize| lines[node].len() as f64 * LINE + 2.0 * PAD;
    let y = heights(&layered, &height);
    let low = network.nodes.iter().enumerate().map(|(i, _)| y[i] + height(i) / 2.0).fold(0.0, f64::max);
    let low = y.iter().copied().fold(low, f64::max);
    let depth = layered.layers.len().max(1) as f64;
    let (w, h) = (2.0 * MARGIN + (depth - 1.0) * STEP + BOX, 2.0 * MARGIN + KEY + low);
    let w = w.max(620.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.0} {h:.0}\" width=\"{w:.0}\" height=\"{h:.0}\" role=\"img\" \
         class=\"network\" font-family=\"{FAMILY}\" font-size=\"{SIZE}\">\n<title>{}</title>\n",
        escape(&one_line(&network.title))
    );
    key(&mut out);
    let _ = writeln!(out, "<g transform=\"translate({MARGIN} {:.1})\">", MARGIN + KEY);
    let x = columns(&layered);
    for (edge, route) in network.edges.iter().zip(&layered.routes) {
        arrow(&mut out, edge.kind, route, &layered, &x, &y);
    }
    for (i, node) in network.nodes.iter().enumerate() {
        boxed(&mut out, node, &lines[i], x[i], y[i], height(i));
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// The left side of each seat.
fn columns(layered: &Layered) -> Vec<f64> {
    let mut x = vec![0.0; layered.seats.len()];
    for (rank, layer) in layered.layers.iter().enumerate() {
        layer.iter().for_each(|seat| x[*seat] = rank as f64 * STEP);
    }
    x
}

/// A label in lines that fit the box; a word too long for one is left whole.
fn wrapped(label: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for word in one_line(label).split(' ') {
        let joined = lines.last().map(|line| format!("{line} {word}"));
        match joined.filter(|j| width(j, SIZE, Weight::Regular) <= BOX - 2.0 * PAD) {
            Some(joined) => {
                lines.pop();
                lines.push(joined);
            }
            None => lines.push(word.to_string()),
        }
    }
    lines
}

fn colours(role: NodeRole) -> (&'static str, &'static str, &'static str) {
    match role {
        NodeRole::Input => ("input", "#ffffff", "#59626d"),
        NodeRole::State => ("state", "#e3eef8", "#0072b2"),
        NodeRole::Output => ("output", "#e0f2ec", "#00694b"),
    }
}

fn boxed(out: &mut String, node: &NetworkNode, lines: &[String], x: f64, y: f64, height: f64) {
    let (class, fill, stroke) = colours(node.role);
    let dash = if node.role == NodeRole::Input { " stroke-dasharray=\"4 3\"" } else { "" };
    let _ = write!(
        out,
        "<g class=\"box {class}\"><title>{}</title><rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{BOX}\" height=\"{height:.1}\" rx=\"5\" \
         fill=\"{fill}\" stroke=\"{stroke}\"{dash}/>",
        escape(&one_line(&node.about)),
        y - height / 2.0
    );
    for (i, line) in lines.iter().enumerate() {
        let base = y - height / 2.0 + PAD + (i as f64 + 0.76) * LINE;
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{base:.1}\" text-anchor=\"middle\" fill=\"#1b1f24\">{}</text>",
            x + BOX / 2.0,
            escape(line)
        );
    }
    out.push_str("</g>\n");
}

fn style(kind: EdgeKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        EdgeKind::Conversion => ("conversion", "#1b1f24", " stroke-width=\"2\""),
        EdgeKind::Raises => ("raises", "#0072b2", " stroke-width=\"1.3\""),
        EdgeKind::Lowers => ("lowers", "#c04000", " stroke-width=\"1.3\""),
        EdgeKind::Either => ("either", "#59626d", " stroke-width=\"1.3\" stroke-dasharray=\"5 3\""),
    }
}

fn arrow(out: &mut String, kind: EdgeKind, route: &[usize], layered: &Layered, x: &[f64], y: &[f64]) {
    let (Some(first), Some(last)) = (route.first(), route.last()) else { return };
    let right = x[*last] > x[*first];
    let sign = if right { 1.0 } else { -1.0 };
    let side = |seat: usize, leaving: bool| match layered.seats[seat] {
        Seat::Node(_) if leaving == right => x[seat] + BOX,
        Seat::Node(_) => x[seat],
        Seat::Bend => x[seat] + BOX / 2.0,
    };
    let mut points = vec![(side(*first, true), y[*first])];
    points.extend(route[1..route.len() - 1].iter().map(|seat| (side(*seat, true), y[*seat])));
    let tip = (side(*last, false), y[*last]);
    points.push((tip.0 - sign * HEAD, tip.1));
    let mut path = format!("M{:.1} {:.1}", points[0].0, points[0].1);
    for step in points.windows(2) {
        let ((ax, ay), (bx, by)) = (step[0], step[1]);
        let reach = (bx - ax) / 2.0;
        let _ = write!(path, "C{:.1} {ay:.1} {:.1} {by:.1} {bx:.1} {by:.1}", ax + reach, bx - reach);
    }
    let (class, colour, width) = style(kind);
    let _ = writeln!(
        out,
        "<g class=\"arrow {class}\"><path d=\"{path}\" fill=\"none\" stroke=\"{colour}\"{width}/>{}</g>",
        head(kind, tip, sign, colour)
    );
}

/// A triangle, a bar, or a circle.
fn head(kind: EdgeKind, (x, y): (f64, f64), sign: f64, colour: &str) -> String {
    let back = x - sign * HEAD;
    match kind {
        EdgeKind::Lowers => {
            let bar = x - sign * 3.0;
            format!(
                "<path d=\"M{back:.1} {y:.1}H{bar:.1}M{bar:.1} {:.1}V{:.1}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                y - 5.0,
                y + 5.0
            )
        }
        EdgeKind::Either => {
            format!("<circle cx=\"{:.1}\" cy=\"{y:.1}\" r=\"3.4\" fill=\"{colour}\"/>", x - sign * 4.0)
        }
        EdgeKind::Conversion | EdgeKind::Raises => {
            format!("<path d=\"M{x:.1} {y:.1}L{back:.1} {:.1}V{:.1}Z\" fill=\"{colour}\"/>", y - 4.0, y + 4.0)
        }
    }
}

/// What the arrows mean.
fn key(out: &mut String) {
    let kinds = [
        (EdgeKind::Conversion, "becomes"),
        (EdgeKind::Raises, "raises"),
        (EdgeKind::Lowers, "lowers"),
        (EdgeKind::Either, "raises or lowers"),
    ];
    let mut x = MARGIN;
    let y = MARGIN + 8.0;
    out.push_str("<g class=\"key\">");
    for (kind, words) in kinds {
        let (class, colour, stroke) = style(kind);
        let end = x + 34.0;
        let _ = write!(
            out,
            "<g class=\"arrow {class}\"><path d=\"M{x:.1} {y:.1}H{:.1}\" fill=\"none\" stroke=\"{colour}\"{stroke}/>{}</g>\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#59626d\">{words}</text>",
            end - HEAD,
            head(kind, (end, y), 1.0, colour),
            end + 6.0,
            y + 4.0
        );
        x = end + 6.0 + width(words, SIZE, Weight::Regular) + 22.0;
    }
    out.push_str("</g>\n");
}
