//! Mathematical expressions of a model: what stands in rules, kinetic laws, triggers and assignments.

use crate::Id;
use crate::span::Span;

/// An expression and where it was written. Equality ignores the place.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it was written.
    pub span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A literal, with the unit written beside it if any.
    Number(f64, Option<Id>),
    /// `time`, `pi` and the other named values of SBML.
    Constant(Constant),
    /// A species (concentration, or amount if it has only substance units), parameter, compartment,
    /// reaction (its rate), species reference (its stoichiometry) or function argument.
    Symbol(Id),
    /// A built-in operator or function.
    Op(Op, Vec<Expr>),
    /// A function the model defines.
    Call(Id, Vec<Expr>),
    /// `piecewise(value, condition, ..., otherwise)`; pairs are (value, condition).
    Piecewise(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// SBML `delay(x, d)`.
    Delay(Box<Expr>, Box<Expr>),
    /// SBML `rateOf(x)`.
    RateOf(Id),
    /// A random draw (SBML distrib), by function name: `normal`, `uniform`, ...
    Draw(Id, Vec<Expr>),
}

/// Named values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// Simulation time.
    Time,
    /// Avogadro's number as SBML defines it, 6.02214179e23.
    Avogadro,
    /// 3.14159...
    Pi,
    /// 2.71828...
    Exponential,
    /// Positive infinity.
    Infinity,
    /// Not a number.
    NotANumber,
    /// Logical true.
    True,
    /// Logical false.
    False,
}

/// Built-in operators and functions, SBML Level 3's set. The comment gives the argument count where it is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // the names are MathML's
pub enum Op {
    /// Any number.
    Plus,
    /// Two: first minus second.
    Minus,
    Neg,
    /// Any number.
    Times,
    /// Two.
    Divide,
    /// Two: base, exponent.
    Power,
    /// Two: degree, radicand. Square root is degree 2.
    Root,
    Exp,
    Ln,
    /// Two: base, argument.
    Log,
    Abs,
    Floor,
    Ceil,
    Factorial,
    /// At least one.
    Min,
    /// At least one.
    Max,
    /// Two: sign of the dividend.
    Rem,
    /// Two: integer part of the quotient.
    Quotient,
    Sin,
    Cos,
    Tan,
    Sec,
    Csc,
    Cot,
    Sinh,
    Cosh,
    Tanh,
    Sech,
    Csch,
    Coth,
    Asin,
    Acos,
    Atan,
    Asec,
    Acsc,
    Acot,
    Asinh,
    Acosh,
    Atanh,
    Asech,
    Acsch,
    Acoth,
    /// Two or more, a chain.
    Eq,
    /// Two.
    Neq,
    /// Two or more, a chain.
    Lt,
    /// Two or more, a chain.
    Gt,
    /// Two or more, a chain.
    Leq,
    /// Two or more, a chain.
    Geq,
    /// Any number.
    And,
    /// Any number.
    Or,
    /// Any number.
    Xor,
    Not,
    /// Two.
    Implies,
}

impl Op {
    /// True if the result is a truth value.
    pub fn is_logical(self) -> bool {
        use Op::*;
        matches!(self, Eq | Neq | Lt | Gt | Leq | Geq | And | Or | Xor | Not | Implies)
    }
}

impl Expr {
    /// An expression of the given form.
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        Expr { kind, span }
    }

    /// A number without a place.
    pub fn number(value: f64) -> Expr {
        Expr::new(ExprKind::Number(value, None), Span::NONE)
    }

    /// A symbol without a place.
    pub fn symbol(id: impl Into<Id>) -> Expr {
        Expr::new(ExprKind::Symbol(id.into()), Span::NONE)
    }

    /// An operator applied, spanning its arguments.
    pub fn op(op: Op, args: Vec<Expr>) -> Expr {
        let span = args.iter().fold(Span::NONE, |s, a| s.to(a.span));
        Expr::new(ExprKind::Op(op, args), span)
    }

    /// The value of a literal, with its sign; `None` for everything else.
    pub fn as_number(&self) -> Option<f64> {
        match &self.kind {
            ExprKind::Number(v, _) => Some(*v),
            ExprKind::Op(Op::Neg, a) => a.first().and_then(Expr::as_number).map(|v| -v),
            ExprKind::Constant(Constant::Infinity) => Some(f64::INFINITY),
            ExprKind::Constant(Constant::NotANumber) => Some(f64::NAN),
            _ => None,
        }
    }

    /// The direct parts.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Op(_, a) | ExprKind::Call(_, a) | ExprKind::Draw(_, a) => a.iter().collect(),
            ExprKind::Piecewise(pairs, other) => {
                pairs.iter().flat_map(|(v, c)| [v, c]).chain(other.as_deref()).collect()
            }
            ExprKind::Delay(a, b) => vec![a, b],
            _ => vec![],
        }
    }

    /// The direct parts, for change.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Op(_, a) | ExprKind::Call(_, a) | ExprKind::Draw(_, a) => a.iter_mut().collect(),
            ExprKind::Piecewise(pairs, other) => {
                pairs.iter_mut().flat_map(|(v, c)| [v, c]).chain(other.as_deref_mut()).collect()
            }
            ExprKind::Delay(a, b) => vec![a, b],
            _ => vec![],
        }
    }

    /// Calls `f` on this expression and all its parts, outermost first.
    pub fn walk<'a>(&'a self, f: &mut dyn FnMut(&'a Expr)) {
        f(self);
        for child in self.children() {
            child.walk(f);
        }
    }

    /// Calls `f` on this expression and all its parts, innermost first, for change.
    pub fn walk_mut(&mut self, f: &mut dyn FnMut(&mut Expr)) {
        for child in self.children_mut() {
            child.walk_mut(f);
        }
        f(self);
    }

    /// Every symbol used, `rateOf` targets included, in order, with repeats.
    pub fn symbols(&self) -> Vec<&Id> {
        let mut found = vec![];
        self.walk(&mut |e| match &e.kind {
            ExprKind::Symbol(id) | ExprKind::RateOf(id) => found.push(id),
            _ => {}
        });
        found
    }

    /// Replaces every symbol for which `f` gives an expression.
    pub fn substitute(&mut self, f: &dyn Fn(&Id) -> Option<Expr>) {
        self.walk_mut(&mut |e| {
            if let ExprKind::Symbol(id) = &e.kind
                && let Some(new) = f(id)
            {
                *e = new;
            }
        });
    }

    /// Gives symbols other names.
    pub fn rename(&mut self, f: &dyn Fn(&Id) -> Option<Id>) {
        self.walk_mut(&mut |e| match &mut e.kind {
            ExprKind::Symbol(id) | ExprKind::RateOf(id) => {
                if let Some(new) = f(id) {
                    *id = new;
                }
            }
            _ => {}
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn substitution_reaches_every_part() {
        let mut e = Expr::op(Op::Plus, vec![Expr::symbol("x"), Expr::op(Op::Neg, vec![Expr::symbol("y")])]);
        e.substitute(&|id| (id == "y").then(|| Expr::number(2.0)));
        assert_eq!(e.symbols(), ["x"]);
        assert_eq!(e.children()[1].as_number(), Some(-2.0));
    }
}
