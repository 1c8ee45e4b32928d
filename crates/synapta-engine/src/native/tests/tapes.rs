//! Random tapes.

use super::*;
use crate::lu::Symbolic;
use crate::tape::{Layout, Output, Tape};
use proptest::prelude::*;
use synapta_model::graph::{Binary, Graph, NodeId, Unary};

/// Numbers with something about them.
const SPECIAL: [f64; 16] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    4.0,
    0.5,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    5e-324,
    -2.2e-308,
    f64::MAX,
    1e-200,
    -1e200,
    800.0,
];

const INPUTS: usize = 6;

type Step = (u8, usize, usize, usize);

/// A graph over the inputs, as a list of (operation, operands).
fn graph(ops: &[Step]) -> (Graph, Vec<NodeId>) {
    let mut g = Graph::new();
    let mut nodes: Vec<NodeId> = (0..INPUTS as u32).map(|s| g.symbol(s)).collect();
    nodes.push(g.number(1.5));
    for (op, a, b, c) in ops {
        let pick = |k: &usize| nodes[nodes.len() - 1 - k % nodes.len().min(45)];
        let (a, b, c) = (pick(a), pick(b), pick(c));
        let node = match op % 22 {
            0..3 => g.binary(Binary::Add, a, b),
            3..5 => g.binary(Binary::Sub, a, b),
            5..9 => g.binary(Binary::Mul, a, b),
            9 | 10 => g.binary(Binary::Div, a, b),
            11 => g.int_power(a, 3),
            12 => g.int_power(a, -2),
            13 => g.select(c, a, b),
            14 => g.unary(Unary::Sqrt, a),
            15 => g.unary(Unary::Neg, a),
            // Keeps numbers within bounds.
            16 | 17 => {
                let square = g.binary(Binary::Mul, a, a);
                let above = g.binary(Binary::Add, nodes[INPUTS], square);
                g.binary(Binary::Div, b, above)
            }
            18 => g.unary(Unary::Exp, a),
            19 => g.binary(Binary::Pow, a, b),
            20 => g.unary([Unary::Tanh, Unary::Floor, Unary::Ln, Unary::Abs][c.index() % 4], a),
            _ => g.binary([Binary::Min, Binary::Lt, Binary::And, Binary::Max][c.index() % 4], a, b),
        };
        nodes.push(node);
    }
    (g, nodes)
}

/// A tape in two parts, its layout, and where its outputs begin. Every third node is an output.
struct Built {
    layout: Layout,
    tape: Tape,
    base: usize,
    outputs: usize,
}

fn build(ops: &[Step]) -> Built {
    let (g, nodes) = graph(ops);
    let nodes: Vec<NodeId> = nodes.into_iter().rev().step_by(3).collect();
    let mut layout = Layout::new(INPUTS as u32);
    let base = layout.reserve(nodes.len());
    let output = |(k, n): (usize, &NodeId)| Output { node: *n, register: Some(base + k as u32) };
    let outputs: Vec<Output> = nodes.iter().enumerate().map(output).collect();
    let (first, rest) = outputs.split_at(nodes.len() / 2);
    let tape = layout.build_split(&g, first, rest);
    Built { tape, base: base as usize, outputs: nodes.len(), layout }
}

/// A file with inputs drawn from the special and the ordinary numbers.
fn file<const W: usize>(layout: &Layout, draw: &[(u8, f64)]) -> Block<W> {
    let mut file = Block::from(&*layout.registers::<W>());
    for (k, register) in file[..INPUTS].iter_mut().enumerate() {
        *register = std::array::from_fn(|l| {
            let (which, ordinary) = draw[(k * W + l) % draw.len()];
            SPECIAL.get(which as usize).copied().unwrap_or(ordinary)
        });
    }
    file
}

fn compare<const W: usize>(built: &Built, draw: &[(u8, f64)]) -> Result<(), TestCaseError> {
    let (none, symbolic) = (Tape::default(), Symbolic::new(0, &[]));
    let half = built.base + built.outputs / 2;
    let cleaned = [half..half, half..built.base + built.outputs];
    let parts = Parts {
        prologue: &none,
        body: &built.tape,
        rates: built.base..half,
        guard: None,
        cleaned,
        symbolic: &symbolic,
    };
    let whole = Parts { prologue: &built.tape, cleaned: [0..0, 0..0], ..parts.clone() };
    let run = |isa: Isa, parts: &Parts| {
        let machine = Machine::new(parts, isa, W);
        assert!(machine.code_size() > 0 || !isa.has_vectors() || W == 16);
        let mut f = file::<W>(&built.layout, draw);
        let (mut once, mut staged) = (f.clone(), f.clone());
        let sums: Vec<[f64; W]> = (0..half - built.base).map(|k| [k as f64 / 7.0 - 1.0; W]).collect();
        let mut results = sums.clone();
        machine.stage(parts, &mut staged, &std::array::from_fn(|l| 1.1 + l as f64), &mut results);
        machine.rhs(parts, &mut f);
        let first = f.clone();
        machine.derivatives(parts, &mut f);
        Machine::new(&whole, isa, W).prologue(&whole, &mut once);
        [
            first[built.base..half].to_vec(),
            f[built.base..][..built.outputs].to_vec(),
            once[built.base..].to_vec(),
            results,
        ]
        .map(|mut list| {
            list.truncate(built.outputs);
            list
        })
    };
    let expected = run(Isa::PORTABLE, &parts);
    for isa in made_for() {
        let found = run(isa, &parts);
        for (which, (e, f)) in expected.iter().zip(&found).enumerate() {
            for (k, (e, f)) in e.iter().zip(f).enumerate() {
                let equal = e.iter().zip(f).all(|(e, f)| same(*e, *f));
                prop_assert!(equal, "{} of {} lanes, run {which}, output {k}: {e:?} {f:?}", isa.name(), W);
            }
        }
    }
    Ok(())
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0u8..22, 0usize..1000, 0usize..1000, 0usize..1000), 1..most)
}

/// Inputs: special numbers by their place from `least` on, and ordinary ones.
fn draws(least: u8) -> impl Strategy<Value = Vec<(u8, f64)>> {
    prop::collection::vec((least..40, -3.0..3.0f64), 50)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 60 } else { 400 }))]

    #[test]
    fn code_gives_the_interpreters_bits(ops in steps(300), draw in draws(0)) {
        let built = build(&ops);
        compare::<1>(&built, &draw)?;
        compare::<2>(&built, &draw)?;
        compare::<4>(&built, &draw)?;
        compare::<8>(&built, &draw)?;
        compare::<16>(&built, &draw)?;
    }

    #[test]
    fn code_without_calls_gives_the_interpreters_bits(ops in steps(500), draw in draws(16)) {
        let arithmetic: Vec<Step> = ops.into_iter().map(|(op, a, b, c)| (op % 18, a, b, c)).collect();
        let built = build(&arithmetic);
        compare::<1>(&built, &draw)?;
        compare::<4>(&built, &draw)?;
        compare::<8>(&built, &draw)?;
        compare::<16>(&built, &draw)?;
    }
}

#[test]
fn every_function_can_be_called() {
    use Binary::*;
    use Unary::*;
    let one = [
        Neg, Sqrt, Exp, Ln, Log10, Abs, Floor, Ceil, Factorial, Sin, Cos, Tan, Sinh, Cosh, Tanh, Asin, Acos, Atan,
        Asinh, Acosh, Atanh, Not,
    ];
    let two = [Add, Sub, Mul, Div, Pow, Min, Max, Rem, Quotient, Lt, Leq, Eq, Neq, And, Or, Xor];
    let mut g = Graph::new();
    let symbols: Vec<NodeId> = (0..INPUTS as u32).map(|s| g.symbol(s)).collect();
    let mut nodes: Vec<NodeId> = one.iter().map(|f| g.unary(*f, symbols[1])).collect();
    nodes.extend(two.iter().map(|f| g.binary(*f, symbols[2], symbols[3])));
    let mut layout = Layout::new(INPUTS as u32);
    let base = layout.reserve(nodes.len());
    let output = |(k, n): (usize, &NodeId)| Output { node: *n, register: Some(base + k as u32) };
    let outputs: Vec<Output> = nodes.iter().enumerate().map(output).collect();
    let tape = layout.build(&g, &outputs);
    let built = Built { tape, base: base as usize, outputs: nodes.len(), layout };
    for shift in 0..12 {
        let draw: Vec<(u8, f64)> = (0..50).map(|k| (((k * 7 + shift) % 24) as u8, 0.3 + 0.1 * k as f64)).collect();
        compare::<1>(&built, &draw).unwrap();
        compare::<4>(&built, &draw).unwrap();
        compare::<8>(&built, &draw).unwrap();
    }
}

#[test]
fn a_result_of_the_first_part_in_a_cleaned_register_is_cleaned() {
    // The logarithm is needed by the first part and is a derivative too, so it lands in the derivative's register.
    let mut g = Graph::new();
    let x = g.symbol(0);
    let ln = g.unary(Unary::Ln, x);
    let first = g.binary(Binary::Mul, ln, x);
    let mut layout = Layout::new(1);
    let base = layout.reserve(2);
    let at = |node, k| [Output { node, register: Some(base + k) }];
    let tape = layout.build_split(&g, &at(first, 0), &at(ln, 1));
    let symbolic = Symbolic::new(0, &[]);
    let (from, none) = (base as usize, Tape::default());
    let parts = Parts {
        prologue: &none,
        body: &tape,
        rates: 0..0,
        guard: None,
        cleaned: [0..0, from + 1..from + 2],
        symbolic: &symbolic,
    };
    for isa in Isa::available() {
        let machine = Machine::new(&parts, isa, 4);
        let mut file = layout.registers::<4>();
        file[0] = [0.0, 1.0, 2.0, f64::NAN];
        machine.rhs(&parts, &mut file);
        machine.derivatives(&parts, &mut file);
        assert_eq!(file[from + 1], [0.0, 0.0, math_ln(2.0), 0.0], "{}", isa.name());
    }
}

fn math_ln(x: f64) -> f64 {
    let [y] = crate::math::ln([x]);
    y
}

#[test]
fn a_file_too_short_or_lanes_too_many_are_left_to_the_interpreter() {
    let built = build(&[(0, 0, 1, 0), (5, 0, 1, 0)]);
    let (none, symbolic) = (Tape::default(), Symbolic::new(0, &[]));
    let parts = Parts {
        prologue: &built.tape,
        body: &none,
        rates: 0..0,
        guard: None,
        cleaned: [0..0, 0..0],
        symbolic: &symbolic,
    };
    let machine = Machine::new(&parts, Isa::best(), 4);
    let mut narrow = file::<2>(&built.layout, &[(40, 1.0)]);
    machine.prologue(&parts, &mut narrow);
    let mut fits = file::<4>(&built.layout, &[(40, 1.0)]);
    machine.prologue(&parts, &mut fits);
    assert_eq!(narrow[built.base][0], fits[built.base][0]);
}
