//! No text makes the reader panic, and a text that gives no model says why.

mod common;

use common::suite;
use proptest::prelude::*;
use synapta_antimony::{NoImports, parse, print};

/// Reads, and if there is a model prints and reads again; returns nothing: what matters is to get here.
fn survive(text: &str) {
    let parsed = parse(&NoImports, "any", text);
    assert!(parsed.model.is_some() || parsed.has_errors(), "no model and no reason for {text:?}");
    for found in &parsed.diagnostics {
        assert!(!found.message.is_empty());
        let _ = parsed.sources.place(found.span);
    }
    if let Some(model) = parsed.model {
        let _ = parse(&NoImports, "again", &print(&model));
    }
}

/// Pieces texts are made of.
const PIECES: [&str; 60] = [
    "model",
    "*",
    "foo",
    "(",
    ")",
    "end",
    "\n",
    ";",
    "x",
    "y",
    "A",
    ".",
    "->",
    "=>",
    "-o",
    "-|",
    "-(",
    "=",
    ":=",
    "'",
    ":",
    "at",
    "after",
    ",",
    "species",
    "compartment",
    "in",
    "unit",
    "has",
    "is",
    "\"",
    "```",
    "$",
    "const",
    "var",
    "delete",
    "3",
    "1e-3",
    "+",
    "-",
    "--",
    "/",
    "^",
    "&&",
    "||",
    "<",
    ">=",
    "time",
    "sin",
    "piecewise",
    "{",
    "}",
    "import",
    "function",
    "sboTerm",
    "mean",
    "substanceOnly",
    "substance",
    "...",
    "constraint",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        survive(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_pieces(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..60), spaces in any::<u64>()) {
        let mut text = String::new();
        for (n, piece) in pieces.iter().enumerate() {
            text.push_str(piece);
            if spaces >> (n % 64) & 1 == 1 {
                text.push(' ');
            }
        }
        survive(&text);
    }
}

/// A cheap source of numbers that is the same in every run.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    (*state >> 33) as usize
}

/// Cuts, doubles, drops and swaps pieces of a text.
fn mutate(text: &str, state: &mut u64) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..1 + next(state) % 4 {
        if chars.is_empty() {
            break;
        }
        let (at, length) = (next(state) % chars.len(), 1 + next(state) % 30);
        let end = (at + length).min(chars.len());
        match next(state) % 5 {
            0 => chars.truncate(at),
            1 => drop(chars.drain(at..end)),
            2 => {
                let copy = chars[at..end].to_vec();
                let to = next(state) % chars.len();
                chars.splice(to..to, copy);
            }
            3 => chars[at] = ['(', ')', ';', '\n', '=', '$', '.', '-', '"', 'é', '0'][next(state) % 11],
            _ => {
                let to = next(state) % chars.len();
                chars.swap(at, to);
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn mutated_texts_of_the_suite() {
    let Some(files) = suite::files() else { return };
    let mut state = 20_240_229;
    for name in suite::names(&files) {
        let text = suite::text(&files, &format!("{name}.ant")).unwrap_or_default();
        // Long texts are read by their beginnings, so that many mutations fit into a test.
        let head: String = text.chars().take(4000).collect();
        for _ in 0..12 {
            survive(&mutate(&head, &mut state));
        }
    }
}

#[test]
fn long_and_deep_texts_end() {
    let deep = format!("x = {}1{}", "(".repeat(50_000), ")".repeat(50_000));
    let signs = format!("x = {}1", "-".repeat(50_000).replace("--", "- -"));
    let powers = format!("x = {}1", "2^".repeat(50_000));
    let minuses = format!("x = 1{}", " - 1".repeat(50_000));
    let sums = format!("x = 1{}", " + 1".repeat(50_000));
    let nots = format!("x := {}y", "!".repeat(50_000));
    let calls = format!("x = {}1{}", "sin(".repeat(50_000), ")".repeat(50_000));
    for text in [deep, signs, powers, minuses, sums, nots, calls] {
        survive(&text);
    }
    let chain: String = (1..20_000).map(|n| format!("k{n} := k{} + 1;", n - 1)).collect();
    assert!(parse(&NoImports, "chain", &format!("k0 = 1; {chain}")).model.is_some());
}

/// Each model holds two copies of the one before: sixty would be more symbols than any machine holds.
#[test]
fn doubling_submodels_are_refused_in_time() {
    let mut text = String::from("model m0()\n x = 1\nend\n");
    for n in 1..60 {
        text.push_str(&format!("model m{n}()\n a: m{}()\n b: m{}()\nend\n", n - 1, n - 1));
    }
    let parsed = parse(&NoImports, "doubling", &text);
    assert!(parsed.diagnostics.iter().any(|d| d.code == "too-large"));
}
