//! From the written quantity to the typed one: what is read, when, against what.

use synapta_model::{SourceId, Span};
use toml::Spanned;

use crate::readout::Hours;

use super::super::expect::Noisy;
use super::super::formula::Formula;
use super::super::observable::{Reading, reading};
use super::super::quantity::{Against, Quantity, Relation, Take};
use super::super::text::{known, place};
use super::expectation::Builder;
use super::schema::RawQuantity;

impl Builder<'_> {
    pub(super) fn noisy(&mut self, raw: RawQuantity) -> Option<Noisy> {
        let at = place(self.source, &raw.of);
        let noise_sd = raw.noise_sd;
        if !(noise_sd >= 0.0 && noise_sd.is_finite()) {
            self.reader.tell("claim-cohort", at, "`noise_sd` is no standard deviation", "give a number, 0 or above");
        }
        let mut all = self.quantities(raw)?;
        let one = all.pop().filter(|q| all.is_empty() && (q.take != Take::At || q.at_h.len() == 1));
        if one.is_none() {
            self.reader.tell("claim-field", at, "a member has one number here", "give one name and one hour");
        }
        Some(Noisy { quantity: one?, noise_sd })
    }

    pub(super) fn quantities(&mut self, raw: RawQuantity) -> Option<Vec<Quantity>> {
        let at = place(self.source, &raw.of);
        let names = &raw.of.get_ref().0;
        self.several(names, 1, "of", at)?;
        names.iter().map(|name| self.quantity(name, at, &raw)).collect()
    }

    pub(super) fn formula(&mut self, text: &str, span: Span) -> Option<Formula> {
        match reading(text, self.library) {
            Ok(read) => Some(read.formula),
            Err(e) => {
                // The formula stands after the quotation mark.
                let at = if span.is_none() { span } else { inside(self.source, span, e.at) };
                self.reader.tell("claim-formula", at, e.message, e.help);
                None
            }
        }
    }

    fn quantity(&mut self, name: &str, span: Span, raw: &RawQuantity) -> Option<Quantity> {
        let of = self.formula(name, span)?;
        let read = reading(name, self.library).ok();
        let at_h = raw.at_h.as_ref().map_or(vec![], |h| h.get_ref().0.clone());
        let take = self.take(raw, read.as_ref(), &at_h, span)?;
        if (take == Take::At) == at_h.is_empty() {
            let place = raw.at_h.as_ref().map_or(span, |h| place(self.source, h));
            let help = "`at_h` belongs to the take `at` and to no other";
            self.reader.tell("claim-take", place, "hours and take do not fit", help);
            return None;
        }
        self.hours(raw.at_h.as_ref(), raw.from_h, raw.to_h, span);
        let (against, relation) = self.reference(raw, read.as_ref(), take)?;
        let own = |f: fn(&Reading) -> Option<f64>| {
            read.as_ref().filter(|_| raw.take.is_none() && at_h.is_empty()).and_then(f)
        };
        let from_h = raw.from_h.or(own(|r| r.from_h));
        let to_h = raw.to_h.or(own(|r| r.to_h));
        Some(Quantity { of, label: name.to_string(), take, at_h, from_h, to_h, against, relation })
    }

    fn take(&mut self, raw: &RawQuantity, read: Option<&Reading>, at_h: &[f64], span: Span) -> Option<Take> {
        let Some(word) = &raw.take else {
            let own = read.and_then(|r| r.take).filter(|_| at_h.is_empty());
            if own.is_none() && at_h.is_empty() {
                let help = format!("add `at_h`, or `take` with one of: {}", Take::WORDS.join(", "));
                self.reader.tell("claim-take", span, "which number is taken is not said", help);
                return None;
            }
            return Some(own.unwrap_or(Take::At));
        };
        let take = Take::from_word(word.get_ref(), raw.share);
        if take.is_none() {
            let message = format!("`{}` is nothing that can be taken", word.get_ref());
            let help = known(word.get_ref(), Take::WORDS.into_iter());
            self.reader.tell("claim-take", place(self.source, word), message, help);
        }
        if raw.share.is_some_and(|s| !(s > 0.0 && s <= 1.0)) {
            self.reader.tell("claim-take", span, "`share` lies between 0 and 1", "half is 0.5");
        }
        take
    }

    fn hours(&mut self, at_h: Option<&Spanned<Hours>>, from_h: Option<f64>, to_h: Option<f64>, span: Span) {
        let bad = |h: f64| !(h >= 0.0 && h.is_finite());
        if at_h.is_some_and(|h| h.get_ref().0.iter().any(|h| bad(*h)))
            || from_h.is_some_and(bad)
            || to_h.is_some_and(bad)
        {
            self.reader.tell("claim-take", span, "hours count from the first main dose, from 0 on", "");
        }
        if matches!((from_h, to_h), (Some(a), Some(b)) if a >= b) {
            self.reader.tell("claim-take", span, "the window ends before it begins", "`from_h` is below `to_h`");
        }
    }

    fn reference(&mut self, raw: &RawQuantity, read: Option<&Reading>, take: Take) -> Option<(Against, Relation)> {
        let relation = match &raw.relation {
            None => Relation::default(),
            Some(word) => match Relation::from_word(word.get_ref()) {
                Some(relation) => relation,
                None => {
                    let message = format!("`{}` is no way to compare", word.get_ref());
                    let help = known(word.get_ref(), Relation::WORDS.into_iter());
                    self.reader.tell("claim-against", place(self.source, word), message, help);
                    return None;
                }
            },
        };
        let Some(against) = &raw.against else {
            if let Some(word) = &raw.relation {
                let help = "add `against`: `base`, `vehicle`, an hour (`24 h`) or the name of an arm";
                self.reader.tell("claim-against", place(self.source, word), "compared with nothing", help);
            }
            let own = read.filter(|r| r.ratio && !take.stands_alone());
            return Some((own.map_or(Against::Nothing, |_| Against::Base), relation));
        };
        let at = place(self.source, against);
        Some(match against.get_ref().as_str() {
            "base" if take.stands_alone() || take == Take::Before => {
                let help = "leave `against` out, or name an arm";
                self.reader.tell("claim-against", at, "this number has no base of its own", help);
                return None;
            }
            "base" => (Against::Base, relation),
            "vehicle" => (Against::Vehicle, relation),
            hour if Against::hour(hour).is_some() => (Against::Hour(Against::hour(hour)?), relation),
            arm => {
                self.known_arm(arm, at);
                (Against::Arm(arm.to_string()), relation)
            }
        })
    }
}

/// The place of a byte of a quoted text.
fn inside(source: SourceId, span: Span, at: usize) -> Span {
    let start = (span.start as usize + 1 + at).min((span.end as usize).saturating_sub(1));
    Span::new(source, start, start + 1)
}
