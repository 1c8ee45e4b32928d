//! The figure as data: panels of series on one time axis.

use serde::{Deserialize, Serialize};

use crate::TimeAxis;

/// A sheet of small multiples on a shared time axis, read from top left to bottom right.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Figure {
    /// Heading of the sheet.
    pub title: String,
    /// One line below it, such as subject and regimen.
    pub subtitle: String,
    /// The time axis that all panels share.
    pub time: TimeAxis,
    /// The panels in the order of the cascade.
    pub panels: Vec<Panel>,
    /// Words at the foot, such as a research-only note; empty for none.
    #[serde(default)]
    pub note: String,
    /// Panels side by side; `None` chooses from their number.
    #[serde(default)]
    pub columns: Option<usize>,
}

/// One plot of the sheet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Panel {
    /// What is shown, such as `Glutamate`.
    pub title: String,
    /// Quantity on the vertical axis, such as `concentration`.
    pub quantity: String,
    /// Its unit, such as `µg/L`; an empty text is shown as `dimensionless`.
    pub unit: String,
    /// Stage of the cascade, such as `Signalling`; stages are coloured in order of appearance.
    pub stage: String,
    /// The curves.
    pub series: Vec<Series>,
    /// A level to compare with, such as the subject's own baseline.
    #[serde(default)]
    pub reference: Option<Reference>,
    /// Lower and upper end of the vertical axis; `None` fits the data.
    #[serde(default)]
    pub range: Option<(f64, f64)>,
}

/// A level drawn as a dashed line over the whole panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// The level, in the panel's unit.
    pub value: f64,
    /// What it is, such as `own baseline`; shown once in the key of the sheet.
    pub label: String,
}

/// One curve: `y[i]` at the time `x[i]`. The longer of the two is cut to the shorter.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Series {
    /// Name in the panel's legend.
    pub label: String,
    /// Times, hours from the first dose, ascending.
    pub x: Vec<f64>,
    /// Values in the panel's unit; one that is not finite leaves a gap.
    pub y: Vec<f64>,
    /// How it is drawn.
    #[serde(default)]
    pub style: SeriesStyle,
}

impl Series {
    /// A solid line in the next colour of the palette.
    pub fn line(label: impl Into<String>, x: Vec<f64>, y: Vec<f64>) -> Self {
        Self { label: label.into(), x, y, style: SeriesStyle::default() }
    }

    /// The pairs of time and value; both may be other than finite.
    pub(crate) fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.x.iter().copied().zip(self.y.iter().copied())
    }

    /// Largest value taken as one: beyond it, differences of two values overflow.
    const LARGEST: f64 = 1e300;

    /// Whether a time and value can be placed on a plot.
    pub(crate) fn drawable((t, value): (f64, f64)) -> bool {
        t.is_finite() && value.abs() <= Self::LARGEST
    }

    /// The value at time `t` by linear interpolation between the two points around it; NaN
    /// outside the series, beside a gap, and for times out of order.
    pub(crate) fn at(&self, t: f64) -> f64 {
        let n = self.x.len().min(self.y.len());
        let after = self.x[..n].partition_point(|&x| x < t);
        let exact = self.x[..n].get(after).is_some_and(|&x| x == t);
        if exact {
            return self.y[after];
        }
        if after == 0 || after >= n {
            return f64::NAN;
        }
        let (t0, t1) = (self.x[after - 1], self.x[after]);
        let (y0, y1) = (self.y[after - 1], self.y[after]);
        y0 + (y1 - y0) * ((t - t0) / (t1 - t0))
    }
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesStyle {
    /// Colour.
    pub colour: SeriesColour,
    /// Line pattern.
    pub dash: Dash,
    /// Line, points or both.
    pub mark: Mark,
}

/// Colour of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeriesColour {
    /// The palette's colour at the position of the series in its panel.
    #[default]
    Auto,
    /// A colour of [`crate::OKABE_ITO`], counted from 0 and round again.
    Palette(usize),
}

/// Line pattern of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dash {
    /// Unbroken.
    #[default]
    Solid,
    /// Long strokes.
    Dashed,
    /// Short strokes.
    Dotted,
}

/// What stands for the points of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A line; a point without neighbours becomes a dot.
    #[default]
    Line,
    /// A dot each, for measured data.
    Points,
    /// Line and dots.
    LineAndPoints,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_between_two_points_is_interpolated_and_outside_is_a_gap() {
        let series = Series::line("a", vec![0.0, 2.0, 2.0, 4.0], vec![0.0, 4.0, 10.0, 20.0]);
        assert_eq!(series.at(1.0), 2.0);
        assert_eq!(series.at(2.0), 4.0);
        assert_eq!(series.at(3.0), 15.0);
        assert!(series.at(-1.0).is_nan() && series.at(5.0).is_nan());
    }
}
