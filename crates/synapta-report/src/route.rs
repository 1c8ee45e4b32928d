//! Ways of arrows between boxes: straight through a gap, or along given corners.

use std::fmt::Write;

/// A point.
pub(crate) type Point = (f64, f64);

/// A box by its centre and half sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Block {
    pub centre: Point,
    pub half: Point,
}

/// Radius of rounded corners.
const CORNER: f64 = 7.0;

/// A way: its corners, from the edge of one box to the edge of another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Way {
    pub corners: Vec<Point>,
    pub curved: bool,
}

impl Block {
    /// The point of the edge that faces `to`, a share `slide` (-1 to 1) of the side away from its middle.
    fn edge(self, to: Point, slide: f64) -> Point {
        let (dx, dy) = (to.0 - self.centre.0, to.1 - self.centre.1);
        if dy.abs() > self.half.1 {
            return (self.centre.0 + slide * self.half.0, self.centre.1 + dy.signum() * self.half.1);
        }
        (self.centre.0 + dx.signum() * self.half.0, self.centre.1 + slide * self.half.1)
    }
}

/// The way between two boxes; `slides` shift its ends along the sides, `path` holds corners between.
pub(crate) fn way(from: Block, to: Block, slides: (f64, f64), path: &[Point]) -> Way {
    let (Some(first), Some(last)) = (path.first(), path.last()) else {
        let corners = vec![from.edge(to.centre, slides.0), to.edge(from.centre, slides.1)];
        return Way { corners, curved: true };
    };
    let mut start = from.edge(*first, slides.0);
    let mut end = to.edge(*last, slides.1);
    let mut corners = path.to_vec();
    straighten(&mut start, &mut corners[0], from);
    let at = corners.len() - 1;
    straighten(&mut end, &mut corners[at], to);
    let all = std::iter::once(start).chain(corners).chain([end]).collect();
    Way { corners: all, curved: false }
}

/// Sets a first corner level with the end beside it, so that the way leaves its box at a right angle.
fn straighten(end: &mut Point, corner: &mut Point, of: Block) {
    let on_side = (end.0 - of.centre.0).abs() >= of.half.0 - 1e-9;
    if on_side {
        corner.1 = end.1;
    } else {
        corner.0 = end.0;
    }
}

impl Way {
    /// The SVG path, shortened by `gap` at its end, where a head is drawn.
    pub fn path(&self, gap: f64) -> String {
        let mut out = String::new();
        let (Some(start), Some(end)) = (self.corners.first(), self.corners.last()) else { return out };
        let tip = self.direction();
        let stop = (end.0 - gap * tip.0, end.1 - gap * tip.1);
        let _ = write!(out, "M{:.1} {:.1}", start.0, start.1);
        if self.curved {
            let (a, b) = self.controls();
            let _ = write!(
                out,
                "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                a.0,
                a.1,
                b.0 - gap * tip.0,
                b.1 - gap * tip.1,
                stop.0,
                stop.1
            );
            return out;
        }
        for k in 1..self.corners.len() - 1 {
            let (before, at, after) = (self.corners[k - 1], self.corners[k], self.corners[k + 1]);
            let (into, out_of) = (toward(at, before), toward(at, after));
            let _ = write!(out, "L{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}", into.0, into.1, at.0, at.1, out_of.0, out_of.1);
        }
        let _ = write!(out, "L{:.1} {:.1}", stop.0, stop.1);
        out
    }

    fn controls(&self) -> (Point, Point) {
        let (a, b) = (self.corners[0], self.corners[1]);
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        if dx.abs() > 4.0 * dy.abs() {
            return ((a.0 + dx / 2.0, a.1), (b.0 - dx / 2.0, b.1));
        }
        ((a.0, a.1 + dy / 2.0), (b.0, b.1 - dy / 2.0))
    }

    /// The direction at its end, of length 1.
    pub fn direction(&self) -> Point {
        let n = self.corners.len();
        if n < 2 {
            return (0.0, 1.0);
        }
        let (a, b) =
            if self.curved { (self.controls().1, self.corners[1]) } else { (self.corners[n - 2], self.corners[n - 1]) };
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let size = dx.hypot(dy);
        if size < 1e-9 { (0.0, 1.0) } else { (dx / size, dy / size) }
    }

    /// Where a disc of this size stands: on the way if it is long, beside it if the disc would hide it.
    pub fn beside(&self, aside: f64) -> Point {
        let length: f64 = self.corners.windows(2).map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1)).sum();
        let (x, y) = self.middle();
        if length > 6.0 * aside {
            return (x, y);
        }
        let (dx, dy) = self.direction();
        if dy.abs() > dx.abs() { (x + aside, y) } else { (x, y - aside) }
    }

    /// A point in the middle of its longest straight part, or of the curve.
    pub fn middle(&self) -> Point {
        if self.curved {
            let (a, b) = (self.corners[0], self.corners[1]);
            return ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
        }
        let length = |w: &&[Point]| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1);
        let longest = self.corners.windows(2).max_by(|a, b| length(a).total_cmp(&length(b)));
        longest.map_or((0.0, 0.0), |w| ((w[0].0 + w[1].0) / 2.0, (w[0].1 + w[1].1) / 2.0))
    }
}

/// A point a corner's radius from `from` on the way to `to`, or half of it.
fn toward(from: Point, to: Point) -> Point {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let size = dx.hypot(dy);
    if size < 1e-9 {
        return from;
    }
    let step = CORNER.min(size / 2.0) / size;
    (from.0 + step * dx, from.1 + step * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: Block = Block { centre: (0.0, 0.0), half: (50.0, 20.0) };
    const BELOW: Block = Block { centre: (0.0, 100.0), half: (50.0, 20.0) };
    const BESIDE: Block = Block { centre: (200.0, 0.0), half: (50.0, 20.0) };

    #[test]
    fn ways_leave_and_enter_by_the_sides_that_face() {
        assert_eq!(way(TOP, BELOW, (0.0, 0.0), &[]).corners, [(0.0, 20.0), (0.0, 80.0)]);
        assert_eq!(way(TOP, BESIDE, (0.0, 0.0), &[]).corners, [(50.0, 0.0), (150.0, 0.0)]);
        assert_eq!(way(BESIDE, TOP, (0.0, 0.0), &[]).direction(), (-1.0, 0.0));
    }

    #[test]
    fn corners_are_followed_at_right_angles() {
        let around = way(TOP, BELOW, (0.5, 0.0), &[(0.0, 50.0), (120.0, 50.0), (120.0, 100.0)]);
        assert_eq!(around.corners, [(25.0, 20.0), (25.0, 50.0), (120.0, 50.0), (120.0, 100.0), (50.0, 100.0)]);
        assert_eq!(around.direction(), (-1.0, 0.0));
        assert!(around.path(6.0).ends_with("L56.0 100.0"), "{}", around.path(6.0));
    }
}
