//! Small help with names people mistype.

use synapta_model::diagnostic::nearest;

/// The candidate nearest to `word`, whatever its case.
pub(crate) fn nearest_of<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Two letters are near to too much: `xy` is not a misspelt `iv`.
    if word.chars().count() < 3 {
        return candidates.into_iter().find(|c| c.eq_ignore_ascii_case(word));
    }
    nearest(word, candidates.into_iter().filter(|c| c.chars().count() > 1))
}

/// `did you mean X? ` or nothing.
pub(crate) fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |n| format!("did you mean `{n}`? "))
}
