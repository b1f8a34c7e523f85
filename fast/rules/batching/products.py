"""How products are mapped over lanes."""

from __future__ import annotations

from ....language.dispatch import bind
from ....language.primitive import Primitive
from ... import operations as ops
from ...batching import BatchLevel, Lane
from .alignment import Lanes, Params, stacked_lanes, up


def dot_general_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Both mapped: one more batch axis; one mapped: one more free axis of it."""
    x, y = lanes
    (x_contract, y_contract), (x_batch, y_batch) = params["dimension_numbers"]
    wanted = params["preferred_element_type"]
    if x.mapped and y.mapped:
        numbers = (
            (up(x_contract), up(y_contract)),
            ((0, *up(x_batch)), (0, *up(y_batch))),
        )
        return stacked_lanes(
            bind(primitive, x.value, y.value, dimension_numbers=numbers, preferred_element_type=wanted)
        )
    if x.mapped:
        numbers = ((up(x_contract), tuple(y_contract)), (up(x_batch), tuple(y_batch)))
        # The lanes are the first free axis of the first factor.
        place = len(x_batch)
    else:
        numbers = ((tuple(x_contract), up(y_contract)), (tuple(x_batch), up(y_batch)))
        place = x.value.ndim - len(x_contract)
    (found,) = bind(primitive, x.value, y.value, dimension_numbers=numbers, preferred_element_type=wanted)
    return [Lane(ops.to_front(found, place), True)]
