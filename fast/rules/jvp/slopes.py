"""The slopes of functions of one operand, written so that they keep their digits everywhere."""

from __future__ import annotations

import math
from typing import Any

from ....language import catalogue as rows
from ....language.dispatch import bind
from ....language.dtypes import finfo
from ... import operations as ops
from ...operations import (
    absolute,
    add,
    compare,
    div,
    mul,
    neg,
    scale,
    shift,
    sqrt,
    square,
    sub,
    unary,
    where,
)


def sign(x: Any, y: Any) -> Any:
    """Of abs: the sign, 0 at 0."""
    return unary("sign", x)


def _gauss(x: Any) -> Any:
    """exp(-x^2): the square of x rounded to sixteenths is exact, and the rest is small."""
    near = _clamped(x, 30.0)
    coarse = scale(unary("round", scale(near, 16.0), rounding_method=1), 1 / 16)
    rest = mul(sub(near, coarse), add(near, coarse))
    return mul(unary("exp", neg(square(coarse))), unary("exp", neg(rest)))


def _clamped(x: Any, limit: float) -> Any:
    low, high = ops.full((), -limit, x.dtype), ops.full((), limit, x.dtype)
    return bind(rows.clamp_p, low, x, high)[0]


def erf_slope(x: Any, y: Any) -> Any:
    """2 / sqrt(pi) exp(-x^2)."""
    return scale(_gauss(x), 2 / math.sqrt(math.pi))


def exp2_slope(x: Any, y: Any) -> Any:
    """ln 2 times 2^x; where 2^x overflows, which this need not, as 2 ln 2 times 2^(x - 1)."""
    beyond = compare("ge", x, ops.full_like(x, float(finfo(x.dtype).maxexp)))
    return where(beyond, scale(unary("exp2", shift(x, -1.0)), 2 * math.log(2)), scale(y, math.log(2)))


def sech_squared(x: Any, y: Any) -> Any:
    """Of tanh: 1 / cosh(x)^2.

    Near 0 as 1 - y^2, whose derivative vanishes as it should; far out as 4 logistic(2x) logistic(-2x),
    where nothing overflows, here or in any derivative of it.
    """
    near = compare("lt", absolute(x), ops.full_like(x, 1))
    twice = scale(x, 2.0)
    product = mul(unary("logistic", twice), unary("logistic", neg(twice)))
    return where(near, sub(ops.full_like(y, 1), square(y)), scale(product, 4.0))


def tan_slope(x: Any, y: Any) -> Any:
    """1 + tan(x)^2."""
    return shift(square(y), 1.0)


def _split_at_one(x: Any) -> tuple[Any, Any, Any]:
    """Whether |x| > 1; min(|x|, 1 / |x|); and 1 / |x| there, else 1."""
    size = absolute(x)
    far = compare("gt", size, ops.full_like(x, 1))
    safe = where(far, size, ops.full_like(x, 1))
    inverse = ops.reciprocal(safe)
    return far, where(far, inverse, size), inverse


def atan_slope(x: Any, y: Any) -> Any:
    """1 / (1 + x^2), or (1/x)^2 / (1 + (1/x)^2): x^2 may overflow where the slope has not vanished."""
    _, small, inverse = _split_at_one(x)
    return mul(inverse, div(inverse, shift(square(small), 1.0)))


def asinh_slope(x: Any, y: Any) -> Any:
    """1 / sqrt(1 + x^2), without the overflow of x^2."""
    _, small, inverse = _split_at_one(x)
    return div(inverse, sqrt(shift(square(small), 1.0)))


def one_less_square(x: Any) -> Any:
    """1 - x^2; near 1 as a product, which keeps its digits, and so does its derivative: -2x near 0."""
    one = ops.full_like(x, 1)
    inner = compare("lt", absolute(x), ops.full_like(x, 0.5))
    return where(inner, sub(one, square(x)), mul(sub(one, x), add(one, x)))


def acosh_divisor(x: Any, y: Any) -> Any:
    """sqrt(x^2 - 1), as a product that keeps its digits next to 1."""
    return mul(sqrt(shift(x, -1.0)), sqrt(shift(x, 1.0)))


def logistic_slope(x: Any, y: Any) -> Any:
    """logistic(x) logistic(-x); near 0 as (1 - tanh(x/2)^2) / 4, for the reason of `sech_squared`."""
    near = compare("lt", absolute(x), ops.full_like(x, 2))
    inner = square(unary("tanh", scale(x, 0.5)))
    return where(near, scale(sub(ops.full_like(x, 1), inner), 0.25), mul(y, unary("logistic", neg(x))))


def rsqrt_slope(x: Any, y: Any) -> Any:
    """-y / (2 x)."""
    return div(scale(y, -0.5), x)


def erf_inv_divisor(x: Any, y: Any) -> Any:
    """2 / sqrt(pi) exp(-y^2); 0 at the ends, where the slope is infinite."""
    end = compare("eq", absolute(x), ops.full_like(x, 1))
    return where(end, ops.full_like(x, 0), scale(_gauss(y), 2 / math.sqrt(math.pi)))


# B(2), B(4), ... B(22), DLMF 24.2.
_BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330, 854513 / 138
)  # fmt: skip


def _trigamma(x: Any) -> Any:
    """The derivative of digamma: recurrence to 16, then the asymptotic series; reflection below 1/2.

    (DLMF 5.15.5, 5.15.6, 5.15.8.) Eleven terms from 16 on leave out less than 2^-80: the rule is the derivative
    to far more digits than any format holds, and what is left of its error is rounding.
    """
    low = compare("lt", x, ops.full_like(x, 0.5))
    y = where(low, sub(ops.full_like(x, 1), x), x)
    total = ops.full_like(y, 0)
    for k in range(16):
        total = add(total, square(ops.reciprocal(shift(y, float(k)))))
    far = ops.reciprocal(shift(y, 16.0))
    by_square = square(far)
    series = ops.full_like(y, 0)
    for bernoulli in reversed(_BERNOULLI):
        series = shift(mul(series, by_square), bernoulli)
    # 1/z + 1/(2 z^2) + sum B(2k) / z^(2k+1)
    tail = add(far, add(scale(by_square, 0.5), mul(mul(far, by_square), series)))
    upper = add(total, tail)
    # Where nothing is reflected the sine has no zero: its infinite reciprocal would spoil the next derivative.
    distance = where(low, sub(x, unary("round", x, rounding_method=1)), ops.full_like(x, 0.5))
    sine = unary("sin", scale(distance, math.pi))
    reflected = sub(square(div(ops.full_like(x, math.pi), sine)), upper)
    return where(low, reflected, upper)


def lgamma_slope(x: Any, y: Any) -> Any:
    """digamma(x)."""
    return unary("digamma", x)


def digamma_slope(x: Any, y: Any) -> Any:
    """trigamma(x)."""
    return _trigamma(x)
