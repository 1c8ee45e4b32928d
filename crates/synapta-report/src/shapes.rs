//! Small shapes that the figures of receptor and synapse share.

use crate::palette::INK;
use crate::route::Point;
use crate::svg::{Attribute, Svg};

/// A filled shape with an outline.
pub(crate) fn path(svg: &mut Svg, d: &str, fill: &str, stroke: &str, wide: f64) {
    svg.shape(
        "path",
        &[
            ("d", d.into()),
            ("fill", fill.into()),
            ("stroke", stroke.into()),
            ("stroke-width", wide.into()),
            ("stroke-linejoin", "round".into()),
        ],
    );
}

/// A disc with an outline.
pub(crate) fn disc(svg: &mut Svg, at: Point, radius: f64, fill: &str, stroke: &str) {
    svg.shape(
        "circle",
        &[
            ("cx", at.0.into()),
            ("cy", at.1.into()),
            ("r", radius.into()),
            ("fill", fill.into()),
            ("stroke", stroke.into()),
            ("stroke-width", 1.0.into()),
        ],
    );
}

/// An ellipse with an outline.
pub(crate) fn ellipse(svg: &mut Svg, at: Point, half: Point, fill: &str, stroke: &str, dash: Option<&str>) {
    let mut attributes: Vec<Attribute> = vec![
        ("cx", at.0.into()),
        ("cy", at.1.into()),
        ("rx", half.0.into()),
        ("ry", half.1.into()),
        ("fill", fill.into()),
        ("stroke", stroke.into()),
        ("stroke-width", 1.2.into()),
    ];
    if let Some(dash) = dash {
        attributes.push(("stroke-dasharray", dash.into()));
    }
    svg.shape("ellipse", &attributes);
}

/// A rectangle with rounded corners.
pub(crate) fn bar(svg: &mut Svg, at: Point, size: Point, round: f64, fill: &str, stroke: &str) {
    svg.shape(
        "rect",
        &[
            ("x", at.0.into()),
            ("y", at.1.into()),
            ("width", size.0.max(0.0).into()),
            ("height", size.1.into()),
            ("rx", round.into()),
            ("fill", fill.into()),
            ("stroke", stroke.into()),
            ("stroke-width", 0.8.into()),
        ],
    );
}

/// A disc of which a share is filled, clockwise from the top.
pub(crate) fn pie(svg: &mut Svg, at: Point, radius: f64, share: f64, fill: &str) {
    disc(svg, at, radius, "#ffffff", INK);
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    if share > 0.999 {
        disc(svg, at, radius, fill, INK);
        return;
    }
    if share > 0.0 {
        let angle = std::f64::consts::TAU * share;
        let tip = (at.0 + radius * angle.sin(), at.1 - radius * angle.cos());
        let large = u8::from(share > 0.5);
        let d = format!(
            "M{:.2} {:.2}L{:.2} {:.2}A{radius} {radius} 0 {large} 1 {:.2} {:.2}Z",
            at.0,
            at.1,
            at.0,
            at.1 - radius,
            tip.0,
            tip.1
        );
        path(svg, &d, fill, INK, 1.0);
    }
}

/// A thin line.
pub(crate) fn hair(svg: &mut Svg, from: Point, to: Point, stroke: &str) {
    svg.line(from, to, &[("stroke", stroke.into()), ("stroke-width", 0.9.into())]);
}

/// A share as percent: whole numbers from ten on, one decimal below, and what is nearly all as such.
pub(crate) fn percent(share: f64) -> String {
    let p = 100.0 * share;
    match p {
        p if !p.is_finite() => "-".to_owned(),
        p if p.abs() < 0.05 => "0 %".to_owned(),
        p if p.abs() >= 9.95 && p < 99.5 => format!("{p:.0} %"),
        p => format!("{p:.1} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_in_words() {
        let words: Vec<String> = [0.0, 0.0074, 0.12, 0.997, 1.0, f64::NAN].map(percent).to_vec();
        assert_eq!(words, ["0 %", "0.7 %", "12 %", "99.7 %", "100.0 %", "-"]);
    }
}
