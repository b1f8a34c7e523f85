"""The scaled complementary error function, Dawson's integral, and the exponential integrals."""

from __future__ import annotations

import math
from typing import Any

from ... import lax
from ... import numpy as vnp
from ...arrays import Array
from ...control_flow import fori_loop
from ...custom_rules import custom_jvp
from ...dispatch import lift
from ...dtypes import bfloat16, float16, float32
from ...numpy.elementwise import like
from . import chebyshev as series
from .arguments import choose, given, strong
from .chebyshev import chebyshev

# The root of Ei, as the sum of two floats.
_ROOT, _ROOT_REST = 0.3725074107813666, 1.3140183414386028e-17


def widened(x: Array) -> tuple[Array, Any]:
    """Narrow floats in float32, and the dtype to go back to."""
    dtype = x.dtype
    return (lax.convert_element_type(x, float32) if dtype in (float16, bfloat16) else strong(x)), dtype


def narrowed(x: Any, dtype: Any) -> Array:
    """A result in the dtype that was asked for."""
    found: Array = lift(x)
    return found if found.dtype == dtype else lax.convert_element_type(found, dtype)


def square_exponential(x: Array, sign: float) -> Array:
    """exp(+-x^2): the square of x rounded to sixteenths is exact, and the rest is small."""
    coarse = lax.mul(lax.round(lax.mul(x, like(x, 16.0))), like(x, 1 / 16))
    rest = lax.mul(lax.sub(x, coarse), lax.add(x, coarse))
    first, second = (lax.exp(lax.mul(y, like(x, sign))) for y in (lax.mul(coarse, coarse), rest))
    return lax.mul(first, second)


# -- erfcx and dawsn --------------------------------------------------------------------------------------
def erfcx(x: Any) -> Array:
    """exp(x^2) erfc(x), DLMF 7.2.2; it overflows as exp(x^2) does below 0.

    M. M. Shepherd, J. G. Laframboise, "Chebyshev approximation of (1 + 2 x) exp(x^2) erfc x" (1981).

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("erfcx", x)
    wide, dtype = widened(x)
    return narrowed(_erfcx(wide), dtype)


@custom_jvp
def _erfcx(x: Array) -> Array:
    size = lax.abs(x)
    far = lax.gt(size, like(x, 1e10))
    near = choose(far, like(x, 1.0), size)
    place = lax.div(lax.sub(near, like(x, 3.75)), lax.add(near, like(x, 3.75)))
    inner = lax.div(chebyshev(series.ERFCX, place, -1, 1), lax.add(like(x, 1), lax.add(near, near)))
    above = choose(far, lax.div(like(x, 1 / math.sqrt(math.pi)), size), inner)
    below = lax.lt(x, like(x, 0))
    grown = square_exponential(choose(below, lax.max(x, like(x, -40.0)), like(x, 0.0)), 1.0)
    return choose(below, lax.sub(lax.add(grown, grown), above), above)


@_erfcx.defjvp
def _erfcx_slope(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    found = _erfcx(x)
    return found, lax.mul(t, lax.sub(lax.mul(lax.add(x, x), found), like(x, 2 / math.sqrt(math.pi))))


def dawsn(x: Any) -> Array:
    """Dawson's integral exp(-x^2) times that of exp(t^2) from 0 to x, DLMF 7.2.5.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("dawsn", x)
    wide, dtype = widened(x)
    return narrowed(_dawsn(wide), dtype)


@custom_jvp
def _dawsn(x: Array) -> Array:
    far = lax.gt(lax.abs(x), like(x, 4.0))
    near = choose(far, like(x, 0.0), x)
    inner = lax.mul(x, chebyshev(series.DAWSON_NEAR, lax.mul(near, near), 0, 16))
    inverse = lax.div(like(x, 1), choose(far, x, like(x, 4.0)))
    outer = chebyshev(series.DAWSON_FAR, lax.mul(inverse, inverse), 0, 1 / 16)
    return choose(far, lax.mul(lax.mul(like(x, 0.5), inverse), outer), inner)


@_dawsn.defjvp
def _dawsn_slope(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    found = _dawsn(x)
    return found, lax.mul(t, lax.sub(like(x, 1), lax.mul(lax.add(x, x), found)))


# -- exponential integrals ----------------------------------------------------------------------------------
def exp1(x: Any) -> Array:
    """E1(x), the integral of exp(-t) / t from x on, DLMF 6.2.1; infinite at 0 and NaN below.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("exp1", x)
    wide, dtype = widened(x)
    return narrowed(_exp1(wide), dtype)


@custom_jvp
def _exp1(x: Array) -> Array:
    far = lax.gt(x, like(x, 1.0))
    large = choose(far, x, like(x, 2.0))
    bounded = lax.min(large, like(x, 1e30))
    place = lax.div(lax.sub(bounded, like(x, 4.0)), lax.add(bounded, like(x, 2.0)))
    outer = lax.mul(lax.div(lax.exp(lax.neg(large)), large), chebyshev(series.EXP1_FAR, place, -1, 1))
    inside = lax.bitwise_and(lax.ge(x, like(x, 0)), lax.bitwise_not(far))
    near = choose(inside, x, like(x, 1.0))
    found = like(x, 0.0)
    for k in range(19, 0, -1):  # DLMF 6.6.2
        found = lax.mul(lax.add(found, like(x, (-1) ** (k + 1) / (k * math.factorial(k)))), near)
    inner = lax.sub(found, lax.add(lax.log(near), like(x, 0.5772156649015329)))
    return choose(far, outer, choose(inside, inner, like(x, math.nan)))


@_exp1.defjvp
def _exp1_slope(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    return _exp1(x), lax.mul(t, lax.neg(lax.div(lax.exp(lax.neg(x)), x)))


def expi(x: Any) -> Array:
    """Ei(x), the principal value of the integral of exp(t) / t up to x, DLMF 6.2.5; -inf at 0.

    Returns:
        Floats of x's shape; integers become floats.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("expi", x)
    wide, dtype = widened(x)
    return narrowed(_expi(wide), dtype)


@custom_jvp
def _expi(x: Array) -> Array:
    negative = lax.lt(x, like(x, 0))
    below = lax.neg(_exp1(choose(negative, lax.neg(x), like(x, 1.0))))
    near = lax.bitwise_and(lax.le(x, like(x, 6.0)), lax.bitwise_not(negative))
    at = choose(near, x, like(x, 1.0))
    distance = lax.sub(lax.sub(at, like(x, _ROOT)), like(x, _ROOT_REST))
    close = lax.lt(lax.abs(distance), like(x, 0.25))
    relative = lax.div(choose(close, distance, like(x, 0.0)), like(x, _ROOT))
    logarithm = choose(close, lax.log1p(relative), lax.log(lax.div(at, like(x, _ROOT))))
    inner = lax.add(logarithm, lax.mul(distance, chebyshev(series.EI_NEAR, at, 0, 6)))
    inverse = lax.div(like(x, 1), choose(lax.gt(x, like(x, 6.0)), lax.min(x, like(x, 800.0)), like(x, 7.0)))
    pieces = [
        chebyshev(c, choose(inside, inverse, like(x, (low + high) / 2)), low, high)
        for c, low, high in (
            (series.EI_MIDDLE, 1 / 12, 1 / 6),
            (series.EI_LARGE, 1 / 30, 1 / 12),
            (series.EI_FAR, 1 / 800, 1 / 30),
        )
        for inside in [lax.bitwise_and(lax.ge(inverse, like(x, low)), lax.le(inverse, like(x, high)))]
    ]
    part = choose(
        lax.gt(inverse, like(x, 1 / 12)),
        pieces[0],
        choose(lax.gt(inverse, like(x, 1 / 30)), pieces[1], pieces[2]),
    )
    half = lax.exp(lax.mul(lax.min(x, like(x, 800.0)), like(x, 0.5)))
    large = choose(
        lax.gt(x, like(x, 799.0)), like(x, math.inf), lax.mul(lax.mul(half, inverse), lax.mul(half, part))
    )
    return choose(lax.ne(x, x), x, choose(negative, below, choose(near, inner, large)))


@_expi.defjvp
def _expi_slope(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    return _expi(x), lax.mul(t, lax.div(lax.exp(x), x))


def expn(n: Any, x: Any) -> Array:
    """En(x), the integral of exp(-x t) / t^n from 1 on, for whole n >= 0, DLMF 8.19.3; NaN below 0.

    Above 1 by the continued fraction 8.19.17, below by the series 8.19.8.

    Returns:
        Floats of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    n, x = given("expn", n, x)
    wide, dtype = widened(x)
    return narrowed(_expn(lax.convert_element_type(n, wide.dtype), wide), dtype)


@custom_jvp
def _expn(n: Array, x: Array) -> Array:
    far = lax.gt(x, like(x, 1.0))
    large = choose(far, x, like(x, 2.0))
    outer = lax.mul(lax.exp(lax.neg(large)), _expn_fraction(n, large))
    inside = lax.bitwise_and(lax.gt(x, like(x, 0)), lax.bitwise_not(far))
    inner = _expn_series(n, choose(inside, x, like(x, 1.0)))
    first = lax.div(lax.exp(lax.neg(x)), x)
    edge = choose(lax.gt(n, like(x, 1)), lax.div(like(x, 1), lax.sub(n, like(x, 1))), like(x, math.inf))
    outside = choose(lax.eq(x, like(x, 0)), edge, like(x, math.nan))
    found = choose(far, outer, choose(inside, inner, outside))
    found = choose(lax.eq(n, like(x, 0)), choose(lax.ge(x, like(x, 0)), first, like(x, math.nan)), found)
    return choose(lax.eq(x, like(x, math.inf)), like(x, 0.0), found)


def _expn_fraction(n: Array, x: Array) -> Array:
    """1 / (x + n - 1 n / (x + n + 2 - 2 (n + 1) / (x + n + 4 - ...))), from its 130th term back."""
    depth = 130

    def step(i: Any, found: Array) -> Array:
        k = vnp.subtract(depth, i)
        top = lax.mul(like_count(x, k), lax.add(n, like_count(x, vnp.subtract(k, 1))))
        return lax.sub(
            lax.add(lax.add(x, n), like_count(x, vnp.multiply(2, vnp.subtract(k, 1)))), lax.div(top, found)
        )

    start = lax.add(lax.add(x, n), like(x, 2.0 * depth))
    found: Array = fori_loop(0, depth, step, start)
    return lax.div(like(x, 1), found)


def like_count(x: Array, k: Any) -> Array:
    """A counter in the type and shape of an array."""
    found: Array = vnp.broadcast_to(lax.convert_element_type(k, x.dtype), x.shape)
    return found


def _expn_series(n: Array, x: Array) -> Array:
    """(-x)^(n - 1) (psi(n) - log x) / (n - 1)! less the sum of (-x)^k / (k! (k - n + 1)) over other k."""
    one = like(x, 1)
    least = lax.max(n, lax.full_like(n, 1))
    previous = lax.sub(least, one)
    term, total = lax.full_like(x, 1), lax.full_like(x, 0)
    for k in range(25):
        at = lax.sub(lax.full_like(x, float(k)), previous)
        pole = lax.eq(at, like(x, 0))
        part = lax.div(term, choose(pole, one, at))
        total = choose(pole, total, lax.sub(total, part))
        term = lax.mul(term, lax.mul(x, like(x, -1 / (k + 1))))
    odd = lax.ne(lax.mul(lax.floor(lax.mul(previous, like(x, 0.5))), like(x, 2.0)), previous)
    size = lax.exp(lax.sub(lax.mul(previous, lax.log(x)), lax.lgamma(least)))
    pole_term = lax.mul(size, lax.sub(lax.digamma(least), lax.log(x)))
    return lax.add(choose(odd, lax.neg(pole_term), pole_term), total)


@_expn.defjvp
def _expn_slope(primals: Any, tangents: Any) -> Any:
    (n, x), (_, t) = primals, tangents
    return _expn(n, x), lax.mul(t, lax.neg(_expn(lax.sub(n, like(x, 1)), x)))
