//! The command line's words: every flag in one place.

mod pictures;

pub use pictures::*;

use clap::{Args, Parser, Subcommand, ValueHint};
use std::path::PathBuf;

/// How ketamine lifts depression, from a dose to the rating scale: run it, change it, check it.
///
/// A research tool. It gives no medical advice.
#[derive(Parser, Debug)]
#[command(name = "synapta", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str =
    "Exit codes: 0 done; 1 a finding (a check or a subject failed); 2 bad input; 3 not supported; 130 interrupted.";

/// The subcommands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Simulate a dose in a subject, or any model file over a time span.
    Simulate(Box<Simulate>),
    /// Simulate many subjects, each a row of a table, on all cores.
    Ensemble(Box<Ensemble>),
    /// Check a model: units, names, provenance, counts.
    Check(Check),
    /// Show the dose records a regimen stands for.
    Dose(Dose),
    /// Simulate the claims and judge each: exit code 1 if one fails.
    Claims(Claims),
    /// Hold the measurements against their simulations.
    Observations(Observations),
    /// Run an assay: a small fast model under a protocol. Without a name: list the assays.
    Assay(Assay),
    /// Read and screen exports of literature searches.
    Evidence {
        /// What to do with them.
        #[command(subcommand)]
        command: EvidenceCommand,
    },
    /// Write the model book: modules, equations, values with sources, claims, as pages.
    Book(Book),
    /// Fit parameters to the measurements within their published ranges.
    Calibrate(Calibrate),
    /// Draw the cascade with live values: quantities, mechanisms between them, courses.
    Map(Map),
    /// Draw a figure: 1 the cascade, 2 the NMDA receptor, 3 the synapse in three states.
    Figure(Figure),
    /// Share the effect of a dose among mechanisms (Shapley).
    Attribute(Attribute),
    /// Put two arms side by side.
    Compare(Box<Compare>),
    /// Rank doses, schedules and targets by predicted effect, with intervals.
    Rank(Rank),
    /// List the built-in models.
    Models(List),
    /// List the built-in subjects.
    Subjects(List),
    /// List the drugs and the routes each can take.
    Drugs(List),
    /// List what `--without` can remove.
    Mechanisms(List),
    /// List what `--hypothesis` can choose; or show one, with the observations for and against it.
    Hypotheses(Hypotheses),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// `synapta simulate`.
#[derive(Args, Debug)]
#[command(after_help = SIMULATE_EXAMPLES)]
pub struct Simulate {
    /// A model file (.ant). Without it: the subject's built-in model.
    #[arg(value_hint = ValueHint::FilePath)]
    pub model: Option<PathBuf>,

    /// The study: who gets what.
    #[command(flatten)]
    pub study: StudyArgs,

    /// Folder for trajectory, summary, manifest, figure and report; without it `synapta-out`, or none with --json.
    #[arg(long, help_heading = "Study", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,

    /// Write the table only: no files.
    #[arg(long, help_heading = "Study", conflicts_with = "out")]
    pub no_files: bool,

    /// A plain time course of MODEL.
    #[command(flatten)]
    pub course: CourseArgs,

    /// End of the run: hours (study, from the first dose) or the model's time unit (time course).
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub end: Option<String>,

    /// Relative tolerance.
    #[arg(long, value_name = "R", default_value_t = 1e-6, allow_negative_numbers = true)]
    pub rtol: f64,

    /// Absolute tolerance for every state; by default each state has its own, from its scale.
    #[arg(long, value_name = "A", allow_negative_numbers = true)]
    pub atol: Option<f64>,

    /// Change a parameter or a starting value: `NAME=VALUE` or `NAME=VALUE UNIT`. Repeatable.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,

    /// Print the summary as JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// Who is dosed with what, under which assumptions.
#[derive(Args, Debug)]
#[command(next_help_heading = "Study")]
pub struct StudyArgs {
    /// Who: see `synapta subjects`.
    #[arg(long, value_name = "NAME")]
    pub subject: Option<String>,

    /// A dose in one line, for instance "0.5 mg/kg iv over 40 min". Repeatable. `none` for no dose.
    #[arg(long = "dose", value_name = "LINE", allow_hyphen_values = true)]
    pub doses: Vec<String>,

    /// A file of dose records (CSV with a header, of `time,amt,rate,dur,ii,addl,evid,cmt,ss,drug,route,unit`).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub regimen: Option<PathBuf>,

    /// Remove a mechanism: see `synapta mechanisms`. Repeatable.
    #[arg(long, value_name = "MECHANISM")]
    pub without: Vec<String>,

    /// Choose a contested reading: see `synapta hypotheses`. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub hypothesis: Vec<String>,
}

/// Options of a plain time course.
#[derive(Args, Debug)]
#[command(next_help_heading = "Time course of a model file")]
pub struct CourseArgs {
    /// Start time.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub start: Option<f64>,

    /// Number of equal steps; the output has one row more.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub steps: Option<usize>,

    /// Columns, in order; `all` for every species and everything that varies. A reaction gives its rate.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub variables: Vec<String>,

    /// Of these, species to give as amounts.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub amount: Vec<String>,

    /// Of these, species to give as concentrations.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub concentration: Vec<String>,

    /// CSV to write; standard output without it.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output_csv: Option<PathBuf>,
}

const SIMULATE_EXAMPLES: &str = "\
Examples:
  synapta simulate
  synapta simulate --dose \"84 mg esketamine intranasal\"
  synapta simulate --subject rat-cus --dose \"10 mg/kg ketamine ip\" --without expectation
  synapta simulate --dose \"0.5 mg/kg iv over 40 min, then naltrexone 50 mg oral at -1 h\"
  synapta simulate my.ant --start 0 --end 50 --steps 100 --variables A,B --output-csv out.csv";

/// `synapta ensemble`.
#[derive(Args, Debug)]
#[command(after_help = ENSEMBLE_EXAMPLES)]
pub struct Ensemble {
    /// A model file (.ant) or the name of a built-in model. Without it: the built-in model of --subject.
    #[arg(value_hint = ValueHint::FilePath)]
    pub model: Option<PathBuf>,

    /// The table: CSV, a row a subject. Columns are parameters or starting values, named as for --set; a first column
    /// `id` or `subject` names the subjects; an empty cell keeps the model's own value.
    #[arg(long, value_name = "TABLE", value_hint = ValueHint::FilePath)]
    pub subjects: PathBuf,

    /// Parquet file to write: a row a subject and time.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,

    /// First output time: the model's time, or hours after the first dose.
    #[arg(long, value_name = "TIME", default_value_t = 0.0, allow_hyphen_values = true)]
    pub start: f64,

    /// Last output time: the model's time, or hours after the first dose, or with a unit (`28 d`).
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub end: Option<String>,

    /// Number of equal steps; each subject has one row more.
    #[arg(long, value_name = "N", default_value_t = 50, allow_negative_numbers = true)]
    pub steps: usize,

    /// Columns, in order; `all` for every species and everything that varies. A reaction gives its rate.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub variables: Vec<String>,

    /// Of these, species to give as amounts.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub amount: Vec<String>,

    /// Of these, species to give as concentrations.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub concentration: Vec<String>,

    /// Relative tolerance.
    #[arg(long, value_name = "R", default_value_t = 1e-6, allow_negative_numbers = true)]
    pub rtol: f64,

    /// Absolute tolerance for every state; by default each state has its own, from its scale.
    #[arg(long, value_name = "A", allow_negative_numbers = true)]
    pub atol: Option<f64>,

    /// Change a parameter or a starting value of every subject: `NAME=VALUE` or `NAME=VALUE UNIT`. Repeatable. The table
    /// wins over it.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,

    /// The study, for models of a whole subject.
    #[command(flatten)]
    pub study: StudyArgs,

    /// Threads; all cores without it. They do not change the output.
    #[arg(long, value_name = "N", help_heading = "Running")]
    pub threads: Option<usize>,

    /// Subjects side by side in a thread: 1, 4, 8 or 16. They do not change the output.
    #[arg(long, value_name = "N", hide = true)]
    pub lanes: Option<usize>,

    /// Only this share of the row groups, for instance `2/8`.
    #[arg(long, value_name = "K/N", help_heading = "Running")]
    pub shard: Option<String>,

    /// Replace an output that is there, and parts of another run.
    #[arg(long, help_heading = "Running")]
    pub overwrite: bool,

    /// No progress on standard error.
    #[arg(long, help_heading = "Running")]
    pub quiet: bool,

    /// Print the report as JSON instead of a table.
    #[arg(long, help_heading = "Running")]
    pub json: bool,
}

const ENSEMBLE_EXAMPLES: &str = "\
Examples:
  synapta ensemble my.ant --subjects people.csv --end 672 --steps 672 --variables A,B --out people.parquet
  synapta ensemble --subject trd --subjects people.csv --dose \"0.5 mg/kg iv over 40 min\" \\
    --end \"28 d\" --steps 28 --variables subject.mood.madrs --out people.parquet

A run that was ended keeps its finished row groups in FILE.parts; the same command goes on from there.";

/// `synapta check`.
#[derive(Args, Debug)]
pub struct Check {
    /// A model file (.ant), or the name of a built-in model.
    pub model: String,
    /// Print everything as JSON.
    #[arg(long)]
    pub json: bool,
    /// Show warnings and provenance gaps one by one, not only their number.
    #[arg(long)]
    pub verbose: bool,
    /// Exit 1 if anything at all is found, warnings and gaps included.
    #[arg(long)]
    pub strict: bool,
}

/// `synapta dose`.
#[derive(Args, Debug)]
pub struct Dose {
    /// The regimen in one line.
    #[arg(value_name = "LINE", required_unless_present = "regimen", allow_hyphen_values = true)]
    pub line: Option<String>,
    /// A file of dose records instead.
    #[arg(long, value_name = "FILE", conflicts_with = "line")]
    pub regimen: Option<PathBuf>,
    /// Whose weight counts for mg/kg.
    #[arg(long, value_name = "NAME", default_value = "trd")]
    pub subject: String,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `synapta claims`.
#[derive(Args, Debug)]
pub struct Claims {
    /// Claims by id, each shown in full; without ids all, one row each.
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// Further claims: a file, or a folder of `.toml` files. Repeatable.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub file: Vec<PathBuf>,
    /// Write one page with arms, expectations, curves and sources of each claim.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub html: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `synapta observations`.
#[derive(Args, Debug)]
pub struct Observations {
    /// Observations by id; without ids all.
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// A further table with the same columns (tab-separated). Repeatable.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Vec<PathBuf>,
    /// Write a figure, simulated against measured (SVG).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub figure: Option<PathBuf>,
    /// Draw the simulated course with the data on it: an observable, or `all` with the cascade.
    #[arg(long, value_name = "OBSERVABLE", requires = "out")]
    pub course: Option<String>,
    /// Folder for the courses (SVG and PNG).
    #[arg(long, value_name = "DIR", requires = "course", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Choose a contested reading in every row that chooses none of its group. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub hypothesis: Vec<String>,
    /// Change a parameter in every row that does not set it: `NAME=VALUE` or `NAME=VALUE UNIT`. Repeatable.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `synapta assay`.
#[derive(Args, Debug)]
#[command(after_help = ASSAY_EXAMPLES)]
pub struct Assay {
    /// The assay; without it all are listed.
    pub name: Option<String>,
    /// What it is done to, for instance 2A; all of the assay's without it. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub preparation: Vec<String>,
    /// A read-out by name; all without it. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub readout: Vec<String>,
    /// Change a value of the model or an input of the protocol: `NAME=VALUE` or `NAME=VALUE UNIT`. Repeatable.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const ASSAY_EXAMPLES: &str = "\
Examples:
  synapta assay
  synapta assay nmda_gating
  synapta assay nmda_block --preparation 2B --readout ketamine_ic50 --set \"membrane_potential=-40 mV\"";

/// `synapta calibrate`.
#[derive(Args, Debug)]
#[command(after_help = CALIBRATE_EXAMPLES)]
pub struct Calibrate {
    /// Stages by name; without names all, from fast to slow.
    #[arg(value_name = "STAGE")]
    pub stages: Vec<String>,
    /// A stage of your own (TOML). Repeatable.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Vec<PathBuf>,
    /// Folder for the records: a JSON file and two tables a stage.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Fit nothing: move each value that is said to be fitted through its range and say whether its rows tell it.
    #[arg(long, conflicts_with_all = ["stages", "file", "out"])]
    pub audit: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const CALIBRATE_EXAMPLES: &str = "Examples:
  synapta calibrate pharmacokinetics --out calibration
  synapta calibrate --file my_stage.toml
  synapta calibrate --audit

The models stay as they are: a record says what the fit would change.";

/// `synapta evidence`.
#[derive(Subcommand, Debug)]
pub enum EvidenceCommand {
    /// Hold search exports (PubMed .nbib, RIS, BibTeX) against the inclusion rule and count, with reasons.
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(Import),
}

/// `synapta evidence import`.
#[derive(Args, Debug)]
pub struct Import {
    /// Exports; records that stand in several are joined by DOI, PMID or title.
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// An inclusion rule of your own (TOML); without it the review's.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub rule: Option<PathBuf>,
    /// Write a table with a row a record: decision, reason, every criterion (tab-separated).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const IMPORT_EXAMPLES: &str = "\
Examples:
  synapta evidence import pubmed.nbib scholar.ris
  synapta evidence import evidence/screening/sample.ris --out screened.tsv
  synapta evidence import evidence/references.bib --json";

/// `synapta book`.
#[derive(Args, Debug)]
pub struct Book {
    /// Folder for the pages; `index.html` is the first.
    #[arg(long, value_name = "DIR", default_value = "docs/book", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
}

/// A listing.
#[derive(Args, Debug)]
pub struct List {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}
