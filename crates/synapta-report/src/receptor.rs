//! The NMDA receptor: subunits in the membrane, sites with their occupancy at two times, channels of each pool.

use crate::map_draw::{MARGIN, TWO_COLUMNS_MM, UNITS_PER_MM};
use crate::map_legend::wrap;
use crate::palette::{INK, OKABE_ITO};
use crate::route::Point;
use crate::shapes::{bar, disc, ellipse, hair, path, percent, pie};
use crate::svg::{Face, Svg};
use crate::text::{Weight, fit, one_line, width};

/// A figure of the receptor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReceptorFigure {
    /// Title.
    pub title: String,
    /// Who and what.
    pub subtitle: String,
    /// The two times.
    pub times: [String; 2],
    /// Title and role of the first, the second and a further subunit.
    pub subunits: Vec<(String, String)>,
    /// Sites.
    pub sites: Vec<ReceptorSite>,
    /// Pools.
    pub pools: Vec<ReceptorPool>,
    /// Below the figure.
    pub notes: Vec<String>,
}

/// Where a site lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SitePlace {
    /// Outside, in the first subunit.
    First,
    /// Outside, in the second subunit.
    Second,
    /// In the channel.
    Channel,
}

/// A site with the share of receptors that have it taken, at the two times.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceptorSite {
    /// Its name, kept in the SVG.
    pub name: String,
    /// What binds.
    pub title: String,
    /// Where.
    pub place: SitePlace,
    /// Shares.
    pub taken: [f64; 2],
}

/// A pool with the shares of its channels that hold the drug, Mg and neither, at the two times.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceptorPool {
    /// Its name, kept in the SVG.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its subunits.
    pub subunits: String,
    /// Drug, Mg, neither.
    pub shares: [[f64; 3]; 2],
}

const FIRST: (&str, &str) = ("#cfe3f3", OKABE_ITO[0]);
const SECOND: (&str, &str) = ("#cdebe0", OKABE_ITO[2]);
const AGONIST: &str = OKABE_ITO[4];
const DRUG: &str = OKABE_ITO[1];
const MAGNESIUM: &str = "#9aa3ad";
const LABEL: f64 = 13.0;
const SMALL: f64 = 12.0;
const TOP: f64 = 56.0;
const PANEL: f64 = 366.0;
const DEPTH: f64 = 390.0;

/// Draws it as SVG, two columns wide.
pub fn receptor_svg(figure: &ReceptorFigure) -> String {
    let page = TWO_COLUMNS_MM * UNITS_PER_MM;
    let notes: Vec<String> = figure.notes.iter().flat_map(|n| wrap(n, page - 2.0 * MARGIN, SMALL)).collect();
    let height = TOP + DEPTH + 16.5 * notes.len() as f64 + 16.0;
    let names: Vec<String> = figure.sites.iter().map(|s| one_line(&s.title)).collect();
    let mut svg = Svg::for_print(
        (page, height),
        TWO_COLUMNS_MM,
        &one_line(&figure.title),
        &format!("A receptor in the membrane with {}.", names.join(", ")),
    );
    svg.text(MARGIN, 20.0, Face::ink(17.0).bold(), &one_line(&figure.title));
    svg.text(MARGIN, 38.0, Face::mute(LABEL), &fit(&figure.subtitle, page - 2.0 * MARGIN, LABEL, Weight::Regular));
    for time in 0..2 {
        let left = MARGIN + PANEL * time as f64;
        let title = format!("{}  {}", ["a", "b"][time], figure.times[time]);
        svg.text(left, TOP + 12.0, Face::ink(14.0).bold(), &one_line(&title));
        panel(&mut svg, figure, time, left + PANEL / 2.0 - 6.0, TOP + 14.0);
    }
    pools(&mut svg, figure, MARGIN + 2.0 * PANEL + 8.0, page - MARGIN);
    for (k, line) in notes.iter().enumerate() {
        svg.text(MARGIN, TOP + DEPTH + 12.0 + 16.5 * k as f64, Face::mute(SMALL), line);
    }
    svg.finish()
}

fn panel(svg: &mut Svg, figure: &ReceptorFigure, time: usize, cx: f64, top: f64) {
    membrane(svg, cx, top + 208.0);
    if figure.subunits.len() > 2 {
        ellipse(svg, (cx + 140.0, top + 52.0), (32.0, 25.0), "#ffffff", "#8d97a3", Some("4 3"));
        svg.text(cx + 140.0, top + 50.0, Face::mute(SMALL).anchored("middle"), first_word(&figure.subunits[2].0));
        svg.text(cx + 140.0, top + 64.0, Face::mute(SMALL - 1.5).anchored("middle"), "in some");
    }
    for (side, colours, subunit) in [(-1.0, FIRST, 0), (1.0, SECOND, 1)] {
        half(svg, (cx, top), side, colours);
        if let Some((title, _)) = figure.subunits.get(subunit) {
            svg.text(cx + 62.0 * side, top + 58.0, Face::ink(LABEL).bold().anchored("middle"), first_word(title));
        }
    }
    sites(svg, figure, time, (cx, top));
}

/// `NR1` of `NR1 (GluN1)`.
fn first_word(title: &str) -> &str {
    title.split(" (").next().unwrap_or(title)
}

fn membrane(svg: &mut Svg, cx: f64, y: f64) {
    let (left, right) = (cx - 170.0, cx + 170.0);
    bar(svg, (left, y), (right - left, 74.0), 4.0, "#f3ead7", "none");
    for edge in [y, y + 74.0] {
        let mut x = left + 7.0;
        while x < right {
            disc(svg, (x, edge), 4.6, "#e6d5ae", "#b9a26a");
            x += 12.0;
        }
    }
    svg.text(left, y - 10.0, Face::mute(SMALL), "outside");
    svg.text(left, y + 92.0, Face::mute(SMALL), "inside");
}

/// One subunit: two lobes outside, one part through the membrane.
fn half(svg: &mut Svg, (cx, top): Point, side: f64, (fill, stroke): (&str, &str)) {
    let x = |d: f64| cx + side * d;
    let through = format!(
        "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}L{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}L{:.1} {:.1}Z",
        x(34.0),
        top + 168.0,
        x(34.0),
        top + 190.0,
        x(17.0),
        top + 196.0,
        x(17.0),
        top + 214.0,
        x(13.0),
        top + 300.0,
        x(34.0),
        top + 316.0,
        x(58.0),
        top + 300.0,
        x(72.0),
        top + 168.0
    );
    path(svg, &through, fill, stroke, 1.2);
    ellipse(svg, (x(62.0), top + 54.0), (44.0, 30.0), fill, stroke, None);
    ellipse(svg, (x(62.0), top + 130.0), (54.0, 42.0), fill, stroke, None);
}

fn sites(svg: &mut Svg, figure: &ReceptorFigure, time: usize, (cx, top): Point) {
    let of = |place| figure.sites.iter().filter(move |s| s.place == place).collect::<Vec<_>>();
    for (k, site) in of(SitePlace::First).into_iter().enumerate() {
        let at = (cx - 62.0, top + 130.0 + 34.0 * k as f64);
        outer(svg, site, time, at, (cx - 172.0, top + 122.0 + 40.0 * k as f64), "start");
    }
    let second = of(SitePlace::Second);
    for (k, site) in second.iter().enumerate() {
        let spread = 34.0 * (k as f64 - (second.len() as f64 - 1.0) / 2.0);
        let at = (cx + 62.0 + spread, top + 130.0);
        outer(svg, site, time, at, (cx + 174.0, top + 104.0 + 66.0 * k as f64), "end");
    }
    let channel = of(SitePlace::Channel);
    for (k, site) in channel.iter().enumerate() {
        // The first written lies deepest.
        let deep = (channel.len() - 1 - k) as f64;
        let at = (cx, top + 264.0 - 38.0 * (channel.len() as f64 - 1.0 - deep));
        inner(svg, site, time, at, cx);
    }
    let free: f64 = 1.0 - channel.iter().map(|s| s.taken[time]).sum::<f64>();
    let below = top + 322.0;
    svg.text(cx, below + 22.0, Face::ink(LABEL).anchored("middle"), "Ca, Na");
    hair(svg, (cx, top + 296.0), (cx, below + 4.0), INK);
    path(svg, &format!("M{cx:.1} {:.1}l-4 -8h8Z", below + 10.0), INK, INK, 0.5);
    svg.text(cx, below + 37.0, Face::mute(SMALL).anchored("middle"), &format!("channel free in {}", percent(free)));
}

/// A site outside, with its words to the side.
fn outer(svg: &mut Svg, site: &ReceptorSite, time: usize, at: Point, words: Point, anchor: &str) {
    svg.begin("g", &[("class", "site".into()), ("id", format!("{}-{time}", site.name).as_str().into())]);
    let room = 62.0;
    pie(svg, at, 14.0, site.taken[time], AGONIST);
    let face = Face::ink(SMALL).anchored(anchor);
    for (line, text) in wrap(&site.title, room, SMALL).iter().enumerate() {
        svg.text(words.0, words.1 + 13.5 * line as f64 - 14.0, face, text);
    }
    let lines = wrap(&site.title, room, SMALL).len() as f64;
    svg.text(words.0, words.1 + 13.5 * lines - 14.0, face.bold(), &percent(site.taken[time]));
    svg.end();
}

/// A site in the channel, with a line to its words.
fn inner(svg: &mut Svg, site: &ReceptorSite, time: usize, at: Point, cx: f64) {
    svg.begin("g", &[("class", "site".into()), ("id", format!("{}-{time}", site.name).as_str().into())]);
    let fill = if site.name == "magnesium" { MAGNESIUM } else { DRUG };
    let end = cx + 82.0;
    hair(svg, at, (end, at.1), INK);
    pie(svg, at, 14.0, site.taken[time], fill);
    svg.text(end + 4.0, at.1 - 1.0, Face::ink(SMALL), &one_line(&site.title));
    svg.text(end + 4.0, at.1 + 13.0, Face::ink(SMALL).bold(), &percent(site.taken[time]));
    svg.end();
}

fn pools(svg: &mut Svg, figure: &ReceptorFigure, left: f64, right: f64) {
    svg.text(left, TOP + 12.0, Face::ink(14.0).bold(), "c  Channels, by cell and place");
    let mut x = left;
    for (fill, words) in [(DRUG, "ketamine"), (MAGNESIUM, "Mg"), ("#ffffff", "free")] {
        bar(svg, (x, TOP + 24.0), (14.0, 11.0), 2.0, fill, INK);
        svg.text(x + 18.0, TOP + 34.0, Face::ink(SMALL), words);
        x += 18.0 + width(words, SMALL, Weight::Regular) + 14.0;
    }
    for (k, pool) in figure.pools.iter().enumerate() {
        let y = TOP + 58.0 + 62.0 * k as f64;
        svg.begin("g", &[("class", "pool".into()), ("id", (&pool.name).into())]);
        svg.text(left, y, Face::ink(LABEL).bold(), &one_line(&pool.title));
        let subunits = format!("NR1 with {}", pool.subunits);
        svg.text(right, y, Face::mute(SMALL).anchored("end"), &one_line(&subunits));
        for (time, word) in ["rest", "peak"].iter().enumerate() {
            stacked(svg, &pool.shares[time], word, (left, y + 7.0 + 18.0 * time as f64), right);
        }
        svg.end();
    }
}

fn stacked(svg: &mut Svg, shares: &[f64; 3], word: &str, (left, y): Point, right: f64) {
    svg.text(left, y + 11.5, Face::mute(SMALL), word);
    let start = left + 34.0;
    let room = right - start - 46.0;
    let mut x = start;
    for (share, fill) in shares.iter().zip([DRUG, MAGNESIUM, "#ffffff"]) {
        let wide = room * if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        bar(svg, (x, y), (wide, 14.0), 0.0, fill, INK);
        x += wide;
    }
    svg.text(right, y + 11.5, Face::ink(SMALL).anchored("end"), &percent(shares[0]));
}
