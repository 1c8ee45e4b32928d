"""libroadrunner (CVODE, LLVM), as the Python package gives it."""

import sys

from . import base

LABEL = "libroadrunner"
APT = ()
PIP = ("libroadrunner",)


def version():
    return f"libroadrunner {base.version_of('libroadrunner')}"


def prepare(problem, _work):
    """The command for a model, and the CPU seconds of reading and compiling it: done once, kept as libroadrunner's saved state."""
    begin = base.children_cpu()
    base.run([sys.executable, "-m", "engines.roadrunner_engine", problem.folder], cwd=base.HERE)
    return base.python_worker("roadrunner", problem), base.children_cpu() - begin


def save_state(folder):
    """Reads the SBML, compiles it and writes the result beside it."""
    import problem as problems
    import roadrunner
    found = problems.load(folder)
    roadrunner.RoadRunner(str(found.path("model.xml"))).saveState(str(found.path("roadrunner.state")))


class Engine:
    """One loaded model."""

    def __init__(self, problem, rtol, atol, times, columns):
        import libsbml
        import roadrunner
        roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
        self.runner = roadrunner.RoadRunner()
        self.runner.loadState(str(problem.path("roadrunner.state")))
        integrator = self.runner.integrator
        integrator.relative_tolerance, integrator.absolute_tolerance = rtol, atol
        integrator.maximum_num_steps = 1000000
        model = libsbml.readSBMLFromFile(str(problem.path("model.xml"))).getModel()
        self.runner.timeCourseSelections = [selection(model, c) for c in columns]
        self.times = times if times[0] == 0.0 else [0.0, *times]
        self.skip = len(self.times) - len(times)
        self.varied = problem.varied

    def run(self, values):
        self.runner.resetToOrigin()
        for name, value in zip(self.varied, values or ()):
            self.runner.setValue(name, value)
        return self.runner.simulate(times=self.times)[self.skip:]


def selection(model, name):
    """A species' concentration is `[id]`; one that counts as amount, and everything else, is `id`."""
    species = model.getSpecies(name)
    return name if species is None or species.getHasOnlySubstanceUnits() else f"[{name}]"


if __name__ == "__main__":
    save_state(sys.argv[1])
