//! Made-up models for property tests: valid ones, in the order in which a text gives its elements.

use proptest::prelude::*;
use synapta_model::{
    Compartment, Event, Expr, ExprKind, FunctionDefinition, Id, InitialAssignment, InitialValue, Meta, Model, Modifier,
    ModifierKind, Op, Parameter, Reaction, Rule, RuleKind, Species, SpeciesReference, UnitDefinition, UnitFactor,
};

const SYMBOLS: [&str; 7] = ["C", "S0", "S1", "S2", "k0", "k1", "k2"];

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(0.0),
        Just(2.0),
        (0..1000u32).prop_map(f64::from),
        any::<f64>().prop_filter("finite", |v| v.is_finite() && *v != 0.0).prop_map(f64::abs),
    ]
}

fn leaf() -> impl Strategy<Value = Expr> {
    use synapta_model::{Constant, Span};
    prop_oneof![
        3 => number().prop_map(Expr::number),
        1 => number().prop_map(|v| Expr::number(-v)),
        6 => proptest::sample::select(&SYMBOLS[..]).prop_map(Expr::symbol),
        1 => proptest::sample::select(vec![Constant::Time, Constant::Pi, Constant::Avogadro, Constant::True])
            .prop_map(|c| Expr::new(ExprKind::Constant(c), Span::NONE)),
    ]
}

fn several(inner: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = Vec<Expr>> {
    proptest::collection::vec(inner, 2..4)
}

/// A formula. Minus never stands before a number or another minus: reading makes one of these two.
pub fn formula() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(4, 24, 3, |inner| {
        let many = proptest::sample::select(vec![
            Op::Plus,
            Op::Times,
            Op::And,
            Op::Or,
            Op::Xor,
            Op::Min,
            Op::Max,
            Op::Lt,
            Op::Geq,
            Op::Eq,
        ]);
        let two = proptest::sample::select(vec![
            Op::Minus,
            Op::Divide,
            Op::Power,
            Op::Root,
            Op::Log,
            Op::Rem,
            Op::Quotient,
            Op::Neq,
            Op::Implies,
        ]);
        let one = proptest::sample::select(vec![Op::Exp, Op::Ln, Op::Abs, Op::Not, Op::Floor, Op::Tanh, Op::Acosh]);
        prop_oneof![
            3 => (many, several(inner.clone())).prop_map(|(op, args)| Expr::op(op, args)),
            3 => (two, inner.clone(), inner.clone()).prop_map(|(op, a, b)| Expr::op(op, vec![a, b])),
            2 => (one, inner.clone()).prop_map(|(op, a)| Expr::op(op, vec![a])),
            1 => inner.clone().prop_filter("no minus before a number or a minus", |a| {
                a.as_number().is_none() && !matches!(a.kind, ExprKind::Op(Op::Neg, _))
            }).prop_map(|a| Expr::op(Op::Neg, vec![a])),
            1 => (several(inner.clone()), inner).prop_map(|(args, c)| {
                let pairs = args.into_iter().map(|v| (v, c.clone())).collect();
                Expr::new(ExprKind::Piecewise(pairs, Some(Box::new(c))), synapta_model::Span::NONE)
            }),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[ -~é\n]{1,20}").expect("a pattern").prop_map(|s| s.replace('`', "'"))
}

fn meta() -> impl Strategy<Value = Meta> {
    (proptest::option::of(text()), proptest::option::of(0..9_999_999u32), proptest::option::of(text()))
        .prop_map(|(name, sbo, notes)| Meta { name, sbo, notes, ..Meta::default() })
}

/// What determines parameter `n`: 0 its value, 1 an initial assignment, 2 a rule, 3 a rate.
#[derive(Clone, Debug)]
struct ParameterPlan {
    how: u8,
    value: Option<f64>,
    constant: bool,
    math: Expr,
    meta: Meta,
}

fn plan() -> impl Strategy<Value = ParameterPlan> {
    (0..4u8, proptest::option::of(number()), any::<bool>(), formula(), meta())
        .prop_map(|(how, value, constant, math, meta)| ParameterPlan { how, value, constant, math, meta })
}

fn species_plan() -> impl Strategy<Value = (Option<f64>, bool, bool, bool, Meta)> {
    (proptest::option::of(number()), any::<bool>(), any::<bool>(), any::<bool>(), meta())
}

type Side = Vec<(f64, usize)>;

fn reaction_plan() -> impl Strategy<Value = (Side, Side, Option<Expr>, bool, Meta)> {
    let side = || proptest::collection::vec((prop_oneof![Just(1.0), Just(-1.0), number()], 0..3usize), 0..3);
    (side(), side(), proptest::option::of(formula()), any::<bool>(), meta())
}

/// A whole model.
pub fn model() -> impl Strategy<Value = Model> {
    let plans = proptest::collection::vec(plan(), 3);
    let species = proptest::collection::vec(species_plan(), 3);
    let reactions = proptest::collection::vec(reaction_plan(), 0..4);
    let event = proptest::option::of((formula(), formula(), proptest::option::of(formula()), any::<[bool; 3]>()));
    (plans, species, reactions, event, formula(), number()).prop_map(
        |(plans, species, reactions, event, body, size)| {
            let mut model = Model { id: "made_up".into(), ..Model::default() };
            let factor =
                |kind: &str, exponent, scale, multiplier| UnitFactor { kind: kind.into(), exponent, scale, multiplier };
            model.unit_definitions.push(UnitDefinition {
                id: "mM".into(),
                factors: vec![
                    factor("mole", 1.0, -3, 1.0),
                    factor("litre", -1.0, 0, 1.0),
                    factor("second", 2.0, 1, 6.0),
                ],
                meta: Meta::default(),
            });
            let body = with_arguments(body);
            model.functions.push(FunctionDefinition {
                id: "f".into(),
                args: vec!["a".into()],
                body: Some(body),
                meta: Meta::default(),
            });
            model.compartments.push(Compartment {
                id: "C".into(),
                dimensions: Some(3.0),
                size: Some(size),
                units: Some("litre".into()),
                constant: true,
                meta: Meta::default(),
            });
            for (n, (value, boundary, amount_only, other_measure, meta)) in species.into_iter().enumerate() {
                let amount = amount_only != other_measure;
                let initial =
                    value.map(|v| if amount { InitialValue::Amount(v) } else { InitialValue::Concentration(v) });
                model.species.push(Species {
                    id: format!("S{n}").into(),
                    compartment: "C".into(),
                    initial,
                    substance_units: None,
                    only_substance_units: amount_only,
                    boundary,
                    constant: false,
                    conversion_factor: None,
                    meta,
                });
            }
            for (n, plan) in plans.into_iter().enumerate() {
                add_parameter(&mut model, n, plan);
            }
            for (n, (left, right, law, reversible, meta)) in reactions.into_iter().enumerate() {
                add_reaction(&mut model, n, (left, right), law, reversible, meta);
            }
            if let Some((trigger, value, delay, [initial_value, persistent, values_from_trigger_time])) = event {
                let trigger = Expr::op(Op::Gt, vec![trigger, Expr::number(1.0)]);
                let assignments = vec![("S0".into(), value)];
                let (id, meta) = ("E".into(), Meta::default());
                model.events.push(Event {
                    id,
                    trigger,
                    initial_value,
                    persistent,
                    delay,
                    priority: None,
                    values_from_trigger_time,
                    assignments,
                    meta,
                });
            }
            model
        },
    )
}

/// The formula with every symbol replaced by the argument `a`.
fn with_arguments(mut body: Expr) -> Expr {
    body.rename(&|_| Some("a".into()));
    body
}

fn add_parameter(model: &mut Model, n: usize, plan: ParameterPlan) {
    let id: Id = format!("k{n}").into();
    // Formulas that hold at one instant may use species and what stands before, so that none depends on itself.
    let mut math = plan.math;
    math.rename(&|s| (s.as_str() >= "k0" && s.starts_with('k')).then(|| "S1".into()));
    let meta = Meta::default;
    let how = if math.as_number().is_some() { 0 } else { plan.how };
    let (mut value, mut constant) = (plan.value, plan.constant);
    match how {
        1 => {
            value = None;
            model.initial_assignments.push(InitialAssignment { symbol: id.clone(), math, meta: meta() });
        }
        2 | 3 => {
            constant = false;
            let kind = if how == 2 { RuleKind::Assignment } else { RuleKind::Rate };
            value = value.filter(|_| how == 3);
            model.rules.push(Rule { kind, variable: id.clone(), math, meta: meta() });
        }
        _ => {}
    }
    model.parameters.push(Parameter { id, value, units: Some("mM".into()), constant, meta: plan.meta });
}

type Sides = (Side, Side);

fn add_reaction(model: &mut Model, n: usize, sides: Sides, law: Option<Expr>, reversible: bool, meta: Meta) {
    let reference = |(number, species): (f64, usize)| SpeciesReference {
        id: None,
        species: format!("S{species}").into(),
        stoichiometry: Some(number),
        constant: true,
        meta: Meta::default(),
    };
    let reactants: Vec<_> = sides.0.into_iter().map(reference).collect();
    let products: Vec<_> = sides.1.into_iter().map(reference).collect();
    let mut modifiers: Vec<Modifier> = vec![];
    for id in law.iter().flat_map(|l| l.symbols().into_iter().cloned().collect::<Vec<Id>>()) {
        let takes_part = reactants.iter().chain(&products).any(|r| r.species == id);
        let new = id.starts_with('S') && !takes_part && modifiers.iter().all(|m| m.species != id);
        if new {
            modifiers.push(Modifier { species: id, kind: ModifierKind::Plain, id: None, meta: Meta::default() });
        }
    }
    model.reactions.push(Reaction {
        id: format!("J{n}").into(),
        reactants,
        products,
        modifiers,
        kinetic_law: law,
        local_parameters: vec![],
        reversible,
        compartment: Some("C".into()),
        meta,
    });
}
