"""Reference end values of the stiff test set, by a method and arithmetic other than the engine's.

The Radau IIA method of seven stages, order 13 (Hairer and Wanner, Solving Ordinary Differential Equations II, section
IV.5), in extended precision (numpy's longdouble, 64 bits of mantissa on x86). The equations stand here once more,
written apart from the Antimony texts, so that a slip of the pen in either shows. Jacobians come from complex steps.

    python reference.py                  all problems
    python reference.py hires e5         some
    python reference.py --tol 1e-12      coarser, to see which digits stand

Prints a line for every state: its name and its value at the end. Needs numpy and mpmath.
"""

import argparse

import mpmath as mp
import numpy as np

L = np.longdouble
C = np.clongdouble
STAGES = 7


def numbers(text):
    return np.array([L(word) for word in text.split()], dtype=L)


# The problems: right-hand sides f(t, y) take y with any number of columns and t with one entry a column.


def robertson(t, y):
    a, b, c = y
    first, second, third = number("0.04") * a, L(30_000_000) * b * b, L(10_000) * b * c
    return np.array([third - first, first - second - third, second])


def hires(t, y):
    k = numbers("1.71 0.43 8.32 0.0007 8.75 10.03 0.035 1.12 1.745 280 0.69 1.81")
    bound = k[9] * y[5] * y[7]
    return np.array([
        k[1] * y[1] + k[2] * y[2] + k[3] - k[0] * y[0],
        k[0] * y[0] - k[4] * y[1],
        k[1] * y[3] + k[6] * y[4] - k[5] * y[2],
        k[2] * y[1] + k[0] * y[2] - k[7] * y[3],
        k[1] * (y[5] + y[6]) - k[8] * y[4],
        k[10] * (y[3] + y[6]) + k[0] * y[4] - k[1] * y[5] - bound,
        bound - k[11] * y[6],
        k[11] * y[6] - bound,
    ])


def oregonator(t, y):
    s, w, q = numbers("77.27 0.161 8.375e-6")
    a, b, c = y
    return np.array([s * (a - a * b + b - q * a * a), (c - b - a * b) / s, w * (a - c)])


def van_der_pol(t, y):
    return np.array([y[1], L(10) ** 6 * ((1 - y[0] ** 2) * y[1] - y[0])])


def e5(t, y):
    ka, kb, km, kc = numbers("7.89e-10 1.1e7 1.13e9 1.13e3")
    a, c, d = y
    into, bind, annihilate, back = ka * a, kb * a * c, km * (c + d) * c, kc * d
    return np.array([-into - bind, into - annihilate - bind + back, bind - back])


# Each reaction: rate constant, what reacts, what is made (states 1 to 20).
POLLUTION = """
0.35 1 > 2 3; 26.6 2 4 > 1; 12300 5 2 > 6 1; 8.6e-4 7 > 5 5 8; 8.2e-4 7 > 8; 15000 7 6 > 8 5; 1.3e-4 9 > 10 8 5;
24000 9 6 > 11; 16500 11 2 > 10 1 12; 9000 11 1 > 13; 0.022 13 > 11 1; 12000 10 2 > 14 1; 1.88 14 > 5 7;
16300 1 6 > 15; 4.8e6 3 > 4; 3.5e-4 4 > 16; 0.0175 4 > 3; 1e8 16 > 6 6; 4.44e11 16 > 3; 1240 17 6 > 5 18;
2.1 19 > 2; 5.78 19 > 1 3; 0.0474 1 4 > 19; 1780 19 1 > 20; 3.12 20 > 1 19
"""


def pollution(t, y):
    out = np.zeros_like(y)
    for line in POLLUTION.split(";"):
        left, right = line.split(">")
        constant, *reactants = left.split()
        rate = L(constant)
        for i in reactants:
            rate = rate * y[int(i) - 1]
        for i in reactants:
            out[int(i) - 1] -= rate
        for i in right.split():
            out[int(i) - 1] += rate
    return out


PI = L("3.14159265358979323846264338327950288")


def ring_modulator(t, y):
    c, cs, cp, r, rp, lh, ls1, ls2, ls3 = numbers("1.6e-8 2e-12 1e-8 25e3 50 4.45 2e-3 5e-4 5e-4")
    rg1, rg2, rg3, ri, rc, gamma, delta = numbers("36.3 17.3 17.3 50 600 40.67286402e-9 17.7493332")
    u1, u2, u3, u4, u5, u6, u7, i1, i2, i3, i4, i5, i6, i7, i8 = y
    tone, carrier = np.sin(2000 * PI * t) / 2, 2 * np.sin(20000 * PI * t)

    def diode(u):
        return gamma * (np.exp(delta * u) - 1)

    d1, d2 = diode(u3 - u5 - u7 - carrier), diode(u6 - u4 - u7 - carrier)
    d3, d4 = diode(u4 + u5 + u7 + carrier), diode(u7 - u3 - u6 + carrier)
    return np.array([
        (i1 - i3 / 2 + i4 / 2 + i7 - u1 / r) / c,
        (i2 - i5 / 2 + i6 / 2 + i8 - u2 / r) / c,
        (i3 - d1 + d4) / cs,
        (d2 - d3 - i4) / cs,
        (i5 + d1 - d3) / cs,
        (d4 - d2 - i6) / cs,
        (d1 + d2 - d3 - d4 - u7 / rp) / cp,
        -u1 / lh,
        -u2 / lh,
        (u1 / 2 - u3 - rg2 * i3) / ls2,
        (u4 - u1 / 2 - rg3 * i4) / ls3,
        (u2 / 2 - u5 - rg2 * i5) / ls2,
        (u6 - u2 / 2 - rg3 * i6) / ls3,
        (tone - u1 - (ri + rg1) * i7) / ls1,
        (-u2 - (rc + rg1) * i8) / ls1,
    ])


CELLS = 200


def medical_akzo_nobel(t, y):
    outside = np.where(t <= 5, L(2), L(0)) * np.ones_like(y[0])
    u, v = y[0::2], y[1::2]
    depth = (np.arange(1, CELLS + 1).astype(L) / CELLS - 1).reshape((-1,) + (1,) * (y.ndim - 1))
    before = np.concatenate([outside[None], u[:-1]])
    after = np.concatenate([u[1:], u[-1:]])
    drift = 2 * depth**3 / 16 * (after - before) * CELLS / 2
    spread = depth**4 / 16 * (before - 2 * u + after) * CELLS**2
    met = 100 * u * v
    out = np.empty_like(y)
    out[0::2], out[1::2] = drift + spread - met, -met
    return out


def y_names(n):
    return [f"y{i}" for i in range(1, n + 1)]


AKZO_NAMES = [f"{kind}{j}" for j in range(1, CELLS + 1) for kind in "uv"]
RING_NAMES = [f"u{i}" for i in range(1, 8)] + [f"i{i}" for i in range(1, 9)]

# name -> right-hand side, start, times (a restart at each but the last), absolute over relative tolerance, half band
# width, names of the states
PROBLEMS = {
    "robertson_short": (robertson, "1 0 0", "40", "1e-10", 3, ["a", "b", "c"]),
    "robertson": (robertson, "1 0 0", "1e11", "1e-14", 3, ["a", "b", "c"]),
    "hires": (hires, "1 0 0 0 0 0 0 0.0057", "321.8122", "1e-5", 8, y_names(8)),
    "oregonator": (oregonator, "1 2 3", "360", "1e-2", 3, y_names(3)),
    "van_der_pol": (van_der_pol, "2 0", "2", "1e-3", 2, y_names(2)),
    "e5": (e5, "1.76e-3 0 0", "1e13", "1e-25", 3, ["y1", "y3", "y4"]),
    "pollution": (pollution, "0 0.2 0 0.04 0 0 0.1 0.3 0.01 0 0 0 0 0 0 0 0.007 0 0 0", "60", "1e-18", 20, y_names(20)),
    "ring_modulator": (ring_modulator, "0 " * 15, "1e-3", "1e-6", 15, RING_NAMES),
    "medical_akzo_nobel": (medical_akzo_nobel, "0 1 " * CELLS, "5 20", "1e-9", 2, AKZO_NAMES),
}


def jacobian(f, t, y):
    """Column by column from steps of 1e-30 along the imaginary axis: exact to rounding."""
    n = len(y)
    shifted = y[:, None].astype(C) + np.eye(n, dtype=C) * C(1e-30j)
    return f(np.full(n, t), shifted).imag / C(1e-30j).imag


def radau(stages):
    """Nodes c, matrix A, and the weights of the error estimate, from collocation at the right Radau points."""
    mp.mp.dps = 50
    legendre = [mp.taylor(lambda x, k=k: mp.legendre(k, 2 * x - 1), 0, k) for k in (stages, stages - 1)]
    coefficients = [a - b for a, b in zip(legendre[0], legendre[1] + [mp.mpf(0)])]
    c = sorted(mp.re(root) for root in mp.polyroots(coefficients[::-1], maxsteps=500, extraprec=400))
    c[-1] = mp.mpf(1)
    power = mp.matrix(stages, stages)
    integral = mp.matrix(stages, stages)
    for i in range(stages):
        for k in range(stages):
            power[i, k] = c[i] ** k
            integral[i, k] = c[i] ** (k + 1) / (k + 1)
    a = integral * power**-1
    # A quadrature that gives the rate at the start the weight g, less the method's own: of order s.
    g = mp.mpf(1) / (8 * stages)
    moments = mp.matrix([1 - g if k == 0 else mp.mpf(1) / (k + 1) for k in range(stages)])
    weights = (power.T) ** -1 * moments - a[stages - 1, :].T

    def rows(m):
        return np.array([[L(mp.nstr(m[i, j], 30)) for j in range(m.cols)] for i in range(m.rows)], dtype=L)

    return np.array([L(mp.nstr(x, 30)) for x in c]), rows(a), L(mp.nstr(g, 30)), rows(weights)[:, 0]


NODES, MATRIX, AT_START, WEIGHTS = radau(STAGES)


def band_matrix(j, a, band):
    """1 - j (x) a, of which only a band is stored: rows lie one after the other, each shifted against the next."""
    stages, n = len(a), len(j) * len(a)
    width = 3 * band + 1
    store = np.zeros(n * width + band, dtype=L)
    matrix = np.lib.stride_tricks.as_strided(store[band:], (n, n), ((width - 1) * store.itemsize, store.itemsize))
    reach = (band + 1) // stages
    for i in range(len(j)):
        for k in range(max(0, i - reach), min(len(j), i + reach + 1)):
            if j[i, k] != 0:
                matrix[i * stages : (i + 1) * stages, k * stages : (k + 1) * stages] = -j[i, k] * a
    for i in range(n):
        matrix[i, i] += 1
    return matrix


class Factors:
    """LU factors of 1 - j (x) a, rows exchanged within the band."""

    def __init__(self, j, a, band):
        band = min(band * len(a) + len(a) - 1, len(j) * len(a) - 1)
        self.a, self.band, self.pivots = band_matrix(j, a, band), band, []
        n = len(self.a)
        for c in range(n):
            last, right = min(n, c + band + 1), min(n, c + 2 * band + 1)
            pivot = c + int(np.argmax(np.abs(self.a[c:last, c])))
            self.pivots.append(pivot)
            if pivot != c:
                row = self.a[c, c:right].copy()
                self.a[c, c:right] = self.a[pivot, c:right]
                self.a[pivot, c:right] = row
            self.a[c + 1 : last, c] /= self.a[c, c]
            self.a[c + 1 : last, c + 1 : right] -= self.a[c + 1 : last, c, None] * self.a[c, c + 1 : right]

    def solve(self, b):
        a, n = self.a, len(self.a)
        for c, pivot in enumerate(self.pivots):
            if pivot != c:
                b[[c, pivot]] = b[[pivot, c]]
            last = min(n, c + self.band + 1)
            b[c + 1 : last] -= a[c + 1 : last, c] * b[c]
        for c in range(n - 1, -1, -1):
            first = max(0, c - 2 * self.band)
            b[c] /= a[c, c]
            b[first:c] -= a[first:c, c] * b[c]
        return b


def step(f, t, y, h, band, scale):
    """The increment over one step and its estimated error; None where Newton's method fails."""
    n, j = len(y), jacobian(f, np.array(t), y)
    # Stages of one state stand together, so the band widens by their number.
    factors = Factors(j, h * MATRIX, band)
    times, z, last = t + NODES * h, np.zeros((n, STAGES), dtype=L), np.inf
    for _ in range(30):
        rates = f(times, y[:, None] + z)
        change = factors.solve((h * rates @ MATRIX.T - z).ravel()).reshape(n, STAGES)
        z += change
        size = np.max(np.abs(change) / scale[:, None])
        if not np.isfinite(size) or (size > 0.5 * last and size > 1e-14):
            return None
        # At the end rounding keeps the changes from falling further.
        if size <= 1e-18 or (size <= 1e-14 and size > 0.5 * last):
            break
        last = size
    else:
        return None
    start = f(np.array(t), y)
    rates = f(times, y[:, None] + z)
    raw = h * (AT_START * start + rates @ WEIGHTS)
    smooth = Factors(j, np.array([[h * AT_START]]), band)
    return z[:, -1], smooth.solve(raw)


def integrate(f, y, times, floor, band, tol):
    t, steps = L(0), 0
    h = L(times[-1]) * L(1e-16)
    for end in times:
        # After a jump the equations are smooth only from here on.
        h, t = min(h, (end - t) * L(1e-6)), t * (1 + np.finfo(L).eps)
        while t < end:
            h = min(h, end - t)
            with np.errstate(all="ignore"):
                scale = np.abs(y) + floor
                made = step(f, t, y, h, band, scale)
            if made is None:
                h /= 4
                continue
            change, error = made
            size = np.max(np.abs(error) / (tol * np.maximum(scale, np.abs(y + change) + floor)))
            if size <= 1:
                t, y, steps = (end if h == end - t else t + h), y + change, steps + 1
            h *= min(L(5), max(L(0.1), L(0.8) * (size + L(1e-30)) ** (L(-1) / (STAGES + 1))))
    return y, steps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problems", nargs="*", help=", ".join(PROBLEMS))
    parser.add_argument("--tol", default="1e-13", help="of the error estimate, which is of lower order than the method")
    given = parser.parse_args()
    for name in given.problems or PROBLEMS:
        f, start, times, floor, band, names = PROBLEMS[name]
        y, steps = integrate(f, numbers(start), numbers(times), L(floor), band, L(given.tol))
        print(f"# {name} at {times.split()[-1]}, tol {given.tol}, {steps} steps")
        for state, value in zip(names, y):
            print(f"{state} {value:.18e}", flush=True)


if __name__ == "__main__":
    main()
