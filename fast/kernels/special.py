"""Special functions in float64, by formulas whose source is stated.

DLMF is the Digital Library of Mathematical Functions, https://dlmf.nist.gov.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from ..devices.device import Buffer

# B(2k), DLMF 24.2.
_BERNOULLI = [
    Fraction(*pair)
    for pair in (
        (1, 6),
        (-1, 30),
        (1, 42),
        (-1, 30),
        (5, 66),
        (-691, 2730),
        (7, 6),
        (-3617, 510),
        (43867, 798),
        (-174611, 330),
    )
]
# Terms of digamma's asymptotic series, DLMF 5.11.2.
_DIGAMMA = [float(b / (2 * k)) for k, b in enumerate(_BERNOULLI, 1)]

# The root of digamma, as the sum of two floats.
_ROOT_HIGH, _ROOT_LOW = 1.4616321449683622, 9.549995429965697e-17


def _polynomial(z: Buffer, coefficients: list[float]) -> Buffer:
    result = z * 0 + coefficients[-1]
    for c in coefficients[-2::-1]:
        result = result * z + c
    return result


def logistic(xp: Any, x: Buffer) -> Buffer:
    """1 / (1 + exp(-x)), by the exponential that cannot overflow.

    The rounding error of 1 + e is known exactly (Dekker, 1971), and is put back.
    """
    e = xp.exp(-xp.abs(x))
    total = 1 + e
    lost = e - (total - 1)
    inverse = 1 / total
    inverse = inverse - inverse * (inverse * lost)
    return xp.where(x >= 0, inverse, e * inverse)


def _product(x: Buffer, y: Buffer) -> tuple[Buffer, Buffer]:
    """x * y as the sum of two floats (Dekker, "A floating-point technique...", 1971)."""
    high = x * y
    x_big, y_big = x * 134217729.0, y * 134217729.0
    x_high, y_high = x_big - (x_big - x), y_big - (y_big - y)
    x_low, y_low = x - x_high, y - y_high
    return high, ((x_high * y_high - high) + x_high * y_low + x_low * y_high) + x_low * y_low


def rsqrt(xp: Any, x: Buffer) -> Buffer:
    """1 / sqrt(x), with one step of Newton's iteration whose residual is known to twice the digits."""
    fraction, exponent = xp.frexp(x)
    odd = exponent % 2
    fraction = xp.ldexp(fraction, odd)  # in [0.5, 2)
    y = 1 / xp.sqrt(fraction)
    square, low = _product(y, y)
    near, rest = _product(fraction, square)
    y = y + 0.5 * y * (((1 - near) - rest) - fraction * low)
    ordinary = xp.logical_and(x > 0, xp.isfinite(x))
    return xp.where(ordinary, xp.ldexp(y, (odd - exponent) // 2), 1 / xp.sqrt(x))


def _digamma_positive(xp: Any, x: Buffer) -> Buffer:
    # For x >= 10 the asymptotic series; for [1, 10) the difference from the root, in which every term
    # has the sign of x - root: psi(x) = psi(x + 10) - sum 1 / (x + k), less the same at the root.
    large = x >= 10
    far = xp.where(large, x, 10.0)
    inverse = 1 / far
    square = inverse * inverse
    asymptotic = xp.log(far) - 0.5 * inverse - square * _polynomial(square, _DIGAMMA)
    near = xp.where(large, 2.0, x)
    distance = (near - _ROOT_HIGH) - _ROOT_LOW
    total = xp.zeros_like(near)
    for k in range(9, -1, -1):
        total = total + 1 / ((near + k) * (_ROOT_HIGH + k))
    a, b = 1 / (near + 10), 1 / (_ROOT_HIGH + 10)
    # The differences of 1 / z, and of z^-2k divided by a^2 - b^2 = -distance a b (a + b).
    powers, series = xp.ones_like(near), xp.zeros_like(near)
    b_power = 1.0
    for c in _DIGAMMA:
        series = series + c * powers
        b_power *= b * b
        powers = powers * (a * a) + b_power
    total = total + 0.5 * a * b + a * b * (a + b) * series
    return xp.where(large, asymptotic, distance * total + xp.log1p(distance * b))


def digamma(xp: Any, x: Buffer) -> Buffer:
    """The derivative of `lgamma`: recurrence and asymptotic series (DLMF 5.5.2, 5.11.2), reflection below 0."""
    negative = x < 0
    y = xp.where(negative, 1 - x, x)
    unit = y < 1
    positive = _digamma_positive(xp, xp.where(unit, y + 1, y))
    positive = xp.where(unit, positive - 1 / y, positive)
    angle = math.pi * (x - xp.rint(x))
    reflected = positive - math.pi / xp.tan(xp.where(negative, angle, 1.0))
    result = xp.where(negative, reflected, positive)
    pole = xp.logical_and(negative, x == xp.floor(x))
    result = xp.where(pole, math.nan, result)
    result = xp.where(x == 0, xp.copysign(math.inf, -x), result)
    return xp.where(x == -math.inf, math.nan, result)
