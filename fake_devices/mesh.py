"""`fake_devices`: a mesh of pretend devices, as a value in the context and never in the process."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from ..language import dispatch
from ..language.eagerness import disable_jit
from ..language.meshes import Device, Mesh, along
from ..language.sharding import mesh_of
from .block import BLOCK, Block, current_block
from .faults import Fault, checked_faults
from .formats import Format, checked_formats
from .orders import Order
from .traffic import Traffic


class FakeMesh(Mesh):
    """A mesh of pretend devices, which knows what has been moved between them."""

    def __init__(self, devices: Any, axis_names: Any, traffic: Traffic) -> None:
        super().__init__(devices, axis_names)
        self._traffic = traffic

    def traffic(self) -> Traffic:
        """What collectives have moved between the devices so far."""
        return self._traffic


@contextmanager
def fake_devices(
    count: int | None = None,
    *,
    mesh: Mapping[Any, int] | None = None,
    schedule: int | None = None,
    faults: Sequence[Fault] = (),
    order: Order | None = None,
    formats: Format | Sequence[Format] = (),
) -> Iterator[FakeMesh]:
    """Pretend, inside the block, that there are devices. Any number; blocks nest.

    >>> with fake_devices(8) as mesh:
    ...     len(devices())
    8

    Args:
        count: how many.
        mesh: or else the axes of a mesh, and how many along each: ``{"data": 4, "model": 2}``.
        schedule: the seed of the order in which lanes run; by default they run in their own. A result that
            depends on it is a fault.
        faults: what befalls the devices: `Die`, `Corrupt`, `Slow`, `Reorder`.
        order: how sums of lanes are added up: `in_order`, `tree`, `ring`, `shuffled(seed)`; by default in a
            wider format, rounded once.
        formats: what the devices' arithmetic is like: `flush_subnormals`, `tf32_products`, `bf16_products`,
            `no_float64`.

    A schedule, faults or an order are the lanes'; where one of them is given, `jit` steps aside, for a program
    that is traced once for all lanes has none.

    Raises:
        TypeError: a count is no integer, or a fault, an order or a format none.
        ValueError: a count is less than 1; there are both a count and a mesh, or neither; a fault is of a device
            that is not there.
    """
    names, sizes = _axes(count, mesh)
    if order is not None and not isinstance(order, Order):
        raise TypeError(f"`order` must be in_order, tree, ring or shuffled(seed), got {order!r}.")
    traffic = Traffic()
    made = FakeMesh(along(sizes), names, traffic)
    block = Block(made, traffic, schedule, checked_faults(faults, len(made)), order, checked_formats(formats))
    token = BLOCK.set(block)
    try:
        with ExitStack() as stack:
            if block.needs_lanes:
                stack.enter_context(disable_jit())
            yield made
    finally:
        BLOCK.reset(token)


def _axes(count: int | None, mesh: Mapping[Any, int] | None) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    if (count is None) == (mesh is None):
        raise ValueError(
            f"`fake_devices` must be given either a count or a mesh, got {count!r} and {mesh!r}. "
            f'Write fake_devices(8), or fake_devices(mesh={{"data": 4, "model": 2}}).'
        )
    given = {"devices": count} if mesh is None else dict(mesh)
    if not given:
        raise ValueError("`mesh` must have an axis at least, got {}.")
    return tuple(given), tuple(
        _number(n, "count" if mesh is None else f"mesh[{k!r}]") for k, n in given.items()
    )


def _number(count: Any, what: str) -> int:
    try:
        number = operator.index(count)
    except TypeError as err:
        raise TypeError(f"`{what}` must be an integer, got {count!r}.") from err
    if number < 1:
        raise ValueError(f"`{what}` must be at least 1, got {number}. Ask for the devices that you need.")
    return number


def current_mesh() -> Mesh:
    """The mesh in force: the innermost `fake_devices` block's, else this process alone."""
    return current_block().mesh


def require(lanes: int, what: str = "pmap") -> None:
    """Refuse to run more lanes than there are devices.

    Raises:
        ValueError: the mesh is too small; the message says how to get a larger one.
    """
    if lanes > len(current_mesh()):
        raise ValueError(
            f"`{what}` over {lanes} lanes must have as many devices, got {len(current_mesh())}. "
            f"Run it inside `with fake_devices({lanes}):`."
        )


def require_mesh(mesh: Mesh) -> None:
    """Refuse to run over a mesh whose devices are not in force.

    Raises:
        ValueError: one is not.
    """
    known = set(devices())
    missing = [str(d) for d in np.ravel(mesh.devices) if d not in known]
    if missing:
        raise ValueError(
            f"The devices of {mesh} must be in force, got {', '.join(missing[:4])} that are not, among "
            f"{len(known)} that are. Run it inside `with fake_devices({len(mesh)}):`."
        )


def require_lanes(what: str) -> None:
    """Refuse to trace once for all lanes what a block wants to happen in single ones.

    Raises:
        ValueError: the block has faults or an order of sums.
    """
    block = current_block()
    if block.faults or block.order is not None:
        raise ValueError(
            f"Faults and orders of sums act on lanes that run one by one, got {what} within a transform, which "
            f"traces it once for all lanes. Take the transform inside it."
        )


def devices(backend: str | None = None) -> list[Device]:
    """The devices in force, in order of their ids.

    Args:
        backend: a platform; pretend devices are CPUs. By default that of the devices in force.

    Returns:
        A list of devices.

    Raises:
        RuntimeError: nothing is computed on that platform.
    """
    known = {"cpu", "gpu" if dispatch.current().platform == "cuda" else "cpu"}
    if backend is not None and backend not in known:
        raise RuntimeError(
            f"Unknown backend {backend!r}: `backend` must be {' or '.join(sorted(known))} here. "
            "Install CuPy to compute on a GPU: pip install verax[cuda12]."
        )
    return _in_force()


def _in_force() -> list[Device]:
    return [d for d in np.ravel(current_mesh().devices) if isinstance(d, Device)]


def make_mesh(
    axis_shapes: Sequence[int],
    axis_names: Sequence[Any],
    axis_types: Any = None,
    *,
    devices: Sequence[Any] | None = None,
) -> Mesh:
    """A mesh of the first devices in force, or of ``devices``.

    Returns:
        A mesh.

    Raises:
        ValueError: there are too few, or not as many names as axes.
    """
    return mesh_of(_in_force() if devices is None else devices, axis_shapes, axis_names)


def local_devices(
    process_index: int | None = None, backend: str | None = None, host_id: int | None = None
) -> list[Device]:
    """The devices of this process: all of them.

    Returns:
        A list of devices.

    Raises:
        RuntimeError: nothing is computed on that platform.
    """
    return devices(backend)


def device_count(backend: str | None = None) -> int:
    """How many devices are in force; errors are those of `devices`.

    Returns:
        A number.
    """
    return len(devices(backend))


def local_device_count(backend: str | None = None) -> int:
    """How many of them are this process's: all.

    Returns:
        A number.

    Raises:
        RuntimeError: nothing is computed on that platform.
    """
    return device_count(backend)


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
