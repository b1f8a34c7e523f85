"""Random bits are Random123's, to its published known answers."""

from __future__ import annotations

import numpy as np

from verax.language import dispatch
from verax.language.catalogue import threefry2x32_p
from verax.reference import Exact, evaluate
from verax.reference.primitives.random import block

# Random123 1.09, tests/kat_vectors: threefry 2x32 20.
KNOWN = (
    ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
    ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
)


def test_blocks_are_the_published_ones() -> None:
    for key, counter, want in KNOWN:
        assert block(*key, *counter) == want


def test_the_primitive_makes_one_block_for_each_element() -> None:
    columns = [np.array([k[i] for k, _, _ in KNOWN], np.uint32) for i in range(2)]
    columns += [np.array([c[i] for _, c, _ in KNOWN], np.uint32) for i in range(2)]
    first, second = evaluate(lambda *xs: dispatch.bind(threefry2x32_p, *xs), columns, Exact())
    assert [(a, b) for a, b in zip(first.scalars, second.scalars, strict=True)] == [w for _, _, w in KNOWN]
