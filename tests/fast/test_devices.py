"""Where arrays live: a GPU where one answers, else the CPU, said once."""

from __future__ import annotations

import sys
from contextvars import ContextVar
from types import ModuleType, SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from tests.fast.cupy_stand_in import StandInDevice

from verax import fast
from verax import numpy as vnp
from verax.fast import devices as fast_devices
from verax.fast import on_device
from verax.language.dispatch import lift

folder = sys.modules["verax.fast.devices"]


@pytest.fixture
def nothing_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process: nobody has looked for devices yet."""
    monkeypatch.setattr(folder, "_found", None)
    monkeypatch.setattr(folder, "_CHOSEN", ContextVar("nothing", default=None))


def installed(monkeypatch: pytest.MonkeyPatch, count: Any) -> None:
    """A CuPy whose driver answers with ``count()``."""
    for name in ("cupy", "cupyx", "cupyx.scipy", "cupyx.scipy.special"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["cupy"].__spec__ = SimpleNamespace(name="cupy")  # type: ignore[assignment]  # enough to be found
    runtime = SimpleNamespace(getDeviceCount=count)
    sys.modules["cupy"].cuda = SimpleNamespace(runtime=runtime)  # type: ignore[attr-defined]  # as CuPy has it
    sys.modules["cupyx"].scipy = sys.modules["cupyx.scipy"]  # type: ignore[attr-defined]  # likewise
    special = SimpleNamespace(erf=None, erfc=None)
    sys.modules["cupyx.scipy"].special = special  # type: ignore[attr-defined]  # likewise


def test_cupy_without_a_driver_is_said_in_one_sentence_and_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], nothing_found: None
) -> None:
    def no_driver() -> int:
        raise RuntimeError("cudaErrorInsufficientDriver: CUDA driver version is insufficient")

    installed(monkeypatch, no_driver)

    found = [fast.default_device(), fast.default_device(), *fast_devices()]

    assert {d.platform for d in found} == {"cpu"}
    assert capsys.readouterr().err == (
        "verax: CuPy is installed but no GPU answers (cudaErrorInsufficientDriver: CUDA driver version is "
        "insufficient); the CPU is used.\n"
    )


def test_where_a_gpu_answers_it_is_the_default(monkeypatch: pytest.MonkeyPatch, nothing_found: None) -> None:
    installed(monkeypatch, lambda: 2)

    assert [str(d) for d in fast_devices()] == ["gpu:0", "gpu:1"]
    assert [str(d) for d in fast_devices("cpu")] == ["cpu:0"]
    assert str(fast.default_device()) == "gpu:0"


def test_an_unknown_platform_is_refused_with_the_mend() -> None:
    with pytest.raises(
        RuntimeError, match=r"`backend` must be a platform that answers .* got 'tpu'. Install"
    ):
        fast_devices("tpu")


def test_arrays_of_two_devices_do_not_meet(device: fast.Device) -> None:
    other = StandInDevice()
    x = lift(np.array([1, 2], np.float32))
    with on_device(other):
        y = lift(np.array([1, 2], np.float32))

    with pytest.raises(ValueError, match=r"must live on one device, got arrays on .* Move one with"):
        vnp.add(x, y)
    assert fast.device_get({"sum": vnp.add(x, fast.device_put(y, device))})["sum"].tolist() == [2, 4]
    assert fast.device_put(2.0, other).device is other


def test_the_stand_in_refuses_what_cupy_refuses() -> None:
    device = StandInDevice()
    buffer = device.put(np.array([1, 2], np.float32))

    with pytest.raises(TypeError, match="Implicit conversion"):
        np.asarray(buffer)
    with pytest.raises(TypeError, match="Unsupported type"):
        device.xp.add(buffer, np.array([1, 2], np.float32))
    with pytest.raises(AttributeError, match="no attribute 'put_along_axis'"):
        _ = device.xp.put_along_axis
    assert device.put(np.zeros(2, ml_dtypes.bfloat16)).dtype == np.uint16


def test_a_machine_value_cannot_be_written_to_and_is_a_copy_of_the_input() -> None:
    given = np.array([1, 2], np.float32)
    x = lift(given)
    given[0] = 7

    assert np.asarray(x).tolist() == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(x)[0] = 3


def test_both_devices_give_the_same_bits() -> None:
    rng = np.random.default_rng(1)
    xs = rng.normal(size=(4, 5)).astype(np.float32)

    def everything(x: Any) -> Any:
        y = vnp.tanh(x @ x.T) + vnp.sum(x, axis=0)[:4]
        return (
            vnp.sort(y, axis=0),
            vnp.cumsum(y, axis=1),
            y.astype("bfloat16") * 3,
            vnp.argmax(y, axis=0),
            y[::2, 1:],
        )

    found = []
    for device in (folder.CPU, StandInDevice()):
        with on_device(device):
            found.append([np.asarray(y).tobytes() for y in everything(lift(xs))])
    assert found[0] == found[1]


def test_numpy_is_silent_while_kernels_run_and_as_before_afterwards() -> None:
    before = np.geterr()
    with np.errstate(all="raise"):
        with folder.CPU.running(), folder.CPU.running():
            assert np.isnan(np.log(np.float32(-1)))
        with pytest.raises(FloatingPointError):
            np.log(np.float32(-1))
    assert np.geterr() == before


def test_numpy_is_silent_too_where_its_error_state_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = sys.modules["verax.fast.devices.quiet"]
    monkeypatch.setattr(quiet, "_found", lambda: None)
    with np.errstate(all="raise"), quiet._made()():
        assert np.isnan(np.log(np.float32(-1)))
