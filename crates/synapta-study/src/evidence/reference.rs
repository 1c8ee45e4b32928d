//! References: what a key of references.bib stands for. Reads the part of BibTeX that the file uses.

use synapta_model::Span;

use crate::library::NamedText;

use super::text::Texts;

/// A source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// Key.
    pub key: String,
    /// Fields as written, without braces.
    pub fields: Vec<(String, String)>,
}

impl Reference {
    /// A field by name; empty if it is not there.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// Surname of the first author.
    pub fn author(&self) -> &str {
        let first = self.field("author").split(" and ").next().unwrap_or("");
        first.split(',').next().unwrap_or("").trim()
    }

    /// `doi:...`, `PMID ...`, or what else identifies it; empty if nothing does.
    pub fn identifier(&self) -> String {
        let kinds = [("doi", "doi:"), ("pmid", "PMID "), ("pmc", ""), ("nct", "")];
        let found = kinds.iter().find(|(field, _)| !self.field(field).is_empty());
        found.map_or(String::new(), |(field, prefix)| format!("{prefix}{}", self.field(field)))
    }

    /// One line for people: author, year, design, species, identifier.
    pub fn line(&self) -> String {
        let parts = [self.field("design"), self.field("species")];
        let kind: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        format!("{} {} ({}) {}", self.author(), self.field("year"), kind.join(", "), self.identifier())
            .trim()
            .to_string()
    }
}

/// A list of references that was read.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// In file order.
    pub all: Vec<Reference>,
}

impl References {
    /// Reads a text; an entry that cannot be read is a finding of `texts`.
    pub(super) fn read(texts: &mut Texts, text: NamedText<'_>) -> References {
        let source = texts.add(text);
        let mut reader = Reader { text: text.text, at: 0 };
        let mut all: Vec<Reference> = vec![];
        while let Some(start) = reader.next_entry() {
            match reader.entry() {
                Ok(None) => {}
                Ok(Some(entry)) => {
                    if all.iter().any(|r| r.key == entry.key) {
                        let message = format!("the key `{}` is taken", entry.key);
                        texts.tell(
                            "reference-duplicate",
                            Span::new(source, start, reader.at),
                            message,
                            "add a letter to it",
                        );
                    }
                    all.push(entry);
                }
                Err(expected) => {
                    let span = Span::new(source, reader.at, (reader.at + 1).min(text.text.len()));
                    let message = format!("this entry should have {expected} here");
                    texts.tell("reference-syntax", span, message, "write `@article{key, field = {text}, ...}`");
                }
            }
        }
        References { all }
    }

    /// Reads a text alone.
    ///
    /// # Errors
    /// All findings: `reference-syntax`, `reference-duplicate`.
    pub fn from_text(text: NamedText<'_>) -> Result<References, super::claim::EvidenceError> {
        let mut texts = Texts::default();
        let references = References::read(&mut texts, text);
        if texts.found.is_empty() {
            return Ok(references);
        }
        Err(super::claim::EvidenceError { sources: texts.sources, diagnostics: texts.found })
    }

    /// A reference by key.
    pub fn get(&self, key: &str) -> Option<&Reference> {
        self.all.iter().find(|r| r.key == key)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Goes behind the next `@` that begins a line; comments are what stands between entries.
    fn next_entry(&mut self) -> Option<usize> {
        let rest = self.rest();
        let begins = |(i, _): &(usize, &str)| *i == 0 || rest[..*i].ends_with('\n');
        let at = rest.match_indices('@').find(begins)?.0;
        let start = self.at + at;
        self.at = start + 1;
        Some(start)
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, c: char) -> bool {
        self.space();
        let hit = self.rest().starts_with(c);
        self.at += if hit { c.len_utf8() } else { 0 };
        hit
    }

    fn word(&mut self) -> &'a str {
        self.space();
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "-_:.".contains(c))).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// One entry, behind its `@`; `None` for comments and strings.
    fn entry(&mut self) -> Result<Option<Reference>, &'static str> {
        let kind = self.word().to_ascii_lowercase();
        if kind.is_empty() {
            return Err("the kind of entry");
        }
        if !self.eat('{') {
            return Err("`{`");
        }
        if ["comment", "string", "preamble"].contains(&kind.as_str()) {
            self.braced()?;
            return Ok(None);
        }
        let key = self.word().to_string();
        if key.is_empty() {
            return Err("a key");
        }
        let mut fields = vec![];
        loop {
            let comma = self.eat(',');
            if self.eat('}') {
                return Ok(Some(Reference { key, fields }));
            }
            if !comma {
                return Err("`,` or `}`");
            }
            let name = self.word().to_ascii_lowercase();
            if name.is_empty() || !self.eat('=') {
                return Err("`field = {text}`");
            }
            fields.push((name, self.value()?));
        }
    }

    fn value(&mut self) -> Result<String, &'static str> {
        if self.eat('{') {
            return self.braced();
        }
        if self.eat('"') {
            let rest = self.rest();
            let end = rest.find('"').ok_or("a closing quotation mark")?;
            self.at += end + 1;
            return Ok(plain(&rest[..end]));
        }
        let word = self.word();
        if word.is_empty() { Err("`{text}`, `\"text\"` or a number") } else { Ok(word.to_string()) }
    }

    /// The text up to the brace that closes an open one.
    fn braced(&mut self) -> Result<String, &'static str> {
        let rest = self.rest();
        let mut open = 1usize;
        for (i, c) in rest.char_indices() {
            open = match c {
                '{' => open + 1,
                '}' => open - 1,
                _ => open,
            };
            if open == 0 {
                self.at += i + 1;
                return Ok(plain(&rest[..i]));
            }
        }
        self.at = self.text.len();
        Err("a closing `}`")
    }
}

/// Without inner braces and line ends.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace(['{', '}'], "").replace("\\&", "&").replace("--", "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "% head\n@article{moghaddam1997,\n  author = {Moghaddam, Bita and Adams, B.},\n  title = {A {NMDA} story\n  of two lines},\n  year = 1997, design = \"microdialysis\", species = {rat},\n  doi = {10.1/x},\n}\n\n@book{b2000, title = {T}}\n";

    fn read(text: &str) -> Result<References, super::super::claim::EvidenceError> {
        References::from_text(NamedText { name: "references.bib", text })
    }

    #[test]
    fn entries_with_braces_quotes_and_numbers() {
        let all = read(TEXT).unwrap();
        let first = all.get("moghaddam1997").unwrap();
        assert_eq!(first.field("title"), "A NMDA story of two lines");
        assert_eq!(first.line(), "Moghaddam 1997 (microdialysis, rat) doi:10.1/x");
        assert_eq!(all.all.len(), 2);
    }

    #[test]
    fn wrong_entries_are_told_with_their_place() {
        for bad in
            ["@article{a, title = {x}", "@article{a title = {x}}", "@article{a, title {x}}", "@{a}", "@article{, y=1}"]
        {
            assert_eq!(read(bad).unwrap_err().diagnostics[0].code, "reference-syntax", "{bad}");
        }
        assert_eq!(read("@a{k, y = 1}\n@a{k, y = 2}").unwrap_err().diagnostics[0].code, "reference-duplicate");
    }

    proptest! {
        #[test]
        fn any_text_ends(text in "[@{},=a-z\n \"]{0,60}") {
            let _ = read(&text);
        }
    }
}
