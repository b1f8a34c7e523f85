"""A GPU: buffers are CuPy arrays, kernels are CuPy's functions. Imported only where CuPy is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from ...language.dtypes import DType, bfloat16, float32, float64
from . import bits
from .device import Buffer, Device

_UINT16: DType = np.dtype(np.uint16)


class CupyDevice(Device):
    """A GPU that CuPy drives. CuPy has no bfloat16: its buffers hold the bits.

    ``cupy`` and ``cupyx`` are the modules (a test hands in others of the same names).
    """

    platform = "gpu"

    def __init__(self, cupy: Any, cupyx: Any, number: int = 0) -> None:
        self.xp, self.cupyx, self.id = cupy, cupyx, number
        special = cupyx.scipy.special
        self.functions: Mapping[str, Callable[[Buffer], Buffer]] = {"erf": special.erf, "erfc": special.erfc}

    @property
    def device_kind(self) -> str:
        """The GPU's name as its driver gives it."""
        name = self.xp.cuda.runtime.getDeviceProperties(self.id)["name"]
        return name.decode() if isinstance(name, bytes) else str(name)

    def put(self, value: np.ndarray[Any, Any]) -> Buffer:
        """A copy in the GPU's memory."""
        value = np.asarray(value)
        with self.running():
            return self.xp.asarray(value.view(_UINT16) if value.dtype == bfloat16 else value)

    def get(self, buffer: Buffer, dtype: DType) -> np.ndarray[Any, Any]:
        """A copy in the host's memory."""
        value = np.asarray(self.xp.asnumpy(buffer))
        result = value.view(bfloat16) if dtype == bfloat16 else value
        result.flags.writeable = False
        return result

    def running(self) -> AbstractContextManager[Any]:
        """This GPU made current."""
        device: AbstractContextManager[Any] = self.xp.cuda.Device(self.id)
        return device

    def storage(self, dtype: DType) -> DType:
        """bfloat16 is held as its bits."""
        return _UINT16 if dtype == bfloat16 else dtype

    def cast(self, buffer: Buffer, old: DType, new: DType) -> Buffer:
        """CuPy's conversion; bfloat16 by its bits."""
        if old == bfloat16:
            if new == bfloat16:
                return buffer
            wide = bits.widened(self.xp, buffer)
            return wide if new == float32 else wide.astype(new)
        if new == bfloat16:
            narrow = bits.to_odd(self.xp, buffer) if old == float64 else buffer.astype(float32)
            return bits.narrowed(self.xp, narrow)
        return buffer.astype(new)

    def scatter_add(self, buffer: Buffer, places: tuple[Buffer, ...], values: Buffer) -> None:
        """CuPy's atomic addition, which knows integers of 32 bits, and 64 without sign."""
        dtype = buffer.dtype
        if dtype == np.int64:  # sums wrap alike, whether the first bit is a sign or not
            self.cupyx.scatter_add(buffer.view(np.uint64), places, values.view(np.uint64))
        elif dtype.itemsize < 4:
            wide = buffer.astype(np.int32)
            self.cupyx.scatter_add(wide, places, values.astype(np.int32))
            buffer[...] = wide.astype(dtype)
        else:
            self.cupyx.scatter_add(buffer, places, values)

    def scalar(self, buffer: Buffer) -> Any:
        """The Python number; waits for the GPU."""
        return buffer.item()
