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
        asked: the kinds of faults that are looked for.
        automatic: whether there is any among them that is looked for at each primitive.
        held: whether each of them held, booleans or tracers of them.
        said: what each says where it does not.
    """

    depth: int
    asked: frozenset[Any] = frozenset()
    automatic: bool = False
    held: list[Any] = field(default_factory=list)
    said: list[Any] = field(default_factory=list)


_ASKED: ContextVar[frozenset[Any] | None] = ContextVar("verax_checks_asked", default=None)
_COLLECTED: ContextVar[Collected | None] = ContextVar("verax_checks", default=None)


def collected() -> Collected | None:
    """What the innermost `checkify` has met; None where none is under way."""
    return _COLLECTED.get()


def asked() -> frozenset[Any] | None:
    """What the innermost `checkify` around looks for, also where nothing is collected; None where there is none."""
    return _ASKED.get()


def looking(depth: int = -1) -> Collected | None:
    """What has been collected, if faults are looked for at each primitive, of transforms as far out as ``depth``."""
    into = _COLLECTED.get()
    return into if into is not None and into.automatic and depth < into.depth else None


@contextmanager
def collecting(into: Collected | None) -> Iterator[None]:
    """Collect checks into something else, or nothing, inside the block."""
    token = _COLLECTED.set(into)
    kinds = _ASKED.set(into.asked if into is not None else _ASKED.get())
    try:
        yield
    finally:
        _COLLECTED.reset(token)
        _ASKED.reset(kinds)
