"""`FastArray`: an array that lives on a device."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..language.arrays import Array, deleted
from ..language.dispatch import Implementation
from ..language.shapes import ShapedArray
from .devices.device import Buffer, Device


class FastArray(Array):
    """A buffer of a device, and what is known of it.

    Attributes:
        data: the device's own array, of the device's storage dtype for ``aval.dtype``. Never written to.
        device: where it lives.
    """

    __slots__ = ("data", "device")
    device: Device  # of abstract arrays it is None, and cannot be set
    implementation: ClassVar[Implementation]  # set where the implementation is defined

    def __init__(self, data: Buffer, aval: ShapedArray, device: Device) -> None:
        self.data, self.aval, self.device = data, aval, device

    _held = "data"

    def __getattr__(self, name: str) -> Any:
        # Called for what is missing only.
        if name == self._held:
            raise deleted(self.aval)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def machine_value(self) -> np.ndarray[Any, Any]:
        """The array as a NumPy array, which may not be written to."""
        return self.device.get(self.data, self.aval.dtype)

    def block_until_ready(self) -> FastArray:
        """The array itself, once it is computed."""
        self.machine_value()
        return self

    def __copy__(self) -> FastArray:
        return self  # arrays never change

    def __deepcopy__(self, memo: object) -> FastArray:
        return self
