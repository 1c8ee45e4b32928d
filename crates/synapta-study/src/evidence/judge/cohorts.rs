//! Expectations on small cohorts.

use super::super::cohort::{Cohort, Random, correlation, mean, quantile};
use super::super::expect::{Expect, Form, Noisy};
use super::Bench;
use super::words::short;

/// Samples drawn where an expectation speaks of samples of a size.
const SAMPLES: usize = 2000;
/// Ends of the interval that is told beside a median.
const INTERVAL: [f64; 2] = [0.05, 0.95];

type Told = Result<(bool, String, Vec<f64>), String>;

impl Bench<'_> {
    pub(super) fn of_cohorts(&self, expect: &Expect) -> Told {
        match &expect.form {
            Form::Correlation { cohort, numbers, n, strong } => self.correlated(expect, cohort, numbers, *n, *strong),
            Form::CohortMean { cohort, other, number } => {
                let (own, rest) = (mean(&self.members(cohort, number)?), mean(&self.members(other, number)?));
                let ratio = own / rest;
                let words = format!("{} ({} over {})", short(ratio), short(own), short(rest));
                Ok((expect.bounds.hold(ratio), words, vec![ratio]))
            }
            Form::CohortSplit { cohort, numbers, threshold } => self.split(expect, cohort, numbers, *threshold),
            Form::CohortShare { cohort, number, threshold, n } => self.share(expect, cohort, number, *threshold, *n),
            _ => Err("not of a cohort".into()),
        }
    }

    fn cohort(&self, name: &str) -> Result<&Cohort, String> {
        self.claim.cohorts.get(name).ok_or_else(|| format!("no cohort is called `{name}`"))
    }

    /// One number for each member, without noise.
    fn members(&self, cohort: &str, number: &Noisy) -> Result<Vec<f64>, String> {
        let cohort = self.cohort(cohort)?;
        let one = |arm| {
            let all = self.numbers_of(&arm, &number.quantity)?;
            all.first().copied().ok_or_else(|| "a member has no number".to_string())
        };
        cohort.arms(self.arm(&cohort.arm)?).into_iter().map(one).collect()
    }

    fn correlated(
        &self,
        expect: &Expect,
        cohort: &str,
        numbers: &[Noisy; 2],
        n: Option<usize>,
        strong: Option<f64>,
    ) -> Told {
        let (x, y) = (self.members(cohort, &numbers[0])?, self.members(cohort, &numbers[1])?);
        let plain = correlation(&x, &y);
        let Some(n) = n else {
            return Ok((expect.bounds.hold(plain), short(plain), vec![plain]));
        };
        let mut random = Random::new(self.cohort(cohort)?.seed ^ SAMPLES as u64);
        let mut sample = || {
            let chosen = choose(x.len(), n, &mut random);
            let mut noisy = |values: &[f64], sd: f64| -> Vec<f64> {
                chosen.iter().map(|i| values[*i] + sd * random.normal()).collect()
            };
            correlation(&noisy(&x, numbers[0].noise_sd), &noisy(&y, numbers[1].noise_sd))
        };
        let all: Vec<f64> = (0..SAMPLES).map(|_| sample()).collect();
        let median = quantile(&all, 0.5);
        let inside = all.iter().filter(|r| expect.bounds.hold(**r)).count() as f64 / SAMPLES as f64;
        let told = strong.map_or(String::new(), |s| {
            let count = all.iter().filter(|r| r.signum() == s.signum() && r.abs() >= s.abs()).count();
            format!("; {} % of samples at {} or stronger", short(100.0 * count as f64 / SAMPLES as f64), short(s))
        });
        let words = format!(
            "median {} (5 to 95 %: {}), {} % of samples within the bounds{told}; {} without noise over all {}",
            short(median),
            interval(&all),
            short(100.0 * inside),
            short(plain),
            x.len()
        );
        Ok((expect.bounds.hold(median), words, vec![median]))
    }

    fn split(&self, expect: &Expect, cohort: &str, numbers: &[Noisy; 2], threshold: f64) -> Told {
        let (x, y) = (self.members(cohort, &numbers[0])?, self.members(cohort, &numbers[1])?);
        let mut random = Random::new(self.cohort(cohort)?.seed ^ 1);
        let sides: Vec<(f64, bool)> =
            x.iter().zip(&y).map(|(x, y)| (*x, y + numbers[1].noise_sd * random.normal() < threshold)).collect();
        let side = |wanted: bool| sides.iter().filter(|s| s.1 == wanted).map(|s| s.0).collect::<Vec<f64>>();
        let (low, high) = (side(true), side(false));
        if low.is_empty() || high.is_empty() {
            return Ok((false, format!("{} of {} members below the threshold", low.len(), x.len()), vec![]));
        }
        let ratio = mean(&low) / mean(&high);
        let words = format!("{} ({} members over {})", short(ratio), low.len(), high.len());
        Ok((expect.bounds.hold(ratio), words, vec![ratio]))
    }

    fn share(&self, expect: &Expect, cohort: &str, number: &Noisy, threshold: f64, n: Option<usize>) -> Told {
        let x = self.members(cohort, number)?;
        let mut random = Random::new(self.cohort(cohort)?.seed ^ 2);
        let mut above = |i: usize| x[i] + number.noise_sd * random.normal() > threshold;
        let Some(n) = n else {
            let share = (0..x.len()).filter(|i| above(*i)).count() as f64 / x.len() as f64;
            return Ok((expect.bounds.hold(share), short(share), vec![share]));
        };
        let mut choice = Random::new(self.cohort(cohort)?.seed ^ 3);
        let mut count = || choose(x.len(), n, &mut choice).into_iter().filter(|i| above(*i)).count() as f64;
        let all: Vec<f64> = (0..SAMPLES).map(|_| count()).collect();
        let median = quantile(&all, 0.5);
        let words = format!("median {} of {n} (5 to 95 %: {})", short(median), interval(&all));
        Ok((expect.bounds.hold(median), words, vec![median]))
    }
}

fn interval(all: &[f64]) -> String {
    format!("{} to {}", short(quantile(all, INTERVAL[0])), short(quantile(all, INTERVAL[1])))
}

/// `n` of `all`, each at most once while there are enough.
fn choose(all: usize, n: usize, random: &mut Random) -> Vec<usize> {
    if n > all {
        return (0..n).map(|_| random.below(all)).collect();
    }
    let mut order: Vec<usize> = (0..all).collect();
    for i in 0..n {
        let j = i + random.below(all - i);
        order.swap(i, j);
    }
    order.truncate(n);
    order
}
