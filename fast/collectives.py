"""Collectives of lanes that run one by one: they meet, and each combines what all have brought."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..fake_devices import current_block
from ..fake_devices.runs import Met
from ..language import dispatch
from ..language.dispatch import Level, Params
from ..language.dtypes import is_complex, is_inexact
from ..language.errors import CollectiveError
from ..language.program import SourceLine, axes_of
from ..language.tracing import attributed
from .devices.device import Buffer
from .kernels.call import Call, Kernel, stored, wider


def _lane(name: Any) -> Any:
    """The lane that runs here along an axis.

    Raises:
        CollectiveError: the axis is mapped, not run lane by lane.
    """
    owner = dispatch.axis_frame(name).owner
    if isinstance(owner, Level):
        raise CollectiveError(
            f"The collective over axis {name!r} was reached outside of the vmap that names it. "
            f"Call it with a value of the mapped function."
        )
    return owner


def _met(call: Call, operation: str, combine: Callable[[Met], Buffer]) -> Kernel:
    signature, filled = (call.inputs[0].shape, str(call.inputs[0].dtype)), _filled(call)

    def meet(x: Buffer) -> Buffer:
        for name in reversed(call.params["axes"]):
            x = combine(_lane(name).meet(operation, x, signature, lambda number, x=x: filled(x, number)))
        return x

    return meet


def _filled(call: Call) -> Callable[[Buffer, float], Buffer]:
    """A buffer like another one that holds one number everywhere."""
    parts = 1 + 1j if is_complex(call.dtype) else 1
    return lambda x, number: call.xp.full_like(x, stored(call, number * parts, call.dtype))


def _total(call: Call) -> Callable[[Sequence[Buffer], int], Buffer]:
    """The sum in order of lanes, in a wider format, rounded once; where the mesh has an order, in that one."""
    cast, dtype, xp = call.device.cast, call.dtype, call.xp
    work = wider(dtype) if is_inexact(dtype) else dtype

    def add(x: Buffer, y: Buffer) -> Buffer:
        return call.narrow(xp.asarray(xp.add(call.widen(x), call.widen(y))))

    def total(values: Sequence[Buffer], turn: int) -> Buffer:
        order = current_block().order
        if order is not None and is_inexact(dtype):
            return order.total(values, add, xp, turn)
        wide = [cast(x, dtype, work) for x in values]
        return cast(xp.asarray(functools.reduce(xp.add, wide)), work, dtype)

    return total


def _psum(call: Call) -> Kernel:
    total = _total(call)
    return _met(call, "psum", lambda met: met.once(lambda: total(met, met.turn)))


def _extreme(operation: str, name: str) -> Callable[[Call], Kernel]:
    def build(call: Call) -> Kernel:
        combine = getattr(call.xp, name)

        def extreme(met: Met) -> Buffer:
            return met.once(lambda: call.narrow(functools.reduce(combine, [call.widen(x) for x in met])))

        return _met(call, operation, extreme)

    return build


def _exchange(call: Call, operation_name: str, part: Callable[[Met, int], Buffer]) -> Kernel:
    """Each lane makes its own part of what all have brought."""
    (name,) = call.params["axes"]
    told = ", ".join(f"{k}={v}" for k, v in call.params.items() if k != "axes")
    operation = f"{operation_name} with {told}"
    signature, filled = (call.inputs[0].shape, str(call.inputs[0].dtype)), _filled(call)

    def exchange(x: Buffer) -> Buffer:
        lane = _lane(name)
        return part(lane.meet(operation, x, signature, lambda number: filled(x, number)), lane.index)

    return exchange


def _all_gather(call: Call) -> Kernel:
    axis = call.params["axis"]
    return _exchange(call, "all_gather", lambda met, _: call.xp.stack(list(met), axis))


def _reduce_scatter(call: Call) -> Kernel:
    axis, total = call.params["scatter_dimension"], _total(call)
    return _exchange(
        call, "reduce_scatter", lambda met, k: total([call.xp.take(x, k, axis) for x in met], met.turn)
    )


def _all_to_all(call: Call) -> Kernel:
    split, to = call.params["split_axis"], call.params["concat_axis"]
    return _exchange(
        call, "all_to_all", lambda values, k: call.xp.stack([call.xp.take(x, k, split) for x in values], to)
    )


def _ppermute(call: Call) -> Kernel:
    sources = {to: source for source, to in call.params["perm"]}

    def received(values: Met, k: int) -> Buffer:
        return values[sources[k]] if k in sources else call.xp.zeros_like(values[k])

    return _exchange(call, "ppermute", received)


def _axis_index(call: Call) -> Kernel:
    def index() -> Buffer:
        place = 0
        for name in call.params["axes"]:
            lane = _lane(name)
            place = place * lane.size + lane.index
        return call.device.put(np.asarray(place, np.int32))

    return index


KERNELS: dict[str, Callable[[Call], Kernel]] = {
    "psum": _psum,
    "pmax": _extreme("pmax", "maximum"),
    "pmin": _extreme("pmin", "minimum"),
    "all_gather": _all_gather,
    "reduce_scatter": _reduce_scatter,
    "all_to_all": _all_to_all,
    "ppermute": _ppermute,
    "axis_index": _axis_index,
}

# Those in which lanes wait for each other.
MEETINGS = KERNELS.keys() - {"axis_index"}


def on_line(kernel: Kernel, source: SourceLine | None) -> Kernel:
    """A collective that says, when lanes disagree, which line of the user's it was traced from."""

    def told(x: Buffer) -> Buffer:
        with attributed(source):
            return kernel(x)

    return told


def owner_of(params: Params) -> Level | None:
    """The innermost level that maps an axis which the programs among ``params`` meet over, if one does."""
    if not any(isinstance(f.owner, Level) for f in dispatch.axes_in_scope()):
        return None
    owners = [dispatch.axis_frame(name).owner for name in axes_of(params)]
    levels = [o for o in owners if isinstance(o, Level)]
    return max(levels, key=lambda level: level.depth, default=None)
