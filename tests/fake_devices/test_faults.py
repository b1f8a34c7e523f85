"""Devices that die, lie, lag or mix up what they deliver; and orders of sums, which show in the last bits."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax.fake_devices import (
    Corrupt,
    Die,
    LaneDiedError,
    Reorder,
    Slow,
    fake_devices,
    in_order,
    ring,
    shuffled,
    tree,
)
from verax.fake_devices.orders import Order

F32 = np.float32
X = np.array([1.0, 2.0, 3.0, 4.0], F32)


def three_sums(x: Any) -> Any:
    for _ in range(3):
        x = lax.psum(x, "i") / 4  # here they meet
    return lax.pmax(x, "i")


@pytest.fixture(params=["fast", "reference"])
def implementation(request: pytest.FixtureRequest) -> Any:
    with verax.using(request.param):
        yield request.param


WRAPPED: dict[str, Callable[[Any], Any]] = {
    "pmap": lambda f: verax.pmap(f, axis_name="i"),
    "jit": lambda f: verax.jit(verax.pmap(f, axis_name="i")),
}


@pytest.mark.parametrize("way", WRAPPED)
def test_a_lane_that_dies_is_told_with_its_place(implementation: str, way: str) -> None:
    with (
        fake_devices(4, faults=[Die(2, at="psum#3")]) as mesh,
        pytest.raises(
            LaneDiedError, match=r"Lane 2 was told to die, and died at psum#3, .*here|psum#3"
        ) as told,
    ):
        WRAPPED[way](three_sums)(X)
    assert told.value.odd == ("2",)
    assert [(m.operation, m.times) for m in mesh.traffic()] == [("psum", 2)]
    assert "test_faults.py" in str(told.value)
    assert len(told.value.stands) == 4


def test_a_device_that_is_to_die_elsewhere_lives(implementation: str) -> None:
    with fake_devices(4, faults=[Die(2, at="psum#4"), Die(1, at="all_gather")]):
        assert np.asarray(WRAPPED["pmap"](three_sums)(X)).tolist() == [2.5] * 4


def test_no_except_clause_revives_a_device() -> None:
    def stubborn(x: Any) -> Any:
        try:
            return lax.psum(x, "i")
        except Exception:  # noqa: BLE001  # the claim is that this does not help
            return x

    with fake_devices(4, faults=[Die(0)]), pytest.raises(LaneDiedError):
        WRAPPED["pmap"](stubborn)(X)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 0.0])
def test_what_a_corrupt_device_brings_reaches_the_others(implementation: str, number: float) -> None:
    def lane(x: Any) -> Any:
        return lax.psum(x, "i"), lax.all_gather(x, "i")

    with fake_devices(4, faults=[Corrupt(1, number, at="psum#1")]):
        total, all_of_them = (np.asarray(y) for y in WRAPPED["pmap"](lane)(X))
    np.testing.assert_array_equal(total, np.full(4, number + 8.0, F32))
    assert all_of_them.tolist() == [X.tolist()] * 4
    with fake_devices(4, faults=[Corrupt(1, number)]):
        _, all_of_them = WRAPPED["pmap"](lane)(X)
    np.testing.assert_array_equal(np.asarray(all_of_them)[:, 1], np.full(4, number, F32))


def test_a_complex_number_is_brought_at_once_and_an_integer_is_never_nan(implementation: str) -> None:
    def lane(x: Any) -> Any:
        return lax.psum(x, "i"), lax.all_gather(lax.psum(x, "i"), "i")

    z = np.array([1 + 2j, 3 - 1j, 0, 2j], np.complex64)
    with fake_devices(4, faults=[Corrupt(1, 5.0, at="psum#2")]) as mesh:
        first, second = (np.asarray(y) for y in WRAPPED["pmap"](lane)(z))
    assert first.tolist() == [4 + 3j] * 4
    assert second.tolist() == [[6 + 9j] * 4] * 4
    assert [(m.operation, m.times, m.sent) for m in mesh.traffic()] == [
        ("psum", 2, 96),
        ("all_gather", 1, 96),
    ]
    with (
        fake_devices(4, faults=[Corrupt(1)]),
        pytest.raises(ValueError, match="`with_` of Corrupt must be a number that int32 holds, got nan"),
    ):
        WRAPPED["pmap"](lane)(np.arange(4))


def test_a_slow_device_arrives_last_and_changes_nothing(implementation: str) -> None:
    arrived: list[int] = []

    def lane(x: Any) -> Any:
        arrived.append(int(lax.axis_index("i")))
        return lax.psum(x, "i")

    with fake_devices(4, faults=[Slow(1)], schedule=7):
        assert np.asarray(WRAPPED["pmap"](lane)(X)).tolist() == [10.0] * 4
    assert arrived[-1] == 1


def test_what_is_delivered_in_another_order_is_found_by_who_looks_at_it(implementation: str) -> None:
    def lane(x: Any) -> Any:
        return lax.psum(x, "i"), lax.all_gather(x, "i")

    with fake_devices(4, faults=[Reorder("all_gather")]):
        total, all_of_them = (np.asarray(y) for y in WRAPPED["pmap"](lane)(X))
    assert total.tolist() == [10.0] * 4
    assert all_of_them[0].tolist() != X.tolist()
    assert sorted(all_of_them[0].tolist()) == X.tolist()


def test_devices_of_a_mesh_count_row_by_row() -> None:
    def lane(x: Any) -> Any:
        return lax.psum(x, "j")

    with fake_devices(mesh={"i": 2, "j": 2}, faults=[Corrupt(2)]):
        inner = verax.pmap(lane, axis_name="j")
        found = np.asarray(verax.pmap(inner, axis_name="i")(X.reshape(2, 2)))
    np.testing.assert_array_equal(found, np.array([[3, 3], [np.nan, np.nan]], F32))


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (lambda: Die(4), ValueError, "must be the number of one of 4 devices, got 4"),
        (lambda: Die(-1), ValueError, "`lane` must be the number of a device"),
        (lambda: Corrupt(0, at="psum#0"), ValueError, "`at` must be a collective"),
        (lambda: Reorder("#2"), ValueError, "`at` must be a collective"),
        (lambda: "die", TypeError, "`faults` must hold Die"),
    ],
)
def test_a_fault_that_is_none_is_refused(fault: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said), fake_devices(4, faults=[fault()]):
        pass


def test_a_fault_is_not_lost_where_all_lanes_are_traced_at_once() -> None:
    with (
        fake_devices(4, faults=[Die(0)]),
        pytest.raises(ValueError, match="act on lanes that run one by one"),
    ):
        verax.grad(lambda x: WRAPPED["pmap"](three_sums)(x).sum())(X)


# -- orders -------------------------------------------------------------------------------------------------
PARTS = (np.random.default_rng(0).standard_normal((7, 11)) * 1e3).astype(F32)


def by_hand(order: str) -> np.ndarray[Any, Any]:
    """The sums of the columns, in binary32 arithmetic."""
    rows = [r.copy() for r in PARTS]
    if order == "in order":
        return functools.reduce(np.add, rows)
    if order == "tree":
        a, b, c, d, e, f, g = rows
        found: np.ndarray[Any, Any] = ((a + b) + (c + d)) + ((e + f) + g)
        return found
    cuts = [11 * k // 7 for k in range(8)]
    stretch = []
    for k in range(7):
        going_round = [rows[(k + 1 + j) % 7][cuts[k] : cuts[k + 1]] for j in range(7)]
        stretch.append(functools.reduce(np.add, going_round))
    return np.concatenate(stretch)


@pytest.mark.parametrize(("name", "order"), [("in order", in_order), ("tree", tree), ("ring", ring)])
def test_an_order_of_sums_is_its_additions(name: str, order: Order) -> None:
    with fake_devices(7, order=order):
        found = np.asarray(WRAPPED["pmap"](lambda x: lax.psum(x, "i"))(PARTS))
    assert found.tolist() == [by_hand(name).tolist()] * 7


def test_orders_differ_in_the_last_bits_alone_and_without_one_sums_are_rounded_once() -> None:
    def total(order: Order | None) -> np.ndarray[Any, Any]:
        with fake_devices(7, order=order):
            return np.asarray(WRAPPED["pmap"](lambda x: lax.psum(x, "i"))(PARTS))[0]

    exact = PARTS.astype(np.float64).sum(0)
    assert total(None).tolist() == exact.astype(F32).tolist()
    found = {tuple(total(o).tolist()) for o in (in_order, tree, ring, *map(shuffled, range(4)))}
    assert len(found) > 4
    roundings = 6 * 2.0**-24  # (n - 1) u, in any order; Higham, Accuracy and Stability, (4.4)
    most = roundings / (1 - roundings) * np.abs(PARTS.astype(np.float64)).sum(0)
    assert all((np.abs(np.array(f) - exact) <= most).all() for f in found)


def test_shuffled_sums_are_those_of_their_seed() -> None:
    def totals(seed: int) -> Any:
        with fake_devices(7, order=shuffled(seed)):
            return np.asarray(WRAPPED["pmap"](lambda x: [lax.psum(x, "i") for _ in range(2)])(PARTS)).tolist()

    assert totals(1) == totals(1)
    first, second = totals(1)
    assert first != second


def test_an_order_must_be_one() -> None:
    with (
        pytest.raises(TypeError, match="`order` must be in_order, tree, ring or shuffled"),
        fake_devices(
            2,
            order="tree",  # type: ignore[arg-type]  # wrong on purpose
        ),
    ):
        pass
