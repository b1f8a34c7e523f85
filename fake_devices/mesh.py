"""`fake_devices`: a mesh of pretend devices, as a value in the context and never in the process."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """One place where a lane runs.

    Attributes:
        id: its number in the mesh, from 0.
        platform: "fake" for a pretend device, "cpu" for this process itself.
    """

    id: int
    platform: str = "fake"

    def __str__(self) -> str:
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, slots=True)
class Mesh:
    """The devices that `pmap` spreads its lanes over."""

    devices: tuple[Device, ...]

    def __len__(self) -> int:
        return len(self.devices)

    def require(self, lanes: int, what: str = "pmap") -> None:
        """Refuse to run more lanes than there are devices.

        Raises:
            ValueError: the mesh is too small; the message says how to get a larger one.
        """
        if lanes > len(self):
            raise ValueError(
                f"`{what}` over {lanes} lanes must have as many devices, got {len(self)}. "
                f"Run it inside `with fake_devices({lanes}):`."
            )


_THIS_PROCESS = Mesh((Device(0, "cpu"),))
_MESH: ContextVar[Mesh] = ContextVar("verax_mesh", default=_THIS_PROCESS)


@contextmanager
def fake_devices(count: int) -> Iterator[Mesh]:
    """Pretend, inside the block, that there are ``count`` devices. Any number; blocks nest.

    >>> with fake_devices(8) as mesh:
    ...     len(devices())
    8

    Raises:
        TypeError: ``count`` is no integer.
        ValueError: ``count`` is less than 1.
    """
    try:
        number = operator.index(count)
    except TypeError as err:
        raise TypeError(f"`count` must be an integer, got {count!r}.") from err
    if number < 1:
        raise ValueError(f"`count` must be at least 1, got {number}. Ask for the devices that you need.")
    token = _MESH.set(Mesh(tuple(Device(i) for i in range(number))))
    try:
        yield _MESH.get()
    finally:
        _MESH.reset(token)


def current_mesh() -> Mesh:
    """The mesh in force: the innermost `fake_devices` block's, else this process alone."""
    return _MESH.get()


def devices() -> list[Device]:
    """The devices in force, in order of their ids.

    Returns:
        A list of devices.

    Raises nothing of its own.
    """
    return list(_MESH.get().devices)


def local_devices(backend: str | None = None) -> list[Device]:
    """The devices of this process: all of them.

    Returns:
        A list of devices.

    Raises nothing of its own.
    """
    return devices()


def device_count(backend: str | None = None) -> int:
    """How many devices are in force, whatever the backend.

    Returns:
        A number.

    Raises nothing of its own.
    """
    return len(_MESH.get())


def local_device_count(backend: str | None = None) -> int:
    """How many of them are this process's: all.

    Returns:
        A number.

    Raises nothing of its own.
    """
    return device_count()


def process_count(backend: str | None = None) -> int:
    """How many processes take part: this one.

    Returns:
        A number.

    Raises nothing of its own.
    """
    return 1


def process_index(backend: str | None = None) -> int:
    """Which of them this is: the first.

    Returns:
        A number.

    Raises nothing of its own.
    """
    return 0
