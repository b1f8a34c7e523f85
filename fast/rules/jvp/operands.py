"""Forward rules with parameters, or of two operands and more."""

from __future__ import annotations

from typing import Any

from ....language.dispatch import bind
from ....language.dtypes import finfo, is_inexact
from ....language.primitive import Primitive
from ... import operations as ops
from ...operations import (
    absolute,
    add,
    both,
    compare,
    div,
    mul,
    neg,
    scale,
    shift,
    square,
    sub,
    unary,
    where,
)
from .kinds import Params, Rule, Values, flat, linear, once_rounded, sum_of


# -- one operand, with parameters ------------------------------------------------------------------------------
def integer_pow_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """n x^(n-1)."""
    (x,), (t,), n = primals, tangents, params["y"]
    (y,) = bind(primitive, x, **params)
    if n == 0:
        return [y], [None]
    if n == 1:
        return [y], [t]

    def slope(x: Any, y: Any) -> Any:
        return scale(unary("integer_pow", x, y=n - 1), float(n))

    return [y], [mul(t, once_rounded(slope, primitive, x, y, params))]


def convert_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The tangent converted; integers have none."""
    if not is_inexact(params["new_dtype"]):
        return flat(primitive, primals, tangents, params)
    return linear(primitive, primals, tangents, params)


def bitcast_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """Bits have no derivative."""
    return flat(primitive, primals, tangents, params)


# -- two operands and more -------------------------------------------------------------------------------------
def add_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """dx + dy."""
    return bind(primitive, *primals), [sum_of(tangents)]


def sub_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """dx - dy."""
    dx, dy = tangents
    outs = bind(primitive, *primals)
    if dy is None:
        return outs, [dx]
    return outs, [neg(dy) if dx is None else sub(dx, dy)]


def mul_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """dx y + x dy."""
    (x, y), (dx, dy) = primals, tangents
    terms = [None if dx is None else mul(dx, y), None if dy is None else mul(x, dy)]
    return bind(primitive, x, y), [sum_of(terms)]


def div_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """dx / y - (x / y) dy / y."""
    (x, y), (dx, dy) = primals, tangents
    (ratio,) = bind(primitive, x, y)
    terms = [
        None if dx is None else div(dx, y),
        None if dy is None else mul(dy, neg(div(ratio, y))),
    ]
    return [ratio], [sum_of(terms)]


def rem_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """dx - trunc(x / y) dy; the quotient from the exact remainder, so that it is the right integer."""
    (x, y), (dx, dy) = primals, tangents
    (r,) = bind(primitive, x, y)
    terms = [dx]
    if dy is not None:
        quotient = unary("round", div(sub(x, r), y), rounding_method=1)
        terms.append(mul(dy, neg(quotient)))
    return [r], [sum_of(terms)]


def pow_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """dx y x^(y-1) + dy x^y log x; 0 log 0 is 0, and so is 0 times the inverse of what has none.

    Where y is 0 the slope by x is 0, but not its derivative by y, 1 / x: it is taken through the product.
    """
    (x, y), (dx, dy) = primals, tangents
    (z,) = bind(primitive, x, y)
    terms = []
    if dx is not None:
        lower = sub(y, ops.full_like(y, 1))
        size = absolute(x)
        has_inverse = compare("ge", size, ops.full_like(size, float(finfo(x.dtype).tiny)))
        constant = both(compare("eq", y, ops.full_like(y, 0)), unary("not", has_inverse))
        power = bind(primitive, where(constant, ops.full_like(x, 1), x), lower)[0]
        terms.append(mul(dx, mul(ops.convert(y, x.dtype), power)))
    if dy is not None:
        zero = compare("eq", x, ops.full_like(x, 0))
        logarithm = unary("log", where(zero, ops.full_like(x, 1), x))
        terms.append(mul(dy, mul(z, logarithm)))
    return [z], [sum_of(terms)]


def atan2_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """(x dy - y dx) / (x^2 + y^2), by the ratio of the smaller to the larger; zero at the origin."""
    (y, x), (dy, dx) = primals, tangents
    (z,) = bind(primitive, y, x)
    steep = compare("gt", absolute(y), absolute(x))
    large, small = where(steep, y, x), where(steep, x, y)
    zero = ops.full_like(x, 0)
    origin = compare("eq", large, zero)
    large = where(origin, ops.full_like(x, 1), large)
    ratio = div(small, large)
    part = ops.reciprocal(shift(square(ratio), 1.0))
    # The larger is divided by last: the inverse of a subnormal one overflows, and 0 times that is no 0.
    near = where(origin, zero, div(part, large))
    far = where(origin, zero, div(mul(ratio, part), large))
    terms = [
        None if dy is None else mul(dy, where(steep, far, near)),
        None if dx is None else mul(dx, neg(where(steep, near, far))),
    ]
    return [z], [sum_of(terms)]


def extreme_rule(closer: str) -> Rule:
    """The rule of max or min."""

    def rule(
        primitive: Primitive, primals: Values, tangents: Values, params: Params
    ) -> tuple[Values, Values]:
        """The winner's tangent; at a tie the mean of both."""
        (x, y), (dx, dy) = primals, tangents
        outs = bind(primitive, x, y)
        if not is_inexact(x.dtype):
            return outs, [None]
        dx = ops.full_like(x, 0) if dx is None else dx
        dy = ops.full_like(x, 0) if dy is None else dy
        half = scale(add(dx, dy), 0.5)
        return outs, [where(compare(closer, x, y), dx, where(compare("eq", x, y), half, dy))]

    return rule


def clamp_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """x's tangent strictly between the limits; elsewhere that of the limit that x has reached."""
    (low, x, high), (dlow, dx, dhigh) = primals, tangents
    outs = bind(primitive, low, x, high)
    if not is_inexact(x.dtype):
        return outs, [None]

    def spread(v: Any) -> Any:
        return v if v.shape == x.shape else ops.broadcast(v, x.shape)

    low, high, zero = spread(low), spread(high), ops.full_like(x, 0)
    terms = []
    if dx is not None:
        inside = both(compare("gt", x, low), compare("lt", x, high))
        terms.append(where(inside, dx, zero))
    if dlow is not None:
        below = both(compare("le", x, low), compare("lt", x, high))
        terms.append(where(below, spread(dlow), zero))
    if dhigh is not None:
        terms.append(where(compare("ge", x, high), spread(dhigh), zero))
    return outs, [sum_of(terms)]


def select_n_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The chosen case's tangent."""
    which, *cases = primals
    outs = bind(primitive, which, *cases)
    given = tangents[1:]
    if not is_inexact(cases[0].dtype) or all(t is None for t in given):
        return outs, [None]
    full = [ops.zeros(x.aval) if t is None else t for x, t in zip(cases, given, strict=True)]
    return outs, bind(primitive, which, *full)


# -- products and collectives ------------------------------------------------------------------------------------
def dot_general_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """dx . y + x . dy."""
    (x, y), (dx, dy) = primals, tangents
    outs = bind(primitive, x, y, **params)
    if not is_inexact(outs[0].dtype):
        return outs, [None]
    terms = [
        None if dx is None else bind(primitive, dx, y, **params)[0],
        None if dy is None else bind(primitive, x, dy, **params)[0],
    ]
    return outs, [sum_of(terms)]
