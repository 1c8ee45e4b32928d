use super::*;
use proptest::prelude::*;
use synapta_model::graph::{Graph, NodeId};

/// Random graphs over three symbols, as a list of (operation, operand, operand).
fn random_graph(ops: &[(u8, usize, usize)]) -> (Graph, Vec<NodeId>) {
    let mut g = Graph::new();
    let mut nodes: Vec<NodeId> = (0..3).map(|s| g.symbol(s)).collect();
    nodes.push(g.number(1.5));
    for (op, a, b) in ops {
        let (a, b) = (nodes[a % nodes.len()], nodes[b % nodes.len()]);
        let node = match op % 8 {
            0 => g.binary(Binary::Add, a, b),
            1 => g.binary(Binary::Sub, a, b),
            2 | 3 => g.binary(Binary::Mul, a, b),
            4 => g.int_power(a, 3),
            5 => g.int_power(a, -2),
            6 => {
                let c = g.binary(Binary::Lt, a, b);
                g.select(c, a, b)
            }
            _ => g.unary(Unary::Tanh, a),
        };
        nodes.push(node);
    }
    (g, nodes)
}

fn same(a: f64, b: f64) -> bool {
    a.is_nan() && b.is_nan() || a == b || (a - b).abs() <= 1e-12 * (a.abs() + b.abs())
}

proptest! {
    #[test]
    fn tape_agrees_with_the_graph_in_every_lane(
        ops in prop::collection::vec((0u8..8, 0usize..40, 0usize..40), 1..40),
        x in prop::array::uniform3(-2.0..2.0f64),
    ) {
        let (g, nodes) = random_graph(&ops);
        let (first, rest) = nodes.split_at(nodes.len() / 2);
        let mut layout = Layout::new(3);
        let base = layout.reserve(nodes.len());
        let output = |(k, n): (usize, &NodeId)| Output { node: *n, register: Some(base + k as u32) };
        let outputs: Vec<Output> = nodes.iter().enumerate().map(output).collect();
        let tape = layout.build_split(&g, &outputs[..first.len()], &outputs[first.len()..]);
        let mut file = layout.registers::<4>();
        for (register, x) in file.iter_mut().zip(x) {
            *register = [1.0, 2.0, 3.0, 4.0].map(|scale| x * scale);
        }
        tape.run_first(&mut file);
        tape.run_rest(&mut file);
        for (lane, scale) in [1.0, 2.0, 3.0, 4.0].into_iter().enumerate() {
            let expected = g.eval(&nodes, &|s| x[s as usize] * scale);
            for (register, e) in file[base as usize..].iter().zip(&expected) {
                prop_assert!(same(register[lane], *e));
            }
        }
        prop_assert_eq!(rest.len() + first.len(), tape.outputs.len());
    }
}

#[test]
fn the_first_part_alone_leaves_the_results_of_the_rest() {
    let mut g = Graph::new();
    let x = g.symbol(0);
    let slope = g.unary(Unary::Exp, x);
    let value = g.binary(Binary::Add, slope, x);
    let mut layout = Layout::new(1);
    let base = layout.reserve(2);
    let output = |node, k| Output { node, register: Some(base + k) };
    let tape = layout.build_split(&g, &[output(value, 0)], &[output(slope, 1)]);
    let mut file = layout.registers::<1>();
    file[0] = [1.0];
    tape.run_first(&mut file);
    tape.run_rest(&mut file);
    let found = file[base as usize + 1];
    file[0] = [2.0];
    tape.run_first(&mut file);
    assert_eq!(file[base as usize + 1], found);
}

#[test]
fn kept_results_are_read_not_computed_again() {
    let mut g = Graph::new();
    let (p, y) = (g.symbol(0), g.symbol(1));
    let e = g.unary(Unary::Exp, p);
    let f = g.binary(Binary::Mul, e, y);
    let mut layout = Layout::new(2);
    let prologue = layout.build_kept(&g, &[e]);
    let body = layout.build(&g, &[Output::anywhere(f)]);
    assert_eq!(body.code.len(), 1);
    let mut file = layout.registers::<1>();
    (file[0], file[1]) = ([1.0], [2.0]);
    prologue.run(&mut file);
    body.run(&mut file);
    assert_eq!(file[body.outputs[0] as usize][0], 2.0 * math::exp([1.0])[0]);
}

/// `numerator / (symbol + shift)` of each symbol, then the same of the first results, two deep.
fn quotients(shifts: &[f64]) -> (Graph, Vec<NodeId>) {
    let mut g = Graph::new();
    let one = g.number(1.0);
    let mut nodes = vec![];
    for (i, shift) in shifts.iter().enumerate() {
        let below = if i % 3 == 2 { nodes[i - 1] } else { g.symbol(i as u32 % 5) };
        let shift = g.number(*shift);
        let sum = g.binary(Binary::Add, below, shift);
        nodes.push(g.binary(Binary::Div, one, sum));
    }
    (g, nodes)
}

proptest! {
    #[test]
    fn batches_give_the_inverses_or_say_that_they_do_not(
        shifts in prop::collection::vec(prop_oneof![0.1..9.0f64, Just(1e-200), Just(3e180), Just(-2.0)], 1..20),
        x in prop::array::uniform5(prop_oneof![Just(0.0), Just(2.0), 0.1..5.0f64, Just(1e-190), Just(f64::NAN)]),
        split in 0usize..20,
    ) {
        let (g, nodes) = quotients(&shifts);
        let (first, rest) = nodes.split_at(split.min(nodes.len()));
        let mut layout = Layout::new(5);
        let base = layout.reserve(nodes.len());
        let output = |(k, n): (usize, &NodeId)| Output { node: *n, register: Some(base + k as u32) };
        let outputs: Vec<Output> = nodes.iter().enumerate().map(output).collect();
        let (tape, guards) = layout.build_batched(&g, &outputs[..first.len()], &outputs[first.len()..], 5, &[]);
        let mut file = layout.registers::<1>();
        file.iter_mut().zip(x).for_each(|(register, x)| *register = [x]);
        tape.run_first(&mut file);
        tape.run_rest(&mut file);
        let safe = guards.iter().flatten().all(|r| file[*r as usize][0] <= 1e300);
        let expected = g.eval(&nodes, &|s| x[s as usize]);
        let close = |a: f64, b: f64| same(a, b) || (a - b).abs() <= 1e-14 * b.abs();
        if safe {
            for (register, e) in file[base as usize..].iter().zip(&expected) {
                prop_assert!(close(register[0], *e), "{} is not {e}", register[0]);
            }
        }
        let ordinary = |v: f64| v.abs() > 1e-30 && v.abs() < 1e30;
        if expected.iter().all(|e| ordinary(*e)) {
            prop_assert!(safe);
        }
        prop_assert_eq!(rest.len() + first.len() + guards.iter().flatten().count(), tape.outputs.len());
    }
}

#[test]
fn the_inverse_of_an_absent_amount_spoils_no_batch() {
    let mut g = Graph::new();
    let (amount, volume, one) = (g.symbol(0), g.symbol(1), g.number(1.0));
    let concentration = g.binary(Binary::Div, amount, volume);
    let slope = g.binary(Binary::Div, one, concentration);
    let mut inverses = vec![slope];
    for shift in [0.5, 2.0, 3.0, 4.0] {
        let shift = g.number(shift);
        let sum = g.binary(Binary::Add, concentration, shift);
        inverses.push(g.binary(Binary::Div, one, sum));
    }
    let mut layout = Layout::new(2);
    let outputs: Vec<Output> = inverses.iter().map(|n| Output::anywhere(*n)).collect();
    let (tape, guards) = layout.build_batched(&g, &outputs, &[], 1, &[]);
    let mut file = layout.registers::<1>();
    (file[0], file[1]) = ([0.0], [3.0]);
    tape.run(&mut file);
    let guard = guards[0].expect("four sums make a batch");
    assert!(file[guard as usize][0] <= 1e300, "the batch is spoilt: {}", file[guard as usize][0]);
    let found: Vec<f64> = tape.outputs[..5].iter().map(|r| file[*r as usize][0]).collect();
    assert_eq!(found[0], f64::INFINITY);
    for (f, e) in found[1..].iter().zip([2.0, 0.5, 1.0 / 3.0, 0.25]) {
        assert!((f - e).abs() < 1e-15, "{f} {e}");
    }
}

#[test]
fn a_sum_with_a_constant_that_is_zero_as_written_spoils_no_batch() {
    let mut g = Graph::new();
    let (amount, none, one) = (g.symbol(0), g.symbol(1), g.number(1.0));
    let mut inverses = vec![];
    for shift in [None, Some(2.0), Some(3.0), Some(4.0), Some(5.0)] {
        let shift = shift.map_or(none, |v| g.number(v));
        let sum = g.binary(Binary::Add, amount, shift);
        inverses.push(g.binary(Binary::Div, one, sum));
    }
    let mut layout = Layout::new(2);
    let outputs: Vec<Output> = inverses.iter().map(|n| Output::anywhere(*n)).collect();
    let guard_at = |start: &[[f64; 1]], layout: &mut Layout| {
        let (tape, guards) = layout.build_batched(&g, &outputs, &[], 1, start);
        let mut file = layout.registers::<1>();
        tape.run(&mut file);
        file[guards[0].expect("a batch") as usize][0]
    };
    assert!(guard_at(&[[0.0], [0.0]], &mut layout.clone()) <= 1e300);
    let spoilt = guard_at(&[[0.0], [1.0]], &mut layout);
    assert!(spoilt.is_nan() || spoilt > 1e300, "{spoilt}");
}
