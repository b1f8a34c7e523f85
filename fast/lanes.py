"""`pmap`: one lane per device. Eager lanes run the user's Python; under a transform they are traced once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..fake_devices import require, require_lanes, run_lanes
from ..language import dispatch
from ..language.arrays import Array
from ..language.dispatch import FlatFunction, Implementation, Tracer
from . import batching
from . import operations as ops


def pmap(
    implementation: Implementation,
    function: FlatFunction,
    operands: Sequence[Array],
    axes: Sequence[int | None],
    size: int,
    axis_name: Any,
) -> list[Array]:
    """Run one lane per device; see `Implementation.pmap`.

    Raises:
        ValueError: there are fewer devices than lanes.
    """
    require(size)
    if dispatch.staging_level() is not None or any(isinstance(x, Tracer) for x in operands):
        require_lanes("pmap")
        found, mapped = batching.vmap(implementation, function, operands, axes, size, axis_name)
        return [x if m else ops.lead(x, size) for x, m in zip(found, mapped, strict=True)]
    values = [x if a is None else ops.to_front(x, a) for x, a in zip(operands, axes, strict=True)]

    def lane(index: int) -> Callable[[], list[Any]]:
        given = [x if a is None else _row(x, index) for x, a in zip(values, axes, strict=True)]
        return lambda: [dispatch.lift(y) for y in function(*given)]

    results = run_lanes([lane(i) for i in range(size)], axis_name)
    return [_stacked(column) for column in zip(*results, strict=True)]


def _row(x: Any, index: int) -> Any:
    return ops.reshape(ops.slice_in(x, 0, index, index + 1), x.shape[1:])


def _stacked(rows: Sequence[Any]) -> Array:
    return ops.concatenate([ops.reshape(x, (1, *x.shape)) for x in rows], 0)
