"""The engines: each is a command that takes one and the same line of words and prints one JSON object.

The words are those of native/cvode.c: RTOL ATOL TIMES COLUMNS SUBJECTS VARIED FIRST COUNT REPEATS CAP DUMP KEEP.
"""
import importlib

ALL = ("synapta", "cvode", "diffsol", "roadrunner", "amici", "copasi")


def module(name):
    """The module that knows how to install, prepare and call an engine."""
    return importlib.import_module(f"engines.{name}_engine")
