#!/usr/bin/env python3
"""Parity: the shipped models, read by the public antimony package and run by libroadrunner, against synapta.

For each regimen, synapta writes every varying quantity and the schedule of what its dosing set and added. The same
model text goes through antimony to SBML and into libroadrunner (CVODE), which starts from synapta's state at the first
row and gets the same parameter changes at the same times. The largest difference, scaled by each quantity's range over
the run, must be at most 1e-4.

usage: run.py SYNAPTA_BINARY [WORK_FOLDER]
"""
import csv
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import antimony
import libsbml
import roadrunner

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 1e-4
REGIMENS = [
    ("human", "trd", ["0.5 mg/kg iv over 40 min"], 336),
    ("human", "healthy", ["84 mg esketamine intranasal 2/week for 2 weeks"], 336),
    ("rodent", "rat-cus", ["10 mg/kg ip daily for 3 days"], 168),
]


def sbml_of(model):
    """Flattened SBML of models/MODEL.ant, as the public antimony package writes it."""
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyFile(str(ROOT / "models" / f"{model}.ant")) < 0:
        raise SystemExit(f"antimony does not load models/{model}.ant: {antimony.getLastError()}")
    return antimony.getSBMLString(antimony.getMainModuleName())


def synapta_run(binary, subject, doses, end, folder):
    """Synapta's rows, columns and manifest."""
    command = [binary, "simulate", "--subject", subject, "--end", f"{end}", "--rtol", "1e-9",
               "--variables", "all", "--out", str(folder)]
    for dose in doses:
        command += ["--dose", dose]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with open(folder / "trajectory.csv", newline="") as f:
        rows = list(csv.reader(f))
    manifest = json.loads((folder / "manifest.json").read_text())
    return rows[0], [[float(x) for x in row] for row in rows[1:]], manifest


def names_in_roadrunner(sbml, columns):
    """Column -> roadrunner selection; species with amounts as `id`, the others as `[id]`."""
    model = libsbml.readSBMLFromString(sbml).getModel()
    names = {}
    for column in columns:
        species = model.getSpecies(column)
        if species is not None:
            names[column] = column if species.getHasOnlySubstanceUnits() else f"[{column}]"
        elif model.getParameter(column) or model.getCompartment(column):
            names[column] = column
    ruled = {r.getVariable() for r in model.getListOfRules() if r.isAssignment()}
    states = [c for c in names if c not in ruled and not is_constant(model, c)]
    return names, states


def is_constant(model, sid):
    element = model.getElementBySId(sid)
    return bool(element is not None and element.isSetConstant() and element.getConstant())


def start(sbml):
    rr = roadrunner.RoadRunner(sbml)
    rr.integrator.relative_tolerance = 1e-8
    rr.integrator.absolute_tolerance = 1e-11
    rr.integrator.maximum_num_steps = 500000
    rr.integrator.initial_time_step = 1e-7
    return rr


def flush(rr, states, names):
    """CVODE refuses to restart on denormal leftovers of old doses."""
    for s in states:
        if 0 < abs(rr[names[s]]) < 1e-13:
            rr[names[s]] = 0.0


def compare(sbml, header, rows, manifest):
    """Largest scaled difference and the column it is in."""
    columns = header[1:]
    names, states = names_in_roadrunner(sbml, columns)
    rr = start(sbml)
    times = [row[0] for row in rows]
    index = {c: i + 1 for i, c in enumerate(columns)}
    stops = sorted({a["time"] for a in manifest["schedule"]})
    for name, value in manifest["start_state"].items():
        rr[name] = value  # species: an amount
    selections = ["time"] + [names[c] for c in names]
    rr.timeCourseSelections = selections
    got = {}
    now = times[0]
    edges = [t for t in stops if t > now] + [times[-1]]
    apply(rr, manifest["schedule"], now, names)
    for edge in edges:
        inside = [t for t in times if now < t <= edge]
        points = sorted(set([now] + inside + [edge]))
        if len(points) > 1:
            flush(rr, states, names)
            result = rr.simulate(times=points)
            for row in result:
                got[row[0]] = list(row[1:])
        now = edge
        apply(rr, manifest["schedule"], now, names)
    stop_set = set(stops)
    worst = (0.0, "", 0.0)
    for k, c in enumerate(names):
        ours = [row[index[c]] for row in rows]
        scale = max(ours) - min(ours)
        if scale <= 1e-9 * max(abs(x) for x in ours) or scale < 1e-12:
            scale = max(max(abs(x) for x in ours), 1e-12)
        for t, value in zip(times, ours):
            if t in stop_set or t not in got:
                continue  # at a stop the two report before and after the change
            difference = abs(got[t][k] - value) / scale
            if not math.isfinite(difference) or difference > worst[0]:
                worst = (difference, c, t)
    return worst, len(names)


def apply(rr, schedule, time, names):
    for a in schedule:
        if a["time"] != time:
            continue
        name = names.get(a["id"], a["id"])
        rr[name] = a["value"] if a["action"] == "set" else rr[a["id"]] + a["value"]


def main():
    binary = sys.argv[1]
    work = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(tempfile.mkdtemp())
    passed = failed = 0
    for model, subject, doses, end in REGIMENS:
        folder = work / subject
        folder.mkdir(parents=True, exist_ok=True)
        header, rows, manifest = synapta_run(binary, subject, doses, end, folder)
        (difference, column, time), n = compare(sbml_of(model), header, rows, manifest)
        ok = difference <= LIMIT
        passed += ok
        failed += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {model:7} {subject:8} {'; '.join(doses)}: {n} quantities, "
              f"largest scaled difference {difference:.2e} ({column} at {time:g} h)", flush=True)
    print(f"parity: {passed} passed, {failed} failed")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
