use super::*;
use crate::expr::{Expr, ExprKind, Op};
use proptest::prelude::*;

fn build(graph: &mut Graph, expr: &Expr) -> NodeId {
    graph
        .add_expr(expr, &mut |g: &mut Graph, e: &Expr| {
            Ok::<_, ()>(match &e.kind {
                ExprKind::Symbol(id) => g.symbol(u32::from(id != "x")),
                _ => g.number(f64::NAN),
            })
        })
        .expect("no leaf fails")
}

fn value(expr: &Expr, x: f64, y: f64) -> f64 {
    let mut g = Graph::new();
    let n = build(&mut g, expr);
    g.eval(&[n], &|s| [x, y][s as usize])[0]
}

fn xy() -> impl Strategy<Value = Expr> {
    prop_oneof![Just(Expr::symbol("x")), Just(Expr::symbol("y")), (0.5..3.0).prop_map(Expr::number)]
}

/// Smooth expressions in x and y, arguments kept where the functions are defined.
fn smooth() -> impl Strategy<Value = Expr> {
    xy().prop_recursive(4, 24, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        let one_plus_square = |e: Expr| {
            let square = Expr::op(Op::Power, vec![e, Expr::number(2.0)]);
            Expr::op(Op::Plus, vec![Expr::number(1.1), square])
        };
        prop_oneof![
            two.clone().prop_map(|(a, b)| Expr::op(Op::Plus, vec![a, b])),
            two.clone().prop_map(|(a, b)| Expr::op(Op::Minus, vec![a, b])),
            two.clone().prop_map(|(a, b)| Expr::op(Op::Times, vec![a, b])),
            two.clone().prop_map(move |(a, b)| Expr::op(Op::Divide, vec![a, one_plus_square(b)])),
            (inner.clone(), prop::sample::select(vec![-2.5, -1.0, 0.5, 1.5, 2.0, 3.0, 0.75]))
                .prop_map(move |(a, n)| Expr::op(Op::Power, vec![one_plus_square(a), Expr::number(n)])),
            two.clone().prop_map(move |(a, b)| {
                let exponent = Expr::op(Op::Tanh, vec![b]);
                Expr::op(Op::Power, vec![one_plus_square(a), exponent])
            }),
            (
                inner.clone(),
                prop::sample::select(vec![Op::Sin, Op::Cos, Op::Tanh, Op::Atan, Op::Asinh, Op::Sech, Op::Abs])
            )
                .prop_map(|(a, f)| Expr::op(f, vec![a])),
            (inner.clone(), prop::sample::select(vec![Op::Ln, Op::Acosh, Op::Acsc, Op::Acoth]))
                .prop_map(move |(a, f)| Expr::op(f, vec![one_plus_square(a)])),
            two.prop_map(|(a, b)| Expr::op(Op::Max, vec![a, b])),
        ]
    })
}

proptest! {
    #[test]
    fn derivative_agrees_with_differences(expr in smooth(), x in 0.3..2.0f64, y in 0.3..2.0f64) {
        let mut g = Graph::new();
        let n = build(&mut g, &expr);
        let d = g.derivative(n, 0);
        let exact = d.map_or(0.0, |d| g.eval(&[d], &|s| [x, y][s as usize])[0]);
        let slope = |h: f64| (value(&expr, x + h, y) - value(&expr, x - h, y)) / (2.0 * h);
        let (fine, coarse) = (slope(1e-5), slope(4e-5));
        let size = 1.0 + exact.abs() + value(&expr, x, y).abs();
        // Skip kinks and points where the difference itself has not settled.
        prop_assume!(fine.is_finite() && (fine - coarse).abs() < 1e-5 * size);
        prop_assert!((exact - fine).abs() < 1e-4 * size, "{exact} {fine} for {expr:?}");
    }
}

#[test]
fn powers_become_multiplications_and_roots() {
    let mut g = Graph::new();
    let x = g.symbol(0);
    for (n, expected) in [(2.0, 9.0), (0.5, 3f64.sqrt()), (-1.0, 1.0 / 3.0), (2.5, 9.0 * 3f64.sqrt())] {
        let n_node = g.number(n);
        let p = g.binary(Binary::Pow, x, n_node);
        assert!(!matches!(g.node(p), Node::Binary(Binary::Pow, ..)));
        assert!((g.eval(&[p], &|_| 3.0)[0] - expected).abs() < 1e-14);
    }
}

#[test]
fn equal_parts_exist_once() {
    let mut g = Graph::new();
    let (x, y) = (g.symbol(0), g.symbol(1));
    let a = g.binary(Binary::Add, x, y);
    let b = g.binary(Binary::Add, y, x);
    assert_eq!(a, b);
}

#[test]
fn zero_times_infinity_stays_not_a_number() {
    let e = Expr::op(Op::Times, vec![Expr::number(0.0), Expr::symbol("x")]);
    assert!(value(&e, f64::INFINITY, 0.0).is_nan());
    assert_eq!(value(&e, 2.0, 0.0), 0.0);
}

#[test]
fn slope_of_a_power_at_zero_has_its_limit() {
    let mut g = Graph::new();
    let (x, n) = (g.symbol(0), g.symbol(1));
    let p = g.binary(Binary::Pow, x, n);
    let d = g.derivative(p, 0).expect("depends on x");
    let at = |n: f64| g.eval(&[d], &|s| [0.0, n][s as usize])[0];
    assert_eq!((at(2.5), at(1.0), at(0.0)), (0.0, 1.0, 0.0));
    assert!(at(0.5).is_infinite());
}

#[test]
fn piecewise_takes_the_first_true_piece() {
    let below = |v: f64| Expr::op(Op::Lt, vec![Expr::symbol("x"), Expr::number(v)]);
    let pairs = vec![(Expr::number(1.0), below(1.0)), (Expr::number(2.0), below(2.0))];
    let otherwise = Some(Box::new(Expr::number(3.0)));
    let e = Expr::new(ExprKind::Piecewise(pairs, otherwise), crate::Span::NONE);
    assert_eq!([0.5, 1.5, 2.5].map(|x| value(&e, x, 0.0)), [1.0, 2.0, 3.0]);
}

#[test]
fn comparisons_chain_and_logic_is_sbml() {
    let args = ["x", "y", "x"].map(Expr::symbol).to_vec();
    assert_eq!(value(&Expr::op(Op::Leq, args.clone()), 1.0, 1.0), 1.0);
    assert_eq!(value(&Expr::op(Op::Lt, args.clone()), 1.0, 2.0), 0.0);
    assert_eq!(value(&Expr::op(Op::Xor, args), 1.0, 1.0), 1.0);
    assert_eq!(value(&Expr::op(Op::And, vec![]), 0.0, 0.0), 1.0);
    let args = vec![Expr::symbol("x"), Expr::symbol("y")];
    assert_eq!(value(&Expr::op(Op::Rem, args.clone()), -7.0, 3.0), -1.0);
    assert_eq!(value(&Expr::op(Op::Quotient, args), -7.0, 3.0), -2.0);
}

#[test]
fn a_sum_of_ten_thousand_terms_needs_no_deep_stack() {
    let mut g = Graph::new();
    let terms: Vec<_> = (0..10_000).map(|s| (g.symbol(s), s % 2 == 1)).collect();
    let total = g.sum(&terms);
    assert_eq!(g.eval(&[total], &|_| 1.0)[0], 0.0);
    let d = g.derivative(total, 9_999).expect("depends on the last");
    assert_eq!(g.as_number(d), Some(-1.0));
}
