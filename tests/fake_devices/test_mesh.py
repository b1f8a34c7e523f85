"""A mesh is a value in the context: any size, nested, restored, and never the process's."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import lax
from verax.fake_devices import devices, fake_devices


def test_devices_are_those_of_the_innermost_block() -> None:
    assert [str(d) for d in devices()] == ["cpu:0"]
    assert [(d.platform, d.device_kind, d.process_index) for d in devices()] == [("cpu", "cpu", 0)]
    with fake_devices(8):
        assert len(devices()) == 8
        with fake_devices(2):
            assert [str(d) for d in devices()] == ["fake:0", "fake:1"]
        assert len(devices()) == 8
    assert len(devices()) == 1


def test_an_array_lies_whole_where_it_can_be_read() -> None:
    with fake_devices(8):
        x = vnp.ones(3)
        assert (x.is_fully_addressable, x.is_fully_replicated) == (True, True)


def test_a_block_that_raises_restores_the_mesh() -> None:
    with pytest.raises(RuntimeError, match="on purpose"), fake_devices(3):
        raise RuntimeError("on purpose")
    assert len(devices()) == 1


def test_another_thread_sees_its_own_mesh() -> None:
    seen: list[int] = []
    with fake_devices(5):
        thread = threading.Thread(target=lambda: seen.append(len(devices())))
        thread.start()
        thread.join()
    assert seen == [1]


@pytest.mark.parametrize("count", [0, -1])
def test_a_mesh_has_at_least_one_device(count: int) -> None:
    with pytest.raises(ValueError, match=f"`count` must be at least 1, got {count}"), fake_devices(count):
        pass


def test_a_count_must_be_an_integer() -> None:
    with pytest.raises(TypeError, match="`count` must be an integer"), fake_devices(2.0):  # type: ignore[arg-type]  # wrong on purpose
        pass


@pytest.mark.parametrize("implementation", ["fast", "reference"])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_psum_and_pmean_meet_in_the_lanes(implementation: str, count: int) -> None:
    def lane(x: verax.Array) -> tuple[verax.Array, verax.Array, verax.Array]:
        return lax.psum(x, "i"), lax.pmean(x, "i"), lax.axis_index("i")

    with fake_devices(count), verax.using(implementation):
        total, mean, index = verax.pmap(lane, axis_name="i")(vnp.arange(count, dtype=vnp.float32))
        want = count * (count - 1) // 2
        assert np.asarray(total).tolist() == [want] * count
        assert np.asarray(mean).tolist() == [float(np.float32(want) / np.float32(count))] * count
        assert np.asarray(index).tolist() == list(range(count))


@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_pmap_asks_for_as_many_devices_as_lanes(implementation: str) -> None:
    with verax.using(implementation), pytest.raises(ValueError, match=r"fake_devices\(4\)"):
        verax.pmap(lambda x: x)(vnp.zeros(4))


def test_lanes_that_disagree_about_a_collective_are_told_apart() -> None:
    def lane(x: verax.Array) -> verax.Array:
        return lax.psum(x, "i") if float(x) > 0 else lax.pmax(x, "i")

    with fake_devices(2), pytest.raises(verax.errors.CollectiveError, match="psum"):
        verax.pmap(lane, axis_name="i")(vnp.array([0.0, 1.0]))


def test_a_lane_that_returns_early_is_reported() -> None:
    def lane(x: verax.Array) -> verax.Array:
        return lax.psum(x, "i") if float(x) > 0 else x

    with fake_devices(2), pytest.raises(verax.errors.CollectiveError, match="lane"):
        verax.pmap(lane, axis_name="i")(vnp.array([0.0, 1.0]))
