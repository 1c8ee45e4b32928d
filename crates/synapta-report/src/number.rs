//! Numbers and times as words.

/// A number with `digits` significant digits, in plain notation from 0.001 to a million and
/// else with an exponent; a value that is not finite is a dash.
pub fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = digits.clamp(1, 15);
    let exponent = format!("{:.*e}", digits - 1, value);
    let power: i32 = exponent.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0);
    if !(-3..6).contains(&power) {
        return exponent;
    }
    let decimals = (digits as i32 - 1 - power).max(0) as usize;
    format!("{value:.decimals$}")
}

/// A number as short as it can be for an axis, with a true minus sign.
pub(crate) fn axis_number(value: f64) -> String {
    let rounded = format!("{value:.9e}").parse().unwrap_or(value);
    let text = match rounded {
        0.0 => "0".to_owned(),
        v if v.abs() >= 1e6 || v.abs() < 1e-4 => format!("{v:e}"),
        v => format!("{v}"),
    };
    text.replace('-', "\u{2212}")
}

/// Labels of the levels of one axis, with as many decimals each.
pub(crate) fn axis_numbers(values: &[f64]) -> Vec<String> {
    let labels: Vec<_> = values.iter().map(|&v| axis_number(v)).collect();
    let decimals = |label: &String| label.split_once('.').map_or(0, |(_, tail)| tail.len());
    let most = labels.iter().map(decimals).max().unwrap_or(0);
    let exponent = labels.iter().any(|label| label.contains('e'));
    if exponent || most == 0 {
        return labels;
    }
    let even = |v: &f64| format!("{v:.most$}").replace('-', "\u{2212}");
    values.iter().map(even).collect()
}

/// A time in the unit a reader would choose: number and unit; zero has no unit.
pub(crate) fn time_parts(hours: f64) -> (String, &'static str) {
    let size = hours.abs();
    let (unit, scale) = match size {
        0.0 => ("", 1.0),
        s if s < 0.99 / 60.0 => ("s", 3600.0),
        s if s < 0.99 => ("min", 60.0),
        s if s < 23.99 => ("h", 1.0),
        s if s < 364.0 * 24.0 => ("d", 1.0 / 24.0),
        _ => ("y", 1.0 / (365.0 * 24.0)),
    };
    let amount = hours * scale;
    let rounded = (amount * 10.0).round() / 10.0;
    let amount = if size > 0.0 && rounded == 0.0 { amount } else { rounded };
    (axis_number(amount), unit)
}

/// A time of so many hours as words, such as `40 min`, `4 h` or `3 d`.
pub fn time_label(hours: f64) -> String {
    if !hours.is_finite() {
        return "-".to_owned();
    }
    let (amount, unit) = time_parts(hours);
    if unit.is_empty() {
        return amount;
    }
    format!("{amount} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_significant_digits() {
        let cases = [
            (0.0, "0"),
            (166.4321, "166"),
            (0.66667, "0.667"),
            (1.0, "1.00"),
            (-32.96, "-33.0"),
            (9.999, "10.0"),
            (123_456.0, "123456"),
            (1.5e7, "1.50e7"),
            (2.5e-5, "2.50e-5"),
            (f64::NAN, "-"),
        ];
        for (value, text) in cases {
            assert_eq!(significant(value, 3), text);
        }
    }

    #[test]
    fn times_choose_their_unit() {
        let cases = [
            (0.0, "0"),
            (5.0 / 60.0, "5 min"),
            (2.0 / 3.0, "40 min"),
            (1.0, "1 h"),
            (24.0, "1 d"),
            (336.0, "14 d"),
            (-2.0, "\u{2212}2 h"),
            (365.0 * 24.0, "1 y"),
        ];
        for (hours, text) in cases {
            assert_eq!(time_label(hours), text);
        }
    }
}
