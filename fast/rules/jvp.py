"""How each primitive is differentiated forward: a table, one row per primitive.

A rule gets values and tangents (None for zero) and returns results and their tangents. It is linear in
the tangents; what multiplies them is a known value, written so that it keeps its digits everywhere: also
where the function itself has gone flat, and where an obvious intermediate would overflow.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...language import catalogue as rows
from ...language.dispatch import bind
from ...language.dtypes import bfloat16, float16, float32, int32, is_inexact
from ...language.primitive import Primitive
from .. import operations as ops
from ..differentiation import control, solves
from ..differentiation.linear import refuse_forward
from ..operations import (
    absolute,
    add,
    both,
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
from . import bessel, complex_numbers, factorizations, parametric, windows
from .complex_numbers import by_kind
from .scatters import scatter_extreme_rule, scatter_mul_rule

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
        return [y], [mul(t, _once_rounded(slope, primitive, x, y, params))]

    return rule


def _once_rounded(
    slope: Callable[[Any, Any], Any], primitive: Primitive, x: Any, y: Any, params: Params
) -> Any:
    """A slope of float16 and bfloat16 is computed in float32, as their functions are, and rounded once."""
    if x.dtype not in (float16, bfloat16):
        return slope(x, y)
    wide = ops.convert(x, float32)
    return ops.convert(slope(wide, bind(primitive, wide, **params)[0]), x.dtype)


def by_division(divisor: Callable[[Any, Any], Any]) -> Rule:
    """One operand: the tangent divided by ``divisor(x, result)``."""

    def rule(
        primitive: Primitive, primals: Values, tangents: Values, params: Params
    ) -> tuple[Values, Values]:
        (x,), (t,) = primals, tangents
        (y,) = bind(primitive, x, **params)
        if x.dtype in (float16, bfloat16):
            inverse = _once_rounded(lambda *xy: ops.reciprocal(divisor(*xy)), primitive, x, y, params)
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


def _sum(terms: Sequence[Any]) -> Any:
    present = [t for t in terms if t is not None]
    return functools.reduce(add, present) if present else None


# -- slopes -------------------------------------------------------------------------------------------------
def _sign(x: Any, y: Any) -> Any:
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


def _erf_slope(x: Any, y: Any) -> Any:
    return scale(_gauss(x), 2 / math.sqrt(math.pi))


def _sech_squared(x: Any, y: Any) -> Any:
    # Near 0 as 1 - y^2, whose derivative vanishes as it should; far out as 4 logistic(2x) logistic(-2x),
    # where nothing overflows, here or in any derivative of it.
    near = compare("lt", absolute(x), ops.full_like(x, 1))
    twice = scale(x, 2.0)
    product = mul(unary("logistic", twice), unary("logistic", neg(twice)))
    return where(near, sub(ops.full_like(y, 1), square(y)), scale(product, 4.0))


def _tan_slope(x: Any, y: Any) -> Any:
    return shift(square(y), 1.0)


def _split_at_one(x: Any) -> tuple[Any, Any, Any]:
    """Whether |x| > 1; min(|x|, 1 / |x|); and 1 / |x| there, else 1."""
    size = absolute(x)
    far = compare("gt", size, ops.full_like(x, 1))
    safe = where(far, size, ops.full_like(x, 1))
    inverse = ops.reciprocal(safe)
    return far, where(far, inverse, size), inverse


def _atan_slope(x: Any, y: Any) -> Any:
    # 1 / (1 + x^2), or (1/x)^2 / (1 + (1/x)^2): x^2 may overflow where the slope has not vanished.
    _, small, inverse = _split_at_one(x)
    return mul(inverse, div(inverse, shift(square(small), 1.0)))


def _asinh_slope(x: Any, y: Any) -> Any:
    _, small, inverse = _split_at_one(x)
    return div(inverse, sqrt(shift(square(small), 1.0)))


def _one_less_square(x: Any) -> Any:
    """1 - x^2; near 1 as a product, which keeps its digits, and so does its derivative: -2x near 0."""
    one = ops.full_like(x, 1)
    inner = compare("lt", absolute(x), ops.full_like(x, 0.5))
    return where(inner, sub(one, square(x)), mul(sub(one, x), add(one, x)))


def _acosh_divisor(x: Any, y: Any) -> Any:
    return mul(sqrt(shift(x, -1.0)), sqrt(shift(x, 1.0)))


def _logistic_slope(x: Any, y: Any) -> Any:
    # Near 0 as (1 - tanh(x/2)^2) / 4: see `_sech_squared`.
    near = compare("lt", absolute(x), ops.full_like(x, 2))
    inner = square(unary("tanh", scale(x, 0.5)))
    return where(near, scale(sub(ops.full_like(x, 1), inner), 0.25), mul(y, unary("logistic", neg(x))))


def _rsqrt_slope(x: Any, y: Any) -> Any:
    return div(scale(y, -0.5), x)


def _erf_inv_divisor(x: Any, y: Any) -> Any:
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
    distance = sub(x, unary("round", x, rounding_method=1))
    sine = unary("sin", scale(distance, math.pi))
    reflected = sub(square(div(ops.full_like(x, math.pi), sine)), upper)
    return where(low, reflected, upper)


def _lgamma_slope(x: Any, y: Any) -> Any:
    return unary("digamma", x)


def _digamma_slope(x: Any, y: Any) -> Any:
    return _trigamma(x)


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

    return [y], [mul(t, _once_rounded(slope, primitive, x, y, params))]


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
    return bind(primitive, *primals), [_sum(tangents)]


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
    return bind(primitive, x, y), [_sum(terms)]


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
    return [ratio], [_sum(terms)]


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
    return [r], [_sum(terms)]


def pow_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """dx y x^(y-1) + dy x^y log x; zero where y is 0, and 0 log 0 is 0."""
    (x, y), (dx, dy) = primals, tangents
    (z,) = bind(primitive, x, y)
    terms = []
    if dx is not None:
        flat_place = compare("eq", y, ops.full_like(y, 0))
        lower = sub(where(flat_place, ops.full_like(y, 1), y), ops.full_like(y, 1))
        slope = mul(ops.convert(y, x.dtype), bind(primitive, x, lower)[0])
        terms.append(mul(dx, where(flat_place, ops.full_like(x, 0), slope)))
    if dy is not None:
        zero = compare("eq", x, ops.full_like(x, 0))
        logarithm = unary("log", where(zero, ops.full_like(x, 1), x))
        terms.append(mul(dy, mul(z, logarithm)))
    return [z], [_sum(terms)]


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
    return [z], [_sum(terms)]


def _extreme_rule(closer: str) -> Rule:
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
    return outs, [_sum(terms)]


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


# -- reductions ---------------------------------------------------------------------------------------------------
def _kept(axes: Sequence[int], ndim: int) -> tuple[int, ...]:
    return tuple(i for i in range(ndim) if i not in axes)


def reduce_extreme_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The mean of the tangents at the extreme elements."""
    (x,), (t,), axes = primals, tangents, params["axes"]
    (y,) = bind(primitive, x, **params)
    if not axes:
        return [y], [t]
    spread = ops.broadcast(y, x.shape, _kept(axes, x.ndim))
    at = compare("eq", x, spread)
    count = ops.sum_over(ops.convert(at, x.dtype), axes)
    return [y], [div(ops.sum_over(where(at, t, ops.full_like(x, 0)), axes), count)]


def reduce_prod_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The sum of each tangent times the product of the other elements; no division, so zeros are right."""
    (x,), (t,), axes = primals, tangents, params["axes"]
    outs = bind(primitive, x, **params)
    if not axes or x.size == 0:
        return outs, [ops.sum_over(t, axes)]
    kept = _kept(axes, x.ndim)
    order, count = (*kept, *axes), math.prod(x.shape[i] for i in axes)
    shape = (*(x.shape[i] for i in kept), count)
    line = ops.reshape(ops.transpose(x, order), shape)
    tangent = ops.reshape(ops.transpose(t, order), shape)
    others = mul(_product_before(line, False), _product_before(line, True))
    return outs, [ops.sum_over(mul(tangent, others), (len(kept),))]


def _product_before(x: Any, reverse: bool) -> Any:
    """Along the last axis, the product of the elements before each (after each, if reversed)."""
    axis, size = x.ndim - 1, x.shape[-1]
    running = unary("cumprod", x, axis=axis, reverse=reverse)
    config = [(0, 0, 0)] * axis
    if reverse:
        return ops.pad(ops.slice_in(running, axis, 1, size), [*config, (0, 1, 0)], 1)
    return ops.pad(ops.slice_in(running, axis, 0, size - 1), [*config, (1, 0, 0)], 1)


def _running_rule(coefficients: Callable[[Any, Any], tuple[Any, Any]]) -> Rule:
    """A running reduction: tangent_i = a_i tangent_(i-1) + b_i dx_i, as a scan."""

    def rule(
        primitive: Primitive, primals: Values, tangents: Values, params: Params
    ) -> tuple[Values, Values]:
        (x,), (t,), axis, reverse = primals, tangents, params["axis"], params["reverse"]
        (y,) = bind(primitive, x, **params)
        if x.shape[axis] == 0:
            return [y], [t]
        lines, results = ops.to_front(x, axis), ops.to_front(y, axis)
        size = x.shape[axis]
        first = lines.shape[1:]
        # The result before each element; the first has none.
        if reverse:
            before = ops.slice_in(results, 0, 1, size)
            a, b = coefficients(ops.slice_in(lines, 0, 0, size - 1), before)
        else:
            before = ops.slice_in(results, 0, 0, size - 1)
            a, b = coefficients(ops.slice_in(lines, 0, 1, size), before)
        config = [(0, 0, 0)] * len(first)
        edge = (0, 1, 0) if reverse else (1, 0, 0)
        a, b = ops.pad(a, [edge, *config], 0), ops.pad(b, [edge, *config], 1)
        found = control.linear_recurrence(a, b, ops.to_front(t, axis), reverse)
        return [y], [ops.from_front(found, axis)]

    return rule


def _cumprod_coefficients(x: Any, before: Any) -> tuple[Any, Any]:
    return x, before


def _running_extreme(closer: str) -> Callable[[Any, Any], tuple[Any, Any]]:
    def coefficients(x: Any, before: Any) -> tuple[Any, Any]:
        one, zero, half = (ops.full_like(x, v) for v in (1, 0, 0.5))
        tie = compare("eq", x, before)
        new = where(compare(closer, x, before), one, where(tie, half, zero))
        return sub(one, new), new

    return coefficients


def sort_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The tangents in the order of their values."""
    axis = params["dimension"]
    places = ops.iota(int32, primals[0].shape, axis)
    *outs, order = bind(primitive, *primals, places, **params)
    moved = [None if t is None else _taken_along(t, order, axis) for t in tangents]
    return outs, moved


def _taken_along(x: Any, order: Any, axis: int) -> Any:
    """``x[..., order, ...]`` along an axis, every other axis being matched."""
    shape = order.shape
    others = tuple(i for i in range(len(shape)) if i != axis)
    numbers = rows.GatherDimensionNumbers(
        offset_dims=(),
        collapsed_slice_dims=(axis,),
        start_index_map=(axis,),
        operand_batching_dims=others,
        start_indices_batching_dims=others,
    )
    return bind(
        rows.gather_p,
        x,
        ops.reshape(order, (*shape, 1)),
        dimension_numbers=numbers,
        slice_sizes=(1,) * len(shape),
        mode="promise_in_bounds",
    )[0]


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
    return outs, [_sum(terms)]


def lane_linear_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The same of the tangents; lanes must meet whether theirs is zero or not."""
    (x,), (t,) = primals, tangents
    outs = bind(primitive, x, **params)
    return outs, [None] if t is None else bind(primitive, t, **params)


def _lane_extreme(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The mean of the tangents of the lanes that hold the extreme."""
    (x,), (t,) = primals, tangents
    (y,) = bind(primitive, x, **params)
    if t is None:
        return [y], [None]
    at = compare("eq", x, y)
    zero, one = ops.full_like(x, 0), ops.full_like(x, 1)
    (total,) = bind(rows.psum_p, where(at, t, zero), **params)
    (count,) = bind(rows.psum_p, where(at, one, zero), **params)
    return [y], [div(total, count)]


def backward_call_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """Refuse: a custom backward rule cannot be run forward, nor its derivative."""
    refuse_forward(params["name"])


JVP: dict[str, Rule] = {
    # exact, one operand
    "neg": linear,
    "sign": by_kind(flat, complex_numbers.sign_rule),
    "real": linear,
    "imag": linear,
    "conj": linear,
    "complex": complex_numbers.complex_rule,
    "abs": by_kind(unary_rule(_sign), complex_numbers.abs_rule),
    "floor": flat,
    "ceil": flat,
    "round": flat,
    "is_finite": flat,
    "not": flat,
    "mulhi": flat,
    "population_count": flat,
    "clz": flat,
    "stop_gradient": flat,
    # rounded, one operand
    "sqrt": by_division(lambda x, y: scale(y, 2.0)),
    "rsqrt": unary_rule(_rsqrt_slope),
    "cbrt": by_division(lambda x, y: scale(square(y), 3.0)),
    "square": unary_rule(lambda x, y: scale(x, 2.0)),
    "exp": unary_rule(lambda x, y: y),
    "exp2": unary_rule(lambda x, y: scale(y, math.log(2))),
    "expm1": unary_rule(lambda x, y: unary("exp", x)),
    "log": by_division(lambda x, y: x),
    "log1p": by_division(lambda x, y: shift(x, 1.0)),
    "sin": unary_rule(lambda x, y: unary("cos", x)),
    "cos": unary_rule(lambda x, y: neg(unary("sin", x))),
    "tan": by_kind(unary_rule(_tan_slope), unary_rule(complex_numbers.tan_slope)),
    "asin": by_kind(
        by_division(lambda x, y: sqrt(_one_less_square(x))), by_division(complex_numbers.asin_divisor)
    ),
    "acos": by_kind(
        by_division(lambda x, y: neg(sqrt(_one_less_square(x)))), by_division(complex_numbers.acos_divisor)
    ),
    "atan": by_kind(unary_rule(_atan_slope), by_division(complex_numbers.atan_divisor)),
    "sinh": unary_rule(lambda x, y: unary("cosh", x)),
    "cosh": unary_rule(lambda x, y: unary("sinh", x)),
    "tanh": by_kind(unary_rule(_sech_squared), unary_rule(complex_numbers.tanh_slope)),
    "asinh": by_kind(unary_rule(_asinh_slope), by_division(complex_numbers.asinh_divisor)),
    "acosh": by_kind(by_division(_acosh_divisor), by_division(complex_numbers.acosh_divisor)),
    "atanh": by_kind(
        by_division(lambda x, y: _one_less_square(x)), by_division(complex_numbers.atanh_divisor)
    ),
    "logistic": by_kind(unary_rule(_logistic_slope), unary_rule(complex_numbers.logistic_slope)),
    "erf": unary_rule(_erf_slope),
    "erfc": unary_rule(lambda x, y: neg(_erf_slope(x, y))),
    "erf_inv": by_division(_erf_inv_divisor),
    "bessel_i0e": unary_rule(bessel.i0e_slope),
    "bessel_i1e": unary_rule(bessel.i1e_slope),
    "lgamma": unary_rule(_lgamma_slope),
    "digamma": unary_rule(_digamma_slope),
    "integer_pow": integer_pow_rule,
    "convert_element_type": convert_rule,
    "bitcast_convert_type": bitcast_rule,
    # two operands and more
    "add": add_rule,
    "sub": sub_rule,
    "mul": mul_rule,
    "div": div_rule,
    "rem": rem_rule,
    "pow": pow_rule,
    "atan2": by_kind(atan2_rule, complex_numbers.atan2_rule),
    "max": _extreme_rule("gt"),
    "min": _extreme_rule("lt"),
    "nextafter": flat,
    "and": flat,
    "or": flat,
    "xor": flat,
    "shift_left": flat,
    "shift_right_arithmetic": flat,
    "shift_right_logical": flat,
    "eq": flat,
    "ne": flat,
    "lt": flat,
    "le": flat,
    "gt": flat,
    "ge": flat,
    "clamp": clamp_rule,
    "select_n": select_n_rule,
    "threefry2x32": flat,
    # structure
    "broadcast_in_dim": linear,
    "reshape": linear,
    "transpose": linear,
    "squeeze": linear,
    "concatenate": linear,
    "slice": linear,
    "pad": linear,
    "rev": linear,
    "dynamic_slice": indexed,
    "dynamic_update_slice": indexed,
    "iota": flat,
    "gather": indexed,
    "scatter": indexed,
    "scatter_add": indexed,
    "scatter_sub": indexed,
    "scatter_mul": scatter_mul_rule,
    "scatter_min": scatter_extreme_rule,
    "scatter_max": scatter_extreme_rule,
    # reductions
    "reduce_sum": linear,
    "fft": linear,
    "reduce_prod": reduce_prod_rule,
    "reduce_max": reduce_extreme_rule,
    "reduce_min": reduce_extreme_rule,
    "reduce_and": flat,
    "reduce_or": flat,
    "reduce_xor": flat,
    "argmax": flat,
    "argmin": flat,
    "cumsum": linear,
    "cumprod": _running_rule(_cumprod_coefficients),
    "cummax": _running_rule(_running_extreme("gt")),
    "cummin": _running_rule(_running_extreme("lt")),
    "sort": sort_rule,
    "dot_general": dot_general_rule,
    "conv_general_dilated": dot_general_rule,
    "reduce_window_sum": linear,
    **windows.JVP,
    **factorizations.JVP,
    "lu_pivots_to_permutation": flat,
    **parametric.JVP,
    # control, collectives
    "jit": control.jit_jvp,
    "cond": control.cond_jvp,
    "while": control.while_jvp,
    "scan": control.scan_jvp,
    "custom_linear_solve": solves.linear_solve_jvp,
    "psum": lane_linear_rule,
    **dict.fromkeys(("all_gather", "reduce_scatter", "all_to_all", "ppermute"), lane_linear_rule),
    "pmax": _lane_extreme,
    "pmin": _lane_extreme,
    "axis_index": flat,
    "backward_call": backward_call_rule,
}

# Calls with custom rules never reach a table: dispatch hands levels the rule itself.
REBOUND = frozenset(name for name, row in rows.PRIMITIVES.items() if row.rebind is not None)
