"""The kinds of forward rules: most rows of the table are one of these."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....language.dispatch import bind
from ....language.dtypes import bfloat16, float16, float32, is_inexact
from ....language.primitive import Primitive
from ... import operations as ops
from ...differentiation.linear import refuse_forward
from ...operations import (
    add,
    div,
    mul,
)

Values = Sequence[Any]
Params = Mapping[str, Any]
Rule = Callable[[Primitive, Values, Values, Params], tuple[Values, Values]]


# -- kinds of rules ---------------------------------------------------------------------------------------
def flat(primitive: Primitive, primals: Values, tangents: Values, params: Params) -> tuple[Values, Values]:
    """The derivative is zero, or there is none to speak of (integers, booleans, steps)."""
    outs = bind(primitive, *primals, **params)
    return outs, [None] * len(outs)


def linear(primitive: Primitive, primals: Values, tangents: Values, params: Params) -> tuple[Values, Values]:
    """The derivative is the primitive itself; operands without tangents count as zeros."""
    outs = bind(primitive, *primals, **params)
    full = [ops.zeros(x.aval) if t is None else t for x, t in zip(primals, tangents, strict=True)]
    return outs, bind(primitive, *full, **params)


def unary_rule(slope: Callable[[Any, Any], Any]) -> Rule:
    """One operand: the tangent times ``slope(x, result)``."""

    def rule(
        primitive: Primitive, primals: Values, tangents: Values, params: Params
    ) -> tuple[Values, Values]:
        (x,), (t,) = primals, tangents
        (y,) = bind(primitive, x, **params)
        return [y], [mul(t, once_rounded(slope, primitive, x, y, params))]

    return rule


def once_rounded(
    slope: Callable[[Any, Any], Any], primitive: Primitive, x: Any, y: Any, params: Params
) -> Any:
    """A slope of float16 and bfloat16 is computed in float32, as their functions are, and rounded once."""
    if x.dtype not in (float16, bfloat16):
        return slope(x, y)
    wide = ops.convert(x, float32)
    return ops.convert(slope(wide, bind(primitive, wide, **params)[0]), x.dtype)


def named(primitive: Primitive, primals: Values, tangents: Values, params: Params) -> tuple[Values, Values]:
    """The tangent itself; only the value has the name."""
    return bind(primitive, *primals, **params), list(tangents)


def by_division(divisor: Callable[[Any, Any], Any]) -> Rule:
    """One operand: the tangent divided by ``divisor(x, result)``."""

    def rule(
        primitive: Primitive, primals: Values, tangents: Values, params: Params
    ) -> tuple[Values, Values]:
        (x,), (t,) = primals, tangents
        (y,) = bind(primitive, x, **params)
        if x.dtype in (float16, bfloat16):
            inverse = once_rounded(lambda *xy: ops.reciprocal(divisor(*xy)), primitive, x, y, params)
            return [y], [mul(t, inverse)]
        return [y], [div(t, divisor(x, y))]

    return rule


def indexed(primitive: Primitive, primals: Values, tangents: Values, params: Params) -> tuple[Values, Values]:
    """Linear in the floating operands; integer operands say where."""
    outs = bind(primitive, *primals, **params)
    moved = [
        (ops.zeros(x.aval) if t is None else t) if is_inexact(x.dtype) else x
        for x, t in zip(primals, tangents, strict=True)
    ]
    return outs, bind(primitive, *moved, **params)


def sum_of(terms: Sequence[Any]) -> Any:
    """The sum of tangents; None, which is zero, counts for nothing."""
    present = [t for t in terms if t is not None]
    return functools.reduce(add, present) if present else None


def backward_call_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """Refuse: a custom backward rule cannot be run forward, nor its derivative."""
    refuse_forward(params["name"])
