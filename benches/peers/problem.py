"""A model to measure with, as a folder that every engine reads.

model.xml, model.ant   the same flat model; doses are events at fixed times
subjects.csv           one row a subject; columns beside `subject` are parameters
problem.json           name, end, observables, varied parameters, stop times, states
and, made from these:  subjects.bin, times-*.bin, model.h, model.diffsl, stops.json
"""
import csv
import dataclasses
import json
import pathlib
import struct

OUTPUTS = ("few", "hourly")


@dataclasses.dataclass
class Problem:
    """What an engine must know of a model."""
    folder: pathlib.Path
    name: str
    end: float          # hours
    observables: list
    varied: list
    stops: list         # times at which doses or infusions start or end
    states: list
    generated: str      # "" or why no code could be generated

    def path(self, name):
        return self.folder / name

    def times(self, outputs):
        """Output times: every hour, or ten equal parts of the run."""
        if outputs == "hourly":
            return [float(t) for t in range(int(self.end) + 1)]
        return [self.end * k / 10 for k in range(1, 11)]

    def columns(self, all_states):
        return self.states if all_states else self.observables


def load(folder):
    """The problem of a folder that `build` made."""
    folder = pathlib.Path(folder)
    return Problem(folder=folder, **json.loads((folder / "problem.json").read_text()))


def build(folder, name, end, observables):
    """Makes the derived files of a folder that holds model.xml, model.ant and subjects.csv."""
    from equations import c_text, diffsl_text, sbml, specialise
    varied = write_subjects(folder)
    system = sbml.read(folder / "model.xml")
    generated = ""
    try:
        special = specialise.specialise(system, varied, observables)
        (folder / "model.h").write_text(c_text.header(special))
        (folder / "model.diffsl").write_text(diffsl_text.text(special))
        (folder / "stops.json").write_text(json.dumps(diffsl_text.schedule(special)))
    except (sbml.Unsupported, KeyError) as reason:
        generated = str(reason)
    problem = Problem(folder, name, end, list(observables), varied, [time for time, _ in system.stops], system.states,
                      generated)
    for outputs in OUTPUTS:
        write_doubles(folder / f"times-{outputs}.bin", problem.times(outputs))
    fields = {k: v for k, v in dataclasses.asdict(problem).items() if k != "folder"}
    (folder / "problem.json").write_text(json.dumps(fields, indent=1))
    return problem


def write_subjects(folder):
    """subjects.bin from subjects.csv; the names of the varied parameters."""
    with open(folder / "subjects.csv", newline="") as file:
        header, *rows = list(csv.reader(file))
    write_doubles(folder / "subjects.bin", [float(v) for row in rows for v in row[1:]])
    return header[1:]


def write_doubles(path, values):
    path.write_bytes(struct.pack(f"<{len(values)}d", *values))
