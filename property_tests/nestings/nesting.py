"""Nestings of transforms, and their plain forms: without jit, vmap as a loop, vjp as a jvp along each entry."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ...language import lax
from ...language.arrays import Array
from ...language.dispatch import aval_of, lift
from ...language.transforms import jit, jvp, vjp, vmap

# Flat: floating arrays in, a list of floating arrays out.
Function = Callable[..., Sequence[Any]]
NAMES = ("jvp", "vjp", "vmap", "jit")
_WEIGHTS = (1.0, -2.0, 0.5)


def nestings(depth: int) -> Iterator[tuple[str, ...]]:
    """Every nesting of one to ``depth`` transforms, outermost first: 340 of them up to depth 4."""
    for length in range(1, depth + 1):
        yield from itertools.product(NAMES, repeat=length)


def weights(x: Any) -> Any:
    """A direction in the shape of an array: small powers of two by turns, of either sign."""
    aval = aval_of(x)
    found = np.resize(np.asarray(_WEIGHTS), aval.shape).astype(aval.dtype)
    return lift(found)


def _turned(x: Any) -> Array:
    """The same elements from the last to the first, so that domains are kept."""
    y = lift(x)
    return lax.reshape(lax.rev(lax.reshape(y, (y.size,)), (0,)), y.shape)


def _jvp(f: Function) -> Function:
    def pushed(*xs: Any) -> list[Any]:
        outs, tangents = jvp(lambda *ys: list(f(*ys)), xs, tuple(map(weights, xs)))
        return [*outs, *tangents]

    return pushed


def _vjp(f: Function) -> Function:
    def pulled(*xs: Any) -> list[Any]:
        outs, pull = vjp(lambda *ys: list(f(*ys)), *xs)
        return [*outs, *pull([weights(y) for y in outs])]

    return pulled


def _vmap(f: Function) -> Function:
    def mapped(*xs: Any) -> list[Any]:
        rows = [lax.stack([lift(x), _turned(x)]) for x in xs]
        return list(vmap(lambda *ys: list(f(*ys)))(*rows))

    return mapped


def _jit(f: Function) -> Function:
    return lambda *xs: list(jit(lambda *ys: list(f(*ys)))(*xs))


def _loop(f: Function) -> Function:
    def looped(*xs: Any) -> list[Any]:
        lanes = list(f(*map(lift, xs))), list(f(*map(_turned, xs)))
        return [lax.stack(list(of_lanes)) for of_lanes in zip(*lanes, strict=True)]

    return looped


def _by_entries(f: Function) -> Function:
    def entries(*xs: Any) -> list[Any]:
        return [*f(*xs), *(_cotangent(f, xs, i) for i in range(len(xs)))]

    return entries


def _cotangent(f: Function, xs: Sequence[Any], place: int) -> Any:
    """Each entry of a cotangent: the derivative along that entry, paired with the weights."""
    aval = aval_of(xs[place])
    found = []
    for entry in range(aval.size):
        unit = np.zeros(aval.size, aval.dtype)
        unit[entry] = 1
        directions = [np.zeros(aval_of(x).shape, aval_of(x).dtype) for x in xs]
        directions[place] = unit.reshape(aval.shape)
        _, tangents = jvp(lambda *ys: list(f(*ys)), tuple(map(lift, xs)), tuple(map(lift, directions)))
        terms = [_summed(lax.mul(t, weights(t)), aval.dtype) for t in tangents]
        found.append(sum(terms[1:], terms[0]))
    return lax.reshape(lax.stack(found), aval.shape)


def _summed(x: Any, dtype: Any) -> Any:
    return lax.convert_element_type(lax.reduce_sum(x, tuple(range(x.ndim))), dtype)


FORMS: dict[str, Callable[[Function], Function]] = {"jvp": _jvp, "vjp": _vjp, "vmap": _vmap, "jit": _jit}
PLAIN: dict[str, Callable[[Function], Function]] = {
    "jvp": _jvp,
    "vjp": _by_entries,
    "vmap": _loop,
    "jit": lambda f: f,
}
# Along every entry of every entry there are too many directions where a nesting is deep.
PLAIN_BUT_VJP = {**PLAIN, "vjp": _vjp}


def nested(
    names: Sequence[str], f: Function, forms: dict[str, Callable[[Function], Function]] = FORMS
) -> Function:
    """The function under these transforms, the first of them outermost."""
    for name in reversed(names):
        f = forms[name](f)
    return f
