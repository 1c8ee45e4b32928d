//! A regimen line of any text: reading never panics, every finding lies in the text, what is read prints and reads back,
//! and its schedule is finite and sorted.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use synapta_model::SourceId;
use synapta_study::library::{Library, LibraryTexts, NamedText, PictureTexts};
use synapta_study::regimen::{Vocabulary, expand, parse_line, read_records};

static LIBRARY: LazyLock<(Library, Vocabulary)> = LazyLock::new(|| {
    let none = NamedText { name: "none", text: "" };
    let drugs = NamedText { name: "drugs.toml", text: include_str!("../../studies/library/drugs.toml") };
    let texts = LibraryTexts { drugs, subjects: none, mechanisms: none, hypotheses: none, readouts: none, pictures: PictureTexts::default(), candidates: None };
    let library = Library::from_texts(texts).expect("the shipped drugs can be read");
    let vocabulary = library.vocabulary().expect("there are drugs");
    (library, vocabulary)
});

fuzz_target!(|text: &str| {
    let (library, vocabulary) = &*LIBRARY;
    let _ = read_records(SourceId(0), "fuzz.csv", text, vocabulary);
    match parse_line(SourceId(0), text, vocabulary) {
        Err(found) => {
            assert!(!found.is_empty());
            for d in found {
                let (start, end) = (d.span.start as usize, d.span.end as usize);
                assert!(text.get(start..end).is_some(), "{d:?}");
            }
        }
        Ok(parsed) => {
            let line = parsed.regimen.to_string();
            let again = parse_line(SourceId(0), &line, vocabulary).expect("what was printed is read");
            assert_eq!(again.regimen, parsed.regimen, "{line}");
            if let Ok(doses) = expand(&parsed.regimen, 70.0, library) {
                assert!(doses.records.iter().all(|r| r.amount_mg.is_finite() && r.amount_mg >= 0.0));
                assert!(doses.records.windows(2).all(|w| w[0].time_h <= w[1].time_h));
            }
        }
    }
});
