"""Backward errors of orthogonal factors, eigenvalues and singular values.

Sources: Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition (ASNA); Anderson et al., *LAPACK Users'
Guide*, 3rd edition (LUG); Parlett, *The Symmetric Eigenvalue Problem*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .backward_reach import DIGITS, Floats, Matter, Reach, Row, carried, curved, size_of, slopes_of
from .exact import Exact
from .primitives import orthogonal
from .primitives.matrices import Algebra
from .primitives.numbers import Number, pair, parts
from .propagation import KNOWN
from .reals import INF, approximate

# The constant of ASNA's gamma-tilde and of LUG's p(n), "a small integer": what LAPACK was never seen to exceed.
_SMALL = 4


def _qr(m: Matter) -> Reach:
    """R is exact for A + E, |e_j| <= gamma |a_j|, and Q that far from exact (ASNA theorem 19.4 and equation 19.13)."""
    (rows, columns), (a,) = m.shape, m.given
    steps = _SMALL * rows * columns // 2
    norms = [math.hypot(*(size_of(row[j]) for row in a)) for j in range(columns)]
    own = [[m.gamma(steps) * norms[j] for j in range(columns)] for _ in range(rows)]
    reach = carried(m, lambda g, x: orthogonal.qr(g, x, **m.call.params), [own], steps)
    loss = math.sqrt(columns) * m.gamma(steps)
    reach.bounds[0] = [b + loss for b in reach.bounds[0]]
    reach.typicals[0] = [math.hypot(t, loss / math.sqrt(steps)) for t in reach.typicals[0]]
    size, bounds = m.sizes(1, columns), reach.bounds[1]
    k = min(rows, columns)
    reach.undecided = _signs_undecided(
        m, [max(bounds[j * columns : (j + 1) * columns], default=0.0) for j in range(k)]
    )
    # The last row of a square matrix is not reflected, unless it is complex: then onto a real number.
    reflected = k if rows > columns or m.complex else k - 1
    pivots = [(size[j][j], bounds[j * columns + j]) for j in range(reflected)]
    return curved(
        reach, pivots, "a column is known to too few digits beside the others: they are nearly dependent"
    )


def _signs_undecided(m: Matter, bounds: Floats) -> bool:
    """Whether a machine may reflect a column to the other side, or not see that there is nothing to reflect."""
    algebra = Algebra(replace(m.call, system=Exact(DIGITS)))
    reflections, _ = orthogonal.reduced(algebra, m.given[0], *m.shape)
    certain = not any(map(any, m.bounds[0]))
    for place, by in enumerate(reflections):
        if certain and not any(not r.back for r in reflections[:place]):
            continue  # nothing has been computed yet
        size = bounds[by.start]
        beta = size_of(m.values[1][by.start * m.shape[1] + by.start])
        alpha = (1 - _complex(by.tau)) * beta  # and what is below it is v (alpha - beta)
        below = math.hypot(*map(size_of, by.v[1:])) * size_of(by.tau) * beta
        if abs(alpha.real) <= size or math.hypot(below, alpha.imag) <= size:
            return True
    return False


def _complex(x: Number) -> complex:
    return complex(*map(approximate, pair(x)))


def _moved(m: Matter, symmetric: bool) -> tuple[float, float, float]:
    """Bound and typical size of E in the Frobenius norm, and p(n) u (LUG sections 4.7 and 4.9: E <= p(n) u |A|)."""
    steps = _SMALL * max(m.shape)
    size = math.hypot(*(size_of(x) for row in m.given[0] for x in row))
    loss = m.gamma(steps)
    twice = math.sqrt(2) if symmetric else 1.0
    theirs = twice * math.hypot(*(b for row in m.bounds[0] for b in row))
    usual = twice * math.hypot(*(t for row in m.typicals[0] for t in row))
    return theirs + loss * size, math.hypot(usual, loss * size / math.sqrt(steps)), loss


def _angles(values: Floats, error: float, usual: float, loss: float) -> list[tuple[float, float]]:
    """How far each unit vector may turn, and does: |E| / distance (Parlett, theorem 11.7.1), and what it loses."""
    found = []
    for k, value in enumerate(values):
        apart = min((abs(value - other) for j, other in enumerate(values) if j != k), default=INF)
        if error * 4 >= apart:
            found.append((INF, INF))
        else:
            found.append((2 * error / (apart - error) + loss, 2 * usual / apart + loss))
    return found


_EQUAL = "eigenvalues or singular values are nearly equal: their vectors are not determined"


def _signed(
    m: Matter, vectors: Sequence[Sequence[complex]], angles: Sequence[tuple[float, float]]
) -> tuple[list[tuple[float, float]], bool]:
    """How far vectors are off with the factor that makes sums positive, and whether one may have the other sign.

    A phase is a number, which is off by what the sum is off by over the sum; a sign is right or wrong.
    """
    found, undecided = [], False
    for v, (most, usual) in zip(vectors, angles, strict=True):
        along, root = abs(sum(math.cos(k) * x for k, x in enumerate(v))), math.sqrt(len(v))
        if not m.complex:
            undecided = undecided or (most < INF and along <= most * root)
            found.append((most, usual))
        elif most * root <= along * KNOWN:
            found.append((most * (1 + 2 * root / along), usual * (1 + root / along)))
        else:
            found.append((INF, INF))
    return found, undecided


def _eigh(m: Matter) -> Reach:
    """Values within |E| of the exact ones (Weyl), vectors within |E| / distance of theirs."""
    n = m.shape[0]
    error, usual, loss = _moved(m, True)
    values = [approximate(x) for x in m.values[1]]
    angles = _angles(values, error, usual, loss)
    columns = [[_complex(m.values[0][i * n + k]) for i in range(n)] for k in range(n)]
    angles, undecided = _signed(m, columns, angles)
    vectors = [[angle[part] for _ in range(n) for angle in angles] for part in (0, 1)]
    return Reach([vectors[0], [error] * n], [vectors[1], [usual] * n], undecided, [_EQUAL, None])


def _svd(m: Matter) -> Reach:
    """As of the eigenvalues +-s of [[0, A], [A^H, 0]], and 0 where A is not square (LUG section 4.9)."""
    (rows, columns), p = m.shape, m.call.params
    error, usual, loss = _moved(m, False)
    values = [approximate(x) for x in m.values[0]]
    known, k = [error] * len(values), len(values)
    if not p["compute_uv"]:
        return Reach([known], [[usual] * k])
    others = [-x for x in values] + ([0.0] if rows != columns else [])
    angles = [(1.5 * most, typical) for most, typical in _angles([*values, *others], error, usual, loss)][:k]
    sizes = (
        (rows, len(m.values[1]) // rows if rows else 0),
        (len(m.values[2]) // columns if columns else 0, columns),
    )
    if rows >= columns:
        long = [[_complex(m.values[1][i * sizes[0][1] + j]) for i in range(rows)] for j in range(k)]
    else:
        long = [[_complex(x).conjugate() for x in m.values[2][j * columns :][:columns]] for j in range(k)]
    angles, undecided = _signed(m, long, angles)
    u = [
        [angles[j][part] if j < k else INF for _ in range(rows) for j in range(sizes[0][1])]
        for part in (0, 1)
    ]
    v = [
        [angles[j][part] if j < k else INF for j in range(sizes[1][0]) for _ in range(columns)]
        for part in (0, 1)
    ]
    reach = Reach([known, u[0], v[0]], [[usual] * k, u[1], v[1]], undecided, [None, _EQUAL, _EQUAL])
    return reach if rows == columns or not p["full_matrices"] else _with_appended(m, reach, angles)


def _with_appended(m: Matter, reach: Reach, angles: Sequence[tuple[float, float]]) -> Reach:
    """The columns that Householder's reflections append to those that are known so far, carried through `Dual`."""
    (rows, columns), long = m.shape, max(m.shape)
    k, number = min(m.shape), 1 if rows > columns else 2
    elements = m.values[number]
    known = [
        [elements[i * long + j] if number == 1 else elements[j * long + i] for j in range(k)]
        for i in range(long)
    ]
    most = [[0.0] * (long - k) for _ in range(long)]

    def appended(algebra: Algebra, q: Any) -> list[Any]:
        return [[x for row in orthogonal.appended(algebra, q, long, k) for x in row]]

    for i in range(long):
        for j in range(k):
            for part in range(len(parts(known[i][j]))):
                for e, slope in enumerate(slopes_of(m, appended, [known], (0, i, j, part))[0]):
                    most[e // (long - k)][e % (long - k)] += slope * angles[j][0] if slope else 0.0
    for i in range(long):
        for j in range(k, long):
            place = i * long + j if number == 1 else j * long + i
            reach.bounds[number][place] = reach.typicals[number][place] = most[i][j - k] + angles[0][0]
    return reach


ROWS: dict[str, Row] = {"qr": _qr, "eigh": _eigh, "svd": _svd}
