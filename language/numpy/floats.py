"""The parts of floats: exponents, mantissas, and the distance to the next number."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import bool_, default_int, finfo, float16, float32, int32, is_integer
from .classes import copysign
from .elementwise import const
from .promotion import array_of, convert, promote_inexact, same_shape


def _bits(x: Array) -> Array:
    return lax.bitcast_convert_type(x, np.dtype(f"int{8 * x.dtype.itemsize}"))


def _power_of_two(k: Array, like: Array) -> Array:
    """2^k in the dtype of ``like``, for exponents of normal numbers: its bits are k + bias before the mantissa's."""
    form = finfo(like.dtype)
    whole = lift(convert(k, np.dtype(f"int{8 * like.dtype.itemsize}")))
    biased = lax.add(whole, lax.full_like(whole, 1 - int(form.minexp)))
    return lax.bitcast_convert_type(lax.shift_left(biased, lax.full_like(whole, int(form.nmant))), like.dtype)


def frexp(x: Any, /) -> tuple[Array, Array]:
    """x as m 2^e with |m| in [1/2, 1): m as floats, e as int32; 0, infinities and NaN are their own m, with e = 0.

    Returns:
        Floats of x's shape, and int32 of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = lift(*promote_inexact("frexp", x))
    form = finfo(x.dtype)
    digits = int(form.nmant) + 1
    # A subnormal number is brought among the normal ones first, exactly.
    small = lax.lt(lax.abs(x), const(x, float(form.smallest_normal)))
    raised = lax.select(small, lax.mul(x, lax.full_like(x, 2.0**digits)), x)
    bits = _bits(raised)
    mask = (1 << (8 * x.dtype.itemsize - digits)) - 1
    field = lax.bitwise_and(
        lax.shift_right_logical(bits, lax.full_like(bits, digits - 1)), lax.full_like(bits, mask)
    )
    exponent = lax.add(lift(convert(field, int32)), lax.full(x.shape, np.int32(int(form.minexp) - 0)))
    exponent = lax.sub(
        exponent, lax.select(small, lax.full_like(exponent, digits), lax.full_like(exponent, 0))
    )
    plain = lax.bitwise_and(lax.is_finite(x), lax.ne(x, lax.full_like(x, 0)))
    exponent = lax.select(plain, exponent, lax.full_like(exponent, 0))
    return ldexp(x, lax.neg(exponent)), exponent


def ldexp(x1: Any, x2: Any, /) -> Array:
    """x1 2^x2, rounded once: floats of the common shape.

    Returns:
        Floats of the broadcast shape.

    Raises:
        ValueError: ``x2`` is not of integers.
    """
    power = array_of("ldexp", x2)
    if not (is_integer(power.dtype) or power.dtype == bool_):
        raise ValueError(f"`x2` of ldexp must hold integers, got {power.dtype}.")
    (given,) = promote_inexact("ldexp", x1)
    x, k = same_shape(*_together(lift(given), lift(convert(power, default_int()))))
    if x.dtype == float16:  # float32 holds every product exactly
        return lift(
            convert(_scaled(lift(convert(x, float32)), lax.clamp(_int(k, -60), k, _int(k, 60))), float16)
        )
    return _scaled(x, k)


def _int(like: Array, value: int) -> Any:
    return np.asarray(value, like.dtype)[()]


def _together(x: Array, k: Array) -> tuple[Array, Array]:
    from .manipulation import broadcast_arrays

    x, k = broadcast_arrays(x, k)
    return x, k


def _scaled(x: Array, k: Array) -> Array:
    """musl's scalbn: downwards each step stops short of the subnormal numbers, so that only the last one rounds."""
    form = finfo(x.dtype)
    high, low = int(form.maxexp) - 1, int(form.minexp)
    zero = lax.full_like(k, 0)
    for _ in range(2):
        down = lax.select(lax.lt(k, lax.full_like(k, low)), lax.full_like(k, low + int(form.nmant) + 1), zero)
        step = lax.select(lax.gt(k, lax.full_like(k, high)), lax.full_like(k, high), down)
        x, k = lax.mul(x, _power_of_two(step, x)), lax.sub(k, step)
    return lax.mul(x, _power_of_two(lax.clamp(_int(k, low), k, _int(k, high)), x))


def spacing(x: Any, /) -> Array:
    """The distance from x to the next number away from 0, with x's sign; in float16 to the next number above.

    Returns:
        Floats of x's shape; integers and booleans become floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = lift(*promote_inexact("spacing", x))
    infinity = lax.full_like(x, np.inf)
    if x.dtype == float16:
        found = lax.sub(lax.nextafter(x, infinity), x)
        return lax.select(lax.is_finite(x), found, lax.full_like(x, np.nan))
    found = lax.sub(lax.nextafter(x, copysign(infinity, x)), x)
    least = copysign(lax.full_like(x, float(finfo(x.dtype).smallest_subnormal)), x)
    return lift(convert(lax.select(lax.eq(found, lax.full_like(found, 0)), least, found), x.dtype))
