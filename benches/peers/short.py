"""The check for continuous integration: our rate against peers that install fast, as ratios, never as absolute times."""
import docs
import measure
import tables
from engines.base import NotAvailable
from results import Result

ENGINES = ("synapta", "roadrunner", "cvode")
SUBJECTS = 50
WORST = 0.1  # of the ratio that the page gives


def run(problem, work, install, options, table):
    """Measures the ensembles of the short run."""
    problem.name = "short"
    for name in ENGINES:
        reason = install(name, work)
        try:
            if reason:
                raise NotAvailable(reason)
            engine = measure.prepare(name, problem, work)
            table.add(measure.ensemble(engine, problem, None, "few", 1, options))
        except NotAvailable as error:
            table.add(Result("ensemble", "short", measure.module(name).LABEL, note=f"not available: {error}"))


def verdict(results):
    """Lines to print, and True if a ratio has lost an order of magnitude or nothing could be compared."""
    expected, lines, compared, bad = docs.expected_ratios(), [], 0, False
    for _, peer, text in docs.ratio_rows(results):
        ratio = float(text.replace(",", ""))
        if peer not in expected:
            lines.append(f"     {peer}: {text} times as many subjects per CPU-second; docs/benchmarks.md gives no ratio")
            continue
        compared += 1
        lost = ratio < WORST * expected[peer]
        bad |= lost
        lines.append(f"{'FAIL' if lost else 'ok  '} {peer}: {text} times as many subjects per CPU-second; "
                     f"docs/benchmarks.md says {tables.number(expected[peer])}")
    lines += [f"     {r.engine}: {r.note}" for r in results if r.model == "short" and r.note]
    if compared == 0:
        lines.append("FAIL nothing could be compared")
        bad = True
    return lines, bad
