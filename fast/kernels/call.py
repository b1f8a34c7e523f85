"""`Call`: what a kernel is built for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...language.dtypes import DType, bfloat16, bool_, complex64, complex128, float16, float32, float64
from ...language.shapes import ShapedArray
from ..devices.device import Buffer, Device

# Buffers in, one buffer out; a tuple of buffers for the primitives in `MANY`.
Kernel = Callable[..., Any]

NARROW = (float16, bfloat16)


@dataclass(frozen=True, slots=True)
class Call:
    """A primitive on a device, with what is known of its operands and results."""

    device: Device
    inputs: tuple[ShapedArray, ...]
    outputs: tuple[ShapedArray, ...]
    params: Mapping[str, Any]

    @property
    def xp(self) -> Any:
        """The device's array module."""
        return self.device.xp

    @property
    def dtype(self) -> DType:
        """The first operand's element type."""
        return self.inputs[0].dtype

    def widen(self, buffer: Buffer) -> Buffer:
        """A buffer of the first operand's dtype as one that the array module computes with."""
        return self.device.cast(buffer, self.dtype, float32) if self.dtype in NARROW else buffer

    def narrow(self, buffer: Buffer) -> Buffer:
        """The way back from `widen`, to the first result's dtype."""
        new = self.outputs[0].dtype
        return self.device.cast(buffer, float32, new) if new in NARROW else buffer


def wider(dtype: DType) -> DType:
    """The format that sums, products and elementary functions are computed in before they are rounded."""
    if dtype == complex64:
        return complex128
    return float64 if dtype in (float32, *NARROW) else dtype


def filler(call: Call) -> Any:
    """What a gather gives for an index out of bounds: NaN, the least, the greatest, or True."""
    import numpy as np

    dtype = call.outputs[0].dtype
    if dtype == bool_:
        return True
    if dtype.kind == "i":
        return np.iinfo(dtype).min
    if dtype.kind == "u":
        return np.iinfo(dtype).max
    return complex("nan+nanj") if dtype.kind == "c" else float("nan")


def stored(call: Call, value: Any, dtype: DType) -> Any:
    """A number as a scalar of the storage dtype of ``dtype``."""
    import numpy as np

    written = np.asarray(value).astype(dtype)
    return written.view(call.device.storage(dtype))[()]
