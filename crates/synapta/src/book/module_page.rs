//! The page of a model text.

use super::html::{escape, link, page, section, share, table, verdict};
use super::known::{Known, Origin, provenance};
use super::module::{Constant, ModelFile, Module, plain_unit};
use super::{diagram, formulas};
use synapta_model::{Expr, Meta};
use synapta_study::evidence::reference::Reference;

/// Words by which a sentence of the head tells what is assumed or left out.
const LIMITING: [&str; 14] = [
    "assum",
    "left out",
    "leaves out",
    " not ",
    " no ",
    "cannot",
    "recalled",
    "fitted",
    "simplif",
    "lump",
    "unknown",
    "against it",
    "hypothesis",
    "nothing",
];

/// The page.
pub fn html(known: &Known<'_>, file: &ModelFile) -> String {
    let mut body = format!("<h1>{}</h1>\n", escape(&title(file)));
    body.push_str(&format!("<p class=\"mute\"><code>models/{}.ant</code></p>\n", escape(&file.name)));
    for paragraph in file.head.iter().skip(1) {
        body.push_str(&format!("<p>{}</p>\n", escape(paragraph)));
    }
    body.push_str(&section("papers", "Opening papers", &papers(known, file)));
    body.push_str(&section("claims", "Claims it answers", &claims(known, file)));
    body.push_str(&section("limits", "Limits", &limits(known, file)));
    for module in &file.modules {
        body.push_str(&module_html(known, module));
    }
    page(&format!("{}.html", file.name), &title(file), &body)
}

/// The first sentence of the head without its stop.
pub fn title(file: &ModelFile) -> String {
    let first = file.head.first().map_or(file.name.as_str(), String::as_str);
    let end = first.find(". ").unwrap_or(first.len());
    first[..end].trim_end_matches('.').to_string()
}

fn papers(known: &Known<'_>, file: &ModelFile) -> String {
    let all = known.mentioned(&file.head.join(" "));
    let rows: String = all.iter().map(|r| format!("<li>{}</li>\n", cite(r))).collect();
    if rows.is_empty() { String::new() } else { format!("<ul>\n{rows}</ul>\n") }
}

/// A reference in one line, linked to its paper and to its place in the list.
fn cite(r: &Reference) -> String {
    format!(
        "<a href=\"references.html#{key}\">{}</a> {}. {}",
        escape(&format!("{} {}", r.author(), r.field("year"))),
        escape(r.field("title")),
        paper(r),
        key = escape(&r.key)
    )
}

/// The link to a paper by its identifier.
pub fn paper(r: &Reference) -> String {
    let words = r.identifier();
    let address = [
        ("doi", "https://doi.org/"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/"),
        ("pmc", "https://www.ncbi.nlm.nih.gov/pmc/articles/"),
    ]
    .into_iter()
    .find(|(field, _)| !r.field(field).is_empty())
    .map(|(field, start)| format!("{start}{}", r.field(field)));
    address.map_or_else(|| escape(&words), |a| link(&a, &words))
}

fn claims(known: &Known<'_>, file: &ModelFile) -> String {
    let all = known.claims_of(&file.name);
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|c| {
            let id = escape(&c.id);
            vec![format!("<a href=\"claims.html#{id}\">{id}</a>"), escape(&c.statement), verdict(known.verdict(&c.id))]
        })
        .collect();
    if rows.is_empty() { String::new() } else { table(&["claim", "statement", "verdict"], &rows) }
}

/// What the head says of assumptions, and how many values are assumed.
fn limits(known: &Known<'_>, file: &ModelFile) -> String {
    let text = file.head.join(" ");
    let limiting = |s: &&str| {
        let small = format!(" {} ", s.to_lowercase());
        LIMITING.iter().any(|w| small.contains(w))
    };
    let told: String =
        sentences(&text).into_iter().filter(limiting).map(|s| format!("<li>{}</li>\n", escape(s))).collect();
    let counts = provenance(known, &file.modules);
    let values = match counts.about_nature() {
        0 => String::new(),
        of => {
            let assumed = share(counts.assumed, of);
            format!("<li>{assumed} parameters about nature are assumed, each with a reason in the table.</li>\n")
        }
    };
    format!("<ul>\n{told}{values}</ul>\n")
}

/// Sentences end at a stop before a space and a capital; `et al.` ends none.
fn sentences(text: &str) -> Vec<&str> {
    let mut out = vec![];
    let mut start = 0;
    for (at, _) in text.match_indices(". ") {
        let next = text[at + 2..].chars().next();
        let ends =
            next.is_some_and(|c| c.is_uppercase()) && !text[..at].ends_with("et al") && !text[..at].ends_with("Fig");
        if ends {
            out.push(text[start..=at].trim());
            start = at + 1;
        }
    }
    out.push(text[start..].trim());
    out
}

fn module_html(known: &Known<'_>, module: &Module) -> String {
    let mut body = String::new();
    if !module.parts.is_empty() {
        let rows: Vec<Vec<String>> =
            module.parts.iter().map(|(name, id)| vec![escape(name), part(known, id)]).collect();
        body.push_str("<h3>Parts</h3>\n");
        body.push_str(&table(&["part", "module"], &rows));
    }
    let picture = diagram::svg(module);
    if !picture.is_empty() {
        body.push_str(&format!(
            "<h3>Diagram</h3>\n<figure>{picture}<figcaption>Dashed: handed in. Green: handed on. Signs are read off the formulas with every \
             quantity positive; what acts through a definition is drawn as acting itself.</figcaption></figure>\n"
        ));
    }
    let equations = formulas::html(module);
    if !equations.is_empty() {
        body.push_str(&format!("<h3>Equations</h3>\n{equations}"));
    }
    body.push_str(&states(module));
    body.push_str(&constants(known, module));
    body.push_str(&set_here(known, module));
    section(&format!("module-{}", module.id), &format!("Module {}", module.id), &body)
}

/// The link to the page of a module.
fn part(known: &Known<'_>, id: &str) -> String {
    let file = known.files.iter().find(|f| f.modules.iter().any(|m| m.id == id));
    file.map_or_else(|| escape(id), |f| link(&format!("{}.html#module-{id}", f.name), id))
}

fn states(module: &Module) -> String {
    let species = module.model.species.iter().filter(|s| module.owns(&s.id));
    let rows: Vec<Vec<String>> = species
        .map(|s| {
            let terms = s.meta.terms.iter().filter(|t| t.qualifier.to_lowercase().contains("identity"));
            let identity: Vec<String> =
                terms.flat_map(|t| &t.resources).map(|r| link(r, r.rsplit('/').next().unwrap_or(r))).collect();
            vec![
                format!("<code>{}</code>", escape(&s.id)),
                escape(s.meta.name.as_deref().unwrap_or("")),
                escape(&module.unit(&s.id)),
                escape(&s.compartment),
                identity.join(" "),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("<h3>Species</h3>\n{}", table(&["species", "what", "unit", "in", "identity"], &rows))
}

fn constants(known: &Known<'_>, module: &Module) -> String {
    let rows: Vec<Vec<String>> = module.constants().iter().map(|c| row(known, c)).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("<h3>Parameters</h3>\n{}", table(&HEADS, &rows))
}

/// Heads of a table of parameters.
pub const HEADS: [&str; 7] = ["parameter", "what", "value", "unit", "range", "source", "note"];

/// A parameter as a row.
pub fn row(known: &Known<'_>, c: &Constant<'_>) -> Vec<String> {
    vec![
        format!("<code>{}</code>", escape(c.id)),
        escape(c.meta.name.as_deref().unwrap_or("")),
        c.value.map_or(String::new(), number),
        escape(&plain_unit(c.unit.unwrap_or(""))),
        range(c.meta),
        source(known, c.meta),
        escape(c.meta.notes.as_deref().unwrap_or("")),
    ]
}

fn number(v: f64) -> String {
    let size = v.abs();
    let text = if v == 0.0 || (1e-4..1e6).contains(&size) { format!("{v}") } else { format!("{v:e}") };
    text.replace('-', "\u{2212}")
}

fn range(meta: &Meta) -> String {
    let said = |values: &[Expr]| values.iter().filter_map(Expr::as_number).map(number).collect::<Vec<_>>().join(" to ");
    let one = |u: &synapta_model::Uncertainty| {
        let numbers = said(&u.values);
        if u.kind == "range" { numbers } else { format!("{} {numbers}", escape(&u.kind)) }
    };
    meta.uncertainty.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Where a value comes from, linked.
pub fn source(known: &Known<'_>, meta: &Meta) -> String {
    let one = |o: Origin<'_>| match o {
        Origin::Reference(r) => format!(
            "<a href=\"references.html#{}\">{}</a> {}",
            escape(&r.key),
            escape(&format!("{} {}", r.author(), r.field("year"))),
            paper(r)
        ),
        Origin::Address(a) => link(&a, &a),
        Origin::Fitted(rows) => format!("fitted to {}", escape(&rows.join(", "))),
        Origin::Assumed => "assumed".into(),
        Origin::Definition => "definition".into(),
        Origin::Unsaid => "not said".into(),
    };
    known.origins(meta).into_iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Values that a module gives to its parts and that differ from their own.
fn set_here(known: &Known<'_>, module: &Module) -> String {
    // The value that the part has on its own, with whatever it sets in parts of its own.
    let own_value = |path: &str| {
        let (name, rest) = path.split_once('.')?;
        let part = module.parts.iter().find(|(n, _)| n == name)?;
        let model = &known.files.iter().flat_map(|f| &f.modules).find(|m| m.id == part.1)?.model;
        let flat = model.paths.iter().find(|(_, p)| p == rest).map_or(rest, |(id, _)| id.as_str());
        model.parameters.iter().find(|p| p.id == flat)?.value
    };
    let differing = module.model.paths.iter().filter_map(|(id, path)| {
        let parameter = module.model.parameters.iter().find(|p| p.id == *id)?;
        let value = own_value(path)?;
        parameter.value.is_some_and(|v| v != value).then_some((path, parameter))
    });
    let rows: Vec<Vec<String>> = differing
        .map(|(path, p)| row(known, &Constant { id: path, meta: &p.meta, value: p.value, unit: p.units.as_deref() }))
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("<h3>Values it sets in its parts</h3>\n{}", table(&HEADS, &rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_stops_before_capitals() {
        let text = "One e.g. here. Two by Li et al. 2010 (doi 10.1/x). Three, Li et al. Cells.";
        assert_eq!(
            sentences(text),
            ["One e.g. here.", "Two by Li et al. 2010 (doi 10.1/x).", "Three, Li et al. Cells."]
        );
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(number(0.008), "0.008");
        assert_eq!(number(-1e-12), "\u{2212}1e\u{2212}12");
        assert_eq!(number(1e6), "1e6");
    }
}
