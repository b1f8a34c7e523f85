"""Assertions on devices: how many there are, and where the arrays of a tree are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..fake_devices import current_block, devices
from ..language.arrays import Array
from .array_kinds import imported, is_jax_array
from .assertion import assertion
from .structures import assert_tree_has_only_ndarrays, wrong_leaves

PLATFORMS = ("cpu", "gpu", "tpu")
# What a device calls itself -> its platform. Pretend devices stand for CPUs; CUDA is how PyTorch names a GPU.
_PLATFORM = {"fake": "cpu", "cuda": "gpu"}


# -- how many ----------------------------------------------------------------------------------------------
def known_devices(backend: str | None = None) -> list[Any]:
    """The devices in force: of a `fake_devices` block; else JAX's, where the program has imported JAX; else Verax's.

    Raises:
        RuntimeError: there is no such backend.
    """
    jax = imported("jax")
    if jax is not None and not current_block().mesh.size > 1:
        return list(jax.devices(backend))
    return list(devices(backend))


def platform_of(device: Any) -> str:
    """Its platform: "cpu", "gpu" or "tpu"."""
    name = str(getattr(device, "platform", None) or getattr(device, "type", None) or "cpu")
    return _PLATFORM.get(name, name)


def num_devices_available(devtype: str, backend: str | None = None) -> int:
    """How many devices of a kind there are.

    Raises:
        ValueError: there is no such kind.
        RuntimeError: there is no such backend.
    """
    if devtype.lower() not in PLATFORMS:
        raise ValueError(f"Unknown device type '{devtype}' (expected one of {PLATFORMS}).")
    return sum(platform_of(d) == devtype.lower() for d in known_devices(backend))


@assertion
def assert_devices_available(
    n: int, devtype: str, backend: str | None = None, not_less_than: bool = False
) -> None:
    """Assert that there are so many devices of a kind, or at least as many.

    >>> from verax.fake_devices import fake_devices
    >>> with fake_devices(4):
    ...     assert_devices_available(4, "cpu")

    Args:
        n: how many.
        devtype: "cpu", "gpu" or "tpu"; pretend devices are CPUs.
        backend: whose devices are counted; by default those that computations go to.
        not_less_than: whether more will do.

    Raises:
        ValueError: there is no such kind of device.
        RuntimeError: there is no such backend.
    """
    found, known, what = num_devices_available(devtype, backend), known_devices(backend), devtype.upper()
    if not_less_than and found < n:
        raise AssertionError(f"Only {found} < {n} {what}s available in {known}.")
    if not not_less_than and found != n:
        raise AssertionError(f"No {n} {what}s available in {known}.")


@assertion
def assert_tpu_available(backend: str | None = None) -> None:
    """Assert that there is a TPU."""
    if not num_devices_available("tpu", backend):
        raise AssertionError(f"No TPU devices available in {known_devices(backend)}.")


@assertion
def assert_gpu_available(backend: str | None = None) -> None:
    """Assert that there is a GPU."""
    if not num_devices_available("gpu", backend):
        raise AssertionError(f"No GPU devices available in {known_devices(backend)}.")


# -- where -------------------------------------------------------------------------------------------------
def _places(x: Any) -> list[Any]:
    """The devices that an array is on; none of what is on the host, and of the reference's arrays."""
    if is_jax_array(x):
        return [shard.device for shard in x.addressable_shards]
    if isinstance(x, Array):
        return [x.device] if x.device is not None else []
    device = getattr(x, "device", None)
    return [] if isinstance(x, np.ndarray) or device is None else [device]


def _is_sharded(x: Any) -> bool:
    if not is_jax_array(x):
        return False  # arrays of the other libraries are whole
    return not x.sharding.is_fully_replicated or len(x.sharding.device_set) > 1


def _named(places: Sequence[Any]) -> str:
    shown = (f"{platform_of(d).capitalize()}Device(id={_number(d)})" for d in places)  # as JAX writes them
    return ", ".join(shown) or "the host"


@assertion
def assert_tree_is_on_host(
    tree: Any, *, allow_cpu_device: bool = True, allow_sharded_arrays: bool = False
) -> None:
    """Assert that the leaves of a tree are arrays in the host's memory.

    Args:
        tree: arrays.
        allow_cpu_device: whether arrays of a library whose device is the CPU are on the host; NumPy's always are.
        allow_sharded_arrays: whether those may be laid out over several CPU devices.
    """
    assert_tree_has_only_ndarrays(tree)

    def fault(path: str, x: Any) -> str | None:
        if isinstance(x, np.ndarray):
            return None
        places, sharded = _places(x), _is_sharded(x)
        head = f"Tree leaf '{path}' {'is sharded and ' if sharded else ''}resides on {_named(places)}"
        if sharded and not allow_sharded_arrays:
            return f"{head} (sharded arrays are disallowed)."
        if not allow_cpu_device:
            return f"{head} (CPU devices are disallowed)."
        return f"{head}." if any(platform_of(d) != "cpu" for d in places) else None

    wrong_leaves(tree, fault)


@assertion
def assert_tree_is_on_device(
    tree: Any, *, platform: Sequence[str] | str = ("gpu", "tpu"), device: Any = None
) -> None:
    """Assert that the leaves of a tree are arrays on a device, each on one.

    Args:
        tree: arrays.
        platform: its platform, or several: whole names.
        device: or else the very device.
    """
    assert_tree_has_only_ndarrays(tree)
    names = (platform,) if isinstance(platform, str) else tuple(platform)
    wanted = names if device is None else (platform_of(device),)

    def fault(path: str, x: Any) -> str | None:
        if isinstance(x, np.ndarray):
            return f"Tree leaf '{path}' has unexpected type: {type(x)}."
        if _is_sharded(x):
            return (
                f"Tree leaf '{path}' is sharded over several devices, which is disallowed (type={type(x)})."
            )
        places = _places(x)
        on = platform_of(places[0]) if places else "cpu"
        if on not in wanted:
            return f"Tree leaf '{path}' resides on '{on}', expected '{wanted}'."
        if device is not None and not any(_same(d, device) for d in places):
            return f"Tree leaf '{path}' resides on {_named(places)}, expected {device}."
        return None

    wrong_leaves(tree, fault)


def _same(a: Any, b: Any) -> bool:
    """Whether two names of a device mean one: Verax's arrays know their hardware, `verax.devices()` its place."""
    return bool(a == b) or (platform_of(a), _number(a)) == (platform_of(b), _number(b))


def _number(device: Any) -> int:
    found = getattr(device, "id", getattr(device, "index", 0))
    return found or 0


@assertion
def assert_tree_is_sharded(tree: Any, *, devices: Sequence[Any]) -> None:
    """Assert that the leaves of a tree are laid out over these devices, in this order.

    Only JAX lays arrays out; Verax's are whole outside of `shard_map`, as are those of the other libraries.
    """
    assert_tree_has_only_ndarrays(tree)

    def fault(path: str, x: Any) -> str | None:
        if not is_jax_array(x) and not isinstance(x, Array):
            return f"Tree leaf '{path}' is not a jax.Array (type={type(x)})."
        places = tuple(_places(x))
        if not _is_sharded(x):
            return f"Tree leaf '{path}' is not sharded (devices={_named(places)})."
        if places != tuple(devices):
            return f"Tree leaf '{path}' is sharded across {places} devices, expected {tuple(devices)}."
        return None

    wrong_leaves(tree, fault)
