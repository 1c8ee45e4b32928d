//! Small models made by hand for the tests of the checks.

use crate::*;

pub(super) fn sym(id: &str) -> Expr {
    Expr::symbol(id)
}

pub(super) fn num(value: f64) -> Expr {
    Expr::number(value)
}

pub(super) fn op(op: Op, args: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::op(op, args.into_iter().collect())
}

pub(super) fn mul(a: Expr, b: Expr) -> Expr {
    op(Op::Times, [a, b])
}

pub(super) fn div(a: Expr, b: Expr) -> Expr {
    op(Op::Divide, [a, b])
}

pub(super) fn add(a: Expr, b: Expr) -> Expr {
    op(Op::Plus, [a, b])
}

pub(super) fn call(f: &str, args: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::new(ExprKind::Call(f.into(), args.into_iter().collect()), Span::NONE)
}

pub(super) fn time() -> Expr {
    Expr::new(ExprKind::Constant(Constant::Time), Span::NONE)
}

/// An expression placed at bytes `start..end` of text 0.
pub(super) fn at(start: usize, end: usize, mut e: Expr) -> Expr {
    e.span = Span::new(SourceId(0), start, end);
    e
}

/// A display name.
pub(super) fn named(text: &str) -> Meta {
    Meta { name: Some(text.into()), ..Meta::default() }
}

/// A display name, an assumed value and its range.
pub(super) fn documented() -> Meta {
    let range = Uncertainty { kind: "range".into(), values: vec![num(0.1), num(10.0)] };
    Meta { notes: Some("assumed: a test".into()), uncertainty: vec![range], ..named("a parameter") }
}

fn reference(species: &str) -> SpeciesReference {
    SpeciesReference {
        id: None,
        species: species.into(),
        stoichiometry: Some(1.0),
        constant: true,
        meta: Meta::default(),
    }
}

/// Building blocks, chained.
impl Model {
    pub(crate) fn unit_of(mut self, id: &str, text: &str) -> Model {
        let unit = Unit::parse(text).unwrap();
        let kinds = ["metre", "kilogram", "second", "ampere", "kelvin", "mole", "candela", "item"];
        let mut factors: Vec<UnitFactor> = unit
            .exponents()
            .iter()
            .zip(kinds)
            .filter(|(e, _)| **e != 0.0)
            .map(|(e, kind)| UnitFactor { kind: kind.into(), exponent: *e, scale: 0, multiplier: 1.0 })
            .collect();
        factors.push(UnitFactor {
            kind: "dimensionless".into(),
            exponent: 1.0,
            scale: 0,
            multiplier: unit.multiplier(),
        });
        self.unit_definitions.push(UnitDefinition { id: id.into(), factors, meta: Meta::default() });
        self
    }

    /// An empty unit text means no unit.
    pub(crate) fn parameter(mut self, id: &str, value: Option<f64>, units: &str) -> Model {
        let units = (!units.is_empty()).then(|| units.into());
        self.parameters.push(Parameter { id: id.into(), value, units, constant: true, meta: documented() });
        self
    }

    pub(crate) fn variable(self, id: &str, value: Option<f64>, units: &str) -> Model {
        let mut model = self.parameter(id, value, units);
        model.parameters.last_mut().unwrap().constant = false;
        model
    }

    pub(crate) fn compartment(mut self, id: &str, size: f64) -> Model {
        self.compartments.push(Compartment {
            id: id.into(),
            dimensions: Some(3.0),
            size: Some(size),
            units: None,
            constant: true,
            meta: Meta::default(),
        });
        self
    }

    pub(crate) fn species_in(mut self, id: &str, compartment: &str) -> Model {
        self.species.push(Species {
            id: id.into(),
            compartment: compartment.into(),
            initial: Some(InitialValue::Concentration(1.0)),
            substance_units: None,
            only_substance_units: false,
            boundary: false,
            constant: false,
            conversion_factor: None,
            meta: named("a species"),
        });
        self
    }

    fn rule(mut self, kind: RuleKind, variable: &str, math: Expr) -> Model {
        self.rules.push(Rule { kind, variable: variable.into(), math, meta: named("a rule") });
        self
    }

    pub(crate) fn assign(self, variable: &str, math: Expr) -> Model {
        self.rule(RuleKind::Assignment, variable, math)
    }

    pub(crate) fn rate(self, variable: &str, math: Expr) -> Model {
        self.rule(RuleKind::Rate, variable, math)
    }

    pub(crate) fn initially(mut self, symbol: &str, math: Expr) -> Model {
        self.initial_assignments.push(InitialAssignment { symbol: symbol.into(), math, meta: Meta::default() });
        self
    }

    /// Side by side names, blank between: `reaction("r", "a b", "c", law)`.
    pub(crate) fn reaction(mut self, id: &str, from: &str, to: &str, kinetic_law: Option<Expr>) -> Model {
        self.reactions.push(Reaction {
            id: id.into(),
            reactants: from.split_whitespace().map(reference).collect(),
            products: to.split_whitespace().map(reference).collect(),
            modifiers: vec![],
            kinetic_law,
            local_parameters: vec![],
            reversible: false,
            compartment: None,
            meta: named("a reaction"),
        });
        self
    }

    pub(crate) fn function(mut self, id: &str, args: &str, body: Expr) -> Model {
        let args = args.split_whitespace().map(Id::from).collect();
        self.functions.push(FunctionDefinition { id: id.into(), args, body: Some(body), meta: Meta::default() });
        self
    }

    pub(crate) fn event(mut self, trigger: Expr, assignments: Vec<(Id, Expr)>) -> Model {
        self.events.push(Event {
            id: format!("event_{}", self.events.len()).into(),
            trigger,
            initial_value: true,
            persistent: true,
            delay: None,
            priority: None,
            values_from_trigger_time: true,
            assignments,
            meta: Meta::default(),
        });
        self
    }
}

/// Units, no elements.
pub(super) fn empty() -> Model {
    let units = ModelUnits {
        substance: Some("nmol".into()),
        time: Some("hour".into()),
        volume: Some("litre".into()),
        extent: Some("nmol".into()),
        ..ModelUnits::default()
    };
    Model { units, ..Model::default() }.unit_of("hour", "h").unit_of("nmol", "nmol")
}

/// One conversion, one read-out, nothing to find fault with. `half_amount` and `hour`, `nmol` are there to be used.
pub(super) fn sound() -> Model {
    empty()
        .unit_of("per_hour", "1/h")
        .compartment("plasma", 3.0)
        .species_in("drug", "plasma")
        .species_in("metabolite", "plasma")
        .parameter("clearance", Some(0.5), "per_hour")
        .variable("half_amount", None, "nmol")
        .reaction("conversion", "drug", "metabolite", Some(mul(sym("clearance"), mul(sym("drug"), sym("plasma")))))
        .assign("half_amount", div(mul(sym("drug"), sym("plasma")), num(2.0)))
}

/// The codes found, in order, without repeats.
pub(super) fn codes(diagnostics: &[Diagnostic]) -> Vec<&'static str> {
    let mut out: Vec<&'static str> = diagnostics.iter().map(|d| d.code).collect();
    out.dedup();
    out
}
