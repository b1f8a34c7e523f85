"""Matrices of scalars: lists of rows, and the arithmetic that factorizations are written in.

Everything is real so far; where a complex matrix needs a conjugate, `conj` stands already. Source: Golub and Van Loan,
*Matrix Computations*, 4th edition, section 1.1; the factorizations name theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ...language.dtypes import real_of
from ..array import ReferenceArray
from ..exact import ordering
from ..reals import Scalar, is_special, magnitude, sign_of
from ..system import Operations
from .call import Call, Lists, Rule
from .elementwise import DEFINITIONS

Vector = list[Scalar]
Matrix = list[Vector]

# The exponent of zero, below that of every number.
NEVER = -(1 << 62)


class Algebra:
    """Arithmetic on the scalars of one call, in its number system and dtype.

    Attributes:
        o: definitions, applied: ``o.mul(x, y)``.
        shape: the rows and columns of the first operand's matrices.
    """

    def __init__(self, c: Call) -> None:
        self.call, self.system, self.primitive = c, c.system, c.primitive
        self.dtype = real_of(c.results[0].dtype)
        self.shape = c.operands[0].shape[-2:]
        self.o = Operations(c.system, self.dtype, DEFINITIONS)

    def dot(self, xs: Sequence[Scalar], ys: Sequence[Scalar]) -> Scalar:
        """The sum of products."""
        return self.system.total(self.primitive, self.dtype, xs, ys)

    def rest(self, x: Scalar, xs: Sequence[Scalar], ys: Sequence[Scalar]) -> Scalar:
        """``x`` less the sum of products."""
        return self.o.sub(x, self.dot(xs, ys)) if xs else x

    def times(self, a: Matrix, b: Matrix) -> Matrix:
        """The product of matrices."""
        columns = [self.system.reused(list(column)) for column in zip(*b, strict=True)]
        return [[self.dot(row, column) for column in columns] for row in map(self.system.reused, a)]

    def one(self) -> Scalar:
        """The number 1."""
        return self.system.lift(1.0, self.dtype)

    def nan(self) -> Scalar:
        """No number."""
        return self.system.lift(float("nan"), self.dtype)

    def identity(self, n: int) -> Matrix:
        """The identity matrix."""
        return [[self.one() if i == j else 0.0 for j in range(n)] for i in range(n)]

    def sign(self, x: Scalar) -> int:
        """-1, 0 or 1; a decision."""
        return int(self.system.decide(sign_of, (x,)))

    def positive(self, x: Scalar) -> bool:
        """Whether a scalar is known to be positive; no decision, for what rests on it is not a value."""
        lowest = self.system.lowest(x)
        return sign_of(lowest) > 0

    def larger(self, x: Scalar, y: Scalar) -> bool:
        """Whether x > y; a decision."""
        return bool(self.system.decide(ordering, (x, y)) == 1)

    def turned(self, v: Vector) -> tuple[Vector, bool]:
        """A vector or its negative, whichever has a positive sum over k of cos(k) v_k; whether it was turned."""
        if any(self.exponent(x) == -NEVER for x in v):  # nothing is known of it
            return v, False
        cosines = [self.o.cos(k) if k else self.one() for k in range(len(v))]
        if self.sign(self.dot(cosines, v)) < 0:
            return [self.o.neg(x) for x in v], True
        return v, False

    def unbounded(self, a: Matrix) -> bool:
        """Whether an element is infinite or NaN: then there is no decomposition."""
        return any(self.exponent(x) == -NEVER and self.system.decide(is_special, (x,)) for x in flat(a))

    def below(self, a: Matrix) -> tuple[Algebra, Matrix] | None:
        """The arithmetic of the values alone, and the values of a matrix; None where scalars have no tangents."""
        if self.system.base is None:
            return None
        values = [[self.system.split(x)[0] for x in row] for row in a]
        return Algebra(replace(self.call, system=self.system.base)), values

    def exponent(self, x: Scalar) -> int:
        """The exponent of a scalar's real value, which no decision is told of."""
        value = self.system.value(x)
        if type(value) is float:
            return -NEVER if is_special(value) else NEVER
        return magnitude(value)


def conj(xs: Sequence[Scalar]) -> list[Scalar]:
    """The complex conjugates."""
    return list(xs)


def transposed(a: Matrix) -> Matrix:
    """Columns as rows."""
    return [list(column) for column in zip(*a, strict=True)]


def adjoint(a: Matrix) -> Matrix:
    """The conjugate transpose."""
    return [conj(column) for column in zip(*a, strict=True)]


def matrices(x: ReferenceArray) -> Iterator[Matrix]:
    """The matrices of a batch."""
    m, n = x.shape[-2:]
    count = len(x.scalars) // (m * n) if m * n else _batch(x)
    for b in range(count):
        start = b * m * n
        yield [x.scalars[start + i * n : start + (i + 1) * n] for i in range(m)]


def _batch(x: ReferenceArray) -> int:
    count = 1
    for size in x.shape[:-2]:
        count *= size
    return count


def flat(a: Matrix) -> Vector:
    """The elements, row by row."""
    return [x for row in a for x in row]


def for_each(function: Callable[..., Sequence[Vector]]) -> Rule:
    """A rule from ``function(algebra, *matrices, **params)``, which gives the elements of each result."""

    def defined(c: Call) -> Lists:
        algebra = Algebra(c)
        found: Lists = [[] for _ in c.results]
        for given in zip(*map(matrices, c.operands), strict=True):
            for k, part in enumerate(function(algebra, *given, **c.params)):
                found[k] += part
        return found

    return lambda c: c.system.factored(c, defined)
