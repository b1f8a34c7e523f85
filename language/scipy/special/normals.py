"""The normal distribution."""

from __future__ import annotations

import math
import operator
from typing import Any

from ... import lax
from ...arrays import Array
from ...numpy.elementwise import like
from .arguments import choose, float32_or_wider, strong

_ROOT_HALF = math.sqrt(0.5)


def ndtr(x: Any) -> Array:
    """The normal distribution's probability of at most x.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is neither float32 nor float64.
    """
    x = strong(float32_or_wider("ndtr", x))
    return lax.mul(like(x, 0.5), lax.erfc(lax.mul(lax.neg(x), like(x, _ROOT_HALF))))


def ndtri(p: Any) -> Array:
    """The inverse of `ndtr`: from `erfinv` in the middle, in the tails from its logarithm (Wichura, AS 241).

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``p`` is neither float32 nor float64.
    """
    p = strong(float32_or_wider("ndtri", p, "p"))
    half = lax.sub(p, like(p, 0.5))
    middle = lax.le(lax.abs(half), like(p, 0.425))
    near = choose(middle, half, like(p, 0.0))
    inner = lax.mul(like(p, math.sqrt(2.0)), lax.erf_inv(lax.mul(like(p, 2), near)))
    share = choose(lax.lt(half, like(p, 0)), p, lax.sub(like(p, 1), p))
    proper = lax.bitwise_and(lax.gt(share, like(p, 0)), lax.bitwise_not(middle))
    distance = lax.sqrt(lax.neg(lax.log(choose(proper, share, like(p, 0.05)))))
    far = lax.gt(distance, like(p, 5))
    outer = choose(
        far, _quotient(lax.sub(distance, like(p, 5)), _FAR), _quotient(lax.sub(distance, like(p, 1.6)), _TAIL)
    )
    ends = choose(lax.eq(share, like(p, 0)), like(p, math.inf), like(p, math.nan))
    outer = choose(proper, outer, ends)
    return choose(middle, inner, choose(lax.lt(half, like(p, 0)), lax.neg(outer), outer))


_TAIL = (
    (
        7.74545014278341407640e-4, 0.0227238449892691845833, 0.241780725177450611770, 1.27045825245236838258,
        3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.148103976427480074590,
        0.689767334985100004550, 1.67638483018380384940, 2.05319162663775882187, 1.0,
    ),
)  # fmt: skip
_FAR = (
    (
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.00124266094738807843860, 0.0265321895265761230930,
        0.296560571828504891230, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720,
    ),
    (
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.868691311456132591e-4,
        0.0148753612908506148525, 0.136929880922735805310, 0.599832206555887937690, 1.0,
    ),
)  # fmt: skip


def _quotient(x: Array, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    parts = []
    for row in coefficients:
        part = lax.add(lax.mul(x, like(x, row[0])), like(x, row[1]))
        for c in row[2:]:
            part = lax.add(lax.mul(part, x), like(x, c))
        parts.append(part)
    return lax.div(parts[0], parts[1])


def log_ndtr(x: Any, series_order: int = 3) -> Array:
    """log(`ndtr`(x)), by the asymptotic series of erfc far below 0 (DLMF 7.12.1).

    ``series_order`` is taken for JAX's sake: the series always has the terms that the digits need.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: ``x`` is neither float32 nor float64.
        ValueError: ``series_order`` is not between 0 and 30.
    """
    if not 0 <= operator.index(series_order) <= 30:
        raise ValueError(f"`series_order` of log_ndtr must be an integer from 0 to 30, got {series_order!r}.")
    x = strong(float32_or_wider("log_ndtr", x))
    far = lax.lt(x, like(x, -12))
    low = lax.lt(x, like(x, -1))
    safe = choose(far, like(x, -12), x)
    half = like(x, 0.5)
    tail = lax.mul(half, lax.erfc(lax.mul(lax.abs(safe), like(x, _ROOT_HALF))))
    below = lax.log(choose(low, tail, half))
    above = lax.log1p(lax.neg(choose(low, half, choose(lax.gt(x, like(x, 0)), tail, ndtr(safe)))))
    # For -1 <= x <= 0 the complement is ndtr(-x), which is not small.
    between = lax.log(choose(lax.gt(x, like(x, 0)), half, ndtr(safe)))
    middle = choose(low, below, choose(lax.gt(x, like(x, 0)), above, between))
    large = choose(far, x, like(x, -12))
    inverse = lax.div(like(x, 1), lax.mul(large, large))
    series = like(x, _TERMS[-1])
    for c in _TERMS[-2::-1]:
        series = lax.add(lax.mul(series, inverse), like(x, c))
    outer = lax.sub(
        lax.sub(lax.mul(lax.mul(large, large), like(x, -0.5)), lax.log(lax.neg(large))),
        like(x, 0.5 * math.log(2 * math.pi)),
    )
    return choose(far, lax.add(outer, lax.log1p(lax.mul(series, inverse))), middle)


# (-1)^k (2k - 1)!! for k >= 1.
_TERMS = [float((-1) ** k * math.prod(range(1, 2 * k, 2))) for k in range(1, 25)]
