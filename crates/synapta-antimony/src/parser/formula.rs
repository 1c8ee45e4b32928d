//! Formulas, with the precedences SBML's infix form has: `^` (from the right), then signs and `!`, then `* / %`,
//! then `+ -`, then all comparisons, then `&&` and `||` alike.

use synapta_model::{Diagnostic, Expr, ExprKind, Op, Span};

use super::{GivenUp, Parser, Read};
use crate::lexer::Tok;
use crate::syntax::Path;
use crate::words::{Builtin, builtin, constant, keyword};

/// Deepest nesting of a formula. Deeper ones come from accidents, and every later step walks formulas recursively.
const DEEPEST: usize = 120;

/// An expression being read, with the height of its tree.
struct Part {
    expr: Expr,
    height: usize,
}

/// A binary sign: what it makes and how tightly it binds.
#[derive(Clone, Copy)]
struct Sign {
    op: Op,
    binding: u8,
    tokens: usize,
}

const LOGIC: u8 = 1;
const COMPARISON: u8 = 2;
const SUM: u8 = 3;
const PRODUCT: u8 = 4;

impl Parser<'_> {
    /// A formula; `None` if there is nothing before the end of the statement or one of `)`, `,`, `:`.
    pub(super) fn formula(&mut self) -> Read<Option<Expr>> {
        let blank = self.at_end_of_statement() || matches!(self.tok(0), Tok::Char(')' | ',' | ':' | '}'));
        if blank || matches!(self.keyword_at(0), Some("in" | "after")) {
            return Ok(None);
        }
        self.depth = 0;
        let part = self.binary(LOGIC)?;
        Ok(Some(part.expr))
    }

    /// A formula that must reach the end of its statement.
    pub(super) fn formula_to_end(&mut self) -> Read<Option<Expr>> {
        let formula = self.formula()?;
        if self.at_end_of_statement() {
            return Ok(formula);
        }
        Err(self.expected_after_formula())
    }

    pub(super) fn expected_after_formula(&mut self) -> GivenUp {
        let help = match self.tok(0) {
            Tok::Char('=') => "compare with `==`; set values one to a statement",
            Tok::Dashes => "write `- -x` or `-(-x)`; `--` joins pieces of DNA",
            Tok::Word | Tok::Number(_) | Tok::Char('(') => "an operator is missing; multiplication is written `*`",
            _ => "end the statement with `;` or a new line",
        };
        self.expected_with_help("an operator or the end of the formula", help)
    }

    fn too_deep(&mut self) -> GivenUp {
        let message = "this formula is nested too deeply";
        let help = format!("at most {DEEPEST} levels are read; give parts of it names of their own with `:=`");
        self.diagnostics.push(Diagnostic::error("too-deep", self.here(), message).with_help(help));
        GivenUp
    }

    fn built(&mut self, op: Op, args: Vec<Part>) -> Read<Part> {
        let height = 1 + args.iter().map(|p| p.height).max().unwrap_or(0);
        if height > DEEPEST {
            return Err(self.too_deep());
        }
        Ok(Part { expr: Expr::op(op, args.into_iter().map(|p| p.expr).collect()), height })
    }

    fn binary(&mut self, least: u8) -> Read<Part> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.too_deep());
        }
        let part = self.binary_inside(least);
        self.depth -= 1;
        part
    }

    fn binary_inside(&mut self, least: u8) -> Read<Part> {
        let mut left = self.signed()?;
        // True while `left` was made by this very loop, so that `a + b + c` is one sum and `(a + b) + c` is not.
        let mut open = false;
        while let Some(sign) = self.binary_sign(least) {
            self.at += sign.tokens;
            if sign.binding == COMPARISON {
                left = self.comparisons(left, sign.op)?;
                open = false;
                continue;
            }
            let right = self.binary(sign.binding + 1)?;
            left = match &mut left.expr.kind {
                ExprKind::Op(op, args) if open && *op == sign.op && !matches!(op, Op::Minus | Op::Divide | Op::Rem) => {
                    left.height = left.height.max(right.height + 1);
                    left.expr.span = left.expr.span.to(right.expr.span);
                    args.push(right.expr);
                    left
                }
                _ => self.built(sign.op, vec![left, right])?,
            };
            open = true;
        }
        Ok(left)
    }

    /// `a < b < c` is one chain; `a < b <= c` means both.
    fn comparisons(&mut self, first: Part, op: Op) -> Read<Part> {
        let mut terms = vec![first, self.binary(COMPARISON + 1)?];
        let mut ops = vec![op];
        while let Some(sign) = self.binary_sign(COMPARISON).filter(|s| s.binding == COMPARISON) {
            self.at += sign.tokens;
            ops.push(sign.op);
            terms.push(self.binary(COMPARISON + 1)?);
        }
        if ops.len() == 1 || op != Op::Neq && ops.iter().all(|o| *o == op) {
            return self.built(op, terms);
        }
        let mut pairs = vec![];
        for (pair, op) in terms.windows(2).zip(ops) {
            let copy = pair.iter().map(|p| Part { expr: p.expr.clone(), height: p.height }).collect();
            pairs.push(self.built(op, copy)?);
        }
        self.built(Op::And, pairs)
    }

    fn binary_sign(&self, least: u8) -> Option<Sign> {
        let sign = |op, binding, tokens| Some(Sign { op, binding, tokens });
        let found = match (self.tok(0), self.tok(1)) {
            (Tok::Char('+'), _) => sign(Op::Plus, SUM, 1),
            (Tok::Char('-'), _) => sign(Op::Minus, SUM, 1),
            (Tok::Char('*'), _) => sign(Op::Times, PRODUCT, 1),
            (Tok::Char('/'), _) => sign(Op::Divide, PRODUCT, 1),
            (Tok::Char('%'), _) => sign(Op::Rem, PRODUCT, 1),
            (Tok::Char('<'), _) => sign(Op::Lt, COMPARISON, 1),
            (Tok::Char('>'), _) => sign(Op::Gt, COMPARISON, 1),
            (Tok::Leq, _) => sign(Op::Leq, COMPARISON, 1),
            (Tok::Geq, _) => sign(Op::Geq, COMPARISON, 1),
            (Tok::Neq, _) => sign(Op::Neq, COMPARISON, 1),
            (Tok::Char('='), Tok::Char('=')) => sign(Op::Eq, COMPARISON, 2),
            (Tok::Char('&'), Tok::Char('&')) => sign(Op::And, LOGIC, 2),
            (Tok::Char('|'), Tok::Char('|')) => sign(Op::Or, LOGIC, 2),
            _ => None,
        };
        found.filter(|s| s.binding >= least)
    }

    /// Signs and `!` before a power. Two minuses cancel; a minus before a number becomes part of it.
    fn signed(&mut self) -> Read<Part> {
        let mut prefixes = vec![];
        while let Tok::Char(c @ ('-' | '+' | '!')) = *self.tok(0) {
            prefixes.push((c, self.here()));
            self.advance();
            if prefixes.len() > DEEPEST {
                return Err(self.too_deep());
            }
        }
        let mut part = self.power()?;
        while let Some((c, span)) = prefixes.pop() {
            part = match c {
                '-' => self.negated(part)?,
                '!' => self.built(Op::Not, vec![part])?,
                _ => part,
            };
            part.expr.span = span.to(part.expr.span);
        }
        Ok(part)
    }

    fn negated(&mut self, part: Part) -> Read<Part> {
        let span = part.expr.span;
        match part.expr.kind {
            ExprKind::Number(v, unit) => {
                Ok(Part { expr: Expr::new(ExprKind::Number(-v, unit), span), height: part.height })
            }
            ExprKind::Op(Op::Neg, mut args) if args.len() == 1 => match args.pop() {
                Some(expr) => Ok(Part { expr, height: part.height }),
                None => Err(GivenUp),
            },
            kind => self.built(Op::Neg, vec![Part { expr: Expr::new(kind, span), height: part.height }]),
        }
    }

    fn power(&mut self) -> Read<Part> {
        let base = self.operand()?;
        if !self.is('^') {
            return Ok(base);
        }
        self.advance();
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.too_deep());
        }
        // The exponent reaches as far as signs and further powers go: 2^-x^3 is 2^(-(x^3)).
        let exponent = self.signed()?;
        self.depth -= 1;
        self.built(Op::Power, vec![base, exponent])
    }

    fn operand(&mut self) -> Read<Part> {
        let span = self.here();
        match self.tok(0).clone() {
            Tok::Number(value) => {
                self.advance();
                Ok(self.number(value, span))
            }
            Tok::Char('(') => {
                self.advance();
                let mut part = self.binary(LOGIC)?;
                self.close_parenthesis(span)?;
                part.expr.span = span.to(self.span_of_last());
                Ok(part)
            }
            Tok::Char('$') => self.symbol(),
            Tok::Ellipsis => {
                self.advance();
                Ok(Part { expr: Expr::new(ExprKind::Symbol("...".into()), span), height: 1 })
            }
            Tok::Word => self.word_operand(span),
            Tok::Text(_) => {
                Err(self.expected_with_help("a number, a name or `(`", "quoted text has no value in a formula"))
            }
            _ => Err(self.expected("a number, a name or `(`")),
        }
    }

    fn span_of_last(&self) -> Span {
        self.span_from(self.at.saturating_sub(1))
    }

    fn close_parenthesis(&mut self, opened: Span) -> Read<()> {
        if self.eat(')') {
            return Ok(());
        }
        let help = match self.tok(0) {
            Tok::Newline => "a formula ends with its line; end the line with `\\` to go on",
            _ => "close it with `)`",
        };
        let before = self.diagnostics.len();
        let up = self.expected_with_help("an operator or `)`", help);
        if self.diagnostics.len() > before
            && let Some(last) = self.diagnostics.last_mut()
        {
            last.labels.push((opened, "opened here".into()));
        }
        Err(up)
    }

    /// A number, with the unit that may follow it: `3 mM`.
    fn number(&mut self, value: f64, span: Span) -> Part {
        let unit = self.word_at(0).filter(|w| keyword(w).is_none() && constant(w).is_none());
        let Some(unit) = unit.filter(|w| builtin(w).is_none() || !self.is_at(1, '(')) else {
            return Part { expr: Expr::new(ExprKind::Number(value, None), span), height: 1 };
        };
        let kind = ExprKind::Number(value, Some(unit.into()));
        let whole = span.to(self.here());
        self.advance();
        Part { expr: Expr::new(kind, whole), height: 1 }
    }

    fn symbol(&mut self) -> Read<Part> {
        let path: Path = self.path("a name")?;
        let expr = Expr::new(ExprKind::Symbol(path.dotted()), path.span());
        if path.fixed {
            self.fixed.push(path);
        }
        Ok(Part { expr, height: 1 })
    }

    fn word_operand(&mut self, span: Span) -> Read<Part> {
        let word = self.word_at(0).unwrap_or_default();
        if let Some(value) = constant(word) {
            self.advance();
            return Ok(Part { expr: Expr::new(ExprKind::Constant(value), span), height: 1 });
        }
        let called = self.is_at(1, '(');
        match builtin(word) {
            Some(function) if called => self.built_in_call(word, function, span),
            None if called && keyword(word).is_none() => self.user_call(word, span),
            Some(_) => {
                self.advance();
                Err(self.expected(&format!("`(` after the built-in function `{word}`")))
            }
            None => self.symbol(),
        }
    }

    fn arguments(&mut self) -> Read<Vec<Part>> {
        let opened = self.span_of(1);
        self.at += 2;
        let mut arguments = vec![];
        if !self.is(')') {
            arguments.push(self.binary(LOGIC)?);
            while self.eat(',') {
                arguments.push(self.binary(LOGIC)?);
            }
        }
        self.close_parenthesis(opened)?;
        Ok(arguments)
    }

    fn user_call(&mut self, name: &str, span: Span) -> Read<Part> {
        let parts = self.arguments()?;
        let whole = span.to(self.span_of_last());
        let height = 1 + parts.iter().map(|p| p.height).max().unwrap_or(0);
        let arguments = parts.into_iter().map(|p| p.expr).collect();
        Ok(Part { expr: Expr::new(ExprKind::Call(name.into(), arguments), whole), height })
    }

    fn built_in_call(&mut self, name: &str, function: Builtin, span: Span) -> Read<Part> {
        let parts = self.arguments()?;
        let whole = span.to(self.span_of_last());
        let height = 1 + parts.iter().map(|p| p.height).max().unwrap_or(0);
        let count = parts.len();
        let arguments: Vec<Expr> = parts.into_iter().map(|p| p.expr).collect();
        let Some(kind) = make_call(name, function, arguments) else {
            let message = format!("`{name}` cannot take {count} argument{}", if count == 1 { "" } else { "s" });
            let found = Diagnostic::error("argument-count", whole, message).with_help(wanted(function));
            self.diagnostics.push(found);
            return Err(GivenUp);
        };
        Ok(Part { expr: Expr::new(kind, whole), height: height + 1 })
    }
}

/// How many arguments a function takes, in words.
fn wanted(function: Builtin) -> String {
    match function {
        Builtin::Op(_, least, most) | Builtin::Draw(least, most) => match (least, most) {
            (a, b) if a == b => format!("it takes {a}"),
            (a, usize::MAX) => format!("it takes at least {a}"),
            (a, b) => format!("it takes {a} to {b}"),
        },
        Builtin::RateOf => "it takes the name of one symbol".into(),
        Builtin::Piecewise => "write piecewise(value, condition, ..., otherwise)".into(),
        Builtin::Delay => "it takes 2".into(),
        Builtin::Log10 | Builtin::Square | Builtin::SquareRoot => "it takes 1".into(),
        Builtin::Log | Builtin::Root | Builtin::Minus => "it takes 1 or 2".into(),
    }
}

/// The expression of a built-in call; `None` if the argument count does not fit.
fn make_call(name: &str, function: Builtin, mut arguments: Vec<Expr>) -> Option<ExprKind> {
    let count = arguments.len();
    match (function, count) {
        (Builtin::Op(op, least, most), n) if n >= least && n <= most => Some(ExprKind::Op(op, arguments)),
        (Builtin::Log10, 1) => {
            arguments.insert(0, Expr::number(10.0));
            Some(ExprKind::Op(Op::Log, arguments))
        }
        (Builtin::Log, 1) => Some(ExprKind::Op(Op::Ln, arguments)),
        (Builtin::Log, 2) => Some(ExprKind::Op(Op::Log, arguments)),
        (Builtin::Square, 1) => {
            arguments.push(Expr::number(2.0));
            Some(ExprKind::Op(Op::Power, arguments))
        }
        (Builtin::SquareRoot | Builtin::Root, 1) => {
            arguments.insert(0, Expr::number(2.0));
            Some(ExprKind::Op(Op::Root, arguments))
        }
        (Builtin::Root, 2) => Some(ExprKind::Op(Op::Root, arguments)),
        (Builtin::Minus, 1) => Some(ExprKind::Op(Op::Neg, arguments)),
        (Builtin::Minus, 2) => Some(ExprKind::Op(Op::Minus, arguments)),
        (Builtin::Delay, 2) => {
            let wait = arguments.pop()?;
            Some(ExprKind::Delay(Box::new(arguments.pop()?), Box::new(wait)))
        }
        (Builtin::RateOf, 1) => match arguments.pop()?.kind {
            ExprKind::Symbol(id) => Some(ExprKind::RateOf(id)),
            _ => None,
        },
        (Builtin::Piecewise, n) if n > 0 => Some(piecewise(arguments)),
        (Builtin::Draw(least, most), n) if n >= least && n <= most => Some(ExprKind::Draw(name.into(), arguments)),
        _ => None,
    }
}

fn piecewise(arguments: Vec<Expr>) -> ExprKind {
    let mut pairs = vec![];
    let mut rest = arguments.into_iter();
    loop {
        match (rest.next(), rest.next()) {
            (Some(value), Some(condition)) => pairs.push((value, condition)),
            (last, _) => return ExprKind::Piecewise(pairs, last.map(Box::new)),
        }
    }
}
