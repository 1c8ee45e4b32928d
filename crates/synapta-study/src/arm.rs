//! One arm: a prepared subject, a regimen, a time course.

use std::cell::RefCell;
use std::collections::HashMap;

use synapta_engine::{Action, Observable, Program, Schedule, Settings, State, Stop};
use synapta_model::{Diagnostic, Id, Model, Span};

use crate::error::{Context, StudyError};
use crate::grid::output_times;
use crate::library::Library;
use crate::names::Names;
use crate::output::{Manifest, ModelSource, SolverSettings};
use crate::plan::{Change, ChangeAction, plan};
use crate::readout::ReadoutValue;
use crate::regimen::{Doses, expand, parse_line};
use crate::setting::Dictionary;
use crate::subject::{Prepared, observable, slot, value_now, values_now};
use crate::trajectory::{Column, Effort, Trajectory};

/// What is kept of a run.
#[derive(Clone, Debug, Default)]
pub struct Keep {
    /// Dotted paths or flat ids; the read-outs' symbols come to these.
    pub columns: Vec<String>,
    /// True keeps every species and every changing parameter.
    pub everything: bool,
    /// Further output times, hours after the first main dose.
    pub times: Vec<f64>,
}

/// An arm's result.
#[derive(Clone, Debug)]
pub struct Arm {
    /// Time series.
    pub trajectory: Trajectory,
    /// Read-outs of the library, in its order.
    pub readouts: Vec<ReadoutValue>,
    /// Symbols of the read-outs file this model does not have.
    pub warnings: Vec<Diagnostic>,
}

/// Reads and expands a regimen line for a prepared subject. `source` numbers the line in the caller's source map.
///
/// # Errors
/// Findings of the line; warnings are returned with the doses.
pub fn doses_of_line(
    prepared: &Prepared,
    library: &Library,
    source: synapta_model::SourceId,
    line: &str,
) -> Result<(Doses, Vec<Diagnostic>), StudyError> {
    let vocabulary = library
        .vocabulary()
        .ok_or_else(|| Diagnostic::error("unknown-drug", Span::NONE, "the library holds no drug"))?;
    let parsed = parse_line(source, line, &vocabulary)?;
    let doses = expand(&parsed.regimen, prepared.weight_kg, library)?;
    Ok((doses, parsed.warnings))
}

/// Runs one arm from the earliest dose to `end_h` hours after time 0 of the regimen.
///
/// # Errors
/// `end-before-start`, findings of the delivery, unknown columns, a failed simulation.
pub fn simulate_arm(
    model: &Model,
    prepared: &Prepared,
    library: &Library,
    doses: &Doses,
    end_h: f64,
    keep: &Keep,
) -> Result<Arm, StudyError> {
    let start_h = doses.start_h();
    if !(end_h.is_finite() && end_h > start_h && end_h > doses.zero_h) {
        let message = format!("the run would end at {end_h} h, not after its first dose");
        let help = format!("the first dose is at {} h: give a later `--end`", doses.zero_h);
        return Err(Diagnostic::error("end-before-start", Span::NONE, message).with_help(help).into());
    }
    let context = || format!("subject `{}`, regimen `{}`", prepared.subject, doses.regimen);
    let program = &prepared.program;
    let mut before = prepared.state.clone();
    before.time = start_h;
    before.restart(program);
    let schedule = schedule(prepared, library, doses)?;
    let (ids, warnings) = columns(model, &prepared.dictionary.names, &prepared.assembly, library, keep)?;
    let observables: Vec<Observable> =
        ids.iter().map(|id| observable(program, id)).collect::<Result<_, _>>().during(context)?;
    let baseline = values_now(program, &before, &observables, &prepared.settings).during(context)?;
    let asked = library.readouts.times(&prepared.assembly);
    let wanted: Vec<f64> = asked.iter().chain(&keep.times).map(|h| doses.zero_h + h).collect();
    let times = output_times(doses, end_h, &wanted);
    let solution =
        program.simulate(&before, end_h, &times, &observables, &schedule, &prepared.settings).during(context)?;
    let columns = ids.iter().enumerate().map(|(i, id)| Column {
        id: id.to_string(),
        path: prepared.dictionary.names.path(id).to_string(),
        title: title(model, &prepared.dictionary.names, id),
        unit: prepared.dictionary.unit_name(id).unwrap_or_default(),
        baseline: baseline.get(i).copied().unwrap_or(f64::NAN),
        values: solution.values.iter().map(|row| row[i]).collect(),
    });
    let trajectory = Trajectory {
        columns: columns.collect(),
        time_h: solution.times,
        zero_h: doses.zero_h,
        effort: Effort {
            steps: solution.stats.steps,
            rejected: solution.stats.rejected,
            events: solution.stats.events,
        },
    };
    let readouts = library.readouts.readouts(&prepared.assembly).map(|r| r.evaluate(&trajectory)).collect();
    Ok(Arm { trajectory, readouts, warnings })
}

/// What a regimen sets and adds, sorted by time.
///
/// # Errors
/// Those of [`plan`].
pub fn planned_changes(prepared: &Prepared, library: &Library, doses: &Doses) -> Result<Vec<Change>, StudyError> {
    dosed(prepared).changes(library, doses)
}

/// The engine's schedule for a regimen.
///
/// # Errors
/// Those of [`plan`].
pub fn schedule(prepared: &Prepared, library: &Library, doses: &Doses) -> Result<Schedule, StudyError> {
    dosed(prepared).schedule(library, doses)
}

fn dosed(prepared: &Prepared) -> Dosed<'_> {
    Dosed {
        program: &prepared.program,
        dictionary: &prepared.dictionary,
        state: &prepared.state,
        settings: &prepared.settings,
    }
}

/// A subject about to be dosed.
pub(crate) struct Dosed<'a> {
    pub program: &'a Program,
    pub dictionary: &'a Dictionary,
    /// The state before the first dose.
    pub state: &'a State,
    pub settings: &'a Settings,
}

impl Dosed<'_> {
    fn changes(&self, library: &Library, doses: &Doses) -> Result<Vec<Change>, StudyError> {
        let known: RefCell<HashMap<Id, Option<f64>>> = RefCell::default();
        let value_of = |id: &Id| {
            *known
                .borrow_mut()
                .entry(id.clone())
                .or_insert_with(|| value_now(self.program, self.state, id, self.settings).ok())
        };
        Ok(plan(doses, library, self.dictionary, &value_of)?)
    }

    /// The engine's schedule for a regimen.
    ///
    /// # Errors
    /// Those of [`plan`].
    pub fn schedule(&self, library: &Library, doses: &Doses) -> Result<Schedule, StudyError> {
        let changes = self.changes(library, doses)?;
        let mut stops: Vec<Stop> = vec![];
        for change in &changes {
            let action = action(self.program, change)?;
            match stops.last_mut() {
                Some(stop) if stop.time == change.time_h => stop.actions.push(action),
                _ => stops.push(Stop { time: change.time_h, actions: vec![action] }),
            }
        }
        Ok(Schedule::new(stops))
    }
}

fn action(program: &Program, change: &Change) -> Result<Action, StudyError> {
    let slot = slot(program, &change.id).during(|| "delivery of a dose".to_string())?;
    Ok(match change.action {
        ChangeAction::Set(v) => Action::Set(slot, v),
        ChangeAction::Add(v) => Action::Add(slot, v),
    })
}

/// The flat ids kept, each once, with a warning for each symbol of the read-outs file that the model lacks.
pub(crate) fn columns(
    model: &Model,
    names: &Names,
    assembly: &str,
    library: &Library,
    keep: &Keep,
) -> Result<(Vec<Id>, Vec<Diagnostic>), StudyError> {
    let (mut ids, mut warnings): (Vec<Id>, Vec<Diagnostic>) = (vec![], vec![]);
    for symbol in library.readouts.symbols(assembly) {
        match names.exact(&symbol) {
            Some(id) => ids.push(id),
            None => {
                let unknown = names.unknown(&symbol, Span::NONE);
                let warning = Diagnostic::warning("readout-unknown-symbol", Span::NONE, unknown.message);
                warnings.push(unknown.help.map_or(warning.clone(), |h| warning.with_help(h)));
            }
        }
    }
    for name in &keep.columns {
        ids.push(names.resolve(name)?);
    }
    if keep.everything {
        let ruled = |id: &Id| model.rule_for(id).is_some();
        ids.extend(model.species.iter().map(|s| s.id.clone()));
        ids.extend(model.parameters.iter().map(|p| p.id.clone()).filter(|id| ruled(id)));
    }
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    Ok((ids, warnings))
}

/// Display name of an element; its path if it has none.
pub fn title(model: &Model, names: &Names, id: &Id) -> String {
    use synapta_model::Element;
    let meta = match names.element(id) {
        Some(Element::Species(i)) => model.species.get(i).map(|s| &s.meta),
        Some(Element::Parameter(i)) => model.parameters.get(i).map(|p| &p.meta),
        Some(Element::Compartment(i)) => model.compartments.get(i).map(|c| &c.meta),
        Some(Element::Reaction(i)) => model.reactions.get(i).map(|r| &r.meta),
        _ => None,
    };
    let name = meta.and_then(|m| m.name.clone());
    name.unwrap_or_else(|| names.path(id).to_string())
}

/// The manifest of an arm. `library_sha256` is [`crate::output::text_hash`] of the data texts.
pub fn manifest(
    prepared: &Prepared,
    doses: &Doses,
    end_h: f64,
    model: ModelSource,
    library_sha256: String,
) -> Manifest {
    Manifest {
        synapta: env!("CARGO_PKG_VERSION").to_string(),
        model,
        library_sha256,
        subject: prepared.subject.clone(),
        weight_kg: prepared.weight_kg,
        hypotheses: prepared.hypotheses.clone(),
        without: prepared.without.clone(),
        set: prepared.set.clone(),
        overrides: prepared.overrides.clone(),
        run_settings: prepared.run_settings.clone(),
        recorded: prepared.recorded.clone(),
        doses: doses.clone(),
        solver: SolverSettings { rtol: prepared.settings.rtol, atol: format!("{:?}", prepared.settings.atol), end_h },
    }
}
