"""Gaussian rationals: complex numbers whose parts are fractions, and matrices of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np


@dataclass(frozen=True)
class Gaussian:
    """A complex number with exact parts."""

    real: Fraction = Fraction(0)
    imag: Fraction = Fraction(0)

    def __add__(self, other: Gaussian) -> Gaussian:
        return Gaussian(self.real + other.real, self.imag + other.imag)

    def __sub__(self, other: Gaussian) -> Gaussian:
        return Gaussian(self.real - other.real, self.imag - other.imag)

    def __mul__(self, other: Gaussian) -> Gaussian:
        return Gaussian(
            self.real * other.real - self.imag * other.imag, self.real * other.imag + self.imag * other.real
        )

    def __truediv__(self, other: Gaussian) -> Gaussian:
        size = other.real**2 + other.imag**2
        above = self * other.conjugate()
        return Gaussian(above.real / size, above.imag / size)

    def conjugate(self) -> Gaussian:
        return Gaussian(self.real, -self.imag)

    def __bool__(self) -> bool:
        return bool(self.real or self.imag)

    def __complex__(self) -> complex:
        return complex(float(self.real), float(self.imag))


Matrix = list[list[Gaussian]]
ZERO, ONE = Gaussian(), Gaussian(Fraction(1))


def total(xs: Iterable[Gaussian]) -> Gaussian:
    return sum(xs, ZERO)


def gaussian(a: Any) -> Matrix:
    """A matrix of machine numbers as what it is."""
    return [[Gaussian(Fraction(float(x.real)), Fraction(float(x.imag))) for x in row] for row in a]


def identity(n: int) -> Matrix:
    return [[ONE if i == j else ZERO for j in range(n)] for i in range(n)]


def integers(rng: np.random.Generator, m: int, n: int, size: int = 9) -> Matrix:
    parts = rng.integers(-size, size + 1, (2, m, n))
    return gaussian(parts[0] + 1j * parts[1])


def product(a: Matrix, b: Matrix) -> Matrix:
    return [[total(x * y for x, y in zip(r, c, strict=True)) for c in zip(*b, strict=True)] for r in a]


def transposed(a: Matrix) -> Matrix:
    return [list(column) for column in zip(*a, strict=True)]


def adjoint(a: Matrix) -> Matrix:
    return [[x.conjugate() for x in column] for column in zip(*a, strict=True)]


def scaled(a: Matrix, by: Fraction) -> Matrix:
    return [[Gaussian(x.real * by, x.imag * by) for x in row] for row in a]


def common_denominator(a: Matrix) -> Fraction:
    return Fraction(
        int(np.lcm.reduce([p.denominator for row in a for x in row for p in (x.real, x.imag)], initial=1))
    )


def solved(a: Matrix, b: Matrix) -> Matrix:
    """The x with a x = b, by Gauss and Jordan."""
    rows, n = [[*x, *y] for x, y in zip(a, b, strict=True)], len(a)
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for i in range(n):
            if i != k:
                rows[i] = [x - rows[i][k] * y for x, y in zip(rows[i], rows[k], strict=True)]
    return [row[n:] for row in rows]


def eliminated(a: Matrix) -> tuple[Matrix, list[int], Gaussian]:
    """L and U in one matrix, the order of the rows, and the product of the pivots with the swaps' sign."""
    a, order, determinant = [list(row) for row in a], list(range(len(a))), ONE
    for k in range(min(len(a), len(a[0]))):
        best = max(range(k, len(a)), key=lambda i: (abs(a[i][k].real) + abs(a[i][k].imag), -i))
        a[k], a[best] = a[best], a[k]
        order[k], order[best] = order[best], order[k]
        determinant = determinant * (a[k][k] if best == k else ZERO - a[k][k])
        for i in range(k + 1, len(a)):
            factor = a[i][k] / a[k][k] if a[k][k] else ZERO
            rest = (x - factor * y for x, y in zip(a[i][k + 1 :], a[k][k + 1 :], strict=True))
            a[i] = [*a[i][:k], factor, *rest]
    return a, order, determinant


def unitary(rng: np.random.Generator, n: int) -> Matrix:
    """Cayley's: (I - S)(I + S)^-1 of a skew-Hermitian matrix of integers."""
    upper = np.triu(rng.integers(1, 3, (n, n)) + 1j * rng.integers(1, 3, (n, n)), 1)
    skew = upper - upper.conj().T + 1j * np.diag(rng.integers(-2, 3, n))
    plus, minus = gaussian(np.eye(n) + skew), gaussian(np.eye(n) - skew)
    return transposed(solved(transposed(plus), transposed(minus)))


def machine(a: Matrix) -> Any:
    found = np.array([[complex(x) for x in row] for row in a])
    assert gaussian(found) == a, "the matrix must be one of machine numbers"
    return found


def turned(v: Sequence[Gaussian], by: Sequence[Gaussian] | None = None) -> list[complex]:
    """The vector of length 1, turned so that the sum over k of cos(k) v_k is positive, to the nearest doubles.

    With ``by`` it is turned as that vector would be.
    """
    context = mpmath.mp.clone()
    context.dps = 80

    def real(x: Fraction) -> Any:
        return context.mpf(x.numerator) / x.denominator

    size = context.sqrt(real(sum((z.real**2 + z.imag**2 for z in v), Fraction(0))))
    pairs = list(enumerate(v if by is None else by))
    x, y = (sum(context.cos(k) * real(getattr(z, part)) for k, z in pairs) for part in ("real", "imag"))
    length = size * context.sqrt(x * x + y * y)
    return [
        complex(
            float((real(z.real) * x + real(z.imag) * y) / length),
            float((real(z.imag) * x - real(z.real) * y) / length),
        )
        for z in v
    ]
