"""The lanes of vmap and pmap: contexts of their own, collectives within loops and branches, axes within axes.

Values and gradients are of whole numbers, and equal to the bit: by lanes in the reference, mapped at once in fast, and
where JAX has them, JAX's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax import lax
from verax.errors import CollectiveError
from verax.fake_devices import fake_devices

F32 = np.float32
COLOUR: ContextVar[str] = ContextVar("colour", default="none")
X = np.array([3.0, -1.0, 2.0, 4.0], F32)
M = np.arange(12, dtype=F32).reshape(4, 3) - 5


@pytest.fixture(params=["fast", "reference"])
def implementation(request: pytest.FixtureRequest) -> Any:
    with verax.using(request.param):
        yield request.param


def by_lanes(function: Any, axis_name: Any = None) -> Callable[[Any], Any]:
    pmapped: Callable[[Any], Any] = verax.pmap(function, axis_name=axis_name)
    return pmapped


# -- contexts -------------------------------------------------------------------------------------------------------
MAPPED: dict[str, Callable[[Any], Any]] = {
    "vmap": verax.vmap,
    "vmap of a named axis": lambda f: verax.vmap(f, axis_name="i"),
    "pmap": lambda f: by_lanes(f, "i"),
    "pmap of an unnamed axis": by_lanes,
}


@pytest.mark.parametrize("name", MAPPED)
def test_what_a_lane_of_the_reference_sets_stays_in_it(name: str) -> None:
    seen: list[str] = []

    def lane(x: Any) -> Any:
        seen.append(COLOUR.get())
        COLOUR.set(f"lane {len(seen)}")
        if "named" in name and "unnamed" not in name:
            lax.psum(x, "i")  # the others run before this one goes on
        seen.append(COLOUR.get())
        return x

    token = COLOUR.set("parent's")
    with verax.using("reference"), fake_devices(4):
        MAPPED[name](lane)(X)
    assert COLOUR.get() == "parent's"
    COLOUR.reset(token)
    assert seen.count("parent's") == 4
    assert sorted(s for s in seen if s != "parent's") == sorted({s for s in seen if s != "parent's"})


def test_what_a_lane_of_pmap_sets_stays_in_it(implementation: str) -> None:
    def lane(x: Any) -> Any:
        before = COLOUR.get()
        COLOUR.set("lane's")
        lax.psum(x, "i")
        return x if before == "none" and COLOUR.get() == "lane's" else x * 0

    with fake_devices(4):
        assert np.asarray(by_lanes(lane, "i")(X)).tolist() == X.tolist()
    assert COLOUR.get() == "none"


def test_implementations_chosen_in_a_lane_stay_in_it() -> None:
    def lane(x: Any) -> Any:
        with verax.using("fast"):
            lax.psum(x, "i")  # the lanes meet within the block
            return x + 1

    with verax.using("reference"), fake_devices(4):
        found = by_lanes(lane, "i")(X)
        assert type(found).__module__ == "verax.reference.array"
        assert type(lax.add(X, X)).__module__ == "verax.reference.array"


# -- collectives within loops and branches ---------------------------------------------------------------------------
def summed(peer: Any, x: Any) -> Any:
    return peer.lax.psum(x, "i")


def in_cond(peer: Any, x: Any) -> Any:
    total = summed(peer, x)
    return peer.lax.cond(total > 0, lambda y: summed(peer, y * y), lambda y: y, x)


def in_switch(peer: Any, x: Any) -> Any:
    return peer.lax.switch(2, [lambda y: y, lambda y: -y, lambda y: y * summed(peer, y)], x)


def in_scan(peer: Any, x: Any) -> Any:
    def step(carry: Any, k: Any) -> Any:
        total = summed(peer, carry * k)
        return carry + total, total - carry

    last, every = peer.lax.scan(step, x, np.array([1.0, -1.0, 2.0], F32))
    return last * every.sum()


def in_while(peer: Any, x: Any) -> Any:
    def test(state: Any) -> Any:
        return peer.lax.pmax(state[1], "i") < 50

    return peer.lax.while_loop(test, lambda s: (s[0] + 1, s[1] + summed(peer, s[1]) / 8), (0, x))[1]


def in_a_counted_loop(peer: Any, x: Any) -> Any:
    return peer.lax.fori_loop(0, 3, lambda i, y: y - summed(peer, y) * (i + 1), x)


def in_jit(peer: Any, x: Any) -> Any:
    return peer.jit(lambda y: summed(peer, y * y) * y)(x)


LOOPS = {f.__name__: f for f in (in_cond, in_switch, in_scan, in_while, in_a_counted_loop, in_jit)}


@pytest.mark.parametrize("name", LOOPS)
def test_lanes_meet_within_control_flow(name: str, implementation: str) -> None:
    want = np.asarray(jax.vmap(lambda x: LOOPS[name](jax, x), axis_name="i")(X)).tolist()

    def lane(x: Any) -> Any:
        return LOOPS[name](verax, x)

    assert np.asarray(verax.vmap(lane, axis_name="i")(X)).tolist() == want
    with fake_devices(4):
        assert np.asarray(by_lanes(lane, "i")(X)).tolist() == want


@pytest.mark.parametrize("name", [n for n in LOOPS if n != "in_while"])
def test_gradients_go_through_collectives_within_control_flow(name: str, implementation: str) -> None:
    def total(peer: Any) -> Any:
        return lambda x: peer.vmap(lambda row: LOOPS[name](peer, row), axis_name="i")(x).sum()

    want = np.asarray(jax.grad(total(jax))(X)).tolist()
    assert np.asarray(verax.grad(total(verax))(X)).tolist() == want

    def lane(x: Any) -> Any:
        return verax.grad(lambda u: LOOPS[name](verax, u))(x)

    # In the lanes: how the sum of all lanes' results depends on this one's operand.
    with fake_devices(4):
        assert np.asarray(by_lanes(lane, "i")(X)).tolist() == want


@pytest.mark.parametrize("loop", [in_cond, in_scan, in_a_counted_loop, in_jit])
def test_lanes_meet_within_control_flow_on_what_all_of_them_know(loop: Any) -> None:
    # No operand is mapped; the collectives inside still are.
    def lane(peer: Any, x: Any) -> Any:
        return loop(peer, peer.lax.psum(x, "i"))

    want = np.asarray(jax.vmap(lambda x: lane(jax, x), axis_name="i")(X)).tolist()
    mapped = verax.vmap(lambda x: lane(verax, x), axis_name="i")
    assert np.asarray(mapped(X)).tolist() == want
    assert np.asarray(verax.jit(mapped)(X)).tolist() == want


# -- axes within axes --------------------------------------------------------------------------------------------------
def crossed(peer: Any, x: Any) -> Any:
    rows, columns = peer.lax.psum(x * x, "i"), peer.lax.pmean(4 * x - x, "j")
    place = peer.lax.axis_index("i") * peer.lax.axis_size("j") + peer.lax.axis_index("j")
    return rows * columns + peer.lax.psum(x, ("i", "j")) * place


def test_axes_within_axes_are_told_apart(implementation: str) -> None:
    def both(peer: Any) -> Any:
        return peer.vmap(peer.vmap(lambda x: crossed(peer, x), axis_name="j"), axis_name="i")

    want = np.asarray(both(jax)(M)).tolist()
    assert np.asarray(both(verax)(M)).tolist() == want
    inner = verax.vmap(lambda x: crossed(verax, x), axis_name="j")
    with fake_devices(12):
        assert np.asarray(by_lanes(inner, "i")(M)).tolist() == want
    slope = np.asarray(jax.grad(lambda m: both(jax)(m).sum())(M)).tolist()
    assert np.asarray(verax.grad(lambda m: both(verax)(m).sum())(M)).tolist() == slope


def test_an_inner_axis_hides_an_outer_one_of_the_same_name(implementation: str) -> None:
    def both(peer: Any) -> Any:
        inner = peer.vmap(lambda x: peer.lax.psum(x, "i"), axis_name="i")
        return peer.vmap(lambda row: inner(row) + peer.lax.psum(row, "i"), axis_name="i")

    want = M.sum(1, keepdims=True) + M.sum(0)
    assert np.asarray(both(verax)(M)).tolist() == want.tolist()


def test_a_name_is_known_inside_only(implementation: str) -> None:
    verax.vmap(lambda x: lax.psum(x, "i"), axis_name="i")(X)
    with pytest.raises(CollectiveError, match="`axis_name` must be an axis in scope"):
        lax.psum(X, "i")


# -- groups -----------------------------------------------------------------------------------------------------------
GROUPS = [[0, 3], [1, 2]]
FIRST, SECOND = np.array([0, 1, 1, 0]), np.array([3, 2, 2, 3])  # of each lane's group
WEIGHTS = np.array([1.0, 2.0, -1.0, 3.0], F32)
GROUPED: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    # in a lane; and of all lanes at once, out of sums over pairs
    "psum": (
        lambda x: lax.psum(x * x, "i", axis_index_groups=GROUPS),
        lambda x: (x * x)[FIRST] + (x * x)[SECOND],
    ),
    "pmean": (
        lambda x: lax.pmean(x * x, "i", axis_index_groups=GROUPS),
        lambda x: ((x * x)[FIRST] + (x * x)[SECOND]) / 2,
    ),
    "all_gather": (
        lambda x: (lax.all_gather(x * x, "i", axis_index_groups=GROUPS) * WEIGHTS[:2]).sum(),
        lambda x: (x * x)[FIRST] * WEIGHTS[0] + (x * x)[SECOND] * WEIGHTS[1],
    ),
    "psum_scatter": (
        lambda x: lax.psum_scatter(x * WEIGHTS[:2], "i", axis_index_groups=GROUPS),
        lambda x: (x[FIRST] + x[SECOND]) * np.array([1, 1, 2, 2], F32),
    ),
    "all_to_all": (
        lambda x: (lax.all_to_all(x * WEIGHTS[:2], "i", 0, 0, axis_index_groups=GROUPS) * WEIGHTS[2:]).sum(),
        lambda x: np.array([1, 1, 2, 2], F32) * (x[FIRST] * WEIGHTS[2] + x[SECOND] * WEIGHTS[3]),
    ),
}


@pytest.mark.parametrize("name", GROUPED)
def test_groups_and_their_gradients_are_sums_over_their_lanes(name: str, implementation: str) -> None:
    lane, whole = GROUPED[name]
    mapped = verax.vmap(lane, axis_name="i")
    assert np.asarray(mapped(X)).tolist() == whole(X).tolist()
    want = np.asarray(jax.grad(lambda x: (whole(x) * WEIGHTS).sum())(jax.numpy.asarray(X))).tolist()
    assert np.asarray(verax.grad(lambda x: (mapped(x) * WEIGHTS).sum())(X)).tolist() == want

    def slope(x: Any, w: Any) -> Any:
        return verax.grad(lambda u: lane(u) * w)(x)

    with fake_devices(4):
        found = verax.pmap(slope, axis_name="i")(X, WEIGHTS)
    assert np.asarray(found).tolist() == want


def test_jvp_goes_through_exchanges(implementation: str) -> None:
    def lane(peer: Any) -> Any:
        def run(x: Any) -> Any:
            turned = peer.lax.ppermute(x * x, "i", [(0, 1), (1, 2), (2, 3), (3, 0)])
            return peer.lax.all_gather(turned, "i") * x

        return peer.vmap(run, axis_name="i")

    want = [np.asarray(y).tolist() for y in jax.jvp(lane(jax), (X,), (WEIGHTS,))]
    got = [np.asarray(y).tolist() for y in verax.jvp(lane(verax), (X,), (WEIGHTS,))]
    assert got == want
