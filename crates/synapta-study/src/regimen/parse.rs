//! The one-line form of a regimen.
//!
//! ```text
//! regimen := clause { separator clause }            separator: `,` `;` `then` `and`, also together
//! clause  := parts in any order, each at most once, the dose exactly once
//! part    := DRUG | NUMBER dose-unit ["/" "kg"] | ROUTE | "over" period | "at" times | rhythm | extent
//! rhythm  := N "/" ("day" | "week") | ("once" | "twice") ("daily" | "weekly") | "daily" | "weekly" | "every" period
//! extent  := "for" period | "x" N | N "times"
//! ```

mod finish;
mod rhythms;
mod times;

use smol_str::SmolStr;
use synapta_model::{Diagnostic, SourceId, Span};

use super::cursor::{Cursor, Lexeme, Token};
use super::vocabulary::Vocabulary;
use super::{Amount, Clause, DoseUnit, Extent, Period, Regimen, Repeat, Rhythm, Route, TimeUnit};
use crate::words::{did_you_mean, nearest_of};

/// Example shown with diagnostics.
const EXAMPLE: &str = "for example `0.5 mg/kg ketamine iv over 40 min`";
/// Words that carry no meaning of their own here.
const FILLERS: [&str; 6] = ["of", "via", "by", "bolus", "dose", "doses"];
/// Words that begin or belong to a part.
const KEYWORDS: [&str; 12] =
    ["over", "at", "every", "for", "daily", "weekly", "once", "twice", "times", "x", "then", "and"];
/// Routes of the clinic that no model here has; named so that the answer is about routes.
const OTHER_ROUTES: [&str; 9] =
    ["rectal", "topical", "buccal", "inhaled", "transdermal", "epidural", "vaginal", "ocular", "pr"];

/// A regimen read without errors, with its warnings.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The regimen.
    pub regimen: Regimen,
    /// Things assumed that the writer may not have meant.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a regimen line. `source` is the number of the text in the caller's source map.
///
/// # Errors
/// Every finding, at least one of which is an error. Codes: `regimen-empty`, `regimen-missing-dose`,
/// `regimen-missing-unit`, `regimen-unit-kind`, `regimen-unknown-unit`, `regimen-negative-dose`, `regimen-bad-number`,
/// `regimen-unknown-drug`, `regimen-unknown-route`, `regimen-route-not-for-drug`, `regimen-unknown-word`,
/// `regimen-repeated-part`, `regimen-open-schedule`.
pub fn parse_line(source: SourceId, text: &str, vocabulary: &Vocabulary) -> Result<Parsed, Vec<Diagnostic>> {
    let mut parser = Parser { cursor: Cursor::new(source, text), vocabulary, found: vec![] };
    let clauses = parser.regimen();
    if clauses.is_empty() && parser.found.is_empty() {
        let span = Span::new(source, 0, text.len());
        let empty = Diagnostic::error("regimen-empty", span, "the regimen holds no dose");
        parser.found.push(empty.with_help(format!("write a dose and how it is given, {EXAMPLE}")));
    }
    if parser.found.iter().any(Diagnostic::is_error) {
        return Err(parser.found);
    }
    Ok(Parsed { regimen: Regimen { clauses }, warnings: parser.found })
}

/// What one clause has so far.
#[derive(Default)]
struct Draft<'a> {
    start: usize,
    drug: Option<SmolStr>,
    amount: Option<Amount>,
    route: Option<(Route, Span)>,
    over: Option<Period>,
    at: Option<Vec<Period>>,
    rhythm: Option<(Rhythm, Span)>,
    extent: Option<(Extent, Span)>,
    /// Words nothing is known of; true if the dose had been read before.
    strangers: Vec<(&'a str, Span, bool)>,
    failed: bool,
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    vocabulary: &'a Vocabulary,
    found: Vec<Diagnostic>,
}

impl<'a> Parser<'a> {
    fn regimen(&mut self) -> Vec<Clause> {
        let mut clauses: Vec<Clause> = vec![];
        loop {
            while self.take_separator() {}
            if self.cursor.peek().token == Token::End {
                return clauses;
            }
            let draft = self.clause();
            let main = clauses.first().map(|c| c.drug.clone());
            if let Some(clause) = self.finish(draft, main) {
                clauses.push(clause);
            }
        }
    }

    fn take_separator(&mut self) -> bool {
        let comma = self.cursor.peek().token == Token::Comma;
        if comma {
            self.cursor.next();
        }
        comma || self.cursor.take_word("then") || self.cursor.take_word("and")
    }

    fn at_clause_end(&self) -> bool {
        match self.cursor.peek().token {
            Token::End | Token::Comma => true,
            Token::Word(w) => w.eq_ignore_ascii_case("then") || w.eq_ignore_ascii_case("and"),
            _ => false,
        }
    }

    fn clause(&mut self) -> Draft<'a> {
        let mut draft = Draft { start: self.cursor.peek().start, ..Draft::default() };
        while !self.at_clause_end() {
            self.part(&mut draft);
        }
        draft
    }

    /// Reads one part. Takes at least one token.
    fn part(&mut self, draft: &mut Draft<'a>) {
        let vocabulary = self.vocabulary;
        if let Some((drug, length)) = vocabulary.match_start(self.cursor.rest()) {
            let (start, end) = self.cursor.take(length);
            let span = self.cursor.span(start, end);
            self.put(&mut draft.drug, drug.name.clone(), span, "drug", &mut draft.failed);
            return;
        }
        let lexeme = self.cursor.next();
        let span = self.span(lexeme);
        match lexeme.token {
            Token::Number(value) => self.after_number(value, span, draft),
            Token::Word(word) => self.after_word(word, span, draft),
            Token::Other(c) => {
                draft.failed = true;
                self.error("regimen-unknown-word", span, format!("`{c}` means nothing here"), expected());
            }
            Token::Slash => {
                draft.failed = true;
                let help = "`/` stands in `mg/kg`, `2/week` and `3/day`".to_string();
                self.error("regimen-unknown-word", span, "a `/` with no unit before it".into(), help);
            }
            Token::Comma | Token::End => {}
        }
    }

    // ---- numbers: a dose, `2/week`, `6 times`

    fn after_number(&mut self, value: f64, span: Span, draft: &mut Draft<'a>) {
        if self.refuse_infinite(value, span) {
            draft.failed = true;
            return;
        }
        match self.cursor.peek().token {
            Token::Slash => self.per_period(value, span, draft),
            Token::Word(w) if w.eq_ignore_ascii_case("times") || w.eq_ignore_ascii_case("x") => {
                self.cursor.next();
                self.extent_times(value, span, draft);
            }
            Token::Word(w) if DoseUnit::from_word(w).is_some() => self.amount(value, span, draft),
            _ => self.no_dose_unit(value, span, draft),
        }
    }

    fn per_period(&mut self, value: f64, span: Span, draft: &mut Draft<'a>) {
        self.cursor.next();
        let unit = self.cursor.next();
        let whole = span.to(self.span(unit));
        let period = match unit.token {
            Token::Word(w) => TimeUnit::from_word(w),
            _ => None,
        };
        let count = self.count(value, span);
        let rhythm = match (period, count) {
            (Some(TimeUnit::Day), Some(n)) => Rhythm::PerDay(n),
            (Some(TimeUnit::Week), Some(n)) => Rhythm::PerWeek(n),
            (_, None) => return draft.failed = true,
            _ => {
                draft.failed = true;
                let help = "write `2/week`, `3/day` or `every 36 h`".to_string();
                return self.error("regimen-unit-kind", whole, "a rhythm is per day or per week".into(), help);
            }
        };
        self.put(&mut draft.rhythm, (rhythm, whole), whole, "rhythm", &mut draft.failed);
    }

    fn amount(&mut self, value: f64, span: Span, draft: &mut Draft<'a>) {
        let unit_word = self.cursor.next();
        let mut whole = span.to(self.span(unit_word));
        let unit = match unit_word.token {
            Token::Word(w) => DoseUnit::from_word(w),
            _ => None,
        };
        let Some(unit) = unit else {
            return draft.failed = true;
        };
        let mut per_kg = false;
        if self.cursor.peek().token == Token::Slash {
            self.cursor.next();
            let per = self.cursor.next();
            whole = whole.to(self.span(per));
            per_kg = matches!(per.token, Token::Word(w) if w.eq_ignore_ascii_case("kg"));
            if !per_kg {
                draft.failed = true;
                let help = "a dose is a total (`mg`) or per body weight (`mg/kg`); give a rate as total and time, \
                            `0.5 mg/kg over 40 min`";
                let message = "a dose can be per kg only".to_string();
                return self.error("regimen-unit-kind", whole, message, help.into());
            }
        }
        if value < 0.0 {
            draft.failed = true;
            let message = format!("a dose of {value} is below zero");
            let help = format!("write the amount given, {EXAMPLE}");
            return self.error("regimen-negative-dose", whole, message, help);
        }
        let amount = Amount { value: value.abs(), unit, per_kg };
        self.put(&mut draft.amount, amount, whole, "dose", &mut draft.failed);
    }

    /// A number that no dose unit follows.
    fn no_dose_unit(&mut self, value: f64, span: Span, draft: &mut Draft<'a>) {
        draft.failed = true;
        let next = self.cursor.peek();
        let Token::Word(word) = next.token else {
            return self.missing_unit(value, span);
        };
        if TimeUnit::from_word(word).is_some() || word.eq_ignore_ascii_case("kg") {
            self.cursor.next();
            let kind = if word.eq_ignore_ascii_case("kg") { "a body weight" } else { "a time" };
            let help = "a dose is in g, mg, ug, ng, mmol, umol, nmol or pmol, if wished per kg; a time follows `over`, \
                        `at`, `every` or `for`";
            let whole = span.to(self.span(next));
            let message = format!("`{value} {word}` is {kind}, and a dose was expected");
            return self.error("regimen-unit-kind", whole, message, help.into());
        }
        if self.is_known(word) {
            return self.missing_unit(value, span);
        }
        self.cursor.next();
        let units: Vec<&str> = DoseUnit::ALL.into_iter().flat_map(DoseUnit::spellings).copied().collect();
        let near = nearest_of(word, units.iter().copied());
        let help = format!("{}dose units are g, mg, ug, ng, mmol, umol, nmol, pmol, each also /kg", did_you_mean(near));
        let message = format!("`{word}` is not a unit of dose");
        self.error("regimen-unknown-unit", self.span(next), message, help);
    }

    fn missing_unit(&mut self, value: f64, span: Span) {
        let message = format!("`{value}` has no unit");
        let help = format!("write the unit after the number: `{value} mg/kg`, `{value} mg`, `{value} nmol`");
        self.error("regimen-missing-unit", span, message, help);
    }

    // ---- small things

    fn span(&self, lexeme: Lexeme<'_>) -> Span {
        self.cursor.span(lexeme.start, lexeme.end)
    }

    fn error(&mut self, code: &'static str, span: Span, message: String, help: String) {
        self.found.push(Diagnostic::error(code, span, message).with_help(help));
    }

    /// An error, unless something has just been said of the same place.
    fn ensure_told(&mut self, code: &'static str, span: Span, message: &str, help: &str) {
        if self.found.last().is_none_or(|d| d.span.start < span.start) {
            self.error(code, span, message.into(), help.into());
        }
    }

    fn put<T>(&mut self, slot: &mut Option<T>, value: T, span: Span, what: &str, failed: &mut bool) {
        if slot.is_none() {
            *slot = Some(value);
            return;
        }
        *failed = true;
        let message = format!("a second {what} in one part of the regimen");
        let help = "separate two drugs or doses by a comma: `1 mg/kg oral, then rapamycin 6 mg oral at -2 h`";
        self.error("regimen-repeated-part", span, message, help.into());
    }

    fn refuse_infinite(&mut self, value: f64, span: Span) -> bool {
        if !value.is_finite() {
            let help = "write a number below 1e308".to_string();
            self.error("regimen-bad-number", span, "this number is too large".into(), help);
        }
        !value.is_finite()
    }

    fn count(&mut self, value: f64, span: Span) -> Option<u32> {
        if value.fract() == 0.0 && (1.0..=1e6).contains(&value) {
            return Some(value as u32);
        }
        let message = format!("`{value}` is not a number of doses");
        self.error("regimen-bad-number", span, message, "write a whole number from 1 to 1000000".into());
        None
    }

    fn is_known(&self, word: &str) -> bool {
        Route::from_word(word).is_some()
            || KEYWORDS.iter().chain(&FILLERS).any(|k| k.eq_ignore_ascii_case(word))
            || self.vocabulary.match_start(self.cursor.rest()).is_some()
            || OTHER_ROUTES.iter().any(|r| r.eq_ignore_ascii_case(word))
    }
}

/// What may stand in a clause.
fn expected() -> String {
    format!(
        "expected a dose, a drug, a route, `over 40 min`, `at -2 h`, `2/week for 4 weeks`, `daily for 14 days` or \
         `every 48 h x 6`; {EXAMPLE}"
    )
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
