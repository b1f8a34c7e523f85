"""Manipulation: the same elements in another shape, order or company."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..shapes import Shape, canonical_axes, canonical_axis, canonical_shape
from ..shapes import broadcast_shapes as _broadcast_shapes
from .promotion import array_of, canonical_dtype, checked, convert, dtypes_only, expand_to


# -- asking -----------------------------------------------------------------------------------------------
def shape(a: Any) -> Shape:
    """The sizes of the axes."""
    return array_of("shape", a).shape


def ndim(a: Any) -> int:
    """The number of axes."""
    return array_of("ndim", a).ndim


def size(a: Any, axis: int | None = None) -> int:
    """The number of elements, or the size of one axis."""
    array = array_of("size", a)
    return array.size if axis is None else array.shape[canonical_axis(axis, array.ndim)]


# -- shape ------------------------------------------------------------------------------------------------
def reshape(a: Any, shape: Any, order: str = "C", *, copy: bool | None = None) -> Array:
    """The elements of ``a`` in another shape; one size may be -1.

    Raises:
        ValueError: the sizes do not multiply to the number of elements, or ``order`` is unknown.
    """
    a = array_of("reshape", a)
    sizes = _completed(shape, a)
    if order == "C":
        return a if sizes == a.shape else lax.reshape(a, sizes)
    if order == "F":
        reversed_axes = tuple(range(a.ndim))[::-1]
        return lax.transpose(
            lax.reshape(lax.transpose(a, reversed_axes), sizes[::-1]), tuple(range(len(sizes)))[::-1]
        )
    raise ValueError(f"`order` must be 'C' or 'F', got {order!r}.")


def _completed(shape: Any, a: Array) -> Shape:
    given = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    unknown = [i for i, n in enumerate(given) if isinstance(n, (int, np.integer)) and n == -1]
    if len(unknown) > 1:
        raise ValueError(f"`shape` may hold -1 once, got {given}.")
    known = canonical_shape(tuple(0 if i in unknown else n for i, n in enumerate(given)))
    if unknown:
        rest = math.prod(n for i, n in enumerate(known) if i not in unknown)
        size = a.size // rest if rest else 0
        known = tuple(size if i in unknown else n for i, n in enumerate(known))
    if math.prod(known) != a.size:
        raise ValueError(
            f"`shape` must hold the {a.size} elements of an array of shape {a.shape}, got {given}."
        )
    return known


def ravel(a: Any, order: str = "C") -> Array:
    """The elements along one axis."""
    return reshape(a, -1, order)


def squeeze(a: Any, axis: Any = None) -> Array:
    """``a`` without its axes of size 1, or without those named."""
    a = array_of("squeeze", a)
    axes = [i for i, n in enumerate(a.shape) if n == 1] if axis is None else canonical_axes(axis, a.ndim)
    return lax.squeeze(a, tuple(axes)) if axes else a


def expand_dims(a: Any, axis: Any) -> Array:
    """``a`` with axes of size 1 put in at the places ``axis`` of the result."""
    a = array_of("expand_dims", a)
    count = len(axis) if isinstance(axis, (tuple, list)) else 1
    places = canonical_axes(axis, a.ndim + count)
    sizes = iter(a.shape)
    return lax.reshape(a, tuple(1 if i in places else next(sizes) for i in range(a.ndim + count)))


def atleast_1d(*arys: Any) -> Any:
    """The arguments, scalars as vectors of one element."""
    return _one_or_list([x if x.ndim else lax.reshape(x, (1,)) for x in _arrays("atleast_1d", arys)])


def atleast_2d(*arys: Any) -> Any:
    """The arguments with axes put in front up to rank 2."""
    shapes = [(1,) * (2 - x.ndim) + x.shape for x in _arrays("atleast_2d", arys)]
    return _one_or_list([reshape(x, s) for x, s in zip(arys, shapes, strict=True)])


def atleast_3d(*arys: Any) -> Any:
    """The arguments with axes put in up to rank 3: vectors become (1, n, 1), matrices (m, n, 1)."""
    found = []
    for x in _arrays("atleast_3d", arys):
        shape = {0: (1, 1, 1), 1: (1, *x.shape, 1), 2: (*x.shape, 1)}.get(x.ndim, x.shape)
        found.append(reshape(x, shape))
    return _one_or_list(found)


def _arrays(name: str, arys: Sequence[Any]) -> list[Array]:
    return [array_of(name, x) for x in arys]


def _one_or_list(found: list[Array]) -> Any:
    return found[0] if len(found) == 1 else found


# -- order of axes -----------------------------------------------------------------------------------------
def transpose(a: Any, axes: Any = None) -> Array:
    """``a`` with its axes permuted; reversed when no order is given."""
    a = array_of("transpose", a)
    order = tuple(range(a.ndim))[::-1] if axes is None else canonical_axes(axes, a.ndim, "axes")
    if len(order) != a.ndim:
        raise ValueError(f"`axes` must name each of the {a.ndim} axes once, got {axes!r}.")
    return a if order == tuple(range(a.ndim)) else lax.transpose(a, order)


def permute_dims(a: Any, /, axes: Any) -> Array:
    """``a`` with its axes permuted."""
    return transpose(a, axes)


def matrix_transpose(x: Any, /) -> Array:
    """``x`` with its last two axes swapped."""
    x = array_of("matrix_transpose", x)
    if x.ndim < 2:
        raise ValueError(f"`x` of matrix_transpose must have at least 2 axes, got shape {x.shape}.")
    return lax.transpose(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def moveaxis(a: Any, source: Any, destination: Any) -> Array:
    """``a`` with some axes moved to new places; the others keep their order."""
    a = array_of("moveaxis", a)
    sources = canonical_axes(source, a.ndim, "source")
    places = canonical_axes(destination, a.ndim, "destination")
    if len(sources) != len(places):
        raise ValueError(
            f"`source` and `destination` must be equally many, got {source!r} and {destination!r}."
        )
    order = [i for i in range(a.ndim) if i not in sources]
    for place, axis in sorted(zip(places, sources, strict=True)):
        order.insert(place, axis)
    return transpose(a, tuple(order))


def swapaxes(a: Any, axis1: int, axis2: int) -> Array:
    """``a`` with two axes exchanged."""
    a = array_of("swapaxes", a)
    order = list(range(a.ndim))
    i, j = canonical_axis(axis1, a.ndim, "axis1"), canonical_axis(axis2, a.ndim, "axis2")
    order[i], order[j] = j, i
    return transpose(a, tuple(order))


# -- broadcasting -------------------------------------------------------------------------------------------
def broadcast_to(array: Any, shape: Any) -> Array:
    """``array`` repeated to ``shape`` by NumPy's rule.

    Raises:
        ValueError: the shape does not extend the array's.
    """
    given, shape = array_of("broadcast_to", array), canonical_shape(shape)
    if given.shape == shape:
        return given
    if len(shape) < given.ndim or _broadcast_shapes(given.shape, shape) != shape:
        raise ValueError(f"`shape` must be one that {given.shape} broadcasts to, got {shape}.")
    return expand_to(given, given.shape, shape)


def broadcast_arrays(*args: Any) -> list[Array]:
    """The arguments in their common shape."""
    arrays = _arrays("broadcast_arrays", args)
    shape = _broadcast_shapes(*(x.shape for x in arrays))
    return [broadcast_to(x, shape) for x in arrays]


def broadcast_shapes(*shapes: Any) -> Shape:
    """The common shape that several broadcast to."""
    return _broadcast_shapes(*(canonical_shape(s) for s in shapes))


# -- joining and splitting ---------------------------------------------------------------------------------
def concatenate(arrays: Any, axis: int | None = 0, dtype: Any = None) -> Array:
    """The arrays one after another along an existing axis; None joins them flat.

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
    """`concatenate` under the array API's name."""
    return concatenate(arrays, axis)


def stack(arrays: Any, axis: int = 0, out: None = None, dtype: Any = None) -> Array:
    """Arrays of one shape along a new axis.

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
    """Rows under each other."""
    parts = [atleast_2d(x) for x in _sequence("vstack", tup)]
    return concatenate(parts, 0, dtype)


def hstack(tup: Any, dtype: Any = None) -> Array:
    """Columns beside each other; vectors one after another."""
    parts = [atleast_1d(x) for x in _sequence("hstack", tup)]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1, dtype)


def dstack(tup: Any, dtype: Any = None) -> Array:
    """Arrays along the third axis."""
    return concatenate([atleast_3d(x) for x in _sequence("dstack", tup)], 2, dtype)


def column_stack(tup: Any) -> Array:
    """Vectors as the columns of a matrix."""
    parts = [array_of("column_stack", x) for x in _sequence("column_stack", tup)]
    return concatenate([x if x.ndim >= 2 else reshape(x, (x.size, 1)) for x in parts], 1)


def append(arr: Any, values: Any, axis: int | None = None) -> Array:
    """``values`` after ``arr``."""
    if axis is None:
        return concatenate([ravel(arr), ravel(values)], 0)
    return concatenate([arr, values], axis)


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Array, ...]:
    """The slices of an array along an axis, without that axis."""
    x = array_of("unstack", x)
    axis = canonical_axis(axis, x.ndim)
    return (
        tuple(lax.squeeze(part, (axis,)) for part in split(x, x.shape[axis], axis)) if x.shape[axis] else ()
    )


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Parts along an axis: equally many, or cut at given indices.

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
    """Parts along an axis; the first ones may be longer by one."""
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
    return [_between(ary, low, high, axis) for low, high in itertools.pairwise(cuts)]


def _between(a: Array, low: int, high: int, axis: int) -> Array:
    starts, limits = [0] * a.ndim, list(a.shape)
    starts[axis], limits[axis] = low, max(low, high)
    return lax.slice(a, tuple(starts), tuple(limits))


def vsplit(ary: Any, indices_or_sections: Any) -> list[Array]:
    """`split` along the first axis."""
    return split(ary, indices_or_sections, 0)


def hsplit(ary: Any, indices_or_sections: Any) -> list[Array]:
    """`split` along the second axis; along the first for vectors."""
    return split(ary, indices_or_sections, 0 if np.ndim(ary) == 1 else 1)


def dsplit(ary: Any, indices_or_sections: Any) -> list[Array]:
    """`split` along the third axis."""
    return split(ary, indices_or_sections, 2)


# -- moving and repeating elements --------------------------------------------------------------------------
def flip(m: Any, axis: Any = None) -> Array:
    """``m`` with the order along some axes (all by default) reversed."""
    m = array_of("flip", m)
    return lax.rev(m, canonical_axes(axis, m.ndim))


def fliplr(m: Any) -> Array:
    """``m`` with the order of its columns reversed."""
    return flip(m, 1)


def flipud(m: Any) -> Array:
    """``m`` with the order of its rows reversed."""
    return flip(m, 0)


def rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Array:
    """``m`` turned by k quarters in the plane of two axes, from the first towards the second."""
    given = array_of("rot90", m)
    first, second = canonical_axes(axes, given.ndim, "axes")
    turns = k % 4
    if turns == 0:
        return given
    if turns == 2:
        return flip(flip(given, first), second)
    return (
        swapaxes(flip(given, second), first, second)
        if turns == 1
        else flip(swapaxes(given, first, second), second)
    )


def roll(a: Any, shift: Any, axis: Any = None) -> Array:
    """``a`` with its elements moved round along some axes.

    Raises:
        ValueError: shifts and axes are not equally many.
    """
    found = array_of("roll", a)
    if axis is None:
        return reshape(roll(ravel(found), shift, 0), found.shape)
    axes = (
        canonical_axes(axis, found.ndim)
        if isinstance(axis, (int, np.integer))
        else tuple(canonical_axis(i, found.ndim) for i in axis)
    )
    shifts = tuple(shift) if isinstance(shift, (tuple, list)) else (shift,) * len(axes)
    if len(axes) == 1 and len(shifts) > 1:
        axes *= len(shifts)
    if len(shifts) != len(axes):
        raise ValueError(f"`shift` and `axis` must be equally many, got {shift!r} and {axis!r}.")
    for distance, i in zip(shifts, axes, strict=True):
        found = _rolled(found, distance, i)
    return found


def _rolled(a: Array, distance: Any, axis: int) -> Array:
    size = a.shape[axis]
    if size == 0:
        return a
    if isinstance(distance, Array):
        from .elementwise import remainder
        from .searching import take

        places = remainder(
            lax.sub(lax.iota(np.dtype(np.int32), size), lax.full((size,), distance, np.int32)), size
        )
        return take(a, places, axis)
    cut = operator.index(distance) % size
    if cut == 0:
        return a
    return lax.concatenate([_between(a, size - cut, size, axis), _between(a, 0, size - cut, axis)], axis)


def tile(A: Any, reps: Any) -> Array:
    """``A`` repeated as a block, so many times along each axis."""
    A = array_of("tile", A)
    given = (
        tuple(operator.index(r) for r in reps) if isinstance(reps, (tuple, list)) else (operator.index(reps),)
    )
    rank = max(A.ndim, len(given))
    counts = (1,) * (rank - len(given)) + given
    sizes = (1,) * (rank - A.ndim) + A.shape
    if all(c == 1 for c in counts):
        return reshape(A, sizes)
    blocks = tuple(n for pair in zip(counts, sizes, strict=True) for n in pair)
    spread = lax.broadcast_in_dim(lax.reshape(A, sizes), blocks, tuple(range(1, 2 * rank, 2)))
    return lax.reshape(spread, tuple(c * n for c, n in zip(counts, sizes, strict=True)))


def repeat(a: Any, repeats: Any, axis: int | None = None, *, total_repeat_length: int | None = None) -> Array:
    """Each element of ``a`` so many times in a row.

    ``repeats`` is an integer, or concrete integers, one for each element along the axis.

    Raises:
        ValueError: ``repeats`` does not fit the axis, or does not make ``total_repeat_length``.
    """
    a = array_of("repeat", a)
    if axis is None:
        a, axis = ravel(a), 0
    axis = canonical_axis(axis, a.ndim)
    counts = np.asarray(repeats)
    if counts.size == 1 and total_repeat_length is None:
        return _each_repeated(a, int(counts.reshape(())), axis)
    from .searching import take

    counts = np.broadcast_to(counts, (a.shape[axis],)) if counts.ndim == 0 or counts.size == 1 else counts
    if counts.shape != (a.shape[axis],):
        raise ValueError(
            f"`repeats` must have {a.shape[axis]} entries, one for each element, got {counts.shape}."
        )
    places = np.repeat(np.arange(a.shape[axis]), counts)
    if total_repeat_length is not None:
        missing = max(0, total_repeat_length - places.size)
        places = np.pad(places, (0, missing), mode="edge")[:total_repeat_length]
    return take(a, places.astype(np.int32), axis)


def _each_repeated(a: Array, count: int, axis: int) -> Array:
    wide = (*a.shape[: axis + 1], count, *a.shape[axis + 1 :])
    axes = tuple(i for i in range(a.ndim + 1) if i != axis + 1)
    merged = (*a.shape[:axis], a.shape[axis] * count, *a.shape[axis + 1 :])
    return lax.reshape(lax.broadcast_in_dim(a, wide, axes), merged)


def pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Array:
    """``array`` with elements put before and after it along its axes.

    Args:
        array: what is padded.
        pad_width: a number, one (before, after), or one pair for each axis.
        mode: 'constant', 'edge', 'reflect', 'symmetric' or 'wrap', as in NumPy.
        constant_values: what 'constant' puts there: a scalar.

    Raises:
        ValueError: the mode is unknown, or a width is negative.
    """
    found = array_of("pad", array)
    widths = np.broadcast_to(np.asarray(pad_width), (found.ndim, 2)).tolist() if found.ndim else []
    if any(n < 0 for pair in widths for n in pair):
        raise ValueError(f"`pad_width` must not be negative, got {pad_width!r}.")
    if mode == "constant":
        value = convert(constant_values, found.dtype, found.weak_type)
        return lax.pad(found, value, tuple((low, high, 0) for low, high in widths))
    if mode not in _PLACES:
        raise ValueError(
            f"`mode` must be 'constant' or one of {', '.join(map(repr, _PLACES))}, got {mode!r}."
        )
    from .searching import take

    for axis, (low, high) in enumerate(widths):
        if low or high:
            places = np.pad(np.arange(found.shape[axis]), (low, high), mode=_PLACES[mode])  # type: ignore[call-overload]
            found = take(found, places.astype(np.int32), axis)
    return found


_PLACES = {"edge": "edge", "reflect": "reflect", "symmetric": "symmetric", "wrap": "wrap"}
