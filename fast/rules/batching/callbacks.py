"""Callbacks under `vmap`: one call for each lane, or one for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....language.control_flow import stage_scan
from ....language.dispatch import bind
from ....language.effects import effects_of
from ....language.flat import name_of
from ....language.primitive import Primitive
from ....language.program import Program
from ... import operations as ops
from ...batching import BatchLevel, Lane
from .alignment import Lanes, Params, stacked, stacked_lanes


def batching_rule(level: BatchLevel, primitive: Primitive, lanes: Lanes, params: Params) -> list[Lane]:
    """As ``vmap_method`` says; where all lanes agree the function is called once.

    Raises:
        NotImplementedError: there is no such method.
        ValueError: calls must keep their order, which lanes have none of.
    """
    if not any(x.mapped for x in lanes):
        return [Lane(y, False) for y in bind(primitive, *(x.value for x in lanes), **params)]
    method = params["vmap_method"]
    if params["effect"] == "io" and params["ordered"]:
        raise ValueError(
            f"Cannot `vmap` ordered IO callback {name_of(params['function'])!r}: lanes have no order. Pass "
            f"ordered=False, or loop with verax.lax.map."
        )
    if method is None:
        raise NotImplementedError(  # the caller has to say what it should be
            f"vmap is only supported for pure_callback {name_of(params['function'])!r} when `vmap_method` says how, "
            f"got None. Pass 'sequential', 'expand_dims' or 'broadcast_all'."
        )
    if method.startswith("sequential"):
        return stacked_lanes(_one_by_one(primitive, lanes, params))
    values = [stacked(level, x) if method == "broadcast_all" else _expanded(x) for x in lanes]
    wide = tuple(a.with_shape((level.size, *a.shape)) for a in params["out_avals"])
    return stacked_lanes(bind(primitive, *values, **{**params, "out_avals": wide}))


def _expanded(x: Lane) -> Any:
    return x.value if x.mapped else ops.lead(x.value, 1)


def _one_by_one(primitive: Primitive, lanes: Lanes, params: Params) -> list[Any]:
    def step(*rows: Any) -> list[Any]:
        given = iter(rows)
        return list(bind(primitive, *(next(given) if x.mapped else x.value for x in lanes), **params))

    mapped = [x.value for x in lanes if x.mapped]
    return stage_scan(step, [], mapped, mapped[0].shape[0], False)[1]


def refuse_io(what: str, programs: Sequence[Program]) -> None:
    """Refuse what would call a function for lanes that do not come by.

    Raises:
        NotImplementedError: one of the programs has such a call.
    """
    if any("io" in effects_of(p) for p in programs):
        raise NotImplementedError(  # JAX refuses the same
            f"IO effect not supported in vmap-of-{what}: it would be had for lanes that do not come by. Use "
            f"debug.callback, or loop with verax.lax.map."
        )
