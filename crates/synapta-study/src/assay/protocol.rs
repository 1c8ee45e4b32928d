//! A protocol as stops and output times of one run.

use std::collections::{BTreeMap, HashMap};

use synapta_engine::{Action, Overrides, Program, Schedule, State, Stop};
use synapta_model::{Diagnostic, Id, Span};

use crate::error::{Context, StudyError};
use crate::setting::{Dictionary, Setting};
use crate::subject::slot;

use super::schema::{Protocol, Settings, Step};

/// Output times of a step, closer at its start.
const LOOKS: usize = 200;
/// Output times of a pulse and of a pause of a train.
const LOOKS_OF_A_PULSE: usize = 24;

/// A model with the instance in which names are looked up first, and the state it starts from if not from its written one.
pub(super) struct Named<'a> {
    pub program: &'a Program,
    pub dictionary: &'a Dictionary,
    pub instance: &'a str,
    pub start: Option<&'a State>,
}

impl Named<'_> {
    /// The flat id of a name, in the instance or else in the whole model.
    pub fn resolve(&self, name: &str) -> Result<Id, Diagnostic> {
        let names = &self.dictionary.names;
        let inner = if self.instance.is_empty() { name.to_string() } else { format!("{}.{name}", self.instance) };
        names.exact(&inner).map_or_else(|| names.resolve(name).map_err(|_| names.unknown(&inner, Span::NONE)), Ok)
    }

    fn setting(&self, name: &str, text: &str) -> Result<Setting, Diagnostic> {
        let id = self.resolve(name)?;
        self.dictionary.read_assignment(&format!("{id}={text}"))
    }
}

/// Most rounds of a protocol.
const MOST_ROUNDS: usize = 1000;

impl Protocol {
    /// The steps in the order they are done; `None` if those to be repeated are not there.
    pub(super) fn rounds(&self) -> Option<Vec<&Step>> {
        let Some(repeat) = &self.repeat else {
            return Some(self.step.iter().collect());
        };
        let place = |name: &str| self.step.iter().position(|s| s.name == name);
        let (first, last) = (place(&repeat.from)?, place(&repeat.to)?);
        if first > last || !(1..=MOST_ROUNDS).contains(&repeat.times) {
            return None;
        }
        let (before, after) = (&self.step[..first], &self.step[last + 1..]);
        let rounds = (0..repeat.times).flat_map(|_| &self.step[first..=last]);
        Some(before.iter().chain(rounds).chain(after).collect())
    }
}

/// One run.
pub(super) struct Plan {
    pub state: State,
    pub schedule: Schedule,
    pub times: Vec<f64>,
    /// Name, start and end of each step, s.
    pub steps: Vec<(String, f64, f64)>,
}

impl Plan {
    pub fn end(&self) -> f64 {
        self.steps.last().map_or(0.0, |s| s.2)
    }
}

/// The run of a protocol with further values: inputs of the protocol, or names of the model.
///
/// # Errors
/// Names that the model does not have, values it cannot take.
pub(super) fn plan(protocol: &Protocol, changed: &Settings, named: &Named<'_>) -> Result<Plan, StudyError> {
    let (inputs, values): (Settings, Settings) =
        changed.clone().into_iter().partition(|(name, _)| protocol.inputs.contains_key(name));
    let values = values.iter().map(|(name, text)| named.setting(name, text)).collect::<Result<Vec<_>, _>>()?;
    let state = begin(named, &values)?;
    let text_of: BTreeMap<&str, &str> =
        protocol.inputs.iter().chain(&inputs).map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let mut planner =
        Planner { named, text_of, state: &state, current: HashMap::new(), stops: vec![], times: vec![0.0] };
    if named.start.is_some() {
        planner.current.extend(values.iter().map(|s| (s.id.clone(), s.value)));
        planner.stop(0.0, values)?;
    }
    let mut steps = vec![];
    let mut start = 0.0;
    for step in protocol.rounds().unwrap_or_default() {
        let end = start + step.length;
        planner.step(step, start, end)?;
        steps.push((step.name.clone(), start, end));
        start = end;
    }
    let (stops, times) = (planner.stops, planner.times);
    Ok(Plan { schedule: Schedule::new(stops), times, steps, state })
}

/// The state at time 0. What the model starts from by itself sees the values; tissue of a subject gets them when the protocol begins.
fn begin(named: &Named<'_>, values: &[Setting]) -> Result<State, StudyError> {
    if let Some(start) = named.start {
        let mut state = start.clone();
        state.time = 0.0;
        state.restart(named.program);
        return Ok(state);
    }
    let mut overrides = Overrides::none();
    for setting in values {
        overrides.set(setting.id.clone(), setting.value);
    }
    named.program.initial_state(&overrides).during(|| "the start of an assay".to_string())
}

struct Planner<'a> {
    named: &'a Named<'a>,
    text_of: BTreeMap<&'a str, &'a str>,
    state: &'a State,
    /// Values that steps have set.
    current: HashMap<Id, f64>,
    stops: Vec<Stop>,
    times: Vec<f64>,
}

impl Planner<'_> {
    fn step(&mut self, step: &Step, start: f64, end: f64) -> Result<(), StudyError> {
        let settings = self.settings(&step.set)?;
        self.current.extend(settings.iter().map(|s| (s.id.clone(), s.value)));
        self.stop(start, settings)?;
        let Some(train) = &step.pulses else {
            self.look(start, end, LOOKS);
            return Ok(());
        };
        let up = self.settings(&train.set)?;
        let down: Vec<Setting> = up.iter().map(|s| Setting { id: s.id.clone(), value: self.value(&s.id) }).collect();
        let pulses = (step.length / train.every).round().max(1.0) as usize;
        for i in 0..pulses {
            let on = start + i as f64 * train.every;
            let off = (on + train.length).min(end);
            let next = if i + 1 == pulses { end } else { on + train.every };
            self.stop(on, up.clone())?;
            self.look(on, off, LOOKS_OF_A_PULSE);
            self.stop(off, down.clone())?;
            self.look(off, next, LOOKS_OF_A_PULSE);
        }
        Ok(())
    }

    fn settings(&self, set: &Settings) -> Result<Vec<Setting>, StudyError> {
        let one = |(name, text): (&String, &String)| {
            let text = self.text_of.get(text.as_str()).copied().unwrap_or(text);
            self.named.setting(name, text).map_err(StudyError::from)
        };
        set.iter().map(one).collect()
    }

    /// The value a quantity has between pulses.
    fn value(&self, id: &Id) -> f64 {
        let constants = self.named.program.constants();
        let own = || constants.iter().position(|c| c.id == *id).and_then(|i| self.state.p.get(i)).copied();
        self.current.get(id).copied().or_else(own).unwrap_or(0.0)
    }

    fn stop(&mut self, time: f64, settings: Vec<Setting>) -> Result<(), StudyError> {
        let action = |s: Setting| Ok(Action::Set(slot(self.named.program, &s.id)?, s.value));
        let actions: Result<Vec<Action>, synapta_engine::SimError> = settings.into_iter().map(action).collect();
        let actions = actions.during(|| "a step of an assay".to_string())?;
        if !actions.is_empty() {
            self.stops.push(Stop { time, actions });
        }
        Ok(())
    }

    /// Output times of a stretch, its start left out: cubes, since what follows a change is fast at first.
    fn look(&mut self, from: f64, to: f64, looks: usize) {
        let at = |i: usize| if i == looks { to } else { from + (to - from) * (i as f64 / looks as f64).powi(3) };
        self.times.extend((1..=looks).map(at));
    }
}
