//! How long the parts of a step of a model take on this machine, by instruction set and number of lanes.
//!
//! `cargo run --release -p synapta-engine --example kernels -- MODEL.ant [--json] [--repeats N]`; without a path,
//! `SYNAPTA_BENCH_MODEL` names the model. Times are nanoseconds a lane; `portable` is the interpreter.

use synapta_engine::{KernelTimes, Overrides, Program};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let json = words.iter().any(|w| w == "--json");
    let at = words.iter().position(|w| w == "--repeats");
    let repeats = at.and_then(|k| words.get(k + 1)).map_or(Ok(2000), |n| n.parse())?;
    let named = words.first().filter(|w| !w.starts_with("--")).cloned();
    let path = named.or_else(|| std::env::var("SYNAPTA_BENCH_MODEL").ok());
    let path = path.ok_or("name an Antimony file, or set SYNAPTA_BENCH_MODEL to one")?;
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
    let parsed = synapta_antimony::parse(&synapta_antimony::NoImports, &path, &text);
    let program = Program::compile(&parsed.model.ok_or_else(|| format!("{path} is not a model"))?)?;
    let state = program.initial_state(&Overrides::none())?;
    let (rhs, derivatives, prologue) = program.instruction_counts();
    if !json {
        println!("{} states, instructions: {rhs} + {derivatives}, prologue {prologue}", program.states().len());
        println!("{:>10} lanes     rhs derivatives     LU  solve   code bytes  making ms", "isa");
    }
    for times in program.kernel_times(&state, repeats) {
        println!("{}", if json { as_json(&times) } else { as_row(&times) });
    }
    Ok(())
}

fn as_row(t: &KernelTimes) -> String {
    let KernelTimes { isa, lanes, rhs, derivatives, factorise, solve, code_bytes, making_ms } = *t;
    format!(
        "{isa:>10} {lanes:>5} {rhs:>7.1} {derivatives:>11.1} {factorise:>6.1} {solve:>6.1} {code_bytes:>12} {making_ms:>10.2}"
    )
}

fn as_json(t: &KernelTimes) -> String {
    let KernelTimes { isa, lanes, rhs, derivatives, factorise, solve, code_bytes, making_ms } = *t;
    format!(
        "{{\"isa\":\"{isa}\",\"lanes\":{lanes},\"rhs_ns\":{rhs:.2},\"derivatives_ns\":{derivatives:.2},\
         \"factorise_ns\":{factorise:.2},\"solve_ns\":{solve:.2},\"code_bytes\":{code_bytes},\"making_ms\":{making_ms:.3}}}"
    )
}
