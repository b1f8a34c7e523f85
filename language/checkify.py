"""`jax.experimental.checkify`: checks of values, which raise at once or are collected and handed back.

Compiled functions, loops and branches inside of `checkify` hand their checks out as results (`checked_flow`). What a
check asks may be traced by a transform *around* `checkify` (``jit(checkify(f))``); under a `vmap` inside of it a check
holds where it holds in every lane.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from . import dispatch, trees
from . import numpy as vnp
from .arrays import Array
from .collecting import Collected, asked, collected, collecting
from .dispatch import Tracer
from .dtypes import bool_
from .errors import VeraxError
from .tree_util import register_pytree_node

__all__ = [
    "Error",
    "ErrorCategory",
    "JaxRuntimeError",
    "all_checks",
    "automatic_checks",
    "check",
    "check_error",
    "checkify",
    "debug_check",
    "div_checks",
    "float_checks",
    "index_checks",
    "init_error",
    "nan_checks",
    "user_checks",
]


class JaxRuntimeError(VeraxError, ValueError):
    """Raised for a check that failed; a ValueError, as JAX's of this module is."""


class ErrorCategory:
    """A kind of fault that `checkify` looks for; a set of them is its ``errors``."""


class FailedCheckError(ErrorCategory):
    """A `check` of the user's."""


class NaNError(ErrorCategory):
    """A primitive gives NaN."""


class DivisionByZeroError(ErrorCategory):
    """A division by zero."""


class OOBError(ErrorCategory):
    """An index out of bounds."""


user_checks = frozenset({FailedCheckError})
nan_checks = frozenset({NaNError})
index_checks = frozenset({OOBError})
div_checks = frozenset({DivisionByZeroError})
float_checks = nan_checks | div_checks
automatic_checks = float_checks | index_checks
all_checks = automatic_checks | user_checks


# What the message of a `check` ends with.
FAILED = " (`check` failed)"


@dataclass(frozen=True)
class Said:
    """One check: its message, and what stands in it."""

    message: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __str__(self) -> str:
        return self.message.format(*self.args, **self.kwargs)


@dataclass(frozen=True)
class Error:
    """What the checks of a call came to: a tree of arrays, so that it can leave a compiled function."""

    held: tuple[Any, ...] = ()
    said: tuple[Said, ...] = ()

    def get(self) -> str | None:
        """The message of the first check that failed; None if all held.

        Raises:
            ConcretizationTypeError: the error is traced: ask for it outside.
        """
        return next((str(s) for ok, s in zip(self.held, self.said, strict=True) if not bool(ok)), None)

    def throw(self) -> None:
        """Raise for the first check that failed.

        Raises:
            JaxRuntimeError: a check failed.
        """
        message = self.get()
        if message is not None:
            raise JaxRuntimeError(message)

    def __repr__(self) -> str:
        return f"Error({self.get()})"


def _parts(error: Error) -> tuple[tuple[Any, Any], tuple[str, ...]]:
    children = (error.held, tuple((s.args, s.kwargs) for s in error.said))
    return children, tuple(s.message for s in error.said)


def _whole(messages: Any, children: Iterable[Any]) -> Error:
    held, shown = children
    said = (Said(m, tuple(args), kwargs) for m, (args, kwargs) in zip(messages, shown, strict=True))
    return Error(tuple(held), tuple(said))


register_pytree_node(Error, _parts, _whole)

init_error = Error()


def check(pred: Any, msg: str, *fmt_args: Any, debug: bool = False, **fmt_kwargs: Any) -> None:
    """Say that ``pred`` holds.

    Args:
        pred: a boolean scalar.
        msg: what is said where it does not, with ``{}`` and ``{name}`` in the manner of `str.format`.
        fmt_args: arrays, in trees, for the message.
        debug: do nothing outside of `checkify`.
        fmt_kwargs: likewise, by name.

    Raises:
        TypeError: ``pred`` is no boolean scalar, or an argument of the message is no array.
        ValueError: ``pred`` is traced, and no `checkify` is there to collect it.
        JaxRuntimeError: ``pred`` is false, outside of `checkify`.
    """
    found = vnp.asarray(pred)
    if found.shape != () or found.dtype != bool_ or isinstance(pred, int) is not isinstance(pred, bool):
        raise TypeError(f"`pred` of check must be a boolean scalar, got {pred!r}.")
    for leaf in trees.leaves((fmt_args, fmt_kwargs)):
        if not (isinstance(leaf, Array) or hasattr(leaf, "__array__")):
            raise TypeError(f"What check's message shows must be arrays in trees, got {leaf!r}.")
    if collected() is None and debug:
        return
    around = asked()
    if around is None or FailedCheckError in around:
        _collect(found, Said(f"{msg}{FAILED}", fmt_args, fmt_kwargs))


def _collect(pred: Any, said: Said) -> None:
    """Hand a check to the `checkify` around; where there is none, raise JaxRuntimeError if it does not hold."""
    into = collected()
    values, tree = trees.flatten((said.args, said.kwargs))
    held, *values = _seen([pred, *values], 0 if into is None else into.depth)
    seen = Said(said.message, *trees.unflatten(tree, values))
    if into is not None:
        into.held.append(held)
        into.said.append(seen)
    elif not bool(held):
        raise JaxRuntimeError(str(seen))


def _seen(values: list[Any], depth: int) -> list[Any]:
    """A predicate and what its message shows, as transforms outside of ``depth`` see them.

    Of a predicate that is mapped over lanes, whether it holds in all of them; what is shown is then the first lane's in
    which it does not.

    Raises:
        ValueError: only a transform inside knows them.
    """
    while inside := [x for x in values if isinstance(x, Tracer) and x.level.depth >= depth]:
        level = max((x.level for x in inside), key=lambda found: found.depth)
        mine = [x for x in inside if x.level is level]
        if all(hasattr(x, "primal") for x in mine):  # a differentiation has values beside tangents
            values = [x.primal if any(x is y for y in mine) else x for x in values]
        elif all(hasattr(x, "value") for x in mine):
            with dispatch.below(level):
                values = _in_one_lane(values, mine)
        else:
            raise ValueError(
                f"`pred` of check must be known to the `checkify` around it, got {mine[0].aval} of a transform inside. "
                "Call checkify inside that transform, or return the value and check it outside."
            )
    return values


def _in_one_lane(values: list[Any], mapped: list[Any]) -> list[Any]:
    def is_mapped(x: Any) -> bool:
        return any(x is y for y in mapped)

    held, *shown = values
    if not is_mapped(held):
        return [held, *(x.value[0] if is_mapped(x) else x for x in shown)]
    lane = vnp.argmin(held.value)  # False comes before True
    return [vnp.all(held.value), *(x.value[lane] if is_mapped(x) else x for x in shown)]


def debug_check(pred: Any, msg: str, *fmt_args: Any, **fmt_kwargs: Any) -> None:
    """`check`, which does nothing outside of `checkify`; arguments and errors are those of `check`."""
    check(pred, msg, *fmt_args, debug=True, **fmt_kwargs)


def check_error(error: Error) -> None:
    """Raise for an error that `checkify` gave, or hand it to a `checkify` around.

    Raises:
        JaxRuntimeError: a check failed, outside of `checkify`.
        ConcretizationTypeError: the error is traced, and no `checkify` is there to collect it.
    """
    if collected() is None:
        error.throw()
        return
    for held, said in zip(error.held, error.said, strict=True):
        _collect(held, said)


def checkify(
    fun: Callable[..., Any], errors: Iterable[type[ErrorCategory]] = user_checks
) -> Callable[..., Any]:
    """A function that also returns which of its checks failed, instead of raising.

    Args:
        fun: any function that calls `check`.
        errors: the kinds of faults to look for: in `check`, and by itself at each primitive, sets of which are joined
            with ``|``.

    Returns:
        A function that takes what ``fun`` takes, and returns a pair: the `Error`, a tree; and what ``fun`` returns, of
        the same shapes and dtypes.

    Raises:
        ValueError: ``errors`` has something that is no kind of fault.
    """
    kinds = frozenset(errors)
    if kinds - all_checks:
        raise ValueError(
            f"`errors` of checkify must be user_checks, nan_checks, div_checks, index_checks or unions of them, got "
            f"{sorted(map(str, kinds - all_checks))}."
        )

    @functools.wraps(fun)
    def checked(*args: Any, **kwargs: Any) -> tuple[Error, Any]:
        found = Collected(len(dispatch.levels_in_force()), kinds, bool(kinds & automatic_checks))
        with collecting(found):
            out = fun(*args, **kwargs)
        return Error(tuple(found.held), tuple(found.said)), out

    return checked


def as_around(fun: Callable[..., Any]) -> Callable[..., Any]:
    """`checkify` with what the one around looks for."""
    around = asked()
    return checkify(fun, user_checks if around is None else around)
