"""Variants for pytest: `@pytest.mark.variants("jit", "reference")` runs a test once for each, and `variant` applies it.

A row for each; `variant_cases` has Chex's own, for classes.
"""

from __future__ import annotations

import functools
import unittest
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np

from ..fake_devices import device_count, fake_devices
from ..language import dispatch
from ..language.arrays import Array
from .array_kinds import host, imported, is_array
from .leaves import leaves_with_paths, map_leaves, shown
from .variant_functions import library_of

Function = Callable[..., Any]
LANES = 2


def _places(given: Any) -> tuple[int, ...]:
    return () if given is None else (given,) if isinstance(given, int) else tuple(given)


def eager(fn: Function, **unused: Any) -> Function:
    """The function as it is."""
    return fn


def jit(fn: Function, *, static_argnums: Any = None, static_argnames: Any = None, **unused: Any) -> Function:
    """The function compiled."""

    def run(*args: Any, **kwargs: Any) -> Any:
        compiled = library_of(fn, (args, kwargs)).jit(
            fn, static_argnums=static_argnums, static_argnames=static_argnames
        )
        return compiled(*args, **kwargs)

    return run


def _in_lanes(fn: Function, args: Any, kwargs: Any, static: Sequence[int], transform: Function) -> Any:
    """The function in lanes that are given the same: what one of them gives, if all give that.

    Raises:
        AssertionError: lanes differ.
    """
    library = library_of(fn, (args, kwargs))

    def copied(x: Any) -> Any:
        array = library.numpy.asarray(x)
        return library.numpy.broadcast_to(array, (LANES, *np.shape(array)))

    fixed = {i: x for i, x in enumerate(args) if i in static}
    moving = [x for i, x in enumerate(args) if i not in fixed]

    def lane(operands: Any, named: Any) -> Any:
        given = iter(operands)
        return fn(*(fixed[i] if i in fixed else next(given) for i in range(len(args))), **named)

    found = transform(library, lane)(map_leaves(copied, moving), map_leaves(copied, kwargs))
    for path, x in leaves_with_paths(found):
        value = host(x)
        if value[0].tobytes() != value[1].tobytes():
            raise AssertionError(
                f"Lanes that are given the same must give the same, got {value[0]} and {value[1]} at '{shown(path)}'."
            )
    return map_leaves(lambda x: x[0], found)


def vmap(fn: Function, *, axis_name: Any = "i", static_argnums: Any = None, **unused: Any) -> Function:
    """The function of one lane of two that are given the same, under `vmap`."""

    def run(*args: Any, **kwargs: Any) -> Any:
        return _in_lanes(
            fn, args, kwargs, _places(static_argnums), lambda library, f: library.vmap(f, axis_name=axis_name)
        )

    return run


def pmap(fn: Function, *, axis_name: Any = "i", static_argnums: Any = None, **unused: Any) -> Function:
    """The function on one device of two that are given the same; pretend ones, for Verax's functions."""

    def run(*args: Any, **kwargs: Any) -> Any:
        with ExitStack() as stack:
            jax = imported("jax")
            if jax is not None and library_of(fn, (args, kwargs)) is jax:
                if jax.device_count() < LANES:
                    raise unittest.SkipTest("JAX has one device only: use the variant vmap.")
            elif device_count() < LANES:
                stack.enter_context(fake_devices(LANES))
            return _in_lanes(
                fn,
                args,
                kwargs,
                _places(static_argnums),
                lambda library, f: library.pmap(f, axis_name=axis_name),
            )

    return run


def reference(fn: Function, **unused: Any) -> Function:
    """The function in the reference: the true values, rounded where they are looked at."""

    def run(*args: Any, **kwargs: Any) -> Any:
        jax = imported("jax")
        if jax is not None and library_of(fn, (args, kwargs)) is jax:
            raise unittest.SkipTest("The reference runs functions that are written in Verax's names.")
        true = dispatch.implementation_of("reference")

        def lifted(x: Any) -> Any:
            if not is_array(x):
                return x  # numbers stay weak
            return dispatch.lift_to(true, x if isinstance(x, Array) else host(x))

        with dispatch.using(true):
            return fn(*map_leaves(lifted, args), **map_leaves(lifted, kwargs))

    return run


VARIANTS: dict[str, Function] = {
    "eager": eager,
    "jit": jit,
    "vmap": vmap,
    "pmap": pmap,
    "reference": reference,
}


class Variant:
    """What the fixture `variant` is: a decorator, with or without keyword arguments.

    Args:
        name: which: "eager", "jit", "vmap", "pmap" or "reference".

    Attributes:
        name: the same.
        calls: how many functions it has been applied to.

    >>> import verax.numpy as vnp
    >>> Variant("vmap")(lambda x: vnp.sum(x))(vnp.arange(3.0))
    Array(3., dtype=float32)

    Raises:
        ValueError: there is no variant of that name.
    """

    def __init__(self, name: str) -> None:
        if name not in VARIANTS:
            raise ValueError(f"`variants` must be among {', '.join(VARIANTS)}, got {name!r}.")
        self.name, self.calls = name, 0

    def __call__(self, fn: Function | None = None, **options: Any) -> Function:  # noqa: D102  # the class says it
        if fn is None:
            return functools.partial(self, **options)
        self.calls += 1
        applied = VARIANTS[self.name](fn, **options)
        return applied if applied is fn else functools.wraps(fn)(applied)

    def __repr__(self) -> str:
        return f"Variant({self.name!r})"
