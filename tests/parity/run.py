#!/usr/bin/env python3
"""Parity: the shipped models, read by the public antimony package and run by libroadrunner, against synapta.

For each regimen, synapta writes every varying quantity, its state before the first dose, and the schedule of what its
dosing set and added. The same model text goes through antimony to SBML; there the state becomes the written values and
the schedule becomes SBML events; libroadrunner (CVODE) runs it. The largest difference, scaled by each quantity's range over
the run (at least a hundredth of its size), must be at most 1e-4.

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
    ("human", "val66met", ["84 mg esketamine intranasal 2/week for 2 weeks"], 336),
    ("rodent", "rat-cus", ["10 mg/kg ketamine ip daily for 3 days"], 168),
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
    return names


def with_regimen(sbml, manifest):
    """The SBML with the starting state as written values and the schedule as events."""
    document = libsbml.readSBMLFromString(sbml)
    model = document.getModel()
    for name, value in manifest["start_state"].items():
        species, parameter = model.getSpecies(name), model.getParameter(name)
        if model.getInitialAssignmentBySymbol(name) is not None:
            model.removeInitialAssignment(name)
        if species is not None:
            species.setInitialAmount(value)
        elif parameter is not None:
            parameter.setValue(value)
    times = sorted({a["time"] for a in manifest["schedule"]})
    for number, time in enumerate(times):
        event = model.createEvent()
        event.setId(f"dose_{number}")
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setInitialValue(False)
        trigger.setPersistent(True)
        trigger.setMath(libsbml.parseL3Formula(f"time >= {time!r}"))
        totals = {}
        for a in (a for a in manifest["schedule"] if a["time"] == time):
            formula = f"{a['value']!r}" if a["action"] == "set" else f"{totals.get(a['id'], a['id'])} + {a['value']!r}"
            totals[a["id"]] = formula
        for name, formula in totals.items():
            parameter = model.getParameter(name)
            if parameter is not None:
                parameter.setConstant(False)
            assignment = event.createEventAssignment()
            assignment.setVariable(name)
            assignment.setMath(libsbml.parseL3Formula(formula))
    return libsbml.writeSBMLToString(document)


def start(sbml):
    rr = roadrunner.RoadRunner(sbml)
    rr.integrator.relative_tolerance = 1e-7
    rr.integrator.absolute_tolerance = 1e-9
    rr.integrator.maximum_num_steps = 500000
    return rr


def compare(sbml, header, rows, manifest):
    """Largest scaled difference and the column it is in."""
    columns = [c.replace(".", "_") for c in header[1:]]  # flat ids
    names = names_in_roadrunner(sbml, columns)
    rr = start(with_regimen(sbml, manifest))
    times = [row[0] for row in rows]
    index = {c: i + 1 for i, c in enumerate(columns)}
    rr.timeCourseSelections = ["time"] + [names[c] for c in names]
    got = {row[0]: list(row[1:]) for row in rr.simulate(times=times)}
    stops = {a["time"] for a in manifest["schedule"]}
    worst = (0.0, "", 0.0)
    for k, c in enumerate(names):
        ours = [row[index[c]] for row in rows]
        # A quantity that hardly moves is compared with its size, not with the noise in it.
        scale = max(max(ours) - min(ours), 0.01 * max(abs(x) for x in ours), 1e-5)
        for t, value in zip(times, ours):
            if t in stops or t not in got:
                continue  # at a stop the two may report before and after the change
            difference = abs(got[t][k] - value) / scale
            if not math.isfinite(difference) or difference > worst[0]:
                worst = (difference, c, t)
    return worst, len(names), sum(t in got for t in times)


def main():
    binary = sys.argv[1]
    work = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(tempfile.mkdtemp())
    passed = failed = 0
    for model, subject, doses, end in REGIMENS:
        folder = work / subject
        folder.mkdir(parents=True, exist_ok=True)
        header, rows, manifest = synapta_run(binary, subject, doses, end, folder)
        (difference, column, time), n, seen = compare(sbml_of(model), header, rows, manifest)
        ok = difference <= LIMIT
        passed += ok
        failed += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {model:7} {subject:8} {'; '.join(doses)}: {n} quantities at {seen} times, "
              f"largest scaled difference {difference:.2e} ({column} at {time:g} h)", flush=True)
    print(f"parity: {passed} passed, {failed} failed")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
