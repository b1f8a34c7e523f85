"""How reductions of windows and convolutions are differentiated, transposed and mapped."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...language import catalogue as rows
from ...language.catalogue.windows import dilated
from ...language.dispatch import bind
from ...language.dtypes import int32
from ...language.primitive import Primitive
from ...language.program import Equation
from .. import operations as ops
from ..batching import BatchLevel, Lane
from ..differentiation.transposition import Unknown

Values = Sequence[Any]
Params = Mapping[str, Any]


# -- reductions of windows ---------------------------------------------------------------------------------
def laid_out(x: Any, params: Params, blank: Any) -> Any:
    """(windows..., places in a window...): what stands at each place of each window."""
    shape = rows.reduce_window_sum_p.infer([x.aval], params)[0].shape
    window, rank, size = params["window_dimensions"], x.ndim, math.prod(x.shape)
    places: Any = np.zeros((1,) * (2 * rank), np.int64)
    inside: Any = np.ones((1,) * (2 * rank), bool)
    for d in range(rank):
        stride, (low, _) = params["window_strides"][d], params["padding"][d]
        at = np.arange(shape[d])[:, None] * stride + np.arange(window[d]) * params["window_dilation"][d] - low
        own, between = at // params["base_dilation"][d], at % params["base_dilation"][d]
        lane = tuple(shape[d] if i == d else window[d] if i == rank + d else 1 for i in range(2 * rank))
        places = places * x.shape[d] + own.reshape(lane)
        inside = inside & ((between == 0) & (own >= 0) & (own < x.shape[d])).reshape(lane)
    # One more element, for padding.
    line = ops.pad(ops.reshape(x, (size,)), [(0, 1, 0)], blank)
    (found,) = bind(
        rows.gather_p,
        line,
        np.where(inside, places, size).astype(int32)[..., None],
        dimension_numbers=rows.GatherDimensionNumbers((), (0,), (0,)),
        slice_sizes=(1,),
        mode="promise_in_bounds",
    )
    return found


def by_reduction(reduction: Primitive, blank: float) -> Any:
    """The derivative of the reduction, for all windows at once."""

    def rule(
        primitive: Primitive, primals: Values, tangents: Values, params: Params
    ) -> tuple[Values, Values]:
        from .jvp import JVP

        (x,), (t,) = primals, tangents
        outs = bind(primitive, x, **params)
        values, slopes = laid_out(x, params, blank), laid_out(t, params, 0)
        axes = tuple(range(x.ndim, 2 * x.ndim))
        return outs, JVP[reduction.name](reduction, [values], [slopes], {"axes": axes})[1]

    return rule


def reduce_window_sum_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """Each element gets what the windows got that it stands in: windows of the windows."""
    (c,), (x,), p = cotangents, operands, equation.params
    padding = [
        _padding_back(n, count, window, *along)
        for n, count, window, *along in zip(
            x.aval.shape,
            c.shape,
            p["window_dimensions"],
            p["window_strides"],
            (low for low, _ in p["padding"]),
            p["base_dilation"],
            p["window_dilation"],
            strict=True,
        )
    ]
    return bind(
        rows.reduce_window_sum_p,
        c,
        window_dimensions=p["window_dimensions"],
        window_strides=p["base_dilation"],
        padding=tuple(padding),
        base_dilation=p["window_strides"],
        window_dilation=p["window_dilation"],
    )


def _padding_back(
    size: int, count: int, window: int, stride: int, low: int, base: int, dilation: int
) -> tuple[int, int]:
    """The padding with which windows over ``count`` results, ``stride`` apart, give ``size`` of them."""
    reach = dilated(window, dilation) - 1
    before = reach - low
    return before, reach + 1 + (size - 1) * base - dilated(count, stride) - before


def reduce_window_batching(
    level: BatchLevel, primitive: Primitive, lanes: Sequence[Lane], params: Params
) -> list[Lane]:
    """Windows of one lane each."""
    (x,) = lanes
    ones = {name: (1, *params[name]) for name in params if name != "padding"}
    return [Lane(bind(primitive, x.value, padding=((0, 0), *params["padding"]), **ones)[0], True)]


# -- convolutions --------------------------------------------------------------------------------------------
def _conv(lhs: Any, rhs: Any, **params: Any) -> Any:
    """A convolution of (batch, feature, ...) and (out, in, ...)."""
    plain = tuple(range(lhs.ndim))
    return bind(rows.conv_general_dilated_p, lhs, rhs, dimension_numbers=(plain,) * 3, **params)[0]


def _inverse(order: Sequence[int]) -> tuple[int, ...]:
    return tuple(order.index(i) for i in range(len(order)))


def _regrouped(x: Any, groups: int) -> Any:
    """The first two axes exchanged, within each of several groups of the first; the groups stay in front."""
    first, second, *rest = x.shape
    split = ops.reshape(x, (groups, first // groups, second, *rest))
    turned = ops.transpose(split, (0, 2, 1, *range(3, split.ndim)))
    return ops.reshape(turned, (groups * second, first // groups, *rest))


def conv_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """Convolutions of the cotangent: with the kernel turned, for the image; with the image, for the kernel."""
    from .transpose import not_linear

    (c,), (x, y), p = cotangents, operands, equation.params
    lhs_spec, rhs_spec, out_spec = p["dimension_numbers"]
    if isinstance(x, Unknown) and isinstance(y, Unknown):
        return not_linear(equation, cotangents, operands)
    plain = ops.transpose(c, out_spec)
    if isinstance(x, Unknown):
        kernel = ops.convert(ops.transpose(y, rhs_spec), c.dtype)
        found = _image(plain, kernel, [x.aval.shape[a] for a in lhs_spec], p)
        return [ops.convert(ops.transpose(found, _inverse(lhs_spec)), x.aval.dtype), None]
    image = ops.convert(ops.transpose(x, lhs_spec), c.dtype)
    found = _kernel(plain, image, [y.aval.shape[a] for a in rhs_spec], p)
    return [None, ops.convert(ops.transpose(found, _inverse(rhs_spec)), y.aval.dtype)]


def _image(c: Any, kernel: Any, shape: Sequence[int], p: Params) -> Any:
    """image[i, q] = the sum over o and k of c[o, (q lhs_dilation - k rhs_dilation + low) / stride] rhs[o, i, k]."""
    batches = p["batch_group_count"]
    groups = p["feature_group_count"] * batches
    spatial = range(2, c.ndim)
    turned = _regrouped(ops.unary("rev", kernel, dimensions=tuple(spatial)), groups)
    padding = [
        _padding_back(
            shape[d],
            c.shape[d],
            kernel.shape[d],
            p["window_strides"][d - 2],
            p["padding"][d - 2][0],
            p["lhs_dilation"][d - 2],
            p["rhs_dilation"][d - 2],
        )
        for d in spatial
    ]
    found = _conv(
        c,
        turned,
        window_strides=p["lhs_dilation"],
        padding=tuple(padding),
        lhs_dilation=p["window_strides"],
        rhs_dilation=p["rhs_dilation"],
        feature_group_count=groups,
        batch_group_count=1,
        preferred_element_type=None,
    )
    if batches == 1:
        return found
    # (batch, group and feature): the groups are the batch's.
    split = ops.reshape(found, (found.shape[0], batches, shape[1], *shape[2:]))
    return ops.reshape(ops.transpose(split, (1, 0, *range(2, split.ndim))), shape)


def _kernel(c: Any, image: Any, shape: Sequence[int], p: Params) -> Any:
    """kernel[o, i, k] = the sum over n and p of c[n, o, p] lhs[n, i, p stride + k rhs_dilation - low]."""
    spatial = range(2, c.ndim)
    padding = []
    for d in spatial:
        low, reach = p["padding"][d - 2][0], (shape[d] - 1) * p["rhs_dilation"][d - 2]
        needed = dilated(c.shape[d], p["window_strides"][d - 2]) + reach
        padding.append((low, needed - low - dilated(image.shape[d], p["lhs_dilation"][d - 2])))
    found = _conv(
        ops.transpose(image, (1, 0, *spatial)),
        ops.transpose(c, (1, 0, *spatial)),
        window_strides=p["rhs_dilation"],
        padding=tuple(padding),
        lhs_dilation=p["lhs_dilation"],
        rhs_dilation=p["window_strides"],
        feature_group_count=p["batch_group_count"],
        batch_group_count=p["feature_group_count"],
        preferred_element_type=None,
    )
    return ops.transpose(found, (1, 0, *spatial))


def conv_batching(
    level: BatchLevel, primitive: Primitive, lanes: Sequence[Lane], params: Params
) -> list[Lane]:
    """Lanes of images are more of a batch, lanes of kernels more features; lanes of both are groups."""
    x, y = lanes
    lhs_spec, rhs_spec, out_spec = params["dimension_numbers"]
    size, rank = level.size, len(lhs_spec)
    features, batches = params["feature_group_count"], params["batch_group_count"]
    groups, kept = features * batches, {k: v for k, v in params.items() if k != "dimension_numbers"}
    image = _in_order(x, lhs_spec)
    kernel = _in_order(y, rhs_spec)
    back = (0, *(a + 1 for a in _inverse(out_spec)))
    if x.mapped and y.mapped:
        if batches > 1:
            image = _merged(image, 0)
            kept["batch_group_count"] = size * batches
        else:
            image = _merged(ops.transpose(image, (1, 0, *range(2, rank + 1))), 1)
            kept["feature_group_count"] = size * features
        found = _conv(image, _merged(kernel, 0), **kept)
        split = ops.reshape(found, (found.shape[0], size, found.shape[1] // size, *found.shape[2:]))
        found = ops.to_front(split, 1)
    elif x.mapped:
        found = _conv(_woven(image, batches), kernel, **kept)
        found = ops.reshape(found, (size, found.shape[0] // size, *found.shape[1:]))
    else:
        found = _conv(image, _woven(kernel, groups), **kept)
        each = found.shape[1] // (groups * size)
        split = ops.reshape(found, (found.shape[0], groups, size, each, *found.shape[2:]))
        found = ops.transpose(split, (2, 0, 1, *range(3, split.ndim)))
        found = _merged(found, 2)
    return [Lane(ops.transpose(found, back), True)]


def _in_order(x: Lane, spec: Sequence[int]) -> Any:
    """The value with a lane's axes in the order of a spec, the lanes' axis in front."""
    if x.mapped:
        return ops.transpose(x.value, (0, *(a + 1 for a in spec)))
    return ops.transpose(x.value, spec)


def _merged(x: Any, axis: int) -> Any:
    """An axis and the next made one."""
    return ops.reshape(x, (*x.shape[:axis], x.shape[axis] * x.shape[axis + 1], *x.shape[axis + 2 :]))


def _woven(x: Any, groups: int) -> Any:
    """The lanes' axis into the one behind it, within each of its groups."""
    size, count, *rest = x.shape
    split = ops.reshape(x, (size, groups, count // groups, *rest))
    return ops.reshape(ops.transpose(split, (1, 0, *range(2, split.ndim))), (size * count, *rest))


WINDOWED = ["reduce_window_sum", "reduce_window_prod", "reduce_window_max", "reduce_window_min"]
JVP = {
    "reduce_window_prod": by_reduction(rows.reduce_prod_p, 1),
    "reduce_window_max": by_reduction(rows.reduce_max_p, -math.inf),
    "reduce_window_min": by_reduction(rows.reduce_min_p, math.inf),
}
TRANSPOSE = {
    "reduce_window_sum": reduce_window_sum_transpose,
    "conv_general_dilated": conv_transpose,
}
BATCHING = {
    **dict.fromkeys(WINDOWED, reduce_window_batching),
    "conv_general_dilated": conv_batching,
}
