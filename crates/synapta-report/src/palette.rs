//! Colours that stay apart for readers with colour-vision deficiency.

use crate::figure::SeriesColour;

/// Series colours in order of use: Okabe and Ito (2008), "Color Universal Design", with the
/// yellow left out, which is too pale for a line on white.
pub const OKABE_ITO: [&str; 7] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

/// Text and outlines.
pub(crate) const INK: &str = "#1b1f24";

/// Anchors of the stage ramp, from dark to light and cold to warm, so that the order of stages
/// shows in lightness too.
const RAMP: [[f64; 3]; 6] = [
    [84.0, 66.0, 178.0],
    [31.0, 127.0, 192.0],
    [22.0, 163.0, 145.0],
    [127.0, 184.0, 77.0],
    [227.0, 176.0, 35.0],
    [209.0, 86.0, 42.0],
];

/// Colour of stage `index` of `count` stages along the cascade, as `#rrggbb`.
pub fn stage_colour(index: usize, count: usize) -> String {
    let last = count.saturating_sub(1).max(1) as f64;
    let place = (index as f64 / last).min(1.0) * (RAMP.len() - 1) as f64;
    let low = (place.floor() as usize).min(RAMP.len() - 2);
    let part = place - low as f64;
    let channel = |c: usize| {
        let value = RAMP[low][c] + part * (RAMP[low + 1][c] - RAMP[low][c]);
        value.round() as u8
    };
    format!("#{:02x}{:02x}{:02x}", channel(0), channel(1), channel(2))
}

/// Index into [`OKABE_ITO`] of the series at `position` of its panel.
pub(crate) fn series_index(colour: SeriesColour, position: usize) -> usize {
    let index = match colour {
        SeriesColour::Auto => position,
        SeriesColour::Palette(index) => index,
    };
    index % OKABE_ITO.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_run_from_one_end_of_the_ramp_to_the_other() {
        assert_eq!(stage_colour(0, 6), "#5442b2");
        assert_eq!(stage_colour(5, 6), "#d1562a");
        assert_eq!(stage_colour(0, 1), "#5442b2");
        assert_eq!(stage_colour(9, 3), "#d1562a");
    }
}
