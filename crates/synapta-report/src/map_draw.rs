//! Draws the cascade map as SVG for print at the width of two columns.

use crate::cascade_map::{CascadeMap, MapArrow, MapNode, MapRegion};
use crate::map_legend::{legend, legend_height};
use crate::palette::INK;
use crate::route::{Block, Point, Way, way};
use crate::svg::{Attribute, Face, Svg};
use crate::text::{Weight, fit, one_line, width};

/// Width of a figure over two columns of a journal, mm.
pub const TWO_COLUMNS_MM: f64 = 183.0;
/// Units of the drawing to a millimetre: text of 13 units is 6 pt.
pub(crate) const UNITS_PER_MM: f64 = 6.0;

pub(crate) const MARGIN: f64 = 12.0;
const HEAD: f64 = 50.0;
const NODE_HEIGHT: f64 = 48.0;
const ROW: f64 = 76.0;
const GUTTER: f64 = 26.0;
const BAND: f64 = 17.0;
pub(crate) const TITLE: f64 = 12.7;
const NUMBER: f64 = 10.5;
/// Radius of a number's disc.
const DISC: f64 = 7.2;
/// Sizes of the curve in a node.
const CURVE: (f64, f64) = (78.0, 24.0);
/// Hours up to which the curve's time axis is about linear.
const LINEAR_H: f64 = 0.5;
/// What moves by less than this share of its size is drawn flat: it is solver noise.
const STILL: f64 = 1e-4;
pub(crate) const RAISES: &str = "#3b444e";
pub(crate) const LOWERS: &str = "#B5450A";
const CUT: &str = "#c3cad2";

/// Draws a map as SVG, [`TWO_COLUMNS_MM`] wide. Never fails: numbers that do not exist leave a grey field without a curve.
pub fn map_svg(map: &CascadeMap) -> String {
    let grid = Grid::of(map);
    let notes = legend_height(map, grid.width);
    let height = grid.bottom() + notes;
    let names: Vec<String> = map.nodes.iter().map(|n| one_line(&n.title)).collect();
    let description = format!("{} quantities and {} mechanisms: {}.", names.len(), map.arrows.len(), names.join(", "));
    let mut svg = Svg::for_print((grid.width, height), TWO_COLUMNS_MM, &one_line(&map.title), &description);
    svg.text(MARGIN, 20.0, Face::ink(17.0).bold(), &fit(&map.title, grid.width - 2.0 * MARGIN, 17.0, Weight::Bold));
    let subtitle = fit(&map.subtitle, grid.width - 2.0 * MARGIN, TITLE, Weight::Regular);
    svg.text(MARGIN, 38.0, Face::mute(TITLE), &subtitle);
    for region in &map.regions {
        draw_region(&mut svg, region, &grid);
    }
    let ways = grid.ways(map);
    for (arrow, way) in map.arrows.iter().zip(&ways) {
        draw_arrow(&mut svg, map, arrow, way);
    }
    for region in &map.regions {
        draw_region_title(&mut svg, region, &grid);
    }
    for node in &map.nodes {
        draw_node(&mut svg, node, grid.block(node.place), map.hour);
    }
    for (arrow, way) in map.arrows.iter().zip(&ways) {
        draw_number(&mut svg, arrow, way);
    }
    legend(&mut svg, map, grid.bottom(), grid.width);
    svg.finish()
}

/// Where columns and rows lie.
struct Grid {
    width: f64,
    columns: f64,
    tops: Vec<f64>,
}

impl Grid {
    fn of(map: &CascadeMap) -> Grid {
        let width = TWO_COLUMNS_MM * UNITS_PER_MM;
        let mut y = HEAD;
        let mut tops = vec![];
        for row in 0..map.size.1 {
            let begins = map.regions.iter().any(|r| r.place.1 == row);
            y += if begins { BAND } else { 0.0 };
            tops.push(y);
            y += ROW;
        }
        tops.push(y);
        Grid { width, columns: map.size.0.max(1) as f64, tops }
    }

    fn bottom(&self) -> f64 {
        self.tops.last().copied().unwrap_or(HEAD) + 2.0
    }

    fn pitch(&self) -> f64 {
        (self.width - 2.0 * MARGIN) / self.columns
    }

    fn block(&self, place: (usize, usize)) -> Block {
        let half = ((self.pitch() - GUTTER) / 2.0, NODE_HEIGHT / 2.0);
        Block { centre: (self.x(place.0 as f64), self.y(place.1 as f64)), half }
    }

    fn x(&self, column: f64) -> f64 {
        MARGIN + (column + 0.5) * self.pitch()
    }

    /// The middle of a row's nodes; halves lie in the gaps below.
    fn y(&self, row: f64) -> f64 {
        let whole = (row.max(0.0).floor() as usize).min(self.tops.len().saturating_sub(1));
        let centre = |k: usize| self.tops.get(k).copied().unwrap_or(0.0) + NODE_HEIGHT / 2.0;
        let part = row - whole as f64;
        // A half is the middle of the gap, whatever title stands there.
        if part > 0.0 { centre(whole) + part * (NODE_HEIGHT + (ROW - NODE_HEIGHT)) } else { centre(whole) }
    }

    fn point(&self, at: [f64; 2]) -> Point {
        (self.x(at[0]), self.y(at[1]))
    }

    /// The ways of all arrows; ends that share a side of a node are spread along it.
    fn ways(&self, map: &CascadeMap) -> Vec<Way> {
        let blocks: Vec<Block> = map.nodes.iter().map(|n| self.block(n.place)).collect();
        let mut ends: Vec<End> = vec![];
        for (index, arrow) in map.arrows.iter().enumerate() {
            let (Some(from), Some(to)) = (blocks.get(arrow.from), blocks.get(arrow.to)) else { continue };
            let path: Vec<Point> = arrow.path.iter().map(|p| self.point(*p)).collect();
            ends.push(End::new(index, true, arrow.from, *from, path.first().copied().unwrap_or(to.centre), to.centre));
            ends.push(End::new(index, false, arrow.to, *to, path.last().copied().unwrap_or(from.centre), from.centre));
        }
        let one = |(index, arrow): (usize, &MapArrow)| {
            let (from, to) = (blocks.get(arrow.from).copied(), blocks.get(arrow.to).copied());
            let (Some(from), Some(to)) = (from, to) else { return Way { corners: vec![], curved: true } };
            let path: Vec<Point> = arrow.path.iter().map(|p| self.point(*p)).collect();
            way(from, to, (slide(&ends, index, true), slide(&ends, index, false)), &path)
        };
        map.arrows.iter().enumerate().map(one).collect()
    }
}

/// One end of an arrow: at which side of which node, and where it comes from.
struct End {
    arrow: usize,
    leaves: bool,
    node: usize,
    side: u8,
    order: f64,
}

impl End {
    fn new(arrow: usize, leaves: bool, node: usize, block: Block, next: Point, far: Point) -> End {
        let (dx, dy) = (next.0 - block.centre.0, next.1 - block.centre.1);
        let vertical = dy.abs() > block.half.1;
        let side = match (vertical, dy < 0.0, dx < 0.0) {
            (true, true, _) => 0,
            (true, false, _) => 1,
            (false, _, true) => 2,
            (false, _, false) => 3,
        };
        let order = if vertical { far.0 } else { far.1 };
        End { arrow, leaves, node, side, order }
    }
}

/// How far from the middle of its side an end stands, -1 to 1.
fn slide(ends: &[End], arrow: usize, leaves: bool) -> f64 {
    let Some(own) = ends.iter().find(|e| e.arrow == arrow && e.leaves == leaves) else { return 0.0 };
    let mut all: Vec<&End> = ends.iter().filter(|e| e.node == own.node && e.side == own.side).collect();
    all.sort_by(|a, b| a.order.total_cmp(&b.order).then(a.arrow.cmp(&b.arrow)).then(a.leaves.cmp(&b.leaves)));
    let place = all.iter().position(|e| e.arrow == arrow && e.leaves == leaves).unwrap_or(0);
    let step = 0.34_f64.min(1.2 / all.len() as f64);
    step * (place as f64 - (all.len() - 1) as f64 / 2.0)
}

fn region_frame(region: &MapRegion, grid: &Grid) -> (Point, Point) {
    let (column, row) = region.place;
    let last = row + region.size.1;
    let x = MARGIN + column as f64 * grid.pitch() + 5.0;
    let y = grid.tops.get(row).copied().unwrap_or(0.0) - BAND - 3.0;
    let wide = region.size.0 as f64 * grid.pitch() - 10.0;
    let next = grid.tops.get(last.saturating_sub(1)).copied().unwrap_or(0.0) + ROW - 13.0;
    ((x, y), (wide, next - y))
}

fn draw_region(svg: &mut Svg, region: &MapRegion, grid: &Grid) {
    let (at, size) = region_frame(region, grid);
    svg.shape(
        "rect",
        &[
            ("class", "region".into()),
            ("x", at.0.into()),
            ("y", at.1.into()),
            ("width", size.0.into()),
            ("height", size.1.into()),
            ("rx", 8.0.into()),
            ("fill", "#f5f6f8".into()),
            ("stroke", "#d5dae0".into()),
        ],
    );
}

fn draw_region_title(svg: &mut Svg, region: &MapRegion, grid: &Grid) {
    let (at, size) = region_frame(region, grid);
    let title = fit(&region.title, size.0 - 12.0, TITLE, Weight::Bold);
    let wide = width(&title, TITLE, Weight::Bold);
    svg.shape(
        "rect",
        &[
            ("x", (at.0 + 3.0).into()),
            ("y", (at.1 + 1.0).into()),
            ("width", (wide + 8.0).into()),
            ("height", 16.0.into()),
            ("rx", 6.0.into()),
            ("fill", "#f5f6f8".into()),
            ("fill-opacity", 0.9.into()),
        ],
    );
    svg.text(at.0 + 7.0, at.1 + 13.5, Face::mute(TITLE).bold(), &title);
}

fn draw_node(svg: &mut Svg, node: &MapNode, block: Block, hour: f64) {
    let (x, y) = (block.centre.0 - block.half.0, block.centre.1 - block.half.1);
    let wide = 2.0 * block.half.0;
    svg.begin("g", &[("class", "node".into()), ("id", node.name.as_str().into())]);
    svg.shape(
        "rect",
        &[
            ("x", x.into()),
            ("y", y.into()),
            ("width", wide.into()),
            ("height", NODE_HEIGHT.into()),
            ("rx", 5.0.into()),
            ("fill", (&node.tint.colour()).into()),
            ("stroke", "#59626d".into()),
            ("stroke-width", 0.9.into()),
        ],
    );
    let title = fit(&node.title, wide - 8.0, TITLE, Weight::Bold);
    svg.text(x + 5.0, y + 14.5, Face::ink(TITLE).bold(), &title);
    svg.text(x + wide - 5.0, y + 38.0, Face::ink(TITLE).anchored("end"), &one_line(&node.words));
    draw_course(svg, node, (x + 5.0, y + 20.0), hour);
    svg.end();
}

/// The share of the curve's width at an hour: about linear in the first half hour, then logarithmic.
pub(crate) fn place_of_hour(hour: f64, end: f64) -> f64 {
    let stretch = |t: f64| (1.0 + t.max(0.0) / LINEAR_H).ln();
    stretch(hour) / stretch(end).max(f64::MIN_POSITIVE)
}

fn draw_course(svg: &mut Svg, node: &MapNode, at: Point, hour: f64) {
    let points: Vec<&(f64, f64)> = node.course.iter().filter(|(t, v)| *t >= 0.0 && v.is_finite()).collect();
    let Some(end) = points.last().map(|p| p.0).filter(|t| *t > 0.0) else { return };
    let all = points.iter().map(|p| p.1).chain([node.before]).filter(|v| v.is_finite());
    let (low, high) = all.fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
    let still = high - low <= STILL * high.abs().max(low.abs());
    let level = |v: f64| if still { CURVE.1 / 2.0 } else { CURVE.1 * (1.0 - (v - low) / (high - low)) };
    let spot = |t: f64, v: f64| (at.0 + CURVE.0 * place_of_hour(t, end), at.1 + level(v));
    let before = at.1 + level(node.before);
    let hair: [Attribute; 2] = [("stroke", "#8d97a3".into()), ("stroke-width", 0.6.into())];
    svg.line((at.0, before), (at.0 + CURVE.0, before), &hair);
    let mut path = String::new();
    for p in &points {
        let (x, y) = spot(p.0, p.1);
        path.push_str(&format!("{}{x:.1} {y:.1}", if path.is_empty() { "M" } else { "L" }));
    }
    svg.shape(
        "path",
        &[
            ("class", "course".into()),
            ("d", (&path).into()),
            ("fill", "none".into()),
            ("stroke", INK.into()),
            ("stroke-width", 1.4.into()),
            ("stroke-linejoin", "round".into()),
        ],
    );
    let nearest = points.iter().min_by(|a, b| (a.0 - hour).abs().total_cmp(&(b.0 - hour).abs()));
    if let Some(p) = nearest {
        let (x, y) = spot(p.0, p.1);
        svg.shape("circle", &[("cx", x.into()), ("cy", y.into()), ("r", 2.6.into()), ("fill", INK.into())]);
    }
}

fn draw_arrow(svg: &mut Svg, map: &CascadeMap, arrow: &MapArrow, way: &Way) {
    let Some(tip) = way.corners.last().copied() else { return };
    let name = |index: usize| map.nodes.get(index).map_or(String::new(), |n| n.name.clone());
    let id = format!("{}--{}", name(arrow.from), name(arrow.to));
    let colour = match (arrow.cut, arrow.raises) {
        (true, _) => CUT,
        (false, true) => RAISES,
        (false, false) => LOWERS,
    };
    svg.begin("g", &[("class", "arrow".into()), ("id", (&id).into())]);
    let path = way.path(if arrow.raises { 6.0 } else { 2.0 });
    let mut stroke: Vec<Attribute> =
        vec![("d", (&path).into()), ("fill", "none".into()), ("stroke", colour.into()), ("stroke-width", 1.3.into())];
    if arrow.cut {
        stroke.push(("stroke-dasharray", "4 4".into()));
    }
    svg.shape("path", &stroke);
    head(svg, tip, way.direction(), arrow.raises, colour);
    svg.end();
}

/// The end of an arrow: a point that raises, a bar that lowers.
pub(crate) fn head(svg: &mut Svg, tip: Point, direction: Point, raises: bool, colour: &str) {
    let (dx, dy) = direction;
    let (nx, ny) = (-dy, dx);
    if raises {
        let corner = |back: f64, aside: f64| (tip.0 - back * dx + aside * nx, tip.1 - back * dy + aside * ny);
        let (a, b, c) = (corner(0.5, 0.0), corner(8.0, 4.2), corner(8.0, -4.2));
        let path = format!("M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z", a.0, a.1, b.0, b.1, c.0, c.1);
        svg.shape("path", &[("d", (&path).into()), ("fill", colour.into())]);
        return;
    }
    let at = (tip.0 - 2.0 * dx, tip.1 - 2.0 * dy);
    let bar: [Attribute; 2] = [("stroke", colour.into()), ("stroke-width", 2.6.into())];
    svg.line((at.0 + 6.0 * nx, at.1 + 6.0 * ny), (at.0 - 6.0 * nx, at.1 - 6.0 * ny), &bar);
}

fn draw_number(svg: &mut Svg, arrow: &MapArrow, way: &Way) {
    let (Some(key), false) = (arrow.key, way.corners.is_empty()) else { return };
    disc(svg, way.beside(DISC + 2.5), key + 1, arrow.cut);
}

/// The number of what takes an arrow away.
pub(crate) fn disc(svg: &mut Svg, at: Point, number: usize, cut: bool) {
    let stroke = if cut { CUT } else { "#8d97a3" };
    svg.shape(
        "circle",
        &[
            ("cx", at.0.into()),
            ("cy", at.1.into()),
            ("r", DISC.into()),
            ("fill", "#ffffff".into()),
            ("stroke", stroke.into()),
            ("stroke-width", 0.8.into()),
        ],
    );
    svg.text(at.0, at.1 + 3.8, Face::ink(NUMBER).anchored("middle"), &number.to_string());
}
