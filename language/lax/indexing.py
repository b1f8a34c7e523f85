"""Gather and scatter, as XLA has them."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from .. import catalogue as rows
from ..arrays import Array
from ..catalogue import GatherDimensionNumbers, ScatterDimensionNumbers
from ..dispatch import Operand, aval_of
from ..dtypes import uint8
from ..primitive import Primitive
from .creation import full, full_like
from .elementwise import eq, select
from .operands import Axes, bind, dressed


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
    """
    parsed = GatherScatterMode.from_any(mode)
    params = {"dimension_numbers": dimension_numbers, "slice_sizes": tuple(slice_sizes), "mode": parsed.value}
    found = bind(rows.gather_p, operand, start_indices, **params)
    if fill_value is None or parsed is not GatherScatterMode.FILL_OR_DROP:
        return found
    # Ones of uint8 come back as 255 exactly where the window was out of bounds.
    inside = bind(rows.gather_p, full(aval_of(operand).shape, 1, uint8), start_indices, **params)
    return select(eq(inside, 1), found, full_like(found, fill_value))


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
        return bind(primitive, operand, scatter_indices, updates, **params)

    return dressed(function, primitive.name, doc)


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
