"""Long arrays are computed block by block, so that what is in between stays in the processor's cache.

An array module that computes one operation after another writes every intermediate array to memory, and most
of the time of a long chain goes into that: a softplus of 2^18 float32 numbers, computed in float64, took five
times as long as in blocks. Elements are grouped as without blocks, so that results are the same to the bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..language.shapes import Shape, ShapedArray
from .devices.device import Buffer, Device

# Blocks begin at multiples of this many elements: kernels that take several at once take the same ones together.
TOGETHER = 64


def blocked(
    compute: Callable[..., Sequence[Buffer]],
    into: Callable[..., object],
    operands: Sequence[Shape],
    outputs: Sequence[ShapedArray],
    device: Device,
    filled: Sequence[bool] = (),
    light: bool = False,
) -> Callable[..., Sequence[Buffer]] | None:
    """``compute``, an elementwise function of buffers, run block by block; None where that does not pay.

    Args:
        compute: buffers in, buffers out; the shapes of its operands broadcast to that of its results.
        into: the same, with the buffers that it is to write its results to after its operands.
        operands: the shapes of its operands.
        outputs: its results, all of one shape.
        device: says how long a block is.
        filled: which operands of one element are handed over written out to the length of a block.
        light: whether computing an element takes so little that blocks had better be long.
    """
    shape = outputs[0].shape
    size, block = math.prod(shape), device.block
    if block is None or size < 2 * block:
        return None
    if light and size >= 8 * block:
        block *= 4
    lone = [math.prod(s) == 1 for s in operands]
    flat = all(one or s == shape for one, s in zip(lone, operands, strict=True))
    inner = 1 if flat else size // shape[0]
    length = size if flat else shape[0]
    step = max(block // inner // TOGETHER * TOGETHER, 1 if inner % TOGETHER == 0 else TOGETHER)
    if length < 2 * step:
        return None
    sliced = [
        not one and len(s) == len(shape) and s[0] == shape[0] for one, s in zip(lone, operands, strict=True)
    ]
    written = [*filled, *[False] * (len(operands) - len(filled))] if flat else [False] * len(operands)
    xp, storages = device.xp, [device.storage(a.dtype) for a in outputs]
    whole = (size,) if flat else shape

    def run(*buffers: Buffer) -> Sequence[Buffer]:
        for x, s, cut in zip(buffers, operands, sliced, strict=True):
            # Other layouts, and operands that their reader is to broadcast, are left to the array module.
            if cut and not (x.shape == s and x.flags.c_contiguous):
                return compute(*buffers)
        given: list[Any] = []
        for x, cut, fill in zip(buffers, sliced, written, strict=True):
            if fill:
                given.append(xp.full(step, x.reshape(())[()]))
            else:
                given.append(x.reshape(size) if cut and flat else x)
        results = [xp.empty(whole, dtype) for dtype in storages]
        for start in range(0, length, step):
            stop = min(start + step, length)
            parts = [
                x[start:stop] if cut else x[: stop - start] if fill else x
                for x, cut, fill in zip(given, sliced, written, strict=True)
            ]
            into(*parts, *[y[start:stop] for y in results])
        return [x.reshape(shape) for x in results] if flat else results

    return run
