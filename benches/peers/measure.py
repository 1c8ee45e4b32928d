"""The cases: one run and its error, ensembles on one and on two cores."""
import copy
import dataclasses
import statistics

import numpy

from call import Prepared, Request, call
from engines import module
from engines.base import NotAvailable
from results import Result

REFERENCE = {"rtol": 1e-10, "atol": 1e-13}
CHECKED = 200  # subjects whose observables are compared with the reference: enough for a largest error that is not one subject's luck
TRIAL = 20  # subjects of a process by which the length of a pass is chosen


def prepare(name, problem, work):
    """The engine for a model; raises NotAvailable with the reason."""
    found = module(name)
    command, seconds = found.prepare(problem, work)
    return Prepared(name, found.LABEL, found.version(), command, seconds, hasattr(found, "own_threads") and found.own_threads())


class Reference:
    """CVODE with KLU at tolerances far below those measured."""

    def __init__(self, problem, work):
        engine = prepare("cvode", problem, work)
        self.problem = problem
        self.states = {outputs: call(engine, problem, Request(**REFERENCE, outputs=outputs, all_states=True)).columns[0]
                       for outputs in ("few", "hourly")}
        self.subjects = call(engine, problem, Request(**REFERENCE, subjects=CHECKED, keep=CHECKED, cap=3600.0)).columns

    def error(self, columns, outputs):
        """Of one run with all states."""
        return scaled_error(columns, self.states[outputs], self.states["hourly"], self.sound_times(outputs))

    def subject_errors(self, columns):
        """The largest and the median over those subjects that were run; failed ones are counted elsewhere."""
        pairs = zip(columns, self.subjects)
        errors = [scaled_error(c, r, r, self.sound_times("few")) for c, r in pairs if numpy.isfinite(c).all()]
        return (max(errors), statistics.median(errors)) if errors else (None, None)

    def sound_times(self, outputs):
        """Output times without those at a stop, where engines report before or after the change, and without the start."""
        times = self.problem.times(outputs)
        return [k for k, t in enumerate(times) if t > 0 and t not in self.problem.stops]


def scaled_error(columns, reference, ranging, times):
    """The largest difference over times and columns, each column scaled by its range in `ranging`.

    A column that hardly moves is scaled by a hundredth of its size, and none by less than 1e-5.
    """
    size = numpy.abs(ranging).max(axis=0)
    scale = numpy.maximum(numpy.maximum(numpy.ptp(ranging, axis=0), 0.01 * size), 1e-5)
    difference = numpy.abs(columns - reference)[times] / scale
    return float(difference.max()) if numpy.isfinite(difference).all() else float("nan")


def one_run(engine, problem, reference, outputs, options):
    """Load, CPU time and error of one run."""
    request = Request(options.rtol, options.atol, outputs, repeats=options.repeats, cap=options.cap)
    answer = call(engine, problem, request)
    states = call(engine, problem, Request(options.rtol, options.atol, outputs, all_states=True, cap=options.cap))
    return Result(
        "one", problem.name, engine.label, engine.version, outputs, 1, options.rtol, options.atol, answer.load_seconds,
        1e3 * statistics.median(p["cpu_seconds"] for p in answer.passes), runs=len(answer.passes), passes=len(answer.passes),
        error=reference.error(states.columns[0], outputs) if reference else None,
        failures=sum(p["failures"] for p in answer.passes), steps=answer.steps(), peak_memory_bytes=answer.peak_memory_bytes)


def ensemble(engine, problem, reference, outputs, processes, options):
    """Subjects per CPU second; the median of the passes over all subjects, or over as many as all passes have time for."""
    request = Request(options.rtol, options.atol, outputs, subjects=options.subjects, repeats=options.repeats, cap=options.cap,
                      keep=CHECKED, processes=processes)
    if not engine.own_threads:
        request.subjects = in_time(request, call(engine, problem, trial(request)).median_rate())
    answer = call(engine, problem, request)
    done, whole = answer.passes[0]["done"], answer.whole()
    checked = reference is not None and outputs == "few" and len(answer.columns) > 0
    largest, median = reference.subject_errors(answer.columns) if checked else (None, None)
    return Result(
        "ensemble", problem.name, engine.label, engine.version, outputs, processes, options.rtol, options.atol, answer.load_seconds,
        1e3 / answer.median_rate(), runs=done, asked=options.subjects, passes=len(whole),
        subjects_per_cpu_second=answer.median_rate(), wall_seconds=answer.wall_seconds,
        subject_error=largest, median_subject_error=median, failures=answer.passes[0]["failures"],
        steps=answer.steps(), peak_memory_bytes=answer.peak_memory_bytes)


def trial(request):
    """A short pass over the first subjects: how fast they go."""
    return dataclasses.replace(request, subjects=min(request.subjects, TRIAL * request.processes), repeats=1,
                               cap=request.cap / (2 * request.repeats), keep=0)


def in_time(request, rate):
    """How many subjects leave time for all passes at this rate per CPU second; at least one for each process."""
    fitting = int(0.9 * rate * request.cap / request.repeats) * request.processes
    return min(request.subjects, max(fitting, request.processes))


def matched(engine, problem, reference, peers, options):
    """One run and ensembles at the loosest tolerances whose error is no larger than the fastest peer's: speed at equal error."""
    limits = [("one", fastest(peers, "one", lambda r: r.ms_per_run), ["error"]),
              ("ensemble", fastest(peers, "ensemble", lambda r: -r.subjects_per_cpu_second), ["subject_error", "median_subject_error"])]
    for task, peer, fields in limits:
        if peer is None:
            continue
        loose = loosest(engine, problem, reference, task, [getattr(peer, field) for field in fields], options)
        if loose is None:
            continue
        row = (one_run(engine, problem, reference, "hourly", loose) if task == "one"
               else ensemble(engine, problem, reference, "few", 1, loose))
        row.task, row.note = f"matched {task}", peer.engine
        yield row


def loosest(engine, problem, reference, task, limits, options):
    """Options at the loosest tolerances up to which all errors are within their limits; None if there are none."""
    best = None
    for sixteenths in range(*TRIED):
        loose = looser(options, 10 ** (sixteenths / 16))
        try:
            found = errors_of_checked(engine, problem, reference, task, loose)
        except NotAvailable:
            return best
        if not all(error is not None and error <= limit for error, limit in zip(found, limits)):
            return best
        best = loose
    return best


# Relative tolerances that are tried for equal error: sixteenths of a decade, from 1e-8 to 1e-3.
TRIED = (-128, -47)


def fastest(peers, task, cost):
    """The fastest peer's row of those with an error: hourly output for one run, few output times for an ensemble."""
    outputs, field = ("hourly", "error") if task == "one" else ("few", "subject_error")
    rows = [r for r in peers if r.task == task and r.outputs == outputs and r.processes == 1 and r.ms_per_run]
    best = min(rows, key=cost, default=None)
    return best if best is not None and getattr(best, field) is not None else None


def looser(options, rtol):
    """The same options at other tolerances, atol in the same proportion."""
    other = copy.copy(options)
    other.rtol, other.atol = rtol, rtol * options.atol / options.rtol
    return other


def errors_of_checked(engine, problem, reference, task, options):
    """The error of one run over hours, or the largest and median errors of the subjects that are checked."""
    if task == "one":
        states = call(engine, problem, Request(options.rtol, options.atol, "hourly", all_states=True, cap=options.cap))
        return [reference.error(states.columns[0], "hourly")]
    request = Request(options.rtol, options.atol, "few", subjects=CHECKED, keep=CHECKED, cap=options.cap)
    return reference.subject_errors(call(engine, problem, request).columns)


def precision(engine, problem, reference, options):
    """One run at rtol 1e-3 to 1e-9: CPU time with few outputs, error over hours."""
    for exponent in range(3, 10):
        rtol, atol = 10.0**-exponent, 10.0 ** -(exponent + 3)
        try:
            timed = call(engine, problem, Request(rtol, atol, "few", repeats=options.repeats, cap=options.cap))
            states = call(engine, problem, Request(rtol, atol, "hourly", all_states=True, cap=options.cap))
        except NotAvailable as reason:
            yield Result("precision", problem.name, engine.label, engine.version, rtol=rtol, atol=atol, note=str(reason))
            continue
        yield Result(
            "precision", problem.name, engine.label, engine.version, "few", 1, rtol, atol,
            ms_per_run=1e3 * statistics.median(p["cpu_seconds"] for p in timed.passes), runs=len(timed.passes),
            passes=len(timed.passes), error=reference.error(states.columns[0], "hourly"),
            failures=sum(p["failures"] for p in timed.passes), steps=timed.steps())
