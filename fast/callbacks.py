"""A call of a user's function from a compiled program: buffers become arrays, and what it returns buffers."""

from __future__ import annotations

from ..language.callbacks import answer
from .array import FastArray
from .devices.device import Buffer
from .kernels.call import Call, Kernel


def callback(call: Call) -> Kernel:
    """The kernel: calls the function in its place in the program."""
    device, params, inputs = call.device, call.params, call.inputs

    def run(*operands: Buffer) -> tuple[Buffer, ...]:
        arrays = [FastArray(x, a, device) for x, a in zip(operands, inputs, strict=True)]
        return tuple(device.put(y) for y in answer(params, arrays))

    return run
