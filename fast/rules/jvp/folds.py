"""Forward rules of reductions, running reductions and sorts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ....language import catalogue as rows
from ....language.dispatch import bind
from ....language.dtypes import int32
from ....language.primitive import Primitive
from ... import operations as ops
from ...differentiation import control
from ...operations import (
    compare,
    div,
    mul,
    sub,
    unary,
    where,
)
from .kinds import Params, Rule, Values


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


def running_rule(coefficients: Callable[[Any, Any], tuple[Any, Any]]) -> Rule:
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


def cumprod_coefficients(x: Any, before: Any) -> tuple[Any, Any]:
    """What multiplies the running product's tangent, and the element's."""
    return x, before


def running_extreme(closer: str) -> Callable[[Any, Any], tuple[Any, Any]]:
    """The same of a running extreme: the winner's counts; of a tie, half of each."""

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
