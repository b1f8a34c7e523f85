"""The CPU: buffers are NumPy arrays, kernels are NumPy's functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from ...language.dtypes import DType, bfloat16, float64
from . import bits
from .device import Buffer, Device
from .libm import erf, erfc
from .quiet import quiet


class NumpyDevice(Device):
    """This process's CPU."""

    platform = "cpu"
    xp = np
    block = 1 << 14  # a few blocks of float64 fit a core's cache; an operation costs far more than its call
    functions: Mapping[str, Callable[[Buffer], Buffer]] = {"erf": erf, "erfc": erfc}

    def put(self, value: np.ndarray[Any, Any]) -> Buffer:
        """A copy, so that what the caller does to his array changes nothing here."""
        return np.array(value)

    def get(self, buffer: Buffer, dtype: DType) -> np.ndarray[Any, Any]:
        """A view that may not be written to."""
        view = np.asarray(buffer).view()
        view.flags.writeable = False
        return view

    def running(self) -> AbstractContextManager[Any]:
        """Special values are results like others: NumPy is not to warn of them."""
        block: AbstractContextManager[Any] = quiet()
        return block

    def cast(self, buffer: Buffer, old: DType, new: DType) -> Buffer:
        """NumPy's conversion; float64 to bfloat16, which it rounds twice, goes through rounding to odd."""
        if new == bfloat16 and old == float64:
            return bits.to_odd(np, np.asarray(buffer)).astype(bfloat16)
        return buffer.astype(new)

    def scatter_add(self, buffer: Buffer, places: tuple[Buffer, ...], values: Buffer) -> None:
        """NumPy's unbuffered addition, in order."""
        np.add.at(buffer, places, values)

    def scalar(self, buffer: Buffer) -> Any:
        """The Python number."""
        return buffer.item()
