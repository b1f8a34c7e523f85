"""Of each window the element that is chosen: what stands at its place elsewhere, and what is added there."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..catalogue.rules import REAL_NUMBERS, check_dtype
from ..dispatch import Operand
from ..dtypes import int32
from .creation import broadcasted_iota, full
from .elementwise import bitwise_and, bitwise_or, ge, lt, select
from .indexing import gather, scatter_add
from .structural import concatenate, reshape
from .windows import Padding, reduce_window

Select = Callable[[Array, Array], Array]


def select_and_gather_add(
    tangents: Operand,
    operand: Operand,
    select_prim: Select,
    window_dimensions: Sequence[int],
    window_strides: Sequence[int] | None = None,
    padding: Padding = "VALID",
    base_dilation: Sequence[int] | None = None,
    window_dilation: Sequence[int] | None = None,
) -> Array:
    """``tangents`` where the chosen element of each window of ``operand`` stands; zero in windows of padding alone.

    The elements of a window are gone through in order, and an element is kept before the next one while
    ``select_prim(kept, next)``: with `ge` the first of the largest is chosen, with `le` the first of the smallest.
    This is the derivative of `reduce_window` with max or min where JAX's goes to one element (XLA's ReduceWindow).

    Args:
        tangents: an array of the shape of ``operand``.
        operand: real numbers.
        select_prim: `ge` or `le`, or such a function of arrays.
        window_dimensions: the size of a window along each axis.
        window_strides: how far apart windows begin; 1 by default.
        padding: (low, high) along each axis, or 'VALID', 'SAME', 'SAME_LOWER'; padding is never chosen.
        base_dilation: how far apart the operand's elements are; 1 by default.
        window_dilation: how far apart a window's elements are; 1 by default.

    Returns:
        An array with an element for each window, of the dtype of ``tangents``.

    Raises:
        TypeError: ``operand`` holds no real numbers.
        ValueError: the shapes do not fit.
    """
    values = dispatch.lift(tangents)
    geometry = window_dimensions, window_strides, padding, base_dilation, window_dilation
    places = _chosen("select_and_gather_add", operand, select_prim, *geometry)
    if values.shape != dispatch.aval_of(operand).shape:
        raise ValueError(
            f"`tangents` of select_and_gather_add must have the shape of `operand`, "
            f"{dispatch.aval_of(operand).shape}, got {values.shape}."
        )
    size = math.prod(values.shape)
    # One more for windows that have none.
    line = concatenate([reshape(values, (size,)), full((1,), 0, values.dtype)], 0)
    numbers = rows.GatherDimensionNumbers((), (0,), (0,))
    at = reshape(places, (*places.shape, 1))
    return gather(line, at, numbers, (1,), mode="promise_in_bounds")


def select_and_scatter_add(
    source: Operand,
    operand: Operand,
    select_prim: Select,
    window_dimensions: Sequence[int],
    window_strides: Sequence[int] | None = None,
    padding: Padding = "VALID",
) -> Array:
    """``source`` added where the chosen elements of the windows of ``operand`` stand (XLA's SelectAndScatter).

    It is the transpose of `select_and_gather_add`, which says what is chosen.

    Args:
        source: an array with an element for each window.
        operand: real numbers.
        select_prim: `ge` or `le`, or such a function of arrays.
        window_dimensions: the size of a window along each axis.
        window_strides: how far apart windows begin; 1 by default.
        padding: (low, high) along each axis, or 'VALID', 'SAME', 'SAME_LOWER'; padding is never chosen.

    Returns:
        An array of the shape of ``operand``, of the dtype of ``source``.

    Raises:
        TypeError: ``operand`` holds no real numbers.
        ValueError: the shapes do not fit.
    """
    added = dispatch.lift(source)
    places = _chosen(
        "select_and_scatter_add", operand, select_prim, window_dimensions, window_strides, padding, None, None
    )
    shape = dispatch.aval_of(operand).shape
    if added.shape != places.shape:
        raise ValueError(
            f"`source` of select_and_scatter_add must have an element for each window, shape {places.shape}, got "
            f"{added.shape}."
        )
    numbers = rows.ScatterDimensionNumbers((), (0,), (0,))
    empty = full((math.prod(shape),), 0, added.dtype)
    # Windows of padding alone point behind the last element, and are dropped.
    found = scatter_add(empty, reshape(places, (*places.shape, 1)), added, numbers, mode="fill")
    return reshape(found, shape)


def _chosen(name: str, operand: Operand, keeps: Select, window: Sequence[int], *geometry: Any) -> Array:
    """Where in the operand, row by row, the chosen element of each window stands; behind it where there is none."""
    x = dispatch.lift(operand)
    check_dtype(name, x.aval, REAL_NUMBERS, "operand")
    size = math.prod(x.shape)
    places = reshape(broadcasted_iota(int32, (size,), 0), x.shape)

    def better(old: tuple[Array, Array], new: tuple[Array, Array]) -> tuple[Array, Array]:
        kept = bitwise_and(lt(old[1], size), keeps(old[0], new[0]))
        nothing = ge(new[1], size)
        first = bitwise_or(kept, nothing)
        return select(first, old[0], new[0]), select(first, old[1], new[1])

    starts = np.zeros((), x.dtype)[()], np.int32(size)
    _, found = reduce_window((x, places), starts, better, window, *geometry)
    return dispatch.lift(found)
