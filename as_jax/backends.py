"""XLA's backends, for who asks whether one has been started, or says how many devices it is to have."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..fake_devices.block import HOST
from ..language.config import Config

# XLA's own flag. Like XLA's backend, Verax's host reads it when its devices are first asked for.
_COUNT = re.compile(r"-{0,2}xla_force_host_platform_device_count=(\d+)")


# JAX's setting that comes before XLA's flag, and its value where nothing was said.
_SETTING, _UNSAID = "num_cpu_devices", -1


class HostConfig(Config):
    """`jax.config`: Verax's settings, and how many devices the host is to have, which is the process's.

    Attributes:
        num_cpu_devices: how many; -1 where XLA_FLAGS are to say it.
    """

    num_cpu_devices = _UNSAID

    @property
    def jax_num_cpu_devices(self) -> int:
        """The same by JAX's name."""
        return self.num_cpu_devices

    def update(self, name: str, value: Any) -> None:
        """Set a setting; of "jax_num_cpu_devices" a number, before the devices are first asked for.

        Raises:
            ValueError: the name is unknown, or the value is none of the setting's.
            RuntimeError: the devices are there already, and are as many as before.
        """
        if name.removeprefix("jax_") != _SETTING:
            super().update(name, value)
            return
        if type(value) is not int or (value < 1 and value != _UNSAID):
            raise ValueError(f"`value` of {name!r} must be a number of devices, or {_UNSAID}, got {value!r}.")
        if HOST.started and value != self.num_cpu_devices:
            raise RuntimeError(
                f"{name!r} must be set before the devices are first asked for, and there are {HOST.mesh().size} "
                f"already. Set it right after `import jax`; `verax.fake_devices({value})` makes others at any time."
            )
        self.num_cpu_devices = value

    def forget(self) -> None:
        """Let XLA_FLAGS say it again."""
        self.num_cpu_devices = _UNSAID


CONFIG = HostConfig()


def device_count() -> int:
    """How many devices the host is to have: as set, else as XLA_FLAGS says where the flag last stands; else one."""
    if CONFIG.num_cpu_devices != _UNSAID:
        return CONFIG.num_cpu_devices
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
