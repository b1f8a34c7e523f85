"""Which `checkify` is under way, and what its checks have come to so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Collected:
    """The checks that a `checkify` has met.

    Attributes:
        depth: how many transforms were under way when it began.
        held: whether each of them held, booleans or tracers of them.
        said: what each says where it does not.
    """

    depth: int
    held: list[Any] = field(default_factory=list)
    said: list[Any] = field(default_factory=list)


_COLLECTED: ContextVar[Collected | None] = ContextVar("verax_checks", default=None)


def collected() -> Collected | None:
    """What the innermost `checkify` has met; None where none is under way."""
    return _COLLECTED.get()


@contextmanager
def collecting(into: Collected | None) -> Iterator[None]:
    """Collect checks into something else, or nothing, inside the block."""
    token = _COLLECTED.set(into)
    try:
        yield
    finally:
        _COLLECTED.reset(token)
