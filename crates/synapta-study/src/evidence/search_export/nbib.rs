//! PubMed's tagged text (.nbib): records apart by empty lines, four characters for a tag, six spaces before a line that goes on.

use super::tagged::{Field, Kind, lines};
use super::{Reading, Record};

/// Characters before the hyphen.
const WIDTH: usize = 4;
/// Spaces that begin a line that goes on.
const INDENT: &str = "      ";

pub(super) fn read(text: &str, reading: &mut Reading) {
    let mut fields: Vec<Field<'_>> = vec![];
    for line in lines(text, WIDTH) {
        let (start, end) = (line.start, line.end);
        match line.kind {
            Kind::Blank => finish(std::mem::take(&mut fields), reading),
            Kind::Tag(tag, text) => {
                if tag == "PMID" && fields.iter().any(|f| f.tag == "PMID") {
                    finish(std::mem::take(&mut fields), reading);
                }
                fields.push(Field { tag, text: text.to_string(), start, end });
            }
            Kind::More(more) => match fields.last_mut().filter(|_| text[start..].starts_with(INDENT)) {
                Some(field) => field.go_on(more, end),
                None => {
                    let help = "a line is `TI  - text` with a tag of up to four capitals, or goes on after six spaces";
                    reading.error("export-syntax", reading.span(start, end), "this line has no tag", help);
                }
            },
        }
    }
    finish(fields, reading);
}

fn finish(fields: Vec<Field<'_>>, reading: &mut Reading) {
    let Some(first) = fields.first() else { return };
    let place = reading.span(first.start, first.end);
    let all = |tag: &str| fields.iter().filter(|f| f.tag == tag).map(|f| f.text.clone()).collect::<Vec<_>>();
    let one = |tag: &str| all(tag).into_iter().next().unwrap_or_default();
    let dated = fields.iter().find(|f| f.tag == "DP");
    let year = dated.map(|f| (f.text.clone(), reading.span(f.start, f.end)));
    // Headings are marked with an asterisk where they are the main topic.
    let heading = |text: &String| text.trim_start_matches('*').replace("/*", "/");
    let record = Record {
        name: one("PMID"),
        title: one("TI"),
        summary: one("AB"),
        keywords: all("MH").iter().chain(&all("OT")).map(heading).collect(),
        kinds: all("PT"),
        authors: all("AU"),
        journal: one("JT"),
        doi: doi(&all("LID"), &all("AID")),
        pmid: one("PMID"),
        pmc: one("PMC"),
        ..Record::default()
    };
    reading.keep(record, place, year);
}

/// The identifier that is marked as a DOI.
fn doi(location: &[String], article: &[String]) -> String {
    let marked = |text: &String| text.strip_suffix("[doi]").map(|d| d.trim().to_string());
    location.iter().chain(article).find_map(marked).unwrap_or_default()
}
