"""Extremes of complex numbers, which have no order of their own: JAX's goes by real, then by imaginary parts."""

from __future__ import annotations

from ..arrays import Array
from ..dtypes import int32
from .conversion import convert_element_type
from .creation import full_like
from .elementwise import max, min, ne, select
from .operands import Axes
from .running import associative_scan
from .slicing import index_in_dim
from .sorting import sort, top_k
from .structural import reshape, transpose


def _lines(x: Array, axes: Axes) -> Array:
    """The elements that are reduced together, along the last axis."""
    kept = [axis for axis in range(x.ndim) if axis not in axes]
    shape = [x.shape[axis] for axis in kept]
    count = 1
    for axis in axes:
        count *= x.shape[axis]
    return reshape(transpose(x, (*kept, *axes)), (*shape, count))


def _checked(x: Array, name: str) -> Array:
    if x.shape[-1] < 1:
        raise ValueError(
            f"`operand` of {name} must have elements along its axes for complex numbers, got none."
        )
    return x


def extreme(x: Array, axes: Axes, last: bool, name: str) -> Array:
    """The last or the first in order over axes; NaN if there is one."""
    line = _checked(_lines(x, axes), name)
    ordered: Array = sort(line, -1)
    _, some = _greatest(convert_element_type(ne(line, line), int32))
    found = index_in_dim(ordered, -1 if last else 0, -1, False)
    return select(ne(some, full_like(some, 0)), full_like(found, complex("nan")), found)


def running(x: Array, axis: int, last: bool, reverse: bool) -> Array:
    """The last or the first in order up to each element along an axis."""
    found: Array = associative_scan(max if last else min, x, reverse=reverse, axis=axis)
    return found


def _greatest(x: Array) -> tuple[Array, Array]:
    """Where the first of the greatest stands along the last axis, and what it is."""
    values, places = (index_in_dim(y, 0, -1, False) for y in top_k(x, 1))
    return places, values
