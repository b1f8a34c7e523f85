"""Arithmetic on two operands, which meet by promotion."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import Tracer, aval_of, lift
from ..dtypes import UNSIGNED, bool_, is_float, is_integer
from ..lax.running import logaddexp as _logaddexp
from .classes import copysign, isinf, isnan, signbit
from .elementwise import ROUND_AWAY_FROM_ZERO, const, like, pair, strong, trunc
from .promotion import array_of, convert, promote, promote_inexact, promote_numeric, promote_real, same_shape


def add(x1: Any, x2: Any, /) -> Array:
    """x1 + x2; for booleans, or.

    Returns:
        An array of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = promote("add", x1, x2)
    return lax.bitwise_or(x1, x2) if aval_of(x1).dtype == bool_ else lax.add(x1, x2)


def multiply(x1: Any, x2: Any, /) -> Array:
    """x1 * x2; for booleans, and.

    Returns:
        An array of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = promote("multiply", x1, x2)
    return lax.bitwise_and(x1, x2) if aval_of(x1).dtype == bool_ else lax.mul(x1, x2)


subtract = pair("subtract", promote, lax.sub, "x1 - x2.")
true_divide = pair("true_divide", promote_inexact, lax.div, "x1 / x2, as floats.")
divide = true_divide
maximum = pair("maximum", promote, lax.max, "The larger of two; NaN if one is NaN.")
minimum = pair("minimum", promote, lax.min, "The smaller of two; NaN if one is NaN.")
arctan2 = pair("arctan2", promote_inexact, lax.atan2, "The angle of the point (x2, x1).")
atan2 = arctan2
float_power = pair("float_power", promote_inexact, lax.pow, "x1 to the power x2, as floats.")
nextafter = pair("nextafter", promote_inexact, lax.nextafter, "The next float after x1 towards x2.")


def fmax(x1: Any, x2: Any, /) -> Array:
    """The larger of two; NaN only if both are NaN.

    Returns:
        An array of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = same_shape(*promote("fmax", x1, x2))
    return lax.select(lax.bitwise_or(lax.gt(x1, x2), isnan(x2)), x1, x2)


def fmin(x1: Any, x2: Any, /) -> Array:
    """The smaller of two; NaN only if both are NaN.

    Returns:
        An array of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = same_shape(*promote("fmin", x1, x2))
    return lax.select(lax.bitwise_or(lax.lt(x1, x2), isnan(x2)), x1, x2)


def floor_divide(x1: Any, x2: Any, /) -> Array:
    """The largest whole number not above x1 / x2.

    Returns:
        An array of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = same_shape(*promote_numeric("floor_divide", x1, x2))
    dtype = x1.dtype
    if dtype in UNSIGNED:
        return lax.div(x1, x2)
    if is_integer(dtype):
        quotient = lax.div(x1, x2)
        apart = lax.ne(lax.sign(x1), lax.sign(x2))
        inexact = lax.ne(lax.rem(x1, x2), const(x1, 0))
        below = lax.sub(quotient, like(quotient, 1))
        return lax.select(lax.bitwise_and(apart, inexact), below, quotient)
    return _float_divmod(x1, x2)[0]


def remainder(x1: Any, x2: Any, /) -> Array:
    """x1 - x2 * floor(x1 / x2): it has x2's sign.

    Returns:
        An array of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = same_shape(*promote_numeric("remainder", x1, x2))
    x2 = _nonzero_divisor(x2)
    truncated = lax.rem(x1, x2)
    zero = strong(x1, 0)
    wrong_side = lax.ne(lax.lt(truncated, zero), lax.lt(x2, zero))
    shifted = lax.bitwise_and(wrong_side, lax.ne(truncated, zero))
    return lax.select(shifted, lax.add(truncated, x2), truncated)


mod = remainder


def _nonzero_divisor(x: Array) -> Array:
    """Integers: 1 in place of 0, since division by 0 has no integer result."""
    if not is_integer(x.dtype):
        return x
    return lax.select(lax.eq(x, const(x, 0)), lax.full_like(x, 1), x)


def fmod(x1: Any, x2: Any, /) -> Array:
    """The remainder of division towards zero: it has x1's sign.

    Returns:
        An array of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = same_shape(*promote_numeric("fmod", x1, x2))
    return lax.rem(x1, _nonzero_divisor(x2))


def divmod(x1: Any, x2: Any, /) -> tuple[Array, Array]:
    """``(floor_divide(x1, x2), remainder(x1, x2))``.

    Returns:
        Two arrays of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = same_shape(*promote_numeric("divmod", x1, x2))
    if is_integer(x1.dtype):
        return floor_divide(x1, x2), remainder(x1, x2)
    return _float_divmod(x1, x2)


def _float_divmod(x1: Array, x2: Array) -> tuple[Array, Array]:
    # CPython's float_divmod: the quotient of an exact multiple, so that rounding it is safe.
    mod = lax.rem(x1, x2)
    zero = const(mod, 0)
    exact = lax.select(lax.eq(x2, zero), x1, lax.sub(x1, mod))
    quotient = lax.div(exact, x2)
    apart = lax.ne(lax.sign(x2), lax.sign(mod))
    wrong_side = lax.bitwise_and(lax.ne(mod, zero), apart)
    mod = lax.select(wrong_side, lax.add(mod, x2), mod)
    quotient = lax.select(wrong_side, lax.sub(quotient, like(quotient, 1)), quotient)
    # A quotient of 0 has the sign that division gives it, which the difference above has lost.
    nothing = copysign(lax.full_like(quotient, 0), lax.div(x1, x2))
    quotient = lax.select(lax.eq(quotient, zero), nothing, lax.round(quotient, ROUND_AWAY_FROM_ZERO))
    return quotient, mod


def modf(x: Any, /) -> tuple[Array, Array]:
    """The fractional and the whole part, both with x's sign.

    Returns:
        Two arrays of x's shape, floats.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    (x,) = promote_inexact("modf", x)
    whole = trunc(x)
    infinite = isinf(x)
    # Nothing is left of a negative whole number but its sign.
    rest = lax.select(signbit(x), lax.neg(lax.sub(lax.neg(x), lax.neg(whole))), lax.sub(x, whole))
    return lax.select(infinite, copysign(lax.full_like(whole, 0), x), rest), whole


def power(x1: Any, x2: Any, /) -> Array:
    """x1 to the power x2.

    A Python integer (or concrete integer scalar) as ``x2`` multiplies; integer arrays are powered by squaring.

    Returns:
        An array of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    exponent = _static_integer(x2)
    if exponent is not None:
        (x1,) = promote_numeric("power", x1)
        return lax.integer_pow(x1, exponent)
    avals = [array_of("power", x).aval for x in (x1, x2)]
    base, other = promote_numeric("power", x1, x2)
    if is_integer(aval_of(base).dtype):
        return _integer_power(base, other)
    if is_float(avals[0].dtype) and is_integer(avals[1].dtype):
        base, other = _broadcast_only(x1, x2)
    return lax.pow(base, other)


pow = power


def _static_integer(x: Any) -> int | None:
    if isinstance(x, (bool, np.bool_, float, np.floating, Tracer)):
        return None
    if isinstance(x, (Array, np.ndarray)) and (x.shape != () or not is_integer(x.dtype)):
        return None
    try:
        return operator.index(x)
    except TypeError:
        return None


def _broadcast_only(x1: Any, x2: Any) -> list[Any]:
    from .promotion import broadcast_operands

    arrays = [lift(x1), lift(x2)]
    return broadcast_operands(arrays, [x.shape for x in arrays])


def _integer_power(x1: Any, x2: Any) -> Array:
    """Powering by squaring; more than 6 bits of exponent overflow for any base but -1, 0 and 1."""
    x1, x2 = same_shape(x1, x2)
    zero, one = strong(x2, 0), strong(x2, 1)
    vanishes = lax.bitwise_and(lax.eq(x1, zero), lax.ne(x2, zero))
    found = lax.select(vanishes, lax.full_like(x1, 0), lax.full_like(x1, 1))
    for _ in range(6):
        odd = lax.ne(lax.bitwise_and(x2, one), zero)
        found = lax.select(odd, lax.mul(found, x1), found)
        x1 = lax.mul(x1, x1)
        x2 = lax.shift_right_logical(x2, one)
    return lift(convert(found, found.dtype))


def hypot(x1: Any, x2: Any, /) -> Array:
    """sqrt(x1**2 + x2**2) without overflow on the way.

    Returns:
        Floats of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = same_shape(*promote_real("hypot", x1, x2))
    first = lax.ge(lax.abs(x1), lax.abs(x2))
    large, small = lax.select(first, x1, x2), lax.select(first, x2, x1)
    at_origin = lax.eq(large, const(large, 0))
    ratio = lax.div(small, lax.select(at_origin, lax.full_like(large, 1), large))
    found = lax.mul(lax.abs(large), lax.sqrt(lax.add(const(ratio, 1), lax.square(ratio))))
    infinite = lax.bitwise_or(isinf(x1), isinf(x2))
    return lax.select(infinite, lax.full_like(found, np.inf), found)


def logaddexp(x1: Any, x2: Any, /) -> Array:
    """log(exp(x1) + exp(x2)) without overflow on the way.

    Returns:
        Floats or complex numbers of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = same_shape(*promote_inexact("logaddexp", x1, x2))
    return _logaddexp(lift(x1), lift(x2))


def logaddexp2(x1: Any, x2: Any, /) -> Array:
    """log2(2**x1 + 2**x2) without overflow on the way.

    Returns:
        Floats of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = same_shape(*promote_real("logaddexp2", x1, x2))
    first = lax.ge(x1, x2)
    large, small = lax.select(first, x1, x2), lax.select(first, x2, x1)
    gap = lax.sub(small, large)
    unordered = lax.ne(gap, gap)
    safe = lax.select(unordered, lax.full_like(gap, 0), gap)
    raised = lax.div(lax.log1p(lax.exp2(safe)), lax.log(const(safe, 2)))
    return lax.select(unordered, lax.add(x1, x2), lax.add(large, raised))


def heaviside(x1: Any, x2: Any, /) -> Array:
    """0 below zero, x2 at zero, 1 above it.

    Returns:
        Floats of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    given, promoted = x1, promote_inexact("heaviside", x1, x2)
    zero, one = const(promoted[0], 0), const(promoted[0], 1)
    x1, x2, zeros, ones = same_shape(*promoted, zero, one)
    beside = lax.select(lax.lt(x1, zero), zeros, lax.select(lax.gt(x1, zero), ones, x1))
    found = lax.select(lax.eq(x1, zero), x2, beside)
    # 0 and 1 are as weak as a number x1 is; beside an array they are not.
    return lift(convert(found, found.dtype, np.ndim(given) == 0 and x1.weak_type and x2.weak_type))
