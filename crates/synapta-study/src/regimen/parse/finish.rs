//! The end of a clause: is it whole, and what were the unknown words meant for?

use super::*;

impl<'a> Parser<'a> {
    pub(super) fn finish(&mut self, mut draft: Draft<'a>, main: Option<SmolStr>) -> Option<Clause> {
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
    pub(super) fn repeat(&mut self, draft: &Draft<'a>) -> Option<Option<Repeat>> {
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

    pub(super) fn warn_of_relative(&mut self, drug: SmolStr, related: &[SmolStr], route: Route, span: Span) {
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
    pub(super) fn stranger(&mut self, word: &str, span: Span, after_dose: bool, draft: &Draft<'a>) {
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

    pub(super) fn unknown_route(&mut self, word: &str, span: Span, near: Option<&str>) {
        let help = format!("{}routes are: {}; {EXAMPLE}", did_you_mean(near), Route::names().join(", "));
        self.error("regimen-unknown-route", span, format!("unknown route `{word}`"), help);
    }

    pub(super) fn unknown_drug(&mut self, word: &str, span: Span, near: Option<&str>) {
        let names: Vec<&str> = self.vocabulary.drugs().iter().map(|d| d.name.as_str()).collect();
        let help = format!("{}drugs are: {}; {EXAMPLE}", did_you_mean(near), names.join(", "));
        self.error("regimen-unknown-drug", span, format!("unknown drug `{word}`"), help);
    }
}
