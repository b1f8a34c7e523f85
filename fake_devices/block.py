"""`Block`: what a `fake_devices` block says, as a value in the context."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..language.meshes import Device, Mesh
from .orders import Order
from .traffic import Traffic

if TYPE_CHECKING:
    from .faults import Fault
    from .formats import Format


@dataclass(frozen=True, slots=True)
class Block:
    """The devices in force, and how they behave.

    Attributes:
        mesh: the devices and their axes.
        traffic: what they have moved.
        schedule: the seed of the order in which lanes run; None for theirs.
        faults: what befalls them.
        order: how sums of lanes are added up; None: in a wider format, rounded once.
        formats: what happens to numbers in primitives.
    """

    mesh: Mesh
    traffic: Traffic
    schedule: int | None = None
    faults: tuple[Fault, ...] = ()
    order: Order | None = None
    formats: tuple[Format, ...] = ()

    @property
    def needs_lanes(self) -> bool:
        """Whether something was asked for that happens in single lanes."""
        return self.schedule is not None or bool(self.faults) or self.order is not None


BLOCK: ContextVar[Block | None] = ContextVar("verax_mesh", default=None)


class Host:
    """What this process is where no block is in force: one device, or as many as ``count`` says when first asked.

    Attributes:
        count: how many devices there are to be; `as_jax` puts XLA's way of saying it here.
    """

    def __init__(self) -> None:
        self.count: Callable[[], int] = lambda: 1
        self._mesh: Mesh | None = None

    @property
    def started(self) -> bool:
        """Whether the number is settled."""
        return self._mesh is not None

    def mesh(self) -> Mesh:
        """Its devices."""
        if self._mesh is None:
            found = np.empty(self.count(), dtype=object)
            found[:] = [Device(i, "cpu") for i in range(len(found))]
            self._mesh = Mesh(found, ("devices",))
        return self._mesh

    def stop(self) -> None:
        """Forget the number: it is asked for again."""
        self._mesh = None


HOST = Host()


def current_block() -> Block:
    """The innermost `fake_devices` block, else this process alone."""
    return BLOCK.get() or Block(HOST.mesh(), Traffic())
