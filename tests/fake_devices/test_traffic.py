"""What collectives move is what a ring's messages add up to, counted one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax.fake_devices import fake_devices
from verax.fake_devices.traffic import bytes_sent
from verax.sharding import NamedSharding
from verax.sharding import PartitionSpec as P


def messages(operation: str, nbytes: int, n: int) -> int:
    """The bytes of all messages of a ring, sent one by one: each lane holds ``nbytes``."""
    part, sent = nbytes // n, 0
    if operation in ("psum", "reduce_scatter"):
        for _ in range(n - 1):  # a stretch goes on to the neighbour, and is added up on the way
            sent += n * part
    if operation == "psum":
        for _ in range(n - 1):  # and the sums go round
            sent += n * part
    if operation == "all_gather":
        for _ in range(n - 1):
            sent += n * nbytes
    if operation == "all_to_all":
        for source in range(n):
            sent += sum(part for to in range(n) if to != source)
    return sent


@pytest.mark.parametrize("n", [1, 2, 3, 8])
@pytest.mark.parametrize("operation", ["psum", "reduce_scatter", "all_gather", "all_to_all"])
def test_the_formula_counts_the_messages(operation: str, n: int) -> None:
    assert bytes_sent(operation, 24 * n, n) == messages(operation, 24 * n, n)


def test_a_lane_that_sends_to_itself_moves_nothing() -> None:
    assert bytes_sent("ppermute with perm=((0, 1), (1, 0), (2, 2))", 10, 3) == 20
    with pytest.raises(ValueError, match="must be a collective"):
        bytes_sent("sum", 1, 1)


@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_a_mesh_counts_what_its_lanes_move(implementation: str) -> None:
    def lane(x: Any) -> Any:
        for _ in range(3):
            x = lax.psum(x, "i") / 4
        turned = lax.ppermute(x, "i", [(0, 1), (1, 0), (2, 2)])
        return lax.all_gather(turned.astype(np.float16), "i").sum()

    with fake_devices(4) as mesh, verax.using(implementation):
        verax.pmap(lane, axis_name="i")(np.ones((4, 10), np.float32))
        verax.vmap(lambda x: lax.psum(x, "i"), axis_name="i")(np.ones(4))  # no device takes part
    moved = {m.operation: (m.axis, m.lanes, m.times, m.sent) for m in mesh.traffic()}
    assert moved == {
        "psum": ("i", 4, 3, 3 * 2 * 3 * 40),
        "ppermute": ("i", 4, 1, 2 * 40),
        "all_gather": ("i", 4, 1, 4 * 3 * 20),
    }
    assert mesh.traffic().sent == 720 + 80 + 240
    assert "psum over 'i' of 4 lanes: 3 x, 720 bytes" in str(mesh.traffic())


def test_blocks_count_for_themselves() -> None:
    def total() -> None:
        verax.pmap(lambda x: lax.psum(x, "i"), axis_name="i")(np.ones(2, np.float32))

    with fake_devices(2) as outer:
        total()
        with fake_devices(2) as inner:
            total()
            total()
    assert (outer.traffic().sent, inner.traffic().sent) == (8, 16)
    with fake_devices(1) as idle:
        pass
    assert str(idle.traffic()) == "nothing was moved"


PROGRAMS: dict[str, Any] = {
    "psum": lambda x: lax.psum(x, "i"),
    "pmax": lambda x: lax.pmax(x, "i"),
    "ppermute": lambda x: lax.ppermute(x, "i", [(0, 1), (1, 2), (3, 3)]),
    "all_gather": lambda x: lax.all_gather(x, "i"),
    "psum_scatter": lambda x: lax.psum_scatter(x, "i"),
    "all_to_all": lambda x: lax.all_to_all(x, "i", 0, 0),
    "groups": lambda x: lax.psum(x, "i", axis_index_groups=[[0, 1], [2, 3]]),
    "scan": lambda x: lax.scan(lambda c, _: (lax.pmean(c, "i"), None), x, None, length=5)[0],
    "while": lambda x: lax.while_loop(lambda v: v[0] < 3, lambda v: (v[0] + 1, lax.psum(v[1], "i")), (0, x))[
        1
    ],
}


def by_pmap(mesh: Any, lane: Any) -> Any:
    return verax.pmap(lane, axis_name="i")


def by_shard_map(mesh: Any, lane: Any) -> Any:
    return verax.shard_map(lambda x: lane(x[0])[None], mesh=mesh, in_specs=P("i"), out_specs=P("i"))


@pytest.mark.parametrize("by", [by_pmap, by_shard_map])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_compiled_program_moves_what_its_lanes_move(name: str, by: Any) -> None:
    x = np.ones((4, 4, 3), np.float32)
    with fake_devices(mesh={"i": 4}) as mesh:
        run = by(mesh, PROGRAMS[name])
        run(x)
        run(x)
        eager = set(mesh.traffic())
    with fake_devices(mesh={"i": 4}) as mesh:
        laid_out = NamedSharding(mesh, P("i"))
        run = verax.jit(by(mesh, PROGRAMS[name]), in_shardings=laid_out)
        run(x)
        run(x)
        assert set(mesh.traffic()) == eager != set()


def test_a_program_compiled_on_one_mesh_counts_on_the_next() -> None:
    run = verax.jit(verax.pmap(lambda x: lax.psum(x, "i"), axis_name="i"))
    for _ in range(2):
        with fake_devices(4) as mesh:
            run(np.ones(4, np.float32))
        assert mesh.traffic().sent == 2 * 3 * 4
