"""Integers of a range."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import DType, canonical, iinfo, int32, is_integer
from ..numpy.promotion import convert
from ..shapes import Shape, canonical_shape
from .keys import raw_of
from .layouts import UNSIGNED
from .uniforms import spread_to
from .words import drawn_bits, keys_of


def randint(key: Any, shape: Any, minval: Any, maxval: Any, dtype: Any = None) -> Array:
    """Integers in [minval, maxval).

    Raises:
        TypeError: the dtype is no integer.
    """
    wanted = canonical(np.int64 if dtype is None else dtype)
    if not is_integer(wanted):
        raise TypeError(f"`dtype` of randint must be an integer dtype, got {wanted}.")
    shape = canonical_shape(shape)
    working = wanted
    if wanted.itemsize < 4:
        info, working = iinfo(wanted), int32
        minval = vnp.clip(vnp.asarray(minval, int32), info.min, info.max)
        maxval = vnp.clip(vnp.asarray(maxval, int32), info.min, info.max + 1)
    return lift(convert(_randint(raw_of("randint", key), shape, minval, maxval, working), wanted))


def _randint(raw: Array, shape: Shape, minval: Any, maxval: Any, dtype: DType) -> Array:
    low, high = (_integers(x) for x in (minval, maxval))
    # One beyond the dtype's largest is allowed: then the whole range is meant.
    beyond = vnp.greater(high, _clipped(vnp.asarray(iinfo(dtype).max, dtype), high.dtype))
    low, high = _clipped(low, dtype), _clipped(high, dtype)
    low, high, beyond = (spread_to("randint", x, shape) for x in (low, high, beyond))
    width = dtype.itemsize * 8
    unsigned = UNSIGNED[width]
    keys = keys_of(raw, (2,))
    upper, lower = (drawn_bits(keys[i], width, shape) for i in range(2))
    span = lift(convert(lax.sub(high, low), unsigned))
    span = lax.select(lax.le(high, low), lax.full_like(span, 1), span)
    wider = lax.bitwise_and(beyond, lax.gt(high, low))
    span = lax.select(wider, lax.add(span, lax.full_like(span, 1)), span)
    # Two words, so that the remainder is as good as uniform: 2**width mod span, in steps that fit.
    factor = lax.rem(lax.full_like(span, 2 ** (width // 2)), span)
    factor = lax.rem(lax.mul(factor, factor), span)
    offset = lax.rem(lax.add(lax.mul(lax.rem(upper, span), factor), lax.rem(lower, span)), span)
    return lax.add(low, lift(convert(offset, dtype)))


def _integers(x: Any) -> Array:
    x = vnp.asarray(x)
    return x if is_integer(x.dtype) else vnp.astype(x, np.int64)


def _clipped(x: Array, dtype: DType) -> Array:
    here, there = iinfo(x.dtype), iinfo(dtype)
    low, high = max(here.min, there.min), min(here.max, there.max)
    limited = vnp.clip(x, np.asarray(low, x.dtype)[()], np.asarray(high, x.dtype)[()])
    return lift(convert(limited, dtype))
