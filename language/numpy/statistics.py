"""Statistics: reductions over axes, running totals, and what is made of them."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import DType, bfloat16, bool_, canonical, default_int, float16, float32, iinfo, is_float
from ..shapes import Shape, canonical_axes, canonical_axis
from .elementwise import isnan, maximum, minimum, same_shape
from .manipulation import broadcast_to, concatenate, expand_dims, ravel
from .promotion import array_of, canonical_dtype, convert, promote_inexact, to_inexact, to_numeric, to_wide


# -- reductions -------------------------------------------------------------------------------------------
def _wide_float(dtype: DType) -> DType:
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


def _strong(a: Any, dtype: DType) -> Array:
    return lift(convert(a, dtype))


def _no_out(name: str, out: Any) -> None:
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
    working = _wide_float(wanted) if dtype is None else wanted
    if working == bool_:
        reduced = (any if identity == 0 else all)(a, axis, keepdims=keepdims, where=where)
        return reduced if initial is None else combine(reduced, initial)
    x = _masked(name, _strong(a, working), where, identity)
    found = reduce(x, axes)
    if initial is not None:
        found = combine(convert(initial, working), found)
    return _strong(_kept(found, axes, keepdims), wanted)


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
    """The sum over some axes; 16-bit floats are summed in float32."""
    _no_out("sum", out)
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
    """The product over some axes."""
    _no_out("prod", out)
    return _total(
        "prod", lax.reduce_prod, lax.mul, 1, a, axis, dtype, keepdims, initial, where, promote_integers
    )


def _extreme(
    name: str, reduce: Callable[..., Array], a: Any, axis: Any, keepdims: bool, initial: Any, where: Any
) -> Array:
    a = array_of(name, a)
    axes = canonical_axes(axis, a.ndim)
    if initial is None and where is not None:
        raise ValueError(
            f"`initial` of {name} must be given where a mask is: {name} of nothing has no value."
        )
    if initial is None and any_empty(a.shape, axes):
        raise ValueError(
            f"`a` of {name} must have elements along axes {axes}, got shape {a.shape}. Pass `initial`."
        )
    x = _masked(name, _strong(a, a.dtype), where, _worst(a.dtype, name))
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
    """The largest element over some axes; NaN if one is NaN."""
    _no_out("max", out)
    return _extreme("max", lax.reduce_max, a, axis, keepdims, initial, where)


def min(
    a: Any, axis: Any = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = None
) -> Array:
    """The smallest element over some axes; NaN if one is NaN."""
    _no_out("min", out)
    return _extreme("min", lax.reduce_min, a, axis, keepdims, initial, where)


amax, amin = max, min


def ptp(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Array:
    """The largest element less the smallest."""
    _no_out("ptp", out)
    return lax.sub(max(a, axis, keepdims=keepdims), min(a, axis, keepdims=keepdims))


def all(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, *, where: Any = None) -> Array:
    """Whether every element is nonzero (NaN is)."""
    _no_out("all", out)
    return _logical("all", lax.reduce_and, True, a, axis, keepdims, where)


def any(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, *, where: Any = None) -> Array:
    """Whether some element is nonzero (NaN is)."""
    _no_out("any", out)
    return _logical("any", lax.reduce_or, False, a, axis, keepdims, where)


def _logical(
    name: str, reduce: Callable[..., Array], identity: bool, a: Any, axis: Any, keepdims: bool, where: Any
) -> Array:
    a = _truth(array_of(name, a))
    axes = canonical_axes(axis, a.ndim)
    return _kept(reduce(_masked(name, _strong(a, bool_), where, identity), axes), axes, keepdims)


def _truth(a: Array) -> Array:
    return a if a.dtype == bool_ else lax.ne(a, np.zeros((), a.dtype)[()])


def count_nonzero(a: Any, axis: Any = None, keepdims: bool = False) -> Array:
    """How many elements are nonzero."""
    return sum(_truth(array_of("count_nonzero", a)), axis, default_int(), keepdims=keepdims)


# -- moments ------------------------------------------------------------------------------------------------
def _count(a: Array, axes: Shape, where: Any, dtype: DType, keepdims: bool) -> Any:
    if where is None:
        return np.asarray(math.prod(a.shape[i] for i in axes)).astype(dtype)[()]
    return sum(broadcast_to(where, a.shape), axes, dtype, keepdims=keepdims)


def _divided(x: Array, count: Any) -> Array:
    return lax.div(*same_shape(x, count))


def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: bool = False,
    *,
    where: Any = None,
) -> Array:
    """The arithmetic mean over some axes; 16-bit floats are summed in float32."""
    _no_out("mean", out)
    a = array_of("mean", a)
    axes = canonical_axes(axis, a.ndim)
    wanted = to_inexact(a.dtype) if dtype is None else canonical(dtype)
    working = _wide_float(wanted) if dtype is None else wanted
    total = sum(a, axes, working, keepdims=keepdims, where=where)
    return _strong(_divided(total, _count(a, axes, where, working, keepdims)), wanted)


def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, keepdims: bool = False
) -> Any:
    """The weighted mean; with ``returned`` also the sum of the weights.

    Raises:
        ValueError: the weights fit neither the array nor the axis.
    """
    if weights is None:
        (a,) = promote_inexact("average", array_of("average", a))
        found = mean(a, axis, keepdims=keepdims)
        axes = canonical_axes(axis, a.ndim)
        total = lax.full(found.shape, np.asarray(math.prod(a.shape[i] for i in axes), found.dtype)[()])
        return (found, total) if returned else found
    from .promotion import dtypes_only

    a, weights = dtypes_only("average", a, weights, rule=to_inexact)
    axes = canonical_axes(axis, a.ndim)
    if weights.shape != a.shape:
        if axis is None or weights.shape != tuple(a.shape[i] for i in axes):
            raise ValueError(
                f"`weights` must have the shape of `a` {a.shape}, or of its axes {axis!r}, got {weights.shape}."
            )
        weights = lax.broadcast_in_dim(weights, a.shape, axes)
    total = sum(weights, axis, keepdims=keepdims)
    found = lax.div(sum(lax.mul(a, weights), axis, keepdims=keepdims), total)
    return (found, total) if returned else found


def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: int = 0,
    keepdims: bool = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
) -> Array:
    """The mean squared distance from the mean, taken in two passes; divided by n - ``correction``.

    Raises:
        ValueError: both ``ddof`` and ``correction`` are given.
    """
    _no_out("var", out)
    if correction is not None and ddof != 0:
        raise ValueError(f"`ddof` and `correction` are one thing: give one, got {ddof!r} and {correction!r}.")
    taken_off = ddof if correction is None else correction
    a = array_of("var", a)
    axes = canonical_axes(axis, a.ndim)
    wanted = to_inexact(a.dtype) if dtype is None else canonical(dtype)
    working = _wide_float(wanted)
    x = _strong(a, working)
    centre = _mean_of(x, axes, where) if mean is None else _strong(mean, working)
    squares = lax.square(lax.sub(x, broadcast_to(centre, x.shape)))
    total = sum(squares, axes, working, keepdims=keepdims, where=where)
    count = _count(a, axes, where, working, keepdims)
    if isinstance(count, Array) or isinstance(taken_off, Array):
        count = lax.sub(*same_shape(count, convert(taken_off, working)))
    else:
        count = np.asarray(count - taken_off).astype(working)[()]
    found = _strong(_divided(total, count), wanted)
    if not isinstance(count, Array):
        return found if count > 0 else lax.full_like(found, np.nan)
    enough = lax.gt(count, np.zeros((), working)[()])
    return lax.select(broadcast_to(enough, found.shape), found, lax.full_like(found, np.nan))


def _mean_of(x: Array, axes: Shape, where: Any) -> Array:
    return mean(x, axes, x.dtype, keepdims=True, where=where)


def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: int = 0,
    keepdims: bool = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
) -> Array:
    """The square root of `var`."""
    _no_out("std", out)
    return lax.sqrt(
        var(a, axis, dtype, ddof=ddof, keepdims=keepdims, where=where, mean=mean, correction=correction)
    )


# -- without NaN ----------------------------------------------------------------------------------------------
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


# -- running totals --------------------------------------------------------------------------------------------
def _running(
    name: str, operation: Callable[..., Array], a: Any, axis: Any, dtype: Any, promote_integers: bool = False
) -> Array:
    a = array_of(name, a)
    if axis is None or a.ndim == 0:
        a, axis = ravel(a), 0
    axis = canonical_axis(axis, a.ndim)
    wanted = canonical_dtype(dtype)
    if wanted is None:
        wanted = to_wide(a.dtype) if promote_integers or a.dtype == bool_ else a.dtype
    if wanted == bool_:
        # Whether anything (for products: everything) up to here is nonzero: no cancelling of -1 and 1.
        return _truth(operation(_strong(_truth(a), default_int()), axis))
    return operation(_strong(a, wanted), axis)


def cumsum(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Array:
    """The running sum along an axis; along the flat array when none is given."""
    _no_out("cumsum", out)
    return _running("cumsum", lax.cumsum, a, axis, dtype)


def cumprod(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Array:
    """The running product along an axis; along the flat array when none is given."""
    _no_out("cumprod", out)
    return _running("cumprod", lax.cumprod, a, axis, dtype)


def _api_axis(name: str, x: Array, axis: int | None) -> int:
    if x.ndim == 0 or (axis is None and x.ndim > 1):
        raise ValueError(
            f"`axis` of {name} must be given for an array of rank {x.ndim}; only vectors need none."
        )
    return canonical_axis(0 if axis is None else axis, x.ndim)


def cumulative_sum(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False
) -> Array:
    """The running sum under the array API's rules: small integers widen; 0 may come first."""
    x = array_of("cumulative_sum", x)
    axis = _api_axis("cumulative_sum", x, axis)
    found = _running("cumulative_sum", lax.cumsum, x, axis, dtype, promote_integers=True)
    return _with_initial(found, axis, 0) if include_initial else found


def cumulative_prod(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False
) -> Array:
    """The running product under the array API's rules; 1 may come first."""
    x = array_of("cumulative_prod", x)
    axis = _api_axis("cumulative_prod", x, axis)
    found = _running("cumulative_prod", lax.cumprod, x, axis, dtype)
    return _with_initial(found, axis, 1) if include_initial else found


def _with_initial(found: Array, axis: int, value: int) -> Array:
    shape = (*found.shape[:axis], 1, *found.shape[axis + 1 :])
    return lax.concatenate([lax.full(shape, np.asarray(value, found.dtype)[()]), found], axis)


def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Array:
    """The ``n``-th differences of neighbours along an axis; for booleans, whether they differ."""
    found = array_of("diff", a)
    if n < 0:
        raise ValueError(f"`n` must not be negative, got {n}.")
    if n == 0:
        return found
    if found.ndim == 0:
        raise ValueError("`a` of diff must have at least 1 axis, got a scalar.")
    axis = canonical_axis(axis, found.ndim)
    found = _with_ends(found, axis, prepend, append)
    for _ in range(n):
        size = found.shape[axis]
        later, earlier = _part(found, axis, 1, size), _part(found, axis, 0, size - 1)
        found = lax.ne(later, earlier) if found.dtype == bool_ else lax.sub(later, earlier)
    return found


def _part(a: Array, axis: int, low: int, high: int) -> Array:
    starts, limits = [0] * a.ndim, list(a.shape)
    size = a.shape[axis]
    # The middle of the three: an axis that is too short gives nothing.
    starts[axis], limits[axis] = builtins.min(low, size), sorted((low, size, high))[1]
    return lax.slice(a, tuple(starts), tuple(limits))


def _with_ends(a: Array, axis: int, prepend: Any, append: Any) -> Array:
    if prepend is None and append is None:
        return a
    shape = (*a.shape[:axis], 1, *a.shape[axis + 1 :])
    ends = [None if x is None else array_of("diff", x) for x in (prepend, append)]
    first, last = (x if x is None or x.ndim else broadcast_to(x, shape) for x in ends)
    return concatenate([x for x in (first, a, last) if x is not None], axis)


def median(a: Any, axis: int | None = None, keepdims: bool = False) -> Array:
    """The middle of the sorted elements, or the mean of the two middle ones; NaN if one is NaN."""
    from .searching import sort

    (a,) = promote_inexact("median", array_of("median", a))
    if axis is None:
        found = median(ravel(a), 0)
        return lax.reshape(found, (1,) * a.ndim) if keepdims else found
    axis = canonical_axis(axis, a.ndim)
    ordered, size = sort(a, axis), a.shape[axis]
    middle = _part(ordered, axis, (size - 1) // 2, size // 2 + 1)
    found = mean(middle, axis, keepdims=keepdims)
    missing = any(isnan(a), axis, keepdims=keepdims)
    return lax.select(missing, lax.full_like(found, np.nan), found)
