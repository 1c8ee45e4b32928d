use super::*;

const DRUGS: &str = r#"
[[drug]]
name = "ketamine"
aliases = ["racemic ketamine"]
title = "racemic ketamine"
molar_mass_g_per_mol = { value = 100, source = "test" }
default_route = "iv"
visit = true
components = [{ instance = "subject.drug.S", fraction = { value = 0.5, unit = "dimensionless", source = "test" } }, { instance = "subject.drug.R", fraction = 0.5 }]
[drug.routes.iv]
bolus = "central"
infusion = "infusion_rate"
visit_set = { "subject.mood.setting" = { value = -1.45, unit = "dimensionless", source = "test" } }
[drug.routes.intranasal]
device = { amount_mg = 28, interval_min = 5, first = "nasal_fraction", later_factor = "later_factor" }
to = [{ species = "nasal", fraction = "device" }, { species = "swallowed", fraction = "remainder" }]

[[drug]]
name = "esketamine"
title = "S-ketamine"
molar_mass_g_per_mol = { value = 100, source = "test" }
default_route = "intranasal"
components = [{ instance = "subject.drug.S", fraction = 1 }]
[drug.routes.intranasal]
to = [{ species = "nasal", fraction = 1 }]

[[drug]]
name = "drip"
title = "given only as an infusion"
molar_mass_g_per_mol = { value = 100, source = "test" }
default_route = "iv"
components = [{ instance = "subject.drug.S", fraction = 1 }]
[drug.routes.iv]
infusion = "infusion_rate"
"#;

const SUBJECTS: &str = r#"
[[subject]]
name = "trd"
aliases = ["patient"]
title = "patient"
model = "human"
weight = { parameter = "subject.weight", value = 70, unit = "kg", source = "test" }
default_dose = "0.5 mg/kg iv"
set = { "subject.*.supply" = { value = 0.5, unit = "dimensionless", source = "test" }, "subject.left.supply" = 1 }
[[subject.phase]]
kind = "steady"
record = { "subject.mood.setting" = "subject.level" }
"#;

const MECHANISMS: &str =
    "[[mechanism]]\nname = \"left_side\"\ntitle = \"left\"\nset = { \"subject.left.supply\" = 0 }\n";

const HYPOTHESES: &str = r#"
[[hypothesis]]
name = "plain"
group = "border"
default = true
title = "plain"
[[hypothesis]]
name = "steep"
group = "border"
title = "steep"
set = { "subject.right.supply" = 1 }
[[hypothesis]]
name = "other"
group = "belief"
title = "other"
"#;

fn read(drugs: &str, subjects: &str, mechanisms: &str, hypotheses: &str) -> Result<Library, LibraryError> {
    Library::from_texts(LibraryTexts {
        drugs: NamedText { name: "drugs.toml", text: drugs },
        subjects: NamedText { name: "subjects.toml", text: subjects },
        mechanisms: NamedText { name: "mechanisms.toml", text: mechanisms },
        hypotheses: NamedText { name: "hypotheses.toml", text: hypotheses },
        readouts: NamedText { name: "readouts.toml", text: "" },
        pictures: PictureTexts::default(),
        candidates: None,
    })
}

/// Library that fits [`crate::testing::toy_model`].
pub(crate) fn toy_library() -> Library {
    read(DRUGS, SUBJECTS, MECHANISMS, HYPOTHESES).unwrap_or_else(|e| panic!("{:#?}", e.diagnostics))
}

#[test]
fn names_and_aliases_are_found_and_typos_told() {
    let library = toy_library();
    assert_eq!(library.subject("Patient").unwrap().name.get_ref(), "trd");
    assert_eq!(library.mechanism("left-side").unwrap().title, "left");
    let missing = library.drug("ketamien").unwrap_err();
    assert_eq!(missing.code, "unknown-drug");
    assert!(missing.help.unwrap().contains("did you mean `ketamine`?"));
    assert_eq!(library.subject("x").unwrap_err().code, "unknown-subject");
    assert_eq!(library.mechanism("x").unwrap_err().code, "unknown-mechanism");
    assert_eq!(library.hypothesis("x").unwrap_err().code, "unknown-hypothesis");
}

#[test]
fn one_hypothesis_of_a_group_holds() {
    let library = toy_library();
    let names = |asked: &[&str]| -> Vec<String> {
        let asked: Vec<String> = asked.iter().map(|s| (*s).to_string()).collect();
        let held = library.hypotheses_in_force(&asked).unwrap();
        held.iter().map(|h| h.name.get_ref().clone()).collect()
    };
    assert_eq!(names(&[]), ["plain"]);
    assert_eq!(names(&["steep"]), ["steep"]);
    assert_eq!(names(&["other"]), ["plain", "other"]);
    let both = library.hypotheses_in_force(&["steep".into(), "plain".into()]);
    assert_eq!(both.unwrap_err().code, "hypothesis-conflict");
}

#[test]
fn vocabulary_knows_relatives() {
    let vocabulary = toy_library().vocabulary().unwrap();
    let ketamine = vocabulary.find("racemic ketamine").unwrap();
    assert!(ketamine.related.iter().any(|r| r == "esketamine"));
    assert_eq!(vocabulary.default_drug().name, "ketamine");
}

/// Each code with the smallest change of a good file that has it.
#[test]
fn smallest_wrong_files() {
    let drugs = |from: &str, to: &str| (DRUGS.replacen(from, to, 1), SUBJECTS.to_string(), HYPOTHESES.to_string());
    let subjects = |from: &str, to: &str| (DRUGS.to_string(), SUBJECTS.replacen(from, to, 1), HYPOTHESES.to_string());
    let hypotheses = |from: &str, to: &str| (DRUGS.to_string(), SUBJECTS.to_string(), HYPOTHESES.replacen(from, to, 1));
    let cases = [
        (drugs("[[drug]]", "[[drug"), "library-syntax"),
        (drugs("title", "titel"), "library-unknown-field"),
        (drugs("title = \"racemic ketamine\"\n", ""), "library-missing-field"),
        (drugs("title = \"racemic ketamine\"", "title = 3"), "library-value"),
        (drugs("{ value = 100, source = \"test\" }", "100"), "library-bare-number"),
        (drugs("value = 100,", "value = -1,"), "library-value"),
        (drugs("value = -1.45, unit = \"dimensionless\",", "value = -1.45,"), "library-source-missing"),
        (drugs("name = \"esketamine\"", "name = \"Ketamine\""), "library-duplicate-name"),
        (drugs("routes.iv", "routes.vein"), "library-unknown-route"),
        (drugs("default_route = \"iv\"", "default_route = \"oral\""), "library-default-route"),
        (drugs("fraction = 0.5", "fraction = 0.4"), "library-fractions"),
        (drugs("fraction = \"device\"", "fraction = \"remainder\""), "library-fractions"),
        (drugs("bolus = \"central\"\ninfusion = \"infusion_rate\"", ""), "library-route-empty"),
        (subjects("kind = \"steady\"", "kind = \"run\""), "library-phase"),
        (subjects("kind = \"steady\"", "kind = \"sleep\""), "library-unknown-field"),
        (hypotheses("name = \"steep\"", "default = true\nname = \"steep\""), "library-group"),
    ];
    for ((drugs, subjects, hypotheses), code) in cases {
        let error = read(&drugs, &subjects, MECHANISMS, &hypotheses).expect_err(code);
        let codes: Vec<&str> = error.diagnostics.iter().map(|d| d.code).collect();
        assert!(codes.contains(&code), "{code}: {:#?}", error.diagnostics);
    }
}

#[test]
fn findings_have_a_place_and_the_nearest_field() {
    let error = read(&DRUGS.replacen("visit = true", "vist = true", 1), SUBJECTS, MECHANISMS, HYPOTHESES).unwrap_err();
    let d = &error.diagnostics[0];
    assert_eq!(error.sources.place(d.span).unwrap().to_string(), "drugs.toml:8:1");
    assert!(d.help.as_deref().unwrap().contains("`visit`"));
}

#[test]
fn plain_id_wins_over_a_pattern() {
    let dictionary = crate::setting::Dictionary::new(&crate::testing::toy_model());
    let settings = dictionary.resolve_set(&toy_library().subjects[0].set, "trd").unwrap();
    let last = |id: &str| settings.iter().rfind(|s| s.id == id).unwrap().value;
    assert_eq!((last("subject_left_supply"), last("subject_right_supply")), (1.0, 0.5));
}

fn with_map(map: &str) -> Result<Library, LibraryError> {
    let named = |name, text| NamedText { name, text };
    Library::from_texts(LibraryTexts {
        drugs: named("drugs.toml", DRUGS),
        subjects: named("subjects.toml", SUBJECTS),
        mechanisms: named("mechanisms.toml", MECHANISMS),
        hypotheses: named("hypotheses.toml", HYPOTHESES),
        readouts: named("readouts.toml", ""),
        pictures: PictureTexts { map: named("map.toml", map), ..PictureTexts::default() },
        candidates: None,
    })
}

#[test]
fn a_map_with_a_wrong_name_place_or_sign_is_told() {
    let sound = "[[region]]\nname = \"r\"\ntitle = \"R\"\ncolumn = 0\nrow = 0\ncolumns = 2\nrows = 1\n\
                 [[node]]\nname = \"a\"\ntitle = \"A\"\nof = \"x\"\nshow = \"ratio\"\nregion = \"r\"\ncolumn = 0\nrow = 0\n\
                 [[node]]\nname = \"b\"\ntitle = \"B\"\nof = \"2*x\"\nshow = \"ratio\"\nregion = \"r\"\ncolumn = 1\nrow = 0\n\
                 [[arrow]]\nfrom = \"a\"\nto = \"b\"\nsign = 1\nmechanism = \"left_side\"\n";
    assert!(with_map(sound).is_ok(), "{:#?}", with_map(sound).map_err(|e| e.diagnostics));
    for (from, to, code) in [
        ("column = 1", "column = 0", "picture-taken"),
        ("name = \"b\"", "name = \"a\"", "picture-taken"),
        ("to = \"b\"", "to = \"c\"", "picture-unknown"),
        ("sign = 1", "sign = 2", "picture-sign"),
        ("mechanism = \"left_side\"", "mechanism = \"lefty\"", "picture-unknown"),
        ("region = \"r\"", "region = \"q\"", "picture-unknown"),
        ("of = \"2*x\"", "of = \"2*\"", "library-syntax"),
        ("show = \"ratio\"", "show = \"ration\"", "library-unknown-field"),
    ] {
        let error = with_map(&sound.replacen(from, to, 1)).expect_err(to);
        assert!(error.diagnostics.iter().any(|d| d.code == code), "{to}: {:#?}", error.diagnostics);
    }
}
