"""Lanes within lanes, in any order; rows of a mesh that go their own ways; threads; errors that a lane survives."""

from __future__ import annotations

import contextvars
import threading
from functools import partial
from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.errors import CollectiveError
from verax.fake_devices import MismatchError, fake_devices, run_lanes
from verax.fake_devices.lanes import AxisLane
from verax.language.dispatch import axis_frame
from verax.sharding import PartitionSpec as P

F32 = np.float32
M = np.arange(12, dtype=F32).reshape(4, 3) - 5


def along(name: str) -> AxisLane:
    lane: AxisLane = axis_frame(name).owner
    return lane


@pytest.mark.parametrize("schedule", [None, 0, 1, 2, 3])
def test_lanes_within_lanes_meet_their_own_kind_in_any_order(schedule: int | None) -> None:
    def inner(k: int, n: int) -> Any:
        column = along("i").meet("column", (k, n), ())
        row = along("j").meet("row", (k, n), ())
        return list(column), list(row)

    def outer(k: int) -> Any:
        return run_lanes([partial(inner, k, n) for n in range(3)], "j")

    with fake_devices(12, schedule=schedule):
        found = run_lanes([partial(outer, k) for k in range(4)], "i")
    for k in range(4):
        for n in range(3):
            assert found[k][n] == ([(i, n) for i in range(4)], [(k, j) for j in range(3)])


@pytest.mark.parametrize("implementation", ["fast", "reference"])
@pytest.mark.parametrize("schedule", [None, 5])
def test_pmap_within_pmap_is_a_mesh(implementation: str, schedule: int | None) -> None:
    def lane(x: Any) -> Any:
        return lax.psum(x * x, "i") + lax.pmax(x, "j") * lax.psum(x, ("i", "j"))

    with fake_devices(mesh={"i": 4, "j": 3}, schedule=schedule) as mesh, verax.using(implementation):
        nested = verax.pmap(verax.pmap(lane, axis_name="j"), axis_name="i")(M)
        spec = P("i", "j")
        meshed = verax.shard_map(
            lambda a: lane(a[0, 0])[None, None], mesh=mesh, in_specs=spec, out_specs=spec
        )(M)
    want = (M * M).sum(0) + M.max(1, keepdims=True) * M.sum()
    assert np.asarray(nested).tolist() == np.asarray(meshed).tolist() == want.tolist()


@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_rows_of_a_mesh_may_take_turns_of_their_own(implementation: str) -> None:
    def lane(x: Any) -> Any:
        for _ in range(int(lax.axis_index("i"))):  # another number in each row
            x = lax.pmax(x, "j") + x
        return lax.psum(x, "i")

    with fake_devices(mesh={"i": 4, "j": 3}, schedule=1) as mesh, verax.using(implementation):
        spec = P("i", "j")
        found = verax.shard_map(
            lambda a: lane(a[0, 0])[None, None], mesh=mesh, in_specs=spec, out_specs=spec
        )(M)
    rows = []
    for k in range(4):
        rows.append(M[k])
        for _ in range(k):
            rows[k] = rows[k].max() + rows[k]
    assert np.asarray(found).tolist() == [sum(rows).tolist()] * 4
    assert [m.times for m in mesh.traffic() if m.operation == "pmax"] == [6]


def test_lanes_that_wait_for_each_other_for_ever_are_told() -> None:
    def lane(k: int, n: int) -> None:
        first, second = ("i", "j") if (k + n) % 2 else ("j", "i")
        along(first).meet("sum", 0, ())
        along(second).meet("sum", 0, ())

    with fake_devices(4), pytest.raises(MismatchError, match="must meet at the same collective"):
        run_lanes([partial(lane, k, n) for k in range(2) for n in range(2)], ("i", "j"), (2, 2))


def test_a_lane_survives_what_its_own_lanes_raise_and_the_others_meet_it() -> None:
    def careful(x: Any) -> Any:
        try:
            verax.pmap(lambda y: lax.psum(y, "none"), axis_name="j")(vnp.zeros(2))
        except CollectiveError:
            x = x + 1
        return lax.psum(x, "i")

    with fake_devices(4, schedule=2):
        assert np.asarray(verax.pmap(careful, axis_name="i")(np.ones(2, F32))).tolist() == [4.0, 4.0]


def test_all_lanes_are_unwound_where_one_raises() -> None:
    unwound: list[Any] = []

    def inner(k: int, n: int) -> None:
        try:
            if (k, n) == (1, 1):
                raise RuntimeError("on purpose")
            along("j").meet("sum", 0, ())
        finally:
            unwound.append((k, n))

    def outer(k: int) -> None:
        try:
            run_lanes([partial(inner, k, n) for n in range(2)], "j")
        finally:
            unwound.append(k)

    with pytest.raises(RuntimeError, match="on purpose") as told:
        run_lanes([partial(outer, k) for k in range(3)], "i")
    assert sorted(map(str, unwound)) == sorted(
        map(str, [0, 1, 2, *((k, n) for k in range(3) for n in range(2))])
    )
    notes = " ".join(told.value.__notes__)
    assert "Raised in lane (1, 1) of axis 'j'" in notes
    assert "Raised in lane 1 of axis 'i'" in notes


def test_a_thread_that_is_handed_a_lanes_context_runs_lanes_of_its_own() -> None:
    def lane(x: Any) -> Any:
        found: list[Any] = []
        run = verax.pmap(lambda y: lax.psum(y, "j"), axis_name="j")
        context = contextvars.copy_context()
        thread = threading.Thread(target=lambda: found.append(context.run(run, np.ones(3, F32))))
        thread.start()
        thread.join()
        return lax.psum(x * np.asarray(found[0])[0], "i")

    with fake_devices(3):
        assert np.asarray(verax.pmap(lane, axis_name="i")(np.ones(2, F32))).tolist() == [6.0, 6.0]


def test_threads_run_lanes_at_the_same_time() -> None:
    found: dict[int, Any] = {}

    def work(n: int) -> None:
        with fake_devices(n, schedule=n):
            for _ in range(5):
                found[n] = np.asarray(verax.pmap(lambda x: lax.psum(x, "i"), axis_name="i")(np.ones(n, F32)))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: x.tolist() for n, x in found.items()} == {n: [float(n)] * n for n in range(1, 6)}


def test_a_lane_that_meets_nobody_any_more_cannot_hold_the_others_up() -> None:
    tried: list[str] = []

    def stubborn(k: int) -> None:
        try:
            along("i").meet("sum", 0, ())
        finally:
            tried.append(f"{k} ends")
            along("i").meet("sum", 0, ())  # while it is unwound
            tried.append(f"{k} met")

    def fails() -> None:
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        run_lanes([partial(stubborn, 0), fails], "i")
    assert tried == ["0 ends"]


def test_a_lane_that_waits_for_lanes_within_one_that_waits_itself_is_told_before_others_go_on() -> None:
    passed: list[int] = []

    def lane(k: int, n: int) -> None:
        if (k, n) == (0, 1):  # its own lanes are to meet those of lane (0, 0), which runs none
            run_lanes([lambda: along("i").meet("sum", 0, ())] * 2, "j")
        else:
            along("i").meet("sum", 0, ())
            passed.append(k)

    with pytest.raises(MismatchError, match="must meet at the same collective"):
        run_lanes([partial(lane, k, n) for k in range(2) for n in range(2)], ("k", "i"), (2, 2))
    assert passed == []
