//! Numbers of a course.

use super::schema::Taken;

/// A formula along a run, with where its steps begin and end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Seconds, ascending; the time of a change stands twice, before and after it.
    pub time: Vec<f64>,
    /// One for each time.
    pub values: Vec<f64>,
}

impl Course {
    /// The number taken between two times.
    pub fn number(&self, take: Taken, from: f64, to: f64) -> f64 {
        let first = self.time.partition_point(|t| *t <= from).saturating_sub(1);
        let last = self.time.partition_point(|t| *t < to).min(self.time.len().saturating_sub(1));
        let Some(values) = self.values.get(first..=last).filter(|v| !v.is_empty()) else {
            return f64::NAN;
        };
        let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        match take {
            Taken::Peak => largest,
            Taken::Trough => values.iter().copied().fold(f64::INFINITY, f64::min),
            Taken::Start => values[0],
            Taken::End => values[values.len() - 1],
            Taken::Mean => self.area(first, last) / (to - from),
            Taken::Area => self.area(first, last),
            Taken::Decay => {
                let peak = values.iter().position(|v| *v == largest).map_or(first, |i| first + i);
                self.area(peak, self.time.len() - 1) / largest
            }
        }
    }

    fn area(&self, first: usize, last: usize) -> f64 {
        let part = |i: usize| (self.time[i + 1] - self.time[i]) * (self.values[i] + self.values[i + 1]) / 2.0;
        (first..last).map(part).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_step_and_of_a_decay() {
        // A jump at 1 s: 0 before, then a decay from 4 in steps of a half.
        let course = Course { time: vec![0.0, 1.0, 1.0, 2.0, 3.0], values: vec![0.0, 0.0, 4.0, 2.0, 0.0] };
        let number = |take, from, to| course.number(take, from, to);
        assert_eq!(number(Taken::Peak, 0.0, 1.0), 0.0);
        assert_eq!(number(Taken::Start, 1.0, 3.0), 4.0);
        assert_eq!(number(Taken::End, 0.0, 1.0), 0.0);
        assert_eq!(number(Taken::Trough, 1.0, 2.0), 2.0);
        assert_eq!(number(Taken::Area, 1.0, 3.0), 4.0);
        assert_eq!(number(Taken::Mean, 1.0, 3.0), 2.0);
        assert_eq!(number(Taken::Decay, 1.0, 2.0), 1.0);
        assert!(Course::default().number(Taken::Peak, 0.0, 1.0).is_nan());
    }
}
