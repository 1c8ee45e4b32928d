//! `synapta`: parse, call, print. What a command means is in its file; what it does is in the other crates.

mod args;
mod arms;
mod assay;
mod attribute;
mod book;
mod calibrate;
mod check;
mod claims;
mod compare;
mod course;
mod dose;
mod ensemble;
mod evidence;
mod exit;
mod figure;
mod hypotheses;
mod lists;
mod map;
mod observations;
mod picture;
mod rank;
mod render;
mod report;
mod study;
mod texts;

use args::{Cli, Command, EvidenceCommand};
use clap::{CommandFactory, Parser};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(command: Command) -> Result<(), exit::Failure> {
    match command {
        Command::Simulate(args) if course::is_course(&args)? => course::run(&args),
        Command::Simulate(args) => study::run(&args),
        Command::Ensemble(args) => ensemble::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Dose(args) => dose::run(&args),
        Command::Claims(args) => claims::run(&args),
        Command::Observations(args) => observations::run(&args),
        Command::Assay(args) => assay::run(&args),
        Command::Evidence { command: EvidenceCommand::Import(args) } => evidence::import::run(&args),
        Command::Book(args) => book::run(&args),
        Command::Calibrate(args) => calibrate::run(&args),
        Command::Map(args) => map::run(&args),
        Command::Attribute(args) => attribute::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Rank(args) => rank::run(&args),
        Command::Figure(args) => figure::run(&args),
        Command::Models(args) => lists::models(&args),
        Command::Subjects(args) => lists::subjects(&args),
        Command::Drugs(args) => lists::drugs(&args),
        Command::Mechanisms(args) => lists::mechanisms(&args),
        Command::Hypotheses(args) => hypotheses::run(&args),
        Command::Completions { shell } => {
            let mut out = vec![];
            clap_complete::generate(shell, &mut Cli::command(), "synapta", &mut out);
            print(&String::from_utf8_lossy(&out));
            Ok(())
        }
    }
}

/// Writes to standard output. A reader that has gone (`| head -1`) is no fault, and files are still written; output that
/// is lost for another reason, such as a full disk, ends the program as bad input.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            tell(&format!("error[unwritable-output]: standard output cannot be written: {e}\n"));
            std::process::exit(2);
        }
        _ => {}
    }
}

/// Writes to standard error, as far as anyone listens.
fn tell(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
