"""docs/benchmarks.md: the measured part stands between two marks and is written by `run.py --write-docs` only."""
import pathlib
import re

import figure
import tables

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
IMAGES = ROOT / "docs" / "images"
BEGIN, END = "<!-- measured: written by benches/peers/run.py --write-docs -->", "<!-- end of measured -->"
OUTPUTS = {"few": "10 output times", "hourly": "hourly output"}


def write(machine, results):
    """Puts the results into the page and draws the figure."""
    states = {k.removeprefix("states "): v for k, v in machine.items() if k.startswith("states ")}
    drawn = figure.draw(results, states, IMAGES)
    text = PAGE.read_text()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    PAGE.write_text(head + BEGIN + "\n\n" + measured(machine, results, drawn) + "\n" + END + tail)


def measured(machine, results, drawn):
    """The text between the marks."""
    parts = ["### Machine and versions", "\n".join(f"- {key}: {value}" for key, value in machine.items()), versions(results)]
    for model in dict.fromkeys(r.model for r in results if r.task in ("one", "ensemble") and r.model != "short"):
        for outputs, words in OUTPUTS.items():
            if tables.find(results, model=model, outputs=outputs, task="one"):
                parts += [f"### {model}, {words}", tables.case(results, model, outputs)]
        if tables.matched(results, model):
            parts += [f"### {model}, at the fastest peer's error", tables.matched(results, model)]
    if any(r.task == "floor" for r in results):
        parts += ["### Kernels, ns a lane", tables.floor(results)]
    precise = [m for m in dict.fromkeys(r.model for r in results) if any(r.task == "precision" and r.model == m for r in results)]
    if precise:
        parts.append("### Work and precision")
        if drawn:
            parts.append("![CPU time of one run over its error, one line an engine, for both models](images/work-precision.svg)")
        parts += [f"{model}: CPU time of one run, error.\n\n{tables.precision(results, model)}" for model in precise]
    ratios = ratio_rows(results)
    if ratios:
        parts += ["### Ratios that a short run is held against", tables.markdown(["model", "peer", "ratio"], ratios)]
    return "\n\n".join(parts) + "\n"


def versions(results):
    """One line an engine."""
    found = {r.engine: r.version for r in results if r.version}
    return "\n".join(f"- {engine}: {version}" for engine, version in found.items() if version)


def ratio_rows(results):
    """Synapta's rate over each peer's in the short run."""
    mine = tables.find(results, model="short", engine=tables.OURS, task="ensemble")
    if mine is None or not mine.subjects_per_cpu_second:
        return []
    return [["short", r.engine, tables.number(mine.subjects_per_cpu_second / r.subjects_per_cpu_second)]
            for r in results if r.model == "short" and r.task == "ensemble" and r.engine != tables.OURS and r.subjects_per_cpu_second]


def expected_ratios():
    """(model, peer) -> ratio, as the page says."""
    found = re.findall(r"^\| short \| ([^|]+) \| ([0-9.,]+) \|$", PAGE.read_text(), flags=re.MULTILINE)
    return {peer: float(ratio.replace(",", "")) for peer, ratio in found}
