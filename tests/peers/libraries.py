"""The libraries whose own tests run on Verax, and how many of the tests that pass on JAX must pass."""

from __future__ import annotations

from typing import NamedTuple


class Library(NamedTuple):
    """A library, and what is asked of its tests.

    Attributes:
        name: the package that is imported; its tests lie in it.
        wheel: what it is called on the index.
        least: how many ids the baseline has at least, so that it cannot shrink unseen.
        share: the part of them that must pass.
    """

    name: str
    wheel: str
    least: int
    share: float


LIBRARIES = {
    row.name: row
    for row in (
        Library("rlax", "rlax", 730, 0.97),
        Library("optax", "optax", 1850, 0.95),
        Library("chex", "chex", 580, 0.90),
        Library("haiku", "dm-haiku", 2300, 0.90),
        Library("jraph", "jraph", 17, 1.0),
    )
}

# JAX 0.10 cannot import this file (it asks for `jax.lib.xla_bridge`), so that no baseline has its ids.
JRAPH_UTILS = "jraph/_src/utils_test.py"
JRAPH_UTILS_LEAST = 80
