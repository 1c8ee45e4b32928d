"""diffsol (Rust): BDF, sparse LU of faer, the model in DiffSL through Cranelift."""
import os
import pathlib
import re
import shutil

from . import base

LABEL = "diffsol, BDF, Cranelift"
APT = ()
PIP = ()
CRATE = base.HERE / "diffsol"


def install(work):
    if shutil.which("cargo") is None:
        raise base.NotAvailable("no cargo")
    base.run(["cargo", "build", "--release", "--locked"], cwd=CRATE, env={**os.environ, "CARGO_TARGET_DIR": str(target(work))})


def target(work):
    return pathlib.Path(os.environ.get("PEERS_DIFFSOL_TARGET", work / "diffsol"))


def version():
    found = re.search(r'name = "diffsol"\nversion = "([^"]+)"', (CRATE / "Cargo.lock").read_text())
    return f"diffsol {found.group(1)}" if found else "diffsol"


def prepare(problem, work):
    if problem.generated or not problem.path("model.diffsl").exists():
        raise base.NotAvailable(problem.generated or "no DiffSL text")
    return [str(target(work) / "release" / "peer-diffsol"), str(problem.folder)], 0.0
