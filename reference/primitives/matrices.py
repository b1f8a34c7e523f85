"""Matrices of scalars: lists of rows, and the arithmetic that factorizations are written in.

An element is a real scalar, or the pair of a complex number's parts (`numbers`). Source: Golub and Van Loan, *Matrix
Computations*, 4th edition, section 1.1; the factorizations name theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ...language.dtypes import is_complex, real_of
from ..array import ReferenceArray
from ..array import parts as halves
from ..exact import ordering
from ..reals import Scalar, is_special, magnitude, sign_of
from ..system import Operations
from .call import Call, Lists, Rule
from .elementwise import DEFINITIONS
from .numbers import Arithmetic, Number, each_part, in_parts, pair, parts, real

Vector = list[Number]
Matrix = list[Vector]

# The exponent of zero, below that of every number.
NEVER = -(1 << 62)


class Algebra:
    """Arithmetic on the numbers of one call, in its number system and dtype.

    Attributes:
        o: operations: ``o.mul(x, y)``.
        shape: the rows and columns of the first operand's matrices.
        complex: whether these hold complex numbers.
        dtype: of the parts.
    """

    def __init__(self, c: Call) -> None:
        self.call, self.system, self.primitive = c, c.system, c.primitive
        self.complex = any(is_complex(x.dtype) for x in c.operands)
        self.dtype = real_of(c.results[0].dtype)
        self.shape = c.operands[0].shape[-2:]
        self.o = Arithmetic(Operations(c.system, self.dtype, DEFINITIONS))

    # -- sums of products -------------------------------------------------------------------------------------
    def total(self, xs: Sequence[Scalar], ys: Sequence[Scalar]) -> Scalar:
        """The sum of products of reals."""
        return self.system.total(self.primitive, self.dtype, xs, ys)

    def _left(self, xs: Sequence[Number]) -> Sequence[Scalar]:
        return self.system.reused(in_parts(xs) if self.complex else xs)

    def _right(self, ys: Sequence[Number]) -> list[Sequence[Scalar]]:
        """What the left side's parts are multiplied by: for the real part, and for the imaginary part."""
        if not self.complex:
            return [self.system.reused(ys)]
        pairs = list(map(pair, ys))
        reals, imaginaries = [y[0] for y in pairs], [y[1] for y in pairs]
        return [
            self.system.reused([*reals, *map(self.o.neg, imaginaries)]),
            self.system.reused([*imaginaries, *reals]),
        ]

    def _summed(self, left: Sequence[Scalar], right: Sequence[Sequence[Scalar]]) -> Number:
        found = tuple(self.total(left, side) for side in right)
        return found if self.complex else found[0]

    def dot(self, xs: Sequence[Number], ys: Sequence[Number]) -> Number:
        """The sum of products: (a + ib)(c + id) are ac and -bd in one sum, ad and bc in another."""
        return self._summed(self._left(xs), self._right(ys))

    def squares(self, xs: Sequence[Number]) -> Scalar:
        """The sum of |x|^2."""
        flattened = [part for x in xs for part in parts(x)]
        return self.total(flattened, flattened)

    def rest(self, x: Number, xs: Sequence[Number], ys: Sequence[Number]) -> Number:
        """``x`` less the sum of products."""
        return self.o.sub(x, self.dot(xs, ys)) if xs else x

    def times(self, a: Matrix, b: Matrix) -> Matrix:
        """The product of matrices."""
        columns = [self._right(column) for column in zip(*b, strict=True)]
        return [[self._summed(row, column) for column in columns] for row in map(self._left, a)]

    def conj(self, xs: Sequence[Number]) -> Vector:
        """The complex conjugates."""
        return [self.o.conj(x) for x in xs]

    def adjoint(self, a: Matrix) -> Matrix:
        """The conjugate transpose."""
        return [self.conj(column) for column in zip(*a, strict=True)]

    def mirrored(self, a: Matrix, lower: bool) -> Matrix:
        """The Hermitian matrix of which one triangle is read, and of its diagonal the real part."""

        def element(i: int, j: int) -> Number:
            x = a[max(i, j)][min(i, j)] if lower else a[min(i, j)][max(i, j)]
            return real(x) if i == j else x if (i > j) is lower else self.o.conj(x)

        return [[element(i, j) for j in range(len(a))] for i in range(len(a))]

    # -- numbers ----------------------------------------------------------------------------------------------
    def one(self) -> Scalar:
        """The number 1."""
        return self.system.lift(1.0, self.dtype)

    def nan(self) -> Number:
        """No number."""
        nan = self.system.lift(float("nan"), self.dtype)
        return (nan, nan) if self.complex else nan

    def identity(self, n: int) -> Matrix:
        """The identity matrix."""
        return [[self.one() if i == j else 0.0 for j in range(n)] for i in range(n)]

    def sign(self, x: Scalar) -> int:
        """-1, 0 or 1; a decision."""
        return int(self.system.decide(sign_of, (x,)))

    def is_zero(self, x: Number) -> bool:
        """Whether a number is 0; a decision."""
        size = self.squares([x]) if type(x) is tuple else x
        return self.sign(size) == 0 and size == size  # and not NaN

    def positive(self, x: Scalar) -> bool:
        """Whether a scalar is known to be positive; no decision, for what rests on it is not a value."""
        lowest = self.system.lowest(x)
        return sign_of(lowest) > 0

    def larger(self, x: Scalar, y: Scalar) -> bool:
        """Whether x > y; a decision."""
        return bool(self.system.decide(ordering, (x, y)) == 1)

    def turn(self, v: Vector) -> Number:
        """The number of absolute value 1 by which v has a positive sum over k of cos(k) v_k: 1 or -1 of reals."""
        if any(self.exponent(x) == -NEVER for x in v):  # nothing is known of it
            return 1
        cosines = [self.o.cos(k) if k else self.one() for k in range(len(v))]
        along = self.dot(cosines, v)
        if self.complex:
            return self.o.conj(self.o.div(along, self.o.sqrt(self.squares([along]))))
        return -1 if self.sign(along) < 0 else 1

    def by(self, turn: Number, v: Vector) -> Vector:
        """A vector times a number of absolute value 1."""
        if type(turn) is int:
            return v if turn == 1 else [self.o.neg(x) for x in v]
        return [self.o.mul(turn, x) for x in v]

    def unbounded(self, a: Matrix) -> bool:
        """Whether an element is infinite or NaN: then there is no decomposition."""
        return any(
            self.exponent(x) == -NEVER and self.system.decide(is_special, (x,))
            for number in flat(a)
            for x in parts(number)
        )

    def below(self, a: Matrix) -> tuple[Algebra, Matrix] | None:
        """The arithmetic of the values alone, and the values of a matrix; None where scalars have no tangents."""
        if self.system.base is None:
            return None
        values = [[each_part(lambda part: self.system.split(part)[0], x) for x in row] for row in a]
        return Algebra(replace(self.call, system=self.system.base)), values

    def widened(self, x: Number, by: Scalar) -> Number:
        """A number that an iteration has come to within ``by`` of."""
        return each_part(lambda part: self.system.widened(part, by), x)

    def exponent(self, x: Number) -> int:
        """The exponent of a number's real value, the larger part's, which no decision is told of."""
        found = NEVER
        for value in map(self.system.value, parts(x)):
            if type(value) is not float:
                found = max(found, magnitude(value))
            elif is_special(value):
                return -NEVER
        return found


def transposed(a: Matrix) -> Matrix:
    """Columns as rows."""
    return [list(column) for column in zip(*a, strict=True)]


def elements(x: ReferenceArray) -> Vector:
    """The elements of an array, row-major; of a complex one as pairs."""
    if not is_complex(x.dtype):
        return x.scalars
    return list(zip(*(half.scalars for half in halves(x)), strict=True))


def matrices(x: ReferenceArray) -> Iterator[Matrix]:
    """The matrices of a batch."""
    (m, n), found = x.shape[-2:], elements(x)
    count = len(found) // (m * n) if m * n else _batch(x)
    for b in range(count):
        start = b * m * n
        yield [found[start + i * n : start + (i + 1) * n] for i in range(m)]


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
        found: list[Vector] = [[] for _ in c.results]
        for given in zip(*map(matrices, c.operands), strict=True):
            for k, part in enumerate(function(algebra, *given, **c.params)):
                found[k] += part
        return [in_parts(xs) if is_complex(y.dtype) else xs for xs, y in zip(found, c.results, strict=True)]

    return lambda c: c.system.factored(c, defined)
