//! The head of a figure: title, stages of the cascade, and the key to doses and levels.

use crate::figure::Figure;
use crate::palette::stage_colour;
use crate::svg::{Face, Svg};
use crate::text::{Weight, fit, one_line, width};

const HEAD_PX: f64 = 23.0;
const LINE_PX: f64 = 13.5;
const KEY_PX: f64 = 12.5;
const KEY_ROW: f64 = 23.0;
/// Most entries of the key that are spelled out.
const MOST_DOSES: usize = 4;

/// Fill and line colours of doses, by the order of their labels; the last serves all further.
const TINTS: [(&str, &str); 3] = [("#ebeff3", "#7b8794"), ("#f8ecdc", "#b98537"), ("#ece8f4", "#8672b5")];

/// What an entry of the key shows before its words.
#[derive(Debug, Clone, PartialEq)]
enum Sample {
    Stage(String),
    Infusion(usize),
    Bolus(usize),
    Level,
    Nothing,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    sample: Sample,
    words: String,
    x: f64,
    y: f64,
}

/// The head, laid out.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    title: String,
    subtitle: String,
    left: f64,
    entries: Vec<Entry>,
    /// Where the panels may begin.
    pub bottom: f64,
    /// Stage names in order of appearance.
    pub stages: Vec<String>,
    /// Dose labels in order of appearance.
    dose_labels: Vec<String>,
}

impl Header {
    pub fn of(figure: &Figure, left: f64, room: f64) -> Self {
        let stages = distinct(figure.panels.iter().map(|p| p.stage.as_str()));
        let dose_labels = distinct(figure.time.doses.iter().map(|d| d.label.as_str()));
        let mut header = Self {
            title: fit(&figure.title, room, HEAD_PX, Weight::Bold),
            subtitle: fit(&figure.subtitle, room, LINE_PX, Weight::Regular),
            left,
            entries: Vec::new(),
            bottom: 40.0,
            stages,
            dose_labels,
        };
        if !header.subtitle.is_empty() {
            header.bottom = 62.0;
        }
        header.place(header.stage_samples(), room);
        header.place(header.key_samples(figure), room);
        header.bottom += 20.0;
        header
    }

    /// Number of the label among the distinct dose labels.
    pub fn dose_tint(&self, label: &str) -> (&'static str, &'static str) {
        let index = self.dose_labels.iter().position(|l| *l == one_line(label));
        tint(index.unwrap_or(0))
    }

    /// Colour of a stage, if it has a name.
    pub fn stage_colour(&self, stage: &str) -> Option<String> {
        let index = self.stages.iter().position(|s| *s == one_line(stage))?;
        Some(stage_colour(index, self.stages.len()))
    }

    fn stage_samples(&self) -> Vec<(Sample, String)> {
        let count = self.stages.len();
        self.stages.iter().enumerate().map(|(k, name)| (Sample::Stage(stage_colour(k, count)), name.clone())).collect()
    }

    fn key_samples(&self, figure: &Figure) -> Vec<(Sample, String)> {
        let mut samples = Vec::new();
        for (k, label) in self.dose_labels.iter().enumerate().take(MOST_DOSES) {
            let same = figure.time.doses.iter().filter(|d| one_line(&d.label) == *label);
            let count = same.clone().count();
            let infused = same.into_iter().any(|d| d.end_h.is_some());
            let words = match count {
                1 => label.clone(),
                _ => format!("{label}, {count} doses"),
            };
            let sample = if infused { Sample::Infusion(k) } else { Sample::Bolus(k) };
            samples.push((sample, words));
        }
        let more = self.dose_labels.len().saturating_sub(MOST_DOSES);
        if more > 0 {
            samples.push((Sample::Nothing, format!("and {more} other kinds of dose")));
        }
        let levels = figure.panels.iter().filter_map(|p| p.reference.as_ref());
        let levels = distinct(levels.map(|r| r.label.as_str()));
        samples.extend(levels.into_iter().take(3).map(|words| (Sample::Level, words)));
        samples
    }

    /// Appends entries in a line of their own, broken where the room ends.
    fn place(&mut self, samples: Vec<(Sample, String)>, room: f64) {
        if samples.is_empty() {
            return;
        }
        let (mut x, mut y) = (0.0, self.bottom + 20.0);
        for (sample, words) in samples {
            let lead = lead(&sample);
            let words = fit(&words, (room - lead).min(560.0), KEY_PX, Weight::Regular);
            let size = lead + width(&words, KEY_PX, Weight::Regular) * 1.03;
            if x > 0.0 && x + size > room {
                (x, y) = (0.0, y + KEY_ROW);
            }
            let after = if matches!(sample, Sample::Stage(_)) { 36.0 } else { 26.0 };
            self.entries.push(Entry { sample, words, x: self.left + x, y });
            x += size + after;
        }
        self.bottom = y + 4.0;
    }

    pub fn draw(&self, svg: &mut Svg) {
        svg.text(self.left, 36.0, Face::ink(HEAD_PX).bold(), &self.title);
        if !self.subtitle.is_empty() {
            svg.text(self.left, 59.0, Face::mute(LINE_PX), &self.subtitle);
        }
        for (k, entry) in self.entries.iter().enumerate() {
            draw_entry(svg, entry);
            let follows = self.entries.get(k + 1).filter(|next| next.y == entry.y);
            let stage = |e: &Entry| matches!(e.sample, Sample::Stage(_));
            if let Some(next) = follows.filter(|next| stage(next) && stage(entry)) {
                arrow(svg, next.x - 27.0, next.x - 9.0, entry.y - 4.5);
            }
        }
    }
}

fn tint(index: usize) -> (&'static str, &'static str) {
    TINTS[index.min(TINTS.len() - 1)]
}

fn lead(sample: &Sample) -> f64 {
    match sample {
        Sample::Stage(_) => 17.0,
        Sample::Infusion(_) | Sample::Level => 29.0,
        Sample::Bolus(_) => 15.0,
        Sample::Nothing => 0.0,
    }
}

fn draw_entry(svg: &mut Svg, entry: &Entry) {
    let (x, y) = (entry.x, entry.y);
    match &entry.sample {
        Sample::Stage(colour) => svg.shape(
            "rect",
            &[
                ("x", x.into()),
                ("y", (y - 10.0).into()),
                ("width", 11.0.into()),
                ("height", 11.0.into()),
                ("rx", 2.0.into()),
                ("fill", colour.into()),
            ],
        ),
        Sample::Infusion(k) => {
            shade(svg, (x, y - 11.0), (22.0, 13.0), tint(*k).0);
            bolus(svg, x, y - 11.0, 13.0, tint(*k).1);
        }
        Sample::Bolus(k) => bolus(svg, x + 4.0, y - 11.0, 13.0, tint(*k).1),
        Sample::Level => level(svg, x, x + 22.0, y - 4.5),
        Sample::Nothing => {}
    }
    svg.text(x + lead(&entry.sample), y, Face::ink(KEY_PX), &entry.words);
}

/// The shaded bar of an infusion.
pub(crate) fn shade(svg: &mut Svg, at: (f64, f64), size: (f64, f64), fill: &str) {
    svg.shape(
        "rect",
        &[
            ("class", "dose".into()),
            ("x", at.0.into()),
            ("y", at.1.into()),
            ("width", size.0.into()),
            ("height", size.1.into()),
            ("fill", fill.into()),
        ],
    );
}

/// The line and arrowhead at the instant a dose begins.
pub(crate) fn bolus(svg: &mut Svg, x: f64, top: f64, height: f64, colour: &str) {
    let style = [("class", "doseline".into()), ("stroke", colour.into()), ("stroke-width", 1.0.into())];
    svg.line((x, top), (x, top + height), &style);
    head(svg, x, top, colour);
}

/// A small triangle pointing down at the top of a plot.
pub(crate) fn head(svg: &mut Svg, x: f64, top: f64, colour: &str) {
    let path = format!("M{:.1} {:.1}h7l-3.5 6z", x - 3.5, top);
    svg.shape("path", &[("d", path.as_str().into()), ("fill", colour.into())]);
}

/// A dashed level.
pub(crate) fn level(svg: &mut Svg, from: f64, to: f64, y: f64) {
    let style = [
        ("class", "level".into()),
        ("stroke", "#6b7480".into()),
        ("stroke-width", 1.1.into()),
        ("stroke-dasharray", "5 4".into()),
    ];
    svg.line((from, y), (to, y), &style);
}

/// A thin arrow to the right.
pub(crate) fn arrow(svg: &mut Svg, from: f64, to: f64, y: f64) {
    let path = format!(
        "M{from:.1} {y:.1}H{to:.1}M{:.1} {:.1}L{to:.1} {y:.1}L{:.1} {:.1}",
        to - 4.0,
        y - 3.2,
        to - 4.0,
        y + 3.2
    );
    svg.shape(
        "path",
        &[
            ("class", "flow".into()),
            ("d", path.as_str().into()),
            ("fill", "none".into()),
            ("stroke", "#8d97a3".into()),
            ("stroke-width", 1.2.into()),
        ],
    );
}

fn distinct<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for word in words.map(one_line).filter(|w| !w.is_empty()) {
        if !seen.contains(&word) {
            seen.push(word);
        }
    }
    seen
}
