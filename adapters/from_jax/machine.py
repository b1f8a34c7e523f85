"""JAX itself as a machine: it runs, transforms and traces its own functions, on its CPU, with its own dtypes.

Functions take the leaves of their arguments. What they return is read through JAX's trees, as NumPy's arrays.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from ...language.config import enable_x64
from ...language.dtypes import is_complex
from ...language.program import Program
from ...language.shapes import ShapeDtypeStruct
from .errors import the_real_jax
from .reading import is_key, program_of

Function = Callable[..., Any]
# A flat function: of leaves, to the list of leaves.
Flat = Callable[..., list[Any]]


class Leaves(NamedTuple):
    """What JAX returned: machine arrays, whether each one's dtype is weak, and the tree that they come in."""

    arrays: tuple[np.ndarray[Any, Any], ...]
    weak: tuple[bool, ...]
    tree: Any


def is_array_of_jax(x: Any) -> bool:
    """Whether a value is an array of JAX's own; JAX is not imported for the question."""
    jax = sys.modules.get("jax")
    kind = None if jax is None or getattr(jax, "__verax__", False) else getattr(jax, "Array", None)
    return kind is not None and isinstance(x, kind)


@contextmanager
def running(x64: bool) -> Iterator[None]:
    """JAX on its CPU, whose promises are known, and Verax with the same dtypes.

    Raises:
        UsageError: JAX is not installed, or is `verax.as_jax`.
    """
    jax = the_real_jax()
    with jax.enable_x64(x64), enable_x64(x64), jax.default_device(jax.devices("cpu")[0]):
        yield


def has_x64() -> bool:
    """Whether JAX has 64-bit types on."""
    return bool(the_real_jax().config.jax_enable_x64)


def array(x: Any) -> Any:
    """A machine array as JAX's; a Python float stays what it is, and weak."""
    return x if isinstance(x, float) else the_real_jax().numpy.asarray(x)


def leaves_of(value: Any) -> Leaves:
    """What a function of JAX's returned.

    Raises:
        TypeError: a leaf is neither an array nor a number.
    """
    jax = the_real_jax()
    found, tree = jax.tree.flatten(value)
    return Leaves(tuple(map(_machine, found)), tuple(bool(jax.typeof(x).weak_type) for x in found), tree)


def _machine(x: Any) -> np.ndarray[Any, Any]:
    jax = the_real_jax()
    return np.asarray(jax.random.key_data(x) if is_key(x) else jax.numpy.asarray(x))


def flat(function: Function) -> Flat:
    """A function with the leaves of its result as a list."""
    jax = the_real_jax()

    def call(*leaves: Any) -> list[Any]:
        found: list[Any] = jax.tree.leaves(function(*leaves))
        return found

    call.__name__ = str(getattr(function, "__name__", "program"))
    return call


def announced(function: Function, operands: Sequence[Any]) -> Any:
    """What JAX's `eval_shape` says of a call: a tree of abstract values."""
    jax = the_real_jax()
    found = jax.eval_shape(function, *operands)
    return jax.tree.map(lambda s: ShapeDtypeStruct(s.shape, s.dtype, s.weak_type), found)


def converted(function: Flat, operands: Sequence[Any]) -> Program:
    """The program that JAX traces a flat function to.

    Raises:
        Unconvertible: it holds a primitive that the language lacks.
        Exception: whatever JAX raises while it traces.
    """
    return program_of(function, *operands)


def derivative(function: Flat, count: int, floats: Sequence[int], chosen: Sequence[int], order: int) -> Flat:
    """JAX's derivative of some outputs by some inputs, as a flat function of all that it takes.

    It takes ``count`` inputs, a cotangent for each chosen output and, above order 1, a direction for each floating
    input. Order 1 is `jax.vjp`, each one more `jax.jvp` along the directions.
    """
    jax = the_real_jax()

    def differentiated(*operands: Any) -> list[Any]:
        inputs, extras = list(operands[:count]), operands[count:]
        cotangents, directions = tuple(extras[: len(chosen)]), tuple(extras[len(chosen) :])

        def call(*given: Any) -> tuple[Any, ...]:
            full = list(inputs)
            for i, x in zip(floats, given, strict=True):
                full[i] = x
            found = function(*full)
            return tuple(found[o] for o in chosen)

        def reverse(*given: Any) -> tuple[Any, ...]:
            found: tuple[Any, ...] = jax.vjp(call, *given)[1](cotangents)
            return found

        gradient = reverse
        for _ in range(order - 1):
            gradient = _along(gradient, directions)
        return list(gradient(*(inputs[i] for i in floats)))

    return differentiated


def gradient(function: Function, operands: Sequence[Any]) -> list[np.ndarray[Any, Any]]:
    """JAX's gradient of the sum of a function's floating results, by each of its floating arguments."""
    jax = the_real_jax()
    call = flat(function)
    given = [array(x) for x in operands]
    floats = [i for i, x in enumerate(given) if jax.numpy.issubdtype(jax.typeof(x).dtype, np.inexact)]
    results = call(*given)
    chosen = [o for o, y in enumerate(results) if jax.numpy.issubdtype(jax.typeof(y).dtype, np.inexact)]
    ones = [jax.numpy.ones_like(results[o]) for o in chosen]
    if not floats or not chosen:
        return []
    return list(leaves_of(derivative(call, len(given), floats, chosen, 1)(*given, *ones)).arrays)


def _along(function: Function, directions: Sequence[Any]) -> Function:
    def tangents(*given: Any) -> Any:
        return the_real_jax().jvp(function, given, tuple(directions))[1]

    return tangents


class OfParts:
    """A flat function of JAX's as one of its arguments' real and imaginary parts, with the parts of its results.

    Args:
        function: of arrays.
        dtypes: of its arguments.
    """

    def __init__(self, function: Flat, dtypes: Sequence[Any]) -> None:
        self.function, self.dtypes = function, list(dtypes)

    def __call__(self, *parts: Any) -> list[Any]:
        """The parts of the results."""
        given, operands = iter(parts), []
        for dtype in self.dtypes:
            x = next(given)
            operands.append(the_real_jax().lax.complex(x, next(given)) if is_complex(dtype) else x)
        return parts_of(self.function(*operands))


def parts_of(arrays: Sequence[Any]) -> list[Any]:
    """The arrays, the real and the imaginary part in the place of each complex one."""
    lax = the_real_jax().lax
    found = []
    for x in arrays:
        complex_one = is_complex(np.dtype(getattr(x, "dtype", type(x))))
        found += [lax.real(x), lax.imag(x)] if complex_one else [x]
    return found
