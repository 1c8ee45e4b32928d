//! The ranking of candidates: complete, with intervals, and with something untried ahead of the reference.

use super::super::expect::Bounds;
use super::Bench;
use super::words::short;
use crate::rank::{Effect, Ranked, Ranking};

impl Bench<'_> {
    pub(super) fn ranks(&self, kinds: &[String], bounds: &Bounds) -> Result<(bool, String, Vec<f64>), String> {
        let all = Ranking::new(self.library, 0).ranked(self.results)?;
        let lacks: Vec<&str> =
            kinds.iter().map(String::as_str).filter(|k| all.iter().all(|r| r.kind.word() != *k)).collect();
        let whole = |e: &Effect| e.low.is_finite() && e.high.is_finite() && e.low <= e.middle && e.middle <= e.high;
        let complete = all.iter().filter(|r| r.effects.iter().all(whole)).count();
        let reference = self.library.candidates.reference.as_ref().map(|r| r.get_ref().as_str());
        let late = |r: &Ranked<'_>| r.effects[1].middle;
        let bar = all.iter().find(|r| Some(r.name) == reference).map_or(f64::NAN, late);
        let best = all.iter().filter(|r| r.tried.is_empty()).max_by(|a, b| late(a).total_cmp(&late(b)));
        let lead = best.map_or(f64::NAN, |r| late(r) - bar);
        let pass = lacks.is_empty() && !all.is_empty() && complete == all.len() && bounds.hold(lead);
        let mut told = format!("{complete} of {} candidates with intervals", all.len());
        if let Some(best) = best {
            let e = best.effects[1];
            let (low, high) = (short(e.low), short(e.high));
            told.push_str(&format!(
                "; best untried: {}, {} ({low} to {high}) at four weeks, {} above the reference",
                best.name,
                short(e.middle),
                short(lead)
            ));
        }
        if !lacks.is_empty() {
            told.push_str(&format!("; lacks {}", lacks.join(", ")));
        }
        Ok((pass, told, vec![complete as f64, lead]))
    }
}
