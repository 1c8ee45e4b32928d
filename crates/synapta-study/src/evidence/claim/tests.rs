use super::*;
use crate::evidence::pool::Laboratory;
use crate::evidence::reference::References;
use crate::library::tests::toy_library;
use crate::testing::toy_model;

const CLAIM: &str = r#"id = "X1"
section = "abstract"
statement = "supply sets the level"
kind = "mechanism"
elements = ["level", "left_side", "*.supply"]
sources = ["moghaddam1997"]

[arms.dosed]
subject = "trd"
regimen = "0.5 mg/kg iv"
days = 2

[arms.bare]
subject = "patient"
without = ["left_side"]
hypotheses = ["plain"]
set = ["weight=80 kg"]

[cohorts.people]
arm = "dosed"
members = 4
vary = [{ name = ["left.supply"], mean = 1, sd = 0.2, source = "test" }]

[[expect]]
arm = ["dosed", "bare"]
of = "2*level + right.supply"
at_h = [1, 24]
against = "vehicle"
as = "difference"
above = -1
below = 1
reason = "the level does not depend on a dose"

[[expect]]
form = "correlation"
cohort = "people"
x = { of = "level", at_h = 1 }
y = { of = "left.supply", take = "before", noise_sd = 0.1 }
n = 3
above = 0.5
reason = "the one sets the other"
"#;

fn read(text: &str) -> Result<ClaimSet, EvidenceError> {
    ClaimSet::from_texts(&[NamedText { name: "X1.toml", text }], &toy_library())
}

/// All findings of a text, names included.
fn findings(text: &str) -> (Vec<Diagnostic>, SourceMap) {
    let set = match read(text) {
        Ok(set) => set,
        Err(e) => return (e.diagnostics, e.sources),
    };
    let (library, model) = (toy_library(), toy_model());
    let laboratory = Laboratory::new(&library, &[&model]).unwrap();
    let bib = "@article{moghaddam1997, author = {Moghaddam, B.}, year = {1997}}";
    let references = References::from_text(NamedText { name: "references.bib", text: bib }).unwrap();
    let found = set.claims.iter().flat_map(|c| check_names(c, &laboratory, Some(&references))).collect();
    (found, set.sources)
}

#[test]
fn a_sound_claim_is_read_whole() {
    let (found, _) = findings(CLAIM);
    assert_eq!(found, []);
    let set = read(CLAIM).unwrap();
    let claim = set.claim("x1").unwrap();
    assert_eq!((claim.arms.len(), claim.cohorts.len(), claim.expect.len()), (2, 1, 2));
    assert_eq!(claim.arms["dosed"].end_h, 48.0);
    assert_eq!(claim.arms["bare"].end_h, 336.0);
}

#[test]
fn smallest_wrong_claims_say_where_and_what_to_try() {
    // What is written in place of what, the code, a piece of the help, and the line the finding points to.
    let wrong: [(&str, &str, &str, &str, usize); 28] = [
        ("kind = \"mechanism\"", "kind = \"mecanism\"", "evidence-unknown-field", "did you mean `mechanism`?", 4),
        ("section = \"abstract\"\n", "", "evidence-missing-field", "add it", 1),
        ("days = 2", "day = 2", "evidence-unknown-field", "did you mean `days`?", 11),
        ("days = 2", "days = \"2\"", "evidence-value", "", 11),
        ("days = 2", "days = -2", "claim-field", "above 0", 11),
        ("[arms.bare]", "[arms.bare", "evidence-syntax", "", 13),
        ("\"0.5 mg/kg iv\"", "\"0.5 mg/kg ketamien iv\"", "regimen-unknown-drug", "did you mean `ketamine`?", 10),
        ("subject = \"trd\"", "subject = \"tdr\"", "unknown-subject", "did you mean `trd`?", 9),
        ("without = [\"left_side\"]", "without = [\"left_sid\"]", "unknown-mechanism", "did you mean `left_side`?", 15),
        ("hypotheses = [\"plain\"]", "hypotheses = [\"plian\"]", "unknown-hypothesis", "did you mean `plain`?", 16),
        ("weight=80 kg", "wieght=80 kg", "unknown-name", "did you mean `subject.weight`?", 17),
        ("weight=80 kg", "weight=80 h", "set-unit", "give it in kg", 17),
        ("arm = [\"dosed\", \"bare\"]", "arm = [\"dosed\", \"bar\"]", "claim-unknown-arm", "did you mean `bare`?", 25),
        ("arm = [\"dosed\", \"bare\"]", "arm = \"dosed\"", "claim-unused-arm", "use it", 14),
        ("2*level + right.supply", "2*levle + right.supply", "unknown-name", "did you mean `subject.level`?", 26),
        ("2*level + right.supply", "2*level + ", "claim-formula", "joined by", 26),
        ("2*level + right.supply", "sine(level)", "claim-formula", "known: abs", 26),
        ("at_h = [1, 24]", "take = \"paek\"", "claim-take", "did you mean `peak`?", 27),
        ("at_h = [1, 24]", "take = \"peak\"\nat_h = 1", "claim-take", "belongs to the take `at`", 28),
        ("at_h = [1, 24]\n", "", "claim-take", "add `at_h`", 26),
        ("against = \"vehicle\"", "against = \"vehicel\"", "claim-unknown-arm", "known: bare, dosed", 28),
        ("as = \"difference\"", "as = \"diference\"", "claim-against", "did you mean `difference`?", 29),
        ("above = -1\nbelow = 1\n", "", "claim-bounds", "add `above`", 24),
        ("above = -1\nbelow = 1", "above = 1\nbelow = -1", "claim-bounds", "the lower bound", 24),
        ("reason = \"the level does not depend on a dose\"\n", "", "claim-reason", "where the bounds come from", 24),
        ("form = \"correlation\"", "form = \"corelation\"", "claim-form", "did you mean `correlation`?", 35),
        (
            "sources = [\"moghaddam1997\"]",
            "sources = [\"moghadam1997\"]",
            "unknown-reference",
            "did you mean `moghaddam1997`?",
            6,
        ),
        ("\"left_side\", \"*.supply\"", "\"left_sidd\", \"*.supply\"", "unknown-name", "", 5),
    ];
    let missed: Vec<String> = wrong.iter().filter_map(|case| missed(*case)).collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// What is not as it should be in the finding on a wrong claim.
fn missed((right, replacement, code, help, line): (&str, &str, &str, &str, usize)) -> Option<String> {
    assert!(CLAIM.contains(right), "{right}");
    let (found, sources) = findings(&CLAIM.replacen(right, replacement, 1));
    let Some(hit) = found.iter().find(|d| d.code == code) else {
        return Some(format!("{replacement}: {code} not among {found:?}"));
    };
    let told = hit.help.clone().unwrap_or_default();
    let at = sources.place(hit.span).map(|p| p.line);
    let good = told.contains(help) && at == Some(line);
    (!good).then(|| format!("{replacement}: {} ({told}) at {at:?} instead of {line}", hit.message))
}

#[test]
fn cohorts_sizes_and_forms_are_held_to_their_fields() {
    let codes = |right: &str, replacement: &str| {
        assert!(CLAIM.contains(right), "{right}");
        findings(&CLAIM.replacen(right, replacement, 1)).0.into_iter().map(|d| d.code).collect::<Vec<_>>()
    };
    assert!(codes("members = 4", "members = 1").contains(&"claim-cohort"));
    assert!(codes("members = 4", "members = 1000000").contains(&"claim-cohort"));
    assert!(codes("sd = 0.2", "sd = 0").contains(&"claim-cohort"));
    assert!(codes("sd = 0.2", "sd = 0.2, log_sd = 0.2").contains(&"claim-cohort"));
    assert!(codes("source = \"test\" }", "source = \"\" }").contains(&"claim-reason"));
    assert!(codes("cohort = \"people\"", "cohort = \"poeple\"").contains(&"claim-unknown-arm"));
    assert!(codes("n = 3", "n = 1").contains(&"claim-field"));
    assert!(codes("n = 3", "n = 3\nwhole = \"dosed\"").contains(&"claim-field"));
    assert!(codes("noise_sd = 0.1", "noise_sd = -1").contains(&"claim-cohort"));
    assert!(codes("{ of = \"level\", at_h = 1 }", "{ of = \"level\", at_h = [1, 2] }").contains(&"claim-field"));
    assert!(codes("[\"left.supply\"]", "[\"left.suply\"]").contains(&"unknown-name"));
}

#[test]
fn a_claim_that_cannot_be_asked_says_why() {
    let bare = "id = \"X\"\nsection = \"s\"\nstatement = \"t\"\nkind = \"figure\"\n";
    let codes = |more: &str| match read(&format!("{bare}{more}")) {
        Ok(_) => vec![],
        Err(e) => e.diagnostics.into_iter().map(|d| d.code).collect(),
    };
    assert_eq!(codes("status = \"not yet\"\nstatus_reason = \"no assay\""), Vec::<&str>::new());
    assert_eq!(codes("status = \"not yet\""), ["claim-reason", "claim-empty"]);
    assert_eq!(codes("status = \"later\"\nstatus_reason = \"x\""), ["claim-field"]);
    assert_eq!(codes(""), ["claim-empty"]);
}

#[test]
fn one_id_stands_in_one_text() {
    let text = NamedText { name: "a.toml", text: CLAIM };
    let twice = ClaimSet::from_texts(&[text, text], &toy_library()).unwrap_err();
    assert_eq!(twice.diagnostics[0].code, "claim-duplicate");
}

const PICTURE: &str = r#"id = "X2"
section = "figure"
statement = "the picture is live"
kind = "figure"

[arms.dosed]
subject = "trd"
regimen = "0.5 mg/kg iv"
days = 2

[[expect]]
form = "figure"
figure = "map"
arm = "dosed"
nodes = ["level"]
arrows = ["supply -> level"]
labels = ["Level"]
above = 0.01
reason = "a test"
"#;

#[test]
fn a_figure_names_its_picture_and_what_it_must_hold() {
    assert!(read(PICTURE).is_ok(), "{:?}", read(PICTURE).map_err(|e| e.diagnostics));
    for (from, to, code) in [
        ("figure = \"map\"", "figure = \"mpa\"", "claim-field"),
        ("nodes = [\"level\"]\n", "", "evidence-missing-field"),
        ("nodes = [\"level\"]", "nodes = []", "claim-field"),
        ("above = 0.01\n", "", "claim-bounds"),
        ("labels = [\"Level\"]", "margin = 3", "claim-field"),
    ] {
        let changed = PICTURE.replace(from, to);
        assert_ne!(changed, PICTURE);
        let (found, _) = findings(&changed);
        assert!(found.iter().any(|d| d.code == code), "{to}: {found:?}");
    }
}
