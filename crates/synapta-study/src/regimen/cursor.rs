//! Tokens of a regimen line, read on demand. Drug names may hold anything, so there is no token list made ahead.

use synapta_model::{SourceId, Span};

/// What stands at the cursor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Number(f64),
    /// Letters, then letters, digits, `-`, `_` and inner dots.
    Word(&'a str),
    Comma,
    Slash,
    Other(char),
    End,
}

/// A token with its byte range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lexeme<'a> {
    pub token: Token<'a>,
    pub start: usize,
    pub end: usize,
}

/// A place in a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    pos: usize,
    source: SourceId,
}

impl<'a> Cursor<'a> {
    pub fn new(source: SourceId, text: &'a str) -> Cursor<'a> {
        Cursor { text, pos: 0, source }
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.pos
    }

    /// The text from the next token on.
    pub fn rest(&self) -> &'a str {
        self.text[self.pos..].trim_start()
    }

    pub fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    /// The next token, which stays.
    pub fn peek(&self) -> Lexeme<'a> {
        let start = self.text.len() - self.rest().len();
        let (token, length) = lex(&self.text[start..]);
        Lexeme { token, start, end: start + length }
    }

    /// The token after the next.
    pub fn peek_second(&self) -> Lexeme<'a> {
        let mut ahead = *self;
        ahead.next();
        ahead.peek()
    }

    /// Takes the next token.
    pub fn next(&mut self) -> Lexeme<'a> {
        let lexeme = self.peek();
        self.pos = lexeme.end;
        lexeme
    }

    /// Takes `length` bytes of [`Self::rest`]; the caller has found that they end at a character.
    pub fn take(&mut self, length: usize) -> (usize, usize) {
        let start = self.text.len() - self.rest().len();
        self.pos = start + length;
        (start, self.pos)
    }

    /// Takes the next token if it is this word, whatever its case.
    pub fn take_word(&mut self, word: &str) -> bool {
        let fits = matches!(self.peek().token, Token::Word(w) if w.eq_ignore_ascii_case(word));
        if fits {
            self.next();
        }
        fits
    }
}

/// The first token of `text` (which begins with no space) and its length in bytes.
fn lex(text: &str) -> (Token<'_>, usize) {
    let Some(first) = text.chars().next() else {
        return (Token::End, 0);
    };
    if let Some(found) = number(text) {
        return found;
    }
    match first {
        ',' | ';' => (Token::Comma, 1),
        '/' => (Token::Slash, 1),
        '×' | '*' => (Token::Word("x"), first.len_utf8()),
        c if c.is_alphabetic() => word(text),
        c => (Token::Other(c), c.len_utf8()),
    }
}

fn word(text: &str) -> (Token<'_>, usize) {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let length = text.find(|c| !inner(c)).unwrap_or(text.len());
    let length = text[..length].trim_end_matches(['-', '_']).len();
    // `x6` is the sign and the number.
    let x_and_count = text.starts_with(['x', 'X']) && text.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    if x_and_count {
        return (Token::Word("x"), 1);
    }
    (Token::Word(&text[..length]), length)
}

fn number(text: &str) -> Option<(Token<'_>, usize)> {
    let sign = text.chars().next().filter(|c| matches!(c, '-' | '\u{2212}'));
    let skip = sign.map_or(0, char::len_utf8);
    let body = &text[skip..];
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(body);
    let mut length = whole;
    if body[length..].starts_with('.') {
        let fraction = digits(&body[length + 1..]);
        if whole + fraction == 0 {
            return None;
        }
        length += 1 + fraction;
    }
    if length == 0 {
        return None;
    }
    if body[length..].starts_with(['e', 'E']) {
        let after = &body[length + 1..];
        let signed = usize::from(after.starts_with(['+', '-']));
        let exponent = digits(&after[signed..]);
        if exponent > 0 {
            length += 1 + signed + exponent;
        }
    }
    let value: f64 = body[..length].parse().ok()?;
    let value = if sign.is_some() { -value } else { value };
    Some((Token::Number(value), skip + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        let mut cursor = Cursor::new(SourceId(0), text);
        std::iter::from_fn(|| Some(cursor.next().token).filter(|t| *t != Token::End)).collect()
    }

    #[test]
    fn numbers_stick_to_units_and_signs() {
        use Token::*;
        assert_eq!(tokens("40min"), [Number(40.0), Word("min")]);
        assert_eq!(tokens("-2 h"), [Number(-2.0), Word("h")]);
        assert_eq!(tokens("\u{2212}.5e1d"), [Number(-5.0), Word("d")]);
        assert_eq!(tokens("2/week x6"), [Number(2.0), Slash, Word("week"), Word("x"), Number(6.0)]);
        assert_eq!(tokens("3e"), [Number(3.0), Word("e")]);
    }

    #[test]
    fn words_keep_inner_hyphens() {
        assert_eq!(
            tokens("intracerebral-prefrontal i.v., x"),
            [Token::Word("intracerebral-prefrontal"), Token::Word("i.v."), Token::Comma, Token::Word("x")]
        );
    }
}
