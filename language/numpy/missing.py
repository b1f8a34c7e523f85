"""Reductions that leave out what is missing: NaN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dtypes import canonical, is_float
from .classes import isnan
from .moments import mean
from .promotion import array_of, to_inexact
from .reductions import all, max, min, prod, sum


def _without_nan(name: str, a: Any, filler: float) -> tuple[Array, Array | None]:
    """The array with NaN replaced, and where that was; None for dtypes without NaN."""
    a = array_of(name, a)
    if not is_float(a.dtype):
        return a, None
    missing = isnan(a)
    return lax.select(missing, lax.full_like(a, filler), a), missing


def nansum(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False, where: Any = None) -> Array:
    """The sum of what is not NaN."""
    return sum(_without_nan("nansum", a, 0)[0], axis, dtype, keepdims=keepdims, where=where)


def nanprod(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False, where: Any = None) -> Array:
    """The product of what is not NaN."""
    return prod(_without_nan("nanprod", a, 1)[0], axis, dtype, keepdims=keepdims, where=where)


def _nan_extreme(name: str, reduce: Any, a: Any, axis: Any, keepdims: bool) -> Array:
    filled, missing = _without_nan(name, a, -math.inf if reduce is max else math.inf)
    found: Array = reduce(filled, axis, keepdims=keepdims)
    if missing is None:
        return found
    return lax.select(all(missing, axis, keepdims=keepdims), lax.full_like(found, np.nan), found)


def nanmax(a: Any, axis: Any = None, keepdims: bool = False) -> Array:
    """The largest element that is not NaN; NaN if all are."""
    return _nan_extreme("nanmax", max, a, axis, keepdims)


def nanmin(a: Any, axis: Any = None, keepdims: bool = False) -> Array:
    """The smallest element that is not NaN; NaN if all are."""
    return _nan_extreme("nanmin", min, a, axis, keepdims)


def nanmean(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False, where: Any = None) -> Array:
    """The mean of what is not NaN."""
    filled, missing = _without_nan("nanmean", a, 0)
    if missing is None:
        return mean(filled, axis, dtype, keepdims=keepdims, where=where)
    wanted = to_inexact(filled.dtype) if dtype is None else canonical(dtype)
    present = sum(lax.bitwise_not(missing), axis, wanted, keepdims=keepdims, where=where)
    return lax.div(sum(filled, axis, wanted, keepdims=keepdims, where=where), present)
