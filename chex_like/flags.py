"""Chex's three command-line flags: absl's, where absl is installed; else their defaults."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from typing import Any

DEFAULTS: dict[str, tuple[Any, str]] = {
    "chex_n_cpu_devices": (1, "How many pretend devices `set_n_cpu_devices` makes."),
    "chex_assert_multiple_cpu_devices": (False, "Whether variants refuse to run on one device."),
    "chex_skip_pmap_variant_if_single_device": (True, "Whether the pmap variant is skipped on one device."),
}


@cache
def defined() -> Any:
    """absl's flags, with these three among them; None without absl."""
    if importlib.util.find_spec("absl") is None:
        return None
    flags = importlib.import_module("absl.flags")
    for name, (default, says) in DEFAULTS.items():
        if name not in flags.FLAGS:
            define = flags.DEFINE_integer if type(default) is int else flags.DEFINE_bool
            define(name, default, says)
    return flags.FLAGS


def flag(name: str) -> Any:
    """The value of one of them."""
    known = defined()
    return DEFAULTS[name][0] if known is None else known[name].value
