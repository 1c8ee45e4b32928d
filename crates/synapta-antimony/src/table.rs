//! The symbols of one model while it is being read: a table that already holds the symbols of its submodels,
//! under dotted names.

use rustc_hash::FxHashMap;

use synapta_model::{Expr, ExprKind, Id, Meta, Span, UnitFactor};

use crate::syntax::Divider;

/// Something that cannot be done, before it has a place.
#[derive(Debug)]
pub(crate) struct Problem {
    pub code: &'static str,
    pub message: String,
    pub help: Option<String>,
}

impl Problem {
    pub fn new(code: &'static str, message: impl Into<String>) -> Problem {
        Problem { code, message: message.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }
}

pub(crate) type Done<T = ()> = Result<T, Problem>;

/// What a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Only mentioned so far; a parameter in the end.
    Unknown,
    Species,
    /// A parameter.
    Formula,
    Dna,
    Operator,
    Gene,
    Reaction,
    Interaction,
    Submodel,
    Event,
    Compartment,
    Strand,
    Unit,
    Deleted,
    Constraint,
    Stoichiometry,
    AlgebraicRule,
    GeneProduct,
}

impl Kind {
    pub fn words(self) -> &'static str {
        match self {
            Kind::Unknown => "an unused symbol",
            Kind::Species => "a species",
            Kind::Formula => "a parameter",
            Kind::Dna => "a piece of DNA",
            Kind::Operator => "an operator",
            Kind::Gene => "a gene",
            Kind::Reaction => "a reaction",
            Kind::Interaction => "an interaction",
            Kind::Submodel => "a submodel",
            Kind::Event => "an event",
            Kind::Compartment => "a compartment",
            Kind::Strand => "a strand of DNA",
            Kind::Unit => "a unit",
            Kind::Deleted => "deleted",
            Kind::Constraint => "a constraint",
            Kind::Stoichiometry => "a stoichiometry",
            Kind::AlgebraicRule => "an algebraic rule",
            Kind::GeneProduct => "a gene product",
        }
    }

    pub fn is_reaction(self) -> bool {
        matches!(self, Kind::Reaction | Kind::Gene)
    }

    pub fn is_dna(self) -> bool {
        matches!(self, Kind::Dna | Kind::Operator | Kind::Gene)
    }

    /// True if a rate rule or event may change it.
    pub fn can_vary(self) -> bool {
        use Kind::*;
        matches!(self, Unknown | Species | Formula | Compartment | Stoichiometry | Dna | Operator)
    }
}

/// What a known kind becomes when the text uses it as another; `None` if it cannot.
fn merged(old: Kind, new: Kind) -> Option<Kind> {
    use Kind::*;
    if old == new || new == Unknown {
        return Some(old);
    }
    match (old, new) {
        (Unknown, _) => Some(new),
        (Species | Interaction | Event | Compartment | Unit | Stoichiometry, Formula) => Some(old),
        (
            Formula,
            Species | Dna | Operator | Gene | Reaction | Interaction | Compartment | Event | Constraint | Stoichiometry
            | AlgebraicRule | Unit | GeneProduct,
        ) => Some(new),
        (Dna, Formula) => Some(Dna),
        (Dna, Operator | Gene | Strand) => Some(new),
        (Dna, Reaction) => Some(Gene),
        (Operator, Formula | Dna) => Some(Operator),
        (Gene, Formula | Dna | Reaction) => Some(Gene),
        (Reaction, Formula) => Some(Reaction),
        (Reaction, Dna | Gene) => Some(Gene),
        _ => None,
    }
}

/// How the formula of a symbol holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Initially,
    Always,
    /// The formula holds at the start, the rate rule afterwards.
    ByRate,
}

/// One side of a reaction: factor or named stoichiometry, and species.
#[derive(Clone, Debug)]
pub(crate) struct Participant {
    pub number: f64,
    pub named: Option<usize>,
    pub species: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct ReactionPart {
    pub left: Vec<Participant>,
    pub divider: Divider,
    pub right: Vec<Participant>,
    pub law: Option<Expr>,
}

#[derive(Clone, Debug)]
pub(crate) struct EventPart {
    pub trigger: Expr,
    pub delay: Option<Expr>,
    pub priority: Option<Expr>,
    pub initial_value: bool,
    pub persistent: bool,
    pub from_trigger: bool,
    pub assignments: Vec<(usize, Expr)>,
}

/// A unit: factors whose kinds are SBML base units or dotted names of other units.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct UnitPart {
    pub factors: Vec<UnitFactor>,
    /// True if its name was made up from its formula.
    pub made_up: bool,
}

/// Which element put a compartment on a symbol from outside; later ones win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Submodel,
    Reaction,
    Strand,
}

/// One symbol.
#[derive(Clone, Debug)]
pub(crate) struct Var {
    /// Dotted name.
    pub name: Id,
    /// Number of dots in the name: 0 for the model's own.
    pub depth: usize,
    pub kind: Kind,
    /// The symbol this one is another name of.
    pub same: Option<usize>,
    pub constant: Option<bool>,
    pub amount_only: bool,
    pub formula: Option<Expr>,
    pub holds: Holds,
    pub rate: Option<Expr>,
    pub reaction: Option<Box<ReactionPart>>,
    /// True if its reaction moved to the symbol it was set equal to.
    pub reaction_moved: bool,
    pub event: Option<Box<EventPart>>,
    pub unit_part: Option<Box<UnitPart>>,
    pub compartment: Option<usize>,
    pub outer: Option<(usize, From)>,
    pub unit: Option<usize>,
    /// Pieces of a strand of DNA.
    pub strand: Vec<usize>,
    pub open_left: bool,
    pub open_right: bool,
    pub conversion_factor: Option<usize>,
    /// For submodels: number of the model in the reader's list.
    pub module: Option<usize>,
    pub meta: Meta,
    /// Where this model's own text set it; cleared in copies.
    pub set_at: Span,
}

impl Var {
    fn new(name: Id, span: Span) -> Var {
        let depth = name.matches('.').count();
        Var {
            name,
            depth,
            kind: Kind::Unknown,
            same: None,
            constant: None,
            amount_only: false,
            formula: None,
            holds: Holds::Initially,
            rate: None,
            reaction: None,
            reaction_moved: false,
            event: None,
            unit_part: None,
            compartment: None,
            outer: None,
            unit: None,
            strand: vec![],
            open_left: false,
            open_right: false,
            conversion_factor: None,
            module: None,
            meta: Meta { span: synapta_model::Declared(span), ..Meta::default() },
            set_at: Span::NONE,
        }
    }

    /// Every formula of the symbol, for change.
    pub fn formulas_mut(&mut self) -> Vec<&mut Expr> {
        let mut all: Vec<&mut Expr> = self.formula.iter_mut().chain(&mut self.rate).collect();
        all.extend(self.reaction.iter_mut().filter_map(|r| r.law.as_mut()));
        if let Some(event) = &mut self.event {
            all.push(&mut event.trigger);
            all.extend(event.delay.iter_mut().chain(&mut event.priority));
            all.extend(event.assignments.iter_mut().map(|(_, e)| e));
        }
        all.extend(self.meta.uncertainty.iter_mut().flat_map(|u| &mut u.values));
        all
    }

    /// Every formula of the symbol.
    pub fn formulas(&self) -> Vec<&Expr> {
        let mut all: Vec<&Expr> = self.formula.iter().chain(&self.rate).collect();
        all.extend(self.reaction.iter().filter_map(|r| r.law.as_ref()));
        if let Some(event) = &self.event {
            all.push(&event.trigger);
            all.extend(event.delay.iter().chain(&event.priority));
            all.extend(event.assignments.iter().map(|(_, e)| e));
        }
        all.extend(self.meta.uncertainty.iter().flat_map(|u| &u.values));
        all
    }

    /// Every number of another symbol it keeps, for change.
    fn links_mut(&mut self) -> Vec<&mut usize> {
        let mut all: Vec<&mut usize> = self.same.iter_mut().chain(&mut self.compartment).collect();
        all.extend(self.unit.iter_mut().chain(&mut self.conversion_factor).chain(&mut self.strand));
        all.extend(self.outer.iter_mut().map(|(i, _)| i));
        if let Some(r) = &mut self.reaction {
            all.extend(r.left.iter_mut().chain(&mut r.right).flat_map(|p| p.named.iter_mut().chain([&mut p.species])));
        }
        if let Some(event) = &mut self.event {
            all.extend(event.assignments.iter_mut().map(|(i, _)| i));
        }
        all
    }
}

/// `a is b`, with its conversion factor.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub first: usize,
    pub second: usize,
    pub factor: Option<usize>,
}

/// A model being read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub name: Id,
    pub meta: Meta,
    pub vars: Vec<Var>,
    by_name: FxHashMap<Id, usize>,
    pub exports: Vec<usize>,
    pub pairs: Vec<Pair>,
    pub objective: Option<usize>,
    pub conversion_factor: Option<usize>,
    /// Last number given to each kind of made-up name.
    numbered: FxHashMap<&'static str, usize>,
}

/// The compartment of species that are in none.
pub(crate) const DEFAULT_COMPARTMENT: &str = "default_compartment";

/// Words that are units of the whole model wherever they are used.
const MODEL_UNITS: [(&str, &str, f64); 6] = [
    ("substance", "mole", 1.0),
    ("volume", "litre", 1.0),
    ("area", "metre", 2.0),
    ("length", "metre", 1.0),
    ("time_unit", "second", 1.0),
    ("extent", "item", 1.0),
];

/// A factor of a unit with exponent.
pub(crate) fn unit_factor(kind: &str, exponent: f64) -> UnitFactor {
    UnitFactor { kind: kind.into(), exponent, scale: 0, multiplier: 1.0 }
}

impl Table {
    pub fn new(name: Id, meta: Meta) -> Table {
        Table { name, meta, ..Table::default() }
    }

    pub fn get(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The symbol `name` finally means.
    pub fn root_of(&self, name: &str) -> Option<usize> {
        self.get(name).map(|i| self.root(i))
    }

    /// The symbol that keeps the data of symbol `i`.
    pub fn root(&self, i: usize) -> usize {
        let mut i = i;
        // A chain cannot be longer than the table; this also ends on a loop that should not exist.
        for _ in 0..=self.vars.len() {
            match self.vars[i].same {
                Some(next) => i = next,
                None => return i,
            }
        }
        i
    }

    fn insert(&mut self, var: Var) -> usize {
        let i = self.vars.len();
        self.by_name.insert(var.name.clone(), i);
        self.vars.push(var);
        i
    }

    /// The symbol of a name without dots; made if it is new.
    pub fn find_or_add(&mut self, name: &str, span: Span) -> usize {
        if let Some(i) = self.get(name) {
            return i;
        }
        let mut var = Var::new(name.into(), span);
        if name == DEFAULT_COMPARTMENT {
            var.kind = Kind::Compartment;
            var.formula = Some(Expr::number(1.0));
            var.constant = Some(true);
            var.meta.sbo = Some(410);
        }
        if let Some((_, kind, exponent)) = MODEL_UNITS.iter().find(|(n, ..)| *n == name) {
            var.kind = Kind::Unit;
            let factors = vec![unit_factor(kind, *exponent)];
            var.unit_part = Some(Box::new(UnitPart { factors, made_up: false }));
        }
        self.insert(var)
    }

    /// A new symbol `stem0`, `stem1`, ..., the first that is free.
    pub fn add_numbered(&mut self, stem: &'static str, span: Span) -> usize {
        let mut n = self.numbered.get(stem).map_or(0, |last| last + 1);
        while self.by_name.contains_key(format!("{stem}{n}").as_str()) {
            n += 1;
        }
        self.numbered.insert(stem, n);
        self.insert(Var::new(format!("{stem}{n}").into(), span))
    }

    /// The factors of a unit. A symbol named like a base unit is that unit unless the text defines it otherwise.
    pub fn unit_factors(&self, i: usize) -> Option<Vec<UnitFactor>> {
        let var = &self.vars[self.root(i)];
        if let Some(part) = &var.unit_part {
            return Some(part.factors.clone());
        }
        let word = var.name.rsplit('.').next().unwrap_or_default();
        crate::words::unit_kind(word).map(|kind| vec![unit_factor(kind, 1.0)])
    }

    /// The factors of a unit in base units; `None` if some unit in it is not defined.
    pub fn canonical_unit(&self, i: usize) -> Option<Vec<UnitFactor>> {
        let find = |name: &str| self.unit_factors(self.get(name)?);
        crate::units::canonical(&self.unit_factors(i)?, &find, 0)
    }

    /// Makes symbol `i` be of a kind, or says why it cannot.
    pub fn set_kind(&mut self, i: usize, kind: Kind) -> Done {
        let i = self.root(i);
        let var = &mut self.vars[i];
        if kind == Kind::Deleted {
            let (name, depth, span) = (var.name.clone(), var.depth, var.meta.span);
            *var = Var { kind, depth, ..Var::new(name, span.0) };
            return Ok(());
        }
        let Some(new) = merged(var.kind, kind) else {
            let message = format!("`{}` is {} and cannot also be {}", var.name, var.kind.words(), kind.words());
            return Err(Problem::new("kind-conflict", message).help("use another name for one of them"));
        };
        if var.kind == new {
            return Ok(());
        }
        if var.rate.is_some() && !new.can_vary() {
            let message = format!("`{}` has a rate rule and cannot be {}", var.name, new.words());
            return Err(Problem::new("kind-conflict", message));
        }
        // A species that a rule determines is no longer changed by reactions.
        if new == Kind::Species && var.holds != Holds::Initially {
            var.constant = Some(true);
        }
        if new.is_dna() && !var.kind.is_dna() {
            var.holds = if new == Kind::Gene { Holds::Initially } else { Holds::Always };
            if var.formula.is_none() && new != Kind::Gene {
                var.formula = Some(Expr::symbol("..."));
            }
        }
        if new == Kind::Strand {
            var.formula = None;
            var.holds = Holds::Initially;
        }
        var.kind = new;
        Ok(())
    }

    /// Copies all symbols of `inner` into this table, as parts of submodel `i`.
    pub fn instantiate(&mut self, i: usize, inner: &Table) {
        let prefix = self.vars[i].name.clone();
        let offset = self.vars.len();
        self.vars.reserve(inner.vars.len());
        self.by_name.reserve(inner.vars.len());
        for source in &inner.vars {
            let mut var = source.clone();
            var.name = format!("{prefix}.{}", var.name).into();
            var.depth += 1;
            var.set_at = Span::NONE;
            for link in var.links_mut() {
                *link += offset;
            }
            for formula in var.formulas_mut() {
                prefix_symbols(formula, &prefix);
            }
            for factor in var.unit_part.iter_mut().flat_map(|u| &mut u.factors) {
                if crate::words::unit_kind(&factor.kind).is_none() {
                    factor.kind = format!("{prefix}.{}", factor.kind).into();
                }
            }
            self.insert(var);
        }
        if self.objective.is_none() {
            self.objective = inner.objective.map(|o| o + offset);
        }
    }

    /// True if the symbol belongs to submodel `prefix`.
    pub fn is_inside(&self, i: usize, prefix: &str) -> bool {
        self.vars[i].name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'))
    }
}

/// Puts `prefix.` before every symbol and unit of a formula.
fn prefix_symbols(formula: &mut Expr, prefix: &str) {
    formula.walk_mut(&mut |e| match &mut e.kind {
        ExprKind::Symbol(id) | ExprKind::RateOf(id) if *id != "..." => *id = format!("{prefix}.{id}").into(),
        ExprKind::Number(_, Some(unit)) if crate::words::unit_kind(unit).is_none() => {
            *unit = format!("{prefix}.{unit}").into();
        }
        _ => {}
    });
}
