//! A table of subjects: a row each, a column a parameter or initial value.

use std::collections::HashMap;

use synapta_model::{Diagnostic, Id, SourceId, Span};

use super::cells::{Cell, Malformed, Rows};
use crate::output::text_hash;
use crate::setting::Dictionary;

/// Names of a first column that tells who a subject is.
const ID_COLUMNS: [&str; 2] = ["id", "subject"];
/// Findings after which reading stops.
const MOST_FINDINGS: usize = 100;

/// Subjects by name, or by the number of their row.
#[derive(Clone, Debug, PartialEq)]
pub enum SubjectIds {
    /// An id each.
    Named(Vec<String>),
    /// So many rows, numbered from 1.
    Numbered(usize),
}

/// A table of subjects.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectTable {
    /// Who they are.
    pub ids: SubjectIds,
    /// What each column sets, by flat id.
    pub columns: Vec<Id>,
    /// Row by column, in the model's units; NaN where the row leaves the model's own value.
    values: Vec<f64>,
    /// SHA-256 of the text.
    pub sha256: String,
}

impl SubjectTable {
    /// Number of subjects.
    pub fn len(&self) -> usize {
        match &self.ids {
            SubjectIds::Named(ids) => ids.len(),
            SubjectIds::Numbered(n) => *n,
        }
    }

    /// True if there is no subject; tables that were read have at least one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Who a subject is, counted from 0.
    pub fn id(&self, subject: usize) -> String {
        match &self.ids {
            SubjectIds::Named(ids) => ids.get(subject).cloned().unwrap_or_default(),
            SubjectIds::Numbered(_) => (subject + 1).to_string(),
        }
    }

    /// What a subject's row sets.
    pub fn row(&self, subject: usize) -> impl Iterator<Item = (&Id, f64)> {
        let width = self.columns.len();
        let cells = self.values.get(subject * width..(subject + 1) * width).unwrap_or(&[]);
        self.columns.iter().zip(cells.iter().copied()).filter(|(_, v)| !v.is_nan())
    }
}

/// Text from bytes, without a byte order mark.
///
/// # Errors
/// `table-encoding`, with the text as far as it can be shown.
pub fn decode(source: SourceId, bytes: Vec<u8>) -> Result<String, Box<(String, Diagnostic)>> {
    let help = "save the table as UTF-8 text (CSV, comma separated)";
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let found = Diagnostic::error("table-encoding", Span::new(source, 0, 0), "the table is UTF-16 text");
        return Err(Box::new((String::new(), found.with_help(help))));
    }
    let mut text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let at = e.utf8_error().valid_up_to();
            let lossy = String::from_utf8_lossy(e.as_bytes()).into_owned();
            let span = Span::new(source, at, at + '\u{fffd}'.len_utf8());
            let found = Diagnostic::error("table-encoding", span, "this byte is not UTF-8 text");
            return Err(Box::new((lossy, found.with_help(help))));
        }
    };
    if text.starts_with('\u{feff}') {
        text.drain(..3);
    }
    if let Some(at) = text.find('\0') {
        let found = Diagnostic::error("table-encoding", Span::new(source, at, at + 1), "a zero byte is no text");
        return Err(Box::new((text, found.with_help(help))));
    }
    Ok(text)
}

/// Reads a table. The first row names the columns: flat ids or dotted paths as `--set` takes them, each once; a first
/// column `id` or `subject` names the subjects. `source` is the number of the text in the caller's source map. `check`
/// may refuse a value.
///
/// # Errors
/// Findings with their places; reading stops at a hundred. Codes: `unknown-name`, `set-not-settable`, `set-number`,
/// `table-separator`, `table-column`, `table-subject`, `table-malformed`, `table-fields`, `table-empty`, and those of
/// `check`.
pub fn read_subjects(
    source: SourceId,
    text: &str,
    dictionary: &Dictionary,
    check: &dyn Fn(&Id, f64) -> Result<(), Diagnostic>,
) -> Result<SubjectTable, Vec<Diagnostic>> {
    let mut reader = Reader {
        source,
        dictionary,
        check,
        columns: vec![],
        named: false,
        ids: vec![],
        known: HashMap::new(),
        values: vec![],
        rows: 0,
        found: vec![],
    };
    reader.read(text);
    if !reader.found.is_empty() {
        return Err(reader.found);
    }
    let ids = if reader.named { SubjectIds::Named(reader.ids) } else { SubjectIds::Numbered(reader.rows) };
    let sha256 = text_hash(&[("subjects", text)]);
    Ok(SubjectTable { ids, columns: reader.columns, values: reader.values, sha256 })
}

struct Reader<'a> {
    source: SourceId,
    dictionary: &'a Dictionary,
    check: &'a dyn Fn(&Id, f64) -> Result<(), Diagnostic>,
    columns: Vec<Id>,
    /// True if the first column names the subjects.
    named: bool,
    ids: Vec<String>,
    /// Where each id stands.
    known: HashMap<String, Span>,
    values: Vec<f64>,
    rows: usize,
    found: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self, text: &str) {
        let mut rows = Rows::new(text);
        let whole = Span::new(self.source, 0, text.len());
        let Some(header) = self.sound(rows.next()) else {
            if self.found.is_empty() {
                let help = "the first row names parameters or initial values, each further row is a subject";
                self.error("table-empty", whole, "the table is empty", help);
            }
            return;
        };
        self.header(&header);
        if !self.found.is_empty() {
            return;
        }
        while let Some(row) = self.sound(rows.next()) {
            self.subject(&row);
            if self.found.len() >= MOST_FINDINGS {
                return;
            }
        }
        if self.rows == 0 && self.found.is_empty() {
            self.error("table-empty", whole, "the table has no subject", "write a row for each subject");
        }
    }

    /// The cells of a row, after telling what is wrong with it.
    fn sound<'t>(&mut self, row: Option<Result<Vec<Cell<'t>>, Malformed>>) -> Option<Vec<Cell<'t>>> {
        match row? {
            Ok(cells) => Some(cells),
            Err(e) => {
                let help = "close quotation marks, and double those inside a quoted cell";
                self.error("table-malformed", Span::new(self.source, e.start, e.end), e.message, help);
                None
            }
        }
    }

    fn header(&mut self, cells: &[Cell<'_>]) {
        if let [one] = cells
            && one.text.contains([';', '\t', '|'])
        {
            let help = "separate columns by commas, and write decimals with a point";
            return self.error("table-separator", self.span(one), "the columns are not separated by commas", help);
        }
        self.named = cells.first().is_some_and(|c| ID_COLUMNS.iter().any(|n| c.text.eq_ignore_ascii_case(n)));
        let mut places: HashMap<Id, Span> = HashMap::new();
        for cell in &cells[usize::from(self.named)..] {
            let Some(id) = self.column(cell) else { continue };
            if let Some(first) = places.insert(id.clone(), self.span(cell)) {
                let message = format!("the column `{}` stands twice", self.dictionary.names.path(&id));
                let found = Diagnostic::error("table-column", self.span(cell), message);
                self.found.push(found.with_label(first, "first here").with_help("leave one of the two out"));
            }
            self.columns.push(id);
        }
    }

    /// What a column sets. `None` after telling what is wrong.
    fn column(&mut self, cell: &Cell<'_>) -> Option<Id> {
        let (name, span) = (cell.text.as_ref(), self.span(cell));
        if name.is_empty() {
            let help = "name the parameter it sets, or take the column out";
            self.error("table-column", span, "a column has no name", help);
            return None;
        }
        if ID_COLUMNS.iter().any(|n| name.eq_ignore_ascii_case(n)) && self.dictionary.names.exact(name).is_none() {
            let message = format!("the column `{name}` is not the first one");
            self.error("table-column", span, message, "put the column that names the subjects first");
            return None;
        }
        let resolved = self.dictionary.names.resolve(name);
        match resolved.and_then(|id| self.dictionary.convert(&id, 0.0, None)) {
            Ok(setting) => Some(setting.id),
            Err(mut d) => {
                d.span = span;
                if name.parse::<f64>().is_ok() {
                    d.help = Some("the first row names the columns".to_string());
                }
                self.found.push(d);
                None
            }
        }
    }

    fn subject(&mut self, cells: &[Cell<'_>]) {
        let wanted = self.columns.len() + usize::from(self.named);
        if cells.len() != wanted {
            let (first, last) = (&cells[0], &cells[cells.len() - 1]);
            let span = Span::new(self.source, first.start, last.end);
            let message = format!("the row has {} cells, the header {wanted}", cells.len());
            let help = "give each column a cell, empty for the model's own value; write decimals with a point";
            return self.error("table-fields", span, message, help);
        }
        self.rows += 1;
        if self.named {
            self.name(&cells[0]);
        }
        for (i, cell) in cells[usize::from(self.named)..].iter().enumerate() {
            let value = self.value(i, cell);
            self.values.push(value);
        }
    }

    fn name(&mut self, cell: &Cell<'_>) {
        let span = self.span(cell);
        let name = cell.text.to_string();
        if name.is_empty() {
            let help = "give each subject an id, or take the column out: rows are then numbered";
            self.error("table-subject", span, "the subject has no id", help);
        } else if let Some(first) = self.known.insert(name.clone(), span) {
            let found = Diagnostic::error("table-subject", span, format!("the subject `{name}` stands twice"));
            self.found.push(found.with_label(first, "first here").with_help("give each subject an id of its own"));
        }
        self.ids.push(name);
    }

    /// A cell's number; NaN for an empty cell and after telling what is wrong.
    fn value(&mut self, column: usize, cell: &Cell<'_>) -> f64 {
        let text = cell.text.as_ref();
        if text.is_empty() {
            return f64::NAN;
        }
        let path = self.dictionary.names.path(&self.columns[column]).to_string();
        let Ok(value) = text.parse::<f64>() else {
            let help = match text.contains(',') {
                true => "write decimals with a point",
                false => "write a number in the model's unit, or leave the cell empty for the model's own value",
            };
            self.error("set-number", self.span(cell), format!("`{text}` is not a number for `{path}`"), help);
            return f64::NAN;
        };
        if !value.is_finite() {
            let message = format!("`{path}` cannot be {text}");
            let help = "give a finite number, or leave the cell empty for the model's own value";
            self.error("set-number", self.span(cell), message, help);
            return f64::NAN;
        }
        if let Err(mut d) = (self.check)(&self.columns[column], value) {
            d.span = self.span(cell);
            self.found.push(d);
        }
        value
    }

    fn span(&self, cell: &Cell<'_>) -> Span {
        Span::new(self.source, cell.start, cell.end)
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        self.found.push(Diagnostic::error(code, span, message).with_help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::toy_model;

    fn read(text: &str) -> Result<SubjectTable, Vec<Diagnostic>> {
        let dictionary = Dictionary::new(&toy_model());
        let check = |_: &Id, v: f64| match v {
            -1.0 => Err(Diagnostic::error("below-zero", Span::NONE, "below zero")),
            _ => Ok(()),
        };
        read_subjects(SourceId(0), text, &dictionary, &check)
    }

    fn code_and_place(text: &str) -> (&'static str, u32) {
        let found = read(text).unwrap_err();
        assert!(found.iter().all(|d| d.help.is_some() || d.code == "below-zero"), "{found:?}");
        (found[0].code, found[0].span.start)
    }

    #[test]
    fn rows_columns_ids_and_empty_cells() {
        let table = read("id,weight,subject.left.supply\na,80,\n\"b\",,2\n").unwrap();
        assert_eq!(table.ids, SubjectIds::Named(vec!["a".into(), "b".into()]));
        let row = |i: usize| table.row(i).map(|(id, v)| (id.to_string(), v)).collect::<Vec<_>>();
        assert_eq!(row(0), [("subject_weight".to_string(), 80.0)]);
        assert_eq!(row(1), [("subject_left_supply".to_string(), 2.0)]);
        assert_eq!(table.row(2).count(), 0);
        assert_eq!((table.len(), table.id(1)), (2, "b".to_string()));
        let table = read("weight\r\n80\r\n90").unwrap();
        assert_eq!((table.ids.clone(), table.id(1)), (SubjectIds::Numbered(2), "2".to_string()));
    }

    #[test]
    fn smallest_wrong_tables() {
        assert_eq!(code_and_place(""), ("table-empty", 0));
        assert_eq!(code_and_place("weight\n"), ("table-empty", 0));
        assert_eq!(code_and_place("id;weight\n1;2"), ("table-separator", 0));
        assert_eq!(code_and_place("id,wieght\n1,2"), ("unknown-name", 3));
        assert_eq!(code_and_place("70,1\n70,1"), ("unknown-name", 0));
        assert_eq!(code_and_place("weight,level\n1,2"), ("set-not-settable", 7));
        assert_eq!(code_and_place("weight,subject_weight\n1,2"), ("table-column", 7));
        assert_eq!(code_and_place("weight,id\n1,2"), ("table-column", 7));
        assert_eq!(code_and_place("weight,\n1,2"), ("table-column", 7));
        assert_eq!(code_and_place("id,weight\na,1\na,2"), ("table-subject", 14));
        assert_eq!(code_and_place("id,weight\n,1"), ("table-subject", 10));
        assert_eq!(code_and_place("id,weight\na"), ("table-fields", 10));
        assert_eq!(code_and_place("id,weight\na,1,5"), ("table-fields", 10));
        assert_eq!(code_and_place("id,weight\na,heavy"), ("set-number", 12));
        assert_eq!(code_and_place("id,weight\na,inf"), ("set-number", 12));
        assert_eq!(code_and_place("id,weight\na,\"1,5\""), ("set-number", 12));
        assert_eq!(code_and_place("id,weight\na,-1"), ("below-zero", 12));
        assert_eq!(code_and_place("id,weight\n\"a,1"), ("table-malformed", 10));
    }

    #[test]
    fn findings_without_end_are_cut() {
        let text = format!("weight\n{}", "x\n".repeat(1000));
        assert_eq!(read(&text).unwrap_err().len(), MOST_FINDINGS);
    }

    #[test]
    fn encodings() {
        let decoded = |bytes: &[u8]| decode(SourceId(0), bytes.to_vec());
        assert_eq!(decoded(b"\xef\xbb\xbfid").unwrap(), "id");
        assert_eq!(decoded(b"\xff\xfei\0").unwrap_err().1.code, "table-encoding");
        assert_eq!(decoded(b"a\nn\xe9").unwrap_err().1.span.start, 3);
        assert_eq!(decoded(b"i\0d\0").unwrap_err().1.span.start, 1);
    }

    #[test]
    fn hash_is_of_the_text() {
        assert_ne!(read("weight\n80").unwrap().sha256, read("weight\n81").unwrap().sha256);
    }
}
