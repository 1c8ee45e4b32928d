//! Dependencies between the crates point downward only (see ARCHITECTURE.md).

use std::process::Command;

use serde_json::Value;

/// Each crate's level. `synapta-report` stands apart: it draws plain series and knows no other crate of the project.
const LEVELS: [(&str, u32); 6] = [
    ("synapta-model", 0),
    ("synapta-antimony", 1),
    ("synapta-engine", 1),
    ("synapta-study", 2),
    ("synapta-report", 3),
    ("synapta", 4),
];

/// Crates that use no other crate of the project.
const ALONE: [&str; 1] = ["synapta-report"];

fn level(name: &str) -> Option<u32> {
    LEVELS.iter().find(|(n, _)| *n == name).map(|(_, level)| *level)
}

/// What `cargo metadata` says, outside packages left out.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON")
}

/// Every dependency between crates of the workspace, those of tests only excepted.
fn edges(metadata: &Value) -> Vec<(String, String)> {
    let packages = metadata["packages"].as_array().expect("packages");
    let names: Vec<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut out = vec![];
    for package in packages {
        let from = package["name"].as_str().expect("a name");
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = dependency["name"].as_str().expect("a name");
            let is_test_only = dependency["kind"].as_str() == Some("dev");
            if names.contains(&to) && !is_test_only {
                out.push((from.to_string(), to.to_string()));
            }
        }
    }
    out
}

/// What is wrong with each dependency that does not go down.
fn violations(edges: &[(String, String)]) -> Vec<String> {
    let wrong = |(from, to): &(String, String)| match (level(from), level(to)) {
        (Some(_), Some(_)) if ALONE.contains(&from.as_str()) => Some(format!("{from} must stand alone but uses {to}")),
        (Some(a), Some(b)) if a <= b => Some(format!("{from} (level {a}) uses {to} (level {b})")),
        (Some(_), Some(_)) => None,
        _ => Some(format!("{from} uses {to}, and one of them has no level")),
    };
    edges.iter().filter_map(wrong).collect()
}

#[test]
fn crates_use_lower_levels_only() {
    let edges = edges(&metadata());
    assert!(edges.contains(&("synapta".into(), "synapta-study".into())), "the graph was read: {edges:?}");
    assert_eq!(violations(&edges), Vec::<String>::new());
}

#[test]
fn every_crate_has_a_level() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    let unknown: Vec<&str> =
        packages.iter().filter_map(|p| p["name"].as_str()).filter(|n| level(n).is_none()).collect();
    assert_eq!(unknown, Vec::<&str>::new(), "give each new crate a level here and in ARCHITECTURE.md");
}

#[test]
fn upward_sideways_and_unknown_uses_are_seen() {
    let said = |from: &str, to: &str| violations(&[(from.into(), to.into())]).len();
    assert_eq!(said("synapta-model", "synapta-engine"), 1);
    assert_eq!(said("synapta-antimony", "synapta-engine"), 1);
    assert_eq!(said("synapta-report", "synapta-model"), 1);
    assert_eq!(said("synapta", "synapta-nowhere"), 1);
    assert_eq!(said("synapta-study", "synapta-engine"), 0);
}
