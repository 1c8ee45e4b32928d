//! RIS: a record from `TY  - ` to `ER  - `, two characters for a tag; a line without one goes on.

use super::tagged::{Field, Kind, lines};
use super::{Reading, Record};

/// Characters before the hyphen: two for the tag, two spaces.
const WIDTH: usize = 4;

pub(super) fn read(text: &str, reading: &mut Reading) {
    let mut open: Option<Vec<Field<'_>>> = None;
    for line in lines(text, WIDTH) {
        let (start, end) = (line.start, line.end);
        match (line.kind, &mut open) {
            (Kind::Blank, _) => {}
            (Kind::Tag("TY", kind), _) => {
                if let Some(fields) = open.take() {
                    unclosed(&fields, reading);
                    finish(&fields, reading);
                }
                open = Some(vec![Field { tag: "TY", text: kind.to_string(), start, end }]);
            }
            (Kind::Tag("ER", _), Some(_)) => finish(&open.take().unwrap_or_default(), reading),
            (Kind::Tag(tag, text), Some(fields)) => {
                fields.push(Field { tag, text: text.to_string(), start, end });
            }
            (Kind::More(more), Some(fields)) => {
                if let Some(field) = fields.last_mut() {
                    field.go_on(more, end);
                }
            }
            (Kind::Tag(..) | Kind::More(_), None) => {
                let help = "a record begins with `TY  - JOUR` and ends with `ER  - `";
                reading.error("export-syntax", reading.span(start, end), "this line stands outside a record", help);
            }
        }
    }
    if let Some(fields) = open {
        unclosed(&fields, reading);
        finish(&fields, reading);
    }
}

fn unclosed(fields: &[Field<'_>], reading: &mut Reading) {
    if let Some(first) = fields.first() {
        let help = "end it with a line `ER  - `; the export may have been cut off";
        reading.error("export-syntax", reading.span(first.start, first.end), "this record does not end", help);
    }
}

fn finish(fields: &[Field<'_>], reading: &mut Reading) {
    let Some(first) = fields.first() else { return };
    let place = reading.span(first.start, first.end);
    let all = |tags: &[&str]| {
        let of = |tag: &&str| fields.iter().filter(|f| f.tag == *tag).map(|f| f.text.clone()).collect::<Vec<_>>();
        tags.iter().flat_map(of).filter(|t| !t.is_empty()).collect::<Vec<_>>()
    };
    let one = |tags: &[&str]| all(tags).into_iter().next().unwrap_or_default();
    let dated = ["PY", "Y1", "DA"].iter().find_map(|tag| fields.iter().find(|f| f.tag == *tag));
    let year = dated.map(|f| (f.text.clone(), reading.span(f.start, f.end)));
    let record = Record {
        name: one(&["ID"]),
        title: one(&["TI", "T1"]),
        summary: one(&["AB", "N2"]),
        keywords: all(&["KW"]),
        kinds: [vec![kind(&first.text).to_string()], all(&["M3"])].concat(),
        authors: all(&["AU", "A1"]),
        journal: one(&["JO", "JF", "T2", "JA"]),
        doi: one(&["DO"]),
        pmid: pmid(&all(&["AN", "C2"])),
        pmc: all(&["C2"]).into_iter().find(|c| c.starts_with("PMC")).unwrap_or_default(),
        ..Record::default()
    };
    reading.keep(record, place, year);
}

/// PubMed's name of the type of record.
fn kind(word: &str) -> &str {
    match word {
        "JOUR" | "JFULL" | "EJOUR" => "Journal Article",
        "CHAP" => "Book Chapter",
        "BOOK" | "EBOOK" => "Book",
        "CONF" | "CPAPER" => "Congress",
        "THES" => "Academic Dissertation",
        "NEWS" => "News",
        "UNPB" => "Preprint",
        other => other,
    }
}

/// An accession number counts as PubMed's if it is bare digits.
fn pmid(numbers: &[String]) -> String {
    let digits = |n: &&String| (1..=8).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit());
    numbers.iter().find(digits).cloned().unwrap_or_default()
}
