//! Small cohorts: an arm in subjects who differ, drawn the same way every time.

use super::pool::ArmSpec;

/// An arm in members who differ in some parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Cohort {
    /// The arm by name.
    pub arm: String,
    /// Number of members.
    pub members: usize,
    /// Seed of the draw; cohorts of one seed and the same spreads are the same people.
    pub seed: u64,
    /// What differs.
    pub vary: Vec<Vary>,
}

/// One value that differs from member to member, set in one parameter or, alike, in several.
#[derive(Clone, Debug, PartialEq)]
pub struct Vary {
    /// Parameters by path.
    pub names: Vec<String>,
    /// Mean, or median if lognormal.
    pub mean: f64,
    /// Spread.
    pub spread: Spread,
}

/// Spread of a value over members.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// Normal, by standard deviation.
    Normal(f64),
    /// Lognormal, by standard deviation of the logarithm.
    LogNormal(f64),
}

impl Cohort {
    /// One line for people.
    pub fn words(&self) -> String {
        let one = |v: &Vary| {
            let spread = match v.spread {
                Spread::Normal(sd) => format!("sd {sd}"),
                Spread::LogNormal(sd) => format!("lognormal, sd of the logarithm {sd}"),
            };
            format!("{} around {} ({spread})", v.names.join(" and "), v.mean)
        };
        let varied: Vec<String> = self.vary.iter().map(one).collect();
        format!("{} members of {} who differ in {}", self.members, self.arm, varied.join("; "))
    }

    /// The members' arms.
    pub fn arms(&self, arm: &ArmSpec) -> Vec<ArmSpec> {
        let mut random = Random::new(self.seed);
        let member = |_| {
            let mut own = arm.clone();
            for vary in &self.vary {
                let z = random.normal();
                let value = match vary.spread {
                    Spread::Normal(sd) => vary.mean + sd * z,
                    Spread::LogNormal(sd) => vary.mean * (sd * z).exp(),
                };
                own.set.extend(vary.names.iter().map(|name| format!("{name}={value}")));
            }
            own
        };
        (0..self.members).map(member).collect()
    }
}

/// A small generator (splitmix64) of fixed streams.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A stream of a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform between 0 and 1, both excluded.
    pub fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Uniform below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.uniform() * n as f64) as usize).min(n.saturating_sub(1))
    }
}

/// Pearson's correlation; not a number where one side does not vary.
pub fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let (mx, my) = (mean(x), mean(y));
    let sum = |f: &dyn Fn(f64, f64) -> f64| x.iter().zip(y).map(|(a, b)| f(a - mx, b - my)).sum::<f64>();
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

/// Mean.
pub fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// The value below which a share of the numbers lies, between the two nearest; numbers that do not exist come last.
pub fn quantile(numbers: &[f64], share: f64) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = share * (sorted.len().saturating_sub(1)) as f64;
    let (low, high) = (at.floor() as usize, at.ceil() as usize);
    match (sorted.get(low), sorted.get(high)) {
        (Some(a), Some(b)) => a + (b - a) * (at - at.floor()),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_their_moments_and_repeat() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            (0..20_000).map(|_| random.normal()).collect::<Vec<f64>>()
        };
        let z = draw(1);
        let squares: Vec<f64> = z.iter().map(|z| z * z).collect();
        assert!(mean(&z).abs() < 0.03 && (mean(&squares) - 1.0).abs() < 0.05);
        assert_eq!(z, draw(1));
        assert_ne!(z, draw(2));
        assert!(correlation(&z, &draw(2)).abs() < 0.03);
    }

    #[test]
    fn correlation_and_quantiles_of_a_line() {
        let x = [1.0, 2.0, 3.0, 4.0, 5.0];
        let y = [-2.0, -4.0, -6.0, -8.0, -10.0];
        assert!((correlation(&x, &y) + 1.0).abs() < 1e-12);
        assert_eq!(quantile(&x, 0.5), 3.0);
        assert_eq!(quantile(&x, 0.875), 4.5);
        assert!(correlation(&x, &[1.0; 5]).is_nan());
    }

    #[test]
    fn members_differ_and_one_draw_serves_both_regions() {
        let arm = ArmSpec {
            subject: "trd".into(),
            regimen: String::new(),
            without: vec![],
            hypotheses: vec![],
            set: vec![],
            end_h: 24.0,
        };
        let vary = Vary { names: vec!["a".into(), "b".into()], mean: 2.0, spread: Spread::LogNormal(0.3) };
        let cohort = Cohort { arm: "x".into(), members: 4, seed: 7, vary: vec![vary] };
        let arms = cohort.arms(&arm);
        assert_eq!(arms.len(), 4);
        assert_ne!(arms[0].set, arms[1].set);
        assert_eq!(arms[0].set[0].split('=').nth(1), arms[0].set[1].split('=').nth(1));
        assert_eq!(arms, cohort.arms(&arm));
    }
}
