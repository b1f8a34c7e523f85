"""Reductions over axes: sums, products, extremes and truth."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import DType, bfloat16, bool_, default_int, float16, float32, iinfo, is_float
from ..shapes import Shape, canonical_axes
from .arithmetic import maximum, minimum
from .manipulation import broadcast_to, expand_dims
from .promotion import array_of, canonical_dtype, convert, real_only, to_numeric, to_wide


def wide_float(dtype: DType) -> DType:
    """Sums of 16-bit floats are taken in float32, as JAX takes them."""
    return float32 if dtype in (float16, bfloat16) else dtype


def _masked(name: str, a: Array, where: Any, identity: Any) -> Array:
    if where is None:
        return a
    where = array_of(name, where)
    if where.dtype != bool_:
        raise ValueError(f"`where` of {name} must be a boolean array, got {where.dtype}. Compare it first.")
    filler = lax.full(a.shape, np.asarray(identity, a.dtype)[()])
    return lax.select(broadcast_to(where, a.shape), a, filler)


def _kept(found: Array, axes: Shape, keepdims: bool) -> Array:
    return expand_dims(found, axes) if keepdims and axes else found


def in_dtype(a: Any, dtype: DType) -> Array:
    """An array of exactly that dtype, never weak."""
    return lift(convert(a, dtype))


def no_out(name: str, out: Any) -> None:
    """Refuse an array to write to.

    Raises:
        ValueError: ``out`` is given.
    """
    if out is not None:
        raise ValueError(
            f"`out` of {name} must be None, got {type(out).__name__}: arrays are never written to."
        )


def _total(
    name: str,
    reduce: Callable[..., Array],
    combine: Callable[[Any, Any], Array],
    identity: int,
    a: Any,
    axis: Any,
    dtype: Any,
    keepdims: bool,
    initial: Any,
    where: Any,
    promote_integers: bool,
) -> Array:
    a = array_of(name, a)
    axes = canonical_axes(axis, a.ndim)
    wanted = canonical_dtype(dtype)
    if wanted is None:
        # int32 stands for bool before integers widen, which is what JAX does.
        wanted = to_numeric(a.dtype)
        wanted = to_wide(wanted) if promote_integers else wanted
    working = wide_float(wanted) if dtype is None else wanted
    if working == bool_:
        reduced = (any if identity == 0 else all)(a, axis, keepdims=keepdims, where=where)
        return reduced if initial is None else combine(reduced, initial)
    x = _masked(name, in_dtype(a, working), where, identity)
    found = reduce(x, axes)
    if initial is not None:
        found = combine(convert(initial, working), found)
    return in_dtype(_kept(found, axes, keepdims), wanted)


def sum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
    promote_integers: bool = True,
) -> Array:
    """The sum over some axes; 16-bit floats are summed in float32.

    Returns:
        An array without the axes (of size 1 with ``keepdims``); small integers and booleans widen.

    Raises:
        TypeError: an argument is no array and no number.
    """
    no_out("sum", out)
    return _total(
        "sum", lax.reduce_sum, lax.add, 0, a, axis, dtype, keepdims, initial, where, promote_integers
    )


def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
    promote_integers: bool = True,
) -> Array:
    """The product over some axes.

    Returns:
        An array without the axes (of size 1 with ``keepdims``); small integers and booleans widen.

    Raises:
        TypeError: an argument is no array and no number.
    """
    no_out("prod", out)
    return _total(
        "prod", lax.reduce_prod, lax.mul, 1, a, axis, dtype, keepdims, initial, where, promote_integers
    )


def _extreme(
    name: str, reduce: Callable[..., Array], a: Any, axis: Any, keepdims: bool, initial: Any, where: Any
) -> Array:
    a = real_only(name, a)
    axes = canonical_axes(axis, a.ndim)
    if initial is None and where is not None:
        raise ValueError(
            f"`initial` of {name} must be given where a mask is: {name} of nothing has no value."
        )
    if initial is None and any_empty(a.shape, axes):
        raise ValueError(
            f"`a` of {name} must have elements along axes {axes}, got shape {a.shape}. Pass `initial`."
        )
    x = _masked(name, in_dtype(a, a.dtype), where, _worst(a.dtype, name))
    found = reduce(x, axes)
    if initial is not None:
        found = (maximum if name == "max" else minimum)(convert(initial, a.dtype), found)
    return _kept(found, axes, keepdims)


def any_empty(shape: Shape, axes: Shape) -> bool:
    """Whether one of the axes has no elements."""
    return 0 in [shape[i] for i in axes]


def _worst(dtype: DType, name: str) -> Any:
    """What every other element beats."""
    if dtype == bool_:
        return name == "min"
    if is_float(dtype):
        return -math.inf if name == "max" else math.inf
    return iinfo(dtype).min if name == "max" else iinfo(dtype).max


def max(
    a: Any, axis: Any = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = None
) -> Array:
    """The largest element over some axes; NaN if one is NaN.

    Returns:
        An array without the axes (of size 1 with ``keepdims``), of a's dtype.

    Raises:
        ValueError: there is nothing along the axes and ``initial`` is not given, or the dtype is complex.
    """
    no_out("max", out)
    return _extreme("max", lax.reduce_max, a, axis, keepdims, initial, where)


def min(
    a: Any, axis: Any = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = None
) -> Array:
    """The smallest element over some axes; NaN if one is NaN.

    Returns:
        An array without the axes (of size 1 with ``keepdims``), of a's dtype.

    Raises:
        ValueError: there is nothing along the axes and ``initial`` is not given, or the dtype is complex.
    """
    no_out("min", out)
    return _extreme("min", lax.reduce_min, a, axis, keepdims, initial, where)


amax, amin = max, min


def ptp(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Array:
    """The largest element less the smallest.

    Returns:
        An array without the axes (of size 1 with ``keepdims``), of a's dtype.

    Raises:
        ValueError: there is nothing along the axes.
    """
    no_out("ptp", out)
    return lax.sub(max(a, axis, keepdims=keepdims), min(a, axis, keepdims=keepdims))


def all(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, *, where: Any = None) -> Array:
    """Whether every element is nonzero (NaN is).

    Returns:
        Booleans without the axes (of size 1 with ``keepdims``).

    Raises:
        TypeError: an argument is no array and no number.
    """
    no_out("all", out)
    return _logical("all", lax.reduce_and, True, a, axis, keepdims, where)


def any(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, *, where: Any = None) -> Array:
    """Whether some element is nonzero (NaN is).

    Returns:
        Booleans without the axes (of size 1 with ``keepdims``).

    Raises:
        TypeError: an argument is no array and no number.
    """
    no_out("any", out)
    return _logical("any", lax.reduce_or, False, a, axis, keepdims, where)


def _logical(
    name: str, reduce: Callable[..., Array], identity: bool, a: Any, axis: Any, keepdims: bool, where: Any
) -> Array:
    a = truth_of(array_of(name, a))
    axes = canonical_axes(axis, a.ndim)
    return _kept(reduce(_masked(name, in_dtype(a, bool_), where, identity), axes), axes, keepdims)


def truth_of(a: Array) -> Array:
    """Whether each element is nonzero (NaN is)."""
    return a if a.dtype == bool_ else lax.ne(a, np.zeros((), a.dtype)[()])


def count_nonzero(a: Any, axis: Any = None, keepdims: bool = False) -> Array:
    """How many elements are nonzero.

    Returns:
        Integers without the axes (of size 1 with ``keepdims``).

    Raises:
        TypeError: an argument is no array and no number.
    """
    return sum(truth_of(array_of("count_nonzero", a)), axis, default_int(), keepdims=keepdims)
