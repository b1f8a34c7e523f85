"""Primitives that hold programs, and transforms by parts: a case each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...language import control_flow, debug, lax
from ...language.custom_rules import custom_jvp, custom_vjp
from ...language.dtypes import (
    float32,
    float64,
    int32,
)
from ...language.primitive import Domain
from ...language.transforms import checkpoint, jit
from .case import Case, Rng, operand, pick, some_shape
from .elementwise import parts_of


def _fft_case(rng: Rng) -> Case:
    """A transform of real parts, given by its parts."""
    lead, lengths = some_shape(rng, 0, 1), tuple(int(n) for n in rng.integers(1, 6, int(rng.integers(1, 3))))
    kind, dtype = lax.FftType(int(rng.integers(4))), pick(rng, (float32, float64))
    half = kind is lax.FftType.IRFFT
    shape = (*lead, *lengths[:-1], lengths[-1] // 2 + 1 if half else lengths[-1])
    params: dict[str, Any] = {"fft_type": int(kind), "fft_lengths": lengths}
    function = parts_of(lambda *xs: lax.fft(lax.complex(*xs) if len(xs) > 1 else xs[0], **params))
    operands = (operand(dtype, shape, Domain(-4.0, 4.0)),) * (1 if kind is lax.FftType.RFFT else 2)
    return Case(f"fft_{kind.name.lower()}_{dtype}", function, operands, params, alone=False)


def _loop_body(carry: Any, x: Any) -> tuple[Any, Any]:
    carry = lax.add(lax.mul(carry, lax.full_like(carry, 0.5)), lax.sin(x))
    return carry, lax.mul(carry, x)


def _scan_case(rng: Rng) -> Case:
    shape = some_shape(rng, 0, 1)
    length, reverse = int(rng.integers(1, 5)), bool(rng.integers(2))

    def scanned(init: Any, xs: Any) -> Any:
        return control_flow.scan(_loop_body, init, xs, length=length, reverse=reverse)

    return Case("scan", scanned, (operand(float32, shape), operand(float32, (length, *shape))))


def _while_case(rng: Rng) -> Case:
    steps = int(rng.integers(0, 4))

    def looped(x: Any) -> Any:
        def body(carry: Any) -> Any:
            i, y = carry
            return i + 1, lax.add(lax.mul(y, lax.full_like(y, 0.5)), lax.cos(y))

        return control_flow.while_loop(lambda carry: carry[0] < steps, body, (0, x))[1]

    return Case("while", looped, (operand(float32, some_shape(rng)),))


def _cond_case(rng: Rng) -> Case:
    shape = some_shape(rng)
    branches = [lax.sin, lambda x: lax.mul(x, x), lambda x: lax.full_like(x, 1.5)][: int(rng.integers(1, 4))]

    def chosen(index: Any, x: Any) -> Any:
        return control_flow.switch(index, branches, x)

    return Case("cond", chosen, (operand(int32, (), Domain(-1.0, 3.0)), operand(float32, shape)))


def _jit_case(rng: Rng) -> Case:
    inner = jit(lambda x, y: (lax.mul(lax.tanh(x), y), lax.sub(x, y)))
    shape = some_shape(rng)
    return Case("jit", lambda x, y: inner(x, lax.cos(y)), (operand(float32, shape), operand(float32, shape)))


def _custom_jvp_case(rng: Rng) -> Case:
    @custom_jvp
    def cube(x: Any) -> Any:
        return lax.mul(x, lax.mul(x, x))

    @cube.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (t,) = primals, tangents
        return cube(x), lax.mul(lax.mul(lax.full_like(x, 3.0), lax.mul(x, x)), t)

    return Case("custom_jvp_call", lambda x: cube(lax.sin(x)), (operand(float32, some_shape(rng)),))


def _custom_vjp_case(rng: Rng) -> Case:
    @custom_vjp
    def product(x: Any, y: Any) -> Any:
        return lax.mul(x, y)

    product.defvjp(
        lambda x, y: (lax.mul(x, y), (x, y)), lambda saved, ct: (lax.mul(ct, saved[1]), lax.mul(ct, saved[0]))
    )
    shape = some_shape(rng)
    operands = (operand(float32, shape), operand(float32, shape))
    return Case("custom_vjp_call", lambda x, y: product(lax.cos(x), y), operands)


def _linear_solve_case(rng: Rng) -> Case:
    def solved(a: Any, b: Any) -> Any:
        # By a power of two, so that both directions of differentiation round alike.
        def matvec(x: Any) -> Any:
            return lax.mul(x, lax.full_like(x, 4.0))

        def solve(matvec: Any, y: Any) -> Any:
            return lax.div(y, matvec(lax.full_like(y, 1.0)))

        return lax.custom_linear_solve(matvec, lax.mul(a, lax.sin(b)), solve, transpose_solve=solve)

    shape = some_shape(rng)
    return Case("custom_linear_solve", solved, (operand(float32, shape), operand(float32, shape)))


def _checkpoint_case(rng: Rng) -> Case:
    @checkpoint
    def inner(x: Any, y: Any) -> Any:
        return lax.mul(lax.sin(x), y)

    shape = some_shape(rng)
    operands = (operand(float32, shape), operand(float32, shape))
    return Case("checkpoint", jit(lambda x, y: inner(x, lax.cos(y))), operands)


def _callback_case(rng: Rng) -> Case:
    def looked_at(x: Any) -> Any:
        y = lax.sin(x)
        debug.callback(np.shape, y)
        return y

    return Case("callback", looked_at, (operand(float32, some_shape(rng)),))


CALLS: dict[str, Callable[[Rng], Case]] = {
    "fft": _fft_case,
    "scan": _scan_case,
    "while": _while_case,
    "cond": _cond_case,
    "jit": _jit_case,
    "callback": _callback_case,
    "checkpoint": _checkpoint_case,
    "custom_jvp_call": _custom_jvp_case,
    "custom_vjp_call": _custom_vjp_case,
    "custom_linear_solve": _linear_solve_case,
}
