//! Sensitivities of a model as a table: time, observable, value, then its derivative with respect to each parameter.
//!
//! `cargo run --release -p synapta-engine --example sensitivities -- MODEL.ant --to k,n --seen x,y --times 1,2,5
//! [--rtol 1e-9] [--steady]`; with `--steady` the run starts from the steady state that the model's start leads to.

use std::path::Path;
use synapta_antimony::Loaded;
use synapta_engine::{Form, Observable, Overrides, Program, SensitiveProgram, SensitiveSchedule, Settings, Sought};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |flag: &str| words.iter().position(|w| w == flag).and_then(|i| words.get(i + 1)).cloned();
    let list = |flag: &str| -> Result<Vec<String>, Failure> {
        let text = after(flag).ok_or_else(|| format!("give {flag} and names or numbers with commas between"))?;
        Ok(text.split(',').map(String::from).collect())
    };
    let path = words.first().filter(|w| !w.starts_with("--")).ok_or("name an Antimony file first")?;
    let (parameters, seen) = (list("--to")?, list("--seen")?);
    let times: Vec<f64> = list("--times")?.iter().map(|t| t.parse()).collect::<Result<_, _>>()?;
    let rtol = after("--rtol").map_or(Ok(1e-9), |t| t.parse())?;
    let settings = Settings { rtol, ..Settings::default() };
    let program = Program::compile_sensitivities(&model(path)?, &Sought::to(parameters.iter().map(String::as_str)))?;
    let mut state = program.initial_state(&Overrides::none())?;
    if words.iter().any(|w| w == "--steady") {
        state = program.steady_state(&state, &settings)?.state;
    }
    let columns = observables(&program, &seen)?;
    let end = times.iter().copied().fold(0.0, f64::max);
    let found = program.simulate(&state, end, &times, &columns, &SensitiveSchedule::none(), &settings)?;
    println!("time,observable,value,{}", parameters.join(","));
    for ((time, values), slopes) in found.times.iter().zip(&found.values).zip(&found.sensitivities) {
        for ((name, value), slopes) in seen.iter().zip(values).zip(slopes) {
            let slopes: Vec<String> = slopes.iter().map(|s| format!("{s:e}")).collect();
            println!("{time},{name},{value:e},{}", slopes.join(","));
        }
    }
    Ok(())
}

fn model(path: &str) -> Result<synapta_model::Model, Failure> {
    let folder = Path::new(path).parent().unwrap_or(Path::new(".")).to_path_buf();
    let load = move |_: &str, file: &str| {
        let text = std::fs::read_to_string(folder.join(file)).ok()?;
        Some(Loaded { name: file.to_string(), text })
    };
    let text = std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;
    let parsed = synapta_antimony::parse(&load, path, &text);
    let first = parsed.diagnostics.iter().find(|d| d.is_error()).map(|d| d.message.clone());
    parsed.model.ok_or_else(|| format!("{path} is not a model: {}", first.unwrap_or_default()).into())
}

fn observables(program: &SensitiveProgram, names: &[String]) -> Result<Vec<Observable>, Failure> {
    let find = |name: &String| {
        let missing = || format!("the model has no `{name}`");
        program.observable(name, Form::Default).ok_or_else(missing)
    };
    Ok(names.iter().map(find).collect::<Result<_, _>>()?)
}
