"""XLA's backends, for libraries that ask whether one has been started, or say how many devices it is to have."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..fake_devices.block import HOST

# XLA's own flag. Like XLA's backend, Verax's host reads it when its devices are first asked for.
_COUNT = re.compile(r"-{0,2}xla_force_host_platform_device_count=(\d+)")


def device_count() -> int:
    """How many devices the host is to have: what XLA_FLAGS says, where the flag last stands; else one."""
    found = _COUNT.findall(os.environ.get("XLA_FLAGS", ""))
    return max(1, int(found[-1])) if found else 1


class _Backends(Mapping[str, Any]):
    """The backends that have been started, by name: "cpu", once devices have been asked for."""

    def __getitem__(self, name: str) -> Any:
        if name not in list(self):
            raise KeyError(name)
        return HOST

    def __iter__(self) -> Iterator[str]:
        return iter(("cpu",) if HOST.started else ())

    def __len__(self) -> int:
        return int(HOST.started)


BACKENDS = _Backends()


def get_backend(platform: str | None = None) -> Any:
    """The host, started. ``get_backend.cache_clear()`` stops it: XLA_FLAGS is read again.

    Raises:
        RuntimeError: the platform is not "cpu".
    """
    if platform not in (None, "cpu"):
        raise RuntimeError(f"Unknown backend {platform!r}: this process has backend 'cpu' alone.")
    HOST.mesh()
    return HOST


get_backend.cache_clear = HOST.stop  # type: ignore[attr-defined]  # JAX's function carries it, and so does ours
