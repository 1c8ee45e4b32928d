"""COPASI (LSODA), through its Python package basico."""

from . import base

LABEL = "COPASI, LSODA"
APT = ()
PIP = ("copasi-basico",)


def version():
    import COPASI
    return f"COPASI {COPASI.__version__}"


def prepare(problem, _work):
    return base.python_worker("copasi", problem), 0.0


class Engine:
    """One loaded model."""

    def __init__(self, problem, rtol, atol, times, columns):
        import basico
        self.basico, self.times = basico, times
        self.model = basico.load_model(str(problem.path("model.xml")), remove_user_defined_functions=True)
        method = {"name": "Deterministic (LSODA)", "Relative Tolerance": rtol, "Absolute Tolerance": atol,
                  "Max Internal Steps": 1000000}
        basico.set_task_settings(basico.T.TIME_COURSE, {"method": method}, model=self.model)
        self.columns, self.varied = columns, problem.varied
        self.names = self.display_names(columns)
        self.parameters = self.parameter_objects(problem.varied)

    def display_names(self, columns):
        """COPASI's output name of every column."""
        data = self.model.getModel()
        names = []
        for column in columns:
            found = [s for s in data.getMetabolites() if s.getSBMLId() == column]
            if found:
                names.append(f"[{found[0].getObjectDisplayName()}]")
                continue
            found = [v for v in data.getModelValues() if v.getSBMLId() == column]
            if not found:
                raise base.NotAvailable(f"no quantity '{column}' in COPASI's model")
            names.append(f"Values[{found[0].getObjectName()}]")
        return names

    def parameter_objects(self, names):
        known = {v.getSBMLId(): v for v in self.model.getModel().getModelValues()}
        return [known[name] for name in names]

    def run(self, values):
        for parameter, value in zip(self.parameters, values or ()):
            parameter.setInitialValue(value)
        if values:
            self.model.getModel().updateInitialValues(0)
        frame = self.basico.run_time_course_with_output(self.names, values=self.times, model=self.model, use_initial_values=True)
        table = frame.to_numpy()
        if table.shape != (len(self.times), len(self.names)):
            raise RuntimeError(f"COPASI returned {table.shape[0]} rows of {len(self.times)}")
        return table
