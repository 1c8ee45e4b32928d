//! Values of a picture's formulas in a run.

use super::Written;
use crate::evidence::quantity::Track;
use crate::trajectory::Trajectory;

/// A formula along a run, told at one hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    /// Value before the dose.
    pub before: f64,
    /// Value at the hour.
    pub now: f64,
    /// Largest size in the run.
    pub largest: f64,
    /// Largest departure from the value before the dose, as a share of the largest size.
    pub movement: f64,
    /// Hours after the first dose.
    pub time: Vec<f64>,
    /// One for each.
    pub values: Vec<f64>,
}

impl Live {
    /// Reads a formula; `hour` counts from the first dose.
    ///
    /// # Errors
    /// A name that was not kept.
    pub fn of(formula: &Written, run: &Trajectory, hour: f64) -> Result<Live, String> {
        let track = Track::of(&formula.0, run).map_err(|name| format!("`{name}` was not kept"))?;
        let largest = track.values.iter().fold(track.baseline.abs(), |m, v| m.max(v.abs()));
        let movement = track.movement();
        Ok(Live {
            before: track.baseline,
            now: track.at(hour),
            largest,
            movement,
            time: track.time,
            values: track.values,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trajectory::{Column, Effort};

    fn run() -> Trajectory {
        let column = Column {
            id: "a".into(),
            path: "a".into(),
            title: String::new(),
            unit: String::new(),
            baseline: 2.0,
            values: vec![2.0, 4.0, 3.0],
        };
        Trajectory { time_h: vec![1.0, 2.0, 3.0], columns: vec![column], zero_h: 1.0, effort: Effort::default() }
    }

    #[test]
    fn a_value_is_told_at_its_hour_after_the_dose() {
        let live = Live::of(&Written::try_from("2*a".to_string()).unwrap(), &run(), 1.5).unwrap();
        assert_eq!((live.before, live.now, live.largest), (4.0, 7.0, 8.0));
        assert_eq!(live.time, [0.0, 1.0, 2.0]);
        assert_eq!(live.movement, 0.5);
    }

    #[test]
    fn what_was_not_kept_is_named() {
        let missing = Live::of(&Written::try_from("b".to_string()).unwrap(), &run(), 1.0);
        assert_eq!(missing, Err("`b` was not kept".to_string()));
        assert!(Written::try_from("a +".to_string()).unwrap_err().contains("no formula"));
    }
}
