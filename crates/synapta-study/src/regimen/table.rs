//! The expanded schedule for people.

use super::{DoseRecord, Doses};

/// A table of the schedule: one line a dose, columns aligned, totals below.
pub fn dose_table(doses: &Doses) -> String {
    let header = ["time (h)", "drug", "route", "dose (mg)", "(nmol)", "over (h)", "rate (nmol/h)", "device"];
    let mut rows: Vec<Vec<String>> = vec![header.iter().map(|s| (*s).to_string()).collect()];
    rows.extend(doses.records.iter().map(row));
    let widths: Vec<usize> =
        (0..header.len()).map(|c| rows.iter().map(|r| r[c].chars().count()).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for r in &rows {
        let cells: Vec<String> = r.iter().zip(&widths).enumerate().map(|(c, (s, w))| pad(s, *w, c)).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    for (drug, count, mg) in totals(&doses.records) {
        let plural = if count == 1 { "dose" } else { "doses" };
        out.push_str(&format!("total {drug}: {count} {plural}, {} mg\n", short(mg)));
    }
    out
}

/// Names left, numbers right.
fn pad(s: &str, width: usize, column: usize) -> String {
    if matches!(column, 1 | 2) { format!("{s:<width$}") } else { format!("{s:>width$}") }
}

fn row(r: &DoseRecord) -> Vec<String> {
    let or_dash = |v: Option<f64>| v.map_or_else(|| "-".to_string(), short);
    vec![
        short(r.time_h),
        r.drug.to_string(),
        r.route.to_string(),
        short(r.amount_mg),
        short(r.amount_nmol),
        or_dash(r.duration_h),
        or_dash(r.rate_nmol_per_h),
        r.device.map_or_else(|| "-".to_string(), |d| d.to_string()),
    ]
}

/// Each drug with its number of doses and total mg, in order of first use.
fn totals(records: &[DoseRecord]) -> Vec<(&str, usize, f64)> {
    let mut out: Vec<(&str, usize, f64)> = vec![];
    for r in records {
        let i = out.iter().position(|t| t.0 == r.drug).unwrap_or_else(|| {
            out.push((&r.drug, 0, 0.0));
            out.len() - 1
        });
        out[i].1 += usize::from(r.begins_dose);
        out[i].2 += r.amount_mg;
    }
    out
}

/// Six significant digits without trailing zeros.
fn short(v: f64) -> String {
    if v == 0.0 || !v.is_finite() {
        return format!("{v}");
    }
    let magnitude = v.abs().log10().floor() as i32;
    if !(-4..9).contains(&magnitude) {
        return format!("{v:.5e}");
    }
    let text = format!("{v:.*}", (5 - magnitude).max(0) as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(short(2.0 / 3.0), "0.666667");
        assert_eq!(short(147_225.0), "147225");
        assert_eq!(short(24.0), "24");
        assert_eq!(short(1e-9), "1.00000e-9");
    }
}
