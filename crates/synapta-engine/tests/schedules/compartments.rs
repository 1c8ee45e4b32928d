//! Linear compartments and their exact solution.

use proptest::prelude::*;

/// One to three compartments with a depot before the blood.
#[derive(Clone, Debug)]
pub struct Compartments {
    /// Absorption and elimination, per hour.
    absorption: f64,
    elimination: f64,
    /// Rates to and from each tissue, per hour.
    tissues: Vec<(f64, f64)>,
}

/// Rates from days to seconds.
pub fn compartments() -> impl Strategy<Value = Compartments> {
    let rate = || (-2.0..2.0).prop_map(|exponent| 10f64.powf(exponent));
    let tissues = prop::collection::vec((rate(), rate()), 0..3);
    (rate(), rate(), tissues).prop_map(|(absorption, elimination, tissues)| Compartments {
        absorption,
        elimination,
        tissues,
    })
}

impl Compartments {
    /// The observables: depot, blood, tissues, and what was eliminated.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names = vec!["depot", "blood", "shallow", "deep"];
        names.truncate(2 + self.tissues.len());
        names.push("gone");
        names
    }

    /// The name of a place a bolus can go to; the blood for a tissue the model does not have.
    pub fn name(&self, place: usize) -> &'static str {
        self.names()[self.index(place)]
    }

    fn index(&self, place: usize) -> usize {
        if place < 2 + self.tissues.len() { place } else { 1 }
    }

    /// The model as Antimony text.
    pub fn text(&self) -> String {
        self.text_with("")
    }

    /// The same with further lines.
    pub fn text_with(&self, lines: &str) -> String {
        let mut text = String::from("compartment body = 5; rate = 0;\n");
        for name in self.names() {
            text += &format!("substanceOnly species {name} in body; {name} = 0;\n");
        }
        text += "infusion: -> blood; rate;\n";
        let mut flow = |from: &str, to: &str, k: f64| text += &format!("{from} -> {to}; {k:e}*{from};\n");
        flow("depot", "blood", self.absorption);
        flow("blood", "gone", self.elimination);
        for (name, (into, back)) in ["shallow", "deep"].iter().zip(&self.tissues) {
            flow("blood", name, *into);
            flow(name, "blood", *back);
        }
        text + lines
    }

    /// The rates as a matrix: column from, row to; the last column is the rate of the infusion.
    fn matrix(&self) -> Matrix {
        let n = self.names().len();
        let mut m = vec![vec![0.0; n + 1]; n + 1];
        let mut flow = |from: usize, to: usize, k: f64| {
            m[from][from] -= k;
            m[to][from] += k;
        };
        flow(0, 1, self.absorption);
        flow(1, n - 1, self.elimination);
        for (tissue, (into, back)) in self.tissues.iter().enumerate() {
            flow(1, 2 + tissue, *into);
            flow(2 + tissue, 1, *back);
        }
        m[1][n] = 1.0;
        m
    }
}

type Matrix = Vec<Vec<f64>>;

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let entry = |row: &Vec<f64>, j: usize| row.iter().zip(b).map(|(x, line)| x * line[j]).sum();
    a.iter().map(|row| (0..b.len()).map(|j| entry(row, j)).collect()).collect()
}

/// The exponential of a matrix: Taylor's series of a part small enough, squared back.
fn exponential(m: &Matrix) -> Matrix {
    let n = m.len();
    let column = |j: usize| m.iter().map(|row| row[j].abs()).sum::<f64>();
    let norm = (0..n).map(column).fold(0.0, f64::max);
    let halvings = norm.log2().ceil().max(-2.0) as i32 + 2;
    let part: Matrix = m.iter().map(|row| row.iter().map(|x| x * 0.5f64.powi(halvings)).collect()).collect();
    let unit = |i: usize| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect();
    let mut sum: Matrix = (0..n).map(unit).collect();
    // Horner's scheme; 0.25^17/17! is below rounding.
    for k in (1..18).rev() {
        sum = product(&part, &sum);
        for (i, row) in sum.iter_mut().enumerate() {
            row.iter_mut().for_each(|x| *x /= f64::from(k));
            row[i] += 1.0;
        }
    }
    (0..halvings).fold(sum, |power, _| product(&power, &power))
}

/// The exact course under doses.
pub struct Course<'m> {
    model: &'m Compartments,
    matrix: Matrix,
    time: f64,
    /// Amounts, and the rate of the infusion.
    x: Vec<f64>,
    given: f64,
}

impl<'m> Course<'m> {
    /// Nothing anywhere, at time 0.
    pub fn new(model: &'m Compartments) -> Course<'m> {
        let matrix = model.matrix();
        let x = vec![0.0; matrix.len()];
        Course { model, matrix, time: 0.0, x, given: 0.0 }
    }

    /// Goes on to a time not before the present one.
    pub fn go_to(&mut self, time: f64) {
        let span = time - self.time;
        let scaled = self.matrix.iter().map(|row| row.iter().map(|k| k * span).collect()).collect();
        let power = exponential(&scaled);
        self.given += self.x[self.x.len() - 1] * span;
        self.x = power.iter().map(|row| row.iter().zip(&self.x).map(|(p, x)| p * x).sum()).collect();
        self.time = time;
    }

    /// Adds a bolus.
    pub fn add(&mut self, place: usize, amount: f64) {
        self.x[self.model.index(place)] += amount;
        self.given += amount;
    }

    /// Sets the rate of the infusion.
    pub fn set_rate(&mut self, rate: f64) {
        *self.x.last_mut().expect("a rate") = rate;
    }

    /// Amounts in the order of the names.
    pub fn amounts(&self) -> Vec<f64> {
        self.x[..self.x.len() - 1].to_vec()
    }

    /// Everything given so far.
    pub fn given(&self) -> f64 {
        self.given
    }
}
