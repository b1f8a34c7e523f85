"""Special functions that are compositions of primitives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import lax
from .arrays import Array
from .dispatch import lift
from .dtypes import float32, float64
from .numpy.promotion import convert, promote_inexact

# M. Giles, "Approximating the erfinv function", GPU Computing Gems 2 (2011): single precision, in powers
# of w - 2.5 for w = -log(1 - x^2) below 5, and of sqrt(w) - 3 above it; highest power first.
_CENTRE = (
    2.81022636e-08,
    3.43273939e-07,
    -3.5233877e-06,
    -4.39150654e-06,
    0.00021858087,
    -0.00125372503,
    -0.00417768164,
    0.246640727,
    1.50140941,
)
_TAIL = (
    -0.000200214257,
    0.000100950558,
    0.00134934322,
    -0.00367342844,
    0.00573950773,
    -0.0076224613,
    0.00943887047,
    1.00167406,
    2.83297682,
)


def erf_inv(x: Any) -> Array:
    """The number in (-inf, inf) whose erf is x, for x in (-1, 1)."""
    (given,) = promote_inexact("erf_inv", x)
    x = lift(given)
    dtype = x.dtype
    wide = lift(convert(x, float64 if dtype == float64 else float32))
    found = _giles(wide)
    if dtype == float64:
        # The start has 7 digits, in the tail 2; each step of Halley's method triples them.
        found = _halley(_halley(_start(found, wide), wide), wide)
    ends = lax.eq(lax.abs(wide), _like(wide, 1.0))
    # Constants, not a product: an infinite factor would make the derivative everywhere NaN.
    above = lax.gt(wide, _like(wide, 0.0))
    limits = lax.select(above, lax.full_like(wide, math.inf), lax.full_like(wide, -math.inf))
    found = lax.select(ends, limits, found)
    return lift(convert(found, dtype))


def _like(x: Array, value: float) -> Any:
    return np.asarray(value, x.dtype)[()]


def _decay(x: Array) -> Array:
    """-log(1 - x^2), without the rounding of x^2, which is most of 1 - x^2 near 1."""
    return lax.neg(lax.add(lax.log1p(x), lax.log1p(lax.neg(x))))


def _giles(x: Array) -> Array:
    w = _decay(x)
    central = lax.lt(w, _like(x, 5.0))
    safe = lax.select(central, lax.full_like(w, 5.0), w)
    step = lax.select(central, lax.sub(w, _like(x, 2.5)), lax.sub(lax.sqrt(safe), _like(x, 3.0)))
    found = _chosen(central, _CENTRE[0], _TAIL[0], x)
    for centre, tail in zip(_CENTRE[1:], _TAIL[1:], strict=True):
        found = lax.add(lax.mul(found, step), _chosen(central, centre, tail, x))
    return lax.mul(found, x)


def _start(found: Array, x: Array) -> Array:
    """The single-precision result, and beyond its reach the leading terms of the asymptotic series."""
    w = _decay(x)
    far = lax.gt(w, _like(x, 16.0))
    safe = lax.select(far, w, lax.full_like(w, 16.0))
    # erfc(y) is close to exp(-y^2) / (y sqrt(pi)), and 1 - x^2 to 2 erfc(y).
    tail = lax.add(safe, _like(x, math.log(2.0)))
    root = lax.sqrt(lax.sub(tail, lax.mul(_like(x, 0.5), lax.log(lax.mul(_like(x, math.pi), tail)))))
    return lax.select(far, lax.mul(lax.sign(x), root), found)


def _chosen(central: Array, centre: float, tail: float, x: Array) -> Array:
    return lax.select(central, lax.full_like(x, centre), lax.full_like(x, tail))


def _halley(y: Array, x: Array) -> Array:
    # The distance from x is taken from whichever of erf and erfc has its digits.
    size, goal = lax.abs(y), lax.abs(x)
    near = lax.lt(goal, _like(x, 0.5))
    rest = lax.sub(lax.sub(_like(x, 1.0), goal), lax.erfc(size))
    distance = lax.select(near, lax.sub(lax.erf(size), goal), rest)
    slope = lax.mul(lax.exp(lax.neg(lax.square(size))), _like(x, 2.0 / math.sqrt(math.pi)))
    newton = lax.div(distance, slope)
    step = lax.div(newton, lax.add(_like(x, 1.0), lax.mul(size, newton)))
    # The stop of the ends, where the slope is 0 and the step NaN, is the caller's selection.
    return lax.mul(lax.sign(x), lax.sub(size, step))
