"""What collectives move is what a ring's messages add up to, counted one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax.fake_devices import fake_devices
from verax.fake_devices.traffic import bytes_sent


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
