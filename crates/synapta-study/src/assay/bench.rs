//! Runs protocols on preparations and takes numbers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;
use synapta_engine::{Observable, Settings as Solver};
use synapta_model::{Diagnostic, Model, Span};

use crate::error::{Context, StudyError};
use crate::evidence::formula::Formula;
use crate::evidence::quantity::Relation;
use crate::subject::{Compiled, Prepared, observable};

use super::number::Course;
use super::protocol::{Named, plan};
use super::schema::{Assay, Preparation, Readout, Reference, Settings, Taken};
use super::{AssaySet, curve};

/// What is asked of a bench.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    /// The assay by name.
    pub assay: String,
    /// The preparation by name; empty for the read-out's own, or else the assay's first.
    pub preparation: String,
    /// The read-out by name.
    pub readout: String,
    /// Further values, `name=value unit`; they win over those of the read-out.
    pub set: Vec<String>,
}

/// Makes a subject ready, for preparations that are its tissue.
pub type Tissue<'a> = Box<dyn Fn(&str) -> Result<Prepared, StudyError> + Send + Sync + 'a>;

/// The assays with the models of their preparations, each compiled when first used.
pub struct Bench<'a> {
    /// The assays.
    pub set: &'a AssaySet,
    tissue: Option<Tissue<'a>>,
    subjects: Mutex<BTreeMap<String, Arc<Prepared>>>,
    models: BTreeMap<&'a str, &'a Model>,
    compiled: BTreeMap<&'a str, OnceLock<Result<Compiled, Vec<Diagnostic>>>>,
}

impl<'a> Bench<'a> {
    /// A bench with models by file name without `.ant`.
    pub fn new(set: &'a AssaySet, models: impl IntoIterator<Item = (&'a str, &'a Model)>) -> Bench<'a> {
        let models: BTreeMap<&str, &Model> = models.into_iter().collect();
        let compiled = models.keys().map(|name| (*name, OnceLock::new())).collect();
        Bench { set, tissue: None, subjects: Mutex::default(), models, compiled }
    }

    /// The same with a way to tissue of subjects.
    pub fn with_tissue(self, tissue: Tissue<'a>) -> Bench<'a> {
        Bench { tissue: Some(tissue), ..self }
    }

    /// The number of a read-out.
    ///
    /// # Errors
    /// Names that nothing has, values that cannot be, a run that fails, `assay-no-number`.
    pub fn number(&self, ask: &Ask) -> Result<f64, StudyError> {
        let question = self.question(ask)?;
        let number = question.readout.scale * question.number()?;
        if number.is_finite() {
            return Ok(number);
        }
        let message = format!("`{}` of `{}` has no number here", ask.readout, ask.assay);
        let help = "the effect asked for is not reached within the curve, or the reference is zero";
        Err(Diagnostic::error("assay-no-number", Span::NONE, message).with_help(help).into())
    }

    /// Many numbers, side by side on all cores, in the order asked.
    pub fn numbers(&self, asks: &[Ask]) -> Vec<Result<f64, StudyError>> {
        asks.par_iter().map(|ask| self.number(ask)).collect()
    }

    /// What does not resolve in any read-out: models, names, units. Empty if all is well; nothing is run.
    pub fn check(&self) -> Vec<Diagnostic> {
        let mut found = vec![];
        for assay in &self.set.assays {
            for readout in &assay.readout {
                let own = readout.preparation.as_ref();
                for preparation in own.map_or(assay.preparations.as_slice(), std::slice::from_ref) {
                    let ask = Ask {
                        assay: assay.name.get_ref().clone(),
                        preparation: preparation.clone(),
                        readout: readout.name.get_ref().clone(),
                        set: vec![],
                    };
                    let planned = self.resolve(&ask);
                    found.extend(planned.err().map(|e| e.diagnostics()).into_iter().flatten().map(|mut d| {
                        d.message = format!("{}, {}: {}", ask.assay, ask.readout, d.message);
                        d
                    }));
                }
            }
        }
        found
    }

    /// Resolves what is asked without a run.
    ///
    /// # Errors
    /// As [`Bench::number`], but for failed runs.
    pub fn resolve(&self, ask: &Ask) -> Result<(), StudyError> {
        self.question(ask)?.planned()
    }

    fn question(&'a self, ask: &Ask) -> Result<Question<'a>, StudyError> {
        let assay = self.set.assay(&ask.assay)?;
        let readout = assay.readout(&ask.readout)?;
        let first = assay.preparations.first().map_or("", String::as_str);
        let own = readout.preparation.as_deref().unwrap_or(first);
        let name = if ask.preparation.is_empty() { own } else { ask.preparation.as_str() };
        let preparation = self.set.preparation(name)?;
        let mut values = assay.set.clone();
        values.extend(readout.set.clone());
        let mut fixed = Settings::new();
        for text in &ask.set {
            let (name, value) = text.split_once('=').ok_or_else(|| {
                let help = "write `name=value` or `name=value unit`, for example `magnesium=1 mmol/L`";
                Diagnostic::error("set-syntax", Span::NONE, format!("`{text}` sets nothing")).with_help(help)
            })?;
            fixed.insert(name.trim().to_string(), value.trim().to_string());
        }
        values.extend(fixed);
        Ok(Question { bench: self, assay, readout, preparation, values })
    }

    /// What a preparation is recorded with.
    fn ready(&self, preparation: &Preparation) -> Result<Ready<'_>, StudyError> {
        if preparation.subject.is_empty() {
            return Ok(Ready::Model(self.compiled(preparation)?));
        }
        let mut known = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = known.get(&preparation.subject) {
            return Ok(Ready::Tissue(prepared.clone()));
        }
        let tissue = self.tissue.as_ref().ok_or_else(|| {
            let message = format!("no tissue of `{}` is at hand", preparation.subject);
            StudyError::from(Diagnostic::error("unknown-subject", Span::NONE, message))
        })?;
        let prepared = Arc::new(tissue(&preparation.subject)?);
        known.insert(preparation.subject.clone(), prepared.clone());
        Ok(Ready::Tissue(prepared))
    }

    fn compiled(&self, preparation: &Preparation) -> Result<&Compiled, StudyError> {
        let missing = || {
            let message = format!("the model `{}` of `{}` is not there", preparation.model, preparation.name.get_ref());
            StudyError::from(
                Diagnostic::error("unknown-model", Span::NONE, message).with_help("models of assays: models/assays/"),
            )
        };
        let name = preparation.model.as_str();
        let (model, cell) = self.models.get(name).zip(self.compiled.get(name)).ok_or_else(missing)?;
        let made = cell.get_or_init(|| Compiled::new(model).map_err(|e| e.diagnostics()));
        made.as_ref().map_err(|found| StudyError::Findings(found.clone()))
    }
}

/// A compiled model, or a subject that is ready.
enum Ready<'a> {
    Model(&'a Compiled),
    Tissue(Arc<Prepared>),
}

impl Ready<'_> {
    fn named<'b>(&'b self, instance: &'b str) -> Named<'b> {
        match self {
            Ready::Model(c) => Named { program: &c.program, dictionary: &c.dictionary, instance, start: None },
            Ready::Tissue(p) => {
                Named { program: &p.program, dictionary: &p.dictionary, instance, start: Some(&p.state) }
            }
        }
    }
}

/// A read-out of a preparation under given values.
struct Question<'a> {
    bench: &'a Bench<'a>,
    assay: &'a Assay,
    readout: &'a Readout,
    preparation: &'a Preparation,
    values: Settings,
}

/// A course with its steps.
type Run = (Course, Vec<(String, f64, f64)>);

impl Question<'_> {
    fn number(&self) -> Result<f64, StudyError> {
        let Some(curve) = &self.readout.curve else {
            return self.compared(&self.values);
        };
        curve::number(curve, &mut |concentration| {
            let mut values = self.values.clone();
            values.insert(curve.over.clone(), format!("{concentration} {}", curve.unit));
            self.compared(&values)
        })
    }

    /// The number of one run, against its reference if there is one.
    fn compared(&self, values: &Settings) -> Result<f64, StudyError> {
        let readout = self.readout;
        let run = self.run(self.preparation, &readout.of, values)?;
        let number = taken(&run, readout.take, readout.during.as_deref());
        let Some(reference) = &readout.reference else {
            return Ok(number);
        };
        let other = self.reference(reference, values, &run)?;
        let relation = reference.relation.as_deref().and_then(Relation::from_word).unwrap_or_default();
        Ok(relation.of(number, other))
    }

    fn reference(&self, reference: &Reference, values: &Settings, own: &Run) -> Result<f64, StudyError> {
        let take = reference.take.unwrap_or(self.readout.take);
        let during = reference.during.as_deref().or(self.readout.during.as_deref());
        if reference.preparation.is_none() && reference.set.is_empty() && reference.of.is_none() {
            return Ok(taken(own, take, during));
        }
        let preparation = match &reference.preparation {
            Some(name) => self.bench.set.preparation(name)?,
            None => self.preparation,
        };
        let mut values = values.clone();
        values.extend(reference.set.clone());
        let run = self.run(preparation, reference.of.as_ref().unwrap_or(&self.readout.of), &values)?;
        Ok(taken(&run, take, during))
    }

    fn run(&self, preparation: &Preparation, of: &str, values: &Settings) -> Result<Run, StudyError> {
        let protocol = self.bench.set.protocol(&self.readout.protocol)?;
        let ready = self.bench.ready(preparation)?;
        let named = ready.named(&preparation.instance);
        let context = || format!("assay `{}`, `{}`", self.assay.name.get_ref(), self.readout.name.get_ref());
        let formula = Formula::read(of).map_err(|e| {
            StudyError::from(Diagnostic::error("assay-formula", Span::NONE, e.message).with_help(e.help))
        })?;
        let observables = formula
            .symbols
            .iter()
            .map(|s| observable(named.program, &named.resolve(s)?).during(context))
            .collect::<Result<Vec<Observable>, StudyError>>()?;
        let plan = plan(protocol, values, &named)?;
        let solver = Solver { both_sides: true, ..Solver::default() };
        let solution = named
            .program
            .simulate(&plan.state, plan.end(), &plan.times, &observables, &plan.schedule, &solver)
            .during(context)?;
        let values = solution.values.iter().map(|row| formula.evaluate(row)).collect();
        Ok((Course { time: solution.times, values }, plan.steps))
    }

    /// Resolves every name without a run.
    fn planned(&self) -> Result<(), StudyError> {
        let protocol = self.bench.set.protocol(&self.readout.protocol)?;
        let reference = self.readout.reference.as_ref();
        let other = reference.and_then(|r| r.preparation.as_ref());
        let other = other.map(|name| self.bench.set.preparation(name)).transpose()?;
        for preparation in [Some(self.preparation), other].into_iter().flatten() {
            let ready = self.bench.ready(preparation)?;
            let named = ready.named(&preparation.instance);
            let mut values = self.values.clone();
            values.extend(reference.map(|r| r.set.clone()).unwrap_or_default());
            if let Some(curve) = &self.readout.curve {
                values.insert(curve.over.clone(), format!("{} {}", curve.to, curve.unit));
            }
            plan(protocol, &values, &named)?;
            for of in [Some(&self.readout.of), reference.and_then(|r| r.of.as_ref())].into_iter().flatten() {
                let symbols = Formula::read(of).map(|f| f.symbols).unwrap_or_default();
                symbols.iter().try_for_each(|s| named.resolve(s).map(|_| ()))?;
            }
        }
        Ok(())
    }
}

fn taken(run: &Run, take: Taken, during: Option<&str>) -> f64 {
    let (course, steps) = run;
    let step = steps.iter().find(|s| Some(s.0.as_str()) == during).or(steps.last());
    step.map_or(f64::NAN, |s| course.number(take, s.1, s.2))
}
