//! virtual_trial.toml to people and statistics.

use std::collections::BTreeMap;

use serde::Deserialize;
use synapta_model::{SourceId, Span};
use toml::Spanned;

use crate::library::NamedText;

use super::super::claim::{MOST_MEMBERS, RawVary, vary};
use super::super::formula::Formula;
use super::super::quantity::Take;
use super::super::text::{Texts, known, place};
use super::{Average, Measure, Noise, Outcome, Statistic, Trial, TrialForm};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    members: Spanned<usize>,
    #[serde(default)]
    seed: u64,
    vary: Vec<RawVary>,
    #[serde(default)]
    noise: BTreeMap<String, Spanned<RawNoise>>,
    #[serde(default)]
    statistic: BTreeMap<Spanned<String>, RawStatistic>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNoise {
    sd: f64,
    #[serde(default)]
    wander_sd: f64,
    #[serde(default)]
    wander_h: f64,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStatistic {
    form: Spanned<String>,
    x: Option<RawMeasure>,
    y: Option<RawMeasure>,
    outcome: Option<RawMeasure>,
    among: Option<RawMeasure>,
    average: Option<Spanned<String>>,
    #[serde(default)]
    #[allow(dead_code)] // for readers of the file
    note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMeasure {
    of: Spanned<String>,
    take: Option<Spanned<String>>,
    at_h: Option<f64>,
    against: Option<Spanned<String>>,
    noise: Option<Spanned<String>>,
    below: Option<f64>,
    above: Option<f64>,
}

/// Forms by word.
const FORMS: [&str; 11] = [
    "mean",
    "share",
    "odds_ratio",
    "effect_size",
    "change_size",
    "correlation",
    "correlation_sign",
    "split",
    "split_sign",
    "days_kept",
    "days_superior",
];

impl Trial {
    /// Reads virtual_trial.toml; findings go to `texts`.
    pub(in super::super) fn read(texts: &mut Texts, text: NamedText<'_>) -> Option<Trial> {
        let (source, file) = texts.toml::<File>(text);
        let file = file?;
        if !(2..=MOST_MEMBERS).contains(file.members.get_ref()) {
            let message = format!("a trial of {} cannot be drawn", file.members.get_ref());
            texts.tell("trial-members", place(source, &file.members), message, format!("give 2 to {MOST_MEMBERS}"));
        }
        let mut reader = Reader { texts, source, noise: BTreeMap::new() };
        for (name, raw) in file.noise {
            reader.noise(name, raw);
        }
        let vary_spans = file.vary.iter().map(|v| place(source, &v.name)).collect();
        let statistics = file.statistic.into_iter().filter_map(|(name, raw)| reader.statistic(name, raw)).collect();
        let vary = file.vary.into_iter().filter_map(|v| vary(reader.texts, source, v)).collect();
        Some(Trial { members: file.members.into_inner(), seed: file.seed, vary, statistics, vary_spans })
    }
}

struct Reader<'a> {
    texts: &'a mut Texts,
    source: SourceId,
    noise: BTreeMap<String, Noise>,
}

impl Reader<'_> {
    fn noise(&mut self, name: String, raw: Spanned<RawNoise>) {
        let at = place(self.source, &raw);
        let raw = raw.into_inner();
        let good = |v: f64| v >= 0.0 && v.is_finite();
        if !(good(raw.sd) && good(raw.wander_sd) && good(raw.wander_h)) {
            self.texts.tell("trial-noise", at, format!("the noise `{name}` is no spread"), "give numbers from 0 on");
        }
        if (raw.wander_sd > 0.0) != (raw.wander_h > 0.0) {
            let help = "`wander_sd` and `wander_h` belong together";
            self.texts.tell("trial-noise", at, format!("the noise `{name}` wanders by half"), help);
        }
        if raw.source.trim().is_empty() {
            let help = "say where it comes from, or `assumed: ` and why";
            self.texts.tell("trial-noise", at, format!("the noise `{name}` has no source"), help);
        }
        self.noise.insert(name, Noise { sd: raw.sd, wander_sd: raw.wander_sd, wander_h: raw.wander_h });
    }

    fn statistic(&mut self, name: Spanned<String>, raw: RawStatistic) -> Option<Statistic> {
        let span = place(self.source, &name);
        let form = self.form(raw, span)?;
        Some(Statistic { observable: name.into_inner(), form, span })
    }

    fn form(&mut self, raw: RawStatistic, span: Span) -> Option<TrialForm> {
        let word = raw.form.get_ref().as_str();
        let (x, y) = (raw.x, raw.y);
        Some(match word {
            "mean" => TrialForm::Mean { of: self.needed(x, "x", span)?, among: self.among(raw.among, span)? },
            "share" => {
                let among = self.among(raw.among, span)?;
                TrialForm::Share { of: self.outcome(raw.outcome, "outcome", span)?, among }
            }
            "odds_ratio" => TrialForm::OddsRatio(self.outcome(raw.outcome, "outcome", span)?),
            "effect_size" => TrialForm::EffectSize(self.needed(x, "x", span)?),
            "change_size" => TrialForm::ChangeSize(self.needed(x, "x", span)?),
            "correlation" => TrialForm::Correlation(self.needed(x, "x", span)?, self.needed(y, "y", span)?),
            "correlation_sign" => TrialForm::CorrelationSign(self.needed(x, "x", span)?, self.needed(y, "y", span)?),
            "split" => TrialForm::Split(self.needed(x, "x", span)?, self.outcome(raw.outcome, "outcome", span)?),
            "split_sign" => {
                TrialForm::SplitSign(self.needed(x, "x", span)?, self.outcome(raw.outcome, "outcome", span)?)
            }
            "days_kept" => TrialForm::DaysKept {
                of: self.outcome(raw.outcome, "outcome", span)?,
                average: self.average(raw.average.as_ref())?,
            },
            "days_superior" => TrialForm::DaysSuperior(self.needed(x, "x", span)?),
            _ => {
                let message = format!("`{word}` is no form of a statistic");
                self.texts.tell("trial-form", place(self.source, &raw.form), message, known(word, FORMS.into_iter()));
                return None;
            }
        })
    }

    fn average(&mut self, raw: Option<&Spanned<String>>) -> Option<Average> {
        match raw.map(|r| r.get_ref().as_str()) {
            None | Some("mean") => Some(Average::Mean),
            Some("median") => Some(Average::Median),
            Some(word) => {
                let at = raw.map_or(Span::NONE, |r| place(self.source, r));
                self.texts.tell("trial-form", at, format!("`{word}` is no average"), "it is `mean` or `median`");
                None
            }
        }
    }

    fn needed(&mut self, raw: Option<RawMeasure>, field: &str, span: Span) -> Option<Measure> {
        let Some(raw) = raw else {
            self.texts.tell("trial-field", span, format!("this statistic needs `{field}`"), "");
            return None;
        };
        if raw.below.is_some() || raw.above.is_some() {
            let at = place(self.source, &raw.of);
            self.texts.tell("trial-field", at, "a threshold where none is used", "it belongs to `outcome` or `among`");
            return None;
        }
        self.measure(raw)
    }

    /// Who is counted, if not all; nothing if it was given and cannot be read.
    fn among(&mut self, raw: Option<RawMeasure>, span: Span) -> Option<Option<Outcome>> {
        match raw {
            Some(among) => self.outcome(Some(among), "among", span).map(Some),
            None => Some(None),
        }
    }

    fn outcome(&mut self, raw: Option<RawMeasure>, field: &str, span: Span) -> Option<Outcome> {
        let Some(raw) = raw else {
            self.texts.tell("trial-field", span, format!("this statistic needs `{field}`"), "");
            return None;
        };
        let (threshold, below) = match (raw.below, raw.above) {
            (Some(threshold), None) => (threshold, true),
            (None, Some(threshold)) => (threshold, false),
            _ => {
                let at = place(self.source, &raw.of);
                self.texts.tell("trial-field", at, "an outcome lies `below` or `above` one number", "");
                return None;
            }
        };
        Some(Outcome { measure: self.measure(raw)?, threshold, below })
    }

    fn measure(&mut self, raw: RawMeasure) -> Option<Measure> {
        let of = match Formula::read(raw.of.get_ref()) {
            Ok(formula) => formula,
            Err(e) => {
                self.texts.tell("trial-formula", place(self.source, &raw.of), e.message, e.help);
                return None;
            }
        };
        let take = match &raw.take {
            None => Take::At,
            Some(word) => self.take(word)?,
        };
        if let Some(word) = raw.against.as_ref().filter(|w| w.get_ref() != "base") {
            let message = format!("`{}` is nothing to compare a member with", word.get_ref());
            self.texts.tell("trial-field", place(self.source, word), message, "it is `base` or left out");
            return None;
        }
        let noise = match &raw.noise {
            None => Noise::default(),
            Some(name) => self.known_noise(name)?,
        };
        Some(Measure { of, take, at_h: raw.at_h, against_base: raw.against.is_some(), noise })
    }

    fn take(&mut self, word: &Spanned<String>) -> Option<Take> {
        let take = Take::from_word(word.get_ref(), None);
        if take.is_none() {
            let message = format!("`{}` is nothing that can be taken", word.get_ref());
            let help = known(word.get_ref(), Take::WORDS.into_iter());
            self.texts.tell("trial-field", place(self.source, word), message, help);
        }
        take
    }

    fn known_noise(&mut self, name: &Spanned<String>) -> Option<Noise> {
        let noise = self.noise.get(name.get_ref()).copied();
        if noise.is_none() {
            let message = format!("no noise is called `{}`", name.get_ref());
            let help = known(name.get_ref(), self.noise.keys().map(String::as_str));
            self.texts.tell("trial-noise", place(self.source, name), message, help);
        }
        noise
    }
}
