"""The incomplete beta function in float64: a continued fraction below the peak, and its mirror image above.

A. R. Didonato, A. H. Morris, "Algorithm 708", ACM TOMS 18 (1992); DLMF 8.17.8, 8.17.22, 8.17.4.
"""

from __future__ import annotations

import math
from typing import Any

from ..devices.device import Buffer
from .gamma import Pair
from .incomplete import MOST, scaled_gamma
from .pairs import exact_sum, exponential, log, log_of_power, plus, product, quotient, times

# Parameters above this would need more steps than are made: NaN.
_REACH = 1e7
# Numbers that are nearly subnormal are taken times 2 to this.
_LIFT = 200


def _front(xp: Any, a: Buffer, b: Buffer, x: Pair, y: Pair) -> Buffer:
    """x^a y^b / (a B(a, b)), y = 1 - x: the exponent is a log(x (a + b) / a) + b log(y (a + b) / b), 0 at the peak."""
    # A subnormal number is brought among the others first: its products have few digits.
    tiny = x[0] < 1e-250
    scaled = xp.where(tiny, x[0] * 2.0**_LIFT, x[0]), xp.where(tiny, 0.0, x[1])
    lift = xp.where(tiny, -float(_LIFT), 0.0)
    both = exact_sum(a, b)
    first = plus(log(xp, quotient(product(scaled, both), a)), log_of_power(lift))
    second = log(xp, quotient(product(y, both), b))
    exponent = plus(times(first, a), times(second, b))
    gammas = scaled_gamma(xp, a + b) / (scaled_gamma(xp, a) * scaled_gamma(xp, b))
    return xp.sqrt(b / (2 * math.pi * a * (a + b))) * gammas * exponential(xp, exponent)


def _fraction(xp: Any, a: Buffer, b: Buffer, x: Buffer) -> Buffer:
    """DLMF 8.17.22, by Lentz's method."""
    tiny = 1e-300
    c, d = xp.ones_like(x), 1 - (a + b) * x / (a + 1)
    d = 1 / xp.where(xp.abs(d) < tiny, tiny, d)
    h, moving = d, xp.ones_like(x) > 0
    for m in range(1, MOST):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = xp.ones_like(x)
        for top in (even, odd):
            d, c = 1 + top * d, 1 + top / c
            d, c = 1 / xp.where(xp.abs(d) < tiny, tiny, d), xp.where(xp.abs(c) < tiny, tiny, c)
            change = change * (c * d)
        # What has settled is left alone: thousands of factors of nearly 1 add up.
        h = xp.where(moving, h * change, h)
        moving = xp.logical_and(moving, xp.abs(change - 1) > 4e-16)
        if m % 4 == 0 and not bool(xp.any(moving)):
            return h
    return xp.where(moving, math.nan, h)


def _power_series(xp: Any, a: Buffer, b: Buffer, x: Buffer) -> Buffer:
    """1 + a sum of (1 - b) ... (n - b) x^n / (n! (a + n)), for b <= 1: the terms are positive."""
    term, total = xp.ones_like(x), xp.ones_like(x)
    for n in range(1, MOST):
        term = term * ((n - b) / n * x)
        part = term * (a / (a + n))
        total = total + part
        if n % 8 == 0 and not bool(xp.any(part > 2.0**-57 * total)):
            return total
    return total


def betainc(xp: Any, a: Buffer, b: Buffer, x: Buffer) -> Buffer:
    """I_x(a, b); NaN outside of the domain."""
    finite = xp.logical_and(a < _REACH, b < _REACH)
    inside = xp.logical_and(xp.logical_and(a > 0, b > 0), xp.logical_and(x > 0, x < 1))
    inside = xp.logical_and(inside, finite)
    p, q, at = xp.where(inside, a, 1.0), xp.where(inside, b, 1.0), xp.where(inside, x, 0.5)
    flat = xp.logical_and(q < 1, at <= 0.95)
    above = xp.logical_and(at > (p + 1) / (p + q + 2), xp.logical_not(flat))
    first, second = xp.where(above, q, p), xp.where(above, p, q)
    near, rest = xp.where(above, 1 - at, at), xp.where(above, at, 1 - at)
    # x^a (1 - x)^b without its last factor where the series is used, which has none.
    other = exact_sum(xp.ones_like(at), -at)
    own = at, xp.zeros_like(at)
    pairs = [
        tuple(xp.where(above, u, v) for u, v in zip(*ends, strict=True))
        for ends in ((other, own), (own, other))
    ]
    front = _front(xp, first, second, *pairs)
    fraction = front * _fraction(xp, first, second, xp.where(flat, 0.0, near))
    series = (
        front
        / xp.power(rest, second)
        * _power_series(
            xp, xp.where(flat, first, 1.0), xp.where(flat, second, 1.0), xp.where(flat, near, 0.5)
        )
    )
    found = xp.where(flat, series, xp.where(above, 1 - fraction, fraction))
    beyond = xp.logical_or(
        xp.logical_and(a >= _REACH, a < math.inf), xp.logical_and(b >= _REACH, b < math.inf)
    )
    beyond = xp.logical_and(beyond, xp.logical_and(x > 0, x < 1))
    return xp.where(inside, found, xp.where(beyond, math.nan, _at_ends(xp, a, b, x)))


def _at_ends(xp: Any, a: Buffer, b: Buffer, x: Buffer) -> Buffer:
    """The limits at the ends of the domain; NaN outside of it, and where both parameters are at one."""
    by_parameters = xp.where(xp.logical_or(a == 0, b == math.inf), 1.0, 0.0)
    found = xp.where(x == 0, 0.0, xp.where(x == 1, 1.0, by_parameters))
    known = xp.logical_and(xp.logical_and(a >= 0, b >= 0), xp.logical_and(x >= 0, x <= 1))
    both = xp.logical_and(a == b, xp.logical_or(a == 0, a == math.inf))
    return xp.where(xp.logical_and(known, xp.logical_not(both)), found, math.nan)
