//! Stiff problems with published reference solutions.
//!
//! References: F. Mazzia, C. Magherini, Test Set for Initial Value Problem Solvers, release 2.4 (2008): HIRES, OREGO,
//! van der Pol; Robertson's problem at t = 40: E. Hairer, G. Wanner, Solving Ordinary Differential Equations II.

mod common;
use common::*;
use synapta_engine::*;

fn check(text: &str, end: f64, expected: &[(&str, f64)]) {
    let program = program(text);
    for rtol in [1e-4, 1e-6, 1e-8] {
        let names: Vec<&str> = expected.iter().map(|e| e.0).collect();
        let settings = tight(rtol, rtol * 1e-6);
        let solution = run(&program, &[end], &names, &Schedule::none(), &settings);
        for ((name, value), got) in expected.iter().zip(&solution.values[0]) {
            let error = (got - value).abs() / value.abs();
            assert!(error < 30.0 * rtol, "{name}: {got} is not {value} at rtol {rtol}, error {error:e}");
        }
        assert!(solution.stats.steps < 5000, "{:?}", solution.stats);
    }
}

#[test]
fn robertson() {
    let text = "species a, b, c; a = 1; b = 0; c = 0; compartment v = 1; a in v; b in v; c in v;
        a -> b; 0.04*a; b + b -> b + c; 3e7*b^2; b + c -> a + c; 1e4*b*c;";
    let expected = [("a", 0.715_827_068_718_965), ("b", 0.918_553_475_576_946e-5), ("c", 0.284_163_745_746_279)];
    check(text, 40.0, &expected);
}

#[test]
fn hires() {
    let text = "y1 = 1; y2 = 0; y3 = 0; y4 = 0; y5 = 0; y6 = 0; y7 = 0; y8 = 0.0057;
        y1' = -1.71*y1 + 0.43*y2 + 8.32*y3 + 0.0007;
        y2' = 1.71*y1 - 8.75*y2;
        y3' = -10.03*y3 + 0.43*y4 + 0.035*y5;
        y4' = 8.32*y2 + 1.71*y3 - 1.12*y4;
        y5' = -1.745*y5 + 0.43*y6 + 0.43*y7;
        y6' = -280*y6*y8 + 0.69*y4 + 1.71*y5 - 0.43*y6 + 0.69*y7;
        y7' = 280*y6*y8 - 1.81*y7;
        y8' = -280*y6*y8 + 1.81*y7;";
    let expected = [
        ("y1", 0.737_131_257_332_566_8e-3),
        ("y2", 0.144_248_572_631_618_5e-3),
        ("y3", 0.588_872_974_097_459_2e-4),
        ("y4", 0.117_565_134_328_314_9e-2),
        ("y5", 0.238_635_619_883_130_3e-2),
        ("y6", 0.623_896_825_274_279_6e-2),
        ("y7", 0.284_999_839_518_510_3e-2),
        ("y8", 0.285_000_160_481_490_3e-2),
    ];
    check(text, 321.8122, &expected);
}

#[test]
fn oregonator() {
    let text = "y1 = 1; y2 = 2; y3 = 3;
        y1' = 77.27*(y2 + y1*(1 - 8.375e-6*y1 - y2));
        y2' = (y3 - (1 + y1)*y2)/77.27;
        y3' = 0.161*(y1 - y3);";
    let expected = [("y1", 1.000_814_870_318_523), ("y2", 1_228.178_521_549_917), ("y3", 132.055_494_284_689_7)];
    check(text, 360.0, &expected);
}

#[test]
fn van_der_pol() {
    let text = "y1 = 2; y2 = 0; y1' = y2; y2' = ((1 - y1^2)*y2 - y1)/1e-6;";
    let expected = [("y1", 1.706_167_732_170_483), ("y2", -0.892_809_701_024_795)];
    check(text, 2.0, &expected);
}
