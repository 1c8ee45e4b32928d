//! Candidates for treatment, ranked by what the model predicts, with intervals over readings and people.

use serde::Deserialize;
use synapta_model::{Diagnostic, SourceId, Span};
use toml::Spanned;

use crate::evidence::cohort::{Cohort, Spread, Vary, quantile};
use crate::evidence::pool::{ArmSpec, Pool, Results};
use crate::evidence::quantity::Track;
use crate::library::Library;
use crate::picture::{Written, twice};

/// Hours at which effects are read: a day, four weeks.
pub const HOURS: [f64; 2] = [24.0, 672.0];
/// Seed of the members' draw.
const SEED: u64 = 66;

/// studies/library/candidates.toml
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidates {
    /// What is read in the model; a fall is good.
    pub of: Option<Written>,
    /// The patient.
    #[serde(default)]
    pub subject: String,
    /// Mechanisms taken away in every arm.
    #[serde(default)]
    pub without: Vec<String>,
    /// The candidate that others are told against.
    pub reference: Option<Spanned<String>>,
    /// Readings, the first being the middle one.
    #[serde(default)]
    pub reading: Vec<Reading>,
    /// How people differ.
    #[serde(default)]
    pub vary: Vec<Varied>,
    /// What is ranked.
    #[serde(default)]
    pub candidate: Vec<Candidate>,
}

/// Hypotheses that hold together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// By name; the defaults if none.
    pub hypotheses: Vec<String>,
}

/// One value that differs between people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Varied {
    /// Parameters that differ alike.
    pub name: Vec<String>,
    /// Median.
    pub mean: f64,
    /// Standard deviation of the logarithm.
    pub log_sd: f64,
    /// Where the spread comes from.
    pub source: String,
}

/// What a candidate changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// How much.
    Dose,
    /// How often.
    Schedule,
    /// Where it acts.
    Target,
}

impl Kind {
    /// Its word.
    pub fn word(self) -> &'static str {
        ["dose", "schedule", "target"][self as usize]
    }
}

/// A treatment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Its name.
    pub name: Spanned<String>,
    /// What it changes.
    pub kind: Kind,
    /// Regimen line.
    pub regimen: String,
    /// What trials know; empty if none was found.
    #[serde(default)]
    pub tried: String,
}

/// Findings that the types do not tell.
pub(crate) fn check(file: &Candidates, source: SourceId) -> Vec<Diagnostic> {
    let place = |n: &Spanned<String>| Span::new(source, n.span().start, n.span().end);
    let taken = |n: &Spanned<String>| {
        let message = format!("the name `{}` is taken", n.get_ref());
        Diagnostic::error("candidate-taken", place(n), message).with_help("choose another name")
    };
    let mut found: Vec<Diagnostic> = twice(file.candidate.iter().map(|c| &c.name)).into_iter().map(taken).collect();
    let known = |n: &Spanned<String>| file.candidate.iter().any(|c| c.name.get_ref() == n.get_ref());
    if let Some(reference) = file.reference.as_ref().filter(|r| !known(r)) {
        let message = format!("no candidate is called `{}`", reference.get_ref());
        let help = "name one of the candidates of this file";
        found.push(Diagnostic::error("candidate-unknown", place(reference), message).with_help(help));
    }
    found
}

/// The effect at one hour: the fall of what is read against the same person without any dose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Smallest over readings and people.
    pub low: f64,
    /// The typical person under the first reading.
    pub middle: f64,
    /// Largest.
    pub high: f64,
}

/// A candidate with its effects.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it changes.
    pub kind: Kind,
    /// Regimen line.
    pub regimen: &'a str,
    /// What trials know.
    pub tried: &'a str,
    /// At a day and at four weeks.
    pub effects: [Effect; 2],
    /// Share of readings and people in whom it is above the reference at four weeks.
    pub above_reference: f64,
}

/// A ranking to be run: candidates in readings and people.
pub struct Ranking<'a> {
    library: &'a Library,
    people: Vec<ArmSpec>,
}

impl<'a> Ranking<'a> {
    /// The typical person under every reading, and `members` people under the first.
    pub fn new(library: &'a Library, members: usize) -> Ranking<'a> {
        let file = &library.candidates;
        let bare = |hypotheses: &[String]| ArmSpec {
            subject: file.subject.clone(),
            regimen: String::new(),
            without: file.without.clone(),
            hypotheses: hypotheses.to_vec(),
            set: vec![],
            end_h: HOURS[1],
        };
        let mut people: Vec<ArmSpec> = file.reading.iter().map(|r| bare(&r.hypotheses)).collect();
        let vary = |v: &Varied| Vary {
            names: v.name.clone(),
            mean: v.mean,
            spread: Spread::LogNormal(v.log_sd),
            within: None,
        };
        let cohort = Cohort { arm: String::new(), members, seed: SEED, vary: file.vary.iter().map(vary).collect() };
        if let Some(first) = people.first().cloned() {
            people.extend(cohort.arms(&first));
        }
        Ranking { library, people }
    }

    /// Number of readings and people an interval spans.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// Every arm: people without a dose, then with each candidate.
    pub fn ask(&self, pool: &mut Pool) {
        let file = &self.library.candidates;
        let names = || file.of.iter().flat_map(|of| of.0.symbols.iter().cloned());
        for person in &self.people {
            pool.want(self.library, person, names(), HOURS);
            for candidate in &file.candidate {
                pool.want(self.library, &dosed(person, candidate), names(), HOURS);
            }
        }
    }

    /// The candidates, the largest sum of both middle effects first.
    ///
    /// # Errors
    /// The first run that failed.
    pub fn ranked(&self, results: &Results) -> Result<Vec<Ranked<'a>>, String> {
        let file = &self.library.candidates;
        let all = file.candidate.iter().map(|c| self.effects(results, c)).collect::<Result<Vec<_>, String>>()?;
        let reference = file.reference.as_ref().map(|r| r.get_ref());
        let reference = file.candidate.iter().position(|c| Some(c.name.get_ref()) == reference);
        let late = |k: usize| all[k].iter().map(|e| e[1]).collect::<Vec<f64>>();
        let bar = reference.map(late).unwrap_or_default();
        let one = |(k, candidate): (usize, &'a Candidate)| {
            let above = late(k).iter().zip(&bar).filter(|(own, other)| own > other).count();
            let effect = |hour: usize| {
                let own: Vec<f64> = all[k].iter().map(|e| e[hour]).collect();
                let middle = own.first().copied().unwrap_or(f64::NAN);
                Effect { low: quantile(&own, 0.0), middle, high: quantile(&own, 1.0) }
            };
            Ranked {
                name: candidate.name.get_ref(),
                kind: candidate.kind,
                regimen: &candidate.regimen,
                tried: &candidate.tried,
                effects: [effect(0), effect(1)],
                above_reference: above as f64 / self.people.len().max(1) as f64,
            }
        };
        let mut out: Vec<Ranked<'a>> = file.candidate.iter().enumerate().map(one).collect();
        let sum = |r: &Ranked<'_>| r.effects.iter().map(|e| e.middle).sum::<f64>();
        out.sort_by(|a, b| sum(b).total_cmp(&sum(a)));
        Ok(out)
    }

    /// The effects in every reading and person.
    fn effects(&self, results: &Results, candidate: &Candidate) -> Result<Vec<[f64; 2]>, String> {
        let of = self.library.candidates.of.as_ref().ok_or("nothing is read")?;
        let track = |arm: &ArmSpec| {
            Track::of(&of.0, results.of(self.library, arm)?).map_err(|name| format!("`{name}` was not kept"))
        };
        let one = |person: &ArmSpec| {
            let (none, with) = (track(person)?, track(&dosed(person, candidate))?);
            Ok(HOURS.map(|h| none.at(h) - with.at(h)))
        };
        self.people.iter().map(one).collect()
    }
}

fn dosed(person: &ArmSpec, candidate: &Candidate) -> ArmSpec {
    ArmSpec { regimen: candidate.regimen.clone(), ..person.clone() }
}
