"""`jit`: a function is traced once per signature, and its compiled program is kept."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from ..fake_devices import current_formats
from ..language import dispatch, trees
from ..language.arrays import Array
from ..language.catalogue import jit_p
from ..language.config import config
from ..language.dispatch import FlatFunction, Tracer
from ..language.executed import EXECUTED
from ..language.program import Program
from ..language.shapes import ShapedArray
from ..language.tracing import trace
from .array import FastArray
from .collectives import owner_of
from .devices import default_device
from .devices.device import Device
from .execution import Executable, compile_program, source_of
from .memo import ambient, derived

# Signatures kept per function, and functions kept that cannot be referred to weakly; the oldest go first.
SIGNATURES = 256
FUNCTIONS = 256
_DATA = operator.attrgetter("data")


@dataclass(slots=True)
class Traced:
    """A function on one signature.

    Attributes:
        program: closed; what the function closed over comes first among its inputs.
        captured: those values.
        out_tree: the structure of the function's result.
        avals: of the results.
        device: where it runs.
        single: whether the result is an array, and no tree of them.
        run: compiled when first needed.
        buffers: of the captured values, lifted once.
    """

    program: Program
    captured: list[Any]
    out_tree: Any
    avals: list[ShapedArray]
    device: Device
    single: bool
    run: Executable | None = None
    buffers: tuple[Any, ...] = ()


_Signatures = OrderedDict[Hashable, Traced]
_WEAK: WeakKeyDictionary[Any, _Signatures] = WeakKeyDictionary()
_STRONG: OrderedDict[Hashable, _Signatures] = OrderedDict()


def _signatures(key: Any) -> tuple[_Signatures, Hashable]:
    """Where the signatures of a function are kept, and the rest of the key."""
    if isinstance(key, tuple) and key:
        try:
            return _WEAK.setdefault(key[0], OrderedDict()), key[1:]
        except TypeError:  # not weakly referable, or not hashable alone
            pass
    found = _STRONG.setdefault(key, OrderedDict())
    _STRONG.move_to_end(key)
    if len(_STRONG) > FUNCTIONS:
        _STRONG.popitem(last=False)
    return found, None


def _trace(function: FlatFunction, operands: Sequence[Array], device: Device) -> Traced:
    program, captured = trace(function, [x.aval for x in operands]).closed()
    tree = getattr(function, "out_tree", None)
    single = tree is not None and tree.is_leaf()
    return Traced(program, captured, tree, program.out_avals, device, single)


def _device_of(operands: Sequence[Array]) -> Device:
    for x in operands:
        if isinstance(x, FastArray):
            return x.device
    return default_device()


def jit(
    function: FlatFunction, operands: list[Array], key: Any, memory: dict[Hashable, Any] | None = None
) -> tuple[list[Array], Any]:
    """Run ``function``, traced once for operands of these types; see `Implementation.jit`."""
    device = _device_of(operands)
    if key is None:
        traced = _trace(function, operands, device)
    else:
        kept, rest = _signatures(key)
        avals = tuple([(x.aval.shape, x.aval.dtype, x.aval.weak_type) for x in operands])
        signature = (rest, avals, device, ambient())
        found = kept.get(signature)
        if found is None:
            found = _trace(function, operands, device)
            # What closes over a tracer belongs to this very run of its transform.
            if not any(isinstance(x, Tracer) for x in found.captured):
                kept[signature] = found
                if len(kept) > SIGNATURES:
                    kept.popitem(last=False)
        traced = found
    if _must_bind(operands, traced):
        program = traced.program
        params = {"program": program, "name": program.name}
        return dispatch.bind(jit_p, *traced.captured, *operands, **params), traced.out_tree
    results = _execute(traced, operands)
    if memory is not None and key is not None and dispatch.undisturbed():
        place = _place(operands)
        if place is not None:
            if len(memory) >= SIGNATURES:
                memory.clear()
            memory[place] = traced
    return results, traced.out_tree


def _place(operands: Sequence[Any]) -> Hashable:
    """Where `recall` looks for what was compiled for these operands; None if one is not of `fast`."""
    parts: list[Any] = [config.in_force(), current_formats()]
    for x in operands:
        if type(x) is not FastArray:
            return None
        aval = x.aval
        parts += aval.shape, aval.dtype, aval.weak_type, x.device
    return tuple(parts)


def recall(memory: dict[Hashable, Any], operands: Sequence[Any]) -> tuple[Any] | None:
    """See `Implementation.recall`."""
    place = _place(operands) if dispatch.undisturbed() else None
    traced: Traced | None = None if place is None else memory.get(place)
    if traced is None or traced.run is None:
        return None
    device = traced.device
    EXECUTED.primitives += len(traced.program.equations)
    with device.running():
        buffers = traced.run(*traced.buffers, *map(_DATA, operands))
    if traced.single:
        return (FastArray(buffers[0], traced.avals[0], device),)
    results = [FastArray(x, a, device) for x, a in zip(buffers, traced.avals, strict=True)]
    return (trees.unflatten(traced.out_tree, results),)


def _must_bind(operands: Sequence[Array], traced: Traced) -> bool:
    """Whether a level is to see the call."""
    for x in operands:
        if isinstance(x, Tracer):
            return True
    for x in traced.captured:
        if isinstance(x, Tracer):
            return True
    return dispatch.staging_level() is not None or (
        dispatch.axes_in_scope() != () and owner_of({"program": traced.program}) is not None
    )


def _execute(traced: Traced, operands: Sequence[Any]) -> list[Array]:
    device = traced.device
    if traced.run is None:
        traced.run = compiled(traced.program, device)
        traced.buffers = tuple(lifted(x, device).data for x in traced.captured)
    EXECUTED.primitives += len(traced.program.equations)
    with device.running():
        results = traced.run(*traced.buffers, *[lifted(x, device).data for x in operands])
    return [FastArray(x, a, device) for x, a in zip(results, traced.avals, strict=True)]


def compiled(program: Program, device: Device) -> Executable:
    """The program's executable on a device, remembered."""
    return derived(program, ("compiled", device), lambda: (compile_program(program, device), True))


class Compilation:
    """A program as a function of arrays; see `Implementation.compiled`."""

    def __init__(self, program: Program, device: Device) -> None:
        self.program, self.device = program, device
        self._run = compiled(program, device)

    def __call__(self, *operands: Array) -> list[Array]:
        """The program's results."""
        with self.device.running():
            results = self._run(*[lifted(x, self.device).data for x in operands])
        avals = self.program.out_avals
        return [FastArray(x, a, self.device) for x, a in zip(results, avals, strict=True)]

    def text(self) -> str:
        """The source of the function of buffers that runs."""
        return source_of(self.program, self.device)[0]


def kept(function: Any) -> int:
    """See `Implementation.kept`."""
    return len(_signatures((function,))[0])


def forget(function: Any) -> None:
    """See `Implementation.forget`."""
    _signatures((function,))[0].clear()


def lifted(x: Any, device: Device) -> FastArray:
    """An operand as an array on a device.

    Raises:
        ValueError: it lives on another device.
    """
    array = x if isinstance(x, FastArray) else dispatch.lift_to(FastArray.implementation, x)
    assert isinstance(array, FastArray), "fast lifts to its own arrays"
    if array.device is not device:
        raise ValueError(
            f"The operands of one call must live on one device, got arrays on {device} and {array.device}. "
            f"Move one with verax.fast.device_put."
        )
    return array
