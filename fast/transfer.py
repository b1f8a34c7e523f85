"""Moving arrays between devices and the host."""

from __future__ import annotations

from typing import Any

from ..language import trees
from ..language.dispatch import Tracer, aval_of, lift_to
from .array import FastArray
from .devices import default_device, on_device
from .devices.device import Device
from .implementation import implementation


def device_put(x: Any, device: Device | None = None) -> Any:
    """Arrays and numbers, in trees, as arrays on a device (the default one where none is given)."""
    return trees.map(lambda leaf: put(leaf, device or default_device()), x)


def put(x: Any, device: Device) -> Any:
    """One array or number on a device."""
    if isinstance(x, Tracer) or (isinstance(x, FastArray) and x.device is device):
        return x
    with on_device(device):
        if isinstance(x, FastArray):
            return implementation.lift(x.machine_value(), aval_of(x))
        return lift_to(implementation, x)


def device_get(x: Any) -> Any:
    """Arrays, in trees, as NumPy arrays."""
    return trees.map(lambda leaf: leaf.machine_value() if isinstance(leaf, FastArray) else leaf, x)
