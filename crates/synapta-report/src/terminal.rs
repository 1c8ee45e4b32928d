//! Sparklines for a terminal.

/// Characters a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Charset {
    /// Unicode with block elements.
    #[default]
    Unicode,
    /// ASCII only.
    Ascii,
}

impl Charset {
    /// The characters of a locale such as `en_GB.UTF-8`, as `LC_ALL`, `LC_CTYPE` or `LANG` name
    /// it; a locale that does not say UTF-8 gets ASCII.
    pub fn of_locale(locale: &str) -> Self {
        let name = locale.to_ascii_lowercase();
        match name.contains("utf-8") || name.contains("utf8") {
            true => Self::Unicode,
            false => Self::Ascii,
        }
    }

    fn levels(self) -> &'static [char] {
        match self {
            Self::Unicode => &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
            Self::Ascii => &['_', '.', '-', '=', '+', '*', '#'],
        }
    }
}

/// Draws values as a line of `width` characters, low to high; a gap is a space. More values
/// than characters are averaged in groups, fewer are repeated; a flat line is drawn low. Empty
/// when there is no value.
pub fn sparkline(values: &[f64], width: usize, charset: Charset) -> String {
    if values.is_empty() || width == 0 {
        return String::new();
    }
    let cells: Vec<_> = (0..width).map(|k| cell(values, k, width)).collect();
    let finite = || cells.iter().copied().filter(|v| v.is_finite());
    let low = finite().fold(f64::INFINITY, f64::min);
    let high = finite().fold(f64::NEG_INFINITY, f64::max);
    let levels = charset.levels();
    let top = (levels.len() - 1) as f64;
    cells
        .into_iter()
        .map(|value| match value.is_finite() {
            // Halved first: the difference of two huge values would overflow.
            true => levels[level(value / 2.0 - low / 2.0, high / 2.0 - low / 2.0, top)],
            false => ' ',
        })
        .collect()
}

fn level(above: f64, span: f64, top: f64) -> usize {
    if span <= 0.0 {
        return 0;
    }
    (above / span * top).round().clamp(0.0, top) as usize
}

/// Mean of the finite values that fall into cell `k` of `width`.
fn cell(values: &[f64], k: usize, width: usize) -> f64 {
    let from = k * values.len() / width;
    let to = ((k + 1) * values.len() / width).max(from + 1);
    let group = || values[from..to].iter().filter(|v| v.is_finite());
    let count = group().count() as f64;
    group().map(|v| v / count).fold(None, |sum, v| Some(sum.unwrap_or(0.0) + v)).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_rise_through_the_blocks() {
        let values: Vec<f64> = (0..8).map(f64::from).collect();
        assert_eq!(sparkline(&values, 8, Charset::Unicode), "▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&values[..7], 7, Charset::Ascii), "_.-=+*#");
    }

    #[test]
    fn width_is_kept_for_few_and_many_values() {
        for count in [1, 3, 20, 21, 1000] {
            let values: Vec<f64> = (0..count).map(f64::from).collect();
            assert_eq!(sparkline(&values, 20, Charset::Unicode).chars().count(), 20);
        }
        assert_eq!(sparkline(&[], 20, Charset::Unicode), "");
    }

    #[test]
    fn gaps_are_spaces_and_flat_lines_are_low() {
        assert_eq!(sparkline(&[1.0, f64::NAN, 1.0], 3, Charset::Unicode), "▁ ▁");
        assert_eq!(sparkline(&[f64::NAN; 4], 4, Charset::Ascii), "    ");
        assert_eq!(sparkline(&[-f64::MAX, f64::MAX], 2, Charset::Ascii), "_#");
    }

    #[test]
    fn a_locale_without_utf8_gets_ascii() {
        assert_eq!(Charset::of_locale("en_GB.UTF-8"), Charset::Unicode);
        assert_eq!(Charset::of_locale("C"), Charset::Ascii);
    }
}
