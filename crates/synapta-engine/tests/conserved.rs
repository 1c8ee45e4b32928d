//! States that conserved sums determine, beside the same equations with every state integrated.

mod common;
use common::*;
use proptest::prelude::*;
use synapta_engine::*;

/// The same equations without a conserved sum that anybody can see: each species has a way out that takes nothing.
fn opened(text: &str, species: &[&str]) -> String {
    let ways: String = species.iter().map(|s| format!(" out_{s}: {s} -> ; 0*{s};")).collect();
    format!("{text}{ways}")
}

/// Both models give the same, with the same doses.
fn compare(text: &str, species: &[&str], determined: usize, doses: &[(f64, &str, f64)]) {
    let (closed, open) = (program(text), program(&opened(text, species)));
    assert_eq!(closed.states().len(), open.states().len());
    assert_eq!(closed.moving(), open.states().len() - determined, "{text}");
    assert_eq!(open.moving(), open.states().len());
    let times: Vec<f64> = (0..=40).map(|k| 0.25 * f64::from(k)).collect();
    let solve = |p: &Program| {
        let action = |(time, id, amount): &(f64, &str, f64)| {
            let slot = p.slot(id).expect("a slot");
            let action = if *amount < 0.0 { Action::Set(slot, -amount) } else { Action::Add(slot, *amount) };
            Stop { time: *time, actions: vec![action] }
        };
        run(p, &times, species, &Schedule::new(doses.iter().map(action).collect()), &tight(1e-10, 1e-13))
    };
    let (a, b) = (solve(&closed), solve(&open));
    for (k, (x, y)) in a.values.iter().zip(&b.values).enumerate() {
        for ((x, y), name) in x.iter().zip(y).zip(species) {
            assert!((x - y).abs() < 1e-8 * y.abs().max(1.0), "{name} at {}: {x} is not {y}\n{text}", a.times[k]);
        }
    }
}

const BINDING: &str = "compartment v = 2; species r in v, l in v, rl in v, s in v; r = 3; l = 1; rl = 0.5; s = 0;
    bind: r + l -> rl; v*(2*r*l - 0.3*rl); swap: rl -> s; v*0.4*rl; back: s -> rl; v*0.1*s;";

#[test]
fn a_receptor_and_its_ligand_need_two_states_less() {
    compare(BINDING, &["r", "l", "rl", "s"], 2, &[]);
}

#[test]
fn doses_and_settings_of_any_member_change_the_sums() {
    for id in ["r", "l", "rl", "s"] {
        compare(
            BINDING,
            &["r", "l", "rl", "s"],
            2,
            &[(1.0, id, 2.0), (2.1, id, -0.7), (2.1, "l", 1.0), (6.0, id, 0.2)],
        );
    }
}

#[test]
fn events_set_members_by_values_of_others() {
    let text =
        format!("{BINDING} at (rl > 0.9): r = 2*s + 1, l = r; at (time >= 3): rl = r, v = 3; at (time >= 5): s = 4;");
    compare(&text, &["r", "l", "rl", "s"], 2, &[(0.7, "l", 3.0)]);
}

#[test]
fn members_with_weights_and_rules_on_them() {
    let text = "species a, b, c; a = 2; b = 1; c = 0; dimer: 2 a -> b; 0.7*a^2 - 0.2*b; turn: b -> 2 c; 0.5*b*fed;
        fed := 1 + a/(a + c + 1); x = 0; x' = b - 0.1*x;";
    compare(text, &["a", "b", "c"], 1, &[(1.5, "a", 1.0), (4.0, "c", 2.0)]);
}

#[test]
fn what_nothing_depends_on_is_the_state_left_to_the_sum() {
    let p = program("species a, b, gone; a = 5; b = 0; gone = 0; a -> b; 2*a; b -> gone; 0.1*b;");
    assert_eq!(p.moving(), 2);
    assert_eq!(p.states()[2].id, "gone");
    // So what decays keeps its digits long after it is nearly gone.
    let seen = run(&p, &[0.0, 20.0], &["a"], &Schedule::none(), &tight(1e-10, 1e-30));
    close(seen.values[1][0], 5.0 * (-40.0f64).exp(), 1e-6);
}

#[test]
fn rates_of_determined_states_and_their_names_can_be_used() {
    let text = "species a, b; a = 1; b = 0; a -> b; a - 0.5*b; y = 0; y' = rateOf(a) + rateOf(b); z := rateOf(a) - b;";
    let p = program(text);
    assert_eq!(p.moving(), p.states().len() - 1);
    let seen = run(&p, &[0.0, 1.0], &["y", "z", "a", "b"], &Schedule::none(), &tight(1e-10, 1e-13));
    let [y, z, a, b] = seen.values[1][..] else { panic!("four values") };
    assert!(y.abs() < 1e-12);
    close(z, -(a - 0.5 * b) - b, 1e-10);
}

#[test]
fn the_error_of_determined_states_counts() {
    // Nearly all of a sum turns into b; a is small, and known as well as if it were integrated.
    let text = "species a, b; a = 1; b = 0; a -> b; 5*a; b -> a; 1e-4*b;";
    let p = program(text);
    let seen = run(&p, &[0.0, 8.0], &["a", "b"], &Schedule::none(), &tight(1e-6, 1e-12));
    let rest = 1e-4 / 5.0001;
    close(seen.values[1][0], rest + (1.0 - rest) * (-5.0001f64 * 8.0).exp(), 1e-5);
}

#[test]
fn a_steady_state_has_determined_states_too() {
    let p = program(BINDING);
    let state = p.initial_state(&Overrides::none()).expect("start");
    let rest = p.steady_state(&state, &Settings::default()).expect("rest").state;
    let of = |s: &State, id: &str| s.y[p.states().iter().position(|x| x.id == id).expect("a state")];
    for parts in [["r", "rl", "s"], ["l", "rl", "s"]] {
        let sum = |s: &State| parts.iter().map(|id| of(s, id)).sum::<f64>();
        close(sum(&rest), sum(&state), 1e-12);
    }
    let [r, l, rl, s] = ["r", "l", "rl", "s"].map(|id| of(&rest, id) / 2.0);
    close(2.0 * r * l, 0.3 * rl, 1e-6);
    close(0.4 * rl, 0.1 * s, 1e-6);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn random_networks_give_the_same(
        ways in prop::collection::vec((0usize..5, 0usize..5, 0.1..3.0f64, prop::bool::ANY), 1..8),
        doses in prop::collection::vec((0u8..38, 0usize..5, 0.1..2.0f64, prop::bool::ANY), 0..5),
    ) {
        let names = ["a", "b", "c", "d", "e"];
        let mut text = String::from("species a, b, c, d, e; a = 1; b = 2; c = 0; d = 0.5; e = 3;");
        for (k, (from, to, rate, paired)) in ways.iter().enumerate().filter(|(_, w)| w.0 != w.1) {
            let (from, to, third) = (names[*from], names[*to], names[(to + 1) % 5]);
            text += &if *paired && third != from {
                format!(" w{k}: {from} + {to} -> {third} + {to}; {rate}*{from}*{to}/(1 + {from});")
            } else {
                format!(" w{k}: {from} -> {to}; {rate}*{from};")
            };
        }
        // Species that no reaction changes are constants, not states.
        let moved: Vec<&str> = program(&text).states().iter().filter_map(|s| names.into_iter().find(|n| s.id == *n)).collect();
        let doses: Vec<(f64, &str, f64)> = doses.iter()
            .map(|(at, i, amount, set)| (0.25 * f64::from(*at) + 0.05, names[*i], if *set { -amount } else { *amount }))
            .collect();
        let closed = program(&text);
        compare(&text, &moved, closed.states().len() - closed.moving(), &doses);
    }
}
