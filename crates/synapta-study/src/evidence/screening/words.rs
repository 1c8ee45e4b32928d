//! Words in a record: whole words whatever their case, hyphens like spaces; `*` at the end takes any ending.

use super::super::search_export::Record;

/// A word or words to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    open: bool,
}

impl Pattern {
    /// A written pattern; `None` if nothing is left of it or if `*` stands elsewhere than at the end.
    pub fn of(written: &str) -> Option<Pattern> {
        let (text, open) = written.trim().strip_suffix('*').map_or((written, false), |t| (t, true));
        let plain = plain(text);
        let sound = !plain.trim().is_empty() && !text.contains('*');
        sound.then(|| Pattern { text: plain.trim_end().to_string(), open })
    }

    fn found(&self, text: &str) -> bool {
        let ends = |at: usize| text[at + self.text.len()..].starts_with(' ');
        text.match_indices(&self.text).any(|(at, _)| self.open || ends(at))
    }
}

/// Title, abstract and keywords, made ready.
pub(super) struct Searched(String);

impl Searched {
    pub fn of(record: &Record) -> Searched {
        let parts = [record.title.as_str(), &record.summary].into_iter();
        // A word between two parts keeps a pattern from running over their border.
        Searched(parts.chain(record.keywords.iter().map(String::as_str)).map(|p| plain(p) + "| ").collect())
    }

    pub fn any(&self, patterns: &[Pattern]) -> bool {
        patterns.iter().any(|p| p.found(&self.0))
    }
}

/// Small letters and digits, one space before and after each word.
fn plain(text: &str) -> String {
    let mut out = String::from(" ");
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}
