"""Kernels of structural primitives: elements move, whatever they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..devices.device import Buffer
from .call import Call, Kernel


def spread(xp: Any, x: Buffer, shape: tuple[int, ...], places: tuple[int, ...]) -> Buffer:
    """``x`` with its axes at ``places`` of an array of ``len(shape)`` axes, the others of size 1."""
    sizes = [1] * len(shape)
    for size, place in zip(xp.shape(x), places, strict=True):
        sizes[place] = size
    return xp.reshape(x, tuple(sizes))


def _broadcast_in_dim(call: Call) -> Kernel:
    xp, shape, places = call.xp, call.params["shape"], call.params["broadcast_dimensions"]
    if shape == call.inputs[0].shape:
        return lambda x: x
    if not call.inputs[0].shape:
        dtype = call.device.storage(call.dtype)

        def fill(x: Buffer) -> Buffer:
            result = xp.empty(shape, dtype)
            result[...] = x
            return result

        return fill
    sizes = [1] * len(shape)
    for size, place in zip(call.inputs[0].shape, places, strict=True):
        sizes[place] = size
    thin = tuple(sizes)
    if thin == shape:
        return lambda x: xp.reshape(x, shape)
    return lambda x: xp.broadcast_to(xp.reshape(x, thin), shape)


def _reshape(call: Call) -> Kernel:
    xp, shape = call.xp, tuple(call.params["new_sizes"])
    return lambda x: xp.reshape(x, shape)


def _transpose(call: Call) -> Kernel:
    xp, order = call.xp, tuple(call.params["permutation"])
    return lambda x: xp.transpose(x, order)


def _squeeze(call: Call) -> Kernel:
    xp, shape = call.xp, call.outputs[0].shape
    return lambda x: xp.reshape(x, shape)


def _concatenate(call: Call) -> Kernel:
    xp, axis = call.xp, call.params["dimension"]
    return lambda *xs: xp.concatenate(xs, axis)


def _slice(call: Call) -> Kernel:
    starts, limits = call.params["start_indices"], call.params["limit_indices"]
    strides = call.params["strides"] or (1,) * len(starts)
    window = tuple(slice(a, b, s) for a, b, s in zip(starts, limits, strides, strict=True))
    return (lambda x: x[window]) if window else (lambda x: x)


def _window(call: Call, starts: tuple[Buffer, ...], sizes: tuple[int, ...]) -> tuple[slice, ...]:
    # The window is moved inside where it would reach out.
    scalar = call.device.scalar
    places = []
    for start, size, limit in zip(starts, sizes, call.inputs[0].shape, strict=True):
        first = min(max(int(scalar(start)), 0), limit - size)
        places.append(slice(first, first + size))
    return tuple(places)


def _dynamic_slice(call: Call) -> Kernel:
    sizes = tuple(call.params["slice_sizes"])
    return lambda x, *starts: x[_window(call, starts, sizes)] if sizes else x


def _dynamic_update_slice(call: Call) -> Kernel:
    xp, sizes = call.xp, call.inputs[1].shape

    def update(x: Buffer, new: Buffer, *starts: Buffer) -> Buffer:
        result = xp.array(x)
        result[_window(call, starts, sizes)] = new
        return result

    return update


def _pad(call: Call) -> Kernel:
    xp, shape = call.xp, call.outputs[0].shape
    dtype = call.device.storage(call.dtype)
    into, of = [], []
    for size, (low, high, interior) in zip(call.inputs[0].shape, call.params["padding_config"], strict=True):
        step = interior + 1
        # Negative padding drops elements: the first kept is the first that lands at 0 or later.
        first = max(0, -(low // step)) if low < 0 else 0
        last = size
        end = low + (size - 1) * step + 1 + high if size else 0
        while last > first and low + (last - 1) * step >= end:
            last -= 1
        start = low + first * step
        into.append(slice(start, start + max(last - first, 0) * step, step))
        of.append(slice(first, max(last, first)))
    where, which = tuple(into), tuple(of)

    def pad(x: Buffer, value: Buffer) -> Buffer:
        result = xp.empty(shape, dtype)
        result[...] = value
        if 0 not in xp.shape(x):
            result[where] = x[which]
        return result

    return pad


def _rev(call: Call) -> Kernel:
    axes = set(call.params["dimensions"])
    turned = tuple(slice(None, None, -1 if i in axes else None) for i in range(call.inputs[0].ndim))
    return (lambda x: x[turned]) if turned else (lambda x: x)


def _iota(call: Call) -> Kernel:
    xp, device = call.xp, call.device
    dtype, shape, axis = call.params["dtype"], tuple(call.params["shape"]), call.params["dimension"]
    line = np.arange(shape[axis]).astype(dtype)

    def iota() -> Buffer:
        row = spread(xp, device.put(line), shape, (axis,))
        return xp.ascontiguousarray(xp.broadcast_to(row, shape))

    return iota


def _bitcast_convert_type(call: Call) -> Kernel:
    xp, new = call.xp, call.device.storage(call.params["new_dtype"])
    shape = call.outputs[0].shape
    old = call.device.storage(call.dtype)
    if old == new:
        return lambda x: xp.reshape(x, shape)

    def bitcast(x: Buffer) -> Buffer:
        # A trailing axis of one element lets a view change the size of elements.
        rows = xp.ascontiguousarray(x)
        if old.itemsize >= new.itemsize:
            rows = xp.reshape(rows, (*xp.shape(x), 1))
        return xp.reshape(rows.view(new), shape)

    return bitcast


STRUCTURAL: dict[str, Callable[[Call], Kernel]] = {
    "broadcast_in_dim": _broadcast_in_dim,
    "reshape": _reshape,
    "transpose": _transpose,
    "squeeze": _squeeze,
    "concatenate": _concatenate,
    "slice": _slice,
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update_slice,
    "pad": _pad,
    "rev": _rev,
    "iota": _iota,
    "bitcast_convert_type": _bitcast_convert_type,
}
