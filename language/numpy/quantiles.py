"""Quantiles: what stands at a place of the sorted elements, or between two."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import default_int, is_float, to_inexact
from ..shapes import canonical_axes
from .classes import isnan
from .manipulation import broadcast_to, moveaxis, reshape
from .promotion import array_of, convert, dtypes_only, promote_inexact, real_only
from .reductions import all, any, sum
from .running import cumsum
from .searching import sort, take_along_axis, where

METHODS = ("linear", "lower", "higher", "midpoint", "nearest", "inverted_cdf")


def _lanes(a: Array, axis: Any) -> tuple[Array, tuple[int, ...]]:
    """The axes that are reduced, as one last axis; and the shape that is left with them kept."""
    axes = canonical_axes(axis, a.ndim)
    kept = tuple(1 if i in axes else n for i, n in enumerate(a.shape))
    rest = tuple(n for i, n in enumerate(a.shape) if i not in axes)
    last = moveaxis(a, axes, tuple(range(-len(axes), 0))) if axes else a
    return reshape(last, (*rest, math.prod(a.shape[i] for i in axes))), kept


def _no_overwriting(name: str, out: Any, overwrite_input: bool) -> None:
    if out is not None or overwrite_input:
        raise ValueError(
            f"`out` of {name} must be None and `overwrite_input` False: arrays are never written to."
        )


def _quantile(
    name: str, a: Any, q: Any, axis: Any, method: str, keepdims: bool, weights: Any, leave_out: bool
) -> Array:
    """Quantiles, with NaN left out or not: JAX's definitions, its formula for 'linear' included."""
    if method not in METHODS:
        raise ValueError(f"`method` of {name} must be one of {', '.join(METHODS)}, got {method!r}.")
    if weights is not None and method != "inverted_cdf":
        raise ValueError(
            f"`weights` of {name} must be None but for the method 'inverted_cdf', got {method!r}."
        )
    a, q = lift(*promote_inexact(name, real_only(name, a))), array_of(name, q)
    if q.ndim > 1 or not is_float(q.dtype):
        raise ValueError(
            f"`q` of {name} must be a float or a vector of floats, got {q.dtype} of shape {q.shape}."
        )
    given, kept = _lanes(a, axis)
    missing = isnan(given)
    places = lax.broadcast_in_dim(q, (*given.shape[:-1], q.size), (given.ndim - 1,) if q.ndim else ())
    count = sum(lax.bitwise_not(missing), -1, q.dtype, keepdims=True) if leave_out else None
    if method == "inverted_cdf":
        found, spoilt = _stepwise(name, a, given, places, axis, weights, missing)
    else:
        found, spoilt = _between(given, places, count, method), None
    gone = all(missing, -1, keepdims=True) if leave_out else any(missing, -1, keepdims=True)
    gone = gone if spoilt is None else lax.bitwise_or(gone, spoilt)
    found = where(gone, lax.full_like(found, np.nan), found)
    found = lift(convert(moveaxis(found, -1, 0), a.dtype))
    return reshape(found, (*q.shape, *(kept if keepdims else given.shape[:-1])))


def _between(given: Array, q: Array, count: Array | None, method: str) -> Array:
    """What stands at q (n - 1) of each lane, by the two elements next to that place."""
    size = given.shape[-1]
    last = (
        lax.full_like(q, size - 1)
        if count is None
        else broadcast_to(lax.sub(count, lax.full_like(count, 1)), q.shape)
    )
    place = lax.mul(q, last)
    low, high = lax.floor(place), lax.ceil(place)
    above = lax.sub(place, low)
    ordered = sort(given)
    first, second = (_at(ordered, x, last) for x in (low, high))
    if method in ("lower", "higher"):
        return first if method == "lower" else second
    if method == "nearest":
        return lax.select(lax.le(above, lax.full_like(above, 0.5)), first, second)
    if method == "midpoint":
        return lax.mul(lax.add(first, second), lax.full_like(first, 0.5))
    below = lax.sub(lax.full_like(above, 1), above)
    parts = (lax.mul(lift(convert(x, q.dtype)), w) for x, w in ((first, below), (second, above)))
    # At an element, and between equal ones, nothing is rounded, and infinities are no NaN.
    exact = lax.bitwise_or(lax.eq(above, lax.full_like(above, 0)), lax.eq(first, second))
    return lax.select(exact, lift(convert(first, q.dtype)), lax.add(*parts))


def _at(ordered: Array, place: Array, last: Array) -> Array:
    inside = lax.max(lax.full_like(place, 0), lax.min(place, last))
    return take_along_axis(ordered, lift(convert(inside, default_int())), -1, mode="clip")


def _stepwise(
    name: str, a: Array, given: Array, q: Array, axis: Any, weights: Any, missing: Array
) -> tuple[Array, Array]:
    """The first element up to which the weights come to q of their sum; and which lanes have a bad weight."""
    if weights is None:
        parts = lax.full_like(given, 1)
    else:
        parts = _lanes(_fitted(name, a, weights, axis), axis)[0]
    bad = lax.bitwise_or(lax.lt(parts, lax.full_like(parts, 0)), isnan(parts))
    parts = where(lax.bitwise_or(bad, missing), lax.full_like(parts, 0), parts)
    ordered, parts = lax.sort_key_val(given, parts, given.ndim - 1)
    so_far = cumsum(parts, -1)
    wanted = lax.mul(lift(convert(q, so_far.dtype)), broadcast_to(so_far[..., -1:], q.shape))
    wide = (*q.shape, given.shape[-1])
    axes = tuple(range(given.ndim - 1))
    before = lax.lt(
        lax.broadcast_in_dim(so_far, wide, (*axes, given.ndim)),
        lax.broadcast_in_dim(wanted, wide, (*axes, q.ndim - 1)),
    )
    count = sum(lax.bitwise_not(missing), -1, default_int(), keepdims=True)
    last = broadcast_to(lax.sub(count, lax.full_like(count, 1)), q.shape)
    return _at(ordered, sum(before, -1, default_int()), last), any(bad, -1, keepdims=True)


def _fitted(name: str, a: Array, given: Any, axis: Any) -> Array:
    _, weights = dtypes_only(name, a, given, rule=to_inexact)
    axes = canonical_axes(axis, a.ndim)
    if weights.shape == a.shape:
        return weights
    if axis is None or weights.shape != tuple(a.shape[i] for i in axes):
        raise ValueError(
            f"`weights` must have the shape of `a` {a.shape}, or of its axes {axis!r}, got {weights.shape}."
        )
    return lax.broadcast_in_dim(weights, a.shape, axes)


def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Array:
    """The element below which a fraction ``q`` of the others lies; NaN if one is NaN.

    Args:
        a: the array; integers become floats.
        q: a fraction in [0, 1], or a vector of them.
        axis: the axes that are reduced; all by default.
        out: must be None.
        overwrite_input: must be False.
        method: what stands between two elements: 'linear', 'lower', 'higher', 'midpoint', 'nearest', or, without
            any between, 'inverted_cdf'.
        keepdims: whether the axes stay, with size 1.
        weights: of the elements, for 'inverted_cdf' only.

    Returns:
        Floats: q's axis first, then those of ``a`` that are left.

    Raises:
        ValueError: the method is unknown, ``q`` is no float, or the weights do not fit.
    """
    _no_overwriting("quantile", out, overwrite_input)
    return _quantile("quantile", a, q, axis, method, keepdims, weights, leave_out=False)


def nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Array:
    """`quantile` of what is not NaN; NaN if all are. Arguments, dtypes and errors are `quantile`'s."""
    _no_overwriting("nanquantile", out, overwrite_input)
    return _quantile("nanquantile", a, q, axis, method, keepdims, weights, leave_out=True)


def _fractions(name: str, q: Any) -> Array:
    (given,) = promote_inexact(name, q)
    x = lift(given)
    return lax.div(x, lift(convert(lax.full_like(x, 100), x.dtype, x.weak_type)))


def percentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Array:
    """`quantile` with ``q`` in percent. Arguments, dtypes and errors are `quantile`'s."""
    return quantile(
        a, _fractions("percentile", q), axis, out, overwrite_input, method, keepdims, weights=weights
    )


def nanpercentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Array:
    """`nanquantile` with ``q`` in percent. Arguments, dtypes and errors are `quantile`'s."""
    return nanquantile(
        a, _fractions("nanpercentile", q), axis, out, overwrite_input, method, keepdims, weights=weights
    )


def median(
    a: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False
) -> Array:
    """The middle of the sorted elements, or the mean of the two middle ones; NaN if one is NaN.

    Args:
        a: the array; integers become floats.
        axis: the axes that are reduced; all by default.
        out: must be None.
        overwrite_input: must be False.
        keepdims: whether the axes stay, with size 1.

    Returns:
        Floats without the axes (of size 1 with ``keepdims``).

    Raises:
        ValueError: ``out`` is given, or ``overwrite_input``.
    """
    _no_overwriting("median", out, overwrite_input)
    return _quantile("median", a, 0.5, axis, "midpoint", keepdims, None, leave_out=False)


def nanmedian(
    a: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False
) -> Array:
    """`median` of what is not NaN; NaN if all are. Arguments, dtypes and errors are `median`'s."""
    _no_overwriting("nanmedian", out, overwrite_input)
    return _quantile("nanmedian", a, 0.5, axis, "midpoint", keepdims, None, leave_out=True)
