//! The page of claims: each with its arms, expectations, curves and sources, in one file that loads nothing.

use super::{Judged, total, word};
use std::collections::BTreeSet;
use synapta_report::{Figure, Panel, RESEARCH_NOTE, Series, TimeAxis, cascade_svg};
use synapta_study::evidence::claim::Claim;
use synapta_study::evidence::formula::Formula;
use synapta_study::evidence::judge::Verdict;
use synapta_study::evidence::pool::ArmSpec;
use synapta_study::evidence::quantity::Track;

/// Curves beyond this many panels or arms are not drawn: they would not be read.
const MOST_PANELS: usize = 4;
const MOST_ARMS: usize = 6;
/// Points of a curve; enough for its width.
const POINTS: usize = 160;

const STYLE: &str = "
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --mute: #59626d; --line: #d9dde2; --good: #00694b; --bad: #a33000; }
@media (prefers-color-scheme: dark) { :root { --paper: #15181c; --ink: #e8eaed; --mute: #a4adb8; --line: #363c44; --good: #4cc9a0; --bad: #f2a07b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 'Noto Sans', system-ui, 'Helvetica Neue', Arial, sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
h2 a { color: inherit; text-decoration: none; }
article { border-top: 1px solid var(--line); padding: 1.4rem 0 1rem; }
p { margin: .4rem 0; } .mute { color: var(--mute); font-size: .93rem; }
.pass { color: var(--good); font-weight: 600; } .fail { color: var(--bad); font-weight: 600; }
nav { display: flex; flex-wrap: wrap; gap: .3rem .8rem; margin: 1rem 0; font-variant-numeric: tabular-nums; }
nav a { text-decoration: none; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .93rem; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--mute); font-weight: 600; }
figure { margin: .8rem 0; overflow-x: auto; background: #fff; border: 1px solid var(--line); border-radius: 6px; }
figure svg { display: block; width: 100%; min-width: 700px; height: auto; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
";

/// The whole page.
pub fn html(judged: &Judged<'_>) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<title>Synapta: claims</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Claims, simulated and \
         judged</h1>\n<p>{}</p>\n<p class=\"mute\">{}</p>\n",
        escape(&total(judged)),
        escape(RESEARCH_NOTE)
    );
    out.push_str("<nav aria-label=\"claims\">\n");
    for (c, v) in judged.claims.iter().zip(&judged.verdicts) {
        let id = escape(&c.id);
        let word = word(v.pass);
        out.push_str(&format!("<a href=\"#{id}\" class=\"{word}\" title=\"{word}\">{id} {}</a>\n", mark(v.pass)));
    }
    out.push_str("</nav>\n");
    for (c, v) in judged.claims.iter().zip(&judged.verdicts) {
        article(&mut out, c, v, judged);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// A sign beside the colour, for those who do not see it.
fn mark(pass: bool) -> &'static str {
    if pass { "✓" } else { "✗" }
}

fn article(out: &mut String, c: &Claim, v: &Verdict, judged: &Judged<'_>) {
    let (id, word) = (escape(&c.id), word(v.pass));
    out.push_str(&format!(
        "<article id=\"{id}\">\n<h2><a href=\"#{id}\">{id}</a> {} <span class=\"{word}\">{} {word}</span></h2>\n",
        escape(&c.statement),
        mark(v.pass)
    ));
    out.push_str(&format!("<p class=\"mute\">Section: {}</p>\n", escape(&c.section)));
    for (head, text) in [("Why it fails", &v.why), ("Note", &c.note)] {
        if !text.is_empty() {
            out.push_str(&format!("<p><strong>{head}:</strong> {}</p>\n", escape(text)));
        }
    }
    arms(out, c);
    outcomes(out, v);
    if let Some(svg) = curves(c, judged) {
        out.push_str(&format!("<figure>{svg}</figure>\n"));
    }
    sources(out, c, judged);
    out.push_str("</article>\n");
}

fn arms(out: &mut String, c: &Claim) {
    if c.arms.is_empty() && c.assays.is_empty() {
        return;
    }
    out.push_str("<div class=\"wide\"><table>\n<thead><tr><th>arm</th><th>who and what</th></tr></thead>\n<tbody>\n");
    for (name, arm) in &c.arms {
        out.push_str(&format!("<tr><td>{}</td><td>{}</td></tr>\n", escape(name), escape(&arm.words())));
    }
    for (name, assay) in &c.assays {
        out.push_str(&format!("<tr><td>{}</td><td>{}</td></tr>\n", escape(name), escape(&assay.words())));
    }
    for (name, cohort) in &c.cohorts {
        out.push_str(&format!("<tr><td>cohort {}</td><td>{}</td></tr>\n", escape(name), escape(&cohort.words())));
    }
    out.push_str("</tbody></table></div>\n");
}

fn outcomes(out: &mut String, v: &Verdict) {
    if v.outcomes.is_empty() {
        return;
    }
    out.push_str(
        "<div class=\"wide\"><table>\n<thead><tr><th>expected</th><th>simulated</th><th></th><th>where the bounds come \
         from</th></tr></thead>\n<tbody>\n",
    );
    for o in &v.outcomes {
        let word = if o.pass { "pass" } else { "fail" };
        out.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td class=\"{word}\">{} {}</td><td>{}</td></tr>\n",
            escape(&o.expected),
            escape(&o.simulated),
            mark(o.pass),
            if o.pass { "holds" } else { "fails" },
            escape(&o.reason)
        ));
    }
    out.push_str("</tbody></table></div>\n");
}

fn sources(out: &mut String, c: &Claim, judged: &Judged<'_>) {
    if c.sources.is_empty() {
        return;
    }
    out.push_str("<p class=\"mute\">Sources</p>\n<ul class=\"mute\">\n");
    for key in &c.sources {
        let line = judged.references.get(key).map_or_else(|| key.clone(), |r| r.line());
        let title = judged.references.get(key).map_or("", |r| r.field("title"));
        out.push_str(&format!("<li>{}. {}</li>\n", escape(&line), escape(title)));
    }
    out.push_str("</ul>\n");
}

/// What the expectations read, one panel a formula, one curve an arm.
fn curves(c: &Claim, judged: &Judged<'_>) -> Option<String> {
    let mut panels: Vec<Panel> = vec![];
    let mut end_h = 1.0f64;
    for expect in &c.expect {
        let form = &expect.form;
        let mut names: BTreeSet<&str> = form.arms().into_iter().collect();
        names.extend(form.cohorts().into_iter().filter_map(|n| c.cohorts.get(n)).map(|n| n.arm.as_str()));
        let quantities = form.quantities();
        let read = quantities.iter().map(|q| (q.label.as_str(), &q.of));
        for (label, formula) in read.chain(form.steps().iter().map(|(n, f)| (n.as_str(), f))) {
            if panels.len() >= MOST_PANELS || panels.iter().any(|p| p.title == label) {
                continue;
            }
            let series: Vec<Series> = names
                .iter()
                .take(MOST_ARMS)
                .filter_map(|name| {
                    let arm = c.arms.get(*name)?;
                    end_h = end_h.max(arm.end_h);
                    series(name, arm, formula, judged)
                })
                .collect();
            panels.push(Panel { title: label.into(), series, ..Panel::default() });
        }
    }
    panels.retain(|p| !p.series.is_empty());
    if panels.is_empty() {
        return None;
    }
    let figure = Figure { title: c.id.clone(), panels, time: TimeAxis::log(end_h), ..Figure::default() };
    let svg = cascade_svg(&figure);
    let start = svg.find("<svg")?;
    Some(svg[start..].to_string())
}

fn series(name: &str, arm: &ArmSpec, formula: &Formula, judged: &Judged<'_>) -> Option<Series> {
    let trajectory = judged.results.of(judged.library, arm).ok()?;
    let track = Track::of(formula, trajectory).ok()?;
    let inside: Vec<(f64, f64)> = track.time.into_iter().zip(track.values).filter(|(t, _)| *t >= 0.0).collect();
    let every = inside.len().div_ceil(POINTS).max(1);
    let (x, y) = inside.into_iter().step_by(every).unzip();
    Some(Series::line(name, x, y))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
