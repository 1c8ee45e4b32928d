//! `synapta figure 1|2|3`: the cascade, the NMDA receptor, the synapse in three states.

mod receptor;
mod synapse;

use crate::args::{ArmArgs, Figure};
use crate::exit::Failure;
use crate::map::Cascade;
use crate::{arms, evidence, picture, print, texts};
use serde_json::Value;
use std::path::PathBuf;
use synapta_report::TWO_COLUMNS_MM;
use synapta_study::evidence::pool::{ArmSpec, Laboratory};

/// The patient of the figures.
const PATIENT: &str = "trd";
/// The hour that figures 1 and 3 show.
const DAY_H: f64 = 24.0;
/// End of the courses of figure 1, h.
const WEEK_H: f64 = 168.0;

/// A figure: its drawing, its numbers, its table.
pub struct Made {
    /// SVG.
    pub svg: String,
    /// For `--json`.
    pub json: Value,
    /// For the terminal.
    pub table: String,
}

/// Draws it.
pub fn run(args: &Figure) -> Result<(), Failure> {
    let out = match args.out.as_slice() {
        [] => ["svg", "png"].map(|e| PathBuf::from(format!("figure-{}.{e}", args.number))).to_vec(),
        asked => asked.to_vec(),
    };
    picture::check(&out)?;
    let library = texts::library()?;
    let models = evidence::Models::read()?;
    let laboratory = models.laboratory(&library)?;
    let made = match args.number {
        1 => cascade(args, &laboratory)?,
        2 => receptor::made(&patient(args, &laboratory, DAY_H)?, &laboratory)?,
        _ => synapse::made(&patient(args, &laboratory, DAY_H)?, &laboratory)?,
    };
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&made.json).unwrap_or_default()));
    } else {
        print(&made.table);
    }
    picture::write(&made.svg, TWO_COLUMNS_MM, &out, args.json)
}

fn cascade(args: &Figure, laboratory: &Laboratory<'_>) -> Result<Made, Failure> {
    let live = Cascade::simulate(&patient(args, laboratory, WEEK_H)?, laboratory, DAY_H)?;
    Ok(Made { svg: synapta_report::map_svg(&live.drawn()), json: live.as_json(), table: live.table() })
}

fn patient(args: &Figure, laboratory: &Laboratory<'_>, end_h: f64) -> Result<ArmSpec, Failure> {
    let arm = ArmArgs {
        subject: PATIENT.into(),
        doses: args.doses.clone(),
        hypothesis: args.hypothesis.clone(),
        ..ArmArgs::default()
    };
    arms::spec(&arm, laboratory, end_h)
}
