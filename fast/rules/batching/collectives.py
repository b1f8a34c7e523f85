"""How collectives over the lanes' own axis are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....language import dispatch
from ....language.dispatch import bind
from ....language.dtypes import int32
from ....language.primitive import Primitive
from ... import operations as ops
from ...batching import BatchLevel, Lane
from .alignment import Lanes, Params, Rule


def collective(reduce: Callable[[BatchLevel, Lane], Any]) -> Rule:
    """The rule of a primitive that reduces over named axes."""

    def rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
        """Reduce over the lanes where the axis is this level's; the others' levels do theirs."""
        (x,) = lanes
        rest = tuple(a for a in params["axes"] if a != level.axis_name)
        if level.axis_name in params["axes"]:
            x = Lane(ops.weakly(reduce(level, x), False), False)
        if rest:
            x = Lane(bind(primitive, x.value, axes=rest)[0], x.mapped)
        return [x]

    return rule


def sum_of_lanes(level: BatchLevel, x: Lane) -> Any:
    """The sum over all lanes; of a value that all share, that many times it."""
    if x.mapped:
        return ops.sum_over(x.value, (0,))
    return ops.mul(x.value, ops.full_like(x.value, level.size))


def extreme_of_lanes(name: str) -> Callable[[BatchLevel, Lane], Any]:
    """``name`` over all lanes; a value that all share is its own extreme."""

    def reduce(level: BatchLevel, x: Lane) -> Any:
        return ops.unary(name, x.value, axes=(0,)) if x.mapped else x.value

    return reduce


def axis_index_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The number of each lane; over several axes, the first counts slowest."""
    index: Any = None
    mapped = False
    for name in params["axes"]:
        size = dispatch.axis_frame(name).size if name != level.axis_name else level.size
        if name == level.axis_name:
            here, mine = ops.iota(int32, (level.size,), 0), True
        else:
            here, mine = bind(primitive, axes=(name,))[0], False
        if index is None:
            index, mapped = here, mine
            continue
        index = ops.scale(index, size)
        if mapped != mine:
            index, here = (
                (index, ops.lead(here, level.size)) if mapped else (ops.lead(index, level.size), here)
            )
        index, mapped = ops.add(index, here), mapped or mine
    return [Lane(index, mapped)]
