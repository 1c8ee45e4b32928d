//! The Antimony conformance suite, read in place.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where the suites are: `SYNAPTA_CONFORMANCE`, else `../shared/conformance` beside the workspace.
fn folder() -> PathBuf {
    match std::env::var_os("SYNAPTA_CONFORMANCE") {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
    }
}

/// All files of the suite by name. `None`, said loudly, if the suite is not there; in CI that is a failure.
pub fn files() -> Option<BTreeMap<String, Vec<u8>>> {
    let archive = folder().join("antimony/antimony.tar.gz");
    let Ok(bytes) = std::fs::read(&archive) else {
        let message = format!("THE ANTIMONY CONFORMANCE SUITE IS NOT AT {}: SKIPPED", archive.display());
        assert!(std::env::var_os("CI").is_none(), "{message}; CI needs it (set SYNAPTA_CONFORMANCE)");
        eprintln!("\n*** {message} (set SYNAPTA_CONFORMANCE) ***\n");
        return None;
    };
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
    let mut files = BTreeMap::new();
    for entry in tar.entries().expect("the archive can be listed") {
        let mut entry = entry.expect("an entry of the archive");
        let path = entry.path().expect("a path").into_owned();
        let mut content = vec![];
        entry.read_to_end(&mut content).expect("content of an entry");
        if let Some(name) = path.file_name() {
            files.insert(name.to_string_lossy().into_owned(), content);
        }
    }
    assert!(!files.is_empty(), "the archive {} is empty", archive.display());
    Some(files)
}

/// The text of a file of the suite; bytes that are not UTF-8 become replacement characters.
pub fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Option<String> {
    files.get(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// Reads one text of the suite; imports are looked for in the suite.
pub fn parse(files: &BTreeMap<String, Vec<u8>>, name: &str) -> synapta_antimony::Parsed {
    let load = |_: &str, file: &str| {
        let text = text(files, file)?;
        Some(synapta_antimony::Loaded { name: file.to_owned(), text })
    };
    synapta_antimony::parse(&load, name, &text(files, name).unwrap_or_default())
}

/// Names (without ending) of all texts.
pub fn names(files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    files.keys().filter_map(|n| n.strip_suffix(".ant")).map(str::to_owned).collect()
}
