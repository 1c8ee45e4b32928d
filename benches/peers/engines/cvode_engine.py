"""C generated from the model, with SUNDIALS' CVODE (BDF), KLU and an exact sparse Jacobian."""
import shutil

from . import base

LABEL = "C, CVODE + KLU"
APT = ("build-essential", "libsundials-dev", "libsuitesparse-dev")
PIP = ()
LIBRARIES = ("-lsundials_cvode", "-lsundials_nvecserial", "-lsundials_sunmatrixsparse", "-lsundials_sunlinsolklu", "-lklu", "-lm")
FLAGS = ("-O3", "-march=native", "-fno-math-errno", "-Wno-unused-function")


def install(_work):
    if shutil.which("gcc") is None:
        raise base.NotAvailable("no gcc")


def version():
    text = base.run(["gcc", "-E", "-dM", "-include", "sundials/sundials_config.h", "-x", "c", "/dev/null"])
    found = [line.split()[2].strip('"') for line in text.splitlines() if line.startswith("#define SUNDIALS_VERSION ")]
    return f"CVODE {found[0] if found else 'unknown'}, gcc {base.run(['gcc', '-dumpfullversion']).strip()}"


def prepare(problem, _work):
    """The command for a model, and the CPU seconds that compiling it took."""
    if problem.generated:
        raise base.NotAvailable(problem.generated)
    begin, program = base.children_cpu(), problem.path("cvode")
    base.run(["gcc", *FLAGS, "-I", problem.folder, "-I", base.HERE / "native", "-I", "/usr/include/suitesparse",
              base.HERE / "native" / "cvode.c", "-o", program, *LIBRARIES])
    return [str(program)], base.children_cpu() - begin
