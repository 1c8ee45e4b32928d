use super::*;
use proptest::prelude::*;

const NBIB: &str = "\
PMID- 11111111
OWN - NLM
DP  - 2012 Aug 20
TI  - A first study of ketamine and the synapse
      in rats.
LID - 10.1000/AB.1 [doi]
AB  - Ketamine blocks NMDA receptors.
FAU - Doe, Jane
AU  - Doe J
JT  - Journal of Examples
PT  - Journal Article
MH  - *Ketamine/*pharmacology
OT  - depression

PMID- 22222222
DP  - 2013
TI  - A second study.
PT  - Letter
";

const RIS: &str = "\
TY  - JOUR
AU  - Doe, Jane
TI  - A first study of ketamine and the synapse in rats
PY  - 2012/08/20
DO  - https://doi.org/10.1000/ab.1
N2  - Ketamine blocks
NMDA receptors.
KW  - depression
AN  - 11111111
ER  - 
";

const BIB: &str = r#"
@string{jex = "Journal of " # {Examples}}
@article{doe2012,
  author = {Doe, Jane and M{\"u}ller, K.},
  title = {A first study of {Ketamine} and the synapse in rats},
  journal = jex, year = 2012, design = {behaviour}, species = {rat},
  keywords = {depression; ketamine}, doi = {doi:10.1000/AB.1},
}
"#;

fn read(name: &str, text: &str) -> Exports {
    Exports::read(&[NamedText { name, text }])
}

/// Code, line and message of every finding.
fn findings(name: &str, text: &str) -> Vec<(&'static str, usize, String)> {
    let read = read(name, text);
    let place = |d: &Diagnostic| read.sources.place(d.span).map_or(0, |p| p.line);
    read.found.iter().map(|d| (d.code, place(d), d.message.clone())).collect()
}

#[test]
fn pubmed_records_with_lines_that_go_on() {
    let read = read("a.nbib", NBIB);
    assert_eq!(read.found, []);
    let first = &read.records[0];
    assert_eq!(first.title, "A first study of ketamine and the synapse in rats.");
    assert_eq!((first.year, first.doi.as_str(), first.pmid.as_str()), (Some(2012), "10.1000/ab.1", "11111111"));
    assert_eq!(first.keywords, ["Ketamine/pharmacology", "depression"]);
    assert_eq!((first.authors.len(), first.journal.as_str()), (1, "Journal of Examples"));
    assert_eq!((read.records.len(), read.records[1].kinds[0].as_str()), (2, "Letter"));
}

#[test]
fn ris_and_bibtex_give_the_same_record_as_pubmed() {
    let texts = [("a.nbib", NBIB), ("b.ris", RIS), ("c.bib", BIB)].map(|(name, text)| NamedText { name, text });
    let read = Exports::read(&texts);
    assert_eq!(read.found, []);
    let joined = join(&read.records);
    assert_eq!(joined.len(), 2);
    assert_eq!(joined[0].copies, [0, 2, 3]);
    assert_eq!((joined[0].record.design.as_str(), joined[0].record.species.as_str()), ("behaviour", "rat"));
    assert_eq!(read.records[3].authors, ["Doe, Jane", "Müller, K."]);
    assert_eq!((read.records[3].journal.as_str(), read.records[3].keywords.len()), ("Journal of Examples", 2));
}

#[test]
fn copies_join_by_identifier_or_title_and_papers_of_one_title_stay_apart() {
    let paper = |title: &str, year: i32, doi: &str, pmid: &str| Record {
        title: title.into(),
        year: Some(year),
        doi: doi.into(),
        pmid: pmid.into(),
        ..Record::default()
    };
    let long = "Ketamine and the depressed synapse";
    let same = |a: Record, b: Record| join(&[a, b]).len() == 1;
    assert!(same(paper("One title", 2012, "10.1/x", ""), paper("Another", 2012, "10.1/x", "")));
    assert!(same(paper("One title", 2012, "", "7"), paper("Another", 2012, "10.1/y", "7")));
    assert!(same(paper(long, 2012, "10.1/x", ""), paper("KETAMINE and the depressed synapse.", 2013, "", "7")));
    assert!(!same(paper(long, 2012, "10.1/x", ""), paper(long, 2012, "10.1/y", "")));
    assert!(!same(paper(long, 2012, "", ""), paper(long, 2015, "", "")));
    assert!(!same(paper("Ketamine.", 2012, "", ""), paper("Ketamine", 2012, "", "")));
    // A third record ties two that share nothing.
    let tied = [paper("A", 2012, "10.1/x", ""), paper("B", 2012, "", "7"), paper("C", 2012, "10.1/x", "7")];
    assert_eq!(join(&tied).len(), 1);
}

#[test]
fn broken_exports_say_where() {
    let line =
        |text: &str, broken: &str| text[..text.find(broken).unwrap_or_else(|| panic!("{broken}"))].lines().count() + 1;
    let cut = NBIB.replace("DP  - 2013", "DP - 2013");
    assert_eq!(findings("a.nbib", &cut)[0].0, "export-syntax");
    assert_eq!(findings("a.nbib", &cut)[0].1, line(&cut, "DP - 2013"));
    let nothing = format!("{NBIB}\nOWN - NLM\nDP  - 2014\n");
    let place = NBIB.lines().count() + 2;
    assert_eq!(findings("a.nbib", &nothing), [("export-record", place, "nothing tells what record 3 is".into())]);
    let open = RIS.replace("ER  - \n", "");
    assert_eq!(findings("a.ris", &open), [("export-syntax", 1, "this record does not end".into())]);
    let outside = format!("{RIS}AU  - Nobody\n");
    assert_eq!(findings("a.ris", &outside)[0].1, RIS.lines().count() + 1);
    let twice = format!(
        "{BIB}\n@article{{a, title = {{A}} year = 2012}}\n@article{{b, title = nowhere}}\n@article{{c, title = {{C"
    );
    let found = findings("a.bib", &twice);
    let lines: Vec<usize> = found.iter().map(|f| f.1).collect();
    let first = BIB.lines().count() + 1;
    assert!(found.iter().all(|f| f.0 == "export-syntax"), "{found:?}");
    for wanted in [first + 1, first + 2, first + 3] {
        assert!(lines.contains(&wanted), "{wanted}: {found:?}");
    }
    assert_eq!(read("a.bib", &twice).records.len(), 1);
}

#[test]
fn what_is_missing_is_a_warning_and_the_record_stays() {
    let undated = NBIB.replace("DP  - 2013", "DP  - spring");
    let read = read("a.nbib", &undated);
    assert!(read.sound() && read.records.len() == 2 && read.records[1].year.is_none());
    assert_eq!(read.found[0].code, "export-year");
    let untitled = NBIB.replace("TI  - A second study.\n", "");
    assert_eq!(findings("a.nbib", &untitled)[0].0, "export-title");
    let nameless = RIS.replace("https://doi.org/10.1000/ab.1", "see the journal");
    assert_eq!(findings("a.ris", &nameless)[0].0, "export-identifier");
}

#[test]
fn other_texts_are_refused() {
    assert_eq!(findings("notes.txt", "ketamine")[0].0, "export-format");
    assert_eq!(findings("empty.nbib", "")[0].0, "export-empty");
    assert_eq!(findings("empty.bib", "% nothing\n")[0].0, "export-empty");
    assert_eq!(Format::of(NamedText { name: "search.txt", text: NBIB }), Some(Format::Nbib));
}

proptest! {
    #[test]
    fn any_text_ends(text in "[@{}=,\"#a-zTYERPMID\\- \n\\\\é]{0,80}", name in "a\\.(nbib|ris|bib)") {
        let _ = read(&name, &text);
    }

    #[test]
    fn any_cut_ends(at in 0usize..600, name in "a\\.(nbib|ris|bib)") {
        for text in [NBIB, RIS, BIB] {
            let mut at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let _ = read(&name, &text[..at]);
        }
    }
}
