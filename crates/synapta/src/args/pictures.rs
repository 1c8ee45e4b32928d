//! Flags of the commands that draw and compare.

use clap::{Args, ValueHint};
use std::path::PathBuf;

/// Who is dosed with what, under which assumptions: one arm in words.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Study")]
pub struct ArmArgs {
    /// Who: see `synapta subjects`.
    #[arg(long, value_name = "NAME", default_value = "trd")]
    pub subject: String,

    /// A dose in one line. Repeatable. `none` for no dose; without it the subject's default dose.
    #[arg(long = "dose", value_name = "LINE", allow_hyphen_values = true)]
    pub doses: Vec<String>,

    /// Remove a mechanism: see `synapta mechanisms`. Repeatable.
    #[arg(long, value_name = "MECHANISM")]
    pub without: Vec<String>,

    /// Choose a contested reading: see `synapta hypotheses`. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub hypothesis: Vec<String>,

    /// Change a parameter or a starting value: `NAME=VALUE` or `NAME=VALUE UNIT`. Repeatable.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
}

/// `synapta map`.
#[derive(Args, Debug)]
#[command(after_help = MAP_EXAMPLES)]
pub struct Map {
    /// The arm.
    #[command(flatten)]
    pub arm: ArmArgs,

    /// The time after the first dose that the map shows.
    #[arg(long, value_name = "TIME", default_value = "24 h")]
    pub at: String,

    /// End of the small curves; without it a week, or TIME if that is later.
    #[arg(long, value_name = "TIME")]
    pub end: Option<String>,

    /// Picture to write, `.svg` or `.png`. Repeatable. Without it none is written.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Vec<PathBuf>,

    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `synapta figure`.
#[derive(Args, Debug)]
#[command(after_help = FIGURE_EXAMPLES)]
pub struct Figure {
    /// 1: the cascade; 2: the NMDA receptor; 3: the synapse in health, illness and treatment.
    #[arg(value_parser = clap::value_parser!(u8).range(1..=3))]
    pub number: u8,

    /// A dose in one line. Repeatable; without it the patient's default dose.
    #[arg(long = "dose", value_name = "LINE", allow_hyphen_values = true)]
    pub doses: Vec<String>,

    /// Choose a contested reading: see `synapta hypotheses`. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub hypothesis: Vec<String>,

    /// Picture to write, `.svg` or `.png`. Repeatable. Without it `figure-N.svg` and `figure-N.png`.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Vec<PathBuf>,

    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const MAP_EXAMPLES: &str = "\
Examples:
  synapta map --out map.png
  synapta map --at \"1 h\" --out map-1h.svg
  synapta map --subject rat-cus --without mtorc1 --out cut.png";

const FIGURE_EXAMPLES: &str = "\
Examples:
  synapta figure 1
  synapta figure 2 --out receptor.png
  synapta figure 3 --dose \"84 mg esketamine intranasal\" --out synapse.svg";

/// `synapta attribute`.
#[derive(Args, Debug)]
#[command(after_help = ATTRIBUTE_EXAMPLES)]
pub struct Attribute {
    /// The arm.
    #[command(flatten)]
    pub arm: ArmArgs,

    /// The time after the first dose.
    #[arg(long, value_name = "TIME", default_value = "24 h")]
    pub at: String,

    /// What the effect is on: a name of the model or a formula over names.
    #[arg(long, value_name = "FORMULA", default_value = "depression")]
    pub of: String,

    /// A mechanism that takes a share. Repeatable; without it those that mechanisms.toml marks.
    #[arg(long, value_name = "MECHANISM")]
    pub mechanism: Vec<String>,

    /// Orders drawn, if there are more than 8 mechanisms.
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub orders: usize,

    /// Seed of the draw.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `synapta compare`.
#[derive(Args, Debug)]
#[command(after_help = COMPARE_EXAMPLES)]
pub struct Compare {
    /// One arm: a regimen line, a subject, or hypotheses (`NAME,NAME`); or `dose=`, `subject=`, `hypothesis=`, `without=`, `set=`.
    #[arg(value_name = "A")]
    pub a: String,

    /// The other arm, in the same words.
    #[arg(value_name = "B")]
    pub b: String,

    /// What both arms share.
    #[command(flatten)]
    pub arm: ArmArgs,

    /// End of the runs.
    #[arg(long, value_name = "TIME", default_value = "14 d")]
    pub end: String,

    /// Figure to write, `.svg` or `.png`. Repeatable.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Vec<PathBuf>,

    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `synapta hypotheses`.
#[derive(Args, Debug)]
#[command(after_help = HYPOTHESES_EXAMPLES)]
pub struct Hypotheses {
    /// A hypothesis, shown in full; without it all, one row each.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,

    /// Simulate every observation with and without it, and show those whose verdict changes.
    #[arg(long, requires = "name")]
    pub evidence: bool,

    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `synapta rank`.
#[derive(Args, Debug)]
pub struct Rank {
    /// People in an interval beside the typical one.
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub members: usize,

    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const ATTRIBUTE_EXAMPLES: &str = "\
Examples:
  synapta attribute --without expectation
  synapta attribute --subject rat-cus --of prefrontal.synapse.spine_density --mechanism mtorc1 --mechanism bdnf_release";

const COMPARE_EXAMPLES: &str = "\
Examples:
  synapta compare \"0.5 mg/kg iv over 40 min\" \"84 mg esketamine intranasal\" --out compare.png
  synapta compare trd val66met
  synapta compare belief_heavy drug_heavy
  synapta compare without=mtorc1 without=nmda_block --without expectation";

const HYPOTHESES_EXAMPLES: &str = "\
Examples:
  synapta hypotheses no_gain
  synapta hypotheses no_gain --evidence";
