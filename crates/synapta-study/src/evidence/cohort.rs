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
    /// Mean, or median if lognormal; an arm that sets the parameter itself has its own.
    pub mean: f64,
    /// Spread.
    pub spread: Spread,
    /// Ends between which the value is drawn.
    pub within: Option<[f64; 2]>,
}

/// Spread of a value over members.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// Normal, by standard deviation.
    Normal(f64),
    /// Lognormal, by standard deviation of the logarithm.
    LogNormal(f64),
}

impl Vary {
    /// The value below which a share of the people lies, around a mean (or median).
    pub fn quantile(&self, share: f64, mean: f64) -> f64 {
        let score = |x: f64| match self.spread {
            Spread::Normal(sd) => (x - mean) / sd,
            Spread::LogNormal(sd) => (x / mean).ln() / sd,
        };
        // What lies outside the ends is not drawn, rather than drawn at the ends.
        let [low, high] = self.within.map_or([0.0, 1.0], |[a, b]| [normal_share(score(a)), normal_share(score(b))]);
        let z = normal_quantile(low + share * (high - low));
        match self.spread {
            Spread::Normal(sd) => mean + sd * z,
            Spread::LogNormal(sd) => mean * (sd * z).exp(),
        }
    }

    fn words(&self) -> String {
        let spread = match self.spread {
            Spread::Normal(sd) => format!("sd {sd}"),
            Spread::LogNormal(sd) => format!("lognormal, sd of the logarithm {sd}"),
        };
        let within = self.within.map_or(String::new(), |[a, b]| format!(", {a} to {b}"));
        format!("{} around {} ({spread}{within})", self.names.join(" and "), self.mean)
    }
}

impl Cohort {
    /// One line for people.
    pub fn words(&self) -> String {
        let varied: Vec<String> = self.vary.iter().map(Vary::words).collect();
        format!("{} members of {} who differ in {}", self.members, self.arm, varied.join("; "))
    }

    /// The members' arms: a Latin hypercube, in which every value has each of as many equal shares of its distribution once
    /// as there are members, so that a small cohort has the spread of a large one.
    pub fn arms(&self, arm: &ArmSpec) -> Vec<ArmSpec> {
        let mut random = Random::new(self.seed);
        let mut arms = vec![arm.clone(); self.members];
        let mut places: Vec<Vec<f64>> = vec![];
        for vary in &self.vary {
            let mean = vary.names.iter().find_map(|name| own_value(arm, name)).unwrap_or(vary.mean);
            let order = unlike(&places, self.members, &mut random);
            for (own, place) in arms.iter_mut().zip(&order) {
                let share = (place + random.uniform()) / self.members as f64;
                let value = vary.quantile(share, mean);
                own.set.retain(|s| !vary.names.iter().any(|name| sets(s, name)));
                own.set.extend(vary.names.iter().map(|name| format!("{name}={value}")));
            }
            places.push(order);
        }
        arms
    }
}

/// True if an assignment is one of this parameter.
fn sets(assignment: &str, name: &str) -> bool {
    assignment.split_once('=').is_some_and(|(n, _)| n.trim() == name)
}

/// The number an arm itself sets a parameter to.
fn own_value(arm: &ArmSpec, name: &str) -> Option<f64> {
    let text = arm.set.iter().rev().find(|s| sets(s, name))?;
    text.split_once('=')?.1.split_whitespace().next()?.parse().ok()
}

/// Orders tried for each value, of which the one least like the earlier ones is taken: in a small group, values that have
/// nothing to do with each other would else go together by chance.
const TRIED: usize = 100;

/// The numbers below `n` in a random order that goes with none of the others.
fn unlike(others: &[Vec<f64>], n: usize, random: &mut Random) -> Vec<f64> {
    let likeness = |order: &[f64]| others.iter().map(|o| correlation(o, order).abs()).fold(0.0, f64::max);
    let mut best = order(n, random);
    let mut least = likeness(&best);
    for _ in 1..if others.is_empty() { 1 } else { TRIED } {
        let next = order(n, random);
        let like = likeness(&next);
        if like < least {
            (best, least) = (next, like);
        }
    }
    best
}

/// The numbers below `n` in a random order.
fn order(n: usize, random: &mut Random) -> Vec<f64> {
    let mut order: Vec<f64> = (0..n).map(|i| i as f64).collect();
    for i in 0..n {
        let j = i + random.below(n - i);
        order.swap(i, j);
    }
    order
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

/// Share of a standard normal below a number.
pub fn normal_share(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// The number below which a share of a standard normal lies: bisection on [`normal_share`], exact to the last digits.
pub fn normal_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-FARTHEST, FARTHEST);
    while high - low > 1e-13 {
        let middle = 0.5 * (low + high);
        if normal_share(middle) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Standard deviations beyond which no one is drawn.
const FARTHEST: f64 = 8.0;

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
        let vary =
            Vary { names: vec!["a".into(), "b".into()], mean: 2.0, spread: Spread::LogNormal(0.3), within: None };
        let cohort = Cohort { arm: "x".into(), members: 4, seed: 7, vary: vec![vary] };
        let arms = cohort.arms(&arm);
        assert_eq!(arms.len(), 4);
        assert_ne!(arms[0].set, arms[1].set);
        assert_eq!(arms[0].set[0].split('=').nth(1), arms[0].set[1].split('=').nth(1));
        assert_eq!(arms, cohort.arms(&arm));
    }

    #[test]
    fn a_small_cohort_has_the_spread_asked_for_around_the_arms_own_value() {
        let arm = ArmSpec {
            subject: "trd".into(),
            regimen: String::new(),
            without: vec![],
            hypotheses: vec![],
            set: vec!["a=10".into(), "b=1".into()],
            end_h: 24.0,
        };
        let vary = Vary { names: vec!["a".into()], mean: 2.0, spread: Spread::Normal(3.0), within: None };
        let cohort = Cohort { arm: "x".into(), members: 40, seed: 7, vary: vec![vary] };
        let drawn: Vec<f64> = cohort.arms(&arm).iter().filter_map(|a| own_value(a, "a")).collect();
        let squares: Vec<f64> = drawn.iter().map(|v| (v - 10.0).powi(2)).collect();
        assert!((mean(&drawn) - 10.0).abs() < 0.2, "{}", mean(&drawn));
        assert!((mean(&squares).sqrt() - 3.0).abs() < 0.3, "{}", mean(&squares).sqrt());
        assert!(cohort.arms(&arm).iter().all(|a| a.set.len() == 2 && own_value(a, "b") == Some(1.0)));
    }

    #[test]
    fn values_of_a_small_cohort_do_not_go_together() {
        let arm = ArmSpec {
            subject: "trd".into(),
            regimen: String::new(),
            without: vec![],
            hypotheses: vec![],
            set: vec![],
            end_h: 24.0,
        };
        let names = ["a", "b", "c", "d", "e", "f"];
        let one = |n: &&str| Vary { names: vec![n.to_string()], mean: 0.0, spread: Spread::Normal(1.0), within: None };
        let vary: Vec<Vary> = names.iter().map(one).collect();
        let arms = Cohort { arm: "x".into(), members: 40, seed: 1, vary }.arms(&arm);
        let drawn = |name: &str| arms.iter().filter_map(|a| own_value(a, name)).collect::<Vec<f64>>();
        for (i, a) in names.iter().enumerate() {
            for b in &names[..i] {
                assert!(correlation(&drawn(a), &drawn(b)).abs() < 0.25, "{a} and {b}");
            }
        }
    }

    #[test]
    fn values_are_drawn_between_their_ends() {
        let vary =
            Vary { names: vec!["a".into()], mean: 1.0, spread: Spread::LogNormal(1.0), within: Some([0.5, 1.5]) };
        assert!((vary.quantile(1e-9, 1.0) - 0.5).abs() < 1e-6);
        assert!((vary.quantile(1.0 - 1e-9, 1.0) - 1.5).abs() < 1e-6);
        assert!(vary.quantile(0.5, 1.0) < 1.0, "more is cut above than below");
    }

    #[test]
    fn normal_shares_and_quantiles() {
        assert!((normal_share(1.959_963_985) - 0.975).abs() < 1e-10);
        assert!((normal_quantile(0.975) - 1.959_963_985).abs() < 1e-8);
        assert_eq!(normal_share(0.0), 0.5);
    }
}
