//! From a subject's name to its state before the first dose.

pub(crate) mod history;

use std::collections::BTreeMap;

use synapta_engine::{Action, Form, Observable, Overrides, Program, Schedule, Settings, SimError, Slot, State, Stop};
use synapta_model::{Diagnostic, Id, Model, Span};

use crate::error::{Context, StudyError};
use crate::library::{AblationStart, Library, Mechanism, Subject};
use crate::setting::{Dictionary, Setting};
use history::{History, Moves, Need, Walk};

/// Who is to be dosed, and under which assumptions.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Subject by name or alias.
    pub subject: String,
    /// `--hypothesis`, by name.
    pub hypotheses: Vec<String>,
    /// `--without`, by name.
    pub without: Vec<String>,
    /// `--set`, as written: `name=value [unit]`.
    pub set: Vec<String>,
    /// Values that stand in for those of the model text: whatever sets the same parameter wins over them.
    pub in_text: Vec<Setting>,
    /// The solver, for the pre-dose state and for arms.
    pub settings: Settings,
}

/// A subject ready to be dosed. Arms clone its state, so one may serve many.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Canonical name.
    pub subject: String,
    /// One line for people.
    pub title: String,
    /// Assembly, `human` or `rodent`.
    pub assembly: String,
    /// Body weight, kg.
    pub weight_kg: f64,
    /// Regimen line if none is asked for.
    pub default_dose: String,
    /// Hypotheses in force.
    pub hypotheses: Vec<String>,
    /// Mechanisms removed.
    pub without: Vec<String>,
    /// `--set` as written.
    pub set: Vec<String>,
    /// Values that differ from the model text from the start on.
    pub overrides: Vec<Setting>,
    /// Values set when the run begins (ablations).
    pub run_settings: Vec<Setting>,
    /// Values recorded on the way.
    pub recorded: Vec<Setting>,
    /// The compiled model.
    pub program: Program,
    /// Its names and units.
    pub dictionary: Dictionary,
    /// The state before the first dose.
    pub state: State,
    /// The solver.
    pub settings: Settings,
}

impl Prepared {
    /// Every settable value in the state before the first dose, by flat id; species as amounts.
    pub fn state_values(&self) -> BTreeMap<String, f64> {
        let states = self.program.states().iter().map(|s| &s.id).zip(&self.state.y);
        let constants = self.program.constants().iter().map(|c| &c.id).zip(&self.state.p);
        states.chain(constants).map(|(id, v)| (id.to_string(), *v)).collect()
    }
}

/// A model compiled once, for many subjects.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The program.
    pub program: Program,
    /// Names and units.
    pub dictionary: Dictionary,
}

impl Compiled {
    /// Compiles a model.
    ///
    /// # Errors
    /// What the compiler finds.
    pub fn new(model: &Model) -> Result<Compiled, StudyError> {
        Ok(Compiled { program: Program::compile(model)?, dictionary: Dictionary::new(model) })
    }
}

/// Builds a subject: the model's written values, then default hypotheses, the subject's own set and weight, asked
/// hypotheses, ablations from birth, and `--set` (later ones win); then the subject's phases; then ablations that begin
/// with the run. `--set` wins over all of them throughout.
///
/// # Errors
/// Findings of the library, of the names and of the units; `wrong-assembly` if the model is not the subject's; a failed
/// compilation or simulation, with the phase.
pub fn prepare(model: &Model, library: &Library, request: &Request) -> Result<Prepared, StudyError> {
    let subject = subject_of(&model.id, library, request)?;
    let dictionary = Dictionary::new(model);
    let choices = Choices::resolve(library, subject, request, &dictionary)?;
    let program = Program::compile(model)?;
    build(subject, choices, Compiled { program, dictionary }, request)
}

/// [`prepare`] with a model that is compiled already; gives the same.
///
/// # Errors
/// Those of [`prepare`].
pub fn prepare_compiled(compiled: &Compiled, library: &Library, request: &Request) -> Result<Prepared, StudyError> {
    let (subject, choices) = choose(compiled, library, request)?;
    build(subject, choices, compiled.clone(), request)
}

/// The subject asked for, if the model is its own, and what holds for it.
///
/// # Errors
/// Those of [`prepare`] that need no simulation.
pub(crate) fn choose<'a>(
    compiled: &Compiled,
    library: &'a Library,
    request: &Request,
) -> Result<(&'a Subject, Choices), StudyError> {
    let subject = subject_of(compiled.program.model_id(), library, request)?;
    let choices = Choices::resolve(library, subject, request, &compiled.dictionary)?;
    Ok((subject, choices))
}

fn subject_of<'a>(model: &str, library: &'a Library, request: &Request) -> Result<&'a Subject, StudyError> {
    let subject = library.subject(&request.subject)?;
    if model != subject.model.as_str() {
        let message = format!("the subject `{}` belongs to the model `{}`", subject.name.get_ref(), subject.model);
        let help = format!("this model is `{model}`; choose another subject (`synapta subjects`)");
        return Err(Diagnostic::error("wrong-assembly", Span::NONE, message).with_help(help).into());
    }
    Ok(subject)
}

fn build(subject: &Subject, choices: Choices, compiled: Compiled, request: &Request) -> Result<Prepared, StudyError> {
    let Compiled { program, dictionary } = compiled;
    let history = History::new(subject, &dictionary)?;
    let fixed = choices.fixed.iter().map(|s| s.id.clone()).collect();
    let none = Moves::default();
    let mut walk = Walk::new(&program, &history, &request.settings, &choices.run_settings, &none, fixed);
    let state = walk_alone(&mut walk, &choices.starting(), &program, &request.settings)?;
    let recorded = walk.recorded;
    Ok(Prepared {
        subject: subject.name.get_ref().clone(),
        title: subject.title.clone(),
        assembly: subject.model.clone(),
        weight_kg: choices.weight_kg,
        default_dose: subject.default_dose.get_ref().clone(),
        hypotheses: choices.hypotheses,
        without: choices.without,
        set: request.set.clone(),
        overrides: choices.overrides,
        run_settings: choices.run_settings,
        recorded,
        program,
        dictionary,
        state,
        settings: request.settings.clone(),
    })
}

/// Walks the whole way with one subject.
pub(crate) fn walk_alone(
    walk: &mut Walk<'_>,
    overrides: &Overrides,
    program: &Program,
    settings: &Settings,
) -> Result<State, StudyError> {
    let mut need = walk.begin(overrides)?;
    loop {
        match need {
            Need::Nothing(state) => return Ok(state),
            Need::Integrate(state, end) => {
                let solution = program.simulate(&state, end, &[], &[], &Schedule::none(), settings);
                need = walk.go_on(solution.during(|| walk.context())?.final_state)?;
            }
        }
    }
}

/// Everything a request asks for, in the model's ids and units.
pub(crate) struct Choices {
    pub weight_kg: f64,
    /// The parameter of the body weight.
    pub weight_id: Id,
    pub hypotheses: Vec<String>,
    pub without: Vec<String>,
    pub overrides: Vec<Setting>,
    pub run_settings: Vec<Setting>,
    /// What `--set` fixes; phases do not change it.
    pub fixed: Vec<Setting>,
}

impl Choices {
    /// The values that differ from the model text from the start on.
    pub fn starting(&self) -> Overrides {
        self.overrides.iter().map(|s| (s.id.clone(), s.value)).collect()
    }

    fn resolve(
        library: &Library,
        subject: &Subject,
        request: &Request,
        dictionary: &Dictionary,
    ) -> Result<Choices, StudyError> {
        let in_force = library.hypotheses_in_force(&request.hypotheses)?;
        let mechanisms: Vec<&Mechanism> =
            request.without.iter().map(|n| library.mechanism(n)).collect::<Result<_, _>>()?;
        let fixed: Vec<Setting> =
            collect(request.set.iter().map(|text| dictionary.read_assignment(text).map_err(|d| vec![d])))?;
        let weight = weight_setting(subject, dictionary)?;

        let of_hypotheses = |asked: bool| {
            let chosen = in_force.iter().filter(move |h| is_asked(request, library, h.name.get_ref()) == asked);
            flatten(chosen.map(|h| dictionary.resolve_set(&h.set, &format!("hypothesis `{}`", h.name.get_ref()))))
        };
        let of_mechanisms = |when: AblationStart| {
            let chosen = mechanisms.iter().filter(move |m| m.when == when);
            flatten(chosen.map(|m| dictionary.resolve_set(&m.set, &format!("mechanism `{}`", m.name.get_ref()))))
        };
        let own = dictionary.resolve_set(&subject.set, &format!("subject `{}`", subject.name.get_ref()))?;
        let mut overrides = request.in_text.clone();
        overrides.extend(of_hypotheses(false)?);
        overrides.extend(own);
        overrides.push(weight.clone());
        overrides.extend(of_hypotheses(true)?);
        overrides.extend(of_mechanisms(AblationStart::Birth)?);
        overrides.extend(fixed.iter().cloned());
        let overrides = last_of_each(overrides);

        let weight_kg = overrides.iter().find(|s| s.id == weight.id).map_or(weight.value, |s| s.value);
        if !(weight_kg > 0.0 && weight_kg.is_finite()) {
            let message = format!("a body weight of {weight_kg} kg cannot be");
            return Err(Diagnostic::error("set-number", Span::NONE, message).with_help("give a weight above 0").into());
        }
        let mut run_settings = of_mechanisms(AblationStart::Run)?;
        run_settings.retain(|s| fixed.iter().all(|f| f.id != s.id));
        Ok(Choices {
            weight_kg,
            weight_id: weight.id,
            hypotheses: in_force.iter().map(|h| h.name.get_ref().clone()).collect(),
            without: mechanisms.iter().map(|m| m.name.get_ref().clone()).collect(),
            overrides,
            run_settings: last_of_each(run_settings),
            fixed,
        })
    }
}

fn is_asked(request: &Request, library: &Library, name: &str) -> bool {
    let named = |n: &String| library.hypothesis(n).is_ok_and(|h| h.name.get_ref() == name);
    request.hypotheses.iter().any(named)
}

fn weight_setting(subject: &Subject, dictionary: &Dictionary) -> Result<Setting, StudyError> {
    let name = subject.weight.parameter.get_ref();
    let id = dictionary.names.exact(name).ok_or_else(|| dictionary.names.unknown(name, Span::NONE))?;
    Ok(dictionary.convert(&id, subject.weight.value, Some(&subject.weight.unit))?)
}

/// All settings, or all findings.
fn collect(all: impl Iterator<Item = Result<Setting, Vec<Diagnostic>>>) -> Result<Vec<Setting>, Vec<Diagnostic>> {
    flatten(all.map(|r| r.map(|s| vec![s])))
}

fn flatten(all: impl Iterator<Item = Result<Vec<Setting>, Vec<Diagnostic>>>) -> Result<Vec<Setting>, Vec<Diagnostic>> {
    let (mut settings, mut found) = (vec![], vec![]);
    for result in all {
        match result {
            Ok(s) => settings.extend(s),
            Err(d) => found.extend(d),
        }
    }
    if found.is_empty() { Ok(settings) } else { Err(found) }
}

/// The last value of each id, by id.
fn last_of_each(settings: Vec<Setting>) -> Vec<Setting> {
    let map: BTreeMap<Id, f64> = settings.into_iter().map(|s| (s.id, s.value)).collect();
    map.into_iter().map(|(id, value)| Setting { id, value }).collect()
}

/// The state with values set at its own time, events they trigger included.
pub(crate) fn set_now(
    program: &Program,
    state: &State,
    set: &[Setting],
    settings: &Settings,
) -> Result<State, SimError> {
    if set.is_empty() {
        return Ok(state.clone());
    }
    let actions =
        set.iter().map(|s| Ok(Action::Set(slot(program, &s.id)?, s.value))).collect::<Result<_, SimError>>()?;
    let schedule = Schedule::new(vec![Stop { time: state.time, actions }]);
    Ok(program.simulate(state, state.time, &[], &[], &schedule, settings)?.final_state)
}

/// The value of a symbol in a state.
pub(crate) fn value_now(program: &Program, state: &State, id: &Id, settings: &Settings) -> Result<f64, SimError> {
    let observable = observable(program, id)?;
    Ok(values_now(program, state, &[observable], settings)?.first().copied().unwrap_or(f64::NAN))
}

/// The values of observables in a state.
pub(crate) fn values_now(
    program: &Program,
    state: &State,
    observables: &[Observable],
    settings: &Settings,
) -> Result<Vec<f64>, SimError> {
    let solution = program.simulate(state, state.time, &[state.time], observables, &Schedule::none(), settings)?;
    Ok(solution.values.into_iter().next().unwrap_or_default())
}

pub(crate) fn slot(program: &Program, id: &Id) -> Result<Slot, SimError> {
    program.slot(id).ok_or_else(|| SimError::UnknownName { id: id.clone(), nearest: None })
}

pub(crate) fn observable(program: &Program, id: &Id) -> Result<Observable, SimError> {
    program.observable(id, Form::Default).ok_or_else(|| SimError::UnknownName { id: id.clone(), nearest: None })
}
