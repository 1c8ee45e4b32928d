//! What happens at the stops of a run: small tapes of operations over states, live parameters and time.

use serde::Deserialize;

/// All stops of a model, what they may trigger, and the sizes of the model.
#[derive(Deserialize)]
pub struct Stops {
    pub states: usize,
    pub observables: usize,
    pub live_start: Vec<f64>,
    stops: Vec<Stop>,
    followups: Vec<Followup>,
}

#[derive(Deserialize)]
struct Stop {
    time: f64,
    tape: Vec<Operation>,
    changes: Vec<(char, usize, usize)>,
}

#[derive(Deserialize)]
struct Followup {
    condition: usize,
    tape: Vec<Operation>,
    changes: Vec<(char, usize, usize)>,
}

#[derive(Deserialize)]
struct Operation {
    op: String,
    value: f64,
    args: Vec<usize>,
}

impl Stops {
    /// The first stop later than `t`.
    pub fn after(&self, t: f64) -> Option<f64> {
        self.stops.iter().map(|s| s.time).find(|time| *time > t)
    }

    /// Makes the changes of the stops at `t`, then of what they turn true.
    pub fn carry_out(&self, t: f64, x: &mut [f64], p: &mut [f64]) {
        for stop in self.stops.iter().filter(|s| s.time == t) {
            let before: Vec<bool> = self.followups.iter().map(|f| f.holds(t, x, p)).collect();
            assign(&evaluate(&stop.tape, t, x, p), &stop.changes, x, p);
            for (followup, _) in self.followups.iter().zip(before).filter(|(_, held)| !held) {
                if followup.holds(t, x, p) {
                    assign(&evaluate(&followup.tape, t, x, p), &followup.changes, x, p);
                }
            }
        }
    }
}

impl Followup {
    fn holds(&self, t: f64, x: &[f64], p: &[f64]) -> bool {
        evaluate(&self.tape, t, x, p)[self.condition] != 0.0
    }
}

fn assign(values: &[f64], changes: &[(char, usize, usize)], x: &mut [f64], p: &mut [f64]) {
    for (kind, target, node) in changes {
        match kind {
            'x' => x[*target] = values[*node],
            _ => p[*target] = values[*node],
        }
    }
}

fn evaluate(tape: &[Operation], t: f64, x: &[f64], p: &[f64]) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::with_capacity(tape.len());
    for Operation { op, value, args } in tape {
        let a = |i: usize| out[args[i]];
        let result = match op.as_str() {
            "num" => *value,
            "time" => t,
            "x" => x[args[0]],
            "p" => p[args[0]],
            "add" => a(0) + a(1),
            "sub" => a(0) - a(1),
            "mul" => a(0) * a(1),
            "div" => a(0) / a(1),
            "pow" => a(0).powf(a(1)),
            "neg" => -a(0),
            "exp" => a(0).exp(),
            "ln" => a(0).ln(),
            "sqrt" => a(0).sqrt(),
            "abs" => a(0).abs(),
            "lt" => f64::from(a(0) < a(1)),
            "le" => f64::from(a(0) <= a(1)),
            "gt" => f64::from(a(0) > a(1)),
            "ge" => f64::from(a(0) >= a(1)),
            "eq" => f64::from(a(0) == a(1)),
            "ne" => f64::from(a(0) != a(1)),
            "if" => a(if a(0) != 0.0 { 1 } else { 2 }),
            // The generator knows no other; a result that is not a number fails the run.
            _ => f64::NAN,
        };
        out.push(result);
    }
    out
}
