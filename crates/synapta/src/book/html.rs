//! Frame, links and tables of the book's pages.

/// Pages that every page links to.
const PAGES: [(&str, &str); 4] = [
    ("index.html", "Modules"),
    ("parameters.html", "Parameters"),
    ("claims.html", "Claims"),
    ("references.html", "References"),
];

/// A whole page; `body` is HTML.
pub fn page(own: &str, title: &str, body: &str) -> String {
    let link = |(file, words): &(&str, &str)| {
        let current = if *file == own { " aria-current=\"page\"" } else { "" };
        format!("<a href=\"{file}\"{current}>{words}</a>")
    };
    let links: Vec<String> = PAGES.iter().map(link).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<title>{title}: Synapta model book</title>\n<link rel=\"stylesheet\" href=\"book.css\">\n<script src=\"sort.js\" \
         defer></script>\n</head>\n<body>\n<header><nav aria-label=\"book\"><strong>Synapta model book</strong> {}</nav></header>\n<main>\n\
         {body}</main>\n<footer>Made by <code>synapta book</code> from the model texts and the evidence. A research model, not medical \
         advice.</footer>\n</body>\n</html>\n",
        links.join(" "),
        title = escape(title)
    )
}

/// Text as it stands in HTML, between tags or in a quoted attribute.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A link; both words and address are plain text.
pub fn link(address: &str, words: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escape(address), escape(words))
}

/// A table that can be sorted by its heads; cells are HTML.
pub fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let head: String = heads.iter().map(|h| format!("<th scope=\"col\">{h}</th>")).collect();
    let body: String = rows
        .iter()
        .map(|row| {
            let cells: String = row.iter().map(|c| format!("<td>{c}</td>")).collect();
            format!("<tr>{cells}</tr>\n")
        })
        .collect();
    format!(
        "<div class=\"wide\"><table class=\"sortable\">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>\n"
    )
}

/// A section with a heading; nothing if there is nothing in it.
pub fn section(id: &str, title: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("<section id=\"{id}\">\n<h2>{}</h2>\n{body}</section>\n", escape(title))
}

/// `3 of 5 (60 %)`.
pub fn share(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "none".into();
    }
    format!("{part} of {whole} ({:.0} %)", 100.0 * part as f64 / whole as f64)
}

/// A verdict with a sign beside its colour.
pub fn verdict(word: &str) -> String {
    let mark = if word == "pass" { "\u{2713}" } else { "\u{2717}" };
    format!("<span class=\"{word}\">{mark} {word}</span>")
}
