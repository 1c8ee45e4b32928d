//! `synapta book`: the model book, pages made from the texts of models and evidence alone.
//!
//! Nothing is simulated: verdicts are those written down in `verdicts.tsv`, which a test holds against the runs. The same texts
//! give the same bytes.

mod diagram;
mod formulas;
mod html;
mod influence;
mod known;
mod lists;
mod mathml;
mod module;
mod module_page;

use crate::args::Book;
use crate::exit::Failure;
use crate::{evidence, print};
use known::Known;
use module::ModelFile;
use std::path::Path;

/// Writes every page.
pub fn run(args: &Book) -> Result<(), Failure> {
    let library = crate::texts::library()?;
    let references = evidence::references()?;
    let claims = evidence::claims(&[], &library)?;
    let files = module::all()?;
    let known = Known::new(&files, &library, &references, &claims)?;
    let pages = pages(&known);
    std::fs::create_dir_all(&args.out).map_err(|e| {
        let message = format!("{} cannot be made: {e}", args.out.display());
        Failure::input("unwritable-file", message, "choose another folder")
    })?;
    for (name, text) in &pages {
        evidence::write(&args.out.join(name), text.as_bytes())?;
    }
    print(&format!("{} files in {}; begin with {}\n", pages.len(), args.out.display(), first(&args.out)));
    Ok(())
}

fn first(folder: &Path) -> String {
    folder.join("index.html").display().to_string()
}

/// File names and contents, in a fixed order.
fn pages(known: &Known<'_>) -> Vec<(String, String)> {
    let mut out = vec![
        ("index.html".to_string(), lists::index(known)),
        ("parameters.html".to_string(), lists::parameters(known)),
        ("claims.html".to_string(), lists::claims(known)),
        ("references.html".to_string(), lists::references(known)),
        ("book.css".to_string(), include_str!("book/book.css").to_string()),
        ("sort.js".to_string(), include_str!("book/sort.js").to_string()),
    ];
    out.extend(
        known.files.iter().map(|file: &ModelFile| (format!("{}.html", file.name), module_page::html(known, file))),
    );
    out
}
