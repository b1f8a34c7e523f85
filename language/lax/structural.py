"""The same elements in other places."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Sequence
from typing import Any

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..dispatch import Operand, aval_of
from ..shapes import canonical_axes, canonical_axis, canonical_shape
from .operands import Axes, bind, typed


def broadcast_in_dim(operand: Operand, shape: Any, broadcast_dimensions: Axes) -> Array:
    """The operand repeated to ``shape``; its axis i becomes axis ``broadcast_dimensions[i]``.

    Raises:
        ValueError: the shape does not extend the operand's.
    """
    target, places = canonical_shape(shape), tuple(broadcast_dimensions)
    if isinstance(operand, Array) and operand.shape == target and places == tuple(range(operand.ndim)):
        return operand
    return bind(rows.broadcast_in_dim_p, operand, shape=target, broadcast_dimensions=places)


def broadcast(operand: Operand, sizes: Any) -> Array:
    """The operand repeated along new leading axes.

    Returns:
        An array of the operand's dtype.

    Raises:
        TypeError: an operand is no array and no number.
    """
    shape, lead = aval_of(operand).shape, canonical_shape(sizes, "sizes")
    if not lead:
        return dispatch.lift(operand)
    return broadcast_in_dim(operand, lead + shape, range(len(lead), len(lead) + len(shape)))


def broadcast_to_rank(x: Operand, rank: int) -> Array:
    """The operand with leading axes of size 1 up to that rank.

    Returns:
        An array of the operand's dtype.

    Raises:
        ValueError: the operand has more axes.
    """
    ndim = aval_of(x).ndim
    if ndim > rank:
        raise ValueError(f"`rank` of broadcast_to_rank must be at least {ndim}, the operand's, got {rank}.")
    return dispatch.lift(x) if ndim == rank else expand_dims(x, range(rank - ndim))


def broadcast_like(arr: Operand, like_arr: Operand) -> Array:
    """The array repeated to another's shape, by NumPy's rule.

    Raises:
        ValueError: the shapes do not fit.
    """
    shape, target = aval_of(arr).shape, aval_of(like_arr).shape
    lead = len(target) - len(shape)
    if lead < 0 or any(n not in (1, m) for n, m in zip(shape, target[lead:], strict=True)):
        raise ValueError(
            f"`arr` of broadcast_like must have a shape that broadcasts to {target}, got {shape}."
        )
    if shape == target:
        return dispatch.lift(arr)
    return broadcast_in_dim(arr, target, range(lead, len(target)))


def reshape(operand: Operand, new_sizes: Any, dimensions: Axes | None = None) -> Array:
    """The same elements, in row-major order (of ``dimensions``), in another shape.

    Raises:
        ValueError: the shape holds another number of elements.
    """
    sizes = canonical_shape(new_sizes, "new_sizes")
    if dimensions is not None:
        operand = transpose(operand, dimensions)
    if isinstance(operand, Array) and operand.shape == sizes:
        return operand
    return bind(rows.reshape_p, operand, new_sizes=sizes)


def collapse(operand: Operand, start_dimension: int, stop_dimension: int | None = None) -> Array:
    """The operand with the axes from start up to stop (left out) made one.

    Returns:
        An array of the operand's dtype with fewer axes.

    Raises:
        TypeError: the operand is no array and no number.
    """
    shape = aval_of(operand).shape
    low, high, _ = builtins.slice(start_dimension, stop_dimension).indices(len(shape))
    if high < low:
        raise ValueError(f"`stop_dimension` of collapse must be at least {low}, got {stop_dimension}.")
    merged = 1
    for n in shape[low:high]:
        merged *= n
    return reshape(operand, (*shape[:low], merged, *shape[high:]))


def transpose(operand: Operand, permutation: Axes) -> Array:
    """The operand with its axes permuted.

    Returns:
        An array of the operand's dtype, its sizes permuted.

    Raises:
        ValueError: the permutation does not name each axis once.
    """
    order = tuple(operator.index(i) for i in permutation)
    if isinstance(operand, Array) and order == tuple(range(operand.ndim)):
        return operand
    return bind(rows.transpose_p, operand, permutation=order)


def squeeze(array: Operand, dimensions: Axes) -> Array:
    """The array without some axes of size 1.

    Returns:
        An array of the operand's dtype with fewer axes.

    Raises:
        ValueError: an axis has another size than 1.
    """
    axes = canonical_axes(tuple(dimensions), aval_of(array).ndim, "dimensions")
    if not axes and isinstance(array, Array):
        return array
    return bind(rows.squeeze_p, array, dimensions=axes)


def expand_dims(array: Operand, dimensions: Axes) -> Array:
    """The array with new axes of size 1, which stand at ``dimensions`` of the result.

    Returns:
        An array of the operand's dtype with more axes.

    Raises:
        ValueError: a place is out of range, or named twice.
    """
    given = tuple(dimensions)
    shape = aval_of(array).shape
    if not given:
        return dispatch.lift(array)
    rank = len(shape) + len(given)
    new = set(canonical_axes(given, rank, "dimensions"))
    places = [i for i in range(rank) if i not in new]
    sizes = iter(shape)
    return broadcast_in_dim(array, tuple(1 if i in new else next(sizes) for i in range(rank)), places)


def concatenate(operands: Sequence[Operand], dimension: int) -> Array:
    """The operands one after another along an axis.

    Returns:
        An array of the operands' dtype.

    Raises:
        ValueError: there are none, or their shapes differ elsewhere than along the axis.
    """
    if not len(operands):
        raise ValueError("`operands` of concatenate must be at least one array, got none.")
    if len(operands) == 1:
        return dispatch.lift(operands[0])
    return bind(rows.concatenate_p, *operands, dimension=operator.index(dimension))


def pad(operand: Operand, padding_value: Operand, padding_config: Sequence[tuple[int, int, int]]) -> Array:
    """The operand with (low, high, interior) elements added along each axis; negative ones are cut.

    Returns:
        An array of the operand's dtype, its sizes larger by the widths.

    Raises:
        TypeError: the padding value has another dtype.
    """
    config = tuple((int(low), int(high), int(interior)) for low, high, interior in padding_config)
    return bind(rows.pad_p, *typed((operand, padding_value)), padding_config=config)


def rev(operand: Operand, dimensions: Axes) -> Array:
    """The operand reversed along some axes.

    Returns:
        An array of the operand's shape and dtype.

    Raises:
        ValueError: an axis is out of range.
    """
    return bind(rows.rev_p, operand, dimensions=tuple(dimensions))


def stack(operands: Sequence[Operand], axis: int = 0) -> Array:
    """The operands, of one shape, one after another along a new axis.

    Raises:
        ValueError: the shapes differ.
    """
    if not len(operands):
        raise ValueError("`operands` of stack must be at least one array, got none.")
    place = canonical_axis(axis, aval_of(operands[0]).ndim + 1)
    return concatenate([expand_dims(x, (place,)) for x in operands], place)


def tile(operand: Operand, reps: Axes) -> Array:
    """The operand repeated ``reps`` times along each axis, as a whole.

    Returns:
        An array of the operand's dtype, its sizes multiplied.

    Raises:
        TypeError: an operand is no array and no number.
    """
    shape, counts = aval_of(operand).shape, canonical_shape(tuple(reps), "reps")
    if len(counts) != len(shape):
        raise ValueError(
            f"`reps` of tile must have one entry for each of the {len(shape)} axes of shape {shape}, got {counts}."
        )
    wide = tuple(n for pair in zip(counts, shape, strict=True) for n in pair)
    spread = broadcast_in_dim(operand, wide, range(1, 2 * len(shape), 2))
    return reshape(spread, tuple(n * count for n, count in zip(shape, counts, strict=True)))
