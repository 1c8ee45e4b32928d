#!/usr/bin/env python3
"""Parity of forward sensitivities: the same SBML, parameters and output times in AMICI (CVODES) and in synapta-engine.

Prints, for each model, the largest difference of the sensitivities, scaled by the largest of the same observable and
parameter over the run; it must be at most 1e-5. A person runs it: installing amici compiles for minutes, and so does
importing each model.

usage: amici_sensitivities.py SENSITIVITIES_EXAMPLE [WORK_FOLDER]

SENSITIVITIES_EXAMPLE is the binary that `cargo build --release -p synapta-engine --example sensitivities` makes.
needs: pip install amici antimony numpy
"""
import csv
import pathlib
import subprocess
import sys
import tempfile

import amici.sim.sundials as sundials
import antimony
import numpy
from amici.importers.sbml import SbmlImporter
from amici.importers.utils import MeasurementChannel

LIMIT = 1e-5

KINETICS = """
model kinetics
  compartment v = 2; species s in v, e in v, c in v, p in v;
  s0 = 3; s = s0; e = 0.02; c = 0; p = 0.1;
  kon = 4000; koff = 2; kcat = 50; vmax = 0.4; n = 2.3; km = 0.6; feed = 0.2; until = 4.5; level = 1.1; gain = 1.5; when = 7;
  bind: s + e -> c; v*(kon*s*e - koff*c);
  make: c -> e + p; v*kcat*c;
  loss: p -> ; v*vmax*p^n/(km^n + p^n);
  supply: -> s; v*feed;
  x = 0.5; x' = piecewise(0.3*p, time < until, -0.2*x);
  high: at (p > level): s = s + gain;
  dose: at (time >= when): p = p/2, x = x + p;
end
"""
REST = """
model rest
  compartment v = 1; species a in v, b in v, c in v;
  a0 = 2; a = a0; b = 0.5; c = 0; kf = 3; kr = 1.2; inflow = 0.7; kd = 0.4; n = 1.7;
  forth: a -> b; kf*a;
  back: b -> a; kr*b;
  source: -> c; inflow*b;
  sink: c -> ; kd*c^n;
end
"""
# name, text, parameters, observables, output times; no times: the steady state
CASES = [
    ("kinetics", KINETICS, ["s0", "koff", "kcat", "vmax", "n", "km", "feed", "until", "level", "gain", "when"],
     ["s", "c", "p", "x"], [0.01, 0.1, 1.0, 3.0, 5.0, 6.5, 8.0, 12.0]),
    ("rest", REST, ["a0", "kf", "kr", "inflow", "kd", "n"], ["a", "b", "c"], []),
]


def by_synapta(example, folder, case):
    """Sensitivities: time by parameter by observable."""
    name, text, parameters, observables, times = case
    path = folder / f"{name}.ant"
    path.write_text(text)
    command = [example, str(path), "--to", ",".join(parameters), "--seen", ",".join(observables), "--rtol", "1e-10",
               "--times", ",".join(map(str, times or [0.0]))] + ([] if times else ["--steady"])
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    rows = list(csv.reader(done.stdout.splitlines()))[1:]
    slopes = numpy.array([[float(x) for x in row[3:]] for row in rows])
    return slopes.reshape(-1, len(observables), len(parameters)).swapaxes(1, 2)


def by_amici(folder, case):
    """The same by AMICI."""
    name, text, parameters, observables, times = case
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        raise SystemExit(f"antimony does not load {name}: {antimony.getLastError()}")
    sbml = folder / f"{name}.xml"
    sbml.write_text(antimony.getSBMLString(name))
    channels = [MeasurementChannel(f"seen_{x}", formula=x) for x in observables]
    module = f"sensitivities_{name}"
    model = SbmlImporter(str(sbml)).sbml2amici(module, str(folder / module), observation_model=channels)
    model.set_timepoints(times or [float("inf")])
    solver = model.create_solver()
    solver.set_relative_tolerance(1e-11)
    solver.set_absolute_tolerance(1e-14)
    solver.set_max_steps(1000000)
    solver.set_sensitivity_order(sundials.SensitivityOrder.first)
    solver.set_sensitivity_method(sundials.SensitivityMethod.forward)
    result = sundials.run_simulation(model, solver)
    if result.status != sundials.AMICI_SUCCESS:
        raise SystemExit(f"{name}: AMICI ended with status {result.status}")
    ids = list(model.get_free_parameter_ids())
    return numpy.array(result.sy)[:, [ids.index(p) for p in parameters], :]


def largest(case, ours, theirs):
    """The largest scaled difference, with where it is."""
    _, _, parameters, observables, times = case
    scale = numpy.maximum(numpy.abs(theirs).max(axis=0), 1e-300)
    scaled = numpy.abs(ours - theirs) / scale
    scaled[:, numpy.abs(theirs).max(axis=0) < 1e-9] = 0.0
    t, p, o = numpy.unravel_index(numpy.argmax(scaled), scaled.shape)
    when = f"at {times[t]}" if times else "at rest"
    return scaled[t, p, o], f"d {observables[o]} / d {parameters[p]} {when}"


def main():
    """Runs every case."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    worst = 0.0
    for case in CASES:
        difference, where = largest(case, by_synapta(sys.argv[1], folder, case), by_amici(folder, case))
        worst = max(worst, difference)
        print(f"{case[0]}: {difference:.2e} ({where})", flush=True)
    raise SystemExit(0 if worst <= LIMIT else f"a difference is above {LIMIT:g}")


if __name__ == "__main__":
    main()
