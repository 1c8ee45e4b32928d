//! Words in a figure: what may stand in XML, how wide it is, and how it is cut to fit.

use std::sync::OnceLock;

use ttf_parser::Face;

/// Families named in the SVG. The first is linked into the program for PNG; a browser without
/// it takes the next.
pub(crate) const FAMILY: &str = "'Noto Sans', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";

/// Weight of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// Width in pixels of a line of text set in Noto Sans.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let units: u32 = text.chars().map(|c| advance(c, weight)).sum();
    f64::from(units) * size / 1000.0
}

/// Advance of a character in thousandths of the font size.
fn advance(c: char, weight: Weight) -> u32 {
    const UNKNOWN: u32 = 600;
    let Some(face) = face(weight) else {
        return UNKNOWN;
    };
    let Some(advance) = face.glyph_index(c).and_then(|g| face.glyph_hor_advance(g)) else {
        return UNKNOWN;
    };
    u32::from(advance) * 1000 / u32::from(face.units_per_em().max(1))
}

fn face(weight: Weight) -> Option<&'static Face<'static>> {
    static REGULAR: OnceLock<Option<Face<'static>>> = OnceLock::new();
    static BOLD: OnceLock<Option<Face<'static>>> = OnceLock::new();
    let (cell, bytes) = match weight {
        Weight::Regular => (&REGULAR, notosans::REGULAR_TTF),
        Weight::Bold => (&BOLD, notosans::BOLD_TTF),
    };
    cell.get_or_init(|| Face::parse(bytes, 0).ok()).as_ref()
}

/// A text on one line, with the characters that XML forbids replaced, and those that the
/// linked font lacks replaced by ones it has.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{207b}' => line.push('\u{2212}'),
            '\u{2080}'..='\u{2089}' => line.push(char::from(b'0' + (c as u32 - 0x2080) as u8)),
            '\u{2010}' | '\u{2011}' => line.push('-'),
            '\u{fffe}' | '\u{ffff}' => line.push('\u{fffd}'),
            c if c.is_whitespace() || c.is_control() => push_space(&mut line),
            c => line.push(c),
        }
    }
    line.truncate(line.trim_end().len());
    line
}

fn push_space(line: &mut String) {
    if !line.is_empty() && !line.ends_with(' ') {
        line.push(' ');
    }
}

/// A text cut to a width, with an ellipsis where something is left out.
pub(crate) fn fit(text: &str, room: f64, size: f64, weight: Weight) -> String {
    let line = one_line(text);
    if width(&line, size, weight) <= room {
        return line;
    }
    let mut left = room * 1000.0 / size - f64::from(advance('\u{2026}', weight));
    let mut cut = String::new();
    for c in line.chars() {
        left -= f64::from(advance(c, weight));
        if left < 0.0 {
            break;
        }
        cut.push(c);
    }
    cut.truncate(cut.trim_end().len());
    cut.push('\u{2026}');
    cut
}

/// A text as it stands in XML or HTML, between tags or in a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_grows_with_weight_and_size() {
        let thin = width("Glutamate", 12.0, Weight::Regular);
        assert!((45.0..75.0).contains(&thin), "{thin}");
        assert!(width("Glutamate", 12.0, Weight::Bold) > thin);
        assert!((width("Glutamate", 24.0, Weight::Regular) - 2.0 * thin).abs() < 1e-9);
    }

    #[test]
    fn a_long_text_is_cut_to_its_room() {
        let cut = fit(&"long words ".repeat(40), 120.0, 12.0, Weight::Bold);
        assert!(cut.ends_with('\u{2026}') && width(&cut, 12.0, Weight::Bold) <= 120.0);
        assert_eq!(fit("short", 120.0, 12.0, Weight::Bold), "short");
    }

    #[test]
    fn what_xml_forbids_is_replaced() {
        assert_eq!(escape("<a b='\"&\u{0}\u{ffff}'>"), "&lt;a b=&#39;&quot;&amp;\u{fffd}\u{fffd}&#39;&gt;");
        assert_eq!(one_line(" a\n\n b\u{1b}[0m "), "a b [0m");
        assert_eq!(one_line("L\u{207b}¹ H\u{2082}O"), "L\u{2212}¹ H2O");
    }
}
