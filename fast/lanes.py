"""`pmap` and `shard_map`: one lane per device, which runs the user's Python; under a transform it is traced once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from ..fake_devices import require, require_lanes, require_mesh, run_lanes
from ..language import dispatch
from ..language.arrays import Array
from ..language.dispatch import FlatFunction, Implementation, Tracer
from ..language.meshes import Mesh
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
        found, mapped = batching.vmap(implementation, function, operands, axes, size, axis_name, device=True)
        return [x if m else ops.lead(x, size) for x, m in zip(found, mapped, strict=True)]
    values = [x if a is None else ops.to_front(x, a) for x, a in zip(operands, axes, strict=True)]

    def lane(index: int) -> Callable[[], list[Any]]:
        given = [x if a is None else _row(x, index) for x, a in zip(values, axes, strict=True)]
        return lambda: [dispatch.lift(y) for y in function(*given)]

    results = run_lanes([lane(i) for i in range(size)], axis_name)
    return [_stacked(column) for column in zip(*results, strict=True)]


def shard_map(
    implementation: Implementation,
    function: FlatFunction,
    operands: Sequence[Array],
    axes: Sequence[Sequence[Any]],
    mesh: Mesh,
    names: Sequence[Any],
) -> tuple[list[Array], list[tuple[Any, ...]]]:
    """Run one lane per device of a mesh; see `Implementation.shard_map`.

    Raises:
        ValueError: its devices are not in force.
    """
    require_mesh(mesh)
    if dispatch.staging_level() is not None or any(isinstance(x, Tracer) for x in operands):
        require_lanes("shard_map")
        return _nested(implementation, function, operands, axes, mesh, names)
    sizes = tuple(mesh.shape[name] for name in names)

    def lane(place: Sequence[int]) -> Callable[[], list[Any]]:
        at = dict(zip(names, place, strict=True))
        given = list(operands)
        for i, along in enumerate(axes):
            for name in along:
                given[i] = _row(given[i], at[name])
        return lambda: [dispatch.lift(y) for y in function(*given)]

    results = run_lanes([lane(p) for p in itertools.product(*map(range, sizes))], names, sizes)
    stacked = [_stacked(column) for column in zip(*results, strict=True)]
    return [ops.reshape(x, (*sizes, *x.shape[1:])) for x in stacked], [tuple(names)] * len(stacked)


def _nested(
    implementation: Implementation,
    function: FlatFunction,
    operands: Sequence[Array],
    axes: Sequence[Sequence[Any]],
    mesh: Mesh,
    names: Sequence[Any],
) -> tuple[list[Array], list[tuple[Any, ...]]]:
    """The lanes of all axes at once: one mapped level for each, the first outermost."""
    if not names:
        found = [dispatch.lift(y) for y in function(*operands)]
        return found, [()] * len(found)
    name, *rest = names
    inside: list[tuple[Any, ...]] = []

    def inner(*given: Any) -> list[Array]:
        left = [[n for n in along if n != name] for along in axes]
        found, inside[:] = _nested(implementation, function, given, left, mesh, rest)
        return found

    places = [0 if name in along else None for along in axes]
    found, mapped = batching.vmap(
        implementation, inner, operands, places, mesh.shape[name], name, device=True
    )
    return found, [(name, *those) if m else those for m, those in zip(mapped, inside, strict=True)]


def _row(x: Any, index: int) -> Any:
    return ops.reshape(ops.slice_in(x, 0, index, index + 1), x.shape[1:])


def _stacked(rows: Sequence[Any]) -> Array:
    return ops.concatenate([ops.reshape(x, (1, *x.shape)) for x in rows], 0)
