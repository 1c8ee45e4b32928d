//! Any text is read without a panic; a model that comes out can be printed and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synapta_antimony::{Loaded, parse, print};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    // Imports find a small fixed text, so that what they bring in is reached too.
    let load = |_: &str, file: &str| {
        (file == "a").then(|| Loaded { name: "a".into(), text: "model a(x)\n x -> ; k*x\n k = 1\nend\n".into() })
    };
    let parsed = parse(&load, "fuzz", &text);
    assert!(parsed.model.is_some() || parsed.has_errors());
    if let Some(model) = parsed.model {
        let _ = parse(&load, "again", &print(&model));
    }
});
