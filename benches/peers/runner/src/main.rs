//! Synapta's engine, one run after the other, in the words of `native/cvode.c` with the model's folder first.
//!
//! For the cost and the error of one run; many subjects go through `synapta ensemble`.

#[path = "../../diffsol/src/job.rs"]
mod job;

use job::{Job, cpu_seconds, peak_memory};
use std::io::Write;
use synapta_engine::{Form, Observable, Overrides, Program, Schedule, Settings, Stats, Tolerances};

type Error = Box<dyn std::error::Error>;

fn main() {
    if let Err(error) = measure() {
        eprintln!("{error}");
        std::process::exit(2);
    }
}

fn measure() -> Result<(), Error> {
    let job = Job::from_arguments()?;
    let description: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(job.folder.join("problem.json"))?)?;
    let names = |key: &str| -> Vec<String> {
        let list = description[key].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|v| v.as_str().map(String::from)).collect()
    };
    let varied = names("varied");
    let begin = cpu_seconds();
    let text = std::fs::read_to_string(job.folder.join("model.ant"))?;
    let parsed = synapta_antimony::parse(&synapta_antimony::NoImports, "model.ant", &text);
    let model = parsed.model.ok_or_else(|| format!("the model does not parse: {:?}", parsed.diagnostics.first()))?;
    let program = Program::compile(&model).map_err(|e| format!("the model does not compile: {e}"))?;
    let columns = names(if job.all_states { "states" } else { "observables" });
    let columns: Vec<Observable> = columns
        .iter()
        .map(|n| program.observable(n, Form::Default).ok_or_else(|| format!("no quantity `{n}`")))
        .collect::<Result<_, _>>()?;
    let settings = Settings { rtol: job.rtol, atol: Tolerances::Same(job.atol), ..Settings::default() };
    print!("{{\"load_seconds\": {:.9e}, \"passes\": [", cpu_seconds() - begin);
    let mut dump = std::fs::File::create(&job.dump)?;
    let begin = cpu_seconds();
    for pass in 0..job.repeats {
        if pass > 0 && cpu_seconds() - begin > job.cap {
            break;
        }
        let from = cpu_seconds();
        let (mut done, mut failures, mut steps, mut rejected) = (0, 0, 0, 0);
        for q in 0..job.count {
            if q > 0 && cpu_seconds() - begin > job.cap {
                break;
            }
            let rows = match run(&program, &columns, &varied, &job, &settings, q) {
                Ok((rows, stats)) => {
                    steps += stats.steps;
                    rejected += stats.rejected;
                    rows
                }
                Err(error) => {
                    eprintln!("run {q}: {error}");
                    failures += 1;
                    vec![vec![f64::NAN; columns.len()]; job.times.len()]
                }
            };
            done += 1;
            if pass == 0 && q < job.keep {
                let bytes: Vec<u8> = rows.iter().flatten().flat_map(|v| v.to_le_bytes()).collect();
                dump.write_all(&bytes)?;
            }
        }
        print!(
            "{}{{\"cpu_seconds\": {:.9e}, \"done\": {done}, \"failures\": {failures}, \"steps\": {steps}, \
             \"rejected\": {rejected}}}",
            if pass > 0 { ", " } else { "" },
            cpu_seconds() - from
        );
    }
    println!("], \"peak_memory_bytes\": {}}}", peak_memory());
    Ok(())
}

/// One subject: a row an output time.
fn run(
    program: &Program,
    columns: &[Observable],
    varied: &[String],
    job: &Job,
    settings: &Settings,
    q: usize,
) -> Result<(Vec<Vec<f64>>, Stats), Error> {
    let mut overrides = Overrides::none();
    if let Some(row) = job.subject(q) {
        for (name, value) in varied.iter().zip(row) {
            overrides.set(name.as_str(), *value);
        }
    }
    let start = program.initial_state(&overrides)?;
    let end = job.times.last().copied().unwrap_or(0.0);
    let solution = program.simulate(&start, end, &job.times, columns, &Schedule::none(), settings)?;
    Ok((solution.values, solution.stats))
}
