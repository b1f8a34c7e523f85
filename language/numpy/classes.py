"""Signs and classes of numbers: finite, infinite, NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import UNSIGNED, bool_, is_complex, is_float, is_inexact, is_integer
from .complex_numbers import finite
from .elementwise import const, strong
from .promotion import array_of, convert, promote, promote_inexact, real_only, same_shape


def signbit(x: Any, /) -> Array:
    """Whether the sign bit is set: -0.0 and negative NaNs count.

    Returns:
        Booleans of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    (x,) = promote("signbit", x)
    x = lift(x)
    if x.dtype == bool_ or x.dtype in UNSIGNED:
        return lax.full_like(x, False, dtype=bool_)
    if is_integer(x.dtype):
        return lax.lt(x, strong(x, 0))
    bits = lax.bitcast_convert_type(x, np.dtype(f"int{x.dtype.itemsize * 8}"))
    return lax.lt(bits, const(bits, 0))


def copysign(x1: Any, x2: Any, /) -> Array:
    """The magnitude of x1 with the sign of x2.

    Returns:
        Floats of the broadcast shape and the common dtype.

    Raises:
        TypeError: an argument is no array and no number.
    """
    x1, x2 = same_shape(*promote_inexact("copysign", x1, x2))
    size = lax.abs(x1)
    found = lax.select(signbit(x2), lax.neg(size), size)
    return lift(convert(found, found.dtype, x1.weak_type and x2.weak_type))


def isfinite(x: Any, /) -> Array:
    """Whether x is neither infinite nor NaN.

    Returns:
        Booleans of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("isfinite", x)
    return finite(x)


def isnan(x: Any, /) -> Array:
    """Whether x is NaN.

    Returns:
        Booleans of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("isnan", x)
    return lax.ne(x, x) if is_inexact(x.dtype) else lax.full_like(x, False, dtype=bool_)


def isinf(x: Any, /) -> Array:
    """Whether x is infinite.

    Returns:
        Booleans of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = array_of("isinf", x)
    if is_complex(x.dtype):
        return lax.bitwise_or(isinf(lax.real(x)), isinf(lax.imag(x)))
    if not is_float(x.dtype):
        return lax.full_like(x, False, dtype=bool_)
    return lax.eq(lax.abs(x), const(x, np.inf))


def isposinf(x: Any, /) -> Array:
    """Whether x is positive infinity.

    Returns:
        Booleans of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = real_only("isposinf", x)
    return lax.eq(x, const(x, np.inf)) if is_float(x.dtype) else lax.full_like(x, False, dtype=bool_)


def isneginf(x: Any, /) -> Array:
    """Whether x is negative infinity.

    Returns:
        Booleans of x's shape.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    x = real_only("isneginf", x)
    return lax.eq(x, const(x, -np.inf)) if is_float(x.dtype) else lax.full_like(x, False, dtype=bool_)
