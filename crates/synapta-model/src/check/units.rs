//! Units of every formula against what SBML Level 3 Version 2 Core (sections 3.4 and 4) wants there.

use std::collections::{HashMap, HashSet};

use super::infer::{Infer, Symbol, Ty};
use super::provenance::list;
use super::remedy::remedy;
use super::sites::{Owner, sites};
use crate::units::{Unit, UnitTable};
use crate::{Compartment, Diagnostic, Id, Model, Parameter, RuleKind, Span, Species};

/// How far units could be checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnitCounts {
    /// Formulas in the model, function bodies apart (these are checked at each call).
    pub formulas: usize,
    /// Formulas whose unit is known through and through.
    pub fully_known: usize,
    /// Symbols in formulas that have no unit.
    pub undeclared_symbols: usize,
}

/// Checks the units of all formulas of a model.
///
/// Symbols without a unit make what depends on them unknown, without an error; they are counted, and named in one warning.
pub fn check_units(model: &Model) -> (Vec<Diagnostic>, UnitCounts) {
    let table = UnitTable::new(model);
    let surroundings = Surroundings::new(model, &table);
    let mut infer = Infer::new(&table, surroundings.symbols(), surroundings.time);
    infer.functions = model.functions.iter().map(|f| (f.id.as_str(), f)).collect();
    let mut counts = UnitCounts::default();
    let mut rate_laws = RateLaws::default();
    for site in sites(model) {
        if matches!(site.owner, Owner::Function(_)) {
            continue;
        }
        counts.formulas += 1;
        let gaps = infer.undeclared.len();
        let ty = infer.formula(site.math, site.owner.to_string(), surroundings.locals(site.owner));
        let is_known = !matches!(ty, Ty::Unknown) && infer.undeclared.len() == gaps;
        counts.fully_known += usize::from(is_known);
        match surroundings.wanted(site.owner) {
            Wanted::Unit(need) => infer.require(ty, &need, site.math.span, &site.owner.to_string()),
            Wanted::Condition => infer.require_condition(ty, site.math.span),
            Wanted::Anything => rate_laws.check(site.owner, ty, site.math.span, &mut infer),
        }
    }
    counts.undeclared_symbols = infer.undeclared.len();
    let mut found = std::mem::take(&mut infer.found);
    found.extend(surroundings.extents());
    found.extend(surroundings.odd());
    found.extend(undeclared(&infer, &counts));
    (found, counts)
}

/// One warning for all symbols without a unit.
fn undeclared(infer: &Infer<'_>, counts: &UnitCounts) -> Option<Diagnostic> {
    let (first, span) = infer.undeclared.iter().next()?;
    let text = format!(
        "{} symbols in formulas have no unit ({}); {} of {} formulas are checked in full",
        infer.undeclared.len(),
        list(infer.undeclared.keys()),
        counts.fully_known,
        counts.formulas
    );
    let help = match first.as_str() {
        "time" => "say the unit of time: `time_unit = second`".to_string(),
        id => format!("give each a unit: `{id} has nmol`; `dimensionless` for pure numbers"),
    };
    Some(Diagnostic::warning("units-undeclared", *span, text).with_help(help))
}

/// What a formula's unit should be.
enum Wanted {
    Unit(Unit),
    Condition,
    /// Anything, or what is wanted is itself unknown.
    Anything,
}

/// The declared units of a model.
struct Surroundings<'a> {
    model: &'a Model,
    table: &'a UnitTable,
    time: Ty,
    extent: Ty,
    variables: HashMap<Id, Ty>,
}

impl<'a> Surroundings<'a> {
    fn new(model: &'a Model, table: &'a UnitTable) -> Self {
        let known = |id: &Option<Id>| as_ty(id.as_ref().and_then(|id| table.get(id)));
        let (time, extent) = (known(&model.units.time), known(&model.units.extent));
        let mut out = Surroundings { model, table, time, extent, variables: HashMap::new() };
        let compartments: HashMap<&str, Ty> =
            model.compartments.iter().map(|c| (c.id.as_str(), out.compartment(c))).collect();
        for c in &model.compartments {
            out.variables.insert(c.id.clone(), compartments[c.id.as_str()]);
        }
        for s in &model.species {
            let size = compartments.get(s.compartment.as_str()).copied().unwrap_or(Ty::Unknown);
            out.variables.insert(s.id.clone(), out.species(s, size));
        }
        for p in &model.parameters {
            out.variables.insert(p.id.clone(), out.parameter(p));
        }
        let stoichiometries = model.reactions.iter().flat_map(|r| r.reactants.iter().chain(&r.products));
        for id in stoichiometries.filter_map(|s| s.id.as_ref()) {
            out.variables.insert(id.clone(), Ty::Unit(Unit::DIMENSIONLESS));
        }
        out
    }

    fn unit(&self, id: &Option<Id>) -> Option<Unit> {
        id.as_ref().and_then(|id| self.table.get(id))
    }

    /// SBML L3V2 Core, section 4.5.4; without a number of dimensions, three is what is nearly always meant.
    fn compartment(&self, c: &Compartment) -> Ty {
        let units = &self.model.units;
        let default = match c.dimensions.unwrap_or(3.0) {
            3.0 => &units.volume,
            2.0 => &units.area,
            1.0 => &units.length,
            0.0 => return Ty::Unit(Unit::DIMENSIONLESS),
            _ => &None,
        };
        as_ty(if c.units.is_some() { self.unit(&c.units) } else { self.unit(default) })
    }

    fn substance(&self, s: &Species) -> Option<Unit> {
        self.unit(if s.substance_units.is_some() { &s.substance_units } else { &self.model.units.substance })
    }

    /// SBML L3V2 Core, section 4.6.5.
    fn species(&self, s: &Species, size: Ty) -> Ty {
        match (self.substance(s), size) {
            (Some(substance), _) if s.only_substance_units => Ty::Unit(substance),
            (Some(substance), Ty::Unit(size)) => Ty::Unit(substance / size),
            _ => Ty::Unknown,
        }
    }

    fn parameter(&self, p: &Parameter) -> Ty {
        as_ty(self.unit(&p.units))
    }

    fn rate(&self) -> Ty {
        match (self.extent, self.time) {
            (Ty::Unit(extent), Ty::Unit(time)) => Ty::Unit(extent / time),
            _ => Ty::Unknown,
        }
    }

    /// All symbols of formulas; the values of parameters that nothing changes, for exponents.
    fn symbols(&self) -> HashMap<Id, Symbol> {
        let mut out: HashMap<Id, Symbol> =
            self.variables.iter().map(|(id, ty)| (id.clone(), Symbol { ty: *ty, value: None })).collect();
        for r in &self.model.reactions {
            out.insert(r.id.clone(), Symbol { ty: self.rate(), value: None });
        }
        let computed: HashSet<&Id> = self.model.initial_assignments.iter().map(|a| &a.symbol).collect();
        for p in self.model.parameters.iter().filter(|p| p.constant && !computed.contains(&p.id)) {
            if let Some(symbol) = out.get_mut(&p.id) {
                symbol.value = p.value;
            }
        }
        out
    }

    fn locals(&self, owner: Owner<'_>) -> HashMap<Id, Symbol> {
        let Owner::KineticLaw(reaction) = owner else { return HashMap::new() };
        let local = |p: &Parameter| (p.id.clone(), Symbol { ty: self.parameter(p), value: p.value });
        reaction.local_parameters.iter().map(local).collect()
    }

    fn wanted(&self, owner: Owner<'_>) -> Wanted {
        let variable = |id: &Id| self.variables.get(id).copied().unwrap_or(Ty::Unknown);
        let ty = match owner {
            Owner::Rule(r) => match r.kind {
                RuleKind::Assignment => variable(&r.variable),
                RuleKind::Rate => match (variable(&r.variable), self.time) {
                    (Ty::Unit(u), Ty::Unit(time)) => Ty::Unit(u / time),
                    _ => Ty::Unknown,
                },
                RuleKind::Algebraic => Ty::Unknown,
            },
            Owner::Initial(a) => variable(&a.symbol),
            Owner::KineticLaw(_) => self.rate(),
            Owner::Delay(_) => self.time,
            Owner::Priority(_) => Ty::Unit(Unit::DIMENSIONLESS),
            Owner::EventAssignment(_, id) => variable(id),
            Owner::Trigger(_) | Owner::Constraint(_) => return Wanted::Condition,
            Owner::Function(_) => return Wanted::Anything,
        };
        match ty {
            Ty::Unit(u) => Wanted::Unit(u),
            _ => Wanted::Anything,
        }
    }

    /// Extent times conversion factor must be the species' substance (SBML L3V2 Core, section 4.11.7).
    fn extents(&self) -> Vec<Diagnostic> {
        let Ty::Unit(extent) = self.extent else { return vec![] };
        let reactions = self.model.reactions.iter();
        let changed: HashSet<&Id> =
            reactions.flat_map(|r| r.reactants.iter().chain(&r.products)).map(|s| &s.species).collect();
        // One finding for each pair of units: such a slip is mostly one wrong line about the whole model.
        let mut wrong: Vec<(Unit, Unit, Vec<&Species>)> = vec![];
        for s in self.model.species.iter().filter(|s| !s.boundary && changed.contains(&s.id)) {
            let factor = s.conversion_factor.as_ref().or(self.model.conversion_factor.as_ref());
            let factor_unit = match factor {
                Some(id) => self.variables.get(id).copied().unwrap_or(Ty::Unknown),
                None => Ty::Unit(Unit::DIMENSIONLESS),
            };
            let (Some(substance), Ty::Unit(factor_unit)) = (self.substance(s), factor_unit) else { continue };
            let made = extent * factor_unit;
            if made.is_same(&substance) {
                continue;
            }
            match wrong.iter_mut().find(|(m, n, _)| m.is_same(&made) && n.is_same(&substance)) {
                Some((_, _, species)) => species.push(s),
                None => wrong.push((made, substance, vec![s])),
            }
        }
        wrong.iter().map(|(made, substance, species)| self.extent_finding(made, substance, species)).collect()
    }

    fn extent_finding(&self, made: &Unit, substance: &Unit, species: &[&Species]) -> Diagnostic {
        let ids: Vec<&Id> = species.iter().map(|s| &s.id).collect();
        let text = format!(
            "reactions change an amount in {} but that of {} is in {}",
            self.table.name(made),
            list(ids.into_iter()),
            self.table.name(substance)
        );
        let help = format!(
            "give one unit to extent and substance, or a conversion factor: {}",
            remedy(made, substance, self.table)
        );
        let span = species.first().map_or(Span::NONE, |s| s.meta.span.0);
        Diagnostic::error("unit-mismatch", span, text).with_help(help)
    }

    /// Units of the whole model that measure something else (SBML L3V2 Core, section 4.2.2).
    fn odd(&self) -> Vec<Diagnostic> {
        let u = &self.model.units;
        let amount: &[&str] = &["mole", "item", "gram", "dimensionless"];
        let roles: [(&str, &Option<Id>, &[&str], i32); 6] = [
            ("time", &u.time, &["second", "dimensionless"], 1),
            ("substance", &u.substance, amount, 1),
            ("extent", &u.extent, amount, 1),
            ("volume", &u.volume, &["litre", "dimensionless"], 1),
            ("area", &u.area, &["metre", "dimensionless"], 2),
            ("length", &u.length, &["metre", "dimensionless"], 1),
        ];
        let mut found = vec![];
        for (role, id, kinds, power) in roles {
            let Some(unit) = self.unit(id) else { continue };
            let fits = |kind: &&str| Unit::base(kind).is_some_and(|k| k.powf(f64::from(power)).same_dimension(&unit));
            if kinds.iter().any(fits) {
                continue;
            }
            let text =
                format!("the model's unit of {role} is {}, which measures something else", self.table.name(&unit));
            let help = format!("choose a unit of {role}, or leave it out");
            found.push(Diagnostic::warning("odd-unit", self.model.meta.span.0, text).with_help(help));
        }
        found
    }
}

/// Rate laws of a model that does not say its unit of extent or time: they must still agree with one another.
#[derive(Default)]
struct RateLaws {
    first: Option<(Unit, Span, Id)>,
}

impl RateLaws {
    fn check(&mut self, owner: Owner<'_>, ty: Ty, span: Span, infer: &mut Infer<'_>) {
        let (Owner::KineticLaw(reaction), Ty::Unit(unit)) = (owner, ty) else { return };
        match &self.first {
            None => self.first = Some((unit, span, reaction.id.clone())),
            Some((first, place, id)) => {
                let subject = format!("the rate law of `{}`, like that of `{id}`,", reaction.id);
                let before = infer.found.len();
                infer.require(ty, first, span, &subject);
                for d in &mut infer.found[before..] {
                    d.labels.push((*place, format!("the rate law of `{id}`")));
                }
            }
        }
    }
}

fn as_ty(unit: Option<Unit>) -> Ty {
    unit.map_or(Ty::Unknown, Ty::Unit)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::{Expr, ExprKind, Op};

    /// Parameters in various units, and `y` to be set by a rule.
    fn with_units() -> Model {
        sound()
            .unit_of("nmol_per_L", "nmol/L")
            .unit_of("mV", "mV")
            .unit_of("one", "1")
            .parameter("level", Some(2.0), "nmol_per_L")
            .parameter("amount", Some(2.0), "nmol")
            .parameter("duration", Some(2.0), "hour")
            .parameter("wait", Some(2.0), "second")
            .parameter("ratio", Some(2.0), "one")
            .parameter("free", Some(2.0), "")
    }

    /// What is said of `y := math`, `y` in `unit`.
    fn said_of(unit: &str, math: Expr) -> Vec<Diagnostic> {
        check_units(&with_units().variable("y", None, unit).assign("y", math)).0
    }

    fn codes_of(unit: &str, math: Expr) -> Vec<&'static str> {
        codes(&said_of(unit, math))
    }

    const NOTHING: [&str; 0] = [];

    #[test]
    fn a_sum_of_two_units_says_where_what_and_how_to_mend() {
        let found = said_of("nmol_per_L", add(at(4, 9, sym("level")), at(12, 18, sym("amount"))));
        assert_eq!(codes(&found), ["unit-mismatch"]);
        let d = &found[0];
        assert_eq!((d.span.start, d.span.end), (12, 18));
        assert_eq!(
            d.message,
            "the terms of a sum differ in unit in the assignment rule of `y`: left is nmol_per_L, right is nmol"
        );
        assert_eq!(d.help.as_deref(), Some("on the right, divide by a volume (in litre)"));
        assert_eq!(d.labels.len(), 2);
    }

    #[test]
    fn hours_are_not_seconds_and_the_factor_is_named() {
        let found = said_of("hour", add(sym("duration"), sym("wait")));
        assert_eq!(codes(&found), ["unit-mismatch"]);
        assert!(found[0].help.as_deref().is_some_and(|h| h.contains("2.77778e-4")), "{found:?}");
        assert_eq!(codes_of("second", sym("duration")), ["unit-mismatch"]);
    }

    #[test]
    fn bare_numbers_take_the_unit_of_a_sum_and_none_in_a_product() {
        assert_eq!(codes_of("nmol_per_L", add(sym("level"), num(1.0))), NOTHING);
        assert_eq!(codes_of("nmol_per_L", mul(num(2.0), sym("level"))), NOTHING);
        assert_eq!(codes_of("nmol", mul(num(2.0), sym("level"))), ["unit-mismatch"]);
        assert_eq!(codes_of("hour", div(num(1.0), sym("clearance"))), NOTHING);
        assert_eq!(codes_of("nmol", num(5.0)), NOTHING);
        assert_eq!(codes_of("nmol", op(Op::Max, [num(0.0), sym("amount")])), NOTHING);
    }

    #[test]
    fn a_written_unit_counts() {
        let hour = Expr::new(ExprKind::Number(2.0, Some("hour".into())), Span::NONE);
        assert_eq!(codes_of("hour", hour.clone()), NOTHING);
        assert_eq!(codes_of("nmol", hour), ["unit-mismatch"]);
    }

    #[test]
    fn an_unknown_unit_is_counted_not_blamed() {
        let (found, counts) =
            check_units(&with_units().variable("y", None, "nmol").assign("y", mul(sym("free"), sym("level"))));
        assert_eq!(codes(&found), ["units-undeclared"]);
        assert!(!found[0].is_error());
        assert_eq!(counts, UnitCounts { formulas: 3, fully_known: 2, undeclared_symbols: 1 });
        let time =
            check_units(&Model { units: Default::default(), ..empty() }.variable("y", None, "").assign("y", time()));
        assert!(time.0[0].help.as_deref().is_some_and(|h| h.contains("time_unit")));
    }

    #[test]
    fn a_known_term_beside_an_unknown_one_still_counts() {
        let found = said_of("hour", add(sym("free"), sym("level")));
        assert_eq!(codes(&found), ["unit-mismatch", "units-undeclared"]);
    }

    #[test]
    fn functions_want_pure_numbers() {
        assert_eq!(codes_of("one", op(Op::Exp, [div(time(), sym("duration"))])), NOTHING);
        let found = said_of("one", op(Op::Ln, [at(3, 8, sym("level"))]));
        assert_eq!(codes(&found), ["unit-mismatch"]);
        assert_eq!(found[0].span.start, 3);
        assert_eq!(found[0].help.as_deref(), Some("divide by a reference value in nmol_per_L"));
        assert_eq!(codes_of("one", op(Op::Cos, [sym("duration")])), ["unit-mismatch"]);
    }

    #[test]
    fn powers_follow_constant_exponents() {
        let square = op(Op::Power, [sym("duration"), num(2.0)]);
        assert_eq!(codes_of("hour", op(Op::Root, [num(2.0), square.clone()])), NOTHING);
        assert_eq!(codes_of("hour", square), ["unit-mismatch"]);
        let hill = |n: Expr| {
            let power = |x| op(Op::Power, [x, n.clone()]);
            div(power(sym("level")), add(power(sym("drug")), power(sym("level"))))
        };
        assert_eq!(codes_of("one", hill(sym("ratio"))), NOTHING, "a constant has one value");
        let changing = with_units().variable("n", None, "one").assign("n", num(2.0)).variable("y", None, "one");
        let found = check_units(&changing.clone().assign("y", hill(sym("n")))).0;
        assert_eq!(codes(&found), ["unit-mismatch"]);
        assert!(found[0].message.contains("must be dimensionless"));
        let pure = op(Op::Power, [sym("ratio"), sym("n")]);
        assert_eq!(check_units(&changing.assign("y", pure)).0, vec![]);
        assert_eq!(codes_of("one", op(Op::Power, [sym("ratio"), sym("level")])), ["unit-mismatch"]);
    }

    #[test]
    fn branches_and_comparisons_agree() {
        let choose = |a: Expr, condition: Expr, b: Expr| {
            Expr::new(ExprKind::Piecewise(vec![(a, condition)], Some(Box::new(b))), Span::NONE)
        };
        let early = || op(Op::Lt, [time(), sym("duration")]);
        assert_eq!(codes_of("nmol", choose(num(0.0), early(), sym("amount"))), NOTHING);
        assert_eq!(codes_of("nmol", choose(sym("amount"), early(), sym("level"))), ["unit-mismatch"]);
        let odd = op(Op::Lt, [time(), sym("wait")]);
        assert_eq!(codes_of("nmol", choose(num(0.0), odd, sym("amount"))), ["unit-mismatch"]);
        assert_eq!(codes_of("nmol", choose(num(0.0), sym("ratio"), sym("amount"))), ["not-logical"]);
    }

    #[test]
    fn delays_rates_and_draws_have_units() {
        let late = |d: &str| Expr::new(ExprKind::Delay(Box::new(sym("level")), Box::new(sym(d))), Span::NONE);
        assert_eq!(codes_of("nmol_per_L", late("duration")), NOTHING);
        assert_eq!(codes_of("nmol_per_L", late("wait")), ["unit-mismatch"]);
        let rate = Expr::new(ExprKind::RateOf("drug".into()), Span::NONE);
        assert_eq!(codes_of("nmol_per_L", mul(rate.clone(), sym("duration"))), NOTHING);
        assert_eq!(codes_of("nmol_per_L", rate), ["unit-mismatch"]);
        let draw = Expr::new(ExprKind::Draw("normal".into(), vec![sym("level"), num(1.0)]), Span::NONE);
        assert_eq!(codes_of("nmol", draw), ["unit-mismatch"]);
    }

    #[test]
    fn a_call_carries_the_units_of_its_arguments() {
        let model = |a: &str| {
            let body = at(2, 7, add(sym("x"), at(6, 7, sym("z"))));
            let call = at(20, 30, call("plus", [sym("level"), sym(a)]));
            with_units().function("plus", "x z", body).variable("y", None, "nmol_per_L").assign("y", call)
        };
        assert_eq!(check_units(&model("drug")).0, vec![]);
        let found = check_units(&model("amount")).0;
        assert_eq!(codes(&found), ["unit-mismatch"]);
        assert_eq!(found[0].span.start, 6);
        assert!(found[0].labels.iter().any(|(s, t)| s.start == 20 && t == "in this call of `plus`"));
    }

    #[test]
    fn functions_that_double_at_every_level_end() {
        let mut model =
            sound().function("f0", "x", sym("x")).variable("y", None, "").assign("y", call("f40", [num(1.0)]));
        for i in 1..=40 {
            let inner = format!("f{}", i - 1);
            model = model.function(&format!("f{i}"), "x", add(call(&inner, [sym("x")]), call(&inner, [sym("x")])));
        }
        assert!(check_units(&model).0.iter().all(|d| !d.is_error()));
    }

    #[test]
    fn each_place_wants_its_unit() {
        let wrong = |change: &dyn Fn(Model) -> Model| codes(&check_units(&change(with_units())).0);
        assert_eq!(wrong(&|m| m.initially("amount", sym("level"))), ["unit-mismatch"]);
        assert_eq!(wrong(&|m| m.variable("x", Some(1.0), "nmol").rate("x", sym("amount"))), ["unit-mismatch"]);
        assert_eq!(
            wrong(&|m| m.variable("x", Some(1.0), "nmol").rate("x", div(sym("amount"), sym("duration")))),
            NOTHING
        );
        assert_eq!(
            wrong(&|m| m.reaction("r", "drug", "", Some(mul(sym("clearance"), sym("drug"))))),
            ["unit-mismatch"]
        );
        let late = || op(Op::Gt, [time(), sym("duration")]);
        assert_eq!(wrong(&|m| m.event(late(), vec![("drug".into(), sym("amount"))])), ["unit-mismatch"]);
        assert_eq!(wrong(&|m| m.event(sym("duration"), vec![])), ["not-logical"]);
        let with_event = |change: &dyn Fn(&mut crate::Event)| {
            let mut model = with_units().event(late(), vec![]);
            change(&mut model.events[0]);
            codes(&check_units(&model).0)
        };
        assert_eq!(with_event(&|e| e.delay = Some(sym("wait"))), ["unit-mismatch"]);
        assert_eq!(with_event(&|e| e.priority = Some(sym("level"))), ["unit-mismatch"]);
        assert_eq!(with_event(&|e| e.delay = Some(sym("duration"))), NOTHING);
    }

    #[test]
    fn a_reaction_in_formulas_is_a_rate_and_a_local_parameter_hides_the_models() {
        assert_eq!(codes_of("nmol", mul(sym("conversion"), sym("duration"))), NOTHING);
        let mut model = with_units();
        let amount = model.parameters.iter().find(|p| p.id == "amount").unwrap().clone();
        model.reactions[0].local_parameters.push(crate::Parameter { id: "clearance".into(), ..amount });
        assert_eq!(codes(&check_units(&model).0), ["unit-mismatch"]);
    }

    #[test]
    fn amounts_and_concentrations_are_told_apart() {
        let mut model = with_units().variable("y", None, "nmol").assign("y", sym("drug"));
        assert_eq!(codes(&check_units(&model).0), ["unit-mismatch"]);
        model.species[0].only_substance_units = true;
        let found = check_units(&model).0;
        assert!(found.iter().all(|d| !d.message.contains("`y`")), "{found:?}");
    }

    #[test]
    fn extent_and_substance_agree_or_are_converted() {
        let mut model =
            with_units().unit_of("umol", "umol").unit_of("factor", "umol/nmol").parameter("f", Some(1e-3), "factor");
        model.species[0].substance_units = Some("umol".into());
        let about_extent =
            |m: &Model| check_units(m).0.iter().filter(|d| d.message.contains("change an amount")).count();
        assert_eq!(about_extent(&model), 1);
        model.species[0].conversion_factor = Some("f".into());
        assert_eq!(about_extent(&model), 0);
    }

    #[test]
    fn rate_laws_agree_where_extent_is_not_declared() {
        let mut model = with_units().reaction("r", "metabolite", "", Some(mul(sym("clearance"), sym("metabolite"))));
        model.units.extent = None;
        let found = check_units(&model).0;
        assert_eq!(codes(&found), ["unit-mismatch"]);
        assert!(found[0].message.starts_with("the rate law of `r`, like that of `conversion`, must be"), "{found:?}");
    }

    #[test]
    fn a_unit_of_time_measures_time() {
        let mut model = with_units();
        model.units.area = Some("hour".into());
        assert_eq!(codes(&check_units(&model).0), ["odd-unit"]);
        model.units.area = None;
        model.units.length = Some("metre".into());
        assert_eq!(check_units(&model).0, vec![]);
    }
}
