"""The order of elimination of a sparse matrix after Markowitz (https://doi.org/10.1287/mnsc.3.3.255), pivots on the diagonal."""
import dataclasses


@dataclasses.dataclass
class Elimination:
    """Steps (pivot, rows below, columns right of it), and the place of each entry of L and U."""
    steps: list
    place: dict  # (row, column) -> index


def eliminate(n, entries):
    """`entries` are (row, column) pairs; the diagonal is added."""
    row = {i: {i} for i in range(n)}
    column = {i: {i} for i in range(n)}
    for r, c in entries:
        row[r].add(c)
        column[c].add(r)
    steps, left = [], set(range(n))
    while left:
        pivot = min(left, key=lambda i: ((len(row[i]) - 1) * (len(column[i]) - 1), i))
        left.discard(pivot)
        below, right = sorted(column[pivot] - {pivot}), sorted(row[pivot] - {pivot})
        steps.append((pivot, below, right))
        for r in below:
            row[r].discard(pivot)
            row[r].update(right)
        for c in right:
            column[c].discard(pivot)
            column[c].update(below)
    place = {}
    for pivot, below, right in steps:
        for key in [(pivot, pivot)] + [(r, pivot) for r in below] + [(pivot, c) for c in right]:
            place[key] = len(place)
    return Elimination(steps, place)
