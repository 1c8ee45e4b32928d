//! `synapta book`: complete, linked, and the same every time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The book, written into a folder of the test's own: file name to text.
fn written(name: &str) -> BTreeMap<String, String> {
    let folder = std::env::temp_dir().join(format!("synapta-book-{name}-{}", std::process::id()));
    let out = Command::new(env!("CARGO_BIN_EXE_synapta"))
        .args(["book", "--out", &folder.display().to_string()])
        .output()
        .expect("the program runs");
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    let files = std::fs::read_dir(&folder).expect("the book").filter_map(|e| Some(e.ok()?.path()));
    let read = |path: PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).expect("a page"))
    };
    let book = files.map(read).collect();
    let _ = std::fs::remove_dir_all(folder);
    book
}

fn book() -> &'static BTreeMap<String, String> {
    static BOOK: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    BOOK.get_or_init(|| written("shared"))
}

fn models() -> Vec<(String, String)> {
    let files = std::fs::read_dir(root().join("models")).expect("models").filter_map(|e| Some(e.ok()?.path()));
    let read = |path: PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).expect("a model"))
    };
    files.filter(|p| p.extension().is_some_and(|e| e == "ant")).map(read).collect()
}

#[test]
fn the_same_texts_give_the_same_bytes() {
    assert!(written("again") == *book());
}

#[test]
fn every_module_has_a_page_with_its_parameters_reactions_and_diagram() {
    for (name, text) in models() {
        let page = book().get(&format!("{name}.html")).unwrap_or_else(|| panic!("{name} has no page"));
        let ranged: Vec<&str> = text
            .lines()
            .filter(|l| !l.trim_start().starts_with("//"))
            .flat_map(|l| l.split(';'))
            .filter_map(|s| s.trim().split_once(".range = "))
            .map(|(id, _)| id)
            .filter(|id| !id.contains('.'))
            .collect();
        for id in ranged {
            let row = format!("<code>{id}</code>");
            assert!(page.contains(&row) || text.contains(&format!("compartment {id}")), "{name}: {id} has no row");
        }
        for reaction in text.lines().filter(|l| l.contains("sboTerm = SBO") && l.contains("->")) {
            let id = reaction.trim().split(':').next().expect("an id").trim();
            assert!(page.contains(&format!("<mi>{id}</mi>")), "{name}: the rate of {id} is missing");
        }
        let reacts = text.contains("->");
        assert!(!reacts || page.contains("class=\"network\""), "{name} has no diagram");
        assert!(page.contains("<h2>Limits</h2>"), "{name} has no limits");
    }
}

#[test]
fn every_link_leads_somewhere_and_nothing_is_loaded_from_outside() {
    for (name, text) in book().iter().filter(|(name, _)| name.ends_with(".html")) {
        for address in text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            if address.starts_with("https://") || address.starts_with("http://") || address.starts_with("urn:") {
                continue;
            }
            let (file, anchor) = address.split_once('#').unwrap_or((address, ""));
            let target =
                if file.is_empty() { text } else { book().get(file).unwrap_or_else(|| panic!("{name}: {address}")) };
            assert!(anchor.is_empty() || target.contains(&format!("id=\"{anchor}\"")), "{name}: {address}");
        }
        for outside in ["src=\"http", "rel=\"stylesheet\" href=\"http", "@import", "url(http"] {
            assert!(!text.contains(outside), "{name}: {outside}");
        }
    }
}

#[test]
fn every_claim_and_reference_is_listed_with_its_verdict() {
    let claims = &book()["claims.html"];
    let verdicts = std::fs::read_to_string(root().join("evidence/claims/verdicts.tsv")).expect("verdicts");
    for line in verdicts.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let article = claims.split("<article ").find(|a| a.starts_with(&format!("id=\"{}\"", cells[0])));
        let article = article.unwrap_or_else(|| panic!("{} is missing", cells[0]));
        assert!(article.contains(&format!("class=\"{}\"", cells[1])), "{}", cells[0]);
    }
    let bib = std::fs::read_to_string(root().join("evidence/references.bib")).expect("references");
    let keys: BTreeSet<&str> =
        bib.lines().filter_map(|l| l.strip_prefix('@')?.split('{').nth(1)?.strip_suffix(',')).collect();
    assert!(keys.len() > 100);
    for key in keys {
        assert!(book()["references.html"].contains(&format!("id=\"{key}\"")), "{key}");
    }
}

#[test]
fn sources_of_values_are_counted_and_linked() {
    let totals =
        book()["index.html"].lines().find(|l| l.contains("say something about nature")).expect("totals").to_string();
    let sourced = totals.split("nature, ").nth(1).and_then(|t| t.split(' ').next()).expect("a count");
    assert!(sourced.parse::<usize>().expect("a number") > 100, "{totals}");
    let linked = book()["parameters.html"].matches("href=\"references.html#").count();
    assert!(linked > 100, "{linked}");
}

#[test]
fn most_claims_about_the_mechanism_lead_to_a_module() {
    let claims = &book()["claims.html"];
    let with = claims.split("<article ").skip(1).filter(|a| a.contains("Modules: ")).count();
    assert!(with >= 40, "{with}");
}

#[test]
fn pages_are_well_formed() {
    for (name, text) in book().iter().filter(|(name, _)| name.ends_with(".html")) {
        for tag in [
            "table", "tr", "td", "section", "article", "math", "mrow", "mfrac", "msup", "svg", "g", "dl", "ul",
            "figure",
        ] {
            let opened = text.matches(&format!("<{tag}>")).count() + text.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, text.matches(&format!("</{tag}>")).count(), "{name}: {tag}");
        }
    }
}

#[test]
fn a_folder_that_cannot_be_made_ends_with_code_2() {
    let out = Command::new(env!("CARGO_BIN_EXE_synapta"))
        .args(["book", "--out", "/dev/null/book"])
        .output()
        .expect("the program runs");
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("cannot be made"));
}
