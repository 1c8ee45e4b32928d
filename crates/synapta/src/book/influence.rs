//! Which way a formula goes with each of its symbols, if every quantity and every bracket in a product is positive.

use std::collections::BTreeMap;
use synapta_model::{Expr, ExprKind, Id, Op};

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Up with it.
    Up,
    /// Down with it.
    Down,
    /// Now up, now down; or it cannot be told.
    Either,
}

impl Way {
    /// Turned around.
    pub fn turned(self) -> Way {
        match self {
            Way::Up => Way::Down,
            Way::Down => Way::Up,
            Way::Either => Way::Either,
        }
    }

    /// One after the other.
    pub fn then(self, next: Way) -> Way {
        if next == Way::Down {
            self.turned()
        } else if next == Way::Up {
            self
        } else {
            Way::Either
        }
    }

    fn with(self, other: Way) -> Way {
        if self == other { self } else { Way::Either }
    }
}

/// Directions by symbol, in the order of names.
pub type Ways = BTreeMap<Id, Way>;

/// Adds a direction to what is known.
pub fn add(ways: &mut Ways, id: &Id, way: Way) {
    ways.entry(id.clone()).and_modify(|w| *w = w.with(way)).or_insert(way);
}

/// The direction of a formula in each of its symbols.
pub fn ways(e: &Expr) -> Ways {
    let mut out = Ways::new();
    collect(e, Way::Up, &mut out);
    out
}

fn collect(e: &Expr, way: Way, out: &mut Ways) {
    match &e.kind {
        ExprKind::Symbol(id) => add(out, id, way),
        ExprKind::Op(op, args) => operator(*op, args, way, out),
        _ => e.children().into_iter().for_each(|c| collect(c, Way::Either, out)),
    }
}

fn operator(op: Op, args: &[Expr], way: Way, out: &mut Ways) {
    let all = |way: Way, out: &mut Ways| args.iter().for_each(|a| collect(a, way, out));
    match (op, args) {
        (Op::Plus | Op::Times | Op::Exp | Op::Ln | Op::Min | Op::Max | Op::Tanh | Op::Floor | Op::Ceil, _) => {
            all(way, out)
        }
        (Op::Neg, _) => all(way.turned(), out),
        (Op::Minus | Op::Divide, [a, b]) => {
            collect(a, way, out);
            collect(b, way.turned(), out);
        }
        (Op::Power, [base, exponent]) => {
            let falling = matches!(&exponent.kind, ExprKind::Number(v, _) if *v < 0.0)
                || matches!(&exponent.kind, ExprKind::Op(Op::Neg, _));
            collect(base, if falling { way.turned() } else { way }, out);
            collect(exponent, Way::Either, out);
        }
        (Op::Root, [degree, radicand]) => {
            collect(degree, Way::Either, out);
            collect(radicand, way, out);
        }
        _ => all(Way::Either, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(String, Way)> {
        let parsed = synapta_antimony::parse(&synapta_antimony::NoImports, "t.ant", &format!("y := {text};"));
        let model = parsed.model.expect("a formula");
        ways(&model.rules[0].math).into_iter().map(|(id, way)| (id.to_string(), way)).collect()
    }

    #[test]
    fn directions_follow_the_operators() {
        let one = |text: &str| told(text)[0].1;
        assert_eq!(one("2 + a"), Way::Up);
        assert_eq!(one("1 - a"), Way::Down);
        assert_eq!(one("3/(1 + a)"), Way::Down);
        assert_eq!(one("1 - 1/(1 + a)"), Way::Up);
        assert_eq!(one("a^2/(1 + a^2)"), Way::Either);
        assert_eq!(one("a^(-1)"), Way::Down);
        assert_eq!(one("2^a"), Way::Either);
        assert_eq!(one("sqrt(a)"), Way::Up);
        assert_eq!(told("a*(1 - b)"), [("a".into(), Way::Up), ("b".into(), Way::Down)]);
    }

    #[test]
    fn one_after_the_other() {
        assert_eq!(Way::Down.then(Way::Down), Way::Up);
        assert_eq!(Way::Up.then(Way::Down), Way::Down);
        assert_eq!(Way::Up.then(Way::Either), Way::Either);
    }
}
