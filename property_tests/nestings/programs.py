"""Twelve programs of at most three inputs, of every kind of equation, on which all 340 nestings are tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...language import control_flow, lax
from ...language.custom_rules import custom_jvp
from ...language.transforms import checkpoint, jit


def _polynomial(x: Any, y: Any) -> list[Any]:
    return [x * x * y - y + x]


def _quotient(x: Any, y: Any) -> list[Any]:
    return [x / (y * y + 1.0)]


def _waves(x: Any) -> list[Any]:
    return [lax.sin(x) * lax.exp(-x), lax.tanh(x)]


def _product(a: Any, b: Any) -> list[Any]:
    return [lax.dot(a, b)]


def _sums(x: Any) -> list[Any]:
    return [lax.cumsum(x) * lax.reduce_sum(x, (0,))]


def _moved(x: Any) -> list[Any]:
    return [lax.concatenate([lax.rev(x, (0,)), lax.slice_in_dim(x, 0, 1) * 3.0], 0)]


def _extremes(x: Any, y: Any) -> list[Any]:
    return [lax.max(x, y) * lax.select(x > y, x, x * y)]


def _sorted(x: Any) -> list[Any]:
    return [lax.sort(x) * x]


def _steps(x: Any, w: Any) -> list[Any]:
    carry, ys = control_flow.scan(lambda c, v: (c * w + v, lax.sin(c)), w, x)
    return [carry, ys]


def _branches(x: Any) -> list[Any]:
    return [control_flow.cond(lax.reduce_sum(x, (0,)) > 0.5, lambda v: v * v, lax.sin, x)]


@custom_jvp
def _ruled(x: Any) -> Any:
    return lax.exp(x) * x


@_ruled.defjvp
def _(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    return _ruled(x), t * (lax.exp(x) + _ruled(x))


def _calls(x: Any, y: Any, z: Any) -> list[Any]:
    inner = checkpoint(lambda u, v: lax.sin(u * v) * u)
    return [jit(inner)(x, y) * _ruled(z) + inner(z, x)]


def _loop(x: Any) -> list[Any]:
    return [control_flow.fori_loop(0, 3, lambda i, c: lax.sin(c) + c * x, x)]


def _of(*shapes: tuple[int, ...]) -> list[np.ndarray[Any, Any]]:
    rng = np.random.default_rng(len(shapes) + sum(map(sum, shapes)))
    return [np.asarray(rng.uniform(0.2, 1.4, s), np.float32) for s in shapes]


# A name -> the function, and a point at which it is smooth.
PROGRAMS: dict[str, tuple[Callable[..., Sequence[Any]], list[np.ndarray[Any, Any]]]] = {
    "polynomial": (_polynomial, _of((), ())),
    "quotient": (_quotient, _of((2,), (2,))),
    "waves": (_waves, _of((2,))),
    "product": (_product, _of((1, 2), (2, 1))),
    "sums": (_sums, _of((2,))),
    "moved": (_moved, _of((2,))),
    "extremes": (_extremes, _of((2,), (2,))),
    "sorted": (_sorted, _of((3,))),
    "steps": (_steps, _of((2,), ())),
    "branches": (_branches, _of((2,))),
    "calls": (_calls, _of((), (), ())),
    "loop": (_loop, _of(())),
}
