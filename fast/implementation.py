"""The implementation that is fast: `dispatch.Implementation`, over the rest of this room."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from ..fake_devices import current_formats
from ..language import dispatch
from ..language.arrays import Array
from ..language.control_flow import stage_cond, stage_scan, stage_while
from ..language.dispatch import FlatFunction, Params
from ..language.executed import EXECUTED
from ..language.meshes import Mesh
from ..language.primitive import Primitive
from ..language.program import Program
from ..language.shapes import ShapedArray
from ..language.solves import LinearSystem
from . import batching, lanes
from . import jit as jitting
from .array import FastArray
from .devices import Device, default_device, devices
from .differentiation import jvp as forward
from .differentiation import linearization
from .execution import MANY, kernel_of
from .kernels.call import Kernel

# Kernels kept for eager operations; when there are more, all are forgotten.
KERNELS_KEPT = 8192


class Fast:
    """Runs programs through one array module, with trace levels for the transforms."""

    name = "fast"
    array_type: type[Array] = FastArray
    precedence = 0
    carries_tangents = False

    def __init__(self) -> None:
        self._kernels: dict[Hashable, tuple[Kernel, tuple[ShapedArray, ...], bool]] = {}

    def __repr__(self) -> str:
        return "<implementation fast>"

    @property
    def platform(self) -> str:
        """What new arrays are kept on."""
        return "cuda" if default_device().platform == "gpu" else "cpu"

    def devices(self) -> list[Device]:
        """Where arrays can be kept."""
        return devices()

    def put(self, x: Any, device: Any) -> Array:
        """The array on a device of ours; any other means the default one."""
        from .transfer import put

        found: Array = put(x, device if isinstance(device, Device) else default_device())
        return found

    def lift(self, value: np.ndarray[Any, Any], aval: ShapedArray) -> Array:
        """The array of a machine value on the default device."""
        device = default_device()
        return FastArray(device.put(value), aval, device)

    def bind(self, primitive: Primitive, operands: list[Any], params: Params) -> list[Array]:
        """Run one primitive now."""
        key: Hashable
        device = operands[0].device if operands else default_device()
        parts: list[Any] = [primitive, device, current_formats()]
        for x in operands:
            if x.device is not device:
                jitting.lifted(x, device)  # raises
            aval = x.aval
            parts += (aval.shape, aval.dtype, aval.weak_type)
        parts += params.items()
        key = tuple(parts)
        try:
            found = self._kernels.get(key)
        except TypeError:  # a parameter that cannot be hashed
            found, key = None, None
        if found is None:
            found = self._prepare(primitive, operands, params, device, key)
        kernel, avals, many = found
        EXECUTED.primitives += 1
        with device.running():
            results = kernel(*[x.data for x in operands])
        if many:
            return [FastArray(y, a, device) for y, a in zip(results, avals, strict=True)]
        return [FastArray(results, avals[0], device)]

    def _prepare(
        self, primitive: Primitive, operands: Sequence[Any], params: Params, device: Any, key: Hashable
    ) -> tuple[Kernel, tuple[ShapedArray, ...], bool]:
        inputs = [x.aval for x in operands]
        outputs = tuple(primitive.infer(inputs, params))
        if primitive.name in ("jit", "checkpoint"):
            kernel: Kernel = jitting.compiled(params["program"], device)
        else:
            kernel = kernel_of(primitive, inputs, outputs, params, device)
        found = kernel, outputs, primitive.name in MANY
        # Programs are remembered where they live; to keep them here would keep them alive.
        if key is not None and not any(
            isinstance(v, (Program, tuple)) and _holds_programs(v) for v in params.values()
        ):
            if len(self._kernels) >= KERNELS_KEPT:
                self._kernels.clear()
            self._kernels[key] = found
        return found

    # -- transforms ---------------------------------------------------------------------------------------
    def jit(
        self,
        function: FlatFunction,
        operands: list[Array],
        key: Any,
        memory: dict[Hashable, Any] | None = None,
    ) -> tuple[list[Array], Any]:
        """See `jit.jit`."""
        return jitting.jit(function, operands, key, memory)

    recall = staticmethod(jitting.recall)
    kept = staticmethod(jitting.kept)
    forget = staticmethod(jitting.forget)

    def compiled(self, program: Program) -> jitting.Compilation:
        """The program, compiled for the default device."""
        return jitting.Compilation(program, default_device())

    def vmap(
        self, function: FlatFunction, operands: list[Array], axes: list[int | None], size: int, axis_name: Any
    ) -> tuple[list[Array], list[bool]]:
        """See `batching.vmap`."""
        return batching.vmap(self, function, operands, axes, size, axis_name)

    def pmap(
        self, function: FlatFunction, operands: list[Array], axes: list[int | None], size: int, axis_name: Any
    ) -> list[Array]:
        """See `lanes.pmap`."""
        return lanes.pmap(self, function, operands, axes, size, axis_name)

    def shard_map(
        self,
        function: FlatFunction,
        operands: list[Array],
        axes: list[tuple[Any, ...]],
        mesh: Mesh,
        names: Sequence[Any],
    ) -> tuple[list[Array], list[tuple[Any, ...]]]:
        """See `lanes.shard_map`."""
        return lanes.shard_map(self, function, operands, axes, mesh, names)

    def jvp(
        self, function: FlatFunction, primals: list[Array], tangents: list[Array | None]
    ) -> tuple[list[Array], list[Array | None]]:
        """See `differentiation.jvp`."""
        return forward.jvp(self, function, primals, tangents)

    def vjp(
        self, function: FlatFunction, primals: list[Array]
    ) -> tuple[list[Array], Callable[[Sequence[Array | None]], list[Array | None]]]:
        """See `differentiation.linearization`."""
        return linearization.vjp(self, function, primals)

    def linearize(
        self, function: FlatFunction, primals: list[Array]
    ) -> tuple[list[Array], Callable[[Sequence[Array | None]], list[Array | None]]]:
        """See `differentiation.linearization`."""
        return linearization.linearize(self, function, primals)

    def jacobian(
        self, function: FlatFunction, primals: list[Array], wrt: list[int], mode: str
    ) -> tuple[list[Array], list[list[Array]]]:
        """See `differentiation.linearization`."""
        return linearization.jacobian(self, function, primals, wrt, mode)

    def transpose(
        self, function: FlatFunction, avals: Sequence[ShapedArray], cotangents: list[Array]
    ) -> list[Array | None]:
        """See `differentiation.linearization`."""
        return linearization.transpose(self, function, avals, cotangents)

    # -- control flow and custom rules -----------------------------------------------------------------------
    def cond(self, index: Array, branches: Sequence[FlatFunction], operands: list[Array]) -> list[Array]:
        """One equation, run at once."""
        return stage_cond(index, branches, operands)

    def while_loop(self, test: FlatFunction, body: FlatFunction, init: list[Array]) -> list[Array]:
        """One equation, run at once."""
        return stage_while(test, body, init)

    def scan(
        self, body: FlatFunction, init: list[Array], xs: list[Array], length: int, reverse: bool
    ) -> tuple[list[Array], list[Array]]:
        """One equation, run at once."""
        return stage_scan(body, init, xs, length, reverse)

    def linear_solve(self, system: LinearSystem, operands: list[Array]) -> list[Array]:
        """One equation, run at once."""
        return system.staged(operands)

    def custom_jvp(self, function: FlatFunction, rule: FlatFunction, operands: list[Array]) -> list[Array]:
        """Without a transform there is nothing to differentiate: the function."""
        return [dispatch.lift(y) for y in function(*operands)]

    def custom_vjp(
        self, function: FlatFunction, forward: FlatFunction, backward: FlatFunction, operands: list[Array]
    ) -> list[Array]:
        """As `custom_jvp`."""
        return [dispatch.lift(y) for y in function(*operands)]


def _holds_programs(value: Any) -> bool:
    return isinstance(value, Program) or any(isinstance(v, Program) for v in value)


implementation = Fast()
FastArray.implementation = implementation
