"""Backward errors: what `Bounded` knows of factorizations, which it does not run. One row each.

A row says for which matrix near A the machine's answer is exact; how far that moves the results is found by `Dual`,
entry by entry, or by a perturbation theorem (`backward_orthogonal`). Source: Higham, *Accuracy and Stability of
Numerical Algorithms*, 2nd edition (ASNA), where complex arithmetic is real arithmetic with another unit (section 3.6).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..language.dtypes import is_complex, real_of
from . import backward_orthogonal
from .array import ReferenceArray
from .backward_reach import Grid, Matter, Reach, Row, carried, curved, size_of, unit_of
from .exact import Exact
from .primitives import triangular
from .primitives.call import Call
from .primitives.matrices import elements, matrices
from .primitives.numbers import Number, in_parts, parts
from .reals import INF, Scalar, approximate, is_special, magnitude

if TYPE_CHECKING:
    from .bounded import Bounded


def _cholesky(m: Matter) -> Reach:
    """L is exact for A + E with |E| <= gamma(n + 1) |L| |L^H| (ASNA theorem 10.3)."""
    n, factor = m.shape[0], m.gamma(m.shape[0] + 1)
    low = m.sizes(0, n)
    own = [
        [factor * sum(map(float.__mul__, low[i], low[j])) if j <= i else 0.0 for j in range(n)]
        for i in range(n)
    ]
    reach = carried(m, triangular.cholesky, [own], n + 1)
    pivots = [(low[i][i], reach.bounds[0][i * n + i]) for i in range(n)]
    return curved(reach, pivots, "a pivot is known to too few digits: the matrix is nearly singular")


def _triangular_solve(m: Matter) -> Reach:
    """X is exact for T + E with |E| <= gamma(n) |T|, column by column (ASNA theorem 8.5)."""
    n, p = m.shape[0], m.call.params
    factor = m.gamma(n)

    def read(i: int, j: int) -> bool:
        return (i > j if p["lower"] else i < j) or (i == j and not p["unit_diagonal"])

    size = [
        [size_of(x) if read(i, j) else 0.0 for j, x in enumerate(row)] for i, row in enumerate(m.given[0])
    ]
    m.bounds[0] = [[b if read(i, j) else 0.0 for j, b in enumerate(row)] for i, row in enumerate(m.bounds[0])]
    own = [[factor * x for x in row] for row in size]
    nothing = [[0.0] * len(row) for row in m.given[1]]
    reach = carried(m, lambda a, *ab: triangular.triangular_solve(a, *ab, **p), [own, nothing], n)
    pivots = [] if p["unit_diagonal"] else [(size[i][i], m.bounds[0][i][i]) for i in range(n)]
    return curved(reach, pivots, "an element of the diagonal is known to too few digits")


def _lu(m: Matter) -> Reach:
    """L U is exactly P (A + E), |E| <= gamma(k) |L| |U| (ASNA theorem 9.3), if the machine takes the same pivots."""
    (rows, columns), factors = m.shape, m.sizes(0, m.shape[1])
    k, order = min(m.shape), m.values[2]
    low = [[1.0 if i == t else factors[i][t] if t < i else 0.0 for t in range(k)] for i in range(rows)]
    high = [[factors[t][j] if t <= j else 0.0 for j in range(columns)] for t in range(k)]
    own: Grid = [[] for _ in range(rows)]
    for i in range(rows):
        own[order[i]] = [m.gamma(k) * sum(low[i][t] * high[t][j] for t in range(k)) for j in range(columns)]
    reach = carried(m, triangular.lu, [own], k)
    bounds = reach.bounds[0]
    reach.undecided = any(
        _pivot_undecided(m, bounds, i, t)
        for t in range(k)
        for i in range(t + 1, rows)
        if t or any(row[0] for row in m.bounds[0])  # the first pivot of certain numbers is certain
    )
    pivots = [(factors[t][t], bounds[t * columns + t]) for t in range(min(k, rows - 1))]
    return curved(reach, pivots, "a pivot is known to too few digits: the matrix is nearly singular")


def _pivot_undecided(m: Matter, bounds: Sequence[float], i: int, t: int) -> bool:
    """Whether a machine may take row i for step t's pivot; complex numbers are chosen by |Re x| + |Im x|."""
    columns = m.shape[1]
    factor, pivot = m.values[0][i * columns + t], m.values[0][t * columns + t]
    if type(factor) is not tuple:
        return abs(approximate(factor)) + bounds[i * columns + t] >= 1.0
    p, q = (complex(*map(approximate, x)) for x in (factor, pivot))
    ratio, turned = _extent(p * q) / _extent(q), bounds[t * columns + t] / abs(q)
    # |Re x| + |Im x| is between |x| and sqrt(2) |x|: what x is off by, and what the pivot turns by, count for more.
    return ratio + 2 * bounds[i * columns + t] + 4 * turned * abs(p) >= 1.0


def _extent(z: complex) -> float:
    return abs(z.real) + abs(z.imag)


ROWS: dict[str, Row] = {
    "cholesky": _cholesky,
    "triangular_solve": _triangular_solve,
    "lu": _lu,
    **backward_orthogonal.ROWS,
}


def bounded_results(system: Bounded, c: Call, definition: Callable[[Call], Any]) -> list[list[Scalar]]:
    """The results of a factorization: exact values, and the bounds of its row, matrix by matrix."""
    from .bounded import BoundedNumber

    exact = Exact(system.digits)
    plain = [ReferenceArray([system.value(s) for s in x.scalars], x.aval, exact) for x in c.operands]
    own = replace(c, system=exact, operands=plain)
    values = [
        elements(ReferenceArray(xs, aval, exact)) for xs, aval in zip(definition(own), c.results, strict=True)
    ]
    unit = unit_of(system, c)
    found: list[list[Number]] = [[] for _ in c.results]
    stacks = [zip(*map(matrices, arrays), strict=True) for arrays in (c.operands, plain)]
    for number, (given, clean) in enumerate(zip(*stacks, strict=True)):
        own_values = []
        for aval, xs in zip(c.results, values, strict=True):
            size = aval.size // max(1, math.prod(c.operands[0].shape[:-2]))
            own_values.append(xs[number * size : (number + 1) * size])
        bounds, typicals = ([[[_part(x, name) for x in row] for row in a] for a in given] for name in _PARTS)
        matter = Matter(system, own, list(clean), own_values, bounds, typicals, unit)
        scalars = [part for a in given for row in a for x in row for part in parts(x)]
        flat = [x if type(x) is BoundedNumber else BoundedNumber(x) for x in scalars]
        for k, xs in enumerate(_marked(system, matter, flat)):
            found[k] += xs
    return [in_parts(xs) if is_complex(y.dtype) else xs for xs, y in zip(found, c.results, strict=True)]


_PARTS = ("bound", "typical")


def _part(x: Number, name: str) -> float:
    return math.hypot(*(float(getattr(part, name, 0.0)) for part in parts(x)))


def _marked(system: Bounded, m: Matter, operands: Sequence[Any]) -> list[list[Number]]:
    """The values of one matrix's results with their bounds and marks."""
    from .bounded import Undecided

    if not all(m.shape):
        return m.values  # nothing, and parts of an identity
    reason = next((x.unverified for x in operands if x.unverified), None)
    floats = [part for xs in m.values for x in xs if type(x) is not int for part in parts(x)]
    if reason is None and any(map(is_special, floats)):
        if any(is_special(x.value) for x in operands):
            return m.values  # NaN throughout
        reason = "there is no decomposition, or nearly none"
    if reason is None:
        reach = ROWS[m.call.primitive.name](m)
    else:
        reach = Reach([[INF] * len(xs) for xs in m.values], [[INF] * len(xs) for xs in m.values])
        reach.reasons = [reason] * len(m.values)
    undecided = reach.undecided or any(x.undecided for x in operands)
    found: list[list[Number]] = []
    for k, (aval, xs) in enumerate(zip(m.call.results, m.values, strict=True)):
        if aval.dtype.kind == "i":
            found.append([Undecided(x, None) if undecided or reason else x for x in xs])
            continue
        why = reach.reasons[k] if reach.reasons else None
        rows = zip(xs, reach.bounds[k], reach.typicals[k], strict=True)
        found.append([_numbers(system, m, x, b, t, undecided, why) for x, b, t in rows])
    return found


def _numbers(
    system: Bounded, m: Matter, x: Number, bound: float, typical: float, undecided: bool, why: str | None
) -> Number:
    """A result with its bound, each part of a complex one with the same, and the rounding of its last operation."""
    if 0 < bound < INF:
        size = size_of(x) + bound
        exponent = math.frexp(size)[1] if size < INF else max(map(magnitude, parts(x)))
        dtype = real_of(m.call.results[0].dtype)
        last, usual = system.rounding(m.call.primitive.name, dtype, size, exponent)
        bound, typical, why = bound + last, math.hypot(typical, usual), None
    elif not bound < INF:
        bound, typical = INF, INF
    found = tuple(system.number(part, bound, typical, undecided, why if bound else None) for part in parts(x))
    return found if type(x) is tuple else found[0]
