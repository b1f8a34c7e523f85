"""`jax.test_util`: derivatives held against central differences, with JAX's step and tolerances.

It is here for programs that call it. Verax's own checks, `verax.judge` and the rules VX2, need no tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..language import trees
from ..language.dispatch import aval_of
from ..language.dtypes import float0, is_inexact
from ..language.transforms import jvp, vjp

__all__ = ["check_grads", "check_jvp", "check_vjp"]

# JAX's: the step of the differences, and how far apart derivatives may be, by the dtype.
STEP = 1e-4
CLOSE = {
    "bfloat16": 1e-1,
    "float16": 1e-2,
    "float32": 2e-3,
    "float64": 1e-5,
    "complex64": 1e-3,
    "complex128": 1e-5,
}


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int,
    modes: Sequence[str] = ("fwd", "rev"),
    atol: Any = None,
    rtol: Any = None,
    eps: float | None = None,
) -> None:
    """Hold the derivatives of a function, up to an order, against central differences of the order below.

    Args:
        f: a function of arrays and trees of them.
        args: where.
        order: the highest order.
        modes: "fwd" for `jvp`, "rev" for `vjp`.
        atol: how far apart they may be; by default what JAX allows for the dtype.
        rtol: likewise, times the size of the difference.
        eps: the step; 1e-4 by default.

    Raises:
        AssertionError: they are further apart.
        ValueError: ``modes`` names another mode.
    """
    if not set(modes) <= {"fwd", "rev"}:
        raise ValueError(f"`modes` of check_grads must be of 'fwd' and 'rev', got {modes!r}.")
    _check(f, _machine(args), order, modes, atol, rtol, eps)


def _check(
    f: Callable[..., Any], args: Any, order: int, modes: Sequence[str], atol: Any, rtol: Any, eps: Any
) -> None:
    if "fwd" in modes:
        check_jvp(f, lambda primals, tangents: jvp(f, primals, tangents), args, atol, rtol, eps)
        if order > 1:
            _check(lambda xs, ts: jvp(f, xs, ts), (args, args), order - 1, modes, atol, rtol, eps)
    if "rev" in modes:
        check_vjp(f, lambda *xs: vjp(f, *xs), args, atol, rtol, eps)
        if order > 1:
            _check(lambda *xs: _pulled_back(f, xs), args, order - 1, modes, atol, rtol, eps)


def _pulled_back(f: Callable[..., Any], xs: Sequence[Any]) -> Any:
    """The cotangent that the value itself is pulled back to: what JAX differentiates again."""
    value, pullback = vjp(f, *xs)
    return pullback(trees.map(lambda x: x if is_inexact(x.dtype) else np.zeros(x.shape, float0), value))


def check_jvp(
    f: Callable[..., Any],
    f_jvp: Callable[..., Any],
    args: Sequence[Any],
    atol: Any = None,
    rtol: Any = None,
    eps: float | None = None,
    err_msg: str = "",
) -> None:
    """Hold ``f_jvp(primals, tangents)`` against ``f`` and its central difference along a drawn direction.

    Raises:
        AssertionError: they are further apart than `check_grads` allows.
    """
    primals = _machine(args)
    tangents = _directions(primals, _draws())
    value, tangent = f_jvp(primals, tangents)
    _assert_close(value, f(*primals), atol, rtol, f"{err_msg} JVP value")
    _assert_close(
        tangent, _difference(f, primals, tangents, eps or STEP), atol, rtol, f"{err_msg} JVP tangent"
    )


def check_vjp(
    f: Callable[..., Any],
    f_vjp: Callable[..., Any],
    args: Sequence[Any],
    atol: Any = None,
    rtol: Any = None,
    eps: float | None = None,
    err_msg: str = "",
) -> None:
    """Hold ``f_vjp(*args)``, a value and a pullback, against ``f`` and its central difference: by their products.

    Raises:
        AssertionError: they are further apart than `check_grads` allows.
    """
    primals = _machine(args)
    draws = _draws()
    tangents = _directions(primals, draws)
    value, pullback = f_vjp(*primals)
    _assert_close(value, f(*primals), atol, rtol, f"{err_msg} VJP value")
    cotangents = _directions(value, draws)
    moved = _difference(f, primals, tangents, eps or STEP)
    _assert_close(
        _product(tangents, pullback(cotangents)),
        _product(moved, cotangents),
        atol,
        rtol,
        f"{err_msg} VJP cotangent",
    )


def _machine(args: Sequence[Any]) -> Any:
    """The arguments as NumPy arrays of the dtypes that functions see: Python numbers are of the default ones."""
    return trees.map(lambda x: np.asarray(x, aval_of(x).dtype), tuple(args))


def _draws() -> np.random.RandomState:
    """JAX's draws: whether differences are near a derivative may depend on the direction."""
    return np.random.RandomState(0)  # JAX's own


def _directions(tree: Any, draws: np.random.RandomState) -> Any:
    """A drawn direction for every leaf of floats, of its shape and dtype; zeros of float0 for the others."""

    def drawn(leaf: Any) -> Any:
        x = np.asarray(leaf)
        if not is_inexact(x.dtype):
            return np.zeros(x.shape, float0)
        real = np.asarray(draws.randn(*x.shape))
        found = real + 1j * draws.randn(*x.shape) if x.dtype.kind == "c" else real
        return found.astype(x.dtype)

    return trees.map(drawn, tree)


def _difference(f: Callable[..., Any], primals: Any, tangents: Any, step: float) -> Any:
    def moved(sign: float) -> Any:
        def along(x: Any, t: Any) -> Any:
            x = np.asarray(x)
            return (x + sign * step * np.asarray(t)).astype(x.dtype) if is_inexact(x.dtype) else x

        return f(*trees.map(along, primals, tangents))

    def apart(high: Any, low: Any) -> Any:
        high, low = np.asarray(high), np.asarray(low)
        if not is_inexact(high.dtype):
            return np.zeros(high.shape, float0)
        return ((high.astype(np.result_type(high, 0.0)) - low) / (2 * step)).astype(high.dtype)

    return trees.map(apart, moved(1.0), moved(-1.0))


def _product(left: Any, right: Any) -> Any:
    """The sum of the products of all elements, in the dtype of the first leaf: the tolerance is by dtypes."""
    pairs = [
        (np.asarray(x), np.asarray(y)) for x, y in zip(trees.leaves(left), trees.leaves(right), strict=True)
    ]
    moving = [(x, y) for x, y in pairs if is_inexact(x.dtype)]
    total = sum((np.vdot(np.conj(x), y).real for x, y in moving), start=np.float64(0.0))
    return np.asarray(total, moving[0][0].real.dtype if moving else np.float32)


def _assert_close(found: Any, expected: Any, atol: Any, rtol: Any, what: str) -> None:
    for got, wanted in zip(trees.leaves(found), trees.leaves(expected), strict=True):
        x, y = np.asarray(got), np.asarray(wanted)
        if not is_inexact(x.dtype):
            continue
        near = CLOSE[x.dtype.name]
        wide = np.complex128 if x.dtype.kind == "c" else np.float64
        np.testing.assert_allclose(
            x.astype(wide),
            y.astype(wide),
            atol=near if atol is None else atol,
            rtol=near if rtol is None else rtol,
            err_msg=what.strip(),
        )
