"""Synapta: one run through its engine (benches/peers/runner), many subjects through `synapta ensemble`."""
import os
import pathlib
import subprocess
import sys

from . import base

LABEL = "Synapta"
APT = ()
PIP = ("pyarrow",)  # reads what `synapta ensemble` writes
ROOT = base.HERE.parents[1]


def build_folder():
    """Where cargo puts the workspace's programs."""
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def program():
    """The command line program: PEERS_SYNAPTA, or the release build."""
    return pathlib.Path(os.environ.get("PEERS_SYNAPTA", build_folder() / "release" / "synapta"))


def runner(work):
    return work / "runner" / "release" / "peer-synapta"


def install(work):
    if "PEERS_SYNAPTA" not in os.environ:
        base.run(["cargo", "build", "--release", "--quiet", "-p", "synapta"], cwd=ROOT)
    base.run(["cargo", "build", "--release", "--quiet"], cwd=base.HERE / "runner",
             env={**os.environ, "CARGO_TARGET_DIR": str(work / "runner")})


def version():
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return f"{base.run([program(), '--version']).strip()} {commit.stdout.strip()}".strip()


def has_ensemble():
    return subprocess.run([program(), "ensemble", "--help"], capture_output=True, check=False).returncode == 0


def own_threads():
    """True if the program itself spreads subjects over cores."""
    return has_ensemble()


def prepare(problem, work):
    words = [str(program()), str(runner(work)), "ensemble" if has_ensemble() else "one by one", str(problem.folder)]
    return [sys.executable, str(base.HERE / "synapta_worker.py"), *words], 0.0
