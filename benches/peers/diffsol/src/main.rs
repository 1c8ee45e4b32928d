//! diffsol's BDF with a sparse LU on a model in DiffSL.
//!
//! The words of the command line are those of `native/cvode.c`, with the model's folder first; one JSON object is printed.

mod job;
mod stops;

use diffsol::{
    BdfState, ConstantOp, CraneliftJitModule, DiffSl, FaerSparseLU, FaerSparseMat, NonLinearOp, OdeBuilder,
    OdeEquations, OdeSolverMethod, OdeSolverProblem, OdeSolverState, OdeSolverStopReason, Vector,
};
use job::{Job, cpu_seconds, peak_memory};
use std::io::Write;
use stops::Stops;

type Matrix = FaerSparseMat<f64>;
type Linear = FaerSparseLU<f64>;
type Equations = DiffSl<Matrix, CraneliftJitModule>;
type Problem = OdeSolverProblem<Equations>;
type States = diffsol::FaerVec<f64>;
type Error = Box<dyn std::error::Error>;

fn main() {
    if let Err(error) = measure() {
        eprintln!("{error}");
        std::process::exit(2);
    }
}

fn measure() -> Result<(), Error> {
    let job = Job::from_arguments()?;
    let begin = cpu_seconds();
    let text = std::fs::read_to_string(job.folder.join("model.diffsl"))?;
    let stops: Stops = serde_json::from_str(&std::fs::read_to_string(job.folder.join("stops.json"))?)?;
    let mut problem: Problem = OdeBuilder::<Matrix>::new()
        .rtol(job.rtol)
        .atol(vec![job.atol; stops.states])
        .p(stops.live_start.clone())
        .build_from_diffsl::<CraneliftJitModule>(&text)?;
    print!("{{\"load_seconds\": {:.9e}, \"passes\": [", cpu_seconds() - begin);
    let mut dump = std::fs::File::create(&job.dump)?;
    let begin = cpu_seconds();
    for pass in 0..job.repeats {
        if pass > 0 && cpu_seconds() - begin > job.cap {
            break;
        }
        let from = cpu_seconds();
        let (mut done, mut failures, mut steps) = (0, 0, 0);
        for q in 0..job.count {
            if q > 0 && cpu_seconds() - begin > job.cap {
                break;
            }
            let mut live = stops.live_start.clone();
            if let Some(row) = job.subject(q) {
                live[..row.len()].copy_from_slice(row);
            }
            let (rows, worked) = match run(&mut problem, &stops, &mut live, &job, &mut steps) {
                Ok(rows) => (rows, true),
                Err(error) => {
                    eprintln!("run {q}: {error}");
                    (vec![f64::NAN; job.times.len() * width(&job, &stops)], false)
                }
            };
            failures += usize::from(!worked);
            done += 1;
            if pass == 0 && q < job.keep {
                let bytes: Vec<u8> = rows.iter().flat_map(|v| v.to_le_bytes()).collect();
                dump.write_all(&bytes)?;
            }
        }
        print!(
            "{}{{\"cpu_seconds\": {:.9e}, \"done\": {done}, \"failures\": {failures}, \"steps\": {steps}}}",
            if pass > 0 { ", " } else { "" },
            cpu_seconds() - from
        );
    }
    println!("], \"peak_memory_bytes\": {}}}", peak_memory());
    Ok(())
}

/// One subject from time 0 to the last output time: the columns at every output time, one row after the other.
fn run(
    problem: &mut Problem,
    stops: &Stops,
    live: &mut [f64],
    job: &Job,
    steps: &mut usize,
) -> Result<Vec<f64>, Error> {
    set_live(problem, live);
    let mut y: Vec<f64> = problem.eqn.init().call(0.0).clone_as_vec();
    let last = job.times.last().copied().unwrap_or(0.0);
    let mut rows = Vec::with_capacity(job.times.len() * width(job, stops));
    let (mut t, mut k) = (0.0, 0);
    stops.carry_out(0.0, &mut y, live);
    set_live(problem, live);
    while k < job.times.len() && job.times[k] <= 0.0 {
        record(problem, job, &States::from_vec(y.clone(), *problem.context()), 0.0, &mut rows);
        k += 1;
    }
    while k < job.times.len() {
        let end = stops.after(t).filter(|s| *s < last).unwrap_or(last);
        let mut solver = problem.bdf_solver::<Linear>(state_at(problem, &y, t)?)?;
        solver.set_stop_time(end)?;
        loop {
            let reason = solver.step()?;
            let reached = solver.state().t;
            while k < job.times.len() && job.times[k] <= reached {
                record(problem, job, &solver.interpolate(job.times[k])?, job.times[k], &mut rows);
                k += 1;
            }
            if matches!(reason, OdeSolverStopReason::TstopReached) {
                break;
            }
        }
        *steps += solver.get_statistics().number_of_steps;
        y = solver.state().y.clone_as_vec();
        drop(solver);
        t = end;
        if t < last {
            stops.carry_out(t, &mut y, live);
            set_live(problem, live);
        }
    }
    match y.iter().all(|v| v.is_finite()) {
        true => Ok(rows),
        false => Err("a state is not finite".into()),
    }
}

fn set_live(problem: &mut Problem, live: &[f64]) {
    let values = States::from_vec(live.to_vec(), *problem.context());
    problem.eqn_mut().set_params(&values);
}

/// A solver state at `y` and `t`, of order 1, with a first step chosen by diffsol.
fn state_at(problem: &Problem, y: &[f64], t: f64) -> Result<BdfState<States>, Error> {
    let mut state = BdfState::new_without_initialise(problem)?;
    {
        let part = state.as_mut();
        part.y.copy_from(&States::from_slice(y, part.y.context().clone()));
        *part.t = t;
        problem.eqn.rhs().call_inplace(part.y, t, part.dy);
    }
    state.set_step_size(problem.h0, &problem.atol, problem.rtol, &problem.eqn, 1);
    Ok(state)
}

/// Numbers in a row of the result.
fn width(job: &Job, stops: &Stops) -> usize {
    if job.all_states { stops.states } else { stops.observables }
}

/// Appends the row of one output time.
fn record(problem: &Problem, job: &Job, y: &States, t: f64, rows: &mut Vec<f64>) {
    match problem.eqn.out() {
        Some(out) if !job.all_states => rows.extend(out.call(y, t).clone_as_vec()),
        _ => rows.extend(y.clone_as_vec()),
    }
}
