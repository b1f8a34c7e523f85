"""Kernels of reductions, running totals and sorts.

Sums and products of floats narrower than float64 are accumulated in float64 and rounded once. A sum of
float64 runs along a contiguous last axis, where NumPy adds in blocks and not one after another.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...language.dtypes import bool_, is_float, is_inexact
from ...language.shapes import ShapedArray
from ..devices.device import Buffer
from .call import NARROW, Call, Kernel, wider


# -- reductions ------------------------------------------------------------------------------------------
def _accumulated(call: Call, name: str) -> Kernel:
    """Sum or product over axes."""
    xp, axes, dtype = call.xp, tuple(call.params["axes"]), call.dtype
    reduce = getattr(xp, name)
    if not axes:
        return lambda x: x
    if not is_inexact(dtype):
        return lambda x: reduce(x, axis=axes, dtype=dtype)
    work, new = wider(dtype), call.outputs[0].dtype
    cast = call.device.cast
    if dtype in NARROW:
        return lambda x: cast(xp.asarray(reduce(cast(x, dtype, work), axis=axes)), work, new)
    if dtype != work:
        return lambda x: reduce(x, axis=axes, dtype=work).astype(new)
    rank = call.inputs[0].ndim
    kept = tuple(i for i in range(rank) if i not in axes)
    order, shape = kept + axes, call.outputs[0].shape
    if order == tuple(range(rank)) and len(axes) == 1:
        return lambda x: reduce(xp.ascontiguousarray(x), axis=rank - 1)
    terms = math.prod(call.inputs[0].shape[i] for i in axes)

    def along_last(x: Buffer) -> Buffer:
        rows = xp.reshape(xp.ascontiguousarray(xp.transpose(x, order)), (*shape, terms))
        return reduce(rows, axis=-1)

    return along_last


def _identity(call: Call, name: str) -> Any:
    dtype = call.dtype
    if dtype == bool_:
        return name == "min"
    if is_float(dtype):
        return -math.inf if name == "max" else math.inf
    return np.iinfo(dtype).min if name == "max" else np.iinfo(dtype).max


def _extreme(call: Call, name: str) -> Kernel:
    """The largest or smallest over axes; NaN if one is."""
    xp, axes, dtype = call.xp, tuple(call.params["axes"]), call.dtype
    if not axes:
        return lambda x: x
    if any(call.inputs[0].shape[i] == 0 for i in axes):
        value = np.full(call.outputs[0].shape, _identity(call, name)).astype(dtype)
        return lambda x: call.device.put(value)
    reduce = getattr(xp, "any" if name == "max" else "all") if dtype == bool_ else getattr(xp, name)
    return lambda x: call.narrow(xp.asarray(reduce(call.widen(x), axis=axes)))


def _bitwise(call: Call, name: str) -> Kernel:
    """And, or, or exclusive or over axes."""
    xp, axes = call.xp, tuple(call.params["axes"])
    if call.dtype == bool_:
        reduce = {"bitwise_and": xp.all, "bitwise_or": xp.any, "bitwise_xor": _odd(xp)}[name]
        return lambda x: reduce(x, axis=axes) if axes else x
    combine = getattr(xp, name)
    start = np.array(-1 if name == "bitwise_and" else 0).astype(call.dtype)[()]

    def fold(x: Buffer) -> Buffer:
        for axis in sorted(axes, reverse=True):
            lanes = [xp.take(x, i, axis) for i in range(xp.shape(x)[axis])]
            x = xp.full(xp.shape(x)[:axis] + xp.shape(x)[axis + 1 :], start, dtype=x.dtype)
            for lane in lanes:
                x = combine(x, lane)
        return x

    return fold


def _odd(xp: Any) -> Callable[..., Buffer]:
    """Whether an odd number of booleans is true."""
    return lambda x, axis: xp.sum(x, axis=axis, dtype="int64") % 2 == 1


def _position(call: Call, name: str) -> Kernel:
    """The index of the first extreme; the first NaN wins."""
    find, (axis,) = getattr(call.xp, name), call.params["axes"]
    index_dtype = call.params["index_dtype"]
    xp = call.xp
    if not is_float(call.dtype):
        return lambda x: find(x, axis=axis).astype(index_dtype)

    def position(x: Buffer) -> Buffer:
        x = call.widen(x)
        nan = xp.isnan(x)
        # Array modules differ on NaN: look for the first one ourselves.
        found = xp.where(xp.any(nan, axis=axis), xp.argmax(nan, axis=axis), find(x, axis=axis))
        return found.astype(index_dtype)

    return position


# -- running totals ----------------------------------------------------------------------------------------
def _turned(call: Call, run: Callable[[Buffer], Buffer]) -> Kernel:
    xp, axis = call.xp, call.params["axis"]
    if not call.params["reverse"]:
        return run
    return lambda x: xp.flip(run(xp.flip(x, axis)), axis)


def _running_total(call: Call, name: str) -> Kernel:
    xp, axis, dtype = call.xp, call.params["axis"], call.dtype
    accumulate, cast = getattr(xp, name), call.device.cast
    if not is_inexact(dtype):
        return _turned(call, lambda x: accumulate(x, axis=axis, dtype=dtype))
    work, new = wider(dtype), call.outputs[0].dtype
    if dtype == work:
        return _turned(call, lambda x: accumulate(x, axis=axis))
    return _turned(call, lambda x: cast(accumulate(cast(x, dtype, work), axis=axis), work, new))


def _running_extreme(call: Call, name: str) -> Kernel:
    # By doubling (Hillis and Steele, 1986): extremes may be taken in any order.
    xp, axis = call.xp, call.params["axis"]
    combine = getattr(xp, name)
    size = call.inputs[0].shape[axis]
    before = (slice(None),) * axis

    def run(x: Buffer) -> Buffer:
        x = call.widen(x)
        step = 1
        while step < size:
            early, late = (*before, slice(None, -step)), (*before, slice(step, None))
            x = xp.concatenate([x[(*before, slice(None, step))], combine(x[late], x[early])], axis)
            step *= 2
        return call.narrow(x)

    return _turned(call, run)


# -- order ---------------------------------------------------------------------------------------------------
def _comparable(call: Call, aval: ShapedArray, x: Buffer) -> Buffer:
    # -0 and 0 are equal to a stable sort; NaN comes last in every array module.
    return Call(call.device, (aval,), (aval,), {}).widen(x)


def _sort(call: Call) -> Kernel:
    xp, axis, keys = call.xp, call.params["dimension"], call.params["num_keys"]

    def sort(*xs: Buffer) -> tuple[Buffer, ...]:
        order = None
        for aval, key in list(zip(call.inputs, xs, strict=True))[keys - 1 :: -1]:
            compared = _comparable(call, aval, key)
            if order is None:
                order = xp.argsort(compared, axis=axis, kind="stable")
            else:
                again = xp.argsort(xp.take_along_axis(compared, order, axis), axis=axis, kind="stable")
                order = xp.take_along_axis(order, again, axis)
        return tuple(xp.take_along_axis(x, order, axis) for x in xs)

    return sort


REDUCTIONS: dict[str, Callable[[Call], Kernel]] = {
    "reduce_sum": lambda call: _accumulated(call, "sum"),
    "reduce_prod": lambda call: _accumulated(call, "prod"),
    "reduce_max": lambda call: _extreme(call, "max"),
    "reduce_min": lambda call: _extreme(call, "min"),
    "reduce_and": lambda call: _bitwise(call, "bitwise_and"),
    "reduce_or": lambda call: _bitwise(call, "bitwise_or"),
    "reduce_xor": lambda call: _bitwise(call, "bitwise_xor"),
    "argmax": lambda call: _position(call, "argmax"),
    "argmin": lambda call: _position(call, "argmin"),
    "cumsum": lambda call: _running_total(call, "cumsum"),
    "cumprod": lambda call: _running_total(call, "cumprod"),
    "cummax": lambda call: _running_extreme(call, "maximum"),
    "cummin": lambda call: _running_extreme(call, "minimum"),
    "sort": _sort,
}
