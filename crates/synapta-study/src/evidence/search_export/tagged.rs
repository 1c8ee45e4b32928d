//! Lines with a tag, `TAG - text`, as PubMed and RIS write them.

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// Nothing but space.
    Blank,
    /// A tag and its text.
    Tag(&'a str, &'a str),
    /// More of the text before.
    More(&'a str),
}

/// A line with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub start: usize,
    pub end: usize,
    pub kind: Kind<'a>,
}

/// The lines of a text whose tags are padded to `width` characters before the hyphen.
pub(super) fn lines(text: &str, width: usize) -> impl Iterator<Item = Line<'_>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |whole| {
        let start = at;
        at += whole.len();
        let line = whole.trim_end();
        Line { start, end: start + line.len(), kind: kind(line, width) }
    })
}

fn kind(line: &str, width: usize) -> Kind<'_> {
    if line.trim().is_empty() {
        return Kind::Blank;
    }
    match tag(line, width) {
        Some((tag, text)) => Kind::Tag(tag, text),
        None => Kind::More(line.trim()),
    }
}

/// `AB  - text`: capitals and digits, spaces up to the width, a hyphen.
fn tag(line: &str, width: usize) -> Option<(&str, &str)> {
    let (head, rest) = (line.get(..width)?, line.get(width..)?);
    let text = rest.strip_prefix('-')?;
    let tag = head.trim_end();
    let letters = tag.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let sound = letters && tag.len() > 1 && (text.is_empty() || text.starts_with(' '));
    sound.then(|| (tag, text.trim()))
}

/// One field: its tag, its whole text, its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub tag: &'a str,
    pub text: String,
    pub start: usize,
    pub end: usize,
}

impl Field<'_> {
    /// Adds a line that goes on.
    pub fn go_on(&mut self, more: &str, end: usize) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(more);
        self.end = end;
    }
}
