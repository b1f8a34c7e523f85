"""`Mesh`: devices in rows and columns, with a name for each axis."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np


@dataclass(frozen=True, slots=True)
class Device:
    """One place where a lane runs.

    Attributes:
        id: its number in the mesh, from 0.
        platform: "fake" for a pretend device, "cpu" for this process itself.
    """

    id: int
    platform: str = "fake"

    @property
    def device_kind(self) -> str:
        """What the device is, for messages: its platform, as JAX says of a CPU."""
        return self.platform

    @property
    def process_index(self) -> int:
        """The process that it belongs to: this one, 0."""
        return 0

    def __str__(self) -> str:
        return f"{self.platform}:{self.id}"


class Mesh:
    """An array of devices whose axes have names; JAX's `jax.sharding.Mesh`.

    Attributes:
        devices: a NumPy array of devices.
        axis_names: a name for each of its axes.

    Raises:
        ValueError: there are not as many names as axes, or one is given twice.
    """

    def __init__(self, devices: Any, axis_names: Any, axis_types: Any = None) -> None:
        self.devices = np.array(devices, dtype=object)
        names = (axis_names,) if isinstance(axis_names, str) else tuple(axis_names)
        self.axis_names: tuple[Any, ...] = names
        if len(names) != self.devices.ndim:
            raise ValueError(
                f"`axis_names` of Mesh must be as many as the axes of `devices`, {self.devices.ndim}, got {names}."
            )
        if len(set(names)) < len(names):
            raise ValueError(f"`axis_names` of Mesh must differ from each other, got {names}.")
        if len(set(self.devices.flat)) < self.devices.size:
            raise ValueError("`devices` of Mesh must name each device once, got one twice.")

    @property
    def shape(self) -> OrderedDict[Any, int]:
        """The number of devices along each named axis."""
        return OrderedDict(zip(self.axis_names, self.devices.shape, strict=True))

    @property
    def axis_sizes(self) -> tuple[int, ...]:
        """The same without names."""
        return tuple(self.devices.shape)

    @property
    def size(self) -> int:
        """The number of devices."""
        return math.prod(self.devices.shape)

    @property
    def empty(self) -> bool:
        """Whether there is no device."""
        return self.size == 0

    def __len__(self) -> int:
        return self.size

    def _key(self) -> tuple[Any, ...]:
        return self.axis_names, self.devices.shape, tuple(self.devices.flat)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mesh) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return "Mesh(" + ", ".join(f"{name!r}: {size}" for name, size in self.shape.items()) + ")"


def along(sizes: Sequence[int]) -> np.ndarray[Any, Any]:
    """Pretend devices, numbered in row-major order."""
    found = np.empty(math.prod(sizes), dtype=object)
    found[:] = [Device(i) for i in range(math.prod(sizes))]
    return found.reshape(tuple(sizes))


class AbstractMesh:
    """The axes of a mesh without its devices.

    Attributes:
        axis_sizes: how long each axis is.
        axis_names: a name for each.

    Raises:
        ValueError: there are not as many names as sizes.
    """

    def __init__(self, axis_sizes: Sequence[int], axis_names: Any, axis_types: Any = None) -> None:
        names = (axis_names,) if isinstance(axis_names, str) else tuple(axis_names)
        self.axis_sizes, self.axis_names = tuple(axis_sizes), names
        if len(names) != len(self.axis_sizes):
            raise ValueError(
                f"`axis_names` of AbstractMesh must be as many as `axis_sizes`, {len(self.axis_sizes)}, got {names}."
            )

    @property
    def shape(self) -> OrderedDict[Any, int]:
        """The length of each named axis."""
        return OrderedDict(zip(self.axis_names, self.axis_sizes, strict=True))

    @property
    def size(self) -> int:
        """The number of devices that it has room for."""
        return math.prod(self.axis_sizes)

    @property
    def empty(self) -> bool:
        """Whether it has no axes."""
        return not self.axis_names

    @property
    def devices(self) -> NoReturn:
        """Refuse.

        Raises:
            ValueError: always.
        """
        raise ValueError(f"{self} has axes alone, and no devices. Use a Mesh.")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AbstractMesh) and self.shape == other.shape

    def __hash__(self) -> int:
        return hash((self.axis_sizes, self.axis_names))

    def __repr__(self) -> str:
        return f"AbstractMesh({self.axis_sizes}, {self.axis_names})"
