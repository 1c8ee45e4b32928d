//! What the types of the pictures' data do not say.

use synapta_model::{Diagnostic, SourceId, Span};
use toml::Spanned;

use super::map::{Arrow, Map};
use super::{Pictures, twice};
use crate::library::{Mechanism, Subject};
use crate::words::{did_you_mean, nearest_of};

/// Findings in the pictures' texts: names that are taken or unknown, places that are taken, signs that are none.
pub(crate) fn check(
    pictures: &Pictures,
    sources: [SourceId; 3],
    mechanisms: &[Mechanism],
    subjects: &[Subject],
) -> Vec<Diagnostic> {
    let mut found = map(&pictures.map, sources[0], mechanisms);
    let parts = pictures.receptor.site.iter().map(|s| &s.name).chain(pictures.receptor.pool.iter().map(|p| &p.name));
    found.extend(twice(parts).into_iter().map(|n| taken(sources[1], n)));
    let states = &pictures.states;
    let names = states.state.iter().map(|s| &s.name).chain(states.quantity.iter().map(|q| &q.name));
    found.extend(twice(names).into_iter().map(|n| taken(sources[2], n)));
    let known = || subjects.iter().map(|s| s.name.get_ref().as_str());
    let unknown = states.state.iter().filter(|s| known().all(|k| k != s.subject.get_ref()));
    found.extend(unknown.map(|s| stranger("subject", sources[2], &s.subject, known())));
    found
}

fn map(map: &Map, source: SourceId, mechanisms: &[Mechanism]) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> =
        twice(map.region.iter().map(|r| &r.name)).into_iter().map(|n| taken(source, n)).collect();
    let regions = || map.region.iter().map(|r| r.name.get_ref().as_str());
    for (i, node) in map.node.iter().enumerate() {
        if regions().all(|r| r != node.region.get_ref()) {
            found.push(stranger("region", source, &node.region, regions()));
        }
        let meets = |m: &super::map::Node| {
            m.models.is_empty() || node.models.is_empty() || m.models.iter().any(|model| node.is_in(model))
        };
        let rival = map.node[..i].iter().filter(|m| meets(m)).find(|m| {
            let place = (*m.column.get_ref(), m.row) == (*node.column.get_ref(), node.row);
            place || m.name == node.name
        });
        if let Some(rival) = rival {
            let message = format!("`{}` has the name or the place of `{}`", node.name, rival.name);
            let span = span(source, &node.column);
            let help = "one node a place; nodes of different models may share one";
            found.push(Diagnostic::error("picture-taken", span, message).with_help(help));
        }
    }
    for arrow in &map.arrow {
        found.extend(ends(map, arrow, source));
        found.extend(cut(arrow, source, mechanisms));
    }
    found
}

fn ends(map: &Map, arrow: &Arrow, source: SourceId) -> Vec<Diagnostic> {
    let nodes = || map.node.iter().map(|n| n.name.as_str());
    let unknown = [&arrow.from, &arrow.to].into_iter().filter(|end| nodes().all(|n| n != end.get_ref()));
    let mut found: Vec<Diagnostic> = unknown.map(|end| stranger("node", source, end, nodes())).collect();
    if !matches!(arrow.sign.get_ref(), 1 | -1) {
        let message = format!("a sign of {} is none", arrow.sign.get_ref());
        let help = "1 for an arrow that raises, -1 for one that lowers";
        found.push(Diagnostic::error("picture-sign", span(source, &arrow.sign), message).with_help(help));
    }
    found
}

fn cut(arrow: &Arrow, source: SourceId, mechanisms: &[Mechanism]) -> Option<Diagnostic> {
    let name = arrow.mechanism.as_ref()?;
    let known = || mechanisms.iter().map(|m| m.name.get_ref().as_str());
    known().all(|k| k != name.get_ref()).then(|| stranger("mechanism", source, name, known()))
}

fn taken(source: SourceId, name: &Spanned<String>) -> Diagnostic {
    let message = format!("the name `{}` is taken", name.get_ref());
    Diagnostic::error("picture-taken", span(source, name), message).with_help("choose another name")
}

fn stranger<'a>(
    kind: &str,
    source: SourceId,
    name: &Spanned<String>,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let near = did_you_mean(nearest_of(name.get_ref(), known.clone()));
    let help = format!("{near}known: {}", known.collect::<Vec<_>>().join(", "));
    let message = format!("no {kind} is called `{}`", name.get_ref());
    Diagnostic::error("picture-unknown", span(source, name), message).with_help(help)
}

fn span<T>(source: SourceId, value: &Spanned<T>) -> Span {
    Span::new(source, value.span().start, value.span().end)
}
