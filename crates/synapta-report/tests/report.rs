//! The report page: one file, every word escaped, readable without seeing.

use roxmltree::Document;
use synapta_report::{DoseMark, Figure, Panel, RESEARCH_NOTE, Report, Series, SummaryRow, TimeAxis, report_html};

fn report(name: &str) -> Report {
    let time = TimeAxis::log(336.0).with_doses(vec![DoseMark::bolus(0.0, name)]);
    let x = time.even_times(100);
    let y = x.iter().map(|t| (-t / 9.0).exp()).collect();
    Report {
        title: name.into(),
        subject: name.into(),
        regimen: vec![name.into(), "second line".into()],
        hypothesis: name.into(),
        ablations: vec![name.into()],
        settings: vec![(name.into(), name.into())],
        summary: vec![SummaryRow {
            name: name.into(),
            value: 166.4,
            unit: name.into(),
            note: name.into(),
            trend: vec![0.0, 3.0, f64::NAN, 1.0],
        }],
        figure: Figure {
            title: name.into(),
            panels: vec![Panel {
                title: name.into(),
                unit: name.into(),
                series: vec![Series::line(name, x, y)],
                ..Panel::default()
            }],
            time,
            ..Figure::default()
        },
        manifest: serde_json::json!({ "version": name }),
        warnings: vec![name.into()],
        note: String::new(),
    }
}

/// The part of the page between the tags of `main`, which is well-formed XML too.
fn main_part(page: &str) -> &str {
    let from = page.find("<main>").expect("a main element");
    let to = page.find("</main>").expect("its end");
    &page[from..to + "</main>".len()]
}

fn data_part(page: &str) -> serde_json::Value {
    let mark = "id=\"figure-data\">";
    let from = page.find(mark).expect("data") + mark.len();
    let to = from + page[from..].find("</script>").expect("its end");
    serde_json::from_str(&page[from..to]).expect("JSON")
}

#[test]
fn the_page_has_its_parts_in_order_under_headings() {
    let page = report_html(&report("Run"));
    let document = Document::parse(main_part(&page)).expect("well-formed");
    let headings: Vec<_> = document
        .descendants()
        .filter(|n| n.has_tag_name("h1") || n.has_tag_name("h2"))
        .filter_map(|n| n.text())
        .collect();
    let expected = ["Run", "Warnings", "Main results", "From dose to effect", "What was run", "Manifest"];
    assert_eq!(headings, expected);
    assert!(page.contains(RESEARCH_NOTE));
    for words in ["166", "second line", "<th scope=\"row\">", "aria-label=\"Run: from 0 to 3.00\""] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn a_report_of_nothing_is_still_a_page() {
    let page = report_html(&Report::default());
    Document::parse(main_part(&page)).expect("well-formed");
    assert!(!page.contains("Warnings</h2>") && !page.contains("Manifest</h2>"));
}

#[test]
fn the_page_loads_nothing() {
    let page = report_html(&report("Run"));
    for way in ["src=", "href=", "url(", "@import", "fetch(", "XMLHttpRequest", "innerHTML"] {
        assert!(!page.contains(way), "{way}");
    }
    let addresses: Vec<_> = page.match_indices("http").map(|(at, _)| &page[at..at + 26]).collect();
    let allowed = |a: &&str| a.starts_with("http://www.w3.org/2000/svg") || a.starts_with("http-equiv");
    assert!(addresses.iter().all(allowed), "{addresses:?}");
}

#[test]
fn hostile_names_are_only_words() {
    let hostile = "</script></main><script>alert('x')</script><img src=x onerror=\"y\">&lt;\u{0}";
    let page = report_html(&report(hostile));
    assert_eq!(page.matches("<script").count(), 2, "the data and the page's own");
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(page.matches("</main>").count(), 1);
    let document = Document::parse(main_part(&page)).expect("well-formed");
    let foreign = |n: &roxmltree::Node| n.has_tag_name("script") || n.has_tag_name("img");
    assert!(!document.descendants().any(|n| foreign(&n)));
    let heading = document.descendants().find(|n| n.has_tag_name("h1")).and_then(|n| n.text());
    assert!(heading.is_some_and(|h| h.starts_with("</script></main><script>alert('x')")));
    assert_eq!(data_part(&page)["panels"][0]["series"][0]["label"], hostile);
}

#[test]
fn values_under_the_pointer_are_those_of_the_series() {
    let report = report("Run");
    let data = data_part(&report_html(&report));
    let values = data["panels"][0]["series"][0]["values"].as_array().expect("values");
    assert_eq!(values.len(), data["times"].as_array().expect("times").len());
    assert_eq!((&values[0], &data["times"][0]), (&"1.000".into(), &"0".into()));
    let last: f64 = values[values.len() - 1].as_str().expect("text").parse().expect("a number");
    assert!(last < 1e-9 && data["times"][values.len() - 1] == "14 d");
}
