"""`Block`: what a `fake_devices` block says, as a value in the context."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
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


@cache
def _this_process() -> Mesh:
    return Mesh(np.array([Device(0, "cpu")], dtype=object), ("devices",))


def current_block() -> Block:
    """The innermost `fake_devices` block, else this process alone."""
    return BLOCK.get() or Block(_this_process(), Traffic())
