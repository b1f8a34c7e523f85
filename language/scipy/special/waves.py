"""Sine, cosine and Fresnel integrals, and the Bessel functions of the first kind."""

from __future__ import annotations

import math
import operator
from typing import Any

from ... import lax
from ... import numpy as vnp
from ...arrays import Array
from ...control_flow import scan
from ...custom_rules import custom_jvp
from ...dispatch import lift
from ...numpy.elementwise import like
from ...numpy.promotion import array_of
from . import chebyshev as series
from .arguments import choose, given
from .chebyshev import chebyshev
from .exponentials import narrowed, widened


def sici(x: Any) -> tuple[Array, Array]:
    """Si(x) and Ci(x), the sine and cosine integrals, DLMF 6.2.9, 6.2.13; below 0 Ci is that of -x, as in JAX.

    Next to a root of Ci its error is that of the terms whose difference it is.

    Returns:
        Two arrays of floats of x's shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("sici", x)
    wide, dtype = widened(x)
    return narrowed(_si(wide), dtype), narrowed(_ci(wide), dtype)


def _auxiliary(size: Array) -> tuple[Array, Array]:
    """f and g of DLMF 6.2.17 and 6.2.18, for 4 and more."""
    inverse = lax.div(like(size, 1), size)
    square = lax.mul(inverse, inverse)
    f = lax.mul(inverse, chebyshev(series.SICI_F, square, 0, 1 / 16))
    return f, lax.mul(square, chebyshev(series.SICI_G, square, 0, 1 / 16))


@custom_jvp
def _si(x: Array) -> Array:
    size = lax.abs(x)
    far = lax.gt(size, like(x, 4.0))
    near = choose(far, like(x, 0.0), x)
    inner = lax.mul(x, chebyshev(series.SI, lax.mul(near, near), 0, 16))
    large = choose(far, lax.min(size, like(x, 1e30)), like(x, 4.0))  # beyond it all is pi / 2
    f, g = _auxiliary(large)
    outer = lax.sub(like(x, math.pi / 2), lax.add(lax.mul(f, lax.cos(large)), lax.mul(g, lax.sin(large))))
    return choose(far, vnp.copysign(outer, x), inner)


@_si.defjvp
def _si_slope(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    return _si(x), lax.mul(t, vnp.sinc(lax.mul(x, like(x, 1 / math.pi))))


@custom_jvp
def _ci(x: Array) -> Array:
    size = lax.abs(x)
    far = lax.gt(size, like(x, 4.0))
    near = choose(far, like(x, 1.0), size)
    square = lax.mul(near, near)
    logarithm = lax.add(lax.log(near), like(x, 0.5772156649015329))
    inner = lax.add(logarithm, lax.mul(square, chebyshev(series.CI, square, 0, 16)))
    infinite = lax.eq(size, like(x, math.inf))
    large = choose(lax.bitwise_and(far, lax.bitwise_not(infinite)), size, like(x, 4.0))
    f, g = _auxiliary(large)
    outer = lax.sub(lax.mul(f, lax.sin(large)), lax.mul(g, lax.cos(large)))
    outer = choose(infinite, like(x, 0.0), outer)
    return choose(far, outer, inner)


@_ci.defjvp
def _ci_slope(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    return _ci(x), lax.mul(t, lax.div(lax.cos(x), x))


def fresnel(x: Any) -> tuple[Array, Array]:
    """S(x) and C(x), the integrals of sin and cos of pi t^2 / 2 from 0 to x, DLMF 7.2.7, 7.2.8.

    Returns:
        Two arrays of floats of x's shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    (x,) = given("fresnel", x)
    wide, dtype = widened(x)
    return narrowed(_fresnel_s(wide), dtype), narrowed(_fresnel_c(wide), dtype)


def _turn(x: Array) -> Array:
    """pi x^2 / 2, less whole turns, for x = n + r with the whole n nearest: n r has no more bits than x."""
    # From here on every float64 is even, and its square has whole turns alone; so has every float32.
    small = lax.min(x, like(x, 2.0**53))
    whole = lax.round(small, lax.RoundingMethod.TO_NEAREST_EVEN)
    rest = lax.sub(small, whole)
    odd = lax.rem(whole, like(x, 2.0))
    cross = lax.rem(lax.mul(lax.mul(rest, whole), like(x, 2.0)), like(x, 4.0))
    return lax.mul(lax.add(lax.add(odd, cross), lax.mul(rest, rest)), like(x, math.pi / 2))


def _fresnel_far(size: Array) -> tuple[Array, Array, Array, Array]:
    """f, g (DLMF 7.2.10, 7.2.11) and the cosine and sine of the turn, for 1.6 and more."""
    inverse = lax.div(like(size, 1), size)
    square = lax.mul(inverse, inverse)
    fourth = lax.mul(square, square)
    f = lax.mul(lax.mul(inverse, like(size, 1 / math.pi)), chebyshev(series.FRESNEL_F, fourth, 0, 1 / 6.5536))
    g = chebyshev(series.FRESNEL_G, fourth, 0, 1 / 6.5536)
    g = lax.mul(lax.mul(lax.mul(square, inverse), like(size, 1 / math.pi**2)), g)
    turn = _turn(size)
    return f, g, lax.cos(turn), lax.sin(turn)


def _pieces(x: Array) -> tuple[Array, Array, Array, Array]:
    size = lax.abs(x)
    far = lax.gt(size, like(x, 1.6))
    near = choose(far, like(x, 0.0), x)
    square = lax.mul(near, near)
    return far, choose(far, size, like(x, 1.6)), square, lax.mul(square, square)


@custom_jvp
def _fresnel_s(x: Array) -> Array:
    far, large, square, fourth = _pieces(x)
    inner = lax.mul(lax.mul(x, square), chebyshev(series.FRESNEL_S, fourth, 0, 6.5536))
    f, g, cosine, sine = _fresnel_far(large)
    outer = lax.sub(like(x, 0.5), lax.add(lax.mul(f, cosine), lax.mul(g, sine)))
    return choose(far, vnp.copysign(outer, x), inner)


@_fresnel_s.defjvp
def _fresnel_s_slope(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    return _fresnel_s(x), lax.mul(t, lax.sin(_turn(lax.abs(x))))


@custom_jvp
def _fresnel_c(x: Array) -> Array:
    far, large, _, fourth = _pieces(x)
    inner = lax.mul(x, chebyshev(series.FRESNEL_C, fourth, 0, 6.5536))
    f, g, cosine, sine = _fresnel_far(large)
    outer = lax.add(like(x, 0.5), lax.sub(lax.mul(f, sine), lax.mul(g, cosine)))
    return choose(far, vnp.copysign(outer, x), inner)


@_fresnel_c.defjvp
def _fresnel_c_slope(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    return _fresnel_c(x), lax.mul(t, lax.cos(_turn(lax.abs(x))))


def bessel_jn(z: Any, *, v: int, n_iter: int = 50) -> Array:
    """J0(z) to Jv(z), by Miller's recurrence from order ``n_iter`` down, DLMF 3.6(iii): right for |z| below that.

    Args:
        z: a scalar or an array of one axis.
        v: the highest order that is wanted.
        n_iter: where the recurrence begins.

    Returns:
        An array of shape (v + 1, *z.shape).

    Raises:
        ValueError: ``z`` has more than one axis, or ``v`` is negative or not below ``n_iter``.
    """
    z = array_of("bessel_jn", z)
    if z.ndim > 1:
        raise ValueError(f"`z` of bessel_jn must have at most one axis, got shape {z.shape}. Use vmap.")
    if not 0 <= operator.index(v) < n_iter:
        raise ValueError(f"`v` of bessel_jn must lie in [0, n_iter), got {v} for {n_iter}.")
    (z,) = given("bessel_jn", z)
    zero = lax.eq(z, like(z, 0))
    twice = lax.div(like(z, 2.0), choose(zero, like(z, 1.0), z))

    def step(carry: Any, k: Any) -> Any:
        above, here, total = carry
        below = lax.sub(lax.mul(lax.mul(twice, vnp.broadcast_to(k, z.shape)), here), above)
        # What has grown large is made small again, all of it.
        large = lax.gt(lax.abs(below), like(z, 1e10))
        scale = choose(large, like(z, 1e-10), lax.full_like(z, 1))
        even = lax.eq(lax.rem(k, like(k, 2.0)), like(k, 1.0))
        total = lax.add(total, choose(vnp.broadcast_to(even, z.shape), below, lax.full_like(z, 0)))
        here, below, total = (lax.mul(y, scale) for y in (here, below, total))
        return (here, below, total), (below, scale)

    orders = lax.convert_element_type(vnp.arange(n_iter, 0, -1), z.dtype)
    start = (lax.full_like(z, 0), lax.full_like(z, 1e-20), lax.full_like(z, 0))
    (_, last, total), (values, scales) = scan(step, start, orders)
    norm = lax.sub(lax.add(total, total), last)
    later = vnp.cumprod(vnp.flip(scales, 0), 0)
    later = vnp.concatenate([vnp.ones_like(later[:1]), later[:-1]])
    found = vnp.multiply(vnp.flip(values, 0), later)[: v + 1]
    first = vnp.concatenate([lax.full_like(found[:1], 1), lax.full_like(found[1:], 0)])
    return lift(vnp.where(zero, first, vnp.divide(found, norm)))
