"""Numbers kept as sums of two floats where an exponent is large: exp(E) is off by as many parts as E is off by.

Dekker, "A floating-point technique for extending the available precision", 1971; Knuth's TwoSum. The logarithm is that
of a number with seven bits, from a table, and the series of atanh for what is left (Tang, "Table-driven implementation
of the logarithm function in IEEE floating-point arithmetic", ACM TOMS 16, 1990).
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import cache
from typing import Any

from ..devices.device import Buffer
from .gamma import Pair, _sum, _times
from .special import _product

_CELLS = 64
# The table has log(j / 64) for j from here to 92: fractions from below sqrt(1/2) to above sqrt(2).
_FIRST, _LAST = 44, 92
_ROOT_HALF = 0.7071067811865476


def _split(x: Decimal, bits: int = 53) -> tuple[float, float]:
    """A decimal number as two floats, the first of so many bits."""
    high = float(x)
    if bits < 53:
        unit = 2.0 ** (53 - bits) * high
        high = (high + unit) - unit
    return high, float(x - Decimal(high))


@cache
def _table() -> tuple[list[tuple[float, float]], tuple[float, float]]:
    """The logarithms, and that of 2, whose first part has so few bits that an exponent times it is exact."""
    with localcontext() as context:
        context.prec = 50
        logs = [_split((Decimal(j) / _CELLS).ln()) for j in range(_FIRST, _LAST + 1)]
        return logs, _split(Decimal(2).ln(), 41)


def quotient(x: Pair, y: Buffer) -> Pair:
    """A pair over a float."""
    high = x[0] / y
    near, rest = _product(high, y)
    return high, ((x[0] - near) - rest + x[1]) / y


def plus(x: Pair, y: Pair) -> Pair:
    """The sum of two pairs."""
    total, lost = _sum(x[0], y[0])
    return _sum(total, lost + (x[1] + y[1]))


def log(xp: Any, x: Pair) -> Pair:
    """The logarithm of a positive pair, to an absolute error of about 2^-72 of 1, and of 2^-100 of itself."""
    logs = _table()[0]
    fraction, exponent = xp.frexp(x[0])
    low_half = fraction < _ROOT_HALF
    fraction = xp.where(low_half, 2 * fraction, fraction)
    exponent = xp.where(low_half, exponent - 1, exponent)
    rest = xp.ldexp(x[1], -exponent)
    cell = xp.clip(xp.rint(fraction * _CELLS), _FIRST, _LAST)
    index = cell.astype("int64") - _FIRST
    table = xp.asarray(logs)[index]
    centre = cell / _CELLS
    below = _sum(fraction, centre)
    s = quotient((fraction - centre, rest), below[0])
    s_low = s[1] - s[0] * ((below[1] + rest) / below[0])
    square = s[0] * s[0]
    series = 2 * s[0] * square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * (1 / 9))))
    whole = exponent.astype("float64")
    found = plus(log_of_power(whole), (table[..., 0], table[..., 1]))
    return plus(found, (2 * s[0], 2 * s_low * (1 + square) + series))


def log_of_power(exponent: Buffer) -> Pair:
    """The logarithm of 2 to a whole number of at most 12 bits."""
    two_high, two_low = _table()[1]
    return exponent * two_high, exponent * two_low


def exponential(xp: Any, x: Pair) -> Buffer:
    """exp of a pair, as a float."""
    return xp.exp(x[0]) * (1 + x[1])


def product(x: Pair, y: Pair) -> Pair:
    """The product of two pairs."""
    high, low = _product(x[0], y[0])
    return _sum(high, low + (x[0] * y[1] + x[1] * y[0]))


def exact_sum(x: Buffer, y: Buffer) -> Pair:
    """The sum of two floats."""
    return _sum(x, y)


def times(x: Pair, y: Buffer) -> Pair:
    """A pair times a float."""
    return _times(x, y)


def peaked(xp: Any, a: Buffer, ratio: Pair) -> Pair:
    """a (log r + 1 - r), of r = ``ratio``, which is how far out an exponent is: 0 at r = 1."""
    away = plus((1 - ratio[0] * 0, ratio[0] * 0), (-ratio[0], -ratio[1]))
    return times(plus(log(xp, ratio), away), a)
