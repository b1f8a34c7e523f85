"""How lanes are brought into line, and the rules that need no more than that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....language.dispatch import bind
from ....language.primitive import Primitive
from ... import operations as ops
from ...batching import BatchLevel, Lane

Lanes = Sequence[Lane]
Params = Mapping[str, Any]
Rule = Callable[[BatchLevel, Primitive, Lanes, Params], list[Lane]]


# -- how operands are brought into line ------------------------------------------------------------------
def stacked(level: BatchLevel, x: Lane) -> Any:
    """The value of every lane."""
    return x.value if x.mapped else ops.lead(x.value, level.size)


def stacked_lanes(values: Sequence[Any]) -> list[Lane]:
    """Lanes of stacked values."""
    return [Lane(v, True) for v in values]


def up(axes: Sequence[int]) -> tuple[int, ...]:
    """Axes of a lane as axes of the stacked value."""
    return tuple(a + 1 for a in axes)


def behind(x: Any, shape: Sequence[int]) -> Any:
    """A stacked scalar per lane, repeated over the axes of a lane of ``shape``."""
    return x if x.ndim == len(shape) + 1 else ops.broadcast(x, (x.shape[0], *shape), (0,))


# -- kinds of rules -----------------------------------------------------------------------------------------
def elementwise(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The primitive on the stacked values."""
    return stacked_lanes(bind(primitive, *(stacked(level, x) for x in lanes), **params))


def reduction(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The same axes, one further on."""
    (x,) = lanes
    return stacked_lanes(bind(primitive, x.value, **{**params, "axes": up(params["axes"])}))


def along_axis(name: str) -> Rule:
    """A primitive along one axis, named by a parameter."""

    def rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
        values = [stacked(level, x) for x in lanes]
        return stacked_lanes(bind(primitive, *values, **{**params, name: params[name] + 1}))

    return rule
