"""`assert_numerical_grads`: derivatives held against central differences. `assert_gradients` needs no tolerance."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any
from unittest import mock

import numpy as np

from ..language.eagerness import disable_jit
from ..language.lax.conversion import watching_stop_gradient
from .array_kinds import dtype_of, host, imported, is_jax_array, is_tracer, wide
from .assertion import assertion
from .leaves import leaves

Function = Callable[..., Any]
# How far apart relative to each other, by the dtype; absolutely, as the call says.
RELATIVE = {"bfloat16": 1e-1, "float16": 1e-2, "float32": 2e-3, "float64": 1e-5}
DIRECTIONS = 3


@assertion
def assert_numerical_grads(
    f: Function,
    f_args: Sequence[Any],
    order: int,
    atol: float = 0.01,
    *,
    modes: Sequence[str] = ("fwd", "rev"),
    rtol: float | None = None,
    eps: float | None = None,
) -> None:
    """Assert that the derivatives of ``f`` up to an order are those that central differences give.

    What passes through ``stop_gradient`` is a constant for both. The differences are taken in float64 along
    random directions, each of them a unit vector; ``atol`` is compared as it is, whatever the sizes.

    Args:
        f: a function of arrays and trees of them, Verax's or JAX's, with a result of floats.
        f_args: where.
        order: the highest order.
        atol: how far apart derivatives may be.
        modes: "fwd" and "rev", or one of them: which derivatives are looked at.
        rtol: how far apart relative to the difference; by the dtype if None.
        eps: the step of the differences; by default the third root of float64's precision.

    >>> import verax.numpy as vnp
    >>> assert_numerical_grads(lambda x: vnp.sum(x**3), (vnp.ones(2),), order=2)

    Raises:
        ValueError: a mode is unknown.
    """
    unknown = set(modes) - {"fwd", "rev"}
    if unknown:
        raise ValueError(f"`modes` must be 'fwd' and 'rev', got {sorted(unknown)}.")
    library = _Library(f_args)
    args = tuple(f_args)
    with library.constants_of(f, args) as held:
        derivative: Function = f
        for level in range(1, order + 1):
            _check(library, derivative, args, level, modes, atol, rtol, eps or 6e-6, held)
            derivative = library.along(derivative, args, level)


class _Library:
    """JAX's transforms or Verax's, whoever's the arguments are."""

    def __init__(self, args: Sequence[Any]) -> None:
        theirs = any(is_jax_array(x) for x in leaves(args)) and imported("jax") is not None
        package = __package__.rpartition(".")[0]
        self.jax = theirs
        if theirs:
            self.transforms = importlib.import_module("jax")
            self.numpy = importlib.import_module("jax.numpy")
            self.x64 = self.transforms.enable_x64
            self.trees = importlib.import_module("jax.tree_util")
        else:
            self.transforms = importlib.import_module(f"{package}.language.transforms")
            self.numpy = importlib.import_module(f"{package}.language.numpy")
            self.x64 = importlib.import_module(f"{package}.language.config").enable_x64
            self.trees = importlib.import_module(f"{package}.language.tree_util")

    def direction(self, args: Any, seed: int) -> Any:
        """A random tangent of length 1 for floats; zeros for the rest have no place here."""
        random = np.random.default_rng(seed)
        drawn = self.trees.tree_map(lambda x: random.standard_normal(np.shape(x)), args)
        size = np.sqrt(sum(float(np.sum(v**2)) for v in self.trees.tree_leaves(drawn))) or 1.0
        return self.trees.tree_map(lambda v: v / size, drawn)

    def typed(self, values: Any, like: Any) -> Any:
        """Values in the dtypes of others."""
        return self.trees.tree_map(
            lambda v, x: self.numpy.asarray(v, self.numpy.asarray(x).dtype), values, like
        )

    def along(self, f: Function, args: Any, seed: int) -> Function:
        """The derivative of a function along a fixed direction, as a function."""
        direction = self.direction(args, seed + 1000)

        def derivative(*x: Any) -> Any:
            return self.transforms.jvp(f, x, self.typed(direction, x))[1]

        return derivative

    @contextmanager
    def constants_of(self, f: Function, args: Any) -> Iterator[_Held]:
        """Inside, `stop_gradient` can be held at what it gave at ``args``; nothing is compiled, so that each is met."""
        held = _Held()
        with ExitStack() as stack:
            if self.jax:
                plain = importlib.import_module("jax.lax").stop_gradient
                stack.enter_context(self.transforms.disable_jit())
                stack.enter_context(
                    mock.patch(
                        "jax.lax.stop_gradient",
                        lambda x: self.trees.tree_map(lambda y: plain(held.seen(y)), x),
                    )
                )
            else:
                stack.enter_context(disable_jit())
                stack.enter_context(watching_stop_gradient(held.seen))
            with held.noting():
                f(*args)
            yield held


class _Held:
    """What `stop_gradient` gave, in the order of its calls."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._place: ContextVar[int | None] = ContextVar("verax_held", default=None)
        self._notes: ContextVar[bool] = ContextVar("verax_noting", default=False)

    @contextmanager
    def noting(self) -> Iterator[None]:
        token = self._notes.set(True)
        try:
            yield
        finally:
            self._notes.reset(token)

    @contextmanager
    def given(self) -> Iterator[None]:
        token = self._place.set(0)
        try:
            yield
        finally:
            self._place.reset(token)

    def seen(self, x: Any) -> Any:
        """The value itself, or in its place the one that is held."""
        if self._notes.get():
            if not is_tracer(x):
                self.values.append(wide(host(x)))
            return x
        place = self._place.get()
        if place is None or place >= len(self.values):
            return x
        self._place.set(place + 1)
        return self.values[place].astype(dtype_of(x))


def _check(
    library: _Library,
    f: Function,
    args: Any,
    order: int,
    modes: Sequence[str],
    atol: float,
    rtol: float | None,
    eps: float,
    held: _Held,
) -> None:
    for seed in range(DIRECTIONS):
        direction = library.direction(args, 17 * order + seed)
        differences = [_numbers(x) for x in _difference(library, f, args, direction, eps, held)]
        tangents = library.typed(direction, args)
        if "fwd" in modes:
            _, found = library.transforms.jvp(f, args, tangents)
            pairs = zip(differences, library.trees.tree_leaves(found), strict=True)
            for place, (expected, got) in enumerate(pairs):
                _compare(f"jvp of order {order}", place, expected, got, atol, rtol)
        if "rev" in modes:
            out, back = library.transforms.vjp(f, *args)
            cotangents = library.typed(library.direction(out, 31 * order + seed), out)
            pulled = library.trees.tree_leaves(back(cotangents))
            g: Any = sum(
                float(np.sum(_numbers(a) * _numbers(b)))
                for a, b in zip(pulled, library.trees.tree_leaves(tangents), strict=True)
            )
            d: Any = sum(
                float(np.sum(_numbers(c) * e))
                for c, e in zip(library.trees.tree_leaves(cotangents), differences, strict=True)
            )
            dtype = str(library.numpy.asarray(library.trees.tree_leaves(out)[0]).dtype)
            _compare(
                f"vjp of order {order}", 0, np.asarray(d), np.asarray(g), atol, rtol or RELATIVE.get(dtype)
            )


def _difference(
    library: _Library, f: Function, args: Any, direction: Any, eps: float, held: _Held
) -> list[Any]:
    """(f(x + h v) - f(x - h v)) / 2h, in float64."""
    with library.x64(True):
        found = []
        for sign in (1.0, -1.0):
            moved = library.trees.tree_map(
                lambda x, v, s=sign: library.numpy.asarray(
                    np.asarray(wide(host(x)), np.float64) + s * eps * v
                ),
                args,
                direction,
            )
            with held.given():
                found.append([_numbers(y) for y in library.trees.tree_leaves(f(*moved))])
        return [(a - b) / (2 * eps) for a, b in zip(*found, strict=True)]


def _numbers(x: Any) -> np.ndarray[Any, Any]:
    return np.asarray(wide(host(x)), np.float64)


def _compare(what: str, place: int, expected: Any, found: Any, atol: float, rtol: float | None) -> None:
    dtype = str(getattr(found, "dtype", "float64"))
    relative = RELATIVE.get(dtype, 1e-5) if rtol is None else rtol
    got = _numbers(found)
    close = np.abs(got - expected) <= atol + relative * np.abs(expected)
    if np.all(close):
        return
    at = tuple(int(i) for i in np.argwhere(~close)[0])
    raise AssertionError(
        f"The {what} is not what central differences give: result {place} at {list(at)} is {got[at]}, and the "
        f"difference {expected[at]}, {abs(got[at] - expected[at]):.3g} apart, allowed atol={atol}, rtol={relative}."
    )
