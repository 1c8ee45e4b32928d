//! Where something stands in a source text.

use std::fmt;

/// Number of a source text in a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A byte range in one source text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// The text; `SourceId(u32::MAX)` for things no text stands for.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of things that were made, not read.
    pub const NONE: Span = Span { source: SourceId(u32::MAX), start: 0, end: 0 };

    /// A byte range of `source`.
    pub fn new(source: SourceId, start: usize, end: usize) -> Span {
        Span { source, start: start as u32, end: end as u32 }
    }

    /// True for [`Span::NONE`].
    pub fn is_none(&self) -> bool {
        self.source.0 == u32::MAX
    }

    /// This span, or `other` if this is [`Span::NONE`].
    pub fn or(self, other: Span) -> Span {
        if self.is_none() { other } else { self }
    }

    /// The smallest span that covers both; the other one if either is [`Span::NONE`].
    pub fn to(self, other: Span) -> Span {
        if self.is_none() || self.source != other.source && !other.is_none() {
            return if self.is_none() { other } else { self };
        }
        if other.is_none() {
            return self;
        }
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

impl Default for Span {
    fn default() -> Self {
        Span::NONE
    }
}

/// One text with its display name.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path or other name shown to people.
    pub name: String,
    /// The text.
    pub text: String,
}

/// All texts that spans point into.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
}

/// A place for people: 1-based line and column (in characters).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Display name of the text.
    pub name: String,
    /// 1-based line.
    pub line: usize,
    /// 1-based column in characters.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.name, self.line, self.column)
    }
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text and returns its number.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.sources.push(Source { name: name.into(), text: text.into() });
        SourceId(self.sources.len() as u32 - 1)
    }

    /// The text of a number, if it is one of this map's.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    /// Where a span begins, for people. `None` for [`Span::NONE`].
    pub fn place(&self, span: Span) -> Option<Place> {
        let source = self.get(span.source)?;
        let start = (span.start as usize).min(source.text.len());
        let before = source.text.get(..start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Some(Place {
            name: source.name.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_counts_lines_and_characters() {
        let mut map = SourceMap::new();
        let id = map.add("a.ant", "é = 1\nx = y");
        let place = map.place(Span::new(id, 11, 12)).unwrap();
        assert_eq!(place.to_string(), "a.ant:2:5");
    }

    #[test]
    fn joined_span_covers_both() {
        let (a, b) = (Span::new(SourceId(0), 3, 5), Span::new(SourceId(0), 9, 12));
        assert_eq!(a.to(b), Span::new(SourceId(0), 3, 12));
        assert_eq!(Span::NONE.to(b), b);
        assert_eq!(a.to(Span::NONE), a);
    }
}
