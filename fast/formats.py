"""Kernels on hardware that is only pretended: what it reads and writes goes through its number formats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..fake_devices import Format
from .devices.device import Buffer
from .kernels.call import Call, Kernel


def formatted(kernel: Kernel, name: str, call: Call, formats: Sequence[Format], many: bool) -> Kernel:
    """A primitive's kernel as the formats have it.

    Raises:
        TypeError: the hardware lacks a dtype.
    """
    inputs, outputs, xp = [a.dtype for a in call.inputs], [a.dtype for a in call.outputs], call.xp
    for each in formats:
        each.check(name, (*inputs, *outputs))

    def run(*operands: Buffer) -> Any:
        read = list(operands)
        for each in formats:
            read = [each.operand(name, x, d, xp) for x, d in zip(read, inputs, strict=True)]
        found = kernel(*read)
        written = list(found) if many else [found]
        for each in formats:
            written = [each.result(name, y, d, xp) for y, d in zip(written, outputs, strict=True)]
        return tuple(written) if many else written[0]

    return run
