//! Text to tokens, with places; comments and continued lines vanish here.

use synapta_model::{Diagnostic, SourceId, Span};

/// What a token is. Words are read from the text by span.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tok {
    Word,
    Number(f64),
    Text(String),
    /// End of line or of text: both end a statement.
    Newline,
    Eof,
    /// A single character with a meaning of its own.
    Char(char),
    /// `->` and `<==>`
    Arrow,
    /// `=>`
    OneWay,
    /// `-|`
    Inhibits,
    /// `-o`
    Activates,
    /// `--`, a strand of DNA
    Dashes,
    /// `...`
    Ellipsis,
    Leq,
    Geq,
    Neq,
    /// Something no statement can contain; already reported.
    Bad,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub tok: Tok,
    pub start: usize,
    pub end: usize,
}

/// All tokens of `text`, the last one [`Tok::Eof`]. Findings go to `diagnostics`.
pub(crate) fn lex(text: &str, source: SourceId, diagnostics: &mut Vec<Diagnostic>) -> Vec<Token> {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, source, diagnostics, tokens: Vec::new() };
    lexer.run();
    lexer.tokens
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    source: SourceId,
    diagnostics: &'a mut Vec<Diagnostic>,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, tok: Tok, length: usize) {
        self.tokens.push(Token { tok, start: self.at, end: self.at + length });
        self.at += length;
    }

    fn error(&mut self, code: &'static str, start: usize, end: usize, message: String, help: &str) {
        let span = Span::new(self.source, start, end);
        self.diagnostics.push(Diagnostic::error(code, span, message).with_help(help));
    }

    fn run(&mut self) {
        while self.at < self.bytes.len() {
            self.step();
        }
        let end = self.bytes.len();
        self.tokens.push(Token { tok: Tok::Newline, start: end, end });
        self.tokens.push(Token { tok: Tok::Eof, start: end, end });
    }

    fn step(&mut self) {
        let c = self.peek(0);
        match c {
            b' ' | b'\t' => self.at += 1,
            b'\r' if self.peek(1) == b'\n' => self.push(Tok::Newline, 2),
            b'\n' | b'\r' => self.push(Tok::Newline, 1),
            b'\\' => self.continuation(),
            b'/' if self.peek(1) == b'/' => self.skip_line(),
            b'#' => self.skip_line(),
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'"' => self.quoted(),
            b'`' => self.ticked(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() => self.number(),
            _ if c.is_ascii_alphabetic() || c == b'_' => self.word(),
            _ => self.symbol(c),
        }
    }

    /// A backslash at the end of a line joins it with the next one.
    fn continuation(&mut self) {
        if !matches!(self.peek(1), b'\r' | b'\n' | b' ') {
            let at = self.at;
            self.error(
                "unknown-character",
                at,
                at + 1,
                "a backslash only ends a line".into(),
                "put `\\` last on the line, or remove it",
            );
            return self.push(Tok::Bad, 1);
        }
        self.at += 1;
        while matches!(self.peek(0), b'\r' | b'\n' | b' ') {
            self.at += 1;
        }
    }

    fn skip_line(&mut self) {
        while self.at < self.bytes.len() && !matches!(self.peek(0), b'\r' | b'\n') {
            self.at += 1;
        }
    }

    fn block_comment(&mut self) {
        let start = self.at;
        match self.text.get(start + 2..).and_then(|rest| rest.find("*/")) {
            Some(length) => self.at = start + 2 + length + 2,
            None => {
                let span = Span::new(self.source, start, start + 2);
                let found = Diagnostic::warning("unterminated-comment", span, "this comment has no end");
                self.diagnostics.push(found.with_help("everything after it is ignored; close it with `*/`"));
                self.at = self.bytes.len();
            }
        }
    }

    /// `"..."` on one line; a backslash keeps the next character.
    fn quoted(&mut self) {
        let start = self.at;
        let mut value = String::new();
        let mut characters = self.text[start + 1..].char_indices();
        while let Some((offset, c)) = characters.next() {
            match c {
                '"' => return self.push(Tok::Text(value), offset + 2),
                '\r' | '\n' => break,
                '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
                _ => value.push(c),
            }
        }
        let end = self.text[start..].find(['\r', '\n']).map_or(self.text.len(), |n| start + n);
        self.error(
            "unterminated-text",
            start,
            end,
            "this text has no closing quote".into(),
            "close it with `\"` on the same line; longer text stands between ``` and ```",
        );
        self.push(Tok::Bad, end - start);
    }

    /// Text between three backticks may run over many lines; two backticks are the empty text.
    fn ticked(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        if let Some(body) = rest.strip_prefix("```") {
            match body.find("```") {
                Some(length) => self.push(Tok::Text(body[..length].to_owned()), length + 6),
                None => {
                    self.error(
                        "unterminated-text",
                        start,
                        start + 3,
                        "this text has no end".into(),
                        "close it with ```",
                    );
                    self.push(Tok::Bad, rest.len());
                }
            }
        } else if rest.starts_with("``") {
            self.push(Tok::Text(String::new()), 2);
        } else {
            self.error(
                "unknown-character",
                start,
                start + 1,
                "a single backtick means nothing".into(),
                "text stands between \" and \", or ``` and ```",
            );
            self.push(Tok::Bad, 1);
        }
    }

    fn digits_from(&self, mut n: usize) -> usize {
        while self.peek(n).is_ascii_digit() {
            n += 1;
        }
        n
    }

    /// The length of the number at `at`, an exponent only with digits.
    fn number_length(&self) -> usize {
        let mut n = self.digits_from(0);
        if self.peek(n) == b'.' && self.peek(n + 1) != b'.' {
            n = self.digits_from(n + 1);
        }
        if matches!(self.peek(n), b'e' | b'E') {
            let sign = usize::from(matches!(self.peek(n + 1), b'+' | b'-'));
            if self.peek(n + 1 + sign).is_ascii_digit() {
                n = self.digits_from(n + 1 + sign);
            }
        }
        n
    }

    fn number(&mut self) {
        let length = self.number_length();
        let (start, end) = (self.at, self.at + length);
        let value: f64 = self.text[start..end].parse().unwrap_or(f64::NAN);
        if !value.is_finite() {
            let written = self.text[start..end].to_owned();
            self.error(
                "number-too-large",
                start,
                end,
                format!("{written} is beyond the largest number"),
                "write `inf` if infinity is meant",
            );
        }
        self.push(Tok::Number(value), length);
    }

    fn word(&mut self) {
        let mut n = 1;
        while self.peek(n).is_ascii_alphanumeric() || self.peek(n) == b'_' {
            n += 1;
        }
        // `SBO:0000176` is one number, 176.
        let is_sbo = self.text[self.at..self.at + n].eq_ignore_ascii_case("sbo") && self.peek(n) == b':';
        if is_sbo && self.peek(n + 1).is_ascii_digit() {
            let end = self.digits_from(n + 1);
            let value = self.text[self.at + n + 1..self.at + end].parse().unwrap_or(f64::NAN);
            return self.push(Tok::Number(value), end);
        }
        self.push(Tok::Word, n);
    }

    fn symbol(&mut self, c: u8) {
        let rest = &self.bytes[self.at..];
        let (tok, length) = match c {
            b'-' if rest.starts_with(b"--") => (Tok::Dashes, rest.iter().take_while(|b| **b == b'-').count()),
            b'-' if rest.starts_with(b"->") => (Tok::Arrow, 2),
            b'-' if rest.starts_with(b"-|") => (Tok::Inhibits, 2),
            b'-' if rest.starts_with(b"-o") && matches!(self.peek(2), b' ' | b';') => (Tok::Activates, 2),
            b'=' if rest.starts_with(b"=>") => (Tok::OneWay, 2),
            b'<' if rest.starts_with(b"<==>") => (Tok::Arrow, 4),
            b'<' if rest.starts_with(b"<=") => (Tok::Leq, 2),
            b'>' if rest.starts_with(b">=") => (Tok::Geq, 2),
            b'!' if rest.starts_with(b"!=") => (Tok::Neq, 2),
            b'.' if rest.starts_with(b"...") => (Tok::Ellipsis, 3),
            b'+' | b'-' | b'*' | b'/' | b'^' | b'%' | b'!' | b'&' | b'|' | b'<' | b'>' | b'=' | b'(' | b')' | b'{'
            | b'}' | b',' | b';' | b':' | b'.' | b'$' | b'\'' => (Tok::Char(char::from(c)), 1),
            _ => return self.unknown_character(),
        };
        self.push(tok, length);
    }

    fn unknown_character(&mut self) {
        let c = self.text[self.at..].chars().next().unwrap_or('\0');
        let at = self.at;
        let message = format!("the character {c:?} cannot stand here");
        self.error(
            "unknown-character",
            at,
            at + c.len_utf8(),
            message,
            "names and formulas are plain ASCII; other characters may stand in comments and in quoted text",
        );
        self.push(Tok::Bad, c.len_utf8());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Tok> {
        let mut found = vec![];
        let tokens = lex(text, SourceId(0), &mut found);
        assert!(found.is_empty(), "{found:?}");
        tokens.into_iter().map(|t| t.tok).collect()
    }

    #[test]
    fn numbers_end_where_they_stop_being_numbers() {
        use Tok::*;
        assert_eq!(kinds("1.5e-3 2e .5"), [Number(1.5e-3), Number(2.0), Word, Number(0.5), Newline, Eof]);
    }

    #[test]
    fn an_activation_needs_space_after_it() {
        use Tok::*;
        assert_eq!(kinds("a -o b"), [Word, Activates, Word, Newline, Eof]);
        assert_eq!(kinds("-o*b"), [Char('-'), Word, Char('*'), Word, Newline, Eof]);
    }

    #[test]
    fn continued_lines_and_comments_vanish() {
        use Tok::*;
        assert_eq!(kinds("a \\\n b // c\n/* d \n */ # e"), [Word, Word, Newline, Newline, Eof]);
    }

    #[test]
    fn every_bad_text_is_reported_once() {
        for text in ["\"abc", "```abc", "é", "a \\ b", "`", "1e999"] {
            let mut found = vec![];
            lex(text, SourceId(0), &mut found);
            let wanted = usize::from(text != "a \\ b");
            assert_eq!(found.len(), wanted, "{text}");
        }
    }
}
