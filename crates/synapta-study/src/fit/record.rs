//! What a calibration leaves: parameters and measurements as tables in PEtab's columns, and the whole as JSON.

use serde::Serialize;

use crate::evidence::compare::Compared;

use super::least_squares::Fit;
use super::problem::{Parameter, Problem};
use super::stage::Stage;

/// Singular values below this say less than the prior does.
const LEAST: f64 = 1.0;
/// Share of the prior variance that the data must take away from a parameter to have told it.
const HALF: f64 = 0.5;
/// Components of a direction that are named.
const NAMED: f64 = 0.3;

/// A finished stage.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// Name of the stage.
    pub stage: String,
    /// Words for people.
    pub title: String,
    /// How it ended.
    pub ended: String,
    /// Iterations made.
    pub iterations: usize,
    /// Sum of squared weighted residuals at the start.
    pub start_sum_of_squares: f64,
    /// At the end.
    pub end_sum_of_squares: f64,
    /// The parameters.
    pub parameters: Vec<Fitted>,
    /// Directions of the parameters that the data say less of than the prior, the best told first.
    pub untold: Vec<Direction>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Rows that did not count.
    pub left_out: Vec<LeftOut>,
}

/// A parameter before and after.
#[derive(Clone, Debug, Serialize)]
pub struct Fitted {
    /// Its paths.
    pub names: Vec<String>,
    /// Value of the first in the model text.
    pub start: f64,
    /// Value of the first after the fit.
    pub end: f64,
    /// Lower bound of the range.
    pub low: f64,
    /// Upper bound of the range.
    pub high: f64,
    /// `log10` or `lin`, as PEtab calls the scale on which it moves.
    pub scale: &'static str,
    /// Share of the prior variance that the data take away.
    pub told: f64,
    /// Standard deviation after the fit, as a share of the range.
    pub sd_of_range: f64,
    /// True if it ended at a bound.
    pub at_bound: bool,
}

/// A direction in the parameters.
#[derive(Clone, Debug, Serialize)]
pub struct Direction {
    /// Singular value in units of the prior.
    pub singular: f64,
    /// Its parts of some size: parameter and component.
    pub parts: Vec<(String, f64)>,
}

/// A row before and after.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The row.
    pub id: String,
    /// What was measured.
    pub observable: String,
    /// The number.
    pub measured: f64,
    /// Simulated at the start.
    pub start: Option<f64>,
    /// Simulated at the end.
    pub end: Option<f64>,
    /// Weighted residual at the start.
    pub start_residual: f64,
    /// At the end.
    pub end_residual: f64,
}

/// A row that did not count.
#[derive(Clone, Debug, Serialize)]
pub struct LeftOut {
    /// The row.
    pub id: String,
    /// The reason.
    pub why: String,
}

impl Record {
    /// The record of a fit.
    pub fn of(stage: &Stage, problem: &Problem<'_>, fit: &Fit) -> Record {
        let told = fit.told();
        let start: Vec<f64> = problem.parameters.iter().map(Parameter::start).collect();
        let mut both = problem.compared(&[start, fit.end.clone()]);
        let (after, before) = (both.pop().unwrap_or_default(), both.pop().unwrap_or_default());
        let names: Vec<&str> = problem.parameters.iter().map(|p| p.names[0].as_str()).collect();
        let direction = |(singular, direction): (&f64, &Vec<f64>)| Direction {
            singular: *singular,
            parts: parts(&names, direction),
        };
        let directions = told.singular.iter().zip(&told.directions).filter(|(s, _)| **s < LEAST).map(direction);
        let fitted = |(i, p): (usize, &Parameter)| Fitted {
            names: p.names.clone(),
            start: p.starts[0],
            end: p.values(fit.end[i])[0],
            low: p.bounds[0],
            high: p.bounds[1],
            scale: if p.log { "log10" } else { "lin" },
            told: told.shares[i],
            sd_of_range: told.sd[i],
            at_bound: fit.end[i] <= 0.0 || fit.end[i] >= 1.0,
        };
        let row = |(i, (a, b)): (usize, (&Compared, &Compared))| Row {
            id: a.id.clone(),
            observable: a.observable.clone(),
            measured: a.measured,
            start: a.simulated,
            end: b.simulated,
            start_residual: fit.before.get(i).copied().unwrap_or(f64::NAN),
            end_residual: fit.after.get(i).copied().unwrap_or(f64::NAN),
        };
        let squares = |all: &[f64]| all.iter().map(|r| r * r).sum();
        let left_out = |(id, why): &(String, String)| LeftOut { id: id.clone(), why: why.clone() };
        Record {
            stage: stage.name.clone(),
            title: stage.title.clone(),
            ended: fit.ended.words().into(),
            iterations: fit.iterations,
            start_sum_of_squares: squares(&fit.before),
            end_sum_of_squares: squares(&fit.after),
            parameters: problem.parameters.iter().enumerate().map(fitted).collect(),
            untold: directions.collect(),
            rows: before.iter().zip(&after).enumerate().map(row).collect(),
            left_out: problem.left_out.iter().map(left_out).collect(),
        }
    }

    /// Parameters that the data leave where they were.
    pub fn untold_parameters(&self) -> Vec<&str> {
        self.parameters.iter().filter(|p| p.told < HALF).map(|p| p.names[0].as_str()).collect()
    }

    /// The parameters as a table in PEtab's columns, with further ones at the end.
    pub fn parameter_table(&self) -> String {
        let mut out = String::from(
            "parameterId\tparameterScale\tlowerBound\tupperBound\tnominalValue\testimate\testimatedValue\ttold\n",
        );
        for p in &self.parameters {
            let id = p.names.join("+");
            let cells = [p.low, p.high, p.start].map(|v| v.to_string()).join("\t");
            out.push_str(&format!("{id}\t{}\t{cells}\t1\t{}\t{:.3}\n", p.scale, p.end, p.told));
        }
        out
    }

    /// The rows as a table in PEtab's columns, with further ones at the end.
    pub fn measurement_table(&self) -> String {
        let mut out = String::from("observableId\tmeasurement\tsimulation\tsimulationStart\tresidual\tresidualStart\n");
        let number = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
        for r in &self.rows {
            let (end, start) = (number(r.end), number(r.start));
            let residuals = format!("{:.3}\t{:.3}", r.end_residual, r.start_residual);
            out.push_str(&format!("{}\t{}\t{end}\t{start}\t{residuals}\n", r.id, r.measured));
        }
        out
    }
}

/// The components of a direction that are of some size, the largest first.
fn parts(names: &[&str], direction: &[f64]) -> Vec<(String, f64)> {
    let mut all: Vec<(String, f64)> =
        names.iter().zip(direction).filter(|(_, d)| d.abs() >= NAMED).map(|(n, d)| (n.to_string(), *d)).collect();
    all.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    all
}
