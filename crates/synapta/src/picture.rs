//! Writing pictures: SVG as it is drawn, PNG at the resolution of print.

use crate::exit::Failure;
use crate::{evidence, print, study};
use std::path::{Path, PathBuf};

/// Dots to a millimetre: 400 to an inch.
const DOTS_PER_MM: f64 = 400.0 / 25.4;

/// Endings that are known, checked before anything is run.
pub fn check(out: &[PathBuf]) -> Result<(), Failure> {
    let known = |p: &&PathBuf| ending(p).is_some();
    match out.iter().find(|p| !known(p)) {
        None => Ok(()),
        Some(path) => Err(Failure::input(
            "unknown-picture",
            format!("{} is neither `.svg` nor `.png`", path.display()),
            "end the file's name in `.svg` or `.png`",
        )),
    }
}

fn ending(path: &Path) -> Option<&'static str> {
    let ending = path.extension()?.to_str()?;
    ["svg", "png"].into_iter().find(|e| e.eq_ignore_ascii_case(ending))
}

/// Writes a picture of a width in mm to each file, by its ending.
pub fn write(svg: &str, width_mm: f64, out: &[PathBuf], quiet: bool) -> Result<(), Failure> {
    for path in out {
        match ending(path) {
            Some("png") => {
                let dots = (width_mm * DOTS_PER_MM).round() as u32;
                let png = synapta_report::png_from_svg(svg, dots).map_err(|e| study::internal(&e.to_string()))?;
                evidence::write(path, &png)?;
            }
            _ => evidence::write(path, svg.as_bytes())?,
        }
        if !quiet {
            print(&format!("Picture in {}\n", path.display()));
        }
    }
    Ok(())
}
