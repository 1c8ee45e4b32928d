//! From the written claim to the typed one.

use std::collections::BTreeMap;

use synapta_model::{SourceId, Span};
use toml::Spanned;

use crate::library::Library;

use super::super::assay_arm::AssayArm;
use super::super::cohort::{Cohort, Spread, Vary};
use super::super::pool::ArmSpec;
use super::super::text::{Texts, known, place};
use super::expectation::Builder;
use super::schema::{ClaimFile, RawArm, RawAssay, RawCohort, RawVary};
use super::{ArmPlaces, Claim, Places};

/// Length of an arm if none is given, h.
const TWO_WEEKS_H: f64 = 336.0;
/// The one word of `status`.
const NOT_YET: &str = "not yet";
/// Most members of a cohort; a claim is a check, not a trial.
pub(in super::super) const MOST_MEMBERS: usize = 500;

/// The claim of a file; what is wrong with it is told.
pub(super) fn claim(reader: &mut Texts, library: &Library, source: SourceId, file: ClaimFile) -> Claim {
    let mut places = Places { id: Some(place(source, &file.id)), ..Places::default() };
    places.elements = file.elements.iter().map(|e| place(source, e)).collect();
    places.sources = file.sources.iter().map(|e| place(source, e)).collect();
    let arms: BTreeMap<String, ArmSpec> = file
        .arms
        .into_iter()
        .map(|(name, raw)| {
            places.arms.insert(name.get_ref().clone(), arm_places(source, &raw));
            (name.into_inner(), arm(reader, source, raw))
        })
        .collect();
    let mut assays = BTreeMap::new();
    for (name, raw) in file.assays {
        places.assays.insert(name.get_ref().clone(), place(source, &raw.assay));
        assays.insert(name.into_inner(), assay(reader, source, &arms, raw));
    }
    let cohorts: BTreeMap<String, Cohort> = file
        .cohorts
        .into_iter()
        .filter_map(|(name, raw)| Some((name.into_inner(), cohort(reader, source, &arms, raw)?)))
        .collect();
    let mut builder = Builder { reader, library, source, arms: &arms, assays: &assays, cohorts: &cohorts };
    let mut expect = vec![];
    for raw in file.expect {
        if let Some((built, span)) = builder.expectation(raw) {
            places.expect.push(span);
            expect.push(built);
        }
    }
    let not_yet = not_yet(reader, source, file.status.as_ref(), file.status_reason);
    let claim = Claim {
        id: file.id.into_inner(),
        section: file.section,
        statement: file.statement.into_inner(),
        kind: file.kind,
        elements: plain(file.elements),
        sources: plain(file.sources),
        note: file.note,
        why_fails: file.why_fails,
        not_yet,
        arms,
        assays,
        cohorts,
        expect,
        source,
        places,
    };
    whole(reader, &claim);
    claim
}

/// What a claim needs beyond its parts.
fn whole(reader: &mut Texts, claim: &Claim) {
    let at = claim.places.id.unwrap_or(Span::NONE);
    if claim.id.trim().is_empty() || claim.statement.trim().is_empty() {
        reader.tell("claim-empty", at, "a claim needs an id and a statement", "");
    }
    if claim.expect.is_empty() && claim.not_yet.is_empty() {
        let help = "add `[[expect]]`, or `status = \"not yet\"` with `status_reason`";
        reader.tell("claim-empty", at, format!("`{}` expects nothing, so it cannot fail", claim.id), help);
    }
    let of_cohorts = claim.cohorts.values().map(|c| c.arm.as_str());
    let of_assays = claim
        .assays
        .values()
        .filter_map(|a| a.state.as_ref())
        .filter_map(|(state, _)| claim.arms.iter().find(|(_, arm)| *arm == state).map(|(name, _)| name.as_str()));
    let named: Vec<&str> = claim.expect.iter().flat_map(|e| e.form.arms()).chain(of_cohorts).chain(of_assays).collect();
    let asked: Vec<&str> = claim.expect.iter().flat_map(|e| e.form.assays()).map(|(name, _)| name).collect();
    for name in claim.assays.keys().filter(|n| !asked.contains(&n.as_str())) {
        let message = format!("no expectation of `{}` uses the assay `{name}`", claim.id);
        let span = claim.places.assays.get(name).copied().unwrap_or(at);
        reader.tell("claim-unused-arm", span, message, "use it or leave it out");
    }
    for name in claim.arms.keys().filter(|n| !named.contains(&n.as_str())) {
        let message = format!("no expectation of `{}` uses the arm `{name}`", claim.id);
        let span = claim.places.arms.get(name).and_then(|p| p.subject).unwrap_or(at);
        reader.tell("claim-unused-arm", span, message, "use it or leave it out");
    }
}

/// Every id stands once.
pub(super) fn once(reader: &mut Texts, claims: &[Claim], claim: &Claim) {
    if claims.iter().any(|c| c.id.eq_ignore_ascii_case(&claim.id)) {
        let message = format!("a claim `{}` stands in another text already", claim.id);
        reader.tell("claim-duplicate", claim.places.id.unwrap_or(Span::NONE), message, "give it an id of its own");
    }
}

fn plain(words: Vec<Spanned<String>>) -> Vec<String> {
    words.into_iter().map(Spanned::into_inner).collect()
}

fn not_yet(reader: &mut Texts, source: SourceId, status: Option<&Spanned<String>>, reason: String) -> String {
    let Some(status) = status else {
        return String::new();
    };
    if status.get_ref() != NOT_YET {
        let message = format!("`{}` is no status", status.get_ref());
        reader.tell("claim-field", place(source, status), message, "the one status is `not yet`");
    }
    if reason.trim().is_empty() {
        let help = "add `status_reason`: what the model or the program lacks";
        reader.tell("claim-reason", place(source, status), "`not yet` without a reason", help);
    }
    reason
}

fn arm(reader: &mut Texts, source: SourceId, raw: RawArm) -> ArmSpec {
    let days = raw.days.as_ref().map(|d| *d.get_ref());
    if let Some(written) = raw.days.filter(|d| !(*d.get_ref() > 0.0 && d.get_ref().is_finite())) {
        let message = format!("an arm of {} days cannot be run", written.get_ref());
        reader.tell("claim-field", place(source, &written), message, "give a number of days above 0");
    }
    ArmSpec {
        subject: raw.subject.into_inner(),
        regimen: raw.regimen.map(Spanned::into_inner).unwrap_or_default(),
        without: plain(raw.without),
        hypotheses: plain(raw.hypotheses),
        set: plain(raw.set),
        end_h: days.map_or(TWO_WEEKS_H, |d| 24.0 * d),
    }
}

fn arm_places(source: SourceId, raw: &RawArm) -> ArmPlaces {
    let all = |words: &[Spanned<String>]| words.iter().map(|w| place(source, w)).collect();
    ArmPlaces {
        subject: Some(place(source, &raw.subject)),
        regimen: raw.regimen.as_ref().map(|r| place(source, r)),
        without: all(&raw.without),
        hypotheses: all(&raw.hypotheses),
        set: all(&raw.set),
    }
}

fn assay(reader: &mut Texts, source: SourceId, arms: &BTreeMap<String, ArmSpec>, raw: RawAssay) -> AssayArm {
    let hour = raw.at_h.unwrap_or(0.0);
    if !(hour >= 0.0 && hour.is_finite()) || (raw.at_h.is_some() && raw.arm.is_none()) {
        let help = "`at_h` is an hour from 0 on of the arm named by `arm`";
        reader.tell("claim-field", place(source, &raw.assay), "the hour of the assay cannot be", help);
    }
    let state = raw.arm.as_ref().and_then(|name| {
        let arm = arms.get(name.get_ref());
        if arm.is_none() {
            let message = format!("no arm is called `{}`", name.get_ref());
            let help = known(name.get_ref(), arms.keys().map(String::as_str));
            reader.tell("claim-unknown-arm", place(source, name), message, help);
        }
        Some((arm?.clone(), hour))
    });
    AssayArm { assay: raw.assay.into_inner(), preparation: raw.preparation, set: raw.set, state }
}

fn cohort(reader: &mut Texts, source: SourceId, arms: &BTreeMap<String, ArmSpec>, raw: RawCohort) -> Option<Cohort> {
    if !arms.contains_key(raw.arm.get_ref()) {
        let message = format!("no arm is called `{}`", raw.arm.get_ref());
        let help = known(raw.arm.get_ref(), arms.keys().map(String::as_str));
        reader.tell("claim-unknown-arm", place(source, &raw.arm), message, help);
    }
    if !(2..=MOST_MEMBERS).contains(raw.members.get_ref()) {
        let message = format!("a cohort of {} cannot be drawn", raw.members.get_ref());
        reader.tell("claim-cohort", place(source, &raw.members), message, format!("give 2 to {MOST_MEMBERS} members"));
    }
    let vary = raw.vary.into_iter().filter_map(|v| vary(reader, source, v)).collect();
    Some(Cohort { arm: raw.arm.into_inner(), members: raw.members.into_inner(), seed: raw.seed, vary })
}

/// What differs from member to member.
pub(in super::super) fn vary(reader: &mut Texts, source: SourceId, raw: RawVary) -> Option<Vary> {
    let spread = match (raw.sd, raw.log_sd) {
        (Some(sd), None) if sd > 0.0 => Spread::Normal(sd),
        (None, Some(sd)) if sd > 0.0 => Spread::LogNormal(sd),
        _ => {
            let help = "give `sd` (normal) or `log_sd` (lognormal around `mean`), above 0";
            reader.tell("claim-cohort", place(source, &raw.name), "one spread is needed", help);
            return None;
        }
    };
    if raw.source.trim().is_empty() {
        let help = "say where mean and spread come from, or `assumed: ` and why";
        reader.tell("claim-reason", place(source, &raw.name), "a spread without a source", help);
    }
    let ends = raw.within.is_none_or(|[a, b]| a < b && (raw.sd.is_some() || a > 0.0));
    if !ends || (raw.sd.is_none() && raw.mean <= 0.0) {
        let help = "`within` is two ends, the lower first; a lognormal value and its ends are above 0";
        reader.tell("claim-cohort", place(source, &raw.name), "the value cannot be drawn", help);
        return None;
    }
    Some(Vary { names: raw.name.into_inner().0, mean: raw.mean, spread, within: raw.within })
}
