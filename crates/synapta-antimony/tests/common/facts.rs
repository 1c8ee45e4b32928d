//! A model as a sorted list of lines, each one fact, with mathematics in a normal form: nested sums and products are
//! opened, minus signs belong to numbers.

use synapta_model::{
    Constant, Expr, ExprKind, InitialValue, Meta, Model, Modifier, ModifierKind, Op, RuleKind, SpeciesReference,
    UnitFactor,
};

/// Mathematics from either side.
#[derive(Clone, Debug, PartialEq)]
pub enum Math {
    Number(f64, Option<String>),
    /// A symbol or a named value.
    Name(String),
    /// Operator, function or draw with its arguments.
    Apply(String, Vec<Math>),
}

/// The normal form, written with parentheses.
pub fn normal(math: &Math) -> String {
    match math {
        Math::Number(v, None) => format!("{v:?}"),
        Math::Number(v, Some(unit)) => format!("{v:?}[{unit}]"),
        Math::Name(name) => name.clone(),
        Math::Apply(op, args) => match (op.as_str(), args.as_slice()) {
            ("minus", [Math::Number(v, unit)]) => normal(&Math::Number(-v, unit.clone())),
            ("plus" | "times" | "and" | "or", _) => {
                format!("({op} {})", opened(op, args).join(" "))
            }
            _ => format!("({op} {})", args.iter().map(normal).collect::<Vec<_>>().join(" ")),
        },
    }
}

fn opened(op: &str, args: &[Math]) -> Vec<String> {
    let open = |a: &Math| match a {
        Math::Apply(inner, args) if inner == op => opened(op, args),
        other => vec![normal(other)],
    };
    args.iter().flat_map(open).collect()
}

pub fn math_of(e: &Expr) -> Math {
    let all = |args: &[Expr]| args.iter().map(math_of).collect::<Vec<_>>();
    match &e.kind {
        ExprKind::Number(v, unit) => Math::Number(*v, unit.as_ref().map(|u| u.to_string())),
        ExprKind::Symbol(id) => Math::Name(id.to_string()),
        ExprKind::Constant(c) => Math::Name(constant_name(*c).into()),
        ExprKind::Op(op, args) => Math::Apply(op_name(*op), all(args)),
        ExprKind::Call(id, args) => Math::Apply(format!("call {id}"), all(args)),
        ExprKind::Draw(id, args) => Math::Apply(format!("draw {id}"), all(args)),
        ExprKind::RateOf(id) => Math::Apply("rateOf".into(), vec![Math::Name(id.to_string())]),
        ExprKind::Delay(a, b) => Math::Apply("delay".into(), vec![math_of(a), math_of(b)]),
        ExprKind::Piecewise(pairs, otherwise) => {
            let mut args: Vec<Math> =
                pairs.iter().map(|(v, c)| Math::Apply("piece".into(), vec![math_of(v), math_of(c)])).collect();
            args.extend(otherwise.iter().map(|o| Math::Apply("otherwise".into(), vec![math_of(o)])));
            Math::Apply("piecewise".into(), args)
        }
    }
}

fn constant_name(c: Constant) -> &'static str {
    match c {
        Constant::Time => "<time>",
        Constant::Avogadro => "<avogadro>",
        Constant::Pi => "<pi>",
        Constant::Exponential => "<exponentiale>",
        Constant::Infinity => "<infinity>",
        Constant::NotANumber => "<notanumber>",
        Constant::True => "<true>",
        Constant::False => "<false>",
    }
}

fn op_name(op: Op) -> String {
    let written = match op {
        Op::Neg | Op::Minus => "minus",
        Op::Ceil => "ceiling",
        Op::Asin => "arcsin",
        Op::Acos => "arccos",
        Op::Atan => "arctan",
        Op::Asec => "arcsec",
        Op::Acsc => "arccsc",
        Op::Acot => "arccot",
        Op::Asinh => "arcsinh",
        Op::Acosh => "arccosh",
        Op::Atanh => "arctanh",
        Op::Asech => "arcsech",
        Op::Acsch => "arccsch",
        Op::Acoth => "arccoth",
        other => return format!("{other:?}").to_lowercase(),
    };
    written.into()
}

pub fn number(v: Option<f64>) -> String {
    v.map_or("-".into(), |v| format!("{v:?}"))
}

pub fn word<T: AsRef<str>>(v: &Option<T>) -> &str {
    v.as_ref().map_or("-", |s| s.as_ref())
}

/// A unit as its base units, each with its power, and one size for all.
pub fn unit_text(factors: &[UnitFactor]) -> String {
    let mut powers = std::collections::BTreeMap::<String, f64>::new();
    let mut size = 0.0;
    for f in factors {
        *powers.entry(f.kind.to_string()).or_default() += f.exponent;
        size += f.exponent * (f.multiplier.log10() + f64::from(f.scale));
    }
    powers.retain(|kind, p| *p != 0.0 && kind != "dimensionless");
    // A rounded logarithm: sizes are products of many rounded factors.
    format!("{powers:?} 10^{:.9}", size + 0.0)
}

fn meta_facts(facts: &mut Vec<String>, of: &str, meta: &Meta) {
    if let Some(name) = meta.name.as_ref().filter(|n| !n.is_empty()) {
        facts.push(format!("name of {of}: {name}"));
    }
    if let Some(sbo) = meta.sbo {
        facts.push(format!("sbo of {of}: {sbo}"));
    }
    if meta.notes.is_some() {
        facts.push(format!("notes of {of}"));
    }
    for term in meta.terms.iter().filter(|t| !t.qualifier.starts_with("externalParameter")) {
        facts.push(format!("term of {of}: {} {:?}", term.qualifier, term.resources));
    }
    for u in &meta.uncertainty {
        let values: Vec<_> = u.values.iter().map(|v| normal(&math_of(v))).collect();
        facts.push(format!("uncertainty of {of}: {} {values:?}", u.kind));
    }
}

fn reference(r: &SpeciesReference) -> String {
    format!("{}*{} id {} constant {}", number(r.stoichiometry), r.species, word(&r.id), r.constant)
}

/// The last word of an interaction's path: what the reference writes as its name.
fn interaction_name(m: &Modifier, model: &Model) -> String {
    let Some(id) = &m.id else { return "-".into() };
    let path = model.paths.iter().find(|(flat, _)| flat == id).map_or(id.as_str(), |(_, path)| path.as_str());
    path.rsplit('.').next().unwrap_or_default().to_owned()
}

fn modifier(m: &Modifier, model: &Model) -> String {
    let sbo = match m.kind {
        ModifierKind::Plain => "-",
        ModifierKind::Activator => "459",
        ModifierKind::Inhibitor => "20",
        ModifierKind::Influence => "19",
    };
    format!("{} name {} sbo {sbo}", m.species, interaction_name(m, model))
}

/// Everything a model says, sorted.
pub fn facts(model: &Model) -> Vec<String> {
    let mut facts = vec![];
    let f = &mut facts;
    let u = &model.units;
    f.push(format!(
        "model {} units {} {} {} {} {} {} factor {}",
        model.id,
        word(&u.substance),
        word(&u.time),
        word(&u.volume),
        word(&u.area),
        word(&u.length),
        word(&u.extent),
        word(&model.conversion_factor)
    ));
    meta_facts(f, "the model", &model.meta);
    for x in &model.unit_definitions {
        f.push(format!("unit {} = {}", x.id, unit_text(&x.factors)));
        meta_facts(f, &format!("unit {}", x.id), &x.meta);
    }
    for x in &model.functions {
        let body = x.body.as_ref().map_or("-".into(), |b| normal(&math_of(b)));
        f.push(format!("function {}{:?} = {body}", x.id, x.args.iter().map(|a| a.to_string()).collect::<Vec<_>>()));
        meta_facts(f, &x.id, &x.meta);
    }
    for x in &model.compartments {
        let (size, dim) = (number(x.size), number(x.dimensions));
        f.push(format!("compartment {} size {size} dim {dim} units {} constant {}", x.id, word(&x.units), x.constant));
        meta_facts(f, &x.id, &x.meta);
    }
    for x in &model.species {
        let initial = match x.initial {
            None => "-".into(),
            Some(InitialValue::Amount(v)) => format!("amount {v:?}"),
            Some(InitialValue::Concentration(v)) => format!("concentration {v:?}"),
        };
        f.push(format!(
            "species {} in {} {initial} units {} only-substance {} boundary {} constant {} factor {}",
            x.id,
            x.compartment,
            word(&x.substance_units),
            x.only_substance_units,
            x.boundary,
            x.constant,
            word(&x.conversion_factor)
        ));
        meta_facts(f, &x.id, &x.meta);
    }
    for x in &model.parameters {
        f.push(format!("parameter {} = {} units {} constant {}", x.id, number(x.value), word(&x.units), x.constant));
        meta_facts(f, &x.id, &x.meta);
    }
    for x in &model.initial_assignments {
        f.push(format!("initially {} = {}", x.symbol, normal(&math_of(&x.math))));
    }
    for x in &model.rules {
        let kind = match x.kind {
            RuleKind::Assignment => "always",
            RuleKind::Rate => "rate",
            RuleKind::Algebraic => "algebraic",
        };
        f.push(format!("{kind} {} = {}", x.variable, normal(&math_of(&x.math))));
    }
    for x in &model.reactions {
        f.push(format!("reaction {} reversible {} in {}", x.id, x.reversible, word(&x.compartment)));
        meta_facts(f, &x.id, &x.meta);
        f.extend(x.reactants.iter().map(|r| format!("reactant of {}: {}", x.id, reference(r))));
        f.extend(x.products.iter().map(|r| format!("product of {}: {}", x.id, reference(r))));
        f.extend(x.modifiers.iter().map(|m| format!("modifier of {}: {}", x.id, modifier(m, model))));
        f.extend(x.kinetic_law.iter().map(|l| format!("law of {} = {}", x.id, normal(&math_of(l)))));
    }
    for x in &model.events {
        let math = |e: &Option<Expr>| e.as_ref().map_or("-".into(), |e| normal(&math_of(e)));
        f.push(format!(
            "event {} at {} t0 {} persistent {} delay {} priority {} from-trigger {}",
            x.id,
            normal(&math_of(&x.trigger)),
            x.initial_value,
            x.persistent,
            math(&x.delay),
            math(&x.priority),
            x.values_from_trigger_time
        ));
        meta_facts(f, &x.id, &x.meta);
        f.extend(x.assignments.iter().map(|(id, e)| format!("event {} sets {id} = {}", x.id, normal(&math_of(e)))));
    }
    for x in &model.constraints {
        f.push(format!("constraint {} message {}", normal(&math_of(&x.math)), word(&x.message)));
    }
    facts.sort();
    facts
}

/// What only the first and only the second list hold.
pub fn difference(ours: &[String], theirs: &[String]) -> (Vec<String>, Vec<String>) {
    let mut rest: Vec<&String> = theirs.iter().collect();
    let mut extra = vec![];
    for fact in ours {
        match rest.iter().position(|r| *r == fact) {
            Some(n) => {
                rest.remove(n);
            }
            None => extra.push(fact.clone()),
        }
    }
    (extra, rest.into_iter().cloned().collect())
}
