//! What stands below the cascade map: fills, arrows, the curve, the key of numbers, notes.

use crate::cascade_map::CascadeMap;
use crate::map_draw::{LOWERS, MARGIN, RAISES, disc, head};
use crate::number::time_label;
use crate::svg::{Attribute, Face, Svg};
use crate::text::{Weight, one_line, width};
use crate::tint::Tint;

const LINE: f64 = 16.5;
const SAMPLES: f64 = 30.0;
/// Text of the key and the notes.
const SMALL: f64 = 12.0;

/// The height of everything below the map.
pub(crate) fn legend_height(map: &CascadeMap, page: f64) -> f64 {
    let notes = wrapped(map, page).len() as f64;
    SAMPLES + LINE * (key_places(&map.key, page).1 + notes) + 14.0
}

/// Draws it from `top` on.
pub(crate) fn legend(svg: &mut Svg, map: &CascadeMap, top: f64, page: f64) {
    samples(svg, map, top + 8.0);
    let (places, lines) = key_places(&map.key, page);
    for (k, ((x, line), name)) in places.iter().zip(&map.key).enumerate() {
        let y = top + SAMPLES + LINE * line;
        disc(svg, (x + 7.0, y), k + 1, false);
        svg.text(x + 18.0, y + 4.2, Face::ink(SMALL), &one_line(name));
    }
    let below = top + SAMPLES + LINE * lines;
    for (k, line) in wrapped(map, page).iter().enumerate() {
        svg.text(MARGIN, below + 6.0 + LINE * k as f64, Face::mute(SMALL), line);
    }
}

fn samples(svg: &mut Svg, map: &CascadeMap, y: f64) {
    let mut x = MARGIN;
    x = ramp(svg, x, y, ("\u{2264} 0.5", "\u{2265} 2 x before"), &|s| Tint::Ratio((2.0 * s - 1.0).exp2()));
    x = ramp(svg, x, y, ("0", "largest of the run"), &Tint::Share);
    for (raises, colour, words) in [(true, RAISES, "raises"), (false, LOWERS, "lowers")] {
        let line: [Attribute; 2] = [("stroke", colour.into()), ("stroke-width", 1.3.into())];
        svg.line((x, y), (x + 18.0, y), &line);
        head(svg, (x + 24.0, y), (1.0, 0.0), raises, colour);
        svg.text(x + 31.0, y + 4.5, Face::ink(SMALL), words);
        x += 38.0 + width(words, SMALL, Weight::Regular) + 12.0;
    }
    let end = map.nodes.iter().filter_map(|n| n.course.last()).map(|p| p.0).fold(0.0, f64::max);
    let words = format!(
        "curve: 0 to {}, logarithmic after the first half hour; dot: {}; thin line: before",
        time_label(end),
        time_label(map.hour)
    );
    svg.text(x, y + 4.5, Face::mute(SMALL), &words);
}

/// A ramp of fills between two words; gives where it ends.
fn ramp(svg: &mut Svg, x: f64, y: f64, ends: (&str, &str), tint: &dyn Fn(f64) -> Tint) -> f64 {
    const STEPS: usize = 9;
    const STEP: f64 = 9.0;
    svg.text(x, y + 4.5, Face::ink(SMALL), ends.0);
    let start = x + width(ends.0, SMALL, Weight::Regular) + 5.0;
    for k in 0..STEPS {
        let fill = tint(k as f64 / (STEPS - 1) as f64).colour();
        svg.shape(
            "rect",
            &[
                ("x", (start + STEP * k as f64).into()),
                ("y", (y - 6.0).into()),
                ("width", STEP.into()),
                ("height", 12.0.into()),
                ("fill", (&fill).into()),
                ("stroke", "#8d97a3".into()),
                ("stroke-width", 0.4.into()),
            ],
        );
    }
    let after = start + STEP * STEPS as f64 + 5.0;
    svg.text(after, y + 4.5, Face::ink(SMALL), ends.1);
    after + width(ends.1, SMALL, Weight::Regular) + 16.0
}

/// Where each entry of the key stands, and how many lines there are.
fn key_places(key: &[String], page: f64) -> (Vec<(f64, f64)>, f64) {
    let (mut x, mut line) = (MARGIN, 0.0);
    let mut places = vec![];
    for name in key {
        let wide = 18.0 + width(&one_line(name), SMALL, Weight::Regular) + 12.0;
        if x + wide > page - MARGIN && x > MARGIN {
            (x, line) = (MARGIN, line + 1.0);
        }
        places.push((x, line));
        x += wide;
    }
    (places, if key.is_empty() { 0.0 } else { line + 1.0 })
}

fn wrapped(map: &CascadeMap, page: f64) -> Vec<String> {
    map.notes.iter().flat_map(|note| wrap(note, page - 2.0 * MARGIN, SMALL)).collect()
}

/// A text in lines no wider than `room`.
pub(crate) fn wrap(text: &str, room: f64, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for word in one_line(text).split(' ').filter(|w| !w.is_empty()) {
        let longer = lines.last().map(|l| format!("{l} {word}"));
        match (lines.last_mut(), longer) {
            (Some(line), Some(longer)) if width(&longer, size, Weight::Regular) <= room => *line = longer,
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_wider_than_their_room_and_no_word_is_lost() {
        let text = "alpha beta gamma delta epsilon zeta eta theta";
        let lines = wrap(text, 120.0, 12.0);
        assert!(lines.len() > 1 && lines.iter().all(|l| width(l, 12.0, Weight::Regular) <= 120.0));
        assert_eq!(lines.join(" "), text);
    }
}
