use super::*;

const TEXT: &str = r#"
[[preparation]]
name = "dish"
title = "a dish"
model = "dish"

[[protocol]]
name = "pulse"
title = "a pulse"
inputs = { height = "2" }
step = [
  { name = "rest", for = 1 },
  { name = "train", for = 2, pulses = { every = 1, for = 0.5, set = { input = "height" } } },
]

[[assay]]
name = "response"
title = "what comes out"
preparations = ["dish"]

[[assay.readout]]
name = "peak"
title = "largest output"
protocol = "pulse"
of = "output"
take = "peak"
during = "train"
reference = { during = "rest", take = "end", as = "difference" }
curve = { over = "height", from = 0.1, to = 10, unit = "", gives = "maximum" }
"#;

fn read(text: &str) -> Result<AssaySet, AssayError> {
    AssaySet::from_text(NamedText { name: "assays.toml", text })
}

#[test]
fn a_sound_text_is_read_whole() {
    let set = read(TEXT).unwrap();
    let readout = set.assay("response").unwrap().readout("PEAK").unwrap();
    assert_eq!((readout.take, readout.scale), (Taken::Peak, 1.0));
    assert_eq!(set.assay("respons").unwrap_err().code, "unknown-assay");
}

#[test]
fn smallest_wrong_texts_say_what_and_what_to_try() {
    let wrong: [(&str, &str, &str, &str); 12] = [
        ("for = 1 }", "for = -1 }", "assay-value", "times above 0"),
        ("model = \"dish\"", "", "assay-value", "add `model` or `subject`"),
        ("every = 1", "every = 0.1", "assay-value", "shorter"),
        ("every = 1", "every = 1e-9", "assay-value", "20000"),
        ("take = \"peak\"", "take = \"peek\"", "library-unknown-field", "did you mean `peak`?"),
        ("of = \"output\"", "of = \"output +\"", "assay-formula", "joined by"),
        ("protocol = \"pulse\"", "protocol = \"puls\"", "assay-unknown", "did you mean `pulse`?"),
        ("during = \"train\"", "during = \"trian\"", "assay-unknown", "its steps: rest, train"),
        ("preparations = [\"dish\"]", "preparations = [\"dsh\"]", "assay-unknown", "did you mean `dish`?"),
        ("as = \"difference\"", "as = \"differenc\"", "assay-unknown", "known: ratio"),
        ("from = 0.1", "from = 0", "assay-value", "above 0"),
        ("title = \"a pulse\"\n", "", "library-missing-field", "add it"),
    ];
    for (right, replacement, code, help) in wrong {
        assert!(TEXT.contains(right), "{right}");
        let found = read(&TEXT.replacen(right, replacement, 1)).unwrap_err().diagnostics;
        let hit = found.iter().find(|d| d.code == code).unwrap_or_else(|| panic!("{replacement}: {found:?}"));
        assert!(hit.help.clone().unwrap_or_default().contains(help), "{replacement}: {hit:?}");
    }
}

#[test]
fn runs_follow_the_protocol() {
    let text = "model dish()\n  input = 0; output' = input - output; output = 0;\nend";
    let model = synapta_antimony::parse(&synapta_antimony::NoImports, "dish.ant", text).model.unwrap();
    let set = read(TEXT).unwrap();
    let bench = Bench::new(&set, [("dish", &model)]);
    assert!(bench.check().is_empty(), "{:?}", bench.check());
    let ask = |set: &[&str]| Ask {
        assay: "response".into(),
        readout: "peak".into(),
        set: set.iter().map(|s| s.to_string()).collect(),
        ..Ask::default()
    };
    // Two pulses of half a second of height 10, half a second apart, through a filter of one second.
    let (rise, fall) = (1.0 - (-0.5_f64).exp(), (-0.5_f64).exp());
    let wanted = 10.0 * rise * fall * fall + 10.0 * rise;
    let got = bench.number(&ask(&[])).unwrap();
    assert!((got / wanted - 1.0).abs() < 1e-4, "{got} against {wanted}");
    assert_eq!(bench.number(&ask(&["inptu=1"])).unwrap_err().diagnostics()[0].code, "unknown-name");
}
