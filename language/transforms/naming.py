"""Names for parts of programs. They change no result."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..flat import name_of
from ..tracing import in_scope
from .arguments import Function, check_callable


def named_call(fun: Function, *, name: str | None = None) -> Function:
    """The function under a name (its own by default), by which programs and messages call it.

    Returns:
        A function of the same tree of arguments, and results.

    Raises:
        TypeError: ``fun`` is no function, or ``name`` no string.
    """
    check_callable(fun, "named_call")
    label = name_of(fun) if name is None else _checked(name, "named_call")

    @functools.wraps(fun)
    def named(*args: Any, **kwargs: Any) -> Any:
        with named_scope(label):
            return fun(*args, **kwargs)

    named.__name__ = label
    return named


@contextmanager
def named_scope(name: str) -> Iterator[None]:
    """A block, or by decoration a function, under a name, which its equations bear.

    Returns:
        A function of the same tree of arguments, and results.

    Raises:
        TypeError: ``name`` is no string.
    """
    with in_scope(_checked(name, "named_scope")):
        yield


def _checked(name: Any, what: str) -> str:
    if not isinstance(name, str):
        raise TypeError(f"`name` of {what} must be a string, got {name!r}.")
    return name
