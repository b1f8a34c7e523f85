"""How arrays are laid out over the devices of a mesh: `verax.sharding`, with the names of `jax.sharding`."""

from __future__ import annotations

import enum
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextvars import ContextVar, Token
from itertools import product
from typing import Any

import numpy as np

from .meshes import AbstractMesh, Device, Mesh
from .shapes import Shape

__all__ = [
    "AbstractMesh",
    "AxisType",
    "Mesh",
    "NamedSharding",
    "PartitionSpec",
    "Sharding",
    "SingleDeviceSharding",
    "get_mesh",
    "set_mesh",
]


class AxisType(enum.Enum):
    """Who lays arrays out along an axis of a mesh. Verax treats all alike: arrays are whole outside of `shard_map`."""

    Auto = "auto"
    Explicit = "explicit"
    Manual = "manual"


class PartitionSpec:
    """For each axis of an array, the axes of the mesh that it is cut along: None, a name, or several.

    >>> PartitionSpec("data", None, ("x", "y"))
    P('data', None, ('x', 'y'))

    Raises:
        TypeError: an entry is none of these.
    """

    __slots__ = ("_entries",)

    def __init__(self, *partitions: Any) -> None:
        for entry in partitions:
            names = entry if isinstance(entry, (tuple, list)) else (entry,)
            if entry is not None and not all(isinstance(name, str) for name in names):
                raise TypeError(
                    f"An entry of PartitionSpec must be None, the name of an axis, or several, got {entry!r}."
                )
        self._entries = tuple(tuple(e) if isinstance(e, list) else e for e in partitions)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, place: Any) -> Any:
        return self._entries[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartitionSpec) and self._entries == other._entries

    def __hash__(self) -> int:
        return hash(self._entries)

    def __repr__(self) -> str:
        return f"P({', '.join(map(repr, self._entries))})"

    def names(self) -> list[tuple[str, ...]]:
        """The axes of the mesh that each axis is cut along."""
        return [() if e is None else e if isinstance(e, tuple) else (e,) for e in self._entries]


def checked_spec(spec: PartitionSpec, known: Sequence[Any], what: str) -> None:
    """Refuse a specification that names unknown axes, or one twice.

    Raises:
        ValueError: it does.
    """
    used = [name for names in spec.names() for name in names]
    for name in used:
        if name not in known:
            raise ValueError(f"{what} must name axes of the mesh, {tuple(known)}, got {name!r} in {spec}.")
    if len(set(used)) < len(used):
        raise ValueError(f"{what} must name each axis of the mesh once, got {spec}.")


def cut_sizes(spec: PartitionSpec, mesh: Mesh | AbstractMesh, shape: Shape, what: str) -> list[int]:
    """Into how many parts each axis of an array is cut.

    Raises:
        ValueError: there are more entries than axes, or a size is no multiple of its parts.
    """
    if len(spec) > len(shape):
        raise ValueError(
            f"{what} must have rank {len(spec)} at least, for its specification {spec}, got shape {shape}. "
            f"Give at most one entry for each axis."
        )
    counts = [math.prod(mesh.shape[name] for name in names) for names in spec.names()]
    counts += [1] * (len(shape) - len(counts))
    for axis, (size, count) in enumerate(zip(shape, counts, strict=True)):
        if size % count:
            raise ValueError(
                f"{what} must have a multiple of {count} along axis {axis}, which {spec} cuts along "
                f"{spec[axis]!r}, got shape {shape}. Pad it."
            )
    return counts


class Sharding(ABC):
    """How an array is laid out."""

    @abstractmethod
    def shard_shape(self, global_shape: Sequence[int]) -> Shape:
        """The shape of the part that one device holds."""


class NamedSharding(Sharding):
    """An array cut along the axes of a mesh.

    Attributes:
        mesh: the devices.
        spec: the axes of the mesh that each axis of the array is cut along.

    Raises:
        ValueError: the specification names an unknown axis, or one twice.
    """

    def __init__(
        self, mesh: Mesh | AbstractMesh, spec: PartitionSpec, *, memory_kind: str | None = None
    ) -> None:
        checked_spec(spec, mesh.axis_names, "`spec` of NamedSharding")
        self.mesh, self.spec, self.memory_kind = mesh, spec, memory_kind

    def shard_shape(self, global_shape: Sequence[int]) -> Shape:
        """The shape of the part that one device holds.

        Raises:
            ValueError: the array has too few axes, or a size that cannot be cut into equal parts.
        """
        shape = tuple(global_shape)
        counts = cut_sizes(self.spec, self.mesh, shape, f"An array that is laid out by {self}")
        return tuple(size // count for size, count in zip(shape, counts, strict=True))

    def devices_indices_map(self, global_shape: Sequence[int]) -> dict[Device, tuple[slice, ...]]:
        """Which part of an array each device holds.

        Raises:
            ValueError: as of `shard_shape`.
        """
        parts, names = self.shard_shape(global_shape), self.spec.names()
        names += [()] * (len(parts) - len(names))
        sizes, found = self.mesh.shape, {}
        for place in product(*map(range, self.mesh.axis_sizes)):
            at = dict(zip(self.mesh.axis_names, place, strict=True))
            index = []
            for part, axes in zip(parts, names, strict=True):
                k = 0
                for name in axes:
                    k = k * sizes[name] + at[name]
                index.append(slice(k * part, (k + 1) * part) if axes else slice(None))
            found[self.mesh.devices[place]] = tuple(index)
        return found

    @property
    def device_set(self) -> set[Device]:
        """The devices of the mesh."""
        return set(self.mesh.devices.flat)

    @property
    def num_devices(self) -> int:
        """How many they are."""
        return self.mesh.size

    @property
    def is_fully_replicated(self) -> bool:
        """Whether each device holds the whole array."""
        return all(self.mesh.shape[name] == 1 for names in self.spec.names() for name in names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedSharding) and (self.mesh, self.spec) == (other.mesh, other.spec)

    def __hash__(self) -> int:
        return hash((self.mesh, self.spec))

    def __repr__(self) -> str:
        return f"NamedSharding(mesh={self.mesh}, spec={self.spec})"


class SingleDeviceSharding(Sharding):
    """An array that is whole on one device.

    Attributes:
        device: which.
    """

    is_fully_replicated = True
    num_devices = 1

    def __init__(self, device: Any, *, memory_kind: str | None = None) -> None:
        self.device, self.memory_kind = device, memory_kind

    @property
    def device_set(self) -> set[Any]:
        """The device."""
        return {self.device}

    def shard_shape(self, global_shape: Sequence[int]) -> Shape:
        """The whole shape."""
        return tuple(global_shape)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SingleDeviceSharding) and self.device == other.device

    def __hash__(self) -> int:
        return hash(self.device)

    def __repr__(self) -> str:
        return f"SingleDeviceSharding(device={self.device})"


# -- the mesh in force -----------------------------------------------------------------------------------------
_MESH: ContextVar[Mesh | None] = ContextVar("verax_context_mesh", default=None)


class set_mesh:
    """A mesh that `shard_map` uses where it is given none: for the block, or from now on in this context.

    Raises:
        TypeError: it is no mesh.
    """

    def __init__(self, mesh: Mesh) -> None:
        if not isinstance(mesh, Mesh):
            raise TypeError(f"`mesh` of set_mesh must be a mesh, got {mesh!r}.")
        self._token: Token[Mesh | None] = _MESH.set(mesh)

    def __enter__(self) -> Mesh:
        return get_mesh()

    def __exit__(self, *_: object) -> None:
        _MESH.reset(self._token)


def get_mesh() -> Mesh:
    """The mesh of the innermost `set_mesh`.

    Returns:
        A mesh.

    Raises:
        ValueError: there is none.
    """
    found = _MESH.get()
    if found is None:
        raise ValueError("A mesh must be in force, got none. Pass mesh=, or enter `verax.set_mesh(mesh)`.")
    return found


def mesh_of(devices: Sequence[Any], shape: Sequence[int], names: Sequence[Any]) -> Mesh:
    """The first devices in rows and columns.

    Raises:
        ValueError: there are too few.
    """
    count = math.prod(shape)
    if count > len(devices):
        raise ValueError(
            f"`axis_shapes` of make_mesh must take at most the {len(devices)} devices that there are, got "
            f"{tuple(shape)}. Make more with `with fake_devices({count}):`."
        )
    found = np.empty(count, dtype=object)
    found[:] = list(devices[:count])
    return Mesh(found.reshape(tuple(shape)), tuple(names))
