"""Floats and truth values, uniform bits behind them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import DType, canonical, finfo, is_float, is_inexact
from ..numpy.promotion import array_of, convert, expand_to
from ..shapes import Shape, broadcast_shapes, canonical_shape
from .keys import raw_of
from .layouts import UNSIGNED
from .words import drawn_bits


def float_dtype(name: str, dtype: Any) -> DType:
    """The dtype of the result: the default float where none is given.

    Raises:
        ValueError: it is no float dtype.
    """
    wanted = canonical(np.float64 if dtype is None else dtype)
    if not is_float(wanted):
        raise ValueError(f"`dtype` of {name} must be a float dtype, got {wanted}.")
    return wanted


def inexact_dtype(name: str, dtype: Any) -> DType:
    """The dtype of the result: the default float where none is given.

    Raises:
        ValueError: it is neither a float nor a complex dtype.
    """
    wanted = canonical(np.float64 if dtype is None else dtype)
    if not is_inexact(wanted):
        raise ValueError(f"`dtype` of {name} must be a float or complex dtype, got {wanted}.")
    return wanted


def spread_to(name: str, x: Any, shape: Shape) -> Array:
    """A sampler's parameter in the shape of the result, which it must not enlarge."""
    x = array_of(name, x)
    if broadcast_shapes(x.shape, shape) != shape:
        raise ValueError(
            f"`shape` of {name} must be one that its parameters broadcast to, got {shape} for {x.shape}."
        )
    return x if x.shape == shape else expand_to(x, x.shape, shape)


def uniform(key: Any, shape: Any = (), dtype: Any = None, minval: Any = 0.0, maxval: Any = 1.0) -> Array:
    """Floats in [minval, maxval), all multiples of a fixed spacing.

    Returns:
        Floats of ``shape`` and ``dtype``.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = float_dtype("uniform", dtype)
    return drawn_uniform(raw_of("uniform", key), canonical_shape(shape), wanted, minval, maxval)


def drawn_uniform(raw: Array, shape: Shape, dtype: DType, minval: Any = 0.0, maxval: Any = 1.0) -> Array:
    """`uniform` of checked arguments."""
    floats = unit_floats(drawn_bits(raw, bits_of(dtype), shape), dtype)
    if _is_number(minval, 0.0) and _is_number(maxval, 1.0):
        return floats
    low, high = (spread_to("uniform", convert(x, dtype), shape) for x in (minval, maxval))
    return lax.max(low, lax.add(lax.mul(floats, lax.sub(high, low)), low))


def bits_of(dtype: DType) -> int:
    """How many random bits are drawn for a float."""
    info = finfo(dtype)
    return 8 if info.nmant < 8 else int(info.bits)


def unit_floats(words: Array, dtype: DType) -> Array:
    """Floats in [0, 1): random bits become the mantissa of a float in [1, 2), from which 1 is taken."""
    info, drawn = finfo(dtype), bits_of(dtype)
    wide = lift(convert(words, UNSIGNED[info.bits]))
    mantissa = lax.shift_right_logical(wide, np.asarray(drawn - info.nmant, wide.dtype)[()])
    one = np.asarray(1.0, dtype)
    floats = lax.bitcast_convert_type(lax.bitwise_or(mantissa, one.view(wide.dtype)[()]), dtype)
    return lax.sub(floats, one[()])


def _is_number(x: Any, value: float) -> bool:
    return isinstance(x, (int, float)) and x == value


def bernoulli(key: Any, p: Any = 0.5, shape: Any = None, mode: str = "low") -> Array:
    """True with probability ``p``.

    Raises:
        TypeError: ``p`` is no float.
        ValueError: ``mode`` is neither 'low' nor 'high'.
    """
    if mode not in ("low", "high"):
        raise ValueError(f"`mode` must be 'low' or 'high', got {mode!r}.")
    p = array_of("bernoulli", p)
    if not is_float(p.dtype):
        raise TypeError(f"`p` of bernoulli must be a float, got {p.dtype}.")
    p = lift(convert(p, p.dtype))
    raw, wanted = raw_of("bernoulli", key), p.shape if shape is None else canonical_shape(shape)
    p = spread_to("bernoulli", p, wanted)
    if mode == "low":
        return lax.lt(drawn_uniform(raw, wanted, p.dtype), p)
    both = drawn_uniform(raw, (2, *wanted), p.dtype)
    fine = vnp.multiply(both[1], np.asarray(2.0 ** -finfo(p.dtype).nmant, p.dtype)[()])
    return lax.lt(fine, lax.sub(p, both[0]))


def rademacher(key: Any, shape: Any = (), dtype: Any = None) -> Array:
    """-1 or 1, each as likely.

    Returns:
        Integers, or other numbers, of ``shape`` and ``dtype``.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = canonical(np.int64 if dtype is None else dtype)
    heads = bernoulli(key, 0.5, canonical_shape(shape))
    return lift(convert(vnp.subtract(vnp.multiply(2, heads), 1), wanted))
