#!/usr/bin/env python3
"""Synapta beside other simulators on the same models at the same tolerances, in one command.

  benches/peers/run.py                    everything: an hour or more on two idle cores
  benches/peers/run.py --write-docs       the same, and the numbers go into docs/benchmarks.md with the figure
  benches/peers/run.py --short            a few minutes: Synapta against libroadrunner and CVODE; exit 1 on a tenfold loss
  benches/peers/run.py --engines synapta,cvode --models qsp100 --subjects 100 --parts runs,ensembles

Engines come by name from PyPI, crates.io and Debian into a virtual environment and build folder of their own. One that cannot be
had is reported as "not available" with the reason, and the rest goes on. Ctrl-C prints what is done; every result is in the raw
table (benches/runs/) as soon as it is measured.

Models: qsp100, a made-up yardstick of 125 states, from --yardstick DIR (qsp100.ant, qsp100.xml, subjects.csv) or written by
yardstick.py; and human, the shipped model with 8 infusions in 28 days. Times are CPU time of the processes. docs/benchmarks.md says
how errors are measured.
"""
import argparse
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import install  # noqa: E402  (standard library only)
from engines import ALL  # noqa: E402

PARTS = ("runs", "ensembles", "matched", "floor", "precision", "short")


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    some = {"metavar": "A,B", "type": lambda text: text.split(",")}
    p.add_argument("--engines", default=list(ALL), help=f"of {', '.join(ALL)}; all by default", **some)
    p.add_argument("--models", default=["qsp100", "human"], help="of qsp100, human; both by default", **some)
    p.add_argument("--parts", default=list(PARTS), help=f"of {', '.join(PARTS)}; all by default", **some)
    p.add_argument("--outputs", default=["few", "hourly"], help="of few (10 times), hourly; both by default", **some)
    p.add_argument("--yardstick", metavar="DIR", default=os.environ.get("SYNAPTA_YARDSTICK"), type=pathlib.Path,
                   help="folder with qsp100.ant, qsp100.xml and subjects.csv (default: SYNAPTA_YARDSTICK, or made here)")
    p.add_argument("--subjects", metavar="N", type=int, default=1000, help="subjects of an ensemble (default 1000)")
    p.add_argument("--repeats", metavar="N", type=int, default=5, help="passes behind a median (default 5)")
    p.add_argument("--cap", metavar="S", type=float, default=60.0,
                   help="CPU seconds a process may use in one case: a slow engine's passes are over fewer subjects (default 60)")
    p.add_argument("--rtol", type=float, default=1e-6, help="relative tolerance (default 1e-6)")
    p.add_argument("--atol", type=float, default=1e-9, help="absolute tolerance (default 1e-9)")
    p.add_argument("--synapta", metavar="FILE", type=pathlib.Path, help="this program instead of building one")
    p.add_argument("--work", metavar="DIR", type=pathlib.Path, default=ROOT / "target" / "peers",
                   help="virtual environment and builds (default target/peers)")
    p.add_argument("--csv", metavar="FILE", type=pathlib.Path, help="raw table to write (default benches/runs/DATE-HOST.csv)")
    p.add_argument("--short", action="store_true", help="the check for continuous integration")
    p.add_argument("--write-docs", action="store_true", help="write the numbers and the figure into docs/")
    p.add_argument("--from", dest="source", metavar="FILE", type=pathlib.Path,
                   help="print (and with --write-docs write) the tables of an earlier raw table; measures nothing")
    p.add_argument("--onto", metavar="FILE", type=pathlib.Path,
                   help="keep the rows of this earlier raw table of the same machine, but for the engines and models measured now")
    p.add_argument("--keep-models", action="store_true", help="use the files in benches/models/ as they are")
    options = p.parse_args()
    for given, known, word in ((options.engines, ALL, "engine"), (options.models, ("qsp100", "human"), "model"),
                               (options.parts, PARTS, "part"), (options.outputs, ("few", "hourly"), "output")):
        for name in given:
            if name not in known:
                p.error(f"there is no {word} '{name}': give {', '.join(known)}")
    if min(options.subjects, options.repeats) < 1 or min(options.cap, options.rtol, options.atol) <= 0:
        p.error("--subjects, --repeats, --cap, --rtol and --atol must be above 0")
    if options.yardstick is not None and not (options.yardstick / "qsp100.ant").exists():
        p.error(f"{options.yardstick} holds no qsp100.ant; leave --yardstick out to have one made")
    return options


def main():
    options = arguments()
    options.work = options.work.resolve()
    if options.synapta:
        os.environ["PEERS_SYNAPTA"] = str(options.synapta.resolve())
    options.work.mkdir(parents=True, exist_ok=True)
    python = install.ensure_venv(options.work)
    if pathlib.Path(sys.prefix).resolve() != python.parents[1].resolve():
        os.execv(python, [str(python), __file__, *sys.argv[1:]])
    import session
    sys.exit(session.run(options))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped before anything was measured")
