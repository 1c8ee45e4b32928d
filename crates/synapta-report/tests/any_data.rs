//! Whatever the numbers and names, everything is drawn and stays well-formed.

use proptest::collection::vec;
use proptest::prelude::*;
use roxmltree::Document;
use synapta_report::{
    Align, Charset, Column, DoseMark, Figure, Mark, Panel, Reference, Report, Series, SummaryRow, TimeAxis, TimeScale,
    cascade_svg, png_from_svg, report_html, significant, sparkline, table, time_label,
};

/// Any float at all, or one of a size that occurs.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), -1e3..1e3f64, Just(0.0), Just(1.0), Just(f64::NAN)]
}

fn series() -> impl Strategy<Value = Series> {
    let mark = prop_oneof![Just(Mark::Line), Just(Mark::Points), Just(Mark::LineAndPoints)];
    (any::<String>(), vec(number(), 0..40), vec(number(), 0..40), any::<bool>(), mark).prop_map(
        |(label, mut x, y, sorted, mark)| {
            if sorted {
                x.sort_by(f64::total_cmp);
            }
            let mut series = Series::line(label, x, y);
            series.style.mark = mark;
            series
        },
    )
}

fn panel() -> impl Strategy<Value = Panel> {
    let words = (any::<String>(), any::<String>(), any::<String>(), "[a-c]{0,2}");
    let level = proptest::option::of((number(), any::<String>()));
    let range = proptest::option::of((number(), number()));
    (words, vec(series(), 0..5), level, range).prop_map(|(words, series, level, range)| Panel {
        title: words.0,
        quantity: words.1,
        unit: words.2,
        stage: words.3,
        series,
        reference: level.map(|(value, label)| Reference { value, label }),
        range,
    })
}

fn time() -> impl Strategy<Value = TimeAxis> {
    let scale = prop_oneof![Just(TimeScale::Linear), number().prop_map(|from_h| TimeScale::Log { from_h })];
    let dose = (number(), proptest::option::of(number()), "[a-d ]{0,3}").prop_map(|(start_h, end_h, label)| DoseMark {
        start_h,
        end_h,
        label,
    });
    (scale, number(), number(), vec(dose, 0..12)).prop_map(|(scale, start_h, end_h, doses)| TimeAxis {
        scale,
        start_h,
        end_h,
        doses,
    })
}

fn figure() -> impl Strategy<Value = Figure> {
    let words = (any::<String>(), any::<String>(), any::<String>());
    let columns = proptest::option::of(any::<usize>());
    (words, time(), vec(panel(), 0..8), columns).prop_map(|(words, time, panels, columns)| Figure {
        title: words.0,
        subtitle: words.1,
        note: words.2,
        time,
        panels,
        columns,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_figure_is_well_formed_svg(figure in figure()) {
        let svg = cascade_svg(&figure);
        let document = Document::parse(&svg).expect("well-formed SVG");
        let panels = document.descendants().filter(|n| n.attribute("class") == Some("panel"));
        prop_assert_eq!(panels.count(), figure.panels.len());
        for word in ["NaN", "inf"] {
            let bad = document
                .descendants()
                .flat_map(|n| n.attributes())
                .filter(|a| !matches!(a.name(), "aria-label" | "class"))
                .any(|a| a.value().contains(word));
            prop_assert!(!bad, "{} in an attribute", word);
        }
    }

    #[test]
    fn any_report_is_a_well_formed_page(figure in figure(), trend in vec(number(), 0..30), value in number(), words in any::<String>()) {
        let report = Report {
            title: words.clone(),
            regimen: vec![words.clone()],
            summary: vec![SummaryRow { name: words.clone(), value, unit: words.clone(), note: words.clone(), trend }],
            manifest: serde_json::json!([words]),
            warnings: vec![words],
            figure,
            ..Report::default()
        };
        let page = report_html(&report);
        let from = page.find("<main>").expect("main");
        let to = page.find("</main>").expect("end of main");
        Document::parse(&page[from..to + 7]).expect("well-formed page");
    }

    #[test]
    fn sparklines_have_their_width(values in vec(number(), 1..200), width in 1usize..80) {
        for charset in [Charset::Unicode, Charset::Ascii] {
            prop_assert_eq!(sparkline(&values, width, charset).chars().count(), width);
        }
    }

    #[test]
    fn tables_have_a_line_for_each_row(rows in vec(vec(any::<String>(), 0..5), 0..8)) {
        let columns = [Align::Left, Align::Right, Align::Decimal].map(|align| Column { head: "head".into(), align });
        for charset in [Charset::Unicode, Charset::Ascii] {
            prop_assert_eq!(table(&columns, &rows, charset).lines().count(), rows.len() + 2);
        }
        prop_assert!(table(&columns, &rows, Charset::Ascii).is_ascii());
    }

    #[test]
    fn numbers_and_times_have_words(value in number(), digits in any::<usize>()) {
        prop_assert!(!significant(value, digits).is_empty());
        prop_assert!(!time_label(value).is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_figure_is_an_image(figure in figure()) {
        let svg = cascade_svg(&figure);
        prop_assert!(png_from_svg(&svg, 400).is_ok());
    }
}
