"""Reductions that leave out what is missing: NaN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dtypes import canonical, is_float, real_of, to_inexact
from .classes import isnan
from .manipulation import broadcast_to
from .moments import mean, std, var
from .promotion import array_of
from .reductions import all, max, min, prod, sum
from .running import cumprod, cumsum


def _without_nan(name: str, a: Any, filler: float) -> tuple[Array, Array | None]:
    """The array with NaN replaced, and where that was; None for dtypes without NaN."""
    a = array_of(name, a)
    if not is_float(real_of(a.dtype)):
        return a, None
    missing = isnan(a)
    return lax.select(missing, lax.full_like(a, filler), a), missing


def nansum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
) -> Array:
    """The sum of what is not NaN. Arguments, dtypes and errors are `sum`'s."""
    return sum(_without_nan("nansum", a, 0)[0], axis, dtype, out, keepdims, initial, where)


def nanprod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
) -> Array:
    """The product of what is not NaN. Arguments, dtypes and errors are `prod`'s."""
    return prod(_without_nan("nanprod", a, 1)[0], axis, dtype, out, keepdims, initial, where)


def _nan_extreme(
    name: str, reduce: Any, a: Any, axis: Any, out: None, keepdims: bool, initial: Any, where: Any
) -> Array:
    filled, missing = _without_nan(name, a, -math.inf if reduce is max else math.inf)
    found: Array = reduce(filled, axis, out, keepdims, initial, where)
    if missing is None or initial is not None:
        return found
    return lax.select(all(missing, axis, keepdims=keepdims, where=where), lax.full_like(found, np.nan), found)


def nanmax(
    a: Any, axis: Any = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = None
) -> Array:
    """The largest element that is not NaN; NaN if all are. Arguments, dtypes and errors are `max`'s."""
    return _nan_extreme("nanmax", max, a, axis, out, keepdims, initial, where)


def nanmin(
    a: Any, axis: Any = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = None
) -> Array:
    """The smallest element that is not NaN; NaN if all are. Arguments, dtypes and errors are `min`'s."""
    return _nan_extreme("nanmin", min, a, axis, out, keepdims, initial, where)


def nanmean(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, where: Any = None
) -> Array:
    """The mean of what is not NaN. Arguments, dtypes and errors are `mean`'s."""
    filled, missing = _without_nan("nanmean", a, 0)
    if missing is None:
        return mean(filled, axis, dtype, out, keepdims, where=where)
    wanted = to_inexact(filled.dtype) if dtype is None else canonical(dtype)
    present = sum(lax.bitwise_not(missing), axis, wanted, keepdims=keepdims, where=where)
    return lax.div(sum(filled, axis, wanted, out, keepdims, where=where), present)


def _present(name: str, a: Any, where: Any) -> tuple[Array, Any]:
    """The array, and where it is to be looked at and not NaN; None for everywhere."""
    a = array_of(name, a)
    if not is_float(a.dtype):
        return a, where
    there = lax.bitwise_not(isnan(a))
    return a, there if where is None else lax.bitwise_and(there, broadcast_to(where, a.shape))


def nanvar(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: int = 0,
    keepdims: bool = False,
    where: Any = None,
    mean: Any = None,
) -> Array:
    """The variance of what is not NaN. Arguments, dtypes and errors are `var`'s."""
    a, there = _present("nanvar", a, where)
    return var(a, axis, dtype, out, ddof, keepdims, where=there, mean=mean)


def nanstd(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: int = 0,
    keepdims: bool = False,
    where: Any = None,
    mean: Any = None,
) -> Array:
    """The standard deviation of what is not NaN. Arguments, dtypes and errors are `std`'s."""
    a, there = _present("nanstd", a, where)
    return std(a, axis, dtype, out, ddof, keepdims, where=there, mean=mean)


# -- places and running totals ------------------------------------------------------------------------------
def _place(name: str, find: Any, a: Any, axis: int | None, out: None, keepdims: bool | None) -> Array:
    from . import searching

    least = find == "argmax"
    filled, missing = _without_nan(name, a, -math.inf if least else math.inf)
    found: Array = getattr(searching, find)(filled, axis, out, keepdims)
    if missing is None:
        return found
    return lax.select(all(missing, axis, keepdims=bool(keepdims)), lax.full_like(found, -1), found)


def nanargmax(a: Any, axis: int | None = None, out: None = None, keepdims: bool | None = None) -> Array:
    """The index of the first largest element that is not NaN; -1 if all are. Arguments and errors are `argmax`'s.

    Returns:
        Integers without the axis (of size 1 with ``keepdims``).
    """
    return _place("nanargmax", "argmax", a, axis, out, keepdims)


def nanargmin(a: Any, axis: int | None = None, out: None = None, keepdims: bool | None = None) -> Array:
    """The index of the first smallest element that is not NaN; -1 if all are. Arguments and errors are `argmin`'s.

    Returns:
        Integers without the axis (of size 1 with ``keepdims``).
    """
    return _place("nanargmin", "argmin", a, axis, out, keepdims)


def nancumsum(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Array:
    """The running sum with NaN as 0. Arguments, dtypes and errors are `cumsum`'s."""
    return cumsum(_without_nan("nancumsum", a, 0)[0], axis, dtype, out)


def nancumprod(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Array:
    """The running product with NaN as 1. Arguments, dtypes and errors are `cumprod`'s."""
    return cumprod(_without_nan("nancumprod", a, 1)[0], axis, dtype, out)
