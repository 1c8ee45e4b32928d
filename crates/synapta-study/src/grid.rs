//! When an arm is looked at: densely after every dose, thinning out on a logarithmic scale.

use crate::regimen::Doses;

/// Points for each tenfold of time after a dose.
const PER_DECADE: usize = 40;
/// First look after a dose, h.
const FIRST_LOOK: f64 = 0.01;
/// Looks during an infusion.
const IN_INFUSION: usize = 20;
/// Evenly spaced looks over the whole run.
const EVEN: usize = 168;
/// Most points of one run; long courses get fewer for each dose.
const MOST: usize = 40_000;
/// Points nearer than this (h) are one.
const SAME: f64 = 1e-7;

/// Output times from the start of the run to `end_h`, in hours, ascending. `wanted` times are among them exactly, as are
/// the doses' starts and ends.
pub fn output_times(doses: &Doses, end_h: f64, wanted: &[f64]) -> Vec<f64> {
    let start_h = doses.start_h();
    let ends = doses.records.iter().filter_map(|r| r.duration_h.map(|d| r.time_h + d));
    let exact: Vec<f64> = doses
        .records
        .iter()
        .map(|r| r.time_h)
        .chain(ends)
        .chain(wanted.iter().copied())
        .chain([start_h, end_h])
        .collect();
    let mut loose: Vec<f64> = (1..EVEN).map(|i| start_h + (end_h - start_h) * i as f64 / EVEN as f64).collect();
    let starts: Vec<f64> = dose_starts(doses, end_h);
    let per_decade = PER_DECADE.min(MOST / (starts.len().max(1) * 3)).max(2);
    for (i, start) in starts.iter().enumerate() {
        let until = starts.get(i + 1).copied().unwrap_or(end_h);
        loose.extend(after_dose(*start, until, per_decade));
    }
    for r in doses.records.iter().take(MOST / IN_INFUSION) {
        let looks = r.duration_h.map_or(0, |_| IN_INFUSION);
        let length = r.duration_h.unwrap_or(0.0);
        loose.extend((1..looks).map(|k| r.time_h + length * k as f64 / IN_INFUSION as f64));
    }
    merge(exact, loose, start_h, end_h)
}

/// Distinct dose times before the end; time 0 if there is no dose.
fn dose_starts(doses: &Doses, end_h: f64) -> Vec<f64> {
    let mut starts: Vec<f64> = doses.records.iter().map(|r| r.time_h).filter(|t| *t < end_h).collect();
    if starts.is_empty() {
        starts.push(doses.start_h());
    }
    starts.dedup_by(|a, b| (*a - *b).abs() < SAME);
    starts
}

fn after_dose(start: f64, until: f64, per_decade: usize) -> impl Iterator<Item = f64> {
    let ratio = 10f64.powf(1.0 / per_decade as f64);
    std::iter::successors(Some(FIRST_LOOK), move |x| Some(x * ratio))
        .map(move |x| start + x)
        .take_while(move |t| *t < until)
}

/// All exact times, and the loose ones that are not the same as a neighbour.
fn merge(exact: Vec<f64>, loose: Vec<f64>, start: f64, end: f64) -> Vec<f64> {
    let mut all: Vec<(f64, bool)> = exact.into_iter().map(|t| (t, true)).collect();
    all.extend(loose.into_iter().map(|t| (t, false)));
    all.retain(|(t, _)| t.is_finite() && *t >= start && *t <= end);
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut out: Vec<(f64, bool)> = vec![];
    for (t, is_exact) in all {
        match out.last() {
            Some((last, _)) if t == *last => {}
            Some((last, _)) if t - last < SAME && !is_exact => {}
            Some((last, false)) if t - last < SAME => {
                out.pop();
                out.push((t, is_exact));
            }
            _ => out.push((t, is_exact)),
        }
    }
    out.into_iter().map(|(t, _)| t).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regimen::{DoseRecord, Route};
    use proptest::prelude::*;

    fn dose(time_h: f64, duration_h: Option<f64>) -> DoseRecord {
        DoseRecord {
            time_h,
            drug: "ketamine".into(),
            route: Route::Intravenous,
            amount_mg: 1.0,
            amount_nmol: 1.0,
            duration_h,
            rate_nmol_per_h: None,
            device: None,
            begins_dose: true,
        }
    }

    fn doses(records: Vec<DoseRecord>) -> Doses {
        Doses { records, ..Doses::none(70.0) }
    }

    #[test]
    fn doses_ends_and_wanted_times_are_met_exactly() {
        let third = 2.0 / 3.0;
        let times = output_times(&doses(vec![dose(-2.0, None), dose(0.0, Some(third))]), 336.0, &[4.0, 24.0]);
        for t in [-2.0, 0.0, third, 4.0, 24.0, 336.0] {
            assert!(times.contains(&t), "{t}");
        }
        assert_eq!(times[0], -2.0);
        assert!(times.len() < 1000, "{}", times.len());
    }

    #[test]
    fn no_dose_still_gives_a_grid() {
        let times = output_times(&doses(vec![]), 24.0, &[]);
        assert_eq!((times[0], times[times.len() - 1]), (0.0, 24.0));
    }

    proptest! {
        #[test]
        fn times_ascend_strictly(
            at in prop::collection::vec(-10.0..400.0f64, 0..40),
            end in 1.0..400.0f64,
        ) {
            let mut records: Vec<DoseRecord> = at.into_iter().map(|t| dose(t, Some(0.5))).collect();
            records.sort_by(|a, b| a.time_h.total_cmp(&b.time_h));
            let times = output_times(&doses(records), end, &[end / 3.0]);
            prop_assert!(times.windows(2).all(|w| w[0] < w[1]));
            prop_assert_eq!(times[times.len() - 1], end);
        }
    }
}
