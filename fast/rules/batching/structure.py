"""How primitives that move or choose elements are mapped over lanes."""

from __future__ import annotations

from typing import Any

from ....language.dispatch import bind
from ....language.dtypes import int32
from ....language.primitive import Primitive
from ... import operations as ops
from ...batching import BatchLevel, Lane
from .alignment import Lanes, Params, behind, stacked, stacked_lanes, up


def clamp_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """Limits of one number per lane are repeated over it; limits that all lanes share may stay scalar."""
    low, x, high = lanes
    value = stacked(level, x)

    def limit(v: Lane) -> Any:
        if not v.mapped and not v.value.shape:
            return v.value
        return behind(stacked(level, v), value.shape[1:])

    return stacked_lanes(bind(primitive, limit(low), value, limit(high)))


def select_n_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A choice of one number per lane is repeated over it."""
    which, *cases = lanes
    values = [stacked(level, x) for x in cases]
    choice = which.value
    if which.mapped or choice.shape:
        choice = behind(stacked(level, which), values[0].shape[1:])
    return stacked_lanes(bind(primitive, choice, *values))


def broadcast_in_dim_rule(
    level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params
) -> list[Lane]:
    """The lanes' axis stays in front."""
    (x,) = lanes
    places = (0, *up(params["broadcast_dimensions"]))
    return [Lane(ops.broadcast(x.value, (level.size, *params["shape"]), places), True)]


def reshape_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The lanes' axis stays in front."""
    (x,) = lanes
    return stacked_lanes(bind(primitive, x.value, new_sizes=(level.size, *params["new_sizes"])))


def transpose_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The lanes' axis stays in front."""
    (x,) = lanes
    return stacked_lanes(bind(primitive, x.value, permutation=(0, *up(params["permutation"]))))


def squeeze_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The same axes, one further on."""
    (x,) = lanes
    return stacked_lanes(bind(primitive, x.value, dimensions=up(params["dimensions"])))


def rev_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The same axes, one further on."""
    return squeeze_rule(level, primitive, lanes, params)


def slice_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """All lanes."""
    (x,) = lanes
    strides = params["strides"]
    return stacked_lanes(
        bind(
            primitive,
            x.value,
            start_indices=(0, *params["start_indices"]),
            limit_indices=(level.size, *params["limit_indices"]),
            strides=None if strides is None else (1, *strides),
        )
    )


def pad_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A padding value per lane is put where a padded mask says."""
    x, value = lanes
    config = ((0, 0, 0), *params["padding_config"])
    operand = stacked(level, x)
    if not value.mapped:
        return stacked_lanes(bind(primitive, operand, value.value, padding_config=config))
    mask = ops.full(operand.shape, 1, int32)
    inside = ops.pad(mask, config)
    blank = ops.full((), 0, operand.dtype)
    (padded,) = bind(primitive, operand, blank, padding_config=config)
    filling = behind(value.value, padded.shape[1:])
    return [Lane(ops.where(ops.compare("eq", inside, ops.full_like(inside, 1)), padded, filling), True)]


def iota_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """The same in all lanes."""
    return [Lane(y, False) for y in bind(primitive, **params)]


def bitcast_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """A lane's last axis is the stacked value's last axis."""
    (x,) = lanes
    return stacked_lanes(bind(primitive, x.value, **params))
