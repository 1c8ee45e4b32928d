//! Pictures as a user asks for them: the map, the figures, what they hold and what is refused.

mod common;

use common::{library, model};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use synapta_study::evidence::pool::Laboratory;
use synapta_study::picture::PictureName;

fn synapta(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synapta")).current_dir(folder).args(args).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pictures-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a folder");
    path
}

fn json(out: &Output) -> serde_json::Value {
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    serde_json::from_slice(&out.stdout).expect("JSON")
}

#[test]
fn the_map_holds_every_node_and_arrow_of_its_data_and_draws_both_ways() {
    let here = folder("map");
    let out = synapta(&here, &["map", "--out", "m.svg", "--out", "m.png"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    assert!(text(&out.stdout).contains("p-TrkB"), "{}", text(&out.stdout));
    let svg = std::fs::read_to_string(here.join("m.svg")).expect("an SVG");
    let map = &library().pictures.map;
    for node in map.nodes("human") {
        assert!(svg.contains(&format!("id=\"{}\"", node.name)), "{} is not drawn", node.name);
        assert!(svg.contains(&node.title.replace('&', "&amp;")), "{} is cut", node.title);
    }
    for arrow in map.arrows("human") {
        let id = format!("id=\"{}--{}\"", arrow.from.get_ref(), arrow.to.get_ref());
        assert!(svg.contains(&id), "{} is not drawn", arrow.words());
    }
    for short in &map.abbreviation {
        assert!(svg.contains(&short.short), "{} is not explained", short.short);
    }
    assert_eq!(&std::fs::read(here.join("m.png")).expect("a PNG")[..4], b"\x89PNG");
}

#[test]
fn no_title_of_a_picture_is_cut() {
    let here = folder("cut");
    for args in [
        &["map", "--out", "p.svg"][..],
        &["map", "--subject", "rat-cus", "--out", "p.svg"],
        &["figure", "2", "--out", "p.svg"],
        &["figure", "3", "--out", "p.svg"],
    ] {
        let out = synapta(&here, args);
        assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
        let svg = std::fs::read_to_string(here.join("p.svg")).expect("an SVG");
        assert!(!svg.contains('\u{2026}'), "{args:?}");
        assert!(!svg.contains("NaN"), "{args:?}");
    }
}

#[test]
fn the_names_of_every_picture_are_in_the_models() {
    let laboratory = Laboratory::new(library(), &[model("human"), model("rodent")]).expect("the models compile");
    for (subject, assembly) in [("trd", "human"), ("rat", "rodent")] {
        let dictionary = laboratory.dictionary(subject).expect("a model");
        for picture in [PictureName::Map, PictureName::Receptor, PictureName::States] {
            for part in library().pictures.parts(picture, assembly) {
                for name in &part.of.symbols {
                    assert!(dictionary.names.resolve(name).is_ok(), "{assembly}, {}: {name}", part.name);
                }
            }
        }
    }
}

#[test]
fn the_map_follows_the_hour_and_the_ablation() {
    let here = folder("live");
    let value = |json: &serde_json::Value, node: &str, key: &str| {
        let nodes = json["nodes"].as_array().expect("nodes");
        nodes.iter().find(|n| n["node"] == node).expect("the node")[key].as_f64().expect("a number")
    };
    let early = json(&synapta(&here, &["map", "--at", "1 h", "--json"]));
    let late = json(&synapta(&here, &["map", "--at", "24 h", "--json"]));
    assert!(value(&early, "mtor", "now") > 1.2 * value(&early, "mtor", "before"));
    assert!(value(&late, "mtor", "now") < 1.1 * value(&late, "mtor", "before"));
    assert!(value(&late, "psd95", "now") > 1.05 * value(&late, "psd95", "before"));
    let cut = json(&synapta(&here, &["map", "--without", "nmda_block", "--without", "expectation", "--json"]));
    assert!(value(&cut, "psd95", "movement") < 0.1 * value(&late, "psd95", "movement"));
    let args = ["map", "--without", "mtorc1", "--out", "cut.svg"];
    assert_eq!(synapta(&here, &args).status.code(), Some(0));
    let svg = std::fs::read_to_string(here.join("cut.svg")).expect("an SVG");
    let arrow =
        svg.split("id=\"akt--mtor\"").nth(1).expect("the arrow").split("</g>").next().expect("its end").to_string();
    assert!(arrow.contains("stroke-dasharray"), "{arrow}");
}

#[test]
fn shares_of_the_receptor_are_shares_and_the_drug_moves_them() {
    let here = folder("receptor");
    let told = json(&synapta(&here, &["figure", "2", "--json", "--out", "f.svg"]));
    let pools = told["pools"].as_array().expect("pools");
    assert_eq!(pools.len(), 5);
    for pool in pools {
        for time in ["rest", "peak"] {
            let of = |key: &str| pool[time][key].as_f64().expect("a share");
            let sum = of("drug") + of("mg") + of("free");
            assert!((sum - 1.0).abs() < 1e-6, "{pool}: {sum}");
        }
        let drug = |time: &str| pool[time]["drug"].as_f64().expect("a share");
        assert!(drug("rest") < 1e-6 && drug("peak") > 0.03, "{pool}");
    }
    let svg = std::fs::read_to_string(here.join("f.svg")).expect("an SVG");
    for word in ["NR1", "NR2A-D", "NR3A, B", "Glycine", "Mg site", "Ketamine site", "Resting synapses"] {
        assert!(svg.contains(word), "no {word}");
    }
}

#[test]
fn the_three_states_differ_as_the_model_says() {
    let here = folder("states");
    let told = json(&synapta(&here, &["figure", "3", "--json", "--out", "f.svg"]));
    for row in told["quantities"].as_array().expect("rows") {
        let of = |state: &str| row["values"][state].as_f64().expect("a number");
        // Stress leaves fewer large spines and more small ones (Radley 2008).
        let lost = of("ill") < of("healthy") || row["quantity"] == "thin_spines";
        assert!(lost && of("treated") > of("ill"), "{row}");
    }
    let none = json(&synapta(&here, &["figure", "3", "--dose", "none", "--json", "--out", "n.svg"]));
    let first = &none["quantities"][0]["values"];
    assert_eq!(first["ill"], first["treated"]);
}

#[test]
fn figures_are_written_under_their_number_and_the_same_every_time() {
    let here = folder("figures");
    for number in ["1", "2", "3"] {
        assert_eq!(synapta(&here, &["figure", number]).status.code(), Some(0));
        let name = format!("figure-{number}.svg");
        let first = std::fs::read(here.join(&name)).expect("an SVG");
        assert_eq!(synapta(&here, &["figure", number]).status.code(), Some(0));
        assert_eq!(first, std::fs::read(here.join(&name)).expect("an SVG"));
        let png = std::fs::metadata(here.join(format!("figure-{number}.png"))).expect("a PNG").len();
        assert!(png > 20_000, "{png} bytes");
    }
}

#[test]
fn what_cannot_be_drawn_is_refused_with_what_to_try() {
    let here = folder("refused");
    for (args, words) in [
        (&["map", "--out", "map.pdf"][..], &["neither `.svg` nor `.png`", "help: "][..]),
        (&["map", "--at", "soon"], &["--at soon is not a time", "24 h"]),
        (&["map", "--at", "48 h", "--end", "24 h"], &["--end lies before --at", "help: "]),
        (&["map", "--without", "mtorc"], &["no mechanism is called `mtorc`", "did you mean `mtorc1`"]),
        (&["map", "--subject", "trdd"], &["no subject is called `trdd`", "did you mean `trd`"]),
        (&["map", "--set", "nonsense"], &["help: "]),
        (&["figure", "3", "--dose", "0.5 mg/kg throgh iv"], &["help: "]),
        (&["figure", "4"], &["4 is not in 1..=3"]),
        (&["figure", "2", "--out", "no-such-folder/f.svg"], &["cannot be written", "help: "]),
    ] {
        let out = synapta(&here, args);
        let message = text(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{args:?}: {message}");
        for word in words {
            assert!(message.contains(word), "{args:?}: no `{word}` in\n{message}");
        }
        assert!(!message.contains("panicked"), "{message}");
    }
}

#[test]
fn the_regimens_of_candidates_are_lines_that_can_be_given() {
    let here = folder("candidates");
    for candidate in &library().candidates.candidate {
        let out = synapta(&here, &["dose", &candidate.regimen]);
        assert_eq!(out.status.code(), Some(0), "{}: {}", candidate.name.get_ref(), text(&out.stderr));
    }
}
