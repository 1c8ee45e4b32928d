//! Gathers the texts of models, data and evidence, so that the binary carries them.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    let models = table(&root.join("models"), &["ant"])?;
    let assays = table(&root.join("models/assays"), &["ant"])?;
    let library = table(&root.join("studies/library"), &["toml"])?;
    let claims = table(&root.join("evidence/claims"), &["toml"])?;
    let evidence = table(&root.join("evidence"), &["bib", "tsv", "toml"])?;
    let verdicts = table(&root.join("evidence/claims"), &["tsv"])?;
    let screening = table(&root.join("evidence/screening"), &["ris", "nbib", "bib", "tsv", "toml"])?;
    let calibration = table(&root.join("studies/calibration"), &["toml"])?;
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("texts.rs");
    fs::write(
        out,
        format!(
            "pub(crate) const MODELS: &[(&str, &str)] = &{models};\npub(crate) const ASSAY_MODELS: &[(&str, &str)] = &{assays};\n\
             pub(crate) const LIBRARY: &[(&str, &str)] = &{library};\n\
             pub(crate) const CLAIMS: &[(&str, &str)] = &{claims};\npub(crate) const EVIDENCE: &[(&str, &str)] = &{evidence};\n\
             pub(crate) const SCREENING: &[(&str, &str)] = &{screening};\n\
             pub(crate) const VERDICTS: &[(&str, &str)] = &{verdicts};\n\
             pub(crate) const CALIBRATION: &[(&str, &str)] = &{calibration};\n"
        ),
    )
}

/// The files of a folder with one of the extensions, as a Rust slice of (name, text), sorted by name.
fn table(folder: &Path, extensions: &[&str]) -> io::Result<String> {
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    files.retain(|p| p.extension().is_some_and(|e| extensions.iter().any(|x| e == *x)));
    files.sort();
    let mut rows = String::from("[");
    for file in files {
        println!("cargo:rerun-if-changed={}", file.display());
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path = fs::canonicalize(&file)?;
        rows.push_str(&format!("({name:?}, include_str!({:?})), ", path.display().to_string()));
    }
    rows.push(']');
    Ok(rows)
}
