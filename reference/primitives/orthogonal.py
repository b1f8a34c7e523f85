"""Householder's QR decomposition.

Source: Golub and Van Loan, *Matrix Computations*, 4th edition, sections 5.1.2 and 5.2.2; the signs are those of
LAPACK's `larfg`: a column is reflected onto -sign(Re alpha) |x| e_1, and left where it is a real multiple of e_1. A
is reduced by I - conj(tau) v v^H, and Q made of I - tau v v^H: tau is complex where alpha is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..reals import Scalar
from .call import Rule
from .matrices import Algebra, Matrix, Vector, flat, for_each
from .numbers import Number, parts, real


@dataclass(frozen=True, slots=True)
class Reflection:
    """I - tau v v^H from a row on; with ``back`` that row's sign is turned back afterwards."""

    start: int
    v: Vector
    tau: Number
    back: bool


def reflection(m: Algebra, k: int, x: Vector) -> tuple[Reflection | None, Scalar]:
    """The reflection of x onto a multiple of e_1, and that multiple; none where x is 0.

    Where x is a multiple of e_1 already the reflection turns its sign, which is turned back: together nothing, with
    the derivative of what goes on from there without a jump.
    """
    alpha, below = x[0], x[1:]
    level, beside = real(alpha), [*parts(alpha)[1:], *below]  # what is to vanish: an imaginary part too
    size = m.squares(beside)
    back = m.sign(size) == 0
    side = m.sign(level)
    if back and (side == 0 or not beside):
        return None, level
    beta = m.o.sqrt(m.o.add(m.o.mul(level, level), size))
    beta = m.o.neg(beta) if side >= 0 else beta
    tau, scale = m.o.div(m.o.sub(beta, alpha), beta), m.o.sub(alpha, beta)
    v = [m.one(), *(m.o.div(y, scale) for y in below)]
    return Reflection(k, v, tau, back), m.o.neg(beta) if back else beta


def reflect(m: Algebra, by: Reflection, a: Matrix, columns: Sequence[int], tau: Number) -> None:
    """Replace columns of A by those of (I - tau v v^H) A."""
    for j in columns:
        below = [a[by.start + i][j] for i in range(len(by.v))]
        factor = m.o.mul(tau, m.dot(m.conj(by.v), below))
        for i, y in enumerate(by.v):
            a[by.start + i][j] = m.o.sub(below[i], m.o.mul(factor, y))


def turn_back(m: Algebra, by: Reflection, a: Matrix, columns: Sequence[int]) -> None:
    """Turn the signs of a row, if the reflection says so."""
    for j in columns if by.back else ():
        a[by.start][j] = m.o.neg(a[by.start][j])


def reduced(m: Algebra, a: Matrix, rows: int, columns: int) -> tuple[list[Reflection], Matrix]:
    """The reflections that make A upper triangular, and what is left of A."""
    a = [list(row) for row in a]
    found = []
    for k in range(min(rows, columns)):
        by, a[k][k] = reflection(m, k, [a[i][k] for i in range(k, rows)])
        for i in range(k + 1, rows):
            a[i][k] = 0.0
        if by is not None:
            reflect(m, by, a, range(k + 1, columns), m.o.conj(by.tau))
            turn_back(m, by, a, range(k + 1, columns))
            found.append(by)
    return found, a


def orthonormal(m: Algebra, reflections: Sequence[Reflection], rows: int, columns: int) -> Matrix:
    """The first columns of the product of the reflections."""
    q = [row[:columns] for row in m.identity(rows)]
    for by in reversed(reflections):
        turn_back(m, by, q, range(columns))
        reflect(m, by, q, range(columns), by.tau)
    return q


def appended(m: Algebra, q: Matrix, rows: int, columns: int) -> Matrix:
    """The columns that make orthonormal ones a basis: the last ones of Householder's Q."""
    reflections, _ = reduced(m, q, rows, columns)
    whole = orthonormal(m, reflections, rows, rows)
    return [row[columns:] for row in whole]


def qr(m: Algebra, a: Matrix, full_matrices: bool) -> Sequence[Vector]:
    """Q with orthonormal columns and R upper triangular, A = Q R (G&VL algorithms 5.1.1 and 5.2.1)."""
    rows, columns = m.shape
    k = rows if full_matrices else min(rows, columns)
    if m.unbounded(a):
        return [[m.nan()] * (rows * k), [m.nan()] * (k * columns)]
    reflections, r = reduced(m, a, rows, columns)
    return [flat(orthonormal(m, reflections, rows, k)), flat(r[:k])]


RULES: dict[str, Rule] = {"qr": for_each(qr)}
