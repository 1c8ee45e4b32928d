"""What the numbers were measured on."""
import os
import pathlib
import platform
import subprocess


def describe():
    """Processor, cores, memory, kernel, compilers."""
    return {"processor": processor(), "cores": str(os.cpu_count()), "memory": memory(),
            "system": f"{platform.system()} {platform.release()}", "python": platform.python_version(),
            "gcc": first_line(["gcc", "--version"]), "rustc": first_line(["rustc", "--version"])}


def processor():
    """The model name; instruction sets wide enough to matter."""
    text = pathlib.Path("/proc/cpuinfo").read_text() if pathlib.Path("/proc/cpuinfo").exists() else ""
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    values = {k.strip(): v.strip() for k, v in fields.items()}
    wide = [name for flag, name in (("avx2", "AVX2"), ("avx512f", "AVX-512")) if flag in values.get("flags", "").split()]
    return " ".join([values.get("model name", platform.processor() or "unknown"), *(f"({w})" for w in wide[-1:])])


def memory():
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    except (ValueError, OSError):
        return "unknown"


def load():
    """Processes that want to run, averaged over the last minute; timings are good only near 0."""
    return os.getloadavg()[0]


def first_line(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "none"
