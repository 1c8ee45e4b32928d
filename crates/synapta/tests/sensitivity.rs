//! Sensitivities of the shipped human model against differences of its own runs.

mod common;

use common::{ask, library, model};
use synapta_engine::{
    Action, Form, Observable, Program, Schedule, SensitiveProgram, SensitiveSchedule, Settings, Sought, State,
};
use synapta_study::arm::{doses_of_line, schedule};
use synapta_study::subject::Prepared;

const PARAMETERS: [&str; 3] = ["a", "b", "c"];

#[test]
fn x() {
    let patient = ask("trd").prepare();
    for c in patient.program.constants().iter().filter(|c| !c.id.contains('.')) {
        println!("{}", c.id);
    }
    println!("states {}", patient.program.states().len());
}
