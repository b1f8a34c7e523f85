"""Compiled functions, loops and branches under `checkify`: their checks become results, and are handed on outside.

A function that is staged cannot tell at once whether a check holds. So in its place stands the function that also
returns its `Error`: of a scan the one of the first step in which a check fails, of a loop likewise, and of branches
the one of that which is taken, where the checks of the others hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import numpy as vnp
from . import trees
from .checkify import Error, Said, as_around, check_error
from .collecting import collecting
from .transforms.looking import eval_shape

Function = Callable[..., Any]


def call(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The result of a function that returns ``(error, result)``, as `checkify` makes them."""
    with collecting(None):
        error, out = function(*args, **kwargs)
    check_error(error)
    return out


def scan(
    scanned: Function, name: str, f: Function, init: Any, xs: Any, length: int | None, reverse: bool
) -> tuple[Any, Any]:
    """``scanned(name, f, ...)``, with the first failure in the order of the steps."""

    def step(carry: Any, x: Any) -> Any:
        error, found = as_around(f)(carry, x)
        if not (isinstance(found, (tuple, list)) and len(found) == 2):
            return found  # which scan refuses
        return found[0], (found[1], error)

    with collecting(None):
        carry, (ys, errors) = scanned(name, step, init, xs, length, reverse)
    if all(held.shape[0] for held in errors.held):
        check_error(_first_step(errors, reverse))
    return carry, ys


def _first_step(errors: Error, reverse: bool) -> Error:
    def of(held: Any, said: Said) -> Said:
        place = len(held) - 1 - vnp.argmin(held[::-1]) if reverse else vnp.argmin(held)  # False comes first
        args, kwargs = trees.map(lambda x: x[place], (said.args, said.kwargs))
        return Said(said.message, args, kwargs)

    pairs = list(zip(errors.held, errors.said, strict=True))
    return Error(tuple(vnp.all(held) for held, _ in pairs), tuple(of(*pair) for pair in pairs))


def while_loop(looped: Function, test: Function, body: Function, init: Any) -> Any:
    """``looped(test, body, init)``; the test runs in the body, so that its checks are carried along."""

    def both(value: Any) -> Any:
        value = body(value)
        return test(value), value

    types, _ = eval_shape(as_around(both), init)
    if not types.held:
        with collecting(None):
            return looped(test, body, init)

    def step(carry: Any) -> Any:
        _, value, before = carry
        error, (again, value) = as_around(both)(value)
        return again, value, _earlier(before, error)

    again = call(as_around(test), (init,), {})
    with collecting(None):
        _, value, error = looped(lambda carry: carry[0], step, (again, init, _holding(types)))
    check_error(error)
    return value


def _earlier(before: Error, error: Error) -> Error:
    """Of each check its failure before, if it has failed, else what it comes to now."""
    kept = [
        trees.map(lambda old, new, ok=ok: vnp.where(ok, new, old).astype(old.dtype), one, other)
        for ok, one, other in zip(before.held, _shown(before), _shown(error), strict=True)
    ]
    held = tuple(vnp.logical_and(a, b) for a, b in zip(before.held, error.held, strict=True))
    said = tuple(Said(s.message, *shown) for s, shown in zip(before.said, kept, strict=True))
    return Error(held, said)


def _shown(error: Error) -> list[Any]:
    return [(s.args, s.kwargs) for s in error.said]


def _holding(types: Error) -> Error:
    """An error of these types in which every check holds."""
    said = trees.map(lambda a: vnp.zeros(a.shape, a.dtype), types)
    return Error(tuple(vnp.ones((), bool) for _ in types.held), said.said)


def choose(
    chosen: Function, name: str, index: Any, branches: Sequence[Function], operands: tuple[Any, ...]
) -> Any:
    """``chosen(name, index, branches, operands)``; the checks of the branches that are not taken hold."""
    types = [eval_shape(as_around(branch), *operands)[0] for branch in branches]

    def checked(i: int) -> Function:
        def branch(*xs: Any) -> Any:
            error, out = as_around(branches[i])(*xs)
            return out, [error if j == i else _holding(of) for j, of in enumerate(types)]

        return branch

    with collecting(None):
        if not any(of.held for of in types):
            return chosen(name, index, branches, operands)
        out, errors = chosen(name, index, [checked(i) for i in range(len(branches))], operands)
    for error in errors:
        check_error(error)
    return out
