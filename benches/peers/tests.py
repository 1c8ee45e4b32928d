"""Tests of the generated equations and of what the numbers are made with: `target/peers/venv/bin/python benches/peers/tests.py`."""
import math
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import antimony  # noqa: E402
import numpy  # noqa: E402

import call  # noqa: E402
import docs  # noqa: E402
import measure  # noqa: E402
import results  # noqa: E402
import short  # noqa: E402
import subjects  # noqa: E402
import tables  # noqa: E402
from equations import c_text, derive, diffsl_text, eliminate, sbml, specialise  # noqa: E402

MODEL = """model small()
  compartment big = 2; species A in big = 1.5, B in big = 0.4; k = 0.7; n = 2.5; level := A^n/(1 + A^n) + sqrt(B);
  J1: A -> 2 B; k*level*exp(-0.1*A)*big; J2: B -> ; ln(1 + B)*piecewise(1, B > 0.2, 0.5)/(0.3 + B)^2;
  C' = cos(time) - A/(B + 1) - C; C = 0.1; flag = 0; seen = 0;
  dose: at (time >= 3): A = A + k, flag = 1; follow: at (flag > 0.5): flag = 0, seen = seen + A;
end"""


def small():
    """The system of MODEL."""
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(MODEL) >= 0, antimony.getLastError()
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
        file.write(antimony.getSBMLString("small"))
        file.flush()
        return sbml.read(file.name)


class Equations(unittest.TestCase):
    def setUp(self):
        self.system = small()
        self.special = specialise.specialise(self.system, ["k"], ["level"])
        self.values = {**dict(zip(self.special.states, self.special.start)), "k": 0.7, "flag": 0.0, "seen": 0.0, "time": 0.2}

    def rates(self, values):
        return self.special.graph.evaluate(self.special.rates, values)

    def test_rates_are_those_of_the_text(self):
        a, b, c, k = 1.5, 0.4, 0.1, 0.7
        level = a**2.5 / (1 + a**2.5) + math.sqrt(b)
        first, second = k * level * math.exp(-0.1 * a) * 2, math.log(1 + b) / (0.3 + b) ** 2
        expected = {"A": -first / 2, "B": (2 * first - second) / 2, "C": math.cos(0.2) - a / (b + 1) - c}
        for name, rate in zip(self.special.states, self.rates(self.values)):
            self.assertAlmostEqual(rate, expected[name], places=12)

    def test_jacobian_is_the_slope_of_the_rates(self):
        entries = derive.jacobian(self.special.graph, self.special.rates, self.special.states)
        for column, name in enumerate(self.special.states):
            step = 1e-6
            up, down = ({**self.values, name: self.values[name] + s} for s in (step, -step))
            slope = (numpy.array(self.rates(up)) - numpy.array(self.rates(down))) / (2 * step)
            for row in range(len(slope)):
                found = self.special.graph.evaluate([entries[row, column]], self.values)[0] if (row, column) in entries else 0.0
                self.assertAlmostEqual(found, slope[row], delta=1e-7, msg=f"{row}, {name}")

    def test_a_dose_is_a_stop_and_what_it_triggers_a_follow_up(self):
        self.assertEqual([time for time, _ in self.special.stops], [3.0])
        self.assertEqual({name for name, _ in self.special.stops[0][1]}, {"A", "flag"})
        self.assertEqual({name for name, _ in self.special.followups[0][1]}, {"flag", "seen"})
        self.assertEqual(self.special.live, ["k", "flag", "seen"])

    def test_texts_have_every_part(self):
        header = c_text.header(self.special)
        for part in ("prologue(", "rhs(", "jacobian(", "observe(", "stop_0(", "follow_0(", "factorise(", "substitute("):
            self.assertIn(part, header)
        with self.assertRaises(sbml.Unsupported):
            diffsl_text.text(self.special)  # the condition has no word in DiffSL

    def test_elimination_solves(self):
        random = numpy.random.default_rng(1)
        n = 12
        matrix = numpy.where(random.random((n, n)) < 0.2, random.normal(size=(n, n)), 0.0) + 5 * numpy.eye(n)
        order = eliminate.eliminate(n, [(int(r), int(c)) for r, c in zip(*numpy.nonzero(matrix))])
        work = {key: matrix[key] for key in order.place}
        right = random.normal(size=n)
        b = right.copy()
        for pivot, below, beside in order.steps:
            for r in below:
                factor = work[r, pivot] / work[pivot, pivot]
                b[r] -= factor * b[pivot]
                for c in beside:
                    work[r, c] -= factor * work[pivot, c]
        for pivot, _, beside in reversed(order.steps):
            b[pivot] = (b[pivot] - sum(work[pivot, c] * b[c] for c in beside)) / work[pivot, pivot]
        numpy.testing.assert_allclose(matrix @ b, right, atol=1e-12)


class Numbers(unittest.TestCase):
    def test_error_is_scaled_by_range_and_leaves_out_stops(self):
        reference = numpy.array([[0.0, 5.0], [10.0, 5.0], [20.0, 5.0]])
        columns = reference + numpy.array([[9.0, 9.0], [0.2, 0.0], [0.0, 0.001]])
        self.assertAlmostEqual(measure.scaled_error(columns, reference, reference, [1, 2]), 0.02)
        self.assertAlmostEqual(measure.scaled_error(columns, reference, reference, [1]), 0.01)
        self.assertTrue(math.isnan(measure.scaled_error(columns * math.nan, reference, reference, [1])))

    def test_rates_come_from_whole_passes(self):
        def one(seconds, done):
            return {"cpu_seconds": seconds, "done": done, "failures": 0, "steps": 0}
        answer = call.Answer(0.0, [one(1.0, 10), one(2.0, 10), one(4.0, 10), one(0.1, 3)], 0.0, 0, numpy.zeros(0))
        self.assertEqual(answer.median_rate(), 5.0)
        self.assertEqual(call.split(5, 2), [(0, 2), (2, 3)])

    def test_a_slow_engine_gets_as_many_subjects_as_all_its_passes_have_time_for(self):
        request = call.Request(1e-6, 1e-9, subjects=1000, repeats=5, cap=50.0, processes=2)
        self.assertEqual([measure.in_time(request, rate) for rate in (1000.0, 10.0, 0.01)], [1000, 180, 2])
        short = measure.trial(request)
        self.assertEqual((short.subjects, short.repeats, short.cap, short.keep), (40, 1, 5.0, 0))

    def test_subjects_are_the_same_everywhere_and_lognormal(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "subjects.csv"
            subjects.write(path, {"a": 2.0, "b": 1.0}, 2000)
            rows = numpy.loadtxt(path, delimiter=",", skiprows=1)
        self.assertAlmostEqual(numpy.log(rows[:, 1] / 2.0).std(), 0.3, delta=0.02)
        self.assertAlmostEqual(rows[0, 1], FIRST_DRAW, places=12)

    def test_raw_table_comes_back_as_it_was_written(self):
        with tempfile.TemporaryDirectory() as folder:
            table = results.Table(pathlib.Path(folder) / "raw.csv", {"cores": "2"})
            row = table.add(results.Result("one", "m", "e", ms_per_run=1.5, peak_memory_bytes=7, note="a, b"))
            self.assertEqual(results.read(table.path), ({"cores": "2"}, [row]))

    def test_rows_of_an_earlier_table_stand_in_a_later_one(self):
        with tempfile.TemporaryDirectory() as folder:
            earlier = results.Table(pathlib.Path(folder) / "earlier.csv", {"cores": "2"})
            row = earlier.add(results.Result("one", "m", "e", ms_per_run=1.5))
            later = results.Table(pathlib.Path(folder) / "later.csv", {"cores": "2"}, earlier.results)
            added = later.add(results.Result("one", "m", "f", ms_per_run=2.5))
            self.assertEqual(results.read(later.path)[1], [row, added])

    def test_columns_of_an_ensemble_are_by_subject_and_time(self):
        import pyarrow
        import pyarrow.parquet
        import synapta_worker
        moments = numpy.array([1.0, 2.0])
        rows = {"subject": ["b", "b", "b", "a", "a", "c"], "time": [0.0, 1.0, 2.0, 1.0, 2.0, 1.0], "x": [9.0, 1.0, 2.0, 3.0, 4.0, 5.0]}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "out.parquet"
            pyarrow.parquet.write_table(pyarrow.table(rows), path)
            found = synapta_worker.columns(path, ["a", "b", "d"], moments, ["x"])[:, :, 0]
        self.assertEqual(found[:2].tolist(), [[3.0, 4.0], [1.0, 2.0]])
        self.assertTrue(numpy.isnan(found[2]).all(), "a subject without rows")

    def test_a_power_of_a_power_means_the_same_as_text(self):
        import antimony
        import human
        antimony.clearPreviousLoads()
        antimony.loadAntimonyString("model m; a = 3; p = 0; x := (a^2)^(p/2); end")
        antimony.loadSBMLString(human.with_clear_powers(antimony.getSBMLString("m")))
        self.assertIn("(1*a^2)^(p/2)", antimony.getAntimonyString(antimony.getMainModuleName()).replace(" ", ""))
        antimony.clearPreviousLoads()

    def test_numbers_are_readable(self):
        found = [tables.number(v) for v in (None, 0.0, 12.345, 1234.5, 0.00012345, 2e7)]
        self.assertEqual(found, ["-", "0", "12.3", "1,230", "1.2e-04", "2.0e+07"])


class Page(unittest.TestCase):
    """The page is written between its marks, and a short run is held against it."""

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.before = docs.PAGE, docs.IMAGES
        docs.PAGE, docs.IMAGES = pathlib.Path(self.scratch.name) / "page.md", pathlib.Path(self.scratch.name)
        docs.PAGE.write_text(self.before[0].read_text())

    def tearDown(self):
        docs.PAGE, docs.IMAGES = self.before
        self.scratch.cleanup()

    def rows(self, ours):
        def rate(model, engine, value):
            return results.Result("ensemble", model, engine, outputs="few", subjects_per_cpu_second=value, runs=50, asked=1000)
        lost = results.Result("one", "qsp100", "AMICI", note="not available: no compiler")
        work = [results.Result("precision", "qsp100", "Synapta", rtol=10.0**-k, ms_per_run=float(k), error=10.0**-k) for k in (3, 4)]
        one = [results.Result("one", "qsp100", e, outputs="few", ms_per_run=2.0, error=1e-6) for e in ("Synapta", "libroadrunner")]
        return [*one, rate("qsp100", "Synapta", ours), rate("qsp100", "libroadrunner", 10.0), lost, *work,
                rate("short", "Synapta", ours), rate("short", "libroadrunner", 10.0)]

    def test_numbers_go_between_the_marks_and_come_back_as_ratios(self):
        text = docs.PAGE.read_text()
        for _ in range(2):  # a second writing replaces the first
            docs.write({"cores": "2"}, self.rows(400.0))
        written = docs.PAGE.read_text()
        self.assertEqual(written.split(docs.BEGIN)[0], text.split(docs.BEGIN)[0])
        self.assertEqual(written.count("### qsp100, 10 output times"), 1)
        self.assertIn("| AMICI | not available: no compiler |", written)
        self.assertIn("50 of 1,000", written)
        self.assertEqual(docs.expected_ratios(), {"libroadrunner": 40.0})
        self.assertTrue((docs.IMAGES / "work-precision.svg").exists() and (docs.IMAGES / "work-precision.png").exists())

    def test_a_tenfold_loss_fails_and_a_smaller_one_does_not(self):
        docs.write({}, self.rows(400.0))
        self.assertFalse(short.verdict(self.rows(41.0))[1])
        self.assertTrue(short.verdict(self.rows(39.0))[1])
        self.assertTrue(short.verdict([])[1], "a run that compared nothing is no success")

    def test_a_page_without_ratios_lets_no_short_run_pass(self):
        docs.PAGE.write_text(f"{docs.BEGIN}\n{docs.END}\n")
        self.assertTrue(short.verdict(self.rows(400.0))[1])

    def test_the_page_as_it_stands_gives_ratios(self):
        docs.PAGE = self.before[0]
        self.assertGreater(len(docs.expected_ratios()), 0)


FIRST_DRAW = 1.6239011233105372  # the first subject: a change of the generator changes every number

if __name__ == "__main__":
    unittest.main()
