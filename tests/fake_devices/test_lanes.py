"""Lanes run in order, meet at collectives, and are told apart when they disagree."""

from __future__ import annotations

from contextvars import ContextVar
from functools import partial
from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.fake_devices import fake_devices
from verax.fake_devices.lanes import AxisLane, run_lanes
from verax.language.dispatch import axis_frame
from verax.language.errors import CollectiveError

F32 = np.float32
COLOUR: ContextVar[str] = ContextVar("colour", default="none")


def here() -> AxisLane:
    lane: AxisLane = axis_frame("i").owner
    return lane


def test_every_lane_is_handed_the_values_of_all() -> None:
    def run(k: int) -> Any:
        first = here().meet("sum", k, ())
        return first, here().meet("sum", sum(first) + k, ())

    found = run_lanes([partial(run, k) for k in range(3)], "i")
    assert found == [([0, 1, 2], [3, 4, 5])] * 3


def test_lanes_know_their_place() -> None:
    assert run_lanes([lambda: (here().index, here().size)] * 2, "i") == [(0, 2), (1, 2)]


def test_a_lane_starts_from_a_copy_of_its_parents_context() -> None:
    token = COLOUR.set("red")

    def run(k: int) -> list[str]:
        before = COLOUR.get()
        COLOUR.set(f"own {k}")
        here().meet("wait", None, ())
        return [before, COLOUR.get()]

    assert run_lanes([partial(run, k) for k in range(2)], "i") == [["red", "own 0"], ["red", "own 1"]]
    assert COLOUR.get() == "red"
    COLOUR.reset(token)


def test_lanes_within_lanes_meet_along_either_axis() -> None:
    def inner(k: int, n: int) -> tuple[list[int], list[int]]:
        along_i = axis_frame("i").owner.meet("sum", 10 * k + n, ())
        along_j = axis_frame("j").owner.meet("sum", 10 * k + n, ())
        return along_i, along_j

    def outer(k: int) -> Any:
        return run_lanes([partial(inner, k, n) for n in range(2)], "j")

    found = run_lanes([partial(outer, k) for k in range(2)], "i")
    assert found[1][0] == ([0, 10], [10, 11])
    assert found[0][1] == ([1, 11], [0, 1])


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (lambda: here().meet("max", 1.0, ((), "float32")), "lane 1 is at max of float32"),
        (lambda: here().meet("sum", 1.0, ((2,), "float32")), r"lane 1 is at sum of float32\[2\]"),
        (lambda: None, "lane 1 has returned"),
    ],
)
def test_a_mismatch_names_what_each_lane_does_and_where(other: Any, said: str) -> None:
    with pytest.raises(CollectiveError, match=said) as told:
        run_lanes([lambda: here().meet("sum", 1.0, ((), "float32")), other], "i")
    assert "test_lanes.py:" in str(told.value)
    assert "lane 0 is at sum of float32[]" in str(told.value)


def test_an_exception_in_one_lane_ends_all_and_comes_out() -> None:
    ended = []

    def waits() -> None:
        try:
            here().meet("sum", 1, ())
        finally:
            ended.append("first")

    def fails() -> None:
        raise RuntimeError("lane 1 broke")

    with pytest.raises(RuntimeError, match="lane 1 broke"):
        run_lanes([waits, fails], "i")
    assert ended == ["first"]


@pytest.fixture(params=["reference"])
def implementation(request: pytest.FixtureRequest) -> Any:
    with verax.using(request.param):
        yield request.param


def test_collectives_sum_average_and_compare_lanes(implementation: str) -> None:
    def lane(x: Any) -> Any:
        return lax.psum(x, "i"), lax.pmean(x, "i"), lax.pmax(x, "i"), lax.pmin(x, "i"), lax.axis_index("i")

    x = np.array([1.0, 5.0, 3.0], F32)
    with fake_devices(3):
        found = [np.asarray(y) for y in verax.pmap(lane, axis_name="i")(x)]
    for got, want in zip(found, ([9] * 3, [3] * 3, [5] * 3, [1] * 3, [0, 1, 2]), strict=True):
        assert got.tolist() == want


def test_collectives_work_over_two_axes_and_under_vmap(implementation: str) -> None:
    def lane(x: Any) -> Any:
        return lax.psum(x, ("i", "j")), lax.axis_index(("i", "j"))

    x = np.arange(6, dtype=F32).reshape(2, 3)
    total, place = verax.vmap(verax.vmap(lane, axis_name="j"), axis_name="i")(x)
    assert np.asarray(total).tolist() == [[15.0] * 3] * 2
    assert np.asarray(place).tolist() == [[0, 1, 2], [3, 4, 5]]


def test_the_gradient_of_a_lane_counts_what_it_does_to_the_others(implementation: str) -> None:
    # L_k = u_k sum u^2; d (sum_k L_k) / d u_k = sum u^2 + 2 u_k sum u
    def lane(x: Any) -> Any:
        return verax.grad(lambda u: lax.psum(u * u, "i") * u)(x)

    x = np.array([1.0, 3.0], F32)
    with fake_devices(2):
        assert np.asarray(verax.pmap(lane, axis_name="i")(x)).tolist() == [18.0, 34.0]
    assert np.asarray(verax.vmap(lane, axis_name="i")(x)).tolist() == [18.0, 34.0]


def test_a_kink_in_one_lane_is_one_in_all(implementation: str) -> None:
    def lane(x: Any) -> Any:
        return verax.grad(lambda u: vnp.abs(u) + lax.psum(u, "i"))(x)

    got = verax.vmap(lane, axis_name="i")(np.array([0.0, 2.0], F32))
    assert np.asarray(got).tolist() == [2.0, 3.0]


def test_more_lanes_than_devices_are_refused(implementation: str) -> None:
    with fake_devices(2), pytest.raises(ValueError, match="over 3 lanes must have as many devices, got 2"):
        verax.pmap(lambda x: x, axis_name="i")(np.zeros(3, F32))
