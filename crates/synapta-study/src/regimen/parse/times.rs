//! Time points and periods, with what is wrong with them.

use super::*;

impl<'a> Parser<'a> {
    /// `at 0, 3, 7 d`: a number without a unit takes the unit that comes after it.
    pub(super) fn times(&mut self, span: Span, draft: &mut Draft<'a>) {
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

    pub(super) fn resolve_times(&mut self, points: &[(f64, Option<TimeUnit>, Span)], at: Span) -> Option<Vec<Period>> {
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
    pub(super) fn another_time_follows(&self) -> bool {
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

    pub(super) fn take_time_unit(&mut self) -> Option<TimeUnit> {
        let Token::Word(word) = self.cursor.peek().token else {
            return None;
        };
        let unit = TimeUnit::from_word(word)?;
        self.cursor.next();
        Some(unit)
    }

    /// A number with a time unit after `keyword`; tells what is wrong otherwise.
    pub(super) fn period(&mut self, keyword_span: Span, keyword: &str, example: &str) -> Option<Period> {
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
    pub(super) fn wrong_time_unit(&mut self, value: f64, span: Span, example: &str) {
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
}
