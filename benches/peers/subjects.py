"""A table of subjects: parameters drawn from lognormal distributions around their written values."""
import csv
import math
import random

SPREAD = 0.30  # standard deviation of the logarithm's exponent: 30 %
SEED = 20261


def write(path, values, count=1000):
    """`values` maps parameter to written value; the same table comes out on every machine."""
    draw = random.Random(SEED)
    with open(path, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["subject", *values])
        for number in range(1, count + 1):
            table.writerow([number] + [repr(v * math.exp(draw.gauss(0.0, SPREAD))) for v in values.values()])
