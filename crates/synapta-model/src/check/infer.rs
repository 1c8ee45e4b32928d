//! The unit of an expression, as SBML Level 3 Version 2 Core (section 3.4.10, table 7) derives it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::remedy::remedy;
use crate::units::{Unit, UnitTable};
use crate::{Constant, Diagnostic, Expr, ExprKind, FunctionDefinition, Id, Op, Span};

/// What is known of a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ty {
    /// It has this unit.
    Unit(Unit),
    /// A bare number: it takes the unit that is needed in a sum, and is dimensionless in a product.
    Number,
    /// A unit was not declared somewhere below.
    Unknown,
    /// A truth value.
    Logical,
}

impl Ty {
    fn unit(self) -> Option<Unit> {
        match self {
            Ty::Unit(u) => Some(u),
            _ => None,
        }
    }
}

/// A symbol: its unit, and its value if nothing can change it (for exponents).
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol {
    pub ty: Ty,
    pub value: Option<f64>,
}

/// Calls followed before units are given up as unknown; keeps functions that double at every level in bounds.
const MOST_CALLS: usize = 1_000_000;

/// Walks expressions, collecting findings.
pub(super) struct Infer<'a> {
    pub table: &'a UnitTable,
    pub symbols: HashMap<Id, Symbol>,
    pub functions: HashMap<&'a str, &'a FunctionDefinition>,
    pub time: Ty,
    pub found: Vec<Diagnostic>,
    /// Symbols met that have no unit, with the first place.
    pub undeclared: BTreeMap<Id, Span>,
    /// What the expression belongs to, in words: `the rate law of ...`.
    place: String,
    scopes: Vec<HashMap<Id, Symbol>>,
    calling: Vec<Id>,
    calls: usize,
    reported: HashSet<(Span, String)>,
}

impl<'a> Infer<'a> {
    pub fn new(table: &'a UnitTable, symbols: HashMap<Id, Symbol>, time: Ty) -> Infer<'a> {
        Infer {
            table,
            symbols,
            functions: HashMap::new(),
            time,
            found: vec![],
            undeclared: BTreeMap::new(),
            place: String::new(),
            scopes: vec![],
            calling: vec![],
            calls: 0,
            reported: HashSet::new(),
        }
    }

    /// The unit of `math`, which belongs to `place`, with names known only there.
    pub fn formula(&mut self, math: &Expr, place: String, locals: HashMap<Id, Symbol>) -> Ty {
        self.place = place;
        self.scopes.push(locals);
        let ty = self.ty(math);
        self.scopes.pop();
        ty
    }

    /// Reports if `ty`, the unit of what stands at `span`, is not `need`. `subject` says what is wanted.
    pub fn require(&mut self, ty: Ty, need: &Unit, span: Span, subject: &str) {
        let Some(have) = ty.unit().filter(|u| !u.is_same(need)) else { return };
        let (have_name, need_name) = (self.table.name(&have), self.table.name(need));
        let help = remedy(&have, need, self.table);
        let text = format!("{subject} must be {need_name} but is {have_name}");
        self.report(Diagnostic::error("unit-mismatch", span, text).with_help(help));
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.reported.insert((diagnostic.span, diagnostic.message.clone())) {
            self.found.push(diagnostic);
        }
    }

    fn symbol(&mut self, id: &Id, span: Span) -> Ty {
        let known = self.scopes.last().and_then(|s| s.get(id)).or_else(|| self.symbols.get(id));
        let ty = known.map_or(Ty::Unknown, |s| s.ty);
        let is_argument = !self.calling.is_empty();
        if matches!(ty, Ty::Unknown) && !is_argument {
            self.undeclared.entry(id.clone()).or_insert(span);
        }
        ty
    }

    fn ty(&mut self, e: &Expr) -> Ty {
        match &e.kind {
            ExprKind::Number(_, None) => Ty::Number,
            ExprKind::Number(_, Some(unit)) => self.table.get(unit).map_or(Ty::Unknown, Ty::Unit),
            ExprKind::Constant(c) => self.constant(*c, e.span),
            ExprKind::Symbol(id) => self.symbol(id, e.span),
            ExprKind::Op(op, args) => self.op(*op, args),
            ExprKind::Call(id, args) => self.call(id, args, e.span),
            ExprKind::Piecewise(pairs, otherwise) => self.piecewise(pairs, otherwise.as_deref()),
            ExprKind::Delay(value, delay) => {
                let wait = self.ty(delay);
                if let Some(time) = self.time.unit() {
                    self.require(wait, &time, delay.span, &format!("the delay in {}", self.place.clone()));
                }
                self.ty(value)
            }
            ExprKind::RateOf(id) => match (self.symbol(id, e.span), self.time) {
                (Ty::Unit(u), Ty::Unit(time)) => Ty::Unit(u / time),
                _ => Ty::Unknown,
            },
            ExprKind::Draw(name, args) => self.draw(name, args),
        }
    }

    fn constant(&mut self, c: Constant, span: Span) -> Ty {
        match c {
            Constant::Time => {
                if matches!(self.time, Ty::Unknown) {
                    self.undeclared.entry("time".into()).or_insert(span);
                }
                self.time
            }
            Constant::True | Constant::False => Ty::Logical,
            _ => Ty::Number,
        }
    }

    fn op(&mut self, op: Op, args: &[Expr]) -> Ty {
        use Op::*;
        match op {
            Plus | Minus => self.agree(args, "the terms of a sum"),
            Min | Max => self.agree(args, "the values compared by min or max"),
            Rem => self.agree(args, "dividend and divisor of rem"),
            Neg | Abs | Floor | Ceil => args.first().map_or(Ty::Number, |a| self.ty(a)),
            Times => {
                let parts: Vec<Ty> = args.iter().map(|a| self.ty(a)).collect();
                parts.into_iter().fold(Ty::Number, product)
            }
            Divide | Quotient => {
                let parts: Vec<Ty> = args.iter().map(|a| self.ty(a)).collect();
                let [above, below] = parts[..] else { return Ty::Unknown };
                product(above, power(below, -1.0))
            }
            Power => self.power(args, |exponent| exponent, "exponent"),
            Root => self.power(&args.iter().rev().cloned().collect::<Vec<_>>(), f64::recip, "degree"),
            Eq | Neq | Lt | Gt | Leq | Geq => {
                self.agree(args, "the compared values");
                Ty::Logical
            }
            And | Or | Xor | Not | Implies => {
                args.iter().for_each(|a| self.condition(a));
                Ty::Logical
            }
            _ => {
                for a in args {
                    let ty = self.ty(a);
                    let subject = format!("an argument of {} in {}", function_name(op), self.place);
                    self.require(ty, &Unit::DIMENSIONLESS, a.span, &subject);
                }
                Ty::Unit(Unit::DIMENSIONLESS)
            }
        }
    }

    /// All of `args` must have one unit; the first known one counts.
    fn agree(&mut self, args: &[Expr], what: &str) -> Ty {
        let parts: Vec<(Ty, Span)> = args.iter().map(|a| (self.ty(a), a.span)).collect();
        self.agree_typed(&parts, what)
    }

    fn agree_typed(&mut self, parts: &[(Ty, Span)], what: &str) -> Ty {
        let mut known = parts.iter().filter_map(|(ty, span)| Some((ty.unit()?, *span)));
        let Some((first, first_span)) = known.next() else {
            let only_numbers = parts.iter().all(|(ty, _)| matches!(ty, Ty::Number | Ty::Logical));
            return if only_numbers { Ty::Number } else { Ty::Unknown };
        };
        for (other, span) in known.filter(|(u, _)| !u.is_same(&first)).collect::<Vec<_>>() {
            let (left, right) = (self.table.name(&first), self.table.name(&other));
            let text = format!("{what} differ in unit in {}: left is {left}, right is {right}", self.place);
            let help = format!("on the right, {}", remedy(&other, &first, self.table));
            let finding = Diagnostic::error("unit-mismatch", span, text)
                .with_label(first_span, format!("this is {left}"))
                .with_label(span, format!("this is {right}"));
            self.report(finding.with_help(help));
        }
        Ty::Unit(first)
    }

    /// Base and exponent (or radicand and degree), the exponent taken through `of`.
    fn power(&mut self, args: &[Expr], of: impl Fn(f64) -> f64, word: &str) -> Ty {
        let [base, exponent] = args else { return Ty::Unknown };
        let (base_ty, exponent_ty) = (self.ty(base), self.ty(exponent));
        let subject = format!("the {word} of a power in {}", self.place);
        self.require(exponent_ty, &Unit::DIMENSIONLESS, exponent.span, &subject);
        match (base_ty, self.value(exponent)) {
            (Ty::Unit(_) | Ty::Number | Ty::Logical, Some(p)) => power(base_ty, of(p)),
            (Ty::Number | Ty::Logical, None) => Ty::Number,
            (Ty::Unit(u), None) if u.is_dimensionless() => base_ty,
            (Ty::Unit(u), None) => {
                let text = format!(
                    "the base of a power whose {word} can change must be dimensionless but is {} in {}",
                    self.table.name(&u),
                    self.place
                );
                let help = remedy(&u, &Unit::DIMENSIONLESS, self.table);
                self.report(Diagnostic::error("unit-mismatch", base.span, text).with_help(help));
                Ty::Unknown
            }
            (Ty::Unknown, _) => Ty::Unknown,
        }
    }

    /// The value of an expression that nothing can change.
    fn value(&self, e: &Expr) -> Option<f64> {
        match &e.kind {
            ExprKind::Number(v, _) => Some(*v),
            ExprKind::Symbol(id) => self.scopes.last().and_then(|s| s.get(id)).or_else(|| self.symbols.get(id))?.value,
            ExprKind::Op(op, args) => {
                let values: Option<Vec<f64>> = args.iter().map(|a| self.value(a)).collect();
                match (op, values?.as_slice()) {
                    (Op::Neg, [a]) => Some(-a),
                    (Op::Plus, v) => Some(v.iter().sum()),
                    (Op::Times, v) => Some(v.iter().product()),
                    (Op::Minus, [a, b]) => Some(a - b),
                    (Op::Divide, [a, b]) => Some(a / b),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Reports a number where a condition belongs; SBML L3V2 reads it as "not zero".
    pub fn condition(&mut self, e: &Expr) {
        let ty = self.ty(e);
        self.require_condition(ty, e.span);
    }

    pub fn require_condition(&mut self, ty: Ty, span: Span) {
        if matches!(ty, Ty::Unit(_) | Ty::Number) {
            let text = format!("a number stands where a condition belongs, in {}", self.place);
            self.report(Diagnostic::warning("not-logical", span, text).with_help("compare it, for instance `x > 0`"));
        }
    }

    fn piecewise(&mut self, pairs: &[(Expr, Expr)], otherwise: Option<&Expr>) -> Ty {
        pairs.iter().for_each(|(_, c)| self.condition(c));
        let values: Vec<&Expr> = pairs.iter().map(|(v, _)| v).chain(otherwise).collect();
        let parts: Vec<(Ty, Span)> = values.into_iter().map(|v| (self.ty(v), v.span)).collect();
        let all_logical = !parts.is_empty() && parts.iter().all(|(t, _)| matches!(t, Ty::Logical));
        if all_logical { Ty::Logical } else { self.agree_typed(&parts, "the branches of piecewise") }
    }

    /// The body with the arguments' units; what is found in it is labelled with the call.
    fn call(&mut self, id: &Id, args: &[Expr], span: Span) -> Ty {
        let scope_args: Vec<Symbol> = args.iter().map(|a| Symbol { ty: self.ty(a), value: self.value(a) }).collect();
        let Some(f) = self.functions.get(id.as_str()).copied() else { return Ty::Unknown };
        let Some(body) = &f.body else { return Ty::Unknown };
        self.calls += 1;
        if f.args.len() != args.len() || self.calling.contains(id) || self.calls > MOST_CALLS {
            return Ty::Unknown;
        }
        let before = self.found.len();
        self.scopes.push(f.args.iter().cloned().zip(scope_args).collect());
        self.calling.push(id.clone());
        let ty = self.ty(body);
        self.calling.pop();
        self.scopes.pop();
        for d in &mut self.found[before..] {
            d.labels.push((span, format!("in this call of `{id}`")));
        }
        ty
    }

    /// SBML distrib's functions.
    fn draw(&mut self, name: &str, args: &[Expr]) -> Ty {
        match name {
            "normal" | "truncatedNormal" | "uniform" | "laplace" | "cauchy" | "rayleigh" => {
                self.agree(args, "the arguments of a distribution")
            }
            "exponential" | "truncatedExponential" => args.first().map_or(Ty::Unknown, |a| power(self.ty(a), -1.0)),
            "bernoulli" | "binomial" | "poisson" | "chisquare" => Ty::Unit(Unit::DIMENSIONLESS),
            _ => Ty::Unknown,
        }
    }
}

fn product(a: Ty, b: Ty) -> Ty {
    match (a, b) {
        (Ty::Unknown, _) | (_, Ty::Unknown) => Ty::Unknown,
        (Ty::Unit(a), Ty::Unit(b)) => Ty::Unit(a * b),
        (Ty::Unit(u), _) | (_, Ty::Unit(u)) => Ty::Unit(u),
        _ => Ty::Number,
    }
}

fn power(base: Ty, exponent: f64) -> Ty {
    match base {
        Ty::Unit(u) => Ty::Unit(u.powf(exponent)),
        Ty::Logical => Ty::Number,
        other => other,
    }
}

/// `Exp` as people write it.
fn function_name(op: Op) -> String {
    format!("{op:?}").to_lowercase()
}
