"""How scatters that multiply and that take extremes are differentiated, and what scatters' rules share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ...language import catalogue as rows
from ...language.dispatch import bind
from ...language.dtypes import int32
from ...language.primitive import Primitive
from .. import operations as ops

Values = Sequence[Any]
Params = Mapping[str, Any]


def windows(x: Any, indices: Any, shape: Sequence[int], params: Params) -> Any:
    """What stands in ``x`` where updates of this shape go; zero where they are dropped."""
    if params["mode"] != "fill":
        return _read(x, indices, shape, params, params["mode"])
    # A dropped update reads the filler of integers, the least one.
    inside = _read(ops.full(x.shape, 1, int32), indices, shape, params, "fill")
    found = _read(x, indices, shape, params, "clip")
    return ops.where(ops.compare("eq", inside, ops.full_like(inside, 1)), found, ops.full_like(found, 0))


def _read(x: Any, indices: Any, shape: Sequence[int], params: Params, mode: str) -> Any:
    numbers = params["dimension_numbers"]
    kept = iter(shape[i] for i in numbers.update_window_dims)
    absent = {*numbers.inserted_window_dims, *numbers.operand_batching_dims}
    there = rows.GatherDimensionNumbers(
        offset_dims=numbers.update_window_dims,
        collapsed_slice_dims=numbers.inserted_window_dims,
        start_index_map=numbers.scatter_dims_to_operand_dims,
        operand_batching_dims=numbers.operand_batching_dims,
        start_indices_batching_dims=numbers.scatter_indices_batching_dims,
    )
    sizes = tuple(1 if d in absent else next(kept) for d in range(x.ndim))
    return bind(rows.gather_p, x, indices, dimension_numbers=there, slice_sizes=sizes, mode=mode)[0]


def factors(like: Any, indices: Any, updates: Any, params: Params) -> Any:
    """What each element of an array like this is multiplied by."""
    return bind(rows.scatter_mul_p, ops.full_like(like, 1), indices, updates, **params)[0]


# -- extremes --------------------------------------------------------------------------------------------
def scatter_extreme_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The mean of the tangents at the extreme elements, old and new."""
    (x, indices, updates), (dx, _, du) = primals, tangents
    (y,) = bind(primitive, x, indices, updates, **params)
    mine = ops.compare("eq", x, y)
    theirs = ops.compare("eq", updates, windows(y, indices, updates.shape, params))

    def collected(old: Any, new: Any) -> Any:
        chosen = ops.where(mine, old, ops.full_like(x, 0)), ops.where(theirs, new, ops.full_like(updates, 0))
        return bind(rows.scatter_add_p, chosen[0], indices, chosen[1], **params)[0]

    dx = ops.zeros(x.aval) if dx is None else dx
    du = ops.zeros(updates.aval) if du is None else du
    count = collected(ops.full_like(x, 1), ops.full_like(updates, 1))
    return [y], [ops.div(collected(dx, du), count)]


# -- products --------------------------------------------------------------------------------------------
def scatter_mul_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """Each tangent times the product of everything else at its place; no division, so zeros are right."""
    (x, indices, updates), (dx, _, du) = primals, tangents
    (y,) = bind(primitive, x, indices, updates, **params)
    found = None if dx is None else ops.mul(dx, factors(x, indices, updates, params))
    if du is not None:
        others = ops.mul(
            windows(x, indices, updates.shape, params), _other_updates(x, indices, updates, params)
        )
        base = ops.zeros(x.aval) if found is None else found
        (found,) = bind(rows.scatter_add_p, base, indices, ops.mul(du, others), **params)
    return [y], [found]


def _other_updates(x: Any, indices: Any, updates: Any, params: Params) -> Any:
    """For each update the product of the other updates of its place.

    The updates are sorted by place; what comes before each of a place, and what after, are running products.
    """
    count = math.prod(updates.shape)
    if count < 2:
        return ops.full_like(updates, 1)
    names = ops.reshape(ops.iota(int32, (math.prod(x.shape),), 0), x.shape)
    # Dropped updates all go to a place of their own, the filler's: nobody reads what is made of them.
    places = ops.reshape(_read(names, indices, updates.shape, params, params["mode"]), (count,))
    order = ops.iota(int32, (count,), 0)
    values = ops.reshape(updates, (count,))
    places, values, order = bind(rows.sort_p, places, values, order, dimension=0, num_keys=1)
    others = ops.mul(_before(places, values), _turned(_before(_turned(places), _turned(values))))
    _, others = bind(rows.sort_p, order, others, dimension=0, num_keys=1)
    return ops.reshape(others, updates.shape)


def _turned(x: Any) -> Any:
    return ops.unary("rev", x, dimensions=(0,))


def _before(places: Any, values: Any) -> Any:
    """The product of the values before each of the same place, where places are sorted; by doubling."""
    (count,) = places.shape
    running = _shifted(places, values, 1)
    step = 1
    while step < count:
        running = ops.mul(running, _shifted(places, running, step))
        step *= 2
    return running


def _shifted(places: Any, values: Any, step: int) -> Any:
    """The value ``step`` before each; 1 where that is of another place."""
    (count,) = places.shape
    here, there = ops.slice_in(places, 0, step, count), ops.slice_in(places, 0, 0, count - step)
    early = ops.slice_in(values, 0, 0, count - step)
    same = ops.where(ops.compare("eq", here, there), early, ops.full_like(early, 1))
    return ops.pad(same, [(step, 0, 0)], 1)
