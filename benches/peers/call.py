"""Calls an engine: one process, or several at once with a slice of the subjects each."""
import dataclasses
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy

from engines.base import NotAvailable, single_thread


@dataclasses.dataclass
class Prepared:
    """An engine ready for a model."""
    name: str
    label: str
    version: str
    command: list
    compile_seconds: float
    own_threads: bool = False  # takes the number of cores itself, in PEERS_THREADS


@dataclasses.dataclass
class Request:
    """What to run."""
    rtol: float
    atol: float
    outputs: str = "few"
    all_states: bool = False
    subjects: int = 0       # 0: the written values, one run
    repeats: int = 1
    cap: float = 60.0       # CPU seconds
    keep: int = 1           # runs whose columns come back
    processes: int = 1


@dataclasses.dataclass
class Answer:
    """What came back."""
    load_seconds: float
    passes: list            # dicts: cpu_seconds, done, failures, steps
    wall_seconds: float
    peak_memory_bytes: int
    columns: numpy.ndarray  # run, time, column

    def whole(self):
        """Passes that went over as many runs as the first one."""
        return [p for p in self.passes if p["done"] == self.passes[0]["done"]]

    def median_rate(self):
        """Runs per CPU second."""
        return statistics.median(p["done"] / p["cpu_seconds"] for p in self.whole())

    def steps(self):
        first = self.passes[0]
        return first["steps"] / first["done"] if first.get("steps") else None


def call(engine, problem, request):
    """Runs the request; several processes are added up pass by pass."""
    processes = 1 if engine.own_threads else request.processes
    shares = split(max(request.subjects, 1), processes)
    with tempfile.TemporaryDirectory() as scratch:
        begin, started = time.perf_counter(), []
        for number, (first, count) in enumerate(shares):
            dump = pathlib.Path(scratch) / f"{number}.bin"
            words = line(problem, request, first, count, dump)
            started.append((start(engine, words, request), dump))
        try:
            parts = [finish(process, dump, request) for process, dump in started]
        finally:
            for process, _ in started:
                if process.poll() is None:
                    process.kill()
        wall = time.perf_counter() - begin
        width = len(problem.columns(request.all_states))
        dumps = [numpy.fromfile(dump) for _, dump in started]
        shape = (-1, len(problem.times(request.outputs)), width)
        columns = numpy.concatenate([d.reshape(shape) for d in dumps])
    return Answer(max(p["load_seconds"] for p in parts) + engine.compile_seconds, add_passes(parts), wall,
                  sum(p["peak_memory_bytes"] for p in parts), columns)


def split(count, parts):
    """(first, count) of each part, nearly equal."""
    edges = [count * k // parts for k in range(parts + 1)]
    return [(a, b - a) for a, b in zip(edges, edges[1:])]


def line(problem, request, first, count, dump):
    """The words after the command; see native/cvode.c."""
    subjects = str(problem.path("subjects.bin")) if request.subjects else "-"
    keep = min(request.keep, count) if first == 0 else 0
    words = [request.rtol, request.atol, problem.path(f"times-{request.outputs}.bin"), int(request.all_states), subjects,
             len(problem.varied), first, count, request.repeats, request.cap, dump, keep]
    return [str(w) for w in words]


def start(engine, words, request):
    environment = {**single_thread(), "PEERS_THREADS": str(request.processes)}
    dump = pathlib.Path(words[-2])
    # Messages go to a file: a full pipe would hold the process up.
    with open(dump.with_suffix(".err"), "w") as messages:
        return subprocess.Popen([*engine.command, *words], stdout=subprocess.PIPE, stderr=messages, text=True, env=environment,
                                cwd=dump.parent)


def finish(process, dump, request):
    try:
        out, _ = process.communicate(timeout=20 * request.cap + 600)
    except subprocess.TimeoutExpired:
        process.kill()
        raise NotAvailable("did not finish in time") from None
    answers = [text for text in out.splitlines() if text.startswith("{")]
    if process.returncode != 0 or not answers:
        err = dump.with_suffix(".err").read_text(errors="replace")
        tail = " ".join(err.strip().splitlines()[-2:])[-300:] or "no message"
        raise NotAvailable(f"exit code {process.returncode}: {tail}")
    return json.loads(answers[-1])


def add_passes(parts):
    """Pass k of all processes as one pass."""
    count = min(len(p["passes"]) for p in parts)
    keys = ("cpu_seconds", "done", "failures", "steps")
    return [{key: sum(p["passes"][k].get(key, 0) for p in parts) for key in keys} for k in range(count)]
