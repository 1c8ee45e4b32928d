//! The arms of claims and observations, each run once however many ask for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use synapta_model::{Diagnostic, Model, SourceId, Span};

use crate::arm::{Keep, doses_of_line, simulate_arm};
use crate::assay::Bench;
use crate::error::StudyError;
use crate::library::Library;
use crate::regimen::Doses;
use crate::setting::{Dictionary, Setting};
use crate::subject::{Compiled, Prepared, Request, prepare_compiled};
use crate::trajectory::Trajectory;

use super::assay_arm::{AssayArm, AssayKey, link_symbols, linked};

/// Looks in each of the first six hours, beside those the grid makes: peaks and onsets are read from them.
const LOOKS_PER_HOUR: u32 = 16;
/// Hours with those looks.
const LOOKED_AT_H: u32 = 6;

/// Who gets what, for how long.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmSpec {
    /// Subject by name or alias.
    pub subject: String,
    /// Regimen line; empty for no dose.
    pub regimen: String,
    /// Mechanisms removed.
    pub without: Vec<String>,
    /// Hypotheses chosen.
    pub hypotheses: Vec<String>,
    /// Values set, as `--set` takes them.
    pub set: Vec<String>,
    /// End of the run, hours after the first main dose.
    pub end_h: f64,
}

impl ArmSpec {
    /// The same subject under the same changes, without any dose.
    pub fn vehicle(&self) -> ArmSpec {
        ArmSpec { regimen: String::new(), ..self.clone() }
    }

    /// One line for people.
    pub fn words(&self) -> String {
        let regimen = if self.regimen.trim().is_empty() { "no dose" } else { self.regimen.trim() };
        let mut out = format!("{}: {regimen}", self.subject);
        for (word, names) in [("without", &self.without), ("under", &self.hypotheses), ("with", &self.set)] {
            if !names.is_empty() {
                out.push_str(&format!("; {word} {}", names.join(", ")));
            }
        }
        out
    }

    pub(super) fn subject_key(&self, library: &Library) -> SubjectKey {
        let canonical = library.subject(&self.subject).map(|s| s.name.get_ref().clone());
        let sorted = |names: &[String]| {
            let mut all: Vec<String> = names.iter().map(|n| n.trim().to_string()).collect();
            all.sort();
            all
        };
        SubjectKey {
            subject: canonical.unwrap_or_else(|_| self.subject.clone()),
            without: sorted(&self.without),
            hypotheses: sorted(&self.hypotheses),
            set: self.set.iter().map(|s| s.trim().to_string()).collect(),
        }
    }

    pub(super) fn arm_key(&self) -> ArmKey {
        ArmKey { regimen: self.regimen.trim().to_string(), end: self.end_h.to_bits() }
    }
}

/// What the state before the dose depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SubjectKey {
    subject: String,
    without: Vec<String>,
    hypotheses: Vec<String>,
    set: Vec<String>,
}

/// What an arm depends on beside its subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ArmKey {
    regimen: String,
    end: u64,
}

/// What is read from an arm.
#[derive(Clone, Debug, Default)]
struct Wanted {
    names: BTreeSet<String>,
    times: Vec<f64>,
}

/// Models, library and names: what arms are run with. Made once; clones share the compiled models.
#[derive(Clone)]
pub struct Laboratory<'a> {
    /// The data library.
    pub library: &'a Library,
    assemblies: Arc<Vec<Assembly<'a>>>,
    bench: Option<Arc<Bench<'a>>>,
    in_text: Vec<(String, Setting)>,
}

struct Assembly<'a> {
    model: &'a Model,
    compiled: Compiled,
}

impl<'a> Laboratory<'a> {
    /// Compiles each model once.
    ///
    /// # Errors
    /// A model that cannot be compiled.
    pub fn new(library: &'a Library, models: &[&'a Model]) -> Result<Laboratory<'a>, StudyError> {
        let compile = |model: &&'a Model| Ok(Assembly { model, compiled: Compiled::new(model)? });
        let assemblies = models.par_iter().map(compile).collect::<Result<Vec<_>, StudyError>>()?;
        Ok(Laboratory { library, assemblies: Arc::new(assemblies), bench: None, in_text: vec![] })
    }

    /// The same with a bench for assays.
    pub fn with_bench(self, bench: Bench<'a>) -> Laboratory<'a> {
        Laboratory { bench: Some(Arc::new(bench)), ..self }
    }

    /// The same with other values in the model texts, each with the model it is of. What a subject, a hypothesis or an arm
    /// sets wins over them, as it does over the text. Assays keep their own models.
    pub fn with_text_values(&self, values: Vec<(String, Setting)>) -> Laboratory<'a> {
        Laboratory { in_text: values, ..self.clone() }
    }

    /// The bench, if there is one.
    pub fn bench(&self) -> Option<&Bench<'a>> {
        self.bench.as_deref()
    }

    /// The models.
    pub fn models(&self) -> impl Iterator<Item = &'a Model> {
        self.assemblies.iter().map(|a| a.model)
    }

    /// Names and units of a subject's model; `None` for a subject or model that is not there.
    pub fn dictionary(&self, subject: &str) -> Option<&Dictionary> {
        let model = &self.library.subject(subject).ok()?.model;
        self.assembly(model).map(|a| &a.compiled.dictionary)
    }

    /// Names and units of every model.
    pub fn dictionaries(&self) -> impl Iterator<Item = &Dictionary> {
        self.assemblies.iter().map(|a| &a.compiled.dictionary)
    }

    /// A model by name, with its names and units.
    pub fn model(&self, name: &str) -> Option<(&'a Model, &Dictionary)> {
        self.assembly(name).map(|a| (a.model, &a.compiled.dictionary))
    }

    fn assembly(&self, name: &str) -> Option<&Assembly<'a>> {
        self.assemblies.iter().find(|a| a.model.id == name)
    }

    fn prepare(&self, key: &SubjectKey) -> Result<(&Assembly<'a>, Prepared), StudyError> {
        let model = &self.library.subject(&key.subject)?.model;
        let assembly = self.assembly(model).ok_or_else(|| {
            Diagnostic::error("unknown-model", Span::NONE, format!("the model `{model}` is not at hand"))
        })?;
        let request = Request {
            subject: key.subject.clone(),
            hypotheses: key.hypotheses.clone(),
            without: key.without.clone(),
            set: key.set.clone(),
            in_text: self.in_text.iter().filter(|(of, _)| of == model).map(|(_, s)| s.clone()).collect(),
            ..Request::default()
        };
        let prepared = prepare_compiled(&assembly.compiled, self.library, &request)?;
        Ok((assembly, prepared))
    }

    fn run(
        &self,
        assembly: &Assembly<'a>,
        prepared: &Prepared,
        key: &ArmKey,
        wanted: &Wanted,
    ) -> Result<Trajectory, StudyError> {
        let doses = if key.regimen.is_empty() {
            Doses::none(prepared.weight_kg)
        } else {
            doses_of_line(prepared, self.library, SourceId(0), &key.regimen)?.0
        };
        let end_h = f64::from_bits(key.end) + doses.zero_h;
        let looks = (1..=LOOKED_AT_H * LOOKS_PER_HOUR).map(|i| f64::from(i) / f64::from(LOOKS_PER_HOUR));
        let times = looks.chain(wanted.times.iter().copied()).collect();
        let keep = Keep { columns: wanted.names.iter().cloned().collect(), everything: false, times };
        Ok(simulate_arm(assembly.model, prepared, self.library, &doses, end_h, &keep)?.trajectory)
    }
}

/// Arms to be run, with what is read from each.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    wanted: BTreeMap<SubjectKey, BTreeMap<ArmKey, Wanted>>,
    assays: BTreeMap<AssayKey, AssayArm>,
}

impl Pool {
    /// Asks for an arm, with names of the model and times that will be read.
    pub fn want(
        &mut self,
        library: &Library,
        spec: &ArmSpec,
        names: impl IntoIterator<Item = String>,
        times: impl IntoIterator<Item = f64>,
    ) {
        let arms = self.wanted.entry(spec.subject_key(library)).or_default();
        let wanted = arms.entry(spec.arm_key()).or_default();
        wanted.names.extend(names);
        wanted.times.extend(times);
    }

    /// Asks for a read-out of an assay.
    pub fn want_assay(&mut self, library: &Library, arm: &AssayArm, readout: &str) {
        self.assays.insert(arm.key(library, readout), arm.clone());
    }

    /// Number of different arms and read-outs of assays.
    pub fn len(&self) -> usize {
        self.wanted.values().map(BTreeMap::len).sum::<usize>() + self.assays.len()
    }

    /// True if nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.assays.is_empty()
    }

    /// The arms, those from which assays take values among them.
    fn arms(&self, laboratory: &Laboratory<'_>) -> BTreeMap<SubjectKey, BTreeMap<ArmKey, Wanted>> {
        let mut all = Pool { wanted: self.wanted.clone(), assays: BTreeMap::new() };
        for arm in self.assays.values() {
            if let Some((spec, hour)) = &arm.state {
                all.want(laboratory.library, spec, link_symbols(arm, laboratory), [*hour]);
            }
        }
        all.wanted
    }

    /// Runs every arm, subjects side by side; `progress` is told the number of arms that are done. One that cannot be run
    /// leaves its reason and the others go on.
    pub fn run(&self, laboratory: &Laboratory<'_>, progress: &(dyn Fn(usize) + Sync)) -> Results {
        let done = AtomicUsize::new(0);
        let tell = |n: usize| progress(done.fetch_add(n, Ordering::Relaxed) + n);
        let subject = |(key, arms): (&SubjectKey, &BTreeMap<ArmKey, Wanted>)| match laboratory.prepare(key) {
            Err(e) => {
                tell(arms.len());
                arms.keys().map(|arm| ((key.clone(), arm.clone()), Err(e.to_string()))).collect::<Vec<_>>()
            }
            Ok((assembly, prepared)) => {
                let one = |(arm, wanted): (&ArmKey, &Wanted)| {
                    let result = laboratory.run(assembly, &prepared, arm, wanted).map_err(|e| e.to_string());
                    tell(1);
                    ((key.clone(), arm.clone()), result)
                };
                arms.iter().collect::<Vec<_>>().into_par_iter().map(one).collect()
            }
        };
        let wanted = self.arms(laboratory);
        let subjects: Vec<_> = wanted.iter().collect();
        let arms = subjects.into_par_iter().flat_map_iter(subject).collect::<Vec<_>>();
        let mut results = Results { arms: arms.into_iter().collect(), assays: BTreeMap::new() };
        let one = |(key, arm): (&AssayKey, &AssayArm)| {
            let number = linked(arm, &key.readout, laboratory, &results);
            tell(1);
            (key.clone(), number)
        };
        results.assays = self.assays.iter().collect::<Vec<_>>().into_par_iter().map(one).collect();
        results
    }
}

/// Finished arms.
#[derive(Clone, Debug, Default)]
pub struct Results {
    arms: BTreeMap<(SubjectKey, ArmKey), Result<Trajectory, String>>,
    assays: BTreeMap<AssayKey, Result<f64, String>>,
}

impl Results {
    /// The run of an arm that was asked for.
    ///
    /// # Errors
    /// Why it could not be run.
    pub fn of(&self, library: &Library, spec: &ArmSpec) -> Result<&Trajectory, String> {
        match self.arms.get(&(spec.subject_key(library), spec.arm_key())) {
            Some(Ok(trajectory)) => Ok(trajectory),
            Some(Err(why)) => Err(format!("{}: {why}", spec.words())),
            None => Err(format!("{}: not run", spec.words())),
        }
    }

    /// The number of an assay that was asked for.
    ///
    /// # Errors
    /// Why there is none.
    pub fn assay(&self, library: &Library, arm: &AssayArm, readout: &str) -> Result<f64, String> {
        let words = || format!("{}, {readout}", arm.words());
        match self.assays.get(&arm.key(library, readout)) {
            Some(Ok(number)) => Ok(*number),
            Some(Err(why)) => Err(format!("{}: {why}", words())),
            None => Err(format!("{}: not run", words())),
        }
    }
}
