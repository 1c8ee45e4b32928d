//! The texts the binary carries: models, data library, evidence; and how model texts are loaded.

use crate::exit::Failure;
use std::path::{Path, PathBuf};
use synapta_antimony::{Loaded, Parsed, Sources};
use synapta_model::Model;
use synapta_study::assay::AssaySet;
use synapta_study::library::{Library, LibraryTexts, NamedText, PictureTexts};
use synapta_study::output::{ModelSource, text_hash};

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// Models that stand for a whole subject.
pub const ASSEMBLIES: [(&str, &str); 2] = [
    ("human", "adult person, 70 kg: from a dose to the MADRS"),
    ("rodent", "rat (or mouse): from a dose to behaviour"),
];

/// True for the name of a built-in whole subject.
pub fn is_assembly(name: &str) -> bool {
    ASSEMBLIES.iter().any(|(n, _)| *n == name)
}

/// A built-in text by file name, those of assays included.
pub fn model_text(file: &str) -> Option<&'static str> {
    MODELS.iter().chain(ASSAY_MODELS).find(|(name, _)| *name == file).map(|(_, text)| *text)
}

/// Imports among the built-in texts.
pub struct BuiltIn;

impl Sources for BuiltIn {
    fn load(&self, _from: &str, file: &str) -> Option<Loaded> {
        let name = file.trim_start_matches("./");
        model_text(name).map(|text| Loaded { name: format!("models/{name}"), text: text.to_string() })
    }
}

/// Imports from the folder of the importing file.
pub struct Folder;

impl Sources for Folder {
    fn load(&self, from: &str, file: &str) -> Option<Loaded> {
        let path = Path::new(from).parent().unwrap_or(Path::new("")).join(file);
        let text = read(&path).ok()?;
        Some(Loaded { name: clean(&path).display().to_string(), text })
    }
}

/// The largest model text that is read; `/dev/zero` has no end.
const LARGEST: u64 = 256 << 20;

/// A text of a file, without the byte order mark that some editors put first.
pub fn read(path: &Path) -> std::io::Result<String> {
    use std::io::Read;
    let mut text = String::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(std::io::Error::other(format!("more than {} MB is no model text", LARGEST >> 20)));
    }
    if text.starts_with('\u{feff}') {
        text.drain(..3);
    }
    Ok(text)
}

/// The path without `.` and `a/..`, so that one file has one name.
fn clean(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// A model that was read, with where it came from.
pub struct Text {
    /// The model.
    pub model: Model,
    /// What was read, warnings included.
    pub parsed: Parsed,
    /// For manifests.
    pub source: ModelSource,
}

/// A built-in assembly.
pub fn built_in(name: &str) -> Result<Text, Failure> {
    let file = format!("{name}.ant");
    let Some(text) = model_text(&file) else {
        let known: Vec<&str> = ASSEMBLIES.iter().map(|(n, _)| *n).collect();
        let help = format!("built-in models: {}; or give a path to a file", known.join(", "));
        return Err(Failure::input("unknown-model", format!("there is no built-in model `{name}`"), help));
    };
    finish(name, synapta_antimony::parse(&BuiltIn, &format!("models/{file}"), text))
}

/// A model file.
pub fn from_file(path: &Path) -> Result<Text, Failure> {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml") || e.eq_ignore_ascii_case("sbml")) {
        return Err(Failure::Unsupported(format!(
            "{}: SBML is not read yet; write the model as Antimony (.ant), for instance with the `antimony` package",
            path.display()
        )));
    }
    let text = read(path).map_err(|e| unreadable(path, &e))?;
    finish(&path.display().to_string(), synapta_antimony::parse(&Folder, &path.display().to_string(), &text))
}

/// The finding for a file that cannot be read.
pub fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let help = match error.kind() {
        std::io::ErrorKind::NotFound => near_file(path),
        std::io::ErrorKind::InvalidData => "the file is not UTF-8 text".to_string(),
        _ => "check the path and its permissions".to_string(),
    };
    Failure::input("unreadable-file", format!("{}: {error}", path.display()), help)
}

/// The nearest file name in the same folder.
fn near_file(path: &Path) -> String {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let wanted = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names: Vec<String> = std::fs::read_dir(folder)
        .map(|d| d.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect())
        .unwrap_or_default();
    match synapta_model::diagnostic::nearest(&wanted, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{}`?", folder.join(near).display()),
        None if path.extension().is_some_and(|e| e != "ant") => "check the path".to_string(),
        None => "check the path; the built-in models to run are `human` and `rodent`".to_string(),
    }
}

fn finish(name: &str, mut parsed: Parsed) -> Result<Text, Failure> {
    let Some(model) = parsed.model.take() else {
        return Err(Failure::Input(parsed.diagnostics, parsed.sources));
    };
    let mut texts = vec![];
    let mut i = 0;
    while let Some(s) = parsed.sources.get(synapta_model::SourceId(i)) {
        texts.push((s.name.as_str(), s.text.as_str()));
        i += 1;
    }
    // The hash is of file names and texts, not of where the folder stands.
    let short: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (n.rsplit(['/', '\\']).next().unwrap_or(n), *t)).collect();
    let source = ModelSource { name: name.to_string(), sha256: text_hash(&short) };
    Ok(Text { model, parsed, source })
}

/// The assays.
pub fn assays() -> Result<AssaySet, Failure> {
    let name = "assays.toml";
    let text = LIBRARY.iter().find(|(n, _)| *n == name).map_or("", |(_, t)| *t);
    AssaySet::from_text(NamedText { name, text }).map_err(|e| Failure::Input(e.diagnostics, e.sources))
}

/// The data library.
pub fn library() -> Result<Library, Failure> {
    let named = |file: &'static str| NamedText {
        name: file,
        text: LIBRARY.iter().find(|(n, _)| *n == file).map_or("", |(_, t)| *t),
    };
    let texts = LibraryTexts {
        drugs: named("drugs.toml"),
        subjects: named("subjects.toml"),
        mechanisms: named("mechanisms.toml"),
        hypotheses: named("hypotheses.toml"),
        readouts: named("readouts.toml"),
        pictures: PictureTexts {
            map: named("map.toml"),
            receptor: named("receptor.toml"),
            states: named("states.toml"),
        },
        candidates: Some(named("candidates.toml")),
    };
    Library::from_texts(texts).map_err(|e| Failure::Input(e.diagnostics, e.sources))
}

/// The hash of the data library.
pub fn library_hash() -> String {
    text_hash(LIBRARY)
}
