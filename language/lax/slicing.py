"""Windows and pieces at places known beforehand or computed."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import catalogue as rows
from ..arrays import Array
from ..dispatch import Operand, aval_of
from ..dtypes import canonical, default_int
from ..shapes import Shape, canonical_axis, canonical_shape
from .conversion import convert_element_type
from .elementwise import add, lt, select_n
from .operands import Axes, bind, is_python, typed
from .structural import expand_dims, squeeze


def split(operand: Operand, sizes: Sequence[int], axis: int = 0) -> list[Array]:
    """The operand cut into pieces of these sizes along an axis.

    Returns:
        Arrays of the operand's dtype.

    Raises:
        ValueError: the sizes do not add up to the axis.
    """
    total, place = aval_of(operand).shape, canonical_axis(axis, aval_of(operand).ndim)
    if sum(sizes) != total[place]:
        raise ValueError(
            f"`sizes` of split must sum to {total[place]}, the size of axis {axis}, got {tuple(sizes)}."
        )
    ends = list(itertools.accumulate(sizes, initial=0))
    return [slice_in_dim(operand, a, b, axis=place) for a, b in itertools.pairwise(ends)]


def slice(operand: Operand, start_indices: Axes, limit_indices: Axes, strides: Axes | None = None) -> Array:
    """The elements from start up to limit (left out), every stride-th, along each axis.

    Returns:
        An array of the operand's dtype: a window of it.

    Raises:
        ValueError: the sizes do not fit the operand.
    """
    return bind(
        rows.slice_p,
        operand,
        start_indices=tuple(start_indices),
        limit_indices=tuple(limit_indices),
        strides=None if strides is None else tuple(strides),
    )


def slice_in_dim(
    operand: Operand, start_index: int | None, limit_index: int | None, stride: int = 1, axis: int = 0
) -> Array:
    """`slice` along one axis; negative indices count from its end.

    Returns:
        An array of the operand's dtype: a window of it.

    Raises:
        ValueError: the sizes do not fit the operand.
    """
    shape = aval_of(operand).shape
    place, step = canonical_axis(axis, len(shape)), int(stride)
    starts, limits, strides = [0] * len(shape), list(shape), [1] * len(shape)
    size = shape[place]
    low = 0 if start_index is None else int(start_index)
    high = size if limit_index is None else int(limit_index)
    starts[place] = low + size if low < 0 else low
    limits[place] = high + size if high < 0 else high
    strides[place] = step
    return slice(operand, starts, limits, strides)


def index_in_dim(operand: Operand, index: int, axis: int = 0, keepdims: bool = True) -> Array:
    """One entry along an axis, which stays with size 1 unless ``keepdims`` is False.

    Returns:
        An array of the operand's dtype: a window of it.

    Raises:
        IndexError: the index is out of bounds.
    """
    shape = aval_of(operand).shape
    place, at = canonical_axis(axis, len(shape)), operator.index(index)
    if not -shape[place] <= at < shape[place]:
        raise IndexError(
            f"`index` of index_in_dim must lie in [{-shape[place]}, {shape[place]}) for shape {shape} "
            f"along axis {axis}, got {at}."
        )
    at %= shape[place]
    found = slice_in_dim(operand, at, at + 1, 1, place)
    return found if keepdims else squeeze(found, (place,))


def unstack(x: Operand, axis: int = 0) -> tuple[Array, ...]:
    """The entries along an axis, without it.

    Returns:
        Arrays of the operand's dtype, without the axis.

    Raises:
        ValueError: an axis is out of range.
    """
    shape = aval_of(x).shape
    place = canonical_axis(axis, len(shape))
    return tuple(index_in_dim(x, i, place, keepdims=False) for i in range(shape[place]))


# Whether an index below 0 counts from the end, along all axes or along each.
Negative = bool | Sequence[bool]


def _starts(shape: Shape, start_indices: Any, allow_negative: Negative) -> list[Operand]:
    # One strong integer scalar per axis.
    if isinstance(start_indices, (Array, np.ndarray)):
        count = aval_of(start_indices).shape[0]
        given: list[Any] = [index_in_dim(start_indices, i, 0, keepdims=False) for i in range(count)]
    else:
        given = list(start_indices)
    if len(given) != len(shape):
        raise ValueError(
            f"`start_indices` must have one entry for each of the {len(shape)} axes of shape {shape}, "
            f"got {len(given)}."
        )
    typed = [aval_of(i).dtype for i in given if not is_python(i)]
    dtype = typed[0] if typed else default_int()
    counted = [allow_negative] * len(shape) if isinstance(allow_negative, bool) else allow_negative
    return [_start(i, n, dtype, c) for i, n, c in zip(given, shape, counted, strict=True)]


def _start(index: Any, size: int, dtype: Any, allow_negative: bool) -> Operand:
    if isinstance(index, (int, np.integer)) and not isinstance(index, bool):
        if index < 0 and not allow_negative:
            raise ValueError(
                f"`start_indices` must not be negative where allow_negative_indices is False, got {index}."
            )
        wanted = dtype if isinstance(index, int) else canonical(index.dtype)
        return np.asarray(int(index) + size if index < 0 else int(index), wanted)
    found = aval_of(index)
    if found.dtype.kind != "i" or found.shape:
        return index
    strong = convert_element_type(index, found.dtype)
    if not allow_negative:
        return strong
    return select_n(lt(strong, 0), strong, add(strong, np.asarray(size, found.dtype)))


def dynamic_slice(
    operand: Operand, start_indices: Any, slice_sizes: Axes, *, allow_negative_indices: Negative = True
) -> Array:
    """A window of fixed size at computed indices, moved inside where it would stick out. Indices below 0 count
    from the end, unless ``allow_negative_indices`` is False (for all axes, or for some).

    Returns:
        An array of the operand's dtype: a window of it.

    Raises:
        ValueError: the sizes do not fit the operand.
    """
    starts = _starts(aval_of(operand).shape, start_indices, allow_negative_indices)
    return bind(rows.dynamic_slice_p, operand, *starts, slice_sizes=canonical_shape(tuple(slice_sizes)))


def dynamic_update_slice(
    operand: Operand, update: Operand, start_indices: Any, *, allow_negative_indices: Negative = True
) -> Array:
    """The operand with a window at computed indices replaced.

    Returns:
        An array of the operand's shape and dtype.

    Raises:
        ValueError: the update does not fit the operand.
    """
    shape = aval_of(operand).shape
    starts = _starts(shape, start_indices, allow_negative_indices)
    return bind(rows.dynamic_update_slice_p, *typed((operand, update)), *starts)


def dynamic_slice_in_dim(
    operand: Operand,
    start_index: Operand,
    slice_size: int,
    axis: int = 0,
    *,
    allow_negative_indices: bool = True,
) -> Array:
    """`dynamic_slice` along one axis.

    Returns:
        An array of the operand's dtype: a window of it.

    Raises:
        ValueError: the sizes do not fit the operand.
    """
    shape = list(aval_of(operand).shape)
    place = canonical_axis(axis, len(shape))
    starts: list[Operand] = [0] * len(shape)
    starts[place], shape[place] = start_index, int(slice_size)
    return dynamic_slice(operand, starts, shape, allow_negative_indices=allow_negative_indices)


def dynamic_index_in_dim(
    operand: Operand,
    index: Operand,
    axis: int = 0,
    keepdims: bool = True,
    *,
    allow_negative_indices: bool = True,
) -> Array:
    """`dynamic_slice` of one entry along an axis, which stays with size 1 unless ``keepdims`` is False.

    Returns:
        An array of the operand's dtype: a window of it.

    Raises:
        ValueError: the sizes do not fit the operand.
    """
    found = dynamic_slice_in_dim(operand, index, 1, axis, allow_negative_indices=allow_negative_indices)
    return found if keepdims else squeeze(found, (axis,))


def dynamic_update_slice_in_dim(
    operand: Operand,
    update: Operand,
    start_index: Operand,
    axis: int,
    *,
    allow_negative_indices: bool = True,
) -> Array:
    """`dynamic_update_slice` along one axis.

    Returns:
        An array of the operand's shape and dtype.

    Raises:
        ValueError: the update does not fit the operand.
    """
    ndim = aval_of(operand).ndim
    starts: list[Operand] = [0] * ndim
    starts[canonical_axis(axis, ndim)] = start_index
    return dynamic_update_slice(operand, update, starts, allow_negative_indices=allow_negative_indices)


def dynamic_update_index_in_dim(
    operand: Operand,
    update: Operand,
    index: Operand,
    axis: int,
    *,
    allow_negative_indices: bool = True,
) -> Array:
    """The operand with one entry along an axis replaced; the update may lack that axis.

    Returns:
        An array of the operand's shape and dtype.

    Raises:
        ValueError: the update does not fit the operand.
    """
    ndim = aval_of(operand).ndim
    place = canonical_axis(axis, ndim)
    if aval_of(update).ndim != ndim:
        update = expand_dims(update, (place,))
    return dynamic_update_slice_in_dim(
        operand, update, index, place, allow_negative_indices=allow_negative_indices
    )
