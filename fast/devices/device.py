"""`Device`: where buffers live and kernels run, behind one interface."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from ...language.dtypes import DType

# An array of the device's own module.
Buffer = Any


class Device(ABC):
    """One place to run. Kernels are written against ``xp``, an array module with NumPy's names.

    Attributes:
        platform: "cpu" or "gpu".
        id: its number among devices of its platform.
        xp: the array module.
        block: how many elements elementwise chains are best computed at a time; None: all of them.
        functions: elementwise functions of floats that array modules do not agree on, by primitive name.
    """

    platform: str
    id: int = 0
    xp: Any
    block: int | None = None
    functions: Mapping[str, Callable[[Buffer], Buffer]]

    def __str__(self) -> str:
        return f"{self.platform}:{self.id}"

    def __repr__(self) -> str:
        return f"Device({self})"

    @property
    def device_kind(self) -> str:
        """The name of the hardware, or of what stands for it."""
        return self.platform

    @abstractmethod
    def put(self, value: np.ndarray[Any, Any]) -> Buffer:
        """A buffer with a copy of a machine value."""

    @abstractmethod
    def get(self, buffer: Buffer, dtype: DType) -> np.ndarray[Any, Any]:
        """The machine value of a buffer; it may not be written to."""

    @abstractmethod
    def running(self) -> AbstractContextManager[Any]:
        """The context that kernels run in."""

    def storage(self, dtype: DType) -> DType:
        """The dtype of the buffers that hold values of ``dtype``."""
        return dtype

    @abstractmethod
    def cast(self, buffer: Buffer, old: DType, new: DType) -> Buffer:
        """A buffer of another dtype with the same numbers, rounded to nearest where they do not fit."""

    @abstractmethod
    def scatter_add(self, buffer: Buffer, places: tuple[Buffer, ...], values: Buffer) -> None:
        """Add values to the places of a buffer, once for every time that a place occurs."""

    @abstractmethod
    def scalar(self, buffer: Buffer) -> Any:
        """The Python number in a buffer of one element."""
