//! The book's index and its lists: all parameters, all claims, all references.

use super::html::{escape, link, page, section, share, table, verdict};
use super::known::{Known, Origin, provenance};
use super::module_page::{self, HEADS, paper, title};
use std::collections::{BTreeMap, BTreeSet};
use synapta_study::evidence::claim::Claim;
use synapta_study::evidence::judge::expected;
use synapta_study::evidence::reference::Reference;

/// The first page.
pub fn index(known: &Known<'_>) -> String {
    let mut states_of_all = 0;
    let rows: Vec<Vec<String>> = known
        .files
        .iter()
        .map(|file| {
            let counts = provenance(known, &file.modules);
            let states: usize = file.modules.iter().map(|m| m.states().len()).sum();
            let claims = known.claims_of(&file.name);
            let pass = claims.iter().filter(|c| known.verdict(&c.id) == "pass").count();
            states_of_all += states;
            vec![
                link(&format!("{}.html", file.name), &file.name),
                escape(&title(file)),
                states.to_string(),
                counts.all.to_string(),
                counts.sourced.to_string(),
                counts.fitted.to_string(),
                counts.assumed.to_string(),
                counts.definitions.to_string(),
                if claims.is_empty() { String::new() } else { format!("{pass} of {}", claims.len()) },
            ]
        })
        .collect();
    let total = provenance(known, known.files.iter().flat_map(|f| &f.modules));
    let pass = known.claims.claims.iter().filter(|c| known.verdict(&c.id) == "pass").count();
    let body = format!(
        "<h1>Model book</h1>\n<p>How ketamine lifts depression, from a dose to the rating scale: every module of the model with its \
         equations, values, sources and limits, and the claims it answers.</p>\n<ul>\n<li>{states_of_all} states in the modules below; an \
         organism holds some modules more than once.</li>\n<li>Of the <a href=\"parameters.html\">parameters</a> that say something about \
         nature, {} have a source, {} are fitted to observations, {} are assumed; {} more are definitions.</li>\n<li>{} <a href=\"claims.html\">claims</a> hold.</li>\n<li>{} <a \
         href=\"references.html\">references</a>.</li>\n</ul>\n{}",
        share(total.sourced, total.about_nature()),
        share(total.fitted, total.about_nature()),
        share(total.assumed, total.about_nature()),
        total.definitions,
        share(pass, known.claims.claims.len()),
        known.references.all.len(),
        table(
            &[
                "module",
                "what",
                "states",
                "parameters",
                "sourced",
                "fitted",
                "assumed",
                "definitions",
                "claims that hold"
            ],
            &rows
        )
    );
    page("index.html", "Modules", &body)
}

/// Every parameter of every module.
pub fn parameters(known: &Known<'_>) -> String {
    let mut rows = vec![];
    let total = provenance(known, known.files.iter().flat_map(|f| &f.modules));
    for file in known.files {
        for module in &file.modules {
            for constant in module.constants() {
                let address = format!("{}.html#module-{}", file.name, module.id);
                let mut row = vec![link(&address, &module.id)];
                row.extend(module_page::row(known, &constant));
                rows.push(row);
            }
        }
    }
    let heads: Vec<&str> = std::iter::once("module").chain(HEADS).collect();
    let body = format!(
        "<h1>Parameters</h1>\n<p>{} of those about nature are assumed. Press a head to sort by it. Values are those of the module; where it stands in an organism \
         they may be set anew, which the pages of <a href=\"organism.html\">organism</a>, <a href=\"human.html\">human</a> and <a \
         href=\"rodent.html\">rodent</a> show.</p>\n{}",
        share(total.assumed, total.about_nature()),
        table(&heads, &rows)
    );
    page("parameters.html", "Parameters", &body)
}

/// Every claim with its verdict, expectations, sources and modules.
pub fn claims(known: &Known<'_>) -> String {
    let all = &known.claims.claims;
    let pass = all.iter().filter(|c| known.verdict(&c.id) == "pass").count();
    let mut body = format!(
        "<h1>Claims</h1>\n<p>{} hold. Verdicts are those written down in the evidence; <code>synapta claims ID</code> runs one again and \
         shows what was simulated.</p>\n<nav class=\"claims\">",
        share(pass, all.len())
    );
    for claim in all {
        let id = escape(&claim.id);
        let word = known.verdict(&claim.id);
        body.push_str(&format!("<a href=\"#{id}\" class=\"{word}\">{id}</a> "));
    }
    body.push_str("</nav>\n");
    body.extend(all.iter().map(|c| claim_html(known, c)));
    page("claims.html", "Claims", &body)
}

fn claim_html(known: &Known<'_>, claim: &Claim) -> String {
    let id = escape(&claim.id);
    let held =
        known.verdicts.get(&claim.id).map_or(String::new(), |v| format!(", {} of {} expectations", v.holds, v.of));
    let mut out = format!(
        "<article id=\"{id}\">\n<h2>{id} {}</h2>\n<p>{}{held}. <span class=\"mute\">Section: {}</span></p>\n",
        escape(&claim.statement),
        verdict(known.verdict(&claim.id)),
        escape(&claim.section)
    );
    for (head, text) in [("Why it fails", &claim.why_fails), ("Not asked yet", &claim.not_yet), ("Note", &claim.note)] {
        if !text.is_empty() {
            out.push_str(&format!("<p><strong>{head}:</strong> {}</p>\n", escape(text)));
        }
    }
    let arms: Vec<Vec<String>> =
        claim.arms.iter().map(|(name, arm)| vec![escape(name), escape(&arm.words())]).collect();
    if !arms.is_empty() {
        out.push_str(&table(&["arm", "who and what"], &arms));
    }
    let rows: Vec<Vec<String>> = claim.expect.iter().map(|e| vec![escape(&expected(e)), escape(&e.reason)]).collect();
    if !rows.is_empty() {
        out.push_str(&table(&["expected", "where the bounds come from"], &rows));
    }
    let files: Vec<String> = known.files_of(&claim.id).iter().map(|f| link(&format!("{f}.html"), f)).collect();
    let sources: Vec<String> = claim.sources.iter().map(|key| source(known, key)).collect();
    for (head, list) in [("Modules", files), ("Sources", sources)] {
        if !list.is_empty() {
            out.push_str(&format!("<p class=\"mute\">{head}: {}</p>\n", list.join("; ")));
        }
    }
    out.push_str("</article>\n");
    out
}

fn source(known: &Known<'_>, key: &str) -> String {
    let words = known.references.get(key).map_or_else(|| key.to_string(), Reference::line);
    format!("<a href=\"references.html#{}\">{}</a>", escape(key), escape(&words))
}

/// Every reference with what rests on it.
pub fn references(known: &Known<'_>) -> String {
    let values = values(known);
    let rows: Vec<Vec<String>> = known
        .references
        .all
        .iter()
        .map(|r| {
            let claims: Vec<String> = known
                .claims
                .claims
                .iter()
                .filter(|c| c.sources.contains(&r.key))
                .map(|c| link(&format!("claims.html#{}", c.id), &c.id))
                .collect();
            let modules: Vec<String> = values
                .get(r.key.as_str())
                .map_or(vec![], |files| files.iter().map(|f| link(&format!("{f}.html"), f)).collect());
            let observations = known.observations.get(&r.key).map_or(String::new(), usize::to_string);
            let author = if r.author().is_empty() { r.key.as_str() } else { r.author() };
            vec![
                format!("<span id=\"{}\">{}</span>", escape(&r.key), escape(author)),
                escape(r.field("year")),
                escape(r.field("title")),
                escape(r.field("journal")),
                escape(r.field("design")),
                escape(r.field("species")),
                format!("{} <span class=\"mute\">{}</span>", paper(r), escape(r.field("note"))),
                modules.join(" "),
                claims.join(" "),
                observations,
            ]
        })
        .collect();
    let unverified =
        known.references.all.iter().filter(|r| r.field("note").starts_with("identifier not verified")).count();
    let heads =
        ["author", "year", "title", "journal", "design", "species", "paper", "values in", "claims", "observations"];
    let body = format!(
        "<h1>References</h1>\n<p>{} sources. The identifier of {unverified} was not seen with the paper and is marked.</p>\n{}",
        known.references.all.len(),
        section("all", "All", &table(&heads, &rows))
    );
    page("references.html", "References", &body)
}

/// Reference to the model files in which a value rests on it.
fn values<'a>(known: &'a Known<'_>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut out: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in known.files {
        let parameters = file.modules.iter().flat_map(|m| m.constants());
        for origin in parameters.flat_map(|c| known.origins(c.meta)) {
            if let Origin::Reference(r) = origin {
                out.entry(r.key.as_str()).or_default().insert(file.name.as_str());
            }
        }
    }
    out
}
