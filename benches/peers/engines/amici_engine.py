"""AMICI: C++ made from the SBML, compiled, run by CVODES with KLU."""
import hashlib
import json
import os
import pathlib
import subprocess
import sys

from . import base

LABEL = "AMICI"
APT = ("build-essential", "cmake", "libopenblas-dev", "libhdf5-dev")
PIP = ("swig", "amici")
LONGEST_IMPORT = 2400  # seconds a model may take to become C++ and to be compiled


def version():
    return f"AMICI {base.version_of('amici')}"


def prepare(problem, _work):
    """The command for a model, and the CPU seconds that import and compiling took: now, or when this model was imported before."""
    record = problem.path("amici-import.json")
    key = hashlib.sha256(problem.path("model.xml").read_bytes() + version().encode()).hexdigest()
    known = json.loads(record.read_text()) if record.exists() else {}
    if known.get("key") != key:
        known = {"key": key, "cpu_seconds": import_in_child(problem)}
        record.write_text(json.dumps(known))
    return base.python_worker("amici", problem), known["cpu_seconds"]


def import_in_child(problem):
    """Imports a model in a process of its own; the CPU seconds it took."""
    begin = base.children_cpu()
    command = [sys.executable, "-m", "engines.amici_engine", str(problem.folder)]
    # A model must be wrapped by the same SWIG as AMICI itself: the one from PyPI that AMICI's build takes, not the system's.
    path = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {"MAKEFLAGS": "-j1", "CMAKE_BUILD_PARALLEL_LEVEL": "1", **os.environ, "PATH": path}
    try:
        done = subprocess.run(command, cwd=base.HERE, env=environment, capture_output=True, text=True, check=False,
                              timeout=LONGEST_IMPORT)
    except subprocess.TimeoutExpired:
        raise base.NotAvailable(f"the model was not imported within {LONGEST_IMPORT} s") from None
    if done.returncode != 0:
        lines = (done.stdout + done.stderr).strip().splitlines()
        # What the compiler says is worth more than the trace of the call that ran it.
        words = " ".join(([line for line in lines if " error: " in line] or lines[-1:])[:1])[-300:]
        raise base.NotAvailable(f"import ended with code {done.returncode}: {words}")
    return base.children_cpu() - begin


def module_name(problem):
    """AMICI's package of a model; one process can load a name once only."""
    return f"peer_{problem.name}"


def import_model(folder):
    """SBML to a compiled package in the folder; observables are the problem's, all parameters stay free."""
    import problem as problems
    from amici.importers.sbml import SbmlImporter
    from amici.importers.utils import MeasurementChannel
    found = problems.load(folder)
    channels = [MeasurementChannel(f"seen_{i}", formula=name) for i, name in enumerate(found.observables)]
    SbmlImporter(str(found.path("model.xml"))).sbml2amici(
        module_name(found), str(found.path("amici")), observation_model=channels, compute_conservation_laws=True,
        generate_sensitivity_code=False)


class Engine:
    """One loaded model."""

    def __init__(self, problem, rtol, atol, times, columns):
        import amici.sim.sundials as sundials
        from amici import import_model_module
        self.sundials = sundials
        self.model = import_model_module(module_name(problem), str(problem.path("amici"))).get_model()
        self.model.set_timepoints(times)
        self.solver = self.model.create_solver()
        self.solver.set_relative_tolerance(rtol)
        self.solver.set_absolute_tolerance(atol)
        self.solver.set_max_steps(1000000)
        self.varied, self.places = problem.varied, None
        if columns != problem.observables:
            ids = list(self.model.get_state_ids())
            self.places = [ids.index(c) for c in columns]
        else:
            self.solver.set_return_data_reporting_mode(sundials.RDataReporting.observables_likelihood)

    def run(self, values):
        for name, value in zip(self.varied, values or ()):
            self.model.set_free_parameter_by_id(name, value)
        result = self.sundials.run_simulation(self.model, self.solver)
        if result.status != self.sundials.AMICI_SUCCESS:
            raise RuntimeError(f"AMICI ended with status {result.status}")
        return result.y if self.places is None else result.x[:, self.places]


if __name__ == "__main__":
    import_model(sys.argv[1])
