"""Each planted bug is told before any lane goes on, with the lane that is wrong and its line."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax.fake_devices import FakeMesh, MismatchError, fake_devices
from verax.sharding import NamedSharding
from verax.sharding import PartitionSpec as P

from .planted import BUGS, Bug

X = np.arange(32, dtype=np.float32).reshape(8, 4) - 1
Sharded = Callable[[Any, FakeMesh, Bug], Any]


def by_pmap(x: Any, mesh: FakeMesh, bug: Bug) -> Any:
    if bug.mesh:
        inner = verax.pmap(bug.program, axis_name="j")
        return verax.pmap(inner, axis_name="i")(x.reshape(4, 2, 4))
    return verax.pmap(bug.program, axis_name="i")(x[:4] * 2)


def by_shard_map(x: Any, mesh: FakeMesh, bug: Bug) -> Any:
    spec = P(("i", "j")) if bug.mesh else P("i")

    def lane(part: Any) -> Any:
        return bug.program(part[0])[None]

    return verax.shard_map(lane, mesh=mesh, in_specs=spec, out_specs=spec)(x if bug.mesh else x[:4] * 2)


def by_jit(x: Any, mesh: FakeMesh, bug: Bug) -> Any:
    laid_out = NamedSharding(mesh, P(("i", "j")) if bug.mesh else P("i"))
    run = verax.jit(lambda y: by_shard_map(y, mesh, bug), in_shardings=laid_out, out_shardings=laid_out)
    return run(x if bug.mesh else x[:4])


WAYS: dict[str, tuple[Sharded, int | None]] = {
    "pmap": (by_pmap, None),
    "pmap, shuffled": (by_pmap, 5),
    "shard_map": (by_shard_map, None),
    "jit with shardings": (by_jit, 2),
}


@pytest.mark.parametrize("implementation", ["fast", "reference"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("bug", BUGS, ids=[b.name for b in BUGS])
def test_a_planted_bug_is_told_at_once(bug: Bug, way: str, implementation: str) -> None:
    run, schedule = WAYS[way]
    axes = {"i": 4, "j": 2} if bug.mesh else {"i": 4}
    with (
        fake_devices(mesh=axes, schedule=schedule) as mesh,
        verax.using(implementation),
        pytest.raises(bug.error) as told,
    ):
        run(X, mesh, bug)
    error, notes = told.value, " ".join(getattr(told.value, "__notes__", ()))
    assert bug.said in str(error)
    assert sum(m.times for m in mesh.traffic()) == bug.met  # nobody has met anybody since
    if isinstance(error, MismatchError):
        assert error.odd == bug.odd
        assert len(error.stands) >= 4
        lines = [s.line for s in error.stands if s.lane in bug.odd]
        if bug.line:
            assert all(x and "wrong" in linecache.getline(x.file, x.line) for x in lines)
    else:
        assert f"Raised in lane {bug.odd[0]} of axis" in notes


@pytest.mark.parametrize("run", [by_pmap, by_jit], ids=["pmap", "shard_map"])
@pytest.mark.parametrize("bug", BUGS, ids=[b.name for b in BUGS])
def test_a_planted_bug_is_told_where_lanes_are_traced_once(bug: Bug, run: Sharded) -> None:
    axes = {"i": 4, "j": 2} if bug.mesh else {"i": 4}
    # Python's own branches cannot ask which lane it is while all are traced, which is an error of its own.
    refused = (verax.errors.CollectiveError, verax.errors.TracerBoolConversionError)
    with fake_devices(mesh=axes) as mesh, pytest.raises(refused) as told:
        verax.jit(lambda x: run(x, mesh, bug))(X)
    if isinstance(told.value, MismatchError):
        assert told.value.odd == bug.odd
    assert "planted.py:" in str(told.value)


def test_branches_in_which_lanes_meet_alike_are_run_one_by_one_alone() -> None:
    def alike(x: Any) -> Any:
        first = lax.axis_index("i") == 0
        return lax.cond(first, lambda y: lax.psum(y, "i"), lambda y: lax.psum(2 * y, "i"), x)

    run, x = verax.pmap(alike, axis_name="i"), X[:4]
    want = [(x[0] + 2 * x[1:].sum(0)).tolist()] * 4  # what lanes bring differs, and what they get does not
    with fake_devices(4):
        assert np.asarray(run(x)).tolist() == want
        with pytest.raises(
            verax.errors.CollectiveError, match="a choice that differs between lanes, and psum"
        ):
            verax.jit(run)(x)
    with fake_devices(4, schedule=0):
        assert np.asarray(verax.jit(run)(x)).tolist() == want


def test_branches_that_all_lanes_take_pass_where_they_are_traced_once() -> None:
    def together(x: Any) -> Any:
        x = lax.cond(lax.axis_index("i") >= 0, lambda y: lax.psum(y, "i"), lambda y: y, x)  # all of them
        return lax.cond(lax.psum(x, "i").sum() > 0, lambda y: lax.pmax(y, "i"), lambda y: y, x)

    with fake_devices(4):
        run = verax.pmap(together, axis_name="i")
        one_by_one, traced = np.asarray(run(X[:4])), np.asarray(verax.jit(run)(X[:4]))
    assert one_by_one.tolist() == traced.tolist()


def test_lanes_of_vmap_may_part() -> None:
    def parting(x: Any) -> Any:
        return lax.cond(x.sum() > 0, lambda y: lax.psum(y, "i"), lambda y: y, x)

    found = np.asarray(verax.vmap(parting, axis_name="i")(X))
    assert found.tolist() == np.where(X.sum(1, keepdims=True) > 0, X.sum(0), X).tolist()


def test_there_are_bugs_enough() -> None:
    assert len(BUGS) >= 25
    assert len({b.name for b in BUGS}) == len(BUGS)
