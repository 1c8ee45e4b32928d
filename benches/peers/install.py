"""Everything the engines need, by name from the package registries. Standard library only: it runs before the packages are there."""
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys

CORE = ("numpy", "matplotlib", "python-libsbml", "antimony")
CORE_APT = ("python3-venv",)


def python_of(work):
    return pathlib.Path(work) / "venv" / "bin" / "python"


def ensure_venv(work):
    """A virtual environment with the core packages; its Python."""
    python = python_of(work)
    if not python.exists():
        if importlib.util.find_spec("ensurepip") is None:
            apt(CORE_APT)
        subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True)
    reason = pip(python, CORE)
    if reason:
        raise SystemExit(f"the packages {', '.join(CORE)} cannot be installed: {reason}")
    return python


def pip(python, packages):
    """Installs packages that are not there yet; the reason if that fails."""
    missing = [p for p in packages if not has_package(python, p)]
    if not missing:
        return ""
    print(f"installing {', '.join(missing)}", file=sys.stderr, flush=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *missing]
    # A package built from source on a small machine: one compiler at a time.
    environment = {"MAKEFLAGS": "-j1", "CMAKE_BUILD_PARALLEL_LEVEL": "1", **os.environ}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else last_line(done.stderr)


def has_package(python, package):
    code = f"from importlib import metadata; metadata.version({package!r})"
    return subprocess.run([str(python), "-c", code], capture_output=True, check=False).returncode == 0


def apt(packages):
    """Installs Debian packages that are not there yet; the reason if that fails."""
    if not packages or shutil.which("dpkg-query") is None:
        return ""
    missing = [p for p in packages if subprocess.run(["dpkg-query", "-W", p], capture_output=True, check=False).returncode != 0]
    if not missing:
        return ""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return f"these Debian packages are missing: {' '.join(missing)}"
    print(f"installing {', '.join(missing)}", file=sys.stderr, flush=True)
    subprocess.run(["apt-get", "update", "-qq"], capture_output=True, check=False)
    done = subprocess.run(["apt-get", "install", "-y", "-qq", *missing], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else last_line(done.stderr)


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1][:300] if lines else "no message"


def engine(name, work):
    """Installs what an engine needs; "" or the reason why it cannot be had. A failure is remembered in failed.json."""
    from engines import module
    from engines.base import NotAvailable
    failed = pathlib.Path(work) / "failed.json"
    known = json.loads(failed.read_text()) if failed.exists() else {}
    if name in known:
        return known[name]
    found = module(name)
    reason = apt(found.APT) or pip(python_of(work), found.PIP)
    if not reason and hasattr(found, "install"):
        try:
            found.install(pathlib.Path(work))
        except NotAvailable as error:
            return str(error)  # a build of ours: tried again next time
    if reason:
        failed.write_text(json.dumps({**known, name: reason}))
    return reason
