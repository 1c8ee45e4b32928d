//! What is done to every subject of an ensemble: values of its own, the way to its state before the first dose, doses,
//! output.

use std::sync::Arc;

use serde_json::{Value, json};
use synapta_engine::{Form, Job, Observable, Overrides, Program, Schedule, Settings, SimError, State, Tolerances};
use synapta_model::{Diagnostic, Id, Model, Span};

use super::SubjectTable;
use super::lean::Lean;
use crate::arm::{Dosed, Keep, columns, title};
use crate::error::{Context, StudyError};
use crate::library::Library;
use crate::regimen::{Doses, Prescribed};
use crate::setting::{Dictionary, Setting};
use crate::subject::history::{History, Moves, Need, Walk};
use crate::subject::{Compiled, Request, choose, walk_alone};

/// A column of the output.
#[derive(Clone, Debug)]
pub struct Variable {
    /// What is read, by flat id.
    pub id: Id,
    /// Its name in the file.
    pub name: String,
    /// Display name.
    pub title: String,
    /// Unit for people; empty if the model does not say.
    pub unit: String,
    /// Form of a species.
    pub form: Form,
    /// What is read.
    pub observable: Observable,
}

/// What is done to every subject of an ensemble. One compiled program serves all of them.
#[derive(Debug)]
pub struct Protocol<'a> {
    pub(super) program: &'a Program,
    pub(super) dictionary: &'a Dictionary,
    pub(super) settings: Settings,
    pub(super) variables: Vec<Variable>,
    /// Output times as they are reported.
    pub(super) times: Vec<f64>,
    /// Output times on the clock of the runs.
    clock: Arc<[f64]>,
    /// Start of the runs on their clock.
    start: f64,
    pub(super) overrides: Vec<Setting>,
    fixed: Vec<Id>,
    run_settings: Vec<Setting>,
    history: History,
    /// How far the typical subject moves in each phase.
    typical: Moves,
    pub(super) dosing: Option<Dosing<'a>>,
    /// The program of the runs, if the subjects have one of their own.
    pub(super) lean: Option<Lean>,
    /// For the manifest.
    set: Vec<String>,
}

/// The part of a protocol that a plain time course lacks.
#[derive(Debug)]
pub(super) struct Dosing<'a> {
    library: &'a Library,
    prescribed: Prescribed,
    /// The doses of a subject whose row does not change the weight.
    pub(super) doses: Doses,
    weight: Id,
    about: Value,
}

impl<'a> Protocol<'a> {
    /// A time course from the model's start, without doses. `times` ascend; the first is the start of the runs.
    ///
    /// # Errors
    /// Findings of `set`, written as `--set` takes it.
    pub fn course(
        compiled: &'a Compiled,
        set: &[String],
        variables: Vec<Variable>,
        times: Vec<f64>,
        settings: Settings,
    ) -> Result<Protocol<'a>, StudyError> {
        let Compiled { program, dictionary } = compiled;
        let overrides: Vec<Setting> = set.iter().map(|s| dictionary.read_assignment(s)).collect::<Result<_, _>>()?;
        Ok(Protocol {
            program,
            dictionary,
            settings,
            variables,
            clock: times.clone().into(),
            start: times.first().copied().unwrap_or(0.0),
            times,
            overrides,
            fixed: vec![],
            run_settings: vec![],
            history: History::default(),
            typical: Moves::default(),
            dosing: None,
            lean: None,
            set: set.to_vec(),
        })
    }

    /// A subject of the library, dosed; `times` ascend and count, in hours, from the first dose of the main drug.
    /// `names` are dotted paths or flat ids, or `all`; without any, what the read-outs of the library look at.
    ///
    /// # Errors
    /// As [`crate::subject::prepare`] and [`crate::arm::simulate_arm`], without what needs a simulation.
    pub fn study(
        model: &Model,
        compiled: &'a Compiled,
        library: &'a Library,
        request: &Request,
        prescribed: Prescribed,
        names: &[String],
        times: Vec<f64>,
    ) -> Result<Protocol<'a>, StudyError> {
        let Compiled { program, dictionary } = compiled;
        let (subject, choices) = choose(compiled, library, request)?;
        let doses = prescribed.doses(choices.weight_kg, library).map_err(without_places)?;
        check_times(&times, &doses)?;
        let about = json!({
            "subject": subject.name.get_ref(),
            "weight_kg": choices.weight_kg,
            "hypotheses": choices.hypotheses,
            "without": choices.without,
            "run_settings": choices.run_settings,
            "doses": doses,
        });
        let clock: Vec<f64> = times.iter().map(|t| doses.zero_h + t).collect();
        let mut protocol = Protocol {
            program,
            dictionary,
            settings: request.settings.clone(),
            variables: variables(model, compiled, library, names)?,
            clock: clock.into(),
            start: doses.start_h(),
            times,
            history: History::new(subject, dictionary)?,
            typical: Moves::default(),
            overrides: choices.overrides,
            fixed: choices.fixed.iter().map(|s| s.id.clone()).collect(),
            run_settings: choices.run_settings,
            dosing: Some(Dosing { library, prescribed, doses, weight: choices.weight_id, about }),
            lean: None,
            set: request.set.clone(),
        };
        protocol.typical = protocol.moves();
        Ok(protocol)
    }

    /// How far a subject moves that no row changes; none where it cannot be run.
    fn moves(&self) -> Moves {
        let mut walk = self.walk(self.fixed.clone());
        let overrides = self.overrides.iter().map(|s| (s.id.clone(), s.value)).collect();
        match walk_alone(&mut walk, &overrides, self.program, &self.settings) {
            Ok(_) => walk.moves,
            Err(_) => Moves::default(),
        }
    }

    fn walk(&self, fixed: Vec<Id>) -> Walk<'_> {
        Walk::new(self.program, &self.history, &self.settings, &self.run_settings, &self.typical, fixed)
    }

    /// True if subjects are dosed.
    pub fn is_study(&self) -> bool {
        self.dosing.is_some()
    }

    /// Refuses values of a table's row that no subject can have.
    ///
    /// # Errors
    /// `set-number` for a body weight that is not above 0.
    pub fn check_value(&self, id: &Id, value: f64) -> Result<(), Diagnostic> {
        let is_weight = self.dosing.as_ref().is_some_and(|d| d.weight == *id);
        if is_weight && value <= 0.0 {
            let message = format!("a body weight of {value} kg cannot be");
            return Err(Diagnostic::error("set-number", Span::NONE, message).with_help("give a weight above 0"));
        }
        Ok(())
    }

    /// Tries what all subjects have in common on the first row of the table, so that a mistake in the request is told
    /// before anything is run.
    ///
    /// # Errors
    /// Names the engine cannot set or find; findings of the delivery of doses.
    pub fn check(&self, table: &SubjectTable) -> Result<(), StudyError> {
        let state = match self.program.initial_state(&self.row_overrides(table, 0)) {
            Ok(state) => state,
            Err(e @ (SimError::UnknownName { .. } | SimError::NotSettable { .. })) => {
                return Err(e).during(|| format!("start of subject `{}`", table.id(0)));
            }
            // The first row's own trouble; it is told with the results.
            Err(_) => return Ok(()),
        };
        match self.job(table, 0, state) {
            Err(e @ StudyError::Findings(_)) => Err(e),
            _ => Ok(()),
        }
    }

    fn row_overrides(&self, table: &SubjectTable, subject: usize) -> Overrides {
        let mut out: Overrides = self.overrides.iter().map(|s| (s.id.clone(), s.value)).collect();
        table.row(subject).for_each(|(id, value)| out.set(id.clone(), value));
        out
    }

    /// A subject's way to its state before the first dose, and what it needs first.
    pub(super) fn begin(&self, table: &SubjectTable, subject: usize) -> Result<(Walk<'_>, Need), StudyError> {
        let fixed = self.fixed.iter().chain(table.row(subject).map(|(id, _)| id)).cloned().collect();
        let mut walk = self.walk(fixed);
        let need = walk.begin(&self.row_overrides(table, subject))?;
        Ok((walk, need))
    }

    /// The run of a subject from its state before the first dose.
    pub(super) fn job(&self, table: &SubjectTable, subject: usize, mut state: State) -> Result<Job, StudyError> {
        let mut schedule = Schedule::none();
        if let Some(dosing) = &self.dosing {
            let doses = self.doses(dosing, table, subject)?;
            schedule = self.deliver(dosing, doses.as_ref().unwrap_or(&dosing.doses), &state)?;
            state.restart(self.program);
        }
        state.time = self.start;
        let end = self.clock.last().copied().unwrap_or(self.start);
        Ok(Job { state, end, output_times: self.clock.clone(), schedule: schedule.into() })
    }

    /// Doses as stops, for a subject in this state.
    pub(super) fn deliver(&self, dosing: &Dosing<'_>, doses: &Doses, state: &State) -> Result<Schedule, StudyError> {
        let dosed = Dosed { program: self.program, dictionary: self.dictionary, state, settings: &self.settings };
        dosed.schedule(dosing.library, doses)
    }

    /// What may change on a subject's way, by flat id: settings of phases and of the run, what phases record, the weight.
    pub(super) fn changed(&self) -> impl Iterator<Item = &Id> {
        let weight = self.dosing.as_ref().map(|d| &d.weight);
        self.run_settings.iter().map(|s| &s.id).chain(self.history.changed()).chain(weight)
    }

    /// A subject's own doses, if its weight is its own.
    fn doses(&self, dosing: &Dosing<'_>, table: &SubjectTable, subject: usize) -> Result<Option<Doses>, StudyError> {
        let own = table.row(subject).find(|(id, _)| **id == dosing.weight);
        match own {
            Some((_, kg)) => Ok(Some(dosing.prescribed.doses(kg, dosing.library).map_err(without_places)?)),
            None => Ok(None),
        }
    }

    /// A time of the runs' clock as it is reported.
    pub(super) fn reported(&self, time: f64) -> f64 {
        self.dosing.as_ref().map_or(time, |d| time - d.doses.zero_h)
    }

    /// What the output depends on, the table and its division left out; nothing of clock or machine.
    pub(super) fn about(&self) -> Value {
        let form = |v: &Variable| json!({"name": v.name, "form": format!("{:?}", v.form).to_lowercase()});
        json!({
            "study": self.dosing.as_ref().map(|d| &d.about),
            "set": self.set,
            "overrides": self.overrides,
            "variables": self.variables.iter().map(form).collect::<Vec<_>>(),
            "times": {"start": self.times.first(), "end": self.times.last(), "steps": self.times.len().saturating_sub(1)},
            "solver": {"rtol": self.settings.rtol, "atol": tolerance(&self.settings.atol)},
        })
    }
}

/// Findings of a regimen point into its text, which is not at hand here.
fn without_places(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    found.iter_mut().for_each(|d| d.span = Span::NONE);
    found
}

fn tolerance(atol: &Tolerances) -> Value {
    match atol {
        Tolerances::Scale => json!("scale"),
        Tolerances::Same(a) => json!(a),
        other => json!(format!("{other:?}")),
    }
}

fn check_times(times: &[f64], doses: &Doses) -> Result<(), Diagnostic> {
    let (first, last) = (times.first().copied().unwrap_or(0.0), times.last().copied().unwrap_or(0.0));
    let earliest = doses.start_h() - doses.zero_h;
    if first < earliest {
        let message = format!("the output would start at {first} h, before the first dose record at {earliest} h");
        let found = Diagnostic::error("start-before-dose", Span::NONE, message);
        return Err(found.with_help(format!("give `--start {earliest}` or later")));
    }
    if last <= 0.0 {
        let message = format!("the run would end at {last} h, not after its first dose");
        return Err(Diagnostic::error("end-before-start", Span::NONE, message).with_help("give a later `--end`"));
    }
    Ok(())
}

/// The columns asked for by name.
fn variables(
    model: &Model,
    compiled: &Compiled,
    library: &Library,
    names: &[String],
) -> Result<Vec<Variable>, StudyError> {
    let known = &compiled.dictionary.names;
    let everything = names.iter().any(|n| n == "all");
    let ids = if everything || names.is_empty() {
        columns(model, known, &model.id, library, &Keep { everything, ..Keep::default() })?.0
    } else {
        names.iter().filter(|n| *n != "time").map(|n| known.resolve(n)).collect::<Result<Vec<Id>, _>>()?
    };
    ids.iter().map(|id| variable(model, compiled, id, known.path(id), Form::Default)).collect()
}

/// A column for an element, by the name it has in the file.
///
/// # Errors
/// `no-value` for an element without a value over time.
pub fn variable(model: &Model, compiled: &Compiled, id: &Id, name: &str, form: Form) -> Result<Variable, StudyError> {
    let Compiled { program, dictionary } = compiled;
    let Some(observable) = program.observable(id, form) else {
        let found = Diagnostic::error("no-value", Span::NONE, format!("`{name}` has no value over time"));
        return Err(found.with_help("name a species, parameter, compartment or reaction").into());
    };
    let unit = dictionary.unit_name(id).filter(|_| form == Form::Default).unwrap_or_default();
    Ok(Variable {
        id: id.clone(),
        name: name.to_string(),
        title: title(model, &dictionary.names, id),
        unit,
        form,
        observable,
    })
}
