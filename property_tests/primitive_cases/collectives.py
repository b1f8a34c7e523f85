"""Collectives, in the lanes of a vmap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...language import lax
from ...language.dispatch import bind
from ...language.dtypes import (
    float32,
)
from ...language.primitive import Primitive
from ...language.transforms import vmap
from .case import Case, Rng, Shape, operand, some_shape


def _of_any_shape(rng: Rng, lanes: int) -> tuple[Shape, dict[str, Any]]:
    return some_shape(rng, 0, 1), {}


def _all_gather(rng: Rng, lanes: int) -> tuple[Shape, dict[str, Any]]:
    shape = some_shape(rng, 0, 2)
    return shape, {"axis": int(rng.integers(len(shape) + 1)), "axis_size": lanes}


def _with_lanes(rng: Rng, lanes: int) -> tuple[Shape, int]:
    """A shape with an axis of one entry a lane, and that axis."""
    shape = some_shape(rng, 0, 2)
    axis = int(rng.integers(len(shape) + 1))
    return (*shape[:axis], lanes, *shape[axis:]), axis


def _reduce_scatter(rng: Rng, lanes: int) -> tuple[Shape, dict[str, Any]]:
    shape, axis = _with_lanes(rng, lanes)
    return shape, {"scatter_dimension": axis, "axis_size": lanes}


def _all_to_all(rng: Rng, lanes: int) -> tuple[Shape, dict[str, Any]]:
    shape, axis = _with_lanes(rng, lanes)
    to = int(rng.integers(len(shape)))
    return shape, {"split_axis": axis, "concat_axis": to, "axis_size": lanes}


def _ppermute(rng: Rng, lanes: int) -> tuple[Shape, dict[str, Any]]:
    pairs = [(i, int(to)) for i, to in enumerate(rng.permutation(lanes)) if rng.random() < 0.8]
    return some_shape(rng, 0, 2), {"perm": tuple(pairs)}


EXCHANGES: dict[str, Callable[[Rng, int], tuple[Shape, dict[str, Any]]]] = {
    "all_gather": _all_gather,
    "reduce_scatter": _reduce_scatter,
    "all_to_all": _all_to_all,
    "ppermute": _ppermute,
}


def collective(rng: Rng, primitive: Primitive) -> Case:
    """A collective over the lanes of a `vmap`, of one to four lanes."""
    lanes = int(rng.integers(1, 5))
    if primitive.name == "axis_index":

        def indexed(x: Any) -> Any:
            return vmap(lambda row: (bind(primitive, axes=("i",))[0], row), axis_name="i")(x)

        return Case("axis_index", indexed, (operand(float32, (lanes,)),))

    shape, params = EXCHANGES.get(primitive.name, _of_any_shape)(rng, lanes)

    def together(x: Any) -> Any:
        return vmap(lambda row: bind(primitive, lax.sin(row), axes=("i",), **params)[0], axis_name="i")(x)

    return Case(primitive.name, together, (operand(float32, (lanes, *shape)),), params)
