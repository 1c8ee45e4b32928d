//! Tab-separated text to observations.

use std::collections::BTreeMap;

use synapta_model::{SourceId, Span};

use super::super::pool::ArmSpec;
use super::super::text::{Texts, known};
use super::{COLUMNS, Comparator, FORMS, Observation, RowForm};

/// Reads the rows of a table; findings go to `texts`.
pub(super) fn read_table(texts: &mut Texts, source: SourceId, text: &str, rows: &mut Vec<Observation>) {
    let mut start = 0;
    let mut header: Option<BTreeMap<&str, usize>> = None;
    for line in text.split_inclusive('\n') {
        let clean = line.trim_end_matches(['\n', '\r']);
        let span = Span::new(source, start, start + clean.len());
        start += line.len();
        if clean.trim().is_empty() || clean.starts_with('#') {
            continue;
        }
        let Some(columns) = &header else {
            let Some(columns) = read_header(texts, clean, span) else { return };
            header = Some(columns);
            continue;
        };
        let cells: Vec<&str> = clean.split('\t').collect();
        if cells.len() != columns.len() {
            let message = format!("{} cells where the header has {}", cells.len(), columns.len());
            texts.tell("table-cells", span, message, "cells are separated by tabs; an empty cell keeps its tab");
            continue;
        }
        let mut row = Row { texts, span, columns, cells };
        rows.extend(row.observation());
    }
    if header.is_none() {
        let message = "the table is empty";
        texts.tell("table-header", Span::new(source, 0, 0), message, format!("its header is: {}", COLUMNS.join(" ")));
    }
}

fn read_header<'a>(texts: &mut Texts, line: &'a str, span: Span) -> Option<BTreeMap<&'a str, usize>> {
    let columns: BTreeMap<&str, usize> = line.split('\t').enumerate().map(|(i, c)| (c.trim(), i)).collect();
    let before = texts.found.len();
    for name in columns.keys().filter(|c| !COLUMNS.contains(*c)) {
        texts.tell("table-header", span, format!("`{name}` is no column"), known(name, COLUMNS.into_iter()));
    }
    for name in COLUMNS.iter().filter(|c| !columns.contains_key(**c)) {
        let help = format!("the header is, separated by tabs: {}", COLUMNS.join(" "));
        texts.tell("table-header", span, format!("the column `{name}` is missing"), help);
    }
    (texts.found.len() == before).then_some(columns)
}

struct Row<'a> {
    texts: &'a mut Texts,
    span: Span,
    columns: &'a BTreeMap<&'a str, usize>,
    cells: Vec<&'a str>,
}

impl<'a> Row<'a> {
    fn cell(&self, column: &str) -> &'a str {
        self.columns.get(column).and_then(|i| self.cells.get(*i)).map_or("", |c| c.trim())
    }

    /// The place of a cell.
    fn place(&self, column: &str) -> Span {
        let Some(i) = self.columns.get(column) else { return self.span };
        let start = self.span.start as usize + self.cells[..*i].iter().map(|c| c.len() + 1).sum::<usize>();
        Span::new(self.span.source, start, start + self.cells[*i].len())
    }

    fn tell(&mut self, code: &'static str, column: &str, message: String, help: impl Into<String>) {
        let place = self.place(column);
        self.texts.tell(code, place, message, help);
    }

    fn number(&mut self, column: &str, empty: Option<f64>) -> Option<f64> {
        let text = self.cell(column);
        if text.is_empty() && empty.is_some() {
            return empty;
        }
        let number = text.parse::<f64>().ok().filter(|v| v.is_finite());
        if number.is_none() {
            self.tell(
                "table-number",
                column,
                format!("`{text}` in `{column}` is not a number"),
                "write it with a point: 12.5",
            );
        }
        number
    }

    fn word<T: Copy>(&mut self, column: &str, all: &[(&'static str, T)]) -> Option<T> {
        let text = self.cell(column);
        let hit = all.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if hit.is_none() {
            let help = known(text, all.iter().map(|(word, _)| *word));
            self.tell("table-word", column, format!("`{text}` is no `{column}`"), help);
        }
        hit
    }

    fn observation(&mut self) -> Option<Observation> {
        if self.cell("id").is_empty() {
            self.tell("table-word", "id", "a row without an id".into(), "give it one of its own");
            return None;
        }
        let form = self.word("form", &FORMS)?;
        let factor = self.word("time_unit", &[("h", 1.0), ("min", 1.0 / 60.0), ("d", 24.0), ("", 1.0)])?;
        let time_h = factor * self.number("time", Some(0.0))?;
        let value = self.number("value", None)?;
        let read = self.word("how", &[("read", true), ("recalled", false)])?;
        let standard_error = self.standard_error()?;
        let comparator = self.comparator();
        if needs_comparator(form) && comparator == Comparator::Nothing {
            let help = "it is `baseline`, `vehicle`, `unchanged`, a subject, or the id of a row";
            self.tell("table-comparator", "comparator", format!("a `{}` to nothing", form.word()), help);
            return None;
        }
        let spread_words = match self.cell("spread_type") {
            "" | "none" => String::new(),
            kind => format!("{kind} {}", self.cell("spread")),
        };
        Some(Observation {
            id: self.cell("id").into(),
            experiment: self.cell("experiment").into(),
            arm: self.arm(time_h),
            comparator,
            observable: self.cell("observable").into(),
            form,
            time_h,
            value,
            unit: self.cell("unit").into(),
            spread_words,
            n: self.count(),
            standard_error,
            read,
            reference: self.cell("reference").into(),
            note: self.cell("note").into(),
            span: self.span,
        })
    }

    fn comparator(&self) -> Comparator {
        match self.cell("comparator") {
            "" | "none" => Comparator::Nothing,
            "baseline" => Comparator::Baseline,
            "vehicle" => Comparator::Vehicle,
            "unchanged" => Comparator::Unchanged,
            // Ids of rows hold capitals or digits at their end; subjects are words in small letters.
            name if name.starts_with(|c: char| c.is_ascii_uppercase()) => Comparator::Row(name.into()),
            name => Comparator::Subject(name.into()),
        }
    }

    fn arm(&self, time_h: f64) -> ArmSpec {
        let parts = |column: &str| -> Vec<String> {
            self.cell(column).split('+').map(str::trim).filter(|p| !p.is_empty()).map(String::from).collect()
        };
        let (set, hypotheses) = parts("set").into_iter().partition(|p| p.contains('='));
        ArmSpec {
            subject: self.cell("subject").into(),
            regimen: self.cell("regimen").into(),
            without: parts("without"),
            hypotheses,
            set,
            end_h: end_of(time_h),
        }
    }

    /// The first number of the column `n`.
    fn count(&self) -> Option<f64> {
        self.cell("n").split(|c: char| !c.is_ascii_digit()).find_map(|p| p.parse().ok()).filter(|n| *n >= 1.0)
    }

    /// Standard error; `Some(None)` where the spread gives none.
    fn standard_error(&mut self) -> Option<Option<f64>> {
        let kinds = [("sd", 's'), ("se", 'e'), ("ci95", 'c'), ("range", 'r'), ("none", 'n'), ("", 'n')];
        let kind = self.word("spread_type", &kinds)?;
        let text = self.cell("spread");
        let ends = || {
            let (low, high) = text.split_once(" to ")?;
            let (low, high) = (low.trim().parse::<f64>().ok()?, high.trim().parse::<f64>().ok()?);
            (low < high).then_some(high - low)
        };
        let size = || text.parse::<f64>().ok().filter(|v| v.is_finite() && *v >= 0.0);
        let given = match kind {
            'n' => return Some(None),
            's' | 'e' => size(),
            _ => ends(),
        };
        let Some(given) = given else {
            let help = "`sd` and `se` are one number, `ci95` and `range` are `LOW to HIGH`";
            self.tell("table-number", "spread", format!("`{text}` is no spread of this type"), help);
            return None;
        };
        Some(
            match kind {
                'e' => Some(given),
                'c' => Some(given / (2.0 * NORMAL_95)),
                // A range stands for two standard errors to either side.
                'r' => Some(given / 4.0),
                _ => self.count().map(|n| given / n.sqrt()),
            }
            .filter(|se| *se > 0.0),
        )
    }
}

/// Half-width of a normal 95 % interval, standard errors.
const NORMAL_95: f64 = 1.959_964;

fn needs_comparator(form: RowForm) -> bool {
    matches!(form, RowForm::Ratio | RowForm::Difference | RowForm::Percent)
}

/// Ends of runs are few, so that rows of one experiment share a run.
fn end_of(time_h: f64) -> f64 {
    let ends = [24.0, 72.0, 168.0, 336.0, 672.0, 1344.0, 2688.0, 5376.0];
    ends.into_iter().find(|end| *end >= time_h).unwrap_or(time_h)
}
