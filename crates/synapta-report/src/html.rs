//! A report as one page that loads nothing: style, script, figure and data are inside.

use std::fmt::{Display, Write};

use serde_json::{Value, json};

use crate::curve::curve;
use crate::draw::{Drawn, drawn};
use crate::figure::{Figure, Series};
use crate::number::{significant, time_label};
use crate::palette::{OKABE_ITO, series_index};
use crate::report::{Report, SummaryRow};
use crate::text::escape;

/// Times at which the page can show values under the pointer.
const POINTER_TIMES: usize = 240;
const SPARK_SIZE: (f64, f64) = (120.0, 24.0);

/// Writes a report as one self-contained HTML page. Every text is escaped, a content policy
/// forbids the page to load anything, and the figure's values stand in a table too. Never fails.
pub fn report_html(report: &Report) -> String {
    let drawn = drawn(&report.figure);
    let mut page = String::with_capacity(drawn.svg.len() + 64 * 1024);
    head(&mut page, &report.title);
    put(&mut page, format_args!("<main>\n<header>\n<h1>{}</h1>\n", escape(&report.title)));
    put(&mut page, format_args!("<p class=\"use\">{}</p>\n</header>\n", escape(report.use_note())));
    warnings(&mut page, &report.warnings);
    summary(&mut page, &report.summary);
    figure(&mut page, &report.figure, &drawn);
    what_was_run(&mut page, report);
    manifest(&mut page, &report.manifest);
    page.push_str("</main>\n");
    pointer_data(&mut page, &report.figure, &drawn);
    page.push_str("<script>\n");
    page.push_str(include_str!("assets/report.js"));
    page.push_str("</script>\n</body>\n</html>\n");
    page
}

/// Appends to the page; writing to a String cannot fail.
fn put(page: &mut String, words: impl Display) {
    let _ = write!(page, "{words}");
}

fn head(page: &mut String, title: &str) {
    page.push_str(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    );
    put(page, format_args!("<title>{}</title>\n<style>\n", escape(title)));
    page.push_str(include_str!("assets/report.css"));
    page.push_str("</style>\n</head>\n<body>\n");
}

fn warnings(page: &mut String, warnings: &[String]) {
    if warnings.is_empty() {
        return;
    }
    page.push_str("<section class=\"warnings\" aria-labelledby=\"h-warnings\">\n<h2 id=\"h-warnings\">Warnings</h2>\n");
    list(page, warnings);
    page.push_str("</section>\n");
}

fn list(page: &mut String, items: &[String]) {
    page.push_str("<ul>\n");
    for item in items {
        put(page, format_args!("<li>{}</li>\n", escape(item)));
    }
    page.push_str("</ul>\n");
}

fn summary(page: &mut String, rows: &[SummaryRow]) {
    if rows.is_empty() {
        return;
    }
    page.push_str(
        "<section aria-labelledby=\"h-summary\">\n<h2 id=\"h-summary\">Main results</h2>\n\
         <div class=\"wide\"><table class=\"summary\">\n<thead><tr><th scope=\"col\">Result</th>\
         <th scope=\"col\" class=\"n\">Value</th><th scope=\"col\">Unit</th>\
         <th scope=\"col\">Course</th><th scope=\"col\">Note</th></tr></thead>\n<tbody>\n",
    );
    for row in rows {
        put(
            page,
            format_args!(
                "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                escape(&row.name),
                significant(row.value, 3),
                escape(&row.unit),
                spark(row),
                escape(&row.note),
            ),
        );
    }
    page.push_str(
        "</tbody>\n</table></div>\n<p class=\"small\">Courses run over the time axis of the figure.</p>\n</section>\n",
    );
}

/// A sparkline as inline SVG, with its extremes as words.
fn spark(row: &SummaryRow) -> String {
    let finite = || row.trend.iter().copied().filter(|v| v.abs() <= 1e300);
    let low = finite().fold(f64::INFINITY, f64::min);
    let high = finite().fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return String::new();
    }
    let (width, height) = SPARK_SIZE;
    let last = row.trend.len().saturating_sub(1).max(1) as f64;
    let span = if high > low { high - low } else { 1.0 };
    let points = row.trend.iter().enumerate().map(|(k, &v)| {
        let x = k as f64 / last * (width - 4.0);
        (x, (1.0 - (v - low) / span) * (height - 4.0))
    });
    let made = curve(points, (2.0, 2.0), (width - 4.0, height - 4.0));
    let dots: String =
        made.lone.iter().map(|(x, y)| format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\"/>")).collect();
    format!(
        "<svg class=\"spark\" role=\"img\" aria-label=\"{}: from {} to {}\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\"><path d=\"{}\"/>{dots}</svg>",
        escape(&row.name),
        significant(low, 3),
        significant(high, 3),
        made.path,
    )
}

fn figure(page: &mut String, figure: &Figure, drawn: &Drawn) {
    page.push_str("<section aria-labelledby=\"h-figure\">\n<h2 id=\"h-figure\">From dose to effect</h2>\n<figure class=\"cascade\">\n");
    page.push_str(&drawn.svg);
    page.push_str("</figure>\n");
    values(page, figure, drawn);
    page.push_str("</section>\n");
}

/// The figure's values at its labelled times, for readers who do not see it.
fn values(page: &mut String, figure: &Figure, drawn: &Drawn) {
    let times: Vec<f64> = drawn.layout.ticks.iter().map(|t| t.time_h).collect();
    page.push_str("<details><summary>Values in the figure</summary>\n<div class=\"wide\"><table class=\"values\">\n<thead><tr><th scope=\"col\">Series</th><th scope=\"col\">Unit</th>");
    for &time in &times {
        put(page, format_args!("<th scope=\"col\" class=\"n\">{}</th>", escape(&time_label(time))));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for panel in &figure.panels {
        for series in &panel.series {
            let name = series_name(&panel.title, &series.label);
            put(page, format_args!("<tr><th scope=\"row\">{}</th><td>{}</td>", escape(&name), escape(&panel.unit)));
            for &time in &times {
                put(page, format_args!("<td class=\"n\">{}</td>", significant(series.at(time), 3)));
            }
            page.push_str("</tr>\n");
        }
    }
    page.push_str("</tbody>\n</table></div></details>\n");
}

fn series_name(title: &str, label: &str) -> String {
    match label.trim() {
        "" => title.to_owned(),
        label if label == title => title.to_owned(),
        label => format!("{title}, {label}"),
    }
}

fn what_was_run(page: &mut String, report: &Report) {
    page.push_str("<section aria-labelledby=\"h-run\">\n<h2 id=\"h-run\">What was run</h2>\n<dl>\n");
    let one = |words: &str| vec![words.to_owned()];
    let none = if report.ablations.is_empty() { one("none") } else { report.ablations.clone() };
    let entries = [
        ("Subject", one(&report.subject)),
        ("Regimen", report.regimen.clone()),
        ("Hypothesis", one(&report.hypothesis)),
        ("Mechanisms switched off", none),
    ];
    for (name, lines) in entries {
        entry(page, name, &lines);
    }
    for (name, value) in &report.settings {
        entry(page, name, std::slice::from_ref(value));
    }
    page.push_str("</dl>\n</section>\n");
}

fn entry(page: &mut String, name: &str, lines: &[String]) {
    if lines.iter().all(|line| line.trim().is_empty()) {
        return;
    }
    put(page, format_args!("<dt>{}</dt>\n", escape(name)));
    for line in lines {
        put(page, format_args!("<dd>{}</dd>\n", escape(line)));
    }
}

fn manifest(page: &mut String, manifest: &Value) {
    if manifest.is_null() {
        return;
    }
    let text = serde_json::to_string_pretty(manifest).unwrap_or_default();
    put(
        page,
        format_args!(
            "<section aria-labelledby=\"h-manifest\">\n<h2 id=\"h-manifest\">Manifest</h2>\n<details>\
             <summary>Versions, hashes and settings that reproduce this run</summary>\n\
             <pre tabindex=\"0\">{}</pre></details>\n</section>\n",
            escape(&text)
        ),
    );
}

/// Values at even steps across each plot, for the script that shows them under the pointer.
fn pointer_data(page: &mut String, figure: &Figure, drawn: &Drawn) {
    let times = drawn.layout.time.even_times(POINTER_TIMES);
    let panels: Vec<Value> = figure
        .panels
        .iter()
        .zip(&drawn.layout.panels)
        .map(|(panel, place)| {
            let series: Vec<Value> = panel
                .series
                .iter()
                .enumerate()
                .map(|(k, series)| pointer_series(series, &panel.title, k, &times))
                .collect();
            let plot = place.plot;
            json!({
                "x": rounded(plot.x), "y": rounded(plot.y),
                "w": rounded(plot.width), "h": rounded(plot.height),
                "unit": panel.unit, "series": series,
            })
        })
        .collect();
    let labels: Vec<String> = times.iter().map(|&t| time_label(t)).collect();
    let data = json!({ "times": labels, "panels": panels }).to_string();
    // The only way out of a script element is an end tag; without `<` there is none.
    let data = data.replace('<', "\\u003c");
    put(page, format_args!("<script type=\"application/json\" id=\"figure-data\">{data}</script>\n"));
}

fn pointer_series(series: &Series, title: &str, position: usize, times: &[f64]) -> Value {
    let values: Vec<String> = times.iter().map(|&t| significant(series.at(t), 4)).collect();
    json!({
        "label": if series.label.trim().is_empty() { title } else { series.label.as_str() },
        "colour": OKABE_ITO[series_index(series.style.colour, position)],
        "values": values,
    })
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
