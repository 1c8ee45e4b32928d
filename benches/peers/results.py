"""One line of the raw table, and the file it goes to."""
import csv
import dataclasses
import datetime
import pathlib
import platform


@dataclasses.dataclass
class Result:
    """A measurement; what does not apply stays empty. Seconds and milliseconds are CPU time of the processes unless named wall."""
    task: str                       # one, ensemble, precision, floor; matched one, matched ensemble
    model: str
    engine: str
    version: str = ""
    outputs: str = ""               # few, hourly
    processes: int = 1              # cores in use
    rtol: float = 0.0
    atol: float = 0.0
    load_seconds: float | None = None   # compiling included
    ms_per_run: float | None = None     # median over passes
    runs: int = 0                       # runs behind the median, or subjects done in a pass
    asked: int = 0                      # subjects asked for
    passes: int = 0
    subjects_per_cpu_second: float | None = None
    wall_seconds: float | None = None
    error: float | None = None          # of one run: over hours (or output times) and states
    subject_error: float | None = None  # the largest of some subjects: over output times and observables
    median_subject_error: float | None = None
    failures: int = 0
    steps: float | None = None          # a run
    peak_memory_bytes: int | None = None
    lanes: int = 0
    rhs_ns: float | None = None
    jacobian_ns: float | None = None
    lu_ns: float | None = None
    solve_ns: float | None = None
    note: str = ""


FIELDS = [f.name for f in dataclasses.fields(Result)]


class Table:
    """Results as they come; each is on disk before the next is measured."""

    def __init__(self, path, machine, kept=()):
        """A new file; `kept` are results of an earlier table that stand in this one too."""
        self.path, self.results, self.machine = path, [], machine
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w", newline="") as file:
            for key, value in machine.items():
                file.write(f"# {key}: {value}\n")
            csv.writer(file).writerow(FIELDS)
        for result in kept:
            self.add(result)

    def add(self, result):
        self.results.append(result)
        with open(self.path, "a", newline="") as file:
            csv.writer(file).writerow(["" if v is None else v for v in dataclasses.astuple(result)])
        return result


def default_path(folder):
    """benches/runs/DATE-HOST KERNEL.csv"""
    now = datetime.datetime.now()
    return pathlib.Path(folder) / f"{now:%Y-%m-%d-%H%M}-{platform.node()}-{platform.release()}.csv"


def read(path):
    """The machine and the results of a raw table."""
    machine, lines = {}, []
    for line in pathlib.Path(path).read_text().splitlines():
        if line.startswith("# "):
            key, _, value = line[2:].partition(": ")
            machine[key] = value
        else:
            lines.append(line)
    kinds = {f.name: f.type for f in dataclasses.fields(Result)}
    return machine, [Result(**{k: convert(kinds[k], v) for k, v in row.items()}) for row in csv.DictReader(lines)]


def convert(kind, text):
    """A field's text as its type; dataclass types are read as written."""
    if kind in (str, "str"):
        return text
    if kind in (int, "int"):
        return int(float(text or 0))
    if text == "":
        return None
    return int(float(text)) if "int" in str(kind) else float(text)
