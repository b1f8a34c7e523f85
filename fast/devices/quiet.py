"""`quiet`: a block in which NumPy does not warn of special values, as ``np.errstate(all="ignore")``.

Every eager operation enters one, and `np.errstate` takes longer than the sum of two short arrays. What it does
is to set a context variable: the variable is found by looking what changes, and is set directly.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from contextvars import Context, ContextVar, Token, copy_context
from typing import Any, Literal

import numpy as np


def _context(errors: Literal["ignore", "raise"]) -> Context:
    with np.errstate(all=errors):
        return copy_context()


def _found() -> tuple[ContextVar[Any], Any] | None:
    """The variable of NumPy's error state and its value where all is ignored; None if NumPy has none."""
    ignoring, raising = _context("ignore"), _context("raise")
    changed = [v for v, value in raising.items() if value is not ignoring.get(v)]
    return (changed[0], ignoring[changed[0]]) if len(changed) == 1 else None


class _Quiet:
    __slots__ = ("token",)
    variable: ContextVar[Any]
    ignoring: Any
    token: Token[Any]

    def __enter__(self) -> None:
        self.token = self.variable.set(self.ignoring)

    def __exit__(self, *_: object) -> None:
        self.variable.reset(self.token)


def _by_numpy() -> AbstractContextManager[Any]:
    return np.errstate(all="ignore")


def _made() -> Any:
    found = _found()
    if found is None:
        return _by_numpy
    _Quiet.variable, _Quiet.ignoring = found
    return _Quiet


# Called for every block; an instance is entered once.
quiet = _made()
