"""Limits and replacements: clip, nan_to_num, and what is close; conversion to another dtype."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dtypes import DType, canonical, finfo, is_complex, is_float
from .arithmetic import add, maximum, minimum, multiply
from .classes import isfinite, isnan, isneginf, isposinf
from .complex_numbers import in_each_part
from .creation import placed
from .logic import less_equal, logical_and, logical_or
from .promotion import array_of, convert, promote_inexact, real_only, same_shape


def clip(arr: Any, /, min: Any = None, max: Any = None) -> Array:
    """``arr`` limited to [min, max]; a limit of None does not limit.

    Returns:
        An array of the broadcast shape and of arr's dtype, promoted with the limits'.

    Raises:
        TypeError: an argument is no array and no number.
    """
    found = real_only("clip", arr)
    if min is not None:
        found = maximum(min, found)
    if max is not None:
        found = minimum(max, found)
    return found


def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Array:
    """``x`` with NaN and the infinities replaced, the latter by the largest finite numbers.

    Returns:
        An array of x's shape and dtype.

    Raises:
        TypeError: ``x`` is no array and no number.
    """
    found = array_of("nan_to_num", x)
    if is_complex(found.dtype):
        return in_each_part(lambda part: nan_to_num(part, copy, nan, posinf, neginf), found)
    if not is_float(found.dtype):
        return found
    dtype = found.dtype
    limits = finfo(dtype)
    high = limits.max if posinf is None else posinf
    low = limits.min if neginf is None else neginf
    for place, value in ((isnan(found), nan), (isposinf(found), high), (isneginf(found), low)):
        _, filler = same_shape(found, convert(value, dtype))
        found = lax.select(place, filler, found)
    return found


def isclose(
    a: Any,
    b: Any,
    rtol: Any = 1e-05,
    atol: Any = 1e-08,
    equal_nan: bool = False,
) -> Array:
    """Whether |a - b| <= atol + rtol |b|, as NumPy says it.

    Returns:
        Booleans of the broadcast shape.

    Raises:
        TypeError: an argument is no array and no number.
    """
    a, b = same_shape(*promote_inexact("isclose", a, b))
    dtype = a.dtype
    relative, absolute_ = convert(rtol, dtype), convert(atol, dtype)
    allowed = add(absolute_, multiply(relative, lax.abs(b)))
    near = logical_and(isfinite(b), less_equal(lax.abs(lax.sub(a, b)), allowed))
    found = logical_or(lax.eq(a, b), near)
    return logical_or(found, logical_and(isnan(a), isnan(b))) if equal_nan else found


def astype(x: Any, dtype: Any, /, *, copy: bool = False, device: Any = None) -> Array:
    """``x`` converted to a dtype; None means the default float.

    Returns:
        An array of x's shape, of ``dtype``.

    Raises:
        ValueError: ``device`` is neither None nor a device.
    """
    wanted: DType = canonical(np.float64 if dtype is None else dtype)
    found: Array = convert(array_of("astype", x), wanted)
    return placed(found, device)


def viewed(x: Array, dtype: Any) -> Array:
    """The bits of ``x`` read as another dtype; the last axis grows or shrinks as the elements' size does.

    Returns:
        An array of ``dtype``; ``x`` itself if that is None.

    Raises:
        ValueError: the last axis does not hold a whole number of the wider elements.
    """
    wanted = x.dtype if dtype is None else canonical(dtype)
    old, new = x.dtype.itemsize, wanted.itemsize
    if old == new:
        return lax.bitcast_convert_type(x, wanted) if wanted != x.dtype else x
    if not x.shape or x.shape[-1] * old % new:
        raise ValueError(
            f"`dtype` of view must fit the last axis a whole number of times, got {wanted} for {x.aval}. "
            f"Convert the elements with .astype, or reshape the array."
        )
    if old > new:
        return lax.reshape(lax.bitcast_convert_type(x, wanted), (*x.shape[:-1], x.shape[-1] * old // new))
    parts = lax.reshape(x, (*x.shape[:-1], x.shape[-1] * old // new, new // old))
    return lax.bitcast_convert_type(parts, wanted)
