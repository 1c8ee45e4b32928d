//! The one-line form of a regimen.
//!
//! ```text
//! regimen := clause { separator clause }            separator: `,` `;` `then` `and`, also together
//! clause  := parts in any order, each at most once, the dose exactly once
//! part    := DRUG | NUMBER dose-unit ["/" "kg"] | ROUTE | "over" period | "at" times | rhythm | extent
//! rhythm  := N "/" ("day" | "week") | ("once" | "twice") ("daily" | "weekly") | "daily" | "weekly" | "every" period
//! extent  := "for" period | "x" N | N "times"
//! ```

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

    // ---- words

    fn after_word(&mut self, word: &'a str, span: Span, draft: &mut Draft<'a>) {
        if let Some(route) = Route::from_word(word) {
            return self.put(&mut draft.route, (route, span), span, "route", &mut draft.failed);
        }
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "over" => self.over(span, draft),
            "at" => self.times(span, draft),
            "for" => self.extent_for(span, draft),
            "x" => self.extent_count(span, draft),
            "every" => self.every(span, draft),
            "daily" => self.rhythm(Rhythm::PerDay(1), span, draft),
            "weekly" => self.rhythm(Rhythm::PerWeek(1), span, draft),
            "once" => self.counted(1, span, draft),
            "twice" => self.counted(2, span, draft),
            w if FILLERS.contains(&w) => {}
            _ => draft.strangers.push((word, span, draft.amount.is_some())),
        }
    }

    fn rhythm(&mut self, rhythm: Rhythm, span: Span, draft: &mut Draft<'a>) {
        self.put(&mut draft.rhythm, (rhythm, span), span, "rhythm", &mut draft.failed);
    }

    /// `once`/`twice` with `daily`, `weekly`, `a day` or `a week`; `once` alone says nothing new.
    fn counted(&mut self, n: u32, span: Span, draft: &mut Draft<'a>) {
        let mut ahead = self.cursor;
        ahead.take_word("a");
        let next = ahead.next();
        let rhythm = match next.token {
            Token::Word(w) if ["daily", "day"].iter().any(|d| d.eq_ignore_ascii_case(w)) => Rhythm::PerDay(n),
            Token::Word(w) if ["weekly", "week"].iter().any(|d| d.eq_ignore_ascii_case(w)) => Rhythm::PerWeek(n),
            _ if n == 1 => return,
            _ => {
                draft.failed = true;
                let help = "write `twice daily for 5 days` or `twice weekly for 4 weeks`".to_string();
                return self.error("regimen-open-schedule", span, "`twice` in what time?".into(), help);
            }
        };
        self.cursor = ahead;
        self.rhythm(rhythm, span.to(self.span(next)), draft);
    }

    fn every(&mut self, span: Span, draft: &mut Draft<'a>) {
        let period = match self.cursor.peek().token {
            Token::Word(w) => TimeUnit::from_word(w).map(|unit| {
                self.cursor.next();
                Period { value: 1.0, unit }
            }),
            _ => self.period(span, "every", "`every 48 h`"),
        };
        match period {
            Some(p) if p.value > 0.0 => self.rhythm(Rhythm::Every(p), span, draft),
            Some(_) => {
                draft.failed = true;
                let help = "write `every 48 h x 6`".to_string();
                self.error("regimen-bad-number", span, "an interval must be longer than zero".into(), help);
            }
            None => {
                draft.failed = true;
                self.ensure_told("regimen-missing-unit", span, "`every` needs a time", "write `every 48 h x 6`");
            }
        }
    }

    fn over(&mut self, span: Span, draft: &mut Draft<'a>) {
        match self.period(span, "over", "`over 40 min`") {
            Some(p) if p.value > 0.0 => self.put(&mut draft.over, p, span, "infusion time", &mut draft.failed),
            Some(_) => {
                draft.failed = true;
                let help = "leave `over` out for a bolus, or write `over 40 min`".to_string();
                self.error("regimen-bad-number", span, "an infusion must last longer than zero".into(), help);
            }
            None => draft.failed = true,
        }
    }

    fn extent_for(&mut self, span: Span, draft: &mut Draft<'a>) {
        match self.period(span, "for", "`for 14 days`") {
            Some(p) if p.value > 0.0 => {
                self.put(&mut draft.extent, (Extent::For(p), span), span, "end of the rhythm", &mut draft.failed);
            }
            Some(_) => {
                draft.failed = true;
                let help = "write `daily for 14 days`".to_string();
                self.error("regimen-bad-number", span, "a course must last longer than zero".into(), help);
            }
            None => draft.failed = true,
        }
    }

    fn extent_count(&mut self, span: Span, draft: &mut Draft<'a>) {
        if let Token::Number(n) = self.cursor.peek().token {
            let number = self.cursor.next();
            let whole = span.to(self.span(number));
            return self.extent_times(n, whole, draft);
        }
        draft.failed = true;
        let help = "write `every 48 h x 6`".to_string();
        self.error("regimen-bad-number", span, "`x` needs the number of doses".into(), help);
    }

    fn extent_times(&mut self, value: f64, span: Span, draft: &mut Draft<'a>) {
        match self.count(value, span) {
            Some(n) => {
                self.put(&mut draft.extent, (Extent::Times(n), span), span, "end of the rhythm", &mut draft.failed);
            }
            None => draft.failed = true,
        }
    }

    /// `at 0, 3, 7 d`: a number without a unit takes the unit that comes after it.
    fn times(&mut self, span: Span, draft: &mut Draft<'a>) {
        let mut points: Vec<(f64, Option<TimeUnit>, Span)> = vec![];
        loop {
            let lexeme = self.cursor.peek();
            let Token::Number(value) = lexeme.token else {
                break;
            };
            self.cursor.next();
            let unit = self.take_time_unit();
            if self.refuse_infinite(value, self.span(lexeme)) {
                draft.failed = true;
            }
            points.push((value, unit, self.span(lexeme)));
            if !self.another_time_follows() {
                break;
            }
            self.cursor.next();
        }
        match self.resolve_times(&points, span) {
            Some(times) => self.put(&mut draft.at, times, span, "time", &mut draft.failed),
            None => draft.failed = true,
        }
    }

    fn resolve_times(&mut self, points: &[(f64, Option<TimeUnit>, Span)], at: Span) -> Option<Vec<Period>> {
        let Some(&(last, last_unit, last_span)) = points.last() else {
            if let Token::Word(word) = self.cursor.peek().token
                && !self.is_known(word)
            {
                self.cursor.next();
            }
            let help = "write `at 24 h`, `at -10 min` or `at 0, 3, 7 d`".to_string();
            self.error("regimen-missing-unit", at, "`at` needs a time".into(), help);
            return None;
        };
        let mut unit = match last_unit {
            Some(unit) => unit,
            None if last == 0.0 => TimeUnit::Hour,
            None => {
                self.wrong_time_unit(last, last_span, "`at -2 h`, `at 0, 3, 7 d`");
                return None;
            }
        };
        let mut times = vec![];
        for (value, own, _) in points.iter().rev() {
            unit = own.unwrap_or(unit);
            times.push(Period { value: *value, unit });
        }
        times.reverse();
        Some(times)
    }

    /// After a comma: does a time come, and not the dose of the next clause?
    fn another_time_follows(&self) -> bool {
        if self.cursor.peek().token != Token::Comma {
            return false;
        }
        let mut ahead = self.cursor;
        ahead.next();
        if !matches!(ahead.peek().token, Token::Number(_)) || self.vocabulary.match_start(ahead.rest()).is_some() {
            return false;
        }
        match ahead.peek_second().token {
            Token::Word(w) => TimeUnit::from_word(w).is_some() || DoseUnit::from_word(w).is_none(),
            Token::Slash => false,
            _ => true,
        }
    }

    fn take_time_unit(&mut self) -> Option<TimeUnit> {
        let Token::Word(word) = self.cursor.peek().token else {
            return None;
        };
        let unit = TimeUnit::from_word(word)?;
        self.cursor.next();
        Some(unit)
    }

    /// A number with a time unit after `keyword`; tells what is wrong otherwise.
    fn period(&mut self, keyword_span: Span, keyword: &str, example: &str) -> Option<Period> {
        let lexeme = self.cursor.peek();
        let Token::Number(value) = lexeme.token else {
            let message = format!("`{keyword}` needs a time");
            self.error("regimen-missing-unit", keyword_span, message, format!("write {example}"));
            return None;
        };
        self.cursor.next();
        let span = self.span(lexeme);
        if self.refuse_infinite(value, span) {
            return None;
        }
        match self.take_time_unit() {
            Some(unit) => Some(Period { value, unit }),
            None => {
                self.wrong_time_unit(value, span, example);
                None
            }
        }
    }

    /// A number after `over`, `at`, ... that no time unit follows.
    fn wrong_time_unit(&mut self, value: f64, span: Span, example: &str) {
        let next = self.cursor.peek();
        let units = "time units are s, min, h, d and weeks";
        let word = match next.token {
            Token::Word(w) if DoseUnit::from_word(w).is_some() => {
                self.cursor.next();
                let message = format!("`{value} {w}` is an amount, and a time was expected");
                let whole = span.to(self.span(next));
                return self.error("regimen-unit-kind", whole, message, format!("write {example}; {units}"));
            }
            Token::Word(w) if !self.is_known(w) => w,
            _ => {
                let message = format!("`{value}` has no unit of time");
                return self.error("regimen-missing-unit", span, message, format!("write {example}; {units}"));
            }
        };
        self.cursor.next();
        let known = TimeUnit::ALL.into_iter().flat_map(TimeUnit::spellings).copied();
        let near = did_you_mean(nearest_of(word, known));
        let message = format!("`{word}` is not a unit of time");
        self.error("regimen-unknown-unit", self.span(next), message, format!("{near}{units}"));
    }

    // ---- the end of a clause

    fn finish(&mut self, mut draft: Draft<'a>, main: Option<SmolStr>) -> Option<Clause> {
        let span = self.cursor.span(draft.start, self.cursor.position().max(draft.start));
        for (word, place, after_dose) in std::mem::take(&mut draft.strangers) {
            draft.failed = true;
            self.stranger(word, place, after_dose, &draft);
        }
        if draft.failed {
            return None;
        }
        let Some(amount) = draft.amount else {
            let help = format!("write how much, {EXAMPLE}");
            self.error("regimen-missing-dose", span, "this part of the regimen has no dose".into(), help);
            return None;
        };
        let vocabulary = self.vocabulary;
        let assumed = draft.drug.is_none();
        let name = draft.drug.take().or(main);
        let drug = name.and_then(|n| vocabulary.find(&n)).unwrap_or(vocabulary.default_drug());
        let route = draft.route.map_or(drug.default_route, |(r, _)| r);
        if !drug.routes.contains(&route) {
            let routes: Vec<&str> = drug.routes.iter().map(|r| r.name()).collect();
            let message = format!("{} cannot be given by the route `{route}` here", drug.name);
            let place = draft.route.map_or(span, |(_, s)| s);
            let help = format!("its routes are: {}", routes.join(", "));
            self.error("regimen-route-not-for-drug", place, message, help);
            return None;
        }
        let repeat = self.repeat(&draft)?;
        if assumed && draft.route.is_some() {
            self.warn_of_relative(drug.name.clone(), &drug.related, route, span);
        }
        let at = draft.at.unwrap_or_default();
        Some(Clause { drug: drug.name.clone(), amount, route, over: draft.over, at, repeat, span })
    }

    /// `Some(None)` for a single dose; `None` after telling that a rhythm has no end or an end no rhythm.
    fn repeat(&mut self, draft: &Draft<'a>) -> Option<Option<Repeat>> {
        match (draft.rhythm, draft.extent) {
            (Some((rhythm, _)), Some((extent, _))) => Some(Some(Repeat { rhythm, extent })),
            (None, None) => Some(None),
            (Some((_, span)), None) => {
                let help = "add the end: `daily for 14 days`, `2/week for 4 weeks`, `every 48 h x 6`".to_string();
                self.error("regimen-open-schedule", span, "this rhythm has no end".into(), help);
                None
            }
            (None, Some((_, span))) => {
                let help = "add the rhythm: `daily for 14 days`, `every 48 h x 6`; an infusion lasts `over 40 min`";
                self.error("regimen-open-schedule", span, "how far apart are these doses?".into(), help.into());
                None
            }
        }
    }

    fn warn_of_relative(&mut self, drug: SmolStr, related: &[SmolStr], route: Route, span: Span) {
        let vocabulary = self.vocabulary;
        let usual = related.iter().filter_map(|r| vocabulary.find(r)).find(|r| r.default_route == route);
        let Some(relative) = usual.filter(|_| vocabulary.default_drug().default_route != route) else {
            return;
        };
        let message = format!("no drug is named: {drug} is taken");
        let help = format!("if {0} is meant, write `{0}` after the dose", relative.name);
        self.found.push(Diagnostic::warning("regimen-drug-assumed", span, message).with_help(help));
    }

    /// Says what an unknown word may have been meant for.
    fn stranger(&mut self, word: &str, span: Span, after_dose: bool, draft: &Draft<'a>) {
        let bare = word.trim_end_matches('.');
        if OTHER_ROUTES.iter().any(|r| r.eq_ignore_ascii_case(bare)) {
            return self.unknown_route(word, span, None);
        }
        let vocabulary = self.vocabulary;
        if let Some(route) = nearest_of(bare, Route::ALL.into_iter().flat_map(Route::spellings).copied()) {
            return self.unknown_route(word, span, Some(route));
        }
        if let Some(drug) = nearest_of(bare, vocabulary.spellings()) {
            return self.unknown_drug(word, span, Some(drug));
        }
        if let Some(near) = nearest_of(bare, KEYWORDS) {
            let help = format!("{}{}", did_you_mean(Some(near)), expected());
            return self.error("regimen-unknown-word", span, format!("unknown word `{word}`"), help);
        }
        let lower = bare.to_lowercase();
        let like_route = ["intra", "sub", "trans", "epi", "peri"].iter().any(|p| lower.starts_with(p));
        if draft.route.is_none() && (like_route || draft.drug.is_some()) {
            return self.unknown_route(word, span, None);
        }
        if draft.drug.is_none() && (draft.route.is_some() || !after_dose) {
            return self.unknown_drug(word, span, None);
        }
        self.error("regimen-unknown-word", span, format!("unknown word `{word}`"), expected());
    }

    fn unknown_route(&mut self, word: &str, span: Span, near: Option<&str>) {
        let help = format!("{}routes are: {}; {EXAMPLE}", did_you_mean(near), Route::names().join(", "));
        self.error("regimen-unknown-route", span, format!("unknown route `{word}`"), help);
    }

    fn unknown_drug(&mut self, word: &str, span: Span, near: Option<&str>) {
        let names: Vec<&str> = self.vocabulary.drugs().iter().map(|d| d.name.as_str()).collect();
        let help = format!("{}drugs are: {}; {EXAMPLE}", did_you_mean(near), names.join(", "));
        self.error("regimen-unknown-drug", span, format!("unknown drug `{word}`"), help);
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
