//! The way of a subject to its state before the first dose: its phases, one after the other.
//!
//! The way is walked in steps, so that a caller may integrate many subjects side by side: [`Walk`] says what is to be
//! integrated next, and goes on from what came of it.

use synapta_engine::{Overrides, Program, Settings, SimError, State, Stats, SteadyState};
use synapta_model::{Id, Span};

use super::{set_now, value_now};
use crate::error::{Context, StudyError};
use crate::library::{PhaseKind, Subject};
use crate::setting::{Dictionary, Setting};

/// Hours after which a subject without a steady state counts as settled: a whole number of days, more than thirty times
/// any time constant a subject has.
const SETTLING_TIME: f64 = 24.0 * 4000.0;

/// A subject's phases in a model's ids and units.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    subject: String,
    stretches: Vec<Stretch>,
}

/// A phase.
#[derive(Clone, Debug)]
struct Stretch {
    context: String,
    set: Vec<Setting>,
    /// Hours to integrate; `None` to settle.
    hours: Option<f64>,
    /// Parameters, each with the symbol whose value it takes over.
    record: Vec<(Id, Id)>,
}

impl History {
    /// The phases of a subject.
    ///
    /// # Errors
    /// Findings of names and units.
    pub fn new(subject: &Subject, dictionary: &Dictionary) -> Result<History, StudyError> {
        let name = subject.name.get_ref();
        let names = &dictionary.names;
        let find = |n: &str| names.exact(n).ok_or_else(|| names.unknown(n, Span::NONE));
        let mut stretches = vec![];
        for (i, phase) in subject.phase.iter().enumerate() {
            let context = format!("subject `{name}`, phase {} of {}", i + 1, subject.phase.len());
            let mut record = vec![];
            for (parameter, symbol) in &phase.record {
                record.push((find(parameter.get_ref())?, find(symbol.get_ref())?));
            }
            let hours = phase.hours.filter(|_| phase.kind == PhaseKind::Run);
            // A recorded value changes what depends on it, so the last phase settles once more.
            let again = !record.is_empty() && i + 1 == subject.phase.len() && hours.is_none();
            let set = dictionary.resolve_set(&phase.set, &context)?;
            stretches.push(Stretch { context: context.clone(), set, hours, record });
            if again {
                stretches.push(Stretch { context, set: vec![], hours: None, record: vec![] });
            }
        }
        Ok(History { subject: name.clone(), stretches })
    }
}

impl History {
    /// What phases set or record, by flat id.
    pub fn changed(&self) -> impl Iterator<Item = &Id> {
        self.stretches.iter().flat_map(|s| s.set.iter().map(|set| &set.id).chain(s.record.iter().map(|(to, _)| to)))
    }
}

/// How far a typical subject's states move in each phase in which it settles: a guess at how far those of others will.
///
/// Such a way keeps every sum of states that is conserved, so a guess made by it has the conserved sums of the subject
/// it is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moves(Vec<Option<Move>>);

/// The move of one phase.
#[derive(Clone, Debug)]
struct Move {
    by: Vec<f64>,
    to: Vec<f64>,
}

impl Moves {
    /// A guess at where a state comes to rest in a phase; `None` if there is none, or if it lies below zero where the
    /// typical subject's does not.
    fn guess(&self, stretch: usize, from: &State) -> Option<Vec<f64>> {
        let typical = self.0.get(stretch)?.as_ref()?;
        let guess: Vec<f64> = from.y.iter().zip(&typical.by).map(|(y, by)| y + by).collect();
        guess.iter().zip(&typical.to).all(|(g, to)| *g >= 0.0 || *to < 0.0).then_some(guess)
    }

    fn note(&mut self, stretch: usize, from: &State, to: &State) {
        self.0.resize(stretch + 1, None);
        let by = to.y.iter().zip(&from.y).map(|(b, a)| b - a).collect();
        self.0[stretch] = Some(Move { by, to: to.y.clone() });
    }
}

/// What a subject on its way needs next.
#[derive(Debug)]
pub(crate) enum Need {
    /// The state, integrated until this time; [`Walk::go_on`] takes what comes of it.
    Integrate(State, f64),
    /// Nothing: this is the state before the first dose.
    Nothing(State),
}

/// One subject on its way.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    program: &'a Program,
    history: &'a History,
    settings: &'a Settings,
    /// What phases must not change.
    fixed: Vec<Id>,
    /// Set at the end of the way.
    run_settings: &'a [Setting],
    /// How far a typical subject moves.
    typical: &'a Moves,
    /// The phase under way.
    at: usize,
    /// How far this one moved.
    pub moves: Moves,
    /// Values recorded so far.
    pub recorded: Vec<Setting>,
    /// What the steady states found cost; integrations are the caller's.
    pub stats: Stats,
}

impl<'a> Walk<'a> {
    /// A walk not begun. `run_settings` are set at its end, except for what is fixed. `typical` has the moves of a
    /// similar subject, or none.
    pub fn new(
        program: &'a Program,
        history: &'a History,
        settings: &'a Settings,
        run_settings: &'a [Setting],
        typical: &'a Moves,
        fixed: Vec<Id>,
    ) -> Walk<'a> {
        let (moves, recorded, stats) = (Moves::default(), vec![], Stats::default());
        Walk { program, history, settings, fixed, run_settings, typical, at: 0, moves, recorded, stats }
    }

    /// Which part of the way this is, for messages.
    pub fn context(&self) -> String {
        let stretch = self.history.stretches.get(self.at);
        stretch.map_or_else(|| format!("subject `{}`", self.history.subject), |s| s.context.clone())
    }

    /// Begins with the model's start under these overrides.
    ///
    /// # Errors
    /// What the engine refuses, with the part of the way.
    pub fn begin(&mut self, overrides: &Overrides) -> Result<Need, StudyError> {
        let state = self.program.initial_state(overrides);
        let state = state.during(|| match self.history.subject.as_str() {
            "" => "at the start".to_string(),
            subject => format!("start of subject `{subject}`"),
        })?;
        self.enter(state)
    }

    /// Goes on from the end of an integration.
    ///
    /// # Errors
    /// As [`Walk::begin`].
    pub fn go_on(&mut self, state: State) -> Result<Need, StudyError> {
        let state = self.leave(state)?;
        self.enter(state)
    }

    /// Enters phases until one has to be integrated.
    fn enter(&mut self, mut state: State) -> Result<Need, StudyError> {
        while let Some(stretch) = self.history.stretches.get(self.at) {
            state = self.set(&state, &stretch.set)?;
            if let Some(hours) = stretch.hours {
                let end = state.time + hours;
                return Ok(Need::Integrate(state, end));
            }
            match self.settle(&state) {
                Ok(steady) => {
                    self.stats = self.stats + steady.stats;
                    self.moves.note(self.at, &state, &steady.state);
                    state = self.leave(steady.state)?;
                }
                // Where the equations depend on the time of day: so many days that slow states have settled around
                // their daily course.
                Err(SimError::TimeDependent { .. }) => {
                    let end = state.time + SETTLING_TIME;
                    return Ok(Need::Integrate(state, end));
                }
                Err(e) => return Err(e).during(|| self.context()),
            }
        }
        let last: Vec<Setting> = self.free(self.run_settings);
        let state = set_now(self.program, &state, &last, self.settings);
        Ok(Need::Nothing(state.during(|| format!("ablations of subject `{}`", self.history.subject))?))
    }

    fn settle(&self, state: &State) -> Result<SteadyState, SimError> {
        let guess = self.typical.guess(self.at, state);
        let warm = guess.and_then(|g| self.program.steady_state_from(state, &g, self.settings).ok());
        warm.map_or_else(|| self.program.steady_state(state, self.settings), Ok)
    }

    /// Takes over what the phase records.
    fn leave(&mut self, state: State) -> Result<State, StudyError> {
        let Some(stretch) = self.history.stretches.get(self.at) else { return Ok(state) };
        let mut records = vec![];
        for (parameter, symbol) in &stretch.record {
            let value = value_now(self.program, &state, symbol, self.settings);
            let value = value.during(|| format!("reading `{symbol}`"))?;
            records.push(Setting { id: parameter.clone(), value });
        }
        let records = self.free(&records);
        let state = self.set(&state, &records)?;
        self.recorded.extend(records);
        self.at += 1;
        Ok(state)
    }

    fn set(&self, state: &State, set: &[Setting]) -> Result<State, StudyError> {
        set_now(self.program, state, &self.free(set), self.settings).during(|| self.context())
    }

    /// The settings of what is not fixed.
    fn free(&self, settings: &[Setting]) -> Vec<Setting> {
        settings.iter().filter(|s| !self.fixed.contains(&s.id)).cloned().collect()
    }
}
