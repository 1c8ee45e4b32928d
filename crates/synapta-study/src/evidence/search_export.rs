//! Exports of literature searches: PubMed (.nbib), RIS and BibTeX texts into records, copies joined.

mod bibtex;
mod join;
mod nbib;
mod ris;
mod tagged;

use synapta_model::{Diagnostic, SourceId, SourceMap, Span};

use crate::library::NamedText;

pub use join::{Joined, join};

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PubMed's tagged text.
    Nbib,
    /// Research Information Systems.
    Ris,
    /// BibTeX.
    Bibtex,
}

impl Format {
    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Format::Nbib => "PubMed",
            Format::Ris => "RIS",
            Format::Bibtex => "BibTeX",
        }
    }

    /// The format of a text: told by its first line that is not empty, else by the file's name.
    pub fn of(text: NamedText<'_>) -> Option<Format> {
        let first = text.text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or("");
        if first.starts_with("PMID-") {
            return Some(Format::Nbib);
        }
        if first.starts_with("TY  -") {
            return Some(Format::Ris);
        }
        let ending = text.name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
        match ending.as_str() {
            "nbib" | "medline" => Some(Format::Nbib),
            "ris" => Some(Format::Ris),
            "bib" | "bibtex" => Some(Format::Bibtex),
            _ if first.starts_with('@') => Some(Format::Bibtex),
            _ => None,
        }
    }
}

/// One record of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Its first line.
    pub place: Option<Span>,
    /// The name it has in its export: PMID, key or running number.
    pub name: String,
    /// Title.
    pub title: String,
    /// Abstract; empty if the export has none.
    pub summary: String,
    /// Year of publication.
    pub year: Option<i32>,
    /// Keywords and subject headings.
    pub keywords: Vec<String>,
    /// Types of publication, as the export names them.
    pub kinds: Vec<String>,
    /// Study design, where the export has such a field.
    pub design: String,
    /// Species, where the export has such a field.
    pub species: String,
    /// Authors, `Surname, Initials`.
    pub authors: Vec<String>,
    /// Journal.
    pub journal: String,
    /// DOI in small letters, without a prefix.
    pub doi: String,
    /// PubMed's number.
    pub pmid: String,
    /// PubMed Central's number.
    pub pmc: String,
}

impl Record {
    /// The identifier to show: DOI, PMID or the export's own name.
    pub fn identifier(&self) -> String {
        match (self.doi.as_str(), self.pmid.as_str(), self.pmc.as_str()) {
            ("", "", "") => self.name.clone(),
            ("", "", pmc) => pmc.to_string(),
            ("", pmid, _) => format!("PMID {pmid}"),
            (doi, _, _) => format!("doi:{doi}"),
        }
    }
}

/// Exports that were read.
#[derive(Clone, Debug, Default)]
pub struct Exports {
    /// All records, in the order of the texts.
    pub records: Vec<Record>,
    /// Format and number of records of each text.
    pub read: Vec<(String, Format, usize)>,
    /// The texts.
    pub sources: SourceMap,
    /// What is wrong: errors where a record cannot be read, warnings where a part of it is missing.
    pub found: Vec<Diagnostic>,
}

impl Exports {
    /// Reads exports. Codes of errors: `export-format`, `export-empty`, `export-syntax`, `export-record`; of warnings:
    /// `export-title`, `export-year`, `export-identifier`.
    pub fn read(texts: &[NamedText<'_>]) -> Exports {
        let mut out = Exports::default();
        for text in texts {
            out.add(*text);
        }
        out
    }

    /// True if nothing but warnings was found.
    pub fn sound(&self) -> bool {
        !self.found.iter().any(Diagnostic::is_error)
    }

    fn add(&mut self, text: NamedText<'_>) {
        let source = self.sources.add(text.name, text.text);
        let Some(format) = Format::of(text) else {
            let message = format!("{} is no search export that can be read", text.name);
            let help = "give PubMed (.nbib, lines `TI  - ...`), RIS (.ris, lines `TY  - ...`) or BibTeX (.bib, `@article{...}`)";
            self.found.push(Diagnostic::error("export-format", start_of(source, text.text), message).with_help(help));
            return;
        };
        let mut reading = Reading { source, records: vec![], found: vec![] };
        match format {
            Format::Nbib => nbib::read(text.text, &mut reading),
            Format::Ris => ris::read(text.text, &mut reading),
            Format::Bibtex => bibtex::read(text.text, &mut reading),
        }
        if reading.records.is_empty() && reading.found.is_empty() {
            let message = format!("{} holds no record", text.name);
            let help = "export the result of a search again, with abstracts";
            reading.found.push(Diagnostic::error("export-empty", start_of(source, text.text), message).with_help(help));
        }
        self.read.push((text.name.to_string(), format, reading.records.len()));
        self.records.extend(reading.records);
        self.found.extend(reading.found);
    }
}

fn start_of(source: SourceId, text: &str) -> Span {
    let end = text.find('\n').unwrap_or(text.len());
    Span::new(source, 0, end)
}

/// One text while it is read.
struct Reading {
    source: SourceId,
    records: Vec<Record>,
    found: Vec<Diagnostic>,
}

impl Reading {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        self.found.push(Diagnostic::error(code, span, message).with_help(help));
    }

    fn warning(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        self.found.push(Diagnostic::warning(code, span, message).with_help(help));
    }

    /// Keeps a record after a look at what every format must give.
    fn keep(&mut self, mut record: Record, place: Span, year: Option<(String, Span)>) {
        record.place = Some(place);
        if record.name.is_empty() {
            record.name = format!("record {}", self.records.len() + 1);
        }
        if [&record.title, &record.doi, &record.pmid, &record.pmc].iter().all(|t| t.is_empty())
            && record.authors.is_empty()
        {
            let help = "a record needs a title, an author or an identifier; export it again or leave it out";
            self.error("export-record", place, format!("nothing tells what {} is", record.name), help);
            return;
        }
        if record.title.is_empty() {
            let help = "its words cannot be screened; add the title";
            self.warning("export-title", place, format!("{} has no title", record.name), help);
        }
        self.dated(&mut record, place, year);
        self.identified(&mut record, place);
        self.records.push(record);
    }

    fn dated(&mut self, record: &mut Record, place: Span, year: Option<(String, Span)>) {
        let help = "its year counts as not told; write four digits";
        match year {
            None => self.warning("export-year", place, format!("{} has no year", record.name), help),
            Some((text, span)) => {
                record.year = year_of(&text);
                if record.year.is_none() {
                    self.warning("export-year", span, format!("`{text}` holds no year"), help);
                }
            }
        }
    }

    fn identified(&mut self, record: &mut Record, place: Span) {
        let help = "it counts as missing, so copies of the record are found by their title alone";
        let doi = plain_doi(&record.doi);
        if doi.is_none() && !record.doi.is_empty() {
            self.warning("export-identifier", place, format!("`{}` is no DOI", record.doi), help);
        }
        record.doi = doi.unwrap_or_default();
        if !record.pmid.bytes().all(|b| b.is_ascii_digit()) {
            self.warning("export-identifier", place, format!("`{}` is no PMID", record.pmid), help);
            record.pmid.clear();
        }
    }
}

/// The first run of exactly four digits that is a plausible year.
fn year_of(text: &str) -> Option<i32> {
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 4);
    runs.filter_map(|run| run.parse().ok()).find(|year| (1500..=2200).contains(year))
}

/// A DOI without the ways it is prefixed, in small letters; `None` if it is none.
fn plain_doi(text: &str) -> Option<String> {
    let small = text.trim().to_lowercase();
    let bare = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:", "doi "]
        .iter()
        .find_map(|prefix| small.strip_prefix(prefix))
        .unwrap_or(&small)
        .trim();
    let sound = bare.starts_with("10.") && bare.contains('/') && !bare.contains(char::is_whitespace);
    sound.then(|| bare.to_string())
}

#[cfg(test)]
mod tests;
