"""The order of work of one call of run.py."""
import hashlib
import os
import pathlib
import sys

import docs
import floor
import human
import install
import machine
import measure
import problem as problems
import results
import short
import tables
import yardstick
from engines import module, synapta_engine
from engines.base import NotAvailable

HERE = pathlib.Path(__file__).resolve().parent
RUNS, MODELS = HERE.parent / "runs", HERE.parent / "models"


def run(options):
    """Measures, prints, writes; the exit code."""
    if options.source:
        described, found = results.read(options.source)
        return finish(options, described, found)
    described = machine.describe()
    if machine.load() > 0.5:
        tell(f"the load of this machine is {machine.load():.1f}: times will be too long; ratios suffer less")
    if options.short:
        options.subjects, options.repeats, options.cap = short.SUBJECTS, 3, 30.0
    built = {} if options.short else models(options, described)
    kept = rows_kept(options, described) if options.onto else []
    table = results.Table(options.csv or results.default_path(RUNS), described, kept)
    try:
        for found in built.values():
            measure_model(found, options, table)
        if options.short or "short" in options.parts:
            made, saved = short_problem(), (options.subjects, options.repeats)
            options.subjects, options.repeats = short.SUBJECTS, max(3, options.repeats)
            short.run(made, options.work, install.engine, options, table)
            options.subjects, options.repeats = saved
    except KeyboardInterrupt:
        tell("stopped; what is done:")
        options.write_docs = False
    tell(f"raw table: {table.path}")
    return finish(options, described, table.results)


def rows_kept(options, described):
    """The rows of an earlier table that are not measured again."""
    earlier, found = results.read(options.onto)
    differing = [k for k in ("processor", "cores", "yardstick") if earlier.get(k) not in (None, described.get(k, earlier.get(k)))]
    if differing:
        tell(f"{options.onto} was measured under other conditions ({', '.join(differing)}): its rows are left out")
        return []
    described.update({k: v for k, v in earlier.items() if k not in described})
    labels = [module(name).LABEL for name in options.engines]
    return [r for r in found if r.model not in options.models or r.engine not in labels]


def finish(options, described, found):
    """Tables on the terminal, numbers in the page, the verdict of a short run."""
    print(docs.measured(described, found, drawn=False))
    if options.write_docs:
        docs.write(described, found)
        tell(f"wrote {docs.PAGE} and {docs.IMAGES}/work-precision.*")
    if not options.short:
        return 0
    lines, bad = short.verdict(found)
    print("\n".join(lines))
    return 1 if bad else 0


def tell(text):
    print(text, file=sys.stderr, flush=True)


def models(options, described):
    """The problems asked for, and where they come from."""
    built = {}
    for name in options.models:
        folder = MODELS / name
        if not (options.keep_models and (folder / "problem.json").exists()):
            folder.mkdir(parents=True, exist_ok=True)
            tell(f"making the model {name}")
            try:
                end, observables = write(name, folder, options)
            except (NotAvailable, RuntimeError, OSError) as reason:
                tell(f"{name}: not available: {reason}")
                continue
            problems.build(folder, name, end, observables)
        built[name] = problems.load(folder)
        described[f"states {name}"] = str(len(built[name].states))
    if "qsp100" in built:
        digest = hashlib.sha256(built["qsp100"].path("model.ant").read_bytes()).hexdigest()[:12]
        origin = "given by --yardstick" if options.yardstick else "written by benches/peers/yardstick.py"
        described["yardstick"] = f"{origin}, model text sha256 {digest}"
    return built


def write(name, folder, options):
    """model.xml, model.ant and subjects.csv of a model."""
    if name == "human":
        reason = install.engine("synapta", options.work)
        if reason:
            raise NotAvailable(reason)
        return human.write(folder, synapta_engine.program())
    return yardstick.take(folder, options.yardstick) if options.yardstick else yardstick.write(folder)


def short_problem():
    """Our own yardstick, whatever --yardstick says: the page's ratios are of this one."""
    folder = MODELS / "short"
    folder.mkdir(parents=True, exist_ok=True)
    end, observables = yardstick.write(folder)
    return problems.build(folder, "short", end, observables)


def measure_model(problem, options, table):
    """All parts for one model, engine after engine."""
    reference = reference_of(problem, options)
    for name in options.engines:
        reason = install.engine(name, options.work)
        try:
            if reason:
                raise NotAvailable(reason)
            tell(f"{problem.name}: {name}: loading")
            engine = measure.prepare(name, problem, options.work)
        except NotAvailable as error:
            tell(f"{problem.name}: {name}: not available: {error}")
            table.add(results.Result("one", problem.name, module(name).LABEL, note=f"not available: {error}"))
            continue
        measure_engine(engine, problem, reference, options, table)
    if "matched" in options.parts and reference is not None:
        measure_matched(problem, reference, options, table)
    if "floor" in options.parts and not problem.generated:
        for row in (*floor.compiled(problem, options.work), *floor.ours(problem, options.work)):
            table.add(row)


def measure_matched(problem, reference, options, table):
    """Synapta at the error of the fastest peer."""
    if "synapta" not in options.engines or install.engine("synapta", options.work):
        return
    peers = [r for r in table.results if r.model == problem.name and r.engine != tables.OURS]
    for row in measure.matched(measure.prepare("synapta", problem, options.work), problem, reference, peers, options):
        report(table.add(row))


def reference_of(problem, options):
    reason = install.engine("cvode", options.work)
    try:
        if reason:
            raise NotAvailable(reason)
        tell(f"{problem.name}: reference at rtol {measure.REFERENCE['rtol']:g}")
        return measure.Reference(problem, options.work)
    except NotAvailable as error:
        tell(f"{problem.name}: no reference, so no errors: {error}")
        return None


def measure_engine(engine, problem, reference, options, table):
    """One engine's runs, ensembles and tolerances; a case that fails is said and the next one follows."""
    for outputs in options.outputs:
        if "runs" in options.parts:
            attempt(table, "one", engine, problem, outputs, 1, lambda: measure.one_run(engine, problem, reference, outputs, options))
        if "ensembles" in options.parts:
            for processes in (1, 2)[: os.cpu_count()]:
                attempt(table, "ensemble", engine, problem, outputs, processes,
                        lambda: measure.ensemble(engine, problem, reference, outputs, processes, options))
    if "precision" in options.parts and reference is not None:
        for row in measure.precision(engine, problem, reference, options):
            report(table.add(row))


def attempt(table, task, engine, problem, outputs, processes, do):
    try:
        report(table.add(do()))
    except NotAvailable as reason:
        report(table.add(results.Result(task, problem.name, engine.label, engine.version, outputs, processes, note=str(reason))))


def report(row):
    """One line on the way."""
    words = [row.model, row.engine, row.task, row.outputs, f"{row.processes} process{'es' * (row.processes > 1)}"]
    words += [f"rtol {row.rtol:.2g}"] if row.task == "precision" or row.task.startswith("matched") else []
    words += [f"{tables.number(row.ms_per_run)} ms"] if row.ms_per_run else []
    words += [f"{tables.number(row.subjects_per_cpu_second)} subjects per CPU-second"] if row.subjects_per_cpu_second else []
    words += [f"error {row.error:.1e}"] if row.error is not None else []
    words += [f"{row.failures} failed"] if row.failures else []
    tell("  " + ", ".join(w for w in [*words, row.note] if w))
