"""How a backward error moves the results of a factorization: matrix entries that may be off, carried through `Dual`.

Source: Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition (ASNA).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..language.dtypes import is_complex, real_of
from .dual import Dual
from .exact import Exact
from .primitives.call import Call
from .primitives.matrices import Algebra
from .primitives.numbers import Number, parts
from .propagation import KNOWN
from .reals import INF, approximate, format_of

if TYPE_CHECKING:
    from .bounded import Bounded

Floats = list[float]
Grid = list[Floats]

# Partial derivatives are wanted to a few digits; cancellation takes some.
DIGITS = 30
# A complex operation is a real one with sqrt(2) gamma(4) in place of the unit roundoff (ASNA lemma 3.5).
_COMPLEX = 6


def unit_of(system: Bounded, c: Call) -> float:
    """The unit roundoff of a call's arithmetic on a platform."""
    dtype = real_of(c.results[0].dtype)
    unit = system.budget(c.primitive.name, dtype)[0] * math.ldexp(1.0, 1 - format_of(dtype)[0])
    return unit * _COMPLEX if is_complex(c.operands[0].dtype) else unit


def size_of(x: Number) -> float:
    """The absolute value, approximately."""
    return math.hypot(*map(approximate, parts(x)))


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
    values: list[list[Number]]
    bounds: list[Grid]
    typicals: list[Grid]
    unit: float

    @property
    def shape(self) -> tuple[int, ...]:
        """The rows and columns of the first operand."""
        return self.call.operands[0].shape[-2:]

    @property
    def complex(self) -> bool:
        """Whether the matrices are complex."""
        return any(is_complex(x.dtype) for x in self.call.operands)

    def gamma(self, k: float) -> float:
        """k u / (1 - k u), the most that k roundings add up to (ASNA section 3.1)."""
        grown = k * self.unit
        return grown / (1 - grown) if grown < 0.5 else INF

    def sizes(self, number: int, columns: int) -> Grid:
        """The absolute values of a result, as rows."""
        flat = list(map(size_of, self.values[number]))
        return [flat[i : i + columns] for i in range(0, len(flat), columns)]


@dataclass(slots=True)
class Reach:
    """How far results may be off, and are typically.

    Attributes:
        bounds: for each element of each floating result; of a complex number how far it is off, as are its parts.
        typicals: the same.
        undecided: whether everything rests on a choice that a machine may make otherwise.
        reasons: for each result why there is no bound, if so.
    """

    bounds: list[Floats]
    typicals: list[Floats]
    undecided: bool = False
    reasons: list[str | None] = field(default_factory=list)


Row = Callable[[Matter], Reach]


def _entries(
    m: Matter, own: Sequence[Grid], roundings: float
) -> Iterator[tuple[tuple[int, int, int, int], float, float]]:
    """The entries that may be off (operand, row, column, part), by how much at most, and typically."""
    for number, (grid, theirs, usual) in enumerate(zip(own, m.bounds, m.typicals, strict=True)):
        for i, row in enumerate(grid):
            for j, mine in enumerate(row):
                most = mine + theirs[i][j]
                for part in range(len(parts(m.given[number][i][j])) if most else 0):
                    typical = math.hypot(mine / math.sqrt(roundings), usual[i][j])
                    yield (number, i, j, part), most, typical


def slopes_of(
    m: Matter, function: Callable[..., Any], given: Sequence[Any], at: tuple[int, int, int, int]
) -> list[Floats]:
    """The absolute derivatives of the results by one part of an entry."""
    dual = Dual(Exact(DIGITS))
    number, i, j, part = at
    moved = [[list(row) for row in a] for a in given]
    entry = list(parts(moved[number][i][j]))
    entry[part] = dual.number(entry[part], dual.lift(1.0, real_of(m.call.results[0].dtype)))
    moved[number][i][j] = tuple(entry) if len(entry) == 2 else entry[0]
    found = function(Algebra(replace(m.call, system=dual)), *moved)
    return [[_slope(dual, x) for x in xs] for xs in found]


def _slope(dual: Dual, x: Number) -> float:
    if type(x) is int:
        return 0.0
    return math.hypot(*(approximate(dual.split(part)[1]) for part in parts(x)))


def carried(m: Matter, function: Callable[..., Any], own: Sequence[Grid], roundings: float) -> Reach:
    """The first order: each entry's error times the derivatives by it, added up."""
    bounds = [[0.0] * len(xs) for xs in m.values]
    squares = [[0.0] * len(xs) for xs in m.values]
    for at, most, usual in _entries(m, own, roundings):
        for k, slopes in enumerate(slopes_of(m, function, m.given, at)):
            for e, slope in enumerate(slopes):
                if slope:
                    bounds[k][e] += slope * most
                    squares[k][e] += (slope * usual) ** 2
    return Reach(bounds, [[math.sqrt(s) for s in xs] for xs in squares])


def curved(reach: Reach, pivots: Sequence[tuple[float, float]], why: str) -> Reach:
    """What the first order leaves out is a small share of it where every divisor is known well; else nothing is."""
    known = all(bound <= size * KNOWN for size, bound in pivots)
    share = 1 + 2 * KNOWN
    reach.bounds = [[b * share if known else INF for b in xs] for xs in reach.bounds]
    reach.reasons = [None if known else why] * len(reach.bounds)
    return reach
