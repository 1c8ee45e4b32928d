"""The floor: what one evaluation of each kernel costs, in the C compiler's code and in Synapta's."""
import json
import os
import subprocess

from engines import base, cvode_engine, synapta_engine
from results import Result

LANES = (1, 4, 8)


def compiled(problem, work):
    """gcc -O3 of the generated C, for each number of lanes this machine has vectors for."""
    for lanes in LANES:
        program = problem.path(f"kernels-{lanes}")
        command = ["gcc", *cvode_engine.FLAGS, "-mprefer-vector-width=512", f"-DLANES={lanes}", "-I", problem.folder,
                   "-I", base.HERE / "native", base.HERE / "native" / "kernels.c", "-o", program, "-lm", *(["-lmvec"] if lanes > 1 else [])]
        try:
            base.run(command)
            yield row(problem, "C, gcc -O3", json.loads(base.run([program, "1.0"])))
        except base.NotAvailable as reason:
            yield Result("floor", problem.name, "C, gcc -O3", lanes=lanes, note=f"not available: {reason}")


def ours(problem, _work):
    """What the engine's example `kernels` prints for the model: a line for each instruction set and number of lanes."""
    command = ["cargo", "run", "--release", "--quiet", "-p", "synapta-engine", "--example", "kernels", "--",
               str(problem.path("model.ant")), "--json"]
    done = subprocess.run(command, cwd=synapta_engine.ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))
    lines = [json.loads(text) for text in done.stdout.splitlines() if text.startswith("{")]
    if done.returncode != 0 or not lines:
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1]
        yield Result("floor", problem.name, "Synapta", note=f"not available: {reason[:200]}")
    for line in lines:
        same = {"rhs_ns": line["rhs_ns"], "jacobian_ns": line["derivatives_ns"], "lu_ns": line["factorise_ns"]}
        yield row(problem, f"Synapta, {line['isa']}", {**line, **same})


def row(problem, engine, line):
    kernels = {name: line[name] for name in ("rhs_ns", "jacobian_ns", "lu_ns", "solve_ns")}
    return Result("floor", problem.name, engine, lanes=line["lanes"], **kernels)
