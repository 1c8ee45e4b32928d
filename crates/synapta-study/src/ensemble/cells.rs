//! Rows of comma-separated cells (RFC 4180), each with its place in the text.

use std::borrow::Cow;

/// A cell without the spaces around it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cell<'a> {
    pub text: Cow<'a, str>,
    /// Byte range, quotes included.
    pub start: usize,
    pub end: usize,
}

/// What is wrong with a row, and where.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Malformed {
    pub message: &'static str,
    pub start: usize,
    pub end: usize,
}

/// Reads row after row. Lines end with LF, CRLF or CR; empty lines are passed over.
pub(crate) struct Rows<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Rows<'a> {
    pub fn new(text: &'a str) -> Rows<'a> {
        Rows { text, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
    }

    /// A cell and true if another one follows in the row.
    fn cell(&mut self) -> Result<(Cell<'a>, bool), Malformed> {
        self.skip(is_space);
        let cell = if self.peek() == Some(b'"') { self.quoted()? } else { self.plain() };
        let more = self.peek() == Some(b',');
        if more {
            self.at += 1;
        }
        Ok((cell, more))
    }

    fn plain(&mut self) -> Cell<'a> {
        let start = self.at;
        self.skip(|c| !ends_cell(c));
        let text = self.text.get(start..self.at).unwrap_or("").trim_end();
        Cell { text: Cow::Borrowed(text), start, end: start + text.len() }
    }

    fn quoted(&mut self) -> Result<Cell<'a>, Malformed> {
        let start = self.at;
        let mut text = String::new();
        loop {
            self.at += 1;
            let from = self.at;
            self.skip(|c| c != b'"');
            text.push_str(self.text.get(from..self.at).unwrap_or(""));
            if self.peek().is_none() {
                return Err(Malformed { message: "the quotation mark is never closed", start, end: start + 1 });
            }
            self.at += 1;
            match self.peek() {
                Some(b'"') => text.push('"'),
                _ => break,
            }
        }
        let end = self.at;
        self.skip(is_space);
        if self.peek().is_some_and(|c| !ends_cell(c)) {
            return Err(Malformed { message: "text stands after the closing quotation mark", start, end: self.at + 1 });
        }
        Ok(Cell { text: Cow::Owned(text.trim().to_string()), start, end })
    }

    fn end_line(&mut self) {
        if self.peek() == Some(b'\r') {
            self.at += 1;
        }
        if self.peek() == Some(b'\n') {
            self.at += 1;
        }
    }

    fn row(&mut self) -> Result<Vec<Cell<'a>>, Malformed> {
        let mut cells = vec![];
        loop {
            let (cell, more) = self.cell()?;
            cells.push(cell);
            if !more {
                self.end_line();
                return Ok(cells);
            }
        }
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Vec<Cell<'a>>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.text.len() {
            match self.row() {
                Ok(cells) if cells.len() == 1 && cells[0].start == cells[0].end => {}
                Ok(cells) => return Some(Ok(cells)),
                Err(e) => {
                    self.at = self.text.len();
                    return Some(Err(e));
                }
            }
        }
        None
    }
}

fn is_space(c: u8) -> bool {
    c == b' ' || c == b'\t'
}

fn ends_cell(c: u8) -> bool {
    matches!(c, b',' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<Vec<String>> {
        Rows::new(text).map(|r| r.unwrap().into_iter().map(|c| c.text.into_owned()).collect()).collect()
    }

    #[test]
    fn line_ends_quotes_spaces_and_empty_lines() {
        assert_eq!(texts("a,b\r\n1, 2 \n\n3,\r4,5"), [["a", "b"], ["1", "2"], ["3", ""], ["4", "5"]]);
        assert_eq!(texts("\"x,\"\"y\"\"\" ,\"\"\n"), [["x,\"y\"", ""]]);
        assert_eq!(texts(""), Vec::<Vec<String>>::new());
    }

    #[test]
    fn places_are_of_the_text_without_spaces() {
        let row = Rows::new("é, bc ,\"d\"").next().unwrap().unwrap();
        let places: Vec<(usize, usize)> = row.iter().map(|c| (c.start, c.end)).collect();
        assert_eq!(places, [(0, 2), (4, 6), (8, 11)]);
    }

    #[test]
    fn open_quotes_and_text_after_quotes_are_malformed() {
        let error = |text: &str| Rows::new(text).find_map(Result::err).unwrap();
        assert_eq!(error("a,\"b\nc").start, 2);
        assert_eq!(error("\"a\"b,c").start, 0);
    }

    proptest! {
        #[test]
        fn any_text_ends_and_every_place_lies_in_it(text in ".{0,60}|[,\"\r\na ]{0,60}") {
            for row in Rows::new(&text).flatten() {
                for cell in row {
                    prop_assert!(text.get(cell.start..cell.end).is_some());
                }
            }
        }

        #[test]
        fn quoted_cells_read_back(cells in prop::collection::vec("[a-z,\"\n]{1,8}", 1..5)) {
            let quoted: Vec<String> = cells.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
            let wanted: Vec<String> = cells.iter().map(|c| c.trim().to_string()).collect();
            prop_assert_eq!(texts(&quoted.join(",")), vec![wanted]);
        }
    }
}
