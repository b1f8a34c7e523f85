"""Tracers that outlive their transform, found when it ends: `checking_leaks`."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from .config import config
from .dispatch import Level, Tracer
from .errors import UnexpectedTracerError


@contextmanager
def checking_leaks(value: bool = True) -> Iterator[None]:
    """Look, in the block, for tracers that outlive the tracing that made them; as JAX's, it is slow.

    Returns:
        A context manager. What runs in it raises UnexpectedTracerError where a tracer is left.

    Raises nothing of its own.
    """
    before = config.check_tracer_leaks
    config.update("check_tracer_leaks", bool(value))
    try:
        yield
    finally:
        config.update("check_tracer_leaks", before)


def refuse_leaks(level: Level, name: str) -> None:
    """Raise if a tracer of a level that has ended is still referred to, where leaks are looked for.

    Raises:
        UnexpectedTracerError: one is; the message says by what.
    """
    if not config.check_tracer_leaks:
        return
    gc.collect()  # what only refers to itself can do no harm
    left = [x for x in gc.get_referrers(level) if isinstance(x, Tracer)]
    if left:
        holders = [x for x in gc.get_referrers(left[0]) if x is not left]
        shown = ", ".join(sorted({type(x).__name__ for x in holders})) or "a variable"
        raise UnexpectedTracerError(
            f"Leaked trace: tracing {name!r} left {len(left)} tracer(s) behind, the first of type {left[0].aval}, held "
            f"by {shown}. Return values from the function instead of storing them."
        )
