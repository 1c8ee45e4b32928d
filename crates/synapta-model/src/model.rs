//! The flat model, SBML Level 3 Version 2 in shape and meaning.

use crate::Id;
use crate::expr::Expr;
use crate::span::Span;

/// What any element may carry besides its mathematics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    /// Display name (`x is "..."` in Antimony).
    pub name: Option<String>,
    /// SBO term, for instance `SBO:0000176` as 176.
    pub sbo: Option<u32>,
    /// Notes: text or XHTML.
    pub notes: Option<String>,
    /// Controlled-vocabulary terms in order.
    pub terms: Vec<CvTerm>,
    /// What is known of the value's spread.
    pub uncertainty: Vec<Uncertainty>,
    /// Where it was declared.
    pub span: Declared,
}

/// A place that does not count in comparisons.
#[derive(Clone, Copy, Debug, Default)]
pub struct Declared(pub Span);

impl PartialEq for Declared {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// One qualifier with its resources.
#[derive(Clone, Debug, PartialEq)]
pub struct CvTerm {
    /// Qualifier as Antimony writes it: `identity`, `isDescribedBy`, `hasPart`, ...
    pub qualifier: String,
    /// URIs or other names.
    pub resources: Vec<String>,
}

/// A statement of spread (SBML distrib): `x.stdev = 2`, `x.range = {1, 3}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertainty {
    /// `mean`, `standardDeviation`, `confidenceInterval`, `range`, `distribution`, ...
    pub kind: String,
    /// The value or values; a distribution is one [`crate::expr::ExprKind::Draw`].
    pub values: Vec<Expr>,
}

/// A unit as a product of base units.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitDefinition {
    /// Its id.
    pub id: Id,
    /// Its factors; empty for dimensionless.
    pub factors: Vec<UnitFactor>,
    /// Name, notes, place.
    pub meta: Meta,
}

/// `(multiplier * 10^scale * kind)^exponent`.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitFactor {
    /// SBML base unit: `second`, `mole`, `litre`, ...
    pub kind: Id,
    /// Power.
    pub exponent: f64,
    /// Power of ten.
    pub scale: i32,
    /// Factor.
    pub multiplier: f64,
}

/// `f(args) = body`.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionDefinition {
    /// Its id.
    pub id: Id,
    /// Argument names.
    pub args: Vec<Id>,
    /// Body; `None` if the text gives none.
    pub body: Option<Expr>,
    /// Name, notes, place.
    pub meta: Meta,
}

/// A compartment.
#[derive(Clone, Debug, PartialEq)]
pub struct Compartment {
    /// Its id.
    pub id: Id,
    /// 0 to 3; `None` if not given.
    pub dimensions: Option<f64>,
    /// Size at the start; `None` if not given.
    pub size: Option<f64>,
    /// Unit id of the size.
    pub units: Option<Id>,
    /// False if a rule or event may change it.
    pub constant: bool,
    /// Name, notes, place.
    pub meta: Meta,
}

/// A starting value of a species.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum InitialValue {
    /// Substance.
    Amount(f64),
    /// Substance per compartment size.
    Concentration(f64),
}

/// A species.
#[derive(Clone, Debug, PartialEq)]
pub struct Species {
    /// Its id.
    pub id: Id,
    /// Compartment id.
    pub compartment: Id,
    /// Start; `None` if not given.
    pub initial: Option<InitialValue>,
    /// Unit id of its substance.
    pub substance_units: Option<Id>,
    /// True if its symbol means an amount in formulas, not a concentration.
    pub only_substance_units: bool,
    /// True if reactions do not change it.
    pub boundary: bool,
    /// True if nothing changes it.
    pub constant: bool,
    /// Conversion factor parameter.
    pub conversion_factor: Option<Id>,
    /// Name, notes, place.
    pub meta: Meta,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its id.
    pub id: Id,
    /// Start; `None` if not given.
    pub value: Option<f64>,
    /// Unit id.
    pub units: Option<Id>,
    /// False if a rule or event may change it.
    pub constant: bool,
    /// Name, notes, uncertainty, place.
    pub meta: Meta,
}

/// `symbol = math` at the start.
#[derive(Clone, Debug, PartialEq)]
pub struct InitialAssignment {
    /// Species, parameter, compartment or species reference.
    pub symbol: Id,
    /// Its value at the start.
    pub math: Expr,
    /// Place and notes.
    pub meta: Meta,
}

/// Kinds of rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// `variable := math` always.
    Assignment,
    /// `variable' = math`.
    Rate,
    /// `0 = math`; the variable is empty.
    Algebraic,
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Which kind.
    pub kind: RuleKind,
    /// What it determines; empty for algebraic rules.
    pub variable: Id,
    /// The formula.
    pub math: Expr,
    /// Name, notes, place.
    pub meta: Meta,
}

/// A species taking part in a reaction.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeciesReference {
    /// Id of the stoichiometry, if it has one of its own.
    pub id: Option<Id>,
    /// The species.
    pub species: Id,
    /// Stoichiometry; `None` if a rule or initial assignment of `id` gives it.
    pub stoichiometry: Option<f64>,
    /// False if the stoichiometry may change.
    pub constant: bool,
    /// Name, place.
    pub meta: Meta,
}

/// How a modifier acts, where the text says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModifierKind {
    /// It stands in the rate law; nothing more is said.
    Plain,
    /// `-o`: activation (SBO:0000021... as written by Antimony).
    Activator,
    /// `-|`: inhibition.
    Inhibitor,
    /// `-(`: unknown influence.
    Influence,
}

/// A species that acts on a reaction and is not consumed.
#[derive(Clone, Debug, PartialEq)]
pub struct Modifier {
    /// The species.
    pub species: Id,
    /// How it acts.
    pub kind: ModifierKind,
    /// Id of the interaction, name, place.
    pub id: Option<Id>,
    /// Name, place.
    pub meta: Meta,
}

/// A reaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Reaction {
    /// Its id; in formulas its rate (extent per time).
    pub id: Id,
    /// Consumed.
    pub reactants: Vec<SpeciesReference>,
    /// Made.
    pub products: Vec<SpeciesReference>,
    /// Acting.
    pub modifiers: Vec<Modifier>,
    /// Rate in extent per time; `None` if the text gives none.
    pub kinetic_law: Option<Expr>,
    /// Parameters known only inside the rate law.
    pub local_parameters: Vec<Parameter>,
    /// `->` (true) or `=>` (false).
    pub reversible: bool,
    /// Compartment, if said.
    pub compartment: Option<Id>,
    /// Name, notes, place.
    pub meta: Meta,
}

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its id.
    pub id: Id,
    /// It fires when this turns from false to true.
    pub trigger: Expr,
    /// Truth of the trigger before the start (`t0`); true means it cannot fire at the start.
    pub initial_value: bool,
    /// False if it is called off when the trigger turns false during the delay.
    pub persistent: bool,
    /// Delay between trigger and assignments.
    pub delay: Option<Expr>,
    /// Order among simultaneous events, highest first.
    pub priority: Option<Expr>,
    /// True if the right-hand sides are taken at the trigger, not after the delay.
    pub values_from_trigger_time: bool,
    /// `variable = math`.
    pub assignments: Vec<(Id, Expr)>,
    /// Name, notes, place.
    pub meta: Meta,
}

/// Something that must stay true.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// The condition.
    pub math: Expr,
    /// What to say when it fails.
    pub message: Option<String>,
    /// Id if any, name, place.
    pub id: Option<Id>,
    /// Name, place.
    pub meta: Meta,
}

/// Unit ids of the model as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelUnits {
    /// Amount of species.
    pub substance: Option<Id>,
    /// Time.
    pub time: Option<Id>,
    /// Size of 3-D compartments.
    pub volume: Option<Id>,
    /// Size of 2-D compartments.
    pub area: Option<Id>,
    /// Size of 1-D compartments.
    pub length: Option<Id>,
    /// Reaction extent.
    pub extent: Option<Id>,
}

/// A flat model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// Its id.
    pub id: Id,
    /// Name, notes, annotations.
    pub meta: Meta,
    /// Default units.
    pub units: ModelUnits,
    /// Conversion factor parameter for all species.
    pub conversion_factor: Option<Id>,
    /// Units.
    pub unit_definitions: Vec<UnitDefinition>,
    /// Functions.
    pub functions: Vec<FunctionDefinition>,
    /// Compartments.
    pub compartments: Vec<Compartment>,
    /// Species.
    pub species: Vec<Species>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// Initial assignments.
    pub initial_assignments: Vec<InitialAssignment>,
    /// Rules, in the order written.
    pub rules: Vec<Rule>,
    /// Reactions.
    pub reactions: Vec<Reaction>,
    /// Events.
    pub events: Vec<Event>,
    /// Constraints.
    pub constraints: Vec<Constraint>,
    /// Dotted path of each flat id that came from a submodel: `a_b_x` -> `a.b.x`.
    pub paths: Vec<(Id, String)>,
}

/// What an id stands for, with its index in the model's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// A compartment.
    Compartment(usize),
    /// A species.
    Species(usize),
    /// A parameter.
    Parameter(usize),
    /// A reaction.
    Reaction(usize),
    /// A species reference with an id: reaction, true for reactants, index.
    Stoichiometry(usize, bool, usize),
    /// A function.
    Function(usize),
    /// An event.
    Event(usize),
    /// A unit. Units have their own name space in SBML.
    Unit(usize),
}

/// Look-up of ids of one model. Made once; stale after the model changes.
#[derive(Clone, Debug, Default)]
pub struct ModelIndex {
    map: std::collections::HashMap<Id, Element>,
}

impl ModelIndex {
    /// What `id` stands for.
    pub fn get(&self, id: &str) -> Option<Element> {
        self.map.get(id).copied()
    }

    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = &Id> {
        self.map.keys()
    }
}

impl Model {
    /// An index of all ids in formulas' name space (units excepted).
    pub fn index(&self) -> ModelIndex {
        let mut map = std::collections::HashMap::new();
        let mut put = |id: &Id, e: Element| {
            map.entry(id.clone()).or_insert(e);
        };
        self.compartments.iter().enumerate().for_each(|(i, c)| put(&c.id, Element::Compartment(i)));
        self.species.iter().enumerate().for_each(|(i, s)| put(&s.id, Element::Species(i)));
        self.parameters.iter().enumerate().for_each(|(i, p)| put(&p.id, Element::Parameter(i)));
        self.functions.iter().enumerate().for_each(|(i, f)| put(&f.id, Element::Function(i)));
        self.events.iter().enumerate().for_each(|(i, e)| put(&e.id, Element::Event(i)));
        for (i, r) in self.reactions.iter().enumerate() {
            put(&r.id, Element::Reaction(i));
            for (is_reactant, list) in [(true, &r.reactants), (false, &r.products)] {
                for (k, s) in list.iter().enumerate() {
                    if let Some(id) = &s.id {
                        put(id, Element::Stoichiometry(i, is_reactant, k));
                    }
                }
            }
        }
        ModelIndex { map }
    }

    /// The unit definition of an id.
    pub fn unit(&self, id: &str) -> Option<&UnitDefinition> {
        self.unit_definitions.iter().find(|u| u.id == id)
    }

    /// The assignment or rate rule of a variable.
    pub fn rule_for(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.variable == id && r.kind != RuleKind::Algebraic)
    }

    /// Expands calls of the model's functions in `expr`, so that only built-in operators remain.
    ///
    /// Calls of unknown functions, with a wrong number of arguments, or of functions that call themselves stay as they are.
    pub fn inline_functions(&self, expr: &Expr) -> Expr {
        self.inline_at_depth(expr, 0)
    }

    fn inline_at_depth(&self, expr: &Expr, depth: usize) -> Expr {
        use crate::expr::ExprKind;
        let mut out = expr.clone();
        if depth > 64 {
            return out;
        }
        out.walk_mut(&mut |e| {
            let ExprKind::Call(id, args) = &e.kind else { return };
            let Some(f) = self.functions.iter().find(|f| f.id == *id) else { return };
            let Some(body) = &f.body else { return };
            if f.args.len() != args.len() {
                return;
            }
            let mut body = self.inline_at_depth(body, depth + 1);
            body.substitute(&|s| f.args.iter().position(|a| a == s).map(|i| args[i].clone()));
            *e = body;
        });
        out
    }
}
