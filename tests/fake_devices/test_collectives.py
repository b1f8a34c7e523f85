"""Every collective, for 1 to 16 devices, is its definition on NumPy: lane by lane, in any order, and traced once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.fake_devices import fake_devices

F32 = np.float32
Arrays = np.ndarray[Any, Any]


def turned(n: int) -> list[tuple[int, int]]:
    """A permutation that leaves lane 0 without a sender, where there are several."""
    return [(k, k + 1) for k in range(n - 1)]


def halves(n: int) -> list[list[int]]:
    """Groups of lanes: the even ones and the odd ones where there are as many, else all."""
    return [list(range(0, n, 2)), list(range(1, n, 2))] if n % 2 == 0 else [list(range(n))]


def grouped(x: Arrays, combine: Callable[[Arrays], Arrays]) -> Arrays:
    """What each lane gets of its group."""
    found: list[Any] = [None] * len(x)
    for group in halves(len(x)):
        for lane in group:
            found[lane] = combine(x[group])
    return np.stack(found)


# Of one lane; and of all at once: x has a row of each lane, with one element for each lane.
COLLECTIVES: dict[str, tuple[Callable[[Any, int], Any], Callable[[Arrays], Any]]] = {
    "psum": (lambda x, n: lax.psum(x, "i"), lambda x: [x.sum(0)] * len(x)),
    "pmean": (lambda x, n: lax.pmean(x * n, "i"), lambda x: [x.sum(0)] * len(x)),
    "pmax": (lambda x, n: lax.pmax(x, "i"), lambda x: [x.max(0)] * len(x)),
    "pmin": (lambda x, n: lax.pmin(x, "i"), lambda x: [x.min(0)] * len(x)),
    "all_gather": (lambda x, n: lax.all_gather(x, "i"), lambda x: [x] * len(x)),
    "all_gather, tiled": (lambda x, n: lax.all_gather(x, "i", tiled=True), lambda x: [x.ravel()] * len(x)),
    "psum_scatter": (lambda x, n: lax.psum_scatter(x, "i"), lambda x: x.sum(0)),
    "all_to_all": (lambda x, n: lax.all_to_all(x, "i", 0, 0), lambda x: x.T),
    "pswapaxes": (lambda x, n: lax.pswapaxes(x, "i", 0), lambda x: x.T),
    "ppermute": (
        lambda x, n: lax.ppermute(x, "i", turned(n)),
        lambda x: [np.zeros_like(x[0]), *x[:-1]],
    ),
    "pshuffle": (lambda x, n: lax.pshuffle(x, "i", list(range(n))[::-1]), lambda x: x[::-1]),
    "pbroadcast": (lambda x, n: lax.pbroadcast(x, "i", n - 1), lambda x: [x[-1]] * len(x)),
    "axis_index": (lambda x, n: lax.axis_index("i"), lambda x: np.arange(len(x))),
    "psum of groups": (
        lambda x, n: lax.psum(x, "i", axis_index_groups=halves(n)),
        lambda x: grouped(x, lambda rows: rows.sum(0)),
    ),
    "pmax of groups": (
        lambda x, n: lax.pmax(x, "i", axis_index_groups=halves(n)),
        lambda x: grouped(x, lambda rows: rows.max(0)),
    ),
    "all_gather of groups": (
        lambda x, n: lax.all_gather(x, "i", axis_index_groups=halves(n)),
        lambda x: grouped(x, lambda rows: rows),
    ),
}


def drawn(n: int) -> Arrays:
    """Whole numbers, whose sums are exact."""
    return np.random.default_rng(n).integers(-50, 50, (n, n)).astype(F32)


def every(n: int) -> Callable[[Any], dict[str, Any]]:
    def lane(x: Any) -> dict[str, Any]:
        return {name: one(x, n) for name, (one, _) in COLLECTIVES.items()}

    return lane


def of(found: dict[str, Any]) -> dict[str, Any]:
    return {name: np.asarray(y).tolist() for name, y in found.items()}


@pytest.mark.parametrize("implementation", ["fast", "reference"])
@pytest.mark.parametrize("n", range(1, 17))
def test_a_collective_is_its_definition(n: int, implementation: str) -> None:
    x = drawn(n)
    want = {name: np.asarray(whole(x)).tolist() for name, (_, whole) in COLLECTIVES.items()}
    with fake_devices(n), verax.using(implementation):
        assert of(verax.pmap(every(n), axis_name="i")(x)) == want


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_lanes_one_by_one_and_traced_once_are_equal(n: int) -> None:
    x = drawn(n)
    with fake_devices(n):
        run = verax.pmap(every(n), axis_name="i")
        assert of(verax.jit(run)(x)) == of(run(x))


@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_no_result_depends_on_the_order_in_which_lanes_run(implementation: str) -> None:
    x = drawn(5) / 7  # sums that are rounded
    found = []
    orders = []
    for schedule in (None, 0, 1, 2):
        ran: list[int] = []

        def lane(y: Any, ran: list[int] = ran) -> Any:
            ran.append(int(lax.axis_index("i")))
            return every(5)(y)

        with fake_devices(5, schedule=schedule), verax.using(implementation):
            found.append(of(verax.pmap(lane, axis_name="i")(x)))
        orders.append(tuple(ran))
    assert found[1:] == found[:1] * 3
    assert len(set(orders)) == 4
    assert orders[0] == (0, 1, 2, 3, 4)


def test_the_same_seed_is_the_same_order() -> None:
    def order(seed: int) -> list[int]:
        ran: list[int] = []

        def lane(x: Any) -> Any:
            for _ in range(3):
                ran.append(int(x))
                lax.psum(x, "i")
            return x

        with fake_devices(6, schedule=seed):
            verax.pmap(lane, axis_name="i")(vnp.arange(6))
        return ran

    assert order(3) == order(3)
    assert order(3) != order(4)


@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_a_thousand_lanes_are_no_trouble(implementation: str) -> None:
    def lane(x: Any) -> Any:
        total = lax.psum(x, "i")
        return lax.pmax(total - x, "i")

    with fake_devices(1000, schedule=0), verax.using(implementation):
        found = np.asarray(verax.pmap(lane, axis_name="i")(np.arange(1000, dtype=F32)))
    assert found.tolist() == [499500.0] * 1000
