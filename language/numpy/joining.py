"""Joining arrays along an axis, and splitting them."""

from __future__ import annotations

import itertools
import operator
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..shapes import canonical_axis
from .manipulation import atleast_1d, atleast_2d, atleast_3d, expand_dims, ravel, reshape
from .promotion import array_of, canonical_dtype, checked, convert, dtypes_only


def concatenate(arrays: Any, axis: int | None = 0, dtype: Any = None) -> Array:
    """The arrays one after another along an existing axis; None joins them flat.

    Returns:
        An array of the common dtype, its sizes along ``axis`` added up.

    Raises:
        ValueError: there are none, or their shapes differ elsewhere than along ``axis``.
    """
    parts = _sequence("concatenate", arrays)
    if axis is None:
        parts, axis = [ravel(p) for p in parts], 0
    shapes = checked("concatenate", parts)
    if any(a.ndim == 0 for a in shapes):
        raise ValueError("`arrays` of concatenate must have at least 1 axis, got a scalar. Use stack.")
    if len({a.ndim for a in shapes}) > 1:
        raise ValueError(f"`arrays` must have equally many axes, got shapes {[a.shape for a in shapes]}.")
    axis = canonical_axis(axis, shapes[0].ndim)
    matched = _matched("concatenate", parts, dtype)
    return matched[0] if len(matched) == 1 else lax.concatenate(matched, axis)


def _sequence(name: str, arrays: Any) -> list[Any]:
    found = list(arrays)
    if not found:
        raise ValueError(f"`arrays` of {name} must be at least one array, got none.")
    return found


def _matched(name: str, parts: list[Any], dtype: Any) -> list[Array]:
    wanted = canonical_dtype(dtype)
    if wanted is None:
        # As in JAX a single array keeps its weak type, several meet in one.
        return [array_of(name, parts[0])] if len(parts) == 1 else dtypes_only(name, *parts)
    return [array_of(name, convert(p, wanted)) for p in parts]


def concat(arrays: Any, /, *, axis: int | None = 0) -> Array:
    """`concatenate` under the array API's name.

    Returns:
        An array of the common dtype, its sizes along ``axis`` added up.

    Raises:
        ValueError: there are none, or their shapes differ elsewhere than along ``axis``.
    """
    return concatenate(arrays, axis)


def stack(arrays: Any, axis: int = 0, out: None = None, dtype: Any = None) -> Array:
    """Arrays of one shape along a new axis.

    Returns:
        An array of the common dtype, with one axis more.

    Raises:
        ValueError: there are none, or their shapes differ.
    """
    parts = _matched("stack", _sequence("stack", arrays), dtype)
    shapes = {p.shape for p in parts}
    if len(shapes) > 1:
        raise ValueError(f"`arrays` of stack must have equal shapes, got {[p.shape for p in parts]}.")
    axis = canonical_axis(axis, parts[0].ndim + 1)
    lanes = [expand_dims(p, axis) for p in parts]
    return lanes[0] if len(lanes) == 1 else lax.concatenate(lanes, axis)


def vstack(tup: Any, dtype: Any = None) -> Array:
    """Rows under each other.

    Returns:
        An array of the common dtype.

    Raises:
        ValueError: there are none, or their shapes do not fit.
    """
    parts = [atleast_2d(x) for x in _sequence("vstack", tup)]
    return concatenate(parts, 0, dtype)


def hstack(tup: Any, dtype: Any = None) -> Array:
    """Columns beside each other; vectors one after another.

    Returns:
        An array of the common dtype.

    Raises:
        ValueError: there are none, or their shapes do not fit.
    """
    parts = [atleast_1d(x) for x in _sequence("hstack", tup)]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1, dtype)


def dstack(tup: Any, dtype: Any = None) -> Array:
    """Arrays along the third axis.

    Returns:
        An array of the common dtype.

    Raises:
        ValueError: there are none, or their shapes do not fit.
    """
    return concatenate([atleast_3d(x) for x in _sequence("dstack", tup)], 2, dtype)


def column_stack(tup: Any) -> Array:
    """Vectors as the columns of a matrix.

    Returns:
        An array of the common dtype.

    Raises:
        ValueError: there are none, or their shapes do not fit.
    """
    parts = [array_of("column_stack", x) for x in _sequence("column_stack", tup)]
    return concatenate([x if x.ndim >= 2 else reshape(x, (x.size, 1)) for x in parts], 1)


def append(arr: Any, values: Any, axis: int | None = None) -> Array:
    """``values`` after ``arr``.

    Returns:
        An array of the common dtype.

    Raises:
        ValueError: the shapes do not fit.
    """
    if axis is None:
        return concatenate([ravel(arr), ravel(values)], 0)
    return concatenate([arr, values], axis)


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Array, ...]:
    """The slices of an array along an axis, without that axis.

    Returns:
        A tuple of arrays of x's dtype, without the axis.

    Raises:
        ValueError: the axis is out of range.
    """
    x = array_of("unstack", x)
    axis = canonical_axis(axis, x.ndim)
    return (
        tuple(lax.squeeze(part, (axis,)) for part in split(x, x.shape[axis], axis)) if x.shape[axis] else ()
    )


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Parts along an axis: equally many, or cut at given indices.

    Returns:
        A list of arrays of ary's dtype.

    Raises:
        ValueError: the axis does not divide into so many parts.
    """
    ary = array_of("split", ary)
    axis = canonical_axis(axis, ary.ndim)
    if np.ndim(indices_or_sections) == 0:
        count = operator.index(indices_or_sections)
        if count < 1 or ary.shape[axis] % count:
            raise ValueError(
                f"`indices_or_sections` must divide the axis size {ary.shape[axis]}, got {count}. Use array_split."
            )
    return array_split(ary, indices_or_sections, axis)


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Parts along an axis; the first ones may be longer by one.

    Returns:
        A list of arrays of ary's dtype.

    Raises:
        ValueError: the axis is out of range.
    """
    ary = array_of("array_split", ary)
    axis = canonical_axis(axis, ary.ndim)
    size = ary.shape[axis]
    if np.ndim(indices_or_sections) == 0:
        count = operator.index(indices_or_sections)
        part, longer = divmod(size, count)
        sizes = [part + 1] * longer + [part] * (count - longer)
        cuts = [0, *np.cumsum(sizes).tolist()]
    else:
        inner = [min(max(int(i) + (size if i < 0 else 0), 0), size) for i in indices_or_sections]
        cuts = [0, *inner, size]
    return [between(ary, low, high, axis) for low, high in itertools.pairwise(cuts)]


def between(a: Array, low: int, high: int, axis: int) -> Array:
    """The elements from ``low`` up to ``high`` along an axis."""
    starts, limits = [0] * a.ndim, list(a.shape)
    starts[axis], limits[axis] = low, max(low, high)
    return lax.slice(a, tuple(starts), tuple(limits))


def vsplit(ary: Any, indices_or_sections: Any) -> list[Array]:
    """`split` along the first axis.

    Returns:
        A list of arrays of ary's dtype.

    Raises:
        ValueError: the axis is out of range.
    """
    return split(ary, indices_or_sections, 0)


def hsplit(ary: Any, indices_or_sections: Any) -> list[Array]:
    """`split` along the second axis; along the first for vectors.

    Returns:
        A list of arrays of ary's dtype.

    Raises:
        ValueError: the axis is out of range.
    """
    return split(ary, indices_or_sections, 0 if np.ndim(ary) == 1 else 1)


def dsplit(ary: Any, indices_or_sections: Any) -> list[Array]:
    """`split` along the third axis.

    Returns:
        A list of arrays of ary's dtype.

    Raises:
        ValueError: the axis is out of range.
    """
    return split(ary, indices_or_sections, 2)
