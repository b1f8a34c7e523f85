"""log |Gamma| in float64, to a few units in the last place also next to its zeros.

Where |x| is moderate, Gamma(x) is a quotient of numbers kept as sums of two floats: the recurrence (DLMF 5.5.1), whose
factors are exact, and the power series of 1 / Gamma(1 + z) (5.7.1). Next to a zero of the logarithm they are almost
equal, and their difference has its digits. Beyond, Stirling's series (5.11.1), and reflection (5.5.3).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from ..devices.device import Buffer
from .special import _product

Pair = tuple[Buffer, Buffer]

# From here up Stirling's series; from minus this down reflection: there a zero is closer to a pole than any float.
_ABOVE, _BELOW = 8.0, -24.5

# The coefficients of 1 / Gamma(1 + z), each as the sum of two floats; those that need no second one.
_RECIPROCAL = (
    (1.0, 0.0),
    (0.5772156649015329, -4.942915152430645e-18),
    (-0.6558780715202539, 2.137185197068536e-17),
    (-0.04200263503409524, 1.4920306285650505e-18),
    (0.16653861138229148, 1.0189144546842026e-17),
    (-0.04219773455554433, -3.3579992682480134e-18),
    (-0.009621971527876973, -5.300031368830263e-19),
    (0.0072189432466631, -3.6006537063394283e-19),
    (-0.0011651675918590652, 5.659947853880981e-20),
    (-0.00021524167411495098, 2.3758686180729364e-21),
    (0.0001280502823881162, -9.359124499198967e-21),
    (-2.013485478078824e-05, 3.0488773972037385e-23),
    (-1.2504934821426706e-06, -2.66214092271898e-23),
    (1.133027231981696e-06, -4.622235212104869e-23),
    (-2.056338416977607e-07, -3.0061601618645134e-24),
    (6.116095104481416e-09, -2.693458298171306e-25),
    (5.002007644469223e-09, -1.538123614056751e-26),
    (-1.18127457048702e-09, -1.0052356155716208e-25),
    (1.0434267116911005e-10, -2.9298419956825035e-27),
    (7.782263439905071e-12, 4.397255556595848e-28),
    (-3.696805618642206e-12, 2.7050034921703885e-28),
)
_REST = (
    5.100370287454476e-13,
    -2.0583260535665066e-14,
    -5.348122539423018e-15,
    1.2267786282382608e-15,
    -1.1812593016974588e-16,
    1.1866922547516004e-18,
    1.4123806553180319e-18,
    -2.29874568443537e-19,
    1.7144063219273374e-20,
)

# B(2k) / (2k (2k - 1)), DLMF 5.11.1.
_STIRLING = [
    float(Fraction(*b) / (2 * k * (2 * k - 1)))
    for k, b in enumerate(
        ((1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510), (43867, 798)), 1
    )
]
_HALF_LOG_TWO_PI = 0.9189385332046728
_LOG_PI = 1.1447298858494002


def _sum(a: Buffer, b: Buffer) -> Pair:
    """a + b and what its rounding lost (Knuth's TwoSum)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _times(x: Pair, y: Buffer) -> Pair:
    """A pair times a float."""
    high, low = _product(x[0], y)
    low = low + x[1] * y
    total = high + low
    return total, low - (total - high)


def _reciprocal(z: Buffer) -> Pair:
    """1 / Gamma(1 + z) for |z| <= 1/2."""
    tail = z * 0 + _REST[-1]
    for c in _REST[-2::-1]:
        tail = tail * z + c
    result: Pair = (tail * z, z * 0)
    for i, (high, low) in enumerate(reversed(_RECIPROCAL)):
        total, lost = _sum(result[0], z * 0 + high)
        result = (total, lost + (result[1] + low))
        if i < len(_RECIPROCAL) - 1:
            result = _times(result, z)
    return _sum(*result)


def _moderate(xp: Any, x: Buffer) -> Buffer:
    """log |Gamma(x)| as the logarithm of a quotient of two pairs."""
    one: Pair = (xp.ones_like(x), xp.zeros_like(x))
    above, below, near = one, one, x
    for _ in range(int(_ABOVE) - 1):
        step = near > 1.5
        near = xp.where(step, near - 1, near)
        above = _times(above, xp.where(step, near, 1.0))
    if bool(xp.any(x < -0.5)):
        for _ in range(int(-_BELOW) + 1):
            step = near < -0.5
            below = _times(below, xp.where(step, near, 1.0))
            near = xp.where(step, near + 1, near)
    # Gamma(z) = Gamma(1 + z) / z from [-1/2, 1/2].
    low = near <= 0.5
    below = _times(below, xp.where(low, near, 1.0))
    z = xp.where(low, near, near - 1)
    series = _reciprocal(z)
    high, rest = _product(below[0], series[0])
    lower = _sum(high, rest + (below[0] * series[1] + below[1] * series[0]))
    sign = xp.where(lower[0] < 0, -1.0, 1.0)
    lower = (lower[0] * sign, lower[1] * sign)
    total, lost = _sum(above[0], -lower[0])
    difference = total + (lost + (above[1] - lower[1]))
    close = xp.logical_and(difference < lower[0], -difference < 0.5 * lower[0])
    quotient = xp.where(close, difference / xp.where(close, lower[0], 1.0), 0.0)
    return xp.where(close, xp.log1p(quotient), xp.log(above[0]) - xp.log(lower[0]))


def _stirling(xp: Any, x: Buffer) -> Buffer:
    inverse = 1 / x
    square = inverse * inverse
    series = square * 0 + _STIRLING[-1]
    for c in _STIRLING[-2::-1]:
        series = series * square + c
    # (x - 1/2) (log x - 1) first: log x - 1 is exact enough where x is 8 or more.
    return (x - 0.5) * (xp.log(x) - 1) + ((_HALF_LOG_TWO_PI - 0.5) + inverse * series)


def lgamma(xp: Any, x: Buffer) -> Buffer:
    """log |Gamma(x)|; infinite at the poles."""
    inside = xp.logical_and(x < _ABOVE, x > _BELOW)
    moderate = _moderate(xp, xp.where(inside, xp.where(x == 0, 1.0, x), 1.0))
    negative = x <= _BELOW
    direct = _stirling(xp, xp.where(negative, 1 - x, xp.where(inside, _ABOVE, x)))
    sine = xp.abs(xp.sin(math.pi * xp.where(negative, x - xp.rint(x), 0.5)))
    reflected = _LOG_PI - xp.log(sine) - direct
    result = xp.where(inside, moderate, xp.where(negative, reflected, direct))
    pole = xp.logical_or(xp.isinf(x), xp.logical_and(x <= 0, x == xp.floor(x)))
    return xp.where(pole, math.inf, result)
