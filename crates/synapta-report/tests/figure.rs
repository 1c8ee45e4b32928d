//! The cascade figure: its structure, its words, and its pixels.

use resvg::tiny_skia::Rect;
use resvg::usvg::{Group, Node, Options, Tree, fontdb::Database};
use roxmltree::Document;
use std::sync::Arc;
use synapta_report::{
    Dash, DoseMark, FIGURE_WIDTH, Figure, Mark, Panel, Reference, ReportError, Series, SeriesColour, SeriesStyle,
    TimeAxis, cascade_svg, png_from_svg,
};

const STAGES: [&str; 5] = ["Drug", "Circuit", "Signalling", "Synapse", "Mood"];

fn panel(k: usize, x: &[f64]) -> Panel {
    let curve = |scale: f64| x.iter().map(|t| 1.0 + scale * t * (-t / 5.0).exp()).collect();
    Panel {
        title: format!("Process number {k}"),
        quantity: "concentration in the cleft".into(),
        unit: format!("unit{k}/L"),
        stage: STAGES[k / 4 % STAGES.len()].into(),
        series: (0..=k % 3)
            .map(|s| Series::line(format!("cell type {s}"), x.to_vec(), curve(10f64.powi(k as i32 - 4))))
            .collect(),
        reference: Some(Reference { value: 1.0, label: "own baseline".into() }),
        range: None,
    }
}

fn figure(panels: usize, time: TimeAxis) -> Figure {
    let x = time.even_times(300);
    Figure {
        title: "From dose to effect".into(),
        subtitle: "A subject of 70 kg".into(),
        panels: (0..panels).map(|k| panel(k, &x)).collect(),
        time,
        note: "For research only".into(),
        columns: None,
    }
}

fn infusion() -> TimeAxis {
    let dose = DoseMark::infusion(0.0, 2.0 / 3.0, "0.5 mg/kg iv over 40 min");
    TimeAxis::log(336.0).with_doses(vec![dose])
}

fn words(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).expect("well-formed SVG");
    document.descendants().filter(|n| n.has_tag_name("text")).filter_map(|n| n.text().map(str::to_owned)).collect()
}

/// Counts elements of a tag whose class begins with `class`.
fn count(svg: &str, tag: &str, class: &str) -> usize {
    let document = Document::parse(svg).expect("well-formed SVG");
    document
        .descendants()
        .filter(|n| n.tag_name().name() == tag)
        .filter(|n| n.attribute("class").is_some_and(|c| c.starts_with(class)))
        .count()
}

fn pixels(png: &[u8]) -> (usize, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().expect("a PNG");
    let mut data = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut data).expect("a frame");
    assert_eq!((info.color_type, info.width), (png::ColorType::Rgb, FIGURE_WIDTH));
    (info.width as usize, data)
}

fn without_text(svg: &str) -> String {
    svg.lines().filter(|line| !line.starts_with("<text")).collect()
}

#[test]
fn every_panel_names_itself_and_its_unit() {
    let figure = figure(16, infusion());
    let words = words(&cascade_svg(&figure));
    for panel in &figure.panels {
        assert!(words.contains(&panel.title), "{}", panel.title);
        let label = format!("{} ({})", panel.quantity, panel.unit);
        assert!(words.contains(&label), "{label} in {words:?}");
    }
    for stage in &STAGES[..4] {
        assert!(words.iter().any(|w| w == stage), "{stage}");
    }
}

#[test]
fn a_unit_left_out_is_said_to_be_none() {
    let mut figure = figure(1, infusion());
    figure.panels[0].unit = String::new();
    assert!(words(&cascade_svg(&figure)).contains(&"concentration in the cleft (dimensionless)".to_owned()));
}

#[test]
fn each_panel_holds_its_curves_its_level_and_the_dose() {
    let figure = figure(16, infusion());
    let svg = cascade_svg(&figure);
    let series: usize = figure.panels.iter().map(|p| p.series.len()).sum();
    assert_eq!(count(&svg, "g", "panel"), 16);
    // Each curve has a sample in the legend too.
    assert_eq!(count(&svg, "path", "line"), 2 * series);
    // One more of each in the key.
    assert_eq!(count(&svg, "rect", "dose"), 17);
    assert_eq!(count(&svg, "line", "doseline"), 17);
    assert_eq!(count(&svg, "line", "level"), 17);
    assert_eq!(words(&svg).iter().filter(|w| *w == "0.5 mg/kg iv over 40 min").count(), 1);
}

#[test]
fn many_doses_are_marked_without_lines_and_named_once() {
    let doses = (0..20).map(|k| DoseMark::bolus(f64::from(k) * 24.0, "84 mg intranasal")).collect();
    for time in [TimeAxis::linear(0.0, 672.0), TimeAxis::log(672.0)] {
        let svg = cascade_svg(&figure(6, time.with_doses(Vec::clone(&doses))));
        assert_eq!(count(&svg, "line", "doseline"), 1);
        assert!(words(&svg).contains(&"84 mg intranasal, 20 doses".to_owned()));
    }
}

#[test]
fn hostile_names_are_only_words() {
    let hostile = "</text><script>alert(1)</script>&amp;\"'\u{0}\u{1b}[2J";
    let mut figure = figure(2, TimeAxis::log(10.0).with_doses(vec![DoseMark::bolus(0.0, hostile)]));
    figure.title = hostile.into();
    figure.subtitle = hostile.into();
    figure.note = hostile.into();
    for panel in &mut figure.panels {
        panel.title = hostile.into();
        panel.unit = hostile.into();
        panel.quantity = hostile.into();
        panel.stage = hostile.into();
        panel.series[0].label = hostile.into();
    }
    let svg = cascade_svg(&figure);
    let document = Document::parse(&svg).expect("well-formed SVG");
    assert!(document.descendants().all(|n| n.tag_name().name() != "script"));
    assert!(document.descendants().any(|n| n.text().is_some_and(|t| t.starts_with("</text><script>"))));
}

#[test]
fn series_of_gaps_single_points_and_zeros_are_drawn_for_what_they_are() {
    let x: Vec<f64> = (0..10).map(f64::from).collect();
    let one = |title: &str, y: Vec<f64>| Panel {
        title: title.into(),
        series: vec![Series::line("", x.clone(), y)],
        ..Panel::default()
    };
    let mut lone = vec![f64::NAN; 10];
    lone[4] = 2.0;
    let draw =
        |panel: Panel| cascade_svg(&Figure { panels: vec![panel], time: TimeAxis::log(10.0), ..Figure::default() });

    let gaps = draw(one("gaps", vec![f64::NAN; 10]));
    assert!(words(&gaps).contains(&"no data".to_owned()) && count(&gaps, "path", "line") == 0);
    let point = draw(one("point", lone));
    assert_eq!((count(&point, "circle", "dot"), count(&point, "path", "line")), (1, 0));
    for level in [0.0, 7.0] {
        let flat = draw(one("flat", vec![level; 10]));
        assert_eq!((count(&flat, "circle", "dot"), count(&flat, "path", "line")), (0, 1));
        assert!(!words(&flat).contains(&"no data".to_owned()));
    }
}

#[test]
fn a_style_is_followed() {
    let mut figure = figure(1, infusion());
    figure.panels[0].series[0].style =
        SeriesStyle { colour: SeriesColour::Palette(1), dash: Dash::Dashed, mark: Mark::Points };
    let svg = cascade_svg(&figure);
    assert_eq!(count(&svg, "path", "line"), 0);
    assert!(count(&svg, "circle", "dot c1") > 100);
    figure.panels[0].series[0].style.mark = Mark::Line;
    assert!(cascade_svg(&figure).contains("stroke-dasharray=\"7 3.5\""));
}

#[test]
fn text_is_in_the_pixels_without_any_font_of_the_machine() {
    let svg = cascade_svg(&figure(16, infusion()));
    let with = png_from_svg(&svg, FIGURE_WIDTH).expect("an image");
    let without = png_from_svg(&without_text(&svg), FIGURE_WIDTH).expect("an image");
    let ((width, with), (_, without)) = (pixels(&with), pixels(&without));
    let differ = |from: usize, to: usize| {
        let rows = 3 * width * from..3 * width * to;
        let pairs = with[rows.clone()].chunks(3).zip(without[rows].chunks(3));
        pairs.filter(|(a, b)| a != b).count()
    };
    let title = differ(10, 45);
    assert!(title > 800, "{title} pixels of the title");
    let all = differ(0, with.len() / (3 * width));
    assert!(all > 20_000, "{all} pixels of text");
    assert!(without[3 * width * 10..3 * width * 45].iter().all(|&v| v == 255), "no text, no ink");
}

#[test]
fn every_glyph_of_the_field_is_in_the_font() {
    let line = "µμ·²³¹⁻₂αβγδκΔΩ→–—−×±≤≥…°";
    let one = |text: &str| {
        let figure = Figure { title: text.into(), ..Figure::default() };
        png_from_svg(&cascade_svg(&figure), FIGURE_WIDTH).expect("an image")
    };
    // A glyph that the font lacks is drawn as the same box whatever the character.
    let missing = one("\u{10ffff}");
    for c in line.chars() {
        assert_ne!(one(&c.to_string()), missing, "{c}");
    }
}

#[test]
fn an_image_of_no_size_or_from_no_svg_is_an_error() {
    let svg = cascade_svg(&figure(1, infusion()));
    assert!(matches!(png_from_svg(&svg, 0), Err(ReportError::Size { .. })));
    assert!(matches!(png_from_svg(&svg, 1_000_000), Err(ReportError::Size { .. })));
    assert!(matches!(png_from_svg("no svg", 100), Err(ReportError::Svg(_))));
}

/// The part of a line's box that letters fill: Noto Sans has a line of 1.36 em, of which
/// accented capitals leave 0.3 em free at the top and descenders 0.07 em at the foot.
fn ink(line: Rect) -> Rect {
    let top = line.top() + 0.22 * line.height();
    let bottom = line.bottom() - 0.05 * line.height();
    Rect::from_ltrb(line.left(), top, line.right(), bottom).expect("a box")
}

/// Boxes of all texts as set in the linked font, with their words.
fn text_boxes(group: &Group, boxes: &mut Vec<(Rect, String)>) {
    for node in group.children() {
        match node {
            Node::Group(group) => text_boxes(group, boxes),
            Node::Text(text) => {
                let words = text.chunks().iter().map(|c| c.text()).collect();
                boxes.push((ink(text.abs_bounding_box()), words));
            }
            _ => {}
        }
    }
}

#[test]
fn no_two_texts_overlap_and_all_are_on_the_sheet() {
    let mut fonts = Database::new();
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    fonts.load_font_data(notosans::BOLD_TTF.to_vec());
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };

    let mut early = infusion();
    early.start_h = -4.0;
    let axes = [
        infusion(),
        early,
        TimeAxis::log(24.0),
        TimeAxis::log(8760.0),
        TimeAxis::linear(-24.0, 672.0),
        TimeAxis::linear(0.0, 2.0),
    ];
    for (time, panels) in axes.into_iter().flat_map(|t| [1, 5, 13, 16].map(|n| (t.clone(), n))) {
        let figure = figure(panels, time);
        let tree = Tree::from_str(&cascade_svg(&figure), &options).expect("an SVG");
        let mut boxes = Vec::new();
        text_boxes(tree.root(), &mut boxes);
        assert!(boxes.len() > 10 * panels, "{} texts", boxes.len());
        for (k, (a, words)) in boxes.iter().enumerate() {
            let inside = a.left() >= 0.0
                && a.top() >= 0.0
                && a.right() <= tree.size().width()
                && a.bottom() <= tree.size().height();
            assert!(inside, "{words} leaves the sheet");
            for (b, other) in &boxes[k + 1..] {
                let apart =
                    a.right() <= b.left() || b.right() <= a.left() || a.bottom() <= b.top() || b.bottom() <= a.top();
                assert!(apart, "{words:?} overlaps {other:?} with {panels} panels: {a:?} {b:?}");
            }
        }
    }
}

#[test]
fn a_figure_of_many_points_stays_small() {
    let time = infusion();
    let x: Vec<f64> = (0..200_000).map(|k| f64::from(k) * 336.0 / 200_000.0).collect();
    let y: Vec<f64> = x.iter().map(|t| (t * 40.0).sin()).collect();
    let panel = Panel { series: vec![Series::line("", x, y)], ..Panel::default() };
    let svg = cascade_svg(&Figure { panels: vec![panel; 4], time, ..Figure::default() });
    assert!(svg.len() < 400_000, "{} bytes", svg.len());
}

#[test]
fn a_figure_survives_serialisation() {
    let mut figure = figure(2, infusion());
    for panel in &mut figure.panels {
        panel.series = vec![Series::line("a", vec![0.0, 0.5], vec![1.0, 2.25])];
    }
    figure.time.doses[0].end_h = Some(0.75);
    let text = serde_json::to_string(&figure).expect("JSON");
    let read: Figure = serde_json::from_str(&text).expect("a figure");
    assert_eq!(read, figure);
}
