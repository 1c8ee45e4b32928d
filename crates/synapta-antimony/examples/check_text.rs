//! Reads Antimony texts named on the command line and says what was found in them.

use std::time::Instant;

fn main() {
    for name in std::env::args().skip(1) {
        let text = String::from_utf8_lossy(&std::fs::read(&name).unwrap_or_default()).into_owned();
        let load = |from: &str, file: &str| {
            let path = std::path::Path::new(from).with_file_name(file);
            let text = std::fs::read_to_string(&path).ok()?;
            Some(synapta_antimony::Loaded { name: path.to_string_lossy().into_owned(), text })
        };
        let start = Instant::now();
        let parsed = synapta_antimony::parse(&load, &name, &text);
        let took = start.elapsed();
        for found in &parsed.diagnostics {
            let place = parsed.sources.place(found.span).map(|p| p.to_string()).unwrap_or_else(|| name.clone());
            let help = found.help.as_deref().map(|h| format!(" ({h})")).unwrap_or_default();
            println!("{place}: {:?} [{}] {}{help}", found.severity, found.code, found.message);
        }
        match parsed.model {
            Some(m) => println!(
                "{name}: {} species, {} parameters, {} reactions, {} rules, {} events, read in {took:?}",
                m.species.len(),
                m.parameters.len(),
                m.reactions.len(),
                m.rules.len(),
                m.events.len()
            ),
            None => println!("{name}: not read ({took:?})"),
        }
    }
}
