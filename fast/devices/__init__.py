"""Which devices there are. Only this folder knows which array module runs the kernels."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .device import Buffer as Buffer
from .device import Device as Device
from .numpy_device import NumpyDevice

CPU = NumpyDevice()
_found: list[Device] | None = None
_CHOSEN: ContextVar[Device | None] = ContextVar("verax_device", default=None)


def _gpus() -> list[Device]:
    """The GPUs that answer. CuPy without a driver is said once, and is no error: the CPU is used."""
    if importlib.util.find_spec("cupy") is None:
        return []
    try:
        cupy = importlib.import_module("cupy")
        cupyx = importlib.import_module("cupyx")
        importlib.import_module("cupyx.scipy.special")
        count = int(cupy.cuda.runtime.getDeviceCount())
    except (ImportError, OSError, RuntimeError) as err:  # CUDARuntimeError is a RuntimeError
        reason = str(err).strip().splitlines()[-1] if str(err).strip() else type(err).__name__
        # Not a warning: code that turns warnings into errors must still run on the CPU.
        print(f"verax: CuPy is installed but no GPU answers ({reason}); the CPU is used.", file=sys.stderr)
        return []
    from .cupy_device import CupyDevice

    return [CupyDevice(cupy, cupyx, i) for i in range(count)]


def _all() -> list[Device]:
    global _found
    if _found is None:
        _found = [*_gpus(), CPU]
    return _found


def devices(backend: str | None = None) -> list[Device]:
    """The devices of a platform ("cpu" or "gpu"); without one, those that computations go to.

    Raises:
        RuntimeError: there is none of that platform.
    """
    platform = backend or default_device().platform
    found = [d for d in _all() if d.platform == platform]
    if not found:
        known = ", ".join(sorted({d.platform for d in _all()}))
        raise RuntimeError(
            f"`backend` must be a platform that answers ({known}), got {backend!r}. "
            f"Install CuPy for your CUDA version to use a GPU: pip install verax[cuda12]."
        )
    return found


def default_device() -> Device:
    """Where new arrays go: what `on_device` says, else a GPU where one answers, else the CPU."""
    return _CHOSEN.get() or (_found or _all())[0]


@contextmanager
def on_device(device: Device) -> Iterator[Device]:
    """Put new arrays on a device inside the block."""
    token = _CHOSEN.set(device)
    try:
        yield device
    finally:
        _CHOSEN.reset(token)
