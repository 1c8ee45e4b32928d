"""What an engine's module has to offer, and what engines share."""
import os
import pathlib
import resource
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parents[1]


class NotAvailable(Exception):
    """An engine cannot be installed here, or cannot run a model; the text says why."""


def run(command, cwd=None, env=None):
    """Runs a command; its output's end is the reason if it fails."""
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        tail = " ".join((done.stderr + done.stdout).strip().splitlines()[-3:])
        raise NotAvailable(f"{pathlib.Path(str(command[0])).name}: {tail[-300:]}")
    return done.stdout


def python_worker(name, problem):
    """The command of an engine that is a Python package."""
    return [sys.executable, str(HERE / "worker.py"), name, str(problem.folder)]


def single_thread():
    """An environment in which numerical libraries use one thread."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def children_cpu():
    """CPU seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def version_of(package):
    """The installed version of a Python package."""
    from importlib import metadata
    return metadata.version(package)
