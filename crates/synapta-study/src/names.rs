//! Names of a model's elements as people write them: flat ids, dotted paths, patterns.

use std::collections::HashMap;

use synapta_model::{Diagnostic, Element, Id, Model, ModelIndex, Span};

use crate::words::{did_you_mean, nearest_of};

/// Prefix people may leave out: the instance every assembly holds.
const SUBJECT: &str = "subject.";

/// Look-up of one model's elements.
#[derive(Clone, Debug)]
pub struct Names {
    index: ModelIndex,
    /// Dotted path of every element, with its flat id, in model order.
    paths: Vec<(String, Id)>,
    by_path: HashMap<String, Id>,
    by_id: HashMap<Id, String>,
}

impl Names {
    /// Names of a model. Elements without a path of their own have their id as path.
    pub fn new(model: &Model) -> Names {
        let index = model.index();
        let given: HashMap<&Id, &String> = model.paths.iter().map(|(id, path)| (id, path)).collect();
        let elements = model.compartments.iter().map(|c| &c.id);
        let elements = elements.chain(model.species.iter().map(|s| &s.id));
        let elements = elements.chain(model.parameters.iter().map(|p| &p.id));
        let elements = elements.chain(model.reactions.iter().map(|r| &r.id));
        let paths: Vec<(String, Id)> =
            elements.map(|id| (given.get(id).map_or_else(|| id.to_string(), |p| (*p).clone()), id.clone())).collect();
        let by_path = paths.iter().cloned().collect();
        let by_id = paths.iter().map(|(path, id)| (id.clone(), path.clone())).collect();
        Names { index, paths, by_path, by_id }
    }

    /// What a flat id stands for.
    pub fn element(&self, id: &str) -> Option<Element> {
        self.index.get(id)
    }

    /// Dotted path of a flat id; the id itself if it has none.
    pub fn path<'a>(&'a self, id: &'a str) -> &'a str {
        self.by_id.get(id).map_or(id, String::as_str)
    }

    /// The flat id of a flat id or dotted path.
    pub fn exact(&self, name: &str) -> Option<Id> {
        if let Some(id) = self.by_path.get(name) {
            return Some(id.clone());
        }
        self.by_id.contains_key(name).then(|| Id::from(name))
    }

    /// The flat id of a name as a person types it: the leading `subject.` may be left out.
    ///
    /// # Errors
    /// `unknown-name`, with the nearest path.
    pub fn resolve(&self, name: &str) -> Result<Id, Diagnostic> {
        let with_subject = || self.exact(&format!("{SUBJECT}{name}"));
        self.exact(name).or_else(with_subject).ok_or_else(|| self.unknown(name, Span::NONE))
    }

    /// The flat ids of a dotted path or of a pattern, in which `*` stands for one part of a path.
    pub fn matching(&self, pattern: &str) -> Vec<Id> {
        if !pattern.contains('*') {
            return self.exact(pattern).into_iter().collect();
        }
        self.paths.iter().filter(|(path, _)| fits(pattern, path)).map(|(_, id)| id.clone()).collect()
    }

    /// The finding for a name no element has.
    pub fn unknown(&self, name: &str, span: Span) -> Diagnostic {
        let mut near = nearest_of(name, self.paths.iter().map(|(p, _)| p.as_str()));
        if near.is_none() {
            let long = format!("{SUBJECT}{name}");
            near = nearest_of(&long, self.paths.iter().map(|(p, _)| p.as_str()));
        }
        // Whoever knows only the last part of a path is shown where it stands.
        let last = name.rsplit('.').next().unwrap_or(name);
        let same_end = || {
            let ends = |p: &str| p.rsplit('.').next().is_some_and(|e| e == last);
            self.paths.iter().map(|(p, _)| p.as_str()).find(|p| ends(p))
        };
        let help = match same_end().or(near) {
            Some(n) => did_you_mean(Some(n)).trim_end().to_string(),
            None => "names are dotted paths such as `subject.weight`, as the files in models/ have them".to_string(),
        };
        Diagnostic::error("unknown-name", span, format!("the model has no `{name}`")).with_help(help)
    }
}

/// True if a path has the parts of a pattern, `*` for any one part.
fn fits(pattern: &str, path: &str) -> bool {
    let (mut a, mut b) = (pattern.split('.'), path.split('.'));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(p), Some(q)) if p == "*" || p == q => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::toy_model;

    #[test]
    fn names_by_id_path_and_without_subject() {
        let names = Names::new(&toy_model());
        for name in ["subject_weight", "subject.weight", "weight"] {
            assert_eq!(names.resolve(name).unwrap(), "subject_weight", "{name}");
        }
        assert_eq!(names.path("subject_weight"), "subject.weight");
    }

    #[test]
    fn pattern_part_is_exactly_one() {
        let names = Names::new(&toy_model());
        assert_eq!(names.matching("subject.*.supply"), ["subject_left_supply", "subject_right_supply"]);
        assert!(names.matching("subject.*").iter().all(|id| !id.contains("left")));
        assert!(names.matching("subject.nowhere").is_empty());
    }

    #[test]
    fn unknown_name_is_told_with_the_nearest() {
        let names = Names::new(&toy_model());
        let found = names.resolve("wieght").unwrap_err();
        assert_eq!(found.code, "unknown-name");
        assert!(found.help.unwrap().contains("subject.weight"));
        assert!(names.resolve("foo.supply").unwrap_err().help.unwrap().contains("subject.left.supply"));
    }
}
