"""The slopes of scaled Bessel functions, written so that they keep their digits far out.

For x > 0, with gap = i0e - i1e: i0e' = -gap and i1e' = gap - i1e / x (DLMF 10.29.3). Far out the gap is a small
difference of neighbours, and is summed from the differences of their series' terms (10.40.1).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .. import operations as ops
from ..operations import absolute, compare, div, mul, neg, scale, shift, sqrt, sub, unary, where

# Where the terms left out are below 2^-60 of the gap, and of its derivatives.
_BOUND = 32.0


def _differences(terms: int = 32) -> list[float]:
    """(-1)^k (a_k(0) - a_k(1)) for k >= 1, DLMF 10.17.1."""
    found, a, b = [], Fraction(1), Fraction(1)
    for k in range(1, terms):
        a *= Fraction((2 * k - 1) ** 2, 8 * k)
        b *= Fraction((2 * k - 1) ** 2 - 4, 8 * k)
        found.append(float(a - b))
    return found


# Rounded once, as math.sqrt(2 * math.pi) is not.
_ROOT_TWO_PI = 2.5066282746310005
_GAP = _differences()


def _gap(size: Any) -> Any:
    """i0e - i1e at a number that is not negative."""
    far = compare("gt", size, ops.full_like(size, _BOUND))
    large = where(far, size, ops.full_like(size, _BOUND))
    near = where(far, ops.full_like(size, 1), size)
    inverse = ops.reciprocal(large)
    series = ops.full_like(size, _GAP[-1])
    for c in reversed(_GAP[:-1]):
        series = shift(mul(series, inverse), c)
    outer = div(mul(series, inverse), scale(sqrt(large), _ROOT_TWO_PI))
    return where(far, outer, sub(unary("bessel_i0e", near), unary("bessel_i1e", near)))


def i0e_slope(x: Any, y: Any) -> Any:
    """The derivative of exp(-|x|) I0(x); 0 at its bend."""
    return neg(mul(unary("sign", x), _gap(absolute(x))))


def i1e_slope(x: Any, y: Any) -> Any:
    """The derivative of exp(-|x|) I1(x)."""
    size = absolute(x)
    # i1e is x (1 - |x|) / 2 there, to twice the digits of a double, and may be subnormal.
    tiny = compare("lt", size, ops.full_like(x, 2.0**-100))
    safe = where(tiny, ops.full_like(x, 1), x)
    least = scale(sub(ops.full_like(x, 1), size), 0.5)
    return sub(_gap(size), where(tiny, least, div(unary("bessel_i1e", safe), safe)))
