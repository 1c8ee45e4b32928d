//! What goes wrong is said with its place and a remedy, and reading goes on.

use synapta_antimony::{Loaded, NoImports, Parsed, parse};

fn read(text: &str) -> Parsed {
    parse(&NoImports, "t.ant", text)
}

/// Code, place and help of every finding.
fn findings(parsed: &Parsed) -> Vec<(String, String, String)> {
    let show = |d: &synapta_model::Diagnostic| {
        let place = parsed.sources.place(d.span).map(|p| p.to_string()).unwrap_or_default();
        (d.code.to_owned(), place, d.help.clone().unwrap_or_default())
    };
    parsed.diagnostics.iter().map(show).collect()
}

#[test]
fn many_errors_are_found_in_one_reading() {
    let parsed = read("x = = 3\ny = 2 +\nJ: A -> B k\nz = foo(1)\nS -> T; k*S\n");
    let found = findings(&parsed);
    let places: Vec<&str> = found.iter().map(|(_, place, _)| place.as_str()).collect();
    assert!(parsed.model.is_none());
    assert_eq!(places, ["t.ant:1:5", "t.ant:2:8", "t.ant:3:12", "t.ant:4:5"], "{found:?}");
}

#[test]
fn the_nearest_known_name_is_offered() {
    let cases = [
        ("y := sinn(2)", "unknown-function", "did you mean `sin`?"),
        ("model decay()\n k = 1\nend\nA: decya()", "unknown-model", "did you mean `decay`?"),
        ("model decay()\n rate = 1\nend\nA: decay()\nA.rtae = 2", "unknown-part", "did you mean `A.rate`?"),
        ("at time > 1, persistnet = false: x = 1", "unknown-setting", "did you mean `persistent`?"),
        ("x = 1\nx identiti \"a\"", "unknown-annotation", "did you mean `identity`?"),
        ("function f(rate)\n raet + 1\nend\ny = f(2)", "not-an-argument", "did you mean `rate`?"),
    ];
    for (text, code, help) in cases {
        let found = findings(&read(text));
        assert!(found.iter().any(|(c, _, h)| c == code && h == help), "{text}: {found:?}");
    }
}

#[test]
fn empty_and_truncated_texts_say_so() {
    for text in ["", "\n\n// nothing\n"] {
        let found = findings(&read(text));
        assert_eq!(found[0].0, "empty-text", "{text:?}");
        assert!(found[0].2.contains("model"), "{found:?}");
    }
    let parsed = read("model foo()\n  x = 3\n  A -> B; k*A\n");
    assert_eq!(parsed.diagnostics[0].code, "truncated");
    assert_eq!(parsed.diagnostics[0].labels.len(), 1);
    assert!(parsed.model.is_none());
}

#[test]
fn missing_imports_and_circles_are_errors_with_their_place() {
    let found = findings(&read("x = 1\nimport \"other.ant\"\n"));
    assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("missing-import", "t.ant:2:8"));
    let load = |_: &str, file: &str| {
        let text = match file {
            "a.ant" => "import \"b.ant\"\n",
            "b.ant" => "import \"a.ant\"\n",
            _ => return None,
        };
        Some(Loaded { name: file.to_owned(), text: text.to_owned() })
    };
    let parsed = parse(&load, "a.ant", "import \"b.ant\"\nx = 1\n");
    let circle = parsed.diagnostics.iter().find(|d| d.code == "import-cycle").expect("the circle is found");
    assert!(circle.message.contains("a.ant -> b.ant -> a.ant"), "{}", circle.message);
    assert_eq!(parsed.sources.place(circle.span).map(|p| p.to_string()), Some("b.ant:1:8".into()));
}

#[test]
fn imported_models_are_read_once_and_used() {
    let load = |_: &str, file: &str| {
        (file == "lib.ant")
            .then(|| Loaded { name: "lib.ant".into(), text: "model decay(s)\n s -> ; k*s\n k = 2\nend\n".into() })
    };
    let text = "import \"lib.ant\"\nimport \"lib.ant\"\nmodel top()\n A: decay(x)\n x = 10\nend\n";
    let model = parse(&load, "top.ant", text).model.expect("a model");
    assert_eq!(model.reactions[0].id, "A__J0");
    assert_eq!(model.paths, [("A_k".into(), "A.k".to_owned()), ("A__J0".into(), "A._J0".to_owned())]);
}

#[test]
fn definitions_that_clash_are_reported_with_both_places() {
    let cases = [
        ("model a()\n x=1\nend\nmodel a()\n x=2\nend", "duplicate-definition"),
        ("function f(x)\n x\nend\nfunction f(x)\n 2*x\nend\ny=f(1)", "duplicate-definition"),
        ("x := y + 1\ny := 2*x", "cyclic-definition"),
        ("x := 3\nx = 4", "assigned-twice"),
        ("x' = 3\nx := 4", "assigned-twice"),
        ("x := 3\nat time > 1: x = 4", "assigned-twice"),
        ("species S\ncompartment S", "kind-conflict"),
        ("model a(p)\n p=1\nend\nA: a(1, 2)", "argument-count"),
        ("y = sin(1, 2)", "argument-count"),
        ("unit u = 3 + second", "unit-formula"),
        ("at 3: x = 1", "trigger-not-logical"),
        ("unit hour = 3600 second\nx := 2 * hour", "not-a-quantity"),
        ("E: at time > 1: x = 2\ny := E", "not-a-quantity"),
        ("model a()\n p=1\nend\nx=1\ndelete x", "cannot-delete"),
    ];
    for (text, code) in cases {
        let parsed = read(text);
        assert!(parsed.model.is_none(), "{text}");
        let found = parsed.diagnostics.iter().find(|d| d.code == code);
        assert!(found.is_some_and(|d| !d.span.is_none()), "{text}: {:?}", parsed.diagnostics);
    }
}

#[test]
fn a_value_set_twice_is_a_warning_and_the_later_one_stands() {
    let parsed = read("x = 1\ny = 2\nx = 3\n");
    assert_eq!(parsed.diagnostics[0].code, "overwritten");
    assert_eq!(parsed.model.expect("a model").parameters[0].value, Some(3.0));
}

#[test]
fn a_flat_name_that_is_taken_gets_another_one() {
    let parsed = read("model foo()\n k = 1\nend\nmodel bar()\n A: foo()\n A_k = 3\n x := A.k\nend");
    assert!(parsed.diagnostics.iter().any(|d| d.code == "name-clash"));
    let model = parsed.model.expect("a model");
    assert_eq!(model.rules[0].math.symbols(), ["A_k_"]);
    assert!(model.paths.contains(&("A_k_".into(), "A.k".to_owned())));
}
