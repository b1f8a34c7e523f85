"""Backward errors: what `Bounded` knows of factorizations, which it does not run. One row each.

A row says for which matrix near A the machine's answer is exact; how far that moves the results is found by `Dual`,
entry by entry, or by a perturbation theorem. Sources: Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd
edition (ASNA); Anderson et al., *LAPACK Users' Guide*, 3rd edition (LUG); Parlett, *The Symmetric Eigenvalue Problem*.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .array import ReferenceArray
from .dual import Dual
from .exact import Exact
from .primitives import orthogonal, triangular
from .primitives.call import Call
from .primitives.matrices import Algebra, matrices
from .propagation import KNOWN
from .reals import INF, Scalar, approximate, format_of, is_special, magnitude

if TYPE_CHECKING:
    from .bounded import Bounded

Floats = list[float]
Grid = list[Floats]

# Partial derivatives are wanted to a few digits; cancellation takes some.
_DIGITS = 30
# The constant of ASNA's gamma-tilde and of LUG's p(n), "a small integer": what LAPACK was never seen to exceed.
_SMALL = 4


@dataclass(slots=True)
class Matter:
    """One factorization of one matrix: what is known before the bounds are.

    Attributes:
        system: whose platform's rounding errors count.
        call: the call, on exact values.
        given: the values of each operand's matrix.
        values: the exact elements of each result.
        bounds: how far each entry of each operand may be off.
        typicals: how far it is typically off.
        unit: the unit roundoff.
    """

    system: Bounded
    call: Call
    given: list[Any]
    values: list[list[Scalar]]
    bounds: list[Grid]
    typicals: list[Grid]
    unit: float

    @property
    def shape(self) -> tuple[int, ...]:
        """The rows and columns of the first operand."""
        return self.call.operands[0].shape[-2:]

    def gamma(self, k: float) -> float:
        """k u / (1 - k u), the most that k roundings add up to (ASNA section 3.1)."""
        grown = k * self.unit
        return grown / (1 - grown) if grown < 0.5 else INF

    def sizes(self, number: int, columns: int) -> Grid:
        """The absolute values of a result, as rows."""
        flat = [abs(approximate(x)) for x in self.values[number]]
        return [flat[i : i + columns] for i in range(0, len(flat), columns)]


@dataclass(slots=True)
class Reach:
    """How far results may be off, and are typically.

    Attributes:
        bounds: for each element of each floating result.
        typicals: the same.
        undecided: whether everything rests on a choice that a machine may make otherwise.
        reasons: for each result why there is no bound, if so.
    """

    bounds: list[Floats]
    typicals: list[Floats]
    undecided: bool = False
    reasons: list[str | None] = field(default_factory=list)


Row = Callable[[Matter], Reach]


# -- carried through Dual -----------------------------------------------------------------------------------
def _entries(
    m: Matter, own: Sequence[Grid], roundings: float
) -> Iterator[tuple[int, int, int, float, float]]:
    """The entries that may be off: operand, row, column, by how much at most, and typically."""
    for number, (grid, theirs, usual) in enumerate(zip(own, m.bounds, m.typicals, strict=True)):
        for i, row in enumerate(grid):
            for j, mine in enumerate(row):
                most = mine + theirs[i][j]
                if most:
                    yield number, i, j, most, math.hypot(mine / math.sqrt(roundings), usual[i][j])


def _slopes(
    m: Matter, function: Callable[..., Any], given: Sequence[Any], at: tuple[int, int, int]
) -> list[Floats]:
    """The absolute derivatives of the results by one entry."""
    dual = Dual(Exact(_DIGITS))
    number, i, j = at
    moved = [[list(row) for row in a] for a in given]
    moved[number][i][j] = dual.number(moved[number][i][j], dual.lift(1.0, m.call.results[0].dtype))
    algebra = Algebra(replace(m.call, system=dual))
    found = function(algebra, *moved)
    return [[abs(approximate(dual.split(x)[1])) if type(x) is not int else 0.0 for x in xs] for xs in found]


def _carried(m: Matter, function: Callable[..., Any], own: Sequence[Grid], roundings: float) -> Reach:
    """The first order: each entry's error times the derivatives by it, added up."""
    bounds = [[0.0] * len(xs) for xs in m.values]
    squares = [[0.0] * len(xs) for xs in m.values]
    for number, i, j, most, usual in _entries(m, own, roundings):
        for k, slopes in enumerate(_slopes(m, function, m.given, (number, i, j))):
            for e, slope in enumerate(slopes):
                if slope:
                    bounds[k][e] += slope * most
                    squares[k][e] += (slope * usual) ** 2
    return Reach(bounds, [[math.sqrt(s) for s in xs] for xs in squares])


def _curved(reach: Reach, pivots: Sequence[tuple[float, float]], why: str) -> Reach:
    """What the first order leaves out is a small share of it where every divisor is known well; else nothing is."""
    known = all(bound <= size * KNOWN for size, bound in pivots)
    share = 1 + 2 * KNOWN
    reach.bounds = [[b * share if known else INF for b in xs] for xs in reach.bounds]
    reach.reasons = [None if known else why] * len(reach.bounds)
    return reach


# -- triangles ------------------------------------------------------------------------------------------------
def _cholesky(m: Matter) -> Reach:
    """L is exact for A + E with |E| <= gamma(n + 1) |L| |L^H| (ASNA theorem 10.3)."""
    n, factor = m.shape[0], m.gamma(m.shape[0] + 1)
    low = m.sizes(0, n)
    own = [
        [factor * sum(map(float.__mul__, low[i], low[j])) if j <= i else 0.0 for j in range(n)]
        for i in range(n)
    ]
    reach = _carried(m, triangular.cholesky, [own], n + 1)
    pivots = [(low[i][i], reach.bounds[0][i * n + i]) for i in range(n)]
    return _curved(reach, pivots, "a pivot is known to too few digits: the matrix is nearly singular")


def _triangular_solve(m: Matter) -> Reach:
    """X is exact for T + E with |E| <= gamma(n) |T|, column by column (ASNA theorem 8.5)."""
    n, p = m.shape[0], m.call.params
    factor = m.gamma(n)

    def read(i: int, j: int) -> bool:
        return (i > j if p["lower"] else i < j) or (i == j and not p["unit_diagonal"])

    size = [
        [abs(approximate(x)) if read(i, j) else 0.0 for j, x in enumerate(row)]
        for i, row in enumerate(m.given[0])
    ]
    m.bounds[0] = [[b if read(i, j) else 0.0 for j, b in enumerate(row)] for i, row in enumerate(m.bounds[0])]
    own = [[factor * x for x in row] for row in size]
    nothing = [[0.0] * len(row) for row in m.given[1]]
    reach = _carried(m, lambda a, *ab: triangular.triangular_solve(a, *ab, **p), [own, nothing], n)
    pivots = [] if p["unit_diagonal"] else [(size[i][i], m.bounds[0][i][i]) for i in range(n)]
    return _curved(reach, pivots, "an element of the diagonal is known to too few digits")


def _lu(m: Matter) -> Reach:
    """L U is exactly P (A + E), |E| <= gamma(k) |L| |U| (ASNA theorem 9.3), if the machine takes the same pivots."""
    (rows, columns), factors = m.shape, m.sizes(0, m.shape[1])
    k, order = min(m.shape), m.values[2]
    low = [[1.0 if i == t else factors[i][t] if t < i else 0.0 for t in range(k)] for i in range(rows)]
    high = [[factors[t][j] if t <= j else 0.0 for j in range(columns)] for t in range(k)]
    own: Grid = [[] for _ in range(rows)]
    for i in range(rows):
        own[order[i]] = [m.gamma(k) * sum(low[i][t] * high[t][j] for t in range(k)) for j in range(columns)]
    reach = _carried(m, triangular.lu, [own], k)
    bounds = reach.bounds[0]
    reach.undecided = any(
        factors[i][t] + bounds[i * columns + t] >= 1.0
        for t in range(k)
        for i in range(t + 1, rows)
        if t or any(row[0] for row in m.bounds[0])  # the first pivot of certain numbers is certain
    )
    pivots = [(factors[t][t], bounds[t * columns + t]) for t in range(min(k, rows - 1))]
    return _curved(reach, pivots, "a pivot is known to too few digits: the matrix is nearly singular")


# -- orthogonal factors -----------------------------------------------------------------------------------------
def _qr(m: Matter) -> Reach:
    """R is exact for A + E, |e_j| <= gamma |a_j|, and Q that far from exact (ASNA theorem 19.4 and equation 19.13)."""
    (rows, columns), (a,) = m.shape, m.given
    steps = _SMALL * rows * columns // 2
    norms = [math.hypot(*(approximate(row[j]) for row in a)) for j in range(columns)]
    own = [[m.gamma(steps) * norms[j] for j in range(columns)] for _ in range(rows)]
    reach = _carried(m, lambda g, x: orthogonal.qr(g, x, **m.call.params), [own], steps)
    loss = math.sqrt(columns) * m.gamma(steps)
    reach.bounds[0] = [b + loss for b in reach.bounds[0]]
    reach.typicals[0] = [math.hypot(t, loss / math.sqrt(steps)) for t in reach.typicals[0]]
    size, bounds = m.sizes(1, columns), reach.bounds[1]
    k = min(rows, columns)
    reach.undecided = _signs_undecided(
        m, [max(bounds[j * columns : (j + 1) * columns], default=0.0) for j in range(k)]
    )
    pivots = [
        (size[j][j], bounds[j * columns + j]) for j in range(min(k, rows - 1) if rows > columns else k - 1)
    ]
    return _curved(
        reach, pivots, "a column is known to too few digits beside the others: they are nearly dependent"
    )


def _signs_undecided(m: Matter, bounds: Floats) -> bool:
    """Whether a machine may reflect a column to the other side, or not see that there is nothing to reflect."""
    algebra = Algebra(replace(m.call, system=Exact(_DIGITS)))
    reflections, _ = orthogonal.reduced(algebra, m.given[0], *m.shape)
    certain = not any(map(any, m.bounds[0]))
    for place, by in enumerate(reflections):
        if certain and not any(not r.back for r in reflections[:place]):
            continue  # nothing has been computed yet
        size = bounds[by.start]
        tau = approximate(by.tau)  # alpha = (1 - tau) beta, and what is below it is v (alpha - beta)
        beta = abs(approximate(m.values[1][by.start * m.shape[1] + by.start]))
        below = math.hypot(*(approximate(x) for x in by.v[1:])) * tau * beta
        if abs(1 - tau) * beta <= size or below <= size:
            return True
    return False


def _moved(m: Matter, symmetric: bool) -> tuple[float, float, float]:
    """Bound and typical size of E in the Frobenius norm, and p(n) u (LUG sections 4.7 and 4.9: E <= p(n) u |A|)."""
    steps = _SMALL * max(m.shape)
    size = math.hypot(*(approximate(x) for row in m.given[0] for x in row))
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


def _eigh(m: Matter) -> Reach:
    """Values within |E| of the exact ones (Weyl), vectors within |E| / distance of theirs."""
    n = m.shape[0]
    error, usual, loss = _moved(m, True)
    values = [approximate(x) for x in m.values[1]]
    angles = _angles(values, error, usual, loss)
    columns = [[approximate(m.values[0][i * n + k]) for i in range(n)] for k in range(n)]
    undecided = any(map(_turn_undecided, columns, angles))
    vectors = [[angle[part] for _ in range(n) for angle in angles] for part in (0, 1)]
    return Reach([vectors[0], [error] * n], [vectors[1], [usual] * n], undecided, [_EQUAL, None])


def _turn_undecided(v: Floats, angle: tuple[float, float]) -> bool:
    total = sum(math.cos(k) * x for k, x in enumerate(v))
    return angle[0] < INF and abs(total) <= angle[0] * math.sqrt(len(v))


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
    u = [
        [angles[j][part] if j < k else INF for _ in range(rows) for j in range(sizes[0][1])]
        for part in (0, 1)
    ]
    v = [
        [angles[j][part] if j < k else INF for j in range(sizes[1][0]) for _ in range(columns)]
        for part in (0, 1)
    ]
    if rows >= columns:
        long = [[approximate(m.values[1][i * sizes[0][1] + j]) for i in range(rows)] for j in range(k)]
    else:
        long = [[approximate(x) for x in m.values[2][j * columns : (j + 1) * columns]] for j in range(k)]
    undecided = any(map(_turn_undecided, long, angles))
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
            for e, slope in enumerate(_slopes(m, appended, [known], (0, i, j))[0]):
                most[e // (long - k)][e % (long - k)] += slope * angles[j][0] if slope else 0.0
    for i in range(long):
        for j in range(k, long):
            place = i * long + j if number == 1 else j * long + i
            reach.bounds[number][place] = reach.typicals[number][place] = most[i][j - k] + angles[0][0]
    return reach


ROWS: dict[str, Row] = {
    "cholesky": _cholesky,
    "triangular_solve": _triangular_solve,
    "lu": _lu,
    "qr": _qr,
    "eigh": _eigh,
    "svd": _svd,
}


# -- a call ---------------------------------------------------------------------------------------------------------
def bounded_results(system: Bounded, c: Call, definition: Callable[[Call], Any]) -> list[list[Scalar]]:
    """The results of a factorization: exact values, and the bounds of its row, matrix by matrix."""
    from .bounded import BoundedNumber

    exact = Exact(system.digits)
    plain = [ReferenceArray([system.value(s) for s in x.scalars], x.aval, exact) for x in c.operands]
    own = replace(c, system=exact, operands=plain)
    values = definition(own)
    precision = format_of(c.results[0].dtype)[0]
    unit = system.budget(c.primitive.name, c.results[0].dtype)[0] * math.ldexp(1.0, 1 - precision)
    found: list[list[Scalar]] = [[] for _ in c.results]
    stacks = [zip(*map(matrices, arrays), strict=True) for arrays in (c.operands, plain)]
    for number, (given, clean) in enumerate(zip(*stacks, strict=True)):
        parts = []
        for aval, xs in zip(c.results, values, strict=True):
            size = aval.size // max(1, math.prod(c.operands[0].shape[:-2]))
            parts.append(xs[number * size : (number + 1) * size])
        bounds, typicals = ([[[_part(x, name) for x in row] for row in a] for a in given] for name in _PARTS)
        matter = Matter(system, own, list(clean), parts, bounds, typicals, unit)
        flat = [x if type(x) is BoundedNumber else BoundedNumber(x) for a in given for row in a for x in row]
        for k, xs in enumerate(_marked(system, matter, flat)):
            found[k] += xs
    return found


_PARTS = ("bound", "typical")


def _part(x: Scalar, name: str) -> float:
    return float(getattr(x, name, 0.0))


def _marked(system: Bounded, m: Matter, operands: Sequence[Any]) -> list[list[Scalar]]:
    """The values of one matrix's results with their bounds and marks."""
    from .bounded import Undecided

    if not all(m.shape):
        return m.values  # nothing, and parts of an identity
    reason = next((x.unverified for x in operands if x.unverified), None)
    if reason is None and any(map(is_special, (x for xs in m.values for x in xs if type(x) is not int))):
        if any(is_special(x.value) for x in operands):
            return m.values  # NaN throughout
        reason = "there is no decomposition, or nearly none"
    if reason is None:
        reach = ROWS[m.call.primitive.name](m)
    else:
        reach = Reach([[INF] * len(xs) for xs in m.values], [[INF] * len(xs) for xs in m.values])
        reach.reasons = [reason] * len(m.values)
    undecided = reach.undecided or any(x.undecided for x in operands)
    found: list[list[Scalar]] = []
    for k, (aval, xs) in enumerate(zip(m.call.results, m.values, strict=True)):
        if aval.dtype.kind == "i":
            found.append([Undecided(x, None) if undecided or reason else x for x in xs])
            continue
        why = reach.reasons[k] if reach.reasons else None
        rows = zip(xs, reach.bounds[k], reach.typicals[k], strict=True)
        found.append([_number(system, m, x, b, t, undecided, why) for x, b, t in rows])
    return found


def _number(
    system: Bounded, m: Matter, x: Scalar, bound: float, typical: float, undecided: bool, why: str | None
) -> Scalar:
    """A result with its bound, and the rounding of its last operation."""
    if not bound:
        return system.number(x, 0.0, 0.0, undecided)
    if not bound < INF:
        return system.number(x, INF, INF, undecided, why)
    size = abs(approximate(x)) + bound
    exponent = math.frexp(size)[1] if size < INF else magnitude(x)
    last, usual = system.rounding(m.call.primitive.name, m.call.results[0].dtype, size, exponent)
    return system.number(x, bound + last, math.hypot(typical, usual), undecided)
