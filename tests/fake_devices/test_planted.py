"""Each planted bug is told before any lane goes on, with the lane that is wrong and its line."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import verax
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


def test_there_are_bugs_enough() -> None:
    assert len(BUGS) >= 25
    assert len({b.name for b in BUGS}) == len(BUGS)
