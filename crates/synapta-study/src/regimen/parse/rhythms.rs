//! Words of a clause: rhythms, courses and infusion times.

use super::*;

impl<'a> Parser<'a> {
    pub(super) fn after_word(&mut self, word: &'a str, span: Span, draft: &mut Draft<'a>) {
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

    pub(super) fn rhythm(&mut self, rhythm: Rhythm, span: Span, draft: &mut Draft<'a>) {
        self.put(&mut draft.rhythm, (rhythm, span), span, "rhythm", &mut draft.failed);
    }

    /// `once`/`twice` with `daily`, `weekly`, `a day` or `a week`; `once` alone says nothing new.
    pub(super) fn counted(&mut self, n: u32, span: Span, draft: &mut Draft<'a>) {
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

    pub(super) fn every(&mut self, span: Span, draft: &mut Draft<'a>) {
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

    pub(super) fn over(&mut self, span: Span, draft: &mut Draft<'a>) {
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

    pub(super) fn extent_for(&mut self, span: Span, draft: &mut Draft<'a>) {
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

    pub(super) fn extent_count(&mut self, span: Span, draft: &mut Draft<'a>) {
        if let Token::Number(n) = self.cursor.peek().token {
            let number = self.cursor.next();
            let whole = span.to(self.span(number));
            return self.extent_times(n, whole, draft);
        }
        draft.failed = true;
        let help = "write `every 48 h x 6`".to_string();
        self.error("regimen-bad-number", span, "`x` needs the number of doses".into(), help);
    }

    pub(super) fn extent_times(&mut self, value: f64, span: Span, draft: &mut Draft<'a>) {
        match self.count(value, span) {
            Some(n) => {
                self.put(&mut draft.extent, (Extent::Times(n), span), span, "end of the rhythm", &mut draft.failed);
            }
            None => draft.failed = true,
        }
    }
}
