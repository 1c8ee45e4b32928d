//! A small SVG writer.

use std::fmt::Write;

use crate::palette::INK;
use crate::text::{FAMILY, Weight, escape};

/// The value of an attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    /// A coordinate or length, written with two decimals at most.
    Number(f64),
    /// Words, escaped on writing.
    Text(&'a str),
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Value::Number(number)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(text)
    }
}

/// An attribute: name and value.
pub(crate) type Attribute<'a> = (&'a str, Value<'a>);

/// An SVG document while it is written.
#[derive(Debug, Default)]
pub(crate) struct Svg {
    out: String,
    open: Vec<&'static str>,
}

/// How a line of text is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Face<'a> {
    pub size: f64,
    pub weight: Weight,
    pub anchor: &'a str,
    /// Class and colour together: `ink` or `mute`.
    pub tone: Tone,
}

/// Tone of a text; the class lets a page recolour it for a dark background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Ink,
    Mute,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Ink => "ink",
            Tone::Mute => "mute",
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Tone::Ink => INK,
            Tone::Mute => "#59626d",
        }
    }
}

impl<'a> Face<'a> {
    /// Regular text in the muted tone, starting at its position.
    pub fn mute(size: f64) -> Self {
        Self { size, weight: Weight::Regular, anchor: "start", tone: Tone::Mute }
    }

    /// Regular text in the main tone.
    pub fn ink(size: f64) -> Self {
        Self { tone: Tone::Ink, ..Self::mute(size) }
    }

    /// The same in bold.
    pub fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }

    /// The same anchored at its `middle` or `end`.
    pub fn anchored(self, anchor: &'a str) -> Self {
        Self { anchor, ..self }
    }
}

impl Svg {
    /// Begins a document of a size in pixels, with a title and description for screen readers.
    pub fn document(width: f64, height: f64, title: &str, description: &str) -> Self {
        let mut svg = Self::default();
        let view = format!("0 0 {} {}", number(width), number(height));
        svg.begin(
            "svg",
            &[
                ("xmlns", "http://www.w3.org/2000/svg".into()),
                ("viewBox", view.as_str().into()),
                ("width", width.into()),
                ("height", height.into()),
                ("role", "img".into()),
                ("font-family", FAMILY.into()),
            ],
        );
        svg.words("title", title);
        svg.words("desc", description);
        svg
    }

    /// Begins a document for print: a view of units, and a width in millimetres.
    pub fn for_print(view: (f64, f64), width_mm: f64, title: &str, description: &str) -> Self {
        let mut svg = Self::default();
        let shape = format!("0 0 {} {}", number(view.0), number(view.1));
        let wide = format!("{}mm", number(width_mm));
        let high = format!("{}mm", number(width_mm * view.1 / view.0));
        svg.begin(
            "svg",
            &[
                ("xmlns", "http://www.w3.org/2000/svg".into()),
                ("viewBox", shape.as_str().into()),
                ("width", (&wide).into()),
                ("height", (&high).into()),
                ("role", "img".into()),
                ("font-family", FAMILY.into()),
            ],
        );
        svg.words("title", title);
        svg.words("desc", description);
        svg.shape("rect", &[("width", view.0.into()), ("height", view.1.into()), ("fill", "#ffffff".into())]);
        svg
    }

    /// Begins an element; [`Svg::end`] ends it.
    pub fn begin(&mut self, tag: &'static str, attributes: &[Attribute]) {
        self.start(tag, attributes);
        self.out.push('>');
        self.open.push(tag);
    }

    /// Ends the element begun last.
    pub fn end(&mut self) {
        if let Some(tag) = self.open.pop() {
            let _ = writeln!(self.out, "</{tag}>");
        }
    }

    /// Writes an element without content.
    pub fn shape(&mut self, tag: &'static str, attributes: &[Attribute]) {
        self.start(tag, attributes);
        self.out.push_str("/>\n");
    }

    /// Writes an element that holds only words.
    pub fn words(&mut self, tag: &'static str, words: &str) {
        let _ = writeln!(self.out, "<{tag}>{}</{tag}>", escape(words));
    }

    /// Writes a line of text.
    pub fn text(&mut self, x: f64, y: f64, face: Face, words: &str) {
        let mut attributes: Vec<Attribute> = vec![
            ("class", face.tone.class().into()),
            ("x", x.into()),
            ("y", y.into()),
            ("font-size", face.size.into()),
            ("fill", face.tone.colour().into()),
        ];
        if face.weight == Weight::Bold {
            attributes.push(("font-weight", "700".into()));
        }
        if face.anchor != "start" {
            attributes.push(("text-anchor", face.anchor.into()));
        }
        self.start("text", &attributes);
        let _ = writeln!(self.out, ">{}</text>", escape(words));
    }

    /// Writes a straight line of a class and colour.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), style: &[Attribute]) {
        let mut attributes: Vec<Attribute> =
            vec![("x1", from.0.into()), ("y1", from.1.into()), ("x2", to.0.into()), ("y2", to.1.into())];
        attributes.extend_from_slice(style);
        self.shape("line", &attributes);
    }

    /// The document, every element ended.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.out
    }

    fn start(&mut self, tag: &str, attributes: &[Attribute]) {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attributes {
            let _ = match value {
                Value::Number(v) => write!(self.out, " {name}=\"{}\"", number(*v)),
                Value::Text(text) => write!(self.out, " {name}=\"{}\"", escape(text)),
            };
        }
    }
}

/// A coordinate with two decimals at most; one that is not finite is 0.
fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    format!("{}", (value * 100.0).round() / 100.0 + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_open_is_ended_and_words_are_escaped() {
        let mut svg = Svg::document(10.0, f64::NAN, "a<b", "\"&\"");
        svg.begin("g", &[("class", "<x>".into())]);
        svg.text(1.234567, 2.0, Face::ink(9.0).bold(), "</text><script>");
        let text = svg.finish();
        let document = roxmltree::Document::parse(&text).expect("well-formed");
        let words: Vec<_> = document.descendants().filter_map(|n| n.text()).collect();
        assert!(words.contains(&"</text><script>"), "{words:?}");
        assert!(text.contains("x=\"1.23\""));
    }
}
