//! BibTeX. A text that is not sound as a whole is read block by block, so that every broken entry is told and the others are kept.

use biblatex::{Bibliography, ChunksExt, Entry, ParseError, ParseErrorKind, RawBibliography, RawEntry, Spanned};

use super::{Reading, Record};

pub(super) fn read(text: &str, reading: &mut Reading) {
    let blocks = if RawBibliography::parse(text).is_ok() { vec![(0, text)] } else { blocks(text) };
    let mut raw: Vec<(usize, RawBibliography<'_>)> = vec![];
    for (start, block) in blocks {
        match RawBibliography::parse(block) {
            Ok(bibliography) => raw.push((start, bibliography)),
            Err(error) => told(&error, start, text, reading),
        }
    }
    let abbreviations: Vec<_> = raw.iter().flat_map(|(_, b)| b.abbreviations.clone()).collect();
    for (start, bibliography) in raw {
        for entry in bibliography.entries {
            let one = RawBibliography {
                preamble: String::new(),
                entries: vec![entry.clone()],
                abbreviations: abbreviations.clone(),
            };
            match Bibliography::from_raw(one) {
                Ok(read) => read.iter().for_each(|e| keep(e, &entry, start, reading)),
                Err(error) => told(&error, start, text, reading),
            }
        }
    }
}

/// Pieces that begin where a line begins with `@`, with their places.
fn blocks(text: &str) -> Vec<(usize, &str)> {
    let mut starts = vec![0];
    starts.extend(text.match_indices("\n@").map(|(i, _)| i + 1));
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| (*start, &text[*start..end])).collect()
}

fn told(error: &ParseError, start: usize, text: &str, reading: &mut Reading) {
    let clamp = |at: usize| {
        let mut at = (start + at).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (from, to) = (clamp(error.span.start), clamp(error.span.end));
    let help = match &error.kind {
        ParseErrorKind::UnknownAbbreviation(_) => {
            "put the text in braces, or define the word with `@string{word = {text}}`"
        }
        ParseErrorKind::UnexpectedEof => "close the entry with `}`; the export may have been cut off",
        _ => "write `@article{key, field = {text}, ...}`",
    };
    reading.error("export-syntax", reading.span(from, to.max(from)), format!("{}", error.kind), help);
}

fn keep(entry: &Entry, raw: &Spanned<RawEntry<'_>>, start: usize, reading: &mut Reading) {
    let key = &raw.v.key.span;
    let place = reading.span(start + key.start, start + key.end);
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| entry.get(name));
        found.map_or(String::new(), |chunks| words(&chunks.format_verbatim()))
    };
    let list = |name: &str| -> Vec<String> {
        let whole = text(&[name]);
        whole.split([',', ';']).map(str::trim).filter(|w| !w.is_empty()).map(String::from).collect()
    };
    let year = text(&["year", "date"]);
    let year = (!year.is_empty()).then_some((year, place));
    let record = Record {
        name: entry.key.clone(),
        title: text(&["title"]),
        summary: text(&["abstract"]),
        keywords: list("keywords"),
        kinds: vec![kind(&raw.v.kind.v.to_ascii_lowercase()).to_string()],
        design: text(&["design"]),
        species: text(&["species"]),
        authors: text(&["author"]).split(" and ").filter(|a| !a.is_empty()).map(String::from).collect(),
        journal: text(&["journal", "journaltitle"]),
        doi: text(&["doi"]),
        pmid: text(&["pmid"]),
        pmc: text(&["pmc", "pmcid"]),
        ..Record::default()
    };
    reading.keep(record, place, year);
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// PubMed's name of the type of entry.
fn kind(word: &str) -> &str {
    match word {
        "article" => "Journal Article",
        "book" | "booklet" => "Book",
        "inbook" | "incollection" => "Book Chapter",
        "inproceedings" | "conference" | "proceedings" => "Congress",
        "phdthesis" | "mastersthesis" | "thesis" => "Academic Dissertation",
        "unpublished" => "Preprint",
        other => other,
    }
}
