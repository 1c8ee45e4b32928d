use super::*;
use crate::tape::{Layout, Output};
use proptest::prelude::*;
use synapta_model::graph::Graph;

#[test]
fn functions_are_those_of_their_names() {
    use Unary::*;
    // The function, an argument, and its value to 16 digits.
    let known = [
        (Exp, 1.0, std::f64::consts::E),
        (Ln, 2.0, std::f64::consts::LN_2),
        (Log10, 2.0, std::f64::consts::LOG10_2),
        (Sin, 0.5, 0.479_425_538_604_203),
        (Cos, 0.5, 0.877_582_561_890_372_8),
        (Tan, 0.5, 0.546_302_489_843_790_5),
        (Sinh, 0.5, 0.521_095_305_493_747_4),
        (Cosh, 0.5, 1.127_625_965_206_380_7),
        (Tanh, 0.5, 0.462_117_157_260_009_8),
        (Asin, 0.5, std::f64::consts::FRAC_PI_6),
        (Acos, 0.5, std::f64::consts::FRAC_PI_3),
        (Atan, 1.0, std::f64::consts::FRAC_PI_4),
        (Asinh, 0.5, 0.481_211_825_059_603_4),
        (Acosh, 2.0, 1.316_957_896_924_816_6),
        (Atanh, 0.5, 0.549_306_144_334_054_8),
        (Sqrt, 2.0, std::f64::consts::SQRT_2),
        (Factorial, 5.0, 120.0),
    ];
    for (f, x, expected) in known {
        let [found] = unary(f, [x]);
        assert!((found - expected).abs() <= 4e-16 * expected.abs(), "{f:?}({x}): {found}, not {expected}");
    }
}

#[test]
fn decimal_logarithm_of_powers_of_ten_is_whole() {
    for n in [1, 2, 3, 6, 9, 15] {
        assert_eq!(unary(Unary::Log10, [10f64.powi(n)]), [f64::from(n)]);
    }
}

/// The value of `a^n` with a literal base, and with the same base held in a symbol.
fn folded_and_run(x: f64, n: i32) -> (f64, f64) {
    let mut g = Graph::new();
    let (literal, symbol) = (g.number(x), g.symbol(0));
    let (folded, power) = (g.int_power(literal, n), g.int_power(symbol, n));
    let mut layout = Layout::new(1);
    let tape = layout.build(&g, &[Output::anywhere(folded), Output::anywhere(power)]);
    let mut file = layout.registers::<1>();
    file[0] = [x];
    tape.run(&mut file);
    let value = |k: usize| file[tape.outputs[k] as usize][0];
    (value(0), value(1))
}

#[test]
fn power_with_literal_base_has_the_bits_of_a_run() {
    for n in (-40..=40).filter(|n| *n != 0) {
        for x in [1.1, 0.7, -3.3, 1.0 / 3.0] {
            let (folded, run) = folded_and_run(x, n);
            assert_eq!(folded.to_bits(), run.to_bits(), "{x}^{n}");
        }
    }
}

proptest! {
    #[test]
    fn short_exponents_in_parameters_and_in_the_text_give_equal_bits(x in 1e-9..1e9f64, at in 0usize..4) {
        let y = [1.0, 2.0, 4.0, 0.5][at];
        let mut g = Graph::new();
        let (base, exponent, literal) = (g.symbol(0), g.symbol(1), g.number(y));
        let outputs = [exponent, literal].map(|e| Output::anywhere(g.binary(Binary::Pow, base, e)));
        let mut layout = Layout::new(2);
        let tape = layout.build(&g, &outputs);
        let mut file = layout.registers::<1>();
        (file[0], file[1]) = ([x], [y]);
        tape.run(&mut file);
        let [held, written] = [0, 1].map(|k| file[tape.outputs[k] as usize][0].to_bits());
        prop_assert_eq!(held, written);
    }
}
