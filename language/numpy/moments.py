"""Moments: means, variances and deviations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..custom_rules import custom_jvp
from ..dtypes import DType, canonical, is_complex, real_of, to_inexact
from ..shapes import Shape, canonical_axes
from .manipulation import broadcast_to
from .promotion import array_of, convert, promote_inexact, same_shape
from .reductions import in_dtype, no_out, sum, wide_float


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
    """The arithmetic mean over some axes; 16-bit floats are summed in float32.

    Returns:
        Floats, or complex numbers, without the axes (of size 1 with ``keepdims``).

    Raises:
        TypeError: an argument is no array and no number.
    """
    no_out("mean", out)
    a = array_of("mean", a)
    axes = canonical_axes(axis, a.ndim)
    wanted = to_inexact(a.dtype) if dtype is None else canonical(dtype)
    working = wide_float(wanted) if dtype is None else wanted
    total = sum(a, axes, working, keepdims=keepdims, where=where)
    return in_dtype(_divided(total, _count(a, axes, where, working, keepdims)), wanted)


def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, keepdims: bool = False
) -> Any:
    """The weighted mean; with ``returned`` also the sum of the weights.

    Returns:
        Floats, or complex numbers, without the axes; a pair of these with ``returned``.

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

    Returns:
        Floats without the axes (of size 1 with ``keepdims``); of complex numbers their real dtype.

    Raises:
        ValueError: both ``ddof`` and ``correction`` are given, or a real dtype is asked for of complex numbers.
    """
    no_out("var", out)
    if correction is not None and ddof != 0:
        raise ValueError(f"`ddof` and `correction` are one thing: give one, got {ddof!r} and {correction!r}.")
    taken_off = ddof if correction is None else correction
    a = array_of("var", a)
    axes = canonical_axes(axis, a.ndim)
    wanted = to_inexact(a.dtype) if dtype is None else canonical(dtype)
    if is_complex(a.dtype) and not is_complex(wanted):
        raise ValueError(f"`dtype` of a variance of complex numbers must be complex, got {wanted}.")
    working = wide_float(to_inexact(wanted))
    x = in_dtype(a, working)
    centre = _mean_of(x, axes, where) if mean is None else in_dtype(mean, working)
    squares = _squares(lax.sub(x, broadcast_to(centre, x.shape)))
    working = real_of(working)  # of complex numbers the variance is real, unless a complex dtype is asked for
    wanted = real_of(wanted) if dtype is None else wanted
    total = sum(squares, axes, working, keepdims=keepdims, where=where)
    count = _count(a, axes, where, working, keepdims)
    if isinstance(count, Array) or isinstance(taken_off, Array):
        count = lax.sub(*same_shape(count, convert(taken_off, working)))
    else:
        count = np.asarray(count - taken_off).astype(working)[()]
    found = in_dtype(_divided(total, count), wanted)
    if not isinstance(count, Array):
        return found if count > 0 else lax.full_like(found, np.nan)
    enough = lax.gt(count, np.zeros((), working)[()])
    return lax.select(broadcast_to(enough, found.shape), found, lax.full_like(found, np.nan))


def _squares(x: Array) -> Array:
    if not is_complex(x.dtype):
        return lax.square(x)
    return lax.add(lax.square(lax.real(x)), lax.square(lax.imag(x)))


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
    """The square root of `var`. Of equal numbers, where it has a tip, its derivative is 0: the root's is infinite.

    Returns:
        Floats without the axes (of size 1 with ``keepdims``); of complex numbers their real dtype.

    Raises:
        ValueError: both ``ddof`` and ``correction`` are given.
    """
    no_out("std", out)
    found: Array = _root(
        var(a, axis, dtype, ddof=ddof, keepdims=keepdims, where=where, mean=mean, correction=correction)
    )
    return found


@custom_jvp
def _root(x: Array) -> Array:
    return lax.sqrt(x)


@_root.defjvp
def _slope_of_root(primals: Any, tangents: Any) -> Any:
    """That of the square root, and 0 at 0, which only the derivative asks about: the value needs no comparison."""
    (x,), (t,) = primals, tangents
    zero, one = lax.full_like(x, 0), lax.full_like(x, 1)
    tip = lax.eq(x, zero)
    steep = lax.div(lax.full_like(x, 0.5), _root(lax.select(tip, one, x)))
    return _root(x), lax.mul(t, lax.select(tip, zero, steep))
