//! Pictures: what they hold, and whether their numbers move.

use super::super::claim::Claim;
use super::super::expect::{Bounds, Form, Held};
use super::super::quantity::Track;
use super::{Bench, Named, missing, words};
use crate::library::Library;
use crate::picture::{Part, PictureName};

/// Parts told one by one; of more, those that move least.
const TOLD: usize = 3;

/// Names of the model that a picture reads.
pub(super) fn names(form: &Form, claim: &Claim, library: &Library) -> Vec<String> {
    let Form::Figure { arm, picture, .. } = form else { return vec![] };
    let subject = claim.arms.get(arm).and_then(|a| library.subject(&a.subject).ok());
    let model = subject.map_or("", |s| s.model.as_str());
    let parts = library.pictures.parts(*picture, model);
    parts.iter().flat_map(|p| p.of.symbols.iter().cloned()).collect()
}

impl Bench<'_> {
    pub(super) fn figure(
        &self,
        arm: &str,
        picture: PictureName,
        held: &Held,
        bounds: &Bounds,
    ) -> Result<(bool, String, Vec<f64>), String> {
        let arm = self.arm(arm)?;
        let model = self.library.subject(&arm.subject).map_or("", |s| s.model.as_str());
        let parts = self.library.pictures.parts(picture, model);
        let lacks = self.lacks(picture, model, held, &parts);
        let run = self.results.of(self.library, arm)?;
        let mut moves = vec![];
        for part in parts.iter().filter(|p| held.moving().iter().any(|m| m == p.name)) {
            let track = Track::of(part.of, run).map_err(missing)?;
            moves.push(Named { name: part.name.to_string(), number: track.movement() });
        }
        moves.sort_by(|a, b| a.number.total_cmp(&b.number));
        let pass = lacks.is_empty() && !moves.is_empty() && moves.iter().all(|n| bounds.hold(n.number));
        let numbers = moves.iter().map(|n| n.number).collect();
        let count =
            format!("{} of {} values move enough", moves.iter().filter(|n| bounds.hold(n.number)).count(), moves.len());
        moves.truncate(TOLD);
        let told = format!("{count}; least: {}", words::told(pass, moves).1);
        let told = if lacks.is_empty() { told } else { format!("lacks {}; {told}", lacks.join(", ")) };
        Ok((pass, told, numbers))
    }

    /// What a picture must hold and does not.
    fn lacks(&self, picture: PictureName, model: &str, held: &Held, parts: &[Part<'_>]) -> Vec<String> {
        let pictures = &self.library.pictures;
        let word = |(ends, sign): (String, i8)| if sign < 0 { ends.replace("->", "-|") } else { ends };
        let arrows: Vec<String> = pictures.arrows(picture).into_iter().map(word).collect();
        let labels = pictures.labels(picture, model);
        let has_part = |name: &String| parts.iter().any(|p| p.name == name);
        let has_label = |name: &String| labels.iter().any(|l| l.contains(name.as_str()));
        let parts = held.nodes.iter().chain(&held.moving).filter(|n| !has_part(n));
        let arrows = held.arrows.iter().filter(|a| !arrows.contains(a));
        let labels = held.labels.iter().filter(|l| !has_label(l));
        parts.chain(arrows).chain(labels).cloned().collect()
    }
}
