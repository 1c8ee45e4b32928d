//! Diagnostics on the terminal: the only place where they become text.

use codespan_reporting::diagnostic::{Diagnostic as Report, Label};
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term;
use synapta_model::{Diagnostic, Severity, SourceMap, Span};

/// Renders diagnostics with the source lines they point to, most severe first, at most `most` of them.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, most: usize) -> String {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|d| std::cmp::Reverse(d.severity));
    let mut files = SimpleFiles::new();
    let mut count = 0u32;
    while let Some(source) = sources.get(synapta_model::SourceId(count)) {
        files.add(source.name.clone(), source.text.clone());
        count += 1;
    }
    let config = term::Config { display_style: term::DisplayStyle::Rich, ..term::Config::default() };
    let mut out = String::new();
    for d in sorted.iter().take(most) {
        let report = report(d, count);
        match term::emit_into_string(&config, &files, &report) {
            Ok(text) => out.push_str(text.trim_end()),
            Err(_) => out.push_str(&format!("{}: {}", word(d.severity), d.message)),
        }
        out.push('\n');
    }
    if sorted.len() > most {
        out.push_str(&format!("... and {} more\n", sorted.len() - most));
    }
    out
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn report(d: &Diagnostic, sources: u32) -> Report<usize> {
    let inside = |s: Span| !s.is_none() && s.source.0 < sources;
    let mut labels = vec![];
    if inside(d.span) {
        labels.push(Label::primary(d.span.source.0 as usize, d.span.start as usize..d.span.end as usize));
    }
    for (span, text) in d.labels.iter().filter(|(s, _)| inside(*s)) {
        let range = span.start as usize..span.end as usize;
        labels.push(Label::secondary(span.source.0 as usize, range).with_message(text));
    }
    let mut report = match d.severity {
        Severity::Error => Report::error(),
        Severity::Warning => Report::warning(),
    }
    .with_code(d.code)
    .with_message(&d.message)
    .with_labels(labels);
    if let Some(help) = &d.help {
        report = report.with_notes(vec![format!("help: {help}")]);
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_place_line_caret_and_help() {
        let mut map = SourceMap::new();
        let id = map.add("a.ant", "x = y + 1");
        let d =
            Diagnostic::error("unknown-name", Span::new(id, 4, 5), "`y` is not defined").with_help("did you mean `x`?");
        let text = render(&[d], &map, 10);
        assert!(text.contains("a.ant:1:5"), "{text}");
        assert!(text.contains("^"), "{text}");
        assert!(text.contains("did you mean `x`?"), "{text}");
    }
}
