//! Plain tables for a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::number::significant;
use crate::report::SummaryRow;
use crate::terminal::{Charset, sparkline};

/// A column of a table: its heading and how its cells line up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Heading.
    pub head: String,
    /// Alignment of its cells.
    pub align: Align,
}

/// How the cells of a column line up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left.
    #[default]
    Left,
    /// At the right.
    Right,
    /// At the decimal point, numbers at the right.
    Decimal,
}

impl Column {
    /// A column of words.
    pub fn left(head: impl Into<String>) -> Self {
        Self::new(head, Align::Left)
    }

    /// A column aligned at the right.
    pub fn right(head: impl Into<String>) -> Self {
        Self::new(head, Align::Right)
    }

    /// A column of numbers aligned at their decimal points.
    pub fn decimal(head: impl Into<String>) -> Self {
        Self::new(head, Align::Decimal)
    }

    fn new(head: impl Into<String>, align: Align) -> Self {
        Self { head: head.into(), align }
    }
}

/// Lays out rows under their columns: two spaces between columns, a rule under the headings
/// (left out, with the headings, when all are empty), no trailing space, each line ended. Cells
/// beyond the columns are dropped and missing ones are empty. Control characters become `?`, so
/// that no name can command the terminal; with [`Charset::Ascii`] so does all that is not ASCII
/// and has no near equivalent.
pub fn table(columns: &[Column], rows: &[Vec<String>], charset: Charset) -> String {
    let heads: Vec<_> = columns.iter().map(|c| plain(&c.head, charset)).collect();
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| plain(cell, charset)).collect()).collect();
    let laid: Vec<Vec<String>> =
        columns.iter().enumerate().map(|(k, column)| lay(&heads[k], column.align, k, &cells)).collect();

    let mut out = String::new();
    if heads.iter().any(|head| !head.is_empty()) {
        push_line(&mut out, laid.iter().map(|column| column[0].as_str()));
        let rule = if charset == Charset::Ascii { "-" } else { "─" };
        let rules: Vec<_> = laid.iter().map(|column| rule.repeat(column[0].width())).collect();
        push_line(&mut out, rules.iter().map(String::as_str));
    }
    for row in 1..=cells.len() {
        push_line(&mut out, laid.iter().map(|column| column[row].as_str()));
    }
    out
}

/// Heading and cells of one column, padded to one width.
fn lay(head: &str, align: Align, index: usize, rows: &[Vec<String>]) -> Vec<String> {
    let cells = rows.iter().map(|row| row.get(index).map_or("", String::as_str));
    let tail = |cell: &str| cell.find('.').map_or(0, |dot| cell[dot..].width());
    let longest_tail = cells.clone().map(tail).max().unwrap_or(0);
    let cells: Vec<String> = cells
        .map(|cell| match align {
            Align::Decimal => format!("{cell}{}", " ".repeat(longest_tail - tail(cell))),
            _ => cell.to_owned(),
        })
        .collect();
    let room = cells.iter().map(|c| c.width()).max().unwrap_or(0).max(head.width());
    std::iter::once(head)
        .chain(cells.iter().map(String::as_str))
        .map(|cell| {
            let pad = " ".repeat(room - cell.width());
            match align {
                Align::Left => format!("{cell}{pad}"),
                _ => format!("{pad}{cell}"),
            }
        })
        .collect()
}

fn push_line<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    let line = cells.collect::<Vec<_>>().join("  ");
    out.push_str(line.trim_end());
    out.push('\n');
}

/// A text on one line that a terminal may be shown.
fn plain(text: &str, charset: Charset) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c if c.is_control() || c.width().is_none() || reorders(c) => out.push('?'),
            c if c.is_ascii() || charset == Charset::Unicode => out.push(c),
            c => out.push_str(ascii(c)),
        }
    }
    out
}

/// Whether a character turns the direction of the text after it.
fn reorders(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

fn ascii(c: char) -> &'static str {
    match c {
        'µ' | 'μ' => "u",
        '−' | '–' | '—' => "-",
        '×' => "x",
        '·' => "*",
        '→' => "->",
        '≥' => ">=",
        '≤' => "<=",
        '±' => "+-",
        '²' => "2",
        '³' => "3",
        'α' => "alpha",
        'β' => "beta",
        'Δ' => "delta",
        '…' => "...",
        '‘' | '’' => "'",
        '“' | '”' => "\"",
        _ => "?",
    }
}

/// The main results as a table with a sparkline of `spark` characters each; 0 leaves the
/// sparklines out.
pub fn summary_table(rows: &[SummaryRow], spark: usize, charset: Charset) -> String {
    let columns = [
        Column::left("result"),
        Column::decimal("value"),
        Column::left("unit"),
        Column::left(if spark > 0 { "course" } else { "" }),
        Column::left("note"),
    ];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.name.clone(),
                significant(row.value, 3),
                row.unit.clone(),
                sparkline(&row.trend, spark, charset),
                row.note.clone(),
            ]
        })
        .collect();
    table(&columns, &cells, charset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_line_up_and_lines_have_no_trailing_space() {
        let columns = [Column::left("name"), Column::decimal("value"), Column::left("unit")];
        let rows = [("a", "1.25", "h"), ("longer", "166", "µg/L"), ("c", "-0.5", "")]
            .map(|(a, b, c)| vec![a.to_owned(), b.to_owned(), c.to_owned()]);
        let expected = "\
name     value  unit
------  ------  ----
a         1.25  h
longer  166     ug/L
c        -0.5
";
        assert_eq!(table(&columns, &rows, Charset::Ascii), expected);
    }

    #[test]
    fn wide_characters_keep_the_columns() {
        let columns = [Column::left("x"), Column::left("y")];
        let rows = [vec!["日本".to_owned(), "1".to_owned()], vec!["abcd".to_owned(), "2".to_owned()]];
        let text = table(&columns, &rows, Charset::Unicode);
        assert!(text.contains("日本  1") && text.contains("abcd  2"), "{text}");
    }

    #[test]
    fn no_name_can_command_the_terminal() {
        let rows = [vec!["\u{1b}]0;owned\u{7}\u{202e}x\r\ny".to_owned()]];
        for charset in [Charset::Unicode, Charset::Ascii] {
            let text = table(&[Column::left("")], &rows, charset);
            assert!(!text.trim_end().chars().any(|c| c.is_control() || reorders(c)), "{text:?}");
        }
    }

    #[test]
    fn ragged_rows_are_laid_out() {
        let columns = [Column::right("a"), Column::decimal("b")];
        let rows = [vec![], vec!["1".to_owned(), "2.5".to_owned(), "lost".to_owned()]];
        assert_eq!(table(&columns, &rows, Charset::Ascii).lines().count(), 4);
    }

    #[test]
    fn ascii_leaves_nothing_else() {
        let row = SummaryRow {
            name: "Größe ×".into(),
            value: f64::NAN,
            unit: "µg·L⁻¹".into(),
            trend: vec![1.0, 2.0],
            ..SummaryRow::default()
        };
        assert!(summary_table(&[row], 12, Charset::Ascii).is_ascii());
    }
}
