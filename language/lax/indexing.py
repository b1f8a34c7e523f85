"""Gather and scatter, as XLA has them."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from .. import catalogue as rows
from .. import dispatch
from ..arrays import Array
from ..catalogue import GatherDimensionNumbers, ScatterDimensionNumbers
from ..dispatch import Operand, aval_of
from ..dtypes import bool_, int32, uint8
from ..primitive import Primitive
from .conversion import convert_element_type
from .creation import full, full_like
from .elementwise import add, eq, gt, lt, rem, select, sub
from .operands import Axes, bind, dressed
from .reductions import reduce_or
from .structural import concatenate, expand_dims


class GatherScatterMode(enum.Enum):
    """What an index out of bounds means to `gather` and `scatter`."""

    CLIP = "clip"
    FILL_OR_DROP = "fill"
    PROMISE_IN_BOUNDS = "promise_in_bounds"

    @classmethod
    def from_any(cls, mode: Any) -> GatherScatterMode:
        """The mode meant by a mode, a name, or None (fill or drop).

        Raises:
            ValueError: there is none of that name.
        """
        if isinstance(mode, cls):
            return mode
        if mode is None or mode == "drop":
            return cls.FILL_OR_DROP
        try:
            return cls(mode)
        except ValueError as err:
            raise ValueError(
                f"`mode` must be 'clip', 'fill', 'drop' or 'promise_in_bounds', got {mode!r}."
            ) from err


def gather(
    operand: Operand,
    start_indices: Operand,
    dimension_numbers: GatherDimensionNumbers,
    slice_sizes: Axes,
    *,
    unique_indices: bool = False,
    indices_are_sorted: bool = False,
    mode: Any = None,
    fill_value: Operand | None = None,
) -> Array:
    """Windows of the operand at computed places, as XLA's Gather.

    Args:
        operand: what is read.
        start_indices: index vectors along the last axis.
        dimension_numbers: how axes correspond.
        slice_sizes: the window's size along each axis of the operand.
        unique_indices: accepted for JAX's sake.
        indices_are_sorted: likewise.
        mode: 'clip', 'fill' (the default) or 'promise_in_bounds'.
        fill_value: what 'fill' gives out of bounds; default NaN, the least integer, the greatest
            unsigned one, True.

    Returns:
        An array of the operand's dtype: the places' shape, and the windows'.

    Raises:
        ValueError: the dimension numbers do not fit.
    """
    parsed = GatherScatterMode.from_any(mode)
    params = {"dimension_numbers": dimension_numbers, "slice_sizes": tuple(slice_sizes), "mode": parsed.value}
    found = bind(rows.gather_p, operand, start_indices, **params)
    if fill_value is None or parsed is not GatherScatterMode.FILL_OR_DROP:
        return found
    # Ones of uint8 come back as 255 exactly where the window was out of bounds.
    inside = bind(rows.gather_p, full(aval_of(operand).shape, 1, uint8), start_indices, **params)
    return select(eq(inside, 1), found, full_like(found, fill_value))


_OF_NUMBERS = (rows.scatter_max_p, rows.scatter_min_p)


def _scatter(primitive: Primitive, doc: str) -> Callable[..., Array]:
    def function(
        operand: Operand,
        scatter_indices: Operand,
        updates: Operand,
        dimension_numbers: ScatterDimensionNumbers,
        *,
        indices_are_sorted: bool = False,
        unique_indices: bool = False,
        mode: Any = None,
    ) -> Array:
        params = {"dimension_numbers": dimension_numbers, "mode": GatherScatterMode.from_any(mode).value}
        if primitive in _OF_NUMBERS and aval_of(operand).dtype == bool_ == aval_of(updates).dtype:
            # True is the larger one, as 1 is.
            found, new = (convert_element_type(x, uint8) for x in (operand, updates))
            return convert_element_type(bind(primitive, found, scatter_indices, new, **params), bool_)
        return bind(primitive, operand, scatter_indices, updates, **params)

    return dressed(function, primitive.name, doc, "An array of the operand's shape and dtype.")


scatter = _scatter(
    rows.scatter_p,
    "The operand with windows at computed places replaced, as XLA's Scatter; by default those out of bounds "
    "are dropped. Where windows overlap the last update in order wins.",
)
scatter_add = _scatter(rows.scatter_add_p, "`scatter`, adding the updates.")
scatter_max = _scatter(rows.scatter_max_p, "`scatter`, taking the larger; NaN if either is.")
scatter_min = _scatter(rows.scatter_min_p, "`scatter`, taking the smaller; NaN if either is.")
scatter_mul = _scatter(rows.scatter_mul_p, "`scatter`, multiplying by the updates in order.")
scatter_sub = _scatter(rows.scatter_sub_p, "`scatter`, subtracting the updates.")


def scatter_apply(
    operand: Operand,
    scatter_indices: Operand,
    func: Callable[[Array], Array],
    dimension_numbers: ScatterDimensionNumbers,
    *,
    update_shape: Any = (),
    indices_are_sorted: bool = False,
    unique_indices: bool = False,
    mode: Any = None,
) -> Array:
    """The operand with ``func`` of its elements in windows at computed places; once more for each time that a
    place is named.

    Args:
        operand: what is changed.
        scatter_indices: index vectors along the last axis.
        func: ``func(x) -> y`` of elements; it gets arrays of many of them, of the operand's shape.
        dimension_numbers: how axes correspond, as for `scatter`.
        update_shape: the shape that updates would have.
        indices_are_sorted: accepted for JAX's sake.
        unique_indices: likewise.
        mode: what an index out of bounds means, as for `scatter`.

    Returns:
        An array of the operand's shape and dtype.

    Raises:
        ValueError: the dimension numbers do not fit.
    """
    from ..control_flow import while_loop

    shape = aval_of(operand).shape
    named = scatter_add(
        full(shape, 0, int32),
        scatter_indices,
        full(update_shape, 1, int32),
        dimension_numbers,
        mode=mode,
    )

    def again(state: tuple[Array, Array]) -> Array:
        return reduce_or(gt(state[1], 0), tuple(range(len(shape))))

    def once(state: tuple[Array, Array]) -> tuple[Array, Array]:
        x, left = state
        return select(gt(left, 0), func(x), x), sub(left, 1)

    found: Array = while_loop(again, once, (dispatch.lift(operand), named))[0]
    return found


def index_take(src: Operand, idxs: Any, axes: Axes) -> Array:
    """What stands at places along some axes: element i is ``src[idxs[0][i], idxs[1][i], ...]`` of these.

    Args:
        src: an array.
        idxs: integers of shape ``(n,)``, one array for each of ``axes``; they count modulo the axis.
        axes: the axes that they are places along.

    Returns:
        An array with a leading axis of size n and the other axes of ``src``.

    Raises:
        TypeError: an index is of no integers.
    """
    shape = aval_of(src).shape
    columns = [
        expand_dims(_modulo(dispatch.lift(i), shape[a]), (1,)) for i, a in zip(idxs, axes, strict=True)
    ]
    kept = len(shape) - len(columns)
    numbers = GatherDimensionNumbers(
        offset_dims=tuple(range(1, kept + 1)),
        collapsed_slice_dims=tuple(sorted(axes)),
        start_index_map=tuple(axes),
    )
    sizes = [1 if a in axes else n for a, n in enumerate(shape)]
    return gather(src, concatenate(columns, 1), numbers, sizes)


def _modulo(index: Array, size: int) -> Array:
    """The index counted from the front of an axis, Python's way."""
    left = rem(index, full_like(index, size))
    if index.dtype.kind == "u":
        return left
    return select(lt(left, 0), add(left, full_like(index, size)), left)
