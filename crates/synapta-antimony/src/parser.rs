//! Tokens to syntax tree. A statement that cannot be read is reported, skipped to the end of its line, and the rest read on.

mod formula;
mod process;
mod statement;

use synapta_model::{Diagnostic, Id, SourceId, Span};

use crate::lexer::{Tok, Token, lex};
use crate::syntax::{Assignment, FunctionText, Item, ModuleText, Name, Path, Statement, Target};
use crate::words::{builtin, constant, keyword};

/// The mark of a statement that was reported and given up.
pub(crate) struct GivenUp;

pub(crate) type Read<T> = Result<T, GivenUp>;

/// Reads one text.
pub(crate) fn parse_text(text: &str, source: SourceId, diagnostics: &mut Vec<Diagnostic>) -> Vec<Item> {
    let tokens = lex(text, source, diagnostics);
    let mut parser = Parser { text, source, tokens, at: 0, diagnostics, fixed: vec![], depth: 0 };
    parser.items()
}

pub(crate) struct Parser<'a> {
    text: &'a str,
    source: SourceId,
    tokens: Vec<Token>,
    at: usize,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// Symbols met with `$` in formulas of the statement being read.
    fixed: Vec<Path>,
    /// Nesting of the formula being read.
    depth: usize,
}

impl<'a> Parser<'a> {
    fn token(&self, ahead: usize) -> &Token {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.at + ahead).min(last)]
    }

    fn tok(&self, ahead: usize) -> &Tok {
        &self.token(ahead).tok
    }

    fn is(&self, c: char) -> bool {
        *self.tok(0) == Tok::Char(c)
    }

    fn is_at(&self, ahead: usize, c: char) -> bool {
        *self.tok(ahead) == Tok::Char(c)
    }

    fn advance(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.is(c);
        if found {
            self.advance();
        }
        found
    }

    fn span_of(&self, ahead: usize) -> Span {
        let token = self.token(ahead);
        Span::new(self.source, token.start, token.end)
    }

    fn here(&self) -> Span {
        self.span_of(0)
    }

    /// From token number `first` to the last one read.
    fn span_from(&self, first: usize) -> Span {
        let start = self.tokens[first.min(self.tokens.len() - 1)].start;
        let end = if self.at > first { self.tokens[self.at - 1].end } else { start };
        Span::new(self.source, start, end.max(start))
    }

    fn word_at(&self, ahead: usize) -> Option<&'a str> {
        let token = self.token(ahead);
        (token.tok == Tok::Word).then(|| &self.text[token.start..token.end])
    }

    fn keyword_at(&self, ahead: usize) -> Option<&'static str> {
        self.word_at(ahead).and_then(keyword)
    }

    fn eat_keyword(&mut self, word: &str) -> bool {
        let found = self.keyword_at(0) == Some(word);
        if found {
            self.advance();
        }
        found
    }

    /// A word that may name something: not reserved, not a named value, not a built-in function.
    fn name_at(&self, ahead: usize) -> Option<Name> {
        let word = self.word_at(ahead)?;
        let usable = keyword(word).is_none() && constant(word).is_none() && builtin(word).is_none();
        usable.then(|| Name { text: Id::new(word), span: self.span_of(ahead) })
    }

    /// Any word at all, for the places where keywords mean nothing.
    fn any_word(&mut self) -> Option<Name> {
        let name = self.word_at(0).map(|w| Name { text: Id::new(w), span: self.here() })?;
        self.advance();
        Some(name)
    }

    fn at_end_of_statement(&self) -> bool {
        matches!(self.tok(0), Tok::Newline | Tok::Eof | Tok::Char(';'))
    }

    fn skip_newlines(&mut self) {
        while *self.tok(0) == Tok::Newline {
            self.advance();
        }
    }

    /// What stands at the next token, in words.
    fn found(&self) -> String {
        match self.tok(0) {
            Tok::Eof => "the end of the text".into(),
            Tok::Newline if *self.tok(1) == Tok::Eof => "the end of the text".into(),
            Tok::Newline => "the end of the line".into(),
            Tok::Text(_) => "quoted text".into(),
            Tok::Word => {
                let word = self.word_at(0).unwrap_or_default();
                match (keyword(word), constant(word), builtin(word)) {
                    (Some(_), _, _) => format!("the reserved word `{word}`"),
                    (_, Some(_), _) => format!("the named value `{word}`"),
                    (_, _, Some(_)) => format!("the built-in function `{word}`"),
                    _ => format!("`{word}`"),
                }
            }
            _ => {
                let token = self.token(0);
                format!("`{}`", &self.text[token.start..token.end])
            }
        }
    }

    /// Reports that something else was expected here.
    fn expected(&mut self, what: &str) -> GivenUp {
        if *self.tok(0) != Tok::Bad {
            let message = format!("expected {what}, found {}", self.found());
            self.diagnostics.push(Diagnostic::error("syntax", self.here(), message));
        }
        GivenUp
    }

    fn expected_with_help(&mut self, what: &str, help: &str) -> GivenUp {
        let before = self.diagnostics.len();
        let up = self.expected(what);
        if self.diagnostics.len() > before
            && let Some(last) = self.diagnostics.last_mut()
        {
            last.help = Some(help.to_owned());
        }
        up
    }

    fn expect(&mut self, c: char) -> Read<()> {
        if self.eat(c) { Ok(()) } else { Err(self.expected(&format!("`{c}`"))) }
    }

    fn name(&mut self, what: &str) -> Read<Name> {
        let Some(name) = self.name_at(0) else {
            let reserved = matches!(self.tok(0), Tok::Word);
            let help = "this word has a meaning of its own and cannot name anything; choose another name";
            return Err(if reserved { self.expected_with_help(what, help) } else { self.expected(what) });
        };
        self.advance();
        Ok(name)
    }

    /// `$a.b.c`. After a dot any word may stand (`x.formula`); `--` too.
    fn path(&mut self, what: &str) -> Read<Path> {
        let fixed = self.is('$');
        while self.eat('$') {}
        let mut parts = vec![self.name(what)?];
        while self.is('.') {
            self.advance();
            let Some(part) = self.any_word() else {
                return Err(self.expected("a name after `.`"));
            };
            parts.push(part);
        }
        Ok(Path { parts, fixed })
    }

    fn target(&mut self, what: &str) -> Read<Target> {
        let path = self.path(what)?;
        let compartment = if self.eat_keyword("in") { Some(self.path("the name of a compartment")?) } else { None };
        Ok(Target { path, compartment })
    }

    /// `=`, `:=` or `'=`, if one is next.
    fn assignment_sign(&mut self) -> Option<Assignment> {
        let (how, length) = match (self.tok(0), self.tok(1)) {
            (Tok::Char('='), _) => (Assignment::Initial, 1),
            (Tok::Char(':'), Tok::Char('=')) => (Assignment::Rule, 2),
            (Tok::Char('\''), Tok::Char('=')) => (Assignment::Rate, 2),
            _ => return None,
        };
        self.at += length;
        Some(how)
    }

    /// Skips to the start of the next statement.
    fn recover(&mut self) {
        while !matches!(self.tok(0), Tok::Newline | Tok::Eof | Tok::Char(';')) {
            self.advance();
        }
    }

    fn items(&mut self) -> Vec<Item> {
        let mut items = vec![];
        while *self.tok(0) != Tok::Eof {
            if self.at_end_of_statement() {
                self.advance();
                continue;
            }
            match self.item() {
                Ok(item) => items.extend(item),
                Err(GivenUp) => self.recover(),
            }
        }
        items
    }

    fn item(&mut self) -> Read<Option<Item>> {
        match self.keyword_at(0) {
            Some("import") => self.import().map(Some),
            Some("function") => self.function().map(|f| Some(Item::Function(f))),
            Some("model" | "module") if self.starts_module() => self.module().map(|m| Some(Item::Module(m))),
            Some("end") => {
                let span = self.here();
                self.advance();
                let lost = Diagnostic::error("stray-end", span, "this `end` closes nothing");
                self.diagnostics.push(lost.with_help("remove it, or put the `model name()` it belongs to before it"));
                Ok(None)
            }
            _ => Ok(self.statement_or_nothing().map(Item::Statement)),
        }
    }

    fn import(&mut self) -> Read<Item> {
        self.advance();
        let span = self.here();
        let Tok::Text(file) = self.tok(0).clone() else {
            return Err(self.expected_with_help("the name of a file in quotes", "write import \"name.ant\""));
        };
        self.advance();
        Ok(Item::Import { file, span })
    }

    fn function(&mut self) -> Read<FunctionText> {
        let first = self.at;
        self.advance();
        let name = self.name("a name for the function")?;
        self.expect('(')?;
        let mut arguments = vec![];
        while !self.is(')') {
            arguments.push(self.name("the name of an argument")?);
            if !self.eat(',') {
                break;
            }
        }
        self.expect(')')?;
        let body = self.function_body();
        if !self.eat_keyword("end") {
            self.report_missing_end("function", &name, first);
        }
        Ok(FunctionText { name, arguments, body })
    }

    /// One formula among empty lines.
    fn function_body(&mut self) -> Option<synapta_model::Expr> {
        let mut body = None;
        loop {
            while self.at_end_of_statement() && *self.tok(0) != Tok::Eof {
                self.advance();
            }
            if *self.tok(0) == Tok::Eof || self.keyword_at(0) == Some("end") {
                return body;
            }
            if matches!(self.keyword_at(0), Some("model" | "module" | "function" | "import")) {
                return body;
            }
            if body.is_some() {
                self.expected("`end` after the formula of the function");
                self.recover();
                continue;
            }
            match self.formula_to_end() {
                Ok(formula) => body = formula,
                Err(GivenUp) => self.recover(),
            }
        }
    }

    fn report_missing_end(&mut self, what: &str, name: &Name, first: usize) {
        let message = format!("the {what} `{}` has no `end`", name.text);
        let opened = self.span_from(first).to(name.span);
        let found = Diagnostic::error("truncated", self.here(), message)
            .with_label(opened, "it begins here")
            .with_help("the text may have been cut off; close it with `end`");
        self.diagnostics.push(found);
    }

    fn module(&mut self) -> Read<ModuleText> {
        let first = self.at;
        self.advance();
        let main = self.eat('*');
        let name = self.name("a name for the model")?;
        let mut exports = vec![];
        if self.eat('(') {
            while !self.is(')') {
                exports.push(self.path("the name of a symbol the model shares")?);
                if !self.eat(',') {
                    break;
                }
            }
            self.expect(')')?;
        }
        let body = self.module_body();
        if !self.eat_keyword("end") {
            self.report_missing_end("model", &name, first);
        }
        Ok(ModuleText { name, main, exports, body })
    }

    fn module_body(&mut self) -> Vec<Statement> {
        let mut body = vec![];
        loop {
            if self.at_end_of_statement() && *self.tok(0) != Tok::Eof {
                self.advance();
                continue;
            }
            let starts_next = match self.keyword_at(0) {
                Some("end" | "function" | "import") => true,
                Some("model" | "module") => self.starts_module(),
                _ => false,
            };
            if starts_next || *self.tok(0) == Tok::Eof {
                return body;
            }
            body.extend(self.statement_or_nothing());
        }
    }

    /// True if `model` here begins a model, not a statement about the one being read (`model identity "..."`).
    fn starts_module(&self) -> bool {
        let about = self.is_at(1, '.') || matches!(self.tok(2), Tok::Text(_)) || self.is_at(2, '.');
        !about
    }

    fn statement_or_nothing(&mut self) -> Option<Statement> {
        let first = self.at;
        self.fixed.clear();
        match self.statement() {
            Ok(form) => {
                let span = self.span_from(first);
                let placed = matches!(form, crate::syntax::Form::Place(_));
                if !placed && !self.at_end_of_statement() {
                    self.expected("the end of the statement (`;` or a new line)");
                    self.recover();
                }
                Some(Statement { span, form, fixed: std::mem::take(&mut self.fixed) })
            }
            Err(GivenUp) => {
                if self.at == first {
                    self.advance();
                }
                self.recover();
                None
            }
        }
    }
}
