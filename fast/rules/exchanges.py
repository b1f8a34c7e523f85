"""How lanes' exchanges are transposed and mapped: all_gather, reduce_scatter, all_to_all, ppermute.

Each is linear: its derivative is itself, and its transpose is the exchange the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...language import catalogue as rows
from ...language.dispatch import bind
from ...language.dtypes import int32
from ...language.primitive import Primitive
from ...language.program import Equation
from .. import operations as ops
from ..batching import BatchLevel, Lane

Values = Sequence[Any]
Params = Mapping[str, Any]


# -- transposes --------------------------------------------------------------------------------------------
def all_gather_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """Every lane's cotangent of what this lane has given, added up."""
    params = equation.params
    return bind(
        rows.reduce_scatter_p,
        cotangents[0],
        axes=params["axes"],
        scatter_dimension=params["axis"],
        axis_size=params["axis_size"],
    )


def reduce_scatter_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """What each lane got, from that lane."""
    params = equation.params
    return bind(
        rows.all_gather_p,
        cotangents[0],
        axes=params["axes"],
        axis=params["scatter_dimension"],
        axis_size=params["axis_size"],
    )


def all_to_all_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """Sent back: the two axes change places."""
    params = equation.params
    back = {"split_axis": params["concat_axis"], "concat_axis": params["split_axis"]}
    return bind(rows.all_to_all_p, cotangents[0], **{**params, **back})


def ppermute_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """Sent back."""
    back = tuple((to, source) for source, to in equation.params["perm"])
    return bind(rows.ppermute_p, cotangents[0], axes=equation.params["axes"], perm=back)


# -- lanes -------------------------------------------------------------------------------------------------
Exchange = Callable[[BatchLevel, Lane, Params], Lane]


def _mapped(exchange: Exchange, moved: tuple[str, ...]) -> Callable[..., list[Lane]]:
    """The exchange where the axis is this level's; else the same among others, axes moved by one."""

    def rule(level: BatchLevel, primitive: Primitive, lanes: Sequence[Lane], params: Params) -> list[Lane]:
        (x,) = lanes
        if params["axes"] == (level.axis_name,):
            shape = x.value.shape[1:] if x.mapped else x.value.shape
            primitive.infer([x.value.aval.with_shape(shape)], params)  # refuses what does not fit
            found = exchange(level, x, params)
            return [Lane(ops.weakly(found.value, x.value.aval.weak_type), found.mapped)]
        if x.mapped:
            params = {**params, **{name: params[name] + 1 for name in moved}}
        return [Lane(bind(primitive, x.value, **params)[0], x.mapped)]

    return rule


def _gathered(level: BatchLevel, x: Lane, params: Params) -> Lane:
    value = x.value if x.mapped else ops.lead(x.value, level.size)
    return Lane(ops.from_front(value, params["axis"]), False)


def _summed_apart(level: BatchLevel, x: Lane, params: Params) -> Lane:
    if x.mapped:
        total = ops.sum_over(x.value, (0,))
    else:
        total = ops.mul(x.value, ops.full_like(x.value, level.size))
    return Lane(ops.to_front(total, params["scatter_dimension"]), True)


def _exchanged(level: BatchLevel, x: Lane, params: Params) -> Lane:
    value = x.value if x.mapped else ops.lead(x.value, level.size)
    # Lanes in front, then the axis that is split, then the others: the first two change places.
    to_split = ops.transpose(
        value,
        (params["split_axis"] + 1, 0, *(i for i in range(1, value.ndim) if i != params["split_axis"] + 1)),
    )
    order = [0, *range(2, value.ndim)]
    order.insert(params["concat_axis"] + 1, 1)
    return Lane(ops.transpose(to_split, order), True)


def _permuted(level: BatchLevel, x: Lane, params: Params) -> Lane:
    value = x.value if x.mapped else ops.lead(x.value, level.size)
    sources = {to: source for source, to in params["perm"]}
    # One more lane, of zeros, for those that nobody sends to.
    padded = ops.pad(value, [(0, 1, 0), *[(0, 0, 0)] * (value.ndim - 1)])
    rank = value.ndim
    numbers = rows.GatherDimensionNumbers(tuple(range(1, rank)), (0,), (0,))
    (found,) = bind(
        rows.gather_p,
        padded,
        np.array([[sources.get(k, level.size)] for k in range(level.size)], int32),
        dimension_numbers=numbers,
        slice_sizes=(1, *value.shape[1:]),
        mode="promise_in_bounds",
    )
    return Lane(found, True)


TRANSPOSE = {
    "all_gather": all_gather_transpose,
    "reduce_scatter": reduce_scatter_transpose,
    "all_to_all": all_to_all_transpose,
    "ppermute": ppermute_transpose,
}
BATCHING = {
    "all_gather": _mapped(_gathered, ("axis",)),
    "reduce_scatter": _mapped(_summed_apart, ("scatter_dimension",)),
    "all_to_all": _mapped(_exchanged, ("split_axis", "concat_axis")),
    "ppermute": _mapped(_permuted, ()),
}
