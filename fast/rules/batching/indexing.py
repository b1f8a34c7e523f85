"""How slices at run time, gathers and scatters are mapped over lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ....language import catalogue as rows
from ....language.dispatch import bind
from ....language.dtypes import int32
from ....language.primitive import Primitive
from ... import operations as ops
from ...batching import BatchLevel, Lane
from .alignment import Lanes, Params, stacked, stacked_lanes, up


def _clamped_starts(level: BatchLevel, starts: Lanes, sizes: Sequence[int], shape: Sequence[int]) -> Any:
    """Index vectors per lane, moved so that windows lie inside; as `dynamic_slice` does it."""
    columns = []
    for start, size, limit in zip(starts, sizes, shape, strict=True):
        value = ops.convert(_bounded(stacked(level, start), limit - size), int32)
        columns.append(ops.reshape(value, (level.size, 1)))
    return ops.concatenate(columns, 1)


def _bounded(x: Any, high: int) -> Any:
    # In x's own dtype, so that a large unsigned start is not taken for a negative one.
    limit = min(high, _greatest(x.dtype))
    return bind(rows.clamp_p, ops.full((), 0, x.dtype), x, ops.full((), limit, x.dtype))[0]


def _greatest(dtype: Any) -> int:
    return int((1 << (dtype.itemsize * 8 - (dtype.kind == "i"))) - 1)


def dynamic_slice_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Where all lanes start alike a slice, else a gather."""
    x, *starts = lanes
    sizes = tuple(params["slice_sizes"])
    if not any(s.mapped for s in starts):
        if not starts:
            return [x]
        values = [ops.full((), 0, starts[0].value.dtype), *(s.value for s in starts)]
        return stacked_lanes(bind(primitive, x.value, *values, slice_sizes=(level.size, *sizes)))
    rank = len(sizes)
    shape = x.value.shape[1:] if x.mapped else x.value.shape
    indices = _clamped_starts(level, starts, sizes, shape)
    # Each lane reads one window, at a vector of indices.
    numbers = rows.GatherDimensionNumbers(
        offset_dims=tuple(range(rank)),
        collapsed_slice_dims=(),
        start_index_map=tuple(range(rank)),
    )
    return gather_rule(
        level,
        rows.gather_p,
        [x, Lane(indices, True)],
        {"dimension_numbers": numbers, "slice_sizes": sizes, "mode": "clip"},
    )


def dynamic_update_slice_rule(
    level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params
) -> list[Lane]:
    """Where all lanes start alike an update, else a scatter."""
    x, update, *starts = lanes
    operand, new = stacked(level, x), stacked(level, update)
    if not starts:
        return [Lane(new, True)]
    if not any(s.mapped for s in starts):
        zero = ops.full((), 0, starts[0].value.dtype)
        return stacked_lanes(bind(primitive, operand, new, zero, *(s.value for s in starts)))
    rank = len(starts)
    indices = _clamped_starts(level, starts, new.shape[1:], operand.shape[1:])
    numbers = rows.ScatterDimensionNumbers(
        update_window_dims=tuple(range(rank)),
        inserted_window_dims=(),
        scatter_dims_to_operand_dims=tuple(range(rank)),
    )
    return scatter_rule(
        level,
        rows.scatter_p,
        [Lane(operand, True), Lane(indices, True), Lane(new, True)],
        {"dimension_numbers": numbers, "mode": "clip"},
    )


def gather_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Mapped operand: whole lanes in each window; mapped indices: more places; both: paired axes."""
    x, indices = lanes
    numbers, sizes = params["dimension_numbers"], params["slice_sizes"]
    collapsed, mapped = numbers.collapsed_slice_dims, numbers.start_index_map
    batching, index_batching = numbers.operand_batching_dims, numbers.start_indices_batching_dims
    offsets = numbers.offset_dims
    if x.mapped and indices.mapped:
        new = replace(
            numbers,
            offset_dims=up(offsets),
            collapsed_slice_dims=up(collapsed),
            start_index_map=up(mapped),
            operand_batching_dims=(0, *up(batching)),
            start_indices_batching_dims=(0, *up(index_batching)),
        )
        sizes = (1, *sizes)
    elif x.mapped:
        new = replace(
            numbers,
            offset_dims=(0, *up(offsets)),
            collapsed_slice_dims=up(collapsed),
            start_index_map=up(mapped),
            operand_batching_dims=up(batching),
        )
        sizes = (level.size, *sizes)
    else:
        new = replace(numbers, offset_dims=up(offsets), start_indices_batching_dims=up(index_batching))
    return stacked_lanes(
        bind(
            primitive,
            x.value,
            indices.value,
            dimension_numbers=new,
            slice_sizes=tuple(sizes),
            mode=params["mode"],
        )
    )


def scatter_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Shared indices: whole lanes in each window; else paired axes."""
    x, indices, updates = lanes
    numbers = params["dimension_numbers"]
    common = {
        "inserted_window_dims": up(numbers.inserted_window_dims),
        "scatter_dims_to_operand_dims": up(numbers.scatter_dims_to_operand_dims),
    }
    if indices.mapped:
        new = replace(
            numbers,
            update_window_dims=up(numbers.update_window_dims),
            operand_batching_dims=(0, *up(numbers.operand_batching_dims)),
            scatter_indices_batching_dims=(0, *up(numbers.scatter_indices_batching_dims)),
            **common,
        )
    else:
        new = replace(
            numbers,
            update_window_dims=(0, *up(numbers.update_window_dims)),
            operand_batching_dims=up(numbers.operand_batching_dims),
            **common,
        )
    values = stacked(level, x), indices.value, stacked(level, updates)
    return stacked_lanes(bind(primitive, *values, dimension_numbers=new, mode=params["mode"]))
