"""Configuration: settings that live in the context, never in the process.

JAX's ``config.update`` sets a setting for the current context (thread or task) and those started
from it; ``enable_x64(...)`` sets it for a ``with`` block.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_X64: ContextVar[bool] = ContextVar("verax_enable_x64", default=False)


class Config:
    """The settings in force here. ``config.enable_x64`` reads, ``config.update`` writes."""

    @property
    def enable_x64(self) -> bool:
        """Whether 64-bit types are kept (True) or canonicalized to 32 bits (False, as in JAX)."""
        return _X64.get()

    def update(self, name: str, value: bool) -> None:
        """Set a setting for the current context.

        Raises:
            ValueError: the name is unknown, or the value is no bool.
        """
        if name not in ("enable_x64", "jax_enable_x64"):
            raise ValueError(f"`name` must be 'enable_x64', got {name!r}. No other setting exists.")
        if not isinstance(value, bool):
            raise ValueError(f"`value` of 'enable_x64' must be True or False, got {value!r}.")
        _X64.set(value)


config = Config()


@contextmanager
def enable_x64(value: bool = True) -> Iterator[None]:
    """Keep 64-bit types (or not) inside the ``with`` block, and restore the setting after it.

    Returns:
        A context manager.

    Raises nothing of its own.
    """
    token = _X64.set(value)
    try:
        yield
    finally:
        _X64.reset(token)
