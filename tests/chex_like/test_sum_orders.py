"""What the order of lanes may change is rounding, and what it may not is found."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

import verax
from verax import chex_like as chex
from verax import lax
from verax import numpy as vnp
from verax.fake_devices import fake_devices, in_order, tree
from verax.sharding import PartitionSpec as P

F32 = np.float32
X = (np.random.default_rng(3).standard_normal((8, 5)) * 100).astype(F32)


def over_lanes(f: Any) -> Any:
    @functools.wraps(f)
    def run(x: Any) -> Any:
        return verax.pmap(f, axis_name="i")(x)

    return run


def softmax(x: Any) -> Any:
    shifted = vnp.exp(x / 100 - lax.pmax(x / 100, "i"))
    return shifted / lax.psum(shifted, "i")


def deviation(x: Any) -> Any:
    centred = x - lax.pmean(x, "i")
    return vnp.sqrt(lax.pmean(centred * centred, "i"))


@pytest.mark.parametrize("f", [softmax, deviation, lambda x: lax.psum(x.astype(np.float16), "i")])
def test_rounding_passes(f: Any) -> None:
    chex.assert_order_insensitive(over_lanes(f), 8, X)


def test_the_orders_do_change_last_bits() -> None:
    def at(order: Any) -> Any:
        with fake_devices(8, order=order):
            return np.asarray(over_lanes(deviation)(X)).tolist()

    assert at(in_order) != at(tree)


def test_a_mesh_passes_too() -> None:
    def both(x: Any) -> Any:
        def lane(a: Any) -> Any:
            return lax.psum(a * a, ("data", "model"))

        mesh = verax.make_mesh((4, 2), ("data", "model"))
        return verax.shard_map(lane, mesh=mesh, in_specs=P(("data", "model")), out_specs=P())(x)

    chex.assert_order_insensitive(both, {"data": 4, "model": 2}, X)


def test_a_decision_by_the_last_bits_of_a_sum_is_found() -> None:
    parts = np.array([1, *[2.0**-25] * 6, -1], F32)  # in order 0, as a tree more

    def sign(x: Any) -> Any:
        return lax.psum(x, "i") > 0

    with pytest.raises(AssertionError, match=r"depends on the order of its lanes by more than rounding"):
        chex.assert_order_insensitive(over_lanes(sign), 8, parts)


def test_a_result_that_depends_on_who_runs_first_is_found() -> None:
    ran: list[int] = []

    def racing(x: Any) -> Any:
        ran.append(1)
        return lax.psum(x, "i") + float(len(ran) % 7)

    with pytest.raises(
        AssertionError, match=r"(?s)of 'racing' depends on the order .* error: .* line: .* at: .* replay:"
    ):
        chex.assert_order_insensitive(over_lanes(racing), 8, X)


def test_seeds_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="`seeds` must be at least 1, got 0"):
        chex.assert_order_insensitive(over_lanes(softmax), 8, X, seeds=0)
