"""Kernels of gather and scatter: index arrays for every axis of the operand, then one indexed access."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from ...language.dtypes import float32
from ..devices.device import Buffer
from .call import NARROW, Call, Kernel, filler, stored


def _places(
    xp: Any,
    shape: Sequence[int],
    indices: Buffer,
    mapped: Sequence[int],
    dropped: Sequence[int],
    batching: Sequence[int],
    index_batching: Sequence[int],
    sizes: Sequence[int],
    mode: str,
) -> tuple[tuple[Buffer, ...], Buffer | None]:
    """For every axis of the operand an index array that broadcasts to (places..., window...), the axes of
    the window being those not dropped; and where the window lies inside, of shape (places..., 1...).

    Windows that reach out are moved inside.
    """
    outer = xp.shape(indices)[:-1]
    window_axes = [d for d in range(len(shape)) if d not in dropped and d not in batching]
    ones = (1,) * len(window_axes)
    found: list[Buffer] = []
    inside = None
    for axis, size in enumerate(shape):
        if axis in batching:
            lane = index_batching[batching.index(axis)]
            line = xp.arange(size)
            found.append(xp.reshape(line, tuple(size if i == lane else 1 for i in range(len(outer))) + ones))
            continue
        start: Any = 0
        if axis in mapped:
            raw = indices[..., mapped.index(axis)]
            # Unsigned indices of 64 bits do not fit the signed index type: compare before converting.
            last = size - sizes[axis]
            fits = xp.logical_and(raw >= 0, raw <= last) if last >= 0 else xp.zeros(outer, bool)
            start = xp.where(raw > max(last, 0), max(last, 0), xp.where(raw < 0, 0, raw)).astype("int64")
            start = xp.reshape(start, outer + ones)
            if mode == "fill":
                fits = xp.reshape(fits, outer + ones)
                inside = fits if inside is None else xp.logical_and(inside, fits)
        if axis in window_axes:
            place = window_axes.index(axis)
            line = xp.arange(sizes[axis])
            start = start + xp.reshape(
                line, (1,) * len(outer) + tuple(sizes[axis] if i == place else 1 for i in range(len(ones)))
            )
        elif isinstance(start, int):
            start = xp.zeros((1,) * (len(outer) + len(ones)), "int64")
        found.append(start)
    return tuple(found), inside


def _gather(call: Call) -> Kernel:
    xp, numbers, sizes = call.xp, call.params["dimension_numbers"], call.params["slice_sizes"]
    shape, mode = call.inputs[0].shape, call.params["mode"]
    result = call.outputs[0].shape
    fill = stored(call, filler(call), call.outputs[0].dtype)
    rank, offsets = len(result), numbers.offset_dims
    # From (places..., window...) to the result's axes.
    outer = [i for i in range(rank) if i not in offsets]
    order = tuple(offsets.index(i) + len(outer) if i in offsets else outer.index(i) for i in range(rank))
    direct = tuple(result[i] for i in outer) + tuple(result[i] for i in offsets)
    dropped = (*numbers.collapsed_slice_dims,)

    def gather(x: Buffer, indices: Buffer) -> Buffer:
        if 0 in result:
            return xp.empty(result, x.dtype)
        if not shape:
            return xp.reshape(xp.broadcast_to(x, direct), result)
        places, inside = _places(
            xp,
            shape,
            indices,
            numbers.start_index_map,
            dropped,
            numbers.operand_batching_dims,
            numbers.start_indices_batching_dims,
            sizes,
            mode,
        )
        found = xp.broadcast_to(x[places], direct)
        if inside is not None:
            found = xp.where(inside, found, fill)
        return xp.transpose(found, order)

    return gather


Put = Callable[[Call, Buffer, tuple[Buffer, ...], Buffer], None]


def _set(call: Call, buffer: Buffer, places: tuple[Buffer, ...], values: Buffer) -> None:
    buffer[places] = values


def _add(call: Call, buffer: Buffer, places: tuple[Buffer, ...], values: Buffer) -> None:
    call.device.scatter_add(buffer, places, values)


def _sub(call: Call, buffer: Buffer, places: tuple[Buffer, ...], values: Buffer) -> None:
    call.device.scatter_add(buffer, places, call.xp.negative(values))


def _in_rounds(name: str) -> Put:
    """Combine by a function of two operands that array modules cannot scatter: first what comes first to
    each place, then what comes second, and so on. In a round no place is named twice.
    """

    def put(call: Call, buffer: Buffer, places: tuple[Buffer, ...], values: Buffer) -> None:
        xp, combine = call.xp, getattr(call.xp, name)
        line = xp.reshape(buffer, (-1,))
        at = xp.zeros(values.shape, "int64")
        for place, size in zip(places, buffer.shape, strict=True):
            at = at * size + place
        at, values = xp.reshape(at, (-1,)), xp.reshape(values, (-1,))
        if not at.size:
            return
        order = xp.argsort(at, kind="stable")
        ordered = at[order]
        turn = xp.arange(at.size) - xp.searchsorted(ordered, ordered)
        order, turn = order[xp.argsort(turn, kind="stable")], xp.sort(turn)
        rounds = int(call.device.scalar(turn[-1:])) + 1
        ends = [int(call.device.scalar(xp.searchsorted(turn, xp.asarray([k])))) for k in range(1, rounds)]
        for low, high in itertools.pairwise((0, *ends, at.size)):
            now = order[low:high]
            line[at[now]] = combine(line[at[now]], values[now])
        buffer[...] = xp.reshape(line, buffer.shape)

    return put


def _scatter(call: Call, put: Put) -> Kernel:
    xp, numbers, mode = call.xp, call.params["dimension_numbers"], call.params["mode"]
    operand, _, updates = call.inputs
    shape = operand.shape
    windows = numbers.update_window_dims
    outer = [i for i in range(updates.ndim) if i not in windows]
    order = (*outer, *windows)
    flat = tuple(updates.shape[i] for i in order)
    kept = iter(updates.shape[i] for i in windows)
    absent = {*numbers.inserted_window_dims, *numbers.operand_batching_dims}
    sizes = [1 if d in absent else next(kept) for d in range(len(shape))]
    cast, wide = call.device.cast, put is not _set and call.dtype in NARROW

    def scatter(x: Buffer, indices: Buffer, new: Buffer) -> Buffer:
        if 0 in flat:
            return x
        result = cast(x, call.dtype, float32) if wide else xp.array(x)
        values = xp.transpose(cast(new, call.dtype, float32) if wide else new, order)
        if not shape:
            places: tuple[Buffer, ...] = ()
            result = xp.reshape(result, (1,))
            places = (xp.zeros(flat, "int64"),)
            inside = None
        else:
            places, inside = _places(
                xp,
                shape,
                indices,
                numbers.scatter_dims_to_operand_dims,
                (*numbers.inserted_window_dims,),
                numbers.operand_batching_dims,
                numbers.scatter_indices_batching_dims,
                sizes,
                mode,
            )
        places = tuple(xp.broadcast_to(p, flat) for p in places)
        if inside is not None:
            chosen = xp.broadcast_to(inside, flat)
            places, values = tuple(p[chosen] for p in places), values[chosen]
        put(call, result, places, values)
        result = xp.reshape(result, shape)
        return cast(result, float32, call.dtype) if wide else result

    return scatter


INDEXING: dict[str, Callable[[Call], Kernel]] = {
    "gather": _gather,
    "scatter": lambda call: _scatter(call, _set),
    "scatter_add": lambda call: _scatter(call, _add),
    "scatter_sub": lambda call: _scatter(call, _sub),
    "scatter_mul": lambda call: _scatter(call, _in_rounds("multiply")),
    "scatter_min": lambda call: _scatter(call, _in_rounds("minimum")),
    "scatter_max": lambda call: _scatter(call, _in_rounds("maximum")),
}
