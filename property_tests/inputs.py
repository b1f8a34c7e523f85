"""Which inputs a subject is tried on: drawn by hypothesis, the same ones every time for the same seed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st

from ..language.subject import Signature
from .arguments import Arguments
from .steady import BACKEND
from .strategies import arguments, occurring

T = TypeVar("T")

EXAMPLES = 40
# At least this part of the inputs is at an edge.
EDGE_SHARE = 0.25


def seed_of(name: str, seed: int = 0) -> int:
    """The seed for a subject: of its name and the run's seed."""
    digest = hashlib.sha256(f"{name}\0{seed}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def sample(strategy: st.SearchStrategy[T], count: int, seed: int) -> list[T]:
    """Up to ``count`` values of a strategy; fewer only where it has no more."""
    found: list[T] = []

    def keep(value: T) -> None:
        found.append(value)

    run: Callable[[], None] = hypothesis.seed(seed)(
        settings(
            max_examples=count + 1,  # the first one is the simplest there is, and the same for every function
            phases=[Phase.generate],
            database=None,
            deadline=None,
            derandomize=False,
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
            backend=BACKEND,
        )(hypothesis.given(strategy)(keep))
    )
    run()
    return found[1 : count + 1] if len(found) > count else found


def draw(
    signature: Signature, examples: int = EXAMPLES, seed: int = 0, points: tuple[float, ...] = ()
) -> list[Arguments]:
    """``examples`` inputs of a signature, a quarter of them (at least ten of forty) at edges, by turns.

    Args:
        signature: what is to be drawn.
        examples: how many.
        seed: equal seeds give equal inputs.
        points: hard points of the function's program.
    """
    kinds = occurring(signature, points)
    edges = _shares(max(len(kinds), -int(-examples * EDGE_SHARE // 1)), len(kinds)) if kinds else []
    found: list[Arguments] = []
    for i, (kind, count) in enumerate(zip(kinds, edges, strict=True)):
        found += sample(arguments(signature, kind, points), count, seed + i + 1)
    ordinary = sample(arguments(signature), max(1, examples - len(found)), seed)
    return ordinary + found


def _shares(total: int, parts: int) -> list[int]:
    """``total`` in ``parts`` nearly equal parts, the larger first."""
    return [total // parts + (i < total % parts) for i in range(parts)]
