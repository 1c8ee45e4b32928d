//! What a note and the terms of an element say about where its value comes from.

use crate::Meta;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A citation: a DOI or a number of PubMed.
    Sourced,
    /// Fitted to rows of the observations.
    Fitted(Vec<String>),
    /// Assumed.
    Assumed,
    /// No statement about nature: a normalisation, reference volume, unit conversion, numerical guard, switch, or an input.
    Definition,
}

/// A note that begins with `fitted:` and cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IllFormed {
    /// What is wrong with it.
    pub message: String,
}

/// How a note says that a value is fitted.
pub(super) const FITTED: &str = "`k notes \"fitted: ROW ROW; reason\"` with ids of rows of the observations";

/// Where the value of an element comes from; a citation says more than a note, and `None` is that nothing is said.
///
/// # Errors
/// Says what is wrong with a note that begins with `fitted:`, where there is no citation.
pub fn origin(meta: &Meta) -> Result<Option<Origin>, IllFormed> {
    if has_source(meta) {
        return Ok(Some(Origin::Sourced));
    }
    of_note(&meta.notes.as_deref().map(plain).unwrap_or_default())
}

fn of_note(note: &str) -> Result<Option<Origin>, IllFormed> {
    if let Some(rest) = after(note, "fitted:") {
        return rows(rest).map(|rows| Some(Origin::Fitted(rows)));
    }
    Ok(if after(note, "definition:").is_some() {
        Some(Origin::Definition)
    } else if after(note, "assumed").is_some() {
        Some(Origin::Assumed)
    } else {
        None
    })
}

/// What follows a word at the start, in small letters or not.
fn after<'a>(note: &'a str, word: &str) -> Option<&'a str> {
    note.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).map(|_| &note[word.len()..])
}

/// Ids before the `;`, with a reason behind it.
fn rows(text: &str) -> Result<Vec<String>, IllFormed> {
    let wrong = |message: String| Err(IllFormed { message });
    let Some((ids, reason)) = text.split_once(';') else {
        return wrong("no `;` ends the rows of a note `fitted:`".into());
    };
    let rows: Vec<String> = ids.split_whitespace().map(String::from).collect();
    if rows.is_empty() {
        return wrong("a note `fitted:` names no row".into());
    }
    if let Some(odd) = rows.iter().find(|id| !is_id(id)) {
        return wrong(format!("`{odd}` in a note `fitted:` is no id of a row"));
    }
    if let Some(twice) = rows.iter().enumerate().find(|(i, id)| rows[..*i].contains(id)).map(|(_, id)| id) {
        return wrong(format!("a note `fitted:` names `{twice}` twice"));
    }
    if reason.trim().is_empty() {
        return wrong("a note `fitted:` gives no reason".into());
    }
    Ok(rows)
}

/// A letter, then letters, digits and `_`, with a digit among them.
fn is_id(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && word.contains(|c: char| c.is_ascii_digit())
}

fn has_source(meta: &Meta) -> bool {
    citations(meta).next().is_some()
}

/// What the description and derivation terms of an element cite: DOIs and numbers of PubMed, as written.
pub fn citations(meta: &Meta) -> impl Iterator<Item = &str> {
    let describes = |qualifier: &str| {
        let plain: String = qualifier.chars().filter(char::is_ascii_alphabetic).collect();
        let plain = plain.to_lowercase();
        ["describedby", "derivedfrom"].iter().any(|q| plain.ends_with(q)) || plain == "description" || plain == "origin"
    };
    let terms = meta.terms.iter().filter(move |t| describes(&t.qualifier));
    terms.flat_map(|t| &t.resources).map(String::as_str).filter(|r| is_citation(r))
}

/// A DOI, a PubMed or PubMed Central number, or (for physical constants) a PubChem compound, in any of their usual forms.
fn is_citation(resource: &str) -> bool {
    let text = resource.to_lowercase();
    let is_doi = text.find("10.").is_some_and(|i| i == 0 || text[..i].contains("doi"));
    let numbered = |mark: &str| {
        text.match_indices(mark).any(|(i, _)| {
            let rest = text[i + mark.len()..].trim_start_matches([':', '/', ' ']);
            rest.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    is_doi || ["pubmed", "pmid", "pmc", "pubmed.ncbi.nlm.nih.gov", "pubchem.compound"].into_iter().any(numbered)
}

/// A note without its XHTML marks.
pub(super) fn plain(notes: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_usize;
    for c in notes.chars() {
        match c {
            '<' => depth += 1,
            '>' if depth > 0 => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out.trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CvTerm;

    fn described_by(resource: &str) -> Meta {
        Meta {
            terms: vec![CvTerm { qualifier: "isDescribedBy".into(), resources: vec![resource.into()] }],
            ..Meta::default()
        }
    }

    fn noted(notes: &str) -> Result<Option<Origin>, String> {
        origin(&Meta { notes: Some(notes.into()), ..Meta::default() }).map_err(|e| e.message)
    }

    #[test]
    fn citations_are_told_from_other_links() {
        for good in [
            "https://doi.org/10.1007/s40262-020-00953-4",
            "doi:10.1038/nature10130",
            "https://identifiers.org/pubmed:12345678",
            "urn:miriam:pubmed:12345678",
            "http://identifiers.org/doi/10.1/x",
            "https://pubmed.ncbi.nlm.nih.gov/12345678/",
            "https://identifiers.org/pmc:PMC7406986",
            "https://identifiers.org/pubchem.compound:3821",
        ] {
            assert!(has_source(&described_by(good)), "{good}");
        }
        for bad in ["https://example.org/paper", "https://identifiers.org/uniprot:P31749", "10 mice", ""] {
            assert!(!has_source(&described_by(bad)), "{bad}");
        }
        let mut identity = described_by("https://doi.org/10.1/x");
        identity.terms[0].qualifier = "identity".into();
        assert!(!has_source(&identity));
    }

    #[test]
    fn classes_are_seen_through_xhtml_and_in_capitals() {
        assert_eq!(noted("<body><p>\n Assumed: half of it</p></body>"), Ok(Some(Origin::Assumed)));
        assert_eq!(noted("<p>Definition: one litre</p>"), Ok(Some(Origin::Definition)));
        assert_eq!(
            noted("fitted: OP1 LII07a; their peak"),
            Ok(Some(Origin::Fitted(vec!["OP1".into(), "LII07a".into()])))
        );
        assert_eq!(noted("not assumed"), Ok(None));
        assert_eq!(noted("definition of a litre"), Ok(None));
        assert_eq!(noted("fitted to the control arms"), Ok(None));
        assert_eq!(noted("möchte: ja"), Ok(None));
    }

    #[test]
    fn a_citation_says_more_than_a_note() {
        for notes in ["fitted: OP1; its peak", "fitted: a third of the gain at week 1"] {
            let meta = Meta { notes: Some(notes.into()), ..described_by("doi:10.1038/nature10130") };
            assert_eq!(origin(&meta), Ok(Some(Origin::Sourced)));
            assert_eq!(citations(&meta).collect::<Vec<_>>(), ["doi:10.1038/nature10130"]);
        }
    }

    #[test]
    fn an_ill_formed_list_of_rows_is_told() {
        for (notes, part) in [
            ("fitted: OP1 OP2", "no `;`"),
            ("fitted: ; by eye", "names no row"),
            ("fitted: OP1, OP2; peaks", "`OP1,`"),
            ("fitted: the control arms; by eye", "`the`"),
            ("fitted: OP1 OP1; peaks", "twice"),
            ("fitted: OP1; ", "no reason"),
        ] {
            let message = noted(notes).expect_err(notes);
            assert!(message.contains(part), "{notes}: {message}");
        }
    }
}
