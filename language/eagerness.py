"""`disable_jit`: a block in which nothing is compiled or traced, so that Python sees every value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_DISABLED: ContextVar[bool] = ContextVar("verax_jit_disabled", default=False)
# How many blocks have ever been entered: a compiled call asks nothing more while there are none.
_blocks = 0


@contextmanager
def disable_jit(disable: bool = True) -> Iterator[None]:
    """Run jitted functions, loops and branches as Python, inside the block; ``disable=False`` undoes an outer one.

    Returns:
        A context manager.

    Raises nothing of its own.
    """
    global _blocks
    _blocks += 1
    token = _DISABLED.set(bool(disable))
    try:
        yield
    finally:
        _DISABLED.reset(token)


def jit_is_disabled() -> bool:
    """Whether a `disable_jit` block is in force."""
    return _blocks > 0 and _DISABLED.get()
