"""The incomplete gamma functions in float64: a series below the peak, a continued fraction above it.

W. Gautschi, "A computational procedure for incomplete gamma functions", ACM TOMS 5 (1979); DLMF 8.7.1, 8.9.2. What
stands before them, x^a exp(-x) / Gamma(a + 1), comes of x / a - 1 - log(x / a), a sum of two floats: no large numbers
are subtracted, and an exponent of hundreds is known to the last digit of its exponential.
"""

from __future__ import annotations

import math
from typing import Any

from ..devices.device import Buffer
from .gamma import _RECIPROCAL, _REST, lgamma
from .pairs import exponential, peaked, quotient
from .special import digamma

# Series and fractions that take more terms than this are given up: NaN.
MOST = 10_000
# Beyond this, next to the peak, they would.
_REACH = 1e6
_SMALL = 2.0**-57
# From here up the gamma function by Stirling's series, DLMF 5.11.3: log of what it leaves.
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400)
_LARGE = 8.0


def gamma_of_next(xp: Any, a: Buffer) -> Buffer:
    """Gamma(a + 1) for 0 < a < 8: the recurrence from the series of 1 / Gamma(1 + z), DLMF 5.5.1, 5.7.1."""
    product, z = xp.ones_like(a), a
    for _ in range(int(_LARGE)):
        step = z > 0.5
        product = xp.where(step, product * z, product)
        z = xp.where(step, z - 1, z)
    return product / (1 + _reciprocal_less_one(z))


def _reciprocal_less_one(z: Buffer) -> Buffer:
    """1 / Gamma(1 + z) - 1, for |z| <= 1/2, as accurate next to 0."""
    coefficients = [pair[0] for pair in _RECIPROCAL[1:]] + list(_REST)
    series = z * 0 + coefficients[-1]
    for c in coefficients[-2::-1]:
        series = series * z + c
    return series * z


def scaled_gamma(xp: Any, a: Buffer) -> Buffer:
    """Gamma(a) sqrt(a / 2 pi) (e / a)^a, which goes to 1 far out."""
    large = a >= _LARGE
    inverse = 1 / xp.where(large, a, _LARGE)
    series = inverse * 0 + _STIRLING[-1]
    for c in _STIRLING[-2::-1]:
        series = series * (inverse * inverse) + c
    small = xp.where(large, 1.0, a)
    root = xp.sqrt(2 * math.pi * small)
    exact = gamma_of_next(xp, small) / (root * xp.power(small, small) * xp.exp(-small))
    return xp.where(large, xp.exp(series * inverse), exact)


def _density(xp: Any, a: Buffer, x: Buffer) -> Buffer:
    """x^a exp(-x) / Gamma(a + 1)."""
    large = a >= _LARGE
    far = xp.where(large, a, _LARGE)
    ratio = quotient((xp.where(x < 1e30, xp.where(x > 1e-290, x, 1e-290), 1e30), x * 0), far)
    outer = exponential(xp, peaked(xp, far, ratio)) / (xp.sqrt(2 * math.pi * far) * scaled_gamma(xp, far))
    near, at = xp.where(large, 1.0, a), xp.where(x < 1e30, x, 1e30)
    # Half of the exponential first and last: the whole of it is subnormal where its product with a power is not.
    half = xp.exp(-0.5 * at)
    inner = half * (xp.power(at, near) * half / gamma_of_next(xp, near))
    return xp.where(large, outer, inner)


def _series(xp: Any, a: Buffer, x: Buffer) -> tuple[Buffer, Buffer]:
    """The sum of x^n / ((a + 1) ... (a + n)), and its derivative by a."""
    term, total = xp.ones_like(x), xp.ones_like(x)
    harmonic, slope = xp.zeros_like(x), xp.zeros_like(x)
    for n in range(1, MOST):
        term = term * (x / (a + n))
        harmonic = harmonic + 1 / (a + n)
        total, slope = total + term, slope - term * harmonic
        if n % 8 == 0 and not bool(xp.any(xp.logical_or(term * harmonic > _SMALL * -slope, x > a + n))):
            return total, slope
    settled = xp.logical_and(term * harmonic <= _SMALL * -slope, x <= a + MOST)
    return xp.where(settled, total, math.nan), xp.where(settled, slope, math.nan)


def _fraction(xp: Any, a: Buffer, x: Buffer) -> tuple[Buffer, Buffer]:
    """1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - ...)), and the derivative by a of its logarithm (Lentz, 1976)."""
    b = x + 1 - a
    h, slope, moving = 1 / b, 1 / b, b > -math.inf
    c, c_slope = xp.full_like(b, 1e300), xp.zeros_like(b)
    d, d_slope = h, h * h
    for i in range(1, MOST):
        top = -i * (i - a)
        b = b + 2
        below, below_slope = top * d + b, i * d + top * d_slope - 1
        above, above_slope = b + top / c, i / c - top * c_slope / (c * c) - 1
        change = above / below
        moved = above_slope / above - below_slope / below
        # What has settled is left alone: thousands of factors of nearly 1 add up.
        h, slope = xp.where(moving, h * change, h), xp.where(moving, slope + moved, slope)
        unsettled = xp.logical_or(xp.abs(change - 1) > 4e-16, xp.abs(moved) > 4e-16 * xp.abs(slope))
        moving = xp.logical_and(moving, unsettled)
        c, c_slope, d, d_slope = above, above_slope, 1 / below, -below_slope / (below * below)
        if i % 8 == 0 and not bool(xp.any(moving)):
            return h, slope
    return xp.where(moving, math.nan, h), xp.where(moving, math.nan, slope)


class Parts:
    """What the four functions are made of, at operands within the domain.

    Attributes:
        a, x: the operands; safe ones in place of those outside of the domain.
        inside: where they are within it, and a result is in reach.
        beyond: where they are within it, and none is.
        below: where the series is used, else the fraction.
    """

    def __init__(self, xp: Any, a: Buffer, x: Buffer) -> None:
        self.xp = xp
        finite = xp.logical_and(a < math.inf, x < math.inf)
        close = xp.logical_and(x > 0.5 * a, x < 2 * a)
        self.beyond = xp.logical_and(finite, xp.logical_and(a > _REACH, close))
        finite = xp.logical_and(finite, xp.logical_not(self.beyond))
        self.inside = xp.logical_and(xp.logical_and(a > 0, x > 0), finite)
        self.a, self.x = xp.where(self.inside, a, 1.0), xp.where(self.inside, x, 1.0)
        self.below = xp.logical_or(self.x <= self.a, self.x < 1.1)
        self.density = _density(xp, self.a, self.x)

    def series(self) -> tuple[Buffer, Buffer]:
        """The series where it is used."""
        return _series(self.xp, self.a, self.xp.where(self.below, self.x, 0.5 * self.xp.minimum(self.a, 1.0)))

    def fraction(self) -> tuple[Buffer, Buffer]:
        """The fraction where it is used."""
        far = self.xp.where(self.below, 2 * self.a + 100, self.x)
        return _fraction(self.xp, self.a, far)


def _upper_near_zero(xp: Any, a: Buffer, x: Buffer) -> Buffer:
    """Q(a, x) for a < 1 and x < 1.1: 1 - x^a / Gamma(a + 1) (1 + v), neither of which is formed."""
    logs = xp.where(a <= 0.5, -xp.log1p(_reciprocal_less_one(xp.where(a <= 0.5, a, 0.0))), lgamma(xp, 1 + a))
    u = xp.expm1(a * xp.log(x) - logs)
    term, v = xp.ones_like(x), xp.zeros_like(x)
    for n in range(1, 30):
        term = term * (-x / n)
        v = v + term * (a / (a + n))
    return -(u + v * (1 + u))


def igamma(xp: Any, a: Buffer, x: Buffer) -> Buffer:
    """P(a, x); NaN outside of a > 0, x >= 0, and where too many terms would be needed."""
    parts = Parts(xp, a, x)
    lower = parts.density * parts.series()[0]
    found = xp.where(parts.below, lower, 1 - parts.density * parts.a * parts.fraction()[0])
    ends = xp.where(parts.beyond, math.nan, _lower_at_ends(xp, a, x))
    return xp.where(parts.inside, xp.minimum(found, 1.0), ends)


def igammac(xp: Any, a: Buffer, x: Buffer) -> Buffer:
    """Q(a, x); NaN where `igamma` is."""
    parts = Parts(xp, a, x)
    lower = parts.density * parts.series()[0]
    small = xp.logical_and(parts.a < 1, parts.x < 1.1)
    near = _upper_near_zero(xp, xp.where(small, parts.a, 0.5), xp.where(small, parts.x, 0.5))
    found = xp.where(
        small, near, xp.where(parts.below, 1 - lower, parts.density * parts.a * parts.fraction()[0])
    )
    ends = xp.where(parts.beyond, math.nan, 1 - _lower_at_ends(xp, a, x))
    return xp.where(parts.inside, xp.minimum(found, 1.0), ends)


def _lower_at_ends(xp: Any, a: Buffer, x: Buffer) -> Buffer:
    """P(a, x) where an operand is 0 or infinite, or outside of the domain."""
    by_x = xp.where(x == 0, 0.0, 1.0)
    found = xp.where(a == 0, 1.0, xp.where(a == math.inf, 0.0, by_x))
    known = xp.logical_and(xp.logical_and(a >= 0, x >= 0), a != x)
    return xp.where(
        xp.logical_or(known, xp.logical_and(a == x, xp.logical_and(a > 0, a < math.inf))), found, math.nan
    )


def _relative_slope(parts: Parts) -> tuple[Buffer, Buffer]:
    """-dP/da over x^a exp(-x) / Gamma(a + 1), below and above the peak."""
    xp = parts.xp
    total, slope = parts.series()
    h, logarithmic = parts.fraction()
    log_x = xp.log(parts.x)
    below = -((log_x - digamma(xp, parts.a + 1)) * total + slope)
    return below, parts.a * h * (log_x - digamma(xp, parts.a) + logarithmic)


def igamma_grad_a(xp: Any, a: Buffer, x: Buffer) -> Buffer:
    """The derivative of P(a, x) by a."""
    parts = Parts(xp, a, x)
    found = -parts.density * xp.where(parts.below, *_relative_slope(parts))
    edge = xp.logical_and(xp.logical_and(a > 0, a < math.inf), xp.logical_or(x == 0, x == math.inf))
    return xp.where(parts.inside, found, xp.where(edge, 0.0, math.nan))


def random_gamma_grad(xp: Any, a: Buffer, x: Buffer) -> Buffer:
    """-(dP/da) / (dP/dx): the exponentials cancel."""
    parts = Parts(xp, a, x)
    found = xp.where(parts.below, *_relative_slope(parts)) * (parts.x / parts.a)
    edge = xp.logical_and(xp.logical_and(a > 0, a < math.inf), xp.logical_or(x == 0, x == math.inf))
    return xp.where(parts.inside, found, xp.where(edge, xp.abs(x), math.nan))
