"""Results as tables of text, the same on the terminal and in docs/benchmarks.md."""

OURS = "Synapta"


def markdown(header, rows):
    """A Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(value, digits=3):
    """`digits` significant digits, without an exponent for ordinary sizes; `-` for nothing."""
    if value is None:
        return "-"
    if value != 0 and (abs(value) < 1e-3 or abs(value) >= 1e6):
        return f"{value:.{max(digits - 2, 0)}e}"
    text = f"{value:.{digits}g}"
    return f"{float(text):,.0f}" if "e" in text or abs(value) >= 10**digits else text


def find(results, **wanted):
    """The first result with these fields."""
    return next((r for r in results if all(getattr(r, k) == v for k, v in wanted.items())), None)


def engines_of(results, model):
    """Engines of a model in the order they were measured."""
    return list(dict.fromkeys(r.engine for r in results if r.model == model and r.task in ("one", "ensemble")))


def fastest_peer(results, model, outputs):
    """The largest rate of an engine that is not ours, on one core."""
    rates = [r.subjects_per_cpu_second for r in results if r.task == "ensemble" and r.model == model and r.outputs == outputs
             and r.processes == 1 and r.engine != OURS and r.subjects_per_cpu_second]
    return max(rates, default=None)


def case(results, model, outputs):
    """One table: all engines on one model with one kind of output."""
    best = fastest_peer(results, model, outputs)
    header = ["engine", "load or compile (s)", "one run (ms)", "steps", "error", "subjects per CPU-second, 1 core", "2 cores",
              "ratio to fastest peer", "subject error, largest / median", "failures", "peak memory (MB)", "subjects"]
    rows = []
    for engine in engines_of(results, model):
        one = find(results, task="one", model=model, engine=engine, outputs=outputs)
        single = find(results, task="ensemble", model=model, engine=engine, outputs=outputs, processes=1)
        double = find(results, task="ensemble", model=model, engine=engine, outputs=outputs, processes=2)
        note = next((r.note for r in (one, single, double) if r is not None and r.note), "")
        if one is None and single is None:
            note = note or next((r.note for r in results if r.engine == engine and r.model == model and r.note), "not measured")
            rows.append([engine, note] + [""] * (len(header) - 2))
            continue
        rate = single.subjects_per_cpu_second if single else None
        rows.append([
            engine, number(one.load_seconds if one else None), number(one.ms_per_run if one else None),
            number(one.steps, 4) if one else "-", number(one.error, 2) if one else "-", number(rate),
            number(double.subjects_per_cpu_second if double else None), number(rate / best) if rate and best else "-",
            errors(single),
            f"{single.failures} of {single.runs}" if single else "-",
            number((single or one).peak_memory_bytes / 1e6) if (single or one).peak_memory_bytes else "-", done(single)])
        if note:
            rows[-1][0] += f" ({note})"
    return markdown(header, rows)


def matched(results, model):
    """Synapta at the tolerance that gives the fastest peer's error; rows for one run and for many subjects."""
    rows = []
    for task, words, speed in (("one", "one run, hourly output", "ms_per_run"),
                               ("ensemble", "subjects per CPU-second", "subjects_per_cpu_second")):
        mine = find(results, task=f"matched {task}", model=model)
        if mine is None:
            continue
        peer = find(results, task=task, model=model, engine=mine.note, outputs=mine.outputs, processes=1)
        ours, theirs = getattr(mine, speed), getattr(peer, speed)
        ratio = theirs / ours if task == "one" else ours / theirs
        unit = " ms" if task == "one" else ""
        error = (lambda r: number(r.error, 2)) if task == "one" else errors
        rows.append([words, f"{peer.engine}: {number(theirs)}{unit}, error {error(peer)}, rtol {peer.rtol:.0e}",
                     f"{number(ours)}{unit}, error {error(mine)}, rtol {mine.rtol:.1e}", number(ratio)])
    return markdown(["", "fastest peer", "Synapta", "times faster"], rows) if rows else ""


def errors(single):
    """The largest and the median error of those subjects that are checked."""
    if single is None or single.subject_error is None:
        return "-"
    return f"{number(single.subject_error, 2)} / {number(single.median_subject_error, 2)}"


def done(single):
    """How many subjects stand behind a rate."""
    if single is None:
        return "-"
    return f"{single.runs:,}" if single.runs == single.asked else f"{single.runs:,} of {single.asked:,}"


def floor(results):
    """Nanoseconds a lane of each kernel."""
    rows = [[r.model, r.engine, str(r.lanes or "-"), *(number(v) for v in (r.rhs_ns, r.jacobian_ns, r.lu_ns, r.solve_ns)), r.note]
            for r in results if r.task == "floor"]
    return markdown(["model", "code", "lanes", "right-hand side", "Jacobian", "LU", "solve", ""], rows)


def precision(results, model):
    """Error and CPU time of one run at each tolerance."""
    chosen = [r for r in results if r.task == "precision" and r.model == model]
    tolerances = sorted({r.rtol for r in chosen}, reverse=True)
    rows = []
    for engine in dict.fromkeys(r.engine for r in chosen):
        cells = [find(chosen, engine=engine, rtol=t) for t in tolerances]
        rows.append([engine] + [f"{number(c.ms_per_run, 2)} ms, {number(c.error, 2)}" if c and c.ms_per_run and not c.failures
                                else "failed" for c in cells])
    return markdown(["engine"] + [f"rtol {t:.0e}".replace("e-0", "e-") for t in tolerances], rows)
