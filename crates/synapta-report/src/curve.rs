//! A series as an SVG path: gaps, thinning to the pixels there are, and cutting at the frame.

use std::fmt::Write;

/// A point in pixels within the frame of a plot.
pub(crate) type Point = (f64, f64);

/// A curve made ready to draw.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Curve {
    /// Path data; empty when there is no line to draw.
    pub path: String,
    /// Points that have no neighbour to be joined to.
    pub lone: Vec<Point>,
}

/// Makes the curve through `points`, shifted by `origin` and cut to a frame of `size`. A point
/// that is not finite breaks the line.
pub(crate) fn curve(points: impl Iterator<Item = Point>, origin: Point, size: Point) -> Curve {
    let mut made = Curve::default();
    let mut run = Vec::new();
    for (x, y) in points {
        if x.is_finite() && y.is_finite() {
            run.push((x, y));
            continue;
        }
        finish(&mut run, &mut made, origin, size);
    }
    finish(&mut run, &mut made, origin, size);
    made
}

fn finish(run: &mut Vec<Point>, made: &mut Curve, origin: Point, size: Point) {
    match run.as_slice() {
        [] => {}
        [point] => made.lone.extend(inside(*point, size).then_some(shift(*point, origin))),
        points => draw(&straighten(&thin(points)), &mut made.path, origin, size),
    }
    run.clear();
}

pub(crate) fn inside((x, y): Point, (width, height): Point) -> bool {
    (-0.5..=width + 0.5).contains(&x) && (-0.5..=height + 0.5).contains(&y)
}

fn shift(point: Point, origin: Point) -> Point {
    (point.0 + origin.0, point.1 + origin.1)
}

/// Keeps the first, lowest, highest and last point of each pixel column.
fn thin(points: &[Point]) -> Vec<Point> {
    let mut kept = Vec::with_capacity(points.len().min(2048));
    for column in points.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
        let last = column.len() - 1;
        let lowest = position(column, |a, b| a < b);
        let highest = position(column, |a, b| a > b);
        let mut order = [0, lowest.min(highest), lowest.max(highest), last];
        order.sort_unstable();
        let mut before = None;
        for k in order {
            if before != Some(k) {
                kept.push(column[k]);
            }
            before = Some(k);
        }
    }
    kept
}

fn position(column: &[Point], better: impl Fn(f64, f64) -> bool) -> usize {
    let mut best = 0;
    for (k, point) in column.iter().enumerate() {
        if better(point.1, column[best].1) {
            best = k;
        }
    }
    best
}

/// Drops points that lie on the line from the last kept one to the next.
fn straighten(points: &[Point]) -> Vec<Point> {
    const TOLERANCE_PX: f64 = 0.02;
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for (k, &point) in points.iter().enumerate() {
        let redundant = match (kept.last(), points.get(k + 1)) {
            (Some(&from), Some(&to)) => distance(from, to, point) < TOLERANCE_PX,
            _ => false,
        };
        if !redundant {
            kept.push(point);
        }
    }
    kept
}

/// Distance of `point` from the line through `from` and `to`; infinite where they turn back.
fn distance(from: Point, to: Point, point: Point) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (px, py) = (point.0 - from.0, point.1 - from.1);
    let length = dx.hypot(dy);
    let along = px * dx + py * dy;
    if length < 1e-9 || along < 0.0 || along > length * length {
        return f64::INFINITY;
    }
    (px * dy - py * dx).abs() / length
}

fn draw(points: &[Point], path: &mut String, origin: Point, size: Point) {
    let mut pen: Option<Point> = None;
    for pair in points.windows(2) {
        let Some((from, to)) = clip(pair[0], pair[1], size) else {
            pen = None;
            continue;
        };
        if pen != Some(from) {
            push(path, 'M', shift(from, origin));
        }
        push(path, 'L', shift(to, origin));
        pen = Some(to);
    }
}

fn push(path: &mut String, command: char, (x, y): Point) {
    let (x, y) = ((x * 10.0).round() / 10.0, (y * 10.0).round() / 10.0);
    // Writing to a String cannot fail.
    let _ = write!(path, "{command}{x} {y}");
}

/// The part of a segment within `0..=width` and `0..=height` (Liang and Barsky 1984,
/// doi:10.1145/357332.357333).
fn clip(from: Point, to: Point, (width, height): Point) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (step, room) in [(-dx, from.0), (dx, width - from.0), (-dy, from.1), (dy, height - from.1)] {
        if step == 0.0 && room < 0.0 {
            return None;
        }
        if step == 0.0 {
            continue;
        }
        let at = room / step;
        if step < 0.0 {
            enter = enter.max(at);
        } else {
            leave = leave.min(at);
        }
    }
    let place = |at: f64, end: Point, whole: bool| match whole {
        true => end,
        false => (from.0 + at * dx, from.1 + at * dy),
    };
    (enter <= leave).then(|| (place(enter, from, enter <= 0.0), place(leave, to, leave >= 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Point = (100.0, 50.0);

    fn made(points: &[Point]) -> Curve {
        curve(points.iter().copied(), (0.0, 0.0), SIZE)
    }

    #[test]
    fn a_gap_breaks_the_line_and_leaves_lone_points() {
        let curve =
            made(&[(0.0, 1.0), (5.0, 2.0), (7.0, f64::NAN), (9.0, 3.0), (f64::NAN, 0.0), (20.0, 1.0), (30.0, 1.0)]);
        assert_eq!(curve.path.matches('M').count(), 2);
        assert_eq!(curve.lone, [(9.0, 3.0)]);
    }

    #[test]
    fn a_straight_line_of_many_points_needs_two() {
        let points: Vec<_> = (0..1000).map(|k| (k as f64 / 10.0, 25.0)).collect();
        assert_eq!(made(&points).path, "M0 25L99.9 25");
    }

    #[test]
    fn peaks_narrower_than_a_pixel_survive() {
        let mut points: Vec<_> = (0..10_000).map(|k| (k as f64 / 100.0, 40.0)).collect();
        points[5_050].1 = 3.0;
        let path = made(&points).path;
        assert!(path.contains(" 3L"), "{path}");
    }

    #[test]
    fn the_line_is_cut_at_the_frame() {
        let curve = made(&[(-10.0, 10.0), (50.0, 10.0), (50.0, 500.0)]);
        assert_eq!(curve.path, "M0 10L50 10L50 50");
        assert_eq!(made(&[(-10.0, 10.0), (-5.0, 20.0)]).path, "");
    }
}
