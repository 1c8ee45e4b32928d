//! What `claims`, `observations` and `evidence` share: the evidence texts, the models, progress, files.

pub mod import;

use crate::exit::Failure;
use crate::{tell, texts};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Instant;
use synapta_model::diagnostic::nearest;
use synapta_study::assay::AssaySet;
use synapta_study::evidence::claim::{ClaimSet, EvidenceError};
use synapta_study::evidence::literature::{Literature, LiteratureTexts};
use synapta_study::evidence::pool::Laboratory;
use synapta_study::evidence::reference::References;
use synapta_study::library::{Library, NamedText};

/// A text of evidence that the binary carries; empty if there is none.
pub fn text(file: &str) -> NamedText<'static> {
    let found = texts::EVIDENCE.iter().chain(texts::SCREENING).find(|(name, _)| *name == file);
    let (name, text) = found.copied().unwrap_or(("evidence", ""));
    NamedText { name, text }
}

/// The references.
pub fn references() -> Result<References, Failure> {
    References::from_text(text("references.bib")).map_err(refused)
}

/// What claims about the literature are judged by.
pub fn literature(claims: &ClaimSet, references: &References) -> Result<Literature, Failure> {
    let exports: Vec<NamedText<'_>> = texts::SCREENING
        .iter()
        .filter(|(name, _)| [".ris", ".nbib", ".bib"].iter().any(|e| name.ends_with(e)))
        .map(|(name, text)| NamedText { name, text })
        .chain([text("references.bib")])
        .collect();
    let texts = LiteratureTexts { rule: text("rule.toml"), exports: &exports, decisions: text("decisions.tsv") };
    Literature::read(texts, claims, references).map_err(refused)
}

/// The built-in claims and those of further files and folders.
pub fn claims(further: &[PathBuf], library: &Library) -> Result<ClaimSet, Failure> {
    let mut read: Vec<(String, String)> = vec![];
    for path in further {
        for file in claim_files(path)? {
            read.push((file.display().to_string(), read_text(&file)?));
        }
    }
    let built_in = texts::CLAIMS.iter().map(|(name, text)| NamedText { name, text });
    let own = read.iter().map(|(name, text)| NamedText { name, text });
    let all: Vec<NamedText<'_>> = built_in.chain(own).collect();
    ClaimSet::from_texts(&all, library).map_err(refused)
}

/// A file, or the `.toml` files of a folder in the order of their names.
fn claim_files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let entries = std::fs::read_dir(path).map_err(|e| texts::unreadable(path, &e))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    files.sort();
    if files.is_empty() {
        let message = format!("{} holds no claim", path.display());
        return Err(Failure::input("no-claims", message, "claims are files that end in `.toml`"));
    }
    Ok(files)
}

/// A text from a file.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    texts::read(path).map_err(|e| texts::unreadable(path, &e))
}

/// Findings of evidence texts as bad input.
pub fn refused(e: EvidenceError) -> Failure {
    Failure::Input(e.diagnostics, e.sources)
}

/// The finding for an id that no entry has.
pub fn unknown_id<'a>(kind: &str, id: &str, known: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let help = match nearest(id, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let all: Vec<&str> = known.collect();
            let (first, last) = (all.first().copied().unwrap_or("none"), all.last().copied().unwrap_or("none"));
            format!("there are {} of them, from `{first}` to `{last}`", all.len())
        }
    };
    Failure::input("unknown-id", format!("there is no {kind} `{id}`"), help)
}

/// Writes a file that was asked for.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|e| {
        let message = format!("{} cannot be written: {e}", path.display());
        Failure::input("unwritable-file", message, "choose another place")
    })
}

/// The first words of a text, marked where it goes on.
pub fn cut(text: &str, width: usize) -> String {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= width {
        return text;
    }
    let head: String = text.chars().take(width.saturating_sub(3)).collect();
    format!("{}...", head.trim_end())
}

/// The models of all subjects, the assays and their models.
pub struct Models {
    subjects: Vec<texts::Text>,
    assays: AssaySet,
    preparations: crate::assay::Models,
}

impl Models {
    /// Reads the built-in assemblies and assays.
    pub fn read() -> Result<Models, Failure> {
        let all = texts::ASSEMBLIES.iter().map(|(name, _)| texts::built_in(name));
        Ok(Models {
            subjects: all.collect::<Result<_, _>>()?,
            assays: texts::assays()?,
            preparations: crate::assay::Models::read()?,
        })
    }

    /// What arms are run with.
    pub fn laboratory<'a>(&'a self, library: &'a Library) -> Result<Laboratory<'a>, Failure> {
        let models: Vec<_> = self.subjects.iter().map(|t| &t.model).collect();
        let sources = self.subjects.first().map(|t| t.parsed.sources.clone()).unwrap_or_default();
        let laboratory = Laboratory::new(library, &models).map_err(|e| Failure::Input(e.diagnostics(), sources))?;
        Ok(laboratory.with_bench(self.preparations.bench(&self.assays, library)))
    }
}

/// Progress on standard error: a line that is rewritten on a terminal, else a start and an end.
pub struct Progress {
    all: usize,
    unit: &'static str,
    started: Instant,
    live: bool,
}

impl Progress {
    /// Of so many arms.
    pub fn new(all: usize, what: &str) -> Progress {
        Progress::counting("arms", all, what)
    }

    /// Of so many of something.
    pub fn counting(unit: &'static str, all: usize, what: &str) -> Progress {
        let live = std::io::stderr().is_terminal();
        tell(&format!("{all} {unit} {what}{}", if live { "" } else { "\n" }));
        Progress { all, unit, started: Instant::now(), live }
    }

    /// So many are done.
    pub fn tell(&self, done: usize) {
        if self.live {
            tell(&format!("\r{done} of {} {}          ", self.all, self.unit));
        }
    }

    /// All are done.
    pub fn end(&self) {
        let line = format!("{} {} in {:.1} s\n", self.all, self.unit, self.started.elapsed().as_secs_f64());
        tell(&if self.live { format!("\r{line}") } else { line });
    }
}
