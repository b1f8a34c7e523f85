"""Forward rules of what lanes exchange."""

from __future__ import annotations

from ....language import catalogue as rows
from ....language.dispatch import bind
from ....language.primitive import Primitive
from ... import operations as ops
from ...operations import (
    compare,
    div,
    where,
)
from .kinds import Params, Values


def lane_linear_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """The same of the tangents; lanes must meet whether theirs is zero or not."""
    (x,), (t,) = primals, tangents
    outs = bind(primitive, x, **params)
    return outs, [None] if t is None else bind(primitive, t, **params)


def lane_extreme(
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
