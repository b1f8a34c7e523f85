"""How many devices the host has under `as_jax`: as with XLA, what XLA_FLAGS says when they are first asked for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from verax import as_jax
from verax.as_jax import backends
from verax.fake_devices import device_count, devices
from verax.fake_devices.block import HOST

FOUR = "--xla_force_host_platform_device_count=4"
SCRIPT = """
import os, verax.as_jax as a
a.install()
import jax, jax.numpy as jnp
from jax.lib import xla_bridge
from jax._src.xla_bridge import _backends
print(bool(_backends), _backends.get("cpu"))
print(len(jax.devices()), jax.devices()[3].platform, "cpu" in _backends)
print(jax.pmap(lambda x: jax.lax.psum(x, "i"), axis_name="i")(jnp.arange(4.0)).tolist())
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
print(jax.device_count())
xla_bridge.get_backend.cache_clear()
print(jax.device_count())
"""


def test_xla_flags_say_how_many_devices_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "XLA_FLAGS": f"--xla_other=1 {FOUR}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "False None",
        "4 cpu True",
        "[6.0, 6.0, 6.0, 6.0]",
        "4",
        "2",
    ], done.stderr


@pytest.mark.parametrize(
    ("flags", "count"),
    [
        ("", 1),
        ("--xla_cpu_other=8", 1),
        (FOUR, 4),
        (f"{FOUR} --xla_force_host_platform_device_count=8", 8),
        ("--xla_force_host_platform_device_count=0", 1),
    ],
)
def test_the_last_flag_counts(flags: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLA_FLAGS", flags)
    assert backends.device_count() == count


def test_without_as_jax_the_flags_mean_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLA_FLAGS", FOUR)
    assert not as_jax.installed()
    HOST.stop()
    assert device_count() == 1


def test_there_is_one_backend_and_it_says_whether_it_has_been_started() -> None:
    assert len(devices("cpu")) == 1
    with pytest.raises(RuntimeError, match="Unknown backend 'tpu'"):
        backends.get_backend("tpu")
    assert backends.get_backend("cpu") is HOST
    assert "cpu" in backends.BACKENDS
    with pytest.raises(KeyError):
        backends.BACKENDS["gpu"]
