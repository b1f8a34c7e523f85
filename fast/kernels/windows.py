"""Kernels of windows: an indexed access lays all windows out, then they are reduced or multiplied."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...language.dtypes import bool_, is_float
from ...language.shapes import ShapedArray
from ..devices.device import Buffer
from .call import Call, Kernel, stored
from .products import product_types
from .reductions import REDUCTIONS

# Along one axis: the operand's size, the window's, how many windows, stride, low padding, dilations.
Along = tuple[int, int, int, int, int, int, int]


def _places(along: Along) -> tuple[Any, Any]:
    """Which element of the operand stands at each place of each window, and whether one does."""
    size, window, count, stride, low, base, dilation = along
    at = np.arange(count)[:, None] * stride + np.arange(window)[None] * dilation - low
    inside = (at >= 0) & (at % base == 0) & (at // base < size)
    return np.where(inside, at // base, 0), inside


def laid_out(call: Call, lead: int, geometry: Sequence[Along], dtype: Any, blank: Any) -> Kernel:
    """``x`` with its axes after the first ``lead`` as windows: (lead..., windows..., places in a window...)."""
    xp, rank = call.xp, len(geometry)
    shape = tuple(a[2] for a in geometry) + tuple(a[1] for a in geometry)
    indices: list[Buffer] = []
    whole: Any = np.ones((1,) * (2 * rank), bool)
    for d, along in enumerate(geometry):
        line, inside = _places(along)
        lane = tuple(along[2] if i == d else along[1] if i == rank + d else 1 for i in range(2 * rank))
        indices.append(call.device.put(line.reshape(lane)))
        whole = whole & inside.reshape(lane)
    before = (slice(None),) * lead
    mask = None if whole.all() else call.device.put(np.broadcast_to(whole, shape))
    filling = stored(call, blank, dtype)
    nothing = any(a[0] == 0 for a in geometry)

    def windows(x: Buffer) -> Buffer:
        if nothing or 0 in shape:
            return xp.full(xp.shape(x)[:lead] + shape, filling, dtype=x.dtype)
        found = x[(*before, *indices)] if rank else x
        return found if mask is None else xp.where(mask, found, filling)

    return windows


# -- reductions of windows ---------------------------------------------------------------------------------
def _neutral(name: str, dtype: Any) -> Any:
    if name in ("sum", "prod"):
        return int(name == "prod")
    if is_float(dtype):
        return -math.inf if name == "max" else math.inf
    limits = np.iinfo(dtype)
    return limits.min if name == "max" else limits.max


def _reduced(name: str) -> Callable[[Call], Kernel]:
    def build(call: Call) -> Kernel:
        p, (x,) = call.params, call.inputs
        result = call.outputs[0]
        geometry = [
            (
                x.shape[d],
                p["window_dimensions"][d],
                result.shape[d],
                p["window_strides"][d],
                p["padding"][d][0],
                p["base_dilation"][d],
                p["window_dilation"][d],
            )
            for d in range(x.ndim)
        ]
        windows = laid_out(call, 0, geometry, x.dtype, _neutral(name, x.dtype))
        wide = x.with_shape((*result.shape, *p["window_dimensions"]))
        axes = tuple(range(x.ndim, 2 * x.ndim))
        reduce = REDUCTIONS[f"reduce_{name}"](Call(call.device, (wide,), call.outputs, {"axes": axes}))
        return lambda buffer: reduce(windows(buffer))

    return build


# -- convolutions --------------------------------------------------------------------------------------------
# The most bytes of windows that are laid out at once; a convolution of more is done in halves.
LAID_OUT = 2**28


def _conv(call: Call) -> Kernel:
    """The product of windows and kernels, at once or in halves of the batch or of the first spatial axis."""
    p = call.params
    lhs_spec, rhs_spec, out_spec = p["dimension_numbers"]
    out, kernel = call.outputs[0], call.inputs[1]
    windows = math.prod(out.shape[a] for a in (out_spec[0], *out_spec[2:])) * p["feature_group_count"]
    size = windows * math.prod(kernel.shape[a] for a in rhs_spec[1:]) * call.dtype.itemsize
    if size <= LAID_OUT:
        return _product(call)
    batch, rows = out.shape[out_spec[0]], out.shape[out_spec[2]] if len(out_spec) > 2 else 1
    if batch > 1 and p["batch_group_count"] == 1:
        halves = [
            _conv(_part(call, {lhs_spec[0]: count}, {out_spec[0]: count}, p["padding"]))
            for count in (batch // 2, batch - batch // 2)
        ]
        cut = (slice(None),) * lhs_spec[0]
        return lambda x, y: call.xp.concatenate(
            [
                halves[0](x[(*cut, slice(None, batch // 2))], y),
                halves[1](x[(*cut, slice(batch // 2, None))], y),
            ],
            out_spec[0],
        )
    if rows > 1:
        (low, high), *others = p["padding"]
        later = low - rows // 2 * p["window_strides"][0]
        halves = [
            _conv(_part(call, {}, {out_spec[2]: rows // 2}, ((low, high), *others))),
            _conv(_part(call, {}, {out_spec[2]: rows - rows // 2}, ((later, high), *others))),
        ]
        return lambda x, y: call.xp.concatenate([half(x, y) for half in halves], out_spec[2])
    return _product(call)


def _part(call: Call, image: dict[int, int], result: dict[int, int], padding: Any) -> Call:
    """The call with other sizes along some axes of its image and its result."""

    def resized(aval: ShapedArray, sizes: dict[int, int]) -> ShapedArray:
        return aval.with_shape(tuple(sizes.get(i, n) for i, n in enumerate(aval.shape)))

    inputs = (resized(call.inputs[0], image), call.inputs[1])
    outputs = (resized(call.outputs[0], result),)
    return Call(call.device, inputs, outputs, {**call.params, "padding": padding})


def _product(call: Call) -> Kernel:
    """Windows of the left operand, in a row each, times the kernels, group by group."""
    xp, cast, p = call.xp, call.device.cast, call.params
    lhs_spec, rhs_spec, out_spec = p["dimension_numbers"]
    lhs = [call.inputs[0].shape[a] for a in lhs_spec]
    rhs = [call.inputs[1].shape[a] for a in rhs_spec]
    out = [call.outputs[0].shape[a] for a in out_spec]
    features, batches = p["feature_group_count"], p["batch_group_count"]
    spatial = len(lhs) - 2
    geometry = [
        (
            lhs[d + 2],
            rhs[d + 2],
            out[d + 2],
            p["window_strides"][d],
            p["padding"][d][0],
            p["lhs_dilation"][d],
            p["rhs_dilation"][d],
        )
        for d in range(spatial)
    ]
    old, new = call.dtype, call.outputs[0].dtype
    work = product_types(old, new)
    windows = laid_out(call, 2, geometry, work, False if work == bool_ else 0)
    groups, places, terms = features * batches, math.prod(out[2:]), rhs[1] * math.prod(rhs[2:])
    # From (batch, feature, windows..., places...) to (group, batch and window, feature and place).
    split = (batches, lhs[0] // batches, features, lhs[1] // features, *out[2:], *rhs[2:])
    first, last = tuple(range(4, 4 + spatial)), tuple(range(4 + spatial, 4 + 2 * spatial))
    back = tuple(out_spec.index(a) for a in range(len(out)))

    def prepared(x: Buffer, order: Sequence[int]) -> Buffer:
        return xp.transpose(cast(x, old, work) if old != work else x, tuple(order))

    def conv(x: Buffer, y: Buffer) -> Buffer:
        left = xp.reshape(windows(prepared(x, lhs_spec)), split)
        left = xp.reshape(
            xp.transpose(left, (0, 2, 1, *first, 3, *last)), (groups, lhs[0] // batches * places, terms)
        )
        right = xp.reshape(prepared(y, rhs_spec), (groups, rhs[0] // groups, terms))
        found = xp.matmul(left, xp.transpose(right, (0, 2, 1)))
        found = xp.reshape(found, (groups, lhs[0] // batches, *out[2:], rhs[0] // groups))
        # (batch, group, feature of it, windows...), then the axes where they are wanted.
        found = xp.transpose(found, (1, 0, 2 + spatial, *range(2, 2 + spatial)))
        found = xp.transpose(xp.reshape(found, tuple(out)), back)
        return cast(found, work, new) if work != new else found

    return conv


WINDOWS: dict[str, Callable[[Call], Kernel]] = {
    **{f"reduce_window_{name}": _reduced(name) for name in ("sum", "prod", "max", "min")},
    "conv_general_dilated": _conv,
}
