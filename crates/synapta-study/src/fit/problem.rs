//! From a stage to residuals: parameters with their ranges, rows with their weights, runs.

use synapta_model::{Diagnostic, Expr, Model};

use crate::evidence::compare::{Compared, ask, compare};
use crate::evidence::observation::{Everywhere, Observation, ObservationSet};
use crate::evidence::pool::{Laboratory, Pool};

use super::misfit::{has_size, residual};
use super::stage::Stage;

/// A fitted parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its paths.
    pub names: Vec<String>,
    /// Value of each in the model text.
    pub starts: Vec<f64>,
    /// Bounds of the first.
    pub bounds: [f64; 2],
    /// True if it moves by a factor, else by a term.
    pub log: bool,
}

impl Parameter {
    /// The coordinate of the start.
    pub fn start(&self) -> f64 {
        let [low, high] = self.bounds;
        let value = self.starts[0];
        if self.log { (value / low).ln() / (high / low).ln() } else { (value - low) / (high - low) }
    }

    /// Value of each path at a coordinate.
    pub fn values(&self, coordinate: f64) -> Vec<f64> {
        let [low, high] = self.bounds;
        let first = self.starts[0];
        let move_one = |start: &f64| {
            if self.log {
                start * (low * (high / low).powf(coordinate)) / first
            } else {
                start + low + (high - low) * coordinate - first
            }
        };
        self.starts.iter().map(move_one).collect()
    }
}

/// A stage that can be run.
pub struct Problem<'a> {
    /// What is fitted.
    pub parameters: Vec<Parameter>,
    /// The rows that count.
    pub rows: Vec<&'a Observation>,
    /// Rows of the stage that do not count, with the reason.
    pub left_out: Vec<(String, String)>,
    set: &'a ObservationSet,
    laboratory: &'a Laboratory<'a>,
    fixed: Vec<String>,
    weights: Vec<f64>,
}

impl<'a> Problem<'a> {
    /// Resolves a stage; `fixed` are values that earlier stages found.
    ///
    /// # Errors
    /// `stage-no-row`, `stage-range` for a parameter without a range, unknown names and models.
    pub fn new(
        stage: &Stage,
        set: &'a ObservationSet,
        laboratory: &'a Laboratory<'a>,
        fixed: &[String],
    ) -> Result<Problem<'a>, Vec<Diagnostic>> {
        let (model, dictionary) = laboratory.model(&stage.model).ok_or_else(|| {
            let message = format!("{}: the model `{}` is not at hand", stage.name, stage.model);
            vec![Diagnostic::error("unknown-model", stage.span(0), message)]
        })?;
        let mut found = vec![];
        let mut parameters = vec![];
        for (i, raw) in stage.parameter.iter().enumerate() {
            let names = &raw.name.get_ref().0;
            let resolve = |name: &String| {
                let id = dictionary.names.resolve(name).map_err(|d| Diagnostic { span: stage.span(i), ..d })?;
                ranged(model, &id).ok_or_else(|| {
                    let message = format!("`{name}` has no value with a range");
                    Diagnostic::error("stage-range", stage.span(i), message)
                        .with_help("give it one: `k.range = {1, 3}`")
                })
            };
            match names.iter().map(resolve).collect::<Result<Vec<_>, Diagnostic>>() {
                Ok(values) if !values.is_empty() => parameters.push(together(names, &values)),
                Ok(_) => {}
                Err(d) => found.push(d),
            }
        }
        if let Some(p) = parameters.iter().find(|p| p.bounds[0] >= p.bounds[1]) {
            let message = format!("the ranges of {} leave no room", p.names.join(", "));
            found.push(Diagnostic::error("stage-range", stage.span(0), message));
        }
        let all = stage.rows(set).map_err(|mut d| {
            found.append(&mut d);
            std::mem::take(&mut found)
        })?;
        if !found.is_empty() {
            return Err(found);
        }
        let mut problem = Problem {
            parameters,
            rows: vec![],
            left_out: vec![],
            set,
            laboratory,
            fixed: fixed.to_vec(),
            weights: vec![],
        };
        problem.choose(stage, all);
        Ok(problem)
    }

    /// Keeps the rows that have a number of this model.
    fn choose(&mut self, stage: &Stage, all: Vec<&'a Observation>) {
        let (mine, other): (Vec<_>, Vec<_>) = all.into_iter().partition(|r| {
            let model = self.laboratory.library.subject(&r.arm.subject).map(|s| s.model == stage.model);
            model.unwrap_or(false) && has_size(r)
        });
        let why = "a direction, or a subject of another model";
        self.left_out = other.iter().map(|r| (r.id.clone(), why.to_string())).collect();
        self.rows = mine;
        let start: Vec<f64> = self.parameters.iter().map(Parameter::start).collect();
        let compared = self.compared(&[start]).pop().unwrap_or_default();
        let mut kept = vec![];
        for (row, c) in self.rows.iter().zip(compared) {
            match stage.scale().weight(self.set, row) {
                _ if c.simulated.is_none() => self.left_out.push((row.id.clone(), c.why)),
                Err(why) => self.left_out.push((row.id.clone(), why.into())),
                Ok(weight) => kept.push((*row, weight)),
            }
        }
        (self.rows, self.weights) = kept.into_iter().unzip();
    }

    /// The assignments of a point.
    pub fn assignments(&self, point: &[f64]) -> Vec<String> {
        let one = |(p, c): (&Parameter, &f64)| {
            p.names.iter().zip(p.values(*c)).map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
        };
        self.parameters.iter().zip(point).flat_map(one).collect()
    }

    /// Rows against their runs, at each point.
    pub fn compared(&self, points: &[Vec<f64>]) -> Vec<Vec<Compared>> {
        let sets: Vec<ObservationSet> = points.iter().map(|p| self.at(p)).collect();
        let mut pool = Pool::default();
        for set in &sets {
            ask(set, &self.rows, self.laboratory, &mut pool);
        }
        let results = pool.run(self.laboratory, &|_| {});
        sets.iter().map(|set| compare(set, &self.rows, self.laboratory, &results)).collect()
    }

    fn at(&self, point: &[f64]) -> ObservationSet {
        let set = self.fixed.iter().cloned().chain(self.assignments(point)).collect();
        ObservationSet { everywhere: Everywhere { set, ..self.set.everywhere.clone() }, ..self.set.clone() }
    }

    /// Weighted residuals at each point.
    pub fn residuals(&self, points: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let one = |(c, weight): (&Compared, &f64)| residual(c, *weight);
        let all = self.compared(points);
        all.iter().map(|compared| compared.iter().zip(&self.weights).map(one).collect()).collect()
    }
}

/// Value and range of a parameter.
pub(super) fn ranged(model: &Model, id: &str) -> Option<(f64, [f64; 2])> {
    let parameter = model.parameters.iter().find(|p| p.id == id)?;
    let range = parameter.meta.uncertainty.iter().find(|u| u.kind == "range")?;
    let ends: Vec<f64> = range.values.iter().filter_map(Expr::as_number).collect();
    match ends[..] {
        [low, high] if low < high => Some((parameter.value?.clamp(low, high), [low, high])),
        _ => None,
    }
}

/// Several parameters that move together, within the ranges of all.
fn together(names: &[String], values: &[(f64, [f64; 2])]) -> Parameter {
    let log = values.iter().all(|(start, [low, _])| *start > 0.0 && *low > 0.0);
    let first = values[0].0;
    let moved = |end: usize| {
        move |(start, ends): &(f64, [f64; 2])| if log { first * ends[end] / start } else { first + ends[end] - start }
    };
    let low = values.iter().map(moved(0)).fold(f64::NEG_INFINITY, f64::max);
    let high = values.iter().map(moved(1)).fold(f64::INFINITY, f64::min);
    Parameter { names: names.to_vec(), starts: values.iter().map(|v| v.0).collect(), bounds: [low, high], log }
}

#[cfg(test)]
#[path = "tests.rs"]
pub(super) mod tests;
