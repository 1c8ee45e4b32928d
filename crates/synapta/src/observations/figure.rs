//! Simulated against measured, each row a point: positive numbers on logarithmic axes, changes on linear ones.

use synapta_report::OKABE_ITO;
use synapta_study::evidence::compare::Compared;

/// Side of a plot, its margin, the gap between plots and the head, pixels.
const SIDE: f64 = 420.0;
const LEFT: f64 = 70.0;
const GAP: f64 = 90.0;
const TOP: f64 = 78.0;
const BOTTOM: f64 = 92.0;
/// Half-width of the band around equality: a quarter.
const BAND: f64 = 1.25;
/// Radius of a point.
const POINT: f64 = 4.0;

/// A group of rows with a colour of its own.
struct Group {
    name: &'static str,
    colour: &'static str,
    points: Vec<(f64, f64, bool)>,
}

struct Plot {
    title: &'static str,
    log: bool,
    groups: Vec<Group>,
}

/// The figure.
pub fn svg(compared: &[Compared]) -> String {
    let plots = [positive(compared), changes(compared)];
    let width = 2.0 * LEFT + 2.0 * SIDE + GAP;
    let height = TOP + SIDE + BOTTOM;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"'Noto Sans', 'Helvetica Neue', Arial, sans-serif\" font-size=\"13\" fill=\"#1b1f24\" role=\"img\">\n\
         <title>Simulated against measured</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"{LEFT}\" y=\"30\" font-size=\"18\" font-weight=\"600\">Simulated against measured</text>\n"
    );
    for (i, plot) in plots.iter().enumerate() {
        let x = LEFT + i as f64 * (SIDE + GAP);
        out.push_str(&format!("<g transform=\"translate({x} {TOP})\">\n{}</g>\n", drawn(plot)));
    }
    let y = height - 16.0;
    out.push_str(&format!(
        "<text x=\"{LEFT}\" y=\"{y}\" fill=\"#59626d\">Filled: read in the source. Open: recalled. Line: equal; dashed: a quarter more or \
         less. Rows of signs are not drawn.</text>\n</svg>\n"
    ));
    out
}

fn points<'a>(compared: &'a [Compared], forms: &'a [&str]) -> impl Iterator<Item = (f64, f64, bool)> + 'a {
    // A change in percent is a ratio like any other.
    let placed = |form: &str, v: f64| if form == "percent" { 1.0 + v / 100.0 } else { v };
    let of = move |c: &'a Compared| {
        let simulated = c.simulated.filter(|s| s.is_finite())?;
        let point = (placed(c.form, c.measured), placed(c.form, simulated), c.how == "read");
        forms.contains(&c.form).then_some(point)
    };
    compared.iter().filter_map(of)
}

fn positive(compared: &[Compared]) -> Plot {
    let group = |name, colour: usize, forms: &[&str]| Group {
        name,
        colour: OKABE_ITO[colour],
        points: points(compared, forms).filter(|(m, s, _)| *m > 0.0 && *s > 0.0).collect(),
    };
    let groups = vec![
        group("ratios", 0, &["ratio", "percent"]),
        group("values", 1, &["value"]),
        group("exposure: peaks, times, areas", 2, &["cmax", "tmax", "auc", "half_life"]),
    ];
    Plot { title: "Values and ratios", log: true, groups }
}

fn changes(compared: &[Compared]) -> Plot {
    let points = points(compared, &["difference"]).collect();
    let groups = vec![Group { name: "differences of scores, points", colour: OKABE_ITO[3], points }];
    Plot { title: "Changes", log: false, groups }
}

fn drawn(plot: &Plot) -> String {
    let all = || plot.groups.iter().flat_map(|g| &g.points).flat_map(|(m, s, _)| [*m, *s]);
    let place = |v: f64| if plot.log { v.log10() } else { v };
    let (low, high) = all().map(place).fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
    let head = format!("<text x=\"0\" y=\"-26\" font-weight=\"600\">{}</text>\n", plot.title);
    if low > high {
        return format!("{head}<text x=\"0\" y=\"20\" fill=\"#59626d\">no data</text>\n");
    }
    let pad = (0.06 * (high - low)).max(0.1);
    let (low, high) = (low - pad, high + pad);
    let scale = |v: f64| SIDE * ((place(v) - low) / (high - low)).clamp(0.0, 1.0);
    let mut out = head;
    out.push_str(&format!("<rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"#59626d\"/>\n"));
    for tick in ticks(low, high, plot.log) {
        let at = scale(tick);
        let (y, words) = (SIDE - at, label(tick));
        out.push_str(&format!(
            "<path d=\"M{at:.1} {SIDE}v5M0 {y:.1}h-5\" stroke=\"#59626d\"/><text x=\"{at:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{words}\
             </text><text x=\"-9\" y=\"{:.1}\" text-anchor=\"end\">{words}</text>\n",
            SIDE + 20.0,
            y + 4.0
        ));
    }
    out.push_str(&format!("<path d=\"M0 {SIDE}L{SIDE} 0\" stroke=\"#1b1f24\"/>\n"));
    if plot.log {
        let shift = SIDE * BAND.log10() / (high - low);
        out.push_str(&format!(
            "<path d=\"M0 {:.1}L{:.1} 0M{shift:.1} {SIDE}L{SIDE} {shift:.1}\" stroke=\"#59626d\" stroke-dasharray=\"5 4\"/>\n",
            SIDE - shift,
            SIDE - shift
        ));
    }
    for group in &plot.groups {
        for (measured, simulated, read) in &group.points {
            let fill = if *read { group.colour } else { "none" };
            out.push_str(&format!(
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{POINT}\" fill=\"{fill}\" fill-opacity=\".75\" stroke=\"{}\"/>\n",
                scale(*measured),
                SIDE - scale(*simulated),
                group.colour
            ));
        }
    }
    out.push_str(&axes());
    out.push_str(&key(&plot.groups));
    out
}

fn axes() -> String {
    let middle = SIDE / 2.0;
    format!(
        "<text x=\"{middle}\" y=\"{:.0}\" text-anchor=\"middle\">measured</text>\n\
         <text transform=\"translate(-52 {middle}) rotate(-90)\" text-anchor=\"middle\">simulated</text>\n",
        SIDE + 44.0
    )
}

fn key(groups: &[Group]) -> String {
    let mut out = String::new();
    let mut x = 0.0;
    for group in groups {
        let words = format!("{} ({})", group.name, group.points.len());
        out.push_str(&format!(
            "<circle cx=\"{:.0}\" cy=\"-11\" r=\"{POINT}\" fill=\"{}\"/><text x=\"{:.0}\" y=\"-7\" font-size=\"12\">{words}</text>\n",
            x + POINT,
            group.colour,
            x + 13.0
        ));
        x += 30.0 + 6.2 * words.chars().count() as f64;
    }
    out
}

/// Powers of ten, or about five round numbers.
fn ticks(low: f64, high: f64, log: bool) -> Vec<f64> {
    if log {
        let exponents = (low.ceil() as i32)..=(high.floor() as i32);
        return exponents.map(|e| 10f64.powi(e)).collect();
    }
    let raw = (high - low) / 5.0;
    let unit = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * unit).find(|s| *s >= raw).unwrap_or(raw);
    let first = (low / step).ceil() as i64;
    (first..).map(|i| i as f64 * step).take_while(|t| *t <= high).collect()
}

fn label(tick: f64) -> String {
    if tick == 0.0 { "0".into() } else { synapta_report::significant(tick, 2).replace('-', "\u{2212}") }
}
