"""Looking on while programs run: `verax.debug`, with the names of `jax.debug`."""

from __future__ import annotations

import builtins
import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .callbacks import run_debug

__all__ = ["callback", "print"]


def callback(
    callback: Callable[..., Any] | None = None,
    *args: Any,
    ordered: bool = False,
    partitioned: bool = False,
    **kwargs: Any,
) -> Any:
    """Call a Python function for its side effects each time that the program comes by; it changes no result.

    It is called under `jit`, in loops, for each lane of `vmap` (for all lanes of a branch that only some take), and on
    values, never on derivatives, of what is differentiated.

    Args:
        callback: takes ``args`` and ``kwargs``; what it returns is dropped. Omit it to set the options first.
        args: arrays in trees; what is no array reaches the function as it is.
        ordered: accepted for JAX's sake: calls are always in the order of the program.
        partitioned: likewise.
        kwargs: the same by name.

    Returns:
        None; without ``callback`` a function of it and of its arguments.

    Raises:
        TypeError: ``callback`` is no function.
    """

    def look(callback: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        if not callable(callback):
            raise TypeError(
                f"`callback` of debug.callback must be a function, got {type(callback).__name__}: {callback!r}."
            )
        run_debug(callback, args, kwargs, bool(ordered))

    if callback is not None:
        look(callback, *args, **kwargs)
        return None
    if args or kwargs:
        raise TypeError(
            f"`callback` of debug.callback must come with its arguments, got {args} and {kwargs} alone."
        )
    return look


def print(
    fmt: str | None = None,
    *args: Any,
    ordered: bool = False,
    partitioned: bool = False,
    skip_format_check: bool = False,
    **kwargs: Any,
) -> Any:
    """Print values when the program runs, as ``str.format`` writes them: ``debug.print("x is {x}", x=x)``.

    Args:
        fmt: the text, with braces for values; no f-string, which would be made while the function is traced. Omit it to
            set the options first.
        args: arrays in trees, and anything else.
        ordered: as of `callback`.
        partitioned: likewise.
        skip_format_check: whether arguments may be left out of the text.
        kwargs: the same by name.

    Returns:
        None; without ``fmt`` a function of it and of its arguments.

    Raises:
        ValueError: an argument does not occur in the text.
    """

    def write(fmt: str, *args: Any, **kwargs: Any) -> None:
        if not skip_format_check:
            _CHECKER.format(fmt, *args, **kwargs)
        run_debug(_Line(fmt), args, kwargs, bool(ordered))

    if fmt is not None:
        write(fmt, *args, **kwargs)
        return None
    if args or kwargs:
        raise TypeError(f"`fmt` of debug.print must come with its arguments, got {args} and {kwargs} alone.")
    return write


class _Line:
    """Prints a line; equal for equal texts, so that equal programs are equal."""

    __name__ = "print"

    def __init__(self, fmt: str) -> None:
        self.fmt = fmt

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        builtins.print(self.fmt.format(*args, **kwargs))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Line) and self.fmt == other.fmt

    def __hash__(self) -> int:
        return hash(self.fmt)


class _Checker(string.Formatter):
    """Formats nothing, and refuses arguments that the text has no place for."""

    def format_field(self, value: Any, format_spec: str) -> str:
        return ""

    def check_unused_args(
        self, used_args: set[int | str], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> None:
        unused = [i for i in range(len(args)) if i not in used_args] + [
            k for k in kwargs if k not in used_args
        ]
        if unused:
            raise ValueError(
                f"Every argument of debug.print must occur in its text, got {unused} unused. Write braces for each, "
                f'and pass "x is {{x}}" and x=x instead of an f-string, whose values are not known yet.'
            )


_CHECKER = _Checker()
