//! Checks of a model: names, values, rules, units, provenance, conserved sums.
//!
//! | code | severity | what it says |
//! |---|---|---|
//! | `undefined-symbol` | error | a name in a formula, reaction or rule that nothing declares |
//! | `undefined-function` | error | a call of a function that is not defined |
//! | `undefined-unit` | error | a unit id that is neither defined nor one of SBML's |
//! | `unusable-unit` | error | a unit definition with an unknown part, a circle, or a factor that is not positive |
//! | `not-a-value` | error | a function or event used as a number |
//! | `wrong-argument-count` | error | a call with too few or too many arguments |
//! | `recursive-function` | error | a function that calls itself, at once or through others |
//! | `duplicate-id` | error | two elements of one name |
//! | `duplicate-rule` | error | two statements that determine one variable |
//! | `rule-and-reaction` | error | a species changed by a rule and by reactions |
//! | `assignment-to-constant` | error | a rule or event that sets a constant |
//! | `constant-in-reaction` | error | a reaction that changes a constant species |
//! | `not-assignable` | error | a rule, initial value or event on something that has no value of its own |
//! | `cyclic-rules` | error | rules, starting values or rates that need one another in a circle |
//! | `missing-value` | error, warning for species and compartments | something used that never gets a value |
//! | `nan-value` | error | a value that is not a number |
//! | `infinite-value` | warning | a value without bound |
//! | `compartment-size` | error, warning at zero | a compartment of negative size or none |
//! | `missing-kinetic-law` | warning | a reaction without a rate |
//! | `unused-parameter`, `unused-species`, `unused-compartment`, `unused-function`, `unused-unit` | warning | a declaration nothing uses |
//! | `unit-mismatch` | error | two units that should be the same are not |
//! | `odd-unit` | warning | the model's unit of time, substance, ... measures something else |
//! | `not-logical` | warning | a number where a condition is wanted |
//! | `units-undeclared` | warning | how many of the symbols in formulas have no unit, so that some formulas could not be checked |
//! | `fitted-rows` | warning | a note `fitted:` that does not name rows and a reason |
//! | `no-unit`, `no-source`, `no-uncertainty`, `no-description` | warning | gaps in provenance, one finding for each kind |

mod cycles;
mod infer;
mod names;
mod provenance;
mod remedy;
mod rules;
mod sites;
#[cfg(test)]
mod testing;
mod unused;
mod values;

mod units;

pub use provenance::{Coverage, Declarations, IllFormed, Origin, Provenance, citations, origin, provenance};
pub use units::{UnitCounts, check_units};

use crate::moiety::{Moiety, moieties};
use crate::{Diagnostic, Model};

/// Everything found out about one model.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Findings, errors first, otherwise in the order of the checks.
    pub diagnostics: Vec<Diagnostic>,
    /// How well values are documented.
    pub provenance: Provenance,
    /// Sums of species that no reaction changes.
    pub moieties: Vec<Moiety>,
    /// How much there is of everything.
    pub counts: Counts,
}

impl Report {
    /// The findings that are errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|d| d.is_error())
    }

    /// The findings that are warnings.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|d| !d.is_error())
    }
}

/// Sizes of a model, and how far its units could be checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Compartments.
    pub compartments: usize,
    /// Species.
    pub species: usize,
    /// Parameters, those of single reactions included.
    pub parameters: usize,
    /// Reactions.
    pub reactions: usize,
    /// Rules of all kinds.
    pub rules: usize,
    /// Events.
    pub events: usize,
    /// Functions.
    pub functions: usize,
    /// Unit definitions.
    pub unit_definitions: usize,
    /// Formulas and their units.
    pub units: UnitCounts,
}

/// Runs every check.
pub fn check(model: &Model) -> Report {
    let mut diagnostics = check_meaning(model);
    diagnostics.extend(unused::unused(model));
    let (unit_findings, units) = check_units(model);
    diagnostics.extend(unit_findings);
    let (provenance, gaps) = provenance(model);
    diagnostics.extend(gaps);
    diagnostics.sort_by_key(|d| std::cmp::Reverse(d.severity));
    Report { diagnostics, provenance, moieties: moieties(model), counts: count(model, units) }
}

/// The checks without which a model has no clear meaning: names, rules, circles and values. Cheaper than [`check`], and
/// what a simulator wants to know before it starts.
pub fn check_meaning(model: &Model) -> Vec<Diagnostic> {
    let mut diagnostics = names::names(model);
    diagnostics.extend(rules::rules(model));
    diagnostics.extend(cycles::cycles(model));
    diagnostics.extend(values::values(model));
    diagnostics
}

fn count(model: &Model, units: UnitCounts) -> Counts {
    let local: usize = model.reactions.iter().map(|r| r.local_parameters.len()).sum();
    Counts {
        compartments: model.compartments.len(),
        species: model.species.len(),
        parameters: model.parameters.len() + local,
        reactions: model.reactions.len(),
        rules: model.rules.len(),
        events: model.events.len(),
        functions: model.functions.len(),
        unit_definitions: model.unit_definitions.len(),
        units,
    }
}

#[cfg(test)]
mod tests {
    use super::testing::*;
    use super::*;

    #[test]
    fn a_sound_model_has_no_finding() {
        let report = check(&sound());
        assert_eq!(report.diagnostics, vec![]);
        assert_eq!(report.counts.species, 2);
        assert_eq!(report.counts.units, UnitCounts { formulas: 2, fully_known: 2, undeclared_symbols: 0 });
        assert_eq!(report.moieties.len(), 1);
    }

    #[test]
    fn errors_come_first() {
        let model = sound().parameter("idle", Some(1.0), "hour").assign("half_amount", sym("drugg"));
        let report = check(&model);
        let first_warning = report.diagnostics.iter().position(|d| !d.is_error()).unwrap();
        assert!(report.diagnostics[first_warning..].iter().all(|d| !d.is_error()));
        assert!(report.errors().count() >= 1 && report.warnings().count() >= 1);
    }
}
