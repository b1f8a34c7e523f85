"""How many devices the host has under `as_jax`: what JAX's setting or XLA_FLAGS says when they are first asked for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from verax import as_jax
from verax.as_jax import backends
from verax.fake_devices import device_count, devices
from verax.fake_devices.block import HOST
from verax.language.config import config, enable_x64

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


def test_jaxs_setting_comes_before_the_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLA_FLAGS", FOUR)
    chosen = backends.HostConfig()
    monkeypatch.setattr(backends, "CONFIG", chosen)
    HOST.stop()
    monkeypatch.setattr(HOST, "count", backends.device_count)
    try:
        assert (chosen.jax_num_cpu_devices, chosen.num_cpu_devices) == (-1, -1)
        chosen.update("jax_num_cpu_devices", 3)
        assert chosen.read("jax_num_cpu_devices") == device_count() == 3
        chosen.update("num_cpu_devices", 3)
        with pytest.raises(
            RuntimeError, match="must be set before the devices are first asked for, and there are 3"
        ):
            chosen.update("jax_num_cpu_devices", 5)
        for wrong in (0, True, "8"):
            with pytest.raises(ValueError, match="must be a number of devices, or -1"):
                chosen.update("jax_num_cpu_devices", wrong)
        HOST.stop()
        chosen.forget()
        assert device_count() == 4
    finally:
        HOST.stop()


def test_all_other_settings_are_veraxs() -> None:
    with enable_x64(True):
        assert backends.CONFIG.enable_x64
        assert backends.CONFIG.jax_enable_x64
    before = config.log_compiles
    try:
        backends.CONFIG.update("jax_log_compiles", not before)
        assert config.log_compiles is not before
    finally:
        config.update("log_compiles", before)
    with pytest.raises(ValueError, match=r"must be one of enable_x64, .*, got 'jax_nope'"):
        backends.CONFIG.update("jax_nope", 1)


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
