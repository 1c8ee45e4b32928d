"""Runs one engine that is a Python package, in a process of its own.

usage: worker.py ENGINE FOLDER RTOL ATOL TIMES COLUMNS SUBJECTS VARIED FIRST COUNT REPEATS CAP DUMP KEEP
The words after FOLDER are those of native/cvode.c. Prints one JSON object as its last line.
"""
import json
import pathlib
import sys
import time

import numpy

import engines
import problem as problems


def main():
    name, folder, rtol, atol, times, columns, subjects, varied, first, count, repeats, cap, dump, keep = sys.argv[1:]
    begin = time.process_time()
    problem = problems.load(folder)
    times = numpy.fromfile(times).tolist()
    table = None if subjects == "-" else numpy.fromfile(subjects).reshape(-1, int(varied))[int(first):int(first) + int(count)]
    rows = [None] if table is None else [row.tolist() for row in table]
    engine = engines.module(name).Engine(problem, float(rtol), float(atol), times, problem.columns(columns == "1"))
    load = time.process_time() - begin
    lost = numpy.full(len(times) * len(problem.columns(columns == "1")), numpy.nan)
    passes = measure(engine, rows, int(repeats), float(cap), pathlib.Path(dump), int(keep), lost)
    print(json.dumps({"load_seconds": load, "passes": passes, "peak_memory_bytes": peak_memory()}))


def peak_memory():
    """Bytes; from the status file because getrusage counts the memory of the process before exec as well."""
    for text in pathlib.Path("/proc/self/status").read_text().splitlines():
        if text.startswith("VmHWM:"):
            return int(text.split()[1]) * 1024
    return 0


def measure(engine, rows, repeats, cap, dump, keep, lost):
    """Passes over the rows until all repeats are done or the CPU time is used up; `lost` stands for a failed run."""
    begin, passes = time.process_time(), []
    with open(dump, "wb") as file:
        while len(passes) < repeats and (not passes or time.process_time() - begin < cap):
            start, done, failures = time.process_time(), 0, 0
            for values in rows:
                if done and time.process_time() - begin >= cap:
                    break
                result = attempt(engine, values)
                failures += result is None
                if not passes and done < keep:
                    (lost if result is None else result).tofile(file)
                done += 1
            passes.append({"cpu_seconds": time.process_time() - start, "done": done, "failures": failures})
    return passes


def attempt(engine, values):
    """The columns of one run; None if the engine gave up or a number is not finite."""
    try:
        result = numpy.array(engine.run(values), dtype=float)
    except (RuntimeError, ArithmeticError, ValueError) as reason:
        print(reason, file=sys.stderr)
        return None
    return result if numpy.isfinite(result[-1]).all() else None


if __name__ == "__main__":
    main()
