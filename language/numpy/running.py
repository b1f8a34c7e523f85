"""Running totals, and differences of neighbours."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dtypes import bool_, default_int
from ..shapes import canonical_axis
from .joining import concatenate
from .manipulation import broadcast_to, ravel
from .promotion import array_of, canonical_dtype, to_wide
from .reductions import in_dtype, no_out, truth_of


def _running(
    name: str, operation: Callable[..., Array], a: Any, axis: Any, dtype: Any, promote_integers: bool = False
) -> Array:
    a = array_of(name, a)
    if axis is None:
        a, axis = ravel(a), 0
    axis = canonical_axis(axis, a.ndim)
    wanted = canonical_dtype(dtype)
    if wanted is None:
        wanted = to_wide(a.dtype) if promote_integers or a.dtype == bool_ else a.dtype
    if wanted == bool_:
        # Whether anything (for products: everything) up to here is nonzero: no cancelling of -1 and 1.
        return truth_of(operation(in_dtype(truth_of(a), default_int()), axis))
    return operation(in_dtype(a, wanted), axis)


def cumsum(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Array:
    """The running sum along an axis; along the flat array when none is given.

    Returns:
        An array of a's shape (flat for None) and dtype; booleans become integers.

    Raises:
        TypeError: an argument is no array and no number.
    """
    no_out("cumsum", out)
    return _running("cumsum", lax.cumsum, a, axis, dtype)


def cumprod(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Array:
    """The running product along an axis; along the flat array when none is given.

    Returns:
        An array of a's shape (flat for None) and dtype; booleans become integers.

    Raises:
        TypeError: an argument is no array and no number.
    """
    no_out("cumprod", out)
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
    """The running sum under the array API's rules: small integers widen; 0 may come first.

    Returns:
        An array of x's shape, longer by 1 with ``include_initial``; small integers widen.

    Raises:
        ValueError: ``axis`` is not given for an array of several axes.
    """
    x = array_of("cumulative_sum", x)
    axis = _api_axis("cumulative_sum", x, axis)
    found = _running("cumulative_sum", lax.cumsum, x, axis, dtype, promote_integers=True)
    return _with_initial(found, axis, 0) if include_initial else found


def cumulative_prod(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False
) -> Array:
    """The running product under the array API's rules; 1 may come first.

    Returns:
        An array of x's shape and dtype, longer by 1 with ``include_initial``.

    Raises:
        ValueError: ``axis`` is not given for an array of several axes.
    """
    x = array_of("cumulative_prod", x)
    axis = _api_axis("cumulative_prod", x, axis)
    found = _running("cumulative_prod", lax.cumprod, x, axis, dtype)
    return _with_initial(found, axis, 1) if include_initial else found


def _with_initial(found: Array, axis: int, value: int) -> Array:
    shape = (*found.shape[:axis], 1, *found.shape[axis + 1 :])
    return lax.concatenate([lax.full(shape, np.asarray(value, found.dtype)[()]), found], axis)


def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Array:
    """The ``n``-th differences of neighbours along an axis; for booleans, whether they differ.

    Returns:
        An array of a's dtype, n elements shorter along the axis; booleans stay booleans.

    Raises:
        ValueError: ``n`` is negative, or ``a`` has no axes.
    """
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
        later, earlier = part_of(found, axis, 1, size), part_of(found, axis, 0, size - 1)
        found = lax.ne(later, earlier) if found.dtype == bool_ else lax.sub(later, earlier)
    return found


def part_of(a: Array, axis: int, low: int, high: int) -> Array:
    """The elements from ``low`` up to ``high`` along an axis, as far as there are any."""
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
