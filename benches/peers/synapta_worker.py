"""Turns the words of native/cvode.c into calls of Synapta's programs.

usage: synapta_worker.py SYNAPTA RUNNER MODE FOLDER RTOL ATOL TIMES COLUMNS SUBJECTS VARIED FIRST COUNT REPEATS CAP DUMP KEEP
One run goes to RUNNER. Many subjects go to `SYNAPTA ensemble`, on PEERS_THREADS threads; the columns of the first KEEP are
read from its Parquet file. MODE "one by one": RUNNER does everything.
"""
import csv
import json
import os
import pathlib
import subprocess
import sys

import numpy

import problem as problems


def main():
    synapta, runner, mode, folder, *words = sys.argv[1:]
    rtol, atol, times, _, subjects, varied, first, count, repeats, cap, dump, keep = words
    if subjects == "-" or mode != "ensemble":
        print(run_runner(runner, folder, words))
        return
    problem = problems.load(folder)
    scratch = pathlib.Path(dump).parent
    table = scratch / "subjects.csv"
    names = write_slice(problem.path("subjects.csv"), table, int(first), int(count))
    moments = numpy.fromfile(times)
    command = [synapta, "ensemble", str(problem.path("model.ant")), "--subjects", str(table), "--start", "0",
               "--end", f"{moments[-1]:g}", "--steps", "672" if len(moments) > 100 else "10", "--rtol", rtol, "--atol", atol,
               "--variables", ",".join(problem.observables), "--threads", os.environ.get("PEERS_THREADS", "1"),
               "--out", str(scratch / "out.parquet"), "--overwrite", "--quiet", "--json"]
    answer = passes(command, int(repeats), float(cap), int(count))
    columns(scratch / "out.parquet", names[: int(keep)], moments, problem.observables).tofile(dump)
    print(json.dumps(answer))


def run_runner(runner, folder, words):
    """The runner's last line."""
    done = subprocess.run([runner, folder, *words], capture_output=True, text=True, check=False)
    sys.stderr.write(done.stderr)
    if done.returncode != 0:
        raise SystemExit(done.returncode)
    return done.stdout.strip().splitlines()[-1]


def write_slice(source, target, first, count):
    """A table with these subjects only; their names."""
    with open(source, newline="") as file:
        header, *rows = list(csv.reader(file))
    with open(target, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows[first:first + count]])
    return [row[0] for row in rows[first:first + count]]


def columns(path, names, moments, observables):
    """Subject by time by observable; subjects without rows are not numbers."""
    import pyarrow.parquet
    table = pyarrow.parquet.read_table(path)
    number = {name: k for k, name in enumerate(names)}
    who = numpy.array([number.get(name, -1) for name in table["subject"].to_pylist()])
    time = table["time"].to_numpy()
    when = numpy.minimum(numpy.searchsorted(moments, time - 1e-9), len(moments) - 1)
    rows = (who >= 0) & (numpy.abs(moments[when] - time) < 1e-9)
    values = numpy.stack([table[name].to_numpy() for name in observables], axis=1)
    out = numpy.full((len(names), len(moments), len(observables)), numpy.nan)
    out[who[rows], when[rows]] = values[rows]
    return out


def passes(command, repeats, cap, count):
    """One pass a call of the program; its own account of the cost, reading, compiling and writing the file included."""
    out, spent, load, memory = [], 0.0, [], 0
    while len(out) < repeats and (not out or spent < cap):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            sys.stderr.write(done.stderr)
            raise SystemExit(done.returncode)
        answer = json.loads(done.stdout)
        if answer["computed"] != count:
            raise SystemExit(f"{answer['computed']} of {count} subjects were computed")
        out.append({"cpu_seconds": answer["cpu_seconds"], "done": count, "failures": answer["failures"], "steps": answer["steps"]})
        spent += answer["cpu_seconds"]
        load.append(answer["load_seconds"])
        memory = max(memory, answer["peak_memory_bytes"])
    return {"load_seconds": sorted(load)[len(load) // 2], "passes": out, "peak_memory_bytes": memory}


if __name__ == "__main__":
    main()
